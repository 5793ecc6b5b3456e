"""Generated code, the scan and the explaining reading say the same of any rule and any family."""

from dataclasses import replace
from datetime import date
from functools import cache
from random import Random

from hypothesis import given

from matching.codegen.statuses import statuses_of
from matching.explain import explain
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
    items = explain(CATALOGUE, Reading(pack, family, on))
    return [(item.id, item.subject, item.event, OUTCOMES[item.outcome.value]) for item in items]


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
