"""What an author is likely to get wrong is told with file, line, and how to put it right."""

import pytest

from tests.matching.tiny import COUNTED, DOCUMENTS, LINE, RATE, a_policy, catalogue, findings, texts

ASKED = "cn/here/policies/asked.yaml"
THE_LINE = "cn/here/standards/LINE.yaml"
SHARE = "cn/here/standards/SHARE.yaml"
DEFINED = "cn/definitions.yaml"
RATIO = LINE.replace("LINE", "SHARE").replace("CNY/person/month", "ratio").replace("1000", "15")
DATED = "{from: 2014-05-01, until: 2026-06-30}"
NOBODY = "household.monthly_income < LINE"


def line(old, new):
    assert old in LINE
    return texts(**{THE_LINE: LINE.replace(old, new, 1)})


def policy(old="", new="", rule="household.utility_arrears", **changes):
    text = a_policy("asked", rule, **changes)
    assert old in text, text
    return texts(**{ASKED: text.replace(old, new, 1)})


def dated(old, new):
    return policy(old, new, valid=DATED)


def excluded(b):
    row = f"- {{a: asked, b: {b}, effect: block, says: 不, clause: [{{doc: LAW}}], flag: seed}}\n"
    return texts(**{ASKED: a_policy("asked"), "cn/here/exclusions.yaml": row})


# name -> (files, file, line, what is said, how to put it right)
MISTAKES = {
    "a line too far to the right": (
        line("unit:", "  unit:"), THE_LINE, 3, "这里不能有冒号，请看缩进和上面的冒号。",
        "请检查缩进（只用空格）"),
    "a line too far to the left": (
        policy("    says:", "   says:"), ASKED, 11, "缩进与上面的行不一致。", "请检查缩进"),
    "a level that is missing": (
        policy("conditions: \n  - id: it", "conditions: \n  id: it"), ASKED, 11, "这里不能有冒号",
        "缩进"),
    "a tab": (
        policy("    says:", "\tsays:"), ASKED, 11, "用了制表符或不能开头的符号，请改用空格。",
        "只用空格"),
    "a full-width colon behind a key": (
        policy("label:", "label："), ASKED, 3, "键后面是全角冒号“：”。",
        "请改成半角冒号，后面加一个空格。"),
    "a full-width colon in a row of a list": (
        policy("- id: it", "- id：it"), ASKED, 10, "键后面是全角冒号“：”。", "半角冒号"),
    "a full-width colon inside braces": (
        line("{from: 2018", "{from：2018"), THE_LINE, 5, "没有叫 from：2018-04-01 的键。",
        "请改成半角冒号"),
    "a full-width colon alone": (
        line(LINE[LINE.index("id:") :], "id：LINE\n"), THE_LINE, 1, "应当是一组键和值",
        "请改成半角冒号"),
    "a full-width colon in a rule": (
        policy(rule="any(m.age > 1 for m in members）"), ASKED, 13, "规则里有全角符号“）”。",
        "请改成半角的 )"),
    "a loose date": (
        line("2018-04-01", "2018-4-1"), THE_LINE, 5, "日期 2018-4-1 的写法不对。", "2018-04-01"),
    "a Chinese date": (
        line("2018-04-01", "2018年4月1日"), THE_LINE, 5, "日期 2018年4月1日 的写法不对。",
        "2018-04-01"),
    "a percentage where a ratio is meant": (
        texts(**{SHARE: RATIO}), SHARE, 5, "比例不能大于 1，写的是 15。", "15% 写成 0.15；"),
    "a percentage in a cell": (
        texts(**{SHARE: RATE.replace("RATE", "SHARE").replace("CNY/month", "ratio")
                 .replace("{f: 300, m: 300}", "{f: 0.5, m: 1}")
                 .replace("{f: 300, m: 200}", "{f: 0.5, m: 1.5}")}),
        SHARE, 7, "比例不能大于 1，写的是 1.5。", "1.5% 写成 0.015；"),
    "income per head where a total is meant": (
        policy(rule="household.monthly_income < LINE"), ASKED, 13,
        "单位不一致：元/月 与 元/人/月。",
        "LINE 是每人的数，另一边是全家的合计：不要算人均，请把每人的数乘以人数，"
        "例如 household.n_counted * LINE。"),
    "a year beside a month": (
        policy(rule="household.annual_income > household.monthly_income"), ASKED, 13,
        "单位不一致：元/年 与 元/月。", "请写 monthly(household.annual_income)"),
    "a missing clause": (
        policy("\n    clause: [{doc: LAW}]", ""), ASKED, 10, "缺少 clause。",
        "例如 clause: [{doc:"),
    "a missing flag": (
        policy("\n    flag: seed", ""), ASKED, 10, "缺少 flag。", "seed、search、unverified"),
    "a misspelt fact": (
        policy(rule="household.montly_income > 0"), ASKED, 13,
        "没有叫 household.montly_income 的事实。",
        "最接近的是 household.monthly_income。"),
    "a policy that excludes itself": (
        excluded("asked"), "cn/here/exclusions.yaml", 1, "asked 不能与自己互斥",
        "请写另一项政策。"),
    "a policy that asks for itself": (
        policy(rule='lacks(household, {"asked", "tekun"})'), ASKED, 12, "asked 以自己为条件。",
        "last()"),
    "a condition before the start of its policy": (
        dated("flag: seed", "flag: seed\n    valid: {from: 2004-05-01}"), ASKED, 15,
        "条件 it 从 2004-05-01 起，政策从 2014-05-01 才开始。", "请核对两个日期"),
    "a condition that ends before its policy starts": (
        dated("flag: seed", "flag: seed\n    valid: {until: 2013-12-31}"), ASKED, 15,
        "条件 it 到 2013-12-31 为止，政策从 2014-05-01 才开始。", "删去"),
    "a condition after the end of its policy": (
        dated("flag: seed", "flag: seed\n    valid: {from: 2026-07-01}"), ASKED, 15,
        "条件 it 从 2026-07-01 起，政策到 2026-06-30 已经结束。", "删去"),
    "a clause before the start of its policy": (
        dated("{doc: LAW}", "{doc: LAW, from: 2004-05-01}"), ASKED, 15,
        "依据 LAW 从 2004-05-01 起，政策从 2014-05-01 才开始。", "请核对"),
    "an amount before the start of its policy": (
        policy(valid=DATED, amount="{valid: {from: 2001-01-01}, clause: [{doc: LAW}]}"), ASKED, 17,
        "金额从 2001-01-01 起，政策从 2014-05-01 才开始。", "请核对"),
    "a deadline's clause after the end of its policy": (
        policy(valid=DATED, procedure="{clause: [{doc: LAW, from: 2027-01-01}]}"), ASKED, 17,
        "依据 LAW 从 2027-01-01 起，政策到 2026-06-30 已经结束。", "请核对"),
    "the key on": (
        policy("label:", "on: 2026-01-01\nlabel:"), ASKED, 3, "键 on 在 YAML 里会被读成是非值。",
        "日期请写成 date 或 from"),
    "a key twice": (
        policy("label:", "form: cash\nlabel:"), ASKED, 6, "键 form 写了两次，第一次在第 3 行。",
        "合并"),
    "an unknown key": (
        policy("label:", "lable: 补助\nlabel:"), ASKED, 3, "没有叫 lable 的键。",
        "最接近的是 label。"),
    "Chinese quotes in a rule": (
        policy(rule="any(m.sex == “f” for m in members)"), ASKED, 13,
        "规则里有全角符号““”。", '半角的 "'),
    "corner brackets in a rule": (
        policy(rule="any(m.sex == 「f」 for m in members)"), ASKED, 13,
        "规则里有全角符号“「”。", '半角的 "'),
    "an end before the beginning": (
        line("2018-04-01,", "2018-04-01, until: 2018-03-31,"), THE_LINE, 5, "until 早于 from。",
        "请核对两个日期"),
    "a policy that replaces one above and says no reason": (
        texts(**{"cn/policies/asked.yaml": a_policy("asked"), ASKED: a_policy("asked")}), ASKED, 1,
        "上级 cn 已有 asked，这里没有写为什么替换。", "请加一行 replaces:"),
    "a reason where nothing is replaced": (
        policy(replaces="另写"), ASKED, 16, "上级没有 asked，replaces 没有替换什么。",
        "请删去 replaces"),
    "a list that is one word": (
        policy(addresses="basic_cash"), ASKED, 8, "addresses 应当是列表", "例如 [一项]"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_names_file_line_and_cure(name):
    files, file, row, what, cure = MISTAKES[name]
    first = next(found for found in findings(files) if (found.file, found.line) == (file, row))
    assert what in first.what, str(first)
    assert cure in first.cure, str(first)


ALONE = {name for name in MISTAKES if name != "a full-width colon inside braces"}


@pytest.mark.parametrize("name", sorted(ALONE))
def test_a_mistake_brings_no_other_message(name):
    assert len(findings(MISTAKES[name][0])) == 1


def test_a_renamed_policy_names_who_still_uses_the_old_name():
    """The file was renamed, the id inside and the references were not; then the id as well."""
    using = a_policy("user", 'holds(household, "asked")')
    renamed = {"cn/here/policies/help.yaml": a_policy("asked"), "cn/here/policies/user.yaml": using}
    (found,) = findings(texts(**renamed))
    assert (found.file, found.line) == ("cn/here/policies/help.yaml", 1)
    assert "文件名是 help。asked 用在 cn/here/policies/user.yaml:13。" in found.what
    assert "连同引用一起改" in found.cure
    renamed["cn/here/policies/help.yaml"] = a_policy("help")
    (found,) = findings(texts(**renamed))
    assert (found.file, found.line) == ("cn/here/policies/user.yaml", 13)
    assert found.what == "没有叫 asked 的政策、项目或其他救助。"


def test_a_renamed_figure_and_a_renamed_definition_are_told_where_they_are_used():
    rule = "household.monthly_income < household.n_counted * LINE and household.one_person > 0"
    files = texts(
        **{ASKED: a_policy("asked", rule), THE_LINE: None,
           "cn/here/standards/NEW_LINE.yaml": LINE.replace("LINE", "NEW_LINE"),
           DEFINED: COUNTED.replace("household.one_person", "household.disregard")}
    )  # fmt: skip
    told = [str(one) for one in findings(files) if (one.file, one.line) == (ASKED, 13)]
    assert any("没有叫 LINE 的标准或名称。 最接近的是 NEW_LINE。" in one for one in told)
    assert any("household.one_person 是推算的事实，但本地没有它的定义。" in one for one in told)


@pytest.mark.parametrize(
    "files",
    [
        dated("flag: seed", "flag: seed\n    valid: {from: 2014-05-01, until: 2026-06-30}"),
        dated("{doc: LAW}", "{doc: LAW, from: 2026-06-30}"),
        texts(**{SHARE: RATIO.replace("15", "1")}),
        texts(**{SHARE: RATIO.replace("15", "0.15")}),
        policy(rule='months_held(household, "asked") < 12'),
        texts(**{"cn/policies/asked.yaml": a_policy("asked"),
                 ASKED: a_policy("asked", replaces="另写")}),
        texts(**{"cn/documents.yaml": DOCUMENTS, ASKED: a_policy("asked", label="补助：说明：二")}),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_mistake_loads(files):
    catalogue(files)
