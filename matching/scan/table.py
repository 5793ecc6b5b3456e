"""Facts of many families as columns for one day (事实表).

Rows: households (H), persons (P: the members, then those outside who owe support), events (E).
Households stand by size, the largest first, and members slot by slot: the first member of each
household, then the second of those that have one. So the k-th members of all households are one
stretch of rows, and a quantifier is a few operations on stretches.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from matching.fact_kinds import FactType
from matching.scan.columns import Tri, Value, is_open, open_column
from matching.scan.ledger_columns import LedgerColumns
from matching.vocabulary import VOCABULARY

__all__ = ["NOBODY", "NONE", "FactTable", "Index", "Words", "base_of", "open_value"]

Index = NDArray[np.int64]
NONE, NOBODY = -1, -2  # no such slot; a slot whose person nobody named
_SET_BITS = 62


def base_of(name: str) -> str:
    """Whose column a fact is: of households, persons or events."""
    return {"household": "H", "event": "E"}.get(name.split(".", 1)[0], "P")


def open_value(name: str) -> Value:
    """The fact where nobody knows it, for all rows."""
    spec = VOCABULARY.get(name)
    truths = spec is not None and spec.type is FactType.BOOL
    return np.ones(1, np.uint8) if truths else open_column()


class Words:
    """Numbers for words and bits for the words of sets; the same for all tables of a scan."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._ids: dict[str, int] = {}
        self._bits: dict[str, int] = {}

    def id(self, word: str) -> int:
        """The number of a word."""
        if word not in self._ids:
            self._ids[word] = len(self.names)
            self.names.append(word)
        return self._ids[word]

    def bits(self, words: Sequence[str]) -> int:
        """A set of choices as bits.

        Raises:
            OverflowError: more choices of sets than the vocabulary could have.
        """
        found = 0
        for word in words:
            bit = self._bits.setdefault(word, len(self._bits))
            if bit > _SET_BITS:
                raise OverflowError(word)
            found |= 1 << bit
        return found


@dataclass(slots=True)
class FactTable:
    """The facts of one block of households of one pack.

    Attributes:
        on: the day asked about.
        ids, people, events: of rows of H, P and E.
        n_members: rows of P that are members.
        owners: P and E -> row of the household.
        slots: how many households have more than k members, for k from 0.
        event_slots: rows of households, and the stretch of E that holds their k-th events.
        stated: name of a fact -> its column, where any row has it.
        stale: name -> 0; 1: a value that cannot be used; 2: one that says what silence says.
        places: word of the division code of each household.
        unlisted: `events` and `obligors` -> 1 where nobody looked.
        resolved: facts as scans have worked them out of this table, by what they are made of.
        relations: collection -> for its k-th slot the row, by row of the owner; `NONE`, `NOBODY`.
    """

    on: date
    words: Words
    ids: Sequence[str]
    people: Sequence[str]
    events: Sequence[str]
    n_members: int
    owners: Mapping[str, Index]
    slots: Sequence[int]
    stated: Mapping[str, Value]
    stale: Mapping[str, Tri]
    places: Index
    unlisted: Mapping[str, Tri]
    relations: Mapping[str, Sequence[Index]]
    ledger: LedgerColumns
    event_slots: Sequence[tuple[Index, int, int]] = ()
    resolved: dict[str, Value] = field(default_factory=dict, init=False)

    @property
    def size(self) -> int:
        """How many households."""
        return len(self.ids)

    def rows(self, base: str) -> int:
        """How many rows a base has."""
        return {"H": len(self.ids), "P": len(self.people), "E": len(self.events)}[base]

    def fact(self, name: str) -> Value:
        """What was stated; unknown where nothing was."""
        return self.stated[name] if name in self.stated else open_value(name)

    def is_told(self, name: str) -> Tri:
        """1 where the fact was stated."""
        value = self.fact(name)
        return is_open(value) ^ np.uint8(1)
