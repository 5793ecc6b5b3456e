"""The rows of a space in one table (行的对应): whose they are; how values move between spaces."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.scan.columns import Column, Tri, Value, picked, taken
from matching.scan.program import HOUSEHOLDS, PERSONS, Space
from matching.scan.table import NOBODY, NONE, FactTable, Index

__all__ = ["Frame", "Frames", "Selection"]

Selection = slice | Index


@dataclass(frozen=True, slots=True)
class Frame:
    """The rows of a space.

    Attributes:
        n: how many.
        household: the row of its household.
        things: variable -> the row of its base; `NOBODY` for a person whom nobody named.
        slots: rows of the parent space, and the stretch that holds their k-th one.
    """

    n: int
    household: Index
    things: dict[str, Index]
    slots: Sequence[tuple[Selection, int, int]] = ()


@dataclass(slots=True)
class Frames:
    """All spaces of one table, made when they are first asked for."""

    table: FactTable
    _made: dict[Space, Frame] = field(default_factory=dict)

    def of(self, space: Space) -> Frame:
        """The rows of a space."""
        if space not in self._made:
            self._made[space] = self._base(space) if space.parent is None else self._join(space)
        return self._made[space]

    def _base(self, space: Space) -> Frame:
        table = self.table
        n = table.rows(space.base)
        if space == HOUSEHOLDS:
            return Frame(n, np.arange(n), {})
        var = "person" if space == PERSONS else "event"
        slots: Sequence[tuple[Selection, int, int]] = table.event_slots
        if space == PERSONS:
            slots = list(self._member_slots())
        return Frame(n, table.owners[space.base], {var: np.arange(n)}, slots)

    def _member_slots(self) -> Iterator[tuple[Selection, int, int]]:
        start = 0
        for count in self.table.slots:
            yield slice(0, count), start, start + count
            start += count

    def _join(self, space: Space) -> Frame:
        if space.parent is None:
            raise ValueError(space)
        above = self.of(space.parent)
        index = above.things[space.of] if space.of else above.household
        slots: list[tuple[Selection, int, int]] = []
        rows: list[Index] = []
        things: list[Index] = []
        start = 0
        for slot in self.table.relations[space.base]:
            found = np.where(index >= 0, slot[index], NONE)
            row = np.flatnonzero(found != NONE)
            slots.append((row, start, start + len(row)))
            start += len(row)
            rows.append(row)
            things.append(found[row])
        above_row = np.concatenate(rows) if rows else np.zeros(0, np.int64)
        own = np.concatenate(things) if things else np.zeros(0, np.int64)
        carried = {var: index[above_row] for var, index in above.things.items()}
        return Frame(start, above.household[above_row], {**carried, space.var: own}, slots)

    # Values between spaces

    def lift(self, value: Value, space: Space) -> Value:
        """A household's value for each of its rows."""
        if space == HOUSEHOLDS:
            return value
        if space != PERSONS:
            return taken(value, self.of(space).household)
        return self._lift_to_persons(value)

    def _lift_to_persons(self, value: Value) -> Value:
        """Members stand slot by slot: stretches are copied, not gathered."""
        if isinstance(value, Column):
            return Column(
                self._repeated(value.values), self._repeated(value.unknown), value.den, value.bound
            )
        return self._repeated(value)

    def _repeated(self, values: NDArray[Any]) -> NDArray[Any]:
        if values.size == 1:
            return values
        outside = self.table.owners["P"][self.table.n_members :]
        return np.concatenate([*(values[:count] for count in self.table.slots), values[outside]])

    def gather(self, value: Value, space: Space, var: str) -> Value:
        """The value of what `var` stands for in each row; unknown of a person nobody named."""
        index = self.of(space).things[var]
        if var not in space.open_vars():
            return taken(value, index)
        nobody = index == NOBODY
        found = taken(value, np.where(nobody, 0, index)) if self._any_base(space, var) else value
        if isinstance(found, Column):
            return Column(found.values, found.unknown | nobody, found.den, found.bound)
        return picked(nobody, np.ones(1, np.uint8), found)

    def _any_base(self, space: Space, var: str) -> bool:
        return self.table.rows(space.vars()[var]) > 0

    def members(self) -> Tri:
        """1 for a row of persons that is a member."""
        found = np.zeros(self.table.rows("P"), np.uint8)
        found[: self.table.n_members] = 1
        return found
