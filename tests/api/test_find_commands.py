"""`zhaoren find`: a policy in, people out; and what keeps answers open."""

import json
import subprocess
import sys
from collections import Counter
from datetime import date

import pytest

from graph import open_store
from matching.answer import answer
from matching.facts import family_of
from seed.load import load_catalogue, operator_access
from tests.api.commands import ROOT, Runner, demo_store, is_chinese

DAY = "2026-06-30"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return demo_store(tmp_path_factory.mktemp("find"))


@pytest.fixture
def run(capsys):
    return Runner(capsys)


@pytest.fixture(scope="module")
def answers(store):
    """Every household's answer, one by one."""
    catalogue = load_catalogue()
    with open_store(store) as opened:
        cases = list(opened.cases(operator_access()))
    on = date.fromisoformat(DAY)
    return [answer(catalogue, family_of(case, on), on) for case in cases]


def rows(run, *arguments):
    status, out, _ = run("find", *arguments, "--on", DAY, "--json")
    assert status == 0
    return [json.loads(line) for line in out.splitlines()]


def group_of(item):
    return "held" if item.group == "held" else item.outcome.value


@pytest.mark.parametrize("policy", ["dibao", "med_inpatient", "temp_emergency", "elder_allowance"])
def test_it_finds_whom_the_answers_name(run, store, answers, policy):
    found = rows(run, policy, "--store", store)
    told = Counter(
        (one.household, item.subject, item.event, group_of(item))
        for one in answers
        for item in one.items
        if item.id == policy and group_of(item) != "unmet"
    )
    undeclined = [row for row in found if row["group"] != "declined"]
    keys = Counter((r["household"], r["subject"], r["event"], r["group"]) for r in undeclined)
    assert keys - told == Counter()
    declined = {(r["household"], r["subject"]) for r in found if r["group"] == "declined"}
    assert {(h, s) for h, s, _, _ in told - keys} <= declined


def test_met_come_first_then_unknown_with_the_fewest_facts_missing(run, store):
    found = rows(run, "dibao", "--store", store)
    order = ["met", "unknown", "held", "declined"]
    keys = [(order.index(row["group"]), len(row["missing"])) for row in found]
    assert keys == sorted(keys)
    assert all(row["missing"] for row in found if row["group"] == "unknown")
    assert not any(row["missing"] for row in found if row["group"] == "met")


def test_a_group_and_a_place_narrow_what_is_listed(run, store):
    every = rows(run, "dibao", "--store", store)
    held = rows(run, "dibao", "--store", store, "--group", "held")
    assert held == [row for row in every if row["group"] == "held"]
    place = every[0]["place"]
    here = rows(run, "dibao", "--store", store, "--place", place)
    assert here == [row for row in every if row["place"] == place]
    assert rows(run, "dibao", "--store", store, "--place", "990100") == []


def test_the_matrix_counts_the_households_that_each_fact_keeps_undecided(run, store, answers):
    listed = rows(run, "--matrix", "--store", store)
    counts = {(row["policy"], row["fact"]): row["households"] for row in listed}
    told = Counter(
        {
            (item.id, name, one.household)
            for one in answers
            for item in one.items
            if item.outcome == "unknown"
            for condition in item.conditions
            if condition.outcome == "unknown" and condition.decides
            for name in condition.missing
        }
    )
    assert counts == Counter((policy, name) for policy, name, _ in told)
    assert list(counts.values()) == sorted(counts.values(), reverse=True)


def test_the_text_is_chinese_and_names_what_is_missing(run, store):
    status, out, _ = run("find", "dibao", "--on", DAY, "--store", store)
    assert status == 0
    assert is_chinese(out)
    assert "待核实（" in out
    assert "还要知道" in out
    status, out, _ = run("find", "--matrix", "--on", DAY, "--store", store)
    assert status == 0
    assert " 户 " in out


@pytest.mark.parametrize(
    "wrong",
    [(), ("dibao", "--matrix"), ("--matrix", "--group", "met"),
     ("dibaa",), ("dibao", "--group", "all"),
     ("dibao", "--place", "上海"), ("dibao", "--on", "昨天")],
)  # fmt: skip
def test_wrong_use_says_how_in_chinese(run, store, wrong):
    status, _, told = run("find", *wrong, "--store", store)
    assert status == 2
    assert is_chinese(told)


def test_a_part_of_a_name_brings_up_the_policies_that_are_called_so(run, store):
    status, _, told = run("find", "分类施保", "--store", store)
    assert status == 2
    assert "低保家庭分类施保写 dibao_category_topup" in told


def test_what_is_counted_has_its_unit_and_nobody_is_said(run, store):
    assert "正在享受（" in (out := run("find", "dibao", "--on", DAY, "--store", store)[1])
    assert " 户）" in out
    out = run("find", "disability_nursing", "--on", DAY, "--store", store)[1]
    assert " 人）" in out
    for what in ("dibao", "--matrix"):
        assert "没有家庭" in run("find", what, "--place", "44", "--store", store)[1]


def test_reading_the_people_leaves_a_trace(run, store):
    def entries():
        with open_store(store) as opened:
            return sum(1 for _ in opened.audit_entries())

    before = entries()
    rows(run, "dibao", "--store", store)
    assert entries() > before


def test_other_commands_do_not_load_the_columns():
    code = "import sys, api.cli; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_a_household_that_nobody_can_read_has_a_line_of_its_own(run, store):
    """Nobody lived anywhere then: no household is taken for one that is not found."""
    status, out, err = run("find", "dibao", "--on", "1950-01-01", "--json", "--store", store)
    found = [json.loads(line) for line in out.splitlines()]
    assert status == 1
    assert f"有 {len(found)} 户没有算" in err
    assert {row["group"] for row in found} == {"not_read"}
    assert all(row["why"] for row in found)
    assert len({row["household"] for row in found}) == len(found) > 0
