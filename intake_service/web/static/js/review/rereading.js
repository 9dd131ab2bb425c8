// A field read again from a box that is drawn on the page: what comes back is offered first, never taken by itself.

import { post } from "../api.js";
import { icon, make, toast } from "../parts.js";
import { parsePlaces } from "../paper.js";
import { makeBoxing } from "./boxing.js";
import { number } from "./candidates.js";
import { announce, editable, go, here, inputOf, isMark, labelOf, panel, root } from "./fields.js";
import { openCellDesk } from "./focus.js";
import { crop, drawBoxes, lookAt, viewer, views } from "./sight.js";

const stage = document.getElementById("stage");
const hint = root.querySelector("[data-draw-hint]");
const button = root.querySelector('[data-view="draw"]');
let asked = 0; // only what was asked last is shown

const readable = (field) => editable && field && !isMark(field) && !inputOf(field).matches("select");

const boxing = viewer && makeBoxing(viewer, stage, {
  current: () => (readable(here()) ? parsePlaces(here().dataset.places)[0] ?? null : null),
  onDone: (place) => readAgain(here(), place),
  onChange: (drawing) => {
    hint.hidden = !drawing;
    button?.setAttribute("aria-pressed", String(drawing));
    if (drawing) announce("正在框选。方向键移动，Shift 加方向键改大小，Enter 重读，Esc 取消。");
  },
});

/** Begin to draw at the focused field's own box, or end it; without a box in the middle of what is seen. */
export async function draw() {
  const field = here();
  if (!boxing) return;
  if (boxing.drawing) { boxing.stop(); return; }
  if (!readable(field)) { toast(field && isMark(field) ? "印章和签字请直接选择。" : "请先选中要重读的栏目，再按 Alt + D。"); return; }
  const [place] = parsePlaces(field.dataset.places);
  if (place) await lookAt(field);
  boxing.begin(place?.box ?? viewer.middle());
  if (!field.contains(document.activeElement)) go(field);
}

views.draw = draw;
button?.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus

async function readAgain(field, place) {
  const turn = asked += 1;
  announce("正在重读框内的内容…");
  stage.classList.add("reading");
  try {
    const answer = await post(root.dataset.reread, { path: field.dataset.field, ...place });
    if (turn !== asked || !field.isConnected) return;
    offer(field, place, answer.candidates);
  } catch (refusal) {
    if (turn === asked) { announce("没有重读"); toast(`“${labelOf(field)}”没有重读：${refusal.message}`, "fail"); }
  } finally {
    if (turn === asked) stage.classList.remove("reading");
  }
}

function offer(field, place, candidates) {
  field.dataset.drawn = JSON.stringify(place);
  field.dataset.placesBefore ??= field.dataset.places;
  field.dataset.places = `${place.page}:${place.box.join(",")}`;
  const choices = candidates.slice(0, 3).map(({ text, say }) => make("button", { type: "button", class: "candidate", "data-candidate": text, tabindex: -1 },
    make("kbd", {}), make("span", {}, text), make("span", { class: "p" }, text === field.dataset.saved ? `${say}，与现有内容相同` : say)));
  const room = make("div", { class: "reread", role: "group", "aria-label": "重读的结果" }, icon("frame"),
    make("strong", { class: "small" }, "框内重读"), ...(choices.length ? choices : [make("span", { class: "small muted" }, "没有读到字，请看图直接输入。")]));
  const holder = field.matches("td") ? field.querySelector("template").content : field.querySelector(".evidence");
  holder.querySelector(".reread")?.remove();
  if (field.matches("td")) {
    holder.prepend(room);
    if (here() === field) openCellDesk(field);
  } else holder.append(room);
  if (here() === field) {
    number(field);
    crop(field);
    const typing = inputOf(field).value !== field.dataset.saved;
    if (!typing && field.contains(document.activeElement)) { field.dataset.mode = "pick"; inputOf(field).select?.(); }
  }
  drawBoxes();
  announce(choices.length ? `框内读作“${candidates[0].text}”，按 1 选用。` : "框内没有读到字。");
}

/** Forget the box that was drawn for a field and is not saved yet. */
export function forget(field) {
  if (!field.dataset.drawn) return;
  field.dataset.places = field.dataset.placesBefore;
  delete field.dataset.drawn;
  delete field.dataset.placesBefore;
  for (const room of [field, field.querySelector("template")?.content, panel.querySelector("[data-cell-desk]")]) room?.querySelector(".reread")?.remove();
  number(field);
  crop(field);
  drawBoxes();
}

panel.addEventListener("focusin", (event) => {
  if (boxing?.drawing && event.target.closest("[data-field]") !== here()) boxing.stop();
}, true);
// Before any field hears it: while a box is drawn, arrows, Enter and Esc are the box's.
addEventListener("keydown", (event) => {
  if (boxing?.key(event)) { event.preventDefault(); event.stopImmediatePropagation(); }
}, true);
