// Like with like: arrows walk over the tiles, Space marks one as wrong, Ctrl+Enter confirms the others that were seen.

import { post } from "./api.js";
import { parsePlaces, setPages, showCrop } from "./paper.js";
import { toast } from "./parts.js";

const wall = document.querySelector("[data-wall]");
const all = document.querySelector("[data-confirm-all]");
const tiles = () => [...wall.querySelectorAll(".wall-tile")];
const isWrong = (tile) => tile.getAttribute("aria-pressed") === "true";
const chosen = () => tiles().filter((tile) => tile.dataset.seen === "yes" && !isWrong(tile));

const KEPT = "wall:wrong";
const named = ({ dataset: { id, path } }) => `${id} ${path}`;
/** What was marked as wrong stays so in this window: the wall lists it again until somebody reviews it. */
const marked = () => new Set(JSON.parse(sessionStorage.getItem(KEPT) ?? "[]"));

function mark(tile, wrong) {
  const kept = marked();
  if (wrong) kept.add(named(tile)); else kept.delete(named(tile));
  sessionStorage.setItem(KEPT, JSON.stringify([...kept]));
  tile.setAttribute("aria-pressed", String(wrong));
}

function count() {
  all.querySelector("[data-number]").textContent = chosen().length;
  all.disabled = !chosen().length;
}

function go(tile) {
  if (!tile) return;
  for (const other of tiles()) other.tabIndex = other === tile ? 0 : -1;
  tile.focus();
}

/** The tile above or below, by where it stands on screen. */
function vertical(from, step) {
  const here = from.getBoundingClientRect();
  const others = tiles().map((tile) => ({ tile, box: tile.getBoundingClientRect() }))
    .filter(({ box }) => (step > 0 ? box.top >= here.bottom - 1 : box.bottom <= here.top + 1));
  const far = ({ box }) => Math.abs(box.top - here.top) * 10 + Math.abs(box.left - here.left);
  return others.sort((a, b) => far(a) - far(b))[0]?.tile;
}

async function confirmChosen() {
  const now = chosen();
  if (!now.length || all.disabled) return;
  all.disabled = true;
  try {
    const answer = await post(wall.dataset.url, { seen: now.map(({ dataset: { id, path, version } }) => ({ id, path, version: Number(version) })) });
    const done = new Set(answer.done.map(String));
    for (const tile of now) if (done.has(String([tile.dataset.id, tile.dataset.path]))) tile.remove();
    const said = `已确认 ${answer.done.length} 处。`;
    if (!answer.left.length && !tiles().some((tile) => !isWrong(tile))) {
      sessionStorage.setItem("desk:said", JSON.stringify({ text: said }));
      location.reload(); // the next ones, or another kind
      return;
    }
    toast(answer.left.length ? `${said}另有 ${answer.left.length} 处刚被别人改过或领走，请到审核中处理。` : said);
    for (const tile of tiles()) tile.dataset.seen = isWrong(tile) ? tile.dataset.seen : "left";
    go(tiles()[0]);
  } catch (refusal) { toast(refusal.message, "fail"); }
  count();
}

if (wall) {
  setPages(Object.entries(JSON.parse(wall.dataset.pictures)).map(([url, number]) => [number, url]));
  // Only what came into sight with its paper drawn can be confirmed.
  const sight = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting || target.dataset.seen) continue;
      const crop = target.querySelector("[data-crop]");
      const letters = target.querySelector(".wall-text").textContent.length;
      showCrop(crop, parsePlaces(target.dataset.places), { whole: wall.dataset.whole === "yes", letters }).then(() => {
        if (!crop.querySelector("canvas")) return;
        target.dataset.seen = "yes";
        count();
      });
    }
  }, { threshold: 0.6 });
  const before = marked();
  for (const tile of tiles()) {
    if (before.has(named(tile))) mark(tile, true);
    sight.observe(tile);
  }
  wall.addEventListener("click", (event) => {
    const tile = event.target.closest(".wall-tile");
    if (!tile) return;
    mark(tile, !isWrong(tile));
    count();
  });
  wall.addEventListener("keydown", (event) => {
    const tile = event.target.closest(".wall-tile");
    if (!tile || event.altKey || event.ctrlKey || event.metaKey) return;
    const list = tiles();
    const next = {
      ArrowRight: () => list[list.indexOf(tile) + 1], ArrowLeft: () => list[list.indexOf(tile) - 1],
      ArrowDown: () => vertical(tile, 1), ArrowUp: () => vertical(tile, -1), Home: () => list[0], End: () => list.at(-1),
    }[event.key];
    if (next) { event.preventDefault(); go(next()); }
    if (event.key === "Enter") event.preventDefault(); // Space marks; Enter alone must not, it confirms elsewhere
    if (event.key === "o") location.assign(tile.dataset.href);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.ctrlKey && !event.repeat) { event.preventDefault(); confirmChosen(); }
  });
  all.addEventListener("click", confirmChosen);
  count();
  (tiles().find((tile) => !isWrong(tile)) ?? tiles()[0]).focus({ preventScroll: true });
}
