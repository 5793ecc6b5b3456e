"""How many findings are right and how much is found, on made-up worlds with their truth kept apart.

    python -m benchmarks.bench_findings [households a world]

Goals are those of the design; the seeds were not used to tune anything (tuning used 0 to 2).
"""

import sys
import time
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from benchmarks.finding_worlds import ON, World, make_world
from benchmarks.record import machine, write
from matching.findings import Finding, Span, across, find, look_at, months_of, rates_in, sign_of
from matching.model.finding import Confidence
from matching.packs import Catalogue
from seed.load import load_catalogue

__all__ = ["GOALS", "Measured", "found_in", "main", "measure"]

SEEDS = (101, 102, 103, 104, 105)
HOUSEHOLDS = 300
RATES_FROM = 200
GOALS = {
    "D2": (0.99, 0.98), "D3": (0.90, 0.85), "D4": (0.98, 0.95), "D5": (0.80, 0.70),
    "M1": (0.95, 0.90), "M3": (0.90, 0.85),
}  # fmt: skip
GOAL_M2_AT_100 = 0.6
Figures = dict[str, float | int | None]
_WRONG = {"paid_in_custody", "paid_after_death", "paid_while_missing"}
_MISSED = {"missed_definite", "missed_likely"}


@dataclass(frozen=True, slots=True)
class Measured:
    """Right, found and true, as counts."""

    right: int
    found: int
    true: int

    def figures(self) -> Figures:
        """Precision and recall; None where there is nothing to divide by."""
        precision = round(self.right / self.found, 4) if self.found else None
        recall = round(self.right / self.true, 4) if self.true else None
        return {"precision": precision, "recall": recall, "found": self.found, "true": self.true}


def found_in(catalogue: Catalogue, world: World) -> list[Finding]:
    """All findings of a world, from what offices know."""
    rates = rates_in(look_at(catalogue, case, ON) for case in world.cases[:RATES_FROM])
    found = [one for case in world.cases for one in find(look_at(catalogue, case, ON, rates))]
    return [*found, *across((sign_of(case, ON) for case in world.cases), ON)]


def measure(world: World, found: Iterable[Finding]) -> dict[str, Measured]:
    """Each detector in its unit: person-benefit-months, household pairs, entitlements, needs."""
    findings, truth = list(found), world.truth
    of = {
        kind: [one for one in findings if one.kind == kind] for kind in {f.kind for f in findings}
    }
    sure = [one for one in of.get("exclusive_pair", ()) if one.confidence is not Confidence.LOW]
    wrong = [one for one in findings if one.kind in _WRONG and one.confidence is not Confidence.LOW]
    split = {(one.household, *one.households) for one in of.get("household_split", ())}
    needs = {one.evidence[0] for one in of.get("acute_need", ())}
    definite = _entitlements(of.get("missed_definite", ()))
    every = _entitlements(one for one in findings if one.kind in _MISSED)
    return {
        "D2": _counted(_pair_months(sure), truth.double),
        "D2_in_ledger": _counted(_pair_months(sure), _in_ledger(world, truth.double)),
        "D3": _counted(_pair_months(of.get("same_need_twice", ())), truth.same_need),
        "D4": _counted(_months(wrong), truth.wrong),
        "D4_in_ledger": _counted(_months(wrong), _in_ledger(world, truth.wrong)),
        "D5": _counted(split, truth.split),
        "M1": _counted(definite, truth.missed),
        "M1_or_M2": _counted(every, truth.missed),
        "M2_at_100": _first_hundred(of.get("missed_likely", []), world),
        "M3": _counted(needs, truth.acute & _assessed(world)),
        "M3_with_unassessed": _counted(needs, truth.acute),
    }


def _assessed(world: World) -> set[str]:
    """Needs of which somebody has said how grave they are."""
    return {need.id for case in world.cases for need in case.needs if need.severity is not None}


def _in_ledger(world: World, rows: set[tuple[object, ...]]) -> set[tuple[object, ...]]:
    """Those of the true months whose lines no office has lost."""
    kept = {
        (row.household, row.policy, month)
        for case in world.cases
        for row in case.aid
        for month in months_of(Span(row.start, row.until), ON)
    }
    return {
        (home, who, aid, month)
        for home, who, aid, month in rows
        if all((home, one, month) in kept for one in (aid if isinstance(aid, frozenset) else [aid]))
    }


def _counted(found: Iterable[Hashable], true: Iterable[Hashable]) -> Measured:
    ours, theirs = set(found), set(true)
    return Measured(len(ours & theirs), len(ours), len(theirs))


def _when(one: Finding) -> tuple[date, ...]:
    return months_of(Span(one.since or ON, one.until), ON)


def _who(one: Finding) -> str:
    return one.subjects[0] if one.subjects else "household"


def _pair_months(found: Iterable[Finding]) -> set[Hashable]:
    return {
        (one.household, _who(one), frozenset(one.policies), month)
        for one in found
        for month in _when(one)
    }


def _months(found: Iterable[Finding]) -> set[Hashable]:
    return {
        (one.household, _who(one), one.policies[0], month) for one in found for month in _when(one)
    }


def _entitlements(found: Iterable[Finding]) -> set[Hashable]:
    return {(one.household, one.policies[0], _who(one)) for one in found}


def _first_hundred(found: list[Finding], world: World) -> Measured:
    order = {Confidence.HIGH: 0, Confidence.MEDIUM: 1, Confidence.LOW: 2}
    first = sorted(found, key=lambda one: (order[one.confidence], one.key))[:100]
    ours = _entitlements(first)
    return Measured(len(ours & world.truth.missed), len(ours), len(ours))


def _summed(rows: list[dict[str, Measured]]) -> dict[str, Measured]:
    return {
        name: Measured(*(sum(getattr(row[name], part) for row in rows) for part in
                         ("right", "found", "true")))
        for name in rows[0]
    }  # fmt: skip


def _met(total: Mapping[str, Figures]) -> dict[str, bool]:
    """Each goal: precision and recall, or the precision of the first hundred."""
    met = {"M2_at_100": (total["M2_at_100"]["precision"] or 0) >= GOAL_M2_AT_100}
    for name, (precision, recall) in GOALS.items():
        row = total[name]
        met[name] = (row["precision"] or 0) >= precision and (row["recall"] or 0) >= recall
    return met


def main() -> None:
    """Measure every world, write the result, exit 1 if a goal is missed."""
    households = int(sys.argv[1]) if len(sys.argv) > 1 else HOUSEHOLDS
    before, catalogue = machine(), load_catalogue()
    worlds: dict[str, dict[str, Figures]] = {}
    rows: list[dict[str, Measured]] = []
    seconds = 0.0
    for seed in SEEDS:
        world = make_world(catalogue, seed, households)
        started = time.perf_counter()
        found = found_in(catalogue, world)
        seconds += time.perf_counter() - started
        rows.append(measure(world, found))
        worlds[str(seed)] = {name: one.figures() for name, one in rows[-1].items()}
    total = {name: one.figures() for name, one in _summed(rows).items()}
    met = _met(total)
    per = round(seconds * 1000 / (households * len(SEEDS)), 2)
    result = {
        "seed": list(SEEDS),
        "ours": {"total": total, "worlds": worlds, "households_a_world": households,
                 "ms_a_household": per},
        "peers": {},
        "ratios": {},
        "goal": {**{name: {"precision": least[0], "recall": least[1]}
                    for name, least in GOALS.items()}, "M2_at_100": GOAL_M2_AT_100},
        "met": met,
    }  # fmt: skip
    write("findings", result, before)
    sys.exit(0 if all(met.values()) else 1)


if __name__ == "__main__":
    main()
