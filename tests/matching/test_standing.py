"""Marks of households (状态印): equal exactly where outcomes and amounts are equal."""

from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.answer import answer
from matching.model.answer import Outcome
from matching.scan.population import scans
from matching.scan.standing import marks, still_open
from seed.load import load_catalogue
from tests.matching import tiny
from tests.matching.answer_rows import rows_of
from tests.matching.random_families import DAYS, NUMBERS, family_from


@cache
def catalogue():
    return load_catalogue()


@cache
def supposing(line_fen):
    packs = {
        name: pack.supposing({"DIBAO_LINE": {(): line_fen}})
        for name, pack in catalogue().packs.items()
    }
    return replace(catalogue(), packs=packs)


def rows_and_mark(rules, family, on):
    (one,) = scans(rules, [family], on, amounts=True)
    return rows_of(answer(rules, family, on)), marks(one)[family.id]


def standing(rows):
    return {(row.key, row.outcome, row.amount_fen, row.unit) for row in rows}


@given(NUMBERS, DAYS, st.sampled_from([0, 30, 200]))
@settings(max_examples=25, deadline=None)
def test_marks_of_two_days_are_equal_where_the_tables_are(number, on, days):
    family = family_from(number)
    before, first = rows_and_mark(catalogue(), family, on)
    after, second = rows_and_mark(catalogue(), family, on + timedelta(days=days))
    assert (first == second) == (standing(before) == standing(after))


@given(NUMBERS, DAYS, st.sampled_from([100_000, 165_000, 165_001]))
@settings(max_examples=15, deadline=None)
def test_marks_under_two_figures_are_equal_where_the_tables_are(number, on, line_fen):
    family = family_from(number, share=1.0)
    before, first = rows_and_mark(supposing(165_000), family, on)
    after, second = rows_and_mark(supposing(line_fen), family, on)
    assert (first == second) == (standing(before) == standing(after))


@pytest.mark.parametrize("divisor", [1, 12, 365, 100_000])
def test_marks_of_any_two_amounts_differ_where_the_amounts_do(divisor):
    """At the bounds of narrow columns, and where the figure is a share of very many."""
    paying = tiny.asking(
        "household.monthly_income >= 0", amount=f"household.monthly_income / {divisor}"
    )
    told = ["0", "0.63", "0.64", "1.27", "1.28", "163.84", "327.67", "327.68", "10737418.24",
            "21474836.47", "21474836.48"]  # fmt: skip
    families = [tiny.family(f"household: {{monthly_income: {yuan}}}\n") for yuan in told]
    seen = [rows_and_mark(paying, one, tiny.DAY) for one in [*families, tiny.family()]]
    for (before, first), (after, second) in combinations(seen, 2):
        assert (first == second) == (standing(before) == standing(after))


@given(NUMBERS, DAYS)
@settings(max_examples=25, deadline=None)
def test_what_keeps_items_open_is_what_the_answer_lacks(number, on):
    family = family_from(number, share=0.6)
    rows = rows_of(answer(catalogue(), family, on))
    (one,) = scans(catalogue(), [family], on, amounts=True)
    found, labels = still_open(one, {family.id})
    open_ = [row for row in rows if row.outcome is Outcome.UNKNOWN]
    assert set(found) == {(row.policy, name) for row in open_ for name in row.missing}
    assert set(found.values()) <= {1}
    assert labels == {row.policy: row.label for row in rows}
    assert still_open(one, set()) == ({}, {})
