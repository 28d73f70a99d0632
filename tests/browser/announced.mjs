// What a screen reader would say: our pages and our script in jsdom, read by a virtual screen reader.
// Standard input: {"scripts": [...], "pages": [html, ...]}. The first page is opened; each press on the first choice is
// answered by the next one. Standard output: what was said after each press.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const need = createRequire(`${process.argv[2]}/`);
const { JSDOM } = need("jsdom");
const { scripts, pages } = JSON.parse(readFileSync(0, "utf8"));
const [opened, ...answers] = pages;

const { window } = new JSDOM(opened, { url: "http://127.0.0.1/", runScripts: "outside-only", pretendToBeVisual: true });
window.scrollTo = () => {};
window.fetch = () => {
  const html = answers.shift();
  return Promise.resolve({ ok: true, status: 200, url: "http://127.0.0.1/", text: () => Promise.resolve(html) });
};
for (const name of ["window", "document", "Node", "Element", "HTMLElement", "MutationObserver", "KeyboardEvent"]) {
  globalThis[name] = name === "window" ? window : window[name];
}
globalThis.CSS = { escape: name => name.replace(/[^\w-]/g, "\\$&") }; // jsdom has none
const { virtual } = need("@guidepup/virtual-screen-reader");

const pause = milliseconds => new Promise(done => setTimeout(done, milliseconds));
const heard = [];
await virtual.start({ container: window.document.body, window });
for (const script of scripts) window.eval(script);
const region = window.document.getElementById("annonces");
while (answers.length) {
  await virtual.clearSpokenPhraseLog();
  const choice = window.document.querySelector(".choices button");
  choice.focus();
  await pause(50);
  await virtual.clearSpokenPhraseLog();
  choice.click();
  for (let turn = 0; turn < 40; turn += 1) {
    await pause(250);
    if ((await virtual.spokenPhraseLog()).some(phrase => phrase.startsWith("polite"))) break;
  }
  await pause(500); // for what would be said twice
  heard.push({
    phrases: await virtual.spokenPhraseLog(),
    focus: window.document.activeElement.id,
    same: region === window.document.getElementById("annonces"),
  });
}
await virtual.stop();
console.log(JSON.stringify(heard));
process.exit(0);
