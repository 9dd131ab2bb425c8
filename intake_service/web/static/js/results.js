// The results: their lines by keyboard, and a word on where an export went.

import { isForLists, stepOf, walkable } from "./lines.js";
import { toast } from "./parts.js";

const lines = walkable([...document.querySelectorAll("[data-rows] tbody tr")]);

document.addEventListener("keydown", (event) => {
  if (!isForLists(event)) return;
  const filing = event.key === "b" && (lines.here ?? document.querySelector("[data-rows] tbody tr"))?.querySelector("[data-filing]");
  if (!stepOf(event) && !filing) return;
  event.preventDefault();
  if (filing) filing.click();
  else lines.step(stepOf(event));
});

for (const link of document.querySelectorAll("a[download]")) {
  link.addEventListener("click", () => toast(`正在导出 ${link.download}，在浏览器的下载文件夹里。`));
}
