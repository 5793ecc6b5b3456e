"""The file of what is supposed: read whole, or refused with each mistake, its place, its cure."""

from datetime import date
from fractions import Fraction

import pytest

from matching.errors import InputError
from matching.whatif_file import read_supposition
from tests.matching.tiny import catalogue

TINY = catalogue()


def read(text):
    return read_supposition(TINY, text, "假设.yaml")


def findings(text):
    with pytest.raises(InputError) as refused:
        read(text)
    return refused.value.findings


def test_figures_are_in_yuan_and_become_fen():
    found = read("standards: {LINE: 1800.5}\nplace: '310104'\ndate: 2026-06-30\n")
    assert found.standards == {"LINE": {(): 180_050}}
    assert (found.place, found.on, found.day, found.folder) == (
        "310104", date(2026, 6, 30), None, None,
    )  # fmt: skip


def test_a_figure_by_cells_and_one_that_is_not_entered():
    found = read("standards: {RATE: {f: 310, m: null}, UNSET: 5, LINE: null}\nplace: 310104\n")
    assert found.standards["RATE"] == {("f",): 31_000, ("m",): None}
    assert found.standards["LINE"] == {(): None}
    assert found.standards["UNSET"][()] == Fraction(500)


def test_a_first_day_and_a_folder_of_rules():
    assert read("day: 2026-07-01\n").day == date(2026, 7, 1)
    assert read("catalogue: 新规定\n").folder == "新规定"


@pytest.mark.parametrize(
    ("text", "line", "column", "what", "cure"),
    [
        ("standards: {LIME: 1}", 1, 13, "没有叫 LIME 的标准", "LINE"),
        ("standards: {LINE: 十元}", 1, 19, "应当是数字", "元"),
        ("standards: {LINE: -1}", 1, 19, "不能是负数", "null"),
        ("standards: {LINE: 1.005}", 1, 19, "最多两位小数", "null"),
        ("standards: {RATE: {x: 1}}", 1, 23, "没有 x 这一格", "f、m"),
        ("standards: [LINE]", 1, 12, "一组标准和数值", "DIBAO_LINE"),
        ("standards: {}", 1, 12, "standards 是空的", "例如"),
        ("day: 2026-13-01", 1, 6, "没有 2026-13-01 这一天", ""),
        ("day: 明天", 1, 6, "日期", ""),
        ("day: 2026-07-01\ndate: 2026-07-02", 2, 1, "就不要再写 date", "哪两天"),
        ("day: 2026-07-01\nstandards: {LINE: 1}", 1, 1, "一次只能假设一种", "分成几个"),
        ("standrads: {LINE: 1}", 1, 1, "没有叫 standrads 的键", "standards"),
        ("place: '310104'", 1, 1, "没有写假设什么", "例如"),
        ("standards: {LINE: 1}\nplace: 徐汇", 2, 8, "区划代码", "2 至 12 位"),
        ("standards: {LINE: 1}\nplace: '3'", 2, 9, "区划代码", "2 至 12 位"),
        ("catalogue: [a]", 1, 12, "文件夹的名称", "例如"),
        ("", 1, 1, "没有写假设什么", "例如"),
        ("- a", 1, 1, "没有写假设什么", "例如"),
        ("standards: {LINE: 1}\non: 2026-06-30", 2, 1, "键 on", "date"),
    ],
)
def test_a_mistake_has_its_place_and_its_cure(text, line, column, what, cure):
    found = findings(text)
    told = [one for one in found if what in one.what]
    assert told, found
    assert (told[0].line, told[0].column) == (line, column)
    assert cure in told[0].cure


def test_all_mistakes_come_at_once():
    assert len(findings("standards: {LIME: 1, RATE: {x: 1}}\nplase: 31\n")) == 3
