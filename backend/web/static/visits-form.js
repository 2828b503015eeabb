// The form of one visit over the calendar: what speaks against it is told while it is filled in.
import { strings, toast } from "./frame.js";

const CHECK_MS = 200;
const dialog = () => document.getElementById("plan-dialog");
let from = null;
let timer = 0;
let turn = 0;

async function read(href, options = {}) {
  const answer = await fetch(href, { ...options, headers: { "HX-Request": "true", ...options.headers } });
  const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
  return { answer, form: parsed.getElementById("plan-form") };
}

export async function openForm(href, opener = null) {
  const url = new URL(href, location.origin);
  url.searchParams.set("part", "form");
  const { answer, form } = await read(url).catch(() => ({ answer: null, form: null }));
  if (!form) { if (!answer) toast(strings.offline); else location.href = href; return; }
  from = opener;
  dialog().replaceChildren(form);
  dialog().showModal();
  form.querySelector("#plan-start")?.focus();
}

// Every change is weighed by the server; only its verdict is laid anew, never a field under the fingers.
async function check(form) {
  const mine = ++turn;
  const url = new URL(form.action);
  for (const [name, value] of new FormData(form)) if (!["csrf", "version"].includes(name)) url.searchParams.set(name, value);
  url.searchParams.set("part", "form");
  const { form: next } = await read(url).catch(() => ({ form: null }));
  if (!next || mine !== turn || !form.isConnected) return;
  const place = form.querySelector("#plan-conflicts");
  const reason = form.querySelector("[name=reason]")?.value;
  place.replaceChildren(...next.querySelector("#plan-conflicts").childNodes);
  const box = place.querySelector("[name=reason]");
  if (box && reason) box.value = reason;
  const [button, other] = [form, next].map((one) => one.querySelector(".is-primary"));
  if (button && other) button.replaceChildren(...other.childNodes);
}

async function send(event) {
  const form = event.target;
  if (form.id !== "plan-form" || !form.closest("#plan-dialog")) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form));
  body.set("part", "form");
  const button = form.querySelector(".is-primary");
  button.disabled = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" }, redirect: "manual" });
    if (answer.type === "opaqueredirect") return leave(form);
    const parsed = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("plan-form");
    if (!parsed) { const said = answer.headers.get("X-Toast"); toast(said ? decodeURIComponent(said) : strings.offline); return; }
    dialog().replaceChildren(parsed);
    parsed.querySelector("[aria-invalid], [role=alert]")?.focus();
  } catch {
    toast(strings.offline);
  } finally {
    button.disabled = false;
  }
}

// The page that follows says what was done; it stands on the day to which the visit went.
function leave(form) {
  const url = new URL(form.elements.back.value, location.origin);
  url.searchParams.set("day", form.elements.day.value);
  url.hash = `v${form.action.split("/").pop()}`;
  const isHere = url.pathname + url.search === location.pathname + location.search;
  if (isHere) { history.replaceState(null, "", url); location.reload(); } else location.href = url;
}

function close(event) {
  if (!event.target.closest("#plan-dialog [data-close]")) return;
  event.preventDefault();
  dialog().close();
  if (from?.isConnected) from.focus();
}

const minutes = (time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
const two = (number) => String(number).padStart(2, "0");

// A visit that begins later ends later: its length stays, as far as the day goes.
function keepLength({ start, end }) {
  const length = minutes(end.value) - minutes(start.dataset.was ?? start.defaultValue);
  start.dataset.was = start.value;
  const until = minutes(start.value) + length;
  if (length > 0 && until < 24 * 60) end.value = `${two(Math.floor(until / 60))}:${two(until % 60)}`;
}

// What was wrong with the hours is weighed anew, and no longer said beside others.
function forget({ elements: { start, end } }) {
  for (const field of [start, end]) {
    field.removeAttribute("aria-invalid");
    field.closest(".field").classList.remove("is-wrong");
    field.closest(".field").querySelector(".error")?.remove();
  }
}

function weigh(event) {
  const form = event.target.closest("#plan-form");
  if (!form || event.target.name === "reason") return;
  if (event.target.name === "start" && event.target.value) keepLength(form.elements);
  if (["start", "end"].includes(event.target.name)) forget(form);
  clearTimeout(timer);
  timer = setTimeout(() => check(form), CHECK_MS);
}

document.addEventListener("submit", send);
document.addEventListener("click", close);
document.addEventListener("change", weigh);
