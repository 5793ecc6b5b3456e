"""Members of stored households as records (本库的人): the store is one list among the others.

A birth date and a sex are what a record last said; an address is that of the household where
somebody lives now. Who left a household is still compared: people who move get a second file.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from matching.identity.characters import Characters
from matching.identity.normalise import read_delivery
from matching.identity.records import Delivery, PersonRecord
from matching.model.family import FactState, FactValue
from matching.model.records import Case, Record

__all__ = ["STORE", "Home", "came_since", "members_of"]

STORE = "store"


@dataclass(frozen=True, slots=True)
class Home:
    """A member's record, and the household that it is kept with.

    Attributes:
        record: as it is compared.
        household: its id.
        place: division code of the household.
        is_current: whether the person lives there on the day.
    """

    record: PersonRecord
    household: str
    place: str
    is_current: bool


def members_of(case: Case, on: date, characters: Characters) -> tuple[Home, ...]:
    """Everybody who is or was a member of a household, as records of the list `store`.

    Args:
        case: the stored household.
        on: the day; what is known later does not count.
        characters: tables of alike characters.
    """
    people = {person.id: person for person in case.persons}
    current = {
        stay.person
        for stay in case.memberships
        if stay.start <= on and (stay.until is None or on <= stay.until)
    }
    told = _told(case.records, on)
    rows: list[dict[str, object]] = []
    for person in sorted({stay.person for stay in case.memberships if stay.start <= on}):
        identity, facts = people[person].identity, told.get(person, {})
        rows.append(
            {
                "source_id": person,
                "name": identity.name,
                "id_number": identity.id_number,
                "birth_date": facts.get("person.birth_date"),
                "sex": facts.get("person.sex"),
                "phone": identity.phone,
                "address": case.household.address if person in current else None,
            }
        )
    reading = read_delivery(Delivery(STORE, 0, on, tuple(rows)), characters)
    home = case.household
    return tuple(
        Home(record, home.id, home.place, record.source_id in current) for record in reading.records
    )


def came_since(case: Case, since: date) -> bool:
    """Whether a record came or began to count since a day, or somebody moved in or out.

    Persons themselves never change.
    """
    stays = (day for stay in case.memberships for day in (stay.start, stay.until))
    came = (*(max(row.received, row.as_of) for row in case.records), *stays)
    return any(day is not None and day >= since for day in came)


def _told(records: Iterable[Record], on: date) -> dict[str, dict[str, FactValue]]:
    """Person -> what was said last, and not contradicted."""
    told: dict[str, dict[str, FactValue]] = {}
    for row in sorted(records, key=lambda row: (row.as_of, row.id)):
        if row.as_of <= on and row.state is not FactState.CONTRADICTED:
            told.setdefault(row.about, {}).update(row.facts)
    return told
