/* The sheets over the chat: own requests with what was promised, the further settings, one photo large. */

import { ask } from "./chat-api.js";
import { make, makeIcon, say } from "./chat-words.js";

const TICKET_ICONS = { open: "clock", waiting: "pause", done: "check", closed: "check", cancelled: "close" };
const PROMISE_ICONS = { ok: "clock", soon: "clock", late: "alarm", paused: "pause", met: "check", missed: "check" };

/** Opens a <dialog>; browsers without modal dialogs get it as a plain block over the page. */
export function openSheet(sheet) {
  if (sheet.open) return;
  if (sheet.showModal) sheet.showModal();
  else sheet.setAttribute("open", "");
}

export function closeSheet(sheet) {
  if (sheet.close) sheet.close();
  else sheet.removeAttribute("open");
}

/** Every [data-close] button and a press beside the sheet close it. */
export function wireSheet(sheet) {
  for (const button of sheet.querySelectorAll("[data-close]")) {
    button.addEventListener("click", () => closeSheet(sheet));
  }
  sheet.addEventListener("click", (event) => {
    if (event.target === sheet) closeSheet(sheet);
  });
}

/** Fills `body` with the resident's requests; `number` (from a message) is scrolled to and marked. */
export async function showRequests(sheet, body, number = 0) {
  body.replaceChildren(make("p", "quiet", say("loading")));
  openSheet(sheet);
  try {
    const tickets = await ask("GET", "tickets");
    if (tickets.length) body.replaceChildren(...tickets.map((ticket) => card(ticket, number)));
    else body.replaceChildren(make("p", "quiet", say("no_requests")));
  } catch (problem) {
    body.replaceChildren(make("p", "quiet", problem.message || say("load_failed")));
  }
  const marked = body.querySelector(".marked");
  if (marked) marked.scrollIntoView({ block: "nearest" });
}

function card(ticket, number) {
  const box = make("article", `ticket ${ticket.state}${ticket.number === number ? " marked" : ""}`);
  const head = make("div", "ticket-head");
  head.append(make("h3", "", ticket.name), make("span", "number", `#${ticket.number}`));
  const state = make("p", `pill ${ticket.state}`);
  state.append(makeIcon(TICKET_ICONS[ticket.state] || "clock"));
  state.append(make("span", "", ticket.step_text || say(`state_${ticket.state}`)));
  const facts = make("p", "facts");
  facts.append(state);
  if (ticket.created_text) facts.append(make("span", "quiet", say("since", { time: ticket.created_text })));
  box.append(head, facts);
  if (ticket.visit_text) box.append(make("p", "visit", say("visit", { time: ticket.visit_text })));
  const promises = (ticket.promises || []).filter((promise) => promise.label);
  if (promises.length) {
    const list = make("ul", "promises");
    list.append(...promises.map(promiseRow));
    box.append(list);
  }
  return box;
}

/** How a promise stands, when the server did not say so itself. */
function standing(promise) {
  if (promise.status) return promise.status;
  if (promise.met_at) return promise.breached_at ? "missed" : "met";
  return promise.breached_at ? "late" : "ok";
}

function promiseRow(promise) {
  const status = standing(promise);
  const row = make("li", `promise ${status}`);
  row.append(makeIcon(PROMISE_ICONS[status] || "clock"), make("span", "label", promise.label));
  const isRunning = status === "ok" || status === "soon";
  const words = isRunning && promise.due_text ? say("by", { time: promise.due_text }) : say(`promise_${status}`);
  row.append(make("span", "when", words));
  return row;
}

/** One photo on the whole screen. */
export function showPhoto(sheet, image, file) {
  image.src = file.preview || file.url;
  image.alt = file.name || say("photo");
  openSheet(sheet);
}
