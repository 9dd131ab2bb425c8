// Drawing a box on the page: with the mouse at the edges of the focused field's box, or with keys from anywhere.

import { make } from "../parts.js";

const NEAR_PX = 7; // how near to an edge the pointer takes it
const LEAST = 0.006; // of the page: a smaller box holds no character
const STEP = 0.004; // of the page, for one press of an arrow key
const HANDLES = ["nw", "n", "ne", "e", "se", "s", "sw", "w"];

/**
 * `current()` gives the place that may be changed, or null; `onDone(place)` is told when a box is drawn,
 * `onChange(drawing)` when drawing begins and ends.
 */
export function makeBoxing(viewer, stage, { current, onDone, onChange }) {
  const frame = make("div", { class: "draft", hidden: true, "aria-hidden": "true" }, ...HANDLES.map((side) => make("i", { class: side })));
  stage.append(frame);
  let box = null; // while drawing: [x0, y0, x1, y1] in page fractions
  let grip = null; // while the pointer drags: what moves, and from where

  const sorted = ([x0, y0, x1, y1]) => [Math.min(x0, x1), Math.min(y0, y1), Math.max(x0, x1), Math.max(y0, y1)];
  const clipped = (each) => each.map((value) => Math.min(1, Math.max(0, value)));

  function show() {
    frame.hidden = !box;
    if (!box) return;
    const [x0, y0, x1, y1] = viewer.toScreen(sorted(box));
    Object.assign(frame.style, { left: `${x0}px`, top: `${y0}px`, width: `${x1 - x0}px`, height: `${y1 - y0}px` });
  }
  viewer.raw.addHandler("update-viewport", show);

  function begin(start) {
    const began = !box;
    box = start;
    show();
    if (began) onChange(true);
  }

  function stop() {
    if (!box) return;
    box = grip = null;
    show();
    stage.style.cursor = "";
    onChange(false);
  }

  function finish() {
    const [x0, y0, x1, y1] = sorted(box);
    if (x1 - x0 < LEAST || y1 - y0 < LEAST) return;
    const place = { page: viewer.page, box: sorted(box).map((value) => Number(value.toFixed(5))) };
    stop();
    onDone(place);
  }

  /** Which edges of `at` lie under the pointer ("", "n", "se" …), in screen pixels; "in" for its inside. */
  function under(event, at) {
    const room = stage.getBoundingClientRect();
    const [x, y] = [event.clientX - room.left, event.clientY - room.top];
    const [x0, y0, x1, y1] = viewer.toScreen(at);
    if (x < x0 - NEAR_PX || x > x1 + NEAR_PX || y < y0 - NEAR_PX || y > y1 + NEAR_PX) return "";
    const tall = Math.abs(y - y0) <= NEAR_PX ? "n" : Math.abs(y - y1) <= NEAR_PX ? "s" : "";
    const wide = Math.abs(x - x0) <= NEAR_PX ? "w" : Math.abs(x - x1) <= NEAR_PX ? "e" : "";
    return tall + wide || "in";
  }

  const changeable = () => {
    const place = current();
    return place && place.page === viewer.page ? place.box : null;
  };

  stage.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const at = box ? sorted(box) : changeable();
    const edges = at ? under(event, at) : "";
    if (!box && (!edges || edges === "in")) return; // the page moves, as ever
    event.stopImmediatePropagation();
    event.preventDefault();
    stage.setPointerCapture(event.pointerId);
    const [x, y] = viewer.toPage(event);
    begin(edges ? at : [x, y, x, y]);
    grip = { edges: edges || "se", x, y, from: [...box] };
  }, true);

  stage.addEventListener("pointermove", (event) => {
    if (!grip) {
      const at = box ? sorted(box) : changeable();
      const edges = at ? under(event, at) : "";
      stage.style.cursor = edges && edges !== "in" ? `${edges}-resize` : box ? (edges ? "move" : "crosshair") : "";
      return;
    }
    event.stopImmediatePropagation();
    const [x, y] = viewer.toPage(event);
    const [dx, dy] = [x - grip.x, y - grip.y];
    const all = grip.edges === "in";
    const moves = [all || grip.edges.includes("w"), all || grip.edges.includes("n"), all || grip.edges.includes("e"), all || grip.edges.includes("s")];
    box = clipped(grip.from.map((value, side) => value + (moves[side] ? (side % 2 ? dy : dx) : 0)));
    show();
  }, true);

  for (const end of ["pointerup", "pointercancel"]) {
    stage.addEventListener(end, (event) => {
      if (!grip) return;
      event.stopImmediatePropagation();
      const drawn = grip.edges !== "in" && end === "pointerup"; // what was only moved may still be sized
      grip = null;
      if (drawn) finish();
    }, true);
  }

  /** What a key does while drawing; true where it was meant for the box. */
  function key(event) {
    if (!box || event.isComposing) return false;
    const by = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key];
    if (by && !event.altKey && !event.ctrlKey && !event.metaKey) {
      const [x0, y0, x1, y1] = sorted(box);
      box = clipped(event.shiftKey
        ? [x0, y0, Math.max(x0 + LEAST, x1 + by[0]), Math.max(y0 + LEAST, y1 + by[1])]
        : [x0 + by[0], y0 + by[1], x1 + by[0], y1 + by[1]]);
      show();
    } else if (event.key === "Enter") finish();
    else if (event.key === "Escape") stop();
    else {
      if (event.key.length === 1 && !event.altKey) stop(); // somebody types on
      return false;
    }
    return true;
  }

  return { begin, stop, key, get drawing() { return Boolean(box); } };
}
