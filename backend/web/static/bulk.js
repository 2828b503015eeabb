// Ticked rows: the bar over the queue, the sheet, and the versions as they were seen when each was ticked.
import { hush, say } from "./frame.js";

const picks = new Map();
const boxes = () => [...document.querySelectorAll("#rows [data-pick]")];

function shown() {
  const bar = document.getElementById("bulk");
  const text = picks.size ? say("picked", { n: picks.size }) : "";
  const count = document.getElementById("bulk-count");
  if (count.textContent !== text) count.textContent = text;
  bar.hidden = !picks.size;
}

function ticked(event) {
  const box = event.target.closest?.("[data-pick]");
  if (!box) return;
  if (box.checked) picks.set(box.dataset.pick, box.value);
  else picks.delete(box.dataset.pick);
  shown();
}

// What left the list is ticked no longer; a row that was drawn anew keeps its tick.
function prune() {
  const here = new Map(boxes().map((box) => [box.dataset.pick, box]));
  for (const number of [...picks.keys()]) {
    const box = here.get(number);
    if (box) box.checked = true;
    else picks.delete(number);
  }
  shown();
}

function clear(numbers = [...picks.keys()]) {
  for (const number of numbers) picks.delete(number);
  for (const box of boxes()) box.checked = picks.has(box.dataset.pick);
  shown();
}

let opener = null;
async function open(action, button) {
  opener = button;
  const picked = [...picks].map(([number, version]) => `${number}:${version}`).join(",");
  const url = `/queue/bulk/${action}?picked=${encodeURIComponent(picked)}`;
  hush(true, "form");
  // With a source of its own: it does not stand in line behind a list that renews itself.
  await htmx.ajax("GET", url, { source: "#bulk", target: "#bulk-body", swap: "innerHTML" }).finally(() => hush(false));
  const sheet = document.getElementById("bulk-sheet");
  if (document.getElementById("bulk-form") && !sheet.open) sheet.showModal();
}

function close() {
  document.getElementById("bulk-sheet").close();
  document.getElementById("bulk-body").textContent = "";
  if (opener?.isConnected && !opener.closest("[hidden]")) opener.focus();
  else document.querySelector("#rows .row-title")?.focus();
}

// Those that were done are unticked; those that were not stay, as they stand now.
function hearOutcome() {
  const outcome = document.getElementById("bulk-done");
  if (!outcome || outcome.dataset.heard) return;
  outcome.dataset.heard = "1";
  clear(outcome.dataset.done.split(","));
  for (const box of boxes()) if (picks.has(box.dataset.pick)) picks.set(box.dataset.pick, box.value);
  if (outcome.dataset.failed === "0") close();
  else document.getElementById("bulk-title").focus();
}

export function startBulk() {
  if (!document.getElementById("bulk")) return;
  document.addEventListener("change", ticked);
  document.addEventListener("htmx:after:swap", () => { prune(); hearOutcome(); });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-bulk]");
    if (button) open(button.dataset.bulk, button);
    else if (event.target.closest("[data-bulk-clear]")) clear();
    else if (event.target.closest("#bulk-sheet [data-bulk-close]")) { event.preventDefault(); close(); }
  });
  for (const box of boxes()) if (box.checked) picks.set(box.dataset.pick, box.value);
  shown();
}
