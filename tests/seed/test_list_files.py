"""Lists that are made, or grew by accident, so that reading them would fill the memory or hang."""

import io
import os
import tracemalloc
import zipfile
from datetime import date

import pytest
from openpyxl import Workbook

from matching.errors import InputError
from seed import list_files
from seed.linkage_files import load_characters
from seed.list_files import GivenList, read_list

HEAD = ["编号", "姓名"]


def read(path):
    return read_list(GivenList("残联", date(2026, 6, 30), path), 1, load_characters())


def a_workbook(path, *, dimension, rows):
    """A workbook whose sheet says how far it reaches, whatever stands in it."""
    book, packed = Workbook(), io.BytesIO()
    book.save(packed)
    cells = [*((1, n, name) for n, name in enumerate(HEAD)), *rows]
    lines = {row: "" for row, _, _ in cells}
    for row, column, text in cells:
        place = f"{'AB'[column]}{row}"
        lines[row] += f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'
    body = "".join(f'<row r="{row}">{line}</row>' for row, line in lines.items())
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = (
        f'<worksheet xmlns="{main}"><dimension ref="{dimension}"/>'
        f"<sheetData>{body}</sheetData></worksheet>"
    )
    with zipfile.ZipFile(packed) as parts, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name in parts.namelist():
            is_sheet = name == "xl/worksheets/sheet1.xml"
            out.writestr(name, sheet if is_sheet else parts.read(name))
    return path


def test_a_sheet_that_says_it_reaches_the_last_column_takes_the_memory_of_its_cells(tmp_path):
    """A format put on whole rows is enough for a spreadsheet to say so."""
    rows = [(n, 0, str(n)) for n in range(2, 1_002)]
    path = a_workbook(tmp_path / "名单.xlsx", dimension="A1:XFD1001", rows=rows)
    load_characters()
    tracemalloc.start()
    try:
        assert read(path).rows == 1_000
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()


def test_a_row_two_thousand_million_lines_down_is_refused_before_the_gap_is_read(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(list_files, "_MOST_ROWS", 5_000)
    rows = [(2_000_000_000, 0, "1")]
    path = a_workbook(tmp_path / "名单.xlsx", dimension="A1:B2", rows=rows)
    with pytest.raises(InputError, match="行数太多"):
        read(path)


def test_rows_below_what_a_sheet_says_it_holds_are_read(tmp_path):
    rows = [(n, 0, str(n)) for n in range(2, 8)]
    assert read(a_workbook(tmp_path / "名单.xlsx", dimension="A1:B2", rows=rows)).rows == 6


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_too_many_columns_are_told(tmp_path, ending):
    path, wide = tmp_path / f"名单.{ending}", [*HEAD, *(f"第{n}列" for n in range(600))]
    if ending == "csv":
        path.write_text(",".join(wide) + "\n", "utf-8")
    else:
        book = Workbook()
        book.active.append(wide)
        book.save(path)
    with pytest.raises(InputError, match="列数太多"):
        read(path)


def test_what_is_no_plain_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "名单.csv")
    with pytest.raises(InputError, match="读不了"):
        read(tmp_path / "名单.csv")
