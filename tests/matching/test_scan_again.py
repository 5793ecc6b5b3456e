"""What a scan answers again, for less: the matrix, one policy changed, a table known by now."""

from collections import Counter
from copy import deepcopy
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings

from benchmarks.scan_movement import compile_policy, movement, scan_tables
from matching.ledger import COVERAGE_DAYS
from matching.scan import missing
from matching.scan.encode import encode
from matching.scan.missing import matrix, missing_of
from matching.scan.population import scans
from matching.scan.status import compile_pack, scan
from matching.scan.table import NONE
from seed.load import load_catalogue
from tests.matching.followed import followed
from tests.matching.random_families import DAYS, NUMBERS, family_from
from tests.matching.random_rules import population
from tests.matching.tiny import family as tiny_family

CATALOGUE = load_catalogue()
ON = date(2026, 7, 1)
PACK = CATALOGUE.packs["cn/shanghai/xuhui"]


def named(families):
    return [family.model_copy(update={"id": f"f{n}"}) for n, family in enumerate(families)]


def some_families(number, n=6):
    some = [family_from(number + k, (k % 4 + 1) / 4) for k in range(n)]
    return named([*some, *population(number, 2, "310104"), *population(number, 1, "")])


def table_of(number, n=12):
    return encode(named([family_from(number + k, 0.7) for k in range(n)]), ON)


# What is missing


def differences(number, on):
    """(policy, fact) -> households, where the way up and the way down do not say the same."""
    found = []
    for one in scans(CATALOGUE, some_families(number), on):
        counted = matrix(one)
        for plan in one.program.plans:
            slow = {name: rows.tolist() for name, rows in followed(one, plan).items()}
            fast = {name: rows.tolist() for name, rows in missing_of(one, plan).items()}
            counts = {name: counted.get((plan.policy.id, name)) for name in slow}
            right = {name: sum(rows) for name, rows in slow.items()}
            if slow != fast or counts != right:
                found.append(plan.policy.id)
    return found


@given(number=NUMBERS, on=DAYS)
@settings(max_examples=15)
def test_what_is_missing_from_the_facts_up_is_what_is_missing_from_the_top_down(number, on):
    assert differences(number, on) == []


def no_gate(blame, op, number):
    return blame.parts(op)


@pytest.mark.parametrize("kind", ["and", "or", "reduce", "guess", "cond", "first", "held"])
def test_a_way_up_that_forgets_where_it_is_open_is_caught(kind, monkeypatch):
    monkeypatch.setitem(missing._FOLLOW, kind, no_gate)
    assert any(differences(number, ON) for number in range(30))


# A table that is known by now


def outcomes(found):
    return {plan.policy.id: list(found.outcomes(plan)) for plan in found.program.plans}


@given(number=NUMBERS)
@settings(max_examples=8)
def test_a_table_scanned_again_says_what_a_new_one_says(number):
    table, program = table_of(number), compile_pack(PACK, ON)
    first = outcomes(scan(program, table, traced=False))
    assert table.resolved
    for traced in (False, True):
        assert outcomes(scan(program, table, traced=traced)) == first
    fresh = replace(table)
    assert not fresh.resolved
    assert outcomes(scan(program, fresh)) == first


@given(number=NUMBERS)
@settings(max_examples=8)
def test_a_supposed_figure_is_asked_of_a_known_table_as_of_a_new_one(number):
    """What a table keeps hangs on no figure, so a second pack may start from there."""
    table = table_of(number)
    supposed = PACK.supposing({"DIBAO_LINE": {(): 999_900}})
    scan(compile_pack(PACK, ON), table)
    again = scan(compile_pack(supposed, ON), table)
    fresh = scan(compile_pack(supposed, ON), replace(table))
    assert outcomes(again) == outcomes(fresh)
    assert matrix(again) == matrix(fresh)


def test_two_workers_say_what_one_says_in_the_same_order():
    tables, program = [table_of(number) for number in range(0, 200, 20)], compile_pack(PACK, ON)
    one, two = (list(scan_tables(program, tables, workers=n)) for n in (1, 2))
    assert [found.table for found in two] == tables
    assert list(map(outcomes, one)) == list(map(outcomes, two))


# One policy


@given(number=NUMBERS)
@settings(max_examples=8)
def test_one_policy_alone_says_what_it_says_among_all(number):
    table = table_of(number, 6)
    whole = scan(compile_pack(PACK, ON), table)
    for plan in whole.program.plans[number % 7 :: 7]:
        alone = scan(compile_policy(PACK, ON, plan.policy), table)
        (only,) = alone.program.plans
        assert list(alone.outcomes(only)) == list(whole.outcomes(plan))
        assert alone.best(only).tolist() == whole.best(plan).tolist()


def test_who_enters_and_who_leaves_when_a_policy_takes_the_text_of_another():
    table, program = table_of(4, 200), compile_pack(PACK, ON)
    before = {
        plan.policy.id: found
        for plan, found in zip(
            program.plans, map(scan(program, table).best, program.plans), strict=True
        )
    }
    moved = Counter()
    households = [plan.policy for plan in program.plans if plan.policy.subject == "household"]
    for policy, other in pairwise(households):
        changed = replace(other, id=policy.id)
        alone = scan(compile_policy(PACK, ON, changed), table)
        after = alone.best(alone.program.plans[0])
        found = movement(before[policy.id], after)
        was, now = (
            {row for row, met in enumerate(side) if met == 2}
            for side in (before[policy.id].tolist(), after.tolist())
        )
        assert set(found.enters.tolist()) == now - was
        assert set(found.leaves.tolist()) == was - now
        moved.update(enters=len(found.enters), leaves=len(found.leaves))
    assert min(moved["enters"], moved["leaves"]) > 0


# Encoding


def test_batches_that_households_share_cover_as_those_of_each_household():
    families = named([family_from(n) for n in range(40)])
    ledger = next(one.ledger for one in families if one.ledger.coverage and not one.ledger.complete)
    shared, apart = (
        [family.model_copy(update={"ledger": copied(ledger)}) for family in families]
        for copied in (lambda one: one, deepcopy)
    )
    one, two = (encode(some, ON).ledger for some in (shared, apart))
    aids = {aid for batch in ledger.coverage for aid in batch.policies}
    told = [int(not near(ledger, aid)) for aid in sorted(aids)]
    for found in (one, two):
        assert [found.uncovered((aid,)).tolist() for aid in sorted(aids)] == [
            [open_] * 40 for open_ in told
        ]


def near(ledger, aid):
    return any(
        aid in batch.policies and abs((batch.as_of - ON).days) <= COVERAGE_DAYS
        for batch in ledger.coverage
    )


def test_somebody_who_is_listed_twice_is_nobody_else_to_himself():
    family = tiny_family(members="[{id: a}, {id: b}]")
    first, second = family.members
    table = encode([family.model_copy(update={"members": (first, second, first)})], ON)
    others = [
        [table.people[slot[row]] for slot in table.relations["home"] if slot[row] != NONE]
        for row in range(3)
    ]
    assert others == [["b"], ["a", "a"], ["b"]]
