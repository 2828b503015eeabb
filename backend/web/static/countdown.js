// One timer for the whole page. The server decides the state; we tick, and turn ok → soon → late when the moment comes.
import { fill, say, strings } from "./words.js";

const ICONS = { soon: "alarm-clock", late: "flame" };
let offset = 0;

export function serverNow() {
  return Date.now() + offset;
}

// Every fragment brings the server's clock along (it can be the demo clock).
export function syncClock() {
  const marks = [...document.querySelectorAll("[data-now]")].map((mark) => Date.parse(mark.dataset.now));
  const newest = Math.max(...marks.filter(Number.isFinite));
  if (Number.isFinite(newest) && newest > seen) {
    seen = newest;
    offset = newest - Date.now();
  }
  tick();
}
let seen = 0;

function two(number) {
  return String(number).padStart(2, "0");
}

export function spanText(milliseconds) {
  const late = milliseconds < 0;
  const total = Math.floor(Math.abs(milliseconds) / 1000);
  const values = { d: Math.floor(total / 86400), h: Math.floor(total / 3600), m: Math.floor(total / 60), s: total };
  const words = late ? strings.over : strings.left;
  if (values.d) return fill(words.d, { d: values.d, h: values.h % 24 });
  if (values.h) return fill(words.h, { h: values.h, m: two(values.m % 60) });
  if (values.m) return fill(words.m, { m: values.m });
  return fill(words.s, { s: values.s });
}

function stateAt(pill, now) {
  if (now >= Date.parse(pill.dataset.due)) return "late";
  return pill.dataset.warn && now >= Date.parse(pill.dataset.warn) ? "soon" : "ok";
}

function recolour(pill, state) {
  for (const holder of [pill, pill.closest(".row, .clock"), pill.closest(".ticket-head")]) {
    holder?.classList.remove("is-ok", "is-soon", "is-late");
    holder?.classList.add(`is-${state}`);
  }
}

function turn(pill, state, speak) {
  recolour(pill, state);
  pill.querySelector(".pill-word").textContent = strings.states[state];
  if (!ICONS[state]) return;
  pill.querySelector("use").setAttribute("href", `/static/icons.svg#${ICONS[state]}`);
  const row = pill.closest(".row");
  if (!row) return;
  const values = { home: row.querySelector(".row-home")?.lastChild.textContent.trim() ?? "", clock: pill.dataset.clock,
    title: row.querySelector(".row-title").textContent.trim(), span: pill.querySelector(".pill-span").textContent };
  speak(say(state === "late" ? "turned_late" : "turned_soon", values));
}

let speak = () => {};
function tick() {
  const now = serverNow();
  for (const pill of document.querySelectorAll("[data-due]")) {
    const span = pill.querySelector(".pill-span");
    const text = spanText(Date.parse(pill.dataset.due) - now);
    if (span && span.textContent !== text) span.textContent = text;
    const state = stateAt(pill, now);
    if (!pill.classList.contains(`is-${state}`)) turn(pill, state, speak);
  }
}

export function startCountdown(speaker) {
  speak = speaker;
  syncClock();
  setInterval(tick, 1000);
}
