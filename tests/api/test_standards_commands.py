"""`zhaoren standards`: what it prints, where it writes, with which exit status."""

import pytest
from openpyxl import load_workbook

from seed.standards_sheet import COLUMNS, SHEET_NAME
from tests.api.commands import Runner, is_chinese

LINE = "cn/shanghai/standards/MARGINAL_LINE.yaml"
OWN = """\
id: MARGINAL_LINE
label: 低保边缘家庭收入标准
unit: CNY/person/month
values:
  - {from: 2018-04-01, value: null}
"""


@pytest.fixture
def run(capsys):
    return Runner(capsys)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    found = tmp_path / "local"
    (found / LINE).parent.mkdir(parents=True)
    (found / LINE).write_text(OWN, "utf-8")
    monkeypatch.setenv("ZHAOREN_CATALOGUE", str(found))
    return found


def filled(path, **values):
    book = load_workbook(path)
    page = book[SHEET_NAME]
    lines = {page.cell(line, 14).value: line for line in range(2, page.max_row + 1)}
    for heading, value in values.items():
        page.cell(lines["MARGINAL_LINE"], list(COLUMNS).index(heading) + 1).value = value
    book.save(path)
    return path


def test_a_sheet_goes_out_and_comes_back(run, folder, tmp_path):
    path = tmp_path / "sheet.xlsx"
    status, out, err = run("standards", "sheet", path, "--place", "310104", "--on", "2026-06-30")
    assert (status, err) == (0, "")
    assert f"已写好 {path}" in out
    filled(path, 起始日="2025-07-01", 数值="3300", 文件名称="关于调整标准的通知")
    status, out, err = run("standards", "load", path)
    assert (status, err) == (0, "")
    assert "录入 1 个数值；0 个原来就有" in out
    assert "value: 3300" in (folder / LINE).read_text("utf-8")
    status, out, _ = run("standards", "load", path)
    assert (status, "没有要写的文件" in out) == (0, True)


def test_another_folder_is_made_and_named(run, folder, tmp_path, monkeypatch):
    path, other = tmp_path / "sheet.xlsx", tmp_path / "other"
    run("standards", "sheet", path, "--place", "310104", "--on", "2026-06-30")
    filled(path, 起始日="2000-07-01", 数值="300", 文件名称="通知")
    monkeypatch.delenv("ZHAOREN_CATALOGUE")
    status, _, err = run("standards", "load", path, "--into", other)
    assert status == 0
    assert f"ZHAOREN_CATALOGUE={other}" in err
    assert (other / "cn/shanghai/local_documents.yaml").is_file()


def test_bad_cells_leave_everything_as_it_was(run, folder, tmp_path):
    path = tmp_path / "sheet.xlsx"
    run("standards", "sheet", path, "--place", "310104", "--on", "2026-06-30")
    filled(path, 起始日="2025/7/1", 数值="3300元", 文件名称="通知")
    status, out, err = run("standards", "load", path)
    assert (status, out) == (2, "")
    assert "有 2 处要改，一项也没有装入" in err
    assert "H 列（起始日）" in err
    assert "I 列（数值）" in err
    assert (folder / LINE).read_text("utf-8") == OWN


@pytest.mark.parametrize(
    "wrong",
    [
        ["sheet"],
        ["sheet", "a.ods"],
        ["sheet", "a.xlsx", "--on", "2026/6/30"],
        ["sheet", "a.xlsx", "--place", "999999"],
        ["sheet", "no/such/folder/a.xlsx"],
        ["load", "none.xlsx"],
        ["load"],
    ],
)
def test_wrong_use_is_told_in_chinese(run, folder, tmp_path, monkeypatch, wrong):
    monkeypatch.chdir(tmp_path)
    status, out, err = run("standards", *wrong)
    assert (status, out) == (2, "")
    assert is_chinese(err)
    assert not [path for path in tmp_path.iterdir() if path != folder]


def test_without_a_folder_the_command_asks_for_one(run, tmp_path, monkeypatch):
    monkeypatch.delenv("ZHAOREN_CATALOGUE", raising=False)
    status, _, err = run("standards", "load", tmp_path / "a.xlsx")
    assert (status, "--into" in err) == (2, True)
