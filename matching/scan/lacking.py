"""Whether an open answer lacks one fact or more (差几项): a lower bound, row by row.

Along the paths of `matching/scan/missing.py`, forwards: for each row nothing claimed, the one fact
that is surely missing, or more than that. What is no fact of a family, a figure of the office or
aid that nobody looked at, counts as more: no single fact settles it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from matching.scan.columns import MET, UNMET, Column, Tri, is_open
from matching.scan.program import PERSONS, Op, Space
from matching.scan.standard_cells import cells_of
from matching.scan.status import Scan
from matching.vocabulary import VOCABULARY

__all__ = ["MANY", "Claims", "Lacking", "together"]

Claims = NDArray[np.int16]  # 0: nothing is claimed; above: the fact with this number; MANY
MANY = np.int16(-1)
_NONE = np.zeros(1, np.int16)
_ASKS_KEY, _ASKS_ITSELF = 1, 2
_NUMBERS = {name: np.int16(number) for number, name in enumerate(sorted(VOCABULARY), start=1)}
_THROUGH = {"and", "or", "not", "compare", "arith", "scale", "least", "in", "overlaps",
            "months_since", "age"}  # fmt: skip


def together(one: Claims, other: Claims) -> Claims:
    """What two parts of an answer lack between them."""
    if other is _NONE:
        return one
    if one is _NONE:
        return other
    same = (other == 0) | (one == other)
    return np.where(same, one, np.where(one == 0, other, MANY))


def _all(parts: Sequence[Claims]) -> Claims:
    found = _NONE
    for part in parts:
        found = together(found, part)
    return found


@dataclass(slots=True)
class Lacking:
    """For an operation: what its open rows surely lack."""

    scan: Scan
    _known: dict[int, Claims] = field(default_factory=dict)

    def of(self, number: int) -> Claims:
        """One number a row, or one for all."""
        if number not in self._known:
            self._known[number] = self._anew(number)
        return self._known[number]

    def _anew(self, number: int) -> Claims:
        op, opened = self.scan.program.ops[number], is_open(self.scan.values[number])
        if not opened.any():
            return _NONE
        if op.kind in _THROUGH:
            found = _all([self.of(arg) for arg in op.args])
        else:
            found = _KINDS[op.kind](self, op) if op.kind in _KINDS else _NONE
        return found if found is _NONE else np.where(opened, found, np.int16(0))

    def tri(self, number: int) -> Tri:
        """The truth that an operation found."""
        return cast(Tri, self.scan.values[number])


def _many(_: Lacking, __: Op) -> Claims:
    return np.full(1, MANY)


def _named(_: Lacking, op: Op) -> Claims:
    return np.full(1, _NUMBERS.get(str(op.data[0]), MANY))


def _first(lacking: Lacking, op: Op) -> Claims:
    return lacking.of(op.args[1])


def _guess(lacking: Lacking, op: Op) -> Claims:
    found, sure = op.args
    return np.where(lacking.tri(found) == UNMET, lacking.of(sure), lacking.of(found))


def _cond(lacking: Lacking, op: Op) -> Claims:
    test, yes, no = op.args[:3]
    tests = lacking.tri(test)
    branch = np.where(tests == MET, lacking.of(yes), lacking.of(no))
    return np.where(tests & 1, lacking.of(test), branch)


def _term(lacking: Lacking, op: Op) -> Claims:
    kept, body = op.args
    return np.where(lacking.tri(kept) == MET, lacking.of(body), lacking.of(kept))


def _standard(lacking: Lacking, op: Op) -> Claims:
    scan, n = lacking.scan, cast(int, op.data[1])
    keys = [cast(Column, scan.values[arg]) for arg in op.args[:n]]
    cells = cells_of(scan.program.pack.standards[str(op.data[0])], scan.table.on)
    asks = np.array(cells.asks, np.uint8)[cells.places(keys, scan.table.words)]
    parts = _all([lacking.of(arg) for arg in op.args[:n]])
    found = np.where(asks & _ASKS_KEY, parts, np.int16(0))
    return np.where(asks & _ASKS_ITSELF, MANY, found)


def _within(lacking: Lacking, op: Op) -> Claims:
    return _all([lacking.of(arg) for arg in op.args[:2]])


def _lift(lacking: Lacking, op: Op) -> Claims:
    return _moved(lacking.scan.frames.lift, lacking.of(op.args[0]), op.space)


def _moved(move: Callable[[Any, Space], Any], claims: Claims, space: Space) -> Claims:
    return claims if claims.size == 1 else cast(Claims, move(claims, space))


def _gather(lacking: Lacking, op: Op) -> Claims:
    index = lacking.scan.frames.of(op.space).things[str(op.data[0])]
    claims = lacking.of(op.args[0])
    found = claims if claims.size == 1 else claims[np.maximum(index, 0)]
    return np.where(index < 0, _NUMBERS["child.parents"], found)


def _reduce(lacking: Lacking, op: Op) -> Claims:
    spaces, n_terms = cast(tuple[Space, ...], op.data[1]), cast(int, op.data[2])
    frames = lacking.scan.frames
    found = np.zeros(frames.of(op.space).n, np.int16)
    for space, arg in zip(spaces, op.args[:n_terms], strict=True):
        claims = lacking.of(arg)
        for rows, start, stop in frames.of(space).slots if claims is not _NONE else ():
            part = claims if claims.size == 1 else claims[start:stop]
            found[rows] = together(found[rows], part)
    for arg in op.args[n_terms:]:
        found = together(found, lacking.of(arg))
    return found


def _owes(lacking: Lacking, op: Op) -> Claims:
    return _all([lacking.of(arg) for arg in op.args[:2]])


def _held(lacking: Lacking, op: Op) -> Claims:
    frames, ledger = lacking.scan.frames, lacking.scan.table.ledger
    silent = np.zeros(1, np.uint8)
    for aid in cast(tuple[str, ...], op.data[0]):
        silent = silent | cast(Tri, frames.lift(ledger.uncovered((aid,)), op.space))
    if op.space == PERSONS:
        silent = silent | (frames.members() ^ np.uint8(1))
    return np.where(silent, MANY, np.int16(0))


def _of_day(lacking: Lacking, op: Op) -> Claims:
    return lacking.of(op.args[0])


def _received(lacking: Lacking, op: Op) -> Claims:
    return np.where(lacking.tri(op.args[0]) == MET, MANY, lacking.of(op.args[0]))


_KINDS: Mapping[str, Callable[[Lacking, Op], Claims]] = {
    "fact": _named, "open": _named, "unlisted": _many, "no_event": _many, "first": _first,
    "guess": _guess, "cond": _cond, "term": _term, "standard": _standard, "within": _within,
    "lift": _lift, "gather": _gather, "reduce": _reduce, "owes": _owes, "held": _held,
    "lacks": _held, "held_at": _of_day, "received": _received, "months_held": _many,
    "last_held": _many,
}  # fmt: skip
