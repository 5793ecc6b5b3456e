"""The sheet of missing figures: written, filled in, loaded; or told what is bad."""

import csv
import io
from datetime import date
from decimal import Decimal
from shutil import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from matching.answer import answer
from matching.errors import InputError
from matching.family_file import read_families
from matching.model.answer import Outcome
from matching.parameters import Standard
from matching.units import parse_unit
from seed.load import catalogue_files, load_catalogue
from seed.sheet_files import text_cell, write_sheet
from seed.sheet_values import read_day, read_figure, read_text
from seed.standards_load import plan_load, write_plan
from seed.standards_sheet import COLUMNS, SHEET_NAME, sheet_rows
from seed.standards_text import NewRow, with_rows

DAY = date(2026, 6, 30)
HERE = "310104"
LINE, TIERS = "MARGINAL_LINE", "DISAB_NURSING"
HEADINGS = list(COLUMNS)
# An installation's own files, so that what is missing here does not depend on what we find out.
OWN = {
    "cn/shanghai/standards/MARGINAL_LINE.yaml": """\
id: MARGINAL_LINE
label: 低保边缘家庭收入标准
unit: CNY/person/month
note: 只录公布的数。
values:
  # 以前的数
  - {from: 2018-04-01, value: 2140, source: {doc: SHREG, article: "11"}, flag: seed}  # 有据
  - {from: 2025-07-01, value: null, note: 数值没有找到}
""",
    "cn/shanghai/standards/DISAB_NURSING.yaml": """\
id: DISAB_NURSING
label: 重度残疾人护理补贴标准
unit: CNY/person/month
keys: [tier]
words: {grade_1: 一级残疾}
values:
  - {from: 2025-07-01, value: {grade_1: 350, grade_2_3: null}, source: {doc: TWOSUB}, flag: search}
""",
    "cn/shanghai/standards/RIGID_MEDICAL_RATIO.yaml": """\
id: RIGID_MEDICAL_RATIO
label: 年医疗费用占年可支配收入的规定比例
unit: ratio
values:
  - {from: 2019-05-01, value: null}
""",
}
FAMILY = """\
id: F-1
place: "310104"
household: {monthly_income: 6000, property_ok_marginal: true, verification_consent: true}
members:
  - {id: a, birth_date: 1970-01-01, hukou: "310104", relation: self}
  - {id: b, birth_date: 1971-01-01, hukou: "310104", relation: spouse}
aid: []
"""
RIGHT = {"起始日": date(2025, 7, 1), "数值": 3300, "文件名称": "关于调整标准的通知"}


def own_files(found):
    for name, text in OWN.items():
        (found / name).parent.mkdir(parents=True, exist_ok=True)
        (found / name).write_text(text, "utf-8")
    return found


@pytest.fixture
def folder(tmp_path):
    return own_files(tmp_path / "local")


@pytest.fixture(scope="module")
def empty_sheet(tmp_path_factory):
    """The sheet as it goes out: the same for every test."""
    path = tmp_path_factory.mktemp("sheet")
    catalogue = load_catalogue(own_files(path / "local"))
    write_sheet(path / "sheet.xlsx", sheet_rows(catalogue, DAY, HERE), DAY)
    return path / "sheet.xlsx"


@pytest.fixture
def sheet(empty_sheet, tmp_path):
    return copy(empty_sheet, tmp_path / "sheet.xlsx")


def fill(path, changes: dict[tuple[str, str], dict[str, object]]) -> dict[tuple[str, str], int]:
    """Fill in rows by standard and cell, as somebody at a spreadsheet does; their line numbers."""
    book = load_workbook(path)
    page = book[SHEET_NAME]
    lines = {}
    for line in range(2, page.max_row + 1):
        key = (page.cell(line, 14).value, page.cell(line, 15).value or "")
        for heading, value in changes.get(key, {}).items():
            filled = page.cell(line, HEADINGS.index(heading) + 1)
            filled.value = value
            if isinstance(value, int):  # pasted as a bare value
                filled.number_format = "General"
            lines[key] = line
    book.save(path)
    return lines


def loaded(path, folder):
    plan = plan_load(path, folder)
    return plan, write_plan(plan, folder)


def standard(folder, name: str) -> Standard:
    return load_catalogue(folder).pack_for(HERE).standards[name]


def texts(folder) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def outcome(folder) -> Outcome:
    catalogue = load_catalogue(folder)
    (family,) = read_families(FAMILY, "family.yaml")
    items = answer(catalogue, family, DAY).items
    return next(item.outcome for item in items if item.id == "dibao_marginal")


def test_what_was_unknown_has_a_figure_after_loading(folder, sheet):
    assert outcome(folder) is Outcome.UNKNOWN
    fill(
        sheet,
        {(LINE, ""): {**RIGHT, "文号、条款": "沪民〔2025〕1号", "网址": "https://a.example/1"}},
    )
    plan, written = loaded(sheet, folder)
    assert outcome(folder) is not Outcome.UNKNOWN
    assert (plan.entered, plan.same) == (1, 0)
    assert plan.empty == len(sheet_rows(load_catalogue(folder), DAY, HERE))
    assert written == (
        "cn/shanghai/local_documents.yaml",
        "cn/shanghai/standards/MARGINAL_LINE.yaml",
    )


def test_nothing_of_the_file_is_lost(folder, sheet):
    fill(sheet, {(LINE, ""): {**RIGHT, "数值": 3300.5}})
    loaded(sheet, folder)
    text = texts(folder)["cn/shanghai/standards/MARGINAL_LINE.yaml"]
    before = OWN["cn/shanghai/standards/MARGINAL_LINE.yaml"].splitlines()
    assert text.splitlines()[: len(before) - 1] == before[:-1]
    row = standard(folder, LINE).row_on(DAY)
    assert row.values == {(): 330050}
    assert row.note == "原注：数值没有找到"
    document = load_catalogue(folder).documents[row.doc]
    assert document.title == RIGHT["文件名称"]


def test_loading_twice_gives_the_same_files(folder, sheet):
    fill(sheet, {(LINE, ""): RIGHT, (TIERS, "grade_2_3"): {**RIGHT, "数值": 180}})
    loaded(sheet, folder)
    before = texts(folder)
    plan, written = loaded(sheet, folder)
    assert (plan.entered, plan.same, written) == (0, 2, ())
    assert texts(folder) == before


def test_a_csv_goes_the_same_way(folder, tmp_path):
    path = tmp_path / "sheet.csv"
    write_sheet(path, sheet_rows(load_catalogue(folder), DAY, HERE), DAY)
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    for row in rows:
        if row["标准编号"] == LINE:
            row |= {"起始日": "2025-07-01", "数值": "3300.10", "文件名称": "《关于调整标准的通知》"}
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADINGS)
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(out.getvalue().encode("utf-8-sig"))
    loaded(path, folder)
    assert standard(folder, LINE).at(DAY).figure == 330010


def test_a_cell_of_a_row_keeps_the_others_and_their_source(folder, sheet):
    fill(sheet, {(TIERS, "grade_2_3"): {**RIGHT, "数值": 180}})
    loaded(sheet, folder)
    row = standard(folder, TIERS).row_on(DAY)
    assert row.values == {("grade_1",): 35000, ("grade_2_3",): 18000}
    assert row.doc == "TWOSUB"
    assert "《关于调整标准的通知》" in row.note


def test_a_new_day_carries_on_what_still_holds(folder, sheet):
    fill(sheet, {(TIERS, "grade_2_3"): {**RIGHT, "起始日": date(2026, 1, 1), "数值": 180}})
    loaded(sheet, folder)
    row = standard(folder, TIERS).row_on(DAY)
    assert (row.start, row.values[("grade_1",)]) == (date(2026, 1, 1), 35000)
    assert row.note == "其余各格沿用 2025-07-01 起的数"
    assert standard(folder, TIERS).row_on(date(2025, 12, 31)).values[("grade_2_3",)] is None


def test_a_figure_that_ends_before_the_gap_is_told(folder, sheet):
    fill(sheet, {(LINE, ""): {**RIGHT, "起始日": date(2024, 7, 1)}})
    plan, _ = loaded(sheet, folder)
    assert plan.notes == ("低保边缘家庭收入标准：2025 年 7 月 1 日起仍然没有数值。",)


def test_an_unverified_figure_is_verified_by_its_document(folder, sheet):
    path = folder / "cn/shanghai/standards/MARGINAL_LINE.yaml"
    old = "{from: 2025-07-01, value: 3000, source: {doc: SHREG}, flag: unverified}"
    path.write_text(
        path.read_text("utf-8").replace("{from: 2025-07-01, value: null, note: 数值没有找到}", old),
        "utf-8",
    )
    fill(sheet, {(LINE, ""): RIGHT})
    loaded(sheet, folder)
    row = standard(folder, LINE).row_on(DAY)
    assert row.computes
    assert row.values == {(): 330000}
    assert row.note == "原录 每人每月 3,000 元，未核实"


def test_a_ratio_is_written_as_a_share(folder, sheet):
    fill(sheet, {("RIGID_MEDICAL_RATIO", ""): {**RIGHT, "数值": 0.15}})
    loaded(sheet, folder)
    assert standard(folder, "RIGID_MEDICAL_RATIO").at(DAY).figure == Decimal("0.15")


def test_a_known_document_keeps_its_id(folder, sheet):
    title = load_catalogue(folder).documents["SHREG"].title
    fill(sheet, {(LINE, ""): {**RIGHT, "文件名称": f"《{title}》", "文号、条款": "11"}})
    _, written = loaded(sheet, folder)
    assert standard(folder, LINE).row_on(DAY).doc == "SHREG"
    assert written == ("cn/shanghai/standards/MARGINAL_LINE.yaml",)


def test_a_figure_that_the_nation_leaves_open_is_entered_at_the_place_itself(folder, tmp_path):
    own = folder / "cn/own"
    own.mkdir(parents=True)
    (own / "pack.yaml").write_text("id: cn/own\nlabel: 本区\nplace: '999901'\n", "utf-8")
    path = tmp_path / "own.xlsx"
    write_sheet(path, sheet_rows(load_catalogue(folder), DAY, "999901"), DAY)
    fill(path, {("CHILD_ORPHAN_DISTRESS", "orphan"): {**RIGHT, "数值": 1900}})
    _, written = loaded(path, folder)
    assert "cn/own/standards/CHILD_ORPHAN_DISTRESS.yaml" in written
    catalogue = load_catalogue(folder)
    assert catalogue.pack_for("999901").standards["CHILD_ORPHAN_DISTRESS"].pack == "cn/own"
    here, there = (catalogue.packs[id_].standards for id_ in ("cn/own", "cn"))
    assert here["CHILD_ORPHAN_DISTRESS"].at(DAY, ("orphan",)).figure == 190000
    assert there["CHILD_ORPHAN_DISTRESS"].at(DAY, ("orphan",)).figure is None


def test_every_row_of_the_sheet_belongs_to_a_place():
    catalogue = load_catalogue()
    rows = sheet_rows(catalogue, DAY)
    assert rows
    assert all(catalogue.packs[row.found[0]].place for row in rows)
    assert len({row.found for row in rows}) == len(rows)


@given(st.text(max_size=30), st.sampled_from(["CNY", "ratio", "none", "month"]))
def test_whatever_is_typed_is_read_or_told(typed, unit):
    cell = text_cell(typed)
    for value, problem in (
        read_day(cell),
        read_figure(cell, parse_unit(unit), unit),
        read_text(cell),
    ):
        assert value is None or problem is None
        assert problem is None or all(problem)


@pytest.mark.parametrize(
    ("heading", "value", "says"),
    [
        ("数值", "1650元", "带了“元”。 请写成 1650。"),
        ("数值", "１６５０", "全角的数字或符号。 请写成 1650。"),
        ("数值", "1,650", "逗号或空格。 请写成 1650。"),
        ("数值", "15%", "是百分数。 请写成小数：0.15。"),
        ("数值", "大约一千", "不是数。 请只写数字"),
        ("数值", -5, "数值不能是负数。"),
        ("数值", 3300.123, "最多两位小数（到分）。 请核对；是不是 3300.12？"),
        ("数值", 10**10, "数值太大。 请核对单位"),
        ("数值", "=1600+50", "是公式。 请直接写算好的值"),
        ("数值", "#N/A", "错误值"),
        ("数值", True, "不是数"),
        ("数值", date(2018, 4, 1), "填成了日期"),
        ("数值", None, "没有数值。 查不到就把这一行的五格都留空。"),
        ("起始日", "2018/4/1", "写法不对。 请写成 2018-04-01。"),
        ("起始日", "2018年4月1日", "写法不对。 请写成 2018-04-01。"),
        ("起始日", "20180401", "写法不对。 请写成 2018-04-01。"),
        ("起始日", 43191, "日期序号，不是日期。 如果是 2018-04-01，请写成 2018-04-01。"),
        ("起始日", "43191", "日期序号"),
        ("起始日", "2018-02-30", "没有 2018-02-30 这一天。"),
        ("起始日", "=TODAY()", "是公式。"),
        ("起始日", date(1910, 1, 1), "不像标准的起始日。"),
        ("起始日", "明年", "写法不对。 请写成 2026-07-01 的样子。"),
        ("起始日", None, "没有起始日。"),
        ("文件名称", None, "数值没有依据。"),
        ("文件名称", "长" * 201, "不超过 200 字"),
        ("网址", "a.example", "不是网址。"),
        ("标准编号", "MARGINAL_LINES", "没有叫“MARGINAL_LINES”的标准。 最接近的是 MARGINAL_LINE"),
        ("地区包编号", "cn", "没有叫“cn”的地区包。"),
        ("分格编号", "a", "没有“a”这一格。"),
        ("名称", "最低工资", "与编号不符。"),
        ("单位", "元，每人每年", "应当是“元，每人每月”"),
    ],
)
def test_a_bad_cell_is_told_with_its_place_and_cure(folder, sheet, heading, value, says):
    before = texts(folder)
    lines = fill(sheet, {(LINE, ""): {**RIGHT, heading: value}})
    with pytest.raises(InputError) as told:
        plan_load(sheet, folder)
    assert len(told.value.findings) == 1, told.value
    found = told.value.findings[0]
    column = HEADINGS.index(heading)
    assert (found.line, found.column) == (lines[(LINE, "")], column + 1)
    assert f"第 {found.line} 行 {'ABCDEFGHIJKLMNO'[column]} 列（{heading}）" in found.what
    assert says in f"{found.what} {found.cure}"
    assert texts(folder) == before


def test_a_share_above_one_is_asked_about(folder, sheet):
    fill(sheet, {("RIGID_MEDICAL_RATIO", ""): {**RIGHT, "数值": 15}})
    with pytest.raises(InputError, match=r"如果是百分之 15，请写 0\.15"):
        plan_load(sheet, folder)


def test_all_bad_cells_come_at_once_and_nothing_is_written(folder, sheet):
    before = texts(folder)
    fill(
        sheet,
        {
            (LINE, ""): {**RIGHT, "起始日": "2018.4.1", "数值": "3300 元"},
            (TIERS, "grade_2_3"): {"数值": "180"},
            ("RIGID_MEDICAL_RATIO", ""): {**RIGHT, "数值": 0.15},
        },
    )
    with pytest.raises(InputError, match="有 4 处要改，一项也没有装入") as told:
        plan_load(sheet, folder)
    assert len(told.value.findings) == 4
    assert texts(folder) == before


def changed(path, change) -> None:
    book = load_workbook(path)
    change(book[SHEET_NAME])
    book.save(path)


def test_a_row_twice_is_told(folder, sheet):
    lines = fill(sheet, {(LINE, ""): RIGHT})

    def repeat(page):
        for column in range(1, len(HEADINGS) + 1):
            page.cell(page.max_row if column > 1 else page.max_row + 1, column).value = page.cell(
                lines[(LINE, "")], column
            ).value

    changed(sheet, repeat)
    with pytest.raises(InputError, match=f"与第 {lines[(LINE, '')]} 行是同一格、同一天"):
        plan_load(sheet, folder)


def test_a_renamed_heading_is_told(folder, sheet):
    changed(sheet, lambda page: page.cell(1, 9, "金额"))
    with pytest.raises(InputError, match="第 1 行 I 列（数值）：表头“金额”不对。 应当是“数值”"):
        plan_load(sheet, folder)


def test_merged_cells_are_told(folder, sheet):
    changed(sheet, lambda page: page.merge_cells("J2:J4"))
    with pytest.raises(InputError, match="单元格 J2:J4 合并了。 请取消合并"):
        plan_load(sheet, folder)


def test_a_figure_that_is_there_already_is_told(folder, sheet):
    fill(sheet, {(LINE, ""): {**RIGHT, "起始日": date(2018, 4, 1), "数值": 2140}})
    with pytest.raises(InputError, match="这一天已经有数值：每人每月 2,140 元"):
        plan_load(sheet, folder)
    fill(sheet, {(LINE, ""): {**RIGHT, "起始日": date(2020, 4, 1), "数值": 2140}})
    with pytest.raises(InputError, match="与 2018 年 4 月 1 日起的数值相同"):
        plan_load(sheet, folder)


def test_what_is_no_sheet_is_refused(folder, tmp_path):
    for name, data, says in (
        ("a.xlsx", b"no zip", "打不开"),
        ("a.csv", "名称".encode("gbk"), "CSV UTF-8"),
        ("a.ods", b"", "不是 .xlsx 或 .csv"),
        ("b.csv", b'a,"b', "引号"),
    ):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(InputError, match=says):
            plan_load(tmp_path / name, folder)
    with pytest.raises(InputError, match="读不了"):
        plan_load(tmp_path / "none.xlsx", folder)


def test_a_filled_sheet_is_never_overwritten(sheet):
    with pytest.raises(InputError, match="请换一个文件名"):
        write_sheet(sheet, (), DAY)


def test_the_sheet_is_locked_but_for_what_is_to_be_filled_in(sheet):
    book = load_workbook(sheet)
    page = book[SHEET_NAME]
    assert page.protection.sheet
    assert [page.cell(1, n).protection.locked for n in (1, 9)] == [True, True]
    assert [page.cell(2, n).protection.locked for n in (1, 9, 14)] == [True, False, True]
    assert all(page.cell(1, n).comment for n in range(1, len(HEADINGS) + 1))
    assert len(page.data_validations.dataValidation) == 2
    assert "填写说明" in book.sheetnames


def test_a_file_with_all_its_figures_in_one_line_is_refused():
    text = "id: X\nvalues: [{from: 2018-04-01, value: null}]\n"
    with pytest.raises(InputError, match="每个数值一行"):
        with_rows("X", text, [NewRow(DAY, {(): Decimal(1)}, "LAW", None)])


def test_rows_keep_the_order_of_their_days():
    text = dict(catalogue_files())["cn/shanghai/standards/DIBAO_LINE.yaml"]
    new = with_rows("X", text, [NewRow(date(1999, 1, 1), {(): Decimal("300.50")}, "LAW", None)])
    assert [line for line in new.splitlines() if line not in text.splitlines()] == [
        "  - {from: 1999-01-01, value: 300.5, source: {doc: LAW}, flag: search}"
    ]
    assert new.index("1999-01-01") < new.index("2008-04-01")
