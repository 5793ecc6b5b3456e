"""Whether an open value lacks a fact, or rests on a doubt alone (有没有可问的)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import numpy as np

from matching.scan.columns import MET, Tri, Value, is_open, taken
from matching.scan.frames import Frames
from matching.scan.program import Op, Space

__all__ = ["Asking"]

_THROUGH = {"and", "or", "not", "compare", "arith", "scale", "least", "in", "overlaps",
            "months_since"}  # fmt: skip
_NEVER = {"doubt", "truth", "number", "word", "set", "place"}


@dataclass(slots=True)
class Asking:
    """For an operation: 1 where it is open and some fact is missing."""

    ops: Sequence[Op]
    values: Sequence[Value]
    frames: Frames
    _known: dict[int, Tri] = field(default_factory=dict)

    def of(self, number: int) -> Tri:
        """1 where it is open for want of a fact, one byte a row (or one for all)."""
        if number not in self._known:
            self._known[number] = self._anew(number)
        return self._known[number]

    def _anew(self, number: int) -> Tri:
        op, opened = self.ops[number], is_open(self.values[number])
        if op.kind in _NEVER:
            return np.zeros(1, np.uint8)
        if op.kind in _THROUGH:
            asks = self.of(op.args[0])
            for arg in op.args[1:]:
                asks = asks | self.of(arg)
            return opened & asks
        if op.kind == "cond":
            test, yes, no = op.args[:3]
            tests = cast(Tri, self.values[test])
            branch = np.where(tests == MET, self.of(yes), self.of(no))
            return opened & np.where(tests & 1, self.of(test), branch)
        if op.kind == "term":
            kept, body = op.args
            inside = cast(Tri, self.values[kept]) == MET
            return opened & np.where(inside, self.of(body), self.of(kept))
        if op.kind == "lift":
            return opened & cast(Tri, self.frames.lift(self.of(op.args[0]), op.space))
        if op.kind == "gather":
            index = self.frames.of(op.space).things[str(op.data[0])]
            found = cast(Tri, taken(self.of(op.args[0]), np.maximum(index, 0)))
            return opened & np.where(index < 0, np.uint8(1), found)
        return self._slots(op, opened) if op.kind == "reduce" else opened

    def _slots(self, op: Op, opened: Tri) -> Tri:
        found = np.zeros(self.frames.of(op.space).n, np.uint8)
        n_terms = cast(int, op.data[2])
        for space, arg in zip(cast(tuple[Space, ...], op.data[1]), op.args[:n_terms], strict=True):
            asks = self.of(arg)
            for rows, start, stop in self.frames.of(space).slots:
                found[rows] |= asks if asks.size == 1 else asks[start:stop]
        for arg in op.args[n_terms:]:
            found |= self.of(arg)
        return opened & found
