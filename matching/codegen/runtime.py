"""What generated code calls (生成代码用的函数): ledger, days, places, collections of one family.

Truths are 0 unmet, 1 unknown, 3 met; days are ordinals; None is a value that nobody knows.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import product
from typing import TypeVar

from matching.ledger import COVERAGE_DAYS, HOUSEHOLD, entries_for, held_on, uncovered
from matching.model.family import Family, Ledger, Obligor, Person
from matching.parameters import Standard
from matching.scan.standard_cells import cells_of
from matching.seen import NEVER, age_on, months_between
from matching.support_duty import ADULT, Duty, duty_of

__all__ = ["Day", "Figures"]

_ONE_DAY = timedelta(days=1)
_FIXED = {Duty.YES: 3, Duty.MAYBE: 1, Duty.NO: 0}
_DAYS = 1 << 16  # more different days than people live
Number = int | Fraction
Key = TypeVar("Key", bound=Hashable)


class Figures:
    """A figure with keys on a day: what a cell says, also where a key is not known."""

    def __init__(self, standard: Standard, on: date):
        cells = cells_of(standard, on)
        self.known = [frozenset(words) for words in cells.keys]
        places = product(*((*words, "", None) for words in cells.keys))
        self.figures = {
            place: None if unknown else figure
            for place, figure, unknown in zip(places, cells.figures, cells.unknown, strict=True)
        }

    def at(self, keys: tuple[str | None, ...], guessed: tuple[str | None, ...]) -> Number | None:
        """The figure; unknown where only a presumption (`guessed`) would know a key."""
        if any(key is None and one is not None for key, one in zip(keys, guessed, strict=False)):
            return None
        cell = tuple(
            key if key is None or key in known else ""
            for key, known in zip(keys, self.known, strict=True)
        )
        return self.figures[cell]


def within(code: str | None, area: str | None, place: str) -> int:
    """Whether a division lies in an area; `place`: the household's, where no pack has one."""
    if code is None or area is None:
        return 1
    if area == "":
        if code.startswith(place[:6]):
            return 3
        return 1 if code[:2] == place[:2] else 0
    if code != area and area.startswith(code):
        return 1
    return 3 if code != "none" and code.startswith(area) else 0


def owes(own: str | None, theirs: str | None, age: int | None, life: str | None) -> int:
    """Whether one member owes support to another; who is dead owes nothing."""
    if life == "deceased":
        return 0
    if own is None or theirs is None:
        return 1
    duty = duty_of(own, theirs)
    if duty is not Duty.WHEN_ADULT:
        return _FIXED[duty]
    return 1 if age is None else 3 if age >= ADULT else 0


# Collections: rows of people, members first


def parents(people: Sequence[Person]) -> list[list[int | None]]:
    """For each person the rows of both parents; None: nobody named this one."""
    rows = {person.id: row for row, person in enumerate(people)}
    found = []
    for person in people:
        known: list[int | None] = [rows[one] for one in person.parents if one in rows]
        found.append(known + [None] * (2 - len(known)))
    return found


def others(people: Sequence[Person]) -> list[list[int]]:
    """For each member the rows of the other members; for one outside none."""
    members = [(row, one.id) for row, one in enumerate(people) if not isinstance(one, Obligor)]
    return [
        [] if isinstance(person, Obligor) else [row for row, other in members if other != person.id]
        for person in people
    ]


def outsiders(people: Sequence[Person]) -> list[list[int]]:
    """For each person the rows of those outside who owe support."""
    outside = [(row, one.of) for row, one in enumerate(people) if isinstance(one, Obligor)]
    return [[row for row, of in outside if of == person.id] for person in people]


def is_looked_up(family: Family, person: Person) -> bool:
    """Whether anybody looked for those who owe this person support."""
    known = family.obligors_known_for
    return family.obligors is not None and (known is None or person.id in known)


class _Found(dict[Key, int]):
    """What was found for a day; found when it is asked for the first time."""

    def __init__(self, find: Callable[[Key], int]):
        super().__init__()
        self.find = find

    def __missing__(self, day: Key) -> int:
        found = self.find(day)
        if len(self) < _DAYS:
            self[day] = found
        return found


class Day:
    """The functions that depend on the day asked about."""

    def __init__(self, on: date):
        self.on, self.today = on, on.toordinal()

    def running(self, ledger: Ledger) -> Mapping[str, set[str]]:
        """Holder -> the aids that run."""
        found: dict[str, set[str]] = {}
        for entry in ledger.entries:
            if entry.runs_on(self.on):
                found.setdefault(entry.to, set()).add(entry.policy)
        return found

    def covered(self, ledger: Ledger) -> frozenset[str]:
        """The aids on which silence says no."""
        return frozenset().union(
            *(
                batch.policies
                for batch in ledger.coverage
                if abs(batch.as_of.toordinal() - self.today) <= COVERAGE_DAYS
            )
        )

    @staticmethod
    def held_at(
        ledger: Ledger, to: str, aids: tuple[str, ...], day: int | None, counted: int | None
    ) -> int:
        """Whether one of these was held; `counted`: a member's part in the household, or None."""
        if day is None:
            return 1
        then = date.fromordinal(day)
        if held_on(ledger, to, aids, then):
            return 3
        if to != HOUSEHOLD and counted is None:
            return 1 if aids else 0
        found = 1 if uncovered(ledger, aids, then) else 0
        shares = counted is not None and held_on(ledger, HOUSEHOLD, aids, then)
        return found | (counted or 0) if shares else found

    def paid(self, ledger: Ledger, to: str, aid: str) -> int | None:
        """Fen a month that one gets by the own lines; None where one has no amount."""
        amounts = [entry.amount_fen for entry in held_on(ledger, to, (aid,), self.on)]
        known = [amount for amount in amounts if amount is not None]
        return sum(known) if len(known) == len(amounts) else None

    def months_held(self, ledger: Ledger, to: str, aids: tuple[str, ...]) -> int:
        """Whole months of all lines that began by the day."""
        spans = self._spans(ledger, to, aids)
        return sum(months_between(start, end) for start, end in spans)

    def last_held(self, ledger: Ledger, to: str, aids: tuple[str, ...]) -> int:
        """The day on which the last line began; the first of all days if none did."""
        starts = (start.toordinal() for start, _ in self._spans(ledger, to, aids))
        return max(starts, default=NEVER.toordinal())

    def _spans(self, ledger: Ledger, to: str, aids: Sequence[str]) -> Iterator[tuple[date, date]]:
        for entry in entries_for(ledger, to, aids):
            if entry.start <= self.on:
                yield entry.start, min(entry.until or self.on, self.on - _ONE_DAY) + _ONE_DAY

    def names(self) -> dict[str, object]:
        """What generated code may call, by name."""
        of_day = (self.running, self.covered, self.held_at, self.paid, self.months_held)
        plain = (self.last_held, within, owes, parents, others, outsiders, is_looked_up)
        found: dict[str, object] = {one.__name__: one for one in (*of_day, *plain)}
        constants = {"NOTHING": frozenset[str](), "NO_HOLDERS": {}}
        return {**found, **constants, **self.tables()}

    def tables(self) -> dict[str, object]:
        """Ages and months that were found before, by day and by the number of a day."""
        on = self.on
        ages = _Found[date](lambda birth: age_on(birth, on))
        months = _Found[date](lambda day: months_between(day, on))
        return {
            "age_on": ages,
            "months_since_on": months,
            "age": _Found[int](lambda birth: ages[date.fromordinal(birth)]),
            "months_since": _Found[int](lambda day: months[date.fromordinal(day)]),
        }
