"""How well and how fast people are recognised across lists, against exact keys and a peer.

`--peer-python` names an interpreter with the extra `bench` (splink); without one the peer is left
out and said to be missing. `--grow N` is what the program calls itself with, for a memory figure of
each size.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

from benchmarks.identity_measures import (
    GOAL_BAND,
    GOAL_PRECISION,
    GOAL_RECALL,
    HELD_OUT,
    TUNED_ON,
    against,
    exactly,
    link,
    measure,
    peak_memory_mb,
    read_world,
)
from benchmarks.identity_world import LISTS, World, make_world
from benchmarks.record import ROOT, machine, write
from matching.identity.records import PersonRecord
from seed.linkage_files import load_characters, load_linkage_model

__all__ = ["main"]

N_PEOPLE = 12_000
SIZES = (50_000, 100_000, 200_000)
HARDER = 1.6  # a second kind of world: this many times the errors
PEER_SEEDS = HELD_OUT[:3]


def main() -> None:
    """Measure, write the result, exit 1 if a goal is missed."""
    words = argparse.ArgumentParser()
    words.add_argument("--grow", type=int)
    words.add_argument("--peer-python", default=sys.executable)
    given = words.parse_args()
    if given.grow:
        sys.stdout.write(json.dumps(_grow(given.grow)))
        return
    before = machine()
    ours = {str(seed): _ours(seed) for seed in HELD_OUT}
    peers = _baselines() | _splink(given.peer_python)
    figures = list(ours.values())
    met = all(
        world["precision"] >= GOAL_PRECISION
        and world["recall"] >= GOAL_RECALL
        and world["review_band"] <= GOAL_BAND
        for world in figures
    )
    result = {
        "seed": {"tuned_on": TUNED_ON, "held_out": HELD_OUT, "people": N_PEOPLE},
        "ours": {
            "worst": _worst(figures),
            "worlds": ours,
            "shipped_figures": _worst([_ours(seed, learn=False) for seed in HELD_OUT]),
            f"errors_times_{HARDER}": _worst([_ours(seed, HARDER) for seed in HELD_OUT]),
            "growth": {str(size): _in_a_process(size) for size in SIZES},
        },
        "peers": peers,
        "ratios": _ratios(ours, peers["splink"]),
        "goal": {"precision": GOAL_PRECISION, "recall": GOAL_RECALL, "review_band": GOAL_BAND},
        "met": met,
    }
    write("identity", result, before)
    sys.exit(0 if met else 1)


def _world(seed: int, n_people: int, factor: float = 1.0) -> World:
    lists = LISTS if factor == 1.0 else tuple(habits.harder(factor) for habits in LISTS)
    return make_world(seed, n_people, load_characters(), lists)


def _ours(seed: int, factor: float = 1.0, *, learn: bool = True) -> dict[str, Any]:
    world = _world(seed, N_PEOPLE, factor)
    start = load_linkage_model()
    if not learn:
        start = replace(start, n_records=len(world.truth))
    linked = link(world, load_characters(), start, learn=learn)
    seconds = linked.seconds
    return {**measure(linked, world), "seconds": seconds["all"], "cpu_seconds": seconds["cpu"]}


def _worst(worlds: list[dict[str, Any]]) -> dict[str, float]:
    lowest = ("precision", "recall", "precision_of_pairs", "recall_of_pairs", "blocking_recall")
    highest = ("review_band", "review_per_true_pair", "twins_joined", "seconds", "cpu_seconds")
    return {name: min(world[name] for world in worlds) for name in lowest} | {
        name: max(world[name] for world in worlds) for name in highest
    }


def _baselines() -> dict[str, Any]:
    """Exact keys, on each held-out world; the worst of each."""
    found: dict[str, list[dict[str, float]]] = {}
    for seed in HELD_OUT:
        world = _world(seed, N_PEOPLE)
        records, truth = read_world(world, load_characters()), world.true_pairs
        by_id = exactly(records, lambda r: r.id_number if r.is_valid_id else None)
        by_name = exactly(records, lambda r: (r.name, r.birth) if r.name and r.birth else None)
        found.setdefault("exact_id", []).append(against(by_id, truth))
        found.setdefault("exact_name_and_birth", []).append(against(by_name, truth))
        found.setdefault("either", []).append(against(by_id | by_name, truth))
    return {
        name: {figure: min(world[figure] for world in worlds) for figure in worlds[0]}
        for name, worlds in found.items()
    }


def _splink(python: str) -> dict[str, Any]:
    """The peer on the first held-out worlds; why not, if it cannot run."""
    if subprocess.run([python, "-c", "import splink"], capture_output=True, check=False).returncode:
        why = "install the extra bench, or name its interpreter by --peer-python"
        return {"splink": {"missing": why}}
    large = {f"{size}_records": _splink_on(python, 1, _people_for(size)) for size in SIZES[:2]}
    return {
        "splink": {str(seed): _splink_on(python, seed, N_PEOPLE) for seed in PEER_SEEDS} | large,
        "splink_contact_apart": {
            str(seed): _splink_on(python, seed, N_PEOPLE, "apart") for seed in PEER_SEEDS[:1]
        },
    }


def _splink_on(python: str, seed: int, n_people: int, *how: str) -> dict[str, Any]:
    world = _world(seed, n_people)
    records = read_world(world, load_characters())
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "rows.json"), Path(folder, "pairs.json")
        source.write_text(json.dumps([_row(record) for record in records]), "utf-8")
        command = [python, "-m", "benchmarks.identity_peer", str(source), str(target), *how]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        found = json.loads(target.read_text("utf-8"))
    truth = world.true_pairs
    joined = {pair for group in found["groups"] for pair in combinations(group, 2)}
    by_threshold = {
        f"pairs_{bound}": against(
            {tuple(p) for p, chance in found["pairs"] if chance >= bound}, truth
        )
        for bound in (0.5, 0.9, 0.99)
    }
    return {
        "n_records": len(records),
        **against(joined, truth),
        **by_threshold,
        "seconds": found["seconds"],
        "cpu_seconds": found["cpu_seconds"],
        "peak_mb": found["peak_mb"],
    }


def _row(record: PersonRecord) -> dict[str, str | None]:
    """What splink gets: our normalised values, and the parts that its keys need."""
    name, number, birth = record.name, record.id_number, record.birth
    whole = number if number and "*" not in number else None
    sound = load_characters().sound
    ends = number[:6] + number[-4:] if number else ""
    return {
        "unique_id": record.key,
        "name": name,
        "name_sound": " ".join(map(sound, name)) if name else None,
        "surname_sound": sound(name[0]) if name else None,
        "id_number": whole,
        "id_prefix": whole[:14] if whole else None,
        "id_rest": whole[9:] if whole else None,
        "id_ends": ends if ends and "*" not in ends else None,
        "birth": birth.isoformat() if birth else None,
        "birth_year": str(birth.year) if birth else None,
        "birth_day": birth.strftime("%m%d") if birth else None,
        "sex": record.sex,
        "phone": record.phones[0] if record.phones else None,
        "address": record.address,
    }


def _people_for(n_records: int) -> int:
    return round(n_records / 1.118)


def _in_a_process(size: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.bench_identity", "--grow", str(size)]
    run = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    grown: dict[str, Any] = json.loads(run.stdout)
    return grown


def _grow(size: int) -> dict[str, Any]:
    """One size: everything at once, then one list's batch again, then the persons once more."""
    world = _world(1, _people_for(size))
    linked = link(world, load_characters(), load_linkage_model())
    memory = peak_memory_mb()
    records = linked.register.records
    batch = [
        replace(record, received=9, phones=("00099999999",))
        for record in records[:: len(records) // 1000]
    ]
    start, cpu = time.perf_counter(), time.process_time()
    linked.register.add(batch)
    linked.register.clusters()
    return {
        **measure(linked, world),
        "seconds": linked.seconds,
        "peak_mb": memory,
        "batch_of_1000_changed": {
            "seconds": round(time.perf_counter() - start, 3),
            "cpu_seconds": round(time.process_time() - cpu, 3),
        },
    }


def _ratios(ours: dict[str, Any], splink: dict[str, Any]) -> dict[str, float]:
    """Our time and errors as shares of the peer's, on the worlds that both saw."""
    both = [str(seed) for seed in PEER_SEEDS if str(seed) in splink]
    if not both:
        return {}

    def total(worlds: dict[str, Any], figure: str) -> float:
        return float(sum(worlds[seed][figure] for seed in both))

    wrong = {"precision": "false_joins", "recall": "missed_pairs"}
    ratios = {
        figure: total(ours, figure) / total(splink, figure) for figure in ("seconds", "cpu_seconds")
    }
    for figure, name in wrong.items():
        ratios[name] = (len(both) - total(ours, figure)) / (len(both) - total(splink, figure))
    return {name: round(ratio, 3) for name, ratio in ratios.items()}


if __name__ == "__main__":
    main()
