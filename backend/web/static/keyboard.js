// Single letters for people who live in the queue; silent while typing, composing, or in a dialog.
import { isBusy, openHelp } from "./app.js";
import { hush } from "./frame.js";

const SEQUENCE_MS = 900;
let before = "";
let beforeTimer = 0;

const rows = () => [...document.querySelectorAll("#rows > .row")];
const current = () => document.activeElement?.closest?.(".row");
const titleOf = (row) => row.querySelector(".row-title, a[href]");

function step(by) {
  const list = rows();
  if (!list.length) return;
  const at = list.indexOf(current());
  const next = list[Math.min(Math.max(at + by, 0), list.length - 1)];
  titleOf(next)?.focus();
  next.scrollIntoView({ block: "nearest" });
}

// What is pressed from now on is for the page that comes.
function go(href) {
  hush(true);
  location.href = href;
}

function act(name) {
  const place = current() ?? document.getElementById("ticket-head");
  place?.querySelector(`[data-key="${name}"]`)?.click();
}

function write(mode) {
  const composer = document.getElementById("composer");
  if (composer) composer.querySelector(`[data-mode="${mode}"][aria-pressed]`)?.click();
  else if (current()) go(`${titleOf(current()).href}?mode=${mode}#composer`);
}

// The tick of a row; the list itself watches its boxes.
function select() {
  current()?.querySelector("input[type=checkbox]")?.click();
}

// Words that nobody has kept yet are not left by one key; the composer keeps its own.
const isKept = () => ![...document.querySelectorAll("main form[method=post]:not(#composer) :is(input, textarea)")]
  .some((one) => one.value !== one.defaultValue);
const leave = () => { if (!document.getElementById("queue") && isKept()) go("/queue"); };
// Escape closes a menu, or lets go of what is dragged, before it leaves the page.
const isTaken = (event) => event.defaultPrevented || document.querySelector(":popover-open, .is-dragging");

// The steps that may follow: on the ticket's own page, where each is a form of its own.
function showSteps() {
  const fold = document.getElementById("ticket-steps");
  if (fold) { fold.open = true; fold.querySelector(".steps a")?.focus(); }
  else if (current()) go(`${titleOf(current()).href}#ticket-steps`);
}

const SINGLE = {
  j: () => step(1),
  k: () => step(-1),
  x: select,
  a: () => act("accept"),
  r: () => write("reply"),
  n: () => write("note"),
  c: () => act("follow_up"),
  s: showSteps,
  "/": () => document.getElementById("search")?.focus(),
  ".": () => document.dispatchEvent(new CustomEvent("queue:show")),
  "?": openHelp,
  Escape: leave,
};
const DOUBLE = {
  "g q": () => go("/queue"),
  "g a": () => go("/tickets"),
  "g v": () => go("/visits"),
  "n t": () => go("/new"),
};

// "n" alone is a note, "n t" a new ticket: a lone first letter waits a moment for the second. Another key shows that
// it stood alone; that key is then the first of the note. Returns whether it is: the browser types it by itself.
function press(event) {
  if (isBusy(event)) return false;
  const first = before;
  const pair = DOUBLE[`${first} ${event.key}`];
  clearTimeout(beforeTimer);
  before = "";
  if (pair) { event.preventDefault(); pair(); return false; }
  if (first) SINGLE[first]?.();
  if (isBusy({ target: document.activeElement ?? document.body })) return true;
  single(event);
  return false;
}

function single(event) {
  const does = SINGLE[event.key];
  if (event.key === "g" || event.key === "n") {
    before = event.key;
    beforeTimer = setTimeout(() => { before = ""; does?.(); }, SEQUENCE_MS / 2);
    return;
  }
  if (!does || (event.key === "Escape" && isTaken(event))) return;
  event.preventDefault();
  does();
}

function keepChoice(isOn) {
  document.body.dataset.letters = isOn ? "on" : "off";
  const token = document.querySelector('meta[name="csrf"]').content;
  const body = new URLSearchParams({ has_letters: isOn ? "1" : "" });
  return fetch("/account/keys", { method: "POST", body, keepalive: true, headers: { "X-CSRF": token } });
}

// The choice once stood in the browser; it belongs to the person, on every device.
function bringOver() {
  const former = localStorage.getItem("keys");
  if (former === null) return;
  if (former === "off") keepChoice(false);
  localStorage.removeItem("keys");
}

// What was pressed meanwhile is done where it would have been: a letter that opened the box is followed by words.
function makeUp(event) {
  const place = document.activeElement;
  const isTyping = place.matches("input:not([type=radio], [type=checkbox]), textarea");
  if (event.key === "Enter") place.click();
  else if ((isTyping || press(event)) && event.key.length === 1) document.execCommand("insertText", false, event.key);
}

// ``pressed``: what was pressed while this file was on its way.
export function startKeyboard(pressed) {
  bringOver();
  document.addEventListener("change", (event) => { if (event.target.id === "keys-on") keepChoice(event.target.checked); });
  if (location.hash === "#ticket-steps") showSteps();
  pressed.forEach(makeUp);
  document.addEventListener("keydown", press);
}
