"""Files of figures and policies that are damaged, made to harm, or led elsewhere by a link."""

import csv
import io
import zipfile
from dataclasses import replace
from datetime import date

import pytest
from openpyxl import Workbook, load_workbook

from api.services.policy_skeleton import Skeleton, write_new
from matching.errors import InputError
from seed.load import load_catalogue
from seed.sheet_files import read_sheet, write_sheet
from seed.standards_load import LoadPlan, write_plan
from seed.standards_sheet import COLUMNS, SHEET_NAME, sheet_rows

DAY = date(2026, 6, 30)
FORMULAS = ('=HYPERLINK("http://x")', "+1+1", "@SUM(1)", "-1", "\t=1")


@pytest.fixture(scope="module")
def rows():
    return sheet_rows(load_catalogue(), DAY)[:2]


@pytest.mark.parametrize("said", FORMULAS)
def test_a_name_like_a_formula_is_text_and_comes_back(tmp_path, rows, said):
    named = [replace(rows[0], told=(said, *rows[0].told[1:]))]
    for ending in ("xlsx", "csv"):
        write_sheet(tmp_path / f"a.{ending}", named, DAY)
        cell = read_sheet(tmp_path / f"a.{ending}").rows[0][1][0]
        assert cell.value == said.strip()
    assert load_workbook(tmp_path / "a.xlsx")[SHEET_NAME]["A2"].data_type == "s"
    written = list(csv.reader(io.StringIO((tmp_path / "a.csv").read_text("utf-8-sig"))))
    assert written[1][0] == f"'{said}"


def _with_part(path, part, change):
    parts = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name in parts.namelist():
            data = parts.read(name)
            out.writestr(name, change(data) if name == part else data)


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("xl/worksheets/sheet1.xml", lambda data: data[: len(data) // 2]),
        ("xl/workbook.xml", lambda data: data[: len(data) // 2]),
        ("xl/styles.xml", lambda _: b"<a/>"),
        ("xl/worksheets/sheet1.xml", lambda data: data.replace(b'r="B2"', b'r="!!"')),
    ],
)
def test_a_damaged_file_is_told(tmp_path, rows, part, change):
    write_sheet(tmp_path / "a.xlsx", rows, DAY)
    _with_part(tmp_path / "a.xlsx", part, change)
    with pytest.raises(InputError, match="打不开"):
        read_sheet(tmp_path / "a.xlsx")


def test_a_file_that_unpacks_to_too_much_is_not_read(tmp_path, rows):
    write_sheet(tmp_path / "a.xlsx", rows, DAY)
    _with_part(tmp_path / "a.xlsx", "docProps/app.xml", lambda _: bytes(60_000_000))
    assert (tmp_path / "a.xlsx").stat().st_size < 1_000_000
    with pytest.raises(InputError, match="展开以后太大"):
        read_sheet(tmp_path / "a.xlsx")


def test_a_cell_far_to_the_right_makes_no_more_cells(tmp_path):
    book = Workbook()
    book.active.title = SHEET_NAME
    book.active["XFD3"] = "x"
    book.save(tmp_path / "a.xlsx")
    found = read_sheet(tmp_path / "a.xlsx")
    assert {len(cells) for _, cells in found.rows} == {2 * len(COLUMNS)}


def _linked(tmp_path):
    """A folder in which `cn` leads elsewhere."""
    folder, elsewhere = tmp_path / "own", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    (folder / "cn").symlink_to(elsewhere)
    return folder, elsewhere


@pytest.mark.parametrize("name", ["cn/standards/A.yaml", "../A.yaml", "cn/../../../A.yaml"])
def test_nothing_is_written_outside_the_folder(tmp_path, name):
    folder, elsewhere = _linked(tmp_path)
    skeleton = Skeleton((name, "id: a\n"), ("cases/a.yaml", "[]\n"))
    for write in (
        lambda: write_plan(LoadPlan({"a.yaml": "a: 1\n", name: "id: A\n"}, 1, 0, 0), folder),
        lambda: write_new(skeleton, folder),
    ):
        with pytest.raises(InputError, match="不在文件夹"):
            write()
    assert [path.name for path in folder.iterdir()] == ["cn"]
    assert not list(elsewhere.iterdir())
    assert {path.name for path in tmp_path.iterdir()} == {"own", "elsewhere"}


def test_no_file_is_written_through_a_link(tmp_path, rows):
    target, folder = tmp_path / "target", tmp_path / "own"
    folder.mkdir()
    for name in ("a.csv", "b.yaml", ".c.yaml.new"):
        (folder / name).symlink_to(target)
    with pytest.raises(InputError):
        write_sheet(folder / "a.csv", rows, DAY)
    with pytest.raises(InputError):
        write_new(Skeleton(("b.yaml", "x"), ("cases/b.yaml", "y")), folder)
    write_plan(LoadPlan({"c.yaml": "c: 1\n"}, 1, 0, 0), folder)
    assert (folder / "c.yaml").read_text("utf-8") == "c: 1\n"
    assert not target.exists()
