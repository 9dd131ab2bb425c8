// The queue by keyboard: j and k walk, Enter opens, c claims or gives back. Choosing a filter applies it.

import { post } from "./api.js";
import { isTyping, make, toast } from "./parts.js";

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

document.addEventListener("keydown", (event) => {
  if (isTyping(event) || event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
  if (event.key === "j" || event.key === "ArrowDown") { event.preventDefault(); go(here + 1); }
  else if (event.key === "k" || event.key === "ArrowUp") { event.preventDefault(); go(here < 0 ? 0 : here - 1); }
  else if (event.key === "c" && rows[here]?.dataset.claim) hold(rows[here]);
});

/** Claim a submission, or give it back when it is mine already. */
async function hold(row) {
  const mine = row.dataset.mine === "yes";
  try {
    const answer = await post(row.dataset.claim, { release: mine });
    row.dataset.mine = mine ? "no" : "yes";
    row.querySelector("[data-holder]").replaceChildren(mine
      ? make("span", { class: "muted" }, "—")
      : make("span", { class: "person me" }, make("span", { class: "face", "aria-hidden": "true" }, answer.face), "我"));
    toast(mine ? "已放回队列。" : "已领取，别人暂时不能审核这一件。");
  } catch (refusal) { toast(refusal.message, "fail"); }
}

for (const control of document.querySelectorAll(".filters select, .filters input[type=checkbox]")) {
  control.addEventListener("change", () => control.form.requestSubmit());
}
