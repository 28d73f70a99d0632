// One line puts a button on a page: <script src="https://…/bouton.js" defer></script>  (docs/integrer.fr.md)
// data-mode="fenetre": a window over the page instead of a new page.  data-texte: other words on the button.
// data-place: a CSS selector, to put it elsewhere than where the script stands.
// Reads nothing of the page around it, stores nothing, and loads nothing before somebody presses.
(function () {
  "use strict";
  var script = document.currentScript;
  if (!script) return;
  var home = new URL(script.src).origin;
  var words = script.getAttribute("data-texte") || "Activer Mon espace santé, pas à pas";
  var windowed =
    script.getAttribute("data-mode") === "fenetre" &&
    typeof HTMLDialogElement === "function" &&
    typeof HTMLDialogElement.prototype.showModal === "function";

  var look =
    ":host { display: block; margin: 1rem 0; font: 600 1.125rem/1.35 system-ui, -apple-system, 'Segoe UI', Roboto," +
    "  'Liberation Sans', Arial, sans-serif; color: #1b2928; text-align: left; }" +
    "* { box-sizing: border-box; }" +
    ".big { display: inline-flex; align-items: center; gap: .75rem; max-width: 100%; min-height: 3.5rem;" +
    "  padding: .6rem 1.1rem; border: 2px solid #0a4d4a; border-radius: .75rem; background: #0a4d4a; color: #fffdf8;" +
    "  font: inherit; text-align: left; text-decoration: none; cursor: pointer; }" +
    ".big:hover span:first-of-type { text-decoration: underline; text-underline-offset: .2em; }" +
    ".big small { display: block; font-size: .875rem; font-weight: 400; }" +
    ".close { min-height: 3rem; padding: .4rem 1rem; border: 2px solid #0a4d4a; border-radius: .75rem;" +
    "  background: #fffdf8; color: #1b2928; font: inherit; cursor: pointer; }" +
    ":focus-visible { outline: 4px solid #8a2be2; outline-offset: 3px; }" +
    "dialog { width: min(44rem, calc(100vw - 1rem)); max-height: calc(100vh - 1rem); padding: .75rem; border: 2px solid" +
    "  #0a4d4a; border-radius: .75rem; background: #fffdf8; color: #1b2928; }" +
    "dialog::backdrop { background: rgba(0, 0, 0, .6); }" +
    "header { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: .5rem; }" +
    "h2 { margin: 0; font-size: 1.05rem; }" +
    "p { margin: 1rem 0; font-weight: 400; }" +
    "iframe { display: block; width: 100%; height: 35rem; max-height: calc(100vh - 7.5rem); margin-top: .75rem; border: 0; }" +
    "[hidden] { display: none; }" +
    "@media (forced-colors: active) { .big, .close, dialog { border-color: CanvasText; } }";

  function made(name, given, inside) {
    var item = document.createElement(name);
    Object.keys(given).forEach(function (key) { item.setAttribute(key, given[key]); });
    (inside || []).forEach(function (part) {
      item.appendChild(typeof part === "string" ? document.createTextNode(part) : part);
    });
    return item;
  }

  function link(text, under) {
    return made("a", { class: "big", href: home + "/", target: "_blank", rel: "noopener noreferrer" }, [
      made("span", {}, [made("span", {}, [text]), made("small", {}, [under])]),
    ]);
  }

  var host = made("div", { class: "camille-bouton", lang: "fr" });
  // Apart from the sheets of the page, where the browser can. Where the page forbids our style, words are left: enough.
  var root = host.attachShadow ? host.attachShadow({ mode: "open" }) : host;
  if (root !== host) {
    try {
      var sheet = new CSSStyleSheet();
      sheet.replaceSync(look);
      root.adoptedStyleSheets = [sheet];
    } catch (older) {
      root.appendChild(made("style", {}, [look]));
    }
  }

  if (windowed) {
    addWindow();
  } else {
    root.appendChild(link(words, "Camille, un assistant automatique. Nouvelle page."));
  }
  place();

  function addWindow() {
    var button = made("button", { type: "button", class: "big", "aria-haspopup": "dialog" }, [
      made("span", {}, [made("span", {}, [words]), made("small", {}, ["Camille, un assistant automatique"])]),
    ]);
    var close = made("button", { type: "button", class: "close" }, ["Fermer"]);
    // Until the frame has said that it is there, and for ever where it may not be shown.
    var instead = made("div", {}, [
      made("p", {}, ["Camille s’ouvre dans une nouvelle page. Cette page-ci reste ouverte."]),
      link("Ouvrir Camille", "Nouvelle page"),
    ]);
    var dialog = made("dialog", { "aria-labelledby": "camille-titre" }, [
      made("header", {}, [made("h2", { id: "camille-titre" }, ["Camille vous aide"]), close]),
      instead,
    ]);
    var frame = null;

    button.addEventListener("click", function () {
      if (!frame) {
        frame = made("iframe", { title: "Présentation de Camille", src: home + "/bouton", referrerpolicy: "no-referrer" });
        frame.hidden = true;
        dialog.appendChild(frame);
      }
      dialog.showModal();
    });
    close.addEventListener("click", function () { dialog.close(); });
    dialog.addEventListener("close", function () { button.focus(); });
    window.addEventListener("message", function (event) {
      if (!frame || event.origin !== home || event.source !== frame.contentWindow) return;
      if (event.data === "camille:ici") {
        frame.hidden = false;
        instead.hidden = true;
      } else if (event.data === "camille:fermer") {
        dialog.close();
      }
    });
    root.appendChild(button);
    root.appendChild(dialog);
  }

  function place() {
    var wanted = script.getAttribute("data-place");
    var target = null;
    try {
      target = wanted && document.querySelector(wanted);
    } catch (unreadable) {
      target = null;
    }
    if (target) target.appendChild(host);
    else if (document.body.contains(script)) script.parentNode.insertBefore(host, script.nextSibling);
    else document.body.appendChild(host);
  }
})();
