"""What will be different soon for the families of a store (下月有什么不同): reads only."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from api.services.whatif import Progress, Unread, cases_of
from graph.store import Store
from matching.answer import check_day
from matching.errors import InputError
from matching.facts import family_of
from matching.model.family import Family
from matching.model.records import Case
from matching.outcome_table import OutcomeTables
from matching.packs import Catalogue
from matching.scan.population import scans
from matching.scan.standing import Mark, marks
from matching.upcoming import ALWAYS, Turn, steps, turns_of, turns_of_rules, unmarked
from matching.what_changes import FamilyShift, Row, family_shift

__all__ = ["FamilyAhead", "Stage", "upcoming"]

_BLOCK = 2_000  # households in memory at a time


@dataclass(frozen=True, slots=True)
class Stage:
    """One day that matters to a household: what turns, and what it changes."""

    day: date
    turns: tuple[Turn, ...]
    shift: FamilyShift


@dataclass(frozen=True, slots=True)
class FamilyAhead:
    """A household with the days that matter to it, in order."""

    case: Case
    family: Family
    stages: tuple[Stage, ...]


def upcoming(
    store: Store,
    catalogue: Catalogue,
    place: str | None,
    span: tuple[date, date],
    progress: Progress | None = None,
) -> Iterator[FamilyAhead | Unread]:
    """Every household of a place for which something will be different, in order of id.

    Nobody knows what will be recorded: it is told what happens if nothing new comes in.

    Args:
        store: read with the operator's access, narrowed to the place.
        catalogue: the rules.
        place: division prefix; None: everywhere.
        span: the day from which one looks ahead, and the last day.
        progress: told how many households were looked at.
    """
    cases, tables = cases_of(store, place, progress), OutcomeTables(catalogue)
    while block := tuple(islice(cases, _BLOCK)):
        yield from _block_ahead(tables, block, span)


@dataclass(slots=True)
class _Waiting:
    """A household whose changes are being looked for, with the marks of days that are known."""

    case: Case
    family: Family
    turns: tuple[Turn, ...]
    span: tuple[date, date]
    marks: dict[date, Mark | InputError] = field(default_factory=dict)

    def mark_at(self, day: date) -> Mark:
        """The mark of a day.

        Raises:
            KeyError: nobody has it yet.
            InputError: the household cannot be looked at on that day.
        """
        if day not in self.marks:
            raise KeyError(day)
        found = self.marks[day]
        if isinstance(found, InputError):
            raise found
        return found

    @property
    def days(self) -> set[date]:
        """Days on which something turns."""
        return {turn.day for turn in self.turns}

    def wanting(self) -> date | None:
        """The next day whose mark is needed; none if the household cannot be looked at."""
        try:
            return unmarked(*self.span, self.days, self.mark_at)
        except InputError:
            return None


def _block_ahead(
    tables: OutcomeTables, block: tuple[Case, ...], span: tuple[date, date]
) -> Iterator[FamilyAhead | Unread]:
    """First the marks of all days that matter to anybody, then what they show."""
    catalogue = tables.catalogue
    waiting: dict[str, _Waiting] = {}
    unread: dict[str, str] = {}
    for case in block:
        try:
            waiting[case.household.id] = _waiting(catalogue, case, span)
        except InputError as error:
            unread[case.household.id] = error.detail
    on, until = span
    wanted = {home: {on, until} | one.days for home, one in waiting.items() if on < until}
    while wanted:
        _mark(catalogue, waiting, wanted)
        left = {home: waiting[home].wanting() for home in wanted}
        wanted = {home: {day} for home, day in left.items() if day is not None}
    for case in block:
        home, found = case.household.id, None
        try:
            found = _ahead(tables, waiting[home]) if home in waiting else None
        except InputError as error:
            unread[home] = error.detail
        if home in unread:
            yield Unread(home, unread[home])
        elif found is not None and found.stages:
            yield found


def _waiting(catalogue: Catalogue, case: Case, span: tuple[date, date]) -> _Waiting:
    on, until = span
    check_day(on)
    check_day(until)
    family = family_of(case, on)
    pack = catalogue.pack_for(family.place)
    turns = (*turns_of(catalogue, case, family, on, until), *turns_of_rules(pack, on, until))
    return _Waiting(case, family, turns, span)


def _mark(
    catalogue: Catalogue, waiting: Mapping[str, _Waiting], wanted: Mapping[str, set[date]]
) -> None:
    """Note the marks of these days; all households of a day are scanned together."""
    by_day: dict[date, list[_Waiting]] = {}
    for home, days in wanted.items():
        for day in days:
            by_day.setdefault(day, []).append(waiting[home])
    for day in sorted(by_day):
        families = []
        for one in by_day[day]:
            try:
                families.append(family_of(one.case, day))
            except InputError as error:
                one.marks[day] = error
        for scan in scans(catalogue, families, day, amounts=True):
            for home, mark in marks(scan).items():
                waiting[home].marks[day] = mark


def _ahead(tables: OutcomeTables, one: _Waiting) -> FamilyAhead:
    on, until = one.span

    def table_at(day: date) -> tuple[Row, ...]:
        return tables.of(family_of(one.case, day), day)

    where = one.case.household
    shifts = {
        step.day: family_shift(where.id, where.place, step.before, step.after)
        for step in steps(on, until, one.days, table_at, one.mark_at)
    }
    days = sorted({*shifts, *(turn.day for turn in one.turns if turn.kind in ALWAYS)})
    nothing = FamilyShift(where.id, where.place)
    stages = [
        Stage(day, _causes(one.turns, day, shifts.get(day, nothing)), shifts.get(day, nothing))
        for day in days
    ]
    told = tuple(stage for stage in stages if stage.turns or stage.shift.shifts)
    return FamilyAhead(one.case, one.family, told)


def _causes(turns: tuple[Turn, ...], day: date, shift: FamilyShift) -> tuple[Turn, ...]:
    """What turns on the day and has to do with what changes; some turns are told in any case."""
    changed = {one.row.policy for one in shift.shifts}
    wanted = {name for one in shift.shifts for name in one.row.missing}
    of_day = [turn for turn in turns if turn.day == day]
    told = [
        turn
        for turn in of_day
        if turn.kind in ALWAYS
        or (shift.shifts and turn.kind in ("birthday", "event"))
        or (shift.shifts and turn.about in wanted | changed)
        or (turn.kind == "ledger" and any(name.startswith("benefit.") for name in wanted))
    ]
    return tuple(told or (of_day if shift.shifts else ()))
