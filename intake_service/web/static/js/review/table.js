// The table of occupations: to the cell above and below, rows that come and go, rows pasted from a spreadsheet.

import { toast } from "../parts.js";
import { announce, editable, go, panel, root } from "./fields.js";
import { busy, send } from "./outbox.js";
import { reload } from "./state.js";

export function neighbour(cell, step) {
  const rows = [...panel.querySelectorAll("tr[data-row]")];
  const row = rows[rows.indexOf(cell.closest("tr")) + step];
  return row?.querySelectorAll("[data-field]")[[...cell.closest("tr").querySelectorAll("[data-field]")].indexOf(cell)] ?? null;
}

async function rows(change, focusOn) {
  if (!editable) return;
  busy(1);
  try {
    await reload(await send(root.dataset.rows, change));
    focusOn?.();
    announce("已保存");
  } catch (refusal) { toast(refusal.message, "fail"); } finally { busy(-1); }
}

export function addRow(cell) {
  const all = [...panel.querySelectorAll("tr[data-row]")];
  const at = cell ? all.indexOf(cell.closest("tr")) + 1 : all.length;
  rows({ action: "add", at, texts: [{}] }, () => go(panel.querySelectorAll("tr[data-row]")[at]?.querySelector('[data-field$=".name"]')));
}

export function removeRow(row) {
  const all = [...panel.querySelectorAll("tr[data-row]")];
  const at = all.findIndex((each) => each.dataset.row === row);
  rows({ action: "remove", row }, () => {
    toast("已删除这一行。Alt + Z 撤销。");
    go(panel.querySelectorAll("tr[data-row]")[Math.max(0, at - 1)]?.querySelector("[data-field]"));
  });
}

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
