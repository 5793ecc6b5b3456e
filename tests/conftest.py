"""What all tests share: how hard Hypothesis tries, and what ran on which part of the machine."""

import os
import time

import pytest
from hypothesis import HealthCheck, settings

from benchmarks.record import machine, write

PARTS = ("neo4j", "browser", "spark")

settings.register_profile("fast", max_examples=50, deadline=None, derandomize=True)
settings.register_profile(
    "deep",
    max_examples=1_000,
    stateful_step_count=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "fast")
settings.load_profile(PROFILE)
STARTED = pytest.StashKey[tuple[float, dict]]()


def pytest_configure(config):
    config.stash[STARTED] = (time.monotonic(), machine())


def pytest_terminal_summary(terminalreporter, config):
    """Say how many tests ran on each part: a part that was missing must not pass unseen."""
    counts = {
        part: {
            outcome: sum(
                part in getattr(report, "keywords", ())
                for report in terminalreporter.getreports(outcome)
            )
            for outcome in ("passed", "failed", "skipped", "error")
        }
        for part in PARTS
    }
    for part, outcomes in counts.items():
        shown = ", ".join(f"{n} {outcome}" for outcome, n in outcomes.items() if n)
        terminalreporter.write_line(f"{part}: {shown or 'none selected'}")
    if PROFILE == "deep":
        keep_soak(terminalreporter, config, counts)


def keep_soak(terminalreporter, config, counts):
    """Keep the figures of a long run beside those of the benchmarks."""
    started, before = config.stash[STARTED]
    outcomes = ("passed", "failed", "error", "skipped")
    ours = {outcome: len(terminalreporter.getreports(outcome)) for outcome in outcomes}
    ours |= {"seconds": round(time.monotonic() - started), "by_part": counts}
    result = {
        "seed": config.getoption("hypothesis_seed", None),
        "ours": ours,
        "peers": {},
        "ratios": {},
        "goal": {"failed": 0, "error": 0},
        "met": ours["failed"] == ours["error"] == 0,
    }
    write("soak", result, before)
