"""Which of many records is used (事实的取舍): one stated rule, from a stored case to a family.

For each fact of each subject, on the day asked about:

1. A record counts while it is fresh: its as-of day lies within the fact's freshness of the day
   asked about. A fact without freshness counts until another replaces it. Records of the day or
   before go before later ones.
2. The newest as-of day wins; on one day verified before declared before inferred.
   Of two that were also received on one day the greater id wins: an advisor's records are numbered.
3. A declaration that is newer than a verification and differs from it is used and marked
   与核对结果不一致.
4. Two verified values of different sources that differ, both fresh: unknown, both shown.
5. Nothing fresh: unknown, and the stale value is shown.
6. A value that the fact cannot take (a text for an amount, a birthday that lies ahead) is never
   used: the other records decide; without any the fact is unknown, and the value is shown.

What lies ahead of the day does not count: events and needs of a later date. What a source sent
twice counts once, whatever ids it came under: lines of the ledger, events and needs that are equal.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from matching.errors import InputError
from matching.fact_kinds import test_of
from matching.model.family import (
    AidEntry,
    Application,
    Coverage,
    Event,
    Fact,
    FactState,
    FactValue,
    Family,
    Ledger,
    Need,
    Obligor,
    Person,
    StaleFact,
)
from matching.model.records import Case, NeedRecord, Record
from matching.vocabulary import VOCABULARY

__all__ = [
    "UNUSABLE",
    "Looked",
    "choose",
    "family_of",
    "looked_at",
    "needs_on",
    "of_day",
    "unusable",
]

UNUSABLE = "记录的值不对，不能用"
_TESTS = {spec.name: test_of(spec) for spec in VOCABULARY.values()}
_BEHIND = frozenset({"person.birth_date"})  # nobody has a birthday that lies ahead
Row = TypeVar("Row")

_ORDER = {
    FactState.VERIFIED: 0,
    FactState.DECLARED: 1,
    FactState.INFERRED: 2,
    FactState.CONTRADICTED: 3,
}


@dataclass(frozen=True, slots=True)
class Looked:
    """What the batches of a place cover (批次覆盖): the same for all households there.

    Attributes:
        coverage: of the ledger.
        events: whether somebody looked for events.
    """

    coverage: tuple[Coverage, ...]
    events: bool


def looked_at(case: Case) -> Looked:
    """What the batches that touch the household's place cover."""
    place = case.household.place
    near = [
        batch
        for batch in case.batches
        if any(place.startswith(prefix) for prefix in batch.covers_places)
    ]
    return Looked(
        tuple(
            Coverage(policies=batch.covers_aid, as_of=batch.as_of)
            for batch in near
            if batch.covers_aid
        ),
        any("event.type" in batch.covers_facts for batch in near),
    )


def family_of(case: Case, on: date, looked: Looked | None = None) -> Family:
    """The family as the rules see it on a day.

    Args:
        case: all that is stored of the household.
        on: the day asked about.
        looked: what `looked_at` says of the case, where it is known already.

    Raises:
        InputError: nobody is recorded as a member on that day.
    """
    household = case.household
    by_subject = _by_subject(case.records)
    members = tuple(
        sorted(
            {
                row.person
                for row in case.memberships
                if row.start <= on and (row.until is None or on <= row.until)
            }
        )
    )
    if not members:
        raise InputError(
            f"这一户在 {on.isoformat()} 没有成员记录，无法计算。请换一天，或先登记成员。",
            code="no_members",
        )
    parents: dict[str, list[str]] = {}
    for row in case.parentages:
        parents.setdefault(row.child, []).append(row.parent)
    obligors = tuple(
        Obligor(id=row.obligor, of=row.person, facts=chosen[0], stale=chosen[1])
        for row in case.obligations
        if row.person in members and row.obligor not in members
        for chosen in [choose(by_subject.get(row.obligor, ()), on)]
    )
    facts, stale = choose(by_subject.get(household.id, ()), on)
    looked = looked or looked_at(case)
    return Family(
        id=household.id,
        place=household.place,
        facts=facts,
        stale=stale,
        members=tuple(_person(member, by_subject, parents, on) for member in members),
        obligors=obligors,
        obligors_known_for=case.obligors_known_for,
        events=_events(case, by_subject, on, looked),
        ledger=_ledger(case, looked),
        applications=tuple(
            Application(
                policy=row.policy, outcome=row.outcome, date=row.date, to=row.to, reason=row.reason
            )
            for row in case.applications
        ),
        needs=tuple(_need(row) for row in needs_on(case, on)),
    )


def of_day(family: Family, on: date) -> Family:
    """A described family (家庭文件) on a day: what is said to happen later has not happened."""
    if all(_happened(event, on) for event in family.events or ()):
        return family
    events = tuple(event for event in family.events or () if _happened(event, on))
    return family.model_copy(update={"events": events})


def needs_on(case: Case, on: date) -> tuple[NeedRecord, ...]:
    """The needs that somebody saw by a day, each once."""
    seen = (row for row in case.needs if row.as_of is None or row.as_of <= on)
    return tuple(_once(seen, _need))


def _need(row: NeedRecord) -> Need:
    return Need(
        type=row.type,
        of=row.of,
        severity=row.severity,
        state=row.state,
        source=row.source,
        as_of=row.as_of,
    )


def _once(rows: Iterable[Row], content: Callable[[Row], object]) -> Iterator[Row]:
    """Rows in order of id; of those with equal content the first."""
    seen: list[object] = []
    for row in rows:
        what = content(row)
        if what not in seen:
            seen.append(what)
            yield row


def _by_subject(records: Iterable[Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for record in sorted(records, key=lambda record: record.id):
        found.setdefault(record.about, []).append(record)
    return found


def _person(
    person: str,
    by_subject: Mapping[str, Sequence[Record]],
    parents: Mapping[str, list[str]],
    on: date,
) -> Person:
    facts, stale = choose(by_subject.get(person, ()), on)
    return Person(
        id=person, facts=facts, stale=stale, parents=tuple(sorted(parents.get(person, ())))
    )


def _events(
    case: Case, by_subject: Mapping[str, Sequence[Record]], on: date, looked: Looked
) -> tuple[Event, ...] | None:
    events = []
    for event in sorted(case.events, key=lambda event: event.id):
        facts, stale = choose(by_subject.get(event.id, ()), on)
        found = Event(id=event.id, of=event.person, facts=facts, stale=stale)
        if _happened(found, on):
            events.append(found)
    events = list(_once(events, _told))
    return tuple(events) if events or looked.events else None


def _happened(event: Event, on: date) -> bool:
    day = event.facts.get("event.date")
    return day is None or (isinstance(day.value, date) and day.value <= on)


def _told(event: Event) -> object:
    """What was said of an event; of one without a word nobody knows which it is."""
    said = (event.of, event.facts, event.stale)
    return said if event.facts or event.stale else event.id


def _ledger(case: Case, looked: Looked) -> Ledger:
    entries = (
        AidEntry(
            policy=row.policy,
            to=row.to,
            start=row.start,
            until=row.until,
            amount_fen=row.amount_fen,
            giver=row.giver,
            source=row.source,
        )
        for row in sorted(case.aid, key=lambda row: row.id)
    )
    return Ledger(entries=tuple(_once(entries, _line)), coverage=looked.coverage)


def _line(entry: AidEntry) -> object:
    """One line out of two systems was given once; who sent it does not make it two."""
    return entry.policy, entry.to, entry.start, entry.until, entry.amount_fen, entry.giver


def choose(records: Iterable[Record], on: date) -> tuple[dict[str, Fact], dict[str, StaleFact]]:
    """The facts of one subject on a day, and those that cannot be used with the reason.

    Args:
        records: all records about the subject.
        on: the day asked about.
    """
    said: dict[str, list[Record]] = {}
    wrong: dict[str, list[Record]] = {}
    for record in records:
        if record.state is not FactState.CONTRADICTED:
            for name, value in record.facts.items():
                usable = _is_usable(name, value, on)
                (said if usable else wrong).setdefault(name, []).append(record)
    facts: dict[str, Fact] = {}
    stale: dict[str, StaleFact] = {}
    for name in sorted(said):
        fresh = _fresh(name, said[name], on)
        if not fresh:
            stale[name] = _stale(name, _ordered(said[name], on)[0], "记录已过期")
        elif _verified_disagree(name, fresh, on):
            stale[name] = _stale(name, fresh[0], "两份核对结果不一致")
        else:
            facts[name] = _fact(name, fresh)
    for name in sorted(wrong.keys() - said.keys()):
        last = min(wrong[name], key=lambda record: (_preference(record, on), record.id))
        stale[name] = _stale(name, last, UNUSABLE)
    return facts, stale


def unusable(record: Record, on: date) -> tuple[str, ...]:
    """The facts of a record that can never be used (不能用的值), in order of name."""
    return tuple(
        name for name, value in sorted(record.facts.items()) if not _is_usable(name, value, on)
    )


def _is_usable(name: str, value: FactValue, on: date) -> bool:
    test = _TESTS.get(name)
    if test is None or not test(value):
        return test is None
    return name not in _BEHIND or not isinstance(value, date) or value <= on


def _fresh(name: str, records: list[Record], on: date) -> list[Record]:
    """Those that count on the day, the best first."""
    return _ordered([record for record in records if _is_fresh(name, record, on)], on)


def _ordered(records: list[Record], on: date) -> list[Record]:
    if len(records) == 1:  # mostly: one source says it
        return records
    last_first = sorted(records, key=lambda record: record.id, reverse=True)
    return sorted(last_first, key=lambda record: _preference(record, on))


def _preference(record: Record, on: date) -> tuple[bool, int, int, int]:
    distance = abs((record.as_of - on).days)
    newest = -record.received.toordinal()
    return record.as_of > on, distance, _ORDER[record.state], newest


def _is_fresh(name: str, record: Record, on: date) -> bool:
    """Counted in months of the calendar: what was said on 1 January is six months old on 1 July."""
    spec = VOCABULARY.get(name)
    if spec is None or spec.fresh_months is None:
        return True
    early, late = sorted((record.as_of, on))
    months = (late.year - early.year) * 12 + late.month - early.month
    return months < spec.fresh_months or (months == spec.fresh_months and late.day <= early.day)


def _verified_disagree(name: str, fresh: list[Record], on: date) -> bool:
    """Whether another source verified something else; a later day says nothing about this one.

    A fact without freshness counts until another replaces it: only what is of one day disagrees.
    """
    best, spec = fresh[0], VOCABULARY.get(name)
    replaces = spec is None or spec.fresh_months is None
    return best.state is FactState.VERIFIED and any(
        other.state is FactState.VERIFIED
        and other.source != best.source
        and other.facts[name] != best.facts[name]
        and (other.as_of > on) == (best.as_of > on)
        and (other.as_of == best.as_of or not replaces)
        for other in fresh[1:]
    )


def _fact(name: str, fresh: list[Record]) -> Fact:
    best = fresh[0]
    contradicts = best.state is not FactState.VERIFIED and any(
        other.state is FactState.VERIFIED
        and other.as_of < best.as_of
        and other.facts[name] != best.facts[name]
        for other in fresh[1:]
    )
    return Fact(
        value=best.facts[name],
        source=best.source,
        as_of=best.as_of,
        state=best.state,
        contradicts_verified=contradicts,
    )


def _stale(name: str, record: Record, why: str) -> StaleFact:
    return StaleFact(value=record.facts[name], source=record.source, as_of=record.as_of, why=why)
