"""All policies for a whole population: the scan beside a data-frame library, equal answers.

Needs the extra `bench`. Columns are generated, 65,536 households a block; the peer gets all rows at
once and both cores.
"""

import resource
import sys
import time
from datetime import date
from statistics import median
from typing import Any

import numpy as np
import polars as pl

from benchmarks.record import machine, write
from benchmarks.scan_peer import Peer, frame_of
from benchmarks.scan_world import AIDS, ON, pack_of_rules, population
from matching.facts import family_of
from matching.packs import Pack
from matching.scan.columns import Value
from matching.scan.compiler import Compiler
from matching.scan.encode import encode
from matching.scan.missing import matrix
from matching.scan.operations import Run
from matching.scan.population import BLOCK
from matching.scan.program import HOUSEHOLDS, PERSONS, Mode, Scope
from matching.scan.status import Program, compile_pack, scan
from matching.scan.table import FactTable
from matching.tree import FactRef, Holds, walk
from seed.load import load_catalogue
from seed.synthetic import generate

__all__ = ["main"]

SEED = 20_261_122
SIZES = (10_000, 100_000, 1_000_000)
ROUNDS = 3
GOAL = 10.0


def main() -> None:
    """Measure, write the result, exit 1 if a goal is missed."""
    before = machine()
    catalogue = load_catalogue()
    rules = compile_pack(pack_of_rules(catalogue), ON)
    whole = compile_pack(catalogue.packs["cn/shanghai/xuhui"], ON)
    ours: dict[str, Any] = {}
    peers: dict[str, Any] = {}
    ratios: dict[str, float] = {}
    for n in SIZES:
        blocks = _blocks(rules, n)
        ours[f"rules_30_{n}"] = _measure(rules, blocks)
        peers[f"narwhals_polars_{n}"], answers = _peer(rules, blocks)
        ratios[f"wall_{n}"] = round(
            peers[f"narwhals_polars_{n}"]["wall_ms"] / ours[f"rules_30_{n}"]["wall_ms"], 2
        )
        ratios[f"cpu_{n}"] = round(
            peers[f"narwhals_polars_{n}"]["cpu_ms"] / ours[f"rules_30_{n}"]["cpu_ms"], 2
        )
        if not np.array_equal(answers, _answers(rules, blocks)):
            raise SystemExit("the two do not answer the same")
    ours["catalogue_100000"] = _measure(whole, _blocks(whole, 100_000))
    ours["compile_ms"] = _compile_ms(catalogue.packs["cn/shanghai/xuhui"])
    ours["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    ours["encode"] = _encode_ms()
    largest = ratios[f"wall_{SIZES[-1]}"]
    traced = ours[f"rules_30_{SIZES[-1]}"]["matrix_ratio"]
    result = {
        "seed": SEED, "ours": ours, "peers": peers, "ratios": ratios,
        "goal": {"wall_of_peer": GOAL, "matrix_of_scan": 1.5},
        "met": largest >= GOAL and traced <= 1.5,
    }  # fmt: skip
    write("scan", result, before)
    sys.exit(0 if result["met"] else 1)


def _blocks(program: Program, n: int) -> list[FactTable]:
    used = frozenset(str(op.data[0]) for op in program.ops if op.kind in ("stated", "is_told"))
    sizes = [min(BLOCK, n - start) for start in range(0, n, BLOCK)]
    return [population(size, used, SEED + number) for number, size in enumerate(sizes)]


def _measure(program: Program, blocks: list[FactTable]) -> dict[str, float]:
    """Plain scan and scan with the matrix, median of rounds; M decisions a second."""
    plain, cpu, full = [], [], []
    for _ in range(ROUNDS):
        wall, process = time.perf_counter(), time.process_time()
        for block in blocks:
            scan(program, block, traced=False)
        plain.append(time.perf_counter() - wall)
        cpu.append(time.process_time() - process)
        wall = time.perf_counter()
        for block in blocks:
            matrix(scan(program, block))
        full.append(time.perf_counter() - wall)
    n = sum(block.size for block in blocks) * len(program.plans)
    return {
        "households": sum(block.size for block in blocks),
        "policies": len(program.plans),
        "operations": len(program.ops),
        "wall_ms": round(median(plain) * 1000, 1),
        "cpu_ms": round(median(cpu) * 1000, 1),
        "million_decisions_a_second": round(n / median(plain) / 1e6, 1),
        "with_matrix_ms": round(median(full) * 1000, 1),
        "matrix_ratio": round(median(full) / median(plain), 2),
    }


def _answers(program: Program, blocks: list[FactTable]) -> np.ndarray[Any, Any]:
    found = []
    for block in blocks:
        one = scan(program, block, traced=False)
        found.append(np.stack([one.best(plan) for plan in program.plans], axis=1))
    return np.concatenate(found)


def _peer(
    program: Program, blocks: list[FactTable]
) -> tuple[dict[str, float], np.ndarray[Any, Any]]:
    trees = [plan.policy.conditions[0].test for plan in program.plans]
    line = program.pack.standards["DIBAO_LINE"].at(ON).figure
    peer = Peer(trees, {"DIBAO_LINE": int(line or 0)}, blocks[0].words.id)
    households, persons = _frames(program, blocks)
    walls, cpus, found = [], [], pl.DataFrame()
    for _ in range(ROUNDS):
        wall, process = time.perf_counter(), time.process_time()
        found = peer.run(households, persons)
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - process)
    told = {
        "wall_ms": round(median(walls) * 1000, 1),
        "cpu_ms": round(median(cpus) * 1000, 1),
        "million_decisions_a_second": round(len(households) * len(trees) / median(walls) / 1e6, 1),
    }
    return told, found.to_numpy()


def _frames(program: Program, blocks: list[FactTable]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All blocks as two frames, with the facts that the rules read, resolved."""
    compiler = Compiler(program.pack, ON)
    names = sorted(
        {
            (part.name, HOUSEHOLDS if part.var == "household" else PERSONS)
            for plan in program.plans
            for part in walk(plan.policy.conditions[0].test)
            if isinstance(part, FactRef)
        },
        key=str,
    )
    ops = {name: (compiler.fact(name, space, Mode.ALL), space) for name, space in names}
    scope = Scope(HOUSEHOLDS, {}, "cn")
    for aid in AIDS:
        for lacks in (False, True):
            op = compiler.read(Holds("household", (aid,), lacks), scope)
            ops[f"{'lacks' if lacks else 'holds'}.{aid}"] = (op, HOUSEHOLDS)
    families, people, start = [], [], 0
    for block in blocks:
        run = Run(program.pack, block)
        run.run(compiler.builder.ops)
        owners = block.owners["P"]
        counts = np.bincount(owners, minlength=block.size)
        whole = frame_of(_of(run, ops, HOUSEHOLDS), block.size)
        whole = whole.with_columns(
            pl.Series("household", np.arange(block.size) + start), pl.Series("n_members", counts)
        )
        each = frame_of(_of(run, ops, PERSONS), len(owners))
        people.append(each.with_columns(pl.Series("household", owners + start)))
        families.append(whole)
        start += block.size
    return pl.concat(families, rechunk=True), pl.concat(people, rechunk=True)


def _of(run: Run, ops: dict[str, Any], space: object) -> dict[str, Value]:
    return {name: run.values[op] for name, (op, where) in ops.items() if where == space}


def _compile_ms(pack: Pack) -> float:
    start = time.perf_counter()
    compile_pack.__wrapped__(pack, ON)
    return round((time.perf_counter() - start) * 1000, 1)


def _encode_ms() -> dict[str, float]:
    """From families as objects to a table; the made-up district, facts already chosen."""
    day = date(2026, 6, 30)
    families = [family_of(case, day) for case in generate(SEED, 1_000, day).cases]
    start = time.perf_counter()
    encode(families, day)
    seconds = time.perf_counter() - start
    return {"households": len(families), "ms_per_thousand": round(seconds * 1e6 / len(families), 1)}


if __name__ == "__main__":
    main()
