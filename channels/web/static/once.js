/* A press counts once: not the second half of a double click, not a second touch that comes too soon for anybody to have
   read the page in between, not a key held down. The server counts a form once too; this is for the page after it. */
(function () {
  "use strict";
  const HASTE = 500;
  let touched = -HASTE;
  let hasty = false;
  let again = false;
  document.addEventListener("touchstart", event => {
    hasty = event.timeStamp - touched < HASTE;
    touched = event.timeStamp;
  }, { passive: true });
  document.addEventListener("click", event => {
    again = event.detail > 1 || hasty && event.timeStamp - touched < HASTE;
  }, true);
  document.addEventListener("keydown", event => {
    if (event.repeat && event.key === "Enter" && event.target.closest("button")) event.preventDefault();
  });
  document.addEventListener("submit", event => {
    if (!again) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
})();
