// Every rule with the paper it looked at: lines by keyboard, crops drawn as they come into sight.

import { isForLists, stepOf, walkable } from "./lines.js";
import { parsePlaces, setPages, showCrop } from "./paper.js";

const root = document.querySelector("[data-rules]");
setPages(Object.entries(JSON.parse(root.dataset.pictures)).map(([url, number]) => [number, url]));

const sight = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    sight.unobserve(target);
    showCrop(target, parsePlaces(target.dataset.places), { whole: "whole" in target.dataset });
  }
}, { rootMargin: "200px" });
for (const crop of root.querySelectorAll("[data-crop]")) sight.observe(crop);

const lines = walkable([...root.querySelectorAll("[data-line]")]);
document.addEventListener("keydown", (event) => {
  if (!isForLists(event) || !stepOf(event) || event.target.closest("summary")) return;
  event.preventDefault();
  lines.step(stepOf(event));
});
