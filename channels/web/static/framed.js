// In a frame of another site: says that the page is there, and that somebody wants to close the window around it.
// What is said is no secret, so any site may hear it.
if (window.parent !== window) {
  window.parent.postMessage("camille:ici", "*");
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") window.parent.postMessage("camille:fermer", "*");
  });
}
