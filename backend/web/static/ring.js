// What rings in the tab that leads: a sound, a notification; never for what somebody is looking at.
import { strings } from "./frame.js";

const MINUTE_MS = 60000;
const WATCH_MS = 150;
const FORGET_MS = 86400000;
const MOST_NOTICES = 3;
let again = 0;
const seen = new Set();

// What this device has rung for, so that no tab and no reload rings twice.
const HEARD = `heard ${document.body.dataset.user}`;
function heard() {
  try { return JSON.parse(localStorage.getItem(HEARD)) ?? {}; } catch { return {}; }
}
function remember(keys) {
  const now = Date.now();
  const all = Object.entries(heard()).filter(([, at]) => now - at < FORGET_MS);
  localStorage.setItem(HEARD, JSON.stringify({ ...Object.fromEntries(all), ...Object.fromEntries(keys.map((key) => [key, now])) }));
}

const isWatched = (number) => !document.hidden && Number(document.querySelector("[data-ticket]")?.dataset.ticket) === number;

function dueOf({ rings, repeat }) {
  const was = heard();
  return rings.filter(({ key, kind }) => !(key in was) || (repeat && kind === "new" && Date.now() - was[key] >= MINUTE_MS - 1000));
}

// Every tab is asked first whether somebody is looking at that very conversation.
async function unwatched(due, pulse) {
  const numbers = due.map((one) => one.number);
  numbers.filter(isWatched).forEach((number) => seen.add(number));
  pulse.post({ watching: numbers });
  await new Promise((resolve) => { setTimeout(resolve, WATCH_MS); });
  const left = due.filter((one) => !seen.has(one.number));
  remember(due.filter((one) => seen.has(one.number)).map((one) => one.key));
  seen.clear();
  return left;
}

export async function ring(answer, pulse) {
  const sound = answer.sound && await import("./chime.js");
  if (sound) sound.unlock();
  const due = await unwatched(dueOf(answer), pulse);
  if (!due.length) return;
  const rest = MINUTE_MS - (Date.now() - Number(localStorage.getItem("rang") ?? 0));
  if (rest > 0 && rest <= MINUTE_MS) { clearTimeout(again); again = setTimeout(pulse.soon, rest); return; }
  localStorage.setItem("rang", Date.now());
  remember(due.map((one) => one.key));
  if (sound) sound.chime();
  if (answer.notice) due.slice(0, MOST_NOTICES).forEach(notice);
}

// It may stand on a locked screen: number and building, nothing else.
function notice({ key, number, text }) {
  if (window.Notification?.permission !== "granted") return;
  let shown;
  try { shown = new Notification(strings.brand, { body: text, tag: key }); } catch { return; } // phones need a worker
  shown.onclick = () => {
    window.focus();
    shown.close();
    // What is being written in this tab stays where it is.
    if (document.querySelector("main form[method=post]")) window.open(`/tickets/${number}`);
    else location.href = `/tickets/${number}`;
  };
}

// Another tab asks who is looking, or says that somebody is.
export function hear(word, pulse) {
  if (word.watching) word.watching.filter(isWatched).forEach((number) => pulse.post({ seen: number }));
  else if (word.seen) seen.add(word.seen);
}
