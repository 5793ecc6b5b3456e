"""The rows of a filled sheet, checked against the catalogue (核对填好的表): headings, ids, cells.

What is right becomes entries; what is wrong becomes findings with row, column and cure.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from matching.errors import Finding
from matching.packs import Catalogue, Pack
from matching.parameters import Cell, Standard
from matching.policy_words import cell_in_words, unit_in_words
from matching.rules import nearest
from matching.uses import full_cells
from seed.sheet_files import RawCell, ReadSheet
from seed.sheet_values import Problem, read_day, read_figure, read_text
from seed.standards_sheet import COLUMNS, FILLED, cell_id

__all__ = ["Entry", "SheetReader", "finding_at"]

_HEADINGS = tuple(COLUMNS)
_ADDRESS = re.compile(r"https?://[^\s]+")
_EMPTY = RawCell("empty")
_NEEDED: dict[str, Problem] = {
    "起始日": ("没有起始日。", "请写从哪一天起执行。"),
    "数值": ("没有数值。", "查不到就把这一行的五格都留空。"),
    "文件名称": ("没有文件名称，数值没有依据。", "请写公布它的文件；没有正式文件的请不要填。"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One figure that somebody filled in (填好的数值), as yet unchecked against what is there."""

    line: int
    pack: str
    id: str
    cell: Cell
    start: date
    figure: Decimal
    title: str
    article: str | None
    url: str | None


def finding_at(name: str, line: int, heading: str, problem: Problem) -> Finding:
    """A finding that names row and column as the spreadsheet shows them."""
    column = _HEADINGS.index(heading) + 1
    what, cure = problem
    place = f"第 {line} 行 {chr(ord('A') + column - 1)} 列（{heading}）"
    return Finding(name, line, column, f"{place}：{what}", cure)


class SheetReader:
    """Reads the rows of one sheet; `findings` and `empty` fill as `entries` goes."""

    def __init__(self, catalogue: Catalogue, sheet: ReadSheet):
        self.catalogue, self.sheet = catalogue, sheet
        self.findings: list[Finding] = []
        self.empty = 0

    def entries(self) -> tuple[Entry, ...]:
        """Every filled row that is right in itself."""
        if not self._head_is_whole():
            return ()
        for area in self.sheet.merged:
            line = int(re.sub(r"^[A-Z]+([0-9]+).*$", r"\1", area))
            what = f"单元格 {area} 合并了。"
            self.findings.append(
                Finding(self.sheet.name, line, 0, what, "请取消合并，每一格各填各的。")
            )
        found = [self._entry(line, cells) for line, cells in self.sheet.rows]
        return tuple(entry for entry in found if entry is not None)

    def _head_is_whole(self) -> bool:
        head = self.sheet.head[: len(_HEADINGS)]
        head = (*head, *("" for _ in range(len(_HEADINGS) - len(head))))
        for expected, told in zip(_HEADINGS, head, strict=True):
            if expected != told:
                shown = f"表头“{told[:20]}”不对。" if told else "少了这一列的表头。"
                problem = (shown, f"应当是“{expected}”，请改回来，各列不要移动。")
                self.findings.append(finding_at(self.sheet.name, 1, expected, problem))
        extra = [told for told in self.sheet.head[len(_HEADINGS) :] if told]
        if extra:
            what = f"多了“{extra[0][:20]}”一列。"
            self.findings.append(Finding(self.sheet.name, 1, 0, what, "请删去多出的列。"))
        moved = sorted(head) == sorted(_HEADINGS) and head != _HEADINGS
        return not moved and head[-3:] == _HEADINGS[-3:]

    def _tell(self, line: int, heading: str, problem: Problem) -> None:
        self.findings.append(finding_at(self.sheet.name, line, heading, problem))

    def _entry(self, line: int, cells: Sequence[RawCell]) -> Entry | None:
        row = dict(zip(_HEADINGS, (*cells, *(_EMPTY for _ in _HEADINGS)), strict=False))
        if all(row[heading].kind == "empty" for heading in FILLED):
            self.empty += any(cell.kind != "empty" for cell in cells)
            return None
        before = len(self.findings)
        found = self._standard(line, row)
        values = self._values(line, row, found[1] if found else None)
        if found is None or len(self.findings) > before:
            return None
        pack, standard, cell = found
        start, figure, title, article, url = values
        if start is None or figure is None or title is None:  # told above
            return None
        return Entry(line, pack.id, standard.id, cell, start, figure, title, article, url)

    def _standard(self, line: int, row: dict[str, RawCell]) -> tuple[Pack, Standard, Cell] | None:
        ids = {heading: str(row[heading].value or "") for heading in _HEADINGS[-3:]}
        pack = self.catalogue.packs.get(ids["地区包编号"])
        if pack is None or not pack.place:
            places = [one.id for one in self.catalogue.packs.values() if one.place]
            cure = nearest(ids["地区包编号"], places) or "请照原表填回。"
            self._tell(line, "地区包编号", (f"没有叫“{ids['地区包编号']}”的地区包。", cure))
            return None
        standard = pack.standards.get(ids["标准编号"])
        if standard is None:
            cure = nearest(ids["标准编号"], pack.standards) or "请照原表填回。"
            self._tell(line, "标准编号", (f"没有叫“{ids['标准编号']}”的标准。", cure))
            return None
        cells = {cell_id(cell): cell for cell in full_cells(standard)}
        cell = cells.get(ids["分格编号"])
        if cell is None:
            cure = f"可以是：{'、'.join(name or '（空）' for name in cells)}。"
            self._tell(line, "分格编号", (f"这项标准没有“{ids['分格编号']}”这一格。", cure))
            return None
        if len(cell) != len(standard.keys):
            what = "这项标准要分格填，目录里还没有写明有哪些格。"
            self._tell(line, "分格编号", (what, "请先请政策编写人写明分格。"))
            return None
        return self._same_words(line, row, (pack, standard, cell))

    def _same_words(
        self, line: int, row: dict[str, RawCell], found: tuple[Pack, Standard, Cell]
    ) -> tuple[Pack, Standard, Cell]:
        """Tells where a row says something else than what its ids stand for (rows got mixed up)."""
        pack, standard, cell = found
        words = {
            "名称": standard.label,
            "分格": cell_in_words(pack, standard, cell),
            "单位": unit_in_words(standard.unit_text),
        }
        for heading, expected in words.items():
            told = str(row[heading].value or "")
            if told not in ("", expected):
                problem = (f"“{told[:30]}”与编号不符。", f"应当是“{expected}”，请照原表填回。")
                self._tell(line, heading, problem)
        return found

    def _values(
        self, line: int, row: dict[str, RawCell], standard: Standard | None
    ) -> tuple[date | None, Decimal | None, str | None, str | None, str | None]:
        start, late = read_day(row["起始日"])
        unit, unit_text = (standard.unit, standard.unit_text) if standard else ((), "")
        figure, bad = read_figure(row["数值"], unit, unit_text)
        title, untitled = read_text(row["文件名称"])
        article, unnamed = read_text(row["文号、条款"])
        url, lost = read_text(row["网址"], most=500)
        if url is not None and not _ADDRESS.fullmatch(url):
            lost = ("不是网址。", "请写以 http:// 或 https:// 开头的地址，没有就留空。")
        problems = {
            "起始日": late, "数值": bad, "文件名称": untitled, "文号、条款": unnamed, "网址": lost,
        }  # fmt: skip
        for heading, problem in problems.items():
            missing = _NEEDED.get(heading) if row[heading].kind == "empty" else None
            told = problem or missing
            if told is not None:
                self._tell(line, heading, told)
        bare = title.strip("《》 ") if title else None
        return start, figure, bare or None, article, url
