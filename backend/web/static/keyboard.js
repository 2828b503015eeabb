// Single letters for people who live in the queue; silent while typing, composing, or in a dialog.
const SEQUENCE_MS = 900;
let before = "";
let beforeTimer = 0;

function isBusy(event) {
  const place = event.target;
  return event.isComposing || event.ctrlKey || event.metaKey || event.altKey
    || place.matches?.("input:not([type=radio], [type=checkbox]), textarea, select") || place.isContentEditable
    || document.querySelector("dialog[open]") || localStorage.getItem("keys") === "off";
}

const rows = () => [...document.querySelectorAll("#rows > .row")];
const current = () => document.activeElement?.closest?.(".row");

function step(by) {
  const list = rows();
  if (!list.length) return;
  const at = list.indexOf(current());
  const next = list[Math.min(Math.max(at + by, 0), list.length - 1)];
  next.querySelector(".row-title").focus();
  next.scrollIntoView({ block: "nearest" });
}

function act(name) {
  const place = current() ?? document.getElementById("ticket-head");
  place?.querySelector(`[data-key="${name}"]`)?.click();
}

function write(mode) {
  const composer = document.getElementById("composer");
  if (composer) composer.querySelector(`[data-mode="${mode}"][aria-pressed]`)?.click();
  else if (current()) location.href = `${current().querySelector(".row-title").href}?mode=${mode}#composer`;
}

const SINGLE = {
  j: () => step(1),
  k: () => step(-1),
  a: () => act("accept"),
  r: () => write("reply"),
  n: () => write("note"),
  c: () => act("follow_up"),
  "/": () => document.getElementById("search")?.focus(),
  ".": () => document.dispatchEvent(new CustomEvent("queue:show")),
  "?": () => document.getElementById("help")?.showModal(),
  Escape: () => { if (document.querySelector("[data-ticket], .narrow")) location.href = "/queue"; },
};
const DOUBLE = {
  "g q": () => { location.href = "/queue"; },
  "g a": () => { location.href = "/queue?queue=team"; },
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

export function startKeyboard() {
  const box = document.getElementById("keys-on");
  if (box) {
    box.checked = localStorage.getItem("keys") !== "off";
    box.addEventListener("change", () => localStorage.setItem("keys", box.checked ? "on" : "off"));
  }
  document.addEventListener("keydown", press);
  document.addEventListener("click", (event) => { if (event.target.closest("[data-help]")) SINGLE["?"](); });
}
