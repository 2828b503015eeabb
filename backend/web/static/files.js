// What was chosen in a field of files, in the page's words: the browser's own stand unseen beneath.
const list = new Intl.ListFormat(document.documentElement.lang);

function show(input) {
  const place = input.parentElement.querySelector(".file-chosen");
  const names = list.format([...input.files].map((file) => file.name));
  place.textContent = names || place.dataset.none;
  place.classList.toggle("is-none", !names);
  input.title = place.textContent; // else the browser says its own
}

const fields = (form) => form.querySelectorAll(".file-pick input");

document.addEventListener("change", (event) => { if (event.target.matches(".file-pick input")) show(event.target); });
document.addEventListener("reset", (event) => { setTimeout(() => fields(event.target).forEach(show)); });
fields(document).forEach(show); // a page that was left and is read again may hold them still
