"""What a store keeps about people: what each source said, and when (记录).

A new record never overwrites an old one. `matching/facts.py` chooses among them for a day.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from pydantic import Field

from matching.model.base import Model
from matching.model.family import (
    AidEntry,
    Application,
    FactState,
    FactValue,
    Need,
)

__all__ = [
    "AidRecord",
    "ApplicationRecord",
    "Batch",
    "Case",
    "EventRecord",
    "Household",
    "Identity",
    "Membership",
    "NeedRecord",
    "Obligation",
    "Parentage",
    "Record",
    "StoredPerson",
    "SubjectKind",
]


class SubjectKind(StrEnum):
    """What a record is about (记录对象)."""

    HOUSEHOLD = "household"
    PERSON = "person"
    EVENT = "event"


class Identity(Model):
    """Name and numbers of a person (身份信息). Sealed fields of a later version; never in logs."""

    name: str
    id_number: str | None = None
    phone: str | None = None

    @property
    def masked(self) -> str:
        """The name as anybody sees it at first: `陈*梅`, `王*`; nothing of one of one letter."""
        if len(self.name) <= 1:
            return "*"
        last = self.name[-1] if len(self.name) > 2 else ""
        return self.name[0] + "*" * (len(self.name) - 1 - len(last)) + last


class Household(Model):
    """A household (户): an id and a place, little else."""

    id: str
    place: str
    address: str | None = None


class StoredPerson(Model):
    """A person (人), in a household by a membership or outside as an obligor."""

    id: str
    identity: Identity


class Membership(Model):
    """Who lives with whom, from when until when (成员关系). The relation to the head is a fact."""

    person: str
    household: str
    start: date
    until: date | None = None


class Obligation(Model):
    """`obligor` owes support to `person` and lives elsewhere (法定义务关系)."""

    obligor: str
    person: str


class Parentage(Model):
    """`parent` is father or mother of `child` (父母关系)."""

    parent: str
    child: str


class Batch(Model):
    """One delivery of one source (批次): what makes "not checked" visible.

    `covers_facts` and `covers_aid` name kinds of fact and of aid; `covers_places` prefixes of
    divisions.
    """

    id: str
    source: str
    as_of: date
    received: date
    covers_facts: frozenset[str] = frozenset()
    covers_aid: frozenset[str] = frozenset()
    covers_places: frozenset[str] = frozenset()


class Record(Model):
    """What one source said about one subject at one time (记录)."""

    id: str
    kind: SubjectKind
    about: str
    source: str
    as_of: date
    received: date
    state: FactState = FactState.DECLARED
    batch: str | None = None
    facts: Mapping[str, FactValue]


class EventRecord(Model):
    """An event of a household (困难事件); its facts are records about it."""

    id: str
    household: str
    person: str | None = None


class AidRecord(AidEntry):
    """A line of the ledger as stored (救助记录)."""

    id: str
    household: str
    batch: str | None = None


class ApplicationRecord(Application):
    """An application as stored (申请记录)."""

    id: str
    household: str


class NeedRecord(Need):
    """A need as stored (需求记录)."""

    id: str
    household: str
    severity: int | None = Field(default=None, ge=0, le=4)


class Case(Model):
    """Everything a store knows of one household: one round trip (一户全部记录).

    `persons` are members and obligors; `batches` those that touch the household's place. Tuples are
    in order of id, so that two stores give equal cases.
    """

    household: Household
    persons: tuple[StoredPerson, ...]
    memberships: tuple[Membership, ...]
    obligations: tuple[Obligation, ...] = ()
    obligors_known_for: frozenset[str] = frozenset()
    parentages: tuple[Parentage, ...] = ()
    records: tuple[Record, ...] = ()
    events: tuple[EventRecord, ...] = ()
    aid: tuple[AidRecord, ...] = ()
    applications: tuple[ApplicationRecord, ...] = ()
    needs: tuple[NeedRecord, ...] = ()
    batches: tuple[Batch, ...] = ()
