"""How far a share may be luck: exact intervals of a binomial share, and whether two shares differ.

Standard library only, quick for tens of thousands of cells.
"""

from __future__ import annotations

import math


def at_most(k: int, n: int, p: float) -> float:
    """Probability of ``k`` or fewer of ``n`` where each comes true with probability ``p``.

    The regularised incomplete beta function I(1 - p; n - k, k + 1).
    """
    if p <= 0.0 or k >= n:
        return 1.0
    if p >= 1.0 or k < 0:
        return 0.0
    return _incomplete_beta(n - k, k + 1, 1.0 - p)


def _incomplete_beta(a: float, b: float, x: float) -> float:
    """I(x; a, b), 0 < x < 1, by its continued fraction (Abramowitz and Stegun 26.5.8), evaluated as Lentz does."""
    if x > (a + 1) / (a + b + 2):
        return 1.0 - _incomplete_beta(b, a, 1.0 - x)
    front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    tiny = 1e-300
    c, d = 1.0, 1.0 / (1.0 - (a + b) * x / (a + 1) or tiny)
    value = d
    for m in range(1, 10_000):
        for factor in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1.0 / (1.0 + factor * d or tiny)
            c = 1.0 + factor / c or tiny
            value *= c * d
        if abs(c * d - 1.0) < 1e-13:
            break
    return math.exp(front) * value / a


def upper_bound(hits: int, n: int, level: float = 0.95) -> float:
    """Largest share that ``hits`` of ``n`` does not refute, one-sided (Clopper and Pearson 1934).

    Without hits this is 1 - 0.05^(1/n), about 3/n, the rule of three. 1 where nothing was counted.
    """
    if hits >= n:
        return 1.0
    low, high = hits / n, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if at_most(hits, n, middle) > 1 - level else (low, middle)
    return high


def interval(hits: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Two-sided exact interval of a share (Clopper and Pearson 1934); 0..1 where nothing was counted."""
    side = (1 + level) / 2
    return 1.0 - upper_bound(n - hits, n, side), upper_bound(hits, n, side)


def chance_of_difference(a_hits: int, a_all: int, b_hits: int, b_all: int) -> float:
    """Two-sided p value that both shares come from one truth (Fisher's exact test); 1 where one is empty.

    The sum over every table with the same margins that is no more probable than this one.
    """
    if not a_all or not b_all:
        return 1.0
    hits, total = a_hits + b_hits, a_all + b_all
    chosen = math.lgamma(total + 1) - math.lgamma(hits + 1) - math.lgamma(total - hits + 1)

    def log_p(k: int) -> float:
        parts = ((a_all, k), (b_all, hits - k))
        return (
            sum(math.lgamma(n + 1) - math.lgamma(x + 1) - math.lgamma(n - x + 1) for n, x in parts) - chosen
        )

    here = log_p(a_hits)
    terms = (log_p(k) for k in range(max(0, hits - b_all), min(a_all, hits) + 1))
    return min(1.0, math.fsum(math.exp(term) for term in terms if term <= here + 1e-9))
