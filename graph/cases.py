"""Rows of several households put together into cases (拼成一户), the same for every store."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from graph.transaction import CaseRows
from matching.model.records import Case, Household, Record, SubjectKind

__all__ = ["assemble", "place_prefixes"]

T = TypeVar("T")


def place_prefixes(places: Iterable[str]) -> list[str]:
    """Every prefix of these division codes, the empty one included (区划前缀)."""
    return sorted({place[:n] for place in places for n in range(len(place) + 1)})


def assemble(ids: Sequence[str], rows: CaseRows) -> list[Case]:
    """One case per household found, in the order of `ids` (逐户拼装)."""
    index = _Index(rows)
    households = {household.id: household for household in rows.household}
    return [_case(households[one], index) for one in ids if one in households]


def _grouped(items: Iterable[T], key: Callable[[T], str]) -> dict[str, list[T]]:
    groups: dict[str, list[T]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups


class _Index:
    """The rows by what they hang on; a missing key reads as nothing."""

    def __init__(self, rows: CaseRows):
        self.person = {person.id: person for person in rows.person}
        self.known = {known.person for known in rows.obligors_known}
        self.memberships = _grouped(rows.membership, lambda row: row.household)
        self.obligations = _grouped(rows.obligation, lambda row: row.person)
        self.parentages = _grouped(rows.parentage, lambda row: row.child)
        self.events = _grouped(rows.event, lambda row: row.household)
        self.aid = _grouped(rows.aid, lambda row: row.household)
        self.applications = _grouped(rows.application, lambda row: row.household)
        self.needs = _grouped(rows.need, lambda row: row.household)
        self.records: dict[tuple[SubjectKind, str], list[Record]] = defaultdict(list)
        for record in rows.record:
            self.records[(record.kind, record.about)].append(record)
        self.batches = rows.batch


def _case(household: Household, index: _Index) -> Case:
    memberships = index.memberships.get(household.id, [])
    members = {row.person for row in memberships}
    obligations = [row for one in members for row in index.obligations.get(one, [])]
    persons = members | {row.obligor for row in obligations}
    events = index.events.get(household.id, [])
    subjects = [(SubjectKind.HOUSEHOLD, household.id)]
    subjects += [(SubjectKind.PERSON, one) for one in persons]
    subjects += [(SubjectKind.EVENT, event.id) for event in events]
    records = [record for subject in subjects for record in index.records.get(subject, [])]
    parentages = [row for one in persons for row in index.parentages.get(one, [])]
    return Case(
        household=household,
        persons=tuple(index.person[one] for one in sorted(persons)),
        memberships=tuple(sorted(memberships, key=lambda row: (row.person, row.start))),
        obligations=tuple(sorted(obligations, key=lambda row: (row.obligor, row.person))),
        obligors_known_for=frozenset(members & index.known),
        parentages=tuple(
            sorted(
                (row for row in parentages if row.parent in persons),
                key=lambda row: (row.parent, row.child),
            )
        ),
        records=tuple(sorted(records, key=lambda row: row.id)),
        events=tuple(sorted(events, key=lambda row: row.id)),
        aid=tuple(sorted(index.aid.get(household.id, []), key=lambda row: row.id)),
        applications=tuple(
            sorted(index.applications.get(household.id, []), key=lambda row: row.id)
        ),
        needs=tuple(sorted(index.needs.get(household.id, []), key=lambda row: row.id)),
        batches=tuple(
            sorted(
                (
                    batch
                    for batch in index.batches
                    if any(household.place.startswith(prefix) for prefix in batch.covers_places)
                ),
                key=lambda row: row.id,
            )
        ),
    )
