// The publish form keeps itself: as a draft of hers here and on her other devices, in this browser while the network is
// away; and shows beside it how it will look. Without this file a button keeps it, and "Voir d'abord" shows it.

const form = document.querySelector("form.listing-form");
const box = document.getElementById("brouillon");
const view = document.getElementById("apercu-vu");
const sentences = Object.fromEntries(
  [...document.getElementById("brouillon-mots").content.children].map((one) => [one.dataset.word, one.textContent]),
);
const { url } = box.dataset; // none where drafts are not kept: of a place, or of a listing that stands
const CALM = 2500;
const LONGEST_WAIT = 60_000;
const KEPT = 30 * 24 * 3600 * 1000; // milliseconds that what never reached us stays in this browser
const mine = `declic-publish:${box.dataset.owner}:`;
const NOT_TYPED = ["csrf_token", "kept_draft", "draft_version", "writer"];
// A token of this session, and the very point where she lives.
const NOT_HERE = ["csrf_token", "position", "home_latitude", "home_longitude"];
const HEADERS = { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded" };
let calm, view_calm, retry;
let keeping = null; // the request that keeps the form
let kept = null; // what was kept last
let cut = false; // the network is away, as far as we know
let failed = false; // what was typed last could not be kept on the server
let ready = false; // she pressed "Publier" without it
let sent = false;
let tries = 0;

function fields(without = []) {
  const pairs = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !without.includes(name));
  return new URLSearchParams(pairs);
}
const typed = () => fields(NOT_TYPED).toString();
const isWorth = () => ["title", "text", "media"].some((name) => fields().getAll(name).join("").trim());
const notice = (name) => form.querySelector(`[data-notice=${name}]`);
const say = (word) =>
  (box.querySelector("[data-said]").textContent = (sentences[word] ?? word).replace(
    "{time}",
    new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }),
  ));

/* ---- in this browser ---- */

const pending = () => form.querySelector("[data-new]:not([data-kept], [data-failed], [data-gone])") !== null;

function keepHere() {
  try {
    const entry = { at: Date.now(), unsent: failed || pending(), ready, sent, fields: fields(NOT_HERE).toString() };
    localStorage.setItem(mine + form.elements.writer.value, JSON.stringify(entry));
  } catch {} // no room, or not allowed: it stands in the page all the same
}
const forgetHere = (writer = form.elements.writer.value) => localStorage.removeItem(mine + writer);

function listHere() {
  const names = Object.keys(localStorage).filter((name) => name.startsWith("declic-publish:"));
  for (const name of names) {
    const entry = JSON.parse(localStorage.getItem(name));
    if (entry.at < Date.now() - KEPT) localStorage.removeItem(name);
    else if (name.startsWith(mine)) return { ...entry, writer: name.slice(mine.length) };
  }
  return null;
}

/* ---- on the server ---- */

async function post(body) {
  let answer;
  try {
    answer = await fetch(url, { method: "POST", body, headers: HEADERS, redirect: "manual" });
  } catch {
    throw "offline";
  }
  if (answer.status === 429 || answer.status >= 502) throw "offline";
  if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) throw "session";
  const value = await answer.json();
  if (!answer.ok) throw value.error;
  return value;
}

async function save() {
  clearTimeout(calm);
  calm = undefined;
  const now = typed();
  if (!url || sent || now === kept || !isWorth()) return;
  try {
    const saved = await post(fields());
    if (saved.published) return startAnew();
    form.elements.kept_draft.value = saved.id;
    form.elements.draft_version.value = saved.version;
    kept = now;
    tries = 0;
    failed = false;
    setCut(false);
    if (pending()) keepHere();
    else forgetHere();
    say(ready ? "" : "kept");
    if (saved.other) {
      box.prepend(notice("other"));
      notice("other").hidden = false;
      notice("other").querySelector("a").href = saved.other;
    }
  } catch (why) {
    failed = true;
    if (why === "offline") setCut(true);
    keepHere();
    say(why === "offline" && ready ? "ready" : typeof why === "string" ? why : "offline");
  }
}

/** She went back after it was published, and writes another one. */
function startAnew() {
  forgetHere();
  document.getElementById("photos-liste").replaceChildren(); // they are that one's
  form.elements.kept_draft.value = form.elements.draft_version.value = "";
  form.elements.writer.value = [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16)).join("");
  return save();
}

/** One at a time: what was typed meanwhile is kept after it. */
function keep() {
  keeping = (keeping ?? Promise.resolve()).then(save);
  return keeping;
}

function setCut(now) {
  clearTimeout(retry);
  if (now) retry = setTimeout(keep, Math.min(LONGEST_WAIT, CALM * 2 ** tries++));
  if (cut && !now) {
    form.dispatchEvent(new CustomEvent("declic:online"));
    if (ready) showReady();
  }
  cut = now;
}

/** What was held back goes after one tap. */
function showReady() {
  const shown = notice("ready");
  shown.querySelectorAll("button:not([data-act=publish])").forEach((one) => one.remove());
  shown.onclick = (event) => event.target.closest("button") && form.requestSubmit(publishButton());
  box.prepend(shown); // where she pressed
  shown.hidden = false;
  say("");
}

/* ---- sent, or held until the network is back ---- */

function hold(act) {
  ready = act === "publish";
  failed = true;
  keepHere();
  if (cut) say(ready ? "ready" : "offline");
}

form.addEventListener("declic:held", (event) => {
  if (!navigator.onLine) cut = true;
  if (url) hold(event.detail);
});
form.addEventListener("submit", (event) => {
  if (sent) return event.preventDefault(); // a second tap
  if (url && (cut || !navigator.onLine)) {
    event.preventDefault();
    cut = true;
    hold(event.submitter?.value);
    return;
  }
  sent = true;
  clearTimeout(calm);
  clearTimeout(retry);
  setTimeout(() => (sent = false), 10_000); // whoever stopped it may send it again
  if (url) keepHere(); // until the page that says that it is published
  takeOver({ writer: form.elements.writer.value });
});
addEventListener("pageshow", (event) => event.persisted && (sent = false));
addEventListener("online", keep);
addEventListener("pagehide", () => {
  if (url && !sent && calm && isWorth()) navigator.sendBeacon(url, fields());
});

/* ---- what was written without network, and never left ---- */

const takeOver = (detail) => form.dispatchEvent(new CustomEvent("declic:take-over", { detail }));
const publishButton = () => form.querySelector("button[value=publish]");

const again = (entry) => `${entry.fields}&csrf_token=${encodeURIComponent(form.elements.csrf_token.value)}`;

async function resume(entry, go) {
  try {
    const { id } = await post(again(entry));
    sessionStorage.setItem("declic-publish", JSON.stringify({ id, writer: entry.writer, go }));
    forgetHere(entry.writer);
    location.assign(id ? `/publier?brouillon=${id}` : "/chez-moi"); // where it had left after all
  } catch (why) {
    say(why);
  }
}

function offer(entry) {
  const shown = notice(entry.ready ? "ready" : "begun");
  shown.hidden = false;
  shown.onclick = (event) => {
    const act = event.target.closest("button")?.dataset.act;
    if (act === "forget") {
      forgetHere(entry.writer);
      takeOver({ writer: entry.writer });
      shown.hidden = true;
    } else if (act) resume(entry, act === "publish");
  };
}

if (url) {
  const going = JSON.parse(sessionStorage.getItem("declic-publish"));
  sessionStorage.removeItem("declic-publish");
  const entry = listHere();
  if (going && going.id === form.elements.kept_draft.value) {
    takeOver({ writer: going.writer, wanted: true, then: () => going.go && form.requestSubmit(publishButton()) });
  } else if (entry?.unsent) offer(entry);
  else if (entry) {
    // the last words of a page that was left: they are kept, and stand among the drafts
    post(again(entry)).then(() => forgetHere(entry.writer), () => {});
  }
  kept = typed();
}

/* ---- how it will look ---- */

const wide = matchMedia("(min-width: 56em)");
let turn = 0;

async function show() {
  const now = ++turn;
  const body = fields();
  body.set("act", "live");
  const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => null);
  if (!answer?.ok || now !== turn) return;
  const shown = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!shown.querySelector(".panel")) return;
  view.replaceChildren(...shown.body.childNodes);
  for (const item of form.querySelectorAll("[data-turn][data-thumbnail]")) {
    view.querySelectorAll("img").forEach((image) => {
      if (image.getAttribute("src") === item.dataset.thumbnail) image.style.rotate = `${item.dataset.turn || 0}deg`;
    });
  }
}

form.addEventListener("input", () => {
  clearTimeout(view_calm);
  if (wide.matches && navigator.onLine) view_calm = setTimeout(show, 700);
  if (!url || sent) return;
  keepHere();
  clearTimeout(calm);
  calm = setTimeout(keep, CALM);
});
