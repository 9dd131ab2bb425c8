// The second person's entry: Enter notes one value down and goes on; where two entries differ, 1 and 2 choose.

import { post } from "./api.js";
import { parsePlaces, setPages, showCrop } from "./paper.js";
import { isTyping, toast } from "./parts.js";

const page = document.querySelector("[data-second]");
const items = [...page.querySelectorAll(".second-item")];
const open = () => items.filter((item) => !item.hasAttribute("data-done"));
let version = Number(page.dataset.version);
let busy = false;

setPages(Object.entries(JSON.parse(page.dataset.pictures)).map(([number, url]) => [Number(number), url]));
for (const item of items) {
  const crop = item.querySelector("[data-crop]");
  showCrop(crop, parsePlaces(crop.dataset.places));
}

const control = (item) => item?.querySelector("[data-entry], button:enabled");
function go(item) {
  control(item)?.focus({ preventScroll: true });
  item?.scrollIntoView({ block: "center" });
}

/** Send one entry or choice; the last one brings what comes next. */
async function send(item, body) {
  if (busy) return;
  busy = true;
  const say = item.querySelector("[data-say]");
  try {
    ({ version } = await post(page.dataset.url, { ...body, path: item.dataset.path, version }));
    item.setAttribute("data-done", "");
    say.textContent = "已记下。";
    if (open().length) go(open().find((other) => items.indexOf(other) > items.indexOf(item)) ?? open()[0]);
    else location.reload();
  } catch (refusal) {
    say.textContent = refusal.message;
    toast(refusal.message, "fail");
  } finally { busy = false; }
}

page.addEventListener("keydown", (event) => {
  const item = event.target.closest(".second-item");
  if (!item || event.isComposing || event.keyCode === 229 || event.ctrlKey || event.altKey || event.metaKey) return;
  const entry = event.target.closest("[data-entry]");
  if (event.key === "Enter" && entry) {
    event.preventDefault();
    if (event.shiftKey) go(items[items.indexOf(item) - 1]);
    else if (!event.repeat) send(item, { action: "enter", text: entry.value });
  } else if (/^[12]$/.test(event.key) && !isTyping(event)) {
    const button = item.querySelectorAll("[data-take]")[Number(event.key) - 1];
    if (button && !button.disabled) button.click();
  }
});
page.addEventListener("click", (event) => {
  const button = event.target.closest("[data-take]");
  if (button) send(button.closest(".second-item"), { action: button.dataset.take });
});
// What was typed and not sent is asked after before it is lost.
addEventListener("beforeunload", (event) => {
  if (open().some((item) => item.querySelector("input, textarea")?.value)) event.preventDefault();
});
go(open()[0]);
