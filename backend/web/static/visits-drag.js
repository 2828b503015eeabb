// Dragging a visit to another hour or person. Nothing moves by itself: every drag ends in the form.
import { openForm } from "./visits-form.js";

const FAR_PX = 6;
const EDGE_PX = 48;
const STEP_PX = 24;
const QUARTER_MIN = 15;
let held = null;

const two = (number) => String(number).padStart(2, "0");

function begin(event) {
  const slot = event.target.closest("[data-movable]");
  if (!slot || event.button || event.pointerType === "touch" || event.target.closest("[data-move]")) return;
  if (!document.getElementById("day-sheet")?.offsetParent) return;
  const top = slot.getBoundingClientRect().top;
  held = { slot, x: event.clientX, y: event.clientY, grip: slot.classList.contains("slot") && !slot.classList.contains("is-loose") ? event.clientY - top : 0, ghost: null, place: null };
}

function move(event) {
  if (!held) return;
  if (!held.ghost) {
    if (Math.hypot(event.clientX - held.x, event.clientY - held.y) < FAR_PX) return;
    lift();
  }
  event.preventDefault();
  scrollNear(event.clientX, event.clientY);
  const body = document.elementsFromPoint(event.clientX, event.clientY).map((one) => one.closest?.("[data-body]")).find(Boolean);
  if (body) hover(body, event.clientY);
}

// At an edge the sheet comes along, so that the evening can be reached from the morning and the last lane from the first.
function scrollNear(x, y) {
  const frame = document.querySelector(".sheet-wrap");
  const box = frame.getBoundingClientRect();
  if (y > innerHeight - EDGE_PX && box.bottom > innerHeight) scrollBy(0, Math.min(STEP_PX, box.bottom - innerHeight));
  else if (y < 2 * EDGE_PX && box.top < EDGE_PX) scrollBy(0, -STEP_PX);
  if (x < box.left || x > box.right) return;
  frame.scrollBy(edge(x, box.left + EDGE_PX, box.right), edge(y, box.top + EDGE_PX, box.bottom));
}

// The first strip of the frame is its names, or its hours: the edge begins behind it.
function edge(at, low, high) {
  if (at > high - EDGE_PX) return STEP_PX;
  return at < low + EDGE_PX / 2 ? -STEP_PX : 0;
}

function lift() {
  const { slot } = held;
  held.ghost = document.createElement("div");
  held.ghost.append(...[".slot-home", ".slot-time"].map((key) => slot.querySelector(key)?.cloneNode(true)).filter(Boolean));
  held.time = held.ghost.querySelector(".slot-time") ?? held.ghost.appendChild(document.createElement("span"));
  slot.classList.add("is-dragged");
  document.body.classList.add("is-dragging");
}

function hover(body, y) {
  const total = Number(document.getElementById("day-sheet").dataset.total);
  const box = body.getBoundingClientRect();
  const size = Number(held.slot.dataset.for) || 4;
  const at = Math.max(0, Math.min(total - size, Math.round((y - held.grip - box.top) / (box.height / total))));
  const place = { lane: body.closest("[data-lane]").dataset.lane, at, size };
  if (held.place?.at === at && held.place.lane === place.lane) return;
  held.place = place;
  held.ghost.className = `slot is-ghost at-${at} for-${size} col-all`;
  held.time.textContent = `${clock(at)}–${clock(at + size)}`;
  body.append(held.ghost);
}

// The labels of the hours are the server's; a quarter is counted on from the last one.
function clock(at) {
  const hours = [...document.querySelectorAll("#day-sheet .hour")].filter((one) => Number(one.dataset.at) <= at);
  const last = hours.at(-1);
  const [hour, minute] = last.dataset.label.split(":").map(Number);
  const minutes = hour * 60 + minute + (at - Number(last.dataset.at)) * QUARTER_MIN;
  return `${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`;
}

function end() {
  if (!held) return;
  const { slot, ghost, place } = held;
  if (ghost) {
    ghost.remove();
    slot.classList.remove("is-dragged");
    document.body.classList.remove("is-dragging");
    document.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => document.removeEventListener("click", swallow, true));
  }
  held = null;
  if (!place) return;
  const link = slot.querySelector("[data-move]");
  const url = new URL(link.href);
  const values = { day: document.getElementById("visits").dataset.day, start: clock(place.at), end: clock(place.at + place.size), person: place.lane };
  for (const [name, value] of Object.entries(values)) if (value) url.searchParams.set(name, value);
  openForm(url.href, link);
}

// The press that ended a drag is no click on a link.
function swallow(event) {
  event.preventDefault();
  event.stopPropagation();
}

function drop() {
  if (!held) return;
  held.place = null;
  end();
}

// A press on a free place of a lane asks what may be planned there.
function plan(event) {
  const body = event.target.closest("[data-body]");
  if (!body || event.target.closest("[data-slot], a, button") || !document.getElementById("visits").dataset.plan) return;
  const link = body.closest("[data-lane]").querySelector(".lane-plan");
  const total = Number(document.getElementById("day-sheet").dataset.total);
  const box = body.getBoundingClientRect();
  const at = Math.floor((event.clientY - box.top) / (box.height / total) / 2) * 2;
  const url = new URL(link.href);
  url.searchParams.set("start", clock(Math.max(0, at)));
  location.href = url;
}

export function startDrag() {
  document.addEventListener("pointerdown", begin);
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", end);
  document.addEventListener("pointercancel", drop);
  document.addEventListener("dragstart", (event) => { if (event.target.closest?.("[data-movable]")) event.preventDefault(); });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && held?.ghost) { event.preventDefault(); drop(); } });
  document.addEventListener("click", plan);
}
