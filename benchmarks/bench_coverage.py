"""Coverage for the office: time and memory for a household, by size of the district.

`python -m benchmarks.bench_coverage` makes districts of 300, 3,000 and 10,000 households in memory,
counts all six reports, and says what a household costs: facts chosen, counting, the tables; what
stays in memory when all is counted, and at most while it is. No peer: none of the systems that were
read counts any of this (domain, H2 to H4).
"""

import argparse
import gc
import time
import tracemalloc
from datetime import date
from typing import Any

from benchmarks.record import machine, write
from matching.facts import family_of
from matching.model.family import Family
from matching.model.records import Case
from matching.office import Tally, count, report_of
from matching.packs import Catalogue
from seed.load import DEMO_SEED, load_catalogue
from seed.synthetic import generate

__all__ = ["main"]

DAY = date(2026, 6, 30)
SIZES = (300, 3_000, 10_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=list(SIZES))
    sizes, before = parser.parse_args().sizes, machine()
    catalogue = load_catalogue()
    rows = [measured(catalogue, size) for size in sizes]
    write("coverage", {"seed": DEMO_SEED, "day": DAY.isoformat(), "ours": rows}, before)


def measured(catalogue: Catalogue, size: int) -> dict[str, Any]:
    """What one size costs: CPU time without, memory with tracing."""
    cases = generate(DEMO_SEED, size, DAY).cases
    start = time.process_time()
    pairs = [(case, family_of(case, DAY)) for case in cases]
    chosen = time.process_time()
    tally = Tally()
    count(catalogue, pairs, DAY, tally)
    counted = time.process_time()
    report_of(tally, catalogue, DAY)
    done = time.process_time()
    kept, peak = memory(catalogue, pairs)
    return {
        "households": size,
        "facts_us": round((chosen - start) / size * 1e6),
        "counting_us": round((counted - chosen) / size * 1e6),
        "tables_ms": round((done - counted) * 1e3),
        "cells": len(tally.counts),
        "kept_mb": round(kept / 1e6, 1),
        "peak_mb": round(peak / 1e6, 1),
    }


def memory(catalogue: Catalogue, pairs: list[tuple[Case, Family]]) -> tuple[int, int]:
    """Bytes kept by a count, and at most beside the households, which a store would stream."""
    gc.collect()
    tracemalloc.start()
    tally = Tally()
    count(catalogue, iter(pairs), DAY, tally)
    found = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return found


if __name__ == "__main__":
    main()
