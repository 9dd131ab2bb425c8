import cv2
import numpy as np

from extractors.rules import bend_of, find_rules, unbroken

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


def test_rules_are_found_in_their_direction():
    horizontal, vertical = find_rules(ruled())
    assert horizontal[95:105, 500].any()
    assert not vertical[95:105, 500].any()
    assert vertical[200, 295:305].any()


def test_a_flat_table_has_no_bend():
    assert bend_of(find_rules(ruled())[0], FRAME) is None


def test_a_bent_table_is_measured():
    bend = bend_of(find_rules(ruled(12.0))[0], FRAME)
    assert bend is not None
    middle, end = bend[340, 490], bend[340, 60]
    assert 2 < middle - end < 13


def test_text_that_clings_to_a_rule_falls_off():
    rules = np.zeros((60, 400), bool)
    rules[30:33, 20:380] = True
    rules[33:40, 100:130] = True
    kept = unbroken(rules, 0, 100)
    assert kept[31, 200]
    assert not kept[38, 115]
