// The review page: keyboard first. Every field can be reached by Tab; Enter confirms and goes to the next doubt.
// Each module below has one topic; this one starts them.

import "./review/decisions.js";
import "./review/focus.js";
import "./review/keys.js";
import "./review/materials.js";
import { post } from "./api.js";
import { toast } from "./parts.js";
import { go, isOpen, panel, root, stops } from "./review/fields.js";
import { goToFinding } from "./review/findings.js";
import { busy } from "./review/outbox.js";
import { restoreDrafts } from "./review/saving.js";
import { drawBoxes, openPageOf, showAllCrops } from "./review/sight.js";

if (root.dataset.claim) {
  const hold = () => post(root.dataset.claim).then(() => root.querySelector("[data-mine]")?.removeAttribute("hidden")).catch((refusal) => toast(refusal.message, "fail"));
  hold();
  setInterval(hold, 4 * 60 * 1000);
}
restoreDrafts();
drawBoxes();
const first = stops().find(isOpen);
openPageOf(first);
if (goToFinding()) { /* the page of all rules led here */ } else if (first) go(first);
else root.querySelector('[data-open="accept"]')?.focus();
showAllCrops();
busy(0); // from here on every key is heard
const widths = new ResizeObserver(() => showAllCrops());
widths.observe(panel);
