"""Who is shut out by one condition alone: columns against the explaining reading, and by hand."""

from collections import defaultdict
from functools import cache

import pytest

from matching.answer import answer
from matching.facts import family_of
from matching.model.answer import Outcome
from matching.scan.near_misses import near_misses
from matching.scan.population import scans
from seed.load import DEMO_SEED
from seed.synthetic import generate
from tests.findings.cases import ON, catalogue
from tests.matching import tiny

HOUSEHOLD = "household"


@cache
def district():
    return tuple(family_of(case, ON) for case in generate(DEMO_SEED, 40, ON).cases[:20])


def of_everybody(families, where, on):
    """Every single condition that shuts a household out, if everybody needed everything."""
    found = {}
    for scan in scans(where, families, on, block=17):
        policies = {plan.policy.id for plan in scan.program.plans}
        wanted = [(home, HOUSEHOLD) for home in scan.table.ids]
        for miss in near_misses(scan, dict.fromkeys(policies, wanted)):
            found[miss.household, miss.policy, miss.condition.id] = miss.only
    return found


def explained(family):
    """The same, read off the answer of one family."""
    shut = {}
    by_policy = defaultdict(list)
    for item in answer(catalogue(), family, ON).items:
        by_policy[item.id].append(item)
    for policy, items in by_policy.items():
        if any(item.outcome is not Outcome.UNMET for item in items):
            continue
        for item in items:
            told = [one for one in item.conditions if one.decides]
            unmet = [one for one in told if one.outcome is Outcome.UNMET]
            if len(unmet) == 1:
                key = (family.id, policy, unmet[0].id)
                others = [one for one in told if one is not unmet[0]]
                only = all(one.outcome is Outcome.MET for one in others)
                shut[key] = shut.get(key, False) or only
    return shut


def test_the_columns_find_what_the_answers_show():
    expected = {key: only for family in district() for key, only in explained(family).items()}
    assert len(expected) > 150
    assert of_everybody(district(), catalogue(), ON) == expected


def test_the_order_of_households_changes_nothing():
    found = of_everybody(district(), catalogue(), ON)
    assert of_everybody(tuple(reversed(district())), catalogue(), ON) == found


ONE = "[{id: a, birth_date: 1980-01-01, custody_from: 2000-05-01}]"
A_LINE = "{id: income, says: 收入不超过线, test: household.monthly_income <= LINE"
LINES = (
    f"\n  - {A_LINE}, flag: seed, clause: [{{doc: LAW}}]}}"
    "\n  - {id: arrears, says: 欠费, test: household.utility_arrears, flag: seed, "
    "clause: [{doc: LAW}]}"
)


def misses(conditions, facts, subject="household"):
    """Condition -> (only, near) of a household of one, for a policy of these conditions."""
    files = {
        "cn/here/policies/asked.yaml": tiny.a_policy(conditions=conditions, subject=subject),
        "cn/here/standards/LINE.yaml": tiny.LINE.replace("CNY/person/month", "CNY/month"),
    }
    where = tiny.catalogue(tiny.texts(**files))
    family = tiny.family(f"household: {{{facts}}}\n", members=ONE)
    (scan,) = scans(where, [family], tiny.DAY)
    found = near_misses(scan, {"asked": [(family.id, HOUSEHOLD)]})
    return {one.condition.id: (one.only, one.near) for one in found}


def alone(rule):
    return f"\n  - {{id: it, says: 一句话, test: '{rule}', flag: seed, clause: [{{doc: LAW}}]}}"


def known(yuan=None, arrears=None):
    told = {"monthly_income": yuan, "utility_arrears": arrears}
    return ", ".join(f"{name}: {value}" for name, value in told.items() if value is not None)


@pytest.mark.parametrize(
    ("yuan", "expected"),
    [(1000, {}), (1001, (True, True)), (1100, (True, True)), (1101, (True, False)),
     (9000, (True, False)), (None, {})],
)  # fmt: skip
def test_a_tenth_of_the_line_is_near_and_nothing_more(yuan, expected):
    assert misses(LINES, known(yuan, "true")) == ({"income": expected} if expected else {})


def test_not_known_never_counts_as_failing():
    assert misses(LINES, known()) == {}
    assert misses(LINES, known(arrears="false")) == {"arrears": (False, False)}
    assert misses(LINES, known(1200)) == {"income": (False, False)}


def test_two_conditions_that_fail_are_no_single_one():
    assert misses(LINES, known(1050, "false")) == {}


def test_who_is_reached_is_not_shut_out():
    assert misses(LINES, known(900, "true")) == {}


@pytest.mark.parametrize(
    ("rule", "near"),
    [
        ("household.monthly_income <= LINE and household.utility_arrears", True),
        ("household.monthly_income <= LINE or household.monthly_income <= LINE * 0.5", True),
        ("not household.monthly_income > LINE", True),
        ("household.monthly_income <= LINE and not household.utility_arrears", False),
        ("household.monthly_income < LINE * 0.5", False),
    ],
)
def test_distance_is_seen_through_and_or_and_not(rule, near):
    assert misses(alone(rule), known(1050, "true")) == {"it": (True, near)}


def test_a_tenth_of_the_calendar_is_no_distance():
    found = misses(alone("person.custody_from < person.birth_date"), "", subject="person")
    assert found == {"it": (True, False)}
