// The queue by keyboard: j and k walk, Enter opens, c claims or gives back. Choosing a filter applies it.

import { post } from "./api.js";
import { isTyping, toast } from "./parts.js";

const rows = [...document.querySelectorAll("[data-rows] tbody tr")];
let here = -1;

function go(index) {
  if (!rows.length) return;
  rows[here]?.classList.remove("here");
  here = Math.max(0, Math.min(rows.length - 1, index));
  rows[here].classList.add("here");
  rows[here].querySelector("a").focus({ preventScroll: true });
  rows[here].scrollIntoView({ block: "nearest" });
}

for (const [index, row] of rows.entries()) {
  row.addEventListener("focusin", () => {
    rows[here]?.classList.remove("here");
    here = index;
    row.classList.add("here");
  });
  row.addEventListener("click", (event) => {
    if (!event.target.closest("a") && !getSelection().toString()) row.querySelector("a").click();
  });
}

document.addEventListener("keydown", async (event) => {
  if (isTyping(event) || event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
  if (event.key === "j" || event.key === "ArrowDown") { event.preventDefault(); go(here + 1); }
  else if (event.key === "k" || event.key === "ArrowUp") { event.preventDefault(); go(here < 0 ? 0 : here - 1); }
  else if (event.key === "c" && rows[here]?.dataset.claim) {
    try {
      await post(rows[here].dataset.claim);
      location.reload();
    } catch (refusal) { toast(refusal.message, "fail"); }
  }
});

for (const control of document.querySelectorAll(".filters select, .filters input[type=checkbox]")) {
  control.addEventListener("change", () => control.form.requestSubmit());
}
