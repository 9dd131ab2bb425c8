"""Sure values that are looked at all the same: drawn for ever, not told from doubts, counted once the form is accepted."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.form.layout import default_layout
from extractors.form.second_entry import SecondLook
from intake_service import export, figures, queue, review, second_look, wall
from intake_service.app import create_app
from intake_service.current import current_values
from intake_service.figures import Alarm, Judged, SecondLooks, wilson
from intake_service.parts import Parts
from intake_service.store import Move, second_looks
from intake_service.store.submissions import Filter
from intake_service.web import words
from tests.faults.routes import log_in
from tests.intake_service.builders import ADMIN, PDF, REVIEWER, in_review, make_reading, read_all, upload

NOW = datetime(2026, 5, 1, tzinfo=UTC)
NAME, MAIL = "fields.org_name", "fields.email"


@pytest.fixture
def everything(monkeypatch: pytest.MonkeyPatch) -> SecondLook:
    wanted = SecondLook(1.0)
    monkeypatch.setattr(second_look, "rule", lambda: wanted)
    return wanted


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> SecondLook:
    """Draws name and mail address of every submission."""

    class Two(SecondLook):
        def draws(self, submission_id: str, path: str) -> bool:
            return path in {NAME, MAIL}

    wanted = Two(0.1, most_wrong=0.05)
    monkeypatch.setattr(second_look, "rule", lambda: wanted)
    return wanted


def noted(parts: Parts) -> dict[str, bool | None]:
    with parts.store.read() as tx:
        return {path: stood for path, stood, _count in second_looks.counted(tx)}


def test_nothing_is_drawn_where_the_call_says_nothing(parts: Parts) -> None:
    assert default_layout().call.second_look is None
    submission = in_review(parts)
    opened = review.open_review(parts, submission.id)
    assert opened.current.doubts == ("marks.legal_rep_signature",)
    review.decide(parts, REVIEWER, submission.id, 0, Move.ACCEPT)
    assert noted(parts) == {}
    assert figures.figures(parts, ADMIN).second_looks is None


def test_the_draw_is_even_lasts_and_only_grows_with_its_share() -> None:
    places = [(f"{number:022x}", path) for number in range(2000) for path in (NAME, MAIL)]
    drawn = {place for place in places if SecondLook(0.05).draws(*place)}
    assert 140 < len(drawn) < 260
    assert drawn == {place for place in places if SecondLook(0.05).draws(*place)}
    assert drawn < {place for place in places if SecondLook(0.1).draws(*place)}
    assert min(Counter(path for _id, path in drawn).values()) > 60  # not a whole submission at a time


def test_only_what_passed_is_drawn_and_no_long_text(everything: SecondLook) -> None:
    current = current_values(make_reading(rows=1, uscc="review", address="missing", email="blank"), ())
    drawn = {cell.path for cell in second_look.drawn_cells(current, "any", everything)}
    assert not drawn & {"fields.uscc", "fields.address", "fields.statement"}
    assert {NAME, MAIL, "occupations.r1.code"} <= drawn


def test_it_stands_among_the_doubts_and_is_not_told_from_them(parts: Parts, two: SecondLook) -> None:
    submission = in_review(parts, make_reading(address="review"))
    opened = review.open_review(parts, submission.id)
    assert opened.current.doubts == (NAME, "fields.address", MAIL, "marks.legal_rep_signature")
    assert queue.get_submission(parts, submission.id)[0].doubts == 4
    assert [tile.path for tile in wall.gather(parts, REVIEWER, NAME).tiles] == [NAME]
    log_in(parts, "someone", "reviewer")
    client = create_app(parts.settings, parts).test_client()
    client.set_cookie("intake_session", "secret-someone")
    page = client.get(f"/review/{submission.id}").text
    assert page.count("识别把握不足，请对照原图核对。") >= 2
    assert "抽查" not in page
    assert review.open_review(parts, submission.id).reading == make_reading(address="review")


def test_what_became_of_it_is_counted_when_the_form_is_accepted(parts: Parts, two: SecondLook) -> None:
    submission = in_review(parts)
    review.confirm(parts, REVIEWER, submission.id, 0, NAME)
    review.correct(parts, REVIEWER, submission.id, 1, MAIL, "another@x.cn")
    assert noted(parts) == {}
    review.decide(parts, REVIEWER, submission.id, 2, Move.ACCEPT)
    assert noted(parts) == {NAME: True, MAIL: False}
    other = upload(parts, PDF + b"2")
    read_all(parts)
    review.confirm(parts, REVIEWER, other.id, 0, NAME)
    review.undo(parts, REVIEWER, other.id, 1)
    review.correct(parts, REVIEWER, other.id, 2, MAIL, "email 的内容")  # typed anew, the same
    review.decide(parts, REVIEWER, other.id, 3, Move.ACCEPT)
    looks = figures.figures(parts, ADMIN).second_looks
    assert looks is not None
    assert [(each.place, each.looked, each.wrong) for each in looks.judged] == [(MAIL, 2, 1), (NAME, 1, 0)]
    assert looks.unseen == 1
    # Opened again and put right: it counts once, as it ends.
    review.reopen(parts, ADMIN, submission.id, "看错了")
    review.correct(parts, REVIEWER, submission.id, 4, MAIL, "email 的内容")
    review.decide(parts, REVIEWER, submission.id, 5, Move.ACCEPT)
    assert noted(parts)[MAIL] is True
    assert export.result(parts, submission.id)["doubts"] == ["marks.legal_rep_signature"]
    assert queue.list_submissions(parts, Filter(status=("in_review",))).items == ()


def test_a_return_counts_nothing(parts: Parts, two: SecondLook) -> None:
    submission = in_review(parts)
    review.confirm(parts, REVIEWER, submission.id, 0, NAME)
    review.decide(parts, REVIEWER, submission.id, 1, Move.RETURN, ["缺公章"])
    assert noted(parts) == {}


def test_the_board_tells_the_rate_and_what_is_wrong(parts: Parts, two: SecondLook) -> None:
    submission = in_review(parts)
    review.correct(parts, REVIEWER, submission.id, 0, NAME, "另一所学校")
    review.decide(parts, REVIEWER, submission.id, 1, Move.ACCEPT)
    log_in(parts, "someone", "reviewer")
    client = create_app(parts.settings, parts).test_client()
    client.set_cookie("intake_session", "secret-someone")
    page = client.get("/overview").text
    assert "抽查 1 处错了 1 处" in page
    assert words.ALARMS[Alarm.ABOVE] in page  # one of one: at least a fifth, which is above a twentieth
    assert "另有 1 处抽到了" in page


def looks(recent: tuple[int, int] | None, earlier: tuple[int, int] | None, most_wrong: float) -> SecondLooks:
    def judged(counts: tuple[int, int] | None) -> Judged | None:
        return None if counts is None else Judged("", counts[1], counts[0], *wilson(*counts))

    return SecondLooks((), judged(recent), judged(earlier), 0, most_wrong)


@pytest.mark.parametrize(
    ("recent", "earlier", "alarm"),
    [
        (None, None, None),
        ((0, 1), None, None),
        # Wilson's lower bound of 1 in 177 is 0.0999 %, of 1 in 176 0.1004 %: allowed is 0.1 %.
        ((1, 177), None, None),
        ((1, 176), None, Alarm.ABOVE),
        ((0, 100_000), (5, 5), None),
        # 4 of 1000 is at least 0.15566 %; 0 of 2464 may be 0.15567 %, 0 of 2465 at most 0.15560 %.
        ((4, 1000), (0, 2464), Alarm.ABOVE),
        ((4, 1000), (0, 2465), Alarm.RISING),
        ((4, 1000), (4, 1000), Alarm.ABOVE),
    ],
)
def test_the_warning_at_its_borders(
    recent: tuple[int, int] | None, earlier: tuple[int, int] | None, alarm: Alarm | None
) -> None:
    assert looks(recent, earlier, 0.001).alarm == alarm


@given(st.integers(0, 50), st.integers(1, 5000), st.floats(0.0001, 0.5))
def test_it_warns_only_where_the_whole_interval_lies_above(
    wrong: int, looked: int, most_wrong: float
) -> None:
    wrong = min(wrong, looked)
    assert (looks((wrong, looked), None, most_wrong).alarm is Alarm.ABOVE) == (
        wilson(wrong, looked)[0] > most_wrong
    )


def test_what_is_recent_ends_after_thirty_days(parts: Parts, two: SecondLook) -> None:
    submission = in_review(parts)
    review.confirm(parts, REVIEWER, submission.id, 0, NAME)
    review.decide(parts, REVIEWER, submission.id, 1, Move.ACCEPT)
    now = datetime.now(UTC)
    for later, recent in ((timedelta(days=29), 1), (timedelta(days=31), 0)):
        found = figures.figures(parts, ADMIN, now + later).second_looks
        assert found is not None
        assert [found.recent.looked if found.recent else 0, found.earlier.looked if found.earlier else 0] == [
            recent,
            1 - recent,
        ]
