// Settling a doubt and going on to the next.

import { chip } from "../parts.js";
import { announce, editable, go, inputOf, isMark, isOpen, root, stops, textOf } from "./fields.js";
import { save } from "./saving.js";

const wasDoubtful = (field) => isOpen(field) || field.dataset.settled === "yes" || /^(person|illegible)$/.test(field.dataset.state);

export function nextDoubt(from) {
  const all = stops();
  const at = from ? all.indexOf(from) : -1;
  return [...all.slice(at + 1), ...all.slice(0, Math.max(at, 0))].find(isOpen) ?? null;
}

/** The doubt before, settled or not, to look once more; before the first comes the last. */
export function doubtBefore(from) {
  const all = stops();
  const at = from ? all.indexOf(from) : all.length;
  return [...all.slice(0, at).reverse(), ...all.slice(at + 1).reverse()].find(wasDoubtful) ?? null;
}

function goOn(from) {
  const field = nextDoubt(from);
  if (field) { go(field); return; }
  const button = root.querySelector('[data-open="accept"]');
  button?.focus();
  if (button) announce("已无待核对项：Enter 通过，Shift + Enter 回看。");
}

export function accept(field) {
  if (!editable) { goOn(field); return; }
  delete field.dataset.conflict;
  const text = textOf(field);
  const changed = text !== field.dataset.saved;
  settleHere(field, { word: "人工确认", icon: "person", tone: "person" });
  save(field, changed ? "correct" : isMark(field) ? "verdict" : "confirm", text);
  goOn(field);
}

/** Show at once what the server will say in a moment. */
function settleHere(field, state) {
  field.dataset.open = "no";
  field.dataset.settled = "yes";
  field.dataset.state = state.tone;
  field.classList.remove("doubt");
  field.querySelector("[data-status]")?.replaceChildren(chip(state));
}

export function judge(field, verdict) {
  field.dataset.saved = verdict;
  for (const button of field.querySelectorAll("[data-verdict]")) {
    button.setAttribute("aria-pressed", String(button.dataset.verdict === verdict));
  }
  settleHere(field, { word: "人工确认", icon: "person", tone: "person" });
  save(field, "verdict", verdict);
  goOn(field);
}

export function markAs(field, action) {
  if (!editable || !field || isMark(field)) return;
  inputOf(field).value = "";
  field.dataset.saved = "";
  settleHere(field, action === "illegible"
    ? { word: "无法辨认", icon: "illegible", tone: "illegible" }
    : { word: "纸面空白", icon: "blank", tone: "blank" });
  save(field, action, "");
  goOn(field);
}
