"""Letters say everything at once, are numbered without gaps, and stay as they went out."""

from __future__ import annotations

import hashlib
import json
import threading
import zipfile
from pathlib import Path

import pypdf
import pytest
from docx import Document

from extractors.form.layout_file import LayoutError
from intake_service import faultpoints, letters, review
from intake_service.errors import ConflictError, ForbiddenError, NotFoundError
from intake_service.letters import paper, wording
from intake_service.letters.drafting import facts
from intake_service.letters.paper import NoFontError
from intake_service.parts import SYSTEM, Parts
from intake_service.shortcomings import shortcomings
from intake_service.store import Move, audit
from intake_service.web.review_view import path_labels
from tests.intake_service.builders import CLERK, REVIEWER, in_review, make_cell, make_reading

WORDING = Path(wording.__file__).parents[2] / "templates_ref" / "letters" / "hunan-2020-40.yaml"
HOSTILE = '{{7*7}} #panic("x") *b* $x$ \\ <script>alert(1)</script> =1+1 @a\n# 标题\n'


def returned(parts: Parts, *lines: str, org_name: str = "湘江职业培训学校") -> str:
    submission = in_review(parts, make_reading(org_name=org_name))
    version = review.open_review(parts, submission.id).current.version
    review.decide(
        parts, REVIEWER, submission.id, version, Move.RETURN, lines or ("缺少公章",), "请寄原件。\n请附说明。"
    )
    return submission.id


def pdf_text(parts: Parts, submission_id: str, letter_id: str) -> str:
    found = letters.letter_file(parts, submission_id, letter_id, "pdf")
    return (
        "".join(page.extract_text() for page in pypdf.PdfReader(found.path).pages)
        .replace("\n", "")
        .replace(" ", "")
    )


def docx_text(parts: Parts, submission_id: str, letter_id: str) -> str:
    found = letters.letter_file(parts, submission_id, letter_id, "docx")
    return "\n".join(paragraph.text for paragraph in Document(str(found.path)).paragraphs).replace(" ", "")


@pytest.mark.needs("fonts")
def test_a_letter_says_what_was_decided_in_both_forms_and_stays_as_it_went_out(parts: Parts) -> None:
    here = returned(parts, "缺少公章", "“地址”未填写")
    sent = letters.issue(parts, REVIEWER, here, "supplement")
    files = {form: letters.letter_file(parts, here, sent.id, form) for form in letters.MEDIA_TYPES}
    for text in (pdf_text(parts, here, sent.id), docx_text(parts, here, sent.id)):
        for wanted in (
            "补正材料一次性告知书",
            sent.number,
            "湘江职业培训学校",
            "缺少公章",
            "“地址”未填写",
            "请附说明。",
        ):
            assert wanted in text
    # What comes later changes nothing of it: a second issue is another letter.
    again = letters.issue(parts, REVIEWER, here, "supplement")
    assert again.number != sent.number
    assert {form: letters.letter_file(parts, here, sent.id, form) for form in letters.MEDIA_TYPES} == files
    with parts.store.read() as tx:
        kept = {e.detail["sha256"] for e in audit.of_subject(tx, here) if e.action == "letter.keep"}
    assert {found.hash for found in files.values()} <= kept


@pytest.mark.needs("fonts")
def test_what_comes_from_paper_is_text_and_wraps(parts: Parts) -> None:
    here = returned(parts, HOSTILE, "W" * 500, "长" * 500, org_name=HOSTILE)
    sent = letters.issue(parts, REVIEWER, here, "supplement")
    one_line = " ".join(HOSTILE.split())
    assert sent.content["blocks"][0]["text"] == f"{one_line}："
    assert one_line.replace(" ", "") in pdf_text(parts, here, sent.id)
    assert pdf_text(parts, here, sent.id).count("长") == 500  # over a page's end, with its number in between
    with zipfile.ZipFile(letters.letter_file(parts, here, sent.id, "docx").path) as packed:
        body = packed.read("word/document.xml").decode()
    assert "<script>" not in body
    assert "&lt;script&gt;" in body
    assert "w:fldSimple" not in body


def test_numbers_have_no_gaps_and_no_doubles_when_twenty_issue_at_once(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake_service.letters.issuing.MAKERS", {})
    here = returned(parts)
    start = threading.Barrier(20)

    def issue() -> None:
        start.wait()
        letters.issue(parts, REVIEWER, here, "supplement")

    crowd = [threading.Thread(target=issue) for _ in range(20)]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join()
    numbers = sorted(int(one.number.split("〕")[1][:-1]) for one in letters.issued_letters(parts, here))
    assert numbers == list(range(1, 21))


def test_a_letter_is_refused_that_no_decision_stands_behind(parts: Parts) -> None:
    here = in_review(parts).id
    with pytest.raises(ConflictError, match="补正材料一次性告知书"):
        letters.issue(parts, REVIEWER, here, "supplement")
    with pytest.raises(NotFoundError):
        letters.issue(parts, REVIEWER, here, "praise")
    with pytest.raises(ForbiddenError):
        letters.issue(parts, CLERK, returned(parts), "supplement")
    assert letters.issued_letters(parts, here) == []


def test_a_letter_whose_maker_died_is_made_on_the_first_download(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = returned(parts)

    def die(name: str) -> None:
        if name == "letters.issued":
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(faultpoints, "_armed", [die])
        with pytest.raises(KeyboardInterrupt):
            letters.issue(parts, REVIEWER, here, "supplement")
    (one,) = letters.issued_letters(parts, here)
    assert one.docx_hash is None
    first = letters.letter_file(parts, here, one.id, "docx")
    assert letters.letter_file(parts, here, one.id, "docx") == first
    assert "缺少公章" in docx_text(parts, here, one.id)


def test_without_a_font_the_letter_stands_and_its_word_file_too(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paper, "CHINESE_FONTS", ("A Font Nobody Has",))
    here = returned(parts)
    one = letters.issue(parts, REVIEWER, here, "supplement")
    assert one.docx_hash
    with pytest.raises(NoFontError, match="fonts-noto-cjk"):
        letters.letter_file(parts, here, one.id, "pdf")


def test_the_receipt_tells_of_every_material(parts: Parts) -> None:
    reading = make_reading()
    reading["materials"] = [
        {"number": 1, "title": "表", "pages": [1, 2]},
        {"number": 4, "title": "专家", "pages": [3, 4, 5, 9]},
    ]
    submission = in_review(parts, reading)
    review.tick_material(parts, CLERK, submission.id, 2, present=True)
    review.tick_material(parts, CLERK, submission.id, 3, present=False)
    drawn = letters.draft(review.open_review(parts, submission.id), "receipt")
    (listed,) = [block.items for block in drawn.blocks if block.kind == "list"]
    assert [item.rsplit("（", 1)[1] for item in listed] == [
        "第 1–2 页）",
        "已核对）",
        "缺）",
        "第 3–5、9 页）",
        "未见，待核）",
        "未见，待核）",
    ]
    assert [item[0] for item in listed] == ["√", "√", "□", "√", "□", "□"]
    assert any("djsb.osta.org.cn" in block.text for block in drawn.blocks)


def test_everything_missing_or_doubtful_is_named_at_once_with_its_place(parts: Parts) -> None:
    reading = make_reading(address="review")
    reading["fields"]["email"] = make_cell("", status="blank")
    reading["materials"] = [{"number": 1, "title": "表", "pages": [1, 2]}]
    submission = in_review(parts, reading)
    review.tick_material(parts, CLERK, submission.id, 2, present=True)
    opened = review.open_review(parts, submission.id)
    lines = [each.line for each in shortcomings(opened, path_labels(opened.current)) if each.told]
    text = "\n".join(lines)
    assert "第一部分：“地址”填写不清楚，无法确认，请重新填写。" in lines
    assert "第一部分：“电子邮箱”没有填写" in text
    assert "第二部分：第 1 行与第 2 行" in text
    assert "第四部分：法定代表人没有签字。" in lines
    assert sum("缺少材料" in line for line in lines) == 4
    assert not any("截止日" in line for line in lines), "what no paper can mend is left to the reviewer"
    review.confirm(parts, REVIEWER, submission.id, opened.current.version, "fields.address")
    again = review.open_review(parts, submission.id)
    assert not any("“地址”" in each.line for each in shortcomings(again, path_labels(again.current)))


def test_templates_know_every_fact_and_no_other(parts: Parts) -> None:
    assert facts(review.open_review(parts, in_review(parts).id)).keys() == wording.SAMPLE.keys()


@pytest.mark.parametrize(
    ("was", "now", "place"),
    [
        ("{{ applicant }}：", "{{ aplicant }}：", "letters.supplement.body[0]"),
        ("{{ applicant }}：", "{{ applicant }：", "letters.supplement.body[0]"),
        ("- list: occupations", "- list: jobs", "letters.acceptance.body[2]"),
        ("mark: 补", "mark: ''", "letters.supplement.mark"),
        ("  refusal:", "  refused:", "letters"),
        ("{{ note }}", "{{ ''.__class__.__mro__ }}", "letters.receipt.body[0]"),
    ],
)
def test_a_wording_that_cannot_be_used_is_refused_at_its_place(
    was: str, now: str, place: str, tmp_path: Path
) -> None:
    file = tmp_path / "wrong.yaml"
    text = WORDING.read_text(encoding="utf-8")
    assert was in text
    file.write_text(text.replace(was, now), encoding="utf-8")
    with pytest.raises(LayoutError) as refused:
        wording.load_wording(file)
    assert refused.value.path.startswith(place)


def test_letters_leave_with_their_submission_and_travel_in_backups(parts: Parts, tmp_path: Path) -> None:
    from intake_service import backup, retention
    from intake_service.store import purging, whole
    from tests.intake_service.builders import make_parts

    here = returned(parts)
    one = letters.issue(parts, REVIEWER, here, "supplement")
    file = letters.letter_file(parts, here, one.id, "docx")
    content = file.path.read_bytes()
    backup.back_up(parts, tmp_path / "whole.tar")
    second = make_parts(tmp_path / "second")
    backup.restore(second, tmp_path / "whole.tar")
    assert letters.letter_file(second, here, one.id, "docx").path.read_bytes() == content
    with parts.store.write() as tx:
        assert one.docx_hash in whole.file_hashes(tx)
        assert purging.is_wanted(tx, file.hash)
    retention.purge(parts, SYSTEM, 0)
    with parts.store.read() as tx:
        assert not purging.is_wanted(tx, file.hash)
        assert not list(whole.lines(tx, "letters"))[1:]


def test_the_content_is_what_was_hashed(parts: Parts) -> None:
    here = returned(parts)
    one = letters.issue(parts, REVIEWER, here, "supplement")
    with parts.store.read() as tx:
        (entry,) = [e for e in audit.of_subject(tx, here) if e.action == "letter.issue"]
    told = json.dumps(one.content, ensure_ascii=False, sort_keys=True).encode()
    assert entry.detail["content_sha256"] == hashlib.sha256(told).hexdigest()
