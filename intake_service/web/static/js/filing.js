// The sites of an organisation: a table that grows as one writes, and takes two columns from a spreadsheet.

const body = document.querySelector("[data-sites] tbody");
const rows = () => [...body.rows];
const inputs = (row) => [...row.querySelectorAll("input")];
const isBlank = (row) => inputs(row).every((input) => !input.value);

function number() {
  for (const [index, row] of rows().entries()) {
    row.querySelector(".number").textContent = index + 1;
    for (const [input, word] of inputs(row).map((each, at) => [each, ["名称", "地址"][at]])) input.setAttribute("aria-label", `站点 ${index + 1} ${word}`);
  }
}

function addAfter(row) {
  const made = row.cloneNode(true);
  for (const input of inputs(made)) input.value = "";
  row.after(made);
  number();
  return made;
}

/** There is always one blank row to write on. */
function grow() {
  const last = rows().at(-1);
  if (!isBlank(last)) addAfter(last);
}

function remove(row) {
  const next = row.nextElementSibling ?? row.previousElementSibling;
  if (next) row.remove();
  else for (const input of inputs(row)) input.value = "";
  number();
  grow();
  inputs(next ?? row)[0].focus();
}

function paste(event) {
  const lines = event.clipboardData.getData("text").replace(/\r/g, "").split("\n").filter((line) => line.trim());
  if (lines.length < 2 && !lines[0]?.includes("\t")) return; // one cell goes in as anywhere
  event.preventDefault();
  let row = event.target.closest("tr");
  for (const [index, line] of lines.entries()) {
    if (index) row = row.nextElementSibling && isBlank(row.nextElementSibling) ? row.nextElementSibling : addAfter(row);
    const cells = line.split("\t");
    for (const [at, input] of inputs(row).entries()) if (cells[at] !== undefined) input.value = cells[at].trim().slice(0, input.maxLength);
  }
  grow();
  inputs(row)[1].focus();
}

if (body) {
  body.addEventListener("input", grow);
  body.addEventListener("paste", paste);
  body.addEventListener("keydown", (event) => {
    if (!event.altKey || event.isComposing) return;
    const row = event.target.closest("tr");
    if (event.key === "Enter") { event.preventDefault(); inputs(addAfter(row))[0].focus(); }
    if (event.key === "Delete") { event.preventDefault(); remove(row); }
  });
}
