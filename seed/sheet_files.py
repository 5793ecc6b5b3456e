"""The sheet as a file (表格文件): written as XLSX or CSV, read back cell by cell with its place.

Only here does anything know of spreadsheets. Reading judges nothing: each cell says what it holds
(a number, a day, a formula, …), and `seed/sheet_values.py` says whether that will do.
"""

import csv
import io
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from matching.errors import InputError
from seed.standards_sheet import COLUMNS, FILLED, INSTRUCTIONS, MOST_ROWS, SHEET_NAME, SheetRow

__all__ = [
    "BROKEN",
    "LARGEST_SHEET",
    "RawCell",
    "ReadSheet",
    "check_table",
    "read_sheet",
    "text_cell",
    "unpacked",
    "write_sheet",
    "write_table",
]

LARGEST_SHEET = 5_000_000
_LARGEST_UNPACKED = 50_000_000
BROKEN = (
    InvalidFileException,
    zipfile.BadZipFile,
    zlib.error,
    SyntaxError,  # what is no XML
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    RuntimeError,  # encrypted, or packed in a way nobody knows
    EOFError,
    OSError,
)  # what openpyxl raises for files that are damaged or made by hand
_LIKE_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet may run in a CSV
_WIDTHS = (12, 30, 22, 14, 40, 20, 24, 14, 12, 34, 20, 30, 14, 26, 16)
_SPARE_ROWS = 50  # empty lines in which a second figure of the same cell may be written
_GREY, _YELLOW, _HEAD = "F2F2F2", "FFF9DB", "D9E2EC"


@dataclass(frozen=True, slots=True)
class RawCell:
    """What a cell holds; `kind`: empty, text, number, day, truth, formula or error."""

    kind: str
    value: str | Decimal | date | None = None


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """A sheet as it came back: headings, rows with their numbers, merged ranges."""

    name: str
    head: tuple[str, ...]
    rows: tuple[tuple[int, tuple[RawCell, ...]], ...]
    merged: tuple[str, ...] = ()


def write_sheet(path: Path, rows: Sequence[SheetRow], on: date) -> None:
    """Write the sheet; the ending of the name says whether as XLSX or CSV.

    Raises:
        InputError: another ending, the file is there already, or it cannot be written.
    """
    writers = {".xlsx": _xlsx, ".csv": _csv}
    write = writers.get(path.suffix.lower())
    if write is None:
        raise InputError(f"{path.name} 的结尾应当是 .xlsx 或 .csv。例：待填数值.xlsx")
    if path.exists():
        raise InputError(f"{path} 已经有了，里面可能有填好的数值。请换一个文件名。")
    _write_new(path, write(rows, on))


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a table to look at as CSV; no cell of it is a formula.

    Raises:
        InputError: another ending, the file is there already, or it cannot be written.
    """
    check_table(path)
    _write_new(path, _table(columns, rows))


def check_table(path: Path) -> None:
    """Whether a table could be written there; before much is read for it.

    Raises:
        InputError: another ending, or the file is there already.
    """
    if path.suffix.lower() != ".csv":
        raise InputError(f"{path.name} 的结尾应当是 .csv。例：供需.csv")
    if path.exists():
        raise InputError(f"{path} 已经有了。请换一个文件名。")


def _write_new(path: Path, content: bytes) -> None:
    try:
        with path.open("xb") as file:  # nor through a link to another place
            file.write(content)
    except OSError:
        raise InputError(f"写不了 {path}：请看文件夹在不在、能不能写。") from None


def _csv(rows: Sequence[SheetRow], on: date) -> bytes:  # noqa: ARG001 - as the XLSX writer
    return _table(tuple(COLUMNS), (_cells_of(row) for row in rows))


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _plain(cell: str) -> str:
    """A cell of CSV that no spreadsheet takes for a formula; `_bare` undoes it."""
    return f"'{cell}" if cell.startswith(_LIKE_A_FORMULA) else cell


def _bare(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(_LIKE_A_FORMULA) else cell


def _cells_of(row: SheetRow) -> list[str]:
    return [*row.told, *("" for _ in FILLED), *row.found]


def _xlsx(rows: Sequence[SheetRow], on: date) -> bytes:
    book = Workbook()
    sheet = book.active
    if not isinstance(sheet, Worksheet):
        raise TypeError(sheet)
    sheet.title = SHEET_NAME
    sheet.append(list(COLUMNS))
    for row in rows:
        sheet.append(_cells_of(row))
    _heading(sheet)
    _body(sheet, len(rows) + 1)
    _checks(sheet)
    _lock(sheet)
    _instructions(book, on, len(rows))
    book.properties.creator = "政策找人"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _heading(sheet: Worksheet) -> None:
    for number, (heading, says) in enumerate(COLUMNS.items(), start=1):
        cell = sheet.cell(1, number)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor=_HEAD)
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        cell.comment = Comment(f"{heading}：{says}", "政策找人")
        sheet.column_dimensions[get_column_letter(number)].width = _WIDTHS[number - 1]
    sheet.row_dimensions[1].height = 30
    sheet.freeze_panes = "C2"


def _body(sheet: Worksheet, last: int) -> None:
    for number in range(2, last + 1 + _SPARE_ROWS):
        for column, heading in enumerate(COLUMNS, start=1):
            cell = sheet.cell(number, column)
            to_fill = heading in FILLED
            if cell.data_type == "f":  # a name out of a file begins like a formula: it is text
                cell.data_type, cell.quotePrefix = "s", True
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.fill = PatternFill("solid", fgColor=_YELLOW if to_fill else _GREY)
            cell.protection = Protection(locked=not to_fill and number <= last)
            if heading == "起始日":
                cell.number_format = "yyyy-mm-dd"


def _checks(sheet: Worksheet) -> None:
    """What the spreadsheet itself refuses while somebody types; the rest is checked on loading."""
    headings = list(COLUMNS)
    day = DataValidation(
        type="date", operator="between", formula1="DATE(1949,1,1)", formula2="DATE(2199,12,31)"
    )
    figure = DataValidation(type="decimal", operator="greaterThanOrEqual", formula1="0")
    for heading, check in (("起始日", day), ("数值", figure)):
        check.error, check.errorTitle = FILLED[heading], heading
        check.prompt, check.promptTitle = FILLED[heading], heading
        check.allow_blank, check.showErrorMessage, check.showInputMessage = True, True, True
        letter = get_column_letter(headings.index(heading) + 1)
        check.add(f"{letter}2:{letter}{sheet.max_row}")
        sheet.add_data_validation(check)


def _lock(sheet: Worksheet) -> None:
    """Locked without a password: against a slip of the hand, not against anybody."""
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False
    sheet.protection.autoFilter = False


def _instructions(book: Workbook, on: date, n_rows: int) -> None:
    page = book.create_sheet("填写说明")
    page.column_dimensions["A"].width = 100
    head = f"待填数值表：按 {on.isoformat()} 的政策，共 {n_rows} 格"
    for line in (head, *INSTRUCTIONS):
        page.append([line])
    for cells in page.iter_rows():
        cells[0].alignment = Alignment(wrap_text=True, vertical="top")
    page["A1"].font = Font(bold=True, size=14)
    page.protection.sheet = True


def read_sheet(path: Path) -> ReadSheet:
    """Read a filled sheet.

    Raises:
        InputError: it cannot be read, is too large, or is no such sheet.
    """
    try:
        data = path.read_bytes()
    except OSError:
        raise InputError(f"读不了 {path}：请看文件在不在、能不能读。") from None
    if len(data) > LARGEST_SHEET:
        raise InputError(f"{path.name} 太大，最多 {LARGEST_SHEET // 1_000_000} MB。")
    if path.suffix.lower() == ".csv":
        return _read_csv(path.name, data)
    if path.suffix.lower() == ".xlsx":
        return _read_xlsx(path.name, data)
    raise InputError(f"{path.name} 不是 .xlsx 或 .csv：请在表格软件里另存为这两种之一。")


def _read_csv(name: str, data: bytes) -> ReadSheet:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{name} 不是 UTF-8 文字：请另存为“CSV UTF-8（逗号分隔）”。") from None
    rows: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            rows.append((reader.line_num, cells))
            if len(rows) > MOST_ROWS:
                raise InputError(f"{name} 的行数太多，最多 {MOST_ROWS} 行。")
    except csv.Error:
        raise InputError(f"{name} 第 {reader.line_num} 行读不通：请看引号有没有成对。") from None
    head = tuple(cell.strip() for cell in rows[0][1]) if rows else ()
    return ReadSheet(name, head, tuple((line, _texts(cells)) for line, cells in rows[1:]))


def _texts(cells: Sequence[str]) -> tuple[RawCell, ...]:
    return tuple(text_cell(_bare(cell)) for cell in cells)


def text_cell(value: str) -> RawCell:
    """What a cell of text holds."""
    said = value.strip()
    if not said:
        return RawCell("empty")
    return RawCell("formula" if said.startswith("=") else "text", said)


def _read_xlsx(name: str, data: bytes) -> ReadSheet:
    try:
        if unpacked(data) > _LARGEST_UNPACKED:
            raise InputError(f"{name} 展开以后太大：请另做一张表，只填数值。")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what we do not use may be of a newer kind
            book = load_workbook(io.BytesIO(data))
    except BROKEN:
        raise InputError(f"{name} 打不开：请用表格软件打开，另存为 .xlsx。") from None
    if SHEET_NAME not in book.sheetnames:
        raise InputError(
            f"{name} 里没有叫“{SHEET_NAME}”的一页：请用 zhaoren standards sheet 另做。"
        )
    sheet = book[SHEET_NAME]
    if not isinstance(sheet, Worksheet):
        raise InputError(f"{name} 的“{SHEET_NAME}”不是表格：请用 zhaoren standards sheet 另做。")
    if sheet.max_row > MOST_ROWS:
        raise InputError(f"{name} 的行数太多，最多 {MOST_ROWS} 行。")
    rows = list(_raw_rows(sheet))
    head = tuple(str(cell.value or "").strip() for cell in rows[0][1]) if rows else ()
    merged = tuple(sorted(str(area) for area in sheet.merged_cells.ranges))
    return ReadSheet(name, head, tuple(rows[1:]), merged)


def unpacked(data: bytes) -> int:
    """How large the parts of the file are once they are unpacked; no part can be larger."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        return sum(part.file_size for part in parts.infolist())


def _raw_rows(sheet: Worksheet) -> Iterator[tuple[int, tuple[RawCell, ...]]]:
    for number, cells in enumerate(sheet.iter_rows(max_col=2 * len(COLUMNS)), start=1):
        yield number, tuple(_raw(cell.value, cell.data_type) for cell in cells)


def _raw(value: object, data_type: str) -> RawCell:
    if value is None:
        return RawCell("empty")
    if data_type in ("f", "e"):
        return RawCell("formula" if data_type == "f" else "error", str(value))
    if isinstance(value, bool):
        return RawCell("truth", str(value))
    if isinstance(value, int | float):
        number = Decimal(repr(value))  # the shortest text of it: what was typed
        return RawCell("number", number) if number.is_finite() else RawCell("error", str(value))
    if isinstance(value, datetime):
        whole = (value.hour, value.minute, value.second) == (0, 0, 0)
        return RawCell("day", value.date()) if whole else RawCell("text", str(value))
    if isinstance(value, date):
        return RawCell("day", value)
    return text_cell(str(value))
