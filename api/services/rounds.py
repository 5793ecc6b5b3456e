"""Circles and visits of the families of a store (圈层、走访): reads only, in a place."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from api.services.whatif import Progress, Unread, cases_of
from graph.store import Store
from matching.circles import Circles, circles_of
from matching.errors import InputError
from matching.facts import family_of
from matching.model.family import Family
from matching.model.records import Case
from matching.packs import Catalogue
from matching.visits import Visit, visit_of

__all__ = ["FamilyCircles", "FamilyVisit", "circles_in", "visits_in"]


@dataclass(frozen=True, slots=True)
class FamilyVisit:
    """A household and its next visit; None: no rhythm is for it."""

    case: Case
    family: Family
    visit: Visit | None


@dataclass(frozen=True, slots=True)
class FamilyCircles:
    """A household and its circles."""

    case: Case
    family: Family
    circles: Circles


def visits_in(
    store: Store,
    catalogue: Catalogue,
    place: str | None,
    on: date,
    progress: Progress | None = None,
) -> Iterator[FamilyVisit | Unread]:
    """Every household of a place with its next visit, in order of id."""
    for found in _families(store, place, on, progress):
        if isinstance(found, Unread):
            yield found
        else:
            case, family = found
            yield FamilyVisit(case, family, visit_of(catalogue, case, family, on))


def circles_in(
    store: Store,
    catalogue: Catalogue,
    place: str | None,
    on: date,
    progress: Progress | None = None,
) -> Iterator[FamilyCircles | Unread]:
    """Every household of a place with its circles, in order of id."""
    for found in _families(store, place, on, progress):
        if isinstance(found, Unread):
            yield found
        else:
            case, family = found
            yield FamilyCircles(case, family, circles_of(catalogue, family, on))


def _families(
    store: Store, place: str | None, on: date, progress: Progress | None
) -> Iterator[tuple[Case, Family] | Unread]:
    for case in cases_of(store, place, progress):
        try:
            yield case, family_of(case, on)
        except InputError as error:
            yield Unread(case.household.id, error.detail)
