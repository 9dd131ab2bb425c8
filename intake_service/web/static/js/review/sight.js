// The paper on the left and the strips of it above the fields, and the buttons that change how it is seen.

import { memory, toast } from "../parts.js";
import { hasCover, parsePlaces, setPages, showCrop } from "../paper.js";
import { makeViewer } from "../viewer.js";
import { find, go, here, inputOf, isMark, isOpen, labelOf, panel, root, stops } from "./fields.js";
import { showTab } from "./tabs.js";

const pageButtons = [...root.querySelectorAll("[data-page]")];
const hidden = { red: false, print: false };

setPages(pageButtons.map((button) => [Number(button.dataset.page), button.dataset.src, button.dataset.cover]));

export const viewer = pageButtons.length && globalThis.OpenSeadragon
  ? makeViewer(document.getElementById("stage"), {
    onPick: (path) => { showTab("fields"); go(find(path)); },
    onPage: (number) => {
      for (const button of pageButtons) {
        if (Number(button.dataset.page) === number) {
          button.setAttribute("aria-current", "page");
          button.scrollIntoView({ block: "nearest", inline: "nearest" });
        } else button.removeAttribute("aria-current");
      }
    },
  })
  : null;

export function drawBoxes() {
  const now = here();
  viewer?.setBoxes(stops().flatMap((field) => parsePlaces(field.dataset.places).map((place) => ({
    path: field.dataset.field, place, state: field.dataset.state, label: labelOf(field), here: field === now,
  }))));
}

export const lookAt = (field) => viewer?.focus(parsePlaces(field.dataset.places)[0] ?? null);

export function crop(field) {
  const holder = field.matches("td") ? panel.querySelector("[data-cell-desk] [data-crop]") : field.querySelector("[data-crop]");
  if (holder && holder.offsetParent) {
    const letters = parsePlaces(field.dataset.places).length === 1 && !isMark(field) ? inputOf(field).defaultValue?.length : 0;
    showCrop(holder, parsePlaces(field.dataset.places), { whole: isMark(field), hidden: isMark(field) ? {} : hidden, letters });
  }
}

export function showAllCrops() {
  const now = here();
  for (const field of stops()) if (!field.matches("td") && (isOpen(field) || isMark(field) || field === now)) crop(field);
}

/** Begin with the page of the first doubt, else with the first. */
export function openPageOf(field) {
  viewer?.open(field && parsePlaces(field.dataset.places)[0] ? parsePlaces(field.dataset.places)[0].page : 1);
}

async function hide(what, button) {
  hidden[what] = !hidden[what];
  button.setAttribute("aria-pressed", String(hidden[what]));
  await viewer?.hide(hidden);
  showAllCrops();
}

export const views = {
  in: () => viewer?.zoom(1.3),
  out: () => viewer?.zoom(1 / 1.3),
  fit: () => viewer?.whole(),
  turn: () => viewer?.turn(),
  red: (button) => hide("red", button),
  print: (button) => {
    if (!hasCover()) { toast("这份件没有可隐去的表格底稿。"); return; }
    hide("print", button);
    if (hidden.print && viewer && !hasCover(viewer.page)) toast(`第 ${viewer.page} 页没有可隐去的表格底稿。`);
  },
  lines: (button) => {
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    root.querySelector(".viewer").classList.toggle("hide-lines", !on);
  },
  swap: () => {
    const swapped = root.querySelector(".review-body").classList.toggle("swap");
    memory.set("swap", swapped);
  },
};

for (const button of root.querySelectorAll("[data-view]")) button.addEventListener("click", () => views[button.dataset.view](button));
for (const button of pageButtons) button.addEventListener("click", () => viewer?.open(Number(button.dataset.page)).then(() => viewer.whole()));

export const turnPage = (step) => {
  const at = pageButtons.findIndex((button) => button.hasAttribute("aria-current"));
  pageButtons[at + step]?.click();
};

if (memory.get("swap")) root.querySelector(".review-body").classList.add("swap");
