"""From families to a table of facts (编码): once for each load of data and each day.

What is the same for many is looked at once: a kind of fact, a place with its batches.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np

from matching.fact_kinds import FactType
from matching.model.family import Event, FactValue, Family, Person
from matching.scan.columns import Column, Tri, Value, kind_of
from matching.scan.ledger_columns import LedgerRows
from matching.scan.rows import Rows
from matching.scan.table import FactTable, Index, Words, base_of
from matching.vocabulary import VOCABULARY

__all__ = ["encode"]

_Cells = tuple[list[int], list[FactValue]]  # rows, and what stands there
_Facts = dict[str, _Cells]


def encode(families: Iterable[Family], on: date, words: Words | None = None) -> FactTable:
    """The table of families of one pack.

    Args:
        families: facts already chosen for `on`; ids are unique.
        on: the day asked about.
        words: shared by all tables of one scan.
    """
    words = words or Words()
    households = sorted(families, key=lambda family: -len(family.members))
    rows = Rows(households)
    events, event_owners, event_slots = _events(households)
    facts, stale = _cells(households, rows.persons, events)
    sizes = {"H": len(households), "P": len(rows.persons), "E": len(events)}
    ledger = LedgerRows()
    for row, family in enumerate(households):
        ledger.add(family, row, rows.rows_of)
    return FactTable(
        on=on,
        words=words,
        ids=[family.id for family in households],
        people=[person.id for person in rows.persons],
        events=[event.id for event in events],
        n_members=rows.n_members,
        owners={"P": rows.owners, "E": np.array(event_owners, np.int64)},
        slots=rows.slots,
        stated={
            name: _column(name, cells, sizes[base_of(name)], words)
            for name, cells in facts.items()
            if name in VOCABULARY and VOCABULARY[name].type is not FactType.TEXT
        },
        stale={name: _old(name, cells, sizes[base_of(name)]) for name, cells in stale.items()},
        places=np.array([words.id(family.place) for family in households], np.int64),
        unlisted=rows.unlisted(),
        relations=rows.relations(event_owners),
        ledger=ledger.columns(sizes, on),
        event_slots=event_slots,
    )


def _cells(*bases: Sequence[Family | Person | Event]) -> tuple[_Facts, _Facts]:
    """What was stated, and what is too old, by name."""
    facts: _Facts = {}
    stale: _Facts = {}
    for base in bases:
        for row, owner in enumerate(base):
            for name, fact in owner.facts.items():
                cells = facts.get(name)
                if cells is None:
                    cells = facts[name] = ([], [])
                cells[0].append(row)
                cells[1].append(fact.value)
            for name, old in owner.stale.items() if owner.stale else ():
                cells = stale.setdefault(name, ([], []))
                cells[0].append(row)
                cells[1].append(old.value)
    return facts, stale


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
    rows, stated = np.array(cells[0], np.int64), cells[1]
    if kind is FactType.BOOL:
        truths = np.ones(size, np.uint8)
        truths[rows] = np.array(stated, np.bool_).view(np.uint8) * np.uint8(2)
        return truths
    values, den = _WHOLE.get(kind, _numbers)(stated, words)
    bound = max(max(values, default=0), -min(values, default=0))
    held = np.zeros(size, kind_of(bound))
    held[rows] = values
    unknown = np.ones(size, np.uint8)
    unknown[rows] = 0
    return Column(held, unknown, den, bound)


def _numbers(values: Sequence[Any], _: Words) -> tuple[Sequence[int], int]:
    """Whole numbers over one denominator."""
    if set(map(type, values)) == {int}:
        return values, 1
    exact = [Fraction(value) for value in values]
    den = lcm(*(value.denominator for value in exact))
    return [int(value * den) for value in exact], den


def _days(values: Sequence[Any], _: Words) -> tuple[Sequence[int], int]:
    return list(map(date.toordinal, values)), 1


def _ids(values: Sequence[Any], words: Words) -> tuple[Sequence[int], int]:
    known = {value: words.id(value) for value in dict.fromkeys(values)}
    return [known[value] for value in values], 1


def _sets(values: Sequence[Any], words: Words) -> tuple[Sequence[int], int]:
    known = {value: words.bits(value) for value in dict.fromkeys(values)}
    return [known[value] for value in values], 1


_WHOLE: Mapping[FactType, Callable[[Sequence[Any], Words], tuple[Sequence[int], int]]] = {
    FactType.DATE: _days, FactType.CHOICE: _ids, FactType.CODE: _ids, FactType.SET: _sets,
}  # fmt: skip


def _old(name: str, cells: _Cells, size: int) -> Tri:
    """1: a value that cannot be used; 2: the same as what silence says."""
    spec = VOCABULARY.get(name)
    presumed = spec.presume if spec is not None else None
    found = np.zeros(size, np.uint8)
    for row, value in zip(*cells, strict=True):
        found[row] = 2 if presumed is not None and value == presumed else 1
    return found
