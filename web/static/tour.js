// Only on the page of a tour: its stops as numbers on the map, and the browser keeps the page for when there is no
// network (service-worker.js). Without this file the page says the same. It comes behind map.js.

const REFUSED = "declic-diagnostic-refused"; // offline.js: the questions are not to be kept

const element = document.querySelector("declic-map[data-stops]");

if (element) {
  const section = element.closest("[data-map]");
  section.hidden = false;
  element.addEventListener("declic-map:failed", () => (section.hidden = true));
  element.ready.then(() => draw(element, JSON.parse(element.dataset.stops)));
}

/** The stops with their numbers; those in one place share a mark. */
function draw({ map, L }, stops) {
  const places = new Map();
  for (const { number, name, at, radius } of stops) {
    const key = at.join();
    if (!places.has(key)) places.set(key, { at, radius, numbers: [], names: [] });
    places.get(key).numbers.push(number);
    places.get(key).names.push(name);
  }
  for (const { at, radius, numbers, names } of places.values()) {
    if (radius) L.circle(at, { radius, className: "glow", interactive: false }).addTo(map);
    const link = document.createElement("a");
    Object.assign(link, { href: `#arret-${numbers[0]}`, className: "map-mark", textContent: numbers.join(", ") });
    link.title = `${link.textContent} : ${names.join(", ")}`;
    link.setAttribute("aria-label", link.title);
    L.DomEvent.disableClickPropagation(link);
    const icon = L.divIcon({ className: "map-holder", html: link, iconSize: null });
    L.marker(at, { icon, keyboard: false, interactive: false }).addTo(map);
  }
  const bounds = L.latLngBounds([...places.values()].map((one) => one.at));
  map.fitBounds(bounds.pad(0.2), { maxZoom: 13, animate: false });
}

if ("serviceWorker" in navigator) {
  const script = localStorage.getItem(REFUSED) ? "/service-worker.js?sans=diagnostic" : "/service-worker.js";
  navigator.serviceWorker.register(script).then(async () => {
    const { active } = await navigator.serviceWorker.ready;
    active.postMessage({ tour: location.pathname + location.search }); // it did not see this page pass
  }, () => {});
}
