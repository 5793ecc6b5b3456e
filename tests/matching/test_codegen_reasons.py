"""Generated reasons name what the explaining reading names, of any rule and any family."""

from dataclasses import replace
from datetime import date
from functools import cache

import pytest
from hypothesis import given

from matching import tree
from matching.codegen.lacks import Lacks
from matching.codegen.reason_writer import ReasonWriter
from matching.codegen.reasons import reasons_of
from matching.explain import explain
from matching.packs import Condition, Period
from matching.reading import Reading
from tests.matching.random_families import DAYS, NUMBERS, family_from
from tests.matching.random_rules import population
from tests.matching.test_codegen import CATALOGUE, random_pack

STATUS = {"unmet": 0, "unknown": 1, "met": 2}
TODAY = date(2026, 7, 1)


def generated(pack, family, on):
    told = reasons_of(pack, on).told(family)
    return [(subject, event, *reason) for subject, event, reason in told]


def explained(pack, family, on, without=()):
    """The same out of the items: what is met or open, and what its conditions lack."""
    found = []
    only = pack.policies.keys() - set(without)
    for item in explain(CATALOGUE, Reading(pack, family, on), only):
        if item.outcome == "unmet":
            continue
        conditions = tuple(
            (one.id, STATUS[one.outcome.value], one.missing)
            for one in item.conditions
            if one.decides
        )
        missing = {name for *_, names in conditions for name in names}
        found.append(
            (item.subject, item.event, item.id, STATUS[item.outcome.value],
             tuple(sorted(missing)), conditions)
        )  # fmt: skip
    return found


@given(number=NUMBERS, on=DAYS)
def test_every_policy_names_the_same_of_a_family_at_random(number, on):
    one = (family_from(number, (0.3, 0.8)[number % 2]), *population(number, 1, ""))[number % 3 > 0]
    pack = CATALOGUE.pack_for(one.place)
    assert generated(pack, one, on) == explained(pack, one, on)


def asked(number):
    pack, on = random_pack(number), (date(2018, 5, 1), TODAY)[number % 2]
    return pack, on, population(number, 3, pack.place or "61")


@cache
def explained_at_random(number):
    pack, on, families = asked(number)
    without = reasons_of(pack, on).walked
    return [explained(pack, one, on, without) for one in families]


def disagrees(number):
    pack, on, families = asked(number)
    return [generated(pack, one, on) for one in families] != explained_at_random(number)


@given(number=NUMBERS)
def test_a_random_rule_names_the_same(number):
    assert not disagrees(number)


@pytest.mark.parametrize("number", [1022])  # a doubt that is a condition and a part of a sum
def test_a_rule_that_once_failed_names_the_same(number):
    assert not disagrees(number)


def test_the_random_rules_are_open_for_want_of_many_things():
    found = [one for number in range(60) for each in explained_at_random(number) for one in each]
    assert {status for _, _, _, status, *_ in found} == {1, 2}
    names = {name for *_, missing, _ in found for name in missing}
    assert {"events", "child.parents", "obligors", "benefit.dibao"} <= names
    assert any(len(missing) > 3 for *_, missing, _ in found)
    assert any(status == 1 and not missing for _, _, _, status, missing, _ in found)


def test_no_policy_of_the_catalogue_has_to_be_walked():
    for pack in CATALOGUE.packs.values():
        assert reasons_of(pack, TODAY).walked == ()


def test_what_cannot_be_named_is_left_to_the_explaining_reading_and_said():
    """Of a code that two facts choose between, all that was looked at would have to be named."""
    pack = random_pack(0)
    rule = min(pack.policies.values(), key=lambda policy: policy.id)
    chosen = tree.Cond(
        tree.FactRef("household", "household.special_family"),
        tree.FactRef("household", "household.district"),
        tree.FactRef("household", "household.subdistrict"),
    )
    policies = {}
    for name, code in (("chosen", chosen), ("plain", chosen.yes)):
        test = tree.Within(code, tree.Literal("310104001"))
        condition = Condition("it", "", test, "seed", Period(), ())
        policies[name] = replace(
            rule, id=name, subject="household", per_event=False, conditions=(condition,)
        )
    pack = replace(pack, policies=policies)
    assert reasons_of(pack, TODAY).walked == ("chosen",)
    told = [generated(pack, one, TODAY) for one in population(3, 12, "310")]
    assert {policy for each in told for _, _, policy, *_ in each} == {"plain"}
    assert told == [explained(pack, one, TODAY, ("chosen",)) for one in population(3, 12, "310")]


def test_the_text_is_the_same_each_time():
    pack = CATALOGUE.packs["cn/shanghai/xuhui"]
    first = reasons_of(pack, TODAY)
    reasons_of.cache_clear()
    again = reasons_of(pack, TODAY)
    assert (again.source, again.names) == (first.source, first.names)


# What these tests catch


def nothing(*_):
    return "0"


def only_found(self, number, _, way):
    return self.truth(self.flow.args(number)[0], way)


def only_the_first(self, numbers):
    return self.lack(numbers[0])


def the_test_is_forgotten(self, number):
    op, args = self.flow.op(number), self.flow.args(number)
    return self.lack(args[1] if op.kind in ("term", "cond") else args[0])


def a_part_is_no_part(self, number, _, way):
    return self._turned(number, "0", "or", way)


DEFECTS = [
    (Lacks, "_guessed", only_found), (Lacks, "unsaid", nothing), (Lacks, "lack_of", only_the_first),
    (Lacks, "lack_anew", the_test_is_forgotten), (Lacks, "_owing", a_part_is_no_part),
    (ReasonWriter, "_rest", nothing),
]  # fmt: skip


@pytest.mark.parametrize(
    ("place", "name", "defect"), DEFECTS, ids=lambda one: getattr(one, "__name__", one)
)
def test_a_planted_defect_is_caught(place, name, defect, monkeypatch):
    for number in range(120):  # what is right is found out without the defect
        explained_at_random(number)
    reasons_of.cache_clear()
    monkeypatch.setattr(place, name, defect)
    try:
        assert any(disagrees(number) for number in range(120))
    finally:
        reasons_of.cache_clear()
