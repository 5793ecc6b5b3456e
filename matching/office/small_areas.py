"""Rates of small groups and streets (小区域估计): drawn towards the whole, with an interval.

With x of n in a group and the share p of the whole, the estimate is (x + M p) / (n + M), M = 50;
the interval holds the middle nine tenths of the beta distribution with x + M p and
n - x + M (1 - p).
A group is called worse only when its whole interval lies below the share of the whole.
"""

from math import exp, lgamma, log

from matching.model.base import Model

__all__ = ["SMALLEST", "Estimate", "beta_quantile", "estimated"]

_WEIGHT = 50
_TAIL = 0.05
SMALLEST = 100  # a group with fewer is pooled with other small ones
_STEPS, _HALVINGS = 300, 60
_TINY = 1e-300
_ENOUGH = 1e-14


class Estimate(Model):
    """A drawn share (收缩估计): shares between 0 and 1, rounded to four digits.

    `share`: of the group, drawn towards `mean`, the share of the whole; `low`, `high`: its 90 %
    interval. `worse`, `better`: the interval excludes the mean.
    """

    share: float
    low: float
    high: float
    mean: float
    worse: bool
    better: bool


def estimated(hits: int, size: int, all_hits: int, all_size: int) -> Estimate | None:
    """The share of a group as part of a whole; None: the whole is empty.

    Args:
        hits: of the group, at most `size`.
        size: of the group; 0 gives the mean.
        all_hits: of the whole, the group among it.
        all_size: of the whole.
    """
    if not all_size:
        return None
    mean = all_hits / all_size
    first, second = hits + _WEIGHT * mean, size - hits + _WEIGHT * (1 - mean)
    low = beta_quantile(_TAIL, first, second)
    high = beta_quantile(1 - _TAIL, first, second)
    return Estimate(
        share=round(first / (first + second), 4),
        low=round(low, 4),
        high=round(high, 4),
        mean=round(mean, 4),
        worse=high < mean,
        better=low > mean,
    )


def beta_quantile(share: float, a: float, b: float) -> float:
    """Below which value this share of a beta distribution lies; a or b may be 0, not both."""
    if a <= 0 or b <= 0:
        return 0.0 if a <= 0 else 1.0
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _below(middle, a, b) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _below(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function, by its continued fraction on the quick side."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(1 - x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction, from the front (Lentz)."""
    c, d = 1.0, _inverse(1 - (a + b) * x / (a + 1))
    found = d
    for m in range(1, _STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = _inverse(1 + term * d)
            c = 1 + term / (c or _TINY)
            found *= c * d
        if abs(c * d - 1) < _ENOUGH:
            break
    return found


def _inverse(value: float) -> float:
    return 1 / (value or _TINY)
