"""The estimate of who is in no list: it knows what it can say, and the truth lies in its range."""

from math import isclose
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.blind_worlds import a_world
from matching.blind_spot import LEAST_SEEN, estimate, histories

WORLDS = 50
SIZE = 1_500


def ids(*spans):
    return {str(n) for low, high in spans for n in range(low, high)}


@pytest.mark.parametrize("kind", [{"differ": 0.0, "refer": 0.0}, {"refer": 0.0}, {}])
def test_the_range_holds_the_truth_in_nine_of_ten_small_worlds(kind):
    found = [estimate(a_world(number, SIZE, **kind)) for number in range(WORLDS)]
    assert sum(one.low <= SIZE <= one.high for one in found) >= 0.9 * WORLDS


def test_two_lists_alone_say_too_little_when_lists_feed_each_other():
    found = estimate(a_world(7, 20_000))
    pair = next(one for one in found.models if one.name == "只看民政与残联")
    assert pair.total < 0.88 * 20_000
    assert abs(found.middle / 20_000 - 1) < 0.05
    assert not pair.weighs


def test_missed_links_make_the_estimate_too_high():
    assert estimate(a_world(7, 20_000, missed=0.1)).middle > 1.05 * 20_000


def test_the_fullest_model_of_three_lists_is_the_known_formula():
    lists = a_world(3, SIZE)
    n = histories(list(lists.values()))
    t, f = True, False
    unseen = (
        n[t, t, t] * n[t, f, f] * n[f, t, f] * n[f, f, t]
        / (n[t, t, f] * n[t, f, t] * n[f, t, t])
    )  # fmt: skip
    fullest = [one for one in estimate(lists).models if one.aic is not None][-1]
    assert isclose(fullest.total, sum(n.values()) + unseen, rel_tol=1e-6)


def test_two_independent_lists_beside_a_third_give_chapmans_figure():
    lists = {"甲": ids((0, 300)), "乙": ids((150, 450)), "丙": ids((100, 350))}
    pair = next(one for one in estimate(lists).models if one.name == "只看甲与乙")
    assert isclose(pair.total, 301 * 301 / 151 - 1)


@pytest.mark.parametrize(
    ("lists", "why"),
    [
        ({"甲": ids((0, 500)), "乙": ids((100, 600))}, "至少要 3 份"),
        (
            {"甲": ids((0, 99)), "乙": ids((50, 199)), "丙": ids((20, 80))},
            "只有 199 人，不到 200 人",
        ),
        ({"甲": ids((0, 500)), "乙": set(), "丙": ids((0, 90))}, "名单“乙”是空的"),
        ({str(n): ids((n, n + 300)) for n in range(7)}, "最多 6 份"),
        ({}, "至少要 3 份"),
    ],
)
def test_it_says_why_there_is_no_answer(lists, why):
    found = estimate(lists)
    assert why in found.refused
    assert (found.low, found.high, found.unseen_low, found.unseen_high) == (None,) * 4


def test_the_fullest_model_always_weighs():
    """Four lists in perfect independence: by its fit alone the fullest would be left out."""
    cells = range(1, 16)
    lists = {
        f"名单{at}": [f"{cell}-{n}" for cell in cells if cell >> at & 1 for n in range(100)]
        for at in range(4)
    }
    weighed = [one.name for one in estimate(lists).models if one.weighs]
    assert "名单0×名单1、名单0×名单2、名单0×名单3、名单1×名单2、名单1×名单3、名单2×名单3" in weighed


def test_two_hundred_are_enough():
    lists = {"甲": ids((0, 120)), "乙": ids((60, 200)), "丙": ids((30, 160))}
    found = estimate(lists)
    assert found.seen == LEAST_SEEN
    assert found.refused is None
    assert found.unseen_low >= 0


def test_lists_that_never_meet_are_answered_with_care_or_not_at_all():
    lists = {"甲": ids((0, 300)), "乙": ids((300, 600)), "丙": ids((600, 900))}
    found = estimate(lists)
    assert found.refused or all(one.note for one in found.models if one.weighs and "×" in one.name)


@given(st.integers(0, 2**32))
def test_the_order_of_lists_and_repeats_change_nothing(number):
    rng = Random(number)
    sets = [rng.sample(range(400), rng.randint(120, 350)) for _ in range(rng.choice([3, 4]))]
    lists = {f"名单{n}": [str(one) for one in ids_] for n, ids_ in enumerate(sets)}
    again = [(name, [*given_, *given_[:50]]) for name, given_ in lists.items()]
    rng.shuffle(again)
    first, second = estimate(lists), estimate(dict(again))
    assert (first.seen, first.refused) == (second.seen, second.refused)
    if first.low is not None:
        assert first.seen <= first.low <= first.high
        assert abs(first.low - second.low) <= 1
        assert abs(first.high - second.high) <= 1 + first.high / 1_000_000
