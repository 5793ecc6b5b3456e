"""The portable reading of the rules: beside the scan on polars, and on Spark; equal answers.

Needs Spark (`make parts`). Each case runs in a process of its own, so that each has its own peak of
memory; a ratio comes out of rounds that take turns in one process. Takes some eight minutes.
"""

import json
import os
import pickle
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.record import machine, write
from benchmarks.scan_world import ON, pack_of_rules, population
from benchmarks.spark_session import spark_session
from matching.facts import family_of
from matching.portable.encoded import frames_of
from matching.portable.layout import Frames
from matching.portable.running import best_outcomes
from matching.scan.encode import encode
from matching.scan.population import BLOCK
from matching.scan.status import Program, compile_pack, scan
from matching.scan.table import FactTable
from seed.load import load_catalogue
from seed.synthetic import generate

__all__ = ["main"]

SEED = 20_261_122
ROUNDS = 3
TABLES = ("households", "persons", "events", "kin", "lines", "coverage")


def main() -> None:
    """Measure every case in a process of its own; write the result."""
    if len(sys.argv) > 1:
        sys.stdout.write(json.dumps(CASES[sys.argv[1]]()))
        return
    before = machine()
    ours, peers, ratios = {}, {}, {}
    for name in CASES:
        sys.stderr.write(f"{name} ...\n")
        told = _in_a_process(name)
        ours[name] = told.pop("ours", told)
        if "peer" in told:
            peers[name] = told["peer"]
            ratios[name] = {
                unit: round(told["peer"][unit] / ours[name][unit], 1)
                for unit in ("wall_ms", "cpu_ms")
            }
    result = {
        "seed": SEED, "ours": ours, "peers": peers, "ratios": ratios,
        "goal": {"equal_answers": True}, "met": True,
    }  # fmt: skip
    write("portable", result, before)


def _in_a_process(name: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.bench_portable", name]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


# What is measured


def _program(which: str) -> Program:
    catalogue = load_catalogue()
    pack = pack_of_rules(catalogue) if which == "rules" else catalogue.packs["cn/shanghai/xuhui"]
    return compile_pack(pack, ON)


def _table(program: Program, n: int, seed: int = SEED) -> FactTable:
    used = frozenset(str(op.data[0]) for op in program.ops if op.kind in ("stated", "is_told"))
    table = population(n, used, seed)
    return replace(table, ids=[str(one) for one in table.ids])


def _blocks(program: Program, n: int) -> list[FactTable]:
    sizes = [min(BLOCK, n - start) for start in range(0, n, BLOCK)]
    return [_table(program, size, SEED + place) for place, size in enumerate(sizes)]


def _timed(work: Callable[[], Any]) -> tuple[float, float, Any]:
    wall, cpu = time.perf_counter(), time.process_time()
    found = work()
    return time.perf_counter() - wall, time.process_time() - cpu, found


def _figures(times: list[tuple[float, float]], decisions: int) -> dict[str, float]:
    wall, cpu = (statistics.median(part) for part in zip(*times, strict=True))
    return {
        "first_ms": round(times[0][0] * 1000, 1),
        "wall_ms": round(wall * 1000, 1),
        "cpu_ms": round(cpu * 1000, 1),
        "million_decisions_a_second": round(decisions / wall / 1e6, 2),
    }


def _answers(program: Program, table: FactTable) -> list[Any]:
    found = scan(program, table, traced=False)
    return [found.best(plan) for plan in program.plans]


def _beside_the_scan(which: str, n: int) -> dict[str, Any]:
    """The scan and narwhals over polars, turn by turn; the same table, the same answers."""
    program = _program(which)
    table = _table(program, n)
    frames = frames_of(table)
    ours, peer = [], []
    for _ in range(ROUNDS):
        wall, cpu, told = _timed(lambda: _answers(program, table))
        ours.append((wall, cpu))
        wall, cpu, found = _timed(lambda: best_outcomes(program, frames))
        peer.append((wall, cpu))
        for plan, best in zip(program.plans, told, strict=True):
            if not np.array_equal(found[plan.policy.id].to_numpy(), best):
                raise SystemExit(f"{plan.policy.id}: the two do not answer the same")
    decisions = n * len(program.plans)
    return {"ours": _figures(ours, decisions), "peer": _figures(peer, decisions)}


def _rss_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _memory(which: str, n: int, engine: str) -> dict[str, float]:
    """Peak over the data itself, which is loaded before."""
    program = _program(which)
    table = _table(program, n)
    frames = frames_of(table) if engine == "polars" else None
    held = _rss_mb()
    if frames is not None:
        best_outcomes(program, frames)
    else:
        scan(program, table, traced=False)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return {"data_mb": round(held), "peak_mb_over_data": round(peak - held)}


def _in_parquet(frames: Frames, folder: Path) -> int:
    """Written; bytes."""
    for one in TABLES:
        getattr(frames, one).write_parquet(folder / f"{one}.parquet")
    return sum(path.stat().st_size for path in folder.glob("*.parquet"))


def _rounds(work: Callable[[], Any]) -> tuple[list[float], Any]:
    seconds, found = [], None
    for _ in range(ROUNDS):
        wall, _, found = _timed(work)
        seconds.append(wall)
    return seconds, found


def _told(start: float, seconds: list[float], decisions: int) -> dict[str, float]:
    return {
        "start_s": round(start, 1),
        "cold_s": round(seconds[0], 2),
        "warm_s": round(min(seconds), 2),
        "million_decisions_a_second": round(decisions / min(seconds) / 1e6, 2),
    }


def _spark(which: str, n: int) -> dict[str, Any]:
    """The same program on Spark, first and again; tables in Parquet."""
    program = _program(which)
    table = _table(program, n)
    frames = frames_of(table)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        size = _in_parquet(frames, folder)
        start = time.perf_counter()
        with spark_session(folder) as session:
            up = time.perf_counter() - start
            read = {one: session.read.parquet(str(folder / f"{one}.parquet")) for one in TABLES}
            opened = Frames(**read, scales=frames.scales)
            seconds, found = _rounds(lambda: best_outcomes(program, opened).collect())
            peak = _peak_of(session.sparkContext._gateway.proc.pid)
    for plan, best in zip(program.plans, _answers(program, table), strict=True):
        if [row[plan.policy.id] for row in found] != best.tolist():
            raise SystemExit(f"{plan.policy.id}: Spark does not answer the same")
    told = _told(up, seconds, n * len(program.plans))
    return {**told, "jvm_peak_mb": peak, "parquet_mb": round(size / 1e6, 1)}


def _peak_of(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1000


def _scan_inside_spark(which: str, n: int) -> dict[str, Any]:
    """Our scan in Spark's Python workers: a file of encoded columns is a partition."""
    program = _program(which)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = []
        for place, block in enumerate(_blocks(program, n)):
            path = folder / f"{place:04d}.pickle"
            path.write_bytes(pickle.dumps(block))
            paths.append(str(path))
        start = time.perf_counter()
        with spark_session(folder) as session:
            up = time.perf_counter() - start
            shared = session.sparkContext.broadcast(program)
            tasks = session.sparkContext.parallelize(paths, len(paths))
            work = tasks.map(lambda path: _scanned(shared.value, path))
            seconds, found = _rounds(work.collect)
        if found != [_scanned(program, path) for path in paths]:
            raise SystemExit("Spark's workers do not answer the same")
    told = _told(up, seconds, n * len(program.plans))
    return {**told, "answer_mb": round(sum(map(len, found)) / 1e6, 1)}


def _scanned(program: Program, path: str) -> bytes:
    """The best outcomes of one block, a byte a household and policy."""
    table = pickle.loads(Path(path).read_bytes())  # noqa: S301 - written by this process
    return np.stack(_answers(program, table)).tobytes()


def _sizes() -> dict[str, float]:
    """What a household of the made-up district costs: to encode, in memory, in Parquet."""
    day = date(2026, 6, 30)
    families = [family_of(case, day) for case in generate(SEED, 4_000, day).cases]
    _, encode_cpu, table = _timed(lambda: encode(families, day))
    held = len(pickle.dumps(table))
    _, frames_cpu, frames = _timed(lambda: frames_of(table))
    with tempfile.TemporaryDirectory() as name:
        parquet = _in_parquet(frames, Path(name))
    program = compile_pack(load_catalogue().packs["cn/shanghai/demo"], day)
    _, scan_cpu, _ = _timed(lambda: _answers(program, table))
    n = len(families)
    return {
        "households": n,
        "members_per_household": round(sum(len(one.members) for one in families) / n, 2),
        "policies": len(program.plans),
        "encode_us_per_household": round(encode_cpu / n * 1e6, 1),
        "frames_us_per_household": round(frames_cpu / n * 1e6, 1),
        "scan_us_per_household": round(scan_cpu / n * 1e6, 2),
        "encoded_bytes_per_household": round(held / n),
        "parquet_bytes_per_household": round(parquet / n),
    }


CASES: dict[str, Callable[[], dict[str, Any]]] = {
    "district_sizes": _sizes,
    "rules_30_100000": lambda: _beside_the_scan("rules", 100_000),
    "rules_30_1000000": lambda: _beside_the_scan("rules", 1_000_000),
    "catalogue_100000": lambda: _beside_the_scan("catalogue", 100_000),
    "memory_scan_rules_30_1000000": lambda: _memory("rules", 1_000_000, "scan"),
    "memory_polars_rules_30_1000000": lambda: _memory("rules", 1_000_000, "polars"),
    "memory_scan_catalogue_100000": lambda: _memory("catalogue", 100_000, "scan"),
    "memory_polars_catalogue_100000": lambda: _memory("catalogue", 100_000, "polars"),
    "spark_rules_30_100000": lambda: _spark("rules", 100_000),
    "scan_in_spark_rules_30_1000000": lambda: _scan_inside_spark("rules", 1_000_000),
    "scan_in_spark_catalogue_1000000": lambda: _scan_inside_spark("catalogue", 1_000_000),
    "spark_catalogue_10000": lambda: _spark("catalogue", 10_000),
}


if __name__ == "__main__":
    main()
