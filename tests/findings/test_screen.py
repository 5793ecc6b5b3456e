"""What the screen drops, no detector would have used (筛): equal findings, equal rates.

The households of the other tests of this folder are screened, too: `cases.found` does it.
"""

from collections import Counter
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import example, given, settings

from benchmarks.finding_worlds import ON as WORLD_DAY
from benchmarks.finding_worlds import make_world
from matching.findings import Finding, find, look_at, look_over
from matching.model.answer import Group, Outcome
from matching.model.family import ApplicationOutcome
from matching.model.records import Case
from seed.demo_family import DEMO_DAY
from seed.synthetic import generate
from tests.findings.cases import ON, a_batch, a_case, catalogue, screened
from tests.matching.random_families import NUMBERS, ORDINARY, facts

PLACES = ["310199001001", "310104001", "310105001", "990100001"]
KNOWN = ["dibao", "tekun", "child_distress", "gradual_exit", "temp_emergency", "dibao_marginal",
         "disability_living", "disability_nursing"]  # fmt: skip
Findings = dict[str, tuple[Finding, ...]]


def plain(rng: Random, share: float, *entities: str) -> dict[str, Any]:
    """Facts of these kinds as values."""
    return {name: fact.value for name, fact in facts(rng, share, *entities).items()}


def day(rng: Random, days: int = 900) -> date:
    return ON - timedelta(days=rng.randint(-20, days))


def _ordinary(entity: str) -> dict[str, Any]:
    return {name: value for name, value in ORDINARY.items() if name.startswith(entity)}


def case_from(number: int) -> Case:
    """A household of one to three with any facts, gaps, aid, applications and events."""
    rng = Random(number)
    place = rng.choice(PLACES)
    share = rng.choice([0.6, 0.9, 1.0])
    home = plain(rng, share, "household")
    if rng.random() < 0.5:  # an ordinary household, of which a standard decides
        home, share = _ordinary("household"), 0.2
        home["household.monthly_income"] = rng.choice([0, 60_000, 150_000, 200_000])
    names = [f"p{n}" for n in range(rng.randint(1, 3))]
    pack = catalogue().pack_for(place)
    known = [*KNOWN, *rng.sample(sorted(pack.policies), 3)]
    ledger = [
        {"policy": rng.choice(known), "to": rng.choice(["household", *names]), "start": day(rng),
         "until": rng.choice([None, None, ON + timedelta(days=90)]),
         "amount_fen": rng.choice([None, 20_000, 151_000])}
        for _ in range(rng.randint(0, 3))
    ]  # fmt: skip
    asked = [
        (rng.choice(known), rng.choice(list(ApplicationOutcome)).value, day(rng))
        for _ in range(rng.randint(0, 2))
    ]
    events = [{**plain(rng, share, "event"), "event.date": day(rng, 300)}] * rng.randint(0, 1)
    outside = {"o": plain(rng, share, "person")} if rng.random() < 0.5 else {}
    aid = frozenset(pack.policies) if rng.random() < 0.7 else frozenset(known)
    return a_case(
        {
            name: {**plain(rng, share, "person", "child"), **_ordinary("person"),
                   "person.hukou": place[:6]}
            if share < 0.5 else plain(rng, share, "person", "child")
            for name in names
        },
        home=home, ledger=ledger, events=events, applications=asked,
        outside=outside, parents={names[-1]: [*names[:-1], *outside][:2]},
        household=f"H-{number}", place=place, reason=rng.choice([None, "收入超过标准", "材料不全"]),
        batches=[a_batch(place, covers_aid=aid)] if rng.random() < 0.8 else [],
    )  # fmt: skip


def whole(cases: list[Case] | tuple[Case, ...], on: date) -> Findings:
    """What is found where everything is explained."""
    return {case.household.id: find(look_at(catalogue(), case, on)) for case in cases}


@given(NUMBERS)
@example(2)
@settings(max_examples=60, deadline=None)
def test_a_household_at_random_has_the_same_findings_screened_and_whole(number):
    cases = [case_from(number)]
    assert screened(cases, ON) == whole(cases, ON)


@cache
def district() -> tuple[Case, ...]:
    """The first households of the demo's district and all that are planted in it."""
    made = generate(1, 400, DEMO_DAY)
    planted = set(made.planted.values())
    return tuple(
        case for n, case in enumerate(made.cases) if n < 30 or case.household.id in planted
    )


@pytest.mark.parametrize("of", ["district", "world"])
def test_the_same_is_found_in_generated_households(of):
    cases, on = district(), DEMO_DAY
    if of == "world":
        cases, on = make_world(catalogue(), 3, 25).cases, WORLD_DAY
    assert screened(cases, on) == whole(cases, on)


def test_conditions_are_counted_as_if_everybody_were_explained():
    """Of items that nobody holds and of which every condition is known: which ones fail."""
    counted: Counter[tuple[str, frozenset[str]]] = Counter()
    cases = [*district()[:25], *(case_from(n) for n in range(25))]
    for case in cases:
        for item in look_at(catalogue(), case, DEMO_DAY).items:
            told = [one for one in item.conditions if one.decides]
            known = all(one.outcome is not Outcome.UNKNOWN for one in told)
            if item.group is not Group.HELD and known:
                failing = frozenset(one.id for one in told if one.outcome is Outcome.UNMET)
                counted[item.id, failing] += 1
    assert len(counted) > 100
    assert look_over(catalogue(), cases, DEMO_DAY).rates.failing == counted
