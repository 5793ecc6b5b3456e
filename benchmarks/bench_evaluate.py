"""How long one family's answer takes: the command from the shell, and the function alone."""

import subprocess
import sys
import time
from datetime import date
from pathlib import Path

from benchmarks.record import ROOT, machine, percentiles, timed, write
from matching.answer import answer
from matching.family_file import read_families
from seed.load import load_catalogue

__all__ = ["main"]

FAMILY = Path("docs/examples/family.yaml")
DAYS = (date(2018, 5, 1), date(2024, 8, 1), date(2026, 6, 30), date(2026, 7, 1))
COMMANDS = 15
ANSWERS = 300
GOAL_COMMAND_MS = 1_500
GOAL_FUNCTION_MS = 50


def main() -> None:
    """Measure, write the result, exit 1 if a goal is missed."""
    before = machine()
    command = [str(Path(sys.executable).with_name("zhaoren")), "evaluate", str(FAMILY)]
    command += ["--on", DAYS[2].isoformat(), "--json"]

    def run_command() -> None:
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)

    catalogue = load_catalogue()
    (family,) = read_families((ROOT / FAMILY).read_text("utf-8"), FAMILY.name)

    def answer_each_day() -> None:
        for day in DAYS:
            answer(catalogue, family, day)

    shell = percentiles(timed(run_command, rounds=COMMANDS))
    walls = timed(answer_each_day, rounds=ANSWERS)
    cpus = timed(answer_each_day, rounds=ANSWERS, clock=time.process_time)
    function_cpu = percentiles([seconds / len(DAYS) for seconds in cpus])
    ours = {
        "command": shell,
        "load_catalogue": percentiles(timed(load_catalogue, rounds=10)),
        "function": percentiles([seconds / len(DAYS) for seconds in walls]),
        "function_cpu": function_cpu,
        "items": len(answer(catalogue, family, DAYS[2]).items),
        "policies": len(catalogue.pack_for(family.place).policies),
        "rounds": {"command": COMMANDS, "function": ANSWERS * len(DAYS)},
    }
    met = shell["p50_ms"] <= GOAL_COMMAND_MS and function_cpu["p99_ms"] <= GOAL_FUNCTION_MS
    result = {
        "seed": None,
        "ours": ours,
        "peers": {},
        "ratios": {},
        "goal": {"command_p50_ms": GOAL_COMMAND_MS, "function_cpu_p99_ms": GOAL_FUNCTION_MS},
        "met": met,
    }
    write("evaluate", result, before)
    sys.exit(0 if met else 1)


if __name__ == "__main__":
    main()
