/* Text size and contrast, as the reader chose them: kept in this browser, sent to nobody. Loaded in the head and not
   deferred, so that the first paint is already right. It says `js` on the root too: what needs a script is shown then,
   and never otherwise. Written for browsers of 2017, like camille.js. */
(function () {
  "use strict";
  const KEY = "camille.display";
  const NAMES = ["size", "contrast"];
  const root = document.documentElement;
  let chosen = {};

  function read() {
    try {
      chosen = JSON.parse(localStorage.getItem(KEY)) || {};
    } catch (error) {
      chosen = {}; // storage is refused, or holds something else: the page as it comes
    }
  }

  function keep() {
    try {
      if (NAMES.some(name => chosen[name])) localStorage.setItem(KEY, JSON.stringify(chosen));
      else localStorage.removeItem(KEY);
    } catch (error) {
      // It then holds for this page only.
    }
  }

  function apply() {
    NAMES.forEach(name => {
      if (chosen[name]) root.setAttribute("data-" + name, chosen[name]);
      else root.removeAttribute("data-" + name);
    });
    document.querySelectorAll("[data-display]").forEach(button => {
      button.setAttribute("aria-pressed", String((chosen[button.dataset.display] || "") === button.value));
    });
  }

  root.classList.add("js");
  read();
  apply();
  document.addEventListener("DOMContentLoaded", apply);
  window.addEventListener("storage", () => { read(); apply(); }); // chosen in another tab

  document.addEventListener("click", event => {
    const button = event.target.closest("[data-display], .display-open");
    if (!button) return;
    if (button.dataset.display) {
      chosen[button.dataset.display] = button.value;
      keep();
      apply();
    } else {
      const panel = document.getElementById(button.getAttribute("aria-controls"));
      panel.hidden = !panel.hidden;
      button.setAttribute("aria-expanded", String(!panel.hidden));
    }
  });
})();
