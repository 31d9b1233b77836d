// Listings on the map of /annonces: what the list beside it says, in places. Marks are buttons; those that lie together
// are one, with their number; a place that is not known exactly is a circle as wide as what is known of it.

const APART = 46; // pixels: marks that are nearer to each other become one, so that each can be hit with a finger

const element = document.querySelector("declic-map[data-points]");
const list = document.getElementById("liste");

if (element) {
  const section = element.parentElement;
  section.classList.add("shown"); // on a phone the map replaces the list
  element.addEventListener("declic-map:failed", () => {
    section.classList.remove("shown"); // so does the list come back
    const said = section.querySelector("[data-without-script]");
    Object.assign(said, { hidden: false, textContent: element.words.broken });
  });
  element.ready.then(() => new ListingMap(element));
}

/** What somebody hears of a listing: « Tente 4 places, prêt, Lomme ». */
function nameListing(words, { title, kind, mode, place }) {
  const about = kind === "offer" ? words.modes[mode] : words.kinds[kind];
  return [title, about.toLowerCase(), place].filter(Boolean).join(", ");
}

const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);

class ListingMap {
  constructor(element) {
    const { map, L, words } = element;
    Object.assign(this, { element, map, L, words, marks: [], features: [], asked: 0 });
    this.circles = L.layerGroup().addTo(map);
    this.layer = L.layerGroup().addTo(map);
    this.status = element.parentElement.querySelector("[data-status]");
    this.zone = element.parentElement.querySelector("[data-zone]");
    this.panel = this.#makePanel();
    map.on("moveend", () => this.#moved());
    map.on("dragstart", () => this.#close());
    element.addEventListener("keydown", (event) => event.key === "Escape" && this.#close(true));
    this.#followList();
    this.#start();
  }

  /** First what the search finds, wherever it is; then what lies in view. */
  async #start() {
    const { bounds } = this.element.dataset;
    const first = await this.#load();
    if (!first) return;
    this.whole = this.complete && !bounds; // all there is: nothing more to ask for
    const near = this.element.dataset.latitude ? this.map.getCenter() : null;
    const places = first.map((one) => one.at).filter((at) => !near || at.distanceTo(near) < 60000);
    if (!bounds && places.length) {
      this.map.fitBounds(this.L.latLngBounds(places).pad(0.15), { maxZoom: 13, animate: false });
    }
    this.settled = true;
    this.from = this.map.getBounds();
    this.#moved();
  }

  async #load(view = null) {
    const turn = ++this.asked;
    const address = new URL(this.element.dataset.points, location);
    if (view) address.searchParams.set("partie", view); // beside the part that the list is of
    const answer = await fetch(address, { headers: { Accept: "application/geo+json" } }).catch(() => null);
    if (turn !== this.asked) return null; // the reader went on
    if (!answer?.ok) {
      this.status.textContent = this.words.failed;
      return null;
    }
    const { features, complete } = await answer.json();
    this.complete = complete;
    this.features = features.map(({ id, geometry, properties }) => ({
      ...properties,
      id,
      path: new URL(properties.url, location).pathname,
      at: this.L.latLng(geometry.coordinates[1], geometry.coordinates[0]),
    }));
    return this.features;
  }

  #bounds() {
    const view = this.map.getBounds();
    return [view.getSouth(), view.getWest(), view.getNorth(), view.getEast()].map((one) => one.toFixed(5)).join(",");
  }

  async #moved() {
    if (!this.settled) return;
    if (this.zone && !this.from.equals(this.map.getBounds(), 1e-4)) {
      this.zone.href = this.#zoneAddress();
      this.zone.hidden = false;
    }
    if (this.whole || (await this.#load(this.#bounds()))) this.#draw();
  }

  /** The same search in what the map shows, instead of around a place. */
  #zoneAddress() {
    const address = new URL(location);
    for (const name of ["apres", "km"]) address.searchParams.delete(name);
    address.searchParams.set("vue", "carte");
    address.searchParams.set("bounds", this.#bounds());
    address.hash = "";
    return address.href;
  }

  /* ---- marks ---- */

  #draw() {
    const focused = this.marks.find((mark) => mark.button === document.activeElement);
    const wanted = this.refocus ?? focused?.features[0].id;
    this.refocus = null;
    this.layer.clearLayers();
    this.circles.clearLayers();
    this.#drawCircles();
    this.marks = this.#gather();
    for (const mark of this.marks) this.#drawMark(mark);
    this.element.skipped = new Set(this.marks.map((mark) => mark.place).filter(Boolean));
    this.element.taken = this.marks.map(({ at, place }) => {
      const { x, y } = this.map.latLngToContainerPoint(at);
      const half = Math.max(20, (place?.length ?? 0) * 4);
      return [x - half, y - 20, x + half, y + (place ? 38 : 20)];
    });
    this.element.nameTowns();
    if (wanted) this.marks.find((mark) => mark.features.some((one) => one.id === wanted))?.button.focus();
    this.#say();
  }

  #drawCircles() {
    const drawn = new Set();
    for (const { at, radius } of this.features) {
      const key = `${at.lat},${at.lng},${radius}`;
      if (!radius || drawn.has(key)) continue;
      drawn.add(key);
      this.L.circle(at, { radius, className: "glow", interactive: false }).addTo(this.circles);
    }
  }

  #gather() {
    const marks = [];
    for (const feature of this.features) {
      const point = this.map.latLngToLayerPoint(feature.at);
      const near = marks.find((mark) => mark.point.distanceTo(point) < APART);
      if (near) near.features.push(feature);
      else marks.push({ point, at: feature.at, features: [feature] });
    }
    for (const mark of marks) {
      const places = new Map();
      for (const { place } of mark.features) places.set(place, (places.get(place) ?? 0) + 1);
      mark.place = places.size === 1 ? mark.features[0].place : "";
      mark.most = [...places].sort((one, other) => other[1] - one[1])[0][0];
      mark.single = mark.features.length === 1;
      mark.together = mark.features.every((one) => one.at.equals(mark.at, 1e-6));
    }
    return marks.sort((one, other) => one.point.y - other.point.y || one.point.x - other.point.x);
  }

  #drawMark(mark) {
    const [first] = mark.features;
    const button = document.createElement("button");
    button.type = "button";
    button.className = `map-mark${mark.single ? " single" : ""}${mark.single && !first.radius ? " exact" : ""}`;
    if (!mark.single) button.append(String(mark.features.length));
    const sentence = mark.place ? this.words.several : this.words.around;
    const name = mark.single
      ? nameListing(this.words, first)
      : fill(sentence, { count: mark.features.length, place: mark.most ?? this.words.nowhere });
    button.setAttribute("aria-label", name);
    button.title = name;
    button.addEventListener("click", () => this.#open(mark));
    for (const [event, on] of [["pointerenter", 1], ["focus", 1], ["pointerleave", 0], ["blur", 0]]) {
      button.addEventListener(event, () => this.#showInList(mark, Boolean(on)));
    }
    this.L.DomEvent.disableClickPropagation(button);
    const place = Object.assign(document.createElement("span"), { className: "map-place", textContent: mark.place });
    place.setAttribute("aria-hidden", "true");
    const holder = document.createElement("span");
    holder.append(button, place);
    const icon = this.L.divIcon({ className: "map-holder", html: holder, iconSize: null });
    this.L.marker(mark.at, { icon, keyboard: false, interactive: false }).addTo(this.layer);
    mark.button = button;
  }

  #say() {
    const inView = this.features.some((one) => this.map.getBounds().contains(one.at));
    if (!inView) this.status.textContent = this.words.none;
    else this.status.textContent = this.complete ? "" : fill(this.words.first, { count: this.features.length });
  }

  /** Several places: nearer, until they lie apart. One place, or as near as it gets: what there is, as a list. */
  #open(mark) {
    if (!mark.together && this.map.getZoom() < this.map.getMaxZoom()) {
      this.refocus = mark.features[0].id;
      const around = this.L.latLngBounds(mark.features.map((one) => one.at));
      const zoom = Math.max(this.map.getBoundsZoom(around.pad(0.2)), this.map.getZoom() + 1);
      this.map.setView(around.getCenter(), Math.min(zoom, this.map.getMaxZoom()), { animate: false });
      return;
    }
    this.opened = mark.features[0].id;
    const items = mark.features.map((one) => {
      const item = document.createElement("li");
      const tag = document.createElement("span");
      tag.className = `mode ${this.words.looks[one.kind === "offer" ? one.mode : one.kind]}`;
      tag.textContent = one.kind === "offer" ? this.words.modes[one.mode] : this.words.kinds[one.kind];
      const link = Object.assign(document.createElement("a"), { href: one.path, textContent: one.title });
      item.append(tag, " ", link, one.place ? `, ${one.place}` : "");
      return item;
    });
    this.panel.querySelector("ul").replaceChildren(...items);
    this.panel.hidden = false;
    this.panel.querySelector("a").focus();
  }

  #makePanel() {
    const panel = document.createElement("div");
    panel.className = "map-panel";
    panel.hidden = true;
    const close = Object.assign(document.createElement("button"), { type: "button", textContent: this.words.close });
    close.className = "bare link";
    close.addEventListener("click", () => this.#close(true));
    const listed = document.createElement("ul");
    listed.setAttribute("role", "list");
    listed.setAttribute("aria-label", this.words.here);
    panel.append(close, listed);
    this.element.append(panel);
    return panel;
  }

  #close(back = false) {
    if (this.panel.hidden) return;
    this.panel.hidden = true;
    if (back) this.marks.find((mark) => mark.features.some((one) => one.id === this.opened))?.button.focus();
  }

  /* ---- the list and the map show each other ---- */

  #lines() {
    return [...(list?.querySelectorAll("li.listing") ?? [])].map((line) => [line, line.querySelector("a.u-url")]);
  }

  #showInList(mark, on) {
    const paths = new Set(mark.features.map((one) => one.path));
    for (const [line, link] of this.#lines()) line.classList.toggle("on-map", on && paths.has(link?.pathname));
  }

  #followList() {
    for (const [line, link] of this.#lines()) {
      for (const [event, on] of [["pointerenter", 1], ["focusin", 1], ["pointerleave", 0], ["focusout", 0]]) {
        line.addEventListener(event, () => {
          const mark = this.marks.find((one) => one.features.some((feature) => feature.path === link?.pathname));
          mark?.button.classList.toggle("shown", Boolean(on));
        });
      }
    }
  }
}
