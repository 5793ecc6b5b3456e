"""One household at once: statuses and explanations, beside CEL, zen-engine and OpenFisca-Core.

Needs the peers beside the product (docs/benchmarks.md). Rounds are interleaved: each engine answers
all families once, then the next one does. Times are of one family, wall and CPU of the thread.
"""

import gc
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from statistics import quantiles
from typing import Any

from benchmarks.household_peers import Cel, OpenFisca, Zen, defaults, filled, resolved
from benchmarks.household_world import families, pack_of_household_rules, trees
from benchmarks.record import machine, write
from benchmarks.scan_world import ON
from matching.answer import answer
from matching.codegen.reasons import Reasons, reasons_of
from matching.codegen.statuses import UNKNOWN, UNMET, Statuses, statuses_of
from matching.explain import explain
from matching.facts import family_of
from matching.model.family import Family
from matching.packs import Catalogue, Pack
from matching.reading import Reading
from matching.scan.status import compile_pack
from matching.tree import Node
from seed.load import load_catalogue
from seed.synthetic import generate

__all__ = ["main"]

SEED = 20_261_122
FAMILIES, ROUNDS = 2_000, 3
FEW = 60  # households that OpenFisca-Core answers in a round: it takes a thousand times as long
DISTRICT = 300  # households of the made-up district
GOALS = {"status_of_best_peer": 15, "explained_of_openfisca": 200, "p99_of_p50": 4,
         "reasons_of_openfisca": 200, "reasons_p99_of_p50": 4,
         "incremental_of_cel": 15}  # fmt: skip


@dataclass(slots=True)
class _Run:
    """One engine: what it is asked, how long each family took."""

    work: Callable[[Any], object]
    asked: Sequence[Any]
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def round(self) -> None:
        """Answer every family once."""
        work = self.work
        for one in self.asked:
            cpu, wall = time.thread_time(), time.perf_counter()
            work(one)
            self.wall.append(time.perf_counter() - wall)
            self.cpu.append(time.thread_time() - cpu)

    def figures(self) -> dict[str, Any]:
        """Microseconds of one family."""
        return {"wall_us": _micro(self.wall), "cpu_us": _micro(self.cpu)}


def _micro(seconds: Sequence[float]) -> dict[str, float]:
    cuts = quantiles(seconds, n=100, method="inclusive")
    named = {"p50": cuts[49], "p99": cuts[98], "worst": max(seconds)}
    return {name: round(value * 1e6, 2) for name, value in named.items()}


def main() -> None:
    """Measure, write the result, exit 1 if a goal is missed."""
    before = machine()
    catalogue = load_catalogue()
    pack, asked = pack_of_household_rules(catalogue), trees(catalogue)
    people = families(FAMILIES, asked, SEED)
    line = pack.standards["DIBAO_LINE"].at(ON).figure
    if not isinstance(line, int):
        raise TypeError("the line has no figure on this day")
    facts = [resolved(asked, pack, family, ON) for family in people]
    fill = defaults(asked)
    full = [filled(one, fill) for one in facts]
    statuses = statuses_of(pack, ON)
    explainer = _explaining(catalogue, pack, statuses)
    reasons = reasons_of(pack, ON)
    cel, zen, openfisca = Cel(asked, line), Zen(asked, line), OpenFisca(asked, line)
    runs = {
        "status": _Run(statuses.table, people),
        "cel": _Run(cel.statuses, facts),
        "zen": _Run(zen.statuses, full),
        "reasons": _Run(_reasoning(reasons), people),
        "reasons_as_numbers": _Run(reasons.of, people),
        "explained": _Run(explainer, people[:FEW]),
        "openfisca": _Run(openfisca.statuses, full[:FEW]),
        "incremental": _Run(statuses.table, _changed(people)),
    }
    for run in runs.values():  # the first time does not count
        run.round()
        run.wall.clear()
        run.cpu.clear()
    gc.collect()
    for _ in range(ROUNDS):
        for run in runs.values():
            run.round()
    answers = [list(statuses.table(family)[0]) for family in people]
    same = {
        "cel": _agreement(answers, map(cel.statuses, facts)),
        "zen": _agreement(answers, map(zen.statuses, full)),
        "openfisca": _agreement(answers[:FEW], map(openfisca.statuses, full[:FEW])),
    }
    figures = {name: run.figures() for name, run in runs.items()}
    result = _result(figures, same, _world(pack, asked, answers), _whole(catalogue))
    write("household", result, before)
    sys.exit(0 if all(result["met"].values()) else 1)


def _explaining(catalogue: Catalogue, pack: Pack, statuses: Statuses) -> Callable[[Family], object]:
    """What is met or unknown with conditions, clauses, facts and what is missing, as one reads."""

    def work(family: Family) -> object:
        only = {policy for policy, _, _, status in statuses.of(family) if status != UNMET}
        return explain(catalogue, Reading(pack, family, statuses.on), only)

    return work


def _reasoning(reasons: Reasons) -> Callable[[Family], object]:
    """What is met or unknown with the status of each condition and the names of what is missing."""
    if reasons.walked:
        raise ValueError(reasons.walked)  # the time of others would be left out
    return reasons.told


def _changed(people: Sequence[Family]) -> list[Family]:
    """The same families with another income each."""
    changed = []
    for number, family in enumerate(people):
        facts = dict(family.facts)
        income = facts.get("household.monthly_income")
        if income is not None:
            new = income.model_copy(update={"value": 90_000 + number})
            facts["household.monthly_income"] = new
        changed.append(family.model_copy(update={"facts": facts}))
    return changed


def _agreement(ours: Sequence[Sequence[int]], theirs: Any) -> dict[str, float]:  # noqa: ANN401
    """Which share of all decisions is equal, and of those that we say are known."""
    equal = known = known_equal = total = 0
    for own, other in zip(ours, theirs, strict=True):
        for left, right in zip(own, other, strict=True):
            total += 1
            equal += left == right
            known += left != UNKNOWN
            known_equal += left == right != UNKNOWN
    return {"all": round(equal / total, 4), "known": round(known_equal / known, 4)}


def _world(pack: Pack, asked: Sequence[Node], answers: Sequence[Sequence[int]]) -> dict[str, Any]:
    """What was asked: how much the rules share, and how the answers fall."""
    together = len(compile_pack(pack, ON).ops)
    alone = sum(
        len(compile_pack(replace(pack, policies={name: policy}), ON).ops)
        for name, policy in pack.policies.items()
    )
    flat = [one for row in answers for one in row]
    return {
        "families": len(answers),
        "policies": len(asked),
        "operations": together,
        "operations_unshared": alone,
        "unmet_unknown_met": [round(flat.count(one) / len(flat), 4) for one in (0, 1, 2)],
    }


def _whole(catalogue: Catalogue) -> dict[str, Any]:
    """The real catalogue of one place: statuses, what is open explained, and the whole answer."""
    on = date(2026, 6, 30)
    people = [family_of(case, on) for case in generate(SEED, DISTRICT, on).cases]
    pack = catalogue.packs["cn/shanghai/xuhui"]
    start = time.process_time()
    statuses = statuses_of.__wrapped__(pack, on)
    made = time.process_time() - start
    moved = [family.model_copy(update={"place": "310104001"}) for family in people]
    reasons = reasons_of(pack, on)
    runs = {
        "status": _Run(statuses.table, moved),
        "reasons": _Run(_reasoning(reasons), moved),
        "open_explained": _Run(_explaining(catalogue, pack, statuses), moved),
        "answer": _Run(lambda family: answer(catalogue, family, on), moved),
    }
    for run in runs.values():
        run.work(moved[0])
        run.round()
    told = [status for family in moved for *_, status in statuses.of(family)]
    return {
        "families": len(moved),
        "policies": len(pack.policies),
        "reasons_of_a_family": round(sum(len(reasons.of(one)) for one in moved) / len(moved), 1),
        "decisions_of_a_family": round(len(told) / len(moved), 1),
        "unmet_unknown_met": [round(told.count(one) / len(told), 4) for one in (0, 1, 2)],
        "make_cpu_ms": round(made * 1000, 1),
        **{name: run.figures() for name, run in runs.items()},
    }


def _result(
    figures: dict[str, Any], same: dict[str, Any], world: dict[str, Any], whole: dict[str, Any]
) -> dict[str, Any]:
    def ratio(peer: str, own: str, clock: str) -> float:
        return round(float(figures[peer][clock]["p50"] / figures[own][clock]["p50"]), 1)

    ratios = {
        f"{name}_{clock.removesuffix('_us')}": ratio(peer, own, clock)
        for name, peer, own in (
            ("status_of_cel", "cel", "status"), ("status_of_zen", "zen", "status"),
            ("explained_of_openfisca", "openfisca", "explained"),
            ("reasons_of_openfisca", "openfisca", "reasons"),
            ("incremental_of_cel", "cel", "incremental"),
        )
        for clock in ("cpu_us", "wall_us")
    }  # fmt: skip
    for name, own in (("p99_of_p50", "explained"), ("reasons_p99_of_p50", "reasons")):
        cpu = figures[own]["cpu_us"]
        ratios[name] = round(cpu["p99"] / cpu["p50"], 1)
    best = min(ratios["status_of_cel_cpu"], ratios["status_of_zen_cpu"])
    at_least = ("explained_of_openfisca", "reasons_of_openfisca", "incremental_of_cel")
    met = {
        "status_of_best_peer": best >= GOALS["status_of_best_peer"],
        **{name: ratios[f"{name}_cpu"] >= GOALS[name] for name in at_least},
        **{name: ratios[name] < GOALS[name] for name in ("p99_of_p50", "reasons_p99_of_p50")},
    }
    peers = ("cel", "zen", "openfisca")
    return {
        "seed": SEED,
        "world": world,
        "ours": {name: one for name, one in figures.items() if name not in peers}
        | {"catalogue_of_a_place": whole},
        "peers": {name: figures[name] | {"equal": same[name]} for name in peers},
        "ratios": ratios,
        "goal": GOALS,
        "met": met,
    }


if __name__ == "__main__":
    main()
