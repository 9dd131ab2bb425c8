from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from extractors.form.reasons import REASONS, sentence


@pytest.mark.parametrize("code", sorted(REASONS))
def test_a_doubt_has_a_stable_code_and_one_chinese_sentence(code: str) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", code)
    text = REASONS[code]
    assert text.endswith("。")
    assert text.count("。") == 1
    assert re.search(r"[\u4e00-\u9fff]{4}", text)


def test_no_two_doubts_say_the_same() -> None:
    assert len(set(REASONS.values())) == len(REASONS)


def test_an_unknown_doubt_still_asks_to_look() -> None:
    assert sentence("never_heard_of").endswith("。")
    assert sentence("no_tick") == REASONS["no_tick"]


EXTRACTORS = Path(__file__).resolve().parents[3] / "extractors"
CODE = re.compile(r"[a-z]+(_[a-z]+)+")
ABOUT_DOUBT = re.compile(r"reason|why|doubt")


def emitted() -> set[str]:
    """Codes the readers write: strings under an argument, a variable or a function named for reasons."""
    found: set[str] = set()
    for path in EXTRACTORS.rglob("*.py"):
        if path.parent.name == "form":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword | ast.FunctionDef):
                named = ABOUT_DOUBT.search(str(node.arg if isinstance(node, ast.keyword) else node.name))
            elif isinstance(node, ast.Assign):
                named = next(
                    (ABOUT_DOUBT.search(t.id) for t in node.targets if isinstance(t, ast.Name)), None
                )
            else:
                continue
            texts = (n.value for n in ast.walk(node) if isinstance(n, ast.Constant)) if named else ()
            found |= {text for text in texts if isinstance(text, str) and CODE.fullmatch(text)}
    return found


def test_every_doubt_a_reader_writes_has_its_sentence() -> None:
    assert emitted() - set(REASONS) == set()
    assert "low_confidence" in emitted()
