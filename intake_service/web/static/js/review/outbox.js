// What is on its way to the server: one change after the other, each with the version it was made on.

import { post } from "../api.js";
import { root } from "./fields.js";

export let version = Number(root.dataset.version);
export let unsaved = 0;
let line = Promise.resolve();

/** Settles when all that was sent so far is answered. */
export const answered = () => line;

/** How many changes the server has not answered, or whose answer is not on screen yet; the page tells it too. */
export function busy(step) {
  unsaved += step;
  root.dataset.saving = unsaved;
}

export function setVersion(now) {
  version = now;
  root.dataset.version = now;
  for (const hidden of document.querySelectorAll("[data-version-field]")) hidden.value = now;
}

export function send(url, change) {
  const turn = line.then(() => post(url, { ...change, version })).then((answer) => {
    setVersion(answer.version); // before the next in line is sent, be it a change or a decision
    return answer;
  });
  line = turn.then(() => {}, () => {});
  return turn;
}

/** Path → how many changes of it are on their way. */
export const pending = new Map();
/** Path → what stood in the field when it was last sent, until that is answered. */
export const sending = new Map();
