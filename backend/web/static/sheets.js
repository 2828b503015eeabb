// The sheets of a ticket: forms that come when they are asked for. Back shuts one and stays on the ticket; what was
// typed in one waits in this tab until it is sent.
import { hush, strings, toast } from "./frame.js";
import { fields, isChanged, lay, valuesOf } from "./typed.js";

const place = () => document.getElementById("ticket-dialogs");
const shown = () => place().querySelector("dialog[open]");
const isSheet = () => Boolean(history.state?.sheet);

let isOpening = false;
export async function open(address, opener) {
  if (isOpening) return;
  isOpening = true;
  try {
    const answer = await fetch(`${address}&part=form`, { headers: { "HX-Request": "true" } });
    if (answer.status >= 500) throw new Error(String(answer.status));
    // Signed out, or a colleague was faster: the page itself tells.
    if (!answer.ok) { location.href = address; return; }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    place().replaceChildren(page.querySelector("dialog"));
    htmx.process(place());
    opener?.closest("[popover]")?.hidePopover();
    enter(address);
    giveBack();
    place().firstChild.showModal();
  } catch {
    toast(strings.offline);
  } finally {
    hush(false);
    isOpening = false;
  }
}

// A sheet's address is the page's while it is open: signing in again leads back to it.
function enter(address) {
  if (isSheet()) { history.replaceState(history.state, "", address); return; }
  history.scrollRestoration = "manual"; // the ticket beneath stays where it stands
  history.pushState({ sheet: true }, "", address);
}

function forgetAddress({ target }) {
  if (target.parentNode !== place() || target.open || target.dataset.leaves) return;
  if (isSheet()) history.back();
  else if (location.search.includes("do=")) history.replaceState(history.state, "", location.pathname);
}

function follow() {
  if (isSheet() && !shown()) { open(location.pathname + location.search); return; }
  if (isSheet()) return;
  history.scrollRestoration = "auto";
  shown()?.close();
}

// ---- what is typed ----
const key = (form) => `sheet ${document.body.dataset.user} ${form.getAttribute("action")}`;
const kept = (form) => JSON.parse(sessionStorage.getItem(key(form)) ?? "[]");

function keep({ target }) {
  const { form } = target;
  if (!form || !place().contains(form)) return;
  const names = new Set(kept(form).map(([name]) => name));
  for (const one of fields(form)) if (isChanged(one)) names.add(one.name);
  sessionStorage.setItem(key(form), JSON.stringify(valuesOf(fields(form).filter((one) => names.has(one.name)))));
}

function giveBack() {
  for (const form of place().querySelectorAll("form")) {
    const values = kept(form);
    if (!values.length) continue;
    lay(form, values);
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function finish({ detail }) {
  const { response, sourceElement: form } = detail.ctx;
  if (!response || response.status >= 300 || !form?.matches?.("#ticket-dialogs form")) return;
  sessionStorage.removeItem(key(form));
  if (response.headers.get("HX-Redirect")) form.closest("dialog").dataset.leaves = "1";
}

// What is to be put right has the focus, not the button that was pressed.
function showWrong(event) {
  if (!place().contains(event.detail.ctx.sourceElement)) return;
  place().querySelector("dialog[open] .field:has(.error)")?.querySelector("input, select, textarea")?.focus();
}

// A form that the address opened becomes a dialog.
const opened = shown();
if (opened) {
  opened.close();
  giveBack();
  opened.showModal();
}
document.addEventListener("close", forgetAddress, true);
addEventListener("popstate", follow);
document.addEventListener("input", keep);
document.addEventListener("change", keep);
document.addEventListener("htmx:after:request", finish);
document.addEventListener("htmx:after:swap", showWrong);
