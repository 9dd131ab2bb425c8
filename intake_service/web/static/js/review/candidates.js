// The reader's own candidates: a digit picks one, two digits in a row are typing.

import { candidatesOf, inputOf } from "./fields.js";
import { remember } from "./saving.js";

let lastDigit = { at: 0, key: "" };

/** A digit picks a candidate; two digits in quick succession mean that somebody types a number. */
export function digit(event, field) {
  const input = inputOf(field);
  const now = performance.now();
  if (!event.altKey && lastDigit.key && now - lastDigit.at < 700 && field.dataset.picked === "yes") {
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
}
