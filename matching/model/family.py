"""A family as the rules see it (家庭): facts already chosen, each with where it comes from.

Belongs here: the shape that the explaining reading takes. How a fact is chosen among the records of
several sources is `matching/facts.py`; how a family comes out of a file is
`matching/family_file.py`.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from fractions import Fraction

from matching.model.base import Model

__all__ = [
    "AidEntry",
    "Application",
    "ApplicationOutcome",
    "Coverage",
    "Event",
    "Fact",
    "FactState",
    "FactValue",
    "Family",
    "Ledger",
    "Need",
    "NeedState",
    "Obligor",
    "Person",
    "StaleFact",
]

# Money is integer fen; square metres with decimals are exact fractions. A set of enum values is a
# sorted tuple. A division code is a string of digits.
FactValue = bool | int | Fraction | str | date | tuple[str, ...]


class FactState(StrEnum):
    """How sure a source is of what it said (事实状态)."""

    DECLARED = "declared"
    VERIFIED = "verified"
    CONTRADICTED = "contradicted"
    INFERRED = "inferred"


class Fact(Model):
    """One chosen value with its provenance.

    `contradicts_verified` says that a newer declaration overrides an older verification
    (与核对结果不一致); the answer shows it.
    """

    value: FactValue
    source: str | None = None
    as_of: date | None = None
    state: FactState = FactState.DECLARED
    contradicts_verified: bool = False


class StaleFact(Model):
    """A value that cannot be used: too old, or two verified values that disagree (过期或矛盾)."""

    value: FactValue
    source: str | None = None
    as_of: date | None = None
    why: str


class Person(Model):
    """A member of the household (共同居住的成员). `facts` hold full names, as `person.birth_date`.

    `parents` names at most two persons (members or obligors) who are this person's parents; a slot
    that is not filled is unknown.
    """

    id: str
    facts: Mapping[str, Fact] = {}
    stale: Mapping[str, StaleFact] = {}
    parents: tuple[str, ...] = ()


class Obligor(Person):
    """A person outside the household who must support member `of` (法定赡养、抚养、扶养义务人)."""

    of: str


class Event(Model):
    """Something that happened to the household or to one member (困难事件)."""

    id: str
    of: str | None = None
    facts: Mapping[str, Fact] = {}
    stale: Mapping[str, StaleFact] = {}


class AidEntry(Model):
    """A line of the ledger (救助台账): what was given, to whom, from when until when.

    `to` is `household` or a person's id. `until` is the last day; None says that it runs.
    `amount_fen` is a month's amount for a running benefit, the whole amount otherwise.
    """

    policy: str
    to: str
    start: date
    until: date | None = None
    amount_fen: int | None = None
    giver: str | None = None
    source: str | None = None

    def runs_on(self, day: date) -> bool:
        """Whether the aid is held on `day`, both ends included."""
        return self.start <= day and (self.until is None or day <= self.until)


class Coverage(Model):
    """What one batch of ledger data covers: these kinds of aid, as of this day (覆盖范围)."""

    policies: frozenset[str]
    as_of: date


class Ledger(Model):
    """All that is known of aid received. `complete`: the family says that this is all (台账)."""

    entries: tuple[AidEntry, ...] = ()
    complete: bool = False
    coverage: tuple[Coverage, ...] = ()


class ApplicationOutcome(StrEnum):
    """How an application stands (申请结果)."""

    APPLIED = "applied"
    GRANTED = "granted"
    REFUSED = "refused"
    ENDED = "ended"
    DECLINED = "declined"


class Application(Model):
    """An application and its end (申请记录); `declined` is the family's own no (家庭不需要)."""

    policy: str
    outcome: ApplicationOutcome
    date: date
    to: str = "household"
    reason: str | None = None


class NeedState(StrEnum):
    """How far a need is answered (需求状态)."""

    OPEN = "open"
    PARTLY_MET = "partly_met"
    MET = "met"
    REFUSED = "refused"


class Need(Model):
    """A need (需求): type from the taxonomy, severity 0 none to 4 complete."""

    type: str
    of: str = "household"
    severity: int | None = None
    state: NeedState = NeedState.OPEN
    source: str | None = None
    as_of: date | None = None


class Family(Model):
    """Everything about one family that a rule may look at, on one day (一户).

    `obligors`, `events` and `applications` are None when nobody looked; an empty tuple says that
    there are none. `obligors_known_for` narrows this to some members; None means all of them.
    `place` is a division code of any length.
    """

    id: str
    place: str
    facts: Mapping[str, Fact] = {}
    stale: Mapping[str, StaleFact] = {}
    members: tuple[Person, ...]
    obligors: tuple[Obligor, ...] | None = None
    obligors_known_for: frozenset[str] | None = None
    events: tuple[Event, ...] | None = None
    ledger: Ledger = Ledger()
    applications: tuple[Application, ...] | None = None
    needs: tuple[Need, ...] = ()
