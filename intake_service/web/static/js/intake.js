// Taking files in: drop, choose, paste; every file with its own progress, first of the upload, then of the reading.

import { get, upload } from "./api.js";
import { chip, icon, isTyping, toast } from "./parts.js";

const form = document.getElementById("intake-form");
const drop = document.getElementById("drop");
const list = document.getElementById("files-list");
const pattern = document.getElementById("file-row");
const pickers = { files: document.getElementById("files"), folder: document.getElementById("folder") };
const received = document.getElementById("received_at");
received.addEventListener("input", () => { received.dataset.chosen = "yes"; });
const ACCEPTED = /\.(pdf|jpe?g|png|tiff?)$/i;
const AT_ONCE = 2;

const waiting = [];
let running = 0;

function setBar(row, share, tone) {
  const bar = row.querySelector(".bar");
  if (!bar) return;
  bar.hidden = share == null;
  if (share == null) return;
  bar.setAttribute("aria-valuenow", Math.round(share * 100));
  bar.firstElementChild.style.transform = `scaleX(${share})`;
  if (tone) bar.dataset.state = tone;
}

function setState(row, state) {
  row.dataset.state = state.tone;
  row.querySelector("[data-status]").replaceChildren(chip(state));
  row.querySelector(":scope > .icon").replaceWith(icon(state.icon));
}

function say(row, text) { row.querySelector(".say").textContent = text; }

function addRow(title) {
  const row = pattern.content.firstElementChild.cloneNode(true);
  row.querySelector("b").textContent = title;
  document.getElementById("nothing-yet")?.remove();
  list.prepend(row);
  return row;
}

function refuse(row, sentence) {
  setState(row, { tone: "fail", icon: "fail", word: "未收下" });
  setBar(row, null);
  say(row, sentence);
}

/** Read the register now: what stands there when the files are handed in belongs to them. */
function register() {
  setReceived();
  const data = new FormData(form);
  data.delete("file");
  data.delete("together");
  return data;
}

function take(files) {
  const all = [...files];
  if (!all.length) return;
  const together = form.elements.together.value === "yes";
  const good = all.filter((file) => {
    if (ACCEPTED.test(file.name)) return true;
    if (!/^(\.|thumbs\.db|desktop\.ini)/i.test(file.name)) {
      refuse(addRow(file.name), "不支持的文件类型。请提交 PDF、JPEG、PNG 或 TIFF。");
    }
    return false;
  });
  const parcels = together && good.length ? [good] : good.map((file) => [file]);
  for (const parcel of parcels) {
    const title = parcel.length > 1 ? `${parcel[0].name} 等 ${parcel.length} 个文件` : parcel[0].name;
    const row = addRow(title);
    say(row, "等待上传");
    setBar(row, 0);
    waiting.push({ parcel, row, data: register() });
  }
  if (parcels.length) startNextEnvelope();
  next();
}

const OF_ONE_ENVELOPE = ["tracking_number", "postmark_date", "sender", "note"];

/** What was written down belongs to the envelope just handed in; the next one must not inherit its number. */
function startNextEnvelope() {
  const filled = OF_ONE_ENVELOPE.some((name) => form.elements[name].value.trim());
  for (const name of OF_ONE_ENVELOPE) form.elements[name].value = "";
  form.elements.copies.value = 1;
  received.dataset.chosen = "";
  setReceived();
  checkTracking();
  if (filled) toast("登记内容已记入这一批，登记栏已清空。");
}

/** Now on the office's clock (UTC+8), unless somebody chose another time. */
function setReceived() {
  if (!received.dataset.chosen) received.value = new Date(Date.now() + 8 * 3600 * 1000).toISOString().slice(0, 16);
}

function next() {
  while (running < AT_ONCE && waiting.length) {
    running += 1;
    send(waiting.shift()).finally(() => { running -= 1; next(); });
  }
}

async function send({ parcel, row, data }) {
  for (const file of parcel) data.append("file", file, file.name);
  say(row, "正在上传");
  try {
    const answer = await upload(form.dataset.upload, data, (share) => {
      setBar(row, share);
      say(row, share < 1 ? `正在上传 ${Math.round(share * 100)}%` : "已上传，正在安全存盘");
    });
    const name = row.querySelector("b");
    const link = document.createElement("a");
    link.href = answer.url;
    link.textContent = name.textContent;
    name.replaceChildren(link);
    row.querySelector(".name .code").textContent = answer.receipt_number;
    const papers = row.querySelector("[data-register]");
    papers.href = answer.register;
    papers.hidden = false;
    setBar(row, 0);
    row.dataset.notice = answer.notice ?? "";
    watch(row, answer.poll);
  } catch (refusal) {
    refuse(row, refusal.message);
  }
}

async function watch(row, url) {
  let pause = 400;
  for (;;) {
    let now;
    try { now = await get(url); } catch (refusal) {
      if (refusal.status && refusal.status !== 503) { say(row, refusal.message); return; }
      say(row, "连接中断，正在重连");
      await new Promise((resolve) => { setTimeout(resolve, 3000); });
      continue;
    }
    setState(row, now.state);
    say(row, [now.say, row.dataset.notice || now.notice].filter(Boolean).join("　"));
    setBar(row, now.settled ? null : now.share);
    const title = row.querySelector("b a") ?? row.querySelector("b");
    if (now.settled && now.title) title.textContent = now.title;
    if (now.settled) return;
    await new Promise((resolve) => { setTimeout(resolve, pause); });
    pause = Math.min(pause * 1.3, 3000);
  }
}

for (const row of list.querySelectorAll('[data-poll]:not([data-poll=""])')) watch(row, row.dataset.poll);

form.addEventListener("submit", (event) => event.preventDefault());
for (const button of form.querySelectorAll("[data-pick]")) {
  button.addEventListener("click", () => pickers[button.dataset.pick].click());
}
for (const picker of Object.values(pickers)) {
  picker.addEventListener("change", () => { take(picker.files); picker.value = ""; });
}

document.addEventListener("keydown", (event) => {
  if (event.key === "u" && !isTyping(event) && !event.ctrlKey && !event.altKey && !event.metaKey) {
    event.preventDefault();
    pickers.files.click();
  }
});

document.addEventListener("paste", (event) => {
  const files = event.clipboardData?.files;
  if (files?.length) { event.preventDefault(); take(files); }
});

/** The files of a dropped folder, however deep. */
async function filesIn(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => { entry.file(resolve, reject); })];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => { reader.readEntries(resolve, reject); });
    if (!some.length) return found;
    for (const child of some) found.push(...await filesIn(child));
  }
}

let depth = 0;
addEventListener("dragenter", (event) => { event.preventDefault(); depth += 1; drop.classList.add("over"); });
addEventListener("dragleave", () => { depth -= 1; if (depth <= 0) drop.classList.remove("over"); });
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", async (event) => {
  event.preventDefault();
  depth = 0;
  drop.classList.remove("over");
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  try {
    const files = entries.length ? (await Promise.all(entries.map(filesIn))).flat() : event.dataTransfer.files;
    take(files);
  } catch {
    toast("有文件读不出来。请确认文件没有被别的程序占用，再拖一次。", "fail");
  }
});

// Check digit of international tracking numbers (UPU S10): weights 8 6 4 2 3 5 9 7, 11 - sum mod 11, 10 → 0, 11 → 5.
const tracking = document.getElementById("tracking_number");
const hint = form.querySelector("[data-hint]");
const usualHint = hint.textContent;
tracking.addEventListener("input", checkTracking);
function checkTracking() {
  const text = tracking.value.replace(/\s/g, "").toUpperCase();
  const match = /^[A-Z]{2}(\d{8})(\d)[A-Z]{2}$/.exec(text);
  let tone = "";
  let words = usualHint;
  if (match) {
    const sum = [8, 6, 4, 2, 3, 5, 9, 7].reduce((total, weight, at) => total + weight * Number(match[1][at]), 0);
    const wanted = { 10: 0, 11: 5 }[11 - (sum % 11)] ?? 11 - (sum % 11);
    const right = wanted === Number(match[2]);
    tone = right ? "person" : "fail";
    words = right ? "校验位正确。" : "校验位不符，请核对单号。";
  }
  hint.textContent = words;
  hint.dataset.state = tone;
  tracking.setAttribute("aria-invalid", String(tone === "fail"));
}
