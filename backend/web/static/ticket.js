// The ticket page: dialogs, the composer with its two drafts, and parts that renew themselves.

const GATHER_MS = 250;
const KEEP_MS = 700;
const LONGEST_UNKEPT_MS = 3000; // also while the keys never rest: the resident sees that somebody writes
const HAN = /[\u3400-\u9fff]/;
let timer = 0;

function openDialog(event) {
  const opener = event.target.closest("[data-opens]");
  const dialog = opener && document.getElementById(opener.dataset.opens);
  if (!dialog) return;
  event.preventDefault();
  opener.closest("[popover]")?.hidePopover();
  dialog.setAttribute("hx-morph-skip", "");
  if (!dialog.open) dialog.showModal();
}

// A form that the address opened (a link of the queue) becomes a proper dialog over the page.
function raiseOpened() {
  const dialog = document.querySelector(".sheet-dialog[open]");
  if (!dialog) return;
  dialog.close();
  dialog.setAttribute("hx-morph-skip", "");
  dialog.showModal();
}

function closeDialog(dialog) {
  dialog.removeAttribute("hx-morph-skip");
  if (dialog.open) dialog.close();
}

// After a quick action the page's parts come back; the dialog must be shut before they are laid in.
function finishAction(event) {
  const { response, sourceElement } = event.detail.ctx;
  if (!response || response.status >= 300) return;
  const dialog = sourceElement?.closest?.("dialog");
  if (dialog) closeDialog(dialog);
}

const box = () => document.getElementById("composer");
const area = () => document.getElementById("composer-text");

function setMode(mode) {
  const form = box();
  if (form.dataset.mode === mode) return;
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

// What is written while a message is on its way belongs to the next one: the new box must not swallow it.
let sent = "";
let late = null;
const isOurPost = (event) => event.target.id === "composer";
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
  if (rest === area().value) return;
  area().value = rest;
  keepSoon();
  warn();
}

function warn() {
  const form = box();
  const hint = form.querySelector(".live-warning");
  if (hint) hint.hidden = !(form.dataset.mode === "reply" && form.dataset.reader === "en" && HAN.test(area().value));
}

function insertPhrase(button) {
  const place = area();
  place.setRangeText(button.dataset.phrase, place.selectionStart, place.selectionEnd, "end");
  button.closest("[popover]")?.hidePopover();
  place.focus();
  keepSoon();
  warn();
}

function click(event) {
  openDialog(event);
  const closer = event.target.closest("[data-closes]");
  if (closer?.closest("dialog")?.open) { event.preventDefault(); closeDialog(closer.closest("dialog")); }
  const mode = event.target.closest("[data-mode][aria-pressed]");
  if (mode) { setMode(mode.dataset.mode); area().focus(); }
  const phrase = event.target.closest("[data-phrase]");
  if (phrase) insertPhrase(phrase);
}

function type(event) {
  if (event.target.id !== "composer-text") return;
  keepSoon();
  warn();
}

// Enter accepts a pinyin candidate; only Ctrl or Command with Enter sends, and never while composing.
function sendKey(event) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  if (event.target.id === "composer-text") { event.preventDefault(); box().requestSubmit(box().querySelector(".is-primary")); }
}

// Whoever reads the newest message goes on reading the newest; whoever scrolled up stays where they are.
let readsNewest = true;
const isAtEnd = (talk) => talk.scrollHeight - talk.scrollTop - talk.clientHeight < 60;

function toEnd() {
  const talk = document.getElementById("talk");
  talk.scrollTop = talk.scrollHeight;
}

// On a phone the page scrolls, not the box: bring the newest message above the composer.
function showNewest() {
  toEnd();
  document.querySelector(".message:last-child")?.scrollIntoView({ block: "nearest" });
}

function foldOnPhone() {
  if (!matchMedia("(max-width: 900px)").matches) return;
  for (const fold of document.querySelectorAll("[data-fold]")) fold.open = false;
}

// A message of this conversation; a colleague's typing shows nothing here.
function isOurs(event) {
  return !event.is_typing && String(event.conversation) === document.getElementById("ticket-head").dataset.conversation;
}

function refresh(number) {
  return htmx.ajax("GET", `/tickets/${number}?part=live`, { target: "#ticket-head", swap: "none" });
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
  document.addEventListener("input", type);
  document.addEventListener("keydown", sendKey);
  document.addEventListener("htmx:after:request", finishAction);
  document.addEventListener("htmx:before:request", noteSent);
  document.addEventListener("htmx:before:swap", catchLate);
  document.addEventListener("htmx:after:swap", giveBack);
  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail.ctx.sourceElement?.id === "composer") showNewest();
    else if (readsNewest) toEnd();
  });
  document.addEventListener("scroll", (event) => { if (event.target.id === "talk") readsNewest = isAtEnd(event.target); }, true);
  document.addEventListener("close", (event) => {
    if (!event.target.open) event.target.removeAttribute?.("hx-morph-skip");
  }, true);
  addEventListener("pagehide", () => { if (area()?.value !== area()?.defaultValue) keepNow(); });
  document.addEventListener("change", choosePhotos);
  foldOnPhone();
  toEnd();
  warn();
  raiseOpened();
  return {
    hear(event) {
      if (event.kind === "ticket" && event.number !== number) return;
      if (event.kind === "message" && !isOurs(event)) return;
      clearTimeout(timer);
      timer = setTimeout(() => refresh(number), GATHER_MS);
    },
  };
}
