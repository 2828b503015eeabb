/* What goes out: the box it is written in, and the messages kept until the server has them, each exactly once. */

import { ask, keep, newId, say, session } from "./chat-base.js";

const LONGEST_PAUSE = 30000; /* milliseconds */
const MOST_TRIES = 5; /* for a server in trouble; a missing connection is waited for without end */

/** Milliseconds until try number `tries` + 1: doubling, at most half a minute, spread so that phones do not come all at once. */
export function pause(tries) {
  return Math.min(LONGEST_PAUSE, 1000 * 2 ** Math.min(tries - 1, 5)) * (0.75 + Math.random() / 2);
}

export class Outbox {
  /** `list` shows the messages; `hooks`: changed(), lost(problem) when the token is refused, slow(isSlow). */
  constructor(list, hooks) {
    this.list = list;
    this.hooks = hooks;
    this.isDraining = false;
    this.run = 0;
  }

  get key() {
    return `pending.${session.estate}`;
  }

  /** Unsent messages survive a reload; their client id makes a repeat harmless. */
  remember() {
    const bare = this.list.own
      .filter((own) => own.state !== "sent")
      .map(({ client_id, text, button, label, from, files, state, problem }) => ({
        client_id, text, button, label, from, state: state === "failed" ? "failed" : "queued", problem,
        files: files.map(({ id, kind, name, size, url }) => ({ id, kind, name, size, url })),
      }));
    if (bare.length) keep.set(this.key, JSON.stringify(bare));
    else keep.drop(this.key);
  }

  /** Takes up what an earlier visit could not send; what was being sent for an older session is dropped. */
  recall() {
    this.run += 1;
    this.isDraining = false;
    try {
      this.list.own = JSON.parse(keep.get(this.key) || "[]");
    } catch {
      this.list.own = [];
    }
  }

  forget() {
    this.run += 1;
    keep.drop(this.key);
  }

  changed() {
    this.remember();
    this.list.render();
    this.hooks.changed();
  }

  post({ text = "", button, label, from, files = [] }) {
    this.list.own.push({ client_id: newId(), text, button, label, from, files, state: "queued", isNew: true });
    this.changed();
    this.drain();
  }

  retry(own) {
    Object.assign(own, { state: "queued", problem: "", tries: 0 });
    this.changed();
    this.drain();
  }

  discard(own) {
    this.list.own = this.list.own.filter((other) => other !== own);
    this.changed();
  }

  get next() {
    return this.list.own.find((own) => own.state === "queued" || own.state === "waiting");
  }

  async drain() {
    if (this.isDraining || !session.token) return;
    const mine = this.run;
    this.isDraining = true;
    while (mine === this.run && this.next && (await this.deliver(this.next, mine)));
    if (mine === this.run) this.isDraining = false;
  }

  /** Sends one message; returns whether the next may follow. */
  async deliver(own, mine) {
    own.state = "sending";
    this.list.render();
    const slow = setTimeout(() => this.hooks.slow(true), 700);
    const body = { client_id: own.client_id };
    if (own.button) body.button = own.button;
    else body.text = own.text;
    if (own.files.length) body.files = own.files.map((file) => file.id);
    try {
      const answer = await ask("POST", "messages", body, { limit: 30000 });
      if (mine === this.run) this.settle(own, answer.messages);
      if (answer.reset) this.hooks.moved(); /* a typed invitation: the chat goes on in the resident's own conversation */
      return true;
    } catch (problem) {
      return mine === this.run && this.refused(own, problem);
    } finally {
      clearTimeout(slow);
      this.hooks.slow(false);
    }
  }

  /** Stored by the server: stands before its answer until its own number arrives with the next look. */
  settle(own, replies) {
    own.state = "sent";
    const first = replies.filter((reply) => reply.client_id !== own.client_id).map((reply) => reply.seq);
    own.place = (first.length ? Math.min(...first) : this.list.lastSeq + 1) - 0.5;
    if (own.from) this.list.picked.add(own.from);
    this.list.take(replies);
    this.changed();
  }

  refused(own, problem) {
    if (problem.status === 401) {
      own.state = "queued";
      this.hooks.lost(problem);
      return false;
    }
    own.tries = (own.tries || 0) + 1;
    if (problem.passing && (problem.status === 0 || own.tries < MOST_TRIES)) {
      own.state = "waiting";
      setTimeout(() => this.drain(), pause(own.tries));
      this.changed();
      return false;
    }
    Object.assign(own, { state: "failed", problem: problem.message });
    this.changed();
    return true;
  }
}

/* ---------- the box people write in: text that grows with what is said ---------- */

const MOST_ROWS = 5;

export class Composer {
  /**
   * `parts`: form, box, pick (file input), note (polite line). `send({text, files})` takes a finished message;
   * `photos()` fetches the part that handles photos, once there are some.
   */
  constructor(parts, send, photos) {
    Object.assign(this, parts, { send, loadPhotos: photos });
    this.photos = null;
    this.isDue = false;
    this.box.addEventListener("input", () => this.fit());
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.pick.addEventListener("change", () => {
      this.add([...this.pick.files]);
      this.pick.value = "";
    });
    this.box.addEventListener("paste", (event) => {
      const pasted = [...((event.clipboardData && event.clipboardData.files) || [])];
      if (!pasted.length) return;
      event.preventDefault();
      this.add(pasted);
    });
    this.fit();
  }

  /** Enter sends, Shift+Enter starts a line; Enter while composing accepts a Pinyin candidate (229 in old Safari). */
  key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.submit();
  }

  fit() {
    this.box.rows = 1;
    while (this.box.rows < MOST_ROWS && this.box.scrollHeight > this.box.clientHeight + 2) this.box.rows += 1;
    const hasPhotos = Boolean(this.photos && this.photos.all.length);
    this.form.classList.toggle("has-text", hasPhotos || Boolean(this.box.value.trim()));
  }

  async add(files) {
    this.photos = this.photos || (await this.loadPhotos(this));
    if (this.photos) this.photos.add(files);
  }

  /** The photos changed: go now if Send was pressed while they were on their way and none of them failed. */
  photosChanged() {
    this.fit();
    if (!this.isDue || this.photos.isLoading) return;
    this.isDue = false;
    this.tell("");
    if (!this.photos.hasFailed) this.submit();
  }

  submit() {
    const text = this.box.value.trim();
    this.isDue = Boolean(this.photos && this.photos.isLoading);
    if (this.isDue) {
      this.tell(say("photo_wait"));
      return;
    }
    const files = this.photos ? this.photos.take() : [];
    if (!text && !files.length) return;
    this.tell("");
    this.box.value = "";
    this.fit();
    this.send({ text, files });
  }

  tell(words) {
    this.note.textContent = words;
  }
}
