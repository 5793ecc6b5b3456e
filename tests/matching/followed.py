"""The matrix of missing facts the slow way: from each open condition down to the facts.

One policy after the other, from the top, as the explaining reading goes; `matching/scan/missing.py`
answers the same from the facts up, and is held equal to this.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast

import numpy as np

from matching.scan.asking import Asking
from matching.scan.columns import MET, UNMET, Column, Tri, Value, is_open
from matching.scan.operations import duties
from matching.scan.program import HOUSEHOLDS, PERSONS, Op, Space
from matching.scan.standard_cells import cells_of
from matching.scan.status import PolicyPlan, Scan
from matching.support_duty import Duty

__all__ = ["followed"]

Names = dict[str, Tri]
_ASKS_KEY, _ASKS_ITSELF = 1, 2


def followed(scan: Scan, plan: PolicyPlan) -> Names:
    """Name of a fact, figure or aid -> 1 for each household that it keeps undecided.

    A household counts if the policy is unknown for one of its subjects and a condition that may say
    no is open for want of the fact.
    """
    trace = _Trace(scan)
    for variant, subjects in scan.subjects(plan):
        undecided = cast(Tri, (subjects.values & 1) & subjects.asked)
        for part in variant.parts:
            trace.push(part, undecided)
    trace.run()
    return {name: trace.names[name] for name in sorted(trace.names)}


@dataclass(slots=True)
class _Trace:
    """Which rows of which operations are still to be followed, and what was found."""

    scan: Scan
    masks: dict[int, Tri] = field(default_factory=dict)
    names: Names = field(default_factory=dict)

    def push(self, number: int, rows: Tri) -> None:
        """Follow an operation for these rows, as far as it is open there."""
        opened = is_open(self.scan.values[number])
        rows = rows & opened
        if rows.any():
            self.masks[number] = self.masks[number] | rows if number in self.masks else rows

    def run(self) -> None:
        """Each operation once, those that read others before those that are read."""
        while self.masks:
            number = max(self.masks)
            op, rows = self.scan.program.ops[number], self.masks.pop(number)
            _FOLLOW.get(op.kind, _all_parts)(self, op, rows)

    def note(self, name: str, space: Space, rows: Tri) -> None:
        """The fact is missing for the households of these rows."""
        if not rows.any():
            return
        if name not in self.names:
            self.names[name] = np.zeros(self.scan.table.size, np.uint8)
        if space == HOUSEHOLDS:
            self.names[name] |= rows
        else:
            self.names[name][self.scan.frames.of(space).household[rows != 0]] = 1

    def value(self, number: int) -> Value:
        """What an operation found."""
        return self.scan.values[number]

    def tri(self, number: int) -> Tri:
        """The truth that an operation found."""
        return cast(Tri, self.scan.values[number])


def _all_parts(trace: _Trace, op: Op, rows: Tri) -> None:
    for arg in op.args:
        trace.push(arg, rows)


def _named(trace: _Trace, op: Op, rows: Tri) -> None:
    trace.note(str(op.data[0]), op.space, rows)


def _no_event(trace: _Trace, op: Op, rows: Tri) -> None:
    trace.note("events", op.space, rows)


def _nothing(_: _Trace, __: Op, ___: Tri) -> None:
    """A doubt: no fact settles it."""


def _first(trace: _Trace, op: Op, rows: Tri) -> None:
    """A definition: what it lacks; itself where only a person can decide it."""
    computed = op.args[1]
    trace.push(computed, rows)
    if op.data[1] is True:
        scan = trace.scan
        asks = Asking(scan.program.ops, scan.values, scan.frames).of(computed)
        trace.note(str(op.data[0]), op.space, rows & (asks ^ np.uint8(1)))


def _guess(trace: _Trace, op: Op, rows: Tri) -> None:
    found, sure = op.args
    trace.push(found, rows)
    trace.push(sure, np.where(trace.tri(found) == UNMET, rows, np.uint8(0)))


def _cond(trace: _Trace, op: Op, rows: Tri) -> None:
    test, yes, no = op.args[:3]
    trace.push(test, rows)
    trace.push(yes, np.where(trace.tri(test) == MET, rows, np.uint8(0)))
    trace.push(no, np.where(trace.tri(test) == UNMET, rows, np.uint8(0)))


def _term(trace: _Trace, op: Op, rows: Tri) -> None:
    kept, body = op.args
    trace.push(kept, rows)
    trace.push(body, np.where(trace.tri(kept) == MET, rows, np.uint8(0)))


def _standard(trace: _Trace, op: Op, rows: Tri) -> None:
    keys = [cast(Column, trace.value(arg)) for arg in op.args[: cast(int, op.data[1])]]
    table = trace.scan.table
    cells = cells_of(trace.scan.program.pack.standards[str(op.data[0])], table.on)
    asks = np.array(cells.asks, np.uint8)[cells.places(keys, table.words)]
    for arg in op.args[: len(keys)]:
        trace.push(arg, np.where(asks & _ASKS_KEY, rows, np.uint8(0)))
    trace.note(str(op.data[0]), op.space, np.where(asks & _ASKS_ITSELF, rows, np.uint8(0)))


def _within(trace: _Trace, op: Op, rows: Tri) -> None:
    """A code that is too short to tell is itself what is missing."""
    code, area = op.args[:2]
    trace.push(code, rows)
    trace.push(area, rows)
    known = rows & ~(is_open(trace.value(code)) | is_open(trace.value(area)))
    areas, words = cast(Column, trace.value(area)), trace.scan.table.words
    unnamed = areas.values == words.id("")
    if unnamed.any():
        trace.note("HOME", op.space, np.where(unnamed, known, np.uint8(0)))
    ops = trace.scan.program.ops
    source = ops[code]
    while source.kind in ("lift", "gather"):
        source = ops[source.args[0]]
    if source.kind in ("fact", "first"):
        trace.note(str(source.data[0]), op.space, np.where(unnamed, np.uint8(0), known))


def _lift(trace: _Trace, op: Op, rows: Tri) -> None:
    found = np.zeros(trace.scan.table.size, np.uint8)
    found[trace.scan.frames.of(op.space).household[rows != 0]] = 1
    trace.push(op.args[0], found)


def _gather(trace: _Trace, op: Op, rows: Tri) -> None:
    var = str(op.data[0])
    frames = trace.scan.frames
    index = frames.of(op.space).things[var][rows != 0]
    found = np.zeros(trace.scan.table.rows(op.space.vars()[var]), np.uint8)
    found[index[index >= 0]] = 1
    trace.push(op.args[0], found)
    if (index < 0).any():
        nobody = rows & (frames.of(op.space).things[var] < 0)
        trace.note("child.parents", op.space, nobody)


def _reduce(trace: _Trace, op: Op, rows: Tri) -> None:
    spaces, n_terms = cast(tuple[Space, ...], op.data[1]), cast(int, op.data[2])
    for space, arg in zip(spaces, op.args[:n_terms], strict=True):
        frame = trace.scan.frames.of(space)
        found = np.zeros(frame.n, np.uint8)
        for above, start, stop in frame.slots:
            found[start:stop] = rows[above]
        trace.push(arg, found)
    for arg in op.args[n_terms:]:
        trace.push(arg, rows)


def _owes(trace: _Trace, op: Op, rows: Tri) -> None:
    own, theirs, age = op.args[:3]
    trace.push(own, rows)
    trace.push(theirs, rows)
    columns = [cast(Column, trace.value(arg)) for arg in (own, theirs)]
    told = rows & ~(columns[0].unknown | columns[1].unknown)
    maybe = duties(trace.scan.table, *columns) == list(Duty).index(Duty.MAYBE)
    trace.note("person.relation", op.space, np.where(maybe, told, np.uint8(0)))
    trace.push(age, np.where(maybe, np.uint8(0), told))


# Ledger


def _shared(trace: _Trace, op: Op, aids: tuple[str, ...], rows: Tri) -> None:
    """Whether the person is counted, where the household holds it."""
    frames, ledger = trace.scan.frames, trace.scan.table.ledger
    held = cast(Tri, frames.lift(ledger.held("H", aids), op.space))
    for counted in op.args[-1:] if op.space == PERSONS else ():
        trace.push(counted, rows & held & frames.members())


def _held(trace: _Trace, op: Op, rows: Tri) -> None:
    aids = cast(tuple[str, ...], op.data[0])
    frames, ledger = trace.scan.frames, trace.scan.table.ledger
    _shared(trace, op, aids, rows)
    for aid in aids:
        silent = cast(Tri, frames.lift(ledger.uncovered((aid,)), op.space))
        if op.space == PERSONS:
            silent = silent | (frames.members() ^ np.uint8(1))
        trace.note(f"benefit.{aid}", op.space, rows & silent)


def _held_at(trace: _Trace, op: Op, rows: Tri) -> None:
    aids, bound = cast(tuple[str, ...], op.data[0]), str(op.data[1])
    day = cast(Column, trace.value(op.args[0]))
    trace.push(op.args[0], rows)
    frame, table = trace.scan.frames.of(op.space), trace.scan.table
    rows = rows & ~np.broadcast_to(day.unknown, frame.n)
    days = np.broadcast_to(day.values.astype(np.int64), frame.n)
    member = np.ones(frame.n, np.bool_)
    if bound:
        who = frame.things[bound]
        trace.note("child.parents", op.space, np.where(who < 0, rows, np.uint8(0)))
        rows = np.where(who < 0, np.uint8(0), rows)
        member = who < table.n_members
        shared = table.ledger.held_at("H", aids, frame.household, days)
        trace.push(op.args[1], rows & shared & member)
    for aid in aids:
        silent = table.ledger.uncovered_at((aid,), frame.household, days)
        trace.note(f"benefit.{aid}", op.space, rows & np.where(member, silent, np.uint8(1)))


def _received(trace: _Trace, op: Op, rows: Tri) -> None:
    aid, held = str(op.data[0]), trace.tri(op.args[0])
    trace.push(op.args[0], rows)
    holding = np.where(held == MET, rows, np.uint8(0))
    _shared(trace, op, (aid,), holding)
    trace.note(f"benefit.{aid}", op.space, holding)


def _history(trace: _Trace, op: Op, rows: Tri) -> None:
    for aid in cast(tuple[str, ...], op.data[0]):
        trace.note(f"benefit.{aid}", op.space, rows)


_FOLLOW: Mapping[str, Callable[[_Trace, Op, Tri], None]] = {
    "fact": _named, "open": _named, "unlisted": _named, "no_event": _no_event, "doubt": _nothing,
    "first": _first, "guess": _guess, "cond": _cond, "term": _term, "standard": _standard,
    "within": _within, "lift": _lift, "gather": _gather, "reduce": _reduce, "owes": _owes,
    "held": _held, "lacks": _held, "held_at": _held_at, "received": _received,
    "months_held": _history, "last_held": _history,
}  # fmt: skip
