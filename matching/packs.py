"""The catalogue as values (政策目录): policies, definitions, figures and relations, pack by pack.

Immutable; made by `matching/catalogue.py` from text. A `Pack` here is a full view: what its parents
say and nobody below replaced, together with its own.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from matching.clauses import ClauseRef, Document, Period
from matching.parameters import Cell, Standard
from matching.taxonomy import (
    Classification,
    Crosswalk,
    Department,
    NeedType,
    OtherAid,
    Scheme,
    ServiceClass,
    VisitPlan,
)
from matching.tree import Node, Type
from matching.units import Unit

__all__ = [
    "AlertRule",
    "Amount",
    "Catalogue",
    "ClauseRef",
    "Clock",
    "Condition",
    "Conflict",
    "Definition",
    "DefinitionText",
    "Document",
    "DueStandard",
    "Exclusion",
    "NeedType",
    "OtherAid",
    "Pack",
    "Period",
    "Policy",
    "Procedure",
    "Relation",
    "Supposed",
    "Uncounted",
]

Supposed = Mapping[
    str, Mapping[Cell, int | Fraction | None]
]  # standard -> cell -> figure, in fen or plain


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition (条件) in one dated version.

    `excluded`: the aid that it excludes. `occasion`: something that happens to few (起因); as long
    as nobody has told of it, the policy waits behind one question.
    """

    id: str
    says: str
    test: Node
    flag: str
    period: Period
    clauses: tuple[ClauseRef, ...]
    remark: str | None = None
    excluded: str | None = None
    occasion: bool = False

    @property
    def decides(self) -> bool:
        """Whether the condition may say no: an unverified or disputed one never does."""
        return self.flag in ("seed", "search")


@dataclass(frozen=True, slots=True)
class Amount:
    """What is paid (金额) in one dated version; `value` None: the figure is not known."""

    value: Node | None
    unit: Unit
    unit_text: str
    kind: str
    says: str | None
    period: Period
    clauses: tuple[ClauseRef, ...]


@dataclass(frozen=True, slots=True)
class Procedure:
    """Who applies and where, what to bring, in how many working days it is decided (办理).

    `at`: kinds of doors; `door`: where that is, in words; `applicant`: the family or who else.
    """

    at: tuple[str, ...] = ()
    applicant: str = "family"
    door: str | None = None
    documents: tuple[str, ...] = ()
    working_days: int | None = None
    extended: int | None = None
    clauses: tuple[ClauseRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy or project (政策、项目).

    Attributes:
        target: for whom it is meant, in words; beyond_facts: what of that no fact can say.
        gives: what one gets, in words; None: the sources do not say.
        per: whose cap it is: person, household, dwelling or episode (上限按谁算).
        capacity: places in all; None: not known.
        replaces: why it stands in the place of the one of a pack above.
        service_class: one of the four classes of services (服务类救助的四类).
    """

    id: str
    kind: str
    labels: tuple[tuple[Period, str], ...]
    subject: str
    persons: str
    per_event: bool
    form: str
    category: str
    urgent: bool
    automatic: bool
    department: str
    provider: str | None
    addresses: tuple[str, ...]
    service_class: str | None
    target: str | None
    beyond_facts: tuple[str, ...]
    gives: str | None
    per: str | None
    capacity: int | None
    period: Period
    conditions: tuple[Condition, ...]
    amounts: tuple[Amount, ...]
    procedure: Procedure
    remarks: tuple[str, ...]
    pack: str
    file: str
    replaces: str | None = None

    def label_on(self, day: date) -> str:
        """The name used on that day; the first name before any of them."""
        names = [
            text for period, text in self.labels if period.start is None or period.start <= day
        ]
        return names[-1] if names else self.labels[0][1]

    def amount_on(self, day: date) -> Amount | None:
        """The amount's version of that day."""
        return next((amount for amount in self.amounts if amount.period.holds(day)), None)


@dataclass(frozen=True, slots=True)
class DefinitionText:
    """One dated text of a definition."""

    test: Node
    period: Period
    clauses: tuple[ClauseRef, ...]
    flag: str


@dataclass(frozen=True, slots=True)
class Definition:
    """A derived fact (推算的事实): its dated texts."""

    name: str
    type: Type
    texts: tuple[DefinitionText, ...]
    pack: str
    file: str

    def text_on(self, day: date) -> DefinitionText | None:
        """The text that holds on that day."""
        return next((text for text in self.texts if text.period.holds(day)), None)


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Two kinds of aid that do not go together (互斥); symmetric. `yields`: which gives way."""

    a: str
    b: str
    effect: str
    yields: str | None
    says: str
    clauses: tuple[ClauseRef, ...]
    flag: str
    period: Period

    def other(self, policy: str) -> str | None:
        """The other side, if `policy` is one side."""
        return {self.a: self.b, self.b: self.a}.get(policy)


@dataclass(frozen=True, slots=True)
class Relation:
    """How two kinds of aid stand to each other (关系), in a period.

    Declared in `relations.yaml`: `overlaps` (the same need), `before` (`a` pays before `b`),
    `offsets` (`a` makes `b` smaller), `stacks` (both may be held). Read from the rules by
    `matching/relations.py`: `opens` (who holds `a` may have `b`), `requires` (`a` asks for one of
    the statuses among which `b` is), `ends_with` (`a` runs only as long as `b`).
    """

    kind: str
    a: str
    b: str
    says: str
    clauses: tuple[ClauseRef, ...]
    flag: str
    period: Period

    def other(self, policy: str) -> str | None:
        """The other side, if `policy` is one side."""
        return {self.a: self.b, self.b: self.a}.get(policy)


@dataclass(frozen=True, slots=True)
class Clock:
    """By when somebody has to act (时限): hours, working days or months; one of them."""

    hours: int | None = None
    working_days: int | None = None
    months: int | None = None


@dataclass(frozen=True, slots=True)
class AlertRule:
    """Something a person should look at (提醒).

    `owner`: the department that acts first; `clock`: by when. None: no source says so.
    """

    id: str
    level: str
    subject: str
    says: str
    test: Node
    clauses: tuple[ClauseRef, ...]
    pack: str
    owner: str | None = None
    clock: Clock | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """A point on which two texts in force differ (规定不一致): cite both, ask a person."""

    topic: str
    old: str
    new: str
    policies: tuple[str, ...]
    docs: tuple[str, ...]
    period: Period


@dataclass(frozen=True, slots=True)
class Uncounted:
    """Something that is not counted as income (不计入收入)."""

    item: str
    clauses: tuple[ClauseRef, ...]
    flag: str
    period: Period
    note: str | None


@dataclass(frozen=True, slots=True)
class DueStandard:
    """A figure that should be entered (待录入的标准), and why."""

    id: str
    label: str
    pack: str
    since: date | None
    why: str
    policies: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """One jurisdiction (地区包) with all that it inherits. Equal only to itself, so it may key."""

    id: str
    label: str
    place: str
    chain: tuple[str, ...]
    policies: Mapping[str, Policy] = field(default_factory=dict)
    definitions: Mapping[str, Definition] = field(default_factory=dict)
    standards: Mapping[str, Standard] = field(default_factory=dict)
    exclusions: tuple[Exclusion, ...] = ()
    relations: tuple[Relation, ...] = ()
    alerts: tuple[AlertRule, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    uncounted: tuple[Uncounted, ...] = ()
    timeline: tuple[tuple[Period, str], ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)

    def supposing(self, figures: "Supposed") -> "Pack":
        """The same pack as if these figures held (假设); ids that it does not have are left out."""
        if not figures:
            return self
        changed = {
            name: self.standards[name].supposing(cells)
            for name, cells in figures.items()
            if name in self.standards
        }
        return replace(self, standards={**self.standards, **changed})

    def home_of(self, pack: str) -> str:
        """The place that HOME means in a text of `pack`, one of the chain.

        A text of the nation that nobody restates takes the place of the first pack below it.
        """
        place = self.places[pack]
        if place:
            return place
        return next((self.places[step] for step in self.chain if self.places[step]), "")


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """All packs and what they share, equal only to itself. `version` names the exact texts."""

    version: str
    packs: Mapping[str, Pack]
    documents: Mapping[str, Document]
    departments: Mapping[str, Department]
    needs: Mapping[str, NeedType]
    other_aid: Mapping[str, OtherAid]
    service_classes: Mapping[str, ServiceClass]
    crosswalks: Mapping[str, Crosswalk]
    classifications: Mapping[str, Classification]
    schemes: Mapping[str, Scheme]
    visits: VisitPlan | None = None

    def pack_for(self, place: str) -> Pack:
        """The pack with the longest place that `place` begins with; the nation otherwise."""
        fitting = [pack for pack in self.packs.values() if place.startswith(pack.place)]
        return max(fitting, key=lambda pack: (len(pack.place), len(pack.chain)))

    def only(self, policies: Collection[str]) -> "Catalogue":
        """The same catalogue with these policies alone; all that they use stays."""
        packs = {
            name: replace(pack, policies={k: v for k, v in pack.policies.items() if k in policies})
            for name, pack in self.packs.items()
        }
        return replace(self, packs=packs)

    def aid_label(self, aid: str, day: date, pack: Pack) -> str:
        """The name of a policy, project or other aid on a day; its id if nobody knows it."""
        if aid in pack.policies:
            return pack.policies[aid].label_on(day)
        other = self.other_aid.get(aid)
        if other:
            return other.label
        held = [view.policies[aid] for view in self.packs.values() if aid in view.policies]
        return held[0].label_on(day) if held else aid
