// Small things every page uses: icons, status chips, toasts. Text is always set as text, never as HTML.

const SVG = "http://www.w3.org/2000/svg";
const sprite = document.querySelector('meta[name="icons"]').content;

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

/** An element with text and children; attributes as an object. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** `state`: {tone, icon, word} as the server gives it. */
export function chip(state) {
  return make("span", { class: "status", "data-state": state.tone }, icon(state.icon), state.word);
}

/** Say something for a few seconds, failures and what has a `link` ({word, href, …}) for longer; a link with a `key`
    ("Alt G") stays until it is used or the page is left. */
export function toast(text, tone = "", link = null) {
  const box = make("div", { class: "toast", "data-state": tone || null }, icon(tone === "fail" ? "fail" : "done"),
    make("span", { class: "grow" }, text), ...(link ? [linkOf(link)] : []));
  const room = document.querySelector(".toasts");
  room.append(box);
  while (room.children.length > 3) room.firstElementChild.remove();
  const leave = () => box.remove();
  box.addEventListener("click", leave);
  if (!link?.key) setTimeout(leave, tone === "fail" || link ? 12000 : 3500);
}

function linkOf({ word, key, ...attributes }) {
  if (!key) return make("a", attributes, word);
  return make("a", { ...attributes, "data-key": key.toLowerCase().replace(" ", "+") }, word, " ", make("kbd", {}, key));
}

export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Something kept in this browser only; private windows may refuse, then it is forgotten. */
export const memory = {
  get(key) {
    try { return JSON.parse(localStorage.getItem(`desk:${key}`)); } catch { return null; }
  },
  set(key, value) {
    try {
      if (value == null) localStorage.removeItem(`desk:${key}`);
      else localStorage.setItem(`desk:${key}`, JSON.stringify(value));
    } catch { /* nothing is kept then */ }
  },
};

/** Whether the event belongs to typing, so that single keys must leave it alone. */
export function isTyping(event) {
  const at = event.target;
  return event.isComposing || event.keyCode === 229 || at.isContentEditable
    || /^(TEXTAREA|SELECT)$/.test(at.tagName)
    || (at.tagName === "INPUT" && !/^(checkbox|radio|button|submit)$/.test(at.type));
}
