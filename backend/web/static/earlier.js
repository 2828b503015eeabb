// Older messages, fetched with the first press: they stay in sight whatever the page learns, for each request says from
// which one on they are shown.
import { isPhone, refresh } from "./ticket.js";

let since = new URLSearchParams(location.search).get("since");

document.addEventListener("htmx:config:request", (event) => {
  if (since) event.detail.ctx.request.headers["X-Since"] = since;
});

// What one reads stays where it is; the older words grow above it.
export async function show(link) {
  since = link.dataset.earlier;
  const first = document.querySelector(".message");
  const top = first.getBoundingClientRect().top;
  await refresh(document.getElementById("composer").dataset.number);
  const now = document.getElementById(first.id).getBoundingClientRect().top;
  (isPhone() ? window : document.getElementById("talk")).scrollBy(0, now - top);
}
