// Who else has this ticket open: a sign of life every few seconds, and the answer in the ticket's head.

const EVERY_MS = 10000;
const SOON_MS = 150;

export function start(number) {
  const path = `/tickets/${number}/presence`;
  const csrf = () => document.querySelector('meta[name="csrf"]').content;
  let timer = 0;
  async function beat() {
    if (document.hidden) return;
    try {
      const answer = await fetch(path, { method: "POST", body: new URLSearchParams(), headers: { "X-CSRF": csrf(), "HX-Request": "true" } });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("presence");
      const old = document.getElementById("presence");
      if (fresh && old && fresh.textContent.trim() !== old.textContent.trim()) old.replaceWith(fresh);
    } catch { /* the live line says that the server is away */ }
  }
  setInterval(beat, EVERY_MS);
  document.addEventListener("visibilitychange", beat);
  addEventListener("pagehide", () => {
    fetch(path, { method: "POST", body: new URLSearchParams({ left: "1" }), keepalive: true, headers: { "X-CSRF": csrf() } }).catch(() => {});
  });
  beat();
  return () => { clearTimeout(timer); timer = setTimeout(beat, SOON_MS); };
}
