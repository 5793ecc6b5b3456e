"""From families to a table of facts (编码): once for each load of data and each day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from math import lcm

import numpy as np

from matching.fact_kinds import FactType
from matching.model.family import Event, FactValue, Family, Obligor, Person
from matching.scan.columns import Column, Tri, Value, kind_of
from matching.scan.ledger_columns import LedgerRows
from matching.scan.table import NOBODY, NONE, FactTable, Index, Words, base_of
from matching.vocabulary import VOCABULARY

__all__ = ["encode"]


@dataclass(slots=True)
class _Cells:
    """The values of one fact, row by row."""

    rows: list[int] = field(default_factory=list)
    values: list[FactValue] = field(default_factory=list)

    def add(self, row: int, value: FactValue) -> None:
        self.rows.append(row)
        self.values.append(value)


@dataclass(slots=True)
class _Rows:
    """One block being filled: which row is whose."""

    households: Sequence[Family]
    members: list[list[int]] = field(default_factory=list)
    slots: list[int] = field(default_factory=list)
    persons: list[Person] = field(default_factory=list)
    owners: list[int] = field(default_factory=list)
    named: list[dict[str, int]] = field(default_factory=list)
    rows_of: list[dict[str, list[int]]] = field(default_factory=list)
    n_members: int = 0

    def fill(self) -> None:
        """Members slot by slot, then those outside."""
        sizes = [len(family.members) for family in self.households]
        self.members = [[] for _ in self.households]
        self.named = [{} for _ in self.households]
        self.rows_of = [{} for _ in self.households]
        for slot in range(max(sizes, default=0)):
            count = sum(size > slot for size in sizes)
            self.slots.append(count)
            for row in range(count):
                self.members[row].append(len(self.persons))
                self._add(row, self.households[row].members[slot])
        self.n_members = len(self.persons)
        for row, family in enumerate(self.households):
            for obligor in family.obligors or ():
                self._add(row, obligor)

    def _add(self, household: int, person: Person) -> None:
        row = len(self.persons)
        self.persons.append(person)
        self.owners.append(household)
        self.named[household][person.id] = row
        self.rows_of[household].setdefault(person.id, []).append(row)


def encode(families: Iterable[Family], on: date, words: Words | None = None) -> FactTable:
    """The table of families of one pack.

    Args:
        families: facts already chosen for `on`; ids are unique.
        on: the day asked about.
        words: shared by all tables of one scan.
    """
    words = words or Words()
    households = sorted(families, key=lambda family: -len(family.members))
    rows = _Rows(households)
    rows.fill()
    events, event_owners, event_slots = _events(households)
    facts: dict[str, _Cells] = {}
    stale: dict[str, _Cells] = {}
    bases: tuple[Sequence[Family | Person | Event], ...] = (households, rows.persons, events)
    for base in bases:
        for row, owner in enumerate(base):
            for name, fact in owner.facts.items():
                facts.setdefault(name, _Cells()).add(row, fact.value)
            for name, old in owner.stale.items():
                stale.setdefault(name, _Cells()).add(row, old.value)
    sizes = {"H": len(households), "P": len(rows.persons), "E": len(events)}
    ledger = LedgerRows()
    for row, family in enumerate(households):
        ledger.add(family, row, rows.rows_of[row])
    return FactTable(
        on=on,
        words=words,
        ids=[family.id for family in households],
        people=[person.id for person in rows.persons],
        events=[event.id for event in events],
        n_members=rows.n_members,
        owners={"P": np.array(rows.owners, np.int64), "E": np.array(event_owners, np.int64)},
        slots=rows.slots,
        stated={
            name: _column(name, cells, sizes[base_of(name)], words)
            for name, cells in facts.items()
            if name in VOCABULARY and VOCABULARY[name].type is not FactType.TEXT
        },
        stale={name: _old(name, cells, sizes[base_of(name)]) for name, cells in stale.items()},
        places=np.array([words.id(family.place) for family in households], np.int64),
        unlisted=_unlisted(rows),
        relations=_relations(rows, event_owners),
        ledger=ledger.columns(sizes, on),
        event_slots=event_slots,
    )


def _events(
    households: Sequence[Family],
) -> tuple[list[Event], list[int], list[tuple[Index, int, int]]]:
    """First events of all households, then second ones; whose they are; the stretches."""
    events: list[Event] = []
    owners: list[int] = []
    slots: list[tuple[Index, int, int]] = []
    most = max((len(family.events or ()) for family in households), default=0)
    for slot in range(most):
        start = len(events)
        for row, family in enumerate(households):
            if len(family.events or ()) > slot:
                events.append((family.events or ())[slot])
                owners.append(row)
        slots.append((np.array(owners[start:], np.int64), start, len(events)))
    return events, owners, slots


def _column(name: str, cells: _Cells, size: int, words: Words) -> Value:
    kind = VOCABULARY[name].type
    rows = np.array(cells.rows, np.int64)
    if kind is FactType.BOOL:
        truths = np.ones(size, np.uint8)
        truths[rows] = np.array([2 if value else 0 for value in cells.values], np.uint8)
        return truths
    values, den = _whole(cells.values, words)
    bound = max((abs(value) for value in values), default=0)
    held = np.zeros(size, kind_of(bound))
    held[rows] = values
    unknown = np.ones(size, np.uint8)
    unknown[rows] = 0
    return Column(held, unknown, den, bound)


def _whole(values: Sequence[FactValue], words: Words) -> tuple[list[int], int]:
    """Whole numbers over one denominator: of numbers, days, words and sets."""
    den = lcm(*(value.denominator for value in values if isinstance(value, int | Fraction)))
    found = []
    for value in values:
        if isinstance(value, int | Fraction):
            found.append(int(value * den))
        elif isinstance(value, date):
            found.append(value.toordinal())
        elif isinstance(value, tuple):
            found.append(words.bits(value))
        else:
            found.append(words.id(value))
    return found, den


def _old(name: str, cells: _Cells, size: int) -> Tri:
    """1: a value that cannot be used; 2: the same as what silence says."""
    spec = VOCABULARY.get(name)
    presumed = spec.presume if spec is not None else None
    found = np.zeros(size, np.uint8)
    for row, value in zip(cells.rows, cells.values, strict=True):
        found[row] = 2 if presumed is not None and value == presumed else 1
    return found


def _unlisted(rows: _Rows) -> Mapping[str, Tri]:
    """Where nobody looked for events, and for whom nobody looked for obligors."""
    events = [family.events is None for family in rows.households]
    obligors = []
    for person, owner in zip(rows.persons, rows.owners, strict=True):
        family = rows.households[owner]
        known = family.obligors_known_for
        looked = family.obligors is not None and (known is None or person.id in known)
        obligors.append(not looked)
    return {"events": np.array(events, np.uint8), "obligors": np.array(obligors, np.uint8)}


def _relations(rows: _Rows, event_owners: Sequence[int]) -> Mapping[str, Sequence[Index]]:
    """Who stands in which slot of each collection."""
    n = len(rows.households)
    outside: list[list[int]] = [[] for _ in rows.persons]
    parents: list[list[int]] = []
    others: list[list[int]] = []
    for row, (person, owner) in enumerate(zip(rows.persons, rows.owners, strict=True)):
        if isinstance(person, Obligor):
            for of in rows.rows_of[owner].get(person.of, ()):
                outside[of].append(row)
            others.append([])
        else:
            others.append([m for m in rows.members[owner] if rows.persons[m].id != person.id])
        named = rows.named[owner]
        known = [named[parent] for parent in person.parents if parent in named]
        parents.append(known + [NOBODY] * (2 - len(known)))
    events: list[list[int]] = [[] for _ in range(n)]
    for row, owner in enumerate(event_owners):
        events[owner].append(row)
    return {
        "members": _slotted(rows.members),
        "events": _slotted(events),
        "outside": _slotted(outside),
        "home": _slotted(others),
        "parents": _slotted(parents),
    }


def _slotted(lists: Sequence[Sequence[int]]) -> list[Index]:
    """The k-th item of each list, or `NONE`, for each k."""
    found = []
    for slot in range(max((len(items) for items in lists), default=0)):
        items = [items[slot] if len(items) > slot else NONE for items in lists]
        found.append(np.array(items, np.int64))
    return found
