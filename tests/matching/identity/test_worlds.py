"""Small worlds that no figure was tuned on: precision, recall and the review band hold."""

from pathlib import Path

import pytest

from benchmarks.identity_measures import (
    GOAL_BAND,
    GOAL_PRECISION,
    GOAL_RECALL,
    HELD_OUT,
    link,
    measure,
)
from benchmarks.identity_world import make_world
from matching.id_number import problem_in
from seed.identity import is_made_up_name
from tests.matching.identity.people import CHARACTERS, MODEL

ROOT = Path(__file__).resolve().parents[3]
N_PEOPLE = 3_000  # the full size, 12,000, is measured in benchmarks/bench_identity.py


@pytest.mark.parametrize("seed", HELD_OUT[:5])
def test_a_held_out_world_is_linked_as_well_as_promised(seed):
    world = make_world(seed, N_PEOPLE, CHARACTERS)
    found = measure(link(world, CHARACTERS, MODEL), world)
    assert found["precision"] >= GOAL_PRECISION
    assert found["recall"] >= GOAL_RECALL
    assert found["review_band"] <= GOAL_BAND
    assert found["twins_joined"] == 0


def test_a_world_is_the_same_from_the_same_seed_and_another_from_another():
    assert make_world(7, 200, CHARACTERS) == make_world(7, 200, CHARACTERS)
    assert make_world(7, 200, CHARACTERS) != make_world(8, 200, CHARACTERS)


def test_everybody_in_a_world_is_made_up_and_looks_it():
    people = make_world(7, 2_000, CHARACTERS).people
    assert all(set(person.name) & set("示例样") for person in people)
    assert all(p.id_number.startswith("99") and not problem_in(p.id_number) for p in people)
    assert all(p.phone.startswith("000") for p in people)
    assert len({p.id_number for p in people}) == len(people)
    assert sum(is_made_up_name(p.name) for p in people) > len(people) / 2


def test_a_world_has_the_traps():
    world = make_world(7, 3_000, CHARACTERS)
    people = world.people
    families = {}
    for person in people:
        families.setdefault(person.family, []).append(person)
    twins = [f for f in families.values() if len({p.birth for p in f}) < len(f)]
    shared = [f for f in families.values() if len({p.phone for p in f}) < len(f)]
    namesakes = len(people) - len({(p.name, p.birth) for p in people})
    assert len(twins) >= 5
    assert len(shared) >= 50
    assert namesakes >= 5
    missing = [row for row in world.deliveries[2].rows if not row["id_number"]]
    assert 0.6 < len(missing) / len(world.deliveries[2].rows) < 0.7


def test_the_truth_of_a_world_cannot_be_read_by_the_product():
    for folder in ("matching", "graph", "seed", "api"):
        for path in (ROOT / folder).rglob("*.py"):
            assert "identity_world" not in path.read_text("utf-8")
