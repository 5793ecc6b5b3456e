"""What a look costs a household: the scan first, and only what may be a finding explained.

    python -m benchmarks.bench_look [households]     about 3 minutes on a quiet machine

The thinking of a night run without its store: `look_over` on portions of a made-up district, in
processor time, beside the same look with everything explained. Then `whatif` and `upcoming` on a
store, seconds of processor time for a thousand households. Rounds alternate.
"""

import gc
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median

from api.services.upcoming import upcoming
from api.services.whatif import compare, sides_of
from benchmarks.record import machine, write
from graph import open_store
from graph.store import Store
from matching.findings import find, look_at, look_over
from matching.model.records import Case
from matching.packs import Catalogue
from matching.what_changes import Totals
from matching.whatif_file import read_supposition
from seed.load import load_catalogue, load_demo
from seed.synthetic import generate

__all__ = ["main"]

ON = date(2026, 6, 30)
SEED = 20260701
HOUSEHOLDS = 2_000
EXPLAINED = 40  # households looked at in full
ROUNDS = 3
STORED = 300
PORTIONS = (200, 500, 2_000)
GOAL_MS = 1.0
SUPPOSED = {"figure": "standards: {DIBAO_LINE: 1800}\n", "day": "day: 2026-07-01\n"}
AHEAD = {
    "law_changes": (date(2026, 6, 20), date(2026, 7, 20)),
    "ordinary_month": (date(2026, 7, 2), date(2026, 8, 1)),
}


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _parts(cases: Sequence[Case], size: int) -> Iterator[Sequence[Case]]:
    return (cases[start : start + size] for start in range(0, len(cases), size))


def _look(catalogue: Catalogue, cases: Sequence[Case], size: int) -> None:
    for part in _parts(cases, size):
        look_over(catalogue, part, ON)


def looked(catalogue: Catalogue, cases: Sequence[Case]) -> dict[str, float]:
    """Milliseconds of processor time a household, by the size of a portion, and in full."""
    look_over(catalogue, cases[:EXPLAINED], ON)  # what a place and day are compiled to stays
    gc.collect()
    gc.freeze()  # as a worker of the night run does after its first share
    rounds: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for size in PORTIONS:
            spent = _seconds(partial(_look, catalogue, cases, size))
            rounds.setdefault(f"portions_of_{size}", []).append(spent / len(cases))
        whole = _seconds(lambda: [find(look_at(catalogue, one, ON)) for one in cases[:EXPLAINED]])
        rounds.setdefault("all_explained", []).append(whole / EXPLAINED)
    return {name: round(median(spent) * 1000, 3) for name, spent in rounds.items()}


def _run(found: Iterable[object]) -> None:
    for _ in found:
        pass


def compared(catalogue: Catalogue, store: Store) -> dict[str, float]:
    """Seconds of processor time for a thousand households, of each supposition and each month."""
    found = {}
    for name, text in SUPPOSED.items():
        supposed = read_supposition(catalogue, text, "bench.yaml")
        two = sides_of(catalogue, supposed, ON, Path())
        found[f"whatif_{name}"] = _seconds(partial(_run, compare(store, two, None, Totals())))
    for name, span in AHEAD.items():
        ahead = upcoming(store, catalogue, None, span)
        found[f"upcoming_{name}"] = _seconds(partial(_run, ahead))
    return {name: round(spent / STORED * 1000, 1) for name, spent in found.items()}


def main() -> None:
    """Measure, write the result, exit 1 if the goal is missed."""
    households = int(sys.argv[1]) if len(sys.argv) > 1 else HOUSEHOLDS
    before, catalogue = machine(), load_catalogue()
    spent = looked(catalogue, generate(SEED, households, ON).cases)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with (
        tempfile.TemporaryDirectory() as folder,
        open_store(f"embedded:{folder}/look.sqlite", create=True) as store,
    ):
        load_demo(store, catalogue, lambda word: "x" * len(word), n_households=STORED)
        thousand = compared(catalogue, store)
    best = min(spent[f"portions_of_{size}"] for size in PORTIONS)
    result = {
        "seed": SEED,
        "households": households,
        "ours": {
            "ms_a_household": spent,
            "seconds_a_thousand": thousand,
            "peak_rss_mb": round(peak / 1024),
        },
        "peers": {},
        "ratios": {"all_explained_to_screened": round(spent["all_explained"] / best, 1)},
        "goal": {"ms_a_household": GOAL_MS},
        "met": best <= GOAL_MS,
    }
    write("look", result, before)
    sys.exit(0 if best <= GOAL_MS else 1)


if __name__ == "__main__":
    main()
