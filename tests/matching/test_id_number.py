"""Identity numbers: check digit and date, nothing else."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.id_number import birth_date_of, check_digit, problem_in

FIRST_SIX = st.integers(990000, 999999).map(str)
BORN = st.dates(date(1900, 1, 1), date(2026, 6, 30))


def number(area, born, order):
    first = f"{area}{born:%Y%m%d}{order:03d}"
    return first + check_digit(first)


NUMBERS = st.builds(number, FIRST_SIX, BORN, st.integers(0, 999))


def test_the_example_of_the_standard():
    assert check_digit("11010519491231002") == "X"
    assert check_digit("44052418800101001") == "4"


@given(FIRST_SIX, BORN, st.integers(0, 999))
def test_a_right_number_has_no_problem_and_its_birth_date(area, born, order):
    whole = number(area, born, order)
    assert problem_in(whole) is None
    assert problem_in(whole.lower()) is None
    assert birth_date_of(whole) == born


@given(NUMBERS, st.integers(0, 17), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_always_noticed(whole, at, digit):
    wrong = whole[:at] + digit + whole[at + 1 :]
    assert (problem_in(wrong) is None) == (wrong == whole)


@given(NUMBERS, st.integers(0, 16))
def test_two_neighbours_exchanged_are_always_noticed(whole, at):
    wrong = whole[:at] + whole[at + 1] + whole[at] + whole[at + 2 :]
    assert (problem_in(wrong) is None) == (wrong == whole)


@given(st.text(max_size=25) | st.text("0123456789Xx ", min_size=17, max_size=19))
def test_any_text_is_judged_without_being_repeated(text):
    problem = problem_in(text)
    if problem is not None:
        assert len(text) < 6 or text not in problem


@pytest.mark.parametrize("text", ["", "x", "99", "9" * 18, "９" * 18])
def test_a_text_that_holds_no_day_has_no_birth_date(text):
    assert birth_date_of(text) is None
