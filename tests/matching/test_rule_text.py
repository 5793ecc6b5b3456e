"""A tree says its text again: reading that text gives the same tree."""

import ast

import pytest

from matching import tree
from matching.rule_text import rule_text
from matching.yaml_text import read_yaml
from seed.load import catalogue_files, load_catalogue
from tests.matching.tiny import asking

TEXTS = [
    "household.utility_arrears and (household.has_lift or not household.sold_home_5y)",
    "not (household.utility_arrears or household.has_lift)",
    "6 <= household.n_counted and household.monthly_income < household.n_counted * LINE - 0",
    "household.monthly_income - (household.monthly_income - 0) > household.monthly_income / 4",
    "household.monthly_income < (household.monthly_income if household.has_lift else 0)",
    "yearly(household.monthly_income) >= max(0, yearly(household.monthly_income * 0.35))",
    'any(m.sex == "f" and m.age > 60 for m in members if not m.is_carer)',
    "count(m for m in counted) != 2",
    'sum(RATE[m.sex] for m in members if m.sex in {"f", "m"}) > 0',
    'all(overlaps(m.disability_type, {"mental", "visual"}) for m in counted)',
    'holds(household, "dibao") or lacks(household, {"tekun", "dibao"})',
    "unverified(disputed(household.has_lift))",
    "within(household.district, HOME)",
    'received(household, {"dibao", "tekun"}) > 0',
    "months_since(household.verified_on) >= 24",
    'months_held(household, "dibao") > 12',
    'months_since(last(household, "dibao")) > 12',
    'held_on(household, "dibao", TODAY)',
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_rule_is_written_as_it_was_read(text):
    assert rule_text(asking(text).packs["cn/here"].policies["asked"].conditions[0].test) == text


def test_a_long_list_of_aid_is_the_class_it_was_written_as():
    node = tree.Holds("household", tuple(f"aid{n}" for n in range(9)))
    assert rule_text(node) == "holds(household, CASH_AID)"


def written(name, text):
    """(text as written, path) of each test of a policy file."""
    data = read_yaml(name, text).data
    rows = data.get("conditions", []) if isinstance(data, dict) else []
    return [row["test"] for row in rows]


def plain(text):
    """The text without line breaks and spare brackets; None where a chain is written."""
    held = ast.parse(f"({text})", mode="eval")
    chained = any(isinstance(n, ast.Compare) and len(n.ops) > 1 for n in ast.walk(held))
    return None if chained or "CASH_AID" in text else ast.unparse(held)


def test_the_conditions_of_our_catalogue_say_themselves():
    files = dict(catalogue_files())
    compared = 0
    for pack in load_catalogue().packs.values():
        for policy in pack.policies.values():
            if policy.pack != pack.id:
                continue
            texts = written(policy.file, files[policy.file])
            for condition, text in zip(policy.conditions, texts, strict=True):
                if plain(text) is not None:
                    assert plain(rule_text(condition.test)) == plain(text)
                    compared += 1
    assert compared > 80
