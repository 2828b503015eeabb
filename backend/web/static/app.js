// The dashboard's one entry: small modules, no build, no framework. htmx (a classic script) is there before us.
import { startCountdown, syncClock } from "./countdown.js";
import { startKeyboard } from "./keyboard.js";
import { startLive } from "./live.js";
import { announce, say, strings, toast } from "./words.js";

const TOAST_MS = 6000;

function sendCsrf(event) {
  const token = document.querySelector('meta[name="csrf"]')?.content;
  if (token) event.detail.ctx.request.headers["X-CSRF"] = token;
}

// The server words every outcome; a header carries it because the body is parts of the page.
function hearOutcome(event) {
  const outcome = event.detail.ctx?.response?.headers?.get("X-Toast");
  if (outcome) toast(decodeURIComponent(outcome));
}

function fadeFirstToasts() {
  for (const note of document.querySelectorAll(".toast")) setTimeout(() => note.remove(), TOAST_MS);
}

// Each page loads its own part only.
async function startPage() {
  if (document.getElementById("queue")) return (await import("./queue.js")).startQueue();
  if (document.querySelector("[data-ticket]")) return (await import("./ticket.js")).startTicket();
  if (document.querySelector("[data-board]")) return (await import("./board.js")).startBoard(ringBell);
  return { hear: ringBell };
}

// Pages without a list of their own still count alerts.
function ringBell(event) {
  if (event.kind !== "ticket" && event.kind !== "message") htmx.ajax("GET", "/alerts?panel=1", { target: "#bell-panel", swap: "innerHTML" });
}

// The page of a server in trouble must not take the place of what is being written.
function keepPlace(event) {
  if (!(event.detail.ctx?.response?.status >= 500)) return;
  event.preventDefault();
  toast(strings.offline);
}

async function start() {
  document.addEventListener("htmx:config:request", sendCsrf);
  document.addEventListener("htmx:after:request", hearOutcome);
  document.addEventListener("htmx:after:swap", syncClock);
  document.addEventListener("htmx:before:swap", keepPlace);
  document.addEventListener("htmx:error", () => toast(strings.offline));
  document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) print(); });
  fadeFirstToasts();
  if (!document.body.dataset.now) return;
  startCountdown((text) => announce(text));
  const page = await startPage();
  startLive((event) => page.hear(event), say);
  startKeyboard();
}

start();
