"""Made-up households for the detectors: all that is not named is known and in order."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from matching.facts import family_of
from matching.findings import Finding, Rates, find, look_at, look_over, settled
from matching.model import records as stored
from matching.model.family import ApplicationOutcome, FactState
from matching.packs import Catalogue
from matching.vocabulary import VOCABULARY
from seed.load import load_catalogue

ON = date(2026, 6, 30)
HERE = "310199001001"
SEEN = date(2026, 6, 1)

Facts = Mapping[str, Any]
Told = tuple[stored.SubjectKind, str, Facts]


@cache
def catalogue() -> Catalogue:
    """The catalogue that is shipped."""
    return load_catalogue()


def a_batch(place: str = HERE, on: date = ON, **changes: Any) -> stored.Batch:
    """One delivery that covers everything at a place."""
    aid = frozenset(catalogue().pack_for(place).policies) | set(catalogue().other_aid)
    values: dict[str, Any] = {
        "id": "B-1", "source": "civil_affairs", "as_of": on, "received": on,
        "covers_facts": frozenset(VOCABULARY), "covers_aid": aid,
        "covers_places": frozenset({place[:2]}),
    }  # fmt: skip
    return stored.Batch(**{**values, **changes})


def aid(policy: str, to: str = "household", start: date = date(2025, 1, 1), **more: Any) -> dict:
    """A line of the ledger, given by the civil affairs office unless told otherwise."""
    return {"policy": policy, "to": to, "start": start, "giver": "civil_affairs", **more}


def a_case(
    people: Mapping[str, Facts],
    *,
    home: Facts | None = None,
    ledger: Sequence[Mapping[str, Any]] = (),
    events: Sequence[Facts] = (),
    applications: Sequence[tuple[str, str, date]] = (),
    needs: Sequence[Mapping[str, Any]] = (),
    outside: Mapping[str, Facts] | None = None,
    parents: Mapping[str, Sequence[str]] | None = None,
    household: str = "H-1",
    place: str = HERE,
    batches: Sequence[stored.Batch] | None = None,
    on: date = ON,
    reason: str | None = None,
    address: str | None = None,
    stays: Mapping[str, tuple[date, date | None]] | None = None,
) -> stored.Case:
    """A household; the first person is its head. Ids of persons begin with the household's."""
    elsewhere = outside or {}
    ids = {name: f"{household}-{name}" for name in (*people, *elsewhere)}
    numbered = [f"E-{household}-{order}" for order in range(1, len(events) + 1)]
    told = [*_people(people, ids, place)]
    told += [(stored.SubjectKind.PERSON, ids[name], facts) for name, facts in elsewhere.items()]
    told += [(stored.SubjectKind.HOUSEHOLD, household, home or {})]
    told += [
        (stored.SubjectKind.EVENT, one, facts) for one, facts in zip(numbered, events, strict=True)
    ]
    stay = {name: (stays or {}).get(name, (date(2015, 1, 1), None)) for name in people}
    ties = [(one, child) for child, theirs in (parents or {}).items() for one in theirs]
    return stored.Case(
        household=stored.Household(id=household, place=place, address=address),
        persons=tuple(
            stored.StoredPerson(id=one, identity=stored.Identity(name="张示例"))
            for one in sorted(ids.values())
        ),
        memberships=tuple(
            stored.Membership(
                person=ids[one], household=household, start=stay[one][0], until=stay[one][1]
            )
            for one in sorted(people)
        ),
        obligations=tuple(
            stored.Obligation(obligor=ids[one], person=ids[child])
            for one, child in ties
            if one in elsewhere
        ),
        obligors_known_for=frozenset(ids[name] for name in people),
        parentages=tuple(
            stored.Parentage(parent=ids[one], child=ids[child]) for one, child in ties
        ),
        records=tuple(_records(household, told)),
        events=tuple(stored.EventRecord(id=one, household=household) for one in numbered),
        batches=tuple(batches) if batches is not None else (a_batch(place, on),),
        **_rows(household, ids, ledger, [(*row, reason) for row in applications], needs),
    )


def _people(people: Mapping[str, Facts], ids: Mapping[str, str], place: str) -> Iterator[Told]:
    for order, (name, facts) in enumerate(people.items()):
        known = {
            "person.birth_date": date(1980, 5, 4), "person.hukou": place[:6], "person.sex": "f",
            "person.relation": "child" if order else "self", "person.hukou_kind": "urban",
        }  # fmt: skip
        yield stored.SubjectKind.PERSON, ids[name], {**known, **facts}


def _records(household: str, told: Sequence[Told]) -> Iterator[stored.Record]:
    """What was said; `source`, `as_of` and `state` beside the facts say by whom and when."""
    for order, (kind, about, facts) in enumerate(told, start=1):
        plain = {name: value for name, value in facts.items() if "." in name}
        day = facts.get("as_of", SEEN)
        if plain:
            yield stored.Record(
                id=f"R-{household}-{order}", kind=kind, about=about, as_of=day, received=day,
                source=facts.get("source", "civil_affairs"), facts=plain,
                state=facts.get("state", FactState.VERIFIED),
            )  # fmt: skip


def _rows(
    household: str,
    ids: Mapping[str, str],
    ledger: Sequence[Mapping[str, Any]],
    applications: Sequence[tuple[str, str, date, str | None]],
    needs: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """Aid, applications and needs."""
    lines, asked, wanted = [], [], []
    for order, row in enumerate(ledger, start=1):
        given = {**row, "to": ids.get(row["to"], row["to"])}
        lines.append(stored.AidRecord(id=f"A-{household}-{order}", household=household, **given))
    for order, (policy, outcome, day, reason) in enumerate(applications, start=1):
        asked.append(
            stored.ApplicationRecord(
                id=f"Q-{household}-{order}", household=household, policy=policy,
                outcome=ApplicationOutcome(outcome), date=day, reason=reason,
            )
        )  # fmt: skip
    for order, row in enumerate(needs, start=1):
        of = {"of": ids[row["of"]]} if "of" in row else {}
        wanted.append(
            stored.NeedRecord(id=f"N-{household}-{order}", household=household, **{**row, **of})
        )
    return {"aid": tuple(lines), "applications": tuple(asked), "needs": tuple(wanted)}


def screened(cases: Sequence[stored.Case], on: date) -> dict[str, tuple[Finding, ...]]:
    """What a portion finds of each household, where nothing is known of rates."""
    portion = look_over(catalogue(), cases, on)
    waiting = settled(portion.waiting, Rates())
    return {
        home: tuple(sorted((*own, *waiting.get(home, ())), key=lambda one: (one.kind, one.key)))
        for home, own in portion.findings.items()
    }


def found(case: stored.Case, kind: str | None = None, on: date = ON) -> list[Finding]:
    """What the detectors find, of one kind or of all; the same whether screened or not."""
    every = find(look_at(catalogue(), case, on))
    assert screened([case], on) == {case.household.id: every}
    return [one for one in every if kind in (None, one.kind)]


def kinds(case: stored.Case, on: date = ON) -> set[str]:
    """The kinds found."""
    assert family_of(case, on)
    return {one.kind for one in found(case, on=on)}
