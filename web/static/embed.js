// <declic-annonces nombre="6"><a href="https://coop.example/annonces?q=velo">Nos vélos</a></declic-annonces>
// Shows what that search finds now, on any site: no cookie, no frame, nothing but the feed of the search is asked for.
// The link that stands in it is what names the search, and what stays where anything goes wrong.

const LOOKS = `
  :host { display: block; font: inherit; color: inherit; }
  ul { list-style: none; margin: 0; padding: 0; }
  li { display: flex; gap: 0.75em; justify-content: space-between; padding: 0.6em 0; border-top: 2px solid; }
  img { width: 5em; height: 5em; object-fit: cover; flex: none; }
  a { color: inherit; font-weight: bold; }
  p { margin: 0.2em 0 0; font-size: 0.9em; }
`;

const WORDS = { offer: "On propose", request: "On cherche", repair_call: "Vélo en panne" };

/** An element with a text; whatever the feed says is text and never HTML. */
function make(name, text = "") {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}

/** Only addresses of the web lead anywhere. */
function link(address, text) {
  const anchor = make("a", text);
  const { protocol, href } = new URL(address, document.baseURI);
  if (protocol === "https:" || protocol === "http:") anchor.href = href;
  return anchor;
}

function draw(item) {
  const line = make("li");
  const words = make("div");
  const more = item._declic ?? {};
  words.append(link(item.url, item.title ?? item.url));
  const facts = [WORDS[more.kind], more.place, item.authors?.[0]?.name].filter(Boolean);
  words.append(make("p", facts.join(", ")));
  line.append(words);
  if (more.thumbnail) {
    const picture = make("img");
    Object.assign(picture, { src: more.thumbnail, alt: "", loading: "lazy", referrerPolicy: "no-referrer" });
    line.append(picture);
  }
  return line;
}

class DeclicAnnonces extends HTMLElement {
  async connectedCallback() {
    const named = this.querySelector("a[href]");
    if (!named || this.shadowRoot) return;
    const search = new URL(named.href);
    const feed = new URL(`/annonces/flux.json${search.search}`, search.origin);
    const most = Math.min(Math.max(Number.parseInt(this.getAttribute("nombre"), 10) || 6, 1), 24);
    let lines;
    try {
      const answer = await fetch(feed, { credentials: "omit", referrerPolicy: "no-referrer" });
      const { items } = await answer.json();
      if (!answer.ok || !items.length || this.shadowRoot) return;
      lines = items.slice(0, most).map(draw);
    } catch {
      return; // the link stays
    }
    const root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(LOOKS);
    root.adoptedStyleSheets = [sheet];
    const list = make("ul");
    list.setAttribute("role", "list");
    list.append(...lines);
    root.append(list, document.createElement("slot"));
  }
}

customElements.get("declic-annonces") ?? customElements.define("declic-annonces", DeclicAnnonces);
