"""Columns of values, many of them unknown, and their exact arithmetic (列).

A truth is a byte: 0 unmet, 1 unknown, 2 met; so `and` is the least, `or` the greatest, `not` is 2
less it. Everything else is a `Column`: whole numbers over one denominator, and a byte 1 where the
value is not known. Money is whole fen; no float is anywhere. An array of length one stands for all
rows.
"""

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "MET",
    "OPEN",
    "UNMET",
    "Column",
    "Tri",
    "Value",
    "added",
    "age_column",
    "chosen",
    "compared",
    "constant",
    "is_open",
    "known_truth",
    "least",
    "months_column", "months_until",
    "multiplied",
    "open_column",
    "scaled",
    "taken",
    "truth",
]  # fmt: skip

Tri = NDArray[np.uint8]
UNMET, OPEN, MET = np.uint8(0), np.uint8(1), np.uint8(2)
_EPOCH = date(1970, 1, 1).toordinal()
_YEAR = 12
_LONG_LIFE = 130 * 366
_FAR = 10_000 * 366
_WIDE = 2**62  # beyond this a product may leave 64 bits: then whole numbers of any size
_ONE = np.ones(1, np.uint8)
_KNOWN = np.zeros(1, np.uint8)

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt,
    ">=": operator.ge,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """Numbers, days (as ordinals), words (as ids) or sets (as bits).

    `unknown` is 1 where the value is not known; the value there means nothing. A number is
    `values / den`; no absolute value is greater than `bound`.
    """

    values: NDArray[Any]
    unknown: Tri
    den: int = 1
    bound: int = 0


Value = Tri | Column


def constant(value: int | Fraction) -> Column:
    """One number for all rows."""
    exact = Fraction(value)
    top = exact.numerator
    kind = np.int64 if abs(top) < _WIDE else object
    return Column(np.array([top], kind), _KNOWN, exact.denominator, abs(top))


def open_column() -> Column:
    """A value that nobody knows, for all rows."""
    return Column(np.zeros(1, np.int64), _ONE)


def known_truth(value: bool) -> Tri:
    """One truth for all rows."""
    return np.array([2 if value else 0], np.uint8)


def truth(met: NDArray[Any], unknown: Tri) -> Tri:
    """2 where met, 0 where not, 1 where unknown. `unknown - 1` wraps round to all ones."""
    twice = met.view(np.uint8) if met.dtype == np.bool_ else met.astype(np.uint8)
    twice = twice + twice
    if unknown.size == 1:
        return twice if not unknown[0] else np.ones_like(twice)
    return (twice & (unknown - _ONE)) | unknown


def is_open(value: Value) -> Tri:
    """1 where the value is not known."""
    return value.unknown if isinstance(value, Column) else (value & _ONE)


def taken(value: Value, index: NDArray[Any]) -> Value:
    """The value of these rows; a constant stays one."""
    if isinstance(value, Column):
        return Column(
            value.values if value.values.size == 1 else value.values[index],
            value.unknown if value.unknown.size == 1 else value.unknown[index],
            value.den,
            value.bound,
        )
    return value if value.size == 1 else value[index]


def _times(values: NDArray[Any], factor: int, bound: int) -> NDArray[Any]:
    if factor == 1:
        return values
    wide: NDArray[Any] = values.astype(object) if bound * abs(factor) >= _WIDE else values
    product: NDArray[Any] = wide * factor
    return product


def _same_scale(columns: Sequence[Column]) -> tuple[list[NDArray[Any]], int, list[int]]:
    """Values over one denominator, the denominator, and the bounds."""
    den = lcm(*(column.den for column in columns))
    factors = [den // column.den for column in columns]
    bounds = [column.bound * factor for column, factor in zip(columns, factors, strict=True)]
    values = [
        _times(column.values, factor, column.bound)
        for column, factor in zip(columns, factors, strict=True)
    ]
    return values, den, bounds


def compared(sign: str, left: Column, right: Column) -> Tri:
    """`left sign right`; unknown where one of them is."""
    (first, second), _, _ = _same_scale((left, right))
    return truth(_COMPARE[sign](first, second), left.unknown | right.unknown)


def added(left: Column, right: Column, *, minus: bool = False) -> Column:
    """Sum or difference."""
    (first, second), den, bounds = _same_scale((left, right))
    bound = sum(bounds)
    if bound >= _WIDE:
        first = first.astype(object)
    return Column(
        first - second if minus else first + second, left.unknown | right.unknown, den, bound
    )


def multiplied(left: Column, right: Column) -> Column:
    """Product."""
    bound = left.bound * right.bound
    first = left.values.astype(object) if bound >= _WIDE else left.values
    return Column(first * right.values, left.unknown | right.unknown, left.den * right.den, bound)


def scaled(column: Column, factor: Fraction) -> Column:
    """A number times an exact factor."""
    top, low = factor.numerator, factor.denominator
    values = _times(column.values, top, column.bound)
    return Column(values, column.unknown, column.den * low, column.bound * abs(top))


def least(columns: Sequence[Column], *, greatest: bool = False) -> Column:
    """The least (or greatest) of several; unknown where one of them is."""
    values, den, bounds = _same_scale(columns)
    found, unknown = values[0], columns[0].unknown
    for more, column in zip(values[1:], columns[1:], strict=True):
        found = np.maximum(found, more) if greatest else np.minimum(found, more)
        unknown = unknown | column.unknown
    return Column(found, unknown, den, max(bounds))


def chosen(where: NDArray[Any], yes: Value, no: Value) -> Value:
    """`yes` where the mask holds, else `no`."""
    if isinstance(yes, Column) and isinstance(no, Column):
        (first, second), den, bounds = _same_scale((yes, no))
        values = np.where(where, first, second)
        return Column(values, np.where(where, yes.unknown, no.unknown), den, max(bounds))
    if isinstance(yes, Column) or isinstance(no, Column):
        raise TypeError("a truth and a value do not mix")
    return np.where(where, yes, no)


def _calendar(days: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Months since 1970 and the day of the month."""
    exact = (days - _EPOCH).astype("datetime64[D]")
    months = exact.astype("datetime64[M]")
    return months.astype(np.int64), (exact - months.astype("datetime64[D]")).astype(np.int64) + 1


def months_until(start: NDArray[Any], end: NDArray[Any]) -> NDArray[Any]:
    """Whole months from one day to another, both as ordinals."""
    first, day = _calendar(start)
    last, end_day = _calendar(end)
    months: NDArray[Any] = last - first - (end_day < day)
    return months


def _ages(birth: NDArray[Any], on: date) -> NDArray[Any]:
    months, day = _calendar(birth)
    years, month = np.divmod(months, _YEAR)
    later = (month + 1 > on.month) | ((month + 1 == on.month) & (day > on.day))
    ages: NDArray[Any] = on.year - 1970 - years - later
    return ages


def _months_to(start: NDArray[Any], on: date) -> NDArray[Any]:
    return months_until(start, np.array([on.toordinal()]))


@lru_cache(maxsize=16)
def _days_near(count: Callable[..., NDArray[Any]], on: date) -> tuple[int, NDArray[Any]]:
    """The first day of a long life before, and what is counted from each day on."""
    low = on.toordinal() - _LONG_LIFE
    days = np.arange(max(low, 1), min(on.toordinal() + _LONG_LIFE, date.max.toordinal()))
    return int(days[0]), count(days, on)


def _counted(count: Callable[..., NDArray[Any]], column: Column, on: date) -> Column:
    """Looked up by day; days far away are reckoned one by one."""
    low, table = _days_near(count, on)
    place = column.values - low
    outside = (place < 0) | (place >= len(table))
    found = table[np.where(outside, 0, place)]
    far = np.flatnonzero(outside & (column.unknown == 0))
    if far.size:
        rows = np.broadcast_to(column.values, outside.shape)[far]
        found[far] = count(rows, on)
    return Column(found, column.unknown, 1, _FAR)


def age_column(birth: Column, on: date) -> Column:
    """Full years on a day; one born on 29 February turns on 1 March in a common year."""
    return _counted(_ages, birth, on)


def months_column(start: Column, on: date) -> Column:
    """Whole months from each day to the day asked about."""
    return _counted(_months_to, start, on)
