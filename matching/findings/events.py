"""What an event touches (事件涉及的户): the households that have to be looked at again.

All that the detectors see of a household is its own case, the rules of its place, and the day. So
an event that changes none of these changes nothing of what was found there.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import NamedTuple, TypeAlias

from matching.model.records import Batch, Case
from matching.packs import Catalogue, Pack

__all__ = [
    "Delivered",
    "Event",
    "Home",
    "Homes",
    "NewDay",
    "NewRules",
    "Written",
    "home_of",
    "touched",
]


@dataclass(frozen=True, slots=True)
class Written:
    """Something about these was written (有新记录): a fact, a death, aid; batches of places.

    Attributes:
        households: by id.
        persons: by id, wherever they belong.
        events: what happened to households, by id.
        places: division prefixes that a new batch covers.
        decided: whether people may have decided on findings, too.
    """

    households: frozenset[str] = frozenset()
    persons: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    decided: bool = True


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


class Home(NamedTuple):
    """Who and what is in a household's case (归户的一户): ids only."""

    id: str
    place: str
    persons: tuple[str, ...]
    events: tuple[str, ...]


def home_of(case: Case) -> Home:
    """The ids of a household, of members and obligors, and of what happened to it."""
    persons = tuple(person.id for person in case.persons)
    events = tuple(event.id for event in case.events)
    return Home(case.household.id, case.household.place, persons, events)


@dataclass(slots=True)
class Homes:
    """Where everybody belongs (归户).

    Attributes:
        places: household -> division code.
        persons: person -> households in whose case the person is: of members and of obligors.
        events: what happened -> its household.
    """

    places: dict[str, str] = field(default_factory=dict)
    persons: dict[str, tuple[str, ...]] = field(default_factory=dict)
    events: dict[str, str] = field(default_factory=dict)

    def put(self, home: Home) -> None:
        """Keep where a household is, who is in its case, and what happened to it."""
        self.places[home.id] = home.place
        for person in home.persons:
            known = self.persons.get(person, ())
            if home.id not in known:
                self.persons[person] = (*known, home.id)
        self.events.update(dict.fromkeys(home.events, home.id))

    def at(self, prefixes: Iterable[str]) -> frozenset[str]:
        """The households of these places."""
        under = tuple(prefixes)
        return frozenset(home for home, place in self.places.items() if place.startswith(under))


def touched(event: Event, catalogue: Catalogue, homes: Homes) -> frozenset[str]:
    """The households that an event touches.

    Args:
        event: what happened.
        catalogue: the one in use before it.
        homes: where everybody belonged before it.
    """
    match event:
        case Written(households, persons, events, places, _):
            found = households.union(*(homes.persons.get(one, ()) for one in persons))
            found |= {homes.events[one] for one in events if one in homes.events}
            return found | homes.at(places) if places else found
        case Delivered(batch):
            return homes.at(batch.covers_places)
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
