"""What donors see: no household can be got back out of it, by whatever reckoning."""

from collections import defaultdict
from datetime import date
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.office import ListRow, Tally, donor_view
from matching.office.donors import nearness
from tests.findings.cases import catalogue as shipped
from tests.office.district import NORTH, ON, SOUTH, catalogue, counted, home, meal

NEEDS = ("meal", "lift", "basic_cash")
STREETS = (NORTH, SOUTH, "310104013")


def tally_of(counts):
    """A tally with so many households in need, by street and need."""
    tally = Tally()
    for (street, need), n in counts.items():
        for number in range(n):
            row = ListRow(household=f"H-{number}", place=street)
            tally.add(("supply", street, need, "open", "none"), row)
    return tally


def view_of(counts, near=""):
    return donor_view(tally_of(counts), catalogue(), ON, near)


def all_that_fits(view, told):
    """Every table of whole numbers from 0 to 4 in the hidden cells that would look the same."""
    hidden = [key for key, n in told.items() if n < 5]
    for guess in product(range(5), repeat=len(hidden)):
        counts = {**told, **dict(zip(hidden, guess, strict=True))}
        if view_of(counts) == view:
            yield {key: counts[key] for key in hidden}


def test_a_planted_attack_learns_nothing_of_a_small_cell():
    """One hidden cell in a row, two in another, sums that would give them away were they told."""
    told = {
        (NORTH, "meal"): 1, (NORTH, "lift"): 9, (NORTH, "basic_cash"): 12,
        (SOUTH, "meal"): 1, (SOUTH, "lift"): 1, (SOUTH, "basic_cash"): 30,
    }  # fmt: skip
    guesses = list(all_that_fits(view_of(told), told))
    assert len(guesses) == 5**3
    for key in guesses[0]:
        assert {guess[key] for guess in guesses} == {0, 1, 2, 3, 4}


@pytest.mark.parametrize("ground", [0, 5, 10, 40])
def test_an_attack_on_two_days_sees_one_household_come_or_go_in_one_place_of_five(ground):
    """All that an attacker has is what is told before and after; the rest of the table stands."""
    others = {(NORTH, "lift"): 9, (SOUTH, "meal"): 3, (SOUTH, "lift"): 12}
    views = [view_of({**others, (NORTH, "meal"): ground + n}) for n in range(6)]
    blind = [before == after for before, after in pairwise(views)]
    assert blind == [True, True, True, True, False]


CELLS = st.dictionaries(
    st.tuples(st.sampled_from(STREETS), st.sampled_from(NEEDS)), st.integers(0, 12), max_size=9
)


@settings(max_examples=60)
@given(CELLS, st.data())
def test_whatever_the_small_counts_are_the_page_is_the_same(counts, data):
    other = {key: data.draw(st.integers(0, 4)) if n < 5 else n for key, n in counts.items()}
    assert view_of(counts, STREETS[2]) == view_of(other, STREETS[2])


@settings(max_examples=60)
@given(CELLS, st.sampled_from(STREETS), st.sampled_from(NEEDS))
def test_one_household_more_changes_nothing_but_at_a_multiple_of_five(counts, street, need):
    n = counts.get((street, need), 0) + 1
    before, after = view_of(counts), view_of({**counts, (street, need): n})
    assert (before == after) == (n % 5 != 0)


@settings(max_examples=60)
@given(CELLS)
def test_what_is_told_is_true(counts):
    view = view_of(counts)
    told = {(one.street, one.need): one.at_least for one in view.needs}
    assert told == {key: n - n % 5 for key, n in counts.items() if n >= 5}
    for place, totals in enumerate((view.streets, view.totals)):
        sums = defaultdict(int)
        for key, n in told.items():
            sums[key[place]] += n
        assert {one.of: one.at_least for one in totals} == sums


def test_the_nearest_streets_come_first():
    counts = {(street, "meal"): 7 for street in ("310105001", NORTH, SOUTH, "610100001")}
    view = view_of(counts, SOUTH)
    assert [one.of for one in view.streets] == [SOUTH, NORTH, "310105001", "610100001"]
    assert [one.street for one in view.needs] == [one.of for one in view.streets]
    assert nearness(NORTH, "310104013") == 3


def test_in_a_street_what_most_need_comes_first_and_the_order_tells_no_more_than_the_counts():
    view = view_of({(NORTH, "meal"): 9, (NORTH, "lift"): 6, (NORTH, "basic_cash"): 12})
    assert [one.need for one in view.needs] == ["basic_cash", "lift", "meal"]
    assert [one.of for one in view.totals] == ["basic_cash", "lift", "meal"]


def test_only_needs_that_nobody_answers_are_counted():
    said = date(2026, 2, 1)
    cases = [
        *(home(n, arrears=False, hungry=False, needs=[meal()]) for n in range(1, 6)),
        home(6, needs=[meal(state="met")]),
        home(7, needs=[meal(state="refused")]),
        home(8, needs=[meal(severity=None)]),
        home(9, needs=[meal()], ledger=[{"policy": "meal_help", "to": "a", "start": said}]),
        home(10, arrears=True, hungry=False, needs=[meal()],
             applications=[("meal_help", "declined", said)]),
    ]  # fmt: skip
    view = donor_view(counted(cases, reports=("supply",)), catalogue(), ON)
    assert [(one.need, one.at_least) for one in view.needs] == [("meal", 5)]


@pytest.mark.parametrize("need", ["danger", "social_reentry", "张三家的事"])
def test_what_would_expose_somebody_is_not_published_at_all(need):
    view = view_of({(NORTH, need): 73, (NORTH, "meal"): 6})
    assert [one.need for one in view.needs] == ["meal"]
    assert "73" not in view.model_dump_json()


def test_of_the_shipped_needs_emergencies_and_protected_ones_are_left_out():
    needs = shipped().needs
    tally = tally_of({(NORTH, need): 9 for need in needs})
    told = {one.need for one in donor_view(tally, shipped(), ON).needs}
    kept_back = set(needs) - told
    assert kept_back >= {name for name, spec in needs.items() if spec.urgency == "emergency"}
    assert kept_back >= {"social_reentry", "mind_psychiatric", "crisis_crime", "legal_violence"}
    assert {"care_meal", "house_lift", "edu_fees"} <= told


def test_no_id_of_anybody_is_in_it():
    cases = [home(n, needs=[meal()]) for n in range(1, 9)]
    told = donor_view(counted(cases), catalogue(), ON).model_dump_json()
    assert "H-0" not in told
    assert "张" not in told
