// Sentences made in Python, in the viewer's language, with {holes}; and the two places that speak them.
const block = document.getElementById("strings");
export const strings = JSON.parse(block?.textContent || "{}");

export function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export function say(name, values = {}) {
  return fill(strings[name] ?? "", values);
}

// Read once by a screen reader; never a ticking text.
export function announce(text) {
  const place = document.getElementById("announce");
  if (place) place.textContent = text;
}

export function toast(text) {
  const note = document.createElement("p");
  note.className = "toast";
  note.textContent = text;
  document.getElementById("toasts").append(note);
  setTimeout(() => note.remove(), 6000);
}
