/* The resident's chat page: the session, the long poll, and the wiring of the page's parts. */

import { Problem, ask, keep, session } from "./chat-api.js";
import { Composer } from "./chat-composer.js";
import { MessageList } from "./chat-list.js";
import { Outbox, pause } from "./chat-outbox.js";
import { $, isLarge, setLarge, setTheme, showConnection, showHeader, showTyping, showUnseen, tell } from "./chat-page.js";
import { closeSheet, openSheet, showPhoto, showRequests, wireSheet } from "./chat-panels.js";
import { Voice } from "./chat-voice.js";
import { language, page, say, speak } from "./chat-words.js";

const WAIT = 25; /* seconds of one long poll */
const HIDDEN_PAUSE = 20000; /* milliseconds between looks while nobody sees the page */
const URL_LIFE = 540000; /* signed file addresses live ten minutes; new ones are asked for a minute before */

const sheets = { requests: $("requests"), more: $("more"), photo: $("photo") };
const list = new MessageList($("log"), $("list"), $("jump"), {
  choose,
  retry: (own) => outbox.retry(own),
  discard: (own) => {
    outbox.discard(own);
    $("box").focus();
  },
  openTicket: (number) => showRequests(sheets.requests, $("requests-body"), number),
  openPhoto,
  butler: () => (me && me.butler ? me.butler.name : ""),
});
const outbox = new Outbox(list, {
  changed: showPrivacy,
  lost: renew,
  slow: (isSlow) => showTyping(isSlow ? say("thinking") : ""),
});
const composer = new Composer(
  { form: $("composer"), box: $("box"), tray: $("tray"), pick: $("pick"), note: $("note") },
  (message) => outbox.post(message),
);

let me = null;
let offered = ""; /* an invitation not yet taken by the server */
let cursor = 0;
let unseen = 0;
let fetchedAt = 0;
let run = 0; /* counts sessions: what an older one still awaited is dropped */
let wake = () => {}; /* ends the present pause */

function choose(message, button) {
  outbox.post({ button: button.value, label: button.label, from: message.seq });
  if (document.activeElement === document.body) $("log").focus({ preventScroll: true });
}

/* ---------- session ---------- */

/** Begins a conversation, or takes the one of this device up again; goes on until it stands. */
async function begin() {
  run += 1;
  const mine = run;
  for (let tries = 1; mine === run; tries += 1) {
    try {
      await enter(mine);
      return;
    } catch (problem) {
      if (mine !== run) return;
      if (!(problem instanceof Problem)) throw problem;
      if (problem.status === 401) session.token = null;
      if (problem.passing) {
        showConnection(false);
        await sleep(pause(tries));
      } else if (problem.status !== 401) {
        tell(problem.message);
        if (!offered) return;
        offered = "";
      }
    }
  }
}

async function enter(mine) {
  if (session.token) await meet();
  if (!session.token || (offered && me.linked)) await open();
  else if (offered) await ask("POST", "link", { invitation: offered });
  offered = "";
  await meet();
  if (mine !== run) return;
  list.clear();
  outbox.recall();
  await fill(mine);
  if (mine !== run) return;
  outbox.changed();
  outbox.drain();
  poll(mine);
}

async function open() {
  const body = { language: language() };
  if (offered) body.invitation = offered;
  else body.estate = session.estate || page.estate.code;
  session.token = (await ask("POST", "sessions", body)).token;
}

async function meet() {
  me = await ask("GET", "me");
  if (me.estate && me.estate.code !== session.estate) session.move(me.estate.code);
  if (me.language && me.language !== language()) turn(me.language);
  if (me.large_type && !isLarge()) setLarge(true);
  showHeader(me);
}

/** The token was refused. Another tab may hold a newer one; else a new conversation begins, unsent messages kept. */
function renew(problem) {
  if (session.token === problem.token) session.token = null;
  me = null;
  begin();
}

async function signOut() {
  await ask("DELETE", "sessions").catch(() => {});
  run += 1;
  outbox.forget();
  session.token = null;
  list.clear();
  me = null;
  showHeader(me);
  closeSheet(sheets.more);
  document.body.classList.add("signed-out");
  $("farewell").hidden = false;
  $("start-again").focus();
}

function startAgain() {
  $("farewell").hidden = true;
  document.body.classList.remove("signed-out");
  begin();
  $("box").focus();
}

/* ---------- incoming messages ---------- */

function sleep(milliseconds) {
  return new Promise((done) => {
    const timer = setTimeout(done, milliseconds);
    wake = () => {
      clearTimeout(timer);
      done();
    };
  });
}

function receive(answer) {
  fetchedAt = Date.now();
  const fresh = list.take(answer.messages);
  for (const message of answer.messages) cursor = Math.max(cursor, message.seq);
  if (answer.messages.length) outbox.changed();
  if (fresh) showTyping("");
  if (answer.typing) showTyping(say("typing"));
  unseen = document.hidden ? unseen + fresh : 0;
  showUnseen(unseen);
}

/** The whole conversation up to now, put in place without being read aloud. */
async function fill(mine) {
  cursor = 0;
  let batch;
  do {
    const answer = await ask("GET", `messages?after=${cursor}&wait=0`);
    if (mine !== run) return;
    batch = answer.messages;
    list.quietly(() => receive({ messages: batch, typing: answer.typing }));
  } while (batch.length >= 50);
  unseen = 0;
  showConnection(true);
  list.toEnd();
}

async function poll(mine) {
  let tries = 0;
  while (mine === run) {
    const began = Date.now();
    const wait = document.hidden ? 0 : WAIT;
    try {
      const path = `messages?after=${cursor}&wait=${wait}`;
      const answer = await ask("GET", path, undefined, { limit: (wait + 10) * 1000 });
      if (mine !== run) return;
      if (tries) outbox.drain();
      tries = 0;
      showConnection(true);
      receive(answer);
      if (document.hidden) await sleep(HIDDEN_PAUSE);
      else if (!answer.messages.length && Date.now() - began < 1000) await sleep(1000);
    } catch (problem) {
      if (mine !== run) return;
      if (!(problem instanceof Problem)) throw problem;
      if (problem.status === 401) {
        renew(problem);
        return;
      }
      tries += 1;
      if (tries > 1 || !navigator.onLine) showConnection(false);
      await sleep(pause(tries));
    }
  }
}

/* ---------- files ---------- */

/** File addresses are signed for ten minutes; older ones are asked for again before a photo is opened. */
async function openPhoto(file, message) {
  const isOld = message && !file.preview && Date.now() - fetchedAt > URL_LIFE;
  const fresh = isOld ? await freshFile(file, message) : null;
  showPhoto(sheets.photo, $("photo-large"), fresh || file);
}

async function freshFile(file, message) {
  try {
    const answer = await ask("GET", `messages?after=${message.seq - 1}&wait=0`);
    const found = answer.messages.find((other) => other.seq === message.seq);
    return found && found.files.find((other) => other.id === file.id);
  } catch {
    return null;
  }
}

/** An image or a sound whose address ran out gets a new one, once. */
async function refreshNode(event) {
  const node = event.target;
  if (!(node instanceof HTMLElement) || !node.dataset.file || node.dataset.renewed) return;
  node.dataset.renewed = "1";
  for (const message of list.messages.values()) {
    const file = (message.files || []).find((other) => String(other.id) === node.dataset.file);
    const fresh = file && (await freshFile(file, message));
    if (fresh) node.src = fresh.url;
  }
}

/* ---------- settings ---------- */

function showPrivacy() {
  const hasWritten = [...list.messages.values()].some((message) => message.author === "resident");
  $("privacy").hidden = hasWritten || list.own.length > 0;
}

function turn(code) {
  speak(code);
  keep.set("language", code);
  for (const link of document.querySelectorAll("[data-privacy]")) link.href = `${page.privacy}?lang=${code}`;
  showHeader(me);
  list.rewrite();
}

async function changeLanguage() {
  const code = language() === "zh" ? "en" : "zh";
  turn(code);
  if (!session.token) return;
  try {
    list.take((await ask("POST", "language", { language: code })).messages);
    await meet();
  } catch (problem) {
    tell(problem.message);
  }
}

function changeLarge() {
  setLarge(!isLarge());
  list.toEnd();
  composer.fit();
  if (session.token) ask("POST", "large", { on: isLarge() }).catch(() => {});
}

async function link(event) {
  event.preventDefault();
  const invitation = $("code").value.trim();
  if (!invitation) return;
  $("link-problem").textContent = "";
  try {
    await ask("POST", "link", { invitation });
    $("code").value = "";
    closeSheet(sheets.more);
    begin();
  } catch (problem) {
    $("link-problem").textContent = problem.message;
    $("code").focus();
  }
}

async function showCode() {
  const answer = await ask("POST", "code").catch((problem) => ({ problem }));
  $("device-code").textContent = answer.code || answer.problem.message;
  $("device-code").classList.toggle("digits", Boolean(answer.code));
  $("device-help").hidden = !answer.code;
}

/* ---------- wiring ---------- */

function wireButtons() {
  const presses = {
    language: changeLanguage,
    large: changeLarge,
    menu: () => outbox.post({ text: say("menu") }),
    person: () => outbox.post({ text: say("person") }),
    status: () => showRequests(sheets.requests, $("requests-body")),
    "open-more": () => openSheet(sheets.more),
    "add-photo": () => $("pick").click(),
    "show-code": showCode,
    "sign-out": signOut,
    "start-again": startAgain,
    "top-close": () => tell(""),
  };
  for (const [id, press] of Object.entries(presses)) $(id).addEventListener("click", press);
  $("link").addEventListener("submit", link);
  for (const input of document.querySelectorAll("[name=theme]")) {
    input.checked = input.value === (keep.get("theme") || "auto");
    input.addEventListener("change", () => setTheme(input.value));
  }
  Object.values(sheets).forEach(wireSheet);
}

function wireWindow() {
  addEventListener("online", () => {
    wake();
    outbox.drain();
  });
  addEventListener("offline", () => showConnection(false));
  addEventListener("pageshow", (event) => event.persisted && begin());
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    unseen = 0;
    showUnseen(unseen);
    wake();
  });
  document.addEventListener("error", refreshNode, true);
}

function wireVoice() {
  const parts = {
    button: $("voice"), bar: $("recording"), time: $("recording-time"), hint: $("recording-hint"),
    stop: $("recording-send"), cancel: $("recording-cancel"), note: $("note"),
  };
  const voice = new Voice(parts, (file) => outbox.post({ files: [file] }));
  $("composer").classList.toggle("can-talk", !voice.button.hidden);
}

/** An invitation is used once and does not stay in the address bar, the history or a shared link. */
function takeInvitation(query) {
  const invitation = query.get("invitation") || "";
  if (query.has("invitation")) {
    query.delete("invitation");
    const rest = query.toString();
    history.replaceState(null, "", location.pathname + (rest ? `?${rest}` : ""));
  }
  return invitation;
}

function start() {
  const query = new URLSearchParams(location.search);
  offered = takeInvitation(query);
  document.body.classList.toggle("embedded", query.get("embed") === "1");
  session.use(query.get("estate") || keep.get("last") || page.estate.code);
  turn((!query.has("lang") && keep.get("language")) || language());
  setLarge(keep.get("large") === "1");
  wireButtons();
  wireWindow();
  wireVoice();
  begin();
}

start();
