// Bars get their length here, because a strict content policy forbids style attributes.
for (const bar of document.querySelectorAll("[data-share]")) bar.style.transform = `scaleX(${Number(bar.dataset.share)})`;
