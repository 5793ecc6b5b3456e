"""How a household stands, as a mark (状态印): equal marks, equal outcomes and amounts.

Two worlds, or two days, are compared without explaining anybody: of each household all outcomes of
all its subjects, and what each item that is not unmet gives, are mixed into a number of 128 bits.
What differs is then explained. That two standings differ and their marks do not would take a chance
of one in 2^64.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from matching.ledger import HOUSEHOLD
from matching.scan.columns import UNMET, Column, kind_of
from matching.scan.missing import missing_of
from matching.scan.status import PolicyPlan, Scan, Subjects, Variant

__all__ = ["Mark", "Open", "marks", "still_open"]

Mark = tuple[int, int]
Open = Counter[tuple[str, str]]
_Bits = NDArray[np.uint64]
_STEPS = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_SECOND = np.uint64(0x9E3779B97F4A7C15)
_EMPLOYER = "employer"


def marks(scan: Scan) -> dict[str, Mark]:
    """Household -> its mark; of a scan that was compiled with amounts."""
    sums = np.zeros((2, scan.table.size), np.uint64)
    people, events = _words(scan.table.people), _words(scan.table.events)
    for plan, variant, subjects in _items(scan):
        rows = np.flatnonzero(subjects.asked)
        things = scan.frames.of(variant.space).things
        mixed = np.full(len(rows), _word(plan.policy.id), np.uint64)
        mixed = _mix(mixed, people[things["person"][rows]] if "person" in things else _HOUSEHOLD)
        if "event" in things:
            mixed = _mix(mixed, events[things["event"][rows]])
        mixed = _mix(mixed, _word(_unit(scan, plan)))
        mixed = _mix(mixed, subjects.values[rows].astype(np.uint64))
        mixed = _mix(mixed, _given(scan, plan, variant, subjects)[rows])
        homes = subjects.household[rows]
        np.add.at(sums[0], homes, mixed)
        np.add.at(sums[1], homes, _mix(mixed, _SECOND))
    both = sums.tolist()
    return dict(zip(scan.table.ids, zip(both[0], both[1], strict=True), strict=True))


def still_open(scan: Scan, homes: Collection[str]) -> tuple[Open, dict[str, str]]:
    """What keeps items of these households undecided, and the names of all that they are asked for.

    Args:
        scan: traced and with amounts.
        homes: ids; others of the scan do not count.

    Returns:
        (policy, fact or figure) -> households for which it is missing, of a condition or of the
        amount; policy -> its name on the day.
    """
    counted = np.fromiter((home in homes for home in scan.table.ids), np.bool_, scan.table.size)
    found: Open = Counter()
    labels = {}
    for plan in scan.program.plans:
        for name, rows in missing_of(scan, _with_amounts(plan)).items():
            found[plan.policy.id, name] += int(np.count_nonzero(counted & (rows != 0)))
        if any(
            (s.asked.astype(np.bool_) & counted[s.household]).any() for _, s in scan.subjects(plan)
        ):
            labels[plan.policy.id] = plan.policy.label_on(scan.program.on)
    return +found, labels


def _with_amounts(plan: PolicyPlan) -> PolicyPlan:
    """What an amount lacks is missing, too."""
    return replace(
        plan,
        variants=tuple(
            variant
            if variant.amount is None
            else replace(variant, parts=(*variant.parts, variant.amount))
            for variant in plan.variants
        ),
    )


def _items(scan: Scan) -> Iterator[tuple[PolicyPlan, Variant, Subjects]]:
    for plan in scan.program.plans:
        for variant, subjects in scan.subjects(plan):
            yield plan, variant, subjects


def _word(word: str) -> np.uint64:
    return np.uint64(hash(word) & 0xFFFF_FFFF_FFFF_FFFF)


def _words(words: Sequence[str]) -> _Bits:
    return np.fromiter(map(hash, words), np.int64, len(words)).view(np.uint64)


_HOUSEHOLD = _word(HOUSEHOLD)


def _mix(mixed: _Bits, more: _Bits | np.uint64) -> _Bits:
    """Each bit of what comes in changes about half of those that come out."""
    found = mixed * _SECOND + more
    for shift, step in zip((30, 27), _STEPS, strict=True):
        found = (found ^ (found >> np.uint64(shift))) * step
    return cast(_Bits, found ^ (found >> np.uint64(31)))


def _unit(scan: Scan, plan: PolicyPlan) -> str:
    amount = plan.policy.amount_on(scan.program.on)
    return amount.unit_text if amount is not None else ""


def _given(scan: Scan, plan: PolicyPlan, variant: Variant, subjects: Subjects) -> _Bits:
    """Whole fen and one, where an item that is not unmet gives an exact figure; else 0."""
    policy, size = plan.policy, len(subjects.values)
    amount = policy.amount_on(scan.program.on)
    exact = amount is not None and amount.kind == "exact"
    if variant.amount is None or not exact or policy.procedure.applicant == _EMPLOYER:
        return np.zeros(size, np.uint64)
    found = cast(Column, scan.values[variant.amount])
    wide = found.values.astype(kind_of(2 * (found.bound + found.den)), copy=False)
    fen = (2 * np.maximum(wide, 0) + found.den) // (2 * found.den)  # half up, as spelt
    known = (found.unknown == 0) & (subjects.values != UNMET)
    told = np.where(known, fen.astype(np.int64) + 1, 0)
    return np.broadcast_to(told, size).astype(np.uint64)
