// Judging a finding: settle it with a reason, or only say something about it.

import { toast } from "../parts.js";
import { announce, editable, root } from "./fields.js";
import { busy, send } from "./outbox.js";
import { take } from "./state.js";
import { showTab } from "./tabs.js";

const list = root.querySelector("[data-checks]");

async function judge(line, action) {
  const input = line.querySelector("[data-comment]");
  if (!input.value.trim()) { toast("请写明理由。", "fail"); input.focus(); return; }
  const path = line.dataset.finding;
  busy(1);
  try {
    take(await send(root.dataset.save, { path, action, text: input.value }));
    announce(action === "settle" ? "已认定。Alt + Z 撤销。" : "已批注。Alt + Z 撤销。");
    list.querySelector(`[data-finding="${CSS.escape(path)}"] summary`)?.focus();
  } catch (refusal) {
    toast(refusal.message, "fail");
    if (refusal.body?.state) take(refusal.body.state);
  } finally { busy(-1); }
}

/** Open the finding that the page of all rules leads to, and get ready for a reason; false where there is none such. */
export function goToFinding() {
  const path = new URLSearchParams(location.hash.slice(1)).get("finding");
  const line = path && list?.querySelector(`[data-finding="${CSS.escape(path)}"]`);
  if (!line) return false;
  showTab("checks");
  for (const fold of [line.closest(".fold > details"), line.querySelector("details")]) if (fold) fold.open = true;
  (line.querySelector("[data-comment]") ?? line.querySelector("button, summary"))?.focus();
  line.scrollIntoView({ block: "center" });
  return true;
}

list?.addEventListener("click", (event) => {
  const button = event.target.closest("[data-judge]");
  if (button && editable) judge(button.closest("[data-finding]"), button.dataset.judge);
});

list?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || event.keyCode === 229 || !event.target.matches("[data-comment]")) return;
  event.preventDefault();
  if (editable) judge(event.target.closest("[data-finding]"), "settle");
});
