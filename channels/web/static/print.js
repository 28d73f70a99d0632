/* « Imprimer »: its buttons are shown where scripts run. Without them, the browser's own menu prints the same page. */
(function () {
  "use strict";
  document.addEventListener("click", event => {
    if (event.target.closest("[data-print]")) window.print();
  });
})();
