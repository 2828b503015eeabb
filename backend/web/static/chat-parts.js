/* What stands inside a bubble: text with numbers to tap, photos, voice messages. */

import { make, say } from "./chat-words.js";

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
    "|((?:拨打?|打|dial|call|ring) ?)(110|119|120|122|12345)(?!\\d)",
  "gi",
);

/** Writes `text` into `node` as text; addresses and numbers in it become links. Nothing is read as markup. */
export function fillText(node, text) {
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
export function photoOf(file, open) {
  const button = make("button", "photo");
  button.type = "button";
  button.setAttribute("aria-label", say("open_photo"));
  const image = make("img");
  image.alt = "";
  image.src = file.preview || file.url;
  image.dataset.file = file.id;
  button.append(image);
  button.addEventListener("click", open);
  return button;
}

/** A voice message (or another sound) with the browser's own player; any other file as a link. */
export function soundOf(file) {
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
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  return link;
}
