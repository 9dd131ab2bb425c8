// The table of occupations: to the cell above and below, rows that come and go, rows pasted from a spreadsheet.

import { toast } from "../parts.js";
import { announce, editable, go, here, inputOf, panel, root } from "./fields.js";
import { busy, send } from "./outbox.js";
import { keepTyped } from "./saving.js";
import { reload } from "./state.js";

export function neighbour(cell, step) {
  const rows = [...panel.querySelectorAll("tr[data-row]")];
  const row = rows[rows.indexOf(cell.closest("tr")) + step];
  return row?.querySelectorAll("[data-field]")[[...cell.closest("tr").querySelectorAll("[data-field]")].indexOf(cell)] ?? null;
}

const allRows = () => [...panel.querySelectorAll("tr[data-row]")];
const columnOf = (cell) => cell.dataset.field.split(".").pop();
const cellAt = (index, column) => allRows()[index]?.querySelector(`[data-field$=".${column}"]`);

async function rows(change, focusOn) {
  if (!editable) return;
  if (here()?.matches("td")) keepTyped(here()); // the table comes anew: what was typed goes first
  busy(1);
  try {
    await reload(await send(root.dataset.rows, change));
    focusOn?.();
    announce("已保存");
  } catch (refusal) { toast(refusal.message, "fail"); } finally { busy(-1); }
}

export function addRow(cell) {
  const at = cell ? allRows().indexOf(cell.closest("tr")) + 1 : allRows().length;
  rows({ action: "add", at, texts: [{}] }, () => go(cellAt(at, "name")));
}

export function removeRow(row, column = "name") {
  const at = allRows().findIndex((each) => each.dataset.row === row);
  rows({ action: "remove", row }, () => {
    toast("已删除这一行。Alt + Z 撤销。");
    go(cellAt(Math.min(at, allRows().length - 1), column));
  });
}

function moveRow(cell, step) {
  const at = allRows().indexOf(cell.closest("tr")) + step;
  if (at < 0 || at >= allRows().length) return;
  const column = columnOf(cell);
  rows({ action: "move", row: cell.closest("tr").dataset.row, at }, () => go(cellAt(at, column)));
}

/** Put this row's texts behind those of the row above, whose rest it is. */
function mergeUp(cell) {
  const at = allRows().indexOf(cell.closest("tr"));
  if (at < 1) { toast("上面没有可以并入的行。"); return; }
  const column = columnOf(cell);
  rows({ action: "merge", row: allRows()[at - 1].dataset.row, with: cell.closest("tr").dataset.row }, () => {
    toast("两行已合并，请核对。Alt + Z 撤销。");
    go(cellAt(at - 1, column));
  });
}

/** What stands behind the caret goes into a new row below; the other cells stay. */
function splitHere(cell) {
  const input = inputOf(cell);
  const { selectionStart: from, selectionEnd: to, value } = input;
  if (from !== to || from === 0 || from === value.length) {
    toast("请先把光标放在要拆开的两个字之间（按 F2，再用 ← →）。");
    return;
  }
  const column = columnOf(cell);
  const at = allRows().indexOf(cell.closest("tr"));
  const first = Object.fromEntries([...cell.closest("tr").querySelectorAll("[data-field]")].map((each) => [columnOf(each), inputOf(each).value]));
  first[column] = value.slice(0, from);
  input.value = cell.dataset.saved; // the split says it all; nothing else is to be saved of this cell
  rows({ action: "split", row: cell.closest("tr").dataset.row, first, second: { [column]: value.slice(from) } }, () => {
    toast("已拆成两行，请补全其余各格。Alt + Z 撤销。");
    go(cellAt(at + 1, column));
  });
}

export const ROW_ACTIONS = {
  add: addRow,
  remove: (cell) => removeRow(cell.closest("tr").dataset.row, columnOf(cell)),
  up: (cell) => moveRow(cell, -1),
  down: (cell) => moveRow(cell, 1),
  merge: mergeUp,
  split: splitHere,
};
const ROW_KEYS = { Enter: "add", Delete: "remove", ArrowUp: "up", ArrowDown: "down", m: "merge", c: "split" };

/** What Alt and this key does to the row of a cell, or nothing. */
export const rowAction = (event) => ROW_ACTIONS[ROW_KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key]];

panel.addEventListener("paste", (event) => {
  const cell = event.target.closest("td[data-field]");
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!cell || !editable || !/[\t\n]/.test(text.trim())) return;
  event.preventDefault();
  const columns = [...cell.closest("tr").querySelectorAll("[data-field]")].map((each) => each.dataset.field.split(".").pop());
  const first = columns.indexOf(cell.dataset.field.split(".").pop());
  const texts = text.replace(/\r/g, "").replace(/\n+$/, "").split("\n").map((record) => Object.fromEntries(
    record.split("\t").map((value, index) => [columns[first + index], value.trim()]).filter(([name]) => name)));
  const at = [...panel.querySelectorAll("tr[data-row]")].indexOf(cell.closest("tr")) + 1;
  rows({ action: "add", at, texts }, () => toast(`已从剪贴板加入 ${texts.length} 行。`));
});
