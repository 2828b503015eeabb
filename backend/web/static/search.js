// The list of all tickets: changed rows are brought up to date where they stand; a long export tells how far it is.
import { layInside } from "./lay.js";
import { announce, say, syncClock, toast } from "./frame.js";

const GATHER_MS = 250;
const MOST = 50;
const LONG = 2000;
const changed = new Set();
let timer = 0;
let fresh = 0;

const rows = () => [...document.querySelectorAll("#rows > .row")];
const found = () => document.getElementById("found");

async function fetchChanged() {
  const ids = [...changed].slice(0, MOST);
  ids.forEach((id) => changed.delete(id));
  if (!ids.length) return;
  const url = new URL(found().dataset.rows, location.origin);
  url.searchParams.set("ids", ids.join(","));
  const answer = await fetch(url, { headers: { "HX-Request": "true" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const mark = page.getElementById("fresh");
  found().dataset.now = mark.dataset.now;
  for (const row of page.querySelectorAll("tr.row")) morph(document.getElementById(row.id), row);
  weigh(JSON.parse(mark.dataset.matching));
  syncClock();
  if (changed.size) gather();
}

// Cell by cell: what did not change keeps its node, and with it the focus and what is selected.
function morph(row, next) {
  if (!row || row.cells.length !== next.cells.length) return;
  row.className = next.className;
  [...row.cells].forEach((cell, index) => {
    const other = next.cells[index];
    layInside(cell, other);
    cell.className = other.className;
  });
}

// What this search no longer finds is dimmed, never taken from under the pointer; new ones wait behind a bar.
function weigh(matching) {
  const shown = rows().map((row) => Number(row.dataset.number.slice(1)));
  const newest = Math.max(0, ...shown);
  const isTop = found().dataset.fresh && !new URLSearchParams(location.search).get("sort");
  for (const [key, belongs] of Object.entries(matching)) {
    document.getElementById(key)?.classList.toggle("is-gone", !belongs);
    if (belongs && isTop && Number(key.slice(1)) > newest) fresh += 1;
  }
  const button = document.getElementById("news-show");
  if (!fresh) return;
  button.textContent = say("new_rows", { n: fresh });
  button.hidden = false;
}

function gather() {
  clearTimeout(timer);
  timer = setTimeout(fetchChanged, GATHER_MS);
}

function showFresh() {
  if (fresh) location.reload();
}

let stop = null;
async function exportLong(link) {
  const dialog = document.getElementById("export-progress");
  const bar = document.getElementById("export-bar");
  const said = document.getElementById("export-said");
  stop = new AbortController();
  bar.value = 0;
  said.textContent = "";
  dialog.showModal();
  try {
    await readEvents(link.dataset.progress, stop.signal, {
      progress: ({ done, total }) => {
        bar.max = total;
        bar.value = done;
        said.textContent = dialog.dataset.said.replace("{done}", done).replace("{total}", total);
      },
      refused: ({ text }) => { throw new Error(text); },
      end: ({ name, type, parts }) => { save(new Blob(parts, { type }), name); toast(dialog.dataset.done); },
    });
  } catch (error) {
    if (!stop.signal.aborted) toast(error.message && error.name === "Error" ? error.message : dialog.dataset.failed);
  }
  dialog.close();
}

async function readEvents(href, signal, hear) {
  const answer = await fetch(href, { signal });
  if (!answer.ok) throw new TypeError("refused");
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  const parts = [];
  let waiting = "";
  for (let ended = false; !ended;) {
    const { value, done } = await reader.read();
    if (done) throw new TypeError("cut off");
    const blocks = (waiting + value).split("\n\n");
    waiting = blocks.pop();
    for (const block of blocks) {
      const [, kind, data] = /^event: (\w+)\ndata: (.*)$/s.exec(block);
      const values = JSON.parse(data);
      if (kind === "piece") parts.push(Uint8Array.from(atob(values.data), (sign) => sign.charCodeAt(0)));
      else hear[kind]({ ...values, parts });
      ended = kind === "end";
    }
  }
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

// Empty fields stay out of the address; the server would take them out with one more round.
function asked(form) {
  const boxes = [...form.querySelectorAll("[name=col]")];
  const chosen = boxes.filter((box) => box.checked).map((box) => box.value);
  const isSame = boxes.every((box) => box.checked === box.defaultChecked);
  const cols = isSame ? new URLSearchParams(location.search).get("cols") : ["title", ...chosen].join(",");
  const pairs = [...new FormData(form)].filter(([name, value]) => value && name !== "col" && !(name === "sort" && value === "newest"));
  const query = new URLSearchParams(cols ? [...pairs, ["cols", cols]] : pairs).toString().replaceAll("%2C", ",");
  return form.getAttribute("action") + (query && `?${query}`);
}

function tidy(event) {
  if (event.target.id !== "filters") return;
  event.preventDefault();
  location.assign(asked(event.target));
}

// What is chosen is shown at once, and what is shown is what the workbook gets; the form keeps its focus.
let renewing = 0;
async function renew(form) {
  const address = asked(form);
  const mine = ++renewing;
  document.getElementById("export").dataset.old = "1"; // a press waits for the address of what is chosen now
  const answer = await fetch(address).catch(() => null);
  if (mine !== renewing) return;
  if (!answer?.ok) { location.assign(address); return; } // what is wrong is told at its field by the page itself
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const next = page.getElementById("filters");
  if (mine !== renewing) return;
  if (!next) { location.assign(address); return; }
  const isAwaited = document.getElementById("export").dataset.old === "pressed";
  layAround(form, next);
  history.pushState(null, "", address);
  document.title = page.title;
  fresh = 0;
  syncClock();
  announce(document.getElementById("total").textContent);
  if (isAwaited) document.getElementById("export").click();
}

// Everything of the page's main part but the form itself.
function layAround(form, next) {
  form.querySelector(".filter-open").replaceChildren(...next.querySelector(".filter-open").childNodes);
  for (const one of [...form.parentNode.children]) if (one !== form) one.remove();
  const others = [...next.parentNode.children];
  const at = others.indexOf(next);
  form.before(...others.slice(0, at));
  form.after(...others.slice(at + 1));
}

const PRESSED = {
  "news-show": showFresh,
  "export-stop": () => stop?.abort(),
  export(event, link) {
    if (!link.dataset.old && Number(link.dataset.count) <= LONG) return;
    event.preventDefault();
    if (link.dataset.old) link.dataset.old = "pressed";
    else exportLong(link);
  },
};

export function startSearch(ringBell) {
  let shown = location.search;
  document.addEventListener("submit", tidy);
  document.addEventListener("change", async ({ target }) => {
    if (!target.closest("#filter-sheet")) return;
    await renew(target.form);
    shown = location.search;
  });
  addEventListener("popstate", () => { if (location.search !== shown) location.reload(); });
  // Coming back by the back button finds the form as it was left: every field works again.
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  document.addEventListener("queue:show", showFresh);
  document.addEventListener("cancel", ({ target }) => { if (target.id === "export-progress") stop?.abort(); }, true);
  document.addEventListener("click", (event) => {
    const pressed = event.target.closest("#news-show, #export-stop, #export");
    if (pressed) PRESSED[pressed.id](event, pressed);
  });
  return {
    hear(event) {
      if (event.kind === "ticket") { changed.add(`t${event.number}`); gather(); }
      else if (event.kind === "clock" || event.kind === "resync") { rows().forEach((row) => changed.add(row.dataset.number)); gather(); }
      else ringBell(event);
    },
  };
}
