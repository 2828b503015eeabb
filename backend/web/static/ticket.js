// The ticket page: dialogs, the composer with its two drafts, and parts that renew themselves.
import { hush, strings, toast } from "./frame.js";

const GATHER_MS = 250;
const KEEP_MS = 700;
const LONGEST_UNKEPT_MS = 3000; // also while the keys never rest: the resident sees that somebody writes
const HAN = /[\u3400-\u9fff]/;
const PRESENT_MS = 2000; // a glance is no presence
const LATIN = /[a-z]{3,}[^a-z]+[a-z]{2,}/i;
let timer = 0;

// A form comes when it is asked for, and with the first what all of them need.
const place = () => document.getElementById("ticket-dialogs");
async function openSheet(event) {
  const opener = event.target.closest("[data-opens]");
  if (!opener || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  hush(true, "form");
  try {
    await (await import("./sheets.js")).open(opener.pathname + opener.search, opener);
  } catch {
    hush(false);
    toast(strings.offline);
  }
}

// After a quick action the page's parts come back; the dialog must be shut before they are laid in.
function finishAction(event) {
  const { response, sourceElement } = event.detail.ctx;
  if (!response || response.status >= 300) return;
  const dialog = sourceElement?.closest?.("dialog");
  if (dialog?.open) dialog.close();
  document.querySelector("#ticket-head .actions").scrollLeft = 0; // what comes next stands first
}

// A sentence about words that are no longer there.
function forgetWrong() {
  document.querySelector("#composer-help > .error")?.remove();
  area().removeAttribute("aria-invalid");
}

const box = () => document.getElementById("composer");
const area = () => document.getElementById("composer-text");

function setMode(mode) {
  const form = box();
  if (form.dataset.mode === mode) return;
  forgetWrong();
  keepNow();
  const other = form.dataset[`other${mode}`] ?? "";
  form.dataset[`other${form.dataset.mode}`] = area().value;
  form.dataset.mode = mode;
  form.classList.toggle("is-note", mode === "note");
  form.classList.toggle("is-reply", mode === "reply");
  const action = `/tickets/${form.dataset.number}/${mode}`;
  form.setAttribute("action", action);
  form.setAttribute("hx-post", action);
  htmx.process(form);
  area().value = other;
  area().placeholder = area().dataset[mode];
  const send = form.querySelector(".button.is-primary");
  send.querySelector("span").textContent = send.dataset[mode];
  send.setAttribute("aria-label", send.dataset[mode]);
  for (const button of form.querySelectorAll("[data-mode][aria-pressed]")) {
    button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
  }
  warn();
}

// Drafts are kept on the server, per ticket, person and mode: a phone may take over from the desk.
let keepTimer = 0;
let keptAt = 0;
function keepSoon() {
  clearTimeout(keepTimer);
  if (Date.now() - keptAt > LONGEST_UNKEPT_MS) keepNow();
  else keepTimer = setTimeout(keepNow, KEEP_MS);
}
function keepNow() {
  clearTimeout(keepTimer);
  const form = box();
  if (!form || form.dataset.kept === area().value + form.dataset.mode) return;
  form.dataset.kept = area().value + form.dataset.mode;
  keptAt = Date.now();
  const body = new URLSearchParams({ mode: form.dataset.mode, text: area().value });
  const token = document.querySelector('meta[name="csrf"]').content;
  fetch(`/tickets/${form.dataset.number}/draft`, { method: "POST", body, keepalive: true, headers: { "X-CSRF": token } })
    .catch(() => { delete form.dataset.kept; });
}

// Another window of the same person may have sent, and with that forgotten the draft that both share.
function keepAnew() {
  delete box().dataset.kept;
  keepSoon();
}

// What is written while a message is on its way belongs to the next one: the new box must not swallow it.
let sent = "";
let late = null;
const isOurPost = (event) => event.target.id === "composer";
let byKey = false; // whoever sends by keys has done: the next letter is a command, unless they write on
function noteSent(event) {
  if (!isOurPost(event)) return;
  sent = area().value;
  for (const chip of document.querySelectorAll("#composer-photos > li")) chip.dataset.sent = "1";
}
function catchLate(event) {
  if (!isOurPost(event)) return;
  const photos = [...document.querySelectorAll("#composer-photos > li:not([data-sent])")];
  late = { from: area(), text: area().value, mode: box().dataset.mode, photos };
}
function giveBack(event) {
  if (!isOurPost(event) || !late || late.from === area()) return;
  const wasTaken = !area().value;
  const rest = wasTaken && late.text.startsWith(sent) ? late.text.slice(sent.length) : late.text;
  setMode(late.mode);
  document.getElementById("composer-photos").append(...late.photos);
  late = null;
  const isDone = byKey && wasTaken && !rest;
  byKey = false;
  if (isDone) leaveBox();
  if (rest === area().value) return;
  area().value = rest;
  keepSoon();
  warn();
}

// Under the box as in a form: the words of either are read by the resident.
function warn(form = box()) {
  const hint = form.querySelector(".live-warning");
  const text = form.querySelector("textarea").value;
  const isForeign = form.dataset.reader === "en" ? HAN.test(text) : !HAN.test(text) && LATIN.test(text);
  const asks = form.dataset.mode !== "note" && form.elements.tell?.value !== "no" && isForeign;
  // What the server asked about holds only while the words are still foreign.
  const asked = form.querySelectorAll(".asked, [data-asked]");
  asked.forEach((one) => { one.hidden = !asks; });
  if (hint) hint.hidden = !asks || asked.length > 0;
  if (form === box()) stay();
}

// Ready answers and quick sends are fetched with the first "/" or press of their button.
async function openAnswers(bySlash, field = "composer-text") {
  hush(true, "form");
  try { await (await import("./answers.js")).open(box().dataset.number, () => document.getElementById(field), bySlash); } finally { hush(false); }
}

function click(event) {
  openSheet(event);
  const closed = event.target.closest("[data-closes]")?.closest("dialog[open]");
  if (closed) { event.preventDefault(); closed.close(); }
  const mode = event.target.closest("[data-mode][aria-pressed]");
  if (mode) { setMode(mode.dataset.mode); area().focus(); }
  // A phone keeps them behind a line: they are open before the address leads there.
  if (event.target.closest("[data-key=steps]")) for (const id of ["side-fold", "ticket-steps"]) document.getElementById(id).open = true;
  const earlier = event.target.closest("[data-earlier]");
  if (earlier) { event.preventDefault(); import("./earlier.js").then((older) => older.show(earlier)); }
  const answers = event.target.closest("[data-answers]");
  if (answers) { event.preventDefault(); openAnswers(false, answers.dataset.answers || undefined); }
}

function type(event) {
  const form = event.target.closest("form[data-reader]");
  if (form) warn(form);
  if (event.target.id !== "composer-text") return;
  keepSoon();
  forgetWrong();
  const { value, selectionStart } = area();
  if ("/、".includes(event.data || " ") && !event.isComposing && box().dataset.mode === "reply" && /(^|\n)[/、]$/.test(value.slice(0, selectionStart))) openAnswers(true);
}

// Enter accepts a pinyin candidate; only Ctrl or Command with Enter sends, and never while composing.
// Escape leaves the box for the page, where single letters act; what is written stays.
const leaveBox = () => document.getElementById("main").focus({ preventScroll: true });
function sendKey(event) {
  if (event.key === "Escape" && event.target.id === "composer-text" && !event.isComposing) {
    event.preventDefault();
    keepNow();
    leaveBox();
  }
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  if (event.target.id === "composer-text") { event.preventDefault(); byKey = true; box().requestSubmit(box().querySelector(".is-primary")); }
}

// Whoever reads the newest message goes on reading the newest; whoever scrolled up stays where they are.
let readsNewest = true;
let folds = new Map();
const isAtEnd = (talk) => talk.scrollHeight - talk.scrollTop - talk.clientHeight < 60;
const isAboveBox = () => (document.querySelector(".message:last-child")?.getBoundingClientRect().bottom ?? 0) - box().getBoundingClientRect().top < 60;

function toEnd() {
  const talk = document.getElementById("talk");
  talk.scrollTop = talk.scrollHeight;
}

// On a phone the page scrolls, not the box: bring the newest message above the composer.
function showNewest() {
  toEnd();
  const last = document.querySelector(".message:last-child");
  if (last && isPhone()) last.style.scrollMarginBottom = `${innerHeight - box().getBoundingClientRect().top + 8}px`;
  last?.scrollIntoView({ block: "nearest" });
}

// A box that grows (a draft, what is asked) takes its room from what is older, never from the newest.
function stay() {
  if (readsNewest) (isPhone() ? showNewest : toEnd)();
}

// Whoever came to write has the newest words before them, and writes at once: behind what they had begun. On a phone
// its keyboard would rise over those words; there the box is one press away.
function startReply() {
  showNewest();
  if (isPhone()) return;
  area().focus({ preventScroll: true });
  area().setSelectionRange(area().value.length, area().value.length);
}

// A quick send is no post of the composer: what it sends is shown when it comes, by whichever look brings it.
const newest = () => document.querySelector(".message:last-child")?.id ?? "";
let before = null;
export function awaitSent(isAwaited) {
  before = isAwaited ? newest() : null;
}

const phone = matchMedia("(max-width: 900px)");
// There the keyboard would rise over what was just sent.
export const isPhone = () => phone.matches;

// A phone shows one line; behind it some are open.
function foldOnPhone() {
  const wanted = document.getElementById(location.hash.slice(1));
  if (isPhone()) {
    for (const fold of document.querySelectorAll("[data-fold]")) {
      fold.open = ["clocks", "timeline"].includes(fold.dataset.fold) || fold.contains(wanted);
    }
  }
  // A sheet of paper is as narrow as a phone, but nothing can be opened there.
  const fold = () => { document.getElementById("side-fold").open = !phone.matches || matchMedia("print").matches; };
  phone.addEventListener("change", fold);
  addEventListener("beforeprint", fold);
  addEventListener("afterprint", fold);
  wanted?.scrollIntoView();
}

// What somebody opened or closed stays so when the page catches up.
const sideParts = () => [...document.querySelectorAll("#ticket-side details")];
const partName = (part) => part.dataset.fold ?? part.closest(".clock")?.id;
function keepFolds() {
  folds = new Map(sideParts().map((part) => [partName(part), part.open]));
}

function giveFoldsBack() {
  for (const part of sideParts()) part.open = folds.get(partName(part)) ?? part.open;
}

// A message of this conversation; a colleague's typing shows nothing here.
// One's own sign of life comes back as an event: who else is here does not change by it.
function isMine(event) {
  return document.getElementById("presence")?.dataset.me === String(event.by);
}

function isOurs(event) {
  return !event.is_typing && String(event.conversation) === document.getElementById("ticket-head").dataset.conversation;
}

export function refresh(number) {
  return htmx.ajax("GET", `/tickets/${number}?part=live`, { target: "#ticket-head", swap: "none" });
}

// The end of a visit follows its start: who moves it by an hour means all of it.
function keepLength({ target }) {
  const end = target.name === "start" && target.type === "datetime-local" && target.form?.elements.end;
  if (!end) return;
  const at = (text) => Date.parse(`${text}Z`);
  const moved = at(target.value) - at(target.dataset.was ?? target.defaultValue);
  if (!Number.isFinite(moved)) return;
  target.dataset.was = target.value;
  if (end.value) end.value = new Date(at(end.value) + moved).toISOString().slice(0, 16);
}

// Most replies have none: what photos need is fetched with the first one.
async function choosePhotos(event) {
  if (event.target.matches(".photo-add input")) (await import("./photos.js")).choose(event.target);
}

export function startTicket() {
  const page = document.querySelector("[data-ticket]");
  if (!page) return null;
  const number = Number(page.dataset.ticket);
  document.addEventListener("click", click);
  document.addEventListener("submit", (event) => event.target.closest("[popover]")?.hidePopover()); // it was chosen
  document.addEventListener("input", type);
  document.addEventListener("keydown", sendKey);
  document.addEventListener("htmx:after:request", finishAction);
  if (location.search.includes("since=")) import("./earlier.js");
  document.addEventListener("htmx:before:request", noteSent);
  document.addEventListener("htmx:before:swap", catchLate);
  document.addEventListener("htmx:before:swap", keepFolds);
  document.addEventListener("htmx:after:swap", giveBack);
  document.addEventListener("htmx:after:swap", giveFoldsBack);
  document.addEventListener("htmx:after:swap", (event) => {
    const isThere = before !== null && newest() !== before;
    if (isThere) before = null;
    if (isThere || event.detail.ctx.sourceElement?.id === "composer") showNewest();
    else stay();
  });
  document.addEventListener("scroll", ({ target }) => {
    if (isPhone()) readsNewest = isAboveBox();
    else if (target.id === "talk") readsNewest = isAtEnd(target);
  }, true);
  addEventListener("pagehide", () => { if (area()?.value !== area()?.defaultValue) keepNow(); });
  document.addEventListener("change", choosePhotos);
  document.addEventListener("change", keepLength);
  toEnd();
  foldOnPhone();
  // A place that was asked for, or left, is kept; what waits to be accepted begins with its head.
  if (location.hash || (document.querySelector(".actions [data-key=accept]") && !document.querySelector(".message.is-butler")) || (performance.getEntriesByType("navigation")[0]?.type ?? "navigate") !== "navigate") readsNewest = !isPhone();
  if (location.hash === "#composer") startReply();
  warn();
  if (place().firstChild) import("./sheets.js");
  let look = null;
  setTimeout(async () => { look = (await import("./presence.js")).start(number); }, PRESENT_MS);
  return {
    seesPeople: true,
    hear(event) {
      if (event.kind === "presence") { if (event.number === number && !isMine(event)) look?.(); return; }
      if (event.kind === "ticket" && event.number !== number) return;
      if (event.kind === "message" && !isOurs(event)) return;
      clearTimeout(timer);
      timer = setTimeout(() => { if (area()?.value) keepAnew(); refresh(number); }, GATHER_MS);
    },
  };
}
