// The tabs beside the paper, and the links that lead from them to a field.

import { find, go, root } from "./fields.js";

export const tabs = [...root.querySelectorAll('[role="tab"]')];

export function showTab(name) {
  for (const tab of tabs) {
    const on = tab.id === `tab-${name}`;
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
    document.getElementById(tab.getAttribute("aria-controls")).hidden = !on;
  }
}

for (const [index, tab] of tabs.entries()) {
  tab.addEventListener("click", () => showTab(tab.id.slice(4)));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = tabs[(index + step + tabs.length) % tabs.length];
    showTab(next.id.slice(4));
    next.focus();
  });
}

root.addEventListener("click", (event) => {
  const jump = event.target.closest("[data-go]");
  if (jump) { showTab("fields"); go(find(jump.dataset.go)); }
});
