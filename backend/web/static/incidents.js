// The incidents: reports are put in place as they come; a new, opened or ended one waits behind a bar.
import { say } from "./frame.js";

const GATHER_MS = 250;
let timer = 0;

const cards = () => [...document.querySelectorAll("[data-incident]")];

// Nobody is in the middle of anything: nothing typed, nothing under the pointer, no focus in here.
function isIdle() {
  const list = document.getElementById("incidents");
  const typed = [...list.querySelectorAll("textarea")].some((box) => box.value !== box.defaultValue);
  return !typed && !list.contains(document.activeElement) && !list.matches(":hover") && !String(getSelection()).length;
}

async function look() {
  await htmx.ajax("GET", "/incidents/changed", { target: "#incident-news", swap: "outerMorph" });
  const standing = JSON.parse(document.getElementById("incident-news").dataset.standing || "{}");
  const shown = new Map(cards().map((card) => [card.dataset.incident, card.dataset.state]));
  const fresh = Object.keys(standing).filter((id) => !shown.has(id)).length;
  const moved = [...shown].some(([id, state]) => standing[id] !== state);
  if (!fresh && !moved) return;
  if (isIdle()) return refresh();
  const button = document.getElementById("incidents-show");
  button.textContent = fresh ? say("new_incidents", { n: fresh }) : say("incident_moved");
  button.hidden = false;
}

function refresh() {
  return htmx.ajax("GET", "/incidents", { target: "#incidents", swap: "outerMorph", select: "#incidents" })
    .then(() => { document.getElementById("incidents-show").hidden = true; });
}

export function startIncidents(ring) {
  document.addEventListener("click", (event) => { if (event.target.closest("#incidents-show")) refresh(); });
  document.addEventListener("queue:show", refresh);
  return {
    hear(event) {
      if (event.kind === "alert") ring(event);
      if (event.kind === "message" || event.kind === "ticket") return;
      clearTimeout(timer);
      timer = setTimeout(look, GATHER_MS);
    },
  };
}
