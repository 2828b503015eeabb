// Ready answers and quick sends: one dialog over the ticket, fetched when it is first wanted.
import { parsed } from "./lay.js";
import { strings, toast } from "./frame.js";
import { awaitSent, isPhone, refresh } from "./ticket.js";

const PREVIEW_MS = 250;
let dialog = null;
let area = null;
let number = 0;
let bySlash = false;
let timer = 0;
let asked = 0;

const looks = document.createElement("link");
looks.rel = "stylesheet";
looks.href = "/static/answers.css";
document.head.append(looks);

async function get(path) {
  const answer = await fetch(path, { headers: { "HX-Request": "true" } });
  if (answer.status === 401) location.reload();
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.text();
}

export async function open(ticket, textarea, isSlash) {
  [number, area, bySlash] = [ticket, textarea, isSlash];
  if (dialog?.open) return;
  try {
    const html = await get(`/tickets/${number}/answers`);
    build(html);
  } catch {
    toast(strings.offline);
  }
}

function build(html) {
  dialog?.remove();
  dialog = document.createElement("dialog");
  dialog.className = "sheet-dialog answers-dialog";
  dialog.classList.toggle("is-for-form", !!area()?.closest("dialog")); // a form is filled in, nothing is sent yet
  dialog.setAttribute("aria-labelledby", "answers-title");
  dialog.replaceChildren(...parsed(html));
  document.body.append(dialog);
  dialog.addEventListener("click", click);
  dialog.addEventListener("input", input);
  dialog.addEventListener("keydown", key);
  dialog.addEventListener("submit", submit);
  dialog.addEventListener("close", () => { dialog.remove(); if (!isPhone()) area()?.focus(); });
  dialog.showModal();
  dialog.querySelector("#answers-find")?.focus();
}

const rows = () => [...dialog.querySelectorAll(".answer")];

function filter(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  for (const row of rows()) row.hidden = !words.every((word) => row.dataset.words.includes(word));
  dialog.querySelector(".answers-none").hidden = rows().some((row) => !row.hidden);
}

function insert(button) {
  const place = area();
  let [from, to] = [place.selectionStart, place.selectionEnd];
  if (bySlash && "/、".includes(place.value[from - 1])) from -= 1;
  const text = button.dataset.text;
  place.setRangeText(text, from, to, "end");
  const hole = /\{[^{}\n]+\}/.exec(text);
  const used = document.createElement("input");
  [used.type, used.name, used.value] = ["hidden", `answer.${button.dataset.answer}`, "1"];
  place.form.append(used);
  dialog.close();
  place.dispatchEvent(new Event("input", { bubbles: true }));
  if (hole) place.setSelectionRange(from + hole.index, from + hole.index + hole[0].length);
  place.focus();
}

async function show(kind, values = "") {
  const turn = ++asked;
  const html = await get(`/tickets/${number}/quick/${kind}${values}`).catch(() => "");
  if (turn !== asked || !html) return;
  const place = dialog.querySelector("#quick-place");
  if (!values) {
    place.replaceChildren(...parsed(html));
    place.querySelector("input:not([type=hidden]), select, button")?.focus();
    return;
  }
  const fresh = new DOMParser().parseFromString(html, "text/html");
  place.querySelector(".quick-said").replaceWith(fresh.querySelector(".quick-said"));
}

function click(event) {
  if (event.target.closest("[data-closes]")) { event.preventDefault(); dialog.close(); return; }
  const answer = event.target.closest("[data-answer]");
  if (answer) insert(answer);
  const quick = event.target.closest("[data-quick]");
  if (quick) { event.preventDefault(); show(quick.dataset.quick); }
}

function input(event) {
  if (event.target.id === "answers-find") return filter(event.target.value);
  const form = event.target.closest("form.quick");
  if (!form) return;
  clearTimeout(timer);
  const values = new URLSearchParams(new FormData(form));
  values.delete("csrf");
  timer = setTimeout(() => show(form.dataset.kind, `?${values}`), PREVIEW_MS);
}

// Enter takes the first answer that is shown; a pinyin candidate is accepted before that.
function key(event) {
  if (event.target.id !== "answers-find" || event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  const first = rows().find((row) => !row.hidden && row.querySelector("[data-answer]"));
  if (first) insert(first.querySelector("[data-answer]"));
}

async function submit(event) {
  event.preventDefault();
  const form = event.target;
  const send = form.querySelector(".is-primary");
  if (send.disabled) return;
  send.disabled = true;
  let isSent = false;
  awaitSent(true);
  try {
    const token = document.querySelector('meta[name="csrf"]').content;
    const answer = await fetch(form.action, {
      method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "HX-Request": "true", "X-CSRF": token },
    });
    if (answer.status === 422) { dialog.querySelector("#quick-place").replaceChildren(...parsed(await answer.text())); return; }
    const said = answer.headers.get("X-Toast");
    if (!answer.ok) { toast(said ? decodeURIComponent(said) : strings.offline); return; }
    dialog.close();
    if (said) toast(decodeURIComponent(said));
    refresh(number);
    isSent = true;
  } catch {
    toast(strings.offline);
  } finally {
    if (!isSent) awaitSent(false);
    send.disabled = false;
  }
}
