// A session that ends in the middle of a form: what was typed waits in this tab, for the same person only.
import { strings, toast } from "./frame.js";

const KEY = "typed";
const user = document.body.dataset.user;
let sent = null;

const forms = () => [...document.querySelectorAll("form[method=post]")].filter((form) => !form.closest("header, .bottom, .menu"));
export const fields = (form) => [...form.elements].filter((one) => one.name && one.name !== "csrf" && one.name !== "version"
  && one.matches("input:not([type=hidden], [type=password], [type=file]), textarea, select"));

export const valuesOf = (some) => some.map((one) => [one.name, one.value, one.matches("[type=checkbox], [type=radio]") ? one.checked : null]);

export function isChanged(one) {
  if (one.matches("[type=checkbox], [type=radio]")) return one.checked !== one.defaultChecked;
  if (one.options) return [...one.options].some((option) => option.selected !== option.defaultSelected);
  return one.value !== one.defaultValue;
}

function keep() {
  const kept = forms().filter((form) => form === sent || fields(form).some(isChanged)).map((form) => ({
    id: form.id, action: form.getAttribute("action"),
    values: valuesOf(fields(form)),
  }));
  if (kept.length) sessionStorage.setItem(KEY, JSON.stringify({ user, path: location.pathname + location.search, kept }));
  else sessionStorage.removeItem(KEY);
}

function find(one) {
  return (one.id && document.getElementById(one.id)) || forms().find((form) => form.getAttribute("action") === one.action);
}

export function lay(form, values) {
  for (const [name, value, isOn] of values) {
    const places = fields(form).filter((place) => place.name === name);
    if (isOn !== null) { for (const place of places) if (place.value === value) place.checked = isOn; }
    else if (places[0] && [...places[0].options ?? [{ value }]].some((option) => option.value === value)) places[0].value = value;
  }
}

function fill(one) {
  const form = find(one);
  if (!form) return false;
  if (one.action.endsWith("/note")) form.querySelector("[data-mode=note][aria-pressed=false]")?.click();
  lay(form, one.values);
  const dialog = form.closest("dialog");
  if (dialog && !dialog.open) dialog.showModal();
  form.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
}

const isThroughDoor = () => document.referrer && new URL(document.referrer).pathname === "/login";

function giveBack() {
  const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  sessionStorage.removeItem(KEY);
  // Whoever came through the door within the same tab finds what they left.
  if (!kept || !isThroughDoor() || kept.user !== user || kept.path !== location.pathname + location.search) return;
  if (kept.kept.map(fill).some(Boolean)) toast(strings.kept);
}

export function startTyped() {
  giveBack();
  document.addEventListener("submit", (event) => { sent = event.target; }, true);
  document.addEventListener("htmx:after:request", (event) => { if (event.detail.ctx.response?.status < 400) sent = null; });
  addEventListener("pagehide", keep);
}
