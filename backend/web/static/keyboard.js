// Single letters for people who live in the queue; silent while typing, composing, or in a dialog.
import { isBusy, openHelp } from "./app.js";

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

function act(name) {
  const place = current() ?? document.getElementById("ticket-head");
  place?.querySelector(`[data-key="${name}"]`)?.click();
}

function write(mode) {
  const composer = document.getElementById("composer");
  if (composer) composer.querySelector(`[data-mode="${mode}"][aria-pressed]`)?.click();
  else if (current()) location.href = `${titleOf(current()).href}?mode=${mode}#composer`;
}

// The tick of a row; the list itself watches its boxes.
function select() {
  current()?.querySelector("input[type=checkbox]")?.click();
}

const ticketPage = () => document.querySelector("[data-ticket], .narrow, .wide");
// The steps that may follow: on the ticket's own page, where each is a form of its own.
function showSteps() {
  const fold = document.getElementById("ticket-steps");
  if (fold) { fold.open = true; fold.querySelector(".steps a")?.focus(); }
  else if (current()) location.href = `${titleOf(current()).href}#ticket-steps`;
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
  Escape: () => { if (ticketPage()) location.href = "/queue"; },
};
const DOUBLE = {
  "g q": () => { location.href = "/queue"; },
  "g a": () => { location.href = "/tickets"; },
  "g v": () => { location.href = "/visits"; },
  "n t": () => { location.href = "/new"; },
};

// "n" alone is a note, "n t" a new ticket: a lone first letter waits a moment for the second.
function press(event) {
  if (isBusy(event)) return;
  const pair = DOUBLE[`${before} ${event.key}`];
  clearTimeout(beforeTimer);
  if (pair) { before = ""; event.preventDefault(); pair(); return; }
  before = "";
  const single = SINGLE[event.key];
  if (event.key === "g" || event.key === "n") {
    before = event.key;
    beforeTimer = setTimeout(() => { before = ""; single?.(); }, SEQUENCE_MS / 2);
    return;
  }
  if (!single || (event.key === "Escape" && document.querySelector(":popover-open"))) return;
  event.preventDefault();
  single();
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
  if (isTyping && event.key.length === 1) document.execCommand("insertText", false, event.key);
  else if (event.key === "Enter") place.click();
  else if (!isTyping) press(event);
}

// ``pressed``: what was pressed while this file was on its way.
export function startKeyboard(pressed) {
  bringOver();
  document.addEventListener("change", (event) => { if (event.target.id === "keys-on") keepChoice(event.target.checked); });
  if (location.hash === "#ticket-steps") showSteps();
  pressed.forEach(makeUp);
  document.addEventListener("keydown", press);
}
