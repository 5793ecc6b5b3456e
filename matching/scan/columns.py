"""Columns of values, many of them unknown, and their exact arithmetic (列).

A truth is a byte: 0 unmet, 1 unknown, 2 met; so `and` is the least, `or` the greatest, `not` is 2
less it. Everything else is a `Column`: whole numbers over one denominator, and a byte 1 where the
value is not known. Money is whole fen; no float is anywhere. An array of length one stands for all
rows. Numbers take as few bytes as their bound allows: a scan is as fast as memory is read.
Arrays are never changed once another operation can see them.
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
    "either",
    "is_open",
    "kind_of",
    "known_truth",
    "least",
    "months_column", "months_until",
    "multiplied",
    "narrowed",
    "open_column",
    "picked",
    "scaled",
    "taken",
    "truth",
]  # fmt: skip

Tri = NDArray[np.uint8]
UNMET, OPEN, MET = np.uint8(0), np.uint8(1), np.uint8(2)
_EPOCH = date(1970, 1, 1).toordinal()
_YEAR = 12
_LONG_LIFE = 130 * 366
_WIDE = 2**62  # beyond this a product may leave 64 bits: then whole numbers of any size
_KINDS: tuple[tuple[int, type[Any]], ...] = (
    (2**7, np.int8), (2**15, np.int16), (2**31, np.int32), (_WIDE, np.int64),
)  # fmt: skip
_ONE = np.ones(1, np.uint8)
_KNOWN = np.zeros(1, np.uint8)

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt,
    ">=": operator.ge,
}  # fmt: skip
_TURNED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


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


def kind_of(bound: int) -> type[Any]:
    """The narrowest kind of number that holds all values up to `bound`, above and below zero."""
    return next((kind for limit, kind in _KINDS if bound < limit), object)


def narrowed(values: NDArray[Any], unknown: Tri, den: int = 1) -> Column:
    """A column in as few bytes as its known values allow; what is not known becomes nothing."""
    known: NDArray[Any] = values * (unknown ^ _ONE)
    bound = max(int(known.max(initial=0)), -int(known.min(initial=0)))
    return Column(known.astype(kind_of(bound), copy=False), unknown, den, bound)


@lru_cache(maxsize=4096)
def constant(value: int | Fraction) -> Column:
    """One number for all rows."""
    exact = Fraction(value)
    top = exact.numerator
    return Column(np.array([top], kind_of(abs(top))), _KNOWN, exact.denominator, abs(top))


def open_column() -> Column:
    """A value that nobody knows, for all rows."""
    return Column(np.zeros(1, np.int8), _ONE)


def known_truth(value: bool) -> Tri:
    """One truth for all rows."""
    return np.array([2 if value else 0], np.uint8)


def truth(met: NDArray[Any], unknown: Tri) -> Tri:
    """2 where met, 0 where not, 1 where unknown."""
    byte: Tri = met.view(np.uint8) if met.dtype == np.bool_ else met.astype(np.uint8)
    if unknown.size == 1:
        return byte + byte if not unknown[0] else np.ones_like(byte)
    found = byte | unknown
    np.add(found, (byte > unknown).view(np.uint8), out=found)
    return found


def either(*unknowns: Tri) -> Tri:
    """1 where one of these is 1."""
    found = _KNOWN
    for unknown in unknowns:
        if unknown.size == 1:
            if unknown[0]:
                return unknown
        else:
            found = unknown if found.size == 1 else found | unknown
    return found


def picked(where: NDArray[Any], yes: NDArray[Any], no: NDArray[Any]) -> NDArray[Any]:
    """`yes` where the mask (truth, or 0 and 1) holds, else `no`, without asking row by row."""
    if where.size == 1:
        return yes if where[0] else no
    kind = np.result_type(yes, no)
    if kind == np.object_:
        return np.where(where, yes, no)
    every = np.negative(where.view(np.int8)).astype(kind)  # all bits, or none
    every &= yes ^ no
    every ^= no
    return every


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
    return _in_kind(np.multiply, values, np.array([factor]), max(bound, 1) * abs(factor))


def _in_kind(
    work: Callable[..., NDArray[Any]], left: NDArray[Any], right: NDArray[Any], bound: int
) -> NDArray[Any]:
    """What is worked out among numbers that hold it; unknown values may wrap round."""
    kind = kind_of(bound)
    if kind is object:
        return work(left.astype(object), right.astype(object))
    return work(_as(left, kind), _as(right, kind))


def _as(values: NDArray[Any], kind: type[Any]) -> NDArray[Any]:
    return values.astype(kind, copy=False)


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
    unknown = either(left.unknown, right.unknown)
    if first.size == 1 < second.size:
        first, second, sign = second, first, _TURNED[sign]
    # A plain number is compared in the kind of the column, also where the kind cannot hold it.
    other = int(second[0]) if second.size == 1 else second
    return truth(_COMPARE[sign](first, other), unknown)


def added(left: Column, right: Column, *, minus: bool = False) -> Column:
    """Sum or difference."""
    (first, second), den, bounds = _same_scale((left, right))
    bound = sum(bounds)
    found = _in_kind(np.subtract if minus else np.add, first, second, bound)
    return Column(found, either(left.unknown, right.unknown), den, bound)


def multiplied(left: Column, right: Column) -> Column:
    """Product."""
    bound = left.bound * right.bound
    holds = max(left.bound, 1) * max(right.bound, 1)  # also what is multiplied by nothing
    found = _in_kind(np.multiply, left.values, right.values, holds)
    return Column(found, either(left.unknown, right.unknown), left.den * right.den, bound)


def scaled(column: Column, factor: Fraction) -> Column:
    """A number times an exact factor."""
    top, low = factor.numerator, factor.denominator
    values = _times(column.values, top, column.bound)
    return Column(values, column.unknown, column.den * low, column.bound * abs(top))


def least(columns: Sequence[Column], *, greatest: bool = False) -> Column:
    """The least (or greatest) of several; unknown where one of them is."""
    values, den, bounds = _same_scale(columns)
    found = values[0]
    for more in values[1:]:
        found = np.maximum(found, more) if greatest else np.minimum(found, more)
    return Column(found, either(*(column.unknown for column in columns)), den, max(bounds))


def chosen(where: NDArray[Any], yes: Value, no: Value) -> Value:
    """`yes` where the mask holds, else `no`."""
    if isinstance(yes, Column) and isinstance(no, Column):
        (first, second), den, bounds = _same_scale((yes, no))
        unknown = picked(where, yes.unknown, no.unknown)
        return Column(picked(where, first, second), unknown, den, max(bounds))
    if isinstance(yes, Column) or isinstance(no, Column):
        raise TypeError("a truth and a value do not mix")
    return picked(where, yes, no)


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
    found = count(days, on)
    return int(days[0]), found.astype(kind_of(int(np.abs(found).max())))


def _counted(count: Callable[..., NDArray[Any]], column: Column, on: date) -> Column:
    """Looked up by day; days far away are reckoned one by one."""
    low, table = _days_near(count, on)
    place = column.values.astype(np.int32) - low  # days of the calendar: below 2**22
    found = table.take(place, mode="clip")
    outside = (place < 0) | (place >= len(table))
    far = np.flatnonzero(outside & (column.unknown == 0))
    if far.size:
        found = found.astype(np.int64)
        found[far] = count(place[far].astype(np.int64) + low, on)
    return narrowed(found, column.unknown)


def age_column(birth: Column, on: date) -> Column:
    """Full years on a day; one born on 29 February turns on 1 March in a common year."""
    return _counted(_ages, birth, on)


def months_column(start: Column, on: date) -> Column:
    """Whole months from each day to the day asked about."""
    return _counted(_months_to, start, on)
