// The field that is focused: opened, its paper shown, kept where the eye is; left, what was typed is kept.

import { make } from "../parts.js";
import { editable, grow, here, inputOf, isMark, labelOf, panel, stops } from "./fields.js";
import { keepTyped } from "./saving.js";
import { crop, drawBoxes, lookAt } from "./sight.js";

/** Behind the frame that shows the field: the page moves for a sixth of a second, and nobody waits for it with the next key. */
const soon = (work) => requestAnimationFrame(() => setTimeout(work));

/** A field was focused: open it, show its paper, keep it where the eye is. */
function arrive(field) {
  const left = here();
  if (field === left) return;
  const before = field.getBoundingClientRect().top;
  left?.classList.remove("here");
  closeCellDesk();
  field.classList.add("here");
  field.dataset.mode = "pick";
  if (field.matches("td")) openCellDesk(field);
  crop(field);
  settle(field, before);
  soon(() => { if (here() === field) { drawBoxes(); lookAt(field); } });
}

/** Keep the field at the height where it was if that is comfortable, else bring it to the upper third. */
function settle(field, before) {
  if (getComputedStyle(panel).overflowY === "visible") { field.scrollIntoView({ block: "nearest" }); return; } // narrow windows
  const frame = panel.getBoundingClientRect();
  const comfortable = before > frame.top + 60 && before < frame.top + frame.height * 0.55;
  const wanted = comfortable ? before : frame.top + frame.height * 0.3;
  panel.scrollTop += field.getBoundingClientRect().top - wanted;
  const heading = field.closest(".section").querySelector("h2").offsetHeight; // sticks to the top
  const top = (panel.querySelector("[data-cell-desk]") ?? field).getBoundingClientRect().top;
  const hidden = field.getBoundingClientRect().bottom + 8 - frame.bottom; // the buttons under a long text
  panel.scrollTop -= Math.max(0, frame.top + heading - top) || -Math.max(0, Math.min(hidden, top - frame.top - heading));
}

/** The paper, reasons and candidates of the cell that is focused, right above its row. */
export function openCellDesk(cell) {
  closeCellDesk();
  const row = cell.closest("tr");
  const content = cell.querySelector("template").content.cloneNode(true);
  const desk = make("div", { class: "cell-desk", "data-cell-desk": true }, make("strong", { class: "small" }, labelOf(cell)),
    make("div", { class: "crop", "data-crop": true }), content);
  if (editable) desk.append(document.getElementById("row-actions").content.cloneNode(true));
  const room = make("tr", { class: "desk-row", "data-desk-row": true }, make("td", { colspan: row.children.length }, desk));
  row.before(room);
}

function closeCellDesk() {
  for (const room of panel.querySelectorAll("[data-desk-row]")) room.remove();
}

panel.addEventListener("focusin", (event) => {
  const field = event.target.closest("[data-field]");
  if (field) arrive(field);
});
panel.addEventListener("focusout", (event) => {
  const field = event.target.closest("[data-field]");
  if (field && !field.contains(event.relatedTarget) && !isMark(field)) keepTyped(field);
});
panel.addEventListener("mousedown", (event) => {
  if (event.target.closest("[data-row-action]")) event.preventDefault(); // the caret stays: a row is split there

  if (event.target.matches("input, textarea")) event.target.closest("[data-field]").dataset.mode = "type";
});
for (const field of stops()) grow(inputOf(field));
