// The page of sound and notifications: the test lets the browser play, the tick asks for leave; nothing at load.
import { chime } from "./chime.js";

const form = document.getElementById("notify-form");

async function test() {
  const said = document.getElementById("sound-said");
  const isHeard = await chime();
  said.textContent = isHeard ? said.dataset.heard : said.dataset.silent;
  if (isHeard) form.elements.has_sound.checked = true;
}

async function askLeave(event) {
  if (!event.target.checked) return;
  const said = document.getElementById("notice-said");
  const leave = window.Notification ? await Notification.requestPermission() : "missing";
  said.textContent = said.dataset[leave] ?? said.dataset.denied;
  event.target.checked = leave === "granted";
}

export function startNotifySettings() {
  document.getElementById("sound-test").addEventListener("click", test);
  document.getElementById("notice-on").addEventListener("change", askLeave);
}
