// The site's one service worker, served as /service-worker.js behind a line that says what it keeps:
// KEPT = { edition, page, files }. It keeps the diagnostic on one page, fetched without cookies so that nothing of
// anybody is in it, and what that page looks with. Every other request passes as if it were not there.

const PREFIX = "declic-diagnostic-";
const NAME = PREFIX + KEPT.edition;

self.addEventListener("install", (event) => event.waitUntil(keep()));

async function keep() {
  const cache = await caches.open(NAME);
  await cache.addAll(KEPT.files);
  const page = await fetch(KEPT.page, { credentials: "omit", cache: "no-store", redirect: "error" });
  if (!page.ok) throw new Error(`${KEPT.page}: ${page.status}`);
  await cache.put(KEPT.page, page);
  await self.skipWaiting();
}

self.addEventListener("activate", (event) => event.waitUntil(clean()));

/** One edition is kept, this one. */
async function clean() {
  const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== NAME);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== location.origin) return;
  if (mode === "navigate" && (pathname === "/diagnostic" || pathname.startsWith("/diagnostic/"))) {
    event.respondWith(fetch(event.request).catch(() => find(KEPT.page)));
  } else if (KEPT.files.includes(pathname)) {
    event.respondWith(find(pathname).then((file) => (file.ok ? file : fetch(event.request))));
  }
});

/** What is kept under this path. */
async function find(path) {
  const cache = await caches.open(NAME);
  return (await cache.match(path, { ignoreVary: true })) ?? Response.error();
}
