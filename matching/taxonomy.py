"""What all packs share (各地共用的分类): bodies, needs, classes of services, schemes, crosswalks.

Immutable values; made by `matching/catalogue_shared.py` from the files at the catalogue's root.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from matching.clauses import ClauseRef
from matching.tree import Node

__all__ = [
    "Classification",
    "ClassificationItem",
    "Crosswalk",
    "Department",
    "GroupTest",
    "NeedType",
    "OtherAid",
    "Scheme",
    "SchemeItem",
    "ServiceClass",
    "Term",
    "VisitPlan",
    "VisitRhythm",
]


@dataclass(frozen=True, slots=True)
class Department:
    """A body that runs policies or takes part (部门、单位); `duty`: its part, in words."""

    id: str
    label: str
    kind: str
    duty: str | None
    clauses: tuple[ClauseRef, ...]
    flag: str


@dataclass(frozen=True, slots=True)
class NeedType:
    """A need of the taxonomy (需求类型); `parent` is None for a group.

    `synonyms`: how people say it; `lead`: the department that goes first; `urgency`: normal, high
    or emergency.
    """

    id: str
    label: str
    parent: str | None
    service_class: str | None = None
    synonyms: tuple[str, ...] = ()
    lead: str | None = None
    urgency: str = "normal"


@dataclass(frozen=True, slots=True)
class OtherAid:
    """Aid that the ledger may name and no policy file describes (其他救助)."""

    id: str
    label: str
    form: str


@dataclass(frozen=True, slots=True)
class ServiceClass:
    """One of the four classes of services (服务类救助的四类), and the nation's words for it."""

    id: str
    label: str
    holds: tuple[str, ...]
    targets: tuple[str, ...]
    national: tuple[str, ...]
    national_flag: str
    clauses: tuple[ClauseRef, ...]
    flag: str


@dataclass(frozen=True, slots=True)
class Term:
    """A term of another taxonomy (对照词); `title` None: only the code may be kept."""

    id: str
    title: str | None


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """Our needs in the terms of another taxonomy (对照表), many to many, with its licence."""

    id: str
    title: str
    licence: str
    attribution: str
    url: str | None
    needs: Mapping[str, tuple[Term, ...]]


@dataclass(frozen=True, slots=True)
class GroupTest:
    """A condition that puts a family into a group (入类条件), in the language of rules.

    An unverified one never decides: known to hold, it asks a person.
    """

    says: str
    test: Node
    clauses: tuple[ClauseRef, ...]
    flag: str

    @property
    def decides(self) -> bool:
        """Whether it may put a family into the group."""
        return self.flag in ("seed", "search")


@dataclass(frozen=True, slots=True)
class ClassificationItem:
    """One group of a classification (分类中的一类); `meaning` None: no source says it.

    `holding`: aid held now puts one in; `lately`: aid received, `refused`: aid refused or ended,
    in the last `months`; `helped_by`: bodies whose aid one receives; `sources`: who found a need
    that is open, or gives aid; `tests`: conditions.
    """

    id: str
    label: str
    meaning: str | None
    who: tuple[str, ...]
    holding: tuple[str, ...]
    lately: tuple[str, ...]
    refused: tuple[str, ...]
    months: int | None
    helped_by: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    tests: tuple[GroupTest, ...] = ()


@dataclass(frozen=True, slots=True)
class Classification:
    """A way of sorting families (分类); `items` is empty where the source names none of them."""

    id: str
    label: str
    size: int
    items: tuple[ClassificationItem, ...]
    departments: tuple[str, ...]
    note: str | None
    clauses: tuple[ClauseRef, ...]
    flag: str


@dataclass(frozen=True, slots=True)
class SchemeItem:
    """One part of a scheme (体系的一项), and the aid that belongs to it."""

    id: str
    label: str
    policies: tuple[str, ...]
    note: str | None
    flag: str


@dataclass(frozen=True, slots=True)
class Scheme:
    """A top-level order of all aid (救助体系), as used in a pack and all below it."""

    id: str
    label: str
    pack: str
    items: tuple[SchemeItem, ...]
    note: str | None
    clauses: tuple[ClauseRef, ...]


@dataclass(frozen=True, slots=True)
class VisitRhythm:
    """How often a family is visited (走访周期), and which families.

    Attributes:
        days: between two visits; None: it is counted in months.
        months: between two visits; None: it is counted in days.
        circles: groups of the four circles that are visited so often.
        severity: so is who has an open need at least this severe.
        flag: whether a source names the rhythm.
        who_flag: whether a source says who is visited so often; None: nobody is named.
    """

    id: str
    label: str
    days: int | None
    months: int | None
    circles: tuple[str, ...]
    severity: int | None
    tests: tuple[GroupTest, ...]
    clauses: tuple[ClauseRef, ...]
    flag: str
    who_flag: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class VisitPlan:
    """How visits are planned (走访安排): rhythms, the most frequent first.

    Attributes:
        closer: conditions under which the next more frequent rhythm is taken.
        seen_by: sources whose records are visits.
        declined_by: who declined one of these is not visited for a year.
    """

    rhythms: tuple[VisitRhythm, ...]
    closer: tuple[GroupTest, ...]
    seen_by: tuple[str, ...]
    declined_by: tuple[str, ...]
    clauses: tuple[ClauseRef, ...]
    flag: str
    note: str | None
