// Keeps the pages of today's jobs readable without network: only pages of ours, only of whoever is signed in.
const WAIT_MS = 6000; // a phone in a lift has "a connection" that answers nothing
const PAGE = /^\/jobs(\/\d+)?$/;
const PICTURE = /^\/jobs\/\d+\/photos\/[0-9a-f]+$/;
const OWN = "jobs-";

const SMALL = "?small=1";
const keyOf = (url) => url.pathname + url.search;
const isPicture = (url) => PICTURE.test(url.pathname) && ["", SMALL].includes(url.search);
const isOurs = (url) => url.origin === location.origin
  && (isPicture(url) || (!url.search && (PAGE.test(url.pathname) || url.pathname.startsWith("/static/"))));

async function store() {
  const name = (await caches.keys()).find((one) => one.startsWith(OWN));
  return name ? caches.open(name) : null;
}

async function keep(path, answer) {
  if (!answer.ok || answer.redirected) return;
  const kept = await store();
  if (kept) await kept.put(path, answer);
}

function inTime(request) {
  const late = new Promise((_, refuse) => setTimeout(() => refuse(new Error("no answer in time")), WAIT_MS));
  return Promise.race([fetch(request), late]);
}

async function answer(event, url) {
  try {
    const fresh = await inTime(event.request);
    event.waitUntil(keep(keyOf(url), fresh.clone()));
    return fresh;
  } catch (error) {
    // Of a photo whose whole was never looked at there is at least the small copy that its page shows.
    for (const key of isPicture(url) ? [keyOf(url), url.pathname + SMALL] : [keyOf(url)]) {
      const kept = await (await store())?.match(key, { ignoreVary: true });
      if (kept) return kept;
    }
    const list = event.request.mode === "navigate" && await (await store())?.match("/jobs", { ignoreVary: true });
    return list || Response.error();
  }
}

// Whoever is signed in now; what was kept for anybody else goes.
async function keepFor(user, paths) {
  const mine = OWN + user;
  for (const name of await caches.keys()) if (name.startsWith(OWN) && name !== mine) await caches.delete(name);
  const kept = await caches.open(mine);
  for (const path of paths) {
    const url = new URL(path, location.origin);
    if (!isOurs(url)) continue;
    try {
      const fresh = await fetch(keyOf(url), { credentials: "same-origin" });
      if (fresh.ok && !fresh.redirected) await kept.put(keyOf(url), fresh);
    } catch {
      return; // the network went while we looked: what is kept stays
    }
  }
}

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method === "GET" && isOurs(url)) event.respondWith(answer(event, url));
});
addEventListener("message", (event) => {
  const { user, paths } = event.data ?? {};
  if (!/^[0-9a-f]{16}$/.test(user)) return;
  event.waitUntil(keepFor(user, paths).then(() => event.source?.postMessage({ isKept: true })));
});
