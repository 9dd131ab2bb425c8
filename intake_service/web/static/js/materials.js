// The check-list of materials: 齐 or 缺 says so, the same button again takes it back.

import { toast } from "./parts.js";

/** Make the buttons below `list` work; `send(url, change)` hands a change in and resolves to the server's answer. */
export function tickable(list, send) {
  list?.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-material]");
    if (!button) return;
    const said = button.getAttribute("aria-pressed") === "true" ? null : button.dataset.present === "yes";
    try {
      const answer = await send(list.dataset.materials, { number: Number(button.dataset.material), present: said });
      renew(list, answer.materials);
    } catch (refusal) { toast(refusal.message, "fail"); }
  });
}

/** Show the list anew; focus stays on the button it was on. */
export function renew(list, html) {
  const at = document.activeElement?.closest("[data-material]");
  list.innerHTML = html;
  if (at) list.querySelector(`[data-material="${at.dataset.material}"][data-present="${at.dataset.present}"]`)?.focus();
}
