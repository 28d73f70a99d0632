/* « Copier »: its buttons are shown where scripts run. Without them, the field is selected and copied by hand.
   Written for browsers of 2017, like camille.js. */
(function () {
  "use strict";
  document.querySelectorAll("[data-copy]").forEach(button => { button.hidden = false; });
  document.addEventListener("click", event => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const field = document.getElementById(button.dataset.copy);
    const told = button.parentNode.querySelector(".copied");
    const tell = done => { told.textContent = done ? told.dataset.done : told.dataset.failed; };
    // The old way first: it works on pages that are not https, and says whether it did.
    field.select();
    let done = false;
    try {
      done = document.execCommand("copy");
    } catch (error) {
      done = false;
    }
    if (done || !navigator.clipboard) {
      button.focus();
      tell(done);
    } else {
      navigator.clipboard.writeText(field.value).then(() => { button.focus(); tell(true); }, () => tell(false));
    }
  });
})();
