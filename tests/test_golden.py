"""The golden cases hold and cover every condition in three values."""

from collections import defaultdict
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from matching.answer import answer
from matching.golden import check_case, compare, failures, read_cases
from matching.mutant_bench import survivors
from matching.mutation import mutants
from matching.yaml_text import read_yaml
from seed.load import load_catalogue
from tests.builders import FIRST_OF_JULY, with_line_of_july

FOLDER = Path(__file__).parent / "policies"
EQUIVALENT = FOLDER / "equivalent_mutants.yaml"
UNREACHABLE = FOLDER.parent / "unreachable_outcomes.yaml"
CATALOGUE = load_catalogue()
SHANGHAI = CATALOGUE.packs["cn/shanghai"]
POLICIES = sorted(SHANGHAI.policies)
VALUES = {"met", "unmet", "unknown"}

# Worked examples of the sources. P1 and P2 are alerts beside a rule, D31 is a deadline, D34 a rule
# of procedure.
WORKED = {
    *("P1", "P2", "P3", "P4"),
    *("D01", "D03", "D04", "D05", "D08", "D10", "D11", "D14", "D15", "D17", "D18", "D19", "D20"),
    *("D21", "D23", "D25", "D26", "D27", "D29", "D31", "D32", "D34"),
}
HARD_IN_THIS_PART = range(1, 9)


def texts():
    paths = sorted(path for path in FOLDER.rglob("*.yaml") if path != EQUIVALENT)
    return [(path.relative_to(FOLDER).as_posix(), path.read_text("utf-8")) for path in paths]


CASES = read_cases(CATALOGUE, texts())


@cache
def answered(index):
    case = CASES[index]
    asked = {one.policy for one in case.expected}
    found = CATALOGUE.only(asked) if case.alerts is None else CATALOGUE
    return answer(found, case.family, case.on, suppose=case.suppose)


@pytest.mark.parametrize(
    "index",
    range(len(CASES)),
    ids=[f"{case.place.file}:{case.place.line}:{case.name}" for case in CASES],
)
def test_the_case_holds(index):
    assert compare(CASES[index], answered(index)) == ()


def test_every_case_holds_once_the_line_of_july_is_entered():
    """Whoever enters the figure changes no case: one that needs it missing supposes so."""
    entered = SHANGHAI.standards["DIBAO_LINE"].at(FIRST_OF_JULY).figure is not None
    found = CATALOGUE if entered else with_line_of_july(1690)
    assert [(one.case.place, one.why) for one in failures(found, CASES)] == []


def test_a_case_that_does_not_hold_is_told():
    name, text = next(pair for pair in texts() if pair[0] == "cn/shanghai/dibao.yaml")
    wrong = read_cases(CATALOGUE, [(name, text.replace("81000", "81001", 1))])
    assert check_case(CATALOGUE, wrong[0]) == ("dibao：amount_fen 应为 81001，得到 81000",)


def test_no_two_cases_of_a_file_share_a_name():
    names = [(case.place.file, case.name) for case in CASES]
    assert len(set(names)) == len(names)


def test_the_worked_examples_are_there():
    assert {case.name.split(" ")[0] for case in CASES} >= WORKED


@pytest.mark.parametrize("number", HARD_IN_THIS_PART)
def test_each_hard_rule_of_this_part_has_its_traps(number):
    assert any(f"难点 {number} " in case.name or f"难点 {number}）" in case.name for case in CASES)


def outcomes_seen():
    """(pack, policy, condition) -> outcomes; the condition "" is the policy as a whole."""
    seen = defaultdict(set)
    for index, case in enumerate(CASES):
        pack = CATALOGUE.pack_for(case.family.place)
        expected = {one.policy for one in case.expected}
        for item in answered(index).items:
            if item.id in expected:
                stated = pack.policies[item.id].pack
                seen[stated, item.id, ""].add(item.outcome.value)
                for condition in item.conditions:
                    seen[stated, item.id, condition.id].add(condition.outcome.value)
    return seen


def is_settled(policy):
    """Whether some text verifies it: without one it is at best unknown."""
    return any(condition.decides for condition in policy.conditions)


def test_each_policy_is_met_unmet_and_unknown_somewhere():
    seen, wanted = defaultdict(set), {}
    for (_, policy, condition), values in outcomes_seen().items():
        if not condition:
            seen[policy] |= values
    never = {row["id"].split("/")[-2]: set(row["never"]) for row in unreachable()}
    for pack in CATALOGUE.packs.values():
        for policy in pack.policies.values():
            wanted[policy.id] = wanted.get(policy.id, {"unknown"}) | (
                VALUES if is_settled(policy) else set()
            )
    gaps = {id_: wanted[id_] - seen[id_] for id_ in wanted}
    # one condition that is always open keeps its policy from being met
    assert all(gap <= never.get(id_, set()) for id_, gap in gaps.items()), gaps
    assert seen.keys() == wanted.keys()


def unreachable():
    return read_yaml(UNREACHABLE.name, UNREACHABLE.read_text("utf-8")).data


def test_each_condition_holds_fails_and_is_unknown_somewhere():
    seen = outcomes_seen()
    gaps = {}
    for pack in CATALOGUE.packs.values():
        for policy in pack.policies.values():
            for condition in policy.conditions if policy.pack == pack.id else ():
                key = (pack.id, policy.id, condition.id)
                wanted = set(VALUES) if condition.decides else {"met", "unknown"}
                if wanted - seen[key]:
                    gaps["/".join(key)] = wanted - seen[key]
    assert gaps == {row["id"]: set(row["never"]) for row in unreachable()}
    assert all(row["why"] for row in unreachable())


def test_each_exclusion_is_held_and_not_held_somewhere():
    seen = {key: values for key, values in outcomes_seen().items() if key[2].startswith("not_with")}
    assert {key for key, values in seen.items() if values == {"met"}} == set()


def test_mutants_that_are_listed_as_equivalent_exist_and_have_a_reason():
    """That every other one is noticed is asked by `zhaoren check`, which `make test` runs."""
    rows = read_yaml(EQUIVALENT.name, EQUIVALENT.read_text("utf-8")).data or []
    listed = {row["id"]: row["why"] for row in rows}
    assert len(listed) == len(rows)
    assert all(listed.values())
    assert set(listed) <= {mutant.id for mutant in mutants(CATALOGUE)}


def test_a_mutant_lives_once_its_only_case_is_gone():
    own = [case for case in CASES if case.place.file == "cn/shanghai/grain_oil.yaml"]
    assert survivors(CATALOGUE, own, {"grain_oil"}) == ()
    fewer = [case for case in own if not case.name.startswith("享受重残无业补助")]
    assert [mutant.id for mutant in survivors(CATALOGUE, fewer, {"grain_oil"})] == [
        "cn/shanghai/grain_oil/recipient@0:without-severe_disabled_unemployed:0"
    ]


# The same family on four days: names, clauses and what is in force.


def case_named(start):
    return next(index for index, case in enumerate(CASES) if case.name.startswith(start))


def on_day(start, day):
    case = CASES[case_named(start)]
    found = answer(CATALOGUE, case.family, date.fromisoformat(day), suppose=case.suppose)
    return {item.id: item for item in found.items}


@pytest.mark.parametrize(
    ("day", "marginal", "rigid", "stranded"),
    [
        ("2018-05-01", "低收入困难家庭", None, "生活无着的流浪乞讨人员救助"),
        (
            "2024-08-01",
            "低收入困难家庭",
            "支出型贫困家庭及生活救助",
            "生活无着的流浪乞讨人员救助",
        ),
        (
            "2024-12-30",
            "低收入困难家庭",
            "支出型贫困家庭及生活救助",
            "生活无着的流浪乞讨人员救助",
        ),
        (
            "2024-12-31",
            "最低生活保障边缘家庭",
            "刚性支出困难家庭及生活救助",
            "生活无着的流浪乞讨人员救助",
        ),
        (
            "2026-06-30",
            "最低生活保障边缘家庭",
            "刚性支出困难家庭及生活救助",
            "生活无着的流浪乞讨人员救助",
        ),
        (
            "2026-07-01",
            "最低生活保障边缘家庭",
            "刚性支出困难家庭及生活救助",
            "生活无着的流散人员救助",
        ),
    ],
)
def test_names_are_those_of_the_day(day, marginal, rigid, stranded):
    items = on_day("同一户两人月收入 1800 元", day)
    assert items["dibao_marginal"].label == marginal
    assert (items["rigid_expenditure"].label if "rigid_expenditure" in items else None) == rigid
    assert items["vagrant_relief"].label == stranded


@pytest.mark.parametrize(
    ("day", "documents"),
    [
        ("2018-05-01", {"INTERIM"}),
        ("2019-04-30", {"INTERIM"}),
        ("2019-05-01", {"SHREG"}),
        ("2024-08-01", {"SHREG"}),
        ("2026-06-30", {"SHREG"}),
        ("2026-07-01", {"SHREG", "LAW2026"}),
    ],
)
def test_the_income_condition_cites_the_law_of_the_day(day, documents):
    item = on_day("同一户两人月收入 1800 元", day)["dibao"]
    income = next(found for found in item.conditions if found.id == "income_below_line")
    assert {clause.doc for clause in income.clause} == documents


@pytest.mark.parametrize(
    ("policy", "before", "first"),
    [
        ("dibao", "2014-04-30", "2014-05-01"),
        ("dibao_marginal", "2018-03-31", "2018-04-01"),
        ("rigid_expenditure", "2019-04-30", "2019-05-01"),
        ("dibao_single_person", "2021-06-30", "2021-07-01"),
    ],
)
def test_a_policy_is_not_there_before_its_first_day(policy, before, first):
    assert policy not in on_day("同一户两人月收入 1800 元", before)
    assert policy in on_day("同一户两人月收入 1800 元", first)


def test_ending_aid_is_for_people_who_hear_the_family_first():
    """D34: the aid stays among what is held, and the answer names article 48."""
    item = on_day("D34", "2026-08-01")["dibao"]
    assert item.group == "held"
    assert any("先听取本人意见" in remark and "第48条" in remark for remark in item.remarks)
    assert not any("先听取本人意见" in r for r in on_day("D34", "2026-06-30")["dibao"].remarks)


def test_both_texts_are_shown_where_they_disagree():
    """D21: an outsider's accident on the last day of the old law."""
    item = on_day("D21", "2026-06-30")["temp_emergency"]
    assert any("第36条" in remark for remark in item.remarks)
    place = next(found for found in item.conditions if found.id == "place")
    assert {clause.doc for clause in place.clause} == {"SHREG", "LOWINC2023"}


def test_another_province_pays_for_its_own():
    """P3: the papers are handed in here, decision and money come from the place of the hukou."""
    items = on_day("P3", "2021-05-01")
    for policy in ("disability_living", "disability_nursing"):
        assert any("由户籍地决定和发钱" in remark for remark in items[policy].remarks)


def test_a_statute_of_another_place_never_applies():
    items = on_day("D32", "2025-05-31")
    stated = {CATALOGUE.packs["cn/district-x"].policies[id_].pack for id_ in items}
    assert stated == {"cn", "cn/district-x"}
    assert not any(
        clause.doc in ("SHREG", "STUDY2018")
        for item in items.values()
        for condition in item.conditions
        for clause in condition.clause
    )
