"""Units of numbers (计量单位): a small algebra, so that a month is never compared with a year.

A unit is a sorted tuple of (base, exponent); the empty tuple has no dimension. Bases are the words
of docs/rules-language.md. Money is held in fen, whatever the other bases.
"""

from collections import Counter

__all__ = [
    "BASES",
    "NONE",
    "Unit",
    "divide",
    "is_money",
    "multiply",
    "parse_unit",
    "show_unit",
    "without",
]

Unit = tuple[tuple[str, int], ...]

NONE: Unit = ()
BASES = ("CNY", "person", "month", "year", "day", "m2")
_DIMENSIONLESS = {"", "ratio", "none", "1"}
_CHINESE = {"CNY": "元", "person": "人", "month": "月", "year": "年", "day": "天", "m2": "平方米"}


def parse_unit(text: str) -> Unit:
    """Read `CNY/person/month`.

    Raises:
        ValueError: a word is no unit; the message is the word.
    """
    if text in _DIMENSIONLESS:
        return NONE
    exponents: Counter[str] = Counter()
    for position, word in enumerate(text.split("/")):
        if word not in BASES:
            raise ValueError(word)
        exponents[word] += 1 if position == 0 else -1
    return _sorted(exponents)


def multiply(left: Unit, right: Unit) -> Unit:
    """The unit of a product; equal bases cancel."""
    exponents = Counter(dict(left))
    for base, exponent in right:
        exponents[base] += exponent
    return _sorted(exponents)


def divide(left: Unit, right: Unit) -> Unit:
    """The unit of a quotient."""
    return multiply(left, tuple((base, -exponent) for base, exponent in right))


def without(unit: Unit, base: str) -> Unit:
    """The unit with one base taken away: what a sum over people does to `person`."""
    return tuple(pair for pair in unit if pair[0] != base)


def is_money(unit: Unit) -> bool:
    """Whether numbers of this unit are fen."""
    return ("CNY", 1) in unit


def show_unit(unit: Unit) -> str:
    """In Chinese, as `元/人/月`; empty for no dimension."""
    if unit == (("month", 1),):
        return "个月"
    above = [_CHINESE[base] for base, exponent in unit if exponent > 0]
    below = [_CHINESE[base] for base, exponent in unit if exponent < 0]
    return "/".join(["·".join(above) or "每", *below]) if unit else ""


def _sorted(exponents: Counter[str]) -> Unit:
    return tuple((base, exponents[base]) for base in BASES if exponents[base] != 0)
