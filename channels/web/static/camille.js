/* Comfort, and nothing that is needed: answers come without a reload and are announced once. French words stand in the
   templates. Browsers older than 2017 stop at the next lines and keep the ordinary page. */
(function () {
  "use strict";
  if (!window.fetch || !window.DOMParser || !Element.prototype.closest) return;
  const main = document.getElementById("contenu");
  const foot = document.querySelector(".bottom");
  const log = document.getElementById("annonces"); // the one live region: empty at first, never mounted again
  const words = log.dataset;
  const SLOW = 1000, PATIENCE = 20000;

  let busy = false, refused = false, note = null;
  let shown = history.state && history.state.camille || 0;
  const list = (root, selector) => Array.from(root.querySelectorAll(selector));
  const plain = node => node.textContent.replace(/\s+/g, " ").trim();

  const line = text => Object.assign(document.createElement("p"), { textContent: text });

  /* Saying */

  function say(text) {
    // After the focus has moved: what is told of the focus would cut it short.
    setTimeout(() => {
      log.textContent = "";
      log.appendChild(line(text));
    }, 150);
  }

  function forget() {
    if (note && note.parentNode) note.parentNode.removeChild(note);
  }

  function tell(place, text) {
    forget();
    note = line(text);
    note.className = "notice told";
    place.insertAdjacentElement("afterend", note);
    if (note.getBoundingClientRect().bottom > innerHeight) note.scrollIntoView(false);
    say(text);
  }

  /* Showing */

  // What a piece says, whatever its ids and tokens, and whatever was done to it.
  function print(node) {
    const copy = node.cloneNode(true);
    list(copy, "[type=hidden], textarea, details, h1").forEach(part => {
      ["value", "style", "open", "tabindex"].forEach(name => part.removeAttribute(name));
    });
    return copy.outerHTML;
  }

  // Pieces that say the same stay, with the focus and the words typed in them; the others give way, and are returned.
  // A button whose words change is always a new one: the focus never stays on a choice that was not read.
  function renew(old, fresh) {
    let at = old.firstElementChild;
    const added = [];
    const drop = () => { const gone = at; at = at.nextElementSibling; old.removeChild(gone); };
    Array.from(fresh.children).forEach(piece => {
      let same = at;
      while (same && print(same) !== print(piece)) same = same.nextElementSibling;
      if (!same) return added.push(old.insertBefore(piece, at));
      while (at !== same) drop();
      const values = list(piece, "[type=hidden]");
      list(same, "[type=hidden]").forEach((field, index) => { field.value = values[index].value; });
      return at = same.nextElementSibling;
    });
    while (at) drop();
    return added;
  }

  function replace(page) {
    forget();
    const fresh = page.getElementById("contenu");
    const talk = main.querySelector(".talk");
    const next = fresh.querySelector(".talk");
    if (talk && next) talk.className = next.className;
    const added = renew(talk && next ? talk : main, talk && next || fresh);
    renew(foot, page.querySelector(".bottom"));
    document.title = page.title;
    main.dispatchEvent(new CustomEvent("page"));
    return added;
  }

  // The eyes go to the top, as on any new page. The focus stays if it can still be seen there; otherwise it goes to the
  // heading: every page has one, just before the words and the choices. Where the message is the same, what is new
  // beside it (thanks for a rating) takes its place, and nothing moves.
  function look(added) {
    const beside = !added.some(piece => piece.querySelector("h1")) && added[0];
    const to = beside || main.querySelector("h1");
    const active = document.activeElement;
    if (active === document.body || !beside && active.getBoundingClientRect().bottom + pageYOffset > innerHeight) {
      to.tabIndex = -1;
      to.focus();
    }
    if (!beside) scrollTo(0, 0);
    const read = beside ? [beside] : list(main, ".where, h1, p.notice, .notice p, .greeting p, .said p, .code");
    const texts = read.filter(node => beside || node !== document.activeElement).map(plain).filter(Boolean);
    say(texts.map(text => /[.?!:]$/.test(text) ? text : text + ".").join(" "));
  }

  /* Asking */

  function ask(url, options) {
    options.credentials = "same-origin";
    const came = fetch(url, options).then(answer => answer.text().then(text => {
      const page = new DOMParser().parseFromString(text, "text/html");
      const ours = page.getElementById("contenu") && page.querySelector(".bottom");
      return { ok: answer.ok, status: answer.status, url: answer.url, page, ours };
    }));
    return Promise.race([came, new Promise((_, late) => setTimeout(late, PATIENCE))]);
  }

  // What a browser does without us.
  function submit(form, pressed) {
    const { name, value } = pressed || { name: "", value: "" };
    const carried = form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    form.submit();
    form.removeChild(carried);
  }

  function send(form, pressed) {
    const body = new FormData(form);
    const place = pressed && pressed.closest(".help-row") || form;
    const typed = form.querySelector("textarea");
    if (pressed && pressed.name) body.append(pressed.name, pressed.value);
    busy = true;
    forget();
    const slow = setTimeout(() => tell(place, words.wait), SLOW);
    ask(form.action, { method: "POST", body }).then(got => {
      // Not ours (the door of a public network), or a page that reloads itself while Camille gets ready.
      if (got.ok && (!got.ours || got.page.querySelector("[http-equiv=refresh]"))) return submit(form, pressed);
      if (!got.ok) return refuse(form, pressed, place, got);
      refused = false;
      if (typed) typed.value = "";
      shown += 1;
      history.pushState({ camille: shown }, "", got.url);
      return look(replace(got.page));
    }).catch(() => tell(place, words.lost)).then(() => {
      clearTimeout(slow);
      busy = false;
    });
  }

  // Refused once: say so, keep what was typed, get a new token. Then the server's own page.
  function refuse(form, pressed, place, got) {
    if (refused && got.status < 500) return submit(form, pressed);
    refused = true;
    const said = got.ours && got.page.querySelector(".said");
    if (got.status !== 400) return tell(place, said ? plain(said) : words.lost);
    return ask(location.href, {}).then(({ page }) => {
      const token = page.querySelector("[name=csrf_token]");
      if (token) list(document, "[name=csrf_token]").forEach(field => { field.value = token.value; });
      tell(place, words.refused);
    });
  }

  // Back and forward: always the step that holds now.
  function refresh(moved) {
    ask(location.href, {}).then(got => {
      if (!got.ok || !got.ours) throw got;
      forget();
      const before = plain(main);
      const added = replace(got.page);
      if (plain(main) !== before) look(added);
      else if (moved) {
        scrollTo(0, 0);
        tell(main.querySelector("h1"), words.same);
      }
    }).catch(() => location.reload());
  }

  /* Pressing */

  let pressed = null; // older browsers do not tell it with the form
  document.addEventListener("click", event => { pressed = event.target.closest("button"); }, true);
  document.addEventListener("submit", event => {
    const form = event.target;
    if (form.method !== "post" || form.action.indexOf(location.origin + "/") !== 0) return;
    event.preventDefault();
    if (!busy) send(form, pressed && pressed.form === form ? pressed : null);
  });

  const number = () => history.replaceState({ camille: shown }, "");
  number();
  addEventListener("hashchange", number); // « Aller au contenu »
  addEventListener("popstate", event => {
    if (!event.state || event.state.camille === shown) return;
    shown = event.state.camille;
    refresh(true);
  });
  addEventListener("pageshow", event => { if (event.persisted) refresh(false); });
})();
