"""Generated code, the scan and the explaining reading say the same of any rule and any family."""

import ast
from dataclasses import replace
from datetime import date
from functools import cache
from random import Random

import pytest
from hypothesis import given

from matching import tree
from matching.codegen.expressions import Expressions
from matching.codegen.statuses import statuses_of
from matching.codegen.writer import Writer
from matching.explain import Explainer
from matching.model.family import AidEntry, Ledger
from matching.packs import Condition, Period
from matching.reading import Reading
from seed.load import load_catalogue
from tests.matching.random_families import DAYS, NUMBERS, family_from
from tests.matching.random_rules import Rules, population

CATALOGUE = load_catalogue()
OUTCOMES = {"unmet": 0, "unknown": 1, "met": 2}
PREFIXES = ["310104", "310105", "310199", "990100", "61"]


def generated(pack, family, on):
    return list(statuses_of(pack, on).of(family))


def explained(pack, family, on):
    return [
        (one.policy.id, one.subject, one.event, OUTCOMES[one.outcome.value])
        for one in Explainer(CATALOGUE, Reading(pack, family, on)).standings()
    ]


@given(number=NUMBERS, on=DAYS)
def test_every_policy_says_the_same_of_a_family_at_random(number, on):
    for one in (family_from(number, (0.3, 0.8, 1.0)[number % 3]), *population(number, 2, "")):
        pack = CATALOGUE.pack_for(one.place)
        assert generated(pack, one, on) == explained(pack, one, on)


@cache
def random_pack(number):
    """A pack of policies whose conditions are random rules, of every kind of subject."""
    rng = Random(number)
    pack = CATALOGUE.pack_for(rng.choice(PREFIXES))
    plain = min(pack.policies.values(), key=lambda policy: policy.id)
    policies = {}
    for name in ("rule_a", "rule_b", "rule_c", "rule_d"):
        subject, per_event = rng.choice(["household", "person"]), rng.random() < 0.4
        things = {"household": "household"}
        things |= {"person": "person"} if subject == "person" else {}
        things |= {"event": "event"} if per_event else {}
        rules = Rules(rng, pack, things)
        conditions = tuple(
            Condition(f"it_{n}", "", rules.truth(rng.choice([2, 3, 4])), flag, Period(), ())
            for n, flag in enumerate(rng.choice([["seed"], ["seed", "unverified"]]))
        )
        policies[name] = replace(
            plain, id=name, subject=subject, persons=rng.choice(["all", "living"]),
            per_event=per_event, period=Period(), conditions=conditions, amounts=(),
            pack=rng.choice(pack.chain),
        )  # fmt: skip
    return replace(pack, policies=policies, exclusions=())


def disagrees(number):
    pack, on = random_pack(number), (date(2018, 5, 1), date(2026, 7, 1))[number % 2]
    families = population(number, 4, pack.place or "61")
    return any(generated(pack, one, on) != explained(pack, one, on) for one in families)


@given(number=NUMBERS)
def test_a_random_rule_says_the_same(number):
    assert not disagrees(number)


def test_aid_until_the_last_of_all_days_is_read_as_aid_that_runs():
    pack, on = CATALOGUE.packs["cn/shanghai/xuhui"], date(2026, 7, 1)
    lines = {
        until: tuple(
            AidEntry(policy=policy, to="household", start=date(2020, 1, 1), until=until)
            for policy in sorted(pack.policies)
        )
        for until in (None, date.max)
    }
    one = family_from(1)
    running, endless = (
        one.model_copy(update={"ledger": Ledger(entries=entries)}) for entries in lines.values()
    )
    assert generated(pack, endless, on) == explained(pack, endless, on)
    assert generated(pack, endless, on) == generated(pack, running, on)


# What is written


def test_no_text_of_the_catalogue_is_code():
    """A word with quotes, a new line and a call stays a word."""
    trap = "x'); boom()\n#"
    pack = random_pack(0)
    rule = min(pack.policies.values(), key=lambda policy: policy.id)
    asked = tree.Or(
        (
            tree.InChoices(tree.FactRef("person", "person.sex"), tree.Choices((trap, "f"))),
            tree.Holds("household", (trap,)),
            tree.Compare("==", tree.FactRef("person", "person.sex"), tree.Literal(trap)),
        )
    )
    condition = Condition("it", trap, asked, "seed", Period(), ())
    policy = replace(rule, subject="person", per_event=False, conditions=(condition,))
    pack = replace(pack, policies={policy.id: policy}, label=trap)
    found = statuses_of(pack, date(2026, 7, 1))
    assert "\n#" not in found.source
    calls = {
        node.func.id
        for node in ast.walk(ast.parse(found.source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert "boom" not in calls
    for one in population(1, 6, pack.place or "61"):
        assert generated(pack, one, date(2026, 7, 1)) == explained(pack, one, date(2026, 7, 1))


def test_the_text_names_the_facts_and_is_the_same_each_time():
    pack, on = CATALOGUE.packs["cn/shanghai/xuhui"], date(2026, 7, 1)
    source = statuses_of(pack, on).source
    assert "household_monthly_income" in source
    statuses_of.cache_clear()
    assert statuses_of(pack, on).source == source


# What these tests catch


def only_first(self, number, *_):
    return self.text(self.flow.args(number)[0])


def only_second(self, number, *_):
    return self.text(self.flow.args(number)[1])


def nothing(*_):
    return "0"


def or_is_and(self, number, op):
    return self._and(number, op)


def over_one(self, number, *rest):
    return rest[1] if len(rest) > 1 and rest[1] else self.text(number)


DEFECTS = [
    (Expressions, "_or", or_is_and), (Expressions, "_else", only_first),
    (Expressions, "_first", only_second), (Expressions, "_remark", only_first),
    (Expressions, "_guess", only_first), (Expressions, "_shared", nothing),
    (Expressions, "_is_silent", nothing), (Expressions, "_term", only_second),
    (Expressions, "scaled", over_one), (Writer, "_rest", nothing),
]  # fmt: skip


@pytest.mark.parametrize(
    ("place", "name", "defect"), DEFECTS, ids=lambda one: getattr(one, "__name__", one)
)
def test_a_planted_defect_is_caught(place, name, defect, monkeypatch):
    statuses_of.cache_clear()
    monkeypatch.setattr(place, name, defect)
    try:
        assert any(disagrees(number) for number in range(200))
    finally:
        statuses_of.cache_clear()
