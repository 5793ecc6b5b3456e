"""Small groups are drawn towards the whole, and only clear differences are called so."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.office.small_areas import beta_quantile, estimated

SIZES = st.integers(1, 4_000).flatmap(
    lambda n: st.tuples(st.integers(0, n), st.just(n), st.integers(0, 5_000), st.integers(0, 5_000))
)


def test_the_estimate_is_what_can_be_reckoned_by_hand():
    found = estimated(10, 50, 60, 100)
    assert found.share == round((10 + 50 * 0.6) / (50 + 50), 4) == 0.4
    assert found.mean == 0.6
    assert found.worse
    assert not found.better


@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_quantiles_of_distributions_that_have_a_formula(share):
    assert beta_quantile(share, 1, 1) == pytest.approx(share)
    assert beta_quantile(share, 3, 1) == pytest.approx(share ** (1 / 3))
    assert beta_quantile(share, 1, 4) == pytest.approx(1 - (1 - share) ** (1 / 4))


@given(st.integers(1, 60), st.integers(1, 60), st.sampled_from([0.05, 0.5, 0.95]))
def test_a_quantile_is_where_the_binomial_says(a, b, share):
    """Below x lies what a binomial of a + b - 1 throws gives for a or more hits."""
    x, n = Fraction(beta_quantile(share, a, b)), a + b - 1
    below = sum(comb(n, k) * x**k * (1 - x) ** (n - k) for k in range(a, n + 1))
    assert float(below) == pytest.approx(share, abs=1e-9)


@given(SIZES)
def test_the_interval_holds_the_share_and_the_share_lies_between_group_and_whole(sizes):
    hits, size, more_hits, more = sizes
    found = estimated(hits, size, hits + more_hits, size + more_hits + more)
    assert 0 <= found.low <= found.share <= found.high <= 1
    raw = hits / size
    assert min(raw, found.mean) - 1e-4 <= found.share <= max(raw, found.mean) + 1e-4
    assert not (found.worse and found.better)


@given(st.integers(1, 300))
def test_a_group_like_the_whole_is_never_called_worse_or_better(size):
    found = estimated(size, 2 * size, 700, 1_400)
    assert (found.worse, found.better) == (False, False)


def test_a_handful_of_households_is_never_worse():
    assert not estimated(0, 3, 500, 1_000).worse


@pytest.mark.parametrize("hits", [0, 100])
def test_all_or_nobody_in_the_whole_leaves_no_doubt_and_no_verdict(hits):
    found = estimated(hits // 2, 50, hits, 100)
    assert found.low == found.high == found.share == hits / 100
    assert not found.worse
    assert not found.better


def test_of_an_empty_whole_nothing_is_said():
    assert estimated(0, 0, 0, 0) is None
