"""Another department's list as a file (部门名单): CSV or XLSX to records; refused cells are said.

The heading may stand below a title; columns go by the names that offices give them. Nothing is
written into the store, and the file stays with whoever gave it.
"""

import csv
import io
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from openpyxl import load_workbook

from matching.errors import InputError
from matching.identity.cells import as_text
from matching.identity.characters import Characters
from matching.identity.normalise import read_delivery
from matching.identity.records import Delivery, PersonRecord
from matching.identity.stored import STORE
from seed.sheet_files import BROKEN, unpacked

__all__ = ["GivenList", "Note", "ReadList", "given_list", "read_list"]

HEADINGS = {
    "source_id": ("编号", "人员编号", "档案编号", "序号", "残疾证号"),
    "name": ("姓名", "名字", "人员姓名", "受助人姓名"),
    "id_number": ("身份证号", "身份证号码", "身份证", "证件号码", "公民身份号码"),
    "birth_date": ("出生日期", "出生年月日", "生日"),
    "sex": ("性别",),
    "phone": ("电话", "联系电话", "手机", "手机号", "手机号码"),
    "address": ("住址", "地址", "居住地址", "家庭住址", "现住址"),
    "as_of": ("数据日期", "更新日期"),
}
_LARGEST, _LARGEST_UNPACKED = 100_000_000, 500_000_000
_MOST_ROWS, _MOST_COLUMNS = 500_000, 500
_SAID_ELSEWHERE = frozenset({"repeated", "twice_in_batch"})
_TITLES = 10  # rows above the heading
_COLUMN = {told: name for name, names in HEADINGS.items() for told in (name, *names)}
_Row = tuple[int, Sequence[object]]


@dataclass(frozen=True, slots=True)
class GivenList:
    """A list as it is given: whose, of which day, in which file."""

    source: str
    as_of: date
    path: Path


@dataclass(frozen=True, slots=True)
class Note:
    """What is to be said of a row (退回的行、没有采用的格): line of the file, column, what."""

    line: int
    column: str | None
    code: str


@dataclass(frozen=True, slots=True)
class ReadList:
    """A list after reading.

    Attributes:
        rows: rows below the heading; each is a record, or is among the notes without a column.
        notes: refused rows and cells, in order of line.
        unread: columns that are not compared.
    """

    given: GivenList
    rows: int
    records: tuple[PersonRecord, ...]
    notes: tuple[Note, ...]
    unread: tuple[str, ...]

    @property
    def lost_rows(self) -> int:
        """Rows of which nothing was read (没有读出的行); what another row says, too, is read."""
        rows = (note for note in self.notes if note.column is None)
        return sum(note.code not in _SAID_ELSEWHERE for note in rows)


def given_list(text: str) -> GivenList:
    """A list as it is written: `残联:2026-06-30:残联名单.xlsx`.

    Raises:
        InputError: it is written otherwise.
    """
    source, _, rest = text.strip().partition(":")
    day, _, path = rest.partition(":")
    source = source.strip()
    try:
        as_of = date.fromisoformat(day.strip())
    except ValueError:
        as_of = None
    if as_of is None or not source or not path.strip() or source == STORE:
        raise InputError(
            f"名单“{text}”应当写成 来源:数据日期:文件，例如 残联:2026-06-30:残联名单.xlsx。"
        )
    return GivenList(source, as_of, Path(path.strip()))


def read_list(given: GivenList, received: int, characters: Characters) -> ReadList:
    """Read a list; a row or cell that will not do is noted, and the others are used.

    Args:
        given: whose list it is, its day and its file.
        received: the running number of the delivery.
        characters: tables of alike characters.

    Raises:
        InputError: the file cannot be read, or has no heading that says who is who.
    """
    rows = list(_rows(given.path))
    at, columns = _heading(rows, given.path.name)
    head = rows[at][1]
    unread = [str(cell).strip() for n, cell in enumerate(head) if n not in columns and cell]
    lines, cells = [], []
    for line, row in rows[at + 1 :]:
        told = {name: row[n] for n, name in columns.items() if n < len(row)}
        if any(as_text(cell) != ("", ()) for cell in told.values()):
            lines.append(line)
            cells.append(told)
    reading = read_delivery(Delivery(given.source, received, given.as_of, tuple(cells)), characters)
    line_of = {as_text(told.get("source_id"))[0]: n for n, told in zip(lines, cells, strict=True)}
    notes = [Note(lines[one.row - 1], None, one.code) for one in reading.refused]
    notes += [
        Note(line_of[record.source_id], remark.column, remark.code)
        for record in reading.records
        for remark in record.remarks
    ]
    ordered = sorted(notes, key=lambda note: (note.line, note.column or "", note.code))
    return ReadList(given, len(cells), reading.records, tuple(ordered), tuple(unread))


def _heading(rows: Sequence[_Row], name: str) -> tuple[int, dict[int, str]]:
    """Where the heading stands, and which of its columns are compared."""
    for at, (_, row) in enumerate(rows[:_TITLES]):
        columns = {
            n: _COLUMN[told]
            for n, cell in enumerate(row)
            if (told := "".join(str(cell or "").split()).lower()) in _COLUMN
        }
        if len(columns) < 2:
            continue
        twice = [column for column, n in Counter(columns.values()).items() if n > 1]
        if twice:
            raise InputError(f"{name} 有两列都像“{HEADINGS[twice[0]][0]}”。请只留一列。")
        if "source_id" not in columns.values():
            raise InputError(
                f"{name} 没有“编号”一列：每行要有一个自己的、以后不变的编号，"
                "才知道下一份名单里的哪一行是它。"
            )
        return at, columns
    known = "、".join(names[0] for names in HEADINGS.values())
    raise InputError(f"{name} 的前 {_TITLES} 行里没有表头。认得的列：{known}。")


def _rows(path: Path) -> Iterator[_Row]:
    """Row after row; a file that has too many, or too wide ones, is refused where that shows."""
    for number, (line, cells) in enumerate(_raw_rows(path), start=1):
        if number > _MOST_ROWS:
            raise InputError(f"{path.name} 的行数太多，最多 {_MOST_ROWS} 行。请分成几份。")
        if len(cells) > _MOST_COLUMNS:
            raise InputError(
                f"{path.name} 第 {line} 行的列数太多，最多 {_MOST_COLUMNS} 列。请只留要比对的列。"
            )
        yield line, cells


def _raw_rows(path: Path) -> Iterator[_Row]:
    unreadable = InputError(f"读不了 {path.name}：请看文件在不在、能不能读。")
    if not path.is_file():  # from a pipe or a device nobody knows when it ends
        raise unreadable
    try:
        size = path.stat().st_size
        if size > _LARGEST:
            raise InputError(f"{path.name} 太大，最多 {_LARGEST // 1_000_000} MB。请分成几份。")
        data = path.read_bytes()
    except OSError:
        raise unreadable from None
    if path.suffix.lower() == ".csv":
        return _csv_rows(path.name, data)
    if path.suffix.lower() == ".xlsx":
        return _xlsx_rows(path.name, data)
    raise InputError(f"{path.name} 不是 .xlsx 或 .csv：请在表格软件里另存为这两种之一。")


def _csv_rows(name: str, data: bytes) -> Iterator[_Row]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("gb18030")  # what spreadsheets of Chinese offices write
        except UnicodeDecodeError:
            raise InputError(f"{name} 读不出文字：请另存为“CSV UTF-8（逗号分隔）”。") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error:
        raise InputError(f"{name} 第 {reader.line_num} 行读不通：请看引号有没有成对。") from None


def _xlsx_rows(name: str, data: bytes) -> Iterator[_Row]:
    try:
        if unpacked(data) > _LARGEST_UNPACKED:
            raise InputError(f"{name} 展开以后太大。请分成几份。")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what we do not use may be of a newer kind
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            sheet = book.worksheets[0]
            # How far it says that it reaches may be too little, so that rows would be lost, or
            # the last column there is, so that each row would be as wide.
            sheet.reset_dimensions()
            rows = _first(map(_told, sheet.iter_rows(values_only=True)))
    except BROKEN:
        raise InputError(f"{name} 打不开：请用表格软件打开，另存为 .xlsx。") from None
    return iter(enumerate(rows, start=1))


def _told(row: Sequence[object]) -> Sequence[object]:
    """The row; a wide one up to its last cell with something in it."""
    if len(row) <= _MOST_COLUMNS:
        return row
    return row[: next((n for n in range(len(row), 0, -1) if row[n - 1] is not None), 0)]


def _first(read: Iterator[Sequence[object]]) -> list[Sequence[object]]:
    """The rows up to the first that shows that the file will be refused."""
    rows: list[Sequence[object]] = []
    for row in read:
        rows.append(row)
        if len(rows) > _MOST_ROWS or len(row) > _MOST_COLUMNS:
            break
    return rows
