// Duties, rota and handovers: the list is fetched anew when a colleague changed it, never under what is being written.
const GATHER_MS = 300;
let timer = 0;
let isStale = false;

const board = () => document.getElementById("board");
const isBusy = () => board().querySelector("details[open]") || board().matches(":has(:is(input, textarea, select):focus)");

async function refresh() {
  isStale = true;
  if (isBusy()) return;
  isStale = false;
  await htmx.ajax("GET", location.pathname + location.search, { target: "#board", select: "#board", swap: "outerMorph" });
}

export function startBoard(ringBell) {
  const kinds = board().dataset.board.split(" ");
  const hear = (event) => {
    if (!kinds.includes(event.kind)) ringBell(event);
    if (![...kinds, "clock", "resync"].includes(event.kind)) return;
    clearTimeout(timer);
    timer = setTimeout(refresh, GATHER_MS);
  };
  // Closing a form, or leaving a field, lets in what waited meanwhile.
  for (const done of ["focusout", "toggle"]) {
    document.addEventListener(done, () => { if (isStale) { clearTimeout(timer); timer = setTimeout(refresh, GATHER_MS); } }, true);
  }
  return { hear };
}
