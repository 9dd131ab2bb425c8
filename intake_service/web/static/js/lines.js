// Lines of a list by keyboard: j and k or the arrows walk, Enter opens, for the line's link has the focus. A click opens too.

import { isTyping, memory } from "./parts.js";

/** `rows` are the lines, each with a link. Returns where one is, and `go(index)` to go elsewhere. */
export function walkable(rows) {
  let here = -1;

  function mark(index) {
    rows[here]?.classList.remove("here");
    here = index;
    rows[here].classList.add("here");
  }

  for (const [index, row] of rows.entries()) {
    row.addEventListener("focusin", () => mark(index));
    row.addEventListener("click", (event) => {
      if (!event.target.closest("a, .pick") && !getSelection().toString()) row.querySelector("a").click();
    });
  }
  return {
    get here() { return rows[here]; },
    go(index) {
      if (!rows.length) return;
      mark(Math.max(0, Math.min(rows.length - 1, index)));
      rows[here].querySelector("a").focus({ preventScroll: true });
      rows[here].scrollIntoView({ block: "nearest" });
    },
    /** One line down (1) or up (-1); from nowhere to the first. */
    step(by) { this.go(here < 0 ? 0 : here + by); },
  };
}

/** Which way a key walks: 1 down, -1 up, 0 not at all. */
export function stepOf(event) {
  if (event.key === "ArrowDown" || event.key.toLowerCase() === "j") return 1;
  return event.key === "ArrowUp" || event.key.toLowerCase() === "k" ? -1 : 0;
}

/** Whether a list may hear the key: nobody types, no dialog is open, and single letters are not switched off. */
export function isForLists(event) {
  if (isTyping(event) || event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return false;
  return memory.get("single-keys") !== false || !/^[a-z]$/i.test(event.key);
}
