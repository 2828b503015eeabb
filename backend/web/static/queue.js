// The queue page: changed rows are morphed in place; new rows and a new order wait behind a bar.
import { startBulk } from "./bulk.js";
import { say } from "./frame.js";

const GATHER_MS = 250;
const MOST = 50;
const changed = new Set();
let timer = 0;
let busy = false;
let isOvertaken = false;
// What was missed is not known: the server is asked what else stands on this page by now.
let isUnsure = false;

const rows = () => [...document.querySelectorAll("#rows > .row")];

function address(extra) {
  const url = new URL(document.getElementById("queue").dataset.rows, location.origin);
  for (const [name, value] of Object.entries(extra)) url.searchParams.set(name, value);
  return url.pathname + url.search;
}

async function fetchChanged() {
  if (busy || !changed.size) return;
  busy = true;
  const ids = [...changed].slice(0, MOST);
  ids.forEach((id) => changed.delete(id));
  isOvertaken = false;
  const all = isUnsure ? { all: "1" } : {};
  isUnsure = false;
  try {
    await htmx.ajax("GET", address({ ids: ids.join(","), ...all }), { target: "#news", swap: "outerMorph" });
    if (isOvertaken) { ids.forEach((id) => changed.add(id)); isUnsure ||= "all" in all; }
    else weigh(isOwn(ids));
  } finally {
    busy = false;
    if (changed.size) gather();
  }
}

function gather() {
  clearTimeout(timer);
  timer = setTimeout(fetchChanged, GATHER_MS);
}

// After a gap every row is asked for again, and with them what is not shown yet; "-" asks where there is no row.
function lookAgain() {
  const keys = [...rows().map((row) => row.dataset.number), ...waiting];
  for (const key of keys.length ? keys : ["-"]) changed.add(key);
  isUnsure = true;
  gather();
}

// What belongs here now, against what is shown: fresh, gone, or in another order.
function weigh(isMine) {
  const news = document.getElementById("news");
  const shown = new Map(rows().map((row) => [row.dataset.number, row]));
  const answer = JSON.parse(news.dataset.matching || "{}");
  for (const [number, belongs] of Object.entries(answer)) {
    const row = shown.get(number);
    row?.classList.toggle("is-gone", !belongs);
    if (belongs === true && !row) waiting.add(number);
    else waiting.delete(number);
  }
  countTitle(Number(news.dataset.need || 0));
  offer(isOutOfOrder(), isMine);
}

// What somebody did here themselves needs no offer. On a phone that would stand over the filters, and no pointer rests
// on a row: there the list follows at once, unless something of others waits as well.
const own = new Set();
const phone = matchMedia("(max-width: 900px)");
const isOwn = (ids) => ids.map((id) => own.delete(id)).every(Boolean);

function isOutOfOrder() {
  const ranks = rows().filter((row) => !row.classList.contains("is-gone")).map((row) => row.dataset.rank);
  return ranks.some((rank, index) => index && rank < ranks[index - 1]) || !!document.querySelector(".row.is-gone");
}

// Numbers, not a count: a ticket that changes again before it is shown is still one new row.
const waiting = new Set();
function offer(moved, isMine) {
  if (!waiting.size && !moved) return;
  const button = document.getElementById("news-show");
  if (isIdle() || (isMine && phone.matches && !waiting.size && button.hidden)) return refresh();
  button.textContent = waiting.size ? say("new_rows", { n: waiting.size }) : say("new_order");
  button.hidden = false;
}

// Nobody is in the middle of anything: the list may be laid anew under their eyes.
function isIdle() {
  const list = document.getElementById("rows");
  return scrollY < 8 && !list.contains(document.activeElement) && !list.matches(":hover")
    && !String(getSelection()).length && !document.querySelector(".row input:checked");
}

async function refresh() {
  waiting.clear();
  const here = document.activeElement?.closest?.(".row")?.id;
  await htmx.ajax("GET", location.pathname + location.search, { target: "#queue", swap: "outerMorph", select: "#queue" });
  if (here) document.querySelector(`#${CSS.escape(here)} .row-title`)?.focus();
}

function countTitle(need) {
  const bare = document.title.replace(/^\(\d+\) /, "");
  document.title = need ? `(${need}) ${bare}` : bare;
}

// A quick action by keyboard: its button goes, and the keys must not fall out of the list.
let pressed = "";
function hold(event) {
  const row = event.target.closest(".row");
  if (row) own.add(row.dataset.number);
  pressed = event.submitter?.matches(":focus-visible") ? event.target.closest(".row")?.id ?? "" : "";
}
function regain() {
  const row = pressed && document.activeElement === document.body && document.getElementById(pressed);
  if (!row) return;
  pressed = "";
  (row.querySelector("[data-key]") ?? row.querySelector(".row-title")).focus();
}

export function startQueue() {
  if (!document.getElementById("queue")) return null;
  document.addEventListener("submit", hold, true);
  document.addEventListener("htmx:after:swap", regain);
  document.addEventListener("click", (event) => { if (event.target.closest("#news-show")) refresh(); });
  document.addEventListener("queue:show", refresh);
  startBulk();
  return {
    // Somebody acted, or the list was laid anew, while these rows were on their way: they are asked for again.
    old(ctx) {
      if (ctx.request.action.includes("ids=")) isOvertaken = true;
      else refresh();
    },
    hear(event) {
      if (event.kind === "ticket") { changed.add(`t${event.number}`); gather(); }
      else if (event.kind === "message") return;
      else if (event.kind === "incident") { changed.add(`i${event.id}`); gather(); }
      else if (event.kind === "alert" || event.kind === "channel") { changed.add("-"); gather(); }
      else lookAgain();
    },
  };
}
