"""Who is shut out by one condition alone (只差一条): policy x condition -> households in need.

Unknown is never counted as failing: `only` asks that all other conditions be known to be met;
otherwise the others are met or not known. How far from a line is asked of comparisons of numbers,
through `and`, `or`, `not` and definitions; of anything else nobody can say.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import numpy as np
from numpy.typing import NDArray

from matching.fact_kinds import FactType
from matching.packs import Condition
from matching.scan.columns import (
    MET,
    OPEN,
    UNMET,
    Column,
    Tri,
    Value,
    added,
    compared,
    is_open,
    scaled,
)
from matching.scan.program import Op
from matching.scan.status import PolicyPlan, Scan, Subjects, Variant
from matching.vocabulary import VOCABULARY

__all__ = ["NearMiss", "Needing", "near_misses"]

# Policy -> (household, who needs it: a person's id or `household`), each once.
Needing = Mapping[str, Collection[tuple[str, str]]]
_TENTH = Fraction(10)


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A household in need that one condition of a policy shuts out.

    `only`: all other conditions are known to be met. `near`: the figure lies within a tenth of the
    line that it misses.
    """

    household: str
    policy: str
    condition: Condition
    only: bool
    near: bool


def near_misses(scan: Scan, needing: Needing) -> Iterator[NearMiss]:
    """Households whose need a policy would answer but for one condition.

    A household that the policy reaches, or may reach, for one of those in need is left out.

    Args:
        scan: traced, so that what conditions found is still there.
        needing: whose need each policy addresses; people who need nothing are not looked at.
    """
    rows = _Rows.of(scan)
    for plan in scan.program.plans:
        wanted = needing.get(plan.policy.id)
        if wanted:
            yield from _of_policy(scan, plan, rows.masks(wanted))


@dataclass(frozen=True, slots=True)
class _Rows:
    """Where households and members stand in a table."""

    n_households: int
    n_persons: int
    households: Mapping[str, int]
    persons: Mapping[tuple[str, str], int]
    owners: NDArray[np.int64]

    @classmethod
    def of(cls, scan: Scan) -> "_Rows":
        table = scan.table
        owners = table.owners["P"]
        members = range(table.n_members)
        return cls(
            table.size,
            len(table.people),
            {home: row for row, home in enumerate(table.ids)},
            {(table.ids[owners[row]], table.people[row]): row for row in members},
            owners,
        )

    def masks(self, wanted: Collection[tuple[str, str]]) -> tuple[Tri, Tri]:
        """1 for households with such a need, and for the members who are meant by it."""
        homes: Tri = np.zeros(self.n_households, np.uint8)
        whole: Tri = np.zeros(self.n_households, np.uint8)
        people: Tri = np.zeros(self.n_persons, np.uint8)
        for home, who in wanted:
            row = self.households[home]
            homes[row] = 1
            person = self.persons.get((home, who))
            if person is None:
                whole[row] = 1
            else:
                people[person] = 1
        return homes, people | whole[self.owners]


@dataclass(slots=True)
class _Shut:
    """What one condition does: 1 by household."""

    open_: Tri
    only: Tri
    near: Tri


def _of_policy(scan: Scan, plan: PolicyPlan, masks: tuple[Tri, Tri]) -> Iterator[NearMiss]:
    size = scan.table.size
    reached: Tri = np.zeros(size, np.uint8)
    shut: dict[str, tuple[Condition, _Shut]] = {}
    for variant, subjects in scan.subjects(plan):
        asked = subjects.asked & _meant(scan, variant, subjects, masks)
        np.maximum.at(reached, subjects.household, asked & (subjects.values > 0))
        for position, condition in enumerate(variant.conditions):
            made = _Shut(*(np.zeros(size, np.uint8) for _ in range(3)))
            _, found = shut.setdefault(condition.id, (condition, made))
            _mark(scan, variant, subjects, position, asked, found)
    for name in sorted(shut):
        condition, found = shut[name]
        for row in np.flatnonzero((found.open_ | found.only) & (reached ^ 1)).tolist():
            home = scan.table.ids[row]
            only, near = bool(found.only[row]), bool(found.near[row])
            yield NearMiss(home, plan.policy.id, condition, only, near)


def _meant(scan: Scan, variant: Variant, subjects: Subjects, masks: tuple[Tri, Tri]) -> Tri:
    homes, people = masks
    persons = scan.frames.of(variant.space).things.get("person")
    return homes[subjects.household] if persons is None else people[persons]


def _mark(
    scan: Scan, variant: Variant, subjects: Subjects, position: int, asked: Tri, found: _Shut
) -> None:
    """Households of the subjects for whom this condition fails, and no other does."""
    n = len(subjects.household)
    values = [np.broadcast_to(scan.tri(part), n) for part in variant.parts]
    others = [value for other, value in enumerate(values) if other != position]
    least = np.minimum.reduce(others) if others else np.full(n, MET)
    fails = (values[position] == UNMET) & (asked != 0)
    alone = fails & (least >= OPEN)
    if not alone.any():
        return
    near = alone & _Lines(scan).near(variant.parts[position], wanted=True, rows=n)
    for target, rows in ((found.open_, alone), (found.only, fails & (least == MET))):
        target[subjects.household[rows]] = 1
    found.near[subjects.household[near]] = 1


@dataclass(slots=True)
class _Lines:
    """Where what an operation found would turn if a figure moved by a tenth of its line."""

    scan: Scan

    def near(self, number: int, *, wanted: bool, rows: int) -> NDArray[np.bool_]:
        """Rows where a move within a tenth of the line gives the truth that is wanted."""
        op = self.scan.program.ops[number]
        found = np.zeros(1, np.bool_)
        if op.kind == "compare":
            found = self._compared(op)
        elif op.kind in ("and", "or"):
            found = self._joined(op, wanted=wanted, rows=rows)
        elif op.kind == "not":
            found = self.near(op.args[0], wanted=not wanted, rows=rows)
        elif op.kind in ("guess", "fact"):
            found = self.near(op.args[0], wanted=wanted, rows=rows)
        elif op.kind == "first":  # what was stated is no figure
            computed = self.near(op.args[1], wanted=wanted, rows=rows)
            found = computed & (is_open(self._value(op.args[0])) != 0)
        elif op.kind == "lift":
            found = self._lifted(op, wanted=wanted)
        return np.broadcast_to(found, rows)

    def _value(self, number: int) -> Value:
        return self.scan.values[number]

    def _joined(self, op: Op, *, wanted: bool, rows: int) -> NDArray[np.bool_]:
        """All that stand in the way must turn; or, where one is enough, one of them."""
        goal = MET if wanted else UNMET
        all_must = (op.kind == "and") is wanted
        found = np.full(rows, all_must)
        for arg in op.args:
            there = np.broadcast_to(cast(Tri, self._value(arg)) == goal, rows)
            turns = self.near(arg, wanted=wanted, rows=rows)
            found = found & (there | turns) if all_must else found | turns
        return found

    def _lifted(self, op: Op, *, wanted: bool) -> NDArray[np.bool_]:
        size = self.scan.table.size
        found = self.near(op.args[0], wanted=wanted, rows=size).astype(np.uint8)
        lifted: NDArray[np.bool_] = cast(Tri, self.scan.frames.lift(found, op.space)) != 0
        return lifted

    def _compared(self, op: Op) -> NDArray[np.bool_]:
        left, right = (self._value(arg) for arg in op.args[:2])
        days = any(self._is_day(arg) for arg in op.args[:2])
        if op.data[0] in ("==", "!=") or days or not _are_numbers((left, right)):
            return np.zeros(1, np.bool_)
        line = left if self._is_line(op.args[0]) and not self._is_line(op.args[1]) else right
        gap, target = added(cast(Column, left), cast(Column, right), minus=True), cast(Column, line)
        under = compared("<=", scaled(gap, _TENTH), target)
        over = compared("<=", scaled(gap, -_TENTH), target)
        found: NDArray[np.bool_] = (under == MET) & (over == MET)
        return found

    def _is_line(self, number: int) -> bool:
        """Whether it is a figure of the rules, or a share of one."""
        op = self.scan.program.ops[number]
        if op.kind in ("scale", "lift", "gather"):
            return self._is_line(op.args[0])
        return op.kind in ("standard", "number")

    def _is_day(self, number: int) -> bool:
        """Whether it is a day: a tenth of the calendar is no distance."""
        op = self.scan.program.ops[number]
        if op.kind in ("fact", "first"):
            spec = VOCABULARY.get(str(op.data[0]))
            return spec is not None and spec.type is FactType.DATE
        if op.kind in ("arith", "scale", "least", "lift", "gather", "cond"):
            return any(self._is_day(arg) for arg in op.args)
        return False


def _are_numbers(values: Sequence[Value]) -> bool:
    return all(isinstance(value, Column) for value in values)
