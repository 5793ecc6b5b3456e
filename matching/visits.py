"""Whom to visit and when (走访安排): rhythm, last visit, due and overdue, from the records.

How often is data (`visit_rhythm.yaml`). A family that said no to visits is left alone for a year;
emergencies do not wait for a visit, they are alerts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from matching.circles import Circles, circles_of
from matching.deadlines import months_later
from matching.model.answer import Outcome
from matching.model.family import ApplicationOutcome, Family, NeedState
from matching.model.records import Case
from matching.packs import Catalogue
from matching.reading import Reading
from matching.seen import Env, Seen
from matching.taxonomy import GroupTest, VisitPlan, VisitRhythm

__all__ = ["Visit", "last_visit", "visit_of"]

_REST_MONTHS = 12  # who declined is asked again after a year, as with any aid
_OPEN = (NeedState.OPEN, NeedState.PARTLY_MET)


@dataclass(frozen=True, slots=True)
class Visit:
    """When a family is to be visited next (一次走访).

    Attributes:
        why: what puts it into its rhythm, in words.
        confirmed: whether a source says that such families are visited so often.
        last: the last visit on record; None: there is none.
        due: the day by which somebody should have been there.
        declined_until: until then nobody goes, because the family does not want it.
    """

    household: str
    place: str
    rhythm: VisitRhythm
    why: tuple[str, ...]
    confirmed: bool
    last: date | None
    due: date
    declined_until: date | None = None

    def overdue_days(self, on: date) -> int:
        """By how many days it is late."""
        return max(0, (on - self.due).days)

    def is_due(self, on: date, ahead: int = 0) -> bool:
        """Whether somebody should go, today or within some days."""
        resting = self.declined_until is not None and on <= self.declined_until
        return not resting and self.due <= on + timedelta(days=ahead)


def last_visit(case: Case, seen_by: Iterable[str], on: date) -> date | None:
    """The last day on which one of these sources saw the household; what lies ahead is no visit."""
    sources = frozenset(seen_by)
    ours = {case.household.id, *(row.person for row in case.memberships)}
    ours |= {event.id for event in case.events}
    days = [row.as_of for row in case.records if row.source in sources and row.about in ours]
    days += [need.as_of for need in case.needs if need.source in sources and need.as_of is not None]
    return max((day for day in days if day <= on), default=None)


def visit_of(catalogue: Catalogue, case: Case, family: Family, on: date) -> Visit | None:
    """When a family is to be visited; None where no rhythm is for it, or no file says how often."""
    plan = catalogue.visits
    chosen = _rhythm(catalogue, plan, family, on) if plan is not None else None
    if plan is None or chosen is None:
        return None
    rhythm, why, confirmed = chosen
    last = last_visit(case, plan.seen_by, on)
    return Visit(
        family.id, family.place, rhythm, why, confirmed, last,
        on if last is None else _next(last, rhythm), _declined_until(plan, family, on),
    )  # fmt: skip


def _next(last: date, rhythm: VisitRhythm) -> date:
    if rhythm.days is not None:
        return last + timedelta(days=rhythm.days)
    return months_later(last, rhythm.months or 0)


def _declined_until(plan: VisitPlan, family: Family, on: date) -> date | None:
    said = [
        months_later(row.date, _REST_MONTHS)
        for row in family.applications or ()
        if row.outcome is ApplicationOutcome.DECLINED
        and row.policy in plan.declined_by
        and row.date <= on
    ]
    return max(said, default=None)


def _rhythm(
    catalogue: Catalogue, plan: VisitPlan, family: Family, on: date
) -> tuple[VisitRhythm, tuple[str, ...], bool] | None:
    """The first rhythm that is for the family; one step closer where a condition asks for it."""
    circles = circles_of(catalogue, family, on)
    used = [rhythm for rhythm in plan.rhythms if rhythm.who_flag is not None]
    reading = Reading(catalogue.pack_for(family.place), family, on)
    for at, rhythm in enumerate(used):
        why = _why(rhythm, family, circles, reading)
        if why:
            closer = [test for test in plan.closer if _holds(test, reading)] if at else []
            chosen = used[at - 1] if closer else rhythm
            says = (*why, *(test.says for test in closer))
            sure = rhythm.who_flag in ("seed", "search") and all(test.decides for test in closer)
            return chosen, says, sure
    return None


def _why(
    rhythm: VisitRhythm, family: Family, circles: Circles, reading: Reading
) -> tuple[str, ...]:
    least = rhythm.severity
    needs = {
        (need.type, need.of)
        for need in family.needs
        if least is not None and need.state in _OPEN and (need.severity or 0) >= least
    }
    found = [f"有 {len(needs)} 项程度重的需求没有解决"] if needs else []
    found += [
        one.label
        for one in circles.standings
        if one.outcome is Outcome.MET and one.id in rhythm.circles
    ]
    found += [test.says for test in rhythm.tests if _holds(test, reading)]
    return tuple(found)


def _holds(test: GroupTest, reading: Reading) -> bool:
    """Whether a condition is known to hold; a presumption is no knowledge."""
    seen: Seen = reading.see(test.test, Env(reading.pack.chain[0], {"household": None}))
    return seen.value is True and not seen.presumed
