"""Outcome tables, by generated code and by reading, are what the answers say."""

from dataclasses import replace
from datetime import date
from functools import cache

import pytest
from hypothesis import given

from matching.answer import answer
from matching.codegen.reasons import reasons_of
from matching.errors import InputError
from matching.explain import Explainer
from matching.model.answer import Outcome
from matching.outcome_table import OutcomeTables
from matching.reading import Reading
from tests.matching import tiny
from tests.matching.answer_rows import decided
from tests.matching.random_families import DAYS, NUMBERS, family_from
from tests.matching.random_rules import population
from tests.matching.test_codegen import CATALOGUE, random_pack

GENERATED, READ = 0, 10_000
TODAY = date(2026, 7, 1)


def table(catalogue, family, on, few):
    return {row.key: row for row in OutcomeTables(catalogue, few).of(family, on)}


def answered(catalogue, family, on):
    return {row.key: row for row in decided(answer(catalogue, family, on))}


def families(number):
    return family_from(number, (0.3, 0.8, 1.0)[number % 3]), *population(number, 1, "")


@given(number=NUMBERS, on=DAYS)
def test_tables_of_families_at_random_are_those_of_their_answers(number, on):
    for one in families(number):
        wanted = answered(CATALOGUE, one, on)
        assert table(CATALOGUE, one, on, GENERATED) == wanted
        assert table(CATALOGUE, one, on, READ) == wanted


@cache
def with_rules_at_random(number):
    """The catalogue with one pack of rules at random, some of which no code can name."""
    pack = random_pack(number)
    return replace(CATALOGUE, packs={**CATALOGUE.packs, pack.id: pack}), pack


@given(number=NUMBERS)
def test_tables_of_rules_at_random_are_the_same_either_way(number):
    catalogue, pack = with_rules_at_random(number)
    for one in population(number, 3, pack.place or "61"):
        assert catalogue.pack_for(one.place) is pack
        read = table(catalogue, one, TODAY, READ)
        assert table(catalogue, one, TODAY, GENERATED) == read
        standings = Explainer(catalogue, Reading(pack, one, TODAY)).standings()
        assert {(row.policy.id, row.subject, row.event) for row in standings} == set(read)


def test_the_families_have_every_outcome_amounts_and_aid():
    rows = [
        row
        for number in range(60)
        for one in families(number)
        for row in OutcomeTables(CATALOGUE, GENERATED).of(one, TODAY)
    ]
    assert {row.outcome for row in rows} == set(Outcome)
    assert any(row.amount_fen for row in rows)
    assert any(row.held and row.paid_fen for row in rows)
    assert any(row.event for row in rows)
    assert any(row.outcome is Outcome.MET and row.missing for row in rows)  # its amount lacks it


def test_the_first_families_of_a_place_and_day_are_read_and_the_others_by_code():
    tables, one = OutcomeTables(CATALOGUE, few=1), family_from(1)
    first = tables.of(one, TODAY)
    assert tables.of(one, TODAY) == first
    assert tables.of(one, TODAY.replace(month=8)) == answered_in_order(one, TODAY.replace(month=8))


def answered_in_order(one, on):
    return tuple(sorted(decided(answer(CATALOGUE, one, on)), key=lambda row: order(one, row)))


def order(one, row):
    subjects = ["household", *(member.id for member in one.members)]
    return row.policy, subjects.index(row.subject)


def test_code_is_made_for_some_days_and_kept_and_the_families_of_others_are_read():
    """More days than are kept, in turn: what is made is used again, and never made twice."""
    rules, one = tiny.asking("household.utility_arrears"), tiny.family("")
    days = [date(2026, 1, 1 + n) for n in range(30)]
    tables = OutcomeTables(rules, GENERATED)
    before = reasons_of.cache_info().misses
    told = [[tables.of(one, day) for day in days] for _ in range(3)]
    assert reasons_of.cache_info().misses - before == tables.most == 24
    assert told == [[OutcomeTables(rules, READ).of(one, day) for day in days]] * 3


def test_a_day_of_which_nothing_is_known_is_refused():
    with pytest.raises(InputError):
        OutcomeTables(tiny.asking("household.utility_arrears")).of(
            tiny.family(""), date(1500, 1, 1)
        )
