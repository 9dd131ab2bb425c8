"""Every channel goes the one way: a telephone note is a page like any other, a PDF from outside an ordinary file."""

from __future__ import annotations

from datetime import UTC, datetime

import pypdf
import pytest

from intake_service import notes, queue, review
from intake_service.errors import InvalidRequestError, NotFoundError
from intake_service.intake import CHANNELS, Meta
from intake_service.letters import NoFontError, paper
from intake_service.parts import Parts
from intake_service.store import Move
from intake_service.store.submissions import Submission
from intake_service.web.review_view import decision_reasons, path_labels
from tests.intake_service.builders import CLERK, REVIEWER, in_review, make_reading, read_all, upload

AT = datetime(2020, 4, 16, 2, 5, tzinfo=UTC)
SAID = "来电说材料 5 的租赁协议随后寄到。\n请先审其余材料。\x07<b>#panic()</b>"


def words_of(parts: Parts, submission: Submission) -> str:
    (file,) = queue.get_submission(parts, submission.id)[1]
    page = pypdf.PdfReader(parts.files.path(file.file_hash)).pages[0].extract_text()
    return page.replace("\n", "").replace(" ", "")


@pytest.mark.needs("fonts")
def test_a_note_is_kept_as_a_page_and_waits_like_every_paper(parts: Parts) -> None:
    taken = notes.take_note(parts, CLERK, Meta(sender="某学校 王某", received_at=AT), SAID).submission
    told, files = queue.get_submission(parts, taken.id)
    assert (told.channel, told.received_at, told.envelope) == ("phone", AT, "none")
    assert files[0].name == "电话记录 2020-04-16 1005.pdf"
    words = words_of(parts, taken)
    for wanted in (
        "电话记录",
        "2020-04-1610:05",
        "某学校王某",
        "租赁协议随后寄到",
        "请先审其余材料",
        "<b>#panic()</b>",
        "记录人：clerk",
    ):
        assert wanted in words
    read_all(parts, make_reading(matched=False, pages=1))
    assert queue.get_submission(parts, taken.id)[0].status == "in_review"


@pytest.mark.needs("fonts")
def test_a_note_may_supplement_what_is_there_and_changes_none_of_its_values(parts: Parts) -> None:
    first = in_review(parts, make_reading())
    review.decide(parts, REVIEWER, first.id, 0, Move.RETURN, ["缺少公章"])
    meta = Meta(supplements=first.receipt_number)
    joined = notes.take_note(parts, CLERK, meta, "来电更正联系电话。").submission
    assert joined.id == first.id
    read_all(parts, make_reading(matched=False, pages=1))
    opened = review.open_review(parts, first.id)
    assert opened.submission.status == "in_review"
    assert opened.current.fields["org_name"].text == "湘江职业培训学校"
    assert len(opened.documents) == 2
    with pytest.raises(NotFoundError):
        notes.take_note(parts, CLERK, Meta(supplements="2020-999999"), "来电。")


@pytest.mark.needs("fonts")
def test_the_same_note_sent_twice_is_taken_once(parts: Parts) -> None:
    meta = Meta(received_at=AT)
    first, second = (notes.take_note(parts, CLERK, meta, SAID, "key") for _ in range(2))
    assert (second.repeated, second.submission.id) == (True, first.submission.id)


def test_what_is_no_note_is_refused(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    for text, word in ((" \n\t", "写下"), ("话" * 4001, "过长")):
        with pytest.raises(InvalidRequestError, match=word):
            notes.take_note(parts, CLERK, Meta(), text)

    def nothing() -> str:
        raise NoFontError

    monkeypatch.setattr(paper, "chinese_font", nothing)
    with pytest.raises(NoFontError):
        notes.take_note(parts, CLERK, Meta(), "来电。")
    assert sum(queue.count_by_status(parts).values()) == 0


@pytest.mark.parametrize("channel", CHANNELS)
def test_every_channel_goes_through_the_one_queue(parts: Parts, channel: str) -> None:
    submission = upload(parts, meta=Meta(channel=channel))
    read_all(parts, make_reading())
    told = queue.get_submission(parts, submission.id)[0]
    assert (told.channel, told.status) == (channel, "in_review")


def test_whoever_applies_for_the_whole_country_is_told_where_to_go(parts: Parts) -> None:
    opened = review.open_review(parts, in_review(parts, make_reading()).id)
    reasons = [each.word for each in decision_reasons(opened, path_labels(opened.current))["reject"]]
    assert any("djsb.osta.org.cn" in reason and "全国范围" in reason for reason in reasons)
