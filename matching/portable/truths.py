"""Facts and truths as nodes (事实与真值): the operations of the scan, one function a kind."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import narwhals as nw

from matching.portable.building import Building
from matching.portable.cells import (
    Cell,
    Make,
    Sort,
    common,
    empty,
    highest,
    lowest,
    many,
    text,
    truth,
)
from matching.scan.program import HOUSEHOLDS, PERSONS, Op, Space

__all__ = ["TRUTHS", "is_known", "open_of"]

_LOCAL = 6  # digits of a code that name the county
_PROVINCE = 2


def open_of(b: Building, sort: Sort) -> Cell:
    """Unknown for all rows."""
    return b.once(("open", sort), lambda: b.fixed(None, sort))


def is_known(cell: Cell, value: nw.Expr) -> nw.Expr:
    """Where the value is known."""
    return value != truth(1) if cell.sort is Sort.TRUTH else ~value.is_null()


def _as_truth(test: nw.Expr) -> nw.Expr:
    """2 where it holds, 0 where not, 1 where it cannot be told."""
    return nw.when(test).then(truth(2)).when(~test).then(truth(0)).otherwise(truth(1))


# Leaves


def _truth(b: Building, op: Op) -> Cell:
    return b.truth(2 if op.data[0] is True else 0)


def _number(b: Building, op: Op) -> Cell:
    return b.fixed(cast(int, op.data[0]), Sort.NUMBER)


def _word(b: Building, op: Op) -> Cell:
    return b.fixed(str(op.data[0]), Sort.TEXT)


def _set(b: Building, op: Op) -> Cell:
    words = cast(tuple[str, ...], op.data[0])
    return b.fixed("," + "".join(f"{word}," for word in words), Sort.TEXT)


def _open(b: Building, op: Op) -> Cell:
    if op.data[1] != "fact":
        return open_of(b, Sort.OPEN)
    sort = b.fact(op.space, str(op.data[0])).sort
    return open_of(b, sort)


def _doubt(b: Building, _: Op) -> Cell:
    return b.truth(1)


def _stated(b: Building, op: Op) -> Cell:
    return b.fact(op.space, str(op.data[0]))


def _is_told(b: Building, op: Op) -> Cell:
    cell = b.fact(op.space, str(op.data[0]))
    if cell.is_open:
        return b.truth(1)
    return b.here(
        op.space, [cell],
        lambda value: nw.when(is_known(cell, value)).then(truth(2)).otherwise(truth(1)),
        Sort.TRUTH,
    )  # fmt: skip


def _place(b: Building, _: Op) -> Cell:
    found = b.column(HOUSEHOLDS, "place", Sort.TEXT)
    return found if found is not None else open_of(b, Sort.TEXT)


# Which of several values


def _first(b: Building, op: Op, stated: Cell, computed: Cell) -> Cell:
    """What was stated wins over what is computed."""
    if stated.is_open:
        return computed
    sort, den, bound, (left, right) = common(stated, computed)
    return b.here(
        op.space, [stated, computed],
        lambda one, other: nw.when(is_known(stated, one)).then(left(one)).otherwise(right(other)),
        sort, den=den, bound=bound,
    )  # fmt: skip


def _same(_: Building, __: Op, cell: Cell) -> Cell:
    return cell


def _else(b: Building, op: Op, found: Cell, other: Cell) -> Cell:
    """Where the first is unknown and the guard lets it, the other."""
    name, guard = str(op.data[0]), str(op.data[1])
    guards = []
    stale = b.stale(op.space, name)
    if stale is not None:
        barred = truth(1) if guard.startswith("presumed") else None
        guards.append((stale, barred))
    if guard.endswith("at_home"):
        guards.append((b.flag(PERSONS, "member"), truth(0)))
    sort, den, bound, (left, right) = common(found, other)

    def make(one: nw.Expr, two: nw.Expr, *marks: nw.Expr) -> nw.Expr:
        may = ~is_known(found, one)
        for (_, barred), mark in zip(guards, marks, strict=True):
            may = may & (mark == truth(0) if barred is None else mark != barred)
        return nw.when(may).then(right(two)).otherwise(left(one))

    cells = [found, other, *(cell for cell, _ in guards)]
    return b.here(op.space, cells, make, sort, den=den, bound=bound)


def _given(b: Building, space: Space, cells: Sequence[Cell], test: Make, value: Cell) -> Cell:
    """The value where a test of the cells holds; else unknown."""
    return b.here(
        space, [*cells, value],
        lambda *parts: nw.when(test(*parts[:-1])).then(parts[-1]).otherwise(empty(value.sort)),
        value.sort, den=value.den, bound=value.bound,
    )  # fmt: skip


def _follows(b: Building, op: Op, told: Cell, bare: Cell, value: Cell) -> Cell:
    """The value where another fact is known to be no, and not by presumption."""
    return _given(
        b, op.space, [told, bare], lambda one, two: (one == truth(0)) & (two == truth(0)), value
    )


def _told_by(b: Building, op: Op, told: Cell, value: Cell) -> Cell:
    """The value where another fact, a choice, is known to be one of these."""
    if told.is_open:
        return open_of(b, value.sort)
    words = list(cast(tuple[str, ...], op.data[0]))
    return _given(b, op.space, [told], lambda one: one.is_in(words), value)


# Truth


def _not(b: Building, op: Op, cell: Cell) -> Cell:
    return b.here(op.space, [cell], lambda value: truth(2) - value, Sort.TRUTH)


def _and(b: Building, op: Op, *cells: Cell) -> Cell:
    if len(cells) == 1:
        return cells[0]
    pick = lowest if op.kind == "and" else highest
    return b.here(op.space, cells, pick, Sort.TRUTH)


_COMPARE: dict[str, Any] = {
    "==": lambda one, two: one == two, "!=": lambda one, two: one != two,
    "<": lambda one, two: one < two, "<=": lambda one, two: one <= two,
    ">": lambda one, two: one > two, ">=": lambda one, two: one >= two,
}  # fmt: skip


def _compare(b: Building, op: Op, left: Cell, right: Cell) -> Cell:
    if left.is_open or right.is_open:
        return b.truth(1)
    _, _, _, (first, second) = common(left, right)
    sign = _COMPARE[str(op.data[0])]
    return b.here(
        op.space, [left, right],
        lambda one, two: _as_truth(sign(first(one), second(two))), Sort.TRUTH,
    )  # fmt: skip


def _in(b: Building, op: Op, item: Cell) -> Cell:
    if item.is_open:
        return b.truth(1)
    words, negated = list(cast(tuple[str, ...], op.data[0])), op.data[1] is True

    def make(value: nw.Expr) -> nw.Expr:
        inside = value.is_in(words)
        found = _as_truth(~inside if negated else inside)
        return nw.when(value.is_null()).then(truth(1)).otherwise(found)

    return b.here(op.space, [item], make, Sort.TRUTH)


def _overlaps(b: Building, op: Op, item: Cell) -> Cell:
    if item.is_open:
        return b.truth(1)
    words = cast(tuple[str, ...], op.data[0])
    return b.here(
        op.space, [item],
        lambda value: _as_truth(many(lambda one, two: one | two, [
            value.str.contains(f",{word},", literal=True) for word in words
        ])), Sort.TRUTH,
    )  # fmt: skip


def _within(b: Building, op: Op, code: Cell, area: Cell, place: Cell) -> Cell:
    if code.is_open or area.is_open:
        return b.truth(1)
    if area.is_fixed and area.fixed != "":
        inside = str(area.fixed)
        shorter = [inside[:n] for n in range(len(inside))]

        def make(one: nw.Expr, *_: nw.Expr) -> nw.Expr:
            found = _as_truth((one != text("none")) & one.str.starts_with(inside))
            return nw.when(one.is_null() | one.is_in(shorter)).then(truth(1)).otherwise(found)

        return b.here(op.space, [code], make, Sort.TRUTH)
    return b.here(op.space, [code, area, place], _within_any, Sort.TRUTH)


def _within_any(code: nw.Expr, area: nw.Expr, place: nw.Expr) -> nw.Expr:
    """An area that differs by row; an empty one: no pack says what is local here."""
    local = code.str.starts_with(place.str.slice(0, _LOCAL))
    near = code.str.slice(0, _PROVINCE) == place.str.slice(0, _PROVINCE)
    too_short = (code != area) & area.str.starts_with(code)
    inside = (code != text("none")) & code.str.starts_with(area)
    unnamed = area == text("")
    return (
        nw.when(code.is_null() | area.is_null()).then(truth(1))
        .when(unnamed & local).then(truth(2))
        .when(unnamed & near).then(truth(1))
        .when(unnamed).then(truth(0))
        .when(too_short).then(truth(1))
        .when(inside).then(truth(2))
        .otherwise(truth(0))
    )  # fmt: skip


# Policies


def _no_event(b: Building, _: Op) -> Cell:
    """Unknown where nobody looked for events, unmet where there is none."""
    return b.flag(HOUSEHOLDS, "events_unlisted")


def _guess(b: Building, op: Op, found: Cell, sure: Cell) -> Cell:
    """What fails only by a presumption that may not say no is unknown."""
    return b.here(
        op.space, [found, sure],
        lambda one, two: nw.when((one == truth(0)) & (two != truth(0))).then(truth(1))
        .otherwise(one), Sort.TRUTH,
    )  # fmt: skip


def _remark(b: Building, op: Op, found: Cell) -> Cell:
    """A doubtful condition counts only if it fails, and then says no to nobody."""
    return b.here(
        op.space, [found],
        lambda one: nw.when(one == truth(0)).then(truth(1)).otherwise(truth(2)), Sort.TRUTH,
    )  # fmt: skip


TRUTHS: Mapping[str, Callable[..., Cell]] = {
    "truth": _truth, "number": _number, "word": _word, "set": _set, "open": _open,
    "doubt": _doubt, "stated": _stated, "is_told": _is_told, "place": _place,
    "first": _first, "fact": _same, "else": _else, "follows": _follows, "told_by": _told_by,
    "not": _not, "and": _and, "or": _and, "compare": _compare, "in": _in,
    "overlaps": _overlaps, "within": _within, "no_event": _no_event, "guess": _guess,
    "remark": _remark,
}  # fmt: skip
