/* The interface's own sentences in both languages, so that the switch needs no reload. */

export const page = JSON.parse(document.getElementById("page-data").textContent);

const TAGS = { zh: "zh-Hans-CN", en: "en" };
let current = page.language in page.strings ? page.language : "zh";

export const language = () => current;

/** The BCP 47 tag for a language code of the API ("zh" or "en"). */
export const tag = (code) => TAGS[code] || TAGS[current];

/** The sentence `key` with its {holes} filled; an unknown key gives an empty text, never a key on the page. */
export function say(key, holes = {}) {
  const text = page.strings[current][key] || "";
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in holes ? String(holes[name]) : whole));
}

/** Turns the whole interface to `code`: text of [data-t], labels of [data-t-label], hints of [data-t-hint]. */
export function speak(code) {
  if (!(code in page.strings)) return;
  current = code;
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
