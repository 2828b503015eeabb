/* All talk with /api/chat: the token, time limits and the problem sentences in one place. */

import { language, page, say } from "./chat-words.js";

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
