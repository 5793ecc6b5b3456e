"""Values in and out of words."""

from datetime import date
from fractions import Fraction

import pytest

from api.entry import checked_value, entered_value, shown_value
from api.pages.law import law_words
from api.pages.names import Labels
from api.words import chinese_number, period_words, short_day, source_words, yuan
from matching.answer import LINK_LABELS
from matching.errors import InputError
from matching.model.answer import Clause
from matching.model.records import Identity
from matching.vocabulary import VOCABULARY

TODAY = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("name", "masked"), [("陈示梅", "陈*梅"), ("王强", "王*"), ("欧阳示梅", "欧**梅"), ("李", "*")]
)
def test_a_name_is_masked(name, masked):
    assert Identity(name=name).masked == masked


@pytest.mark.parametrize(
    ("fen", "words"),
    [(0, "0"), (240_000, "2,400"), (8_550, "85.50"), (1, "0.01"), (-174_000, "−1,740")],
)
def test_an_amount_in_words(fen, words):
    assert yuan(fen) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "一"),
        (10, "十"),
        (18, "十八"),
        (27, "二十七"),
        (103, "一百零三"),
        (110, "一百一十"),
        (0, "0"),
    ],
)
def test_numbers_as_laws_write_them(number, words):
    assert chinese_number(number) == words


def test_the_law_is_cited_once_with_all_its_articles():
    clauses = [
        Clause(doc="A", title="上海市社会救助条例（2018年）", article="10"),
        Clause(doc="A", title="上海市社会救助条例（2018年）", article="16"),
        Clause(doc="A", title="上海市社会救助条例（2018年）", article="10"),
        Clause(doc="B", title="通知", article="二（一）"),
        Clause(doc="C", title="公报"),
    ]
    words = "《上海市社会救助条例》第十条、第十六条；《通知》二（一）；《公报》"
    assert law_words(clauses) == words


def test_a_day_of_another_year_has_its_year():
    assert short_day(date(2026, 5, 20), TODAY) == "5 月 20 日"
    assert short_day(date(2025, 5, 20), TODAY) == "2025 年 5 月 20 日"


def test_what_has_no_words_is_shown_as_it_is():
    assert source_words("new_source") == "new_source"
    assert source_words(None) == "来源未注明"
    assert period_words("CNY/month") == "每月"


@pytest.mark.parametrize(
    ("fact", "typed", "value"),
    [
        ("household.monthly_income", ["2,400.50"], 240_050),
        ("household.monthly_income", [" 2400 "], 240_000),
        ("household.property_ok_dibao", ["true"], True),
        ("person.disability_grade", ["2"], 2),
        ("person.disability_type", ["mental", "physical"], ("mental", "physical")),
        ("person.birth_date", ["1980-03-01"], date(1980, 3, 1)),
        ("person.relation", ["self"], "self"),
        ("person.hukou", ["310104"], "310104"),
    ],
)
def test_what_is_typed_becomes_the_value(fact, typed, value):
    assert entered_value(VOCABULARY[fact], typed, TODAY) == value


@pytest.mark.parametrize(
    ("fact", "typed"),
    [
        ("household.monthly_income", ["NaN"]),
        ("household.monthly_income", ["1e9"]),
        ("household.monthly_income", ["９９"]),
        ("household.monthly_income", ["9" * 400]),
        ("household.property_ok_dibao", ["maybe"]),
        ("person.disability_grade", ["2.5"]),
        ("person.disability_type", ["nothing"]),
        ("person.relation", ["self", "child"]),
        ("person.hukou", ["somewhere"]),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_name_of_the_fact(fact, typed):
    with pytest.raises(InputError) as refused:
        entered_value(VOCABULARY[fact], typed, TODAY)
    assert refused.value.detail.startswith(VOCABULARY[fact].label)


def test_programs_send_money_in_fen_and_square_metres_with_decimals_as_text():
    assert checked_value(VOCABULARY["household.monthly_income"], 240_001, TODAY) == 240_001
    assert checked_value(VOCABULARY["household.living_area"], "18.5", TODAY) == Fraction(37, 2)
    assert entered_value(VOCABULARY["household.living_area"], ["18.50"], TODAY) == Fraction(37, 2)


@pytest.mark.parametrize(
    ("fact", "value", "shown"),
    [
        ("household.monthly_income", 240_000, "2,400 元/月"),
        ("household.property_ok_dibao", False, "否"),
        ("person.disability_type", ("mental", "physical"), "精神、肢体"),
        ("person.disability_type", (), "无"),
        ("person.birth_date", date(1980, 3, 1), "1980-03-01"),
        ("person.relation", "spouse", "配偶"),
        ("person.sh_hukou_years", 3, "3 年"),
        ("household.living_area", Fraction(37, 2), "18.5 平方米"),
    ],
)
def test_a_value_in_words(fact, value, shown):
    assert shown_value(VOCABULARY[fact], value) == shown


@pytest.mark.parametrize("name", ["HOME", "events", "obligors"])
def test_what_may_be_missing_besides_facts_has_words(catalogue, name):
    words = Labels(catalogue, "310199", TODAY).of(name)
    assert words == LINK_LABELS[name]
    assert not words.isascii()
