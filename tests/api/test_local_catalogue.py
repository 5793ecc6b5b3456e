"""A district's own folder beside our catalogue, and what `zhaoren check` tells its author."""

import json
import re

import pytest

from tests.api.commands import Runner

PROJECT = """\
id: meal_help
kind: project
label: 助餐
subject: person
form: cash
category: support
department: civil_affairs
addresses: [basic_cash]
conditions:
  - id: old
    says: 年满 60 周岁
    test: person.age >= 60
    flag: seed
    clause: [{doc: NOTICE}]
  - id: poor
    says: 已认定低保
    test: holds(person, "dibao")
    flag: seed
    clause: [{doc: NOTICE}]
amount: {value: MEAL, unit: CNY/month, clause: [{doc: NOTICE}]}
"""
FIGURE = """\
id: MEAL
label: 助餐标准
unit: CNY/month
values:
  - {from: 2026-01-01, value: 120, source: {doc: NOTICE}, flag: seed}
"""
CASES = """\
- name: 享受低保的老人
  date: 2026-07-01
  place: "310113"
  members: [{id: a, birth_date: 1960-01-01, relation: self}]
  aid: [{policy: dibao, to: a, from: 2020-01-01}]
  expect: {meal_help: {outcome: met, amount_fen: 12000}}
- name: 没有满 60 周岁
  date: 2026-07-01
  place: "310113"
  members: [{id: a, birth_date: 1970-01-01, relation: self}]
  aid: [{policy: dibao, to: a, from: 2020-01-01}]
  expect: {meal_help: {outcome: unmet}}
- name: 没有低保
  date: 2026-07-01
  place: "310113"
  members: [{id: a, birth_date: 1960-01-01, relation: self}]
  aid: []
  expect: {meal_help: {outcome: unmet}}
"""
TIGHT = """\
- name: 正好满 60 周岁
  date: 2026-07-01
  place: "310113"
  members: [{id: a, birth_date: 1966-07-01, relation: self}]
  aid: [{policy: dibao, to: a, from: 2020-01-01}]
  expect: {meal_help: {outcome: met}}
- name: 差一天满 60 周岁
  date: 2026-06-30
  place: "310113"
  members: [{id: a, birth_date: 1966-07-01, relation: self}]
  aid: [{policy: dibao, to: a, from: 2020-01-01}]
  expect: {meal_help: {outcome: unmet}}
"""
BAOSHAN = "cn/shanghai/baoshan"
FILES = {
    f"{BAOSHAN}/pack.yaml": f'id: {BAOSHAN}\nlabel: 宝山区\nplace: "310113"\n',
    f"{BAOSHAN}/local_documents.yaml": "- {id: NOTICE, title: 某通知, from: 2026-01-01}\n",
    f"{BAOSHAN}/policies/meal_help.yaml": PROJECT,
    f"{BAOSHAN}/standards/MEAL.yaml": FIGURE,
    "cases/meal_help.yaml": CASES,
}


@pytest.fixture
def run(capsys):
    return Runner(capsys)


@pytest.fixture
def local(tmp_path, monkeypatch):
    """A folder that adds a pack, a figure and a project, and ends a policy of the city."""
    ended = "id: grain_oil\nends: {from: 2026-09-01, why: 本区改发实物}\n"
    for name, text in {**FILES, f"{BAOSHAN}/policies/grain_oil.yaml": ended}.items():
        write(tmp_path, name, text)
    monkeypatch.setenv("ZHAOREN_CATALOGUE", str(tmp_path))
    return tmp_path


def write(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_a_pack_a_figure_and_a_project_of_its_own_answer_there_and_nowhere_else(run, local):
    status, out, _ = run("policy", "show", "meal_help", "--on", "2026-07-01", "--place", "310113")
    assert status == 0
    assert "哪里的规定：宝山区（cn/shanghai/baoshan）" in out
    assert "MEAL 助餐标准：每月 120 元，2026 年 1 月 1 日起，《某通知》" in out
    assert run("policy", "show", "meal_help", "--place", "310104")[0] == 2


@pytest.mark.parametrize(
    ("on", "place", "is_over"),
    [
        ("2026-08-31", "310113", False),
        ("2026-09-01", "310113", True),
        ("2026-09-01", "310104", False),
    ],
)
def test_a_policy_that_the_folder_ends_is_over_there(run, local, on, place, is_over):
    _, out, _ = run("policy", "show", "grain_oil", "--on", on, "--place", place)
    assert ("这一天不在有效期内" in out.splitlines()[0]) is is_over
    assert ("本区改发实物" in out) is (place == "310113")


def test_a_file_of_the_same_name_takes_the_place_of_ours(run, local):
    text = "id: cn/shanghai/xuhui\nlabel: 徐汇区（本地改）\nplace: '310104'\n"
    write(local, "cn/shanghai/xuhui/pack.yaml", text)
    text = PROJECT.replace("meal_help", "xuhui_help").replace("doc: NOTICE", "doc: SHREG")
    write(local, "cn/shanghai/xuhui/policies/xuhui_help.yaml", text.replace("MEAL", "'0'"))
    _, out, _ = run("policy", "show", "xuhui_help")
    assert "徐汇区（本地改）" in out


def test_a_mistake_in_the_folder_is_named_with_the_folder(run, local):
    path = write(local, f"{BAOSHAN}/standards/MEAL.yaml", FIGURE.replace("120", "-1"))
    status, out, err = run("check")
    assert (status, out) == (1, "")
    assert f"{path}:5:31: 数值不能是负数。" in err


def test_ours_is_named_without_a_folder(run, local):
    write(local, "cn/shanghai/policies/dibao.yaml", PROJECT.replace("meal_help", "dibao"))
    _, _, err = run("policy", "show", "dibao")
    lines = err.splitlines()[1:]
    assert lines
    assert all(str(local) in line or not line.startswith("/") for line in lines)


# check


def checked(run, *arguments):
    status, out, err = run("check", "--policy", "meal_help", "--json", *arguments)
    return status, json.loads(out), err


def test_the_cases_of_the_folder_are_run_and_what_they_lack_is_asked_for(run, local):
    path = local / BAOSHAN / "policies" / "meal_help.yaml"
    status, report, err = checked(run)
    assert (status, report["good"]) == (1, False)
    assert report["cases"] == 3
    assert report["failures"] == report["without_case"] == []
    assert [one["id"].rpartition("/")[2] for one in report["demands"]] == [
        "old@0:shift:0", "old@0:more:0", "old@0:less:0",
    ]  # fmt: skip
    assert report["alive"] == [one["id"] for one in report["demands"]]
    first = report["demands"][0]
    assert (first["file"], first["line"]) == (str(path), 12)
    assert first["says"] == (
        "meal_help：没有算例能区分 `person.age >= 60` 与 `person.age > 60`："
        "请写一个 `person.age` 正好是 60 周岁的算例。"
    )
    assert f"{path}:12:11: meal_help：没有算例能区分" in err


def test_with_the_cases_that_were_asked_for_the_check_is_good(run, local):
    write(local, "cases/more/tight.yaml", TIGHT)
    status, report, err = checked(run)
    assert (status, report["good"], report["demands"]) == (0, True, [])
    assert "要补的算例" not in err


def test_a_demand_about_a_definition_names_its_line(run, local, monkeypatch, tmp_path_factory):
    monkeypatch.setattr("api.services.author.OWN_CASES", tmp_path_factory.mktemp("own"))
    poor = PROJECT.replace('holds(person, "dibao")', "person.low_income")
    write(local, f"{BAOSHAN}/policies/meal_help.yaml", poor)
    write(local, "cases/more/tight.yaml", TIGHT)
    _, out, _ = run("check", "--policy", "person.low_income", "--json")
    demands = json.loads(out)["demands"]
    assert demands
    assert {one["file"].rpartition("/")[2] for one in demands} == {"definitions.yaml"}
    assert all(one["line"] > 1 for one in demands)


def test_a_project_without_a_case_is_asked_for_one(run, local):
    (local / "cases" / "meal_help.yaml").unlink()
    status, report, err = checked(run)
    assert status == 1
    assert [one["says"] for one in report["without_case"]] == ["meal_help 没有算例。"]
    assert "没有算例的政策和项目（1）" in err


def test_hints_do_not_make_a_check_bad_and_follow_the_day(run, local):
    write(local, "cases/more/tight.yaml", TIGHT)
    text = FIGURE.replace("values:", "rhythm: yearly\nvalues:")
    write(local, f"{BAOSHAN}/standards/MEAL.yaml", text)
    for day, due in (("2027-01-02", []), ("2027-01-03", ["due"])):
        status, report, err = checked(run, "--on", day)
        kinds = [one["kind"] for one in report["hints"] if one["kind"] == "due"]
        assert (status, report["on"], kinds) == (0, day, due)
        assert ("待录入的标准（1）" in err) is bool(due)


def test_a_listed_equivalent_that_is_none_is_told(run, local, monkeypatch, tmp_path_factory):
    """Only our own part is left out: a whole check takes too long for a test."""
    monkeypatch.setattr("api.services.author.OWN_CASES", tmp_path_factory.mktemp("own"))
    rows = f"- {{id: {BAOSHAN}/meal_help/old@0:shift:0, why: 一样}}\n- {{id: gone, why: 旧的}}\n"
    rows += f"- {{id: {BAOSHAN}/meal_help/poor@0:drop, why: 不对}}\n"
    path = write(local, "cases/equivalent_mutants.yaml", rows)
    _, out, _ = run("check", "--json")
    report = json.loads(out)
    told = {one["line"]: one["says"] for one in report["stale_equivalents"]}
    assert told == {
        2: "没有 gone 这个变异。",
        3: f"{BAOSHAN}/meal_help/poor@0:drop 已经有算例看住。",
    }
    assert {one["file"] for one in report["stale_equivalents"]} == {str(path)}
    assert f"{BAOSHAN}/meal_help/old@0:shift:0" not in report["alive"]
    assert report["mutants_equivalent"] == 1


def test_progress_goes_to_standard_error(run, local):
    _, _, err = checked(run)
    assert re.search(r"^算例 3/3$", err, re.MULTILINE)
    assert re.search(r"^变异 \d+/\d+$", err, re.MULTILINE)


def test_a_policy_that_nobody_has_is_no_policy_to_check(run, local):
    status, out, err = run("check", "--policy", "meal_hepl")
    assert (status, out) == (2, "")
    assert "最接近的是 meal_help" in err
