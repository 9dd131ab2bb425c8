// Bars get their length here, because a strict content policy forbids style attributes.
for (const bar of document.querySelectorAll("[data-share]")) bar.style.transform = `scaleX(${Number(bar.dataset.share)})`;
// An interval from low to high, with a mark at what was found.
for (const range of document.querySelectorAll("[data-low]")) {
  range.style.left = `${100 * range.dataset.low}%`;
  range.style.width = `${100 * (range.dataset.high - range.dataset.low)}%`;
}
for (const mark of document.querySelectorAll("[data-at]")) mark.style.left = `${100 * mark.dataset.at}%`;
