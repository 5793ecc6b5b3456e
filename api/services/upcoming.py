"""What will be different soon for the families of a store (下月有什么不同): reads only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from api.services.whatif import Progress, Unread, cases_of
from graph.store import Store
from matching.answer import answer
from matching.errors import InputError
from matching.facts import family_of
from matching.model.family import Family
from matching.model.records import Case
from matching.packs import Catalogue
from matching.upcoming import ALWAYS, Turn, steps, turns_of, turns_of_rules
from matching.what_changes import FamilyShift, Row, family_shift, rows_of

__all__ = ["FamilyAhead", "Stage", "upcoming"]


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
    for case in cases_of(store, place, progress):
        try:
            found = _ahead(catalogue, case, span)
        except InputError as error:
            yield Unread(case.household.id, error.detail)
        else:
            if found.stages:
                yield found


def _ahead(catalogue: Catalogue, case: Case, span: tuple[date, date]) -> FamilyAhead:
    on, until = span
    family = family_of(case, on)
    pack = catalogue.pack_for(family.place)
    turns = (*turns_of(catalogue, case, family, on, until), *turns_of_rules(pack, on, until))

    def table_at(day: date) -> tuple[Row, ...]:
        return rows_of(answer(catalogue, family_of(case, day), day))

    where = case.household
    shifts = {
        step.day: family_shift(where.id, where.place, step.before, step.after)
        for step in steps(on, until, {turn.day for turn in turns}, table_at)
    }
    days = sorted({*shifts, *(turn.day for turn in turns if turn.kind in ALWAYS)})
    nothing = FamilyShift(where.id, where.place)
    stages = [
        Stage(day, _causes(turns, day, shifts.get(day, nothing)), shifts.get(day, nothing))
        for day in days
    ]
    return FamilyAhead(case, family, tuple(one for one in stages if one.turns or one.shift.shifts))


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
