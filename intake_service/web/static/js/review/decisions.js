// The dialogs that decide: what they say, the letter as it will read, and on to the next submission.

import { make } from "../parts.js";
import { isOpen, root, stops } from "./fields.js";
import { answered } from "./outbox.js";

const accepting = document.getElementById("accept");

function sayWhatIsLeft() {
  const open = stops().filter(isOpen).length;
  const failed = Number(root.querySelector("[data-failed]").textContent);
  const unready = open + failed > 0;
  accepting.querySelector("[data-close]").autofocus = unready; // stands first: an Enter too many accepts nothing
  accepting.querySelector(".primary kbd").textContent = unready ? "Ctrl Enter" : "Enter";
  accepting.querySelector("[data-accept-say]").textContent = [
    open ? `还有 ${open} 处没有核对，通过后按机器读到的内容留存。` : "所有疑点都已核对。",
    failed ? `还有 ${failed} 条校验没有通过（Alt + 2 查看）。` : "",
  ].join("");
}
accepting?.addEventListener("desk:open", () => {
  sayWhatIsLeft();
  setTimeout(() => answered().then(sayWhatIsLeft)); // what was being typed is saved as the dialog takes the focus
});

/** A doubt that nobody looked at is proposed as a fault of the paper; it may be the reader's. */
document.getElementById("return")?.addEventListener("desk:open", ({ target }) => {
  const open = stops().filter(isOpen).length;
  const say = target.querySelector("[data-return-say]");
  say.hidden = !open;
  say.textContent = `还有 ${open} 处没有核对，已按“不清楚”列入。纸上看得清的，请先核对或取消勾选。`;
});

for (const form of document.querySelectorAll("dialog form")) {
  if (!form.elements.decision) continue;
  const list = form.querySelector("[data-letter-list]");
  const write = () => {
    const lines = [...form.querySelectorAll("[data-letter-line]:checked")].map((box) => box.dataset.letterLine);
    const note = form.elements.note.value.trim();
    list?.replaceChildren(...[...lines, ...(note ? [note] : [])].map((text) => make("li", {}, text)));
  };
  const refused = form.querySelector("[data-refused]");
  const refuse = (sentence) => { refused.textContent = sentence; refused.hidden = !sentence; };
  form.addEventListener("input", (event) => {
    refuse("");
    if (event.target.matches("[data-letter-line]")) event.target.dataset.touched = "";
    write();
  });
  write();
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.ctrlKey || event.repeat) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await answered();
    try {
      const response = await fetch(form.action, {
        method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams(new FormData(form)),
      });
      const answer = await response.json();
      if (!response.ok) throw new Error(answer.message);
      sessionStorage.setItem("desk:said", JSON.stringify({ text: answer.said, letter: answer.letter }));
      location.assign(answer.next);
    } catch (problem) {
      refuse(problem instanceof TypeError ? "没有保存这个决定，请检查网络后再试。" : problem.message);
      refused.scrollIntoView({ block: "nearest" });
    }
  });
}
