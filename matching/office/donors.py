"""Unmet needs for those who want to give (给捐赠方看的需求): by street, without anybody in it.

Every count is rounded down to a multiple of 5 and reads "at least"; what would be 0 is left out, so
that nobody learns whether it is none. Totals add up what is told and the order follows from it, so
all that is published follows from the rounded counts. One household more or less, seen by who
compares two days, shows only where a multiple of 5 is crossed. What bears on safety, illness of the
mind or a sentence is not published at all, nor are emergencies: they are for the authorities, at
once.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date

from matching.model.base import Model
from matching.office.homes import STREET_DIGITS
from matching.office.tally import Tally
from matching.packs import Catalogue

__all__ = [
    "STEP",
    "STREET_DIGITS",
    "DonorNeed",
    "DonorTotal",
    "DonorView",
    "donor_view",
    "nearness",
]

STEP = 5
_LEVELS = (2, 4, 6, STREET_DIGITS)  # province, city, district, street
_UNMET, _UNHELPED = ("open", "partly_met"), ("can", "maybe", "none")
_PROTECTED = frozenset(
    {"social_reentry", "mind_psychiatric", "crisis_crime", "legal_violence", "mind_crisis"}
)


class DonorNeed(Model):
    """One need in one street (街镇需求); `at_least`: households, a multiple of 5 and never 0."""

    street: str
    need: str
    label: str
    group: str
    at_least: int


class DonorTotal(Model):
    """A street or a need in all (合计): the sum of what is told.

    Of a street the same household counts once for each of its needs.
    """

    of: str
    label: str
    at_least: int


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
    told = {key: n - n % STEP for key, n in counts.items() if n >= STEP}
    return _published(told, catalogue, on, near)


def _published(
    told: Mapping[tuple[str, str], int], catalogue: Catalogue, on: date, near: str
) -> DonorView:
    """All of it from here on sees only what is told."""
    needs = [
        DonorNeed(
            street=street,
            need=need,
            label=catalogue.needs[need].label,
            group=catalogue.needs[catalogue.needs[need].parent or need].label,
            at_least=n,
        )
        for (street, need), n in told.items()
    ]
    streets, by_need = Counter[str](), Counter[str]()
    for one in needs:
        streets[one.street] += one.at_least
        by_need[one.need] += one.at_least
    return DonorView(
        on=on,
        near=near,
        needs=tuple(sorted(needs, key=lambda one: _place_in_order(one, near))),
        streets=tuple(
            DonorTotal(of=street, label="", at_least=n)
            for street, n in sorted(
                streets.items(), key=lambda one: (-nearness(one[0], near), one[0])
            )
        ),
        totals=tuple(
            DonorTotal(of=need, label=catalogue.needs[need].label, at_least=n)
            for need, n in sorted(by_need.items(), key=lambda one: (-one[1], one[0]))
        ),
    )


def _place_in_order(one: DonorNeed, near: str) -> tuple[object, ...]:
    return -nearness(one.street, near), one.street, -one.at_least, one.need


def nearness(street: str, near: str) -> int:
    """How many levels of division two codes share: province, city, district, street."""
    shared = [n for n in _LEVELS if len(street) >= n and street[:n] == near[:n]]
    return len(shared)


def _may_be_told(catalogue: Catalogue, need: str) -> bool:
    spec = catalogue.needs.get(need)
    return spec is not None and spec.urgency != "emergency" and need not in _PROTECTED
