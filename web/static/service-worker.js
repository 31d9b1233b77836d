// The site's one service worker, served as /service-worker.js behind a line that says what it keeps:
// KEPT = { edition, page, files, sessions }. It keeps the diagnostic on one page, fetched without cookies so that
// nothing of anybody is in it, and what that page looks with. And it keeps the tour of a day of who opened it, until
// that day is over, or whoever uses this browser logs in or out. Every other request passes as if it were not there.

const PREFIX = "declic-diagnostic-";
const NAME = PREFIX + KEPT.edition;
const WITH_DIAGNOSTIC = !new URL(location.href).searchParams.has("sans");
const TOURS = "declic-tours";
const TOUR = /^(\/ateliers\/[a-z0-9_]+\/gerer)?\/tournee$/;
const ASKED = "Declic-Keep"; // of an answer: the day, until when in milliseconds, for whom

self.addEventListener("install", (event) => event.waitUntil(keep()));

async function keep() {
  const cache = await caches.open(NAME);
  await cache.addAll(KEPT.files);
  if (WITH_DIAGNOSTIC) await keepDiagnostic(cache);
  await self.skipWaiting();
}

async function keepDiagnostic(cache) {
  const page = await fetch(KEPT.page, { credentials: "omit", cache: "no-store", redirect: "error" });
  if (!page.ok) throw new Error(`${KEPT.page}: ${page.status}`);
  await cache.put(KEPT.page, page);
}

self.addEventListener("activate", (event) => event.waitUntil(clean()));

/** One edition is kept, this one. */
async function clean() {
  const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== NAME);
  await Promise.all(old.map((name) => caches.delete(name)));
  await sweepTours();
  await self.clients.claim();
}

self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (origin !== location.origin) return;
  if (method === "POST" && KEPT.sessions.some((path) => pathname === path || pathname.startsWith(`${path}/`))) {
    event.waitUntil(caches.delete(TOURS)); // somebody else may be there from now on
  }
  if (method !== "GET") return;
  if (mode === "navigate" && TOUR.test(pathname)) {
    event.respondWith(answerTour(event.request));
  } else if (mode === "navigate" && (pathname === "/diagnostic" || pathname.startsWith("/diagnostic/"))) {
    event.respondWith(fetch(event.request).catch(() => find(KEPT.page)));
  } else if (KEPT.files.includes(pathname)) {
    event.respondWith(find(pathname).then((file) => (file.ok ? file : fetch(event.request))));
  }
});

self.addEventListener("message", (event) => {
  const url = new URL(String(event.data?.tour), location.origin);
  if (url.origin === location.origin && TOUR.test(url.pathname)) event.waitUntil(fetchTour(url));
});

async function fetchTour(url) {
  const answer = await fetch(url, { cache: "no-store", redirect: "manual" }).catch(() => null);
  if (answer) await keepTour(url, answer);
}

/** What the network says, which is kept; without network what was kept, which says when. */
async function answerTour(request) {
  let answer;
  try {
    answer = await fetch(request);
  } catch {
    return (await findTour(new URL(request.url))) ?? Response.error();
  }
  await keepTour(new URL(request.url), answer.clone());
  return answer;
}

/** Keep a page that asks for it. Where the site refuses it, or leads elsewhere, nothing stays of what was kept. */
async function keepTour({ pathname }, answer) {
  const asked = answer.headers.get(ASKED);
  if (asked && answer.ok) {
    const [day, , owner] = asked.split(" ");
    await sweepTours(owner);
    await (await caches.open(TOURS)).put(`${pathname}?jour=${day}`, answer);
  } else if (!answer.ok && answer.status < 500) {
    await caches.delete(TOURS);
  }
}

/** Take away those whose day is over, and those of everybody but this one. */
async function sweepTours(owner) {
  if (!(await caches.has(TOURS))) return;
  const cache = await caches.open(TOURS);
  for (const key of await cache.keys()) {
    const [, until, whose] = (await cache.match(key, { ignoreVary: true })).headers.get(ASKED).split(" ");
    if (Number(until) <= Date.now() || (owner && whose !== owner)) await cache.delete(key, { ignoreVary: true });
  }
}

/** The page of the day that the address names, else of today in Paris, as a page that says so. */
async function findTour({ pathname, searchParams }) {
  await sweepTours();
  const today = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Paris" }).format();
  const key = `${pathname}?jour=${searchParams.get("jour") || today}`;
  const kept = (await caches.has(TOURS)) && (await (await caches.open(TOURS)).match(key, { ignoreVary: true }));
  if (!kept) return null;
  const page = await kept.text();
  const saved = page.replace("data-saved hidden", "data-saved").replaceAll(" data-online", " hidden");
  const policy = kept.headers.get("Content-Security-Policy") ?? "default-src 'self'";
  return new Response(saved, {
    headers: { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy },
  });
}

/** What is kept under this path. */
async function find(path) {
  const cache = await caches.open(NAME);
  return (await cache.match(path, { ignoreVary: true })) ?? Response.error();
}
