/* « Écouter »: reads the message and its choices aloud, slowly. Shown only where the device itself has a French voice:
   other voices send the words to somebody. It never listens. Written for browsers of 2017, like camille.js. */
(function () {
  "use strict";
  const speech = window.speechSynthesis;
  const button = document.querySelector(".listen");
  if (!speech || !window.SpeechSynthesisUtterance) return;
  const main = document.getElementById("contenu");
  const MESSAGE = ".greeting p, .notice, .notice p, .said p, .choices legend, .choices button";
  const RATE = 0.85;
  let reading = []; // held here, or some browsers forget to tell the end

  const voice = () => speech.getVoices().filter(one => one.localService && /^fr([-_]|$)/i.test(one.lang))[0];

  function offer() {
    button.hidden = !voice();
  }

  function label(name) {
    button.querySelector("span").textContent = button.dataset[name];
  }

  function hush() {
    if (!reading.length) return;
    reading = [];
    speech.cancel();
    label("start");
  }

  // The message where there is one, else the whole page. A part is a sentence: some browsers cut long ones short.
  function parts() {
    const task = main.querySelector(".task");
    const nodes = Array.from(task ? task.querySelectorAll(MESSAGE) : main.querySelectorAll("h1, h2, p, li"));
    return nodes.filter(node => !node.querySelector("p")).map(node => node.textContent.replace(/\s+/g, " ").trim());
  }

  function read() {
    const chosen = voice();
    const mine = parts().map(text => {
      const part = new SpeechSynthesisUtterance(text);
      part.voice = chosen;
      part.lang = chosen.lang;
      part.rate = RATE;
      return part;
    });
    const last = mine[mine.length - 1];
    last.onend = last.onerror = () => { if (reading === mine) hush(); };
    reading = mine;
    label("stop");
    speech.cancel();
    mine.forEach(part => speech.speak(part));
  }

  button.addEventListener("click", () => { if (reading.length) hush(); else read(); });
  main.addEventListener("page", hush); // another page: its words are another matter
  window.addEventListener("pagehide", hush);
  if (speech.addEventListener) speech.addEventListener("voiceschanged", offer);
  else speech.onvoiceschanged = offer; // Safari, for a long time
  offer();
})();
