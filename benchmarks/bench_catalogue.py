"""How long the whole catalogue takes to load and to check, and the memory that it keeps."""

import json
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.record import ROOT, machine, percentiles, write

__all__ = ["main"]

ROUNDS = 9
GOAL_LOAD_S = 1.5
GOAL_MEMORY_MB = 150
# In a fresh process, so that imports and the peak of memory count.
LOAD = """
import json, resource, time
started = time.perf_counter()
from seed.load import load_catalogue
imported = time.perf_counter()
catalogue = load_catalogue()
done = time.perf_counter()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"load_s": done - imported, "with_imports_s": done - started, "peak_mb": peak,
                  "packs": len(catalogue.packs)}))
"""


def main() -> None:
    """Measure, write the result, exit 1 if a goal is missed."""
    before = machine()
    runs = [_loaded() for _ in range(ROUNDS)]
    check_s, counts = _checked()
    with_imports = percentiles([run["with_imports_s"] for run in runs])
    peak = round(max(run["peak_mb"] for run in runs), 1)
    ours = {
        "load": percentiles([run["load_s"] for run in runs]),
        "load_with_imports": with_imports,
        "peak_mb": peak,
        "packs": int(runs[0]["packs"]),
        "check_s": round(check_s, 1),
        "counts": counts,
        "rounds": ROUNDS,
    }
    met = with_imports["p99_ms"] / 1_000 <= GOAL_LOAD_S and peak <= GOAL_MEMORY_MB
    result = {
        "seed": None,
        "ours": ours,
        "peers": {},
        "ratios": {},
        "goal": {"load_s": GOAL_LOAD_S, "memory_mb": GOAL_MEMORY_MB},
        "met": met,
    }
    write("catalogue", result, before)
    sys.exit(0 if met else 1)


def _loaded() -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-c", LOAD], cwd=ROOT, check=True, capture_output=True, text=True
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _checked() -> tuple[float, dict[str, int]]:
    started = time.perf_counter()
    command = [str(Path(sys.executable).with_name("zhaoren")), "check", "--json"]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - started
    counts = {
        name: value
        for name, value in json.loads(done.stdout).items()
        if isinstance(value, int) and not isinstance(value, bool)
    }
    return seconds, counts


if __name__ == "__main__":
    main()
