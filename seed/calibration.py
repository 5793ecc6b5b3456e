"""What the made-up district is calibrated to (校准参数): one value a line, with its origin.

A comment names the text; an assumption is called one. `spread` gives each share its exact number,
so that 300 households already show the shares of a whole city.
"""

from collections.abc import Mapping
from random import Random
from typing import TypeVar

__all__ = [
    "ACUTE_NEEDS_PER_HOUSEHOLD",
    "DIFFERENCE_RATE",
    "ELDERLY_SHARE",
    "FOUND_SIZE",
    "LONGEST_LAG_DAYS",
    "MISSING_FACTS",
    "MISSING_INCOME",
    "SIZES",
    "UNASSESSED_NEEDS",
    "kinds",
    "spread",
]

Value = TypeVar("Value")

MISSING_FACTS = 0.15  # share of facts that a source should hold and does not
MISSING_INCOME = 0.30  # households whose income nobody recorded
UNASSESSED_NEEDS = 0.22  # needs without a severity
LONGEST_LAG_DAYS = 90  # from the day a fact is of to the day it arrives
ACUTE_NEEDS_PER_HOUSEHOLD = 1.7  # assumption
ELDERLY_SHARE = 0.38  # households with a member of 60 or over; assumption

# Persons in a household, as shares.
# Mean 1.40: Shanghai 2018, 157,100 persons in 112,600 households.
_DIBAO_SIZE = {1: 0.72, 2: 0.19, 3: 0.06, 4: 0.03}
# Mean 2.95: District X 2025, 183 persons in 62 households.
FOUND_SIZE = {1: 0.08, 2: 0.23, 3: 0.41, 4: 0.22, 5: 0.06}
SIZES: Mapping[str, Mapping[int, float]] = {
    "dibao": _DIBAO_SIZE,
    "tekun": {1: 1.0},  # District X: 22 households, 22 persons
    "dibao_marginal": FOUND_SIZE,
    "rigid_expenditure": {1: 0.58, 2: 0.32, 3: 0.10},  # 1.52: 6,335 persons, 4,165 households
    "severe_disabled_unemployed": {1: 0.30, 2: 0.34, 3: 0.36},  # assumption
    "refused": FOUND_SIZE,  # assumption
    "found": FOUND_SIZE,  # assumption
    "nonlocal": {1: 0.4, 2: 0.2, 3: 0.4},  # assumption
}

# Share of checked cases in which verification differs from what was declared (Shanghai 2017).
DIFFERENCE_RATE: Mapping[str, float] = {
    "dibao": 0.1934,
    "tekun": 0.4587,
    "rigid_expenditure": 0.595,
    "severe_disabled_unemployed": 0.2647,  # as for the disability allowances
    "dibao_marginal": 0.1934,  # assumption: as for dibao
    "refused": 0.3812,  # assumption: as for temporary aid
    "found": 0.3812,  # assumption
    "nonlocal": 0.3812,  # assumption
}


def kinds(total: int) -> dict[str, int]:
    """How many households of each kind live in a district of `total` households.

    Dibao households are 46 in 100 (assumption). From them follow: edge families 1:28, rigid
    expenditure 4,165:112,600, 0.256 persons severely disabled without work for each person with
    dibao, 1.6 tekun persons for 100 with dibao; the rare kinds are raised to three so that they are
    seen. Of the rest half was refused or ended and 43 in 100 were found on a visit; the others come
    from elsewhere, as do 4.7 in 100 of those who get temporary aid.
    """
    dibao = round(total * 0.46)
    persons = dibao * 1.40
    counts = {
        "dibao": dibao,
        "tekun": max(3, round(persons * 0.016)),
        "dibao_marginal": max(3, round(dibao / 28)),
        "rigid_expenditure": max(3, round(dibao * 4165 / 112_600)),
        "severe_disabled_unemployed": round(persons * 0.256),
    }
    rest = total - sum(counts.values())
    counts["refused"] = rest // 2
    counts["found"] = round(rest * 0.43)
    counts["nonlocal"] = total - sum(counts.values())
    return counts


def spread(shares: Mapping[Value, float], total: int, rng: Random) -> list[Value]:
    """`total` values in the given shares, as exactly as whole numbers allow, in a random order."""
    exact = {value: share * total / sum(shares.values()) for value, share in shares.items()}
    counts = {value: int(amount) for value, amount in exact.items()}
    by_remainder = sorted(exact, key=lambda value: counts[value] - exact[value])
    for value in by_remainder[: total - sum(counts.values())]:
        counts[value] += 1
    values = [value for value, count in counts.items() for _ in range(count)]
    rng.shuffle(values)
    return values
