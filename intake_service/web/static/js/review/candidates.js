// Candidates, the reader's own and look-alikes: a digit picks one, two digits in a row are typing.

import { make } from "../parts.js";
import { lookAlikes } from "./alike.js";
import { announce, candidatesOf, freshen, here, inputOf, isMark, panel } from "./fields.js";
import { remember } from "./saving.js";

let lastDigit = { at: 0, key: "" };

/** A digit picks a candidate; two digits in quick succession mean that somebody types a number. */
export function digit(event, field) {
  const input = inputOf(field);
  const now = performance.now();
  if (!input.matches("select") && !event.altKey && lastDigit.key && now - lastDigit.at < 700 && field.dataset.picked === "yes") {
    event.preventDefault();
    field.dataset.mode = "type";
    field.dataset.picked = "no";
    input.value = lastDigit.key + event.key;
    input.setSelectionRange?.(input.value.length, input.value.length);
    input.dispatchEvent(new Event("input", { bubbles: true }));
    return;
  }
  const candidate = candidatesOf(field)[Number(event.key) - 1];
  lastDigit = { at: now, key: event.key };
  if (!candidate && input.matches(".textarea")) { // nothing that begins with a figure: meant for the seal before it
    event.preventDefault();
    announce(`没有第 ${event.key} 个候选。要输入数字请先按 F2。`);
    return;
  }
  if (!candidate) { field.dataset.mode = "type"; return; }
  event.preventDefault();
  field.dataset.picked = "yes";
  pick(field, candidate);
}

export function pick(field, candidate) {
  const input = inputOf(field);
  input.value = candidate.dataset.candidate;
  input.select?.();
  remember(field);
  freshen(field);
}

/** Write the digit that picks it before each candidate. */
export function number(field) {
  for (const [index, each] of candidatesOf(field).entries()) each.querySelector("kbd").textContent = index < 9 ? index + 1 : "";
}

/** Where a look-alike may stand: the character before the caret, or while all is marked those the reader doubts. */
function places(field) {
  const input = inputOf(field);
  const { value, selectionStart: from, selectionEnd: to } = input;
  if (from !== to && to - from > 1) return value === input.defaultValue && field.dataset.doubts ? field.dataset.doubts.split(",").map(Number) : [];
  return from === to ? [Math.max(0, from - 1)] : [from];
}

const replaced = (text, at, character) => text.slice(0, at) + character + text.slice(at + 1);

/** Offer look-alikes after the reader's own candidates. */
export function offerAlike(field) {
  const room = (field.matches("td") ? panel.querySelector("[data-cell-desk]") : field)?.querySelector(".candidates");
  const input = inputOf(field);
  if (!room || isMark(field) || input.readOnly || input.matches("select")) return;
  for (const old of room.querySelectorAll(".alike")) old.remove();
  const known = new Set([input.value, ...candidatesOf(field).map((each) => each.dataset.candidate)]);
  for (const at of places(field)) {
    for (const character of lookAlikes(input.value, at)) {
      const text = replaced(input.value, at, character);
      if (known.has(text) || candidatesOf(field).length >= 9) continue;
      const around = input.value.slice(Math.max(0, at - 4), at);
      room.append(make("button", { type: "button", class: "candidate alike", "data-candidate": text, tabindex: -1, title: text }, make("kbd"),
        make("span", {}, at > 4 ? "…" : "", around, make("mark", {}, character), input.value.slice(at + 1, at + 5), at + 5 < input.value.length ? "…" : ""),
        make("span", { class: "p" }, "形近")));
    }
  }
  number(field);
}

/** Put the next look-alike in the place of the character before the caret, or of the first doubtful one. */
export function nextAlike(field) {
  const input = inputOf(field);
  if (isMark(field) || input.readOnly || input.matches("select")) return;
  const at = places(field).find((place) => lookAlikes(input.value, place).length);
  if (at === undefined) return;
  input.value = replaced(input.value, at, lookAlikes(input.value, at)[0]);
  field.dataset.mode = "type";
  input.setSelectionRange(at + 1, at + 1);
  remember(field);
  freshen(field);
  offerAlike(field);
}

let waiting = false;
document.addEventListener("selectionchange", () => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    const field = here();
    if (field && document.activeElement === inputOf(field)) offerAlike(field);
  });
});
