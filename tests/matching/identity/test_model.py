"""Weights that add up, in order of agreement; figures that are learnt without a known pair."""

import json
import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given

from benchmarks.identity_measures import patterns_of
from benchmarks.identity_world import make_world
from matching.errors import InputError
from matching.identity.compare import AGREEING, FIELDS
from matching.identity.estimation import estimate
from matching.identity.model import (
    Alternative,
    Score,
    explain_pair,
    read_model,
    score_pair,
    show_model,
)
from matching.identity.normalise import read_delivery
from tests.matching.identity.people import CHARACTERS, COMPARER, MODEL, a_record, some_records


def records_of(seed, n_people):
    world = make_world(seed, n_people, CHARACTERS)
    return [r for d in world.deliveries for r in read_delivery(d, CHARACTERS).records]


RECORDS = records_of(4, 1500)
LEARNT = estimate(RECORDS, patterns_of(RECORDS, CHARACTERS, COMPARER), COMPARER, MODEL, "test")


# People of one household share telephone and address: against them these speak the other way.
TELLING = [("strangers", name) for name in FIELDS]
TELLING += [("relatives", name) for name in ("name", "id_number", "birth_date", "sex")]


@pytest.mark.parametrize("model", [MODEL, LEARNT], ids=["shipped", "learnt"])
@pytest.mark.parametrize(("against", "name"), TELLING)
def test_a_stronger_agreement_never_weighs_less_and_never_less_than_a_difference(
    model, name, against
):
    bits = model.bits[list(FIELDS).index(name)][against == "strangers"][:-1]
    agreeing, differing = bits[: AGREEING[name]], bits[AGREEING[name] :]
    rounding = 0.02
    assert all(a >= b - rounding for a, b in pairwise(agreeing))
    assert min(agreeing) >= max(differing) - rounding
    assert agreeing[0] > 0 > min(differing)


@given(some_records(), some_records())
def test_the_weights_of_a_pair_and_the_prior_add_up_to_its_probability(left, right):
    vector = COMPARER.compare(left, right)
    score = score_pair(MODEL, left, right, vector)
    at = list(Alternative).index(score.nearest)
    nearest = (score.against_relatives, score.against_strangers)[at]
    weights = explain_pair(MODEL, left, right, vector)
    assert [weight.field for weight in weights] == list(FIELDS)
    assert math.isclose(sum(w.bits for w in weights) + MODEL.prior_bits[at], nearest, abs_tol=0.05)
    assert 0 <= score.probability <= 1
    assert score == score_pair(MODEL, right, left, vector)


def test_a_field_that_says_nothing_weighs_nothing():
    empty = a_record(name=None, id_number=None, birth=None, sex=None, phones=(), address=None)
    vector = COMPARER.compare(a_record(), empty)
    assert {w.bits for w in explain_pair(MODEL, a_record(), empty, vector)} == {0.0}


def test_a_rare_name_weighs_more_than_a_common_one():
    known = replace(MODEL.frequencies, names={"陈示梅": 0.01})
    model = replace(MODEL, frequencies=known)
    assert score_of(model, "王样璐") > score_of(model, "陈示梅") + 5


def score_of(model, name):
    left, right = a_record(name=name, id_number=None), a_record("charity", name=name)
    return score_pair(model, left, right, COMPARER.compare(left, right)).against_strangers


def test_where_namesakes_of_one_day_are_common_name_and_day_say_less():
    bare = {"id_number": None, "phones": (), "address": None}
    pair = a_record(**bare), a_record("charity", **bare)
    vector = COMPARER.compare(*pair)
    scores = [score_pair(replace(MODEL, namesakes=times), *pair, vector) for times in (1.0, 64.0)]
    assert math.isclose(scores[0].against_strangers - scores[1].against_strangers, 6.0)
    other_day = COMPARER.compare(pair[0], a_record(birth=None, **bare))
    assert score_pair(replace(MODEL, namesakes=64.0), *pair, other_day) == score_pair(
        MODEL, *pair, other_day
    )


def test_an_office_telephone_says_less_than_a_private_one():
    shared = replace(MODEL, frequencies=replace(MODEL.frequencies, phones={"00012345678": 0.02}))
    pair = a_record(), a_record("charity", id_number=None)
    vector = COMPARER.compare(*pair)
    private = score_pair(MODEL, *pair, vector).against_strangers
    assert score_pair(shared, *pair, vector).against_strangers < private - 5


def test_a_pair_is_no_likelier_than_either_alternative_allows():
    assert Score(20.0, -5.0).probability < 0.05
    assert Score(-5.0, 20.0).probability < 0.05
    assert Score(20.0, -5.0).nearest is Alternative.STRANGERS
    assert 0 <= Score(-5000.0, 0.0).probability < 1e-300


def test_learning_is_repeatable_and_needs_no_truth():
    again = estimate(RECORDS, patterns_of(RECORDS, CHARACTERS, COMPARER), COMPARER, MODEL, "test")
    assert again == LEARNT
    assert LEARNT.n_records == len(RECORDS)
    assert 0.2 < LEARNT.same_per_record < 0.5


@pytest.mark.parametrize("n_records", [0, 1, 2])
def test_almost_nobody_is_a_population_too(n_records):
    some = RECORDS[:n_records]
    model = estimate(some, patterns_of(some, CHARACTERS, COMPARER), COMPARER, MODEL, "few")
    assert model.n_records >= 2
    assert all(math.isfinite(bits) for bits in model.prior_bits)


def test_figures_survive_their_file_and_hold_no_value_of_a_person():
    shown = json.loads(json.dumps(show_model(LEARNT)))
    back = read_model(shown)
    assert show_model(back) == show_model(replace(LEARNT, frequencies=back.frequencies))
    assert not any(name in json.dumps(shown, ensure_ascii=False) for name in "示例样")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.pop("levels"),
        lambda d: d["levels"]["name"].pop("equal"),
        lambda d: d["levels"]["name"].__setitem__("equal", [1.5, 0.1, 0.1]),
        lambda d: d["levels"]["name"].__setitem__("equal", ["NaN", 0.1, 0.1]),
        lambda d: d["levels"]["name"].__setitem__("equal", [0.5]),
        lambda d: d.__setitem__("n_records", "many"),
    ],
)
def test_a_broken_file_of_figures_is_refused(spoil):
    shown = json.loads(json.dumps(show_model(MODEL)))
    spoil(shown)
    with pytest.raises(InputError):
        read_model(shown)
