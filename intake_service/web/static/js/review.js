// The review page: keyboard first. Every field can be reached by Tab; Enter confirms and goes to the next doubt.

import { post } from "./api.js";
import { chip, icon, make, memory, toast } from "./parts.js";
import { parsePlaces, setPages, showCrop } from "./paper.js";
import { makeViewer } from "./viewer.js";

const root = document.getElementById("review");
const panel = document.getElementById("panel-fields");
const editable = root.dataset.editable === "yes";
const pageButtons = [...root.querySelectorAll("[data-page]")];
const say = root.querySelector("[data-saved]:not([data-field])");

let version = Number(root.dataset.version);
let here = null;
let redHidden = false;

setPages(pageButtons.map((button) => [Number(button.dataset.page), button.dataset.src]));

// ── fields in the order of the paper ────────────────────────────────────────────────────────────────────

const stops = () => [...panel.querySelectorAll("[data-field]")];
const isOpen = (field) => field.dataset.open === "yes";
const inputOf = (field) => field.querySelector("[data-input]") ?? field.querySelector("[data-verdict]");
const isMark = (field) => field.hasAttribute("data-mark-row");
const textOf = (field) => (isMark(field) ? field.dataset.saved : inputOf(field).value);
const find = (path) => panel.querySelector(`[data-field="${CSS.escape(path)}"]`);
const labelOf = (field) => field.dataset.label ?? field.querySelector("label, strong")?.textContent ?? "";
const candidatesOf = (field) => {
  const room = field.matches("td") ? panel.querySelector("[data-cell-desk]") : field;
  return room ? [...room.querySelectorAll("[data-candidate]")] : [];
};

// ── the page on the left ────────────────────────────────────────────────────────────────────────────────

const viewer = pageButtons.length && globalThis.OpenSeadragon
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

function drawBoxes() {
  viewer?.setBoxes(stops().flatMap((field) => parsePlaces(field.dataset.places).map((place) => ({
    path: field.dataset.field, place, state: field.dataset.state, label: labelOf(field), here: field === here,
  }))));
}

const lookAt = (field) => viewer?.focus(parsePlaces(field.dataset.places)[0] ?? null);

function crop(field) {
  const holder = field.matches("td") ? panel.querySelector("[data-cell-desk] [data-crop]") : field.querySelector("[data-crop]");
  if (holder && holder.offsetParent) {
    showCrop(holder, parsePlaces(field.dataset.places), { whole: isMark(field), withoutRed: redHidden && !isMark(field) });
  }
}

// ── focus ───────────────────────────────────────────────────────────────────────────────────────────────

/** A field was focused: open it, show its paper, keep it where the eye is. */
function arrive(field) {
  if (field === here) return;
  const before = field.getBoundingClientRect().top;
  here?.classList.remove("here");
  closeCellDesk();
  here = field;
  field.classList.add("here");
  field.dataset.mode = "pick";
  if (field.matches("td")) openCellDesk(field);
  crop(field);
  settle(field, before);
  drawBoxes();
  lookAt(field);
}

/** Keep the field at the height where it was if that is comfortable, else bring it to the upper third. */
function settle(field, before) {
  const frame = panel.getBoundingClientRect();
  const comfortable = before > frame.top + 60 && before < frame.top + frame.height * 0.55;
  const wanted = comfortable ? before : frame.top + frame.height * 0.3;
  panel.scrollTop += field.getBoundingClientRect().top - wanted;
}

function go(field) {
  if (!field) return;
  const input = inputOf(field);
  input?.focus({ preventScroll: true });
  if (input?.select) input.select();
}

function nextDoubt(from, step = 1) {
  const all = stops();
  const at = from ? all.indexOf(from) : -1;
  const order = step > 0
    ? [...all.slice(at + 1), ...all.slice(0, Math.max(at, 0))]
    : [...all.slice(0, Math.max(at, 0)).reverse(), ...all.slice(at + 1).reverse()];
  return order.find(isOpen) ?? null;
}

function goOn(from) {
  const field = nextDoubt(from);
  if (field) { go(field); return; }
  const button = root.querySelector('[data-open="accept"]');
  button?.focus();
  if (button) announce("已无待核对项，按 Enter 通过，或继续查看。");
}

function announce(text) { say.textContent = text; }

panel.addEventListener("focusin", (event) => {
  const field = event.target.closest("[data-field]");
  if (field) arrive(field);
});
panel.addEventListener("focusout", (event) => {
  const field = event.target.closest("[data-field]");
  if (field && !field.contains(event.relatedTarget) && !isMark(field)) keepTyped(field);
});
panel.addEventListener("mousedown", (event) => {
  if (event.target.matches("input, textarea")) event.target.closest("[data-field]").dataset.mode = "type";
});

// ── saving: one change after the other, each with the version it was made on ────────────────────────────

let line = Promise.resolve();
let unsaved = 0;

/** How many changes the server has not answered, or whose answer is not on screen yet; the page tells it too. */
function busy(step) {
  unsaved += step;
  root.dataset.saving = unsaved;
}

function setVersion(now) {
  version = now;
  root.dataset.version = now;
  for (const hidden of document.querySelectorAll("[data-version-field]")) hidden.value = now;
}

function send(url, change) {
  const turn = line.then(() => post(url, { ...change, version })).then((answer) => {
    setVersion(answer.version); // before the next in line is sent, be it a change or a decision
    return answer;
  });
  line = turn.then(() => {}, () => {});
  return turn;
}

const pending = new Map();
const sending = new Map(); // path → what stood in the field when it was last sent, until that is answered

/** Send a change of one field; the screen has already gone on. */
async function save(field, action, text) {
  const { field: path } = field.dataset;
  const typed = textOf(field);
  sending.set(path, typed);
  announce("正在保存…");
  busy(1);
  pending.set(path, (pending.get(path) ?? 0) + 1);
  try {
    const state = await send(root.dataset.save, { path, action, text }).finally(() => settled(path));
    take(state);
    memory.set(draftKey(path), null);
    if (!pending.size) announce("已保存");
  } catch (refusal) {
    if (refusal.status === 409 && refusal.body.state) { await overtaken(field, action, text, typed, refusal); return; }
    field.dataset.open = "yes";
    announce("没有保存");
    toast(`“${labelOf(field)}”没有保存：${refusal.message}`, "fail");
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
    return make("div", {}, make("span", { class: "small muted" }, title), make("strong", {}, text || "（空）"), act);
  };
  const box = make("div", { class: "conflict", role: "alert" }, make("p", {}, "这一项刚被别人改过，请选用哪个："),
    make("div", { class: "two" }, side(`现有内容　${theirs.say}`, theirs.text, "用现有内容"), side("您输入的", typed, "用我的内容")));
  if (field.matches("td")) go(field); // its desk may have closed meanwhile
  (field.matches("td") ? panel.querySelector("[data-cell-desk]") : field).append(box);
  box.querySelector("button").focus();
}

/** Bring the page up to a state from the server; the field being typed in keeps what is typed. */
function take(state, keep = null) {
  setVersion(state.version);
  for (const field of stops()) {
    const now = state.fields[field.dataset.field];
    // What is still on its way to the server is newer than what the server just said.
    if (now && !pending.has(field.dataset.field)) applyState(field, now, field.dataset.field === keep);
  }
  const counter = root.querySelector("[data-doubts]");
  counter.textContent = state.doubts;
  counter.dataset.state = state.doubts ? "check" : "person";
  const failed = root.querySelector("[data-failed]");
  failed.textContent = state.failed;
  failed.dataset.state = state.failed ? "fail" : "person";
  const progress = root.querySelector("[data-progress]");
  progress.classList.toggle("done", !state.doubts);
  progress.replaceChildren(state.doubts
    ? make("span", {}, "还有 ", make("strong", {}, String(state.doubts)), " 处待核对")
    : make("strong", {}, "已无待核对项"));
  root.querySelector("[data-checks]").innerHTML = state.checks;
  root.querySelector("[data-history]").innerHTML = state.history;
  root.querySelector("h1").textContent = state.title;
  drawBoxes();
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
  if (untouched && !keepTyped && input.value !== now.text) input.value = now.text;
  const by = field.querySelector("[data-by]");
  if (by) by.textContent = now.say;
  const why = field.querySelector(".why");
  why?.replaceChildren(...now.reasons.map((reason) => make("li", {}, icon("fail"), make("span", {}, reason))));
  if (field.matches("td")) input.setAttribute("aria-label", `${labelOf(field)}，${now.state.word}`);
}

const draftKey = (path) => `draft:${root.dataset.id}:${path}`;

/** Leaving a field without Enter: what was typed is saved all the same. */
function keepTyped(field) {
  if (!editable || !inputOf(field) || field.dataset.conflict) return;
  const text = inputOf(field).value;
  if (text !== field.dataset.saved && text !== sending.get(field.dataset.field)) save(field, "correct", text);
}

addEventListener("pagehide", () => {
  if (here && editable && !isMark(here) && inputOf(here).value !== here.dataset.saved) {
    post(root.dataset.save, { path: here.dataset.field, action: "correct", text: inputOf(here).value, version }, { keepalive: true }).catch(() => {});
  }
});
addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });

function restoreDrafts() {
  for (const field of stops()) {
    const draft = memory.get(draftKey(field.dataset.field));
    if (draft == null || isMark(field)) continue;
    if (draft === field.dataset.saved) memory.set(draftKey(field.dataset.field), null);
    else { inputOf(field).value = draft; toast(`“${labelOf(field)}”恢复了上次没有保存的内容。`); }
  }
}

// ── what the keys do ────────────────────────────────────────────────────────────────────────────────────

function accept(field) {
  if (!editable) { goOn(field); return; }
  delete field.dataset.conflict;
  const text = textOf(field);
  const changed = text !== field.dataset.saved;
  settleHere(field, { word: "人工确认", icon: "person", tone: "person" });
  save(field, changed ? "correct" : isMark(field) ? "verdict" : "confirm", text);
  goOn(field);
}

/** Show at once what the server will say in a moment. */
function settleHere(field, state) {
  field.dataset.open = "no";
  field.dataset.state = state.tone;
  field.classList.remove("doubt");
  field.querySelector("[data-status]")?.replaceChildren(chip(state));
}

function judge(field, verdict) {
  field.dataset.saved = verdict;
  for (const button of field.querySelectorAll("[data-verdict]")) {
    button.setAttribute("aria-pressed", String(button.dataset.verdict === verdict));
  }
  settleHere(field, { word: "人工确认", icon: "person", tone: "person" });
  save(field, "verdict", verdict);
  goOn(field);
}

function markAs(field, action) {
  if (!editable || !field || isMark(field)) return;
  inputOf(field).value = "";
  field.dataset.saved = "";
  settleHere(field, action === "illegible"
    ? { word: "无法辨认", icon: "illegible", tone: "illegible" }
    : { word: "纸面空白", icon: "blank", tone: "blank" });
  save(field, action, "");
  goOn(field);
}

let lastDigit = { at: 0, key: "" };

/** A digit picks a candidate; two digits in quick succession mean that somebody types a number. */
function digit(event, field) {
  const input = inputOf(field);
  const now = performance.now();
  if (!event.altKey && lastDigit.key && now - lastDigit.at < 700 && field.dataset.picked === "yes") {
    event.preventDefault();
    field.dataset.mode = "type";
    field.dataset.picked = "no";
    input.value = lastDigit.key + event.key;
    input.setSelectionRange?.(input.value.length, input.value.length);
    input.dispatchEvent(new Event("input", { bubbles: true }));
    return;
  }
  const candidate = candidatesOf(field)[Number(event.key) - 1];
  lastDigit = { at: now, key: event.key };
  if (!candidate) { field.dataset.mode = "type"; return; }
  event.preventDefault();
  field.dataset.picked = "yes";
  pick(field, candidate);
}

function pick(field, candidate) {
  const input = inputOf(field);
  input.value = candidate.dataset.candidate;
  input.select?.();
  remember(field);
}

const remember = (field) => memory.set(draftKey(field.dataset.field),
  inputOf(field).value === field.dataset.saved ? null : inputOf(field).value);

panel.addEventListener("input", (event) => {
  const field = event.target.closest("[data-field]");
  if (field && !isMark(field)) remember(field);
});

let composedAt = 0;
panel.addEventListener("compositionstart", (event) => { event.target.closest("[data-field]").dataset.mode = "type"; });
panel.addEventListener("compositionend", (event) => { composedAt = event.timeStamp; });

panel.addEventListener("keydown", (event) => {
  const field = event.target.closest("[data-field]");
  // Enter that ends a composition belongs to the input method, in browsers that report it late too.
  if (!field || event.isComposing || event.keyCode === 229 || event.timeStamp - composedAt < 60) return;
  if (event.target.closest(".conflict")) return;
  const area = event.target.tagName === "TEXTAREA";
  if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
    if (event.altKey) { if (field.matches("td")) { event.preventDefault(); addRow(field); } return; }
    if (area && event.shiftKey) return;
    if (event.target.closest("[data-candidate], [data-mark]")) return;
    event.preventDefault();
    if (event.shiftKey) { go(nextDoubt(field, -1)); return; }
    if (isMark(field)) judge(field, event.target.closest("[data-verdict]")?.dataset.verdict ?? field.dataset.saved);
    else accept(field);
    return;
  }
  if (/^[1-9]$/.test(event.key) && !event.ctrlKey && !event.metaKey && isMark(field)) {
    const button = field.querySelectorAll("[data-verdict]")[Number(event.key) - 1];
    if (button && !event.altKey) { event.preventDefault(); judge(field, button.dataset.verdict); }
    return;
  }
  if (isMark(field) || !editable) return;
  if (/^[1-9]$/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey && field.dataset.mode === "pick") { digit(event, field); return; }
  if (event.key === "Escape") {
    inputOf(field).value = field.dataset.saved;
    remember(field);
    field.dataset.mode = "pick";
    inputOf(field).select?.();
    return;
  }
  if (event.key === "F2") {
    event.preventDefault();
    field.dataset.mode = "type";
    const input = inputOf(field);
    input.setSelectionRange?.(input.value.length, input.value.length);
    return;
  }
  if (field.matches("td") && !event.altKey && !event.ctrlKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    go(neighbour(field, event.key === "ArrowDown" ? 1 : -1));
    return;
  }
  if (field.matches("td") && event.altKey && event.key === "Delete") { event.preventDefault(); removeRow(field.closest("tr").dataset.row); return; }
  if (event.key === "?" && field.dataset.mode === "pick") { event.preventDefault(); document.getElementById("help").showModal(); return; }
  if (event.key.length === 1 || /^(Backspace|Delete|Arrow|Home|End)/.test(event.key)) {
    if (!event.altKey && !event.ctrlKey && !event.metaKey) field.dataset.mode = "type";
  }
});

panel.addEventListener("click", (event) => {
  const at = event.target.closest("[data-candidate], [data-verdict], [data-mark], [data-add-row], [data-remove-row]");
  if (!at || !editable) return;
  const field = at.closest("[data-field]") ?? here;
  if (at.matches("[data-candidate]")) { pick(field, at); go(field); }
  else if (at.matches("[data-verdict]")) judge(field, at.dataset.verdict);
  else if (at.matches("[data-mark]")) markAs(field, at.dataset.mark);
  else if (at.matches("[data-add-row]")) addRow(null);
  else if (at.matches("[data-remove-row]")) removeRow(at.dataset.removeRow);
});

// ── the table ───────────────────────────────────────────────────────────────────────────────────────────

function neighbour(cell, step) {
  const rows = [...panel.querySelectorAll("tr[data-row]")];
  const row = rows[rows.indexOf(cell.closest("tr")) + step];
  return row?.querySelectorAll("[data-field]")[[...cell.closest("tr").querySelectorAll("[data-field]")].indexOf(cell)] ?? null;
}

/** The paper, reasons and candidates of the cell that is focused, right above its row. */
function openCellDesk(cell) {
  const row = cell.closest("tr");
  const content = cell.querySelector("template").content.cloneNode(true);
  const desk = make("div", { class: "cell-desk", "data-cell-desk": true }, make("strong", { class: "small" }, labelOf(cell)),
    make("div", { class: "crop", "data-crop": true }), content);
  const room = make("tr", { class: "desk-row", "data-desk-row": true }, make("td", { colspan: row.children.length }, desk));
  row.before(room);
}

function closeCellDesk() {
  for (const room of panel.querySelectorAll("[data-desk-row]")) room.remove();
}

async function rows(change, focusOn) {
  if (!editable) return;
  busy(1);
  try {
    await reload(await send(root.dataset.rows, change));
    focusOn?.();
    announce("已保存");
  } catch (refusal) { toast(refusal.message, "fail"); } finally { busy(-1); }
}

function addRow(cell) {
  const all = [...panel.querySelectorAll("tr[data-row]")];
  const at = cell ? all.indexOf(cell.closest("tr")) + 1 : all.length;
  rows({ action: "add", at, texts: [{}] }, () => go(panel.querySelectorAll("tr[data-row]")[at]?.querySelector('[data-field$=".name"]')));
}

function removeRow(row) {
  const all = [...panel.querySelectorAll("tr[data-row]")];
  const at = all.findIndex((each) => each.dataset.row === row);
  rows({ action: "remove", row }, () => {
    toast("已删除这一行。Alt + Z 撤销。");
    go(panel.querySelectorAll("tr[data-row]")[Math.max(0, at - 1)]?.querySelector("[data-field]"));
  });
}

panel.addEventListener("paste", (event) => {
  const cell = event.target.closest("td[data-field]");
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!cell || !editable || !/[\t\n]/.test(text.trim())) return;
  event.preventDefault();
  const columns = [...cell.closest("tr").querySelectorAll("[data-field]")].map((each) => each.dataset.field.split(".").pop());
  const first = columns.indexOf(cell.dataset.field.split(".").pop());
  const texts = text.replace(/\r/g, "").replace(/\n+$/, "").split("\n").map((record) => Object.fromEntries(
    record.split("\t").map((value, index) => [columns[first + index], value.trim()]).filter(([name]) => name)));
  const at = [...panel.querySelectorAll("tr[data-row]")].indexOf(cell.closest("tr")) + 1;
  rows({ action: "add", at, texts }, () => toast(`已从剪贴板加入 ${texts.length} 行。`));
});

/** The fields anew from the server, after rows came or went; `state` is what the server said with it. */
async function reload(state) {
  const response = await fetch(location.href, { headers: { Accept: "text/html" } });
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  const scroll = panel.scrollTop;
  here = null;
  panel.replaceChildren(...fresh.getElementById("panel-fields").childNodes);
  panel.scrollTop = scroll;
  take(state);
  showAllCrops();
}

async function undo(redo) {
  if (!editable) return;
  busy(1);
  try {
    await reload(await send(root.dataset.undo, { redo }));
    toast(redo ? "已重做。" : "已撤销上一步。Alt + Y 重做。");
  } catch (refusal) { toast(refusal.message, "fail"); } finally { busy(-1); }
}

// ── tabs, view buttons, keys that work everywhere on the page ──────────────────────────────────────────────

const tabs = [...root.querySelectorAll('[role="tab"]')];

function showTab(name) {
  for (const tab of tabs) {
    const on = tab.id === `tab-${name}`;
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
    document.getElementById(tab.getAttribute("aria-controls")).hidden = !on;
  }
}

for (const [index, tab] of tabs.entries()) {
  tab.addEventListener("click", () => showTab(tab.id.slice(4)));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = tabs[(index + step + tabs.length) % tabs.length];
    showTab(next.id.slice(4));
    next.focus();
  });
}

root.addEventListener("click", (event) => {
  const jump = event.target.closest("[data-go]");
  if (jump) { showTab("fields"); go(find(jump.dataset.go)); }
});

const views = {
  in: () => viewer?.zoom(1.3),
  out: () => viewer?.zoom(1 / 1.3),
  fit: () => viewer?.whole(),
  turn: () => viewer?.turn(),
  red: async (button) => {
    redHidden = !redHidden;
    button.setAttribute("aria-pressed", String(redHidden));
    await viewer?.hideRed(redHidden);
    showAllCrops();
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

const turnPage = (step) => {
  const at = pageButtons.findIndex((button) => button.hasAttribute("aria-current"));
  pageButtons[at + step]?.click();
};

const ALT_KEYS = {
  r: () => views.red(root.querySelector('[data-view="red"]')),
  l: () => views.lines(root.querySelector('[data-view="lines"]')),
  s: views.swap, "=": views.in, "+": views.in, "-": views.out, 0: views.fit,
  x: () => markAs(here, "illegible"), k: () => markAs(here, "blank"), z: () => undo(false), y: () => undo(true),
  b: () => root.querySelector('[data-open="return"]')?.click(),
  j: () => root.querySelector('[data-open="reject"]')?.click(),
  pagedown: () => turnPage(1), pageup: () => turnPage(-1),
  1: () => { showTab("fields"); go(here ?? stops()[0]); },
  2: () => { showTab("checks"); tabs[1].focus(); },
  3: () => { showTab("register"); tabs[2].focus(); },
  4: () => { showTab("history"); tabs[3].focus(); },
};

document.addEventListener("keydown", (event) => {
  if (event.isComposing || document.querySelector("dialog[open]")) return;
  if (event.ctrlKey && event.key === "Enter") {
    event.preventDefault();
    root.querySelector('[data-open="accept"]')?.click();
  } else if (event.altKey && !event.ctrlKey && !event.metaKey && ALT_KEYS[event.key.toLowerCase()]) {
    event.preventDefault();
    ALT_KEYS[event.key.toLowerCase()]();
  }
});

// ── decisions ───────────────────────────────────────────────────────────────────────────────────────────

document.getElementById("accept")?.addEventListener("desk:open", () => {
  const open = stops().filter(isOpen).length;
  document.querySelector("[data-accept-say]").textContent = open
    ? `还有 ${open} 处没有核对，通过后按机器读到的内容留存。`
    : "所有疑点都已核对。";
});

for (const form of document.querySelectorAll("dialog form")) {
  if (!form.elements.decision) continue;
  const list = form.querySelector("[data-letter-list]");
  const write = () => {
    const lines = [...form.querySelectorAll("[data-letter-line]:checked")].map((box) => box.dataset.letterLine);
    const note = form.elements.note.value.trim();
    list?.replaceChildren(...[...lines, ...(note ? [note] : [])].map((text) => make("li", {}, text)));
  };
  form.addEventListener("input", write);
  write();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await line;
    try {
      const response = await fetch(form.action, {
        method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams(new FormData(form)),
      });
      const answer = await response.json();
      if (!response.ok) throw new Error(answer.message);
      sessionStorage.setItem("desk:said", answer.said);
      location.assign(answer.next);
    } catch (problem) {
      toast(problem.message || "没有保存这个决定，请检查网络后再试。", "fail");
    }
  });
}

// ── start ───────────────────────────────────────────────────────────────────────────────────────────────

function showAllCrops() {
  for (const field of stops()) if (!field.matches("td") && (isOpen(field) || isMark(field) || field === here)) crop(field);
}

if (memory.get("swap")) root.querySelector(".review-body").classList.add("swap");
if (root.dataset.claim) {
  const hold = () => post(root.dataset.claim).then(() => root.querySelector("[data-mine]")?.removeAttribute("hidden")).catch((refusal) => toast(refusal.message, "fail"));
  hold();
  setInterval(hold, 4 * 60 * 1000);
}
restoreDrafts();
drawBoxes();
const first = stops().find(isOpen);
if (viewer) viewer.open(first && parsePlaces(first.dataset.places)[0] ? parsePlaces(first.dataset.places)[0].page : 1);
if (first) go(first);
else root.querySelector('[data-open="accept"]')?.focus();
showAllCrops();
busy(0); // from here on every key is heard
const widths = new ResizeObserver(() => showAllCrops());
widths.observe(panel);
