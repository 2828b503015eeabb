/* The conversation: messages of the server by number, own unsent ones after them, one node each. */

import { make, makeButton, makeIcon, say, tag } from "./chat-base.js";

const OWN_STATES = { queued: "sending", sending: "sending", waiting: "queued", sent: "sent" };
const LONGEST_CHIP = 26; /* in half-widths: a longer label reads better as a full-width row */

function halfWidths(text) {
  return Array.from(text).reduce((sum, letter) => sum + (letter.codePointAt(0) > 0x2e7f ? 2 : 1), 0);
}

export class MessageList {
  /**
   * `log` is the scrolling wrapper with role=log, `list` the <ol> in it, `jump` the "new messages" button.
   * `acts`: {choose(message, button), retry(own), discard(own), openTicket(number), openPhoto(file, message),
   *   openFile(event, message), butler()}.
   */
  constructor(log, list, jump, acts) {
    Object.assign(this, { log, list, jump, acts });
    this.messages = new Map();
    this.own = [];
    this.nodes = new Map();
    this.picked = new Set();
    log.addEventListener("scroll", () => {
      if (this.isAtEnd()) this.jump.hidden = true;
    }, { passive: true });
    jump.addEventListener("click", () => this.toEnd());
    if (window.ResizeObserver) {
      new ResizeObserver(() => this.wasAtEnd && this.toEnd()).observe(log);
    }
  }

  get lastSeq() {
    return Math.max(0, ...this.messages.keys());
  }

  clear() {
    this.messages.clear();
    this.own = [];
    this.nodes.clear();
    this.picked.clear();
    this.list.replaceChildren();
  }

  /** Takes messages in; returns how many of them are new and not the resident's own. */
  take(messages) {
    let fresh = 0;
    for (const message of messages) {
      if (!this.messages.has(message.seq) && message.author !== "resident") fresh += 1;
      this.messages.set(message.seq, message);
      for (const seq of message.replaces || []) this.messages.delete(seq); /* two messages were answered as one */
      if (message.client_id) this.adopt(message);
    }
    this.render(fresh);
    return fresh;
  }

  /** An own message came back from the server: its bubble stays, the server's words take over. */
  adopt(message) {
    const key = `c${message.client_id}`;
    const mine = this.own.find((own) => own.client_id === message.client_id);
    this.own = this.own.filter((own) => own !== mine);
    for (const file of message.files || []) {
      const known = mine && mine.files.find((other) => other.id === file.id);
      if (known && known.preview) file.preview = known.preview; /* already on this device: no second download */
    }
    const node = this.nodes.get(key);
    if (!node) return;
    this.nodes.delete(key);
    this.nodes.set(`s${message.seq}`, node);
    node.signature = "";
  }

  /** The bot's latest message, when nothing was picked from it yet: the one that shows its buttons. */
  get asking() {
    let latest = null;
    for (const message of this.messages.values()) {
      if (message.author === "bot" && (!latest || message.seq > latest.seq)) latest = message;
    }
    if (!latest || !latest.buttons || !latest.buttons.length) return null;
    if (this.picked.has(latest.seq) || this.own.some((own) => own.from === latest.seq)) return null;
    return latest;
  }

  /** After a change of language: every word of the interface is written again, silently. */
  rewrite() {
    this.quietly(() => {
      for (const node of this.nodes.values()) node.signature = "";
      this.render(0);
    });
  }

  /** Runs `change` without a screen reader reading the whole conversation aloud. */
  quietly(change) {
    this.log.setAttribute("aria-live", "off");
    change();
    setTimeout(() => this.log.setAttribute("aria-live", "polite"), 200);
  }

  render(fresh = 0) {
    const follow = this.isAtEnd() || this.own.some((own) => own.isNew);
    const rows = [...this.messages.values()]
      .map((message) => ({ key: `s${message.seq}`, place: message.seq, message }))
      .concat(this.own.map((own) => ({ key: `c${own.client_id}`, place: own.place ?? Infinity, own })))
      .sort((a, b) => (a.place === b.place ? 0 : a.place - b.place));
    this.place(this.wanted(rows));
    for (const own of this.own) own.isNew = false;
    if (follow) this.toEnd();
    else if (fresh) this.jump.hidden = false;
  }

  /** The nodes in their order, with a separator where the day changes. */
  wanted(rows) {
    const asking = this.asking;
    const nodes = [];
    let day = "";
    let before = "";
    for (const row of rows) {
      const { message, own } = row;
      if (message && message.day && message.day !== day) {
        day = message.day;
        before = "";
        nodes.push(this.node(`d${day}.${message.seq}`, `day ${day}`, (node) => fillDay(node, day)));
      }
      const author = own ? "resident" : message.author;
      const isFirst = author !== before;
      before = author;
      const node = this.node(row.key, signatureOf(own || message, isFirst), (fresh) => {
        if (own) this.fillOwn(fresh, own, isFirst);
        else this.fillMessage(fresh, message, isFirst);
      });
      this.showChoices(node, message && message === asking ? message : null);
      nodes.push(node);
    }
    return nodes;
  }

  /** The node of `key`, filled anew only when what it shows has changed. */
  node(key, signature, fill) {
    let node = this.nodes.get(key);
    if (!node) {
      node = make("li");
      this.nodes.set(key, node);
    }
    if (node.signature !== signature) {
      node.replaceChildren();
      node.choices = null;
      fill(node);
      node.signature = signature;
    }
    return node;
  }

  /** Brings the list to `nodes` without moving what is already in its place. */
  place(nodes) {
    const stay = new Set(nodes);
    for (const [key, node] of this.nodes) {
      if (stay.has(node)) continue;
      this.nodes.delete(key);
      node.remove();
    }
    let spot = this.list.firstElementChild;
    for (const node of nodes) {
      if (node === spot) spot = spot.nextElementSibling;
      else this.list.insertBefore(node, spot);
    }
  }

  fillMessage(node, message, isFirst) {
    const side = { resident: "mine", system: "system" }[message.author] || "theirs";
    node.className = `message ${side} ${message.author}${isFirst ? " first" : ""}`;
    if (side === "mine") node.setAttribute("aria-live", "off");
    node.append(this.who(message, isFirst));
    const bubble = make("div", "bubble");
    bubble.lang = tag(message.language);
    const isOwn = side === "mine"; /* what the resident wrote carries no number: the answer to it does */
    this.fillBubble(bubble, isOwn ? { ...message, ticket: null } : message, message);
    bubble.append(meta(message.time, isOwn ? "sent" : ""));
    node.append(bubble);
  }

  fillOwn(node, own, isFirst) {
    node.className = `message mine resident ${own.state}${isFirst ? " first" : ""}`;
    node.setAttribute("aria-live", "off");
    node.append(make("span", "unseen", say("you")));
    const bubble = make("div", "bubble");
    this.fillBubble(bubble, { text: own.label || own.text, files: own.files }, null);
    bubble.append(meta("", own.state === "failed" ? "" : own.state));
    node.append(bubble);
    if (own.state === "failed" || own.state === "waiting") node.append(this.trouble(own));
  }

  fillBubble(bubble, { text, files = [], ticket = null }, message) {
    const photos = files.filter((file) => file.kind === "photo" || file.kind === "image");
    if (photos.length) {
      const grid = make("div", `photos of-${Math.min(photos.length, 3)}`);
      for (const file of photos) grid.append(photoOf(file, () => this.acts.openPhoto(file, message)));
      bubble.append(grid);
    }
    for (const file of files) {
      if (!photos.includes(file)) bubble.append(soundOf(file, (event) => this.acts.openFile(event, message)));
    }
    if (text) fillText(bubble.appendChild(make("p", "text")), text);
    if (ticket) {
      const link = makeButton("ticket-link", say("request_number", { n: ticket.number }), () =>
        this.acts.openTicket(ticket.number));
      link.prepend(makeIcon("list"));
      bubble.append(link);
    }
  }

  /** Who speaks: shown once at the head of a run, said before every message to screen readers. */
  who(message, isFirst) {
    if (message.author === "resident") return make("span", "unseen", say("you"));
    if (message.author === "system") return make("span", "unseen", say("notice"));
    const isBot = message.author === "bot";
    const name = isBot ? say("bot") : message.name || this.acts.butler() || say("butler");
    const who = make("p", isFirst ? "who" : "unseen");
    const face = make("span", `face ${isBot ? "bot" : "butler"}`);
    face.setAttribute("aria-hidden", "true");
    if (isBot) face.append(makeIcon("bot"));
    else face.textContent = Array.from(name)[0];
    if (isFirst) who.append(face);
    who.append(make("span", isBot ? "mark bot" : "mark butler", name));
    return who;
  }

  /** Adds or removes the buttons alone: a bubble drawn again would be read aloud again. */
  showChoices(node, message) {
    if (message && !node.choices) {
      node.choices = this.choices(message);
      node.append(node.choices);
    } else if (!message && node.choices) {
      node.choices.remove();
      node.choices = null;
    }
  }

  choices(message) {
    const labels = message.buttons.map((button) => button.label);
    const isLong = message.style === "list" || labels.some((label) => halfWidths(label) > LONGEST_CHIP);
    const group = make("div", isLong ? "choices rows" : "choices");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", say("choices"));
    group.lang = tag(message.language);
    for (const button of message.buttons) {
      const choice = makeButton("choice", "", () => this.acts.choose(message, button));
      choice.append(make("span", "", button.label));
      if (isLong) choice.append(makeIcon("next"));
      choice.dataset.value = button.value;
      group.append(choice);
    }
    return group;
  }

  /** Below a message that has not gone: why, and what can be done. */
  trouble(own) {
    const row = make("div", "trouble");
    const isFailed = own.state === "failed";
    row.append(make("span", "why", isFailed ? own.problem || say("failed") : say("queued")));
    row.append(makeButton("link retry", say("retry"), () => this.acts.retry(own)));
    row.append(makeButton("link", say("discard"), () => this.acts.discard(own)));
    return row;
  }

  isAtEnd() {
    this.wasAtEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80;
    return this.wasAtEnd;
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    this.jump.hidden = true;
    this.wasAtEnd = true;
  }
}

/** What a node shows, as text; signed addresses change with every answer and do not count. */
function signatureOf(thing, isFirst) {
  const passing = ["url", "fetchedAt", "isNew", "tries", "place"];
  return JSON.stringify([thing, isFirst], (key, value) => (passing.includes(key) ? undefined : value));
}

function fillDay(node, day) {
  node.className = "day";
  node.append(make("span", "", day));
}

/** The small line in a bubble: the time, and for own messages how far they have come. */
function meta(time, state) {
  const line = make("span", "meta");
  if (time) line.append(make("time", "", time));
  const key = OWN_STATES[state];
  if (key === "sent") {
    line.append(makeIcon("check"), make("span", "unseen", say("sent")));
  } else if (state === "queued" || state === "sending") {
    line.append(make("span", "", say("sending")));
  }
  return line;
}

/* ---------- inside a bubble: text with numbers to tap, photos, voice messages ---------- */

/* Telephone numbers (mainland mobile, land line with area code, 400, +country), web addresses, and the
   emergency numbers where the text says what they are for or tells the reader to dial them: "120元" is no
   number to dial. What must stand before a number is a group, since older phones know no look-behind. */
const NUMBER = [
  "\\+\\d{1,3}[ -]?\\d[\\d -]{5,13}\\d",
  "0\\d{2,3}[- ]?\\d{4} ?\\d{3,4}",
  "1[3-9]\\d ?\\d{4} ?\\d{4}",
  "[48]00[- ]?\\d{3,4}[- ]?\\d{3,4}",
  "1(?:10|19|20|22)(?=[（(]| ?(?:报警|火警|急救|police|fire|ambulance))",
].join("|");
const LINKS = new RegExp(
  "(https?://[^\\s，。；！？）】」]+)" +
    `|(^|[^\\d+])(${NUMBER})(?!\\d)` +
    "|((?:拨打?|打|电话|或|dial|call|ring|or|[：:])[ ：:]*)(110|119|120|122|12345)(?!\\d| ?(?:元|块|米|分|号|天|yuan|min))",
  "gi",
);

/** Writes `text` into `node` as text; addresses and numbers in it become links. Nothing is read as markup. */
function fillText(node, text) {
  let from = 0;
  for (const found of text.matchAll(LINKS)) {
    const words = found[1] || found[3] || found[5];
    const start = found.index + found[0].length - words.length;
    node.append(text.slice(from, start), linkOf(words));
    from = start + words.length;
  }
  node.append(text.slice(from));
}

function linkOf(words) {
  const link = make("a", "", words);
  if (words.startsWith("http")) {
    link.href = words;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
  } else {
    link.href = `tel:${words.replace(/[^\d+]/g, "")}`;
  }
  return link;
}

/** A photo as a button that opens it large. */
function photoOf(file, open) {
  const button = make("button", "photo");
  button.type = "button";
  button.setAttribute("aria-label", say("open_photo"));
  const image = make("img");
  image.alt = "";
  image.src = file.preview || `${file.url}&small=1`;
  image.dataset.file = file.id;
  button.append(image);
  button.addEventListener("click", open);
  return button;
}

/** A voice message (or another sound) with the browser's own player; a film opens beside, any other file is saved. */
function soundOf(file, open) {
  if (file.kind === "voice" || file.kind === "audio") {
    const box = make("div", "sound");
    box.append(make("span", "unseen", say("voice_message")));
    const player = make("audio");
    player.controls = true;
    player.preload = "none";
    player.src = file.preview || file.url;
    player.dataset.file = file.id;
    box.append(player);
    return box;
  }
  const link = make("a", "file", file.name);
  link.href = file.url;
  if (file.kind === "video") link.target = "_blank";
  else link.download = file.name;
  link.rel = "noopener noreferrer";
  link.addEventListener("click", open);
  return link;
}
