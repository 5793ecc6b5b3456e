"""Numbers, days and figures as nodes (数额与日期): whole numbers over known denominators."""

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import cast

import narwhals as nw

from matching.portable.building import Building
from matching.portable.calendar import FAR, month_and_day
from matching.portable.cells import (
    Cell,
    Make,
    NotExpressible,
    Sort,
    common,
    empty,
    highest,
    lowest,
    many,
    text,
    truth,
    whole,
    widest,
)
from matching.portable.truths import is_known, open_of
from matching.scan.program import Op
from matching.scan.standard_cells import Cells, cells_of

__all__ = ["AMOUNTS"]

_MOST_FIGURES = 500


def _months(day: date) -> int:
    return day.year * 12 + day.month - 1


def _arith(b: Building, op: Op, left: Cell, right: Cell) -> Cell:
    if left.is_open or right.is_open:
        return open_of(b, Sort.NUMBER)
    if op.data[0] == "*":
        bound = widest(left.bound * right.bound)
        den = left.den * right.den
        return b.here(
            op.space, [left, right], lambda one, two: one * two, Sort.NUMBER, den=den, bound=bound
        )
    _, den, _, (first, second) = common(left, right)
    bound = widest(left.bound * (den // left.den) + right.bound * (den // right.den))
    minus = op.data[0] == "-"

    def make(one: nw.Expr, two: nw.Expr) -> nw.Expr:
        return first(one) - second(two) if minus else first(one) + second(two)

    return b.here(op.space, [left, right], make, Sort.NUMBER, den=den, bound=bound)


def _scale(b: Building, op: Op, cell: Cell) -> Cell:
    if cell.is_open:
        return open_of(b, Sort.NUMBER)
    factor = cast(Fraction, op.data[0])
    top, low = factor.numerator, factor.denominator
    bound = widest(cell.bound * abs(top))
    return b.here(
        op.space, [cell], lambda value: value * whole(top), Sort.NUMBER,
        den=cell.den * low, bound=bound,
    )  # fmt: skip


def _least(b: Building, op: Op, *cells: Cell) -> Cell:
    if any(cell.is_open for cell in cells):
        return open_of(b, Sort.NUMBER)
    _, den, bound, brought = common(*cells)
    pick = highest if op.data[0] is True else lowest

    def make(*values: nw.Expr) -> nw.Expr:
        known = many(lambda one, two: one & two, [~value.is_null() for value in values])
        found = pick(*(bring(value) for bring, value in zip(brought, values, strict=True)))
        return nw.when(known).then(found).otherwise(empty(Sort.NUMBER))

    return b.here(op.space, cells, make, Sort.NUMBER, den=den, bound=bound)


def _age(b: Building, op: Op, birth: Cell) -> Cell:
    """Full years; one born on 29 February turns on 1 March in a common year."""
    if birth.is_open:
        return open_of(b, Sort.NUMBER)
    months, day = month_and_day(b, op.space, birth)
    today, born_by = whole(_months(b.on)), b.on.day - 1
    return b.here(
        op.space, [months, day],
        lambda m, d: _floor_years(today - m - nw.when(d > whole(born_by)).then(whole(1))
                                  .otherwise(whole(0))),
        Sort.NUMBER, bound=FAR,
    )  # fmt: skip


_CYCLE = 12 * 10_000  # years enough to keep a day after `on` positive while it is divided


def _floor_years(months: nw.Expr) -> nw.Expr:
    return (months + whole(_CYCLE)) // 12 - whole(_CYCLE // 12)


def _months_since(b: Building, op: Op, day: Cell) -> Cell:
    if day.is_open:
        return open_of(b, Sort.NUMBER)
    months, of_month = month_and_day(b, op.space, day)
    today, until = whole(_months(b.on)), whole(b.on.day - 1)
    return b.here(
        op.space, [months, of_month],
        lambda m, d: today - m - nw.when(d > until).then(whole(1)).otherwise(whole(0)),
        Sort.NUMBER, bound=FAR,
    )  # fmt: skip


def _cond(b: Building, op: Op, test: Cell, yes: Cell, no: Cell, *guessed: Cell) -> Cell:
    """Where the test is unknown, known all the same if both branches say the same."""
    sort, den, bound, (left, right) = common(yes, no)
    if sort is Sort.OPEN:
        return open_of(b, sort)

    def make(tests: nw.Expr, one: nw.Expr, two: nw.Expr, *more: nw.Expr) -> nw.Expr:
        first, second = left(one), right(two)
        same = (first == second) & _known(sort, first) & (tests == truth(1))
        for guess in more:  # the test is known by a presumption: the answer rests on it
            same = same & (guess == truth(1))
        return (
            nw.when(tests == truth(2)).then(first)
            .when((tests == truth(0)) | same).then(second)
            .otherwise(empty(sort))
        )  # fmt: skip

    return b.here(op.space, [test, yes, no, *guessed], make, sort, den=den, bound=bound)


def _known(sort: Sort, value: nw.Expr) -> nw.Expr:
    return value != truth(1) if sort is Sort.TRUTH else ~value.is_null()


def _standard(b: Building, op: Op, *keys: Cell) -> Cell:
    """A figure by its keys; each unknown key must not be one that a presumption would know."""
    n = cast(int, op.data[1])
    cells = cells_of(b.pack.standards[str(op.data[0])], b.on)
    bound = widest(max((abs(figure) for figure in cells.figures), default=0))
    if len({*cells.figures}) > _MOST_FIGURES:
        raise NotExpressible(f"标准 {op.data[0]} 有 {len(cells.figures)} 格, 超过 {_MOST_FIGURES}")
    chosen = _figure_of(cells, keys[:n])

    def make(*parts: nw.Expr) -> nw.Expr:
        barred = nw.lit(False)
        pairs = zip(keys[:n], parts[:n], keys[n:], parts[n:], strict=False)
        for key, part, guess, guessed in pairs:
            if not guess.is_open:
                unknown = truth(1) == truth(1) if key.is_open else part.is_null()
                barred = barred | (unknown & is_known(guess, guessed))
        return nw.when(barred).then(empty(Sort.NUMBER)).otherwise(chosen(*parts[:n]))

    return b.here(op.space, keys, make, Sort.NUMBER, den=cells.den, bound=bound)


def _figure_of(cells: Cells, keys: tuple[Cell, ...]) -> Make:
    """From the keys of a row to the figure of its cell."""
    places: dict[int, list[int]] = {}
    for place, (figure, unknown) in enumerate(zip(cells.figures, cells.unknown, strict=True)):
        if not unknown:
            places.setdefault(figure, []).append(place)

    def make(*parts: nw.Expr) -> nw.Expr:
        found = whole(0)
        for known, key, part in zip(cells.keys, keys, parts, strict=True):
            found = found * whole(len(known) + 2) + _place(known, key, part)
        figures = empty(Sort.NUMBER)
        for figure, where in places.items():
            figures = nw.when(found.is_in(where)).then(whole(figure)).otherwise(figures)
        return figures

    return make


def _place(known: tuple[str, ...], key: Cell, part: nw.Expr) -> nw.Expr:
    """Where a key stands; another word behind the last, an unknown one behind that."""
    if key.is_open:
        return whole(len(known) + 1)
    found = nw.when(part.is_null()).then(whole(len(known) + 1)).otherwise(whole(len(known)))
    for place, word in enumerate(known):
        found = nw.when(part == text(word)).then(whole(place)).otherwise(found)
    return found


AMOUNTS: Mapping[str, Callable[..., Cell]] = {
    "age": _age, "arith": _arith, "scale": _scale, "least": _least,
    "months_since": _months_since, "cond": _cond, "standard": _standard,
}  # fmt: skip
