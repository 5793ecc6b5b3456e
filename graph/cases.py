"""Rows of several households put together into cases (拼成一户), the same for every store."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, TypeVar

from graph.decoding import made
from graph.transaction import CaseRows, Transaction
from matching.model.records import Batch, Case, Household, SubjectKind

__all__ = ["place_prefixes", "read_cases"]

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)

_ID, _HOUSEHOLD = attrgetter("id"), attrgetter("household")
_FIELDS = set(Case.model_fields)


def place_prefixes(places: Iterable[str]) -> list[str]:
    """Every prefix of these division codes, the empty one included (区划前缀)."""
    return sorted({place[:n] for place in places for n in range(len(place) + 1)})


def read_cases(
    tx: Transaction, ids: Sequence[str], covering: dict[str, tuple[Batch, ...]]
) -> list[Case]:
    """One case per household found, in the order of `ids` (逐户读取).

    Args:
        tx: the open transaction.
        ids: of some hundred households.
        covering: place -> the batches that touch it; what is not there yet is read and put there.
    """
    rows = tx.case_rows(ids)
    places = {household.place for household in rows.household} - covering.keys()
    if places:
        batches = sorted(tx.covering(place_prefixes(places)), key=_ID)
        covering |= {place: tuple(_touching(batches, place)) for place in places}
    index = _Index(rows)
    households = {household.id: household for household in rows.household}
    return [_case(households[one], index, covering) for one in ids if one in households]


def _touching(batches: Iterable[Batch], place: str) -> Iterator[Batch]:
    for batch in batches:
        if any(place.startswith(prefix) for prefix in batch.covers_places):
            yield batch


def _grouped(items: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    groups: dict[K, list[T]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups


class _Index:
    """The rows by what they hang on; a missing key reads as nothing."""

    def __init__(self, rows: CaseRows):
        self.person = {person.id: person for person in rows.person}
        self.known = {known.person for known in rows.obligors_known}
        self.memberships = _grouped(rows.membership, _HOUSEHOLD)
        self.obligations = _grouped(rows.obligation, attrgetter("person"))
        self.parentages = _grouped(rows.parentage, attrgetter("child"))
        self.events = _grouped(rows.event, _HOUSEHOLD)
        self.aid = _grouped(rows.aid, _HOUSEHOLD)
        self.applications = _grouped(rows.application, _HOUSEHOLD)
        self.needs = _grouped(rows.need, _HOUSEHOLD)
        self.records = _grouped(rows.record, attrgetter("kind", "about"))


def _case(household: Household, index: _Index, covering: Mapping[str, tuple[Batch, ...]]) -> Case:
    own = household.id
    memberships = index.memberships.get(own, [])
    members = {row.person for row in memberships}
    obligations = [row for one in members for row in index.obligations.get(one, ())]
    persons = members | {row.obligor for row in obligations}
    events = index.events.get(own, [])
    subjects = [(SubjectKind.HOUSEHOLD, own)]
    subjects += [(SubjectKind.PERSON, one) for one in persons]
    subjects += [(SubjectKind.EVENT, event.id) for event in events]
    records = [record for subject in subjects for record in index.records.get(subject, ())]
    parentages = [row for one in persons for row in index.parentages.get(one, ())]
    parentages = [row for row in parentages if row.parent in persons]
    fields = {
        "household": household,
        "persons": tuple(index.person[one] for one in sorted(persons)),
        "memberships": _sorted(memberships, attrgetter("person", "start")),
        "obligations": _sorted(obligations, attrgetter("obligor", "person")),
        "obligors_known_for": frozenset(members & index.known),
        "parentages": _sorted(parentages, attrgetter("parent", "child")),
        "records": _sorted(records, _ID),
        "events": _sorted(events, _ID),
        "aid": _sorted(index.aid.get(own, ()), _ID),
        "applications": _sorted(index.applications.get(own, ()), _ID),
        "needs": _sorted(index.needs.get(own, ()), _ID),
        "batches": covering[household.place],
    }
    return made(Case, fields, _FIELDS)


def _sorted(rows: Iterable[T], key: Callable[[T], Any]) -> tuple[T, ...]:
    return tuple(sorted(rows, key=key))
