"""A flat list of operations, each shared expression once (批量程序).

A space says for which rows an operation is computed: all households, all persons, all events, or
what a collection adds to the rows of another space. `Builder.add` gives equal operations one
number.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from enum import Enum

__all__ = ["EVENTS", "HOUSEHOLDS", "PERSONS", "Builder", "Mode", "Op", "Scope", "Space"]


class Mode(Enum):
    """Which presumptions count (推定): all; only those that may say no; none."""

    ALL = "all"
    SURE = "sure"
    BARE = "bare"


@dataclass(frozen=True, slots=True)
class Space:
    """Rows: of a base (H, P, E), or each row of `parent` with each one of a collection as `var`.

    `of`: the variable of `parent` whose collection it is; empty: the household's.
    """

    base: str
    parent: "Space | None" = None
    var: str = ""
    of: str = ""

    def vars(self) -> dict[str, str]:
        """What can be asked of a row besides its household: variable -> base."""
        if self.parent is None:
            return {"P": {"person": "P"}, "E": {"event": "E"}}.get(self.base, {})
        thing = "E" if self.base == "events" else "P"
        return {**self.parent.vars(), self.var: thing}

    def open_vars(self) -> set[str]:
        """Variables that may stand for somebody whom nobody named."""
        return {self.var} if self.base == "parents" else set()


HOUSEHOLDS, PERSONS, EVENTS = Space("H"), Space("P"), Space("E")


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a text is read: rows, variable -> variable of the space, its pack, presumptions."""

    space: Space
    names: Mapping[str, str]
    pack: str
    mode: Mode = Mode.ALL


@dataclass(frozen=True, slots=True)
class Op:
    """One operation: its kind, the operations before it that it reads, and constants."""

    kind: str
    space: Space
    args: tuple[int, ...] = ()
    data: tuple[Hashable, ...] = ()


@dataclass(slots=True)
class Builder:
    """Operations in an order in which each comes after what it reads."""

    ops: list[Op] = field(default_factory=list)
    _numbers: dict[Op, int] = field(default_factory=dict)

    def add(self, kind: str, space: Space, args: tuple[int, ...] = (), *data: Hashable) -> int:
        """The number of this operation; the same number for the same operation."""
        op = Op(kind, space, args, data)
        if op not in self._numbers:
            self._numbers[op] = len(self.ops)
            self.ops.append(op)
        return self._numbers[op]
