/* What every part of the chat stands on: the words in both languages, small elements, and all talk with /api/chat. */

/* ---------- words ---------- */

function dataOf(root) {
  return JSON.parse(root.getElementById("page-data").textContent);
}

/** What the server put into the page; `strings` and `estate` are those of the present language. */
export const page = dataOf(document);

const TAGS = { zh: "zh-Hans-CN", en: "en" };
let current = page.language;

export const language = () => current;

/** The BCP 47 tag for a language code of the API ("zh" or "en"). */
export const tag = (code) => TAGS[code] || TAGS[current];

/** The sentence `key` with its {holes} filled; an unknown key gives an empty text, never a key on the page. */
export function say(key, holes = {}) {
  const text = page.strings[key] || "";
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in holes ? String(holes[name]) : whole));
}

/**
 * Turns the whole interface to `code` without a reload: text of [data-t], labels of [data-t-label], hints of
 * [data-t-hint]. The words come out of the same page in the other language; throws when it cannot be fetched.
 */
export async function speak(code) {
  if (code !== current) {
    const query = new URLSearchParams({ estate: page.estate.code, lang: code });
    const response = await fetch(`${location.pathname}?${query}`, { credentials: "omit" });
    if (!response.ok) throw new Problem(response.status, say("load_failed"));
    const other = dataOf(new DOMParser().parseFromString(await response.text(), "text/html"));
    Object.assign(page, other);
    current = other.language;
  }
  document.documentElement.lang = tag(code);
  document.title = say("title");
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = say(node.dataset.t);
  for (const node of document.querySelectorAll("[data-t-label]")) node.setAttribute("aria-label", say(node.dataset.tLabel));
  for (const node of document.querySelectorAll("[data-t-hint]")) node.placeholder = say(node.dataset.tHint);
}

/** A small element: `make("p", "text", "你好")`. Text only, never markup. */
export function make(name, className = "", text = "") {
  const node = document.createElement(name);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
}

/** A button of the page with a handler. */
export function makeButton(className, text, press) {
  const button = make("button", className, text);
  button.type = "button";
  button.addEventListener("click", press);
  return button;
}

/** A symbol of the sprite; decoration only, so hidden from screen readers. */
export function makeIcon(name) {
  const space = "http://www.w3.org/2000/svg";
  const icon = document.createElementNS(space, "svg");
  const use = document.createElementNS(space, "use");
  icon.setAttribute("class", "icon");
  icon.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${page.icons}#${name}`);
  icon.append(use);
  return icon;
}

/* ---------- the server ---------- */

const PREFIX = "guanjia.chat.";
const memory = new Map();

/** localStorage where the browser allows it (often not inside a foreign frame), else this page's memory. */
export const keep = {
  get(key) {
    try {
      return localStorage.getItem(PREFIX + key) ?? memory.get(key) ?? null;
    } catch {
      return memory.get(key) ?? null;
    }
  },
  set(key, value) {
    memory.set(key, value);
    try {
      localStorage.setItem(PREFIX + key, value);
    } catch {
      /* kept in memory only */
    }
  },
  drop(key) {
    memory.delete(key);
    try {
      localStorage.removeItem(PREFIX + key);
    } catch {
      /* nothing was stored */
    }
  },
};

/** What went wrong, with a sentence to show. `status` 0 means that the server was not reached. */
export class Problem extends Error {
  constructor(status, detail, token = null) {
    super(detail);
    this.status = status;
    this.token = token; /* the one the request was made with */
  }
  /** True when the same request may succeed later without anybody changing it. */
  get passing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/* One session per estate, so that scanning another estate's code does not sign anybody out of their own. */
let estate = "";
export const session = {
  use(code) {
    estate = code || "";
    if (estate) keep.set("last", estate);
  },
  get estate() {
    return estate;
  },
  get token() {
    return keep.get(`token.${estate}`);
  },
  set token(value) {
    if (value) keep.set(`token.${estate}`, value);
    else keep.drop(`token.${estate}`);
  },
  /** The server says that this session belongs to another estate than the page was opened for. */
  move(code) {
    const { token } = session;
    session.token = null;
    session.use(code);
    session.token = token;
  },
};

function headers(token) {
  const all = { "Accept-Language": language() === "zh" ? "zh-CN" : "en" };
  if (token) all.Authorization = `Bearer ${token}`;
  return all;
}

async function readJson(response) {
  if (response.status === 204) return null;
  try {
    return await response.json();
  } catch {
    return null;
  }
}

/**
 * One request under /api/chat/. Returns the parsed body; throws Problem.
 * `limit` is in milliseconds: a connection that silently died must not hold the page up.
 */
export async function ask(method, path, body, { limit = 20000 } = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), limit);
  const token = session.token;
  const options = { method, headers: headers(token), signal: stop.signal, credentials: "omit", cache: "no-store" };
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  try {
    const response = await fetch(`${page.api}/${path}`, options);
    const answer = await readJson(response);
    const fresh = response.headers.get("X-Chat-Token");
    if (fresh && session.token === token) session.token = fresh;
    if (!response.ok) {
      throw new Problem(response.status, (answer && answer.detail) || say("no_connection"), token);
    }
    return answer;
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(0, say("no_connection"));
  } finally {
    clearTimeout(timer);
  }
}

/** Uploads one file with progress (0..1). Returns {done: Promise<file>, stop()}. XHR, because fetch has no upload progress. */
export function upload(file, name, progress) {
  const request = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    });
    request.addEventListener("load", () => {
      let answer = null;
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        /* a proxy's own error page: only its status counts */
      }
      if (request.status >= 200 && request.status < 300 && answer) resolve(answer);
      else reject(new Problem(request.status, (answer && answer.detail) || say("upload_failed")));
    });
    for (const kind of ["error", "abort", "timeout"]) {
      request.addEventListener(kind, () => reject(new Problem(0, say("upload_failed"))));
    }
    request.open("POST", `${page.api}/files`);
    request.timeout = 120000;
    for (const [key, value] of Object.entries(headers(session.token))) request.setRequestHeader(key, value);
    const form = new FormData();
    form.append("file", file, name);
    request.send(form);
  });
  return { done, stop: () => request.abort() };
}

/** A new client id. randomUUID exists only on https and localhost, and estates also run on a plain LAN address. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/* ---------- around the conversation: header, lines that come and go, appearance ---------- */

const TYPING = 40000; /* milliseconds after which a typing sign goes though nobody took it away */

export const $ = (id) => document.getElementById(id);

/** The header for `me` (the answer of /api/chat/me, or null before it is known). */
export function showHeader(me) {
  const estate = (me && me.estate) || page.estate;
  const butler = me && me.butler;
  const phone = (butler && butler.phone) || estate.hotline || "";
  $("name").textContent = butler ? butler.name : estate.name;
  $("face-letter").textContent = butler ? Array.from(butler.name)[0] : "";
  $("face").classList.toggle("desk", !butler);
  $("role").textContent = say(butler ? "your_butler" : "desk");
  $("estate").textContent = butler ? estate.name : "";
  $("hours").textContent = estate.desk_hours ? say("hours", { n: estate.desk_hours }) : "";
  $("home-words").textContent = (me && me.home) || "";
  $("home").hidden = !$("home-words").textContent;
  callLink($("call"), phone, butler ? butler.name : say("desk"));
  callLink($("call-large"), estate.hotline || phone, say("desk"));
  $("link").hidden = Boolean(me && me.linked);
}

function callLink(link, phone, name) {
  link.hidden = !phone;
  link.href = `tel:${phone.replace(/[^\d+]/g, "")}`;
  link.setAttribute("aria-label", say("call", { name }));
  link.title = phone;
}

let typingTimer = 0;

/** Shows `words` as the sign that somebody writes; an empty text takes it away. The server says when that is. */
export function showTyping(words) {
  clearTimeout(typingTimer);
  $("typing").hidden = !words;
  $("typing-words").textContent = words;
  if (words) typingTimer = setTimeout(() => showTyping(""), TYPING);
}

export function showConnection(isUp) {
  $("reconnecting").hidden = isUp;
  document.body.dataset.live = isUp ? "1" : "0";
}

export function showUnseen(count) {
  document.title = count ? `(${count}) ${say("title")}` : say("title");
}

/** A sentence at the top that stays until it is read; an empty text takes it away. */
export function tell(words) {
  $("top-words").textContent = words;
  $("top").hidden = !words;
}

/** True when the addresses of a message's files are about to run out: they are signed for ten minutes. */
export function isOld(message) {
  return Boolean(message) && Date.now() - message.fetchedAt > 540000;
}

export function isLarge() {
  return document.documentElement.classList.contains("large");
}

export function setLarge(isOn) {
  document.documentElement.classList.toggle("large", isOn);
  $("large").setAttribute("aria-pressed", String(isOn));
  keep.set("large", isOn ? "1" : "0");
}

/* ---------- parts fetched when first needed ---------- */

let style = null;

/** Fetches a part that most first visits do without, and the style sheet that such parts share. */
export async function part(name) {
  style = style || new Promise((done) => {
    const link = make("link");
    link.rel = "stylesheet";
    link.href = page.more_styles;
    link.onload = link.onerror = done;
    document.head.append(link);
  });
  const [found] = await Promise.all([import(`./chat-${name}.js`), style]);
  return found;
}

/** A part that a press asked for; without a line the person is told, and null comes back. */
export async function pressedPart(name) {
  try {
    return await part(name);
  } catch {
    tell(say("no_connection"));
    return null;
  }
}

/** Opens a <dialog>; an older browser shows it as a plain block over the page. */
export function openSheet(sheet) {
  if (sheet.open || sheet.hasAttribute("open")) return;
  if (sheet.showModal) sheet.showModal();
  else sheet.setAttribute("open", "");
}

export function closeSheet(sheet) {
  if (sheet.close) sheet.close();
  else sheet.removeAttribute("open");
}
