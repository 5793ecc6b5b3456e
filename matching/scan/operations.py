"""What each operation computes (批量运算): one function a kind, values in, value out."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from matching.scan.columns import (
    MET,
    OPEN,
    UNMET,
    Column,
    Tri,
    Value,
    added,
    age_column,
    chosen,
    compared,
    constant,
    is_open,
    known_truth,
    least,
    months_column,
    multiplied,
    open_column,
    scaled,
    truth,
)
from matching.scan.ground import Ground
from matching.scan.ledger_operations import LEDGER
from matching.scan.program import Op, Space
from matching.scan.standard_cells import cells_of
from matching.scan.table import FactTable, Index, open_value
from matching.support_duty import ADULT, Duty, duty_of

__all__ = ["Run", "duties"]

_LATER = np.uint8(3)
_GONE = np.zeros(0, np.uint8)


@dataclass(slots=True)
class Run(Ground):
    """One program on one table. Values are in the order of the operations."""

    values: list[Value] = field(default_factory=list)

    def run(self, ops: Sequence[Op], keep: Collection[int] | None = None) -> None:
        """Compute all operations.

        Args:
            ops: each after those that it reads.
            keep: those whose values are wanted; the others are let go when the last one that reads
                them is done. None keeps all.
        """
        done: dict[int, list[int]] = {}
        if keep is not None:
            last = {arg: number for number, op in enumerate(ops) for arg in op.args}
            for arg, number in last.items():
                if arg not in keep:
                    done.setdefault(number, []).append(arg)
        for number, op in enumerate(ops):
            args = [self.values[arg] for arg in op.args]
            self.values.append(_KINDS[op.kind](self, op, *args))
            for arg in done.get(number, ()):
                self.values[arg] = _GONE


def _tri(value: Value) -> Tri:
    return cast(Tri, value)


def _col(value: Value) -> Column:
    return cast(Column, value)


# Constants and facts


def _truth(_: Run, op: Op) -> Value:
    return known_truth(bool(op.data[0]))


def _number(_: Run, op: Op) -> Value:
    return constant(cast(Fraction, op.data[0]))


def _word(run: Run, op: Op) -> Value:
    return constant(run.table.words.id(str(op.data[0])))


def _set(run: Run, op: Op) -> Value:
    return constant(run.table.words.bits(cast(tuple[str, ...], op.data[0])))


def _open(_: Run, op: Op) -> Value:
    return open_value(str(op.data[0])) if op.data[1] == "fact" else open_column()


def _doubt(_: Run, __: Op) -> Value:
    return np.ones(1, np.uint8)


def _stated(run: Run, op: Op) -> Value:
    return run.table.fact(str(op.data[0]))


def _is_told(run: Run, op: Op) -> Value:
    """Met where the fact was stated, else unknown."""
    return run.table.is_told(str(op.data[0])) + np.uint8(1)


def _place(run: Run, _: Op) -> Value:
    return Column(run.table.places, np.zeros(1, np.uint8))


def _age(run: Run, _: Op, birth: Value) -> Value:
    return age_column(_col(birth), run.table.on)


def _first(_: Run, __: Op, stated: Value, computed: Value) -> Value:
    """What was stated wins over what is computed."""
    unknown = is_open(stated)
    if unknown.size == 1:
        return computed if unknown[0] else stated
    return chosen(unknown == 0, stated, computed)


def _same(_: Run, __: Op, value: Value) -> Value:
    return value


def _else(run: Run, op: Op, found: Value, other: Value) -> Value:
    """Where the first is unknown and the guard lets it, the other."""
    may = is_open(found) & (is_open(other) ^ 1)
    name, guard = str(op.data[0]), op.data[1]
    stale = run.table.stale.get(name)
    if stale is not None:
        may = may & (stale != 1 if str(guard).startswith("presumed") else stale == 0)
    if str(guard).endswith("at_home"):
        may = may & run.frames.members()
    if may.size == 1:
        return other if may[0] else found
    return chosen(may != 0, other, found)


def _follows(_: Run, __: Op, told: Value, bare: Value, value: Value) -> Value:
    """The value where another fact is known to be no, and not by presumption."""
    unmet = (_tri(told) == UNMET) & (_tri(bare) == UNMET)
    if isinstance(value, Column):
        return Column(value.values, (~unmet).view(np.uint8), value.den, value.bound)
    return np.where(unmet, value, OPEN)


def _told_by(run: Run, op: Op, told: Value, value: Value) -> Value:
    """The value where another fact, a choice, is known to be one of these."""
    column = _col(told)
    wanted = [run.table.words.id(word) for word in cast(tuple[str, ...], op.data[0])]
    fits = np.isin(column.values, wanted) & (column.unknown == 0)
    if isinstance(value, Column):
        return Column(value.values, (~fits).view(np.uint8), value.den, value.bound)
    return np.where(fits, value, OPEN)


# Truth


def _not(_: Run, __: Op, value: Value) -> Value:
    return MET - _tri(value)


def _and(_: Run, op: Op, *values: Value) -> Value:
    pick = np.minimum if op.kind == "and" else np.maximum
    found = _tri(values[0])
    for value in values[1:]:
        found = pick(found, _tri(value))
    return found


def _compare(_: Run, op: Op, left: Value, right: Value) -> Value:
    return compared(str(op.data[0]), _col(left), _col(right))


def _in(run: Run, op: Op, item: Value) -> Value:
    column = _col(item)
    wanted = [run.table.words.id(word) for word in cast(tuple[str, ...], op.data[0])]
    inside = column.values == wanted[0]
    for word in wanted[1:]:
        inside = inside | (column.values == word)
    return truth(~inside if op.data[1] is True else inside, column.unknown)


def _overlaps(run: Run, op: Op, item: Value) -> Value:
    column = _col(item)
    wanted = run.table.words.bits(cast(tuple[str, ...], op.data[0]))
    return truth((column.values & wanted) != 0, column.unknown)


def _within(run: Run, _: Op, code: Value, area: Value, place: Value) -> Value:
    """Each different code, area and place once."""
    codes, areas, places = (_col(value) for value in (code, area, place))
    unknown = codes.unknown | areas.unknown
    names = run.table.words.names
    open_area = _has_open_area(run, areas)
    if areas.values.size == 1 and not open_area:
        inside = names[int(areas.values[0])]
        answers = np.array([_lies_within(name, inside, "") for name in names], np.uint8)
        return np.where(unknown == 1, OPEN, answers[codes.values])
    n = len(names)
    key = (codes.values * n + areas.values) * n + (places.values if open_area else 0)
    different, where = np.unique(key, return_inverse=True)
    told = [
        _lies_within(names[k // n // n], names[k // n % n], names[k % n])
        for k in different.tolist()
    ]
    found = np.array(told, np.uint8)[where.reshape(key.shape)]
    return np.where(unknown == 1, OPEN, found)


def _has_open_area(run: Run, area: Column) -> bool:
    return bool((area.values == run.table.words.id("")).any())


def _lies_within(code: str, area: str, place: str) -> int:
    if area == "":  # no pack says what is local here
        if code.startswith(place[:6]):
            return 2
        return 1 if code[:2] == place[:2] else 0
    if code != area and area.startswith(code):
        return 1
    return 2 if code != "none" and code.startswith(area) else 0


# Numbers


def _arith(_: Run, op: Op, left: Value, right: Value) -> Value:
    if op.data[0] == "*":
        return multiplied(_col(left), _col(right))
    return added(_col(left), _col(right), minus=op.data[0] == "-")


def _scale(_: Run, op: Op, value: Value) -> Value:
    return scaled(_col(value), cast(Fraction, op.data[0]))


def _least(_: Run, op: Op, *values: Value) -> Value:
    return least([_col(value) for value in values], greatest=bool(op.data[0]))


def _months_since(run: Run, _: Op, day: Value) -> Value:
    return months_column(_col(day), run.table.on)


def _cond(_: Run, __: Op, test: Value, yes: Value, no: Value, *guessed: Value) -> Value:
    """Where the test is unknown, known all the same if both branches say the same."""
    tests = _tri(test)
    found = chosen(tests == MET, yes, no)
    if isinstance(yes, Column):
        same = compared("==", yes, _col(no)) == MET
    else:
        same = (yes == _tri(no)) & (yes != OPEN)
    if guessed:  # the test is known by a presumption: the answer rests on it
        same = same & (_tri(guessed[0]) == OPEN)
    unknown = np.where(tests == OPEN, ~same, is_open(found) != 0)
    if isinstance(found, Column):
        return Column(found.values, unknown.view(np.uint8), found.den, found.bound)
    return np.where(unknown, OPEN, found)


def _standard(run: Run, op: Op, *keys: Value) -> Value:
    n = cast(int, op.data[1])
    cells = cells_of(run.pack.standards[str(op.data[0])], run.table.on)
    columns = [_col(key) for key in keys[:n]]
    places = cells.places(columns, run.table.words)
    bound = max((abs(figure) for figure in cells.figures), default=0)
    values = np.array(cells.figures)[places]
    unknown: Tri = np.array(cells.unknown, np.uint8)[places]
    for key, guessed in zip(columns, keys[n:], strict=False):
        unknown = unknown | (key.unknown & (_col(guessed).unknown ^ OPEN))
    return Column(values, unknown, cells.den, bound)


# Collections


def _lift(run: Run, op: Op, value: Value) -> Value:
    return run.frames.lift(value, op.space)


def _gather(run: Run, op: Op, value: Value) -> Value:
    return run.frames.gather(value, op.space, str(op.data[0]))


def _unlisted(run: Run, op: Op) -> Value:
    return run.table.unlisted[str(op.data[0])]


def duties(table: FactTable, own: Column, theirs: Column) -> Index:
    """The place in `Duty` of what one member owes another, by their relations to the head."""
    names = table.words.names
    n = len(names) or 1
    different, where = np.unique(own.values * n + theirs.values, return_inverse=True)
    kinds = list(Duty)
    told = [kinds.index(duty_of(names[k // n], names[k % n])) for k in different.tolist()]
    return np.array(told, np.int64)[where]


def _owes(run: Run, _: Op, own: Value, theirs: Value, age: Value, life: Value) -> Value:
    """Whether one member owes support to another; who is dead owes none."""
    first, second, years = _col(own), _col(theirs), _col(age)
    fixed = {Duty.YES: MET, Duty.MAYBE: OPEN, Duty.NO: UNMET, Duty.WHEN_ADULT: _LATER}
    place = duties(run.table, first, second)
    found = np.array([fixed[duty] for duty in Duty], np.uint8)[place]
    adult = compared(">=", years, constant(ADULT))
    found = np.where(found == _LATER, adult, found)
    found = np.where(first.unknown | second.unknown, OPEN, found)
    state = _col(life)
    dead = (state.values == run.table.words.id("deceased")) & (state.unknown == 0)
    return np.where(dead, UNMET, found)


def _term(_: Run, __: Op, kept: Value, body: Value) -> Value:
    """A term of a sum: nothing where one does not belong to it."""
    belongs, term = _tri(kept), _col(body)
    inside = belongs == MET
    values = np.where(inside, term.values, 0)
    unknown = np.where(inside, term.unknown, belongs & OPEN)
    return Column(values, unknown, term.den, term.bound)


def _reduce(run: Run, op: Op, *values: Value) -> Value:
    """Over the slots of a collection: the greatest, the least or the sum, and the unlisted rest."""
    which, spaces, n_terms = str(op.data[0]), cast(tuple[Space, ...], op.data[1]), op.data[2]
    size = run.frames.of(op.space).n
    terms = list(zip(spaces, values[: cast(int, n_terms)], strict=True))
    rest = values[cast(int, n_terms) :]
    if which in ("sum", "count"):
        return _total(run, size, terms, rest)
    found = np.full(size, UNMET if which == "any" else MET)
    pick = np.maximum if which == "any" else np.minimum
    for space, term in terms:
        for rows, start, stop in run.frames.of(space).slots:
            part = _tri(term) if _tri(term).size == 1 else _tri(term)[start:stop]
            if isinstance(rows, slice):
                pick(found[rows], part, out=found[rows])
            else:
                found[rows] = pick(found[rows], part)
    for open_ in rest:
        found = pick(found, _tri(open_) if which == "any" else MET - _tri(open_))
    return found


def _total(
    run: Run, size: int, terms: Sequence[tuple[Space, Value]], rest: Sequence[Value]
) -> Value:
    columns = [(space, _col(term)) for space, term in terms]
    den = lcm(1, *(column.den for _, column in columns))
    total: NDArray[Any] = np.zeros(size, np.int64)
    unknown: Tri = np.zeros(size, np.uint8)
    bound = 0
    for space, column in columns:
        part = added(scaled(constant(0), Fraction(1, den)), column)
        slots = run.frames.of(space).slots
        bound += part.bound * len(slots)
        if bound >= 2**62:
            total = total.astype(object)
        for rows, start, stop in slots:
            total[rows] += part.values if part.values.size == 1 else part.values[start:stop]
            unknown[rows] |= part.unknown if part.unknown.size == 1 else part.unknown[start:stop]
    for open_ in rest:
        unknown = unknown | _tri(open_)
    return Column(total, unknown, den, bound)


# Policies


def _no_event(run: Run, _: Op) -> Value:
    """Unknown where nobody looked for events, unmet where there is none."""
    return run.table.unlisted["events"]


def _guess(_: Run, __: Op, found: Value, sure: Value) -> Value:
    """What fails only by a presumption that may not say no is unknown."""
    return np.where((_tri(found) == UNMET) & (_tri(sure) != UNMET), OPEN, _tri(found))


def _remark(_: Run, __: Op, found: Value) -> Value:
    """A doubtful condition counts only if it fails, and then says no to nobody."""
    return np.where(_tri(found) == UNMET, OPEN, MET)


_KINDS: Mapping[str, Callable[..., Value]] = {
    **LEDGER,
    "truth": _truth, "number": _number, "word": _word, "set": _set, "open": _open,
    "doubt": _doubt, "stated": _stated, "is_told": _is_told, "place": _place, "age": _age,
    "first": _first, "fact": _same, "else": _else, "follows": _follows, "told_by": _told_by,
    "not": _not, "and": _and, "or": _and, "compare": _compare, "in": _in,
    "overlaps": _overlaps, "within": _within,
    "arith": _arith, "scale": _scale, "least": _least, "months_since": _months_since,
    "cond": _cond, "standard": _standard, "lift": _lift, "gather": _gather,
    "unlisted": _unlisted, "owes": _owes, "term": _term, "reduce": _reduce,
    "no_event": _no_event, "guess": _guess, "remark": _remark,
}  # fmt: skip
