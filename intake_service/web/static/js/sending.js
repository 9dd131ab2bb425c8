// Sends parcels of files, two at once. One whose answer was not heard is sent again under the same key: it is taken once.

import { renewWord, upload } from "./api.js";
import { beginSending, follow, refuse, say, setBar } from "./filerows.js";

const AT_ONCE = 2;
const PAUSES_S = [2, 8, 20];
/** Waits before a parcel that did not arrive is sent again by itself; then a person decides. */
const BUSY = new Set([429, 503]);

const waiting = [];
const stopped = new Set();
let running = 0;

/** Hand in `files` with the register's `entries`; progress and outcome are shown in `row`. */
export function send(url, row, files, entries) {
  const key = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const job = { url, row, files, entries, key, tries: 0 };
  say(row, "等待上传");
  setBar(row, 0);
  row.querySelector("[data-again]").addEventListener("click", () => again(job));
  row.querySelector("[data-drop]").addEventListener("click", () => { stop(job); stopped.delete(job); row.remove(); });
  waiting.push(job);
  next();
}

/** Whatever did not arrive, once more; how many there are. */
export function retryAll() {
  const all = [...stopped];
  all.forEach(again);
  return all.length;
}

function stop(job) {
  clearTimeout(job.timer);
  stopped.add(job);
}

function again(job) {
  if (!stopped.delete(job)) return;
  clearTimeout(job.timer);
  waiting.push(job);
  next();
}

function next() {
  while (running < AT_ONCE && waiting.length) {
    running += 1;
    attempt(waiting.shift()).finally(() => { running -= 1; next(); });
  }
}

async function attempt(job) {
  beginSending(job.row);
  say(job.row, "正在上传");
  try {
    follow(job.row, await deliver(job));
  } catch (refusal) {
    fail(job, refusal);
  }
}

async function deliver(job) {
  const form = new FormData();
  for (const [name, value] of job.entries) form.append(name, value);
  for (const file of job.files) form.append("file", file, file.name);
  const progress = (share) => {
    setBar(job.row, share);
    say(job.row, share < 1 ? `正在上传 ${Math.round(share * 100)}%` : "已上传，正在安全存盘");
  };
  try {
    return await upload(job.url, form, job.key, progress);
  } catch (refusal) {
    if (!isLoggedOut(refusal) || !(await renewWord())) throw refusal;
    return upload(job.url, form, job.key, progress);
  }
}

const isLoggedOut = (refusal) => refusal.status === 401 || refusal.status === 403;

function fail(job, refusal) {
  if (isLoggedOut(refusal)) {
    stop(job);
    refuse(job.row, "登录已过期，文件还留在本页。请在新窗口登录，回到本页会自动重试。", { again: true });
    job.row.querySelector("[data-log-in]").hidden = false;
    return;
  }
  const unheard = refusal.status === 0;
  if (!unheard && !BUSY.has(refusal.status)) {
    const mayHelp = refusal.status === 507 || refusal.status >= 500;
    if (mayHelp) stop(job);
    refuse(job.row, refusal.message, { again: mayHelp });
    return;
  }
  const what = unheard ? "没有送到：网络断了，或文件已被移走。服务器没有留下半个文件。" : refusal.message;
  const pause = job.tries < PAUSES_S.length ? Math.max(refusal.retryAfterS ?? 0, PAUSES_S[job.tries]) : null;
  job.tries += 1;
  stop(job);
  refuse(job.row, pause ? `${what} ${pause} 秒后自动重试。` : `${what}请检查后按“重试”。`, { again: true });
  if (pause) job.timer = setTimeout(() => again(job), pause * 1000);
}

// Whoever was cut off is connected again, or comes back from logging in.
addEventListener("online", retryAll);
addEventListener("focus", retryAll);
addEventListener("beforeunload", (event) => {
  if (waiting.length || running || stopped.size) event.preventDefault();
});
