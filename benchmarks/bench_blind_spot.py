"""How often the range of the blind-spot estimate holds the truth, in small made-up worlds."""

import sys
from statistics import median
from typing import Any

from benchmarks.blind_worlds import a_world
from benchmarks.record import machine, timed, write
from matching.blind_spot import BlindSpot, estimate

__all__ = ["main"]

WORLDS = 50
SIZE = 2_000
GOAL = 0.9
KINDS: dict[str, dict[str, float]] = {
    "independent": {"differ": 0.0, "refer": 0.0},
    "visibility_differs": {"refer": 0.0},
    "lists_feed_each_other": {},
    "a_tenth_of_links_missed": {"missed": 0.1},
}
COUNTED = ("independent", "visibility_differs", "lists_feed_each_other")


def share_held(kind: dict[str, float], seed: int, size: int = SIZE) -> dict[str, Any]:
    """One kind of world, many times: how often the truth lies in the range, and how wide it is."""
    found = [estimate(a_world(seed + number, size, **kind)) for number in range(WORLDS)]
    held = [one.low <= size <= one.high for one in found if one.low and one.high]
    return {
        "holds_truth": round(sum(held) / WORLDS, 3),
        "width": round(median(_width(one, size) for one in found), 3),
        "middle": round(median((one.middle or 0) / size for one in found), 3),
        "seen": round(median(one.seen / size for one in found), 3),
        "chapman": round(median(_named(one, "只看民政与残联") / size for one in found), 3),
        "chao": round(median(_named(one, "Chao 下限") / size for one in found), 3),
    }


def _width(one: BlindSpot, size: int) -> float:
    return ((one.high or 0) - (one.low or 0)) / size


def _named(one: BlindSpot, name: str) -> float:
    return next(model.total for model in one.models if model.name == name)


def main() -> None:
    """Measure, write the result, exit 1 if the goal is missed."""
    before, seed = machine(), 20260630
    ours: dict[str, Any] = {name: share_held(kind, seed) for name, kind in KINDS.items()}
    ours["twenty_thousand"] = share_held(KINDS["lists_feed_each_other"], seed, 20_000)
    world = a_world(seed, SIZE)
    ours["seconds"] = round(median(timed(lambda: estimate(world), rounds=10)), 4)
    met = all(ours[name]["holds_truth"] >= GOAL for name in COUNTED)
    result = {
        "seed": seed,
        "ours": {**ours, "worlds": WORLDS, "size": SIZE},
        "peers": {},
        "ratios": {},
        "goal": {"holds_truth": GOAL, "of": list(COUNTED)},
        "met": met,
    }
    write("blind_spot", result, before)
    sys.exit(0 if met else 1)


if __name__ == "__main__":
    main()
