"""How well records were linked: against the truth that only the measurement sees."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path

from benchmarks.identity_world import World
from matching.identity.blocking import LARGEST_BLOCK, keys_of
from matching.identity.characters import Characters
from matching.identity.clusters import state_of
from matching.identity.compare import Comparer, Vector
from matching.identity.estimation import estimate
from matching.identity.model import LinkageModel
from matching.identity.normalise import read_delivery
from matching.identity.records import PersonRecord
from matching.identity.register import Register

__all__ = [
    "GOAL_BAND",
    "GOAL_PRECISION",
    "GOAL_RECALL",
    "HELD_OUT",
    "TUNED_ON",
    "Linked",
    "against",
    "exactly",
    "link",
    "measure",
    "patterns_of",
    "peak_memory_mb",
    "read_world",
]

TUNED_ON = (1, 2, 3)
HELD_OUT = (201, 202, 203, 204, 205, 206, 207)
GOAL_PRECISION = 0.995
GOAL_RECALL = 0.96
GOAL_BAND = 0.02

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Linked:
    """A linked population, with what each step took."""

    register: Register
    n_candidates: int
    seconds: dict[str, float]


def read_world(world: World, characters: Characters) -> list[PersonRecord]:
    """The records of all lists, normalised."""
    return [r for d in world.deliveries for r in read_delivery(d, characters).records]


def patterns_of(
    records: Sequence[PersonRecord],
    characters: Characters,
    comparer: Comparer,
    largest_block: int = LARGEST_BLOCK,
) -> Counter[Vector]:
    """How often each pattern of levels is met among the candidate pairs."""
    blocks: dict[str, list[int]] = {}
    patterns: Counter[Vector] = Counter()
    keys = [keys_of(record, characters) for record in records]
    for at, own in enumerate(keys):
        for key in own:
            blocks.setdefault(key, []).append(at)
    for at, own in enumerate(keys):
        near = {
            other
            for key in own
            if len(blocks[key]) <= largest_block
            for other in blocks[key]
            if other > at
        }
        patterns.update(comparer.compare(records[at], records[other]) for other in near)
    return patterns


def link(
    world: World, characters: Characters, start: LinkageModel, *, learn: bool = True
) -> Linked:
    """Read, learn the figures from the lists (or keep the shipped ones), compare, join."""
    cpu = time.process_time()
    marks = [time.perf_counter()]
    records = read_world(world, characters)
    marks.append(time.perf_counter())
    comparer = Comparer(characters)
    patterns = patterns_of(records, characters, comparer)
    model = estimate(records, patterns, comparer, start, "learnt") if learn else start
    marks.append(time.perf_counter())
    register = Register(model, characters)
    register.add(records)
    register.clusters()
    marks.append(time.perf_counter())
    names = ("read", "learn", "link")
    seconds = {n: round(b - a, 3) for n, (a, b) in zip(names, pairwise(marks), strict=True)}
    seconds["all"] = round(marks[-1] - marks[0], 3)
    seconds["cpu"] = round(time.process_time() - cpu, 3)
    return Linked(register, sum(patterns.values()), seconds)


def measure(linked: Linked, world: World) -> dict[str, float]:
    """Shares by pairs of records: joined persons, and pairs by their own probability alone."""
    register = linked.register
    truth = world.true_pairs
    joined = {pair for c in register.clusters() for pair in combinations(c.members, 2)}
    scored = {k.pair for k in register.links() if state_of(k) == "match"}
    band = {k.pair for k in register.open_reviews()}
    by_pair = against(scored, truth)
    return {
        "n_records": len(world.truth),
        "n_true_pairs": len(truth),
        "n_candidates": linked.n_candidates,
        "blocking_recall": round(len(truth & set(register.candidates())) / len(truth), 4),
        **against(joined, truth),
        "precision_of_pairs": by_pair["precision"],
        "recall_of_pairs": by_pair["recall"],
        "review_pairs": len(band),
        "review_band": round(len(band) / linked.n_candidates, 4),
        "review_per_true_pair": round(len(band) / len(truth), 4),
        "review_true_share": round(len(band & truth) / max(len(band), 1), 3),
        "twins_joined": _twins(joined, world),
    }


def against(found: set[Pair], truth: frozenset[Pair]) -> dict[str, float]:
    """Precision and recall of pairs."""
    right = len(found & truth)
    return {
        "precision": round(right / max(len(found), 1), 4),
        "recall": round(right / max(len(truth), 1), 4),
    }


def exactly(records: Iterable[PersonRecord], key: Callable[[PersonRecord], object]) -> set[Pair]:
    """Pairs whose key is equal: the baselines."""
    groups: dict[object, list[str]] = {}
    for record in records:
        value = key(record)
        if value is not None:
            groups.setdefault(value, []).append(record.key)
    return {pair for keys in groups.values() for pair in combinations(sorted(keys), 2)}


def peak_memory_mb() -> int:
    """The most that this process has held; `ru_maxrss` would count who started it too."""
    status = Path("/proc/self/status").read_text("ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) // 1024


def _twins(joined: set[Pair], world: World) -> int:
    """Joined pairs of two people of one family who were born on one day."""
    people = world.people
    both = ((people[world.truth[a]], people[world.truth[b]]) for a, b in joined)
    return sum(
        a.number != b.number and a.family == b.family and a.birth == b.birth for a, b in both
    )
