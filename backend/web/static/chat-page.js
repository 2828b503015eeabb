/* What stands around the conversation: header, lines that come and go, appearance. */

import { keep } from "./chat-api.js";
import { page, say } from "./chat-words.js";

const TYPING = 6000; /* milliseconds a typing sign stays without being renewed */

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

/** Shows `words` as the sign that somebody writes, for six seconds at most; an empty text takes it away. */
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

export function setTheme(theme) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  keep.set("theme", theme);
}

export function isLarge() {
  return document.documentElement.classList.contains("large");
}

export function setLarge(isOn) {
  document.documentElement.classList.toggle("large", isOn);
  $("large").setAttribute("aria-pressed", String(isOn));
  keep.set("large", isOn ? "1" : "0");
}
