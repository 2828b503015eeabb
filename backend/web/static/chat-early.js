/* Runs before the first paint, so that a chosen theme or large type never flashes by. */
(function () {
  "use strict";
  try {
    const root = document.documentElement;
    const theme = localStorage.getItem("guanjia.chat.theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    if (localStorage.getItem("guanjia.chat.large") === "1") root.classList.add("large");
  } catch {
    /* Storage is closed to us in some embedded frames: the page then follows the device. */
  }
})();
