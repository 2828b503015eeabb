// The dashboard's one entry: small modules, no build, no framework. htmx (a classic script) is there before us.
import {
  announce, fade, forgetRetry, hush, settle, startCountdown, startCounts, startLeaving, startLive, strings, syncClock, toast, whenShown,
} from "./frame.js";

function sendCsrf(event) {
  const token = document.querySelector('meta[name="csrf"]')?.content;
  if (token) event.detail.ctx.request.headers["X-CSRF"] = token;
}

// The server words every outcome; a header carries it because the body is parts of the page.
function hearOutcome(event) {
  const headers = event.detail.ctx?.response?.headers;
  const outcome = headers?.get("X-Toast");
  const undo = headers?.get("X-Undo");
  if (headers && event.detail.ctx.response.status < 400 && event.detail.ctx.request.method !== "GET") forgetRetry();
  if (outcome) toast(decodeURIComponent(outcome), { undo: undo && (() => takeBack(undo)) });
}

// ``undo``: the action that undoes it, and the numbers of the tickets; the page hears of the change by itself.
async function takeBack(undo) {
  const [action, numbers] = undo.split(" ");
  const headers = { "HX-Request": "true", "X-CSRF": document.querySelector('meta[name="csrf"]').content };
  try {
    let said = "";
    for (const number of numbers.split(",")) {
      const body = new URLSearchParams({ from: "queue" });
      const answer = await fetch(`/tickets/${number}/${action}`, { method: "POST", headers, body });
      if (answer.status >= 500) throw new Error(String(answer.status));
      said = answer.headers.get("X-Toast") ?? said;
    }
    toast(decodeURIComponent(said));
  } catch { toast(strings.offline, { retry: () => takeBack(undo) }); }
}

// A form that came back has its first mistake before the eyes, wherever on the page it stands.
function showMistake() {
  // the field nearest to it: a group of fields is one too
  const wrong = document.querySelector("main .field .error")?.closest(".field").querySelector("input, select, textarea");
  wrong?.focus({ preventScroll: true });
  wrong?.scrollIntoView({ block: "center" });
}

// Most forms are filled in at once: the sentences for those that are not come with the first field that is wrong.
let faults = null;
function sayFault(event) {
  event.preventDefault();
  const form = event.target.form ?? event.target;
  faults ??= import("./faults.js").then((module) => module.startFaults()).catch(() => {}).then(() => {
    document.removeEventListener("invalid", sayFault, true);
    form.reportValidity();
  });
}

// Each page loads its own part only.
async function startPage() {
  if (document.getElementById("queue")) return (await import("./queue.js")).startQueue();
  if (document.querySelector("[data-ticket]")) return (await import("./ticket.js")).startTicket();
  if (document.querySelector("[data-search]")) return (await import("./search.js")).startSearch(ringBell);
  if (document.querySelector("[data-visits]")) return (await import("./visits.js")).startVisits(ringBell);
  if (document.querySelector("[data-board]")) return (await import("./board.js")).startBoard(ringBell);
  if (document.querySelector("[data-jobs]")) return (await import("./onsite.js")).startJobs(ringBell);
  if (document.querySelector("[data-passes]")) return (await import("./onsite.js")).startPasses(ringBell);
  if (document.getElementById("incidents")) return (await import("./incidents.js")).startIncidents(ringBell);
  if (document.querySelector("[data-notify]")) (await import("./notify-settings.js")).startNotifySettings();
  return { hear: ringBell };
}

// The number of the bell comes with the counts; what else the frame shows is asked for when it may have changed.
function ringBell(event) {
  const page = document.getElementById("alerts-page");
  const isOpen = document.getElementById("bell-panel").matches(":popover-open");
  if (page && ["alert", "resync"].includes(event.kind)) htmx.ajax("GET", location.pathname + location.search, { target: "#alerts-page", swap: "outerMorph" });
  else if (["channel", "resync"].includes(event.kind) || (isOpen && event.kind === "alert")) htmx.ajax("GET", "/alerts?panel=1", { source: "#bell-panel", target: "#bell-panel", swap: "innerHTML" });
}

// The page of a server in trouble must not take the place of what is being written.
// A part in another language brings its whole page.
function keepPlace(event) {
  const { status, headers } = event.detail.ctx?.response ?? {};
  const { lang } = document.documentElement;
  const isOther = status < 400 && (headers.get("X-Language") ?? lang) !== lang;
  if (!isOther && !(status >= 500)) return;
  event.preventDefault();
  if (isOther) location.reload();
  else sayOffline(event);
}

// What was written stays in its form, and one press sends it again.
function sayOffline(event) {
  const form = event.detail?.ctx?.sourceElement;
  const retry = form?.matches?.("form[method=post]") && (() => form.requestSubmit(form.querySelector(".is-primary")));
  toast(strings.offline, { retry });
}

// Pages that were kept for whoever was signed in go when the door is seen again.
async function forgetPages() {
  for (const name of await caches.keys()) if (name.startsWith("jobs-")) await caches.delete(name);
}

// An answer asked for before something newer was laid into the page is old: it must not overwrite what is newer.
let begun = 0;
const laid = new Map();

const placeOf = (ctx) => (ctx.request.action.startsWith("/alerts") ? "bell" : "page");
const isAsking = (ctx) => ctx.request.method === "GET";

function count(event) {
  begun += 1;
  event.detail.ctx.begun = begun;
}

// Whatever somebody did is newer than every look that began before its answer came.
function judge(event, again) {
  const { ctx } = event.detail;
  if (!ctx.begun || event.defaultPrevented) return;
  const place = placeOf(ctx);
  if (isAsking(ctx) && ctx.begun < (laid.get(place) ?? 0)) {
    event.preventDefault();
    again(ctx);
    return;
  }
  laid.set(place, isAsking(ctx) ? ctx.begun : begun + 0.5);
}

function startOrder(again) {
  document.addEventListener("htmx:config:request", count);
  document.addEventListener("htmx:before:swap", (event) => judge(event, again));
}

// What is typed is watched from the first letter on, or when something waits to be given back.
async function startTyping() {
  const begin = async () => (await import("./typed.js")).startTyped();
  if (sessionStorage.getItem("typed") !== null) await begin();
  else for (const kind of ["input", "submit"]) document.addEventListener(kind, () => { typing ??= begin(); }, { capture: true, once: true });
}
let typing = null;

// Neither while typing or composing nor in a dialog, nor while something is on its way that was asked for, and not
// for those who switched single letters off.
export function isBusy(event) {
  const place = event.target;
  return event.isComposing || event.ctrlKey || event.metaKey || event.altKey
    || place.matches?.("input:not([type=radio], [type=checkbox]), textarea, select") || place.isContentEditable
    || document.querySelector("dialog[open]") || document.body.matches("[data-letters=off], [data-hush]");
}

// Shortcuts come with the first letter, and nothing pressed meanwhile is lost: neither while they are on their way nor
// while the page's own part is (``isReady``), which is what they act on.
function awaitKeys(isReady) {
  const pressed = [];
  let keys = null;
  const load = () => { keys ??= Promise.all([import("./keyboard.js"), isReady]).then(([module]) => {
    document.removeEventListener("keydown", wait);
    module.startKeyboard(pressed);
  }); };
  const wait = (event) => {
    const isOurs = event.key === "Escape" ? !document.querySelector(":popover-open") : event.key.length === 1 && event.key !== " ";
    // Enter is what has the focus's own; where nothing has it, after a "j" on its way, it is for the row to come.
    if (!(isOurs || (keys && event.key === "Enter" && event.target === document.body)) || isBusy(event)) return;
    if (["/", "Enter"].includes(event.key)) event.preventDefault();
    if (event.key === "/") { document.getElementById("search")?.focus(); return; } // words follow at once
    if (event.key === "?" && !keys) { openHelp(); return; }
    pressed.push(event);
    load();
  };
  document.addEventListener("keydown", wait);
  document.addEventListener("click", (event) => { if (event.target.closest("[data-help]")) { event.preventDefault(); openHelp(); } });
  if (location.hash === "#ticket-steps" || localStorage.getItem("keys") !== null) load();
}

// The list of shortcuts is asked for when it is wanted.
export async function openHelp() {
  const known = document.getElementById("help");
  if (known) { known.showModal(); return; }
  hush(true);
  try {
    const answer = await fetch("/account/keys", { headers: { "HX-Request": "true" } });
    if (!answer.ok) { location.href = "/account/keys"; return; }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.body.append(page.getElementById("help"));
    document.getElementById("help").showModal();
  } catch { toast(strings.offline); }
  hush(false);
}

// What stood in the page from the beginning is not read out by itself; a press sends a toast away.
function startToasts() {
  for (const note of document.querySelectorAll(".toast")) { fade(note); setTimeout(announce, SPOKEN_MS, note.textContent); }
  settle();
  document.getElementById("toasts").addEventListener("click", (event) => {
    if (!event.target.closest("button")) event.target.closest(".toast")?.remove();
  });
}
const SPOKEN_MS = 300;

// Whoever reads text of one and a half times the size or more has other room: no query of the window knows of it.
const BIG_PX = 24;
function fitBig() {
  if (parseFloat(getComputedStyle(document.documentElement).fontSize) < BIG_PX) return;
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: "/static/big.css" }));
}

async function start() {
  fitBig();
  document.addEventListener("htmx:config:request", sendCsrf);
  document.addEventListener("htmx:after:request", hearOutcome);
  document.addEventListener("htmx:after:swap", syncClock);
  document.addEventListener("htmx:before:swap", keepPlace);
  document.addEventListener("htmx:error", sayOffline);
  document.addEventListener("invalid", sayFault, true);
  document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) print(); });
  startToasts();
  startLeaving();
  showMistake();
  if (!document.body.dataset.now) return;
  let makeReady;
  awaitKeys(new Promise((done) => { makeReady = done; }));
  startCounts();
  startCountdown();
  let page = { hear: ringBell };
  startOrder((ctx) => { if (page.old) page.old(ctx); else page.hear({ kind: "resync" }); });
  page = await startPage();
  await startTyping();
  makeReady();
  startLive(whenShown((event) => { if (event.kind !== "presence" || page.seesPeople) page.hear(event); }));
}

start();
