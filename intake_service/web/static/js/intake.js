// Taking files in: drop, choose, photograph, paste. The register beside them goes with what is handed in next.

import { get } from "./api.js";
import { addRow, follow, refuse, rows } from "./filerows.js";
import { isForLists, stepOf } from "./lines.js";
import { toast } from "./parts.js";
import { retryAll, send } from "./sending.js";
import { checked } from "./tracking.js";

const form = document.getElementById("intake-form");
const drop = document.getElementById("drop");
const pickers = Object.fromEntries(["files", "folder", "camera"].map((id) => [id, document.getElementById(id)]));
const received = document.getElementById("received_at");
received.addEventListener("input", () => { received.dataset.chosen = "yes"; });
const checkTracking = checked(document.getElementById("tracking_number"));
const ACCEPTED = /\.(pdf|jpe?g|png|tiff?)$/i;
const IGNORED = /^(\.|thumbs\.db|desktop\.ini)/i;
const NEWS_MS = 4000;
const MB = 1024 * 1024;

/** Why this file cannot be handed in, so that nobody waits for its upload; empty when it can. */
function objection(file) {
  if (!ACCEPTED.test(file.name)) return "不支持的文件类型。请提交 PDF、JPEG、PNG 或 TIFF。";
  if (!file.size) return "文件是空的（0 字节）。请检查扫描仪或重新选择文件。";
  if (file.size > form.dataset.fileMb * MB) return `文件超过 ${form.dataset.fileMb} MB。请降低扫描分辨率（200–300 dpi 足够）或分成几份。`;
  return "";
}

function parcelObjection(parcel) {
  if (parcel.length > form.dataset.files) return `合为一份最多 ${form.dataset.files} 个文件，这里有 ${parcel.length} 个。请分批提交。`;
  const size = parcel.reduce((sum, file) => sum + file.size, 0);
  const most = Math.floor(form.dataset.bytes / MB) - 1;
  return size > most * MB ? `合为一份最多 ${most} MB，这里有 ${Math.ceil(size / MB)} MB。请分批提交。` : "";
}

function take(files) {
  const good = [];
  for (const file of files) {
    const why = objection(file);
    if (!why) good.push(file);
    else if (!IGNORED.test(file.name)) refuse(addRow(file.name), why);
  }
  if (!good.length) return;
  const parcels = form.elements.together.value === "yes" ? [good] : good.map((file) => [file]);
  for (const parcel of parcels) {
    const row = addRow(parcel.length > 1 ? `${parcel[0].name} 等 ${parcel.length} 个文件` : parcel[0].name);
    const why = parcelObjection(parcel);
    if (why) refuse(row, why);
    else send(form.dataset.upload, row, parcel, register());
  }
  startNextEnvelope();
}

/** Read the register now: what stands there when the files are handed in belongs to them. */
function register() {
  setReceived();
  return [...new FormData(form)].filter(([name]) => !["file", "together", "csrf"].includes(name));
}

const OF_ONE_ENVELOPE = ["tracking_number", "postmark_date", "envelope", "sender", "note", "supplements"];

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

form.addEventListener("submit", (event) => event.preventDefault());
for (const button of form.querySelectorAll("[data-pick]")) {
  button.addEventListener("click", () => pickers[button.dataset.pick].click());
}
for (const picker of Object.values(pickers)) {
  picker.addEventListener("change", () => { take(picker.files); picker.value = ""; });
}

document.getElementById("retry-all").addEventListener("click", () => toast(retryAll() ? "正在重试" : "没有要重试的"));

document.addEventListener("paste", (event) => {
  const files = event.clipboardData?.files;
  if (files?.length) { event.preventDefault(); take(files); }
});

/** The files of a dropped folder, however deep, in the order people number them. */
async function filesIn(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => { entry.file(resolve, reject); })];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => { reader.readEntries(resolve, reject); });
    if (!some.length) break;
    found.push(...some);
  }
  found.sort((one, other) => one.name.localeCompare(other.name, "zh", { numeric: true }));
  return (await Promise.all(found.map(filesIn))).flat();
}

// j and k walk the files, Enter opens one, h its register and receipt: of the line with the focus, or of the first.
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || !isForLists(event)) return;
  const handed = rows().filter((row) => row.dataset.id);
  const at = handed.indexOf(document.activeElement.closest(".file"));
  const step = stepOf(event);
  if (step && event.key.length === 1 && handed.length) {
    event.preventDefault();
    handed[Math.max(0, Math.min(handed.length - 1, at < 0 ? 0 : at + step))].querySelector("b a").focus();
  }
  if (event.key === "h") handed[Math.max(0, at)]?.querySelector("[data-register]").click();
});

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
    take(entries.length ? (await Promise.all(entries.map(filesIn))).flat() : event.dataTransfer.files);
  } catch {
    toast("有文件读不出来。请确认文件没有被别的程序占用，再拖一次。", "fail");
  }
});

// What the scanner's folder and colleagues bring meanwhile. Ids sort by time, so the latest one says what is new.
const meanwhile = document.getElementById("meanwhile");
let latest = rows().map((row) => row.dataset.id).sort().at(-1) ?? "";
async function hearNews() {
  let pause = NEWS_MS;
  if (document.visibilityState === "visible") {
    try {
      const news = await get(`${form.dataset.news}?after=${latest}`);
      if (meanwhile.dataset.said !== news.meanwhile) meanwhile.innerHTML = meanwhile.dataset.said = news.meanwhile;
      for (const line of news.lines.reverse()) {
        latest = line.id;
        if (!rows().some((row) => row.dataset.id === line.id)) follow(addRow(line.title), line);
      }
    } catch { pause *= 5; /* logged out, say, or a server that starts again */ }
  }
  setTimeout(hearNews, pause);
}
setTimeout(hearNews, NEWS_MS);
