// The queue by keyboard: j and k walk, Enter opens, c claims or gives back; x and Shift with the arrows choose lines,
// and what is done then is done to all that are chosen. Choosing a filter applies it.

import { post } from "./api.js";
import { isForLists, stepOf, walkable } from "./lines.js";
import { make, toast } from "./parts.js";

const table = document.querySelector("[data-rows]");
const rows = [...document.querySelectorAll("[data-rows] tbody tr")];
const bar = document.querySelector("[data-chosen]");
const lines = walkable(rows);

const box = (row) => row.querySelector("[data-pick]");
const chosen = () => rows.filter((row) => box(row).checked);
const may = (row, action) => row.dataset.may.split(" ").includes(action);
const titleOf = (row) => `${row.dataset.number}　${row.querySelector(".org a").textContent}`;

/** Choose or leave out lines, and say how many are chosen. */
function pick(which, on) {
  for (const row of which) {
    box(row).checked = on;
    row.classList.toggle("chosen", on);
  }
  const number = chosen().length;
  document.querySelector("[data-pick-all]").checked = number === rows.length;
  bar.hidden = !number;
  bar.querySelector("[data-count]").textContent = `已选 ${number} 件`;
  for (const button of bar.querySelectorAll("[data-act]")) {
    button.disabled = !chosen().some((row) => may(row, button.dataset.act));
  }
}

for (const row of rows) box(row).addEventListener("change", () => pick([row], box(row).checked));
document.querySelector("[data-pick-all]")?.addEventListener("change", (event) => pick(rows, event.target.checked));

// What each action asks before it is done; `n` is the number of lines that it will be done to.
const ACTIONS = {
  claim: {
    title: (n) => `领取 ${n} 件？`, done: "领取",
    what: () => `由您审核；${table.dataset.minutes} 分钟没有操作会自动放回。`, left: "已有人在办，或不在待审核",
  },
  release: { title: (n) => `放回 ${n} 件？`, done: "放回", what: () => "放回后别人可以领取，已保存的内容不变。", left: "不是您领取的" },
  retry: { title: (n) => `重新识读 ${n} 件？`, done: "开始重新识读", what: () => "从头读一遍原件，读完回到队列。", left: "没有读取失败" },
  hand_over: {
    title: (n) => `交办 ${n} 件？`, done: "交办",
    what: () => "原来在办的人不能再保存；新的人有 24 小时。", left: "不在待审核",
  },
  export: { title: (n) => `导出 ${n} 件？`, what: () => "存为一个 CSV 表格。", left: "还没有通过，不能导出" },
  receipt: { title: (n) => `打印 ${n} 份回执？`, what: () => "", left: "" },
};

/** Open the dialog; true once it is confirmed. */
function confirmed(dialog) {
  return new Promise((resolve) => {
    dialog.returnValue = "";
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    dialog.showModal();
    (dialog.querySelector("[data-hand-over]:not([hidden]) select") ?? dialog.querySelector("[data-yes]")).focus();
  });
}

function tell(dialog, title, what, leftWord, left) {
  dialog.querySelector("h2").textContent = title;
  dialog.querySelector("[data-what]").textContent = what;
  dialog.querySelector("[data-left]").hidden = !left.length;
  dialog.querySelector("[data-left-word]").textContent = leftWord;
  dialog.querySelector("[data-left-list]").replaceChildren(
    ...left.slice(0, 8).map((text) => make("li", {}, text)), ...(left.length > 8 ? [make("li", {}, `等 ${left.length} 件`)] : []));
}

/** Do one action to all chosen lines that it can be done to, after saying to how many, and which are left out. */
async function act(action) {
  const can = chosen().filter((row) => may(row, action));
  const cannot = chosen().filter((row) => !may(row, action));
  if (!can.length) { toast(`选中的件都不能这样处理：${ACTIONS[action].left}。`, "fail"); return; }
  const dialog = document.getElementById("sure");
  const { title, what, left, done } = ACTIONS[action];
  const place = dialog.querySelector("[data-hand-over]");
  if (place) place.hidden = action !== "hand_over";
  tell(dialog, title(can.length), what(), `另外 ${cannot.length} 件不动：${left}。`, cannot.map(titleOf));
  if (!(action === "receipt" || (action === "export" && !cannot.length)) && !await confirmed(dialog)) { lines.go(rows.indexOf(lines.here)); return; }
  const ids = can.map((row) => row.dataset.id);
  const query = ids.map((id) => `id=${id}`).join("&");
  if (action === "receipt") { location.assign(`${table.dataset.receipts}?${query}`); return; }
  if (action === "export") {
    location.assign(`${table.dataset.export}?${query}`);
    toast(`正在导出 ${table.dataset.exportName}，在浏览器的下载文件夹里。`);
    return;
  }
  const given = action === "hand_over"
    ? { to: dialog.querySelector("#to").value, note: dialog.querySelector("#why").value } : {};
  try {
    finish(dialog, done, await post(table.dataset.url, { action, ids, ...given }));
  } catch (refusal) { toast(refusal.message, "fail"); }
}

/** Show the list anew; what was refused is told before, line by line. */
async function finish(dialog, done, answer) {
  const left = Object.entries(answer.left);
  if (left.length) {
    const place = dialog.querySelector("[data-hand-over]");
    if (place) place.hidden = true;
    const lines = left.map(([id, why]) => `${titleOf(rows.find((row) => row.dataset.id === id))}——${why}`);
    tell(dialog, `${done} ${answer.done.length} 件`, "", `这 ${left.length} 件没有成：`, lines);
    await confirmed(dialog);
  } else sessionStorage.setItem("desk:said", JSON.stringify({ text: `已${done} ${answer.done.length} 件。` }));
  location.reload();
}

/** Claim the focused submission, or give it back when it is mine already. */
async function hold(row) {
  const mine = row.dataset.mine === "yes";
  try {
    const answer = await post(row.dataset.claim, { release: mine });
    row.dataset.mine = mine ? "no" : "yes";
    const other = mine ? "claim" : "release";
    row.dataset.may = row.dataset.may.replace(mine ? "release" : "claim", other);
    row.querySelector("[data-holder]").replaceChildren(mine
      ? make("span", { class: "muted" }, "—")
      : make("span", { class: "person me" }, make("span", { class: "face", "aria-hidden": "true" }, answer.face), "我"));
    toast(mine ? "已放回队列。" : "已领取，别人暂时不能审核这一件。");
  } catch (refusal) { toast(refusal.message, "fail"); }
}

const KEYS = { c: "claim", u: "release", t: "retry", e: "export", p: "receipt", s: "hand_over" };

/** Whether the key was one of ours. */
function onKey(event) {
  if (stepOf(event)) {
    if (event.shiftKey && lines.here) pick([lines.here], true);
    lines.step(stepOf(event));
    if (event.shiftKey) pick([lines.here], true);
    return true;
  }
  const { here } = lines;
  if (event.key === "x" && here) pick([here], !box(here).checked);
  else if (event.key === "a") pick(rows, chosen().length < rows.length);
  else if (event.key === "Escape" && chosen().length) pick(rows, false);
  else if (event.key === "c" && !chosen().length) { if (here?.dataset.claim) hold(here); }
  else if (event.key === "l") here?.querySelector("[data-letter]")?.click();
  else if (bar.querySelector(`[data-act="${KEYS[event.key]}"]`)) {
    if (!chosen().length && here) pick([here], true);
    if (chosen().length) act(KEYS[event.key]);
  } else return false;
  return true;
}

document.addEventListener("keydown", (event) => {
  if (isForLists(event) && rows.length && onKey(event)) event.preventDefault();
});

bar?.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.matches("[data-none]")) pick(rows, false);
  else if (button) act(button.dataset.act);
});

// What the review page will want, once this one stands there.
const ahead = document.querySelector("[data-prefetch]");
if (ahead) addEventListener("load", () => requestIdleCallback(() => document.head.append(ahead.content)));

const filters = document.querySelector(".filters");
for (const control of filters.querySelectorAll("select, input[type=checkbox]")) {
  control.addEventListener("change", () => filters.requestSubmit());
}
// Only what is asked for goes into the address.
filters.addEventListener("submit", () => {
  for (const control of filters.querySelectorAll("select, input")) control.disabled = control.disabled || !control.value;
});
