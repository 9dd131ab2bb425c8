// Bringing the page up to what the server says.

import { renew } from "../materials.js";
import { chip, icon, make } from "../parts.js";
import { find, go, grow, here, inputOf, isMark, labelOf, panel, root, stops } from "./fields.js";
import { pending, setVersion } from "./outbox.js";
import { drawBoxes, showAllCrops } from "./sight.js";

/** Bring the page up to a state from the server; the field being typed in keeps what is typed. */
export function take(state, keep = null) {
  setVersion(state.version);
  for (const field of stops()) {
    const now = state.fields[field.dataset.field];
    // What is still on its way to the server is newer than what the server just said.
    if (now && !pending.has(field.dataset.field)) applyState(field, now, field.dataset.field === keep);
  }
  const counter = root.querySelector("[data-doubts]");
  counter.textContent = state.doubts;
  counter.dataset.state = state.doubts ? "check" : "person";
  const progress = root.querySelector("[data-progress]");
  progress.classList.toggle("done", !state.doubts);
  progress.replaceChildren(state.doubts
    ? make("span", {}, "还有 ", make("strong", {}, String(state.doubts)), " 处待核对")
    : make("strong", {}, "已无待核对项"));
  renewChecks(state);
  root.querySelector("[data-history]").innerHTML = state.history;
  renew(root.querySelector("[data-materials]"), state.materials);
  renewReasons(state.reasons);
  root.querySelector("h1").textContent = state.title;
  drawBoxes();
}

/** The findings as they are now, and how many of them fail. */
export function renewChecks({ failed, checks }) {
  const counter = root.querySelector("[data-failed]");
  counter.textContent = failed;
  counter.dataset.state = failed ? "fail" : "person";
  root.querySelector("[data-checks]").innerHTML = checks;
}

/** What the letter may name follows the fields as they stand; what the reviewer ticked or unticked stays so. */
export function renewReasons(html) {
  const box = document.querySelector("#return .reasons");
  if (!box || box.closest("dialog").open) return;
  const touched = new Map([...box.querySelectorAll("[data-touched]")].map((each) => [each.value, each.checked]));
  box.innerHTML = html;
  for (const each of box.querySelectorAll("input")) {
    if (touched.has(each.value)) { each.checked = touched.get(each.value); each.dataset.touched = ""; }
  }
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

function applyState(field, now, keepTyped) {
  field.dataset.open = now.open ? "yes" : "no";
  field.dataset.state = now.state.tone;
  field.classList.toggle("doubt", now.open);
  field.querySelector("[data-status]")?.replaceChildren(chip(now.state));
  if (isMark(field)) {
    field.dataset.saved = now.text;
    for (const button of field.querySelectorAll("[data-verdict]")) {
      button.setAttribute("aria-pressed", String(now.state.tone === "person" && button.dataset.verdict === now.text));
    }
    field.querySelector(".verdict > p").textContent = now.say;
    return;
  }
  const input = inputOf(field);
  const untouched = input.value === field.dataset.saved;
  field.dataset.saved = now.text;
  if (untouched && !keepTyped && input.value !== now.text) { input.value = now.text; grow(input); }
  const by = field.querySelector("[data-by]");
  if (by) by.textContent = now.say;
  const why = field.querySelector(".why");
  why?.replaceChildren(...now.reasons.map((reason) => make("li", {}, icon("fail"), make("span", {}, reason))));
  if (field.matches("td")) input.setAttribute("aria-label", `${labelOf(field)}，${now.state.word}`);
}

/** The fields anew from the server, after rows came or went; `state` is what the server said with it.
 *  Focus goes to `path` (a field or a row), else stays where it was. */
export async function reload(state, path = "") {
  const was = here()?.dataset.field ?? "";
  const response = await fetch(`${location.pathname}?seen=1`, { headers: { Accept: "text/html" } });
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  const scroll = panel.scrollTop;
  panel.replaceChildren(...fresh.getElementById("panel-fields").childNodes);
  panel.scrollTop = scroll;
  take(state);
  for (const field of stops()) grow(inputOf(field));
  showAllCrops();
  go(find(path) ?? panel.querySelector(`[data-row="${CSS.escape(path.split(".").pop())}"] [data-field$=".name"]`)
    ?? find(was) ?? panel.querySelector("tr[data-row]:last-of-type [data-field]"));
}
