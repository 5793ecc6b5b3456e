"""What does not belong to the language of rules does not load: where, what, and the cure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.rules import Names, Scope, StandardShape, read_rule
from matching.tree import Kind, Type
from matching.units import parse_unit
from tests.matching.tiny import a_policy, finding, findings, texts

FILE = "cn/here/policies/asked.yaml"
LINE = 13  # of the rule in the file; it begins in column 7
BOOL = Type(Kind.BOOL)
PER_PERSON, A_MONTH = parse_unit("CNY/person/month"), parse_unit("CNY/month")
NAMES = Names(
    standards={
        "LINE": StandardShape(PER_PERSON),
        "RATE": StandardShape(A_MONTH, (frozenset({"f", "m"}),)),
    },
    definitions=frozenset({"household.n_counted", "person.counted"}),
    aid=frozenset({"dibao", "tekun"}),
    cash=("dibao",),
)


def problems(rule, *entities):
    node, found = read_rule(rule, NAMES, Scope.of(*entities), BOOL)
    assert (node is None) == bool(found)
    return found


def one(rule, *entities):
    (found,) = problems(rule, *entities)
    return found.line, found.column, found.what, found.cure


INCOME = "household.monthly_income"


@pytest.mark.parametrize(
    ("rule", "column", "what", "cure"),
    [
        ("household.montly_income > 0", 0, "household.montly_income", INCOME),
        (f"{INCOME} > household.montly_income", 27, "household.montly_income", INCOME),
        ("household.one_persn * LINE > 0", 0, "one_persn", "household.one_person"),
        ("household.n_counted * LINES > 0", 22, "LINES", "LINE"),
        (f"{INCOME} > household.annual_income", 0, "元/月 与 元/年", "yearly()"),
        (f"{INCOME} < LINE", 0, "元/月 与 元/人/月", "household.n_counted * LINE"),
        (
            "household.n_counted * LINE > household.annual_income",
            0,
            "单位不一致",
            "monthly(household.annual_income)",
        ),
        ('any(m.credit_basis == "none" for m in members)', 4, "规则不能用", "由人另行处理"),
        (INCOME, 0, "应当是是非，写的是数", ""),
        ("household.utility_arrears > 3", 0, "是非和数不能这样比较", "直接写名字"),
        ("household.utility_arrears == True", 0, "是非和是非不能这样比较", "直接写名字"),
        ("household.verified_on > 3", 0, "日期和数不能这样比较", ""),
        ('household.house_danger == "E"', 0, "没有叫 E 的选项", ""),
        ('household.house_danger == "Dd"', 0, "没有叫 Dd 的选项", "最接近的是 D。"),
        ('household.house_danger in {"C", "X"}', 32, "没有叫 X 的选项", ""),
        ('household.house_danger > "C"', 0, "只能比较相等", "within"),
        ('household.house_danger in ["C"]', 26, "应当写一个集合", ""),
        ('household.district == "shanghai"', 0, "区划只能与区划比较", "310104"),
        ("household.district == household.house_danger", 0, "区划只能与区划比较", "310104"),
        (f"{INCOME} > 1000", 0, "金额不能写在规则里", "standards/"),
        (f"max({INCOME}, 1000) > 0", 0, "金额不能写在规则里", "standards/"),
        (f"{INCOME} + 1 > 0", 0, "金额不能写在规则里", "standards/"),
        (f"({INCOME} if household.has_lift else 1) > 0", 1, "金额不能写在规则里", "standards/"),
        ("household.floor_no > -2", 21, "规则里不写负数", "减法"),
        ("household.floor_no / household.housing_units > 1", 0, "只能除以一个写明的", "相乘"),
        ("household.floor_no / 0 > 1", 0, "只能除以一个写明的非零数", ""),
        ("household.floor_no // 2 > 1", 0, "只有 + - * /", ""),
        ("household.floor_no ** 2 > 1", 0, "只有 + - * /", ""),
        ("household.floor_no is None", 0, "没有 is", "本来就是“未知”"),
        ("household.floor_no == None", 22, "不是规则可以用的值", ""),
        ("household.floor_no > 1j", 21, "不是规则可以用的值", ""),
        ("round(household.floor_no) > 1", 0, "没有叫 round 的函数", ""),
        ("within_(household.district, HOME)", 0, "没有叫 within_ 的函数", "within。"),
        ("within(household.district, area=HOME)", 0, "不接受带名字的参数", ""),
        ("within(household.district)", 0, "需要 2 个参数，写了 1 个", ""),
        ("within(household.floor_no, HOME)", 0, "within 要两个区划", ""),
        ('within(household.district, "shanghai")', 0, "within 要两个区划", ""),
        ('within("310104", HOME)', 0, "within 要两个区划", ""),
        ("(lambda x: x)(1)", 0, "没有这种写法", ""),
        ("lambda: True", 0, "没有这种写法", ""),
        ("[True]", 0, "没有这种写法", ""),
        ('household.dwelling_id == "x"', 0, "规则不能比较文字", ""),
        ("household.disregard > 0", 0, "本地没有它的定义", "definitions.yaml"),
        ("household > 1", 0, "要带上事实名", ""),
        ("members", 0, "要带上事实名", ""),
        ("person.is_carer", 0, "这里没有 person", "household"),
        ("any(x for x in people)", 15, "没有叫 people 的集合", ""),
        ("any(o.is_carer for o in obligors)", 24, "obligors 属于一个人", ""),
        ("any(household.is_carer for household in members)", 27, "household 已有别的意思", "m"),
        ("any(child.is_carer for child in members)", 23, "child 已有别的意思", "m"),
        ("any(m.is_carer async for m in members)", 0, "只能有一个 if", ""),
        ("any([m.is_carer for m in members])", 0, "any 要写成", ""),
        ("count(m.is_carer for m in members) > 1", 6, "count 要写成", ""),
        ("sum(m.is_carer for m in members) > 1", 4, "sum 里应当是数", ""),
        (
            "any(any(n.is_carer for n in members) for m in members)",
            4,
            "量词里不能再有量词",
            "写成定义",
        ),
        ('holds(household, "diabo")', 17, "没有叫 diabo 的政策", "dibao"),
        ('holds(nobody, "dibao")', 6, "第一个参数应当是", ""),
        ("holds(household, dibao)", 17, "应当是政策编号", ""),
        ("RATE > household.monthly_income", 0, "RATE 要带上键", "f、m"),
        ('RATE["x"] > household.monthly_income', 5, "键应当是：f、m", ""),
        ('RATE["f", "m"] > household.monthly_income', 0, "需要 1 个键，写了 2 个", ""),
        ("RATE[household.house_danger] > 0", 5, "键应当是：f、m", ""),
        ("yearly(household.annual_income) > 0", 0, "应当按月计", ""),
        ("months_since(household.floor_no) > 1", 13, "应当是日期", ""),
        ('overlaps(household.house_danger, {"C"})', 9, "应当是选项集合", ""),
        ("household.floor_no > 1,", 0, "只有一个式子", "逗号"),
        ("True, False", 0, "只有一个式子", "逗号"),
        ("household.floor_no > 1 # 注", 23, "不写注释", "remark"),
        ("household.floor_no >", 20, "规则读不通", ""),
        ("household.floor_no > 1) or (True", 22, "规则读不通", ""),
        ("household.floor_no = 1", 0, "规则读不通", "=="),
        ("household.floor_no ＞ 1", 19, "全角符号“＞”", "半角的 >"),
        ("household.floor_no ≥ 1", 19, "全角符号“≥”", "半角的 >="),
        ("household.floor_no > １", 21, "全角符号“１”", "半角的 1"),
        ("within（household.district, HOME)", 6, "全角符号“（”", "半角的 ("),
        ("within(household.district， HOME)", 25, "全角符号“，”", "半角的 ,"),
        ("household.house_danger == “C”", 26, "全角符号““”", '半角的 "'),
        ("household.floor_no：1", 18, "全角符号“：”", "半角的 :"),
    ],
)
def test_what_is_not_in_the_language_is_refused_with_place_and_cure(rule, column, what, cure):
    line, at, said, way = one(rule)
    assert (line, at) == (0, column)
    assert what in said
    assert cure in way


def test_a_place_counts_signs_and_not_bytes():
    found = problems('household.house_danger == "危" and household.floor > 1')
    assert {(p.line, p.column) for p in found} == {(0, 0), (0, 34)}


def test_every_part_of_a_rule_is_told_at_once():
    rule = "household.a > 1 and household.b > household.c\n or not person.d"
    assert {(p.line, p.column) for p in problems(rule)} == {(0, 0), (0, 20), (0, 34), (1, 8)}


@pytest.mark.parametrize(
    "rule",
    [
        "(" * 5000 + "True" + ")" * 5000,
        "not " * 5000 + "True",
        " + ".join(["household.floor_no"] * 5000) + " > 1",
        "household.floor_no > " + "9" * 5000,
        "[" * 100 + "]" * 100,
        "a" + ".a" * 3000,
        " ".join(["True if True else"] * 3000) + " True",
    ],
)
def test_a_very_deep_or_long_rule_is_refused_and_breaks_nothing(rule):
    assert problems(rule)


@given(st.text(max_size=60))
def test_any_text_at_all_is_read_or_refused(text):
    node, found = read_rule(text, NAMES, Scope.of("person", "event"), BOOL)
    assert (node is None) == bool(found)
    rows = text.splitlines() or [""]
    for problem in found:
        assert 0 <= problem.line < len(rows)
        assert 0 <= problem.column <= len(rows[problem.line]) + 1


SENTENCE = """household.floor_no person.age event.urgent any( all( sum( m for in members ) ( and or
not if else 1 0.5 > == + - * / , { } [ ] LINE RATE "f" holds( "dibao" TODAY HOME True"""
WORDS = st.sampled_from(SENTENCE.split())


@given(st.lists(WORDS, max_size=14).map(" ".join))
def test_any_row_of_words_is_read_or_refused(text):
    node, found = read_rule(text, NAMES, Scope.of("person", "event"), BOOL)
    assert (node is None) == bool(found)


def rule_file(rule, style="|-"):
    text = a_policy("asked", rule)
    return texts(**{FILE: text.replace("test: |-", f"test: {style}")})


@pytest.mark.parametrize("style", ["|-", ">-", "|", ">"])
def test_the_place_of_a_rule_is_exact_in_a_block(style):
    rule = "household.floor_no > 1\n      and   household.flor_no > 1"
    found = finding(rule_file(rule, style))
    assert (found.file, found.line, found.column) == (FILE, LINE + 1, 13)
    assert "没有叫 household.flor_no 的事实。" in found.what
    assert found.cure == "最接近的是 household.floor_no。"


@pytest.mark.parametrize(
    ("written", "line", "column"),
    [
        ("test: household.flor_no > 1", 12, 11),
        ("test: 'household.flor_no > 1'", 12, 12),
        ('test: "household.flor_no > 1"', 12, 12),
        ("test: household.floor_no > 1\n      and household.flor_no > 1", 13, 11),
        ("test: 'household.floor_no > 1\n      and household.flor_no > 1'", 13, 11),
        ("test:\n      household.flor_no > 1", 13, 7),
    ],
)
def test_the_place_of_a_rule_is_exact_in_a_line(written, line, column):
    text = a_policy("asked").replace("test: |-\n      household.utility_arrears", written)
    found = finding(texts(**{FILE: text}))
    assert (found.file, found.line, found.column) == (FILE, line, column)


def test_the_end_of_a_rule_is_a_place_inside_it():
    found = finding(rule_file("household.floor_no\n      >"))
    assert (found.line, found.column) == (LINE + 1, 8)


def test_a_rule_of_a_person_may_name_the_person_and_its_child_facts():
    for rule in ("person.is_carer", 'child.child_status == "none"', "person.age < 18"):
        assert problems(rule, "person") == ()


def test_a_figure_that_could_not_be_read_gives_no_second_finding():
    files = rule_file("household.one_person * LINE > household.monthly_income")
    files["cn/here/standards/LINE.yaml"] = files["cn/here/standards/LINE.yaml"].replace(
        "2018-04-01", "2018-4-1"
    )
    assert [found.file for found in findings(files)] == ["cn/here/standards/LINE.yaml"]
