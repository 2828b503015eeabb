// A colour that is written as letters and figures, which is what is sent, and picked beside it: each follows the other.
const WRITTEN = /^#?([0-9a-f]{6})$/i;

function start(picker) {
  const text = document.getElementById(picker.dataset.colourOf);
  // What is no colour, and nothing at all, shows the one that pages have without.
  const follow = () => {
    const found = WRITTEN.exec(text.value.trim());
    picker.value = found ? `#${found[1].toLowerCase()}` : picker.defaultValue;
  };
  follow();
  picker.hidden = false;
  text.addEventListener("input", follow);
  picker.addEventListener("input", () => {
    text.value = picker.value;
    text.dispatchEvent(new Event("input", { bubbles: true })); // it counts as typed
  });
}

document.querySelectorAll("[data-colour-of]").forEach(start);
