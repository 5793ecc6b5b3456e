"""What each operation computes (批量运算): one function a kind, values in, value out."""

from collections.abc import Callable, Mapping, Sequence
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
    either,
    is_open,
    kind_of,
    known_truth,
    least,
    months_column,
    multiplied,
    open_column,
    picked,
    scaled,
    truth,
)
from matching.scan.ground import Ground
from matching.scan.ledger_operations import LEDGER
from matching.scan.program import Op, Space
from matching.scan.standard_cells import cells_of
from matching.scan.steps import Step, Steps, every_step
from matching.scan.table import FactTable, Index, open_value
from matching.support_duty import ADULT, Duty, duty_of

__all__ = ["Run", "duties"]

_LATER = np.uint8(3)
_GONE = np.zeros(0, np.uint8)


@dataclass(slots=True)
class Run(Ground):
    """One program on one table. Values are in the order of the operations."""

    values: list[Value] = field(default_factory=list)

    def run(self, ops: Sequence[Op]) -> None:
        """Compute all operations, each after those that it reads, and keep all values."""
        self.values = [_GONE] * len(ops)
        self._take(every_step(ops))

    def follow(self, steps: Steps, *, traced: bool) -> None:
        """Compute a program; facts that the table knows by now are not worked out again."""
        known = self.table.resolved
        self.values = [_GONE] * steps.size
        if not known.keys() >= steps.facts.keys():
            self._take(steps.before)
            known.update({name: self.values[number] for name, number in steps.facts.items()})
        for name, number in steps.facts.items():
            self.values[number] = known[name]
        self._take(steps.traced if traced else steps.brief)

    def _take(self, steps: Sequence[Step]) -> None:
        values = self.values
        for step in steps:
            op = step.op
            values[step.number] = _KINDS[op.kind](self, op, *[values[arg] for arg in op.args])
            for arg in step.done:
                values[arg] = _GONE


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
    may = is_open(found)
    if isinstance(other, Column):
        may = may & (other.unknown ^ OPEN)
    name, guard = str(op.data[0]), op.data[1]
    stale = run.table.stale.get(name)
    if stale is not None:
        may = may & (stale != 1 if str(guard).startswith("presumed") else stale == 0)
    if str(guard).endswith("at_home"):
        may = may & run.frames.members()
    if may.size == 1:
        return other if may[0] else found
    return chosen(may, other, found)


def _follows(_: Run, __: Op, told: Value, bare: Value, value: Value) -> Value:
    """The value where another fact is known to be no, and not by presumption."""
    return _where_known((_tri(told) == UNMET) & (_tri(bare) == UNMET), value)


def _where_known(known: NDArray[np.bool_], value: Value) -> Value:
    """The value there, elsewhere unknown."""
    if isinstance(value, Column):
        return Column(value.values, (~known).view(np.uint8), value.den, value.bound)
    return OPEN + known.view(np.uint8) * (value - OPEN)


def _told_by(run: Run, op: Op, told: Value, value: Value) -> Value:
    """The value where another fact, a choice, is known to be one of these."""
    column = _col(told)
    inside = _is_one_of(run, column, cast(tuple[str, ...], op.data[0]))
    return _where_known(inside & (column.unknown == 0), value)


def _is_one_of(run: Run, column: Column, words: tuple[str, ...]) -> NDArray[np.bool_]:
    ids = [run.table.words.id(word) for word in words]
    found: NDArray[np.bool_] = column.values == ids[0]
    for one in ids[1:]:
        found = found | (column.values == one)
    return found


# Truth


def _not(_: Run, __: Op, value: Value) -> Value:
    return MET - _tri(value)


def _and(_: Run, op: Op, *values: Value) -> Value:
    """The least, or the greatest; what is the same for all rows is asked once."""
    pick, best = (min, 2) if op.kind == "and" else (max, 0)
    wide = [_tri(value) for value in values if _tri(value).size > 1]
    rest = pick((int(_tri(value)[0]) for value in values if _tri(value).size == 1), default=best)
    if not wide or rest == 2 - best:
        return np.array([rest], np.uint8)
    each = np.minimum if op.kind == "and" else np.maximum
    found = wide[0] if rest == best else each(wide[0], np.uint8(rest))
    for number, value in enumerate(wide[1:]):
        fresh = number > 0 or rest != best
        found = each(found, value, out=found) if fresh else each(found, value)
    return found


def _compare(_: Run, op: Op, left: Value, right: Value) -> Value:
    return compared(str(op.data[0]), _col(left), _col(right))


def _in(run: Run, op: Op, item: Value) -> Value:
    column = _col(item)
    inside = _is_one_of(run, column, cast(tuple[str, ...], op.data[0]))
    return truth(~inside if op.data[1] is True else inside, column.unknown)


def _overlaps(run: Run, op: Op, item: Value) -> Value:
    column = _col(item)
    wanted = run.table.words.bits(cast(tuple[str, ...], op.data[0]))
    if (
        column.values.dtype != np.object_
    ):  # a bit that the column cannot hold is in none of its sets
        wanted &= int(np.iinfo(column.values.dtype).max)
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
        return _open_where(unknown, answers[codes.values])
    n = len(names)
    key = (codes.values.astype(np.int64) * n + areas.values) * n
    if open_area:
        key = key + places.values
    different, where = np.unique(key, return_inverse=True)
    told = [
        _lies_within(names[k // n // n], names[k // n % n], names[k % n])
        for k in different.tolist()
    ]
    found = np.array(told, np.uint8)[where.reshape(key.shape)]
    return _open_where(unknown, found)


def _open_where(unknown: Tri, found: Tri) -> Tri:
    return picked(unknown, np.full(1, OPEN), found)


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
    unknown = picked(tests & OPEN, (~same).view(np.uint8), is_open(found))
    if isinstance(found, Column):
        return Column(found.values, unknown, found.den, found.bound)
    return _open_where(unknown, found)


def _standard(run: Run, op: Op, *keys: Value) -> Value:
    n = cast(int, op.data[1])
    cells = cells_of(run.pack.standards[str(op.data[0])], run.table.on)
    columns = [_col(key) for key in keys[:n]]
    places = cells.places(columns, run.table.words)
    bound = max((abs(figure) for figure in cells.figures), default=0)
    values = np.array(cells.figures, kind_of(bound))[places]
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
    pairs = own.values.astype(np.int64) * n + theirs.values
    different, where = np.unique(pairs, return_inverse=True)
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
    found = picked(found == _LATER, adult, found)
    found = _open_where(either(first.unknown, second.unknown), found)
    state = _col(life)
    dead = (state.values == run.table.words.id("deceased")) & (state.unknown == 0)
    lives: Tri = (~dead).view(np.uint8)
    return lives * found


def _term(_: Run, __: Op, kept: Value, body: Value) -> Value:
    """A term of a sum: nothing where one does not belong to it."""
    belongs, term = _tri(kept), _col(body)
    inside = (belongs == MET).view(np.int8)
    unknown = picked(inside, term.unknown, belongs & OPEN)
    return Column(term.values * inside, unknown, term.den, term.bound)


def _reduce(run: Run, op: Op, *values: Value) -> Value:
    """Over the slots of a collection: the greatest, the least or the sum, and the unlisted rest."""
    which, spaces, n_terms = str(op.data[0]), cast(tuple[Space, ...], op.data[1]), op.data[2]
    size = run.frames.of(op.space).n
    terms = list(zip(spaces, values[: cast(int, n_terms)], strict=True))
    rest = values[cast(int, n_terms) :]
    if which in ("sum", "count"):
        return _total(run, size, terms, rest)
    start = UNMET if which == "any" else MET
    pick = np.maximum if which == "any" else np.minimum
    found = np.full(size, start)
    for space, term in terms:
        for rows, first, stop in run.frames.of(space).slots:
            part = _tri(term) if _tri(term).size == 1 else _tri(term)[first:stop]
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
    """The sum, in numbers that hold the sum of the bounds of all slots."""
    frames = [(run.frames.of(space), _col(term)) for space, term in terms]
    den = lcm(1, *(column.den for _, column in frames))
    parts = [(frame, added(scaled(constant(0), Fraction(1, den)), one)) for frame, one in frames]
    bound = sum(part.bound * len(frame.slots) for frame, part in parts)
    kind = kind_of(bound)
    total: NDArray[Any] = np.zeros(size, kind)
    unknown: Tri = np.zeros(size, np.uint8)
    for frame, part in parts:
        values = part.values.astype(kind, copy=False)
        for rows, start, stop in frame.slots:
            total[rows] += values if values.size == 1 else values[start:stop]
            if part.unknown.size > 1:
                unknown[rows] |= part.unknown[start:stop]
            elif part.unknown[0]:
                unknown[rows] = 1
    for open_ in rest:
        unknown = either(unknown, _tri(open_))
    return Column(total, unknown, den, bound)


# Policies


def _no_event(run: Run, _: Op) -> Value:
    """Unknown where nobody looked for events, unmet where there is none."""
    return run.table.unlisted["events"]


def _guess(_: Run, __: Op, found: Value, sure: Value) -> Value:
    """What fails only by a presumption that may not say no is unknown."""
    guessed: Tri = ((_tri(found) == UNMET) & (_tri(sure) != UNMET)).view(np.uint8)
    return _tri(found) + guessed


def _remark(_: Run, __: Op, found: Value) -> Value:
    """A doubtful condition counts only if it fails, and then says no to nobody."""
    fails: Tri = (_tri(found) == UNMET).view(np.uint8)
    return MET - fails


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
