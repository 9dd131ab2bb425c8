// Saving what was typed: on Enter, on leaving a field, on leaving the page; and what to do when somebody was faster.

import { post } from "../api.js";
import { make, memory, toast } from "../parts.js";
import { announce, editable, go, here, inputOf, isMark, labelOf, panel, root, stops, textOf } from "./fields.js";
import { busy, pending, send, sending, unsaved, version } from "./outbox.js";
import { reload, take } from "./state.js";

const draftKey = (path) => `draft:${root.dataset.id}:${path}`;

export const remember = (field) => memory.set(draftKey(field.dataset.field),
  inputOf(field).value === field.dataset.saved ? null : inputOf(field).value);

export function restoreDrafts() {
  for (const field of stops()) {
    const draft = memory.get(draftKey(field.dataset.field));
    if (draft == null || isMark(field)) continue;
    if (draft === field.dataset.saved) memory.set(draftKey(field.dataset.field), null);
    else { inputOf(field).value = draft; toast(`“${labelOf(field)}”恢复了上次没有保存的内容。`); }
  }
}

/** Send a change of one field; the screen has already gone on. */
export async function save(field, action, text) {
  const { field: path, drawn } = field.dataset;
  const typed = textOf(field);
  sending.set(path, typed);
  announce("正在保存…");
  busy(1);
  pending.set(path, (pending.get(path) ?? 0) + 1);
  try {
    const change = drawn ? { path, action: action === "confirm" ? "correct" : action, text, drawn: JSON.parse(drawn) } : { path, action, text };
    const state = await send(root.dataset.save, change).finally(() => settled(path));
    if (field.dataset.drawn === drawn) delete field.dataset.drawn;
    take(state);
    memory.set(draftKey(path), null);
    if (!pending.size) announce("已保存");
  } catch (refusal) {
    if (refusal.status === 409 && refusal.body.state) { await overtaken(field, action, text, typed, refusal); return; }
    field.dataset.open = field.dataset.unsent = "yes";
    announce("没有保存");
    const loggedOut = refusal.status === 401 || refusal.status === 403;
    toast(`“${labelOf(field)}”没有保存：${loggedOut ? "登录已过期，内容还留在这一页。" : refusal.message}`, "fail",
      loggedOut ? { href: root.dataset.login, word: "新窗口登录", target: "_blank" } : null);
  } finally {
    busy(-1);
  }
}

function settled(path) {
  const left = pending.get(path) - 1;
  if (left) pending.set(path, left);
  else { pending.delete(path); sending.delete(path); }
}

/** Somebody saved before us. If this field is untouched, save again on top; else show both. */
async function overtaken(field, action, text, typed, refusal) {
  const { field: path, saved } = field.dataset;
  const theirs = refusal.body.state.fields[path];
  take(refusal.body.state, path);
  if (theirs && theirs.text === saved && refusal.body.state.editable) {
    if (field.dataset.retried === "yes") { toast(refusal.message, "fail"); return; }
    field.dataset.retried = "yes";
    await save(field, action, text);
    delete field.dataset.retried;
    return;
  }
  if (!theirs || isMark(field)) { toast(refusal.message, "fail"); return; }
  showConflict(field, theirs, typed);
}

/** `text` with what differs from `other` marked: all between the same beginning and the same end. */
function marked(text, other) {
  let from = 0;
  while (from < text.length && text[from] === other[from]) from += 1;
  let to = text.length;
  for (let end = other.length; to > from && end > from && text[to - 1] === other[end - 1]; end -= 1) to -= 1;
  return [text.slice(0, from), make("mark", {}, text.slice(from, to)), text.slice(to)].filter((piece) => piece);
}

function showConflict(field, theirs, typed) {
  field.querySelector(".conflict")?.remove();
  field.dataset.conflict = "yes"; // until chosen, leaving the field saves nothing
  const choose = (text) => {
    inputOf(field).value = text;
    box.remove();
    delete field.dataset.conflict;
    field.dataset.saved = theirs.text;
    go(field);
  };
  const side = (title, text, button) => {
    const act = make("button", { type: "button", class: "button small" }, button);
    act.addEventListener("click", () => choose(text));
    return make("div", {}, make("span", { class: "small muted" }, title), make("strong", {}, ...(text ? marked(text, text === typed ? theirs.text : typed) : ["（空）"])), act);
  };
  const box = make("div", { class: "conflict", role: "alert" }, make("p", {}, "这一项刚被别人改过，请选用哪个："),
    make("div", { class: "two" }, side(`现有内容　${theirs.say}`, theirs.text, "用现有内容"), side("您输入的", typed, "用我的内容")));
  if (field.matches("td")) go(field); // its desk may have closed meanwhile
  (field.matches("td") ? panel.querySelector("[data-cell-desk]") : field).append(box);
  announce("没有保存，请先选用一个");
  box.querySelector("button").focus();
}

/** Leaving a field without Enter: what was typed is saved all the same. */
export function keepTyped(field) {
  if (!editable || !inputOf(field) || field.dataset.conflict) return;
  const text = inputOf(field).value;
  if (text !== field.dataset.saved && text !== sending.get(field.dataset.field)) save(field, "correct", text);
}

// Whoever comes back from logging in, or is connected again, need not look for what was left unsaved.
function sendUnsent() {
  for (const field of stops()) {
    if (!field.dataset.unsent) continue;
    delete field.dataset.unsent;
    keepTyped(field);
  }
}
addEventListener("focus", sendUnsent);
addEventListener("online", sendUnsent);

addEventListener("pagehide", () => {
  const field = here();
  if (field && editable && !isMark(field) && !field.dataset.conflict && inputOf(field).value !== field.dataset.saved) {
    post(root.dataset.save, { path: field.dataset.field, action: "correct", text: inputOf(field).value, version }, { keepalive: true }).catch(() => {});
  }
});
addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });

export async function undo(redo) {
  if (!editable) return;
  if (here() && !isMark(here())) keepTyped(here());
  busy(1);
  try {
    const state = await send(root.dataset.undo, { redo });
    await reload(state, state.last);
    toast(redo ? "已重做。" : "已撤销上一步。Alt + Y 重做。");
  } catch (refusal) { toast(refusal.message, "fail"); } finally { busy(-1); }
}
