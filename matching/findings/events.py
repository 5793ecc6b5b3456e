"""What an event touches (事件涉及的户): the households that have to be looked at again.

All that the detectors see of a household is its own case, the rules of its place, and the day. So
an event that changes none of these changes nothing of what was found there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import TypeAlias

from matching.model.records import Batch, Case
from matching.packs import Catalogue, Pack

__all__ = ["Delivered", "Event", "Homes", "NewDay", "NewRules", "Written", "touched"]


@dataclass(frozen=True, slots=True)
class Written:
    """Something about these households or persons was written (有新记录): a fact, a death, aid."""

    households: frozenset[str] = frozenset()
    persons: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Delivered:
    """A batch came (来了一批): what it covers is no longer unchecked at its places."""

    batch: Batch


@dataclass(frozen=True, slots=True)
class NewRules:
    """Another catalogue (新规定): a new standard, a changed policy."""

    catalogue: Catalogue


@dataclass(frozen=True, slots=True)
class NewDay:
    """Another day (换日): birthdays, expiries, law and figures in force from then."""

    on: date


Event: TypeAlias = Written | Delivered | NewRules | NewDay


@dataclass(slots=True)
class Homes:
    """Where everybody belongs (归户).

    Attributes:
        places: household -> division code.
        persons: person -> households in whose case the person is: of members and of obligors.
    """

    places: dict[str, str] = field(default_factory=dict)
    persons: dict[str, set[str]] = field(default_factory=dict)

    def put(self, case: Case) -> None:
        """Keep where a household is and who is in its case."""
        self.places[case.household.id] = case.household.place
        for person in case.persons:
            self.persons.setdefault(person.id, set()).add(case.household.id)


def touched(event: Event, catalogue: Catalogue, homes: Homes) -> frozenset[str]:
    """The households that an event touches.

    Args:
        event: what happened.
        catalogue: the one in use before it.
        homes: where everybody belonged before it.
    """
    match event:
        case Written(households, persons):
            return households.union(*(homes.persons.get(one, ()) for one in persons))
        case Delivered(batch):
            prefixes = tuple(batch.covers_places)
            return frozenset(h for h, place in homes.places.items() if place.startswith(prefixes))
        case NewRules(new):
            return frozenset(_under_other_rules(catalogue, new, homes.places))
        case NewDay():
            return frozenset(homes.places)


def _under_other_rules(old: Catalogue, new: Catalogue, places: Mapping[str, str]) -> Iterator[str]:
    """Households of a place whose rules, or anything that all places share, are not the same."""
    shared = any(
        getattr(old, one.name) != getattr(new, one.name)
        for one in fields(Catalogue)
        if one.name not in ("version", "packs")
    )
    differs: dict[str, bool] = {}
    for home, place in places.items():
        if place not in differs:
            packs = old.pack_for(place), new.pack_for(place)
            differs[place] = shared or not _equal(*packs)
        if differs[place]:
            yield home


def _equal(old: Pack, new: Pack) -> bool:
    return old is new or all(
        getattr(old, one.name) == getattr(new, one.name) for one in fields(Pack)
    )
