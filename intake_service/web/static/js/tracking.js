// The check digit of international tracking numbers (UPU S10): weights 8 6 4 2 3 5 9 7, 11 - sum mod 11, 10 → 0, 11 → 5.

const WEIGHTS = [8, 6, 4, 2, 3, 5, 9, 7];

/** Whether the check digit fits; null for what is no such number. */
function fits(text) {
  const match = /^[A-Z]{2}(\d{8})(\d)[A-Z]{2}$/.exec(text.replace(/\s/g, "").toUpperCase());
  if (!match) return null;
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(match[1][at]), 0);
  const digit = 11 - (sum % 11);
  return ({ 10: 0, 11: 5 }[digit] ?? digit) === Number(match[2]);
}

/** What carriers print on an envelope: a few letters at most, then ten digits or more. */
const usualElsewhere = (text) => /^[A-Z]{0,4}\d{10,20}$/.test(text.replace(/[\s-]/g, "").toUpperCase());

function judged(text) {
  const right = fits(text);
  if (right !== null) return right ? { tone: "person", say: "校验位正确。" } : { tone: "fail", say: "校验位不符，请核对单号。" };
  if (!text.trim() || usualElsewhere(text)) return null;
  return { tone: "check", say: "不像完整的单号，请核对：多为 10 位以上数字，前面最多几个字母。" };
}

/** Have `input` say below itself, in its hint, whether the number can be right; returns what checks it now. */
export function checked(input) {
  const hint = document.getElementById(input.getAttribute("aria-describedby"));
  const usual = hint.textContent;
  const check = () => {
    const found = judged(input.value);
    hint.textContent = found?.say ?? usual;
    hint.dataset.state = found?.tone ?? "";
    input.setAttribute("aria-invalid", String(found !== null && found.tone !== "person"));
  };
  input.addEventListener("input", check);
  check();
  return check;
}
