"""What is known of a value before it is computed (单元), and its exact arithmetic.

A truth is a whole number 0, 1, 2. A number is whole over a denominator that is known beforehand,
and empty where it is unknown. It carries a bound: what could leave 64 bits does not compile.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import reduce
from math import lcm
from typing import Any

import narwhals as nw

from matching.scan.program import Space

__all__ = ["Cell", "Make", "Node", "NotExpressible", "Sort", "Step", "common", "empty", "highest",
           "lowest", "many", "text", "truth", "whole", "widest"]  # fmt: skip

Make = Callable[..., nw.Expr]
_WIDE = 2**62


class NotExpressible(Exception):
    """Something that the portable reading cannot compute exactly; says what, in Chinese."""


class Sort(StrEnum):
    """What a value is (值的种类). OPEN: unknown for every row, of whatever kind."""

    TRUTH = "truth"
    NUMBER = "number"
    TEXT = "text"
    OPEN = "open"


class Step(StrEnum):
    """How a value comes about: in its own row, or from rows elsewhere."""

    HERE = "here"
    LIFT = "lift"
    GATHER = "gather"
    FOLD = "fold"
    LEDGER = "ledger"
    LINES_AT = "lines_at"
    COVERED_AT = "covered_at"


@dataclass(frozen=True, slots=True)
class Node:
    """One value of each row of a space: of which other values, and how."""

    step: Step
    space: Space
    args: tuple[int, ...] = ()
    make: Make | None = None
    data: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as far as it is known beforehand.

    `is_fixed`: the same for all rows, `fixed` then (None: unknown).
    """

    number: int
    sort: Sort
    den: int = 1
    bound: int = 0
    is_fixed: bool = False
    fixed: Any = field(default=None)

    @property
    def is_open(self) -> bool:
        """Whether it is unknown for all rows."""
        return self.is_fixed and self.fixed is None


def truth(value: int) -> nw.Expr:
    """A truth for all rows."""
    return nw.lit(value, nw.Int8)


def whole(value: int) -> nw.Expr:
    """A number for all rows."""
    return nw.lit(value, nw.Int64)


def text(value: str) -> nw.Expr:
    """A word for all rows."""
    return nw.lit(value, nw.String)


def empty(sort: Sort) -> nw.Expr:
    """Unknown for all rows."""
    if sort is Sort.TRUTH:
        return truth(1)
    return nw.lit(None, nw.String if sort is Sort.TEXT else nw.Int64)


def many(join: Callable[[nw.Expr, nw.Expr], nw.Expr], items: Sequence[nw.Expr]) -> nw.Expr:
    """Several tests as one."""
    return reduce(join, items)


def highest(*values: nw.Expr) -> nw.Expr:
    """The greatest of several; Spark takes no single one."""
    return values[0] if len(values) == 1 else nw.max_horizontal(*values)


def lowest(*values: nw.Expr) -> nw.Expr:
    """The least of several."""
    return values[0] if len(values) == 1 else nw.min_horizontal(*values)


def widest(*bounds: int) -> int:
    """The greatest bound.

    Raises:
        NotExpressible: it could leave 64 bits.
    """
    found = max(bounds, default=0)
    if found >= _WIDE:
        raise NotExpressible("中间结果可能超出 64 位整数")
    return found


def common(*cells: Cell) -> tuple[Sort, int, int, list[Make]]:
    """What several values are together: sort, denominator, bound, and what brings each there.

    Raises:
        NotExpressible: over one denominator a number could leave 64 bits.
    """
    sorts = {cell.sort for cell in cells} - {Sort.OPEN} or {Sort.OPEN}
    if len(sorts) > 1:
        raise TypeError("values of two kinds do not mix")
    (sort,) = sorts
    den = lcm(*(cell.den for cell in cells))
    bound = widest(*(cell.bound * (den // cell.den) for cell in cells))
    return sort, den, bound, [_brought(cell, sort, den // cell.den) for cell in cells]


def _brought(cell: Cell, sort: Sort, factor: int) -> Make:
    if cell.sort is Sort.OPEN:
        return lambda _: empty(sort)
    return (lambda value: value) if factor == 1 else (lambda value: value * whole(factor))
