"""A catalogue is right or does not load: all mistakes at once, each with place, reason and cure."""

from datetime import date, timedelta

import pytest

from matching.catalogue import load
from matching.errors import CatalogueError
from seed.load import catalogue_files, load_catalogue
from tests.matching.tiny import (
    COUNTED,
    DAY,
    DOCUMENTS,
    LINE,
    RATE,
    a_policy,
    catalogue,
    family,
    finding,
    findings,
    item,
    texts,
)

ASKED = "cn/here/policies/asked.yaml"
THE_LINE = "cn/here/standards/LINE.yaml"
THE_RATE = "cn/here/standards/RATE.yaml"
DEFINED = "cn/definitions.yaml"
ALERTS, EXCLUSIONS = "cn/alerts.yaml", "cn/exclusions.yaml"


def test_the_tiny_catalogue_loads():
    assert set(catalogue().packs) == {"cn", "cn/here"}


def test_our_own_catalogue_loads_whatever_the_order_and_kind_of_its_pairs():
    files = catalogue_files()
    whole = load_catalogue()
    assert load(reversed(files)).version == whole.version == load(iter(files)).version
    changed = [(name, text + "\n") for name, text in files]
    assert load(changed).version != whole.version


def edited(text, old, new):
    assert old in text, old
    return text.replace(old, new)


def line(old, new):
    return texts(**{THE_LINE: edited(LINE, old, new)})


def policy(old="", new="", **changes):
    text = a_policy(**changes)
    return texts(**{ASKED: edited(text, old, new) if old else text})


def definitions(old, new):
    return texts(**{DEFINED: edited(COUNTED, old, new)})


AN_ALERT = "- {id: x, level: check, subject: person, says: 看, test: person.agee > 1}\n"
TWO_LAWS = "clause: [{doc: LAW}, {doc: LAWW}]"
SECOND_IT = (
    "\n  - {id: it, says: 二, test: household.has_lift, flag: seed, clause: [{doc: LAW}],"
    " valid: {from: 2026-01-01}}"
)

CASES = {
    "a figure without a date": (
        line("from: 2018-04-01, ", ""), THE_LINE, 5, 5, "数值没有起始日期。", "请写 from"),
    "a figure without a unit": (
        line("unit: CNY/person/month\n", ""), THE_LINE, 1, 1, "缺少 unit。", ""),
    "a figure without a source": (
        line(", source: {doc: LAW}", ""), THE_LINE, 5, 5, "数值没有依据。", "value: null"),
    "a figure without a flag": (
        line(", flag: seed", ""), THE_LINE, 5, 5, "数值没有核实标记。", "unverified"),
    "a wrong flag": (
        line("flag: seed", "flag: sure"), THE_LINE, 5, 63, "flag 不能是 sure。", "seed、search"),
    "two values for one day": (
        line("flag: seed}\n", "flag: seed}\n  - {from: 2018-04-01, value: null}\n"),
        THE_LINE, 6, 5, "2018-04-01 有两个数值。", "请删去一行"),
    "an unknown unit": (
        line("CNY/person/month", "CNY/persn/month"), THE_LINE, 3, 7, "没有 persn 这个词",
        "最接近的是 person"),
    "a loose date": (
        line("2018-04-01", "2018-4-1"), THE_LINE, 5, 12, "日期 2018-4-1 的写法不对。",
        "2018-04-01"),
    "an impossible date": (
        line("2018-04-01", "2018-02-30"), THE_LINE, 5, 12, "没有 2018-02-30 这一天。", ""),
    "a day that is a number": (
        line("2018-04-01", "20180401"), THE_LINE, 5, 12, "from", ""),
    "an unknown document of a figure": (
        line("doc: LAW", "doc: LAWW"), THE_LINE, 5, 51, "没有登记过文件 LAWW。", "最接近的是 LAW"),
    "a negative figure": (
        line("1000", "-1"), THE_LINE, 5, 31, "数值不能是负数。", ""),
    "a fraction of a fen": (
        line("1000", "0.001"), THE_LINE, 5, 31, "金额最多两位小数（到分）。", ""),
    "a fraction of a fen far behind": (
        line("1000", "1." + "0" * 40 + "1"), THE_LINE, 5, 31, "最多两位小数", ""),
    "a figure that is a truth": (line("1000", "true"), THE_LINE, 5, 31, "value 应当是数", ""),
    "a figure in quotes": (line("1000", "'1000'"), THE_LINE, 5, 32, "value 应当是数", ""),
    "a figure without end": (line("1000", ".inf"), THE_LINE, 5, 31, "value 应当是数", ""),
    "not a number": (line("1000", "NaN"), THE_LINE, 5, 31, "value 应当是数", ""),
    "a huge figure": (line("1000", "1e400"), THE_LINE, 5, 31, "value 应当是数", ""),
    "an end before the beginning": (
        line("2018-04-01,", "2018-04-01, until: 2018-03-31,"), THE_LINE, 5, 31,
        "until 早于 from。", ""),
    "a key of Python and not of the file": (
        line("from:", "start:"), THE_LINE, 5, 6, "没有叫 start 的键。", ""),
    "no figure at all": (
        texts(**{THE_LINE: LINE[: LINE.index("  - ")]}), THE_LINE, 4, 8,
        "values 应当是列表", ""),
    "a plain figure where keys are": (
        texts(**{THE_RATE: edited(RATE, "{f: 300, m: 300}", "300")}), THE_RATE, 6, 31,
        "按 sex 分", ""),
    "two keys where one is": (
        texts(**{THE_RATE: edited(RATE, "m: 300}", "m: {x: 300}}")}), THE_RATE, 6, 31,
        "每一格要有 1 个键", ""),
    "an id that is not the file's name": (
        line("id: LINE", "id: LINES"), THE_LINE, 1, 5, "id 与文件名不同，文件名是 LINE。", "一致"),
    "an unknown key with the nearest": (
        line("label: 线", "label: 线\nrythm: yearly"), THE_LINE, 3, 1, "没有叫 rythm 的键。",
        "最接近的是 rhythm"),
    "an unknown key deep inside": (
        policy("flag: seed", "flag: seed\n    remarc: 看"), ASKED, 15, 5, "没有叫 remarc 的键。",
        "最接近的是 remark"),
    "a key twice": (
        line("label: 线\n", "label: 线\nlabel: 线\n"), THE_LINE, 3, 1, "键 label 写了两次", "合并"),
    "the key on": (line("label: 线", "on: 线\nlabel: 线"), THE_LINE, 2, 1, "键 on 在 YAML", ""),
    "an empty file": (texts(**{THE_LINE: ""}), THE_LINE, 1, 1, "文件是空的。", "删去文件"),
    "a tab": (line("  - {", "\t- {"), THE_LINE, 5, 1, "制表符", "缩进"),
    "a wrong indentation": (line("unit", " unit"), THE_LINE, 3, 6, "这里不能有冒号", "缩进"),
    "a full-width colon": (line("id: ", "id："), THE_LINE, 1, 3, "键后面是全角冒号", "半角冒号"),
    "an anchor": (line("LINE\n", "&x LINE\n"), THE_LINE, 1, 5, "不允许用锚点", "写全"),
    "an unknown department": (
        policy(department="civil_affair"), ASKED, 7, 13, "没有登记过部门 civil_affair。",
        "最接近的是 civil_affairs"),
    "an unknown need": (
        policy(addresses="[basic_cas]"), ASKED, 8, 13, "没有叫 basic_cas 的需求类型。",
        "最接近的是 basic_cash"),
    "an unknown kind": (policy(form="money"), ASKED, 5, 7, "form 不能是 money。", "cash"),
    "a missing clause": (
        policy("    clause: [{doc: LAW}]", ""), ASKED, 10, 5, "缺少 clause。", ""),
    "an empty clause": (
        policy("[{doc: LAW}]", "[]"), ASKED, 15, 13, "clause 至少要有一项。", ""),
    "an unknown document of a clause": (
        policy("clause: [{doc: LAW}]", TWO_LAWS), ASKED, 15, 32, "没有登记过文件 LAWW。",
        "最接近的是 LAW"),
    "a condition that is never in force": (
        policy("flag: seed", "flag: seed\n    valid: {from: 2026-01-01, until: 2025-12-31}"),
        ASKED, 15, 38, "until 早于 from。", ""),
    "two versions of a condition on one day": (
        policy("clause: [{doc: LAW}]", "clause: [{doc: LAW}]" + SECOND_IT), ASKED, 16, 10,
        "条件 it 在同一天有两个版本。", "valid"),
    "no condition": (policy(conditions="[]"), ASKED, 9, 13, "conditions 至少要有一项。", ""),
    "an amount without a unit": (
        policy(amount="{value: household.monthly_income, clause: [{doc: LAW}]}"), ASKED, 16, 9,
        "金额没有单位。", "CNY/month"),
    "an amount of another unit": (
        policy(amount="{value: LINE, unit: CNY/month, clause: [{doc: LAW}]}"), ASKED, 16, 17,
        "单位不一致：元/人/月 与 元/月。", ""),
    "a wrong unit of an amount": (
        policy(amount="{value: LINE, unit: CNY/moth, clause: [{doc: LAW}]}"), ASKED, 16, 29,
        "单位里没有 moth 这个词。", ""),
    "two amounts on one day": (
        policy(amount="[{clause: [{doc: LAW}]}, {clause: [{doc: LAW}]}]"), ASKED, 16, 34,
        "同一天有两个金额", "valid"),
    "a deadline of no day": (
        policy(procedure="{working_days: 0}"), ASKED, 16, 27, "working_days 应当大于零。", ""),
    "a policy that nobody can end": (
        texts(**{ASKED: "id: asked\nends: {from: 2026-01-01, why: 不再}\n"}), ASKED, 1, 5,
        "上级没有 asked，不能停止。", ""),
    "an unknown fact defined": (
        definitions("household.n_counted:", "household.n_count:"), DEFINED, 4, 1,
        "词汇表里没有 household.n_count。", "household.n_counted"),
    "a definition without a clause": (
        definitions("  test: \"1\"\n  clause: [{doc: LAW}]", "  test: \"1\""), DEFINED, 7, 1,
        "定义没有依据。", "clause"),
    "a definition of another type": (
        definitions('  test: "1"', '  test: "True"'), DEFINED, 8, 10, "应当是数，写的是是非", ""),
    "a definition with a label of another unit": (
        definitions("  test: \"1\"", "  unit: year\n  test: \"1\""), DEFINED, 8, 9,
        "unit 与词汇表不同，词汇表是 person。", ""),
    "versions out of order": (
        definitions(
            "  test: \"1\"\n  clause: [{doc: LAW}]",
            "  versions:\n    - {from: 2020-01-01, test: '1', clause: [{doc: LAW}]}\n"
            "    - {from: 2019-01-01, test: '1', clause: [{doc: LAW}]}"),
        DEFINED, 10, 7, "版本要按起始日从早到晚", "from"),
    "a definition of itself": (
        definitions("  test: \"1\"", "  test: household.one_person"), DEFINED, 7, 1,
        "成环：household.one_person → household.one_person", "去掉"),
    "an exclusion of an unknown aid": (
        texts(**{EXCLUSIONS: "- {a: dibao, b: tekn, effect: block, says: 不可兼得, "
                 "clause: [{doc: LAW}], flag: seed}\n"}),
        EXCLUSIONS, 1, 17, "没有叫 tekn 的", "最接近的是 tekun"),
    "an exclusion of itself": (
        texts(**{EXCLUSIONS: "- {a: dibao, b: dibao, effect: block, says: 不可兼得, "
                 "clause: [{doc: LAW}], flag: seed}\n"}),
        EXCLUSIONS, 1, 17, "dibao 不能与自己互斥或有别的关系。", "请写另一项政策。"),
    "an alert about nothing known": (
        texts(**{ALERTS: AN_ALERT}), ALERTS, 1, 57, "没有叫 person.agee 的事实。",
        "最接近的是 person.age"),
    "a list that is a map": (texts(**{ALERTS: "id: x\n"}), ALERTS, 1, 1, "应当是列表", ""),
    "a document twice": (
        texts(**{"cn/documents.yaml": DOCUMENTS * 2}), "cn/documents.yaml", 2, 8,
        "文件 LAW 已经登记过。", "一次"),
    "a file of no kind": (
        texts(**{"cn/alert.yaml": "- 1\n"}), "cn/alert.yaml", 1, 1, "没有这种文件",
        "alerts.yaml"),
    "a file outside all packs": (
        texts(**{"us/alerts.yaml": "[]\n"}), "us/alerts.yaml", 1, 1, "不属于任何地区包",
        "pack.yaml"),
    "a pack of another name": (
        texts(**{"cn/here/pack.yaml": "id: cn/there\nlabel: 本地\nplace: '310104'\n"}),
        "cn/here/pack.yaml", 1, 5, "id 是 cn/there，文件夹是 cn/here。", "一致"),
    "a pack without a parent": (
        texts(**{"us/x/pack.yaml": "id: us/x\nlabel: 外\nplace: '99'\n"}), "us/x/pack.yaml", 1, 1,
        "上级 us 没有 pack.yaml。", ""),
    "a figure that changes its unit below": (
        texts(**{"cn/standards/LINE.yaml": edited(LINE, "CNY/person/month", "CNY/month")}),
        THE_LINE, 3, 7, "单位与上级不同，上级是 CNY/month。", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_mistake_is_told_once_with_file_line_and_column(name):
    files, file, row, column, what, cure = CASES[name]
    found = finding(files)
    assert (found.file, found.line, found.column) == (file, row, column), str(found)
    assert what in found.what
    assert cure in found.cure


def test_all_mistakes_of_all_files_come_in_one_load():
    files = texts()
    wanted = []
    names = ("a figure without a source", "an unknown department", "versions out of order",
             "an alert about nothing known", "a document twice", "a file of no kind")  # fmt: skip
    for name in names:
        changed, file, row, column, *_ = CASES[name]
        files[file] = changed[file]
        wanted.append((file, row, column))
    assert [(f.file, f.line, f.column) for f in findings(files)] == sorted(wanted)


def test_two_mistakes_of_one_file_come_together():
    files = texts(**{THE_LINE: LINE.replace("LINE", "LINES").replace("1000", "-1")})
    assert [(f.line, f.column) for f in findings(files)] == [(1, 5), (5, 31)]


def test_a_long_cycle_is_told_once_beginning_with_its_smallest_name():
    text = (
        "household.disregard:\n  test: household.countable_income_month\n  clause: [{doc: LAW}]\n"
        "household.countable_income_month:\n  test: household.disregard\n  clause: [{doc: LAW}]\n"
    )
    found = finding(texts(**{DEFINED: COUNTED + text}))
    assert found.what.count("→") == 2
    assert "household.countable_income_month → household.disregard" in found.what


def test_a_cycle_through_the_counted_members_is_found():
    text = COUNTED.replace('lacks(person, "tekun")', "household.n_counted > 1")
    found = finding(texts(**{DEFINED: text}))
    assert "household.n_counted → person.counted" in found.what


def test_a_broken_file_is_not_blamed_on_those_that_name_it():
    uses = a_policy("asked", 'holds(household, "dibao") and household.n_counted > 1')
    for broken in (
        {"cn/policies/dibao.yaml": "id: dibao\n\tkind: policy\n"},
        {"cn/policies/dibao.yaml": a_policy("dibao").replace("kind: policy", "kind: law")},
        {DEFINED: "household.n_counted: [\n"},
        {DEFINED: COUNTED.replace("  test: count(m for m in counted)\n", "  text: x\n")},
        {"cn/documents.yaml": DOCUMENTS.replace("title", "titel")},
        {"cn/here/pack.yaml": "id: cn/here\nlable: 本地\n"},
    ):
        files = texts(**{ASKED: uses, **broken})
        assert {found.file for found in findings(files)} == set(broken), broken


def test_no_pack_at_all_is_a_finding_without_a_place():
    with pytest.raises(CatalogueError, match="目录里没有任何地区包"):
        load([])


def test_a_finding_prints_as_file_line_column():
    (found,) = findings(line("1000", "-1"))
    assert str(found) == f"{THE_LINE}:5:31: 数值不能是负数。"


def test_a_label_must_have_a_name():
    assert finding(policy(label="[]")).line == 3


# What a pack inherits.


def test_a_child_pack_replaces_adds_and_ends():
    files = texts(
        **{
            "cn/policies/asked.yaml": a_policy("asked", "household.has_lift", label="国"),
            "cn/policies/over.yaml": a_policy("over"),
            ASKED: a_policy("asked", "household.utility_arrears", label="地", replaces="另写"),
            "cn/here/policies/over.yaml": "id: over\nends: {from: 2026-01-01, why: 停办}\n",
        }
    )
    found = catalogue(files)
    assert found.packs["cn"].policies["asked"].label_on(DAY) == "国"
    assert found.packs["cn/here"].policies["asked"].label_on(DAY) == "地"
    over = found.packs["cn/here"].policies["over"]
    assert over.period.until == date(2025, 12, 31)
    assert over.remarks[-1] == "停办"
    assert found.packs["cn"].policies["over"].period.until is None


def test_a_place_belongs_to_the_pack_with_the_longest_prefix():
    found = catalogue()
    assert found.pack_for("310104001").id == "cn/here"
    assert found.pack_for("310105").id == "cn"
    assert found.pack_for("31").id == "cn"


def test_home_of_a_national_text_is_the_first_place_below():
    files = texts(
        **{"cn/policies/asked.yaml": a_policy("asked", "within(household.district, HOME)")}
    )
    one = family("household: {district: '310104'}\n")
    assert item(catalogue(files), one).outcome.value == "met"
    other = family("household: {district: '310105'}\n")
    assert item(catalogue(files), other).outcome.value == "unmet"


# Dates of a condition, a name, an amount.


def test_the_version_of_the_day_is_used_on_both_sides_of_the_change():
    text = a_policy(
        "asked",
        conditions="\n  - {id: it, says: 旧, test: household.has_lift, flag: seed, "
        "clause: [{doc: LAW}], valid: {until: 2026-06-30}}\n"
        "  - {id: it, says: 新, test: not household.has_lift, flag: seed, "
        "clause: [{doc: LAW}], valid: {from: 2026-07-01}}",
        label="[{text: 旧名}, {from: 2026-07-01, text: 新名}]",
        valid="{from: 2020-01-01, until: 2027-12-31}",
    )
    found = catalogue(texts(**{ASKED: text}))
    one = family("household: {has_lift: true}\n")
    change = date(2026, 7, 1)
    old, new = item(found, one, change - timedelta(days=1)), item(found, one, change)
    assert (old.outcome, old.label, old.conditions[0].says) == ("met", "旧名", "旧")
    assert (new.outcome, new.label, new.conditions[0].says) == ("unmet", "新名", "新")
    for day in (date(2019, 12, 31), date(2028, 1, 1)):
        with pytest.raises(AssertionError):
            item(found, one, day)
