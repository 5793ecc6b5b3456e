"""The sheet of figures to be filled in (待填数值表): its columns, its rows, what they say.

Belongs here: what stands in the sheet. How it becomes a spreadsheet or comes back from one is
`seed/sheet_files.py`; what a filled sheet does to the catalogue is `seed/standards_load.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from matching.errors import InputError
from matching.packs import Catalogue
from matching.policy_words import cell_in_words, day_in_words, namer, unit_in_words
from matching.uses import DueCell, due_cells

__all__ = [
    "COLUMNS",
    "FILLED",
    "INSTRUCTIONS",
    "MOST_ROWS",
    "SHEET_NAME",
    "TOLD",
    "SheetRow",
    "cell_id",
    "sheet_rows",
]

SHEET_NAME = "待填数值"
MOST_ROWS = 20_000

# What the sheet tells, what the office fills in, how a row is found again; with the words that
# stand behind each heading.
TOLD: Mapping[str, str] = {
    "地区": "这个数值由哪里规定。",
    "名称": "缺的是哪一项标准。",
    "分格": "同一项标准里的哪一档；空着表示不分档。",
    "单位": "数值按什么单位填。",
    "用在哪些政策": "有了这个数值，这些政策才能算出结果。",
    "从何时起没有": "从这一天起，目录里没有数值。",
    "为什么没有": "现在答“待核实”的原因。",
}
FILLED: Mapping[str, str] = {
    "起始日": "从哪一天起执行，写成 2026-07-01。",
    "数值": "只写数：不写元，不加逗号；比例写成小数，百分之十五写 0.15。",
    "文件名称": "公布这个数值的文件，写全称，不加书名号。",
    "文号、条款": "文号，或者第几条。可以不填。",
    "网址": "文件在网上的地址，以 http 开头。可以不填。",
}
_FOUND: Mapping[str, str] = {
    "地区包编号": "请勿改动：装入时靠它找到位置。",
    "标准编号": "请勿改动：装入时靠它找到位置。",
    "分格编号": "请勿改动：装入时靠它找到位置。",
}
COLUMNS: Mapping[str, str] = {**TOLD, **FILLED, **_FOUND}

INSTRUCTIONS = (
    "这张表列出政策目录里还没有的数值。没有数值的地方，系统一律答“待核实”，不会答“不符合”。",
    f"请到“{SHEET_NAME}”一页，只填浅黄色的五列：{'、'.join(FILLED)}。其余各列不要改动。",
    "起始日、数值、文件名称三样齐全才能装入。没有正式文件的数值请不要填。",
    "起始日写成 2026-07-01。同一格有几个起始日的，在表下面的空行里照抄一行，再填另一个起始日。",
    "数值只写数字：写 1650，不写“1650 元”、不写“1,650”。金额单位一律是元。",
    "比例写成小数：百分之十五写 0.15。",
    "查不到的留空，留空的行不会装入，也不会出错。请不要填 0 代替查不到。",
    "不要合并单元格，不要写公式，不要改表头，不要用全角数字。",
    "填好后存盘，交给管理员装入。有一格不对，就一项也不装入，并逐格说明错在哪里、怎么改。",
)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One missing figure as the sheet tells it (待填的一行); `found`: pack, standard, cell."""

    told: tuple[str, ...]
    found: tuple[str, str, str]


def cell_id(cell: tuple[str, ...]) -> str:
    """A cell as the sheet names it: its keys with strokes between; empty for a plain figure."""
    return "/".join(cell)


def sheet_rows(catalogue: Catalogue, on: date, place: str | None = None) -> tuple[SheetRow, ...]:
    """A row for every cell of a figure that is missing on a day.

    Args:
        catalogue: all packs.
        on: the day asked about.
        place: a division code; None: every place.

    Raises:
        InputError: no pack covers the place.
    """
    if place is not None and not catalogue.pack_for(place).place:
        raise InputError(f"没有为 {place} 建立的地区包。请写区划代码，例如 --place 310104。")
    return tuple(_row(catalogue, on, due) for due in due_cells(catalogue, on, place))


def _row(catalogue: Catalogue, on: date, due: DueCell) -> SheetRow:
    pack = catalogue.packs[due.pack]
    standard = pack.standards[due.id]
    name = namer(catalogue, pack, on)
    told = (
        pack.label,
        standard.label,
        cell_in_words(pack, standard, due.cell),
        unit_in_words(standard.unit_text),
        "、".join(name(policy) for policy in due.policies),
        f"{day_in_words(due.since)}起" if due.since else "一直没有",
        due.why,
    )
    return SheetRow(told, (due.pack, due.id, cell_id(due.cell)))
