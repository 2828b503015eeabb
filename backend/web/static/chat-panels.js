/* The sheets over the chat: own requests with what was promised, further settings, one photo large. */

import { $, ask, closeSheet, isLarge, isOld, keep, make, makeIcon, openSheet, say, session, setLarge } from "./chat-base.js";

const TICKET_ICONS = { open: "clock", waiting: "pause", done: "check", closed: "check", cancelled: "close" };
const PROMISE_ICONS = { ok: "clock", late: "alarm", met: "check", missed: "check" };

/** Opens the resident's own requests; `number` (from a message) is scrolled to and marked. */
export async function showRequests(number = 0) {
  const body = $("requests-body");
  body.replaceChildren(make("p", "quiet", say("loading")));
  openSheet($("requests"));
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
  const step = ticket.step_name || say(`state_${ticket.state}`);
  state.append(make("span", "", step.charAt(0).toUpperCase() + step.slice(1)));
  const facts = make("p", "facts");
  facts.append(state);
  box.append(head, facts);
  const promises = ticket.promises.filter((promise) => say(`clock_${promise.clock}`));
  if (ticket.next) box.append(nextLine(ticket.next, promises));
  if (promises.length) {
    const list = make("ul", "promises");
    list.append(...promises.map(promiseRow));
    box.append(list);
  }
  return box;
}

/** What happens next, and by when unless that is over already or a promise below tells it. */
function nextLine(next, promises) {
  const line = make("p", `next${next.yours ? " yours" : ""}`, next.text);
  const isTold = promises.some((promise) => standing(promise) === "ok" && promise.text === next.time);
  if (next.time && !isTold) line.append(make("small", "when", say("by", { time: next.time })));
  return line;
}

/** How a promise stands; the server has judged it, by its own clock. */
function standing(promise) {
  if (promise.met_at) return promise.breached_at ? "missed" : "met";
  return promise.breached_at ? "late" : "ok";
}

function promiseRow(promise) {
  const status = standing(promise);
  const row = make("li", `promise ${status}`);
  row.append(makeIcon(PROMISE_ICONS[status]), make("span", "label", say(`clock_${promise.clock}`)));
  const words = status === "ok" ? say("by", { time: promise.text }) : say(`promise_${status}`);
  row.append(make("span", "when", words));
  if (status !== "met" && promise.explain?.length) row.append(why(promise.explain));
  return row;
}

/** How the promise came about, sentence by sentence, for whoever asks why it takes so long. */
function why(sentences) {
  const box = make("details", "why");
  box.append(make("summary", "", say("why_then")), ...sentences.map((one) => make("p", "", one)));
  return box;
}

/** One photo on the whole screen. An address that is about to run out is asked for again. */
export async function showPhoto(file, message) {
  if (!file.preview && isOld(message)) await freshen(message);
  $("photo-large").src = file.preview || file.url;
  $("photo-large").alt = file.name || say("photo");
  openSheet($("photo"));
}

/** A file that was pressed when its address was about to run out: pressed again with a new one. */
export async function openFile(link, message) {
  await freshen(message);
  const file = message.files.find((other) => link.href.includes(`/${other.id}?`));
  message.fetchedAt = Date.now(); /* offline, the browser itself says so */
  link.href = file.url;
  link.click();
}

/** Gives the files of a message new addresses; without a connection the old ones stay. */
async function freshen(message) {
  const answer = await ask("GET", `messages?after=${message.seq - 1}&wait=0`).catch(() => ({ messages: [] }));
  const found = answer.messages.find((other) => other.seq === message.seq);
  if (!found) return;
  message.fetchedAt = Date.now();
  for (const file of message.files) file.url = (found.files.find((other) => other.id === file.id) || file).url;
}

/** An image or a sound whose address ran out gets a new one, once. */
export async function refresh(node, messages) {
  if (node.dataset.renewed) return;
  node.dataset.renewed = "1";
  for (const message of messages.values()) {
    const file = (message.files || []).find((other) => String(other.id) === node.dataset.file);
    if (!file) continue;
    await freshen(message);
    node.src = node.tagName === "IMG" ? `${file.url}&small=1` : file.url;
  }
}

/* ---------- further settings ---------- */

let isWired = false;

/** Opens the settings. `acts`: linked() after another home was bound, left() after signing out, resized(). */
export function showMore(acts) {
  if (!isWired) wireMore(acts);
  isWired = true;
  openSheet($("more"));
}

function wireMore(acts) {
  $("large").addEventListener("click", () => {
    setLarge(!isLarge());
    acts.resized();
    if (session.token) ask("POST", "large", { on: isLarge() }).catch(() => {});
  });
  for (const input of document.querySelectorAll("[name=theme]")) {
    input.checked = input.value === (keep.get("theme") || "auto");
    input.addEventListener("change", () => setTheme(input.value));
  }
  $("link").addEventListener("submit", (event) => {
    event.preventDefault();
    bind($("code").value.trim(), acts);
  });
  $("show-code").addEventListener("click", showCode);
  $("sign-out").addEventListener("click", async () => {
    await ask("DELETE", "sessions").catch(() => {});
    closeSheet($("more"));
    acts.left();
  });
}

function setTheme(theme) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  keep.set("theme", theme);
}

async function bind(invitation, acts) {
  if (!invitation) return;
  $("link-problem").textContent = "";
  try {
    await ask("POST", "link", { invitation });
    $("code").value = "";
    closeSheet($("more"));
    acts.linked();
  } catch (problem) {
    $("link-problem").textContent = problem.message;
    $("code").focus();
  }
}

async function showCode() {
  const answer = await ask("POST", "code").catch((problem) => ({ problem }));
  $("device-code").textContent = answer.code || answer.problem.message;
  $("device-code").classList.toggle("digits", Boolean(answer.code));
  $("device-help").hidden = !answer.code;
}
