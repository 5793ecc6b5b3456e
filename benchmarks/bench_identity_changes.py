"""What 1,000 changed persons among 500,000 cost: compared only with whom they may be.

    python -m benchmarks.bench_identity_changes [persons]     about five minutes at 500,000

The peer is our own comparison of everybody, in a world of a fifth of the size; that both find the
same about the changed ones is asserted there.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from statistics import median
from typing import Any, TypeVar

from benchmarks.identity_measures import peak_memory_mb, read_world
from benchmarks.identity_world import make_world
from benchmarks.record import machine, write
from matching.identity.findings import find_same_persons
from matching.identity.model import LinkageModel
from matching.identity.nearby import near
from matching.identity.records import PersonRecord
from matching.identity.register import Register
from seed.linkage_files import load_characters, load_linkage_model

__all__ = ["main"]

PERSONS, CHANGED, ROUNDS = 500_000, 1_000, 3
GOAL_SECONDS = 60.0
T = TypeVar("T")


def main() -> None:
    """Measure, write the result, exit 1 if the goal is missed."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else PERSONS
    before = machine()
    records, small = _records(size), _records(size // 5)
    full = _everybody(small)
    ours = {str(len(few)): _changes(few) for few in (small, records)}
    most = ours[str(len(records))]
    result = {
        "seed": 1,
        "ours": {**ours, "peak_mb": peak_memory_mb()},
        "peers": {"everybody_compared": full},
        "ratios": {
            "everybody_to_changed_cpu": round(
                full["cpu_seconds"] / ours[str(len(small))]["cpu_seconds"], 1
            )
        },
        "goal": {"cpu_seconds_at_most": GOAL_SECONDS, "of_changed": CHANGED, "among": size},
        "met": most["cpu_seconds"] <= GOAL_SECONDS,
    }
    write("identity_changes", result, before)
    sys.exit(0 if result["met"] else 1)


def _records(size: int) -> list[PersonRecord]:
    world = make_world(1, round(size / 1.118), load_characters())
    return read_world(world, load_characters())


def _model(n_records: int) -> LinkageModel:
    return replace(load_linkage_model(), n_records=n_records)


def _everybody(records: list[PersonRecord]) -> dict[str, float]:
    """The whole comparison; what is found near the changed ones must be part of it."""
    register = Register(_model(len(records)), load_characters())
    seconds = _clocked(lambda: (register.add(records), register.clusters()))[1]
    close = _near(records, {one.key for one in records[:: len(records) // CHANGED]})
    inside = {one.key for one in close.records}
    ours = find_same_persons(close)
    theirs = tuple(one for one in find_same_persons(register) if inside & {*one.records})
    if ours != theirs:
        raise SystemExit(f"{len(ours)} findings near the changed ones, {len(theirs)} in all")
    return {"records": len(records), **seconds, "findings_near": len(ours)}


def _near(records: list[PersonRecord], changed: set[str]) -> Register:
    return near(_model(len(records)), load_characters(), lambda: iter(records), changed)


def _changes(records: list[PersonRecord]) -> dict[str, Any]:
    changed = {one.key for one in records[:: len(records) // CHANGED]}
    rounds = [
        _clocked(lambda: find_same_persons(_near(records, changed)))[1] for _ in range(ROUNDS)
    ]
    return {
        "changed": len(changed),
        **{name: round(median(one[name] for one in rounds), 2) for name in rounds[0]},
    }


def _clocked(work: Callable[[], T]) -> tuple[T, dict[str, float]]:
    start, cpu = time.perf_counter(), time.process_time()
    done = work()
    return done, {
        "seconds": round(time.perf_counter() - start, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
    }


if __name__ == "__main__":
    main()
