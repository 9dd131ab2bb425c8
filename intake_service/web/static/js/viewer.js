// The page on the left: OpenSeadragon with one page at a time, boxes over it, and a view that follows the focused field.

import { calm } from "./parts.js";
import { pageSeen, pageUrl, warm } from "./paper.js";

const OpenSeadragon = globalThis.OpenSeadragon;

// The library would inject a style element, which the content policy forbids. It leaves that out where its selector
// finds one: an element of that name which is none, being in no namespace.
const decoy = document.createElementNS(null, "style");
decoy.setAttribute("data-openseadragon-mobile-css", "true");
document.head.append(decoy);

/** Makes the viewer; `onPick(path)` is told when a box is clicked, `onPage(number)` when another page shows. */
export function makeViewer(stage, { onPick, onPage }) {
  const viewer = OpenSeadragon({
    element: stage,
    drawer: "canvas",
    showNavigationControl: false,
    animationTime: calm() ? 0 : 0.1,
    springStiffness: 14,
    visibilityRatio: 0.4,
    minZoomImageRatio: 0.6,
    maxZoomPixelRatio: 3,
    preserveViewport: true,
    gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
    silenceMultiImageWarnings: true,
    preload: true,
  });
  let current = 0;
  let opening = null;
  let boxes = [];
  let drawn = "";
  const marks = new Map();
  let hidden = {};
  let spot = null;

  viewer.addHandler("canvas-key", (event) => { event.preventDefaultAction = true; });

  /** Put the boxes of this page over it. Costly, so only for another page or other places; see `mark` for the rest. */
  function drawBoxes() {
    viewer.clearOverlays();
    marks.clear();
    const ratio = aspect();
    for (const { path, place, label } of boxes) {
      if (place.page !== current) continue;
      const [x0, y0, x1, y1] = place.box;
      const element = document.createElement("div");
      element.className = "overlay";
      element.title = label;
      marks.set(path, [...(marks.get(path) ?? []), element]);
      viewer.addOverlay({ element, location: new OpenSeadragon.Rect(x0, y0 * ratio, x1 - x0, (y1 - y0) * ratio) });
    }
    showMarks();
  }

  function showMarks() {
    for (const { path, state, here } of boxes) {
      for (const element of marks.get(path) ?? []) {
        element.dataset.state = state;
        element.classList.toggle("current", here);
      }
    }
  }

  // One handler for the whole page: the smallest box under the pointer.
  viewer.addHandler("canvas-click", (event) => {
    if (!event.quick) return;
    const point = viewer.viewport.pointFromPixel(event.position);
    const ratio = aspect();
    const area = ({ place: { box } }) => (box[2] - box[0]) * (box[3] - box[1]);
    const under = boxes.filter(({ place: { page, box: [x0, y0, x1, y1] } }) => page === current
      && point.x >= x0 && point.x <= x1 && point.y >= y0 * ratio && point.y <= y1 * ratio);
    if (under.length) onPick(under.sort((a, b) => area(a) - area(b))[0].path);
  });

  const aspect = () => {
    const size = viewer.world.getItemAt(0)?.getContentSize();
    return size ? size.y / size.x : Math.SQRT2;
  };

  /** Show a page; resolves when it is drawn. The same page again is cheap. */
  function open(number, { again = false } = {}) {
    if (number === current && !again) return opening;
    const keep = current === number && viewer.isOpen() ? viewer.viewport.getBounds() : null;
    current = number;
    onPage(number);
    opening = (async () => {
      const made = hidden.red || hidden.print ? await asUrl(await pageSeen(number, hidden)) : "";
      if (current !== number) return;
      await new Promise((resolve) => {
        viewer.addOnceHandler("open", resolve);
        viewer.open({ type: "image", url: made || pageUrl(number), buildPyramid: false });
      });
      if (made) URL.revokeObjectURL(made);
      if (keep) viewer.viewport.fitBounds(keep, true);
      drawBoxes();
      warm(number);
    })();
    return opening;
  }

  /** As JPEG, which is written ten times as fast as PNG; an untouched picture is no canvas and comes as it is. */
  const asUrl = (canvas) => (canvas.toBlob
    ? new Promise((resolve) => { canvas.toBlob((blob) => resolve(URL.createObjectURL(blob)), "image/jpeg", 0.95); }) : "");

  /** Bring a place to the middle, large enough to read: twice the print, or the whole box if that is larger. */
  async function focus(place) {
    spot = place;
    if (!place) return;
    const moved = place.page !== current;
    await open(place.page);
    if (spot !== place || !viewer.isOpen()) return;
    const [x0, y0, x1, y1] = place.box;
    const ratio = aspect();
    const view = viewer.viewport;
    const shape = view.getContainerSize();
    const from = Math.max(0, x0 - 0.15); // the printed label stands left of its value
    const width = Math.max((x1 - from) * 1.06, Math.min(0.62, shape.x / 1500));
    const height = Math.max((y1 - y0) * ratio * 1.3, 0.05);
    const zoomedWidth = Math.min(1.06, Math.max(width, height * shape.x / shape.y));
    const centre = new OpenSeadragon.Point((from + x1) / 2, ((y0 + y1) / 2) * ratio);
    // A wide box keeps its left edge in view: that is where writing starts.
    const left = Math.max(-0.03, Math.min(centre.x - zoomedWidth / 2, 1.03 - zoomedWidth));
    const tall = zoomedWidth * shape.y / shape.x;
    view.fitBounds(new OpenSeadragon.Rect(left, centre.y - tall / 2, zoomedWidth, tall), calm() || moved);
  }

  const pixel = (x, y) => viewer.viewport.pixelFromPoint(new OpenSeadragon.Point(x, y * aspect()), true);

  return {
    focus,
    open,
    /** Where a pointer is on the page, in page fractions. */
    toPage(event) {
      const room = stage.getBoundingClientRect();
      const at = viewer.viewport.pointFromPixel(new OpenSeadragon.Point(event.clientX - room.left, event.clientY - room.top), true);
      return [at.x, at.y / aspect()];
    },
    /** Where a box of the page stands on the stage, in pixels; turned pages too. */
    toScreen([x0, y0, x1, y1]) {
      if (!viewer.isOpen()) return [0, 0, 0, 0];
      const [a, b] = [pixel(x0, y0), pixel(x1, y1)];
      return [Math.min(a.x, b.x), Math.min(a.y, b.y), Math.max(a.x, b.x), Math.max(a.y, b.y)];
    },
    /** A box in the middle of what is seen, as large as a line of writing. */
    middle() {
      const seen = viewer.viewport.getBounds();
      const [x, y] = [seen.x + seen.width / 2, (seen.y + seen.height / 2) / aspect()];
      return [x - seen.width / 5, y - 0.012, x + seen.width / 5, y + 0.012].map((value) => Math.min(1, Math.max(0, value)));
    },
    get page() { return current; },
    setBoxes(list) {
      boxes = list;
      const places = JSON.stringify(list.map(({ path, place }) => [path, place]));
      if (viewer.isOpen() && places !== drawn) drawBoxes();
      else showMarks();
      drawn = places;
    },
    zoom(factor) { viewer.viewport.zoomBy(factor); viewer.viewport.applyConstraints(); },
    whole() { viewer.viewport.goHome(calm()); },
    turn() { viewer.viewport.setRotation((viewer.viewport.getRotation() + 90) % 360); },
    /** Show the pages without their red ink, without the printed form; see `pageSeen`. */
    hide(what) { hidden = { ...what }; return open(current, { again: true }); },
    raw: viewer,
  };
}
