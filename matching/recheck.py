"""Refused and ended applications, looked at again (大排查): who may get today what was refused.

An application counts for 24 months after its day. What was granted since, what is received and what
the family declined itself stay out; nobody is pressed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from matching.deadlines import months_later
from matching.ledger import HOUSEHOLD
from matching.model.answer import Outcome
from matching.model.family import Application, ApplicationOutcome, Family
from matching.what_changes import Row

__all__ = ["MONTHS", "Again", "in_window", "look_again", "to_look_at"]

MONTHS = 24  # 近两年: 长宁区 2024-07-23 二
_TURNED_DOWN = (ApplicationOutcome.REFUSED, ApplicationOutcome.ENDED)


@dataclass(frozen=True, slots=True)
class Again:
    """An application that was turned down, and how the same aid stands now."""

    application: Application
    row: Row


def in_window(day: date, on: date, months: int = MONTHS) -> bool:
    """Whether `day` lies in the last `months` before `on`, both ends included; never after it."""
    return day <= on <= months_later(day, months)


def to_look_at(family: Family, on: date) -> tuple[Application, ...]:
    """The last application of each aid and applicant, if it was turned down in the window."""
    last: dict[tuple[str, str], Application] = {}
    known = [one for one in family.applications or () if one.date <= on]
    for one in sorted(known, key=lambda one: one.date):
        last[one.policy, one.to] = one
    return tuple(
        one for one in last.values() if one.outcome in _TURNED_DOWN and in_window(one.date, on)
    )


def look_again(family: Family, rows: Sequence[Row], on: date) -> tuple[Again, ...]:
    """What was turned down and is met now, or open for want of something; best first.

    Args:
        family: with its applications.
        rows: how its items stand on the day, or under what is supposed.
        on: the day.
    """
    found = [
        Again(application, row)
        for application in to_look_at(family, on)
        for row in _best(row for row in rows if _is_same(application, row))
    ]
    return tuple(
        sorted(found, key=lambda one: (one.row.outcome is not Outcome.MET, one.row.key[:2]))
    )


def _is_same(application: Application, row: Row) -> bool:
    subjects = (application.to, HOUSEHOLD) if application.to != HOUSEHOLD else None
    return row.policy == application.policy and (subjects is None or row.subject in subjects)


def _best(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Those that are met, else those that are open; none if somebody receives it."""
    rows = tuple(rows)
    if any(row.held for row in rows):
        return ()
    met = tuple(row for row in rows if row.outcome is Outcome.MET)
    return met or tuple(row for row in rows if row.outcome is Outcome.UNKNOWN)
