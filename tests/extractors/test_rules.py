import cv2
import numpy as np

from extractors.rules import bend_of, parts_to_planes, to_faint_mask, to_mask, without_shining
from tests.extractors.paper import rule_finder

FRAME = (40, 40, 940, 640)


def ruled(bend=0.0):
    page = np.full((700, 980), 255, np.uint8)
    for y in range(40, 641, 60):
        xs = np.arange(40, 941)
        sag = bend * np.sin((xs - 40) / 900 * np.pi) * (1 if 40 < y < 640 else 0)
        points = np.stack([xs, y + sag], axis=1).round().astype(np.int32)
        cv2.polylines(page, [points], False, 0, 2)
    for x in (40, 300, 940):
        cv2.line(page, (x, 40), (x, 640), 0, 2)
    return page


def level_of(page):
    """The level rules at the page's own size, as a table's picture has them."""
    level = rule_finder().find(page).level
    return to_mask(cv2.resize(level, page.shape[::-1], interpolation=cv2.INTER_NEAREST))


def test_rules_are_found_in_their_direction():
    rules = rule_finder().find(ruled())
    level, plumb = to_mask(rules.level), to_mask(rules.plumb)
    assert level[47:53, 250].any()
    assert not plumb[47:53, 250].any()
    assert plumb[125, 147:153].any()
    assert not level[125, 147:153].any()


def test_the_parts_of_the_planes_are_put_in_their_places():
    parts = np.arange(8 * 3 * 5, dtype=np.uint8).reshape(8, 3, 5)
    planes = parts_to_planes(parts)
    assert planes.shape == (2, 6, 10)
    places = [(i, y, x) for i in range(2) for y in range(6) for x in range(10)]
    assert all(planes[i, y, x] == parts[4 * i + 2 * (y % 2) + x % 2, y // 2, x // 2] for i, y, x in places)


def test_a_flat_table_has_no_bend():
    assert bend_of(level_of(ruled()), FRAME) is None


def test_a_bent_table_is_measured():
    bend = bend_of(level_of(ruled(12.0)), FRAME)
    assert bend is not None
    middle, end = bend[340, 490], bend[340, 60]
    assert 2 < middle - end < 13


def test_pale_rules_beside_dark_ones_shine_through():
    page = ruled()
    for y in range(70, 620, 60):
        cv2.line(page, (60, y), (900, y), 205, 2)
    found = rule_finder().find(page)
    kept = without_shining(found, page)
    assert not to_mask(kept.level)[34:38, 100:400].any()
    assert to_mask(kept.level)[49:53, 250].any()


def test_rules_of_one_paleness_all_stay():
    page = ruled()
    page[page < 255] = 190
    found = rule_finder().find(page)
    kept = without_shining(found, page)
    for y in range(40, 641, 60):
        there = to_mask(found.level)[y // 2 - 1 : y // 2 + 2, 30:460]
        assert there.any()
        assert np.array_equal(to_mask(kept.level)[y // 2 - 1 : y // 2 + 2, 30:460], there)


def test_faint_rules_count_where_they_join_certain_ones():
    probable = np.zeros((60, 200), np.uint8)
    probable[20, 10:150], probable[20, 60:70] = 40, 200
    probable[40, 10:150] = 40
    faint = to_faint_mask(probable)
    assert faint[20, 10:150].all()
    assert not faint[40].any()
    assert to_mask(probable).sum() == 10
