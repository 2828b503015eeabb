// What turned soon or late is said to whoever hears the page: by its row, by its slot of the calendar, or by the head
// of its ticket. Beside the ticket the same promise stands once more, silent.
import { announce, say } from "./frame.js";

function sentence(pill) {
  const place = pill.closest(".row, .ticket-head, [data-slot]");
  if (!place) return "";
  return say(pill.classList.contains("is-late") ? "turned_late" : "turned_soon", {
    home: place.querySelector(".row-home, .ticket-where, .slot-home")?.lastChild.textContent.trim() ?? "",
    title: (place.querySelector(".row-title, h1 > :last-child") ?? place.querySelector(".slot-title").lastChild).textContent.trim(),
    clock: pill.dataset.clock,
    span: pill.querySelector(".pill-span").textContent,
  });
}

// A visit stands in its lane and in the list of its day, one of them unseen: it is said once.
export function tell(pills) {
  const text = [...new Set(pills.map(sentence).filter(Boolean))].join("\n");
  if (text) announce(text);
}
