// The lines of the intake page: one a submission, first while it is sent, then while it is read.

import { get } from "./api.js";
import { chip, icon, make } from "./parts.js";

const list = document.getElementById("files-list");
const pattern = document.getElementById("file-row");
const RECONNECT_MS = 3000;

export const rows = () => [...list.querySelectorAll(".file")];

export function addRow(title) {
  const row = pattern.content.firstElementChild.cloneNode(true);
  row.querySelector("b").textContent = title;
  document.getElementById("nothing-yet")?.remove();
  list.prepend(row);
  return row;
}

export function say(row, text) { row.querySelector(".say").textContent = text; }

export function setBar(row, share) {
  const bar = row.querySelector(".bar");
  if (!bar) return;
  bar.hidden = share == null;
  if (share == null) return;
  bar.setAttribute("aria-valuenow", Math.round(share * 100));
  bar.firstElementChild.style.transform = `scaleX(${share})`;
}

function setState(row, state) {
  row.dataset.state = state.tone;
  row.querySelector("[data-status]").replaceChildren(chip(state));
  row.querySelector(":scope > .icon").replaceWith(icon(state.icon));
}

/** Not taken, with the reason; `again` offers to try once more. */
export function refuse(row, sentence, { again = false } = {}) {
  setState(row, { tone: "fail", icon: "fail", word: again ? "没有送到" : "未收下" });
  setBar(row, null);
  say(row, sentence);
  row.querySelector(".again").hidden = !again;
}

export function beginSending(row) {
  row.dataset.state = "";
  row.querySelector("[data-status]").replaceChildren();
  row.querySelector(":scope > .icon").replaceWith(icon("paper"));
  row.querySelector(".again").hidden = row.querySelector("[data-log-in]").hidden = true;
}

/** The server has it: show its line and follow it until it is read. */
export function follow(row, line) {
  for (const twin of rows()) if (twin !== row && twin.dataset.id === line.id) twin.remove();
  row.dataset.id = line.id;
  row.dataset.notice = line.notice;
  row.querySelector("b").replaceChildren(make("a", { href: line.url }, line.title));
  row.querySelector(".name .code").textContent = line.receipt_number;
  row.querySelector("[data-source]").textContent = line.source;
  const papers = row.querySelector("[data-register]");
  papers.href = line.register;
  papers.hidden = false;
  show(row, line);
  if (line.poll) watch(row, line.poll);
}

function show(row, line) {
  setState(row, line.state);
  say(row, [line.say, line.notice || row.dataset.notice].filter(Boolean).join("　"));
  setBar(row, line.settled ? null : line.share);
  const title = row.querySelector("b a");
  if (line.settled && line.title) title.textContent = line.title;
}

async function watch(row, url) {
  for (let pause = 400; row.isConnected; pause = Math.min(pause * 1.3, 3000)) {
    try {
      const line = await get(url);
      show(row, line);
      if (line.settled) return;
    } catch (refusal) {
      if (refusal.status && refusal.status !== 503) { say(row, refusal.message); return; }
      say(row, "连接中断，正在重连");
      pause = RECONNECT_MS;
    }
    await new Promise((resolve) => { setTimeout(resolve, pause); });
  }
}

for (const row of rows()) if (row.dataset.poll) watch(row, row.dataset.poll);
