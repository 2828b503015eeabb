// The page "New for resident": searching as one types must never undo what was chosen meanwhile.

const finder = document.getElementById("find");
const words = document.getElementById("q");
const asked = new WeakMap();
let isChosen = false; // since the last key: what is answered from then on was asked for before the choice

function search() {
  isChosen = false;
}

function choose(event) {
  if (event.target.name === "resident") isChosen = true;
}

const isSearch = (event) => event.target === finder;

function ask(event) {
  if (!isSearch(event)) return;
  if (isChosen) event.preventDefault(); // typed before somebody was chosen, and only now due
  else asked.set(event.detail.ctx, words.value);
}

function take(event) {
  if (isSearch(event) && (isChosen || asked.get(event.detail.ctx) !== words.value)) event.preventDefault();
}

// What is missing may stand above or below what is on the screen.
function showMistake(event) {
  if (event.target.id !== "intake") return;
  const mistake = document.querySelector("#intake .error");
  const place = mistake?.closest(".field, .found");
  (place?.querySelector("input:not([type=hidden]), textarea") ?? words).focus({ preventScroll: true });
  mistake?.scrollIntoView({ block: "center" });
}

// Who types a name before the page can hear it is not asked to type it again.
function searchWhatWasTyped() {
  if (words.value !== words.defaultValue) words.dispatchEvent(new Event("input", { bubbles: true }));
}

finder.addEventListener("input", search);
finder.addEventListener("submit", search, true);
document.addEventListener("click", choose); // also what was chosen for us is confirmed so
document.addEventListener("htmx:config:request", ask);
document.addEventListener("htmx:before:swap", take);
document.addEventListener("htmx:after:swap", showMistake);
// htmx begins to hear in a task of its own, which it asked for before this one.
document.addEventListener("DOMContentLoaded", () => setTimeout(searchWhatWasTyped));
// Whoever comes back to the page as it was left may press the button again.
addEventListener("pageshow", () => { document.querySelector("#intake .is-primary").disabled = false; });
