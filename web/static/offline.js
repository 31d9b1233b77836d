// Only on the pages of the diagnostic: once one is opened, the browser keeps the questions for when there is no
// network, and here one may have them taken away again. Without this file, or service workers, every page works.

const REFUSED = "declic-diagnostic-refused";
const box = document.querySelector("[data-offline]");

if ("serviceWorker" in navigator) {
  if (localStorage.getItem(REFUSED)) show(false);
  else navigator.serviceWorker.register("/service-worker.js").then(() => show(true), () => {});
}

/** Say whether the questions are kept, and offer the other. */
function show(kept) {
  if (!box) return;
  box.hidden = false;
  for (const part of box.querySelectorAll("[data-kept]")) part.hidden = (part.dataset.kept === "yes") !== kept;
}

box?.addEventListener("click", async (event) => {
  const act = event.target.closest("button")?.dataset.act;
  if (act === "keep") {
    localStorage.removeItem(REFUSED);
    await navigator.serviceWorker.register("/service-worker.js");
    show(true);
  } else if (act === "forget") {
    localStorage.setItem(REFUSED, "1");
    for (const one of await navigator.serviceWorker.getRegistrations()) await one.unregister();
    for (const name of await caches.keys()) if (name.startsWith("declic-")) await caches.delete(name);
    show(false);
  }
});
