// The photos of the publish form: shown at once, made smaller here, and sent one after the other while the rest is
// typed. Without this file they go with the form, and everything else about them is chosen by its fields.

const SIDE = 1600;
const HEAVY = 500_000; // bytes: what is lighter, and no larger than SIDE, is sent as it is
const QUALITIES = [0.85, 0.75, 0.65, 0.5];
const FIRST_WAIT = 2000;
const LONGEST_WAIT = 60_000;
const KEPT = 7 * 24 * 3600 * 1000; // milliseconds that a photo which never left stays in this browser

const box = document.getElementById("photos-toutes");
const form = box.closest("form");
const list = document.getElementById("photos-liste");
const bar = box.querySelector("progress");
const sentences = Object.fromEntries(
  [...document.getElementById("photos-mots").content.children].map((one) => [one.dataset.word, one.textContent]),
);
const most = Number(box.dataset.most);
const queue = []; // what is on its way: { key, item, name, blob, size }
let sending = false;
let held = null; // the button that was pressed while photos were on their way
let failed = false; // one of them did not go meanwhile
let over = false; // the session has ended: nothing goes before she logs in again
let preparing = Promise.resolve();
let done = 0;

const say = (word, values = {}) => sentences[word].replace(/\{(\w+)\}/g, (_, name) => values[name]);
const tell = (word, values) => (box.querySelector("[data-said]").textContent = word ? say(word, values) : "");
const shown = () => [...list.children].filter((item) => !("gone" in item.dataset || "failed" in item.dataset));
const waiting = () => queue.filter((job) => !("gone" in job.item.dataset));
const newKey = () => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(18)))).replace(/[+/]/g, "_");

/* ---- what never left is kept in this browser until it does ---- */

const opened = new Promise((resolve) => {
  const asked = window.indexedDB?.open("declic-publish", 1);
  if (!asked) return resolve(null);
  asked.onupgradeneeded = () => asked.result.createObjectStore("photos", { keyPath: "key" });
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => resolve(null); // a private window: photos then last as long as the page
});

async function inStore(act) {
  const base = await opened;
  return new Promise((resolve) => {
    if (!base) return resolve([]);
    const asked = act(base.transaction("photos", "readwrite").objectStore("photos"));
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => resolve([]);
  });
}

const keep = (job) =>
  inStore((photos) =>
    photos.put({
      key: job.key,
      owner: box.dataset.owner,
      writer: form.elements.writer.value,
      name: job.name,
      blob: job.blob,
      at: Date.now(),
    }),
  );
const forget = (key) => inStore((photos) => photos.delete(key));

/** Photos of another page that this one goes on with, or that nobody wants any more. */
async function takeOver({ writer, wanted, then }) {
  for (const one of await inStore((photos) => photos.getAll())) {
    if (one.owner === box.dataset.owner && one.writer === writer) {
      await forget(one.key);
      if (wanted) add(one.blob, one.name, one.key);
    } else if (one.at < Date.now() - KEPT) await forget(one.key);
  }
  then?.();
}

/* ---- made smaller ---- */

const toBlob = (canvas, quality) => new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));

/** The picture as it is to be sent, upright as the camera held it; the file itself where this browser cannot. */
async function shrink(file, canvas) {
  let picture;
  try {
    picture = await createImageBitmap(file);
  } catch {
    canvas.hidden = true; // the server says why, if it cannot open it either
    return file;
  }
  drawMiddle(picture, canvas);
  const longest = Math.max(picture.width, picture.height);
  if (file.size <= HEAVY && longest <= SIDE) return file;
  const small = document.createElement("canvas");
  for (let side = Math.min(SIDE, longest); ; side = Math.round(side * 0.75)) {
    [small.width, small.height] = [picture.width, picture.height].map((one) => Math.round((one * side) / longest) || 1);
    const pen = small.getContext("2d");
    pen.fillStyle = "#fff"; // where it was transparent
    pen.fillRect(0, 0, small.width, small.height);
    pen.imageSmoothingQuality = "high";
    pen.drawImage(picture, 0, 0, small.width, small.height);
    for (const quality of QUALITIES) {
      const blob = await toBlob(small, quality);
      if (!blob) return file;
      if (blob.size <= HEAVY) return picture.close(), blob;
    }
  }
}

/** Draws the middle of a picture; a canvas, since the content policy keeps blob: addresses out of images. */
function drawMiddle(picture, canvas) {
  const scale = Math.max(canvas.width / picture.width, canvas.height / picture.height);
  const [width, height] = [picture.width * scale, picture.height * scale];
  canvas.getContext("2d").drawImage(picture, (canvas.width - width) / 2, (canvas.height - height) / 2, width, height);
}

/* ---- chosen, and sent ---- */

function choose(files) {
  for (const file of files) {
    if (shown().length >= most) return tell("many", { m: most, name: file.name });
    add(file, file.name, newKey());
  }
}

function add(file, name, key) {
  const item = document.getElementById("photo-neuve").content.firstElementChild.cloneNode(true);
  const job = { key, item, name, blob: null, size: 0 };
  item.querySelector("[data-words]").hidden = true; // until it is known which photo they are for
  item.querySelector("[data-words] input").disabled = true;
  queue.push(job);
  list.append(item);
  ready(item);
  setState(job, "waiting");
  tell(navigator.onLine ? "sending" : "offline");
  preparing = preparing.then(async () => {
    job.blob = await shrink(file, item.querySelector("canvas"));
    await keep(job);
    if (job.blob.size > Number(box.dataset.heaviest)) fail(job, say("heavy"), false);
    send();
  });
  changed();
}

const setState = (job, word, values) => {
  const state = job.item.querySelector("[data-state]");
  state.hidden = !word;
  state.textContent = word ? say(word, values) : "";
};

async function send() {
  if (sending || over) return;
  sending = true;
  let tries = 0;
  for (let job; (job = waiting().find((one) => one.blob)) && !over; ) {
    try {
      arrive(job, await post(job));
      tries = 0;
    } catch (trouble) {
      if (trouble.again) await pause(Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** tries++));
      else if (trouble.session) end();
      else fail(job, trouble.why || say("unknown"), trouble.status >= 500);
    }
  }
  sending = false;
  settle();
}

/** One photo to the server, which keeps it once however often it is sent; what became of it, or why nothing did. */
function post(job) {
  const fields = new FormData();
  fields.set("csrf_token", form.elements.csrf_token.value);
  fields.set("key", job.key);
  fields.set("photos", job.blob, job.name);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch does not tell how much has left
    request.open("POST", box.dataset.url);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.timeout = 60_000 + job.blob.size / 4;
    request.upload.onprogress = (event) => showBar(Math.floor((100 * event.loaded) / event.total));
    request.onerror = request.ontimeout = () => reject({ again: true });
    request.onload = () => {
      const { status, response } = request;
      if (status === 200 && response?.id) resolve(response);
      else if (status === 429 || status === 503 || status === 502) reject({ again: true });
      else if (status < 400 || status === 401 || status === 403) reject({ session: true });
      else reject({ status, why: response?.error });
    };
    showBar(0);
    request.send(fields);
  });
}

/** Until the time is over, or the network is back. */
function pause(time) {
  tell("offline");
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, time);
    addEventListener("online", () => (clearTimeout(timer), resolve()), { once: true });
  });
}

function showBar(percent) {
  const left = waiting().length;
  box.querySelector("[data-bar]").hidden = !left;
  bar.value = percent;
  box.querySelector("[data-bar-words]").textContent = say("one", { n: done + 1, m: done + left, p: percent });
}

function arrive(job, { id, thumbnail }) {
  const { item } = job;
  queue.splice(queue.indexOf(job), 1);
  done++;
  item.dataset.kept = "";
  item.dataset.thumbnail = thumbnail;
  const words = item.querySelector("[data-words]");
  const field = words.querySelector("input");
  field.name = field.id = words.querySelector("label").htmlFor = `alt_${id}`;
  words.hidden = "gone" in item.dataset;
  field.disabled = "gone" in item.dataset;
  for (const [name, value] of [["media", id], [`turn_${id}`, item.dataset.turn ?? ""]]) {
    const hidden = Object.assign(document.createElement("input"), { type: "hidden", name, value });
    hidden.disabled = field.disabled;
    item.append(hidden);
  }
  setState(job, "");
  forget(job.key);
  changed();
}

function fail(job, why, worthTrying) {
  queue.splice(queue.indexOf(job), 1);
  failed = true;
  job.item.dataset.failed = "";
  setState(job, "failed", { why: why.includes(job.name) ? why : `« ${job.name} » : ${why}` });
  tell("unsent", { name: job.name });
  number();
  job.item.querySelectorAll("[data-which]").forEach((one) => (one.textContent = ` (${job.name})`));
  if (!worthTrying) return forget(job.key);
  const again = Object.assign(document.createElement("button"), { type: "button", className: "link" });
  again.textContent = say("again");
  again.onclick = () => {
    delete job.item.dataset.failed;
    queue.push(job);
    number();
    setState(job, "waiting");
    send();
  };
  job.item.querySelector("[data-state]").append(" ", again);
}

/** The session is over: everything stays here, and goes on when she comes back. */
function end() {
  over = true;
  tell("session");
  const link = Object.assign(document.createElement("a"), { href: box.dataset.page, className: "link" });
  link.textContent = say("login");
  box.querySelector("[data-said]").append(" ", link);
  form.dispatchEvent(new CustomEvent("declic:held"));
}

/** Nothing is on its way any more: what was pressed meanwhile is done now. */
function settle() {
  if (over || waiting().length) return;
  box.querySelector("[data-bar]").hidden = true;
  if (done && !failed) tell("sent");
  done = 0;
  const button = held;
  held = null;
  if (!button) return void (failed = false);
  if (failed) tell("unheld");
  else form.requestSubmit(button);
  failed = false;
}

form.addEventListener(
  "submit",
  (event) => {
    if (!waiting().length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    held = navigator.onLine ? event.submitter : null; // without network she is asked again once it is back
    failed = false;
    tell(navigator.onLine ? "hold" : "offline");
    form.dispatchEvent(new CustomEvent("declic:held", { detail: event.submitter?.value }));
  },
  true,
);

/* ---- order, turning, removal ---- */

function changed() {
  number();
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

function number() {
  const items = shown();
  items.forEach((item, index) => {
    item.querySelectorAll("[data-which]").forEach((one) => (one.textContent = say("which", { n: index + 1 })));
    item.querySelector("[data-act=before]").disabled = index === 0;
    item.querySelector("[data-act=after]").disabled = index === items.length - 1;
  });
  box.querySelector("[data-choose]").hidden = items.length >= most;
}

function move(item, button, step) {
  const items = shown();
  const other = items[items.indexOf(item) + step];
  if (!other) return;
  if (step < 0) other.before(item);
  else other.after(item);
  changed();
  (button.disabled ? item.querySelector("[data-act]:not(:disabled)") : button).focus();
  tell("moved", { n: shown().indexOf(item) + 1, m: items.length });
}

/** Shown turned at once; the server turns it when the form is sent. */
function turn(item, degrees) {
  item.dataset.turn = degrees || "";
  item.querySelector("img, canvas").style.rotate = `${degrees}deg`;
  const field = item.querySelector("[name^=turn_]");
  if (field) field.value = degrees || "";
}

function setGone(item, gone) {
  if (gone) item.dataset.gone = "";
  else delete item.dataset.gone;
  for (const part of item.children) if (part.type !== "hidden") part.hidden = gone;
  item.querySelectorAll("input, select").forEach((one) => (one.disabled = gone));
}

function remove(item) {
  setGone(item, true);
  const line = document.createElement("p");
  const back = Object.assign(document.createElement("button"), { type: "button", className: "button" });
  back.textContent = say("back");
  line.className = "row";
  line.append(say("gone"), " ", back);
  back.onclick = () => {
    if (shown().length >= most) return tell("many", { m: most, name: say("which", { n: most + 1 }) });
    line.remove();
    setGone(item, false);
    changed();
    item.querySelector("[data-act=remove]").focus();
    send();
  };
  item.append(line);
  back.focus();
  changed();
  settle();
}

const acts = {
  before: (item, button) => move(item, button, -1),
  after: (item, button) => move(item, button, 1),
  turn(item) {
    turn(item, (Number(item.dataset.turn || 0) + 90) % 360);
    tell("turned", { n: item.dataset.turn || 0 });
    changed();
  },
  remove,
};

/** The buttons of a photo in place of the choices that need none. */
function ready(item) {
  item.querySelectorAll("[data-script]").forEach((one) => (one.hidden = false));
  item.querySelectorAll("[data-without-script]").forEach((one) => (one.hidden = true));
  item.querySelectorAll("[name=first_photo]").forEach((one) => (one.checked = false));
  const image = item.querySelector("img");
  if (image) item.dataset.thumbnail = image.getAttribute("src");
  const asked = item.querySelector("select[name^=turn_]")?.value;
  if (asked) turn(item, Number(asked));
}

list.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  if (button) acts[button.dataset.act](button.closest("li"), button);
});
box.querySelectorAll("input[type=file]").forEach((input) =>
  input.addEventListener("change", () => {
    const files = [...input.files];
    input.value = ""; // they go one by one, not with the form
    choose(files);
  }),
);
form.addEventListener("declic:take-over", (event) => takeOver(event.detail));
form.addEventListener("declic:online", send);
[...list.children].forEach(ready);
number();
takeOver({});
