"""Scanned pages outside the form: blank backs, titles, and what cannot be read."""

import cv2

from extractors.form.layout import default_layout
from extractors.form.reading import Role
from extractors.ink import page_to_inks
from extractors.kept import PageKind
from extractors.package import Package
from tests.extractors.paper import ScriptedEngine, blank

LAYOUT = default_layout()
OTHER, BLANK = PageKind(Role.OTHER), PageKind(Role.BLANK)
UNREAD = PageKind(Role.OTHER, None, ("page_unread",))


def scanned(page, says=""):
    engine = ScriptedEngine(lambda _: says)
    return Package(LAYOUT, engine).judge(page_to_inks(page), ()), engine.calls


def write(page, at, size=1.2):
    cv2.putText(page, "THE TITLE OF A PAGE", at, cv2.FONT_HERSHEY_SIMPLEX, size, (0, 0, 0), 3)


def test_a_scanned_title_is_read_alone():
    page = blank()
    write(page, (290, 150))
    for y in range(250, 1300, 40):
        cv2.putText(page, "a line below it " * 4, (90, y), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (0, 0, 0), 2)
    kind, calls = scanned(page, "房屋租赁合同")
    assert (kind, calls) == (PageKind(Role.MATERIAL, 5), 1)


def test_dirt_shadow_streak_and_creases_leave_a_back_blank():
    page = blank()
    page[:, :30] = 60
    page[700, 500] = 0
    page[:, 300:302] = 90
    assert scanned(page) == (BLANK, 0), "nobody needs to read it"
    for x in range(0, 1000, 45):
        cv2.line(page, (x, 460 + x // 90), (x + 30, 460 + x // 90), (120, 120, 120), 4)
    assert scanned(page)[0] == BLANK
    for y in (460, 940):
        cv2.circle(page, (80, y), 18, (40, 40, 40), -1)
    assert scanned(page)[0] == BLANK


def test_a_few_words_on_a_page_are_not_blank():
    page = blank()
    cv2.putText(page, "20", (600, 150), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (0, 0, 0), 2)
    assert scanned(page, "2020年4月5日")[0] == OTHER
    assert scanned(page, "x")[0] == UNREAD


def test_a_page_with_only_a_seal_is_not_blank():
    page = blank()
    cv2.circle(page, (500, 700), 110, (220, 40, 40), 6)
    assert scanned(page)[0] == UNREAD


def test_what_cannot_be_read_is_other_and_said_so():
    page = blank()
    for y in range(100, 1300, 40):
        write(page, (200, y), 0.9)
    assert scanned(page, "")[0] == UNREAD
    assert scanned(page, "不知所云")[0] == OTHER
