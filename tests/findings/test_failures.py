"""The 23 failures: each row that is planted is found with path and sentence; no trap is."""

from functools import cache
from pathlib import Path

import pytest
import typer
import yaml

from api import cli
from matching.findings import KINDS, across, find, look_at, sign_of
from matching.ledger import HOUSEHOLD
from matching.model.finding import Finding
from scripts.generate_docs import commands_of
from seed.demo_family import DEMO_DAY
from seed.load import DEMO_HOUSEHOLDS, DEMO_SEED
from seed.planted import PLANTED
from seed.synthetic import District, generate
from tests.findings.cases import catalogue

FAILURES = yaml.safe_load((Path(__file__).parent / "failures.yaml").read_text("utf-8"))
# (where it is planted, what is found there)
FOUND = [(name, row) for name, row in FAILURES.items() if "finding" in row]
FOUND += [(one["at"], one) for row in FAILURES.values() for one in row.get("more", ())]
TRAPS = {
    "T1": {"exclusive_pair", "same_need_twice", "paid_twice"},
    "T2": {"paid_twice", "paid_in_two_places", "household_split", "household_changed"},
    "T3": {"paid_in_two_places", "household_split"},
    "T4": {"paid_after_death", "held_not_fitting"},
    "T6": {"exclusive_pair", "paid_twice"},
}


@cache
def district() -> District:
    return generate(DEMO_SEED, DEMO_HOUSEHOLDS, DEMO_DAY)


@cache
def everywhere() -> tuple[Finding, ...]:
    signs = [sign_of(case, DEMO_DAY) for case in district().cases]
    return across(signs, DEMO_DAY)


@cache
def found_at(name: str) -> tuple[Finding, ...]:
    """What is found in the household planted under this name."""
    home = district().planted[name]
    case = next(case for case in district().cases if case.household.id == home)
    own = find(look_at(catalogue(), case, DEMO_DAY))
    return (*own, *(one for one in everywhere() if home in (one.household, *one.households)))


def test_the_table_names_all_of_them_and_how_each_is_found():
    assert list(FAILURES) == [f"F{number}" for number in range(1, 24)]
    for row in FAILURES.values():
        assert row["says"]
        assert row["command"]
    assert {row["finding"] for _, row in FOUND} <= KINDS.keys()
    assert set(PLANTED) == {*(name for name, _ in FOUND), *TRAPS, "T5"}


def test_every_command_that_reports_one_exists():
    known = {name for name, _ in commands_of(typer.main.get_command(cli.app), "zhaoren")}
    named = {row["command"] for row in FAILURES.values()}
    assert named <= known


def test_children_elsewhere_who_do_not_pay_open_legal_aid():
    """F8: the answer of the family offers it."""
    home = district().planted["F8"]
    case = next(case for case in district().cases if case.household.id == home)
    items = look_at(catalogue(), case, DEMO_DAY).items
    offered = [item for item in items if item.id == "legal_aid" and item.outcome != "unmet"]
    assert [item.subject for item in offered] == [case.memberships[0].person]


@pytest.mark.parametrize(("name", "row"), FOUND, ids=[row["finding"] for _, row in FOUND])
def test_a_planted_failure_is_found_with_its_path_and_sentence(name, row):
    found = [one for one in found_at(name) if one.kind == row["finding"]]
    told = [one for one in found if row["sentence"] in one.says]
    assert told, [one.says for one in found_at(name)]
    one = told[0]
    assert "可能" in one.says
    assert "请" in one.says
    assert all("→" in line for line in one.path)
    assert bool(one.subjects) == (row.get("subject") == "person") or name in ("F7", "F10", "F20")
    home = district().planted[name]
    case = next(case for case in district().cases if case.household.id == home)
    held = {r.id for rows in (case.records, case.aid, case.needs, case.applications) for r in rows}
    if name != "F7":
        assert set(one.evidence) <= held
    assert one.evidence
    assert any(evidence in line for evidence in one.evidence for line in one.path)
    assert one.household.startswith("H-")
    assert HOUSEHOLD not in one.subjects


@pytest.mark.parametrize("name", TRAPS)
def test_a_trap_is_left_alone(name):
    assert not {one.kind for one in found_at(name)} & TRAPS[name]


def test_a_refusal_is_respected():
    declined = {"disability_nursing", "disability_living"}
    assert not [one for one in found_at("T5") if declined & set(one.policies)]


def test_a_planted_row_changes_nothing_in_the_households_beside_it():
    small = generate(DEMO_SEED, 60, DEMO_DAY)
    assert small.planted == {}
    assert small.cases[0] == district().cases[0]
