// Actions that wait on the phone until there is a network: kept with their photos, sent in order, each once.
const NAME = "guanjia-jobs";
const STORE = "actions";
const SLOW_MS = 60000;
let opened = null;
let sending = null;
let isAskedAgain = false;

function open() {
  opened ??= new Promise((done, refuse) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "id", autoIncrement: true });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => { opened = null; refuse(asked.error); };
  });
  return opened;
}

async function ask(mode, work) {
  const db = await open();
  return new Promise((done, refuse) => {
    const turn = db.transaction(STORE, mode);
    const asked = work(turn.objectStore(STORE));
    turn.oncomplete = () => done(asked.result);
    turn.onerror = turn.onabort = () => refuse(turn.error);
  });
}

export const add = (item) => ask("readwrite", (rows) => rows.add(item));
export const put = (item) => ask("readwrite", (rows) => rows.put(item));
export const drop = (id) => ask("readwrite", (rows) => rows.delete(id));

export async function list(user) {
  const rows = await ask("readonly", (all) => all.getAll());
  return rows.filter((row) => row.user === user);
}

export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // randomUUID is missing on plain http
  return [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
}

// Who is signed in now, and with which token: the page may have been kept since yesterday.
export async function whoIsHere() {
  try {
    const answer = await fetch("/jobs/me", { cache: "no-store", headers: { Accept: "application/json" } });
    if (answer.status === 401) return "signed_out";
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

function bodyOf(item) {
  const body = new FormData();
  for (const [name, value] of item.fields) body.append(name, value);
  body.append("key", item.key);
  if (item.version !== null) body.append("version", item.version);
  if (item.photo) body.append("photo", item.photo, item.photoName);
  return body;
}

// An answer is {status, said}; null: nobody knows whether it arrived, so the same key is sent again later.
function post(item, csrf, progress) {
  return new Promise((done) => {
    const call = new XMLHttpRequest();
    call.open("POST", `/jobs/${item.number}/${item.action}`);
    call.timeout = SLOW_MS;
    call.setRequestHeader("Accept", "application/json");
    call.setRequestHeader("X-CSRF", csrf);
    call.upload.onprogress = (event) => { if (event.lengthComputable) progress(item, event.loaded / event.total); };
    call.onload = () => {
      let said = {};
      try { said = JSON.parse(call.responseText); } catch { /* a proxy's page: no words of ours */ }
      done({ status: call.status, said });
    };
    call.onerror = call.ontimeout = call.onabort = () => done(null);
    call.send(bodyOf(item));
  });
}

// What follows in the same job was written on top of this: it carries the version that came of it.
async function carry(user, number, version) {
  if (version === undefined) return;
  for (const row of await list(user)) {
    if (row.number === number && row.version !== null) await put({ ...row, version });
  }
}

async function sendAll(me, hooks) {
  const held = new Set();
  for (const item of await list(me.user)) {
    const isPhoto = item.action === "photos";
    if (item.state === "refused") { if (!isPhoto) held.add(item.number); continue; }
    if (held.has(item.number)) continue;
    const found = (await list(me.user)).find((row) => row.id === item.id); // its version may have been carried on
    if (!found) continue;
    const answer = await post(found, me.csrf, hooks.progress);
    if (!answer || answer.status === 429 || answer.status >= 500) return hooks.waits();
    if (answer.status === 401) return hooks.signedOut();
    if (answer.status < 300) {
      await carry(me.user, item.number, answer.said.version);
      await drop(item.id);
      await hooks.sent(found, answer.said);
    } else {
      await put({ ...found, state: "refused", status: answer.status, why: answer.said.detail || hooks.reason(answer.status) });
      if (!isPhoto) held.add(item.number);
      await hooks.changed();
    }
  }
  return undefined;
}

async function turn(user, hooks) {
  if (!(await list(user)).some((item) => item.state !== "refused")) return;
  const me = await whoIsHere();
  if (me === "signed_out") { hooks.signedOut(); return; }
  if (!me || me.user !== user) { hooks.waits(); return; }
  await sendAll(me, hooks);
}

async function rounds(user, hooks) {
  try {
    do {
      isAskedAgain = false;
      if (navigator.locks) await navigator.locks.request("jobs-send", () => turn(user, hooks));
      else await turn(user, hooks);
    } while (isAskedAgain);
  } finally {
    sending = null;
    await hooks.changed();
  }
}

// One tab sends at a time, and one round at a time in a tab: who asks meanwhile waits for a round of their own.
export function flush(user, hooks) {
  if (sending) isAskedAgain = true;
  else sending = rounds(user, hooks);
  return sending;
}
