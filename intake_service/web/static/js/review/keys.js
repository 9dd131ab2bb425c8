// What keys and clicks do: within the fields, then everywhere on the page.

import { digit, nextAlike, pick } from "./candidates.js";
import { announce, editable, freshen, go, grow, here, inputOf, isMark, panel, root, stops, toDoubt } from "./fields.js";
import { remember, undo } from "./saving.js";
import { accept, doubtBefore, judge, markAs, nextDoubt } from "./settling.js";
import { draw, forget } from "./rereading.js";
import { turnPage, views } from "./sight.js";
import { addRow, neighbour, removeRow, ROW_ACTIONS, rowAction } from "./table.js";
import { showTab, tabs } from "./tabs.js";

panel.addEventListener("input", (event) => {
  const field = event.target.closest("[data-field]");
  if (!field || isMark(field)) return;
  if (event.target.matches(".wrap") && event.target.value.includes("\n")) { // pasted: what wraps is one line all the same
    const at = event.target.selectionStart;
    const before = event.target.value.slice(0, at).replace(/\r?\n/g, "");
    event.target.value = event.target.value.replace(/\r?\n/g, "");
    event.target.setSelectionRange(before.length, before.length);
  }
  grow(event.target);
  remember(field);
  freshen(field);
});

panel.addEventListener("scroll", (event) => {
  if (!event.target.matches?.(".textarea")) return;
  const marks = event.target.closest("[data-field]").querySelector("[data-doubtful-characters]");
  if (marks) marks.scrollTop = event.target.scrollTop;
}, true);

/** Nothing is left to restore: out of the field, where single keys are heard. */
function leave() {
  document.getElementById("main").focus({ preventScroll: true });
  announce("已离开栏目：g 2 回队列，Enter 回到这一项。");
}

let composedAt = 0;
panel.addEventListener("compositionstart", (event) => { event.target.closest("[data-field]").dataset.mode = "type"; });
panel.addEventListener("compositionend", (event) => { composedAt = event.timeStamp; });

panel.addEventListener("keydown", (event) => {
  const field = event.target.closest("[data-field]");
  // Enter that ends a composition belongs to the input method, in browsers that report it late too.
  if (!field || event.isComposing || event.keyCode === 229 || event.timeStamp - composedAt < 60) return;
  if (event.target.closest(".conflict")) return;
  if (event.altKey && !event.ctrlKey && !event.metaKey && field.matches("td") && rowAction(event)) {
    event.preventDefault();
    event.stopPropagation();
    if (editable) rowAction(event)(field);
    return;
  }
  if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
    if (event.altKey) return;
    if (event.target.matches(".textarea") && event.shiftKey && field.dataset.mode === "type") return; // a new line, for whoever types
    if (event.target.closest("[data-candidate], [data-mark]")) return;
    event.preventDefault();
    if (event.shiftKey) { go(doubtBefore(field)); return; }
    if (isMark(field)) judge(field, event.target.closest("[data-verdict]")?.dataset.verdict ?? field.dataset.saved);
    else accept(field);
    return;
  }
  if (/^[1-9]$/.test(event.key) && !event.ctrlKey && !event.metaKey && isMark(field)) {
    const button = field.querySelectorAll("[data-verdict]")[Number(event.key) - 1];
    if (button && !event.altKey) { event.preventDefault(); judge(field, button.dataset.verdict); }
    return;
  }
  if (isMark(field) || !editable) return;
  if (/^[1-9]$/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey && (field.dataset.mode === "pick" || inputOf(field).matches("select"))) { digit(event, field); return; }
  if (event.key === "Escape") {
    if (field.dataset.mode === "pick" && inputOf(field).value === field.dataset.saved && !field.dataset.drawn) { leave(); return; }
    forget(field);
    inputOf(field).value = field.dataset.saved;
    remember(field);
    freshen(field);
    field.dataset.mode = "pick";
    inputOf(field).select?.();
    return;
  }
  if (event.key === "F2") {
    event.preventDefault();
    field.dataset.mode = "type";
    const input = inputOf(field);
    input.setSelectionRange?.(input.value.length, input.value.length);
    return;
  }
  if (event.key === "F3") { event.preventDefault(); toDoubt(field, inputOf(field).selectionEnd ?? 0); return; }
  if (field.matches("td") && !event.altKey && !event.ctrlKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    go(neighbour(field, event.key === "ArrowDown" ? 1 : -1));
    return;
  }
  if (/^(Home|End)$/.test(event.key) && event.target.matches(".wrap") && !event.shiftKey && !event.ctrlKey && !event.altKey) {
    event.preventDefault(); // of the text, not of one of the lines it wraps into
    const at = event.key === "Home" ? 0 : event.target.value.length;
    event.target.setSelectionRange(at, at);
  }
  if (event.key === "?" && field.dataset.mode === "pick") { event.preventDefault(); document.getElementById("help").showModal(); return; }
  if (event.key.length === 1 || /^(Backspace|Delete|Arrow|Home|End)/.test(event.key)) {
    if (!event.altKey && !event.ctrlKey && !event.metaKey) field.dataset.mode = "type";
  }
});

panel.addEventListener("click", (event) => {
  const at = event.target.closest("[data-accept], [data-candidate], [data-verdict], [data-mark], [data-add-row], [data-remove-row], [data-row-action]");
  if (!at || !editable) return;
  const field = at.closest("[data-field]") ?? here();
  if (at.matches("[data-candidate]")) { pick(field, at); go(field); }
  else if (at.matches("[data-accept]")) accept(field);
  else if (at.matches("[data-verdict]")) judge(field, at.dataset.verdict);
  else if (at.matches("[data-mark]")) markAs(field, at.dataset.mark);
  else if (at.matches("[data-add-row]")) addRow(null);
  else if (at.matches("[data-row-action]")) ROW_ACTIONS[at.dataset.rowAction](here());
  else if (at.matches("[data-remove-row]")) removeRow(at.dataset.removeRow);
});

const ALT_KEYS = {
  r: () => root.querySelector('[data-view="red"]')?.click(),
  b: () => root.querySelector('[data-view="print"]')?.click(),
  l: () => root.querySelector('[data-view="lines"]')?.click(),
  d: draw, s: views.swap, "=": views.in, "+": views.in, "-": views.out, 0: views.fit,
  v: () => { if (here() && editable) nextAlike(here()); },
  x: () => markAs(here(), "illegible"), k: () => markAs(here(), "blank"), z: () => undo(false), y: () => undo(true),
  t: () => root.querySelector('[data-open="return"]')?.click(),
  j: () => root.querySelector('[data-open="reject"]')?.click(),
  pagedown: () => turnPage(1), pageup: () => turnPage(-1),
  1: () => { showTab("fields"); go(here() ?? stops()[0]); },
  2: () => { showTab("checks"); tabs[1].focus(); },
  3: () => { showTab("register"); tabs[2].focus(); },
  4: () => { showTab("history"); tabs[3].focus(); },
};

// A key that is held down must not run through doubts, buttons and dialogs: every Enter is a decision of its own.
addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.repeat && !event.target.matches?.(".textarea")) { event.preventDefault(); event.stopImmediatePropagation(); }
}, true);

document.addEventListener("keydown", (event) => {
  if (event.isComposing || document.querySelector("dialog[open]")) return;
  if (event.ctrlKey && event.key === "Enter") {
    event.preventDefault();
    root.querySelector('[data-open="accept"]')?.click();
  } else if (event.key === "Enter" && event.target.id === "main") {
    event.preventDefault();
    go(here() ?? nextDoubt(null));
  } else if (event.key === "Enter" && event.shiftKey && event.target.matches?.('[data-open="accept"]')) {
    event.preventDefault();
    go(doubtBefore(null));
  } else if (event.altKey && !event.ctrlKey && !event.metaKey && ALT_KEYS[event.key.toLowerCase()]) {
    event.preventDefault();
    ALT_KEYS[event.key.toLowerCase()]();
  }
});
