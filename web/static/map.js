// <declic-map>: a map of ours, by Leaflet, which is loaded when the map comes into view. README.md here says how a page
// holds one. Everything in it works by keyboard; nothing moves by itself; nobody but us is asked for the background,
// unless the cooperative chose another one.

const CELL = 500; // metres, as models/places/geometry.py
const METRES_PER_DEGREE = 111195;
const NEAREST = 15; // our own background says nothing more from nearer
const FARTHEST = 5;
const NAMED_TOWNS = 16;

/** The centre of the 500 m cell of a point: all that anybody but its owner ever learns (models/places/geometry.py). */
export function blur(latitude, longitude) {
  const step = CELL / METRES_PER_DEGREE;
  const centre = (Math.floor(latitude / step) + 0.5) * step;
  const around = Math.max(1, Math.ceil((360 / step) * Math.max(Math.cos((centre * Math.PI) / 180), 0)));
  const width = 360 / around;
  const across = (Math.floor((longitude + 180) / width) + 0.5) * width - 180;
  return [Number(centre.toFixed(6)), Number(across.toFixed(6))];
}

/** An element with a class and words, or with others in it. */
export function make(tag, className, ...content) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...content);
  return made;
}

/** A line that is written as steps from the corner of its cell (models/places/outlines.py). */
function trace(south, west, steps) {
  let [y, x] = [south * 10000, west * 10000];
  const line = [];
  for (let i = 0; i < steps.length; i += 2) {
    [y, x] = [y + steps[i], x + steps[i + 1]];
    line.push([y / 10000, x / 10000]);
  }
  return line;
}

const number = (text) => (text === undefined || text === "" ? null : Number(text));

class DeclicMap extends HTMLElement {
  connectedCallback() {
    if (this.ready) return;
    this.hidden = false;
    this.words = JSON.parse(this.dataset.words);
    this.skipped = new Set(); // names that somebody else writes on the map, and where there is no room
    this.taken = [];
    this.ready = new Promise((resolve) => {
      const seen = new IntersectionObserver((entries) => {
        if (!entries.some((one) => one.isIntersecting)) return;
        seen.disconnect();
        this.#start().then(resolve, () => this.#fail());
      });
      seen.observe(this);
    });
  }

  /** Draw a circle of so many metres around a point, and go there. */
  show(latitude, longitude, radius) {
    this.circle?.remove();
    this.circle = this.L.circle([latitude, longitude], { radius, className: "glow", interactive: false });
    this.circle.addTo(this.map);
    const zoom = Math.max(this.map.getZoom(), 13);
    if (!this.map.getBounds().contains(this.circle.getBounds())) this.map.setView([latitude, longitude], zoom);
  }

  async #start() {
    await import(this.dataset.leaflet);
    this.L = window.L;
    const canvas = make("div", "map-canvas");
    canvas.setAttribute("role", "group");
    canvas.setAttribute("aria-label", this.words.map);
    this.said = make("p", "sr");
    this.said.setAttribute("role", "status");
    this.append(canvas, this.#makeButtons(), make("p", "map-credit", this.dataset.credit), this.said);
    this.map = this.L.map(canvas, {
      ...{ zoomControl: false, attributionControl: false, inertia: false, scrollWheelZoom: false },
      ...{ zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false, boxZoom: false },
      ...{ minZoom: FARTHEST, maxZoom: this.dataset.tiles ? 18 : NEAREST, maxBounds: [[-85, -190], [85, 190]] },
    });
    const panBy = this.map.panBy;
    this.map.panBy = (offset, options) => panBy.call(this.map, offset, { ...options, animate: false });
    // The wheel scrolls the page until somebody is at the map.
    canvas.addEventListener("focusin", () => this.map.scrollWheelZoom.enable());
    canvas.addEventListener("focusout", () => this.map.scrollWheelZoom.disable());
    this.#goToStart();
    if (this.dataset.tiles) this.L.tileLayer(this.dataset.tiles, { maxZoom: 19 }).addTo(this.map);
    else this.#drawBackground();
    if (this.dataset.pick !== undefined) this.#letPick(canvas);
    new ResizeObserver(() => this.map.invalidateSize({ animate: false })).observe(canvas);
    this.map.on("zoomend", () => this.#sayZoom());
    this.#sayZoom();
  }

  #fail() {
    this.hidden = true; // the page says the same without it
    this.dispatchEvent(new CustomEvent("declic-map:failed", { bubbles: true }));
  }

  #makeButtons() {
    const buttons = make("div", "map-buttons");
    for (const [words, sign, step] of [[this.words.nearer, "+", 1], [this.words.farther, "−", -1]]) {
      const sign_ = make("span", "", sign);
      sign_.setAttribute("aria-hidden", "true");
      const button = make("button", "map-button", make("span", "sr", words), sign_);
      button.type = "button";
      button.addEventListener("click", () => this.map.zoomIn(step, { animate: false }));
      buttons.append(button);
    }
    return buttons;
  }

  #sayZoom() {
    const [nearer, farther] = this.querySelectorAll(".map-button");
    nearer.setAttribute("aria-disabled", String(this.map.getZoom() >= this.map.getMaxZoom()));
    farther.setAttribute("aria-disabled", String(this.map.getZoom() <= this.map.getMinZoom()));
  }

  #goToStart() {
    const { latitude, longitude, zoom, radius, bounds } = this.dataset;
    if (bounds) {
      const [south, west, north, east] = bounds.split(",").map(Number);
      this.map.fitBounds([[south, west], [north, east]], { animate: false });
      return;
    }
    this.map.setView([number(latitude) ?? 46.6, number(longitude) ?? 2.5], number(zoom) ?? FARTHEST);
    if (radius) this.show(Number(latitude), Number(longitude), Number(radius));
  }

  /* ---- a place is picked ---- */

  #letPick(canvas) {
    this.classList.add("picks");
    canvas.append(make("span", "map-cross"));
    this.map.on("click", (event) => this.#pick(event.latlng.wrap()));
    canvas.addEventListener("keydown", (event) => {
      if (event.target !== canvas || (event.key !== "Enter" && event.key !== " ")) return;
      event.preventDefault(); // Enter publishes nothing by accident
      this.#pick(this.map.getCenter().wrap());
    });
  }

  #pick(at) {
    const [latitude, longitude] = blur(at.lat, at.lng);
    this.show(latitude, longitude, CELL);
    this.said.textContent = this.words.picked;
    this.dataset.pick.split(" ").forEach((id, index) => {
      const field = document.getElementById(id);
      if (!field) return;
      field.value = [latitude, longitude][index];
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    const detail = { latitude, longitude, radius: CELL };
    this.dispatchEvent(new CustomEvent("declic-map:pick", { bubbles: true, detail }));
  }

  /* ---- our own background: coast, water, borders, communes ---- */

  #drawBackground() {
    this.map.createPane("background").style.zIndex = 250;
    this.map.createPane("names").style.zIndex = 300;
    this.renderer = this.L.svg({ pane: "background", padding: 0.3 });
    this.drawing = this.L.layerGroup().addTo(this.map);
    this.names = this.L.layerGroup().addTo(this.map);
    this.map.on("moveend", () => this.#refresh());
    this.#refresh();
  }

  /** Asks for a box on a grid, so that the same address is asked for again and browsers keep the answer. */
  async #refresh() {
    const view = this.map.getBounds();
    this.nameTowns();
    if (this.drawn?.zoom === this.map.getZoom() && this.drawn.box.contains(view)) return;
    const wide = Math.max(view.getEast() - view.getWest(), view.getNorth() - view.getSouth());
    const step = 2 ** Math.ceil(Math.log2(wide / 4));
    const grown = (value, round, most) => Math.max(-most, Math.min(most, round(value / step) * step));
    const box = this.L.latLngBounds(
      [grown(view.getSouth(), Math.floor, 85), grown(view.getWest(), Math.floor, 180)],
      [grown(view.getNorth(), Math.ceil, 85), grown(view.getEast(), Math.ceil, 180)],
    );
    this.drawn = { zoom: this.map.getZoom(), box };
    const bounds = [box.getSouth(), box.getWest(), box.getNorth(), box.getEast()].join(",");
    const answer = await fetch(`/carte/fond?bounds=${bounds}`).catch(() => null);
    if (!answer?.ok || this.drawn.box !== box) return; // without it, or the reader went on
    this.#draw(await answer.json());
  }

  #draw({ cells, towns }) {
    this.drawing.clearLayers();
    const style = (className) => ({ renderer: this.renderer, interactive: false, className, smoothFactor: 0.5 });
    const add = (layer) => layer.addTo(this.drawing);
    const wet = cells.filter(([, , , land]) => land);
    for (const [south, west, size] of wet) {
      add(this.L.rectangle([[south, west], [south + size, west + size]], style("water")));
    }
    for (const [south, west, , land] of wet) {
      for (const ring of land) add(this.L.polygon(trace(south, west, ring), style("land")));
    }
    for (const [south, west, size, , lakes, rivers, borders] of cells) {
      const far = size > 1 ? " far" : "";
      for (const ring of lakes) add(this.L.polygon(trace(south, west, ring), style("water")));
      for (const line of rivers) add(this.L.polyline(trace(south, west, line), style(`river${far}`)));
      for (const line of borders) add(this.L.polyline(trace(south, west, line), style(`border${far}`)));
    }
    for (const [latitude, longitude, size] of towns) {
      add(this.L.circleMarker([latitude, longitude], { ...style("town"), radius: [4.5, 3, 2][size] }));
    }
    this.towns = towns;
    this.nameTowns();
  }

  /** Names of communes where there is room, the largest first; not those in `skipped`, nor over boxes in `taken`. */
  nameTowns() {
    if (!this.towns) return;
    this.names.clearLayers();
    const size = this.map.getSize();
    const taken = [...this.taken, [size.x - 60, 0, size.x, 112]]; // the buttons
    let named = 0;
    for (const [latitude, longitude, , name] of this.towns) {
      const { x, y } = this.map.latLngToContainerPoint([latitude, longitude]);
      const half = name.length * 4 + 4;
      const box = [x - half, y + 2, x + half, y + 24];
      if (box[0] < 0 || box[1] < 0 || box[2] > size.x || box[3] > size.y || this.skipped.has(name)) continue;
      if (taken.some((one) => box[0] < one[2] && box[2] > one[0] && box[1] < one[3] && box[3] > one[1])) continue;
      taken.push(box);
      const label = make("span", "", name);
      const icon = this.L.divIcon({ className: "map-name", html: label, iconSize: null });
      const marker = this.L.marker([latitude, longitude], { icon, pane: "names", interactive: false, keyboard: false });
      marker.addTo(this.names).getElement().setAttribute("aria-hidden", "true");
      if (++named === NAMED_TOWNS) return;
    }
  }
}

customElements.define("declic-map", DeclicMap);
