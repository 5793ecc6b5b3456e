"""A policy in plain Chinese: rules, amounts, days, clauses and figures as people read them."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from matching import tree
from matching.packs import ClauseRef, Document, Period
from matching.parameters import Standard, StandardRow
from matching.policy_words import (
    amount_in_words,
    cell_in_words,
    clause_in_words,
    clauses_in_words,
    definition_in_words,
    figure_in_words,
    figure_rows,
    namer,
    period_in_words,
    rule_in_words,
    title_in_words,
    unit_in_words,
)
from matching.units import parse_unit
from seed.load import load_catalogue

DAY = date(2026, 6, 30)
CATALOGUE = load_catalogue()
CITY = CATALOGUE.pack_for("310104")
DOCUMENTS = {"LAW": Document("LAW", "社会救助法", Period(date(2026, 7, 1)))}


@pytest.mark.parametrize(
    ("start", "until", "said"),
    [
        (None, None, ""),
        (date(2019, 5, 1), None, "2019 年 5 月 1 日起"),
        (None, date(2019, 4, 30), "到 2019 年 4 月 30 日为止"),
        (date(2018, 4, 1), date(2019, 3, 31), "2018 年 4 月 1 日至 2019 年 3 月 31 日"),
    ],
)
def test_a_period_in_words(start, until, said):
    assert period_in_words(Period(start, until)) == said


def test_a_clause_names_document_and_article():
    clause = ClauseRef("LAW", "18", Period(date(2026, 7, 1)))
    assert clause_in_words(DOCUMENTS, clause) == "《社会救助法》第18条"
    assert clauses_in_words(DOCUMENTS, [clause]) == "《社会救助法》第18条（2026 年 7 月 1 日起）"
    assert clauses_in_words(DOCUMENTS, [clause], DAY) == ""


@pytest.mark.parametrize(
    ("figure", "unit", "said"),
    [
        (165000, "CNY/person/month", "每人每月 1,650 元"),
        (Fraction(5898850), "CNY/person/year", "每人每年 58,988.5 元"),
        (20000, "CNY", "200 元"),
        (6, "month", "6 个月"),
        (7, "m2/person", "每人 7 平方米"),
        (Fraction(3, 20), "ratio", "15%"),
        (1, "none", "1"),
        (None, "CNY", "还没有录入"),
    ],
)
def test_a_figure_in_words(figure, unit, said):
    assert figure_in_words(figure, unit) == said


def test_the_unit_of_a_form_is_in_words():
    assert unit_in_words("CNY/person/month") == "元，每人每月"
    assert unit_in_words("CNY") == "元"
    assert unit_in_words("m2/person") == "平方米，每人"
    assert unit_in_words("month") == "个月"
    assert unit_in_words("ratio") == "比例，写成小数"
    assert unit_in_words("none") == "数"


def test_a_rule_names_figures_and_aids_by_their_names():
    policy = CITY.policies["dibao"]
    name = namer(CATALOGUE, CITY, DAY)
    said = [rule_in_words(condition.test, name) for condition in policy.conditions]
    assert "城乡居民最低生活保障标准" in "".join(said)
    assert "DIBAO_LINE" not in "".join(said)
    assert "最低生活保障" in name("dibao")


def test_a_cell_has_the_name_that_the_fact_gives_it():
    standard = CITY.standards["DISAB_NURSING"]
    assert cell_in_words(CITY, standard, ("grade_1",)) == "一级"
    own = replace(standard, words={"grade_1": "一级残疾"})
    assert cell_in_words(CITY, own, ("grade_1",)) == "一级残疾"
    assert cell_in_words(CITY, own, ()) == ""


def test_an_amount_says_how_often():
    amount = CITY.policies["dibao"].amount_on(DAY)
    name = namer(CATALOGUE, CITY, DAY)
    assert amount_in_words(amount, name).startswith("每月：")
    assert amount_in_words(replace(amount, kind="ceiling"), name).startswith("每月最多：")
    assert amount_in_words(replace(amount, value=None, says=None), name) == "每月：来源没有给出"
    assert "（不足零的按零）" in amount_in_words(replace(amount, says=None), name)


def standard(*rows: StandardRow) -> Standard:
    return Standard("X", "数", parse_unit("CNY"), "CNY", "cn", rows)


def row(year: int, figure: int | None, **kept: object) -> StandardRow:
    given = {"until": None, "doc": None, "article": None, "flag": "search", **kept}
    return StandardRow(start=date(year, 1, 1), values={(): figure}, **given)


def test_figures_stand_in_a_table_each_with_its_days():
    shown = figure_rows(CITY, standard(row(2018, 100), row(2019, None)), {})
    assert [(one.period, one.figure, one.known) for one in shown] == [
        ("2018 年 1 月 1 日至 2018 年 12 月 31 日", "1 元", True),
        ("2019 年 1 月 1 日起", "还没有录入", False),
    ]


def test_a_figure_that_does_not_compute_says_so():
    shown = figure_rows(
        CITY,
        standard(
            row(2018, 100, flag="unverified"),
            row(2019, 100, doubt=True),
            row(2020, None, doc="LAW", article="18"),
        ),
        DOCUMENTS,
    )
    assert [one.known for one in shown] == [False, False, False]
    assert [one.flag for one in shown] == ["没有核实，只作提醒", "有疑问，不参与计算", ""]
    assert (shown[2].figure, shown[2].source) == ("来源没有给出", "《社会救助法》第18条")


MINOR = tree.Compare("<", tree.FactRef("person", "person.age"), tree.Literal(18))
HUKOU = tree.FactRef("person", "person.hukou")
ONE = tree.Literal(1)
CERTIFICATE = tree.FactRef("person", "person.disability_cert")


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (CERTIFICATE, "“持有残疾人证”为是"),
        (tree.Not(CERTIFICATE), "“持有残疾人证”为否"),
        (
            tree.Or((tree.And((MINOR, CERTIFICATE)), tree.Not(MINOR))),
            "（未满 18 周岁，且持有残疾人证），或不是（未满 18 周岁）",
        ),
        (
            tree.And((MINOR, tree.Doubt("disputed", MINOR))),
            "未满 18 周岁（两种规定不一致）",
        ),
        (tree.Not(tree.Holds("person", ("dibao",), lacks=True)), "正在享受最低生活保障"),
        (
            tree.Cond(
                MINOR, tree.Literal(1), tree.Cond(CERTIFICATE, tree.Literal(2), tree.Literal(3))
            ),
            "未满 18 周岁时为 1；持有残疾人证时为 2；否则为 3",
        ),
        (
            tree.Arith("*", tree.Arith("+", tree.Literal(1), tree.Literal(2)), tree.Literal(3)),
            "（1 + 2） × 3",
        ),
        (
            tree.Within(HUKOU, tree.Literal("310105")),
            "户籍地在区划 310105 里",
        ),
        (
            tree.Or(tuple(tree.Within(HUKOU, tree.Literal(code)) for code in ("310101", "310104"))),
            "户籍地在区划 310101 里、区划 310104 里之一",
        ),
        (tree.Doubt("unverified", tree.Literal(value=True)), "由人判断（出处未核实）"),
        (
            tree.Quantifier("sum", tree.Arith("+", ONE, ONE), "m", "counted"),
            "计入的成员的（1 + 1）合计",
        ),
        (
            tree.Compare(">=", tree.FactRef("person", "person.unemp_months"), tree.Literal(6)),
            "连续失业月数达到 6 个月",
        ),
        (
            tree.Quantifier("any", CERTIFICATE, "m", "members", MINOR),
            "有家庭成员（未满 18 周岁）符合“持有残疾人证”",
        ),
    ],
)
def test_a_rule_reads_as_one_sentence_with_one_meaning(rule, said):
    assert rule_in_words(rule, namer(CATALOGUE, CITY, DAY)) == said


def test_what_a_derived_fact_may_become_is_said_by_its_labels():
    definition = CITY.definitions["person.nursing_tier"]
    said = definition_in_words(definition, definition.texts[-1].test, namer(CATALOGUE, CITY, DAY))
    assert "grade" not in said


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("某办法", "《某办法》"),
        ("《某办法》", "《某办法》"),
        ("《某报》2012 年报道", "《〈某报〉2012 年报道》"),
        ("某地实施《某法》办法", "《某地实施〈某法〉办法》"),
    ],
)
def test_a_title_has_one_pair_of_marks(title, said):
    assert title_in_words(Document("D", title, Period())) == said


def test_what_stands_for_no_source_is_no_title():
    assert title_in_words(CATALOGUE.documents["NOSOURCE"]).startswith("还没有找到")
