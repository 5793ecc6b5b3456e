"""What an advisor does (社区救助顾问): look a family up, see what it can get, correct a fact."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from datetime import date
from itertools import pairwise

from graph.projection import evidence_paths, family_graph, layout
from graph.store import HouseholdCard, Store
from matching.access_rules import SEALED_FACTS
from matching.answer import answer
from matching.errors import InputError, NotFound
from matching.facts import family_of, of_day
from matching.family_file import read_families
from matching.model.access import Access
from matching.model.answer import Answer, Item
from matching.model.family import FactState, FactValue, Family
from matching.model.records import Case, Record, SubjectKind
from matching.outcome_table import OutcomeTables
from matching.packs import Catalogue
from matching.vocabulary import FactSpec, fact_spec
from matching.what_changes import Row

__all__ = [
    "ADVISOR",
    "Change",
    "Comparison",
    "Correction",
    "FamilyAnswer",
    "HouseholdPage",
    "ItemEvidence",
    "compare_days",
    "correct_fact",
    "correctable",
    "correctable_spec",
    "evaluate_text",
    "family_answer",
    "family_outcomes",
    "household_list",
    "item_evidence",
    "preview",
]

ADVISOR = "advisor"  # the source of what an advisor enters
PAGE_SIZE = 30
READ_SIZE = 500
KINDS: Mapping[str, SubjectKind] = {
    "household": SubjectKind.HOUSEHOLD,
    "person": SubjectKind.PERSON,
    "child": SubjectKind.PERSON,
    "event": SubjectKind.EVENT,
}


@dataclass(frozen=True, slots=True)
class FamilyAnswer:
    """One family on one day: what is stored, which facts were chosen, what follows."""

    case: Case
    family: Family
    answer: Answer


@dataclass(frozen=True, slots=True)
class ItemEvidence:
    """What one item rests on: chains of nodes, their places in a picture, the lines between."""

    item: Item
    paths: tuple[tuple[str, ...], ...]
    places: Mapping[str, tuple[float, float]]
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class HouseholdPage:
    """One page of a list; `after` opens the next one, None at the end."""

    cards: tuple[HouseholdCard, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """An item that stands differently on two days; None where it does not exist."""

    before: Item | None
    after: Item | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two days, and the standards that the later day lacks."""

    before: FamilyAnswer
    after: FamilyAnswer
    changes: tuple[Change, ...]
    due: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """What an advisor enters: a new value of one fact, as of a day; None is the day of writing."""

    fact: str
    about: str
    value: FactValue
    as_of: date | None


def family_answer(
    store: Store, catalogue: Catalogue, access: Access, household_id: str, on: date
) -> FamilyAnswer:
    """Everything for a stored family on a day; one audited read."""
    return _answer_case(store.case(access, household_id), catalogue, on)


def family_outcomes(
    store: Store,
    catalogue: Catalogue,
    access: Access,
    household_id: str,
    days: tuple[date, date],
) -> tuple[Row, ...]:
    """How every item of a stored family stands on a day, without words; one audited read.

    Args:
        store: where the household is.
        catalogue: all packs.
        access: who reads, and why.
        household_id: its id.
        days: the day asked about, and today: of today's rules code is made once and kept, for they
            are asked for again and again.
    """
    on, today = days
    family = family_of(store.case(access, household_id), on)
    tables = OutcomeTables(catalogue, few=0) if on == today else OutcomeTables(catalogue)
    return tables.of(family, on)


def _answer_case(case: Case, catalogue: Catalogue, on: date) -> FamilyAnswer:
    family = family_of(case, on)
    return FamilyAnswer(case, family, answer(catalogue, family, on))


def item_evidence(
    found: FamilyAnswer, item_id: str, subject: str, event: str | None
) -> ItemEvidence:
    """The part of the family's graph on which one item rests; remarks decide nothing and stay out.

    Raises:
        NotFound: the answer has no such item.
    """
    wanted = (item_id, subject, event)
    item = next((one for one in found.answer.items if _key(one) == wanted), None)
    if item is None:
        raise NotFound("这一天没有这一项。")
    deciding = tuple(row for row in item.conditions if row.decides)
    item = item.model_copy(update={"conditions": deciding})
    graph = family_graph(found.case, found.answer.model_copy(update={"items": (item,)}))
    paths = tuple(_without_document(path) for path in evidence_paths(graph, item))
    paths = tuple(path for path in paths if _rests_on_something(path)) or paths
    part = graph.subgraph({node for path in paths for node in path})
    links = sorted({(start, end) for path in paths for start, end in pairwise(path)})
    return ItemEvidence(item, tuple(dict.fromkeys(paths)), layout(part), tuple(links))


def _without_document(path: tuple[str, ...]) -> tuple[str, ...]:
    """The clause names its document."""
    return tuple(node for node in path if not node.startswith("document:"))


def _rests_on_something(path: tuple[str, ...]) -> bool:
    """From a record, a need or a dated figure; what silence stands for is shown on the card."""
    return path[0].startswith("fact:") or any(n.startswith(("record:", "need:")) for n in path)


def preview(catalogue: Catalogue, family: Family, on: date) -> Answer:
    """The answer for a family that is described, not stored."""
    return answer(catalogue, of_day(family, on), on)


def evaluate_text(catalogue: Catalogue, text: str, name: str, on: date) -> tuple[Answer, ...]:
    """Answers for the families of a file, in its order; nothing is stored."""
    return tuple(preview(catalogue, family, on) for family in read_families(text, name))


def household_list(
    store: Store, access: Access, query: str, *, after: str = "", limit: int = PAGE_SIZE
) -> HouseholdPage:
    """Households in scope in order of id, whose id or head's surname starts with `query`."""
    wanted = query.strip().casefold()
    found: list[HouseholdCard] = []
    while len(found) <= limit:
        cards = store.cards(access, after=after, limit=READ_SIZE if wanted else limit + 1)
        found.extend(card for card in cards if _fits(card, wanted))
        if len(cards) < (READ_SIZE if wanted else limit + 1):
            break
        after = cards[-1].id
    page = tuple(found[:limit])
    return HouseholdPage(page, page[-1].id if len(found) > limit else None)


def _fits(card: HouseholdCard, wanted: str) -> bool:
    return (
        not wanted
        or card.id.casefold().startswith(wanted)
        or (card.head.startswith(wanted[:1]) and len(wanted) <= len(card.head))
    )


def compare_days(
    store: Store,
    catalogue: Catalogue,
    access: Access,
    household_id: str,
    days: tuple[date, date],
) -> Comparison:
    """What changes for a family between two days; one audited read."""
    case = store.case(access, household_id)
    before, after = (_answer_case(case, catalogue, day) for day in days)
    old = {_key(item): item for item in before.answer.items}
    new = {_key(item): item for item in after.answer.items}
    changes = tuple(
        Change(old.get(key), new.get(key))
        for key in [*new, *(key for key in old if key not in new)]
        if _standing(old.get(key)) != _standing(new.get(key))
    )
    known_before = set(before.answer.due_standards)
    due = tuple(one for one in after.answer.due_standards if one not in known_before)
    return Comparison(before, after, changes, due)


def _key(item: Item) -> tuple[str, str, str | None]:
    return item.id, item.subject, item.event


def _standing(item: Item | None) -> tuple[object, ...]:
    if item is None:
        return ()
    return item.group, item.outcome, item.amount_fen, item.amount_unit, item.label


def correctable_spec(fact: str) -> FactSpec:
    """The entry of a fact that may be corrected.

    Raises:
        InputError: no such fact, or one that is computed.
    """
    spec = fact_spec(fact)
    if spec is None or spec.derived or spec.name in SEALED_FACTS or spec.entity not in KINDS:
        raise InputError("这项情况不能直接更正：它是推算出来的，或者没有这个名称。")
    return spec


def correctable(case: Case, fact: str, about: str, on: date) -> FactSpec:
    """The entry of a fact that may be corrected for this subject of the household on a day.

    Who has moved away is another household's, and another desk's.

    Raises:
        InputError: no such fact, or one that is computed.
        NotFound: the subject does not belong to the household.
    """
    spec = correctable_spec(fact)
    if about not in _subjects(case, KINDS[spec.entity], on):
        raise NotFound("没有找到这个家庭或成员。")
    return spec


def _subjects(case: Case, kind: SubjectKind, on: date) -> set[str]:
    if kind is SubjectKind.HOUSEHOLD:
        return {case.household.id}
    if kind is SubjectKind.EVENT:
        return {event.id for event in case.events}
    members = {one.person for one in case.memberships if one.until is None or one.until >= on}
    return members | {one.obligor for one in case.obligations if one.person in members}


def correct_fact(
    store: Store,
    access: Access,
    household_id: str,
    correction: Correction,
    *,
    key: str,
    today: date,
) -> str:
    """Write what the advisor heard as a new record; older records stay.

    The same key with the same content lands once.

    Returns: the id of the record.

    Raises:
        InputError: the fact cannot be corrected, or its day lies in the future.
        NotFound: household or subject not there, or not in scope.
        Conflict: the key was used with another content.
    """
    case = store.case(access, household_id)
    spec = correctable(case, correction.fact, correction.about, today)
    number = sum(record.source == ADVISOR for record in case.records)  # the later slip is put right
    as_of = correction.as_of or today
    if as_of > today:
        raise InputError("情况的日期不能晚于今天。")
    record = Record(
        id=f"A-{number:06d}-{_digest([access.actor.id, household_id, key])}",
        kind=KINDS[spec.entity],
        about=correction.about,
        source=ADVISOR,
        as_of=as_of,
        received=today,
        state=FactState.DECLARED,
        facts={correction.fact: correction.value},
    )
    # What was asked, and not the record: the same form sent again after midnight is the same.
    body = _json([household_id, *astuple(correction)])
    with store.write(access, "correct_fact", household_id, key=key, body=body) as writer:
        if not writer.replayed:
            writer.add_record(record)
            writer.set_result(record.id)
    return writer.result or record.id


def _digest(value: object) -> str:
    return hashlib.sha256(_json(value)).hexdigest()[:20]


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, default=str).encode()
