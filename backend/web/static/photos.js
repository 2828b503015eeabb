// Photos and files of a reply go up as soon as they are chosen: neither a slow line nor a refusal then costs any words.
import { say, toast } from "./frame.js";

const LONGEST_SIDE = 2048; // pixels: enough to read a meter, a tenth of what a phone's camera writes
const SMALL_ENOUGH = 1500000; // bytes
let loading = 0;
let asked = null;

const looks = document.createElement("link");
looks.rel = "stylesheet";
looks.href = "/static/photos.css";
document.head.append(looks);

const tray = () => document.getElementById("composer-photos");

const isPicture = (file) => file.type.startsWith("image/");

async function lighten(file) {
  if (!isPicture(file) || file.size <= SMALL_ENOUGH || !window.createImageBitmap) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const lighter = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    return lighter && lighter.size < file.size ? lighter : file;
  } catch {
    return file; // the server says what is wrong with it
  }
}

function waiting(name) {
  const chip = document.createElement("li");
  chip.className = "photo-chip is-waiting";
  chip.textContent = `${name} …`;
  tray().append(chip);
  return chip;
}

async function send(file) {
  const body = new FormData();
  for (const one of tray().querySelectorAll("input[type=hidden]")) body.append(one.name, one.value);
  const place = tray().dataset.photos;
  const chip = waiting(file.name);
  try {
    body.append("photo", await lighten(file), file.name);
    const token = document.querySelector('meta[name="csrf"]').content;
    const answer = await fetch(place, { method: "POST", body, headers: { "X-CSRF": token, "HX-Request": "true" } });
    const html = document.createRange().createContextualFragment(await answer.text());
    const made = html.querySelector("li");
    if (!made) throw new Error(`answered with ${answer.status}`);
    if (answer.ok && isPicture(file)) show(made, file);
    chip.replaceWith(made);
  } catch {
    chip.remove();
    toast(say("offline_photo"));
  }
}

function show(chip, file) {
  const image = new Image();
  image.alt = "";
  image.src = URL.createObjectURL(file);
  chip.querySelector(".icon").replaceWith(image);
}

export async function choose(input) {
  const chosen = [...input.files];
  input.value = ""; // they go up one by one; the form carries their ids
  for (const old of tray().querySelectorAll(".photo-refused")) old.remove();
  loading += 1;
  for (const file of chosen) await send(file);
  loading -= 1;
  if (!loading && asked) { const button = asked; asked = null; button.form?.requestSubmit(button); }
}

// Who presses send while a photo is on its way has it sent when the photo is here.
function hold(event) {
  if (event.target.id !== "composer" || !loading) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  asked = event.submitter ?? event.target.querySelector(".is-primary");
}

function remove(event) {
  const button = event.target.closest("[data-remove-photo]");
  if (!button) return;
  button.closest("li").remove();
  document.querySelector(".photo-add input").focus();
}

document.addEventListener("submit", hold, true);
document.addEventListener("click", remove);
