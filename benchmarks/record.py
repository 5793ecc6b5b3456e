"""The frame of every measurement: what machine, which commit, figures, and where they go."""

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from typing import Any

__all__ = ["ROOT", "machine", "percentiles", "timed", "write"]

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"


def timed(
    work: Callable[[], object],
    *,
    rounds: int,
    warm: int = 1,
    clock: Callable[[], float] = time.perf_counter,
) -> list[float]:
    """Seconds of each round, after some that do not count.

    Args:
        work: what is measured.
        rounds: how often.
        warm: rounds before that do not count.
        clock: wall time; `time.process_time` leaves out what else runs on the machine.
    """
    for _ in range(warm):
        work()
    seconds = []
    for _ in range(rounds):
        start = clock()
        work()
        seconds.append(clock() - start)
    return seconds


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """p50, p99 and worst, in milliseconds."""
    cuts = quantiles(seconds, n=100, method="inclusive")
    named = {"p50_ms": cuts[49], "p99_ms": cuts[98], "worst_ms": max(seconds)}
    return {name: round(value * 1000, 3) for name, value in named.items()}


def machine() -> dict[str, Any]:
    """What it was measured on; no name and no address."""
    return {
        "cpu": platform.machine(),
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def commit() -> str:
    """The commit that was measured, marked if files differ from it."""

    def git(*words: str) -> str:
        run = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True)
        return run.stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no")
    return git("rev-parse", "--short=12", "HEAD") + ("+changes" if changed else "")


def write(name: str, result: Mapping[str, Any], before: Mapping[str, Any]) -> Path:
    """Put one result into its file, with everything that all results have.

    Args:
        name: of the measurement and of its file.
        result: seed, ours, peers, ratios, goal, met.
        before: `machine()` as it was before the measurement.
    """
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{name}.json"
    day = datetime.fromtimestamp(time.time(), UTC).date().isoformat()
    head = {"name": name, "commit": commit(), "date": day, "machine": dict(before)}
    text = json.dumps({**head, **result}, ensure_ascii=False, indent=2) + "\n"
    path.write_text(text, "utf-8")
    sys.stdout.write(text)
    return path
