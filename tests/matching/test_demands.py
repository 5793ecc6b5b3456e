"""A living mutant is told as the golden case to write."""

import pytest

from matching.demands import demand
from matching.mutation import mutants
from seed.load import load_catalogue
from tests.matching.tiny import asking

WANTED = {
    ("person.age >= 60", "drop"): "去掉这个条件也没有算例失败：请写一个只有这一条不符合",
    ("person.age >= 60", "negate"): "把 `person.age >= 60` 反过来也没有算例失败：请写一个它成立",
    ("person.age >= 60", "shift:0"):
        "没有算例能区分 `person.age >= 60` 与 `person.age > 60`："
        "请写一个 `person.age` 正好是 60 周岁的算例。",
    ("person.age >= 60", "more:0"): "与 `person.age >= 61`：请写一个 `person.age` 正好是 60 周岁",
    ("person.age >= 60", "less:0"): "与 `person.age >= 59`：请写一个 `person.age` 正好是 59 周岁",
    ("person.age > 60", "more:0"): "正好是 61 周岁的算例。",
    ("person.age > 60", "less:0"): "正好是 60 周岁的算例。",
    ("person.age < 18", "more:0"): "正好是 18 周岁的算例。",
    ("person.age < 18", "less:0"): "正好是 17 周岁的算例。",
    ("person.age <= 18", "shift:0"): "正好是 18 周岁的算例。",
    ("person.age == 18", "more:0"): "正好是 18 周岁的算例。",
    ("person.age == 18", "shift:0"): "请写一个两边相等、一个两边不等的算例，其余条件都符合。",
    ("household.n_counted > 2", "shift:0"): "`household.n_counted` 正好是 2 人 的算例。",
    ("household.monthly_income <= household.n_counted * LINE", "shift:0"):
        "请写一个两边正好相等的算例，其余条件都符合。",
    ("not person.is_carer", "unnot:0"): "把 `not person.is_carer` 反过来也没有算例失败",
    ("person.is_carer and person.age > 1", "without0:0"):
        "去掉 `person.is_carer` 这一条也没有算例失败：请写一个只有它不成立、",
    ("person.is_carer or person.age > 1", "without1:0"):
        "去掉 `person.age > 1` 这一支也没有算例失败：请写一个只有它成立、",
    ('person.sex in {"f", "m"}', "without-f:0"):
        '`person.sex in {"f", "m"}` 里去掉 `f` 也没有算例失败：请写一个取这个选项的算例。',
    ('lacks(person, {"dibao", "tekun"})', "without-dibao:0"): "请写一个只享受它、不享受其余的",
    ("any(m.is_carer for m in members)", "other:0"): "请写一个有人符合、有人不符合的算例。",
    ("count(m for m in members if m.is_carer) > 1", "unfiltered:1"):
        "里 if 后面的限制也没有算例失败：请写一个有人不在限制以内的算例。",
}  # fmt: skip


@pytest.mark.parametrize(("rule", "label"), WANTED, ids=" / ".join)
def test_a_mutant_asks_for_the_case_that_would_notice_it(rule, label):
    named = {
        mutant.id.rpartition("asked/it@0:")[2]: mutant
        for mutant in mutants(asking(rule, "person"))
        if mutant.of == "asked"
    }
    assert WANTED[rule, label] in demand(named[label])


def test_every_mutant_of_ours_has_its_demand():
    for mutant in mutants(load_catalogue()):
        assert demand(mutant).endswith("。"), mutant.id


def test_what_stands_in_doubt_has_no_mutants():
    rule = "person.is_carer or unverified(person.age >= 60 and not person.is_carer)"
    found = [one.id for one in mutants(asking(rule, "person")) if one.of == "asked"]
    labels = {one.rpartition("it@0:")[2] for one in found}
    assert labels == {"drop", "negate", "without0:0", "without1:0"}
    alone = [one.id for one in mutants(asking("unverified(True)", "person")) if one.of == "asked"]
    assert [one.rpartition(":")[2] for one in alone] == ["drop"]
