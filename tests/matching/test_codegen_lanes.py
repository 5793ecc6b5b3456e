"""Truths side by side in one number say what each says alone, of any rules that share anything."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cache
from random import Random

import pytest
from hypothesis import given

from matching import tree
from matching.codegen import lane_words, lane_writer, lanes
from matching.codegen.lane_values import Values
from matching.codegen.lane_words import LaneWords
from matching.codegen.lane_writer import LaneFlow
from matching.codegen.lanes import Planner
from matching.codegen.statuses import statuses_of
from matching.explain import Explainer
from matching.model.family import Fact
from matching.packs import Condition, Period
from matching.reading import Reading
from matching.scan.status import compile_pack
from seed.load import load_catalogue
from tests.matching.random_families import NUMBERS
from tests.matching.random_rules import population
from tests.matching.test_codegen import random_pack

CATALOGUE = load_catalogue()
OUTCOMES = {"unmet": 0, "unknown": 1, "met": 2}
ON = date(2026, 7, 1)
SIGNS = ["==", "!=", "<", "<=", ">", ">="]
MONEY = [-2_000, 0, 1_000, 2_000, 2_500, 3_000]
FACTORS = [Fraction(-1), Fraction(0), Fraction(1, 2), Fraction(1), Fraction(5, 4), Fraction(3)]
AGES = [5, 17, 18, 60, 61, 70]
STAGES = ["compulsory", "higher", "none"]


def household(name):
    return tree.FactRef("household", f"household.{name}")


def member(name):
    return tree.FactRef("m", f"person.{name}")


def of_household(rng, vary):
    """A test of one household; the same few facts again and again, at marks that vary."""
    sign, money = vary.choice(SIGNS), tree.Literal(vary.choice(MONEY))
    return rng.choice([
        lambda: tree.Compare(sign, household("monthly_income"), money),
        lambda: tree.Compare(sign, money, household("monthly_income")),
        lambda: tree.Compare(
            sign, household("medical_expense_12m"),
            tree.Arith("*", household("annual_income"), tree.Literal(vary.choice(FACTORS)))),
        lambda: household("utility_arrears"),
        lambda: household("special_family"),
        lambda: tree.Holds("household", ("dibao",), rng.random() < 0.5),
        lambda: tree.Literal(True),
        lambda: any_or_all(rng, vary, 1),
        lambda: any_or_all(rng, vary, 2),
    ])()  # fmt: skip


def any_or_all(rng, vary, depth):
    which, body = rng.choice(["any", "all"]), joined(rng, vary, of_member, depth)
    return tree.Quantifier(which, body, "m", "members", None)


def of_member(rng, vary):
    sign, age = vary.choice(SIGNS), tree.Literal(vary.choice(AGES))
    words = tuple(vary.sample(STAGES, 2))
    return rng.choice([
        lambda: tree.Compare(sign, member("age"), age),
        lambda: tree.Compare(sign, member("age"), age),
        lambda: member("needs_long_term_care"),
        lambda: tree.InChoices(member("student_stage"), tree.Choices(words), rng.random() < 0.5),
        lambda: tree.Compare(rng.choice(["==", "!="]), member("student_stage"),
                             tree.Literal(words[0])),
        lambda: household("special_family"),
    ])()  # fmt: skip


def joined(rng, vary, leaf, depth):
    if depth == 0 or rng.random() < 0.2:
        found = leaf(rng, vary)
        return tree.Not(found) if rng.random() < 0.2 else found
    make = rng.choice([tree.And, tree.And, tree.Or])
    return make(tuple(joined(rng, vary, leaf, depth - 1) for _ in range(rng.randint(2, 3))))


@cache
def pack_that_shares(number):
    """Some shapes of rules, each with other marks several times."""
    plain, vary = random_pack(0), Random(number)
    policy = min(plain.policies.values(), key=lambda one: one.id)
    policies = {}
    for place in range(24):
        rng = Random(f"{number} {place % 6}")
        test = joined(rng, vary, of_household, 1 + place % 2)
        condition = Condition("it", "", test, "seed", Period(), ())
        name = f"rule_{place:02d}"
        policies[name] = replace(
            policy, id=name, subject="household", per_event=False, conditions=(condition,)
        )
    return replace(plain, policies=policies)


def families(number, place):
    """Families at random; half of them with values at which something changes."""
    rng = Random(number)
    for one in population(number, 6, place):
        facts = dict(one.facts)
        for name in ("monthly_income", "medical_expense_12m", "annual_income"):
            if rng.random() < 0.8:
                facts[f"household.{name}"] = Fact(value=rng.choice(MONEY) + rng.choice([0, 0, 1]))
        members = tuple(
            who.model_copy(
                update={"facts": {**who.facts, "person.age": Fact(value=rng.choice(AGES))}}
            )
            for who in one.members
        )
        yield one
        yield one.model_copy(update={"facts": facts, "members": members})


def disagrees(pack, number, on=ON):
    statuses = statuses_of.__wrapped__(pack, on)
    return any(
        list(statuses.of(one)) != explained(pack, one, on)
        for one in families(number, pack.place or "61")
    )


def explained(pack, family, on):
    return [
        (one.policy.id, one.subject, one.event, OUTCOMES[one.outcome.value])
        for one in Explainer(CATALOGUE, Reading(pack, family, on)).standings()
    ]


@pytest.mark.parametrize("few", [1, 3])
@given(number=NUMBERS)
def test_rules_that_share_facts_say_the_same(few, number):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lanes, "FEW", few)
        assert not disagrees(pack_that_shares(number), number)


@given(number=NUMBERS)
def test_a_rule_of_any_kind_says_the_same_in_lanes(number):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lanes, "FEW", 1)
        on = (date(2018, 5, 1), ON)[number % 2]
        assert not disagrees(random_pack(number), number, on)


def test_rules_that_share_facts_are_told_as_lanes():
    told = LaneFlow(compile_pack(pack_that_shares(1), ON)).lanes
    assert [len(places) >= lanes.FEW for places, _ in told.values()] == [True]
    assert "to_bytes" in statuses_of(pack_that_shares(1), ON).source


def test_what_nobody_shares_has_no_lane():
    pack = pack_that_shares(1)
    alone = dict(list(pack.policies.items())[: lanes.FEW - 1])
    assert not LaneFlow(compile_pack(replace(pack, policies=alone), ON)).lanes


def test_a_fact_that_cannot_decide_is_not_read():
    """Nobody is old: whether they need care is not asked."""
    old = [tree.Compare(">=", member("age"), tree.Literal(age)) for age in (60, 65, 70, 75)]
    pack, policies = pack_that_shares(0), {}
    for name, policy in list(pack.policies.items())[:4]:
        body = tree.And((old.pop(), member("needs_long_term_care")))
        test = tree.Quantifier("any", body, "m", "members", None)
        condition = Condition("it", "", test, "seed", Period(), ())
        policies[name] = replace(policy, conditions=(condition,))
    pack = replace(pack, policies=policies)
    statuses, read = statuses_of(pack, ON), []

    class Told(dict):
        def get(self, name, default=None):
            read.append(name)
            return super().get(name, default)

    family = population(1, 1, pack.place or "61")[0]
    for age in (30, 80):
        facts = Told({"person.age": Fact(value=age)})
        members = tuple(
            one.model_copy(update={"facts": facts, "stale": {}}) for one in family.members
        )
        now = family.model_copy(update={"members": members})
        read.clear()
        assert list(statuses.of(now)) == explained(pack, now, ON)
        read.clear()
        statuses.table(now)
        assert ("person.needs_long_term_care" in read) is (age == 80)


# What these tests catch


def one_mark(self, numbers):
    return set(sorted(MARKS(self, numbers))[:1])


def never_unknown(self, number, value):
    return 0 if None in value else TRUTH(self, number, value)


def upwards(self, look, names):
    marks = sorted(self._marks(look))
    return lane_words._by_halves(self._cuts(look, marks, names, 1))


def never_equal(mark, sign, names):
    return TEST(mark, "<", names)


def all_neutral(self, parts, way, rest):
    return JOIN(self, parts, way, {})


def in_order(self, space):
    return list(range(len(self.told(space))))


def first_term(self, one):
    return self._term(one.body.terms[0])


TRUTH, MARKS = Values.truth, Values.marks
TEST, JOIN = lane_words._test, Planner._join
DEFECTS = [
    (Values, "marks", one_mark), (Values, "truth", never_unknown),
    (LaneWords, "_places", upwards), (lane_words, "_test", never_equal),
    (Planner, "_join", all_neutral), (LaneFlow, "order", in_order),
    (LaneWords, "summed", first_term), (lanes, "_BEGIN", {"any": 3, "all": 3}),
    (lane_writer, "_SIGN", {"any": "|", "all": "|"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("place", "name", "defect"), DEFECTS, ids=lambda one: getattr(one, "__name__", str(one)[:20])
)
def test_a_planted_defect_is_caught(place, name, defect, monkeypatch):
    monkeypatch.setattr(lanes, "FEW", 2)
    assert not any(disagrees(pack_that_shares(number), number) for number in range(3))
    monkeypatch.setattr(place, name, defect)
    assert any(disagrees(pack_that_shares(number), number) for number in range(60))
