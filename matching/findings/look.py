"""One household as the detectors look at it (排查的一户), and what was never checked of it.

A finding rests on nothing presumed: silence counts only where a batch covers that kind of fact for
that place and day. A batch of one district's courts does not cover whom other districts sentence.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from matching.answer import article_in_words, check_day
from matching.explain import Explainer, cited, explain
from matching.facts import Looked, family_of, looked_at
from matching.findings.rates import Rates
from matching.findings.spans import Span
from matching.ledger import COVERAGE_DAYS, HOUSEHOLD, uncovered
from matching.model.answer import Clause, Item
from matching.model.family import Family, Person
from matching.model.finding import Confidence, Finding
from matching.model.records import AidRecord, Batch, Case
from matching.packs import Catalogue, ClauseRef, Pack
from matching.reading import Reading
from matching.vocabulary import VOCABULARY

__all__ = [
    "Look",
    "Seen",
    "aid_path",
    "clause_words",
    "item_path",
    "key_of",
    "look_at",
    "with_items",
]

SENTENCED_ELSEWHERE = "person.custody_status"


@dataclass(slots=True, eq=False)
class Deliveries:
    """What the deliveries of a place cover around a day (批次覆盖), each answer worked out once.

    Thousands of households share them; `DeliveriesOf` gives equal ones one object.
    """

    batches: tuple[Batch, ...]
    on: date
    _facts: dict[str, tuple[Batch, ...]] = field(default_factory=dict)
    _places: dict[str, frozenset[str]] = field(default_factory=dict)

    def of_fact(self, name: str) -> tuple[Batch, ...]:
        """The batches that looked at this kind of fact around the day."""
        if name not in self._facts:
            self._facts[name] = self._near(lambda batch: name in batch.covers_facts)
        return self._facts[name]

    def of_aid(self, aid: str) -> tuple[Batch, ...]:
        """The batches that cover this kind of aid around the day."""
        return self._near(lambda batch: aid in batch.covers_aid)

    def places(self, name: str) -> frozenset[str]:
        """Prefixes of the places where this kind of fact was looked at."""
        if name not in self._places:
            places = (place for batch in self.of_fact(name) for place in batch.covers_places)
            self._places[name] = frozenset(places)
        return self._places[name]

    def _near(self, covers: Callable[[Batch], bool]) -> tuple[Batch, ...]:
        return tuple(
            batch
            for batch in self.batches
            if abs((batch.as_of - self.on).days) <= COVERAGE_DAYS and covers(batch)
        )


@dataclass(slots=True)
class DeliveriesOf:
    """The deliveries of many cases on a day; cases with the same batches share one object."""

    on: date
    _known: dict[tuple[int, ...], Deliveries] = field(default_factory=dict)
    _looked: dict[tuple[str, Deliveries], Looked] = field(default_factory=dict)

    def case(self, case: Case) -> Deliveries:
        """Those of a case."""
        key = tuple(map(id, case.batches))  # `Deliveries` holds them, so that no id comes again
        if key not in self._known:
            self._known[key] = Deliveries(case.batches, self.on)
        return self._known[key]

    def family(self, case: Case) -> Family:
        """The family of a case on the day.

        Raises:
            InputError: nobody is a member on that day.
        """
        key = (case.household.place, self.case(case))
        if key not in self._looked:
            self._looked[key] = looked_at(case)
        return family_of(case, self.on, self._looked[key])


@dataclass(frozen=True, slots=True)
class Seen:
    """What a detector saw; `Look.finding` makes it a finding.

    `asks`: (policy, condition) of what is not known; it stands only if such are mostly met.
    """

    kind: str
    subject: str
    policies: tuple[str, ...]
    says: str
    path: tuple[str, ...]
    confidence: Confidence
    evidence: tuple[str, ...] = ()
    span: Span | None = None
    again: str = ""
    amount_fen: int | None = None
    not_checked: tuple[str, ...] = ()
    asks: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """A stored household on a day, with the reading of its family.

    Attributes:
        items: explained, in order of policy and subject; all of them, or those that a detector may
            use.
        deliveries: what of it somebody looked at.
        rates: how often conditions are met by those who meet all others.
    """

    catalogue: Catalogue
    case: Case
    family: Family
    reading: Reading
    items: tuple[Item, ...]
    on: date
    deliveries: Deliveries
    rates: Rates = field(default_factory=Rates)

    @property
    def pack(self) -> Pack:
        """The rules of the household's place."""
        return self.reading.pack

    def label(self, aid: str) -> str:
        """The name of an aid on the day."""
        return self.catalogue.aid_label(aid, self.on, self.pack)

    def clauses(self, clauses: Iterable[ClauseRef]) -> str:
        """Clauses of the day in words."""
        return clause_words(cited(self.catalogue, clauses, self.on))

    def person(self, subject: str) -> Person | None:
        """The member with this id."""
        return next((one for one in self.family.members if one.id == subject), None)

    def running(self) -> tuple[AidRecord, ...]:
        """Lines of the ledger that have begun."""
        return tuple(row for row in self.case.aid if row.start <= self.on)

    def aid_not_checked(self, policies: tuple[str, ...]) -> tuple[str, ...]:
        """Those of these kinds of aid that no batch of the day covers, in words."""
        silent = uncovered(self.family.ledger, policies, self.on)
        return tuple(f"台账没有覆盖：{self.label(policy)}" for policy in silent)

    def not_checked(self, presumed: Iterable[str], subject: str) -> tuple[str, ...]:
        """Which of the presumed facts nobody looked at, in words."""
        found: list[str] = []
        for name in presumed:
            if name.startswith("benefit."):
                found += self.aid_not_checked((name.removeprefix("benefit."),))
            elif not self._looked_at(name, subject):
                found.append(f"没有核查：{VOCABULARY[name].label}")
        return tuple(dict.fromkeys(found))

    def _looked_at(self, name: str, subject: str) -> bool:
        looked = bool(self.deliveries.of_fact(name))
        return looked and (name != SENTENCED_ELSEWHERE or self.is_reached(subject))

    def is_reached(self, subject: str) -> bool:
        """Whether the courts that reported are those of where everybody is registered."""
        reached = self.deliveries.places(SENTENCED_ELSEWHERE)
        return all(
            any(hukou.startswith(place) or place.startswith(hukou) for place in reached)
            for hukou in self._registered(subject)
        )

    def _registered(self, subject: str) -> Iterator[str]:
        for member in self.family.members:
            hukou = member.facts.get("person.hukou")
            if subject in (HOUSEHOLD, member.id) and hukou is not None:
                yield str(hukou.value)

    def finding(self, seen: Seen) -> Finding:
        """A finding with its key: kind, household, subject, policies, and what sets it apart."""
        subjects = () if seen.subject == HOUSEHOLD else (seen.subject,)
        where = self.case.household
        return Finding(
            key=key_of(seen.kind, (where.id,), seen.subject, sorted(seen.policies), seen.again),
            kind=seen.kind,
            household=where.id,
            subjects=subjects,
            place=where.place,
            policies=seen.policies,
            since=seen.span.start if seen.span else None,
            until=seen.span.until if seen.span else None,
            confidence=seen.confidence,
            amount_fen=seen.amount_fen,
            path=seen.path,
            evidence=tuple(sorted(set(seen.evidence))),
            says=seen.says,
            not_checked=seen.not_checked,
        )


def look_at(
    catalogue: Catalogue,
    case: Case,
    on: date,
    rates: Rates | None = None,
) -> Look:
    """A stored household on a day, ready for the detectors; everything is explained.

    Args:
        catalogue: all packs.
        case: the household with all its records.
        on: the day.
        rates: how often conditions are met in the area; without it, nothing is known of it.

    Raises:
        InputError: nobody is a member on that day, or the day is out of range.
    """
    check_day(on)
    of = DeliveriesOf(on)
    look = with_items(catalogue, case, of.family(case), of.case(case), {})
    return replace(look, items=explain(catalogue, look.reading), rates=rates or Rates())


def with_items(
    catalogue: Catalogue,
    case: Case,
    family: Family,
    deliveries: Deliveries,
    wanted: Mapping[str, Collection[str]],
) -> Look:
    """A stored household with these items only.

    Args:
        catalogue: all packs.
        case: the household with all its records.
        family: the household on the day of the deliveries.
        deliveries: what was looked at around the day.
        wanted: policy -> subjects; what is explained (`matching/scan/screen.py`).
    """
    on, pack = deliveries.on, catalogue.pack_for(family.place)
    reading = Reading(pack, family, on, lambda aid: catalogue.aid_label(aid, on, pack))
    items: tuple[Item, ...] = ()
    if wanted:
        explainer = Explainer(catalogue, reading)
        items = tuple(
            item for policy in sorted(wanted) for item in explainer.items((policy,), wanted[policy])
        )
    return Look(catalogue, case, family, reading, items, on, deliveries)


def key_of(*parts: object) -> str:
    """One name for one finding: equal parts, equal keys, on any machine."""
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return "F" + hashlib.sha256(text.encode()).hexdigest()[:20]


def clause_words(clauses: Iterable[Clause]) -> str:
    """`《…》第5条`, or that the clause of the day is not known."""
    said = "、".join(f"《{one.title}》{article_in_words(one.article)}" for one in clauses)
    return said or "当时的条款未知"


def item_path(look: Look, item: Item) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Lines from person by record, fact and condition to the clause; and the records' ids."""
    records = _stated(look.case)
    lines: list[str] = []
    ids: list[str] = []
    for condition in item.conditions:
        for fact in condition.facts if condition.decides else ():
            about = look.case.household.id if fact.subject == HOUSEHOLD else fact.subject
            record = records.get((about, fact.name, fact.source, fact.as_of))
            ids += [record] if record else []
            said = "、".join(str(part) for part in (fact.source, fact.as_of) if part)
            step = f"{record}（{said}）" if record else said
            steps = (about, step, f"{fact.label}={fact.shown}", condition.says,
                     clause_words(condition.clause))  # fmt: skip
            lines.append(" → ".join(part for part in steps if part))
    return tuple(dict.fromkeys(lines)), tuple(ids)


def _stated(case: Case) -> Mapping[tuple[object, ...], str]:
    return {
        (record.about, name, record.source, record.as_of): record.id
        for record in case.records
        for name in record.facts
    }


def aid_path(look: Look, row: AidRecord, *then: str) -> str:
    """A line from the holder by the ledger to what follows."""
    holder = look.case.household.id if row.to == HOUSEHOLD else row.to
    until = f"至 {row.until}" if row.until else "，还在发"
    line = f"{row.id}（{row.giver or row.source or '台账'}，{row.start} 起{until}）"
    return " → ".join((holder, line, f"享受{look.label(row.policy)}", *then))
