"""What a person should check (发现): possibly missed, double or wrong aid, with its evidence.

A finding stops nothing. `matching/findings` makes them, a store keeps them with their state.
"""

from datetime import date, datetime
from enum import StrEnum

from matching.model.base import Model

__all__ = [
    "Confidence",
    "Finding",
    "FindingFilter",
    "FindingRun",
    "FindingState",
    "FindingStep",
    "StoredFinding",
]


class Confidence(StrEnum):
    """How sure a finding is (把握): of facts and texts, never of a person's honesty."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class FindingState(StrEnum):
    """Where a finding stands (发现的状态)."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    CLOSED = "closed"  # the cause is gone
    REOPENED = "reopened"  # the cause is back


class Finding(Model):
    """One thing to check (发现).

    `key` is the same on every run and in every store. `subjects` are ids of persons, empty for the
    household as a whole; `households` names others that are part of it, and `place` is then what
    their places have in common. `since` and `until` are the first and the last day, None: not
    known, still so. `path` are lines from person by record, fact and condition to the clause, and
    `evidence` the ids of the records and lines of the ledger. `not_checked` says what nobody looked
    at: as long as it is not empty, nothing is certain.
    """

    key: str
    kind: str
    household: str
    households: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    place: str
    policies: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    confidence: Confidence
    amount_fen: int | None = None
    path: tuple[str, ...]
    evidence: tuple[str, ...] = ()
    says: str
    not_checked: tuple[str, ...] = ()


class FindingStep(Model):
    """One step of a finding's history (处理经过): who, when, to which state, why."""

    at: datetime
    by: str
    state: FindingState
    reason: str | None = None


class StoredFinding(Finding):
    """A finding as a store keeps it (已存的发现): state, first and last day seen, history."""

    state: FindingState = FindingState.OPEN
    found_on: date
    seen_on: date
    steps: tuple[FindingStep, ...] = ()


class FindingRun(Model):
    """What one look came to (一次排查): which households and kinds were looked at, what was found.

    A kept finding of one of these households and kinds that is not among `findings` has lost its
    cause.
    """

    on: date
    households: frozenset[str]
    kinds: frozenset[str]
    findings: tuple[Finding, ...] = ()


class FindingFilter(Model):
    """Which findings to read (发现的筛选): empty means all; `but`: kinds that are left out."""

    kinds: frozenset[str] = frozenset()
    but: frozenset[str] = frozenset()
    states: frozenset[FindingState] = frozenset()
    place: str = ""
    household: str | None = None
