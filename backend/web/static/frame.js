// What every page has, and what moves there by itself: sentences and toasts, the countdowns, the events of the one
// stream, the counts that all tabs share.

// ---- words ----
// Sentences made in Python, in the viewer's language, with {holes}; and the two places that speak them.
const block = document.getElementById("strings");
export const strings = JSON.parse(block?.textContent || "{}");

export function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export function say(name, values = {}) {
  return fill(strings[name] ?? "", values);
}

// Read once by a screen reader; never a ticking text.
export function announce(text) {
  const place = document.getElementById("announce");
  if (place) place.textContent = text;
}

// Said for six seconds, longer while it is pointed at. What failed (``retry``) stays said until it is tried again.
const SHOWN_MS = 6000;
export function toast(text, { retry, undo } = {}) {
  const note = document.createElement("p");
  note.className = "toast";
  note.textContent = text;
  const place = document.getElementById("toasts");
  // The same said again takes the place of the former: a row of accepts does not wall off the list.
  // So does the next sentence of what was said alone: three in a row cover what is pressed next.
  for (const one of [...place.children]) if (one.textContent === text || !one.querySelector("button")) one.remove();
  if (!place.children.length) place.className = "toasts";
  // Over what is open, not dimmed beneath it where nothing can be pressed.
  ([...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body).append(place);
  place.append(note);
  if (!retry) fade(note);
  if (retry || undo) {
    const button = document.createElement("button");
    button.className = "button";
    button.textContent = retry ? strings.retry : strings.undo;
    note.toggleAttribute("data-retry", Boolean(retry));
    button.addEventListener("click", () => { note.remove(); (retry || undo)(); });
    note.append(button);
  }
  settle();
}

// At a desk a sentence stands below, under the bar, in a corner, or slim beside what is written: where it stands, else
// the first of them, if it covers nothing there that can be pressed, and no place to write, nor a ticket's name and
// promise. What is scrolled out of its own place cannot be covered. A phone has one place for it.
const PLACES = ["", "is-high", "is-top", "is-aside", "is-left", "is-slim is-aside", "is-slim is-left", "is-slim is-high"];
export function settle() {
  const place = document.getElementById("toasts");
  if (!place.children.length || innerWidth < 901) return;
  const kept = [...document.querySelectorAll("main :is(.composer, button, .button, .chip, .tabs a, summary, input, select, textarea, .ticket-due, .ticket-why, .ticket-title h1 > span, .ticket-meta > *)")];
  const boxes = kept.map(seenOf).filter((box) => box.right > box.left && box.bottom > box.top);
  const isFree = (name) => {
    place.className = `toasts ${name}`;
    return [...place.children].map((note) => note.getBoundingClientRect()).every((note) => !boxes.some((box) =>
      box.left < note.right && box.right > note.left && box.top < note.bottom && box.bottom > note.top));
  };
  const now = place.className.slice("toasts ".length);
  if (![now, ...PLACES].some(isFree)) place.className = "toasts";
}
function seenOf(one) {
  const { left, right, top, bottom } = one.getBoundingClientRect();
  const around = one.closest(".ticket-side, .talk")?.getBoundingClientRect() ?? { top, bottom };
  return { left, right, top: Math.max(top, around.top), bottom: Math.min(bottom, around.bottom) };
}
// A picture that comes late, rows laid in, a turned wheel: what could not be pressed there may lie beneath by now.
let settling = 0;
for (const moved of ["load", "resize", "scroll", "htmx:after:swap"]) {
  addEventListener(moved, () => { settling ||= requestAnimationFrame(() => { settling = 0; settle(); }); }, true);
}

// What was tried again by other means, or was shut with its form, is not offered any more.
export function forgetRetry() {
  for (const note of document.querySelectorAll(".toast[data-retry]")) note.remove();
}
document.addEventListener("close", ({ target }) => {
  if (target.open || !target.contains(document.getElementById("toasts"))) return;
  forgetRetry();
  document.body.append(document.getElementById("toasts"));
  settle();
}, true);

export function fade(note) {
  setTimeout(() => { if (note.matches(":hover, :focus-within")) fade(note); else note.remove(); }, SHOWN_MS);
}

// ---- keys ----
// Whoever asked for a page or a form writes for what is to come: until it is there, no letter acts on what still is.
export function hush(isHushed, what) {
  document.body.toggleAttribute("data-hush", isHushed);
  if (what) document.body.dataset.hush = what;
}

const LEAVING_MS = 5000; // then it was a download or a call, and the page stays
export function startLeaving() {
  addEventListener("beforeunload", () => { hush(true); setTimeout(hush, LEAVING_MS, false); });
  addEventListener("pageshow", () => hush(false));
}

// ---- countdowns ----
// One timer for the whole page. The server decides the state; we tick, and turn ok → soon → late when the moment comes.
const ICONS = { soon: "alarm-clock", late: "flame" };
let offset = 0;

function serverNow() {
  return Date.now() + offset;
}

// Every fragment brings the server's clock along (it can be the demo clock).
export function syncClock() {
  const marks = [...document.querySelectorAll("[data-now]")].map((mark) => Date.parse(mark.dataset.now));
  const newest = Math.max(...marks.filter(Number.isFinite));
  if (Number.isFinite(newest) && newest > seen) {
    seen = newest;
    offset = newest - Date.now();
  }
  tick();
}
let seen = 0;

function two(number) {
  return String(number).padStart(2, "0");
}

function spanText(milliseconds) {
  const late = milliseconds < 0;
  const total = Math.floor(Math.abs(milliseconds) / 1000);
  const values = { d: Math.floor(total / 86400), h: Math.floor(total / 3600), m: Math.floor(total / 60), s: total };
  const words = late ? strings.over : strings.left;
  if (values.d) return fill(words[values.h % 24 ? "d" : "D"], { d: values.d, h: values.h % 24 });
  if (values.h) return fill(words.h, { h: values.h, m: two(values.m % 60) });
  if (values.m) return fill(words.m, { m: values.m });
  return fill(words.s, { s: values.s });
}

function stateAt(pill, now) {
  if (now >= Date.parse(pill.dataset.due)) return "late";
  return pill.dataset.warn && now >= Date.parse(pill.dataset.warn) ? "soon" : "ok";
}

function recolour(pill, state) {
  for (const holder of [pill, pill.closest(".row, .clock, [data-slot]"), pill.closest(".ticket-head")]) {
    holder?.classList.remove("is-ok", "is-soon", "is-late");
    holder?.classList.add(`is-${state}`);
  }
}

function turn(pill, state) {
  recolour(pill, state);
  pill.querySelector(".pill-word").textContent = strings.states[state];
  if (ICONS[state]) pill.querySelector("use").setAttribute("href", `/static/icons.svg#${ICONS[state]}`);
}

const known = new WeakMap(); // a change is told once, also when the server was first to show it
function tick() {
  const now = serverNow();
  const turned = [];
  for (const pill of document.querySelectorAll("[data-due]")) {
    const span = pill.querySelector(".pill-span");
    const text = spanText(Date.parse(pill.dataset.due) - now);
    if (span && span.textContent !== text) span.textContent = text;
    const state = stateAt(pill, now);
    const was = known.get(pill) ?? /is-(\w+)/.exec(pill.className)[1];
    if (!pill.classList.contains(`is-${state}`)) turn(pill, state);
    if (ICONS[state] && was !== state) turned.push(pill);
    known.set(pill, state);
  }
  if (turned.length) import("./turned.js").then((module) => module.tell(turned), () => {});
}

export function startCountdown() {
  syncClock();
  setInterval(tick, 1000);
}

// ---- events ----
// One event stream per browser: the tab that holds the lock listens and relays to the others.
const POLL_MS = 30000;
const RETRY_MS = 2000;
const KINDS = ["ticket", "alert", "clock", "message", "channel", "duty", "handover", "rota", "incident", "presence"];

function show(isLive) {
  document.body.dataset.live = isLive ? "1" : "0";
  const word = document.querySelector("#live .live-word");
  if (word) word.textContent = say(isLive ? "live" : "reconnecting");
}

function listen(tell, state) {
  return new Promise((resolve) => {
    let isAgain = false;
    let stream;
    const open = () => {
      stream = new EventSource("/live");
      // After a gap we cannot know what was missed: look at everything again.
      stream.onopen = () => { state(true); if (isAgain) tell({ kind: "resync" }); isAgain = true; };
      stream.onerror = () => {
        state(false);
        if (stream.readyState === EventSource.CLOSED) setTimeout(open, RETRY_MS);
      };
      for (const kind of KINDS) stream.addEventListener(kind, (event) => { tell({ kind, ...JSON.parse(event.data) }); });
    };
    open();
    addEventListener("pagehide", () => { stream.close(); resolve(); }, { once: true });
  });
}

// Without locks (plain http on the office network) every tab asks twice a minute instead.
function poll(hear, state) {
  const ask = async () => {
    const isThere = await pulse.ask();
    state(isThere);
    if (isThere) hear({ kind: "resync" });
  };
  pulse.ask().then(state);
  setInterval(ask, POLL_MS);
}

// What an unseen tab heard waits until somebody looks at it; of many changes one look at everything is left.
const MOST_WAITING = 100;
export function whenShown(hear) {
  const waiting = new Map();
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    const events = [...waiting.values()];
    waiting.clear();
    events.forEach(hear);
  });
  return (event) => {
    if (!document.hidden) { hear(event); return; }
    const isMuch = event.kind === "resync" || waiting.has("resync") || waiting.size >= MOST_WAITING;
    if (isMuch) { waiting.clear(); waiting.set("resync", { kind: "resync" }); }
    else waiting.set(JSON.stringify(event), event);
  };
}

export function startLive(hear) {
  const state = (isLive) => show(isLive);
  if (!navigator.locks || !window.BroadcastChannel) { poll(hear, state); return; }
  const relay = new BroadcastChannel("live");
  let leads = false;
  const tell = (event) => { relay.postMessage(event); hear(event); if (event.kind !== "presence") pulse.soon(); };
  pulse.post = (word) => relay.postMessage(word);
  relay.onmessage = ({ data }) => {
    if (data === "who") { if (leads) relay.postMessage({ state: document.body.dataset.live === "1" }); }
    else if ("state" in data) state(data.state);
    else if ("kind" in data) hear(data);
    else pulse.hear(data);
  };
  const queue = () => navigator.locks.request("live-stream", async () => {
    leads = true;
    pulse.lead(true);
    await listen(tell, (isLive) => { state(isLive); relay.postMessage({ state: isLive }); });
    leads = false;
    pulse.lead(false);
  });
  relay.postMessage("who");
  queue();
  // Brought back by the back button as it was left: it has heard nothing meanwhile.
  addEventListener("pageshow", (event) => { if (event.persisted) { queue(); relay.postMessage("who"); hear({ kind: "resync" }); } });
}

// ---- counts ----
// What all tabs of a browser tell together: the number in the title, the bell, the dot, and what rings.
// The tab that leads asks for all of them; sound and notification come from it alone.
const GATHER_MS = 400;
const MINUTE_MS = 60000;
let asked = 0;
let answered = 0;
let timer = 0;
let every = 0;

function showCounts({ need, unseen }) {
  const bare = document.title.replace(/^\(\d+\) /, "");
  const title = need ? `(${need}) ${bare}` : bare;
  if (document.title !== title) document.title = title;
  document.querySelector('link[rel="icon"]').href = `/static/favicon${need || unseen ? "-new" : ""}.svg`;
  setCount(document.getElementById("bell-count"), unseen);
  for (const place of document.querySelectorAll(".bottom-count")) setCount(place, place.dataset.count === "queue" ? need : unseen);
}

function setCount(place, count) {
  if (!place) return;
  place.classList.toggle("is-none", !count);
  if (place.lastChild) place.lastChild.textContent = count > 99 ? "99+" : count;
  else place.textContent = count;
}

export const pulse = {
  post: () => {},
  soon: () => { clearTimeout(timer); timer = setTimeout(pulse.ask, GATHER_MS); },
  lead: (isLeader) => {
    clearInterval(every);
    if (!isLeader) return;
    pulse.ask();
    every = setInterval(pulse.ask, MINUTE_MS);
  },
  // An answer that a later one has overtaken says nothing any more. Returns whether the server answered.
  ask: async () => {
    asked += 1;
    const mine = asked;
    try {
      const response = await fetch("/account/now", { headers: { "HX-Request": "true" } });
      if (!response.ok) return false;
      const answer = await response.json();
      if (mine < answered) return true;
      answered = mine;
      showCounts(answer);
      pulse.post({ need: answer.need, unseen: answer.unseen });
      if (answer.sound || answer.notice) await (await import("./ring.js")).ring(answer, pulse);
      return true;
    } catch { return false; }
  },
  hear: (word) => {
    if ("need" in word) showCounts(word);
    else import("./ring.js").then((module) => module.hear(word, pulse));
  },
};

export function startCounts() {
  const { need, unseen } = document.body.dataset;
  showCounts({ need: Number(need), unseen: Number(unseen) });
}
