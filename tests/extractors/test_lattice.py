import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.ocr.lattice import Lattice, beam, best_path, fold, join, score

SYMBOLS = ("", "a", "b")


def lattice_of(rows):
    p = np.array(rows, float)
    p = p / p.sum(axis=1, keepdims=True)
    return Lattice(SYMBOLS, np.log(p).astype(np.float32))


def collapse(path):
    out = []
    for before, now in itertools.pairwise((0, *path)):
        if now and now != before:
            out.append(SYMBOLS[now])
    return "".join(out)


def brute_force(lattice):
    total = {}
    p = np.exp(lattice.logp.astype(float))
    for path in itertools.product(range(len(SYMBOLS)), repeat=lattice.steps):
        weight = math.prod(p[t, s] for t, s in enumerate(path))
        total[collapse(path)] = total.get(collapse(path), 0.0) + weight
    return total


rows = st.lists(st.lists(st.floats(0.02, 1.0), min_size=3, max_size=3), min_size=1, max_size=6)


@given(rows)
@settings(max_examples=60, deadline=None)
def test_score_is_the_sum_over_all_alignments(given_rows):
    lattice = lattice_of(given_rows)
    truth = brute_force(lattice)
    texts = list(truth)
    assert np.allclose(np.exp(score(lattice, texts)), [truth[t] for t in texts], atol=1e-4)


@given(rows)
@settings(max_examples=40, deadline=None)
def test_beam_finds_the_most_probable_text_and_never_claims_more_than_its_score(given_rows):
    lattice = lattice_of(given_rows)
    truth = brute_force(lattice)
    found = beam(lattice, width=30, per_step=3, least=0.0)
    assert truth[found[0][0]] == pytest.approx(max(truth.values()), rel=1e-3)
    for text, logp in found:
        assert math.exp(logp) <= truth[text] * 1.001


def test_a_repeated_character_needs_a_blank_between():
    double = lattice_of([[0.1, 5, 0.1], [5, 0.1, 0.1], [0.1, 5, 0.1]])
    single = lattice_of([[0.1, 5, 0.1], [0.1, 5, 0.1]])
    assert best_path(double)[0] == "aa"
    assert best_path(single)[0] == "a"


def test_joined_lines_keep_equal_characters_apart():
    line = lattice_of([[0.01, 5, 0.01]])
    assert best_path(join([line, line]))[0] == "aa"


def test_an_unseen_symbol_costs_much_but_stays_finite():
    line = lattice_of([[0.01, 5, 0.01]])
    a, z = score(line, ["a", "z"])
    assert math.isfinite(z)
    assert a - z > 10


def test_fold_sums_look_alikes():
    line = lattice_of([[0.02, 0.5, 0.48]])
    folded = fold(line, {"b": "a"})
    assert folded.symbols == ("", "a")
    assert math.exp(folded.logp[0, 1]) == pytest.approx(0.98, abs=1e-3)


def test_an_empty_lattice_reads_nothing():
    assert best_path(Lattice(("",), np.zeros((0, 1), np.float32))) == ("", ())
