"""The algebra of units: a month is never a year, a total never a rate per person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.units import (
    BASES,
    NONE,
    divide,
    is_money,
    multiply,
    parse_unit,
    show_unit,
    without,
)

TEXTS = st.lists(st.sampled_from(BASES), min_size=1, max_size=4).map("/".join)
UNITS = TEXTS.map(parse_unit)


@pytest.mark.parametrize("text", ["", "ratio", "none", "1", "person/person"])
def test_some_words_mean_no_unit(text):
    assert parse_unit(text) == NONE


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("CNY/persn", "persn"),
        ("yuan", "yuan"),
        ("CNY//month", ""),
        ("cny", "cny"),
        ("CNY/ratio", "ratio"),
    ],
)
def test_an_unknown_word_is_named(text, word):
    with pytest.raises(ValueError, match=f"^{word}$"):
        parse_unit(text)


def test_persons_cancel_and_a_sum_takes_them_away():
    rate = parse_unit("CNY/person/month")
    assert (
        multiply(parse_unit("person"), rate) == parse_unit("CNY/month") == without(rate, "person")
    )
    assert rate != parse_unit("CNY/month") != parse_unit("CNY/year")


@given(UNITS, UNITS, UNITS)
def test_products_commute_associate_and_divide_back(a, b, c):
    assert multiply(a, b) == multiply(b, a)
    assert multiply(multiply(a, b), c) == multiply(a, multiply(b, c))
    assert divide(multiply(a, b), b) == a
    assert divide(a, a) == NONE


@given(TEXTS)
def test_the_order_of_the_words_below_does_not_matter(text):
    first, *rest = text.split("/")
    assert parse_unit("/".join([first, *reversed(rest)])) == parse_unit(text)


@pytest.mark.parametrize(
    ("text", "shown", "money"),
    [
        ("CNY/person/month", "元/人/月", True),
        ("CNY", "元", True),
        ("m2", "平方米", False),
        ("person", "人", False),
        ("", "", False),
    ],
)
def test_a_unit_is_shown_in_chinese(text, shown, money):
    assert (show_unit(parse_unit(text)), is_money(parse_unit(text))) == (shown, money)
