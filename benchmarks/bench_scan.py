"""All policies for a whole population: the scan beside a data-frame library and OpenFisca-Core.

Needs an environment of its own with the peers; docs/benchmarks.md says how it is made. Columns are
generated and lie in memory before anything is timed, ours in tables of 131,072 households, the
peers' in one piece. All work in the same rounds, one after the other, so that what else runs on the
machine meets them alike.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from statistics import median
from typing import Any

import numpy as np
import polars as pl

from benchmarks.record import ROOT, machine, write
from benchmarks.scan_movement import compile_policy, movement, scan_tables
from benchmarks.scan_openfisca import OpenFisca
from benchmarks.scan_peer import Peer, figures_of, frames
from benchmarks.scan_world import ON, blocks_of, pack_of_rules
from matching.facts import family_of
from matching.packs import Pack
from matching.scan.encode import encode
from matching.scan.missing import matrix
from matching.scan.status import Program, Scan, compile_pack
from seed.load import load_catalogue
from seed.synthetic import generate

__all__ = ["main"]

SEED = 20_261_122
SIZES = (10_000, 100_000, 1_000_000)
ROUNDS = {10_000: 15, 100_000: 9, 1_000_000: 7}
ROUNDS_OPENFISCA = 3
CHANGED, INTO = "rule_01", "rule_11"  # one policy takes the text of another
GOAL = {
    "polars": 10.0, "openfisca": 20.0, "matrix_of_scan": 1.5, "one_policy": 10.0, "memory": 0.4,
}  # fmt: skip
Timed = dict[str, list[tuple[float, float]]]


def main() -> None:
    """Measure, write the result, exit 1 if a goal is missed."""
    before = machine()
    catalogue = load_catalogue()
    rules = compile_pack(pack_of_rules(catalogue), ON)
    ours: dict[str, Any] = {"operations": len(rules.ops), "policies": len(rules.plans)}
    peers: dict[str, Any] = {"polars_threads": pl.thread_pool_size(), "cores": _cores()}
    ratios: dict[str, Any] = {}
    for n in SIZES:
        _of_size(_Race(rules, n), ours, peers, ratios)
    ours["catalogue_100000"] = _catalogue(catalogue.packs["cn/shanghai/xuhui"])
    ours["cold_start"] = _cold_start(rules)
    ours["memory_mb"], peers["memory_mb"] = _memory("ours"), _memory("peers")
    ratios["memory_of_openfisca"] = round(
        ours["memory_mb"]["scan"] / peers["memory_mb"]["openfisca"], 2
    )
    met = _met(ratios)
    result = {
        "seed": SEED, "ours": ours, "peers": peers, "ratios": ratios, "goal": GOAL,
        "goals_met": met, "met": all(met.values()),
    }  # fmt: skip
    write("scan", result, before)
    sys.exit(0 if result["met"] else 1)


def _met(ratios: dict[str, Any]) -> dict[str, bool]:
    largest = ratios[str(SIZES[-1])]
    return {
        "polars": largest["polars_wall"] >= GOAL["polars"],
        "openfisca": largest["openfisca_calculation_wall"] >= GOAL["openfisca"],
        "matrix_of_scan": largest["matrix_of_scan"] <= GOAL["matrix_of_scan"],
        "one_policy": largest["one_policy_polars_wall"] >= GOAL["one_policy"],
        "memory": ratios["memory_of_openfisca"] < GOAL["memory"],
    }


class _Ours:
    """One population as tables, and what the scan does with it."""

    def __init__(self, program: Program, n: int):
        self.program, self.n = program, n
        self.tables = blocks_of(program, n, SEED)

    def scans(self, workers: int = 1) -> Iterator[Scan]:
        return scan_tables(self.program, self.tables, workers=workers)

    def scan(self) -> None:
        for _ in self.scans():
            pass

    def scan_on_two_cores(self) -> None:
        for _ in self.scans(workers=2):
            pass

    def first_scan(self) -> None:
        for table in self.tables:
            table.resolved.clear()
        self.scan()

    def matrix(self) -> None:
        for scan in scan_tables(self.program, self.tables, traced=True):
            matrix(scan)


class _Race(_Ours):
    """The same population also as frames, and what the peers do with it."""

    def __init__(self, program: Program, n: int):
        super().__init__(program, n)
        self.rules = [plan.policy.conditions[0].test for plan in program.plans]
        word = self.tables[0].words.id
        self.frames = frames(program, self.tables)
        self.polars = Peer(self.rules, figures_of(program), word)
        self.openfisca = OpenFisca(self.rules, figures_of(program), word, *self.frames)
        policies = program.pack.policies
        self.changed = replace(policies[INTO], id=CHANGED)
        place = [plan.policy.id for plan in program.plans].index(CHANGED)
        self.one_polars = Peer([self.changed.conditions[0].test], figures_of(program), word)
        self.before = [scan.best(program.plans[place]) for scan in self.scans()]
        self.before_polars = pl.Series(np.concatenate(self.before))

    def one_policy(self) -> list[int]:
        """How many enter and leave, compiling included."""
        program = compile_policy(self.program.pack, ON, self.changed)
        scans = scan_tables(program, self.tables)
        moved = [
            movement(before, scan.best(program.plans[0]))
            for before, scan in zip(self.before, scans, strict=True)
        ]
        return [sum(len(one.enters) for one in moved), sum(len(one.leaves) for one in moved)]

    def all_polars(self) -> pl.DataFrame:
        return self.polars.run(*self.frames)

    def one_policy_polars(self) -> list[int]:
        found = self.one_polars.run(*self.frames).to_series()
        was, now = self.before_polars == 2, found == 2
        return [len((now & ~was).arg_true()), len((was & ~now).arg_true())]

    def check(self) -> float:
        """The share of decisions that OpenFisca, without an unknown, cannot give.

        Raises:
            SystemExit: a peer does not say what the scan says.
        """
        told = np.concatenate(
            [
                np.stack([scan.best(plan) for plan in self.program.plans], axis=1)
                for scan in self.scans()
            ]
        )
        simulation = self.openfisca.prepared()
        two_valued = np.stack(self.openfisca.calculated(simulation), axis=1)
        same = np.array_equal(self.all_polars().to_numpy(), told)
        if not same or ((told != 1) & ((told == 2) != two_valued)).any():
            raise SystemExit("the three do not answer the same")
        if self.one_policy() != self.one_policy_polars():
            raise SystemExit("the two do not move the same households")
        return float((told == 1).mean())


def _of_size(
    race: _Race, ours: dict[str, Any], peers: dict[str, Any], ratios: dict[str, Any]
) -> None:
    unknown = race.check()
    times: Timed = {}
    for _ in range(ROUNDS[race.n]):
        for work in (race.scan, race.all_polars, race.scan_on_two_cores, race.first_scan,
                     race.matrix, race.one_policy, race.one_policy_polars):  # fmt: skip
            _time(times, work.__name__, work)
    for _ in range(ROUNDS_OPENFISCA):
        _time(times, "scan_beside_openfisca", race.scan)
        simulation = _time(times, "openfisca_preparation", race.openfisca.prepared)
        calculated = partial(race.openfisca.calculated, simulation)
        _time(times, "openfisca_calculation", calculated)
    told = {name: _told(seconds) for name, seconds in times.items()}
    decisions = race.n * len(race.rules)
    ours[str(race.n)] = {
        name: told[name]
        for name in ("scan", "scan_on_two_cores", "first_scan", "matrix", "one_policy")
    } | {"million_decisions_a_cpu_second": round(decisions / told["scan"]["cpu_ms"] / 1e3)}
    peers[str(race.n)] = {
        "narwhals_polars": told["all_polars"],
        "narwhals_polars_one_policy": told["one_policy_polars"],
        "openfisca_preparation": told["openfisca_preparation"],
        "openfisca_calculation": told["openfisca_calculation"],
        "undecided_that_openfisca_decides": round(unknown, 3),
    }
    ratios[str(race.n)] = _ratios(told)


def _ratios(told: dict[str, dict[str, float]]) -> dict[str, float]:
    def over(one: str, other: str, what: str) -> float:
        return round(told[one][what] / told[other][what], 2)

    whole = {
        what: told["openfisca_preparation"][what] + told["openfisca_calculation"][what]
        for what in ("wall_ms", "cpu_ms")
    }
    beside = told["scan_beside_openfisca"]
    return {
        "polars_wall": over("all_polars", "scan", "wall_ms"),
        "polars_cpu": over("all_polars", "scan", "cpu_ms"),
        "polars_wall_both_on_two_cores": over("all_polars", "scan_on_two_cores", "wall_ms"),
        "polars_cpu_first_scan": over("all_polars", "first_scan", "cpu_ms"),
        "openfisca_calculation_wall": round(
            told["openfisca_calculation"]["wall_ms"] / beside["wall_ms"], 1
        ),
        "openfisca_calculation_cpu": round(
            told["openfisca_calculation"]["cpu_ms"] / beside["cpu_ms"], 1
        ),
        "openfisca_whole_wall": round(whole["wall_ms"] / beside["wall_ms"], 1),
        "openfisca_whole_cpu": round(whole["cpu_ms"] / beside["cpu_ms"], 1),
        "one_policy_polars_wall": over("one_policy_polars", "one_policy", "wall_ms"),
        "one_policy_polars_cpu": over("one_policy_polars", "one_policy", "cpu_ms"),
        "matrix_of_scan": over("matrix", "scan", "cpu_ms"),
        "matrix_of_first_scan": over("matrix", "first_scan", "cpu_ms"),
    }


def _time(times: Timed, name: str, work: Callable[[], Any]) -> Any:  # noqa: ANN401 - of the work
    wall, process = time.perf_counter(), time.process_time()
    found = work()
    times.setdefault(name, []).append((time.perf_counter() - wall, time.process_time() - process))
    return found


def _told(seconds: Sequence[tuple[float, float]]) -> dict[str, float]:
    """Medians in milliseconds."""
    walls, cpus = zip(*seconds, strict=True)
    return {"wall_ms": round(median(walls) * 1e3, 2), "cpu_ms": round(median(cpus) * 1e3, 2)}


def _cores() -> int:
    return len(os.sched_getaffinity(0))


def _catalogue(pack: Pack) -> dict[str, Any]:
    """The whole catalogue of a place, whose rules share less; nobody else reads it."""
    start = time.perf_counter()
    program = compile_pack.__wrapped__(pack, ON)
    compiled = time.perf_counter() - start
    ours = _Ours(program, 100_000)
    times: Timed = {}
    for _ in range(5):
        for work in (ours.first_scan, ours.scan, ours.matrix):
            _time(times, work.__name__, work)
    told = {name: _told(seconds) for name, seconds in times.items()}
    decisions = 100_000 * len(program.plans)
    return {
        "policies": len(program.plans), "operations": len(program.ops),
        "compile_ms": round(compiled * 1e3, 1), **told,
        "million_decisions_a_cpu_second": round(decisions / told["scan"]["cpu_ms"] / 1e3),
        "matrix_of_scan": round(told["matrix"]["cpu_ms"] / told["scan"]["cpu_ms"], 2),
    }  # fmt: skip


def _cold_start(rules: Program) -> dict[str, float]:
    """Families as objects, facts chosen, to a table; compiling; both once a load or a change."""
    day = date(2026, 6, 30)
    families = [family_of(case, day) for case in generate(SEED, 2_000, day).cases]
    times: Timed = {}
    for _ in range(5):
        _time(times, "encode", lambda: encode(families, day))
        _time(times, "compile", lambda: compile_pack.__wrapped__(rules.pack, ON))
    each = median(cpu for _, cpu in times["encode"]) / len(families)
    return {
        "encode_us_a_household": round(each * 1e6, 1),
        "compile_30_rules_ms": _told(times["compile"])["cpu_ms"],
    }


def _memory(whose: str) -> dict[str, float]:
    """Peaks over the data in processes of their own."""
    command = [sys.executable, "-m", "benchmarks.scan_memory", whose, str(SIZES[-1])]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(run.stdout)
    return found


if __name__ == "__main__":
    main()
