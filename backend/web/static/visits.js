// The calendar of visits: slots of the shown day follow the ticket, the line of now walks, keys step from slot to slot.
import { isBusy } from "./app.js";
import { layInside } from "./lay.js";
import { hush, say } from "./frame.js";

const GATHER_MS = 250;
const MINUTE_MS = 60000;
const changed = new Set();
let timer = 0;
let all = false;
let waiting = null;

const board = () => document.getElementById("visits");
const frame = () => document.querySelector(".sheet-wrap");
const isHeld = (place) => place.matches(":hover, :focus-within") || document.body.classList.contains("is-dragging");

function address(part) {
  const url = new URL(location.href);
  url.searchParams.set("part", part);
  url.hash = "";
  return url;
}

async function fetchBoard() {
  const answer = await fetch(address("board"), { headers: { "HX-Request": "true" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  tellingTurns(() => lay(page.getElementById("visits")));
}

// Words that the server brings are new nodes, whose promise may have turned soon or late before the page's own clock
// saw it: it is said as in the queue, once.
function tellingTurns(change) {
  const before = new Map(pills().map((pill) => [slotOf(pill), stateOf(pill)]));
  change();
  const turned = pills().filter((pill) => pill.dataset.due && ["soon", "late"].includes(stateOf(pill))
    && (before.get(slotOf(pill)) ?? stateOf(pill)) !== stateOf(pill));
  if (turned.length) import("./turned.js").then((module) => module.tell(turned), () => {});
}
const pills = () => [...board().querySelectorAll("[data-slot] .pill")];
const slotOf = (pill) => pill.closest("[data-slot]").id;
const stateOf = (pill) => pill.className.match(/is-(\w+)/)?.[1];

// Words change where they stand; a place that is held (pointer, focus, drag) keeps its slots until it is let go.
function lay(next) {
  const here = board();
  here.dataset.now = next.dataset.now;
  clockAt = performance.now();
  swap("visits-state", next);
  let held = false;
  for (const place of places(next)) {
    const now = document.getElementById(place.id);
    if (!now) { held = true; continue; }
    if (now.isEqualNode(place)) continue;
    if (isHeld(now) || isAsking(now)) { renew(now, place); held = true; }
    else { now.className = place.className; layInside(now, place); }
  }
  if (here.querySelectorAll("[data-lane]").length !== next.querySelectorAll("[data-lane]").length) held = true;
  waiting = held ? next : null;
  offer(held && isElsewhere(here, next));
  changed.clear();
  showNow();
}

const places = (root) => [...root.querySelectorAll("[data-lane], .agenda-day, #waiting")];
const isAsking = (place) => place.contains(document.activeElement);

function swap(id, root) {
  const now = document.getElementById(id);
  const next = root.querySelector(`#${id}`);
  if (now && next && !now.matches(":focus-within")) layInside(now, next);
}

// Same slot, same place: new words at once. Slots that went are dimmed, never taken from under the pointer.
function renew(place, next) {
  for (const slot of place.querySelectorAll("[data-slot]")) {
    const other = next.querySelector(`#${CSS.escape(slot.id)}`);
    slot.classList.toggle("is-gone", !other);
    if (!other || slot.contains(document.activeElement)) continue;
    layInside(slot, other);
    const keep = [...slot.classList].filter((name) => /^(at|for|col)-/.test(name));
    const fresh = [...other.classList].filter((name) => !/^(at|for|col)-/.test(name));
    slot.className = [...fresh, ...keep].join(" ");
  }
}

// Is there anything but new words: a slot that came, went, or stands elsewhere?
function isElsewhere(here, next) {
  const told = (root) => [...root.querySelectorAll("[data-slot]")].map((s) => `${s.id} ${s.dataset.at} ${s.dataset.for} ${s.closest("[id^=lane], [id^=day], #waiting")?.id}`).sort().join("\n");
  return told(here) !== told(next);
}

function offer(isOffered) {
  const button = document.getElementById("news-show");
  button.hidden = !isOffered;
  if (isOffered) button.textContent = say("new_order");
}

function showAll() {
  if (!waiting) return;
  const next = waiting;
  waiting = null;
  const held = document.activeElement?.closest?.("[data-slot]")?.id;
  const { scrollTop, scrollLeft } = frame() ?? {};
  tellingTurns(() => board().replaceWith(document.importNode(next, true)));
  frame()?.scrollTo({ top: scrollTop, left: scrollLeft, behavior: "instant" });
  offer(false);
  showNow();
  if (held) document.getElementById(held)?.querySelector(".slot-title")?.focus();
}

// What waited is laid as soon as nothing is held any more.
function letGo() {
  if (waiting && !isHeld(board())) showAll();
}

function gather() {
  clearTimeout(timer);
  timer = setTimeout(fetchBoard, GATHER_MS);
}

// The server's clock, as of the last time the page was told of it.
let clockAt = performance.now();
function now() {
  return Date.parse(board().dataset.now) + performance.now() - clockAt;
}

function showNow() {
  const sheet = document.getElementById("day-sheet");
  if (!sheet) return;
  const quarters = (now() - Date.parse(sheet.dataset.start)) / (15 * MINUTE_MS);
  const at = Math.floor(quarters);
  for (const line of sheet.querySelectorAll("[data-now-line]")) {
    line.hidden = at < 0 || at >= Number(sheet.dataset.total);
    line.className = `now-line at-${at} past-${Math.floor((quarters - at) * 3)}`;
  }
}

// In the evening the sheet would open on a morning that is over.
function showFromNow() {
  const line = document.querySelector("[data-now-line]:not([hidden])");
  if (!line || scrollY || location.hash) return;
  const box = frame().getBoundingClientRect();
  const far = line.getBoundingClientRect().top - box.top;
  if (far < Math.min(box.height, innerHeight - box.top)) return;
  frame().scrollTo({ top: far - (Math.min(box.bottom, innerHeight) - box.top) / 2, behavior: "instant" });
  line.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
}

const titles = () => [...board().querySelectorAll("[data-slot] .slot-title")].filter((one) => one.offsetParent);
function step(by) {
  const list = titles();
  if (!list.length) return;
  const at = list.indexOf(document.activeElement?.closest?.("[data-slot]")?.querySelector(".slot-title"));
  const next = list[Math.min(Math.max(at + by, 0), list.length - 1)];
  next.focus();
  next.scrollIntoView({ block: "nearest", inline: "nearest" });
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  ArrowLeft: () => { location.href = board().dataset.earlier; },
  ArrowRight: () => { location.href = board().dataset.later; },
  m: () => document.activeElement?.closest?.("[data-slot]")?.querySelector("[data-move]")?.click(),
};
const isArrow = (key) => key.startsWith("Arrow");

function press(event) {
  if (isBusy(event) || event.shiftKey || !KEYS[event.key]) return;
  const slot = document.activeElement?.closest?.("[data-slot]");
  // Arrows scroll wherever somebody scrolls: up and down step only from a slot, and the sheet keeps its own.
  if (isArrow(event.key) && document.activeElement?.matches(".sheet-wrap, [role=tab], summary, dialog *")) return;
  if (["ArrowUp", "ArrowDown"].includes(event.key) && !slot) return;
  event.preventDefault();
  KEYS[event.key]();
}

function click(event) {
  if (event.target.closest("#news-show")) return showAll();
  const link = event.target.closest("[data-move]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  hush(true, "form");
  import("./visits-form.js").then((form) => form.openForm(link.href, link)).finally(() => hush(false));
}

// Dragging is fetched as soon as the page rests, or a mouse comes to the sheet before that: a grab that came too early
// would move nothing. A phone never needs it.
let drag = null;
function ready(event) {
  if (event.pointerType === "touch" || !event.target.closest?.("#day-sheet, [data-movable]")) return;
  document.removeEventListener("pointerover", ready);
  fetchDrag();
}

function fetchDrag() {
  drag ??= import("./visits-drag.js").then((module) => {
    module.startDrag();
    document.body.dataset.drag = "1";
  }, () => { drag = null; });
}

function fetchAtRest() {
  if (!matchMedia("(any-pointer: fine)").matches || !document.getElementById("day-sheet")) return;
  const rest = () => (window.requestIdleCallback ?? setTimeout)(fetchDrag);
  if (document.readyState === "complete") rest();
  else addEventListener("load", rest, { once: true });
}

export function startVisits(ringBell) {
  document.addEventListener("click", click);
  document.addEventListener("keydown", press);
  document.addEventListener("queue:show", showAll);
  document.addEventListener("focusout", () => setTimeout(letGo));
  document.addEventListener("pointermove", letGo, { passive: true });
  document.addEventListener("pointerover", ready);
  fetchAtRest();
  showNow();
  showFromNow();
  setInterval(showNow, MINUTE_MS / 4);
  return {
    hear(event) {
      if (["ticket", "rota", "duty", "clock", "resync"].includes(event.kind)) gather();
      if (!["ticket", "message"].includes(event.kind)) ringBell(event);
    },
  };
}
