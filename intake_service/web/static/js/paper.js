// The page pictures and the strips cut from them. Everything happens in this browser; the server sends whole pages.

const pages = new Map();
/** The picture that is looked at first is decoded while the rest of the page is still coming. */
const ahead = document.querySelector('link[rel="preload"][as="image"]')?.getAttribute("href");
const first = ahead ? { url: ahead, picture: fromBytes(ahead) } : null;
first?.picture.catch(() => {}); // tried again when it is wanted
const RED_MARGIN = 38;
const KEPT = 5; // decoded pages, 15 MB each

/** Tell which pages there are: number, address of the picture, and of what covers the printed form on it, if known. */
export function setPages(list) {
  for (const [number, url, cover = ""] of list) pages.set(number, { url, cover, picture: null, seen: new Map() });
}

/** Whether the printed form can be hidden on a page; without a number, on any. */
export const hasCover = (number) => (number ? Boolean(pages.get(number)?.cover) : [...pages.values()].some((page) => page.cover));

export const pageUrl = (number) => pages.get(number)?.url;

/** The picture of a page, decoded once and beside the main thread; cutting strips from it is cheap then. */
export function pagePicture(number) {
  const page = pages.get(number);
  if (!page) return Promise.reject(new Error("no such page"));
  page.picture ??= decoded(page.url).catch((problem) => { page.picture = null; throw problem; });
  pages.delete(number); // and to the end: the order is that of use
  pages.set(number, page);
  const used = [...pages.values()].filter((each) => each.picture);
  for (const old of used.slice(0, -KEPT)) { old.picture = null; old.seen.clear(); }
  return page.picture;
}

/** From the file's bytes, not from an image element: only so the browser decodes beside the main thread. */
async function decoded(url) {
  if (url === first?.url) return first.picture.catch(() => fromBytes(url));
  return fromBytes(url);
}

async function fromBytes(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error("picture not loaded");
  return createImageBitmap(await answer.blob());
}

const loaded = (url) => new Promise((resolve, reject) => {
  const image = new Image();
  image.decoding = "async";
  image.addEventListener("load", () => resolve(image));
  image.addEventListener("error", () => reject(new Error("picture not loaded")));
  image.src = url;
});

/** Fetch the neighbours of a page ahead of time; the browser keeps them. */
export function warm(number) {
  for (const near of [number + 1, number - 1]) if (pages.has(near)) loaded(pages.get(near).url).catch(() => {});
}

function isRed(r, g, b) { return r - Math.max(g, b) > RED_MARGIN; }

/** Paint red ink white in place; dark ink under a seal stays because it is not red enough. */
function dropRed(pixels) {
  const { data } = pixels;
  for (let at = 0; at < data.length; at += 4) {
    if (isRed(data[at], data[at + 1], data[at + 2])) {
      const dark = data[at] < 110;
      data[at] = data[at + 1] = data[at + 2] = dark ? data[at + 1] : 255;
    }
  }
}

/** The page as it is to be seen: its picture, or a canvas without its red ink, without the printed form, or both. */
export async function pageSeen(number, { red = false, print = false } = {}) {
  const image = await pagePicture(number);
  const page = pages.get(number);
  const key = `${red ? "red" : ""} ${print && page.cover ? "print" : ""}`.trim();
  if (!key) return image;
  if (!page.seen.has(key)) page.seen.set(key, uncovered(image, red, print && page.cover));
  return page.seen.get(key).catch((problem) => { page.seen.delete(key); throw problem; });
}

async function uncovered(image, red, cover) {
  const canvas = document.createElement("canvas");
  canvas.width = image.width;
  canvas.height = image.height;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(image, 0, 0);
  if (red) {
    const pixels = pen.getImageData(0, 0, canvas.width, canvas.height);
    dropRed(pixels);
    pen.putImageData(pixels, 0, 0);
  }
  if (cover) pen.drawImage(await decoded(cover), 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** "2:0.1,0.2,0.3,0.4;3:…" → [{page, box: [x0, y0, x1, y1]}], boxes in page fractions. */
export function parsePlaces(text) {
  if (!text) return [];
  return text.split(";").map((place) => {
    const [page, box] = place.split(":");
    return { page: Number(page), box: box.split(",").map(Number) };
  });
}

/** Source rectangle in pixels of a box, with a little paper around it. */
function around(image, [x0, y0, x1, y1], margin) {
  const width = image.width;
  const height = image.height;
  const left = Math.max(0, Math.floor(x0 * width - margin));
  const top = Math.max(0, Math.floor(y0 * height - margin));
  return {
    left, top,
    width: Math.max(1, Math.min(width, Math.ceil(x1 * width + margin)) - left),
    height: Math.max(1, Math.min(height, Math.ceil(y1 * height + margin)) - top),
  };
}

/** How much ink each column and row holds, `rim` pixels around and what is outside `line` left out. Ruled lines, filling
    theirs, do not count. */
function inkProfile(pixels, rim, [above, below] = [0, pixels.height]) {
  const { data, width, height } = pixels;
  const [top, bottom] = [Math.max(rim, above), Math.min(height - rim, below)];
  const dark = (x, y) => {
    const at = (y * width + x) * 4;
    return Math.min(data[at], data[at + 1], data[at + 2]) < 150;
  };
  const rows = new Float32Array(height);
  const columns = new Float32Array(width);
  for (let y = top; y < bottom; y += 1) for (let x = rim; x < width - rim; x += 1) if (dark(x, y)) rows[y] += 1;
  let open = 0;
  for (let y = top; y < bottom; y += 1) {
    if (rows[y] > (width - 2 * rim) * 0.6) { rows[y] = 0; continue; }
    open += 1;
    for (let x = rim; x < width - rim; x += 1) if (dark(x, y)) columns[x] += 1;
  }
  for (let x = rim; x < width - rim; x += 1) {
    if (columns[x] > open * 0.85) {
      columns[x] = 0;
      for (let y = 0; y < height; y += 1) if (rows[y] && dark(x, y)) rows[y] -= 1;
    }
  }
  return { columns, rows };
}

/** First and last index that holds ink, with `margin` around; the whole range where there is none. */
function inked(profile, margin) {
  const least = 1;
  const from = profile.findIndex((amount) => amount >= least);
  if (from < 0) return null;
  let to = profile.length - 1;
  while (profile[to] < least) to -= 1;
  return [Math.max(0, from - margin), Math.min(profile.length, to + 1 + margin)];
}

/** Cut long writing into strips no wider than `limit`, about equally long, at the emptiest columns. */
function strips(ink, from, to, limit) {
  const cuts = [from];
  while (to - cuts.at(-1) > limit) {
    const start = cuts.at(-1);
    const more = Math.ceil((to - start) / limit); // strips that are still to come
    const widest = Math.min(limit, Math.ceil(((to - start) / more) * 1.15));
    let best = start + widest;
    let least = Infinity;
    for (let x = start + widest; x > start + widest * 0.75; x -= 1) {
      const here = ink[x] + (ink[x - 1] ?? 0) + (ink[x + 1] ?? 0);
      if (here < least) { least = here; best = x; }
      if (here === 0) break;
    }
    cuts.push(best);
  }
  cuts.push(to);
  return cuts.slice(1).map((end, index) => [cuts[index], end]);
}

const SCALE = 1.2; // CSS pixels a picture pixel: pages are about 1,600 px wide, so this is 2.4 times the print
const SMALLEST = 0.75; // a line that fits so stays in one piece, 1.5 times the print
const TALLEST = 300;
const TALLEST_LONG = 190; // above a long text, which is to be seen with it
const LEAST_LINE = 0.6; // of a character's height: a lower band of ink is a part of a character, not a line
const SPECK = 2; // dark pixels in a row of pixels that are dirt
const RIM = 8; // paper around a box, so that strokes that stick out are seen

function scissors(image, place, margin) {
  const source = around(image, place.box, margin);
  const canvas = document.createElement("canvas");
  canvas.width = source.width;
  canvas.height = source.height;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(image, source.left, source.top, source.width, source.height, 0, 0, source.width, source.height);
  return { canvas, pixels: () => pen.getImageData(0, 0, source.width, source.height) };
}

/** Draw columns [from, to) and rows [top, bottom) of `canvas` at `scale` into a new canvas for the screen. */
function shown(canvas, [from, to], scale, [top, bottom] = [0, canvas.height]) {
  const dense = Math.min(2, devicePixelRatio || 1);
  const out = document.createElement("canvas");
  const width = Math.max(1, Math.round((to - from) * scale));
  const height = Math.max(1, Math.round((bottom - top) * scale));
  out.width = width * dense;
  out.height = height * dense;
  out.style.width = `${width}px`;
  out.style.height = `${height}px`;
  const pen = out.getContext("2d");
  pen.imageSmoothingQuality = "high";
  pen.drawImage(canvas, from, top, to - from, bottom - top, 0, 0, out.width, out.height);
  return out;
}

/** The lines of writing as [top, bottom], cut in the middle of the clear paper between them; none is lower than `least`. */
function linesOf(rows, least) {
  const bands = [];
  let from = -1;
  for (let y = 0; y <= rows.length; y += 1) {
    if (rows[y] > SPECK) { if (from < 0) from = y; continue; }
    if (from >= 0 && y - from >= least) bands.push([from, y]);
    from = -1;
  }
  const cuts = bands.slice(1).map(([top], index) => Math.round((bands[index][1] + top) / 2));
  return [0, ...cuts].map((top, index) => [top, cuts[index] ?? rows.length]);
}

/** How high a character can be where `letters` of them fill a box of this size, in square cells; at least print's 10 points. */
function characterHeight(image, { width, height }, letters) {
  const print = image.width / 60;
  return letters ? Math.max(print, Math.min(height, Math.sqrt((width * height) / letters))) : print;
}

/** Strips of every line in the order of reading; what is too tall for a line (a drawing, lines that touch) comes whole. */
function writtenStrips(image, place, room, letters) {
  const { canvas, pixels } = scissors(image, place, RIM);
  const seen = pixels();
  const inner = { width: canvas.width - 2 * RIM, height: canvas.height - 2 * RIM };
  const lines = linesOf(inkProfile(seen, RIM).rows, LEAST_LINE * characterHeight(image, inner, letters));
  if (lines.some(([top, bottom]) => bottom - top > image.height * 0.05)) {
    return [shown(canvas, [0, canvas.width], Math.min(SCALE, room / canvas.width))];
  }
  return lines.flatMap((line) => {
    const ink = inkProfile(seen, RIM, line);
    const [from, to] = inked(ink.columns, RIM) ?? [0, Math.min(canvas.width, 400)];
    const [top, bottom] = inked(ink.rows, RIM) ?? line;
    const tall = [Math.max(top, line[0]), Math.min(bottom, line[1])];
    const fitting = Math.min(SCALE, room / (to - from));
    if (fitting >= SMALLEST) return [shown(canvas, [from, to], fitting, tall)];
    return strips(ink.columns, from, to, Math.floor(room / SCALE)).map((span) => shown(canvas, span, SCALE, tall));
  });
}

/** Holder → what it shows or is about to, so that the same is not drawn twice. */
const shownIn = new WeakMap();

/** Fill `holder` with what stands on the paper at these places; `whole` keeps the box as it is (marks). How many `letters` were
    read there tells lines from halves of characters. */
export async function showCrop(holder, places, { whole = false, hidden = {}, letters = 0 } = {}) {
  const room = holder.clientWidth - 2; // measured once, before anything is drawn: a look after a change costs a layout
  const key = JSON.stringify([places, room, hidden]);
  if (shownIn.get(holder) === key) return;
  shownIn.set(holder, key);
  if (!places.length) {
    holder.classList.add("none");
    holder.textContent = "纸面上没有对应的位置。";
    return;
  }
  const drawn = [];
  try {
    for (const place of places) {
      const source = await pageSeen(place.page, hidden);
      if (whole) {
        const { canvas } = scissors(source, place, 10);
        drawn.push(shown(canvas, [0, canvas.width], Math.min(2 * SCALE, room / canvas.width, 200 / canvas.height)));
      } else {
        drawn.push(...writtenStrips(source, place, Math.max(200, room), letters));
      }
    }
  } catch {
    shownIn.delete(holder);
    holder.classList.add("none");
    holder.textContent = "页面图像没有载入，请检查网络后刷新。";
    return;
  }
  if (shownIn.get(holder) !== key) return;
  holder.classList.remove("none");
  holder.style.maxHeight = `${holder.closest(".long") ? TALLEST_LONG : TALLEST}px`;
  holder.style.overflowY = "auto";
  holder.replaceChildren(...drawn);
}
