/* The resident's chat page: the session, the long poll, and the wiring of the page's parts. */

import {
  $, Problem, ask, closeSheet, isLarge, isOld, keep, language, page, part, pressedPart, say, session, setLarge, showConnection, showHeader,
  showTyping, showUnseen, speak, tell,
} from "./chat-base.js";
import { MessageList } from "./chat-list.js";
import { Composer, Outbox, pause } from "./chat-outgoing.js";

const WAIT = 25; /* seconds of one long poll */
const HIDDEN_PAUSE = 20000; /* milliseconds between looks while nobody sees the page */

/** Does something with the sheets, once they are there. */
async function withPanels(use) {
  const panels = await pressedPart("panels");
  if (panels) await use(panels);
}

const list = new MessageList($("log"), $("list"), $("jump"), {
  choose,
  retry: (own) => outbox.retry(own),
  discard: (own) => {
    outbox.discard(own);
    $("box").focus();
  },
  openTicket: (number) => withPanels((panels) => panels.showRequests(number)),
  openPhoto: (file, message) => withPanels((panels) => panels.showPhoto(file, message)),
  openFile: (event, message) => {
    if (!isOld(message)) return;
    event.preventDefault();
    withPanels((panels) => panels.openFile(event.target, message));
  },
  butler: () => (me && me.butler ? me.butler.name : ""),
});
const outbox = new Outbox(list, {
  changed: showPrivacy,
  lost: renew,
  moved: () => begin(),
  slow: (isSlow) => showTyping(isSlow ? say("thinking") : ""),
});
const composer = new Composer(
  { form: $("composer"), box: $("box"), pick: $("pick"), note: $("note") },
  (message) => outbox.post(message),
  async (own) => {
    const photos = await pressedPart("photos");
    return photos && new photos.Photos(own);
  },
);

let me = null;
let offered = ""; /* an invitation not yet taken by the server */
let cursor = 0;
let unseen = 0;
let isTyping = false; /* the butler, as far as the server has said */
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
  if (me.language && me.language !== language()) await turn(me.language).catch(() => {});
  if (me.large_type && !isLarge()) setLarge(true);
  showHeader(me);
}

/** The token was refused. Another tab may hold a newer one; else a new conversation begins, unsent messages kept. */
function renew(problem) {
  if (session.token === problem.token) session.token = null;
  me = null;
  begin();
}

function leave() {
  run += 1;
  outbox.forget();
  session.token = null;
  list.clear();
  me = null;
  showHeader(me);
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
  for (const message of answer.messages) message.fetchedAt = Date.now();
  const fresh = list.take(answer.messages);
  for (const message of answer.messages) cursor = Math.max(cursor, message.seq);
  if (answer.messages.length) outbox.changed();
  if (fresh) showTyping("");
  if (answer.typing !== isTyping) showTyping(answer.typing ? say("typing") : "");
  isTyping = answer.typing;
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
      const knew = isTyping;
      const path = `messages?after=${cursor}&wait=${wait}&typing=${knew}`;
      const answer = await ask("GET", path, undefined, { limit: (wait + 10) * 1000 });
      if (mine !== run) return;
      if (tries) outbox.drain();
      tries = 0;
      showConnection(true);
      receive(answer);
      if (document.hidden) await sleep(HIDDEN_PAUSE);
      else if (!answer.messages.length && answer.typing === knew && Date.now() - began < 1000) await sleep(1000);
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

/* ---------- settings ---------- */

function showPrivacy() {
  const hasWritten = [...list.messages.values()].some((message) => message.author === "resident");
  $("privacy").hidden = hasWritten || list.own.length > 0;
}

async function turn(code) {
  await speak(code);
  keep.set("language", code);
  for (const link of document.querySelectorAll("[data-privacy]")) link.href = `${page.privacy}?lang=${code}`;
  showHeader(me);
  list.rewrite();
}

async function changeLanguage() {
  const code = language() === "zh" ? "en" : "zh";
  try {
    await turn(code);
    const query = new URLSearchParams(location.search);
    query.delete("lang"); /* from now on the person's own choice counts, not the link's */
    setQuery(query);
    if (!session.token) return;
    await ask("POST", "language", { language: code });
    await meet();
    await fill(run); /* once more from the start: days and names are worded by the server */
  } catch (problem) {
    tell(problem instanceof Problem ? problem.message : say("no_connection"));
  }
}

async function openMore() {
  const resized = () => {
    list.toEnd();
    composer.fit();
  };
  await withPanels((panels) => panels.showMore({ resized, linked: () => begin(), left: leave }));
}

/* ---------- wiring ---------- */

function wireButtons() {
  const presses = {
    language: changeLanguage,
    menu: () => outbox.post({ text: say("menu") }),
    person: () => outbox.post({ text: say("person") }),
    status: () => withPanels((panels) => panels.showRequests()),
    "open-more": openMore,
    "add-photo": () => $("pick").click(),
    "start-again": startAgain,
    "top-close": () => tell(""),
  };
  for (const [id, press] of Object.entries(presses)) $(id).addEventListener("click", press);
  for (const sheet of document.querySelectorAll("dialog")) {
    sheet.addEventListener("click", (event) => {
      if (event.target === sheet || event.target.closest("[data-close]")) closeSheet(sheet);
    });
  }
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
  document.addEventListener("error", async (event) => {
    const node = event.target;
    if (!(node instanceof HTMLElement) || !node.dataset.file) return;
    const panels = await part("panels").catch(() => null);
    if (panels) panels.refresh(node, list.messages);
  }, true);
}

/** The button for talking, where the browser can record (a plain-http address and old browsers cannot). */
function wireVoice() {
  const canRecord = window.MediaRecorder && navigator.mediaDevices && navigator.mediaDevices.getUserMedia;
  $("voice").hidden = !canRecord;
  $("composer").classList.toggle("can-talk", Boolean(canRecord));
  if (!canRecord) return;
  const parts = {
    button: $("voice"), bar: $("recording"), time: $("recording-time"), hint: $("recording-hint"),
    stop: $("recording-send"), cancel: $("recording-cancel"), note: $("note"),
  };
  let voice = null;
  const make = (found) => {
    voice = voice || (found && new found.Voice(parts, (file) => outbox.post({ files: [file] })));
    return voice;
  };
  const ready = async () => voice || make(await pressedPart("voice"));
  const prepare = () => part("voice").then(make, () => {}); /* nobody asked for it yet: it may fail unseen */
  $("voice").addEventListener("pointerdown", async (event) => {
    if (event.button) return;
    event.preventDefault();
    const pressed = voice || (await ready());
    if (pressed) pressed.press();
  });
  $("voice").addEventListener("keydown", async (event) => {
    if ((event.key !== " " && event.key !== "Enter") || event.repeat) return;
    event.preventDefault();
    const pressed = await ready();
    if (pressed) pressed.start();
  });
  $("voice").addEventListener("contextmenu", (event) => event.preventDefault());
  for (const kind of ["pointerdown", "focusin"]) document.addEventListener(kind, prepare, { once: true });
}

function setQuery(query) {
  const rest = query.toString();
  history.replaceState(null, "", location.pathname + (rest ? `?${rest}` : ""));
}

async function start() {
  const query = new URLSearchParams(location.search);
  offered = query.get("invitation") || "";
  query.delete("invitation"); /* used once; it must not stay in the address bar, the history or a shared link */
  if (offered) setQuery(query);
  document.body.classList.toggle("embedded", query.get("embed") === "1");
  session.use(query.get("estate") || keep.get("last") || page.estate.code);
  setLarge(keep.get("large") === "1");
  wireButtons();
  wireWindow();
  wireVoice();
  await turn((!query.has("lang") && keep.get("language")) || language()).catch(() => turn(language()));
  begin();
}

start();
