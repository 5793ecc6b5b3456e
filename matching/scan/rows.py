"""Which row is whose (行): members slot by slot, then those outside; who stands where to whom."""

from collections.abc import Mapping, Sequence
from itertools import chain

import numpy as np

from matching.model.family import Family, Person
from matching.scan.columns import Tri
from matching.scan.table import NOBODY, NONE, Index

__all__ = ["Rows"]

_PARENTS = 2


class Rows:
    """The persons of one block of households, the largest first.

    Attributes:
        slots: how many households have more than k members, for k from 0.
        starts: row of the first of the k-th members.
        persons, owners: of each row of a person; the row of the household.
        n_members: rows that are members; obligors outside stand behind them.
    """

    def __init__(self, households: Sequence[Family]):
        self.households = households
        self.persons: list[Person] = []
        self.slots: list[int] = []
        self.starts: list[int] = []
        sizes = [len(family.members) for family in households]
        count = len(households)
        for slot in range(max(sizes, default=0)):
            while sizes[count - 1] <= slot:
                count -= 1
            self.slots.append(count)
            self.starts.append(len(self.persons))
            self.persons += [family.members[slot] for family in households[:count]]
        self.n_members = len(self.persons)
        self.outside: list[tuple[int, str]] = []
        for row, family in enumerate(households):
            for obligor in family.obligors or ():
                self.persons.append(obligor)
                self.outside.append((row, obligor.of))
        owners = [np.arange(count) for count in self.slots]
        owners.append(np.array([row for row, _ in self.outside], np.int64))
        self.owners: Index = np.concatenate(owners)
        self._first_outside = np.searchsorted(owners[-1], np.arange(len(households))).tolist()
        self._last: tuple[int, dict[str, list[int]]] = (NONE, {})

    def rows_of(self, household: int) -> Mapping[str, Sequence[int]]:
        """Id -> rows, of the persons of one household; ask for one household after the other."""
        if household != self._last[0]:
            family = self.households[household]
            found: dict[str, list[int]] = {}
            for start, member in zip(self.starts, family.members, strict=False):
                found.setdefault(member.id, []).append(start + household)
            behind = self.n_members + self._first_outside[household]
            for row, obligor in enumerate(family.obligors or (), start=behind):
                found.setdefault(obligor.id, []).append(row)
            self._last = (household, found)
        return self._last[1]

    def unlisted(self) -> Mapping[str, Tri]:
        """Where nobody looked for events, and for whom nobody looked for obligors."""
        families = self.households
        events = np.array([family.events is None for family in families], np.uint8)
        blind = np.array([family.obligors is None for family in families], np.uint8)
        obligors = blind[self.owners]
        for household, family in enumerate(families):
            known = family.obligors_known_for
            if known is not None and family.obligors is not None:
                for person, rows in self.rows_of(household).items():
                    obligors[rows] = person not in known
        return {"events": events, "obligors": obligors}

    def relations(self, event_owners: Sequence[int]) -> Mapping[str, Sequence[Index]]:
        """Who stands in which slot of each collection."""
        events: list[list[int]] = [[] for _ in self.households]
        for row, owner in enumerate(event_owners):
            events[owner].append(row)
        return {
            "members": [self._members(slot) for slot in range(len(self.slots))],
            "events": _slotted(events),
            "outside": self._outside(),
            "home": self._others(),
            "parents": self._parents(),
        }

    def _members(self, slot: int) -> Index:
        """The k-th member of each household."""
        found = np.full(len(self.households), NONE, np.int64)
        count, start = self.slots[slot], self.starts[slot]
        found[:count] = np.arange(start, start + count)
        return found

    def _outside(self) -> list[Index]:
        """Who outside owes support to each person; one listed twice counts for each of his rows."""
        found: dict[int, list[int]] = {}
        for row, (household, of) in enumerate(self.outside, start=self.n_members):
            for person in self.rows_of(household).get(of, ()):
                found.setdefault(person, []).append(row)
        slots = []
        for slot in range(max(map(len, found.values()), default=0)):
            column = np.full(len(self.persons), NONE, np.int64)
            for person, rows in found.items():
                if len(rows) > slot:
                    column[person] = rows[slot]
            slots.append(column)
        return slots

    def _others(self) -> list[Index]:
        """The other members of each member's household, in their order."""
        members = [self._members(slot) for slot in range(len(self.slots))]
        slots: list[Index] = []
        for other in range(len(self.slots) - 1):
            column = np.full(len(self.persons), NONE, np.int64)
            for slot, (start, count) in enumerate(zip(self.starts, self.slots, strict=True)):
                column[start : start + count] = members[other + (other >= slot)][:count]
            slots.append(column)
        for household, family in enumerate(self.households):
            if len({member.id for member in family.members}) < len(family.members):
                self._without_oneself(slots, household, family)
        while slots and (slots[-1] == NONE).all():
            slots.pop()
        return slots

    def _without_oneself(self, slots: list[Index], household: int, family: Family) -> None:
        """Somebody who stands in a household twice is nobody else to himself."""
        rows = [start + household for start, _ in zip(self.starts, family.members, strict=False)]
        for row, person in zip(rows, family.members, strict=True):
            others = [
                each for each, one in zip(rows, family.members, strict=True) if one.id != person.id
            ]
            for slot, column in enumerate(slots):
                column[row] = others[slot] if slot < len(others) else NONE

    def _parents(self) -> list[Index]:
        """Two for each person, nobody where none is named; more where records name more."""
        named: dict[int, list[int]] = {}
        for household, family in enumerate(self.households):
            if any(person.parents for person in chain(family.members, family.obligors or ())):
                rows = self.rows_of(household)
                for row in chain.from_iterable(rows.values()):
                    parents = self.persons[row].parents
                    named[row] = [rows[parent][-1] for parent in parents if parent in rows]
        most = max(_PARENTS, *map(len, named.values()), 0) if self.persons else 0
        slots = [
            np.full(len(self.persons), NOBODY if slot < _PARENTS else NONE, np.int64)
            for slot in range(most)
        ]
        for row, parent_rows in named.items():
            for column, parent_row in zip(slots, parent_rows, strict=False):
                column[row] = parent_row
        return slots


def _slotted(lists: Sequence[Sequence[int]]) -> list[Index]:
    """The k-th item of each list, or `NONE`, for each k."""
    found = []
    for slot in range(max((len(items) for items in lists), default=0)):
        items = [items[slot] if len(items) > slot else NONE for items in lists]
        found.append(np.array(items, np.int64))
    return found
