// Small comforts. Every page does its whole work without this file: each part looks for its markup, and leaves when it
// is not there.

/** A field for a commune proposes those that begin with what is typed; data-places="epci" their federations too. */
function completePlaces(input) {
  const list = document.createElement("datalist");
  list.id = `${input.id}-liste`;
  input.after(list);
  input.setAttribute("list", list.id);
  let waiting = 0;
  let asked = "";
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const text = input.value.trim();
      if (text.length < 2 || text === asked) return;
      asked = text;
      const asks = new URLSearchParams(input.dataset.places ? { q: text, [input.dataset.places]: "1" } : { q: text });
      const answer = await fetch(`/lieux?${asks}`, { headers: { Accept: "application/json" } });
      if (!answer.ok || asked !== text) return;
      const places = await answer.json();
      list.replaceChildren(...places.map((place) => Object.assign(document.createElement("option"), { value: place })));
    }, 150);
  });
}

/** A button that copies an address stands next to it only where copying works. */
function offerCopy(button) {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    document.getElementById(button.dataset.says).textContent = button.dataset.done;
  });
}

/** Where the device can hand an address to another application, one button does. */
function offerShare(button) {
  if (!navigator.share) return;
  button.hidden = false;
  button.addEventListener("click", () =>
    navigator.share({ title: button.dataset.title, url: button.dataset.share }).catch(() => {}), // or not, after all
  );
}

/** Printing is one button where the browser can. */
function offerPrint(button) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

/** The browser's own idea of where it is, written into a field; it asks the person first. */
function offerPosition(button) {
  if (!navigator.geolocation || !window.isSecureContext) return;
  button.hidden = false;
  button.addEventListener("click", () =>
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      // About 100 m: what is kept is coarser still.
      const [latitude, longitude] = [coords.latitude.toFixed(3), coords.longitude.toFixed(3)];
      document.getElementById(button.dataset.position).value = `${latitude}, ${longitude}`;
      document.getElementById(button.dataset.chooses).checked = true;
    }),
  );
}

/** How many photos were chosen is said beside their button. */
function sayChosen(input) {
  const said = document.getElementById(input.dataset.chosen);
  input.addEventListener("change", () => (said.textContent = [...input.files].map((file) => file.name).join(", ")));
}

/** What somebody will read of a form is shown beside it while it is filled in, as the server would write it. */
function showBeforehand(form) {
  let waiting = 0;
  let latest = 0;
  const refresh = async () => {
    const turn = ++latest;
    const fields = new URLSearchParams(new FormData(form));
    fields.set("act", "preview");
    const answer = await fetch(form.action, { method: "POST", body: fields, headers: { Accept: "text/html" } });
    if (!answer.ok || turn !== latest) return;
    const shown = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(form.dataset.live);
    if (shown) document.getElementById(form.dataset.live).replaceChildren(...shown.childNodes);
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(refresh, 400);
  });
}

/** What the publish form kept in this browser until it had left has left. */
function forgetSent() {
  for (const name of Object.keys(localStorage).filter((one) => one.startsWith("declic-publish:"))) {
    if (JSON.parse(localStorage.getItem(name)).sent) localStorage.removeItem(name);
  }
}

if (/[?&]fait=(published|held)\b/.test(location.search)) forgetSent();
document.querySelectorAll("[data-without-script]").forEach((one) => (one.hidden = true));
document.querySelectorAll("input[data-chosen]").forEach(sayChosen);
document.querySelectorAll("input[data-places]").forEach(completePlaces);
document.querySelectorAll("button[data-copy]").forEach(offerCopy);
document.querySelectorAll("button[data-share]").forEach(offerShare);
document.querySelectorAll("button[data-position]").forEach(offerPosition);
document.querySelectorAll("button[data-print]").forEach(offerPrint);
document.querySelectorAll("form[data-live]").forEach(showBeforehand);
document.querySelector("#erreurs")?.focus();
