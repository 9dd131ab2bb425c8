// On every page: theme, dialogs, help, keys that work everywhere.

import { isTyping, memory, toast } from "./parts.js";

const root = document.documentElement;

function toggleTheme() {
  const dark = root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  document.getElementById("night").media = dark ? "not all" : "all";
  document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
}

function openDialog(id) {
  const dialog = document.getElementById(id);
  if (dialog && !dialog.open) {
    dialog.dispatchEvent(new CustomEvent("desk:open"));
    dialog.showModal();
  }
}

document.addEventListener("click", (event) => {
  const at = event.target.closest("[data-open], [data-close], [data-theme-toggle], [data-confirm], [data-print]");
  if (!at) return;
  if (at.matches("[data-theme-toggle]")) toggleTheme();
  else if (at.matches("[data-print]")) window.print();
  else if (at.matches("[data-close]")) at.closest("dialog")?.close();
  else if (at.matches("[data-confirm]") && !window.confirm(at.dataset.confirm)) event.preventDefault();
  else if (at.matches("button[data-open]")) openDialog(at.dataset.open);
});

// A click beside a dialog closes it, as everywhere else.
document.addEventListener("mousedown", (event) => {
  if (event.target.tagName === "DIALOG") event.target.close();
});

// Whoever had the focus nowhere goes on from the page's main part, not from the frame.
document.addEventListener("close", ({ target }) => {
  const at = document.activeElement;
  if (at === document.body || target.contains(at)) document.getElementById("main").focus({ preventScroll: true });
}, true);

const switches = document.querySelector('[data-preference="single-keys"]');
if (switches) {
  switches.checked = memory.get("single-keys") !== false;
  switches.addEventListener("change", () => memory.set("single-keys", switches.checked));
}

// Hints for the first time, until they have been read in this browser.
for (const tip of document.querySelectorAll("[data-tip]")) {
  tip.hidden = memory.get(`tip:${tip.dataset.tip}`) === "read";
  tip.querySelector("[data-tip-read]").addEventListener("click", () => {
    memory.set(`tip:${tip.dataset.tip}`, "read");
    tip.hidden = true;
  });
}

/** Do what the key stands on: press the button, follow the link, go to the field. */
function follow(event, key) {
  const at = document.querySelector(`[data-key~="${CSS.escape(key)}"]`);
  if (!at) return;
  event.preventDefault();
  if (at.matches("a, button")) at.click();
  else at.focus();
}

/** Esc leaves a field, so that single keys are heard again. A search is emptied first; a field in review has an Esc of its own. */
function leave(field) {
  if (!field.closest("[data-field]") && !(field.type === "search" && field.value)) field.blur();
}

let waitingForRoom = 0;
document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  if (event.altKey && !event.ctrlKey && !event.metaKey) { follow(event, `alt+${event.key.toLowerCase()}`); return; }
  if (event.key === "Escape" && isTyping(event)) { leave(event.target); return; }
  if (isTyping(event) || event.ctrlKey || event.metaKey) return;
  if (memory.get("single-keys") === false) return;
  if (event.key === "?") { event.preventDefault(); openDialog("help"); return; }
  if (waitingForRoom && Date.now() - waitingForRoom < 1200 && /^[1-6aq]$/.test(event.key)) {
    waitingForRoom = 0;
    const room = document.querySelector(`[data-room-key="${event.key}"]`);
    if (room) { event.preventDefault(); room.click(); }
    return;
  }
  waitingForRoom = event.key === "g" ? Date.now() : 0;
  if (event.key === "/") {
    const search = document.querySelector('input[type="search"]');
    if (search) { event.preventDefault(); search.select(); search.focus(); }
    return;
  }
  follow(event, event.key);
});

// What the page before had to say, such as the decision just made.
const said = sessionStorage.getItem("desk:said");
if (said) {
  sessionStorage.removeItem("desk:said");
  const { text, letter } = JSON.parse(said);
  toast(text, "", letter ? { href: letter, word: "打印通知书", key: "Alt G", target: "_blank" } : null);
}
