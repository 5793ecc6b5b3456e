"""Dated figures: which one holds on a day, and why none does."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.parameters import Standard, StandardRow
from matching.units import parse_unit

FIRST, SECOND = date(2018, 4, 1), date(2020, 7, 1)


def row(start, value=1, **changes):
    values = value if isinstance(value, dict) else {(): value}
    kept = {"until": None, "doc": "LAW", "article": None, "flag": "seed", **changes}
    return StandardRow(start, values=values, **kept)


def standard(*rows, **kept):
    return Standard("X", "数", parse_unit("CNY/month"), "CNY/month", "cn", rows, **kept)


@pytest.mark.parametrize(
    ("day", "figure"),
    [
        (FIRST - timedelta(days=1), None),
        (FIRST, 1),
        (SECOND - timedelta(days=1), 1),
        (SECOND, 2),
        (date(2099, 1, 1), 2),
    ],
)
def test_a_row_holds_until_the_next_one(day, figure):
    assert standard(row(FIRST, 1), row(SECOND, 2)).at(day).figure == figure


def test_an_end_is_the_last_day():
    ended = standard(row(FIRST, 1, until=date(2018, 12, 31)))
    assert ended.at(date(2018, 12, 31)).figure == 1
    gone = ended.at(date(2019, 1, 1))
    assert (gone.figure, gone.why) == (None, "这一天没有数值")


def test_a_yearly_figure_is_unknown_after_its_year():
    yearly = standard(row(FIRST, 1), rhythm="yearly")
    assert yearly.at(date(2019, 4, 1)).figure == 1
    gone = yearly.at(date(2019, 4, 3))
    assert (gone.figure, gone.why) == (None, "已过调整周期，新数值没有录入")


@pytest.mark.parametrize("changes", [{"flag": "unverified"}, {"doubt": True}, {"flag": "disputed"}])
def test_a_doubtful_figure_never_computes(changes):
    found = standard(row(FIRST, 1, **changes)).at(SECOND)
    assert (found.figure, found.why) == (None, "数值未核实，不参与计算")


def test_a_null_row_hides_the_one_before():
    found = standard(row(FIRST, 1), row(SECOND, None)).at(SECOND)
    assert (found.figure, found.why) == (None, "这一天的数值没有录入")


def test_a_row_of_cells_asked_plainly_is_known_if_they_agree():
    cells = {("a",): 1, ("b",): 1}
    assert standard(row(FIRST, cells)).at(SECOND).figure == 1
    assert standard(row(FIRST, {**cells, ("b",): 2})).at(SECOND).figure is None
    assert standard(row(FIRST, {**cells, ("b",): None})).at(SECOND).figure is None
    assert standard(row(FIRST, cells)).at(SECOND, ("c",)).figure is None


@given(st.dates(), st.integers(0, 10**6))
def test_a_supposed_figure_holds_on_every_day(day, figure):
    supposed = standard(row(FIRST, 1), rhythm="yearly").supposing({(): Fraction(figure)})
    assert supposed.at(day).figure == figure


@given(st.dictionaries(st.dates(), st.integers(0, 9), max_size=6), st.dates())
def test_the_figure_of_a_day_is_that_of_the_last_row_before(rows, day):
    held = standard(*(row(start, value) for start, value in sorted(rows.items())))
    before = [start for start in rows if start <= day]
    assert held.at(day).figure == (rows[max(before)] if before else None)
