"""The ledger of many families as columns (台账的列): who holds what, and where nobody looked.

The questions are those of `matching/ledger.py`. A holder is a row: of a household, or of a person.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from matching.ledger import COVERAGE_DAYS, HOUSEHOLD
from matching.model.family import Coverage, Family
from matching.scan.columns import Column, Tri, months_until

__all__ = ["Entries", "LedgerColumns", "LedgerRows"]

_RUNS = date.max.toordinal()
NOTHING = np.zeros(1, np.uint8)
RowsOf = Callable[[int], Mapping[str, Sequence[int]]]


@dataclass(frozen=True, slots=True)
class Entries:
    """The lines of one aid: row of the holder, days as ordinals, fen a month (-1: not said)."""

    rows: NDArray[np.int64]
    start: NDArray[np.int64]
    until: NDArray[np.int64]
    fen: NDArray[np.int64]
    runs: NDArray[np.bool_]

    def on(self, day: int) -> NDArray[np.bool_]:
        """Which lines run on a day."""
        return (self.start <= day) & (day <= self.until)


@dataclass(slots=True)
class LedgerRows:
    """Lines and coverage of families in their order, collected one by one."""

    entries: dict[tuple[str, str], list[tuple[int, int, int, int, bool]]] = field(
        default_factory=dict
    )
    complete: list[bool] = field(default_factory=list)
    covered: dict[tuple[int, ...], tuple[tuple[Coverage, ...], list[int]]] = field(
        default_factory=dict
    )

    def add(self, family: Family, household: int, rows_of: RowsOf) -> None:
        """The ledger of one family; `rows_of`: household -> id -> rows of persons."""
        ledger = family.ledger
        self.complete.append(ledger.complete)
        if ledger.coverage:  # all households of a place share their batches
            key = tuple(map(id, ledger.coverage))
            self.covered.setdefault(key, (ledger.coverage, []))[1].append(household)
        people = rows_of(household) if ledger.entries else {}
        for entry in ledger.entries:
            until = _RUNS if entry.until is None else entry.until.toordinal()
            fen = -1 if entry.amount_fen is None else entry.amount_fen
            line = (entry.start.toordinal(), until, fen, entry.until is None)
            if entry.to == HOUSEHOLD:
                self.entries.setdefault(("H", entry.policy), []).append((household, *line))
            for row in people.get(entry.to, ()):
                self.entries.setdefault(("P", entry.policy), []).append((row, *line))

    def columns(self, sizes: Mapping[str, int], on: date) -> "LedgerColumns":
        """All as arrays; `sizes`: rows of households (H) and persons (P)."""
        entries = {}
        for key, lines in self.entries.items():
            rows, start, until, fen, runs = (np.array(part) for part in zip(*lines, strict=True))
            entries[key] = Entries(rows, start, until, fen, runs.astype(np.bool_))
        found: dict[tuple[frozenset[str], int], list[list[int]]] = {}
        for batches, households in self.covered.values():
            for key_ in {(batch.policies, batch.as_of.toordinal()): 0 for batch in batches}:
                found.setdefault(key_, []).append(households)
        covered = [
            (policies, day, np.concatenate(rows).astype(np.int64))
            for (policies, day), rows in found.items()
        ]
        complete = np.array(self.complete, np.uint8)
        return LedgerColumns(dict(sizes), on.toordinal(), entries, complete, covered)


@dataclass(slots=True)
class LedgerColumns:
    """The ledger on one day. `base`: H for households, P for persons.

    Attributes:
        sizes: rows of each base.
        day: the day asked about, as an ordinal.
        entries: (base, aid) -> its lines.
        complete: 1 for a household whose ledger is all there is.
        batches: what a delivery covers: aids, day as an ordinal, rows of households.
    """

    sizes: Mapping[str, int]
    day: int
    entries: Mapping[tuple[str, str], Entries]
    complete: Tri
    batches: Sequence[tuple[frozenset[str], int, NDArray[np.int64]]] = ()
    _held: dict[tuple[str, str], Tri] = field(default_factory=dict)
    _uncovered: dict[str, Tri] = field(default_factory=dict)

    def _one_held(self, base: str, aid: str) -> Tri:
        if (base, aid) not in self._held:
            lines = self.entries[base, aid]
            found = np.zeros(self.sizes[base], np.uint8)
            found[lines.rows[lines.on(self.day)]] = 1
            self._held[base, aid] = found
        return self._held[base, aid]

    def held(self, base: str, aids: Sequence[str]) -> Tri:
        """1 where the holder has a running line of one of these."""
        found = NOTHING
        for aid in aids:
            if (base, aid) in self.entries:
                found = found | self._one_held(base, aid)
        return found

    def held_at(
        self, base: str, aids: Sequence[str], holder: NDArray[np.int64], days: NDArray[np.int64]
    ) -> Tri:
        """1 where `holder` (a row of base; -1: nobody) had a running line on its own day."""
        found = np.zeros(len(holder), np.uint8)
        for aid in aids:
            lines = self.entries.get((base, aid))
            for start, until in self._slots(lines, self.sizes[base]) if lines else ():
                fits = (start[holder] <= days) & (days <= until[holder]) & (holder >= 0)
                found |= fits.view(np.uint8)
        return found

    @staticmethod
    def _slots(lines: Entries, size: int) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """First line of each holder, second line, and so on: days by row of the holder."""
        order = np.argsort(lines.rows, kind="stable")
        rows = lines.rows[order]
        first = np.searchsorted(rows, rows)
        nth = np.arange(len(rows)) - first
        found = []
        for slot in range(int(nth.max()) + 1 if len(nth) else 0):
            which = order[nth == slot]
            start, until = np.full(size, _RUNS + 1), np.zeros(size, np.int64)
            start[lines.rows[which]] = lines.start[which]
            until[lines.rows[which]] = lines.until[which]
            found.append((start, until))
        return found

    def uncovered(self, aids: Sequence[str]) -> Tri:
        """1 for a household for which silence on one of these says nothing."""
        found = NOTHING
        for aid in aids:
            if aid not in self._uncovered:
                open_ = 1 - self.complete
                for aids_, day, rows in self.batches:
                    if aid in aids_ and abs(day - self.day) <= COVERAGE_DAYS:
                        open_[rows] = 0
                self._uncovered[aid] = open_
            found = found | self._uncovered[aid]
        return found

    def uncovered_at(
        self, aids: Sequence[str], household: NDArray[np.int64], days: NDArray[np.int64]
    ) -> Tri:
        """The same on the day of each row; `household`: the row of its household."""
        found = np.zeros(len(household), np.uint8)
        for aid in aids:
            open_ = (1 - self.complete)[household]
            for aids_, day, rows in self.batches:
                if aid in aids_:
                    inside = np.zeros(self.sizes["H"], np.bool_)
                    inside[rows] = True
                    open_[inside[household] & (np.abs(days - day) <= COVERAGE_DAYS)] = 0
            found |= open_
        return found

    def paid(self, base: str, aid: str) -> Column:
        """Fen a month that the holder gets by its own lines; unknown where one has no amount."""
        lines = self.entries.get((base, aid))
        if lines is None:
            return Column(np.zeros(1, np.int64), NOTHING)
        runs = lines.on(self.day)
        sums = np.zeros(self.sizes[base], np.int64)
        unknown = np.zeros(self.sizes[base], np.uint8)
        np.add.at(sums, lines.rows[runs], np.maximum(lines.fen[runs], 0))
        unknown[lines.rows[runs & (lines.fen < 0)]] = 1
        return Column(sums, unknown, 1, int(np.abs(sums).max(initial=0)))

    def months(self, base: str, aids: Sequence[str]) -> NDArray[np.int64]:
        """For how many months in all the holder has held these, up to the day."""
        sums = np.zeros(self.sizes[base], np.int64)
        for lines in self._begun(base, aids):
            end = np.minimum(np.where(lines.runs, self.day, lines.until + 1), self.day)
            np.add.at(sums, lines.rows, months_until(lines.start, end))
        return sums

    def last(self, base: str, aids: Sequence[str]) -> NDArray[np.int64]:
        """The day on which one of these last began; the first of all days if none did."""
        days = np.full(self.sizes[base], date.min.toordinal(), np.int64)
        for lines in self._begun(base, aids):
            np.maximum.at(days, lines.rows, lines.start)
        return days

    def _begun(self, base: str, aids: Sequence[str]) -> list[Entries]:
        """Lines that began by the day."""
        found = []
        for aid in dict.fromkeys(aids):
            lines = self.entries.get((base, aid))
            if lines is not None:
                begun = lines.start <= self.day
                days = lines.start[begun], lines.until[begun]
                found.append(Entries(lines.rows[begun], *days, lines.fen[begun], lines.runs[begun]))
        return found
