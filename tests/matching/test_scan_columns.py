"""Narrow columns are exact at every bound; rows as bits are the rows."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.scan import bits, columns
from matching.scan.columns import (
    Column,
    added,
    chosen,
    compared,
    constant,
    kind_of,
    least,
    multiplied,
    narrowed,
    scaled,
)

EDGES = [0, *(sign * (2**power + d) for power in (7, 8, 15, 16, 31, 32, 62, 63, 64)
              for sign in (1, -1) for d in (-1, 0, 1))]  # fmt: skip
NUMBERS = st.one_of(st.sampled_from(EDGES), st.integers(-200, 200), st.integers(-(2**70), 2**70))
FACTORS = st.fractions(min_value=-(2**33), max_value=2**33, max_denominator=60)
SIGNS = {
    "==": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
}  # fmt: skip


@st.composite
def rows_of_numbers(draw, size=4):
    """Numbers over one denominator, None where one is not known; one for all rows at times."""
    den = draw(st.sampled_from([1, 1, 12, 7]))
    n = draw(st.sampled_from([1, size, size]))
    found = draw(st.lists(st.one_of(NUMBERS, st.none()), min_size=n, max_size=n))
    return [None if one is None else Fraction(one, den) for one in found], den


def column_of(rows, den):
    """As `encode` makes it: unknown values stand for nothing."""
    numbers = [0 if one is None else int(one * den) for one in rows]
    unknown = np.array([one is None for one in rows], np.uint8)
    return narrowed(np.array(numbers, object), unknown, den)


def said(column, size=4):
    values, unknown = (np.broadcast_to(part, size) for part in (column.values, column.unknown))
    return [
        None if not_known else Fraction(int(value), column.den)
        for value, not_known in zip(values, unknown, strict=True)
    ]


def spread(rows, size=4):
    return rows * size if len(rows) == 1 else rows


def exact(work, *sides):
    """The same row by row in numbers of any size."""
    return [None if None in row else work(*row) for row in zip(*map(spread, sides), strict=True)]


def works(one, other, factor, made=None):
    """(what the columns say, what is right), one after the other."""
    left, right = made or (column_of(*one), column_of(*other))
    yield said(added(left, right)), exact(lambda a, b: a + b, one[0], other[0])
    yield said(added(left, right, minus=True)), exact(lambda a, b: a - b, one[0], other[0])
    yield said(multiplied(left, right)), exact(lambda a, b: a * b, one[0], other[0])
    yield said(scaled(left, factor)), exact(lambda a: a * factor, one[0])
    yield said(least([left, right])), exact(min, one[0], other[0])
    yield said(least([left, right], greatest=True)), exact(max, one[0], other[0])
    twice = multiplied(added(left, right), scaled(right, factor))
    yield said(twice), exact(lambda a, b: (a + b) * b * factor, one[0], other[0])


@pytest.mark.parametrize("other", [[Fraction(1, 2**70)], [Fraction(2**70)], [Fraction(0)], [None]])
def test_nothing_and_what_nobody_knows_stand_beside_what_no_machine_number_holds(other):
    """Facts with many different denominators have one in common that is larger than any of them."""
    two = (other, 2**70 if other != [Fraction(2**70)] else 1)
    for nothing in ([Fraction(0)], [None]):
        for first, second in (((nothing, 1), two), (two, (nothing, 1))):
            for told, right in works(first, second, Fraction(2**70, 3)):
                assert told == spread(right)


@given(one=rows_of_numbers(), other=rows_of_numbers(), factor=FACTORS)
def test_narrow_numbers_are_reckoned_as_exactly_as_long_ones(one, other, factor):
    for found, right in works(one, other, factor):
        assert found == right


@given(one=rows_of_numbers(), other=rows_of_numbers(), sign=st.sampled_from(sorted(SIGNS)))
def test_narrow_numbers_are_compared_as_exactly_as_long_ones(one, other, sign):
    found = np.broadcast_to(compared(sign, column_of(*one), column_of(*other)), 4).tolist()
    told = exact(SIGNS[sign], one[0], other[0])
    assert found == [1 if truth is None else 2 * truth for truth in told]


@given(one=rows_of_numbers(), other=rows_of_numbers(), where=st.lists(st.booleans(), min_size=4,
       max_size=4))  # fmt: skip
def test_the_number_of_one_side_or_the_other_is_chosen_row_by_row(one, other, where):
    found = said(chosen(np.array(where), column_of(*one), column_of(*other)))
    sides = zip(where, spread(one[0]), spread(other[0]), strict=True)
    assert found == [yes if first else no for first, yes, no in sides]


@pytest.mark.parametrize("top", [2**7, 2**15, 2**31, 2**62])
def test_a_number_takes_the_fewest_bytes_that_hold_it_and_one_more_takes_the_next(top):
    below, above = (
        narrowed(np.array([n, -n], object), np.zeros(2, np.uint8)) for n in (top - 1, top)
    )
    assert below.values.tolist() == [top - 1, 1 - top]
    assert above.values.tolist() == [top, -top]
    assert kind_of(top - 1) is not kind_of(top)
    assert below.values.dtype != above.values.dtype
    total = added(below, constant(1))
    assert total.values.tolist() == [top, 2 - top]


def test_what_is_not_known_makes_no_column_wide():
    column = narrowed(np.array([3, 2**40]), np.array([0, 1], np.uint8))
    assert (column.values.dtype, column.bound, column.values.tolist()) == (np.int8, 3, [3, 0])


# What these tests catch


def half_a_bit_short(bound):
    return kind_of(bound // 2)


def never_wide(bound):
    return np.int32 if bound >= 2**31 else kind_of(bound)


@pytest.mark.parametrize("defect", [half_a_bit_short, never_wide])
def test_a_column_that_is_narrowed_too_far_is_caught(defect, monkeypatch):
    two = ([Fraction(2)], 1)
    edges = [edge for edge in EDGES if abs(edge) < 2**62]
    some = [([Fraction(edge), Fraction(1), None, Fraction(-edge)], 1) for edge in edges]
    made = [(one, (column_of(*one), column_of(*two))) for one in some]
    monkeypatch.setattr(columns, "kind_of", defect)
    with np.errstate(all="ignore"):
        found = [pair for one, both in made for pair in works(one, two, Fraction(3), both)]
    assert any(told != right for told, right in found)


def test_a_bound_that_says_too_little_is_caught():
    """The bound decides how wide a sum is; a column that lies about it gives wrong sums."""
    liar = Column(np.array([120, 5], np.int8), np.zeros(1, np.uint8), 1, 60)
    assert said(added(liar, constant(60)), 2) != [180, 65]


# Rows as bits


@given(rows=st.lists(st.integers(0, 1), max_size=200))
def test_rows_as_bits_are_the_same_rows(rows):
    words = bits.packed(np.array(rows, np.uint8), len(rows))
    assert bits.unpacked(words, len(rows)).tolist() == rows
    assert bits.counts([words, words]) == [sum(rows), sum(rows)]


@given(n=st.integers(2, 200), all_=st.integers(0, 1))
def test_one_byte_for_all_rows_counts_for_each_of_them(n, all_):
    assert bits.counts([bits.packed(np.array([all_], np.uint8), n)]) == [n * all_]
