"""Unmet needs for those who want to give (给捐赠方看的需求): by street, without anybody in it.

Counts of one to four are not told. A total is exact only where no such count is part of it;
otherwise it says "at least" and adds up what is told. So all that is published follows from the
counts that are told, and nothing gives a small one back; the order follows from them, too. What
bears on safety, illness of the mind or a sentence is not published at all, nor are emergencies:
they are for the authorities, at once.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from matching.model.base import Model
from matching.office.homes import STREET_DIGITS
from matching.office.tally import Tally
from matching.packs import Catalogue

__all__ = [
    "FEWEST",
    "STREET_DIGITS",
    "DonorNeed",
    "DonorTotal",
    "DonorView",
    "donor_view",
    "nearness",
]

FEWEST = 5
_LEVELS = (2, 4, 6, STREET_DIGITS)  # province, city, district, street
_UNMET, _UNHELPED = ("open", "partly_met"), ("can", "maybe", "none")
_PROTECTED = frozenset(
    {"social_reentry", "mind_psychiatric", "crisis_crime", "legal_violence", "mind_crisis"}
)


class DonorNeed(Model):
    """One need in one street (街镇需求); `households` None: fewer than 5."""

    street: str
    need: str
    label: str
    group: str
    households: int | None


class DonorTotal(Model):
    """A street or a need in all (合计): exact, or at least so many.

    Of a street the same household counts once for each of its needs.
    """

    of: str
    label: str
    count: int
    exact: bool


class DonorView(Model):
    """Unmet needs by street and need, the nearest street first (街镇未满足的需求)."""

    on: date
    near: str
    needs: tuple[DonorNeed, ...]
    streets: tuple[DonorTotal, ...]
    totals: tuple[DonorTotal, ...]


def donor_view(tally: Tally, catalogue: Catalogue, on: date, near: str = "") -> DonorView:
    """What may be published of the supply that was counted.

    Args:
        tally: with the cells of `supply`.
        catalogue: the needs' names.
        on: the day counted.
        near: a division code; streets that share more of it come first.
    """
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for (street, need, state, reach), n in tally.of("supply").items():
        if state in _UNMET and reach in _UNHELPED and _may_be_told(catalogue, need):
            counts[street, need] += n
    told = {key: n if n >= FEWEST else None for key, n in counts.items() if n}
    return _published(told, catalogue, on, near)


def _published(
    told: Mapping[tuple[str, str], int | None], catalogue: Catalogue, on: date, near: str
) -> DonorView:
    """All of it from here on sees only what is told."""
    needs = [
        DonorNeed(
            street=street,
            need=need,
            label=catalogue.needs[need].label,
            group=catalogue.needs[catalogue.needs[need].parent or need].label,
            households=n,
        )
        for (street, need), n in told.items()
    ]
    streets = _totals({(street, need): n for (street, need), n in told.items()})
    by_need = _totals({(need, street): n for (street, need), n in told.items()})
    return DonorView(
        on=on,
        near=near,
        needs=tuple(sorted(needs, key=lambda one: _place_in_order(one, near))),
        streets=tuple(
            DonorTotal(of=street, label="", count=n, exact=exact)
            for street, (n, exact) in sorted(
                streets.items(), key=lambda one: (-nearness(one[0], near), one[0])
            )
        ),
        totals=tuple(
            DonorTotal(of=need, label=catalogue.needs[need].label, count=n, exact=exact)
            for need, (n, exact) in sorted(by_need.items(), key=lambda one: (-one[1][0], one[0]))
        ),
    )


def _totals(told: Mapping[tuple[str, str], int | None]) -> dict[str, tuple[int, bool]]:
    """First part of the key -> what is told in all, and whether that is all."""
    found: dict[str, tuple[int, bool]] = {}
    for (first, _), n in told.items():
        count, exact = found.get(first, (0, True))
        found[first] = (count + (n or 0), exact and n is not None)
    return found


def _place_in_order(one: DonorNeed, near: str) -> tuple[object, ...]:
    return -nearness(one.street, near), one.street, -(one.households or 0), one.need


def nearness(street: str, near: str) -> int:
    """How many levels of division two codes share: province, city, district, street."""
    shared = [n for n in _LEVELS if len(street) >= n and street[:n] == near[:n]]
    return len(shared)


def _may_be_told(catalogue: Catalogue, need: str) -> bool:
    spec = catalogue.needs.get(need)
    return spec is not None and spec.urgency != "emergency" and need not in _PROTECTED
