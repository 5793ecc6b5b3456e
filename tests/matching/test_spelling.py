"""Amounts in words: exact, and the sum that is written is the sum that was computed."""

import re
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.answer import answer
from matching.spelling import fen_of, plain, yuan
from matching.tree import show_amount
from matching.units import parse_unit
from tests.matching.random_families import DAYS, NUMBERS, family_from
from tests.matching.test_answer import REAL
from tests.matching.tiny import asking, family, item

FRACTIONS = st.fractions(max_denominator=1000)


@pytest.mark.parametrize(
    ("value", "fen"),
    [
        (Fraction(5, 2), 3),
        (Fraction(7, 2), 4),
        (Fraction(249, 100), 2),
        (Fraction(251, 100), 3),
        (Fraction(1, 3), 0),
        (2, 2),
        (0, 0),
        (Fraction(-5, 2), -2),
        (Fraction(10**20 * 2 + 1, 2), 10**20 + 1),
    ],
)
def test_half_a_fen_is_rounded_up(value, fen):
    assert fen_of(value) == fen


@given(FRACTIONS)
def test_rounding_is_never_off_by_more_than_half(value):
    assert -Fraction(1, 2) < fen_of(value) - value <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (0, "0"),
        (5, "0.05"),
        (1250, "12.50"),
        (165_000, "1,650"),
        (123_456_789, "1,234,567.89"),
        (-5, "-0.05"),
        (10**19 + 1, "100,000,000,000,000,000.01"),
    ],
)
def test_fen_are_shown_as_yuan_without_losing_one(fen, text):
    assert yuan(fen) == text


@given(st.integers(-(10**25), 10**25))
def test_yuan_can_be_read_back(fen):
    assert Fraction(yuan(fen).replace(",", "")) * 100 == fen


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (165_000, "CNY/month", "1,650 元/月"),
        (1250, "CNY", "12.5 元"),
        (Fraction(25, 2), "CNY", "0.13 元"),
        (3, "person", "3 人"),
        (Fraction(1, 3), "", "0.33"),
        (Fraction(2, 5), "ratio", "0.4"),
        (Fraction(1, 8), "", "0.13"),
        (100, "m2", "100 平方米"),
        (-150, "CNY", "-1.5 元"),
        (10**19 + 1, "CNY", "100,000,000,000,000,000.01 元"),
    ],
)
def test_an_amount_is_shown_with_its_unit(value, unit, text):
    assert show_amount(value, parse_unit(unit)) == text


def computed(text: str) -> tuple[Fraction, Fraction]:
    """Both sides of `3 人 × 1,650 元 − 家庭月可计收入 2,400 元 = 2,550 元`."""
    left, _, right = text.rpartition(" = ")
    left = left.replace("）按月", "）÷12").replace("）按年", "）×12")
    plain = re.sub(r"[^-0-9.+−×÷（） ]", "", left.replace(",", ""))
    plain = (
        plain.replace("（", "(")
        .replace("）", ")")
        .replace("−", "-")
        .replace("×", "*")
        .replace("÷", "/")
    )
    exact = re.sub(r"[0-9]+(?:\.[0-9]+)?", lambda number: f"Fraction('{number[0]}')", plain)
    total = eval(exact, {"Fraction": Fraction})  # numbers and signs only
    return total, Fraction(re.sub(r"[^0-9.]", "", right))


@settings(max_examples=60)
@given(NUMBERS, DAYS)
def test_the_sum_that_is_written_is_the_sum_that_was_computed(number, on):
    one = family_from(number, share=0.95)
    for shown in answer(REAL, one, on).items:
        if shown.amount_fen is not None and shown.amount_says and " = " in shown.amount_says:
            left, right = computed(shown.amount_says)
            assert right * 100 == shown.amount_fen
            assert fen_of(left * 100) == right * 100, shown.amount_says


INCOME = "household.monthly_income"


@pytest.mark.parametrize(
    ("amount", "says"),
    [
        (
            f"household.n_counted * LINE - {INCOME}",
            "2 人 × 1,000 元 − 家庭月可支配收入合计 500 元 = 1,500 元",
        ),
        ("sum(LINE for m in counted)", "2 人 × 1,000 元 = 2,000 元"),
        (f"max(0, {INCOME} - household.n_counted * LINE)", "0 元"),
        (f"{INCOME} - 0 * {INCOME}", "家庭月可支配收入合计 500 元 = 500 元"),
        (f"{INCOME} * (1 + 0.5) * 2", "家庭月可支配收入合计 500 元 × 1.5 × 2 = 1,500 元"),
        (
            f"{INCOME} * min(0.5, 1) * (1 if household.n_counted == 2 else 2)",
            "家庭月可支配收入合计 500 元 × 0.5 = 250 元",
        ),
    ],
)
def test_a_sum_says_its_parts(amount, says):
    found = asking("household.utility_arrears", amount=amount)
    one = family(
        "household: {utility_arrears: true, monthly_income: 500}\naid: []\n",
        "[{id: a, life_status: alive}, {id: b, life_status: alive}]",
    )
    assert item(found, one).amount_says == says


def test_part_of_a_square_metre_is_not_rounded_away():
    assert plain(Fraction(37, 2), "household.living_area") == "18.5"
    assert plain(Fraction(37, 2), "household.monthly_income") == 19
