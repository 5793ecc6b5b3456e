"""`zhaoren policy`: a policy in words, what changes, and a new one to fill in."""

import json
import re
from pathlib import Path

import pytest

from matching.yaml_text import BLANK
from tests.api.commands import Runner, is_chinese


@pytest.fixture
def run(capsys):
    return Runner(capsys)


# -- show


def test_a_policy_is_shown_with_its_rule_text_clause_and_figure_of_the_day(run):
    status, out, _ = run("policy", "show", "dibao", "--on", "2024-08-01", "--place", "310104")
    assert status == 0
    assert out.startswith("最低生活保障 · dibao · 2024 年 8 月 1 日\n")
    for words in (
        "哪里的规定：上海市（cn/shanghai）",
        "共同生活的家庭成员月人均收入低于低保标准（income_below_line）",
        "规则：household.countable_income_month",
        "依据：《上海市社会救助条例》第10条",
        "来路：公开资料查到",
        "DIBAO_LINE 城乡居民最低生活保障标准：每人每月 1,595 元",
        "特困人员救助供养：不能同时享受。",
        "另有自己规定的地区包：cn",
    ):
        assert words in out
    assert "《中华人民共和国社会救助法》" not in out


def test_one_day_later_another_clause_stands_beside_the_rule(run):
    _, out, _ = run("policy", "show", "dibao", "--on", "2026-07-01", "--place", "310104")
    assert "《中华人民共和国社会救助法》第18条" in out


def test_a_sheet_is_json_as_well(run):
    _, out, _ = run("policy", "show", "temp_small_amount", "--place", "310105", "--json")
    sheet = json.loads(out)
    assert (sheet["policy"], sheet["pack"]) == ("temp_small_amount", "cn/shanghai/changning")
    assert sheet["others"] == ["cn"]
    said = {(one["section"], one["what"]): one["text"] for one in sheet["lines"]}
    assert said["是什么", "为什么替换上级的"] == "本区规定了每人上限"


def test_before_its_first_day_a_policy_is_said_not_to_be_in_force(run):
    _, out, _ = run("policy", "show", "dibao", "--on", "2001-01-01")
    assert "（这一天不在有效期内）" in out.splitlines()[0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["show", "dibo"], "最接近的是 dibao"),
        (["show", "demo_meals", "--place", "310104"], "有它的地区包"),
        (["show", "dibao", "--on", "2026-2-30"], "2026-2-30"),
        (["diff", "2026-06-30", "2026-06-30"], "两边是一样的"),
        (["diff", "cn/shanghay", "cn"], "最接近的是 cn/shanghai"),
        (["diff", "2026-06-31", "2026-07-01"], "既不是日期，也不是地区包"),
        (["diff", "cn/shanghay@2026-06-30", "cn"], "没有叫 cn/shanghay 的地区包"),
        (["diff", "2026-06-30", "2026-07-01", "--policy", "dibo"], "最接近的是 dibao"),
        (["new", "meal_help", "--pack", "cn/shanghai"], "ZHAOREN_CATALOGUE"),
        (["new", "Meal", "--pack", "cn/shanghai", "--into", "x"], "小写英文字母"),
        (["new", "../up", "--pack", "cn/shanghai", "--into", "x"], "小写英文字母"),
        (["new", "meal_help", "--pack", "cn/shanghay", "--into", "x"], "最接近的是 cn/shanghai"),
        (["new", "dibao", "--pack", "cn/shanghai", "--into", "x"], "cn/shanghai 已有 dibao"),
    ],
    ids=" ".join,
)
def test_wrong_use_is_told_in_chinese(run, arguments, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, out, err = run("policy", *arguments)
    assert (status, out) == (2, "")
    assert is_chinese(err)
    assert words in err
    assert not list(tmp_path.iterdir())


# -- diff


def test_between_two_days_clauses_and_figures_change_and_policies_come(run):
    status, out, _ = run("policy", "diff", "2026-06-30", "2026-07-01")
    assert status == 0
    assert out.startswith("从 2026 年 6 月 30 日 到 2026 年 7 月 1 日\n")
    assert "有改动：最低生活保障（cn/shanghai/dibao）" in out
    assert "现在：" in out
    assert "《中华人民共和国社会救助法》第18条" in out


def changes(run, *arguments):
    _, out, _ = run("policy", "diff", *arguments, "--json")
    return json.loads(out)["changes"]


def test_on_the_first_day_of_a_policy_it_is_new_and_backwards_it_is_gone(run):
    days = ("2021-06-30", "2021-07-01")
    (new,) = changes(run, *days, "--policy", "dibao_single_person")
    assert (new["kind"], new["policy"]) == ("新有", "dibao_single_person")
    assert all(line["before"] is None for line in new["lines"])
    (gone,) = changes(run, *reversed(days), "--policy", "dibao_single_person")
    assert gone["kind"] == "没有了"


def test_between_two_packs_a_policy_is_replaced_with_its_reason(run):
    found = {one["policy"]: one for one in changes(run, "cn/shanghai", "cn/shanghai/changning")}
    replaced = found["visit_care"]
    assert replaced["kind"] == "换成本地的"
    told = {(one["section"], one["what"]): one["after"] for one in replaced["lines"]}
    assert "长宁区" in told["是什么", "为什么替换上级的"]
    assert "dibao" not in found


def test_a_pack_on_two_days_and_a_pack_beside_a_day(run):
    typed = ("cn/shanghai@2018-04-01", "cn/shanghai@2018-04-02")
    assert changes(run, *typed, "--policy", "dibao") == []
    _, out, _ = run("policy", "diff", *typed, "--policy", "dibao")
    assert out.splitlines()[-1] == "没有不同。"
    (change,) = changes(run, "cn/shanghai@2026-06-30", "2026-07-01", "--policy", "dibao")
    assert change["kind"] == "有改动"
    assert {line["what"] for line in change["lines"]} <= {
        "依据",
        "",
        "怎么算",
        "规则",
        "具体",
        "多久",
    }


def test_figures_that_differ_have_an_entry_of_their_own(run):
    found = changes(run, "cn/shanghai@2018-03-31", "cn/shanghai@2018-04-01")
    (figures,) = [one for one in found if not one["policy"]]
    (line,) = [one for one in figures["lines"] if one["of"] == "DIBAO_LINE"]
    assert "970 元" in line["before"]
    assert "1,070 元" in line["after"]


# -- new

FILLED = {
    "label": "助餐", "department": "civil_affairs", "addresses": "basic_cash", "target": "老人",
    "gives": "一餐饭", "from": "2026-07-01", "id": "old", "says": "年满 60 周岁",
    "test": "person.age >= 60", "doc": "SHREG", "article": "10", "door": "食堂", "replaces": "另写",
    "date": "2026-07-01", "birth_date": "1950-01-01", "missing": "person.birth_date",
}  # fmt: skip


def filled(text):
    """Each blank with what belongs to its key."""
    return re.sub(
        r"(\w+): (\[?)____", lambda found: f"{found[1]}: {found[2]}{FILLED[found[1]]}", text
    )


@pytest.mark.parametrize("kind", ["policy", "project"])
def test_a_new_policy_loads_once_its_blanks_are_filled(run, tmp_path, monkeypatch, kind):
    status, out, err = run(
        "policy", "new", "meal_help", "--pack", "cn/shanghai", "--kind", kind, "--into", tmp_path
    )
    policy = tmp_path / "cn/shanghai/policies/meal_help.yaml"
    cases = tmp_path / "cases/cn/shanghai/meal_help.yaml"
    assert status == 0
    assert out.splitlines() == [f"写了 {policy}", f"写了 {cases}"]
    assert f"ZHAOREN_CATALOGUE={tmp_path}" in err
    for path, name in ((policy, "policy"), (cases, "cases")):
        first = path.read_text("utf-8").splitlines()[0]
        assert Path(first.partition("$schema=")[2]).name == f"{name}.json"
        assert Path(first.partition("$schema=")[2]).is_file()
    monkeypatch.setenv("ZHAOREN_CATALOGUE", str(tmp_path))
    status, _, err = run("policy", "show", "dibao")
    assert status == 2
    blanks = err.splitlines()[1:]
    assert len(blanks) == policy.read_text("utf-8").replace("# ", "#").count(BLANK) - 3
    assert all(f"{policy}:" in line and "这里还没有填写。" in line for line in blanks)
    policy.write_text(
        filled(policy.read_text("utf-8")).replace("subject: household", "subject: person"), "utf-8"
    )
    status, out, err = run("policy", "show", "meal_help", "--on", "2026-07-01")
    assert (status, err) == (0, "")
    assert "年满 60 周岁（old）" in out
    cases.write_text(filled(cases.read_text("utf-8")), "utf-8")
    status, out, err = run("check", "--policy", "meal_help", "--json")
    report = json.loads(out)
    assert report["cases"] == 3
    assert [line.rsplit("：", 1)[0] for line in report["failures"]] == [
        f"{cases}:13:3: 只有一个条件不符合：meal_help"
    ]


def test_nothing_that_is_there_is_overwritten(run, tmp_path):
    arguments = ("policy", "new", "meal_help", "--pack", "cn", "--into", tmp_path)
    assert run(*arguments)[0] == 0
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.yaml")}
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert "没有改动" in err
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.yaml")} == before


def test_a_policy_that_a_pack_above_states_asks_for_the_reason(run, tmp_path):
    run("policy", "new", "dibao", "--pack", "cn/shanghai/xuhui", "--into", tmp_path)
    text = (tmp_path / "cn/shanghai/xuhui/policies/dibao.yaml").read_text("utf-8")
    assert "\nreplaces: ____" in text
    assert "cn/shanghai 的 dibao" in text
