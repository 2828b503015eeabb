// The jobs of a day on a phone: what is pressed is kept first and sent then, so that a dead zone costs nothing.
import { add, drop, flush, list, newKey, put } from "./onsite-kept.js";
import { LARGEST, lighten, startPad } from "./onsite-photo.js";
import { announce, fill, toast } from "./frame.js";

const AGAIN_MS = 15000;
const root = () => document.querySelector("[data-jobs]");
let words = {};
let user = "";
let drawn = null;
let isFresh = true;
let pressed = ""; // the key of what was just pressed, while it is tried for the first time: it is being sent, it does not wait yet

const job = () => Number(root().dataset.job || 0);

/* what waits, in words */

async function draw() {
  const items = await list(user).catch(() => []);
  const box = document.getElementById("kept");
  box.hidden = items.every((one) => one.key === pressed && one.action !== "photos");
  box.querySelector(".hint").hidden = items.every((one) => one.state === "refused"); // nothing goes out by itself then
  box.querySelector("[data-kept-count]").textContent = fill(words.count, { n: items.length });
  const blocked = new Set(items.filter((one) => one.state === "refused" && one.action !== "photos").map((one) => one.number));
  box.querySelector("[data-kept-list]").replaceChildren(...items.map((item) => row(item, blocked)));
  for (const item of items) if (item.number === job()) (isWrong(item) ? reopen : showKept)(item);
}

// What was typed wrong (a price in words) is put right in its form; sent again as it is, it would be refused again.
const isWrong = (item) => item.action === "complete" && item.state === "refused" && item.status === 422;

function reopen(item) {
  const form = document.querySelector(`form[data-kept="${item.action}"]`);
  if (!form || form.dataset.reopened === item.key) return;
  form.dataset.reopened = item.key;
  delete form.dataset.waits;
  for (const one of form.elements) one.disabled = false;
  form.closest("details")?.setAttribute("open", "");
  for (const [name, value] of item.fields) if (!form.elements[name]?.value) form.elements[name].value = value;
  document.querySelector("[data-after-done]")?.setAttribute("hidden", "");
}

function correct(item) {
  if (item.number !== job()) { location.href = `/jobs/${item.number}`; return; }
  const form = document.querySelector(`form[data-kept="${item.action}"]`);
  form?.scrollIntoView();
  form?.querySelector("textarea").focus({ preventScroll: true });
}

function row(item, blocked) {
  const line = document.createElement("li");
  const note = document.createElement("small");
  line.dataset.kept = item.id;
  line.append(`${words[item.action]} · #${item.number}`, note);
  if (item.state === "refused") {
    line.className = "is-refused";
    note.textContent = fill(words.refused, { why: item.why });
    line.append(buttons(item));
  } else {
    note.textContent = blocked.has(item.number) && item.action !== "photos" ? words.behind : standing(item);
  }
  return line;
}

function buttons(item) {
  const place = document.createElement("p");
  place.className = "buttons";
  const again = isWrong(item) ? button(words.correct, () => correct(item)) : button(item.version === null ? words.retry : words.again, async () => {
    await put({ ...item, state: "waiting", why: "", version: null });
    await send();
  });
  const away = button(words.drop, async () => {
    if (!confirm(words.sure)) return;
    await drop(item.id);
    await draw();
    await refresh();
  });
  place.append(again, away);
  return place;
}

function button(label, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button";
  made.textContent = label;
  made.addEventListener("click", press);
  return made;
}

const standing = (item) => (item.key === pressed ? words.sending : words.waiting);

// Said the moment that it is pressed: what is typed is still to be read, so only the buttons are off.
function showBusy(form, isBusy) {
  form.setAttribute("aria-busy", String(isBusy));
  for (const one of form.querySelectorAll("button")) one.disabled = isBusy;
  if (isBusy) form.dataset.waits = words.sending;
  else delete form.dataset.waits;
  if (isBusy) announce(words.sending);
}

// The page as it will be: nobody presses the same button twice because the network is away.
function showKept(item) {
  const forms = [...document.querySelectorAll(`form[data-kept="${item.action}"]`)];
  if (item.action === "photos") {
    const side = Object.fromEntries(item.fields).side;
    const tray = document.querySelector(`[data-shots="${side}"]`);
    if (!tray || tray.querySelector(`[data-item="${item.id}"]`)) return;
    const image = new Image();
    const figure = document.createElement("figure");
    figure.dataset.item = item.id;
    image.alt = words.waiting;
    image.src = URL.createObjectURL(item.photo);
    const below = document.createElement("figcaption");
    below.textContent = words.waiting;
    figure.append(image, below);
    tray.append(figure);
    return;
  }
  for (const form of forms) {
    form.dataset.waits = standing(item);
    form.setAttribute("aria-busy", String(item.key === pressed));
    for (const one of form.querySelectorAll("button, input, textarea")) one.disabled = true;
  }
  if (item.action === "check_in") {
    document.querySelector('form[data-kept="set_out"]')?.remove();
    showFinish();
  }
  if (item.action === "complete") document.querySelector("[data-after-done]")?.removeAttribute("hidden");
}

// The arrival is kept: what was done is the next step, also without a network.
function showFinish() {
  const finish = document.querySelector("details[data-finish]");
  if (!finish) return;
  finish.open = true;
  for (const one of finish.querySelectorAll("summary, :scope > .hint")) one.hidden = true;
  finish.querySelector("form > .job-go").classList.add("is-primary");
}

/* keeping and sending */

const hooks = {
  changed: draw,
  waits: () => { pressed = ""; },
  reason: (status) => (status === 413 ? words.large : String(status)),
  signedOut: () => { pressed = ""; toast(words.signed_out); },
  progress: (item, part) => {
    const note = document.querySelector(`[data-kept="${item.id}"] small`);
    if (note) note.textContent = `${words.sending} ${Math.round(part * 100)} %`;
  },
  sent: async (item, said) => {
    announce(said.sentence || words.sent);
    toast(said.sentence || words.sent);
    isFresh = false;
  },
};

async function send() {
  await flush(user, hooks);
  if (!isFresh) { isFresh = true; await refresh(true); }
}

async function keep(form, photo = null, photoName = "") {
  const fields = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !["csrf", "key", "version"].includes(name));
  const version = form.elements.version?.value ?? null;
  const action = form.getAttribute("action").split("/").pop();
  const item = { user, number: job(), action, key: newKey(), version, fields, photo, photoName, state: "waiting", why: "" };
  // What was put right takes the place of what was wrong, before all that was written on top of it.
  const wrong = (await list(user)).find((one) => one.number === item.number && one.action === action && isWrong(one));
  if (wrong) await put({ ...item, id: wrong.id });
  else await add(item);
  if (action === "complete") sessionStorage.removeItem(draftName());
  pressed = item.key;
  await draw();
  await send();
  pressed = "";
  const left = (await list(user)).find((one) => one.key === item.key);
  if (left) toast(left.state === "refused" ? fill(words.refused, left) : words.kept);
}

/** Whether it is really done; before it, a price above the agreed one, named. */
function askedAbout(form) {
  const read = (name) => Number((form.elements[name]?.value || "").replace(/[^0-9.]/g, ""));
  const lines = [0, 1, 2].map((n) => read(`price.${n}`) * (read(`quantity.${n}`) || 1));
  const yuan = form.elements.cost?.value.trim() ? read("cost") : lines.reduce((sum, one) => sum + one, 0);
  const isAsked = form.dataset.price && yuan * 100 > Number(form.dataset.agreed);
  return (isAsked ? `${form.dataset.price.replace("{amount}", `¥${yuan}`)}\n\n` : "") + form.dataset.sure;
}

async function submit(event) {
  const form = event.target;
  if (form.matches("[data-online]")) {
    if (navigator.onLine) return;
    event.preventDefault();
    toast(words.online_only);
    return;
  }
  if (!form.matches("[data-kept]")) return;
  event.preventDefault();
  if (form.dataset.sure) {
    if (!confirm(askedAbout(form))) return;
    form.elements.sure.value = "1";
  }
  showBusy(form, true);
  const isDrawing = Boolean(form.closest("[data-drawing]"));
  const picture = isDrawing ? await drawn() : null;
  if (isDrawing && !picture) { showBusy(form, false); toast(words.empty); return; }
  await keepOr(form, picture, "signature.png");
}

async function keepOr(form, photo, name) {
  try {
    await keep(form, photo, name);
  } catch (error) {
    if (error?.name === "TypeError") throw error;
    toast(words.no_store); // a browser without a store: straight to the server, as without script
    form.submit();
  }
}

async function choose(event) {
  const input = event.target;
  if (!input.matches('form[data-kept="photos"] input[type=file]') || !input.files.length) return;
  const file = input.files[0];
  const form = input.form;
  const light = await lighten(file);
  if (light.size > LARGEST) { toast(words.large); input.value = ""; return; }
  // A copy: a file of the camera may be gone when the network is back.
  const copy = new Blob([await light.arrayBuffer()], { type: light.type });
  input.value = "";
  await keepOr(form, copy, file.name || "photo.jpg");
}

/* what is typed, and the page as it is now */

const draftName = () => `job-${user}-${job()}`;

function keepDraft(event) {
  const form = event.target.closest?.("form[data-draft]");
  if (!form) return;
  warnForeign(form);
  const typed = [...new FormData(form)].filter(([name]) => !["csrf", "key", "version", "sure"].includes(name));
  sessionStorage.setItem(draftName(), JSON.stringify(typed));
}

// The same as beside the composer: these words are what the resident confirms.
const HAN = /[\u3400-\u9fff]/;
const LATIN = /[a-z]{3,}[^a-z]+[a-z]{2,}/i;
function warnForeign(form) {
  const text = form.elements.actual_items.value;
  form.querySelector("[data-foreign]").hidden = form.dataset.reader === "en" ? !HAN.test(text) : HAN.test(text) || !LATIN.test(text);
}

function restoreDraft() {
  const form = document.querySelector("form[data-draft]");
  const typed = form && JSON.parse(sessionStorage.getItem(draftName()) || "null");
  for (const [name, value] of typed || []) if (form.elements[name] && !form.elements[name].value) form.elements[name].value = value;
  if (form) warnForeign(form);
  if ((typed || []).some(([, value]) => value)) form.closest("details")?.setAttribute("open", "");
}

// Nobody loses an open form or a half-drawn signature to a change from elsewhere.
const isBusy = () => {
  const body = document.getElementById("job-body");
  const isTyping = body.contains(document.activeElement) && document.activeElement.matches("input, textarea");
  return isTyping || Boolean(body.querySelector("details[open]"));
};

async function refresh(isOwn = false) {
  if (!job()) { htmx.ajax("GET", "/jobs?part=live", { target: "#jobs-live", swap: "innerMorph" }); return; }
  const answer = await fetch(location.pathname).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("job-body");
  const body = document.getElementById("job-body");
  if (!fresh || (!isOwn && fresh.dataset.version === body.dataset.version)) return;
  if (!isOwn && isBusy()) { offer(); return; }
  body.replaceWith(document.adoptNode(fresh));
  keepOpen(body, fresh);
  setUp();
  await draw();
}

// What was open stays open, a name that was typed stays typed, and what a finger has drawn stays drawn.
function keepOpen(old, fresh) {
  const pad = old.querySelector(".job-pad");
  if (pad) fresh.querySelector(".job-pad")?.replaceWith(pad);
  for (const one of old.querySelectorAll("#sign details[open]")) {
    const title = one.querySelector("summary").textContent;
    const same = [...fresh.querySelectorAll("#sign details")].find((two) => two.querySelector("summary").textContent === title);
    if (same) same.open = true;
  }
  for (const one of old.querySelectorAll("#sign input[id]")) {
    const same = fresh.querySelector(`#${one.id}`);
    if (same && one.value !== one.defaultValue) same.value = one.value;
  }
}

function offer() {
  if (document.querySelector(".job-changed")) return;
  const bar = button(words.changed, () => { bar.remove(); refresh(true); });
  bar.classList.add("job-changed", "job-go");
  document.getElementById("job-body").before(bar);
}

function setUp() {
  const pad = document.querySelector("[data-pad]");
  if (!pad) drawn = null;
  else if (!pad.dataset.begun) drawn = startPad(pad);
  if (pad) pad.dataset.begun = "1";
  restoreDraft();
}

/* without network the pages open all the same */

async function keepPages() {
  if (!navigator.serviceWorker) return;
  await navigator.serviceWorker.register("/jobs/worker.js", { scope: "/jobs" });
  const worker = (await navigator.serviceWorker.ready).active;
  const loaded = performance.getEntriesByType("resource").map((one) => new URL(one.name).pathname);
  const shown = [...document.querySelectorAll("[data-keep]")].map((one) => new URL(one.href || one.src)).map((one) => one.pathname + one.search);
  const paths = new Set(["/jobs", location.pathname, ...shown, ...loaded.filter((one) => one.startsWith("/static/")),
    ...["onsite.css", "onsite.js", "onsite-kept.js", "onsite-photo.js", "typed.js", "icons.svg", "office-icons.svg"].map((one) => `/static/${one}`)]);
  navigator.serviceWorker.addEventListener("message", ({ data }) => { if (data.isKept) document.body.dataset.kept = "1"; });
  worker.postMessage({ user, paths: [...paths] });
}

export function startJobs(ring) {
  words = JSON.parse(document.getElementById("kept-words").textContent);
  user = root().dataset.jobs;
  document.documentElement.classList.add("has-script");
  setUp();
  document.addEventListener("submit", submit);
  document.addEventListener("change", choose);
  document.addEventListener("input", keepDraft);
  document.querySelector("[data-kept-now]").addEventListener("click", send);
  addEventListener("online", send);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) send(); });
  setInterval(send, AGAIN_MS);
  draw().then(send);
  keepPages().catch(() => undefined);
  return {
    hear(event) {
      if (event.kind === "resync" || (event.kind === "ticket" && (!job() || event.number === job()))) refresh();
      ring(event);
    },
  };
}

export function startPasses(ring) {
  const look = () => {
    const asked = new URLSearchParams(location.search);
    asked.set("part", "live");
    htmx.ajax("GET", `/passes?${asked}`, { target: "#passes-live", swap: "innerMorph" });
  };
  return { hear(event) { if (["ticket", "resync"].includes(event.kind)) look(); ring(event); } };
}
