// The fields in the order of the paper: where they are, what stands in them, how one is focused.

export const root = document.getElementById("review");
export const panel = document.getElementById("panel-fields");
export const editable = root.dataset.editable === "yes";

export const stops = () => [...panel.querySelectorAll("[data-field]")];
export const isOpen = (field) => field.dataset.open === "yes";
export const inputOf = (field) => field.querySelector("[data-input]") ?? field.querySelector("[data-verdict]");
export const isMark = (field) => field.hasAttribute("data-mark-row");
export const textOf = (field) => (isMark(field) ? field.dataset.saved : inputOf(field).value);
export const find = (path) => panel.querySelector(`[data-field="${CSS.escape(path)}"]`);
export const labelOf = (field) => field.dataset.label ?? field.querySelector("label, strong")?.textContent ?? "";
export const candidatesOf = (field) => {
  const room = field.matches("td") ? panel.querySelector("[data-cell-desk]") : field;
  return room ? [...room.querySelectorAll("[data-candidate]")] : [];
};

/** The field that was focused last, if it is still there. */
export const here = () => panel.querySelector("[data-field].here");

export function go(field) {
  if (!field) return;
  const input = inputOf(field);
  input?.focus({ preventScroll: true });
  if (input?.select && !(input.matches(".textarea") && toDoubt(field))) input.select();
}

/** Runs of doubtful characters of the text as it was read: [[from, to], …]. */
function doubtsOf(field) {
  const runs = [];
  for (const at of (field.dataset.doubts ?? "").split(",").filter(Boolean).map(Number)) {
    if (runs.at(-1)?.[1] === at) runs.at(-1)[1] = at + 1;
    else runs.push([at, at + 1]);
  }
  return runs;
}

/** Select the next doubtful characters of a text from `from` on, or again the first; false where there are none. */
export function toDoubt(field, from = 0) {
  const input = inputOf(field);
  const runs = input.value === input.defaultValue ? doubtsOf(field) : [];
  if (!runs.length) return false;
  const at = Math.max(0, runs.findIndex(([start]) => start >= from));
  input.setSelectionRange(...runs[at]);
  const mark = field.querySelectorAll("[data-doubtful-characters] mark")[at];
  if (mark && input.matches(".textarea")) input.scrollTop = mark.offsetTop - input.clientHeight / 2;
  return true;
}

/** The marks stand under the text as it was read, and nowhere else. */
export function freshen(field) {
  const input = inputOf(field);
  field.querySelector("[data-doubtful-characters]")?.classList.toggle("stale", input.value !== input.defaultValue);
}

/** One line that grows with its text, in browsers that do not do it by themselves. */
export const grow = CSS.supports("field-sizing", "content") ? () => {} : (input) => {
  if (!input?.matches?.(".wrap")) return;
  input.style.height = "auto";
  input.style.height = `${input.scrollHeight + 2}px`;
};

const say = root.querySelector("[data-saved]:not([data-field])");

export function announce(text) { say.textContent = text; }
