"""One file of dated figures, checked (读入标准): unit, days, cells, source."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from matching import catalogue_files as files
from matching.packs import Document
from matching.parameters import Cell, Standard, StandardRow
from matching.rules import nearest
from matching.units import BASES, Unit, is_money, parse_unit
from matching.yaml_text import YamlText

__all__ = ["fen", "read_standard"]

_FEN = 100


def fen(value: int | Decimal) -> int | None:
    """Yuan as integer fen; None when there is a fraction of a fen."""
    exact = Fraction(value) * _FEN
    return int(exact) if exact.denominator == 1 else None


def read_standard(
    text: YamlText, item: files.StandardFile, pack: str, documents: Mapping[str, Document]
) -> Standard | None:
    """Build a standard; notes every finding and answers None when the unit cannot be read."""
    try:
        unit = parse_unit(item.unit)
    except ValueError as error:
        cure = (
            nearest(str(error), BASES)
            or f"可用的词：{'、'.join(BASES)}，用 / 连接，例如 CNY/person/month。"
        )
        text.note(text.places.of(("unit",)), f"单位里没有 {error} 这个词。", cure)
        return None
    rows: list[StandardRow] = []
    seen: dict[date, int] = {}
    for index, row in enumerate(item.values):
        built = _row(text, item, index, row, unit)
        if built is None:
            continue
        if built.start in seen:
            text.note(
                text.places.of(("values", index)),
                f"{built.start} 有两个数值。",
                "同一天只能有一个，请删去一行。",
            )
        seen[built.start] = index
        if row.source is not None and row.source.doc not in documents:
            place = text.places.of(("values", index, "source", "doc"))
            text.note(
                place,
                f"没有登记过文件 {row.source.doc}。",
                nearest(row.source.doc, documents) or "请加进 documents.yaml。",
            )
        rows.append(built)
    ordered = tuple(sorted(rows, key=lambda row: row.start))
    read = Standard(
        item.id, item.label, unit, item.unit, pack, ordered, tuple(item.keys), item.rhythm,
        item.note, item.words,
    )  # fmt: skip
    known = {word for cell in read.cells() for word in cell}
    for word in item.words:
        if word not in known:
            place = text.places.of_key(("words", word))
            text.note(place, f"没有叫 {word} 的格。", nearest(word, known) or "请删去这个词。")
    return read


def _row(
    text: YamlText, item: files.StandardFile, index: int, row: files.StandardRowFile, unit: Unit
) -> StandardRow | None:
    path: tuple[str | int, ...] = ("values", index)
    if row.start is None:
        text.note(text.places.of(path), "数值没有起始日期。", "请写 from: 年-月-日。")
        return None
    cells = _cells(text, item, path, row.value, unit)
    if item.unit == "ratio":
        _refuse_percent(text, (*path, "value"), cells)
    known = any(figure is not None for figure in cells.values())
    if known and row.source is None:
        text.note(
            text.places.of(path),
            "数值没有依据。",
            "请写 source: {doc: …}；不知道出处就写 value: null。",
        )
    if known and row.flag is None:
        text.note(
            text.places.of(path), "数值没有核实标记。", "请写 flag: seed、search 或 unverified。"
        )
    source = row.source
    return StandardRow(
        row.start,
        row.until,
        cells,
        source.doc if source else None,
        source.article if source else None,
        row.flag or "search",
        row.doubt,
        row.note,
    )


def _refuse_percent(
    text: YamlText, path: tuple[str | int, ...], cells: Mapping[Cell, int | Fraction | None]
) -> None:
    """A ratio above one is a percentage that somebody forgot to divide."""
    for cell, figure in cells.items():
        if figure is not None and figure > 1:
            shown, ratio = float(figure), float(Fraction(figure) / 100)
            cure = f"{shown:g}% 写成 {ratio:g}；倍数请写 unit: none。"
            text.note(text.places.of((*path, *cell)), f"比例不能大于 1，写的是 {shown:g}。", cure)


def _cells(
    text: YamlText, item: files.StandardFile, path: tuple[str | int, ...], value: object, unit: Unit
) -> dict[Cell, int | Fraction | None]:
    if value is None:
        return {(): None}
    if not isinstance(value, dict):
        if item.keys:
            text.note(
                text.places.of((*path, "value")),
                f"这项标准按 {'、'.join(item.keys)} 分，要写成 {{…: …}}。",
            )
        return {(): _figure(text, (*path, "value"), value, unit)}
    cells: dict[Cell, int | Fraction | None] = {}
    for first, inner in value.items():
        if isinstance(inner, dict):
            for second, figure in inner.items():
                cells[first, second] = _figure(text, (*path, "value", first, second), figure, unit)
        else:
            cells[(first,)] = _figure(text, (*path, "value", first), inner, unit)
    if item.keys and any(len(cell) != len(item.keys) for cell in cells):
        text.note(
            text.places.of((*path, "value")),
            f"每一格要有 {len(item.keys)} 个键：{'、'.join(item.keys)}。",
        )
    return cells


def _figure(
    text: YamlText, path: tuple[str | int, ...], value: object, unit: Unit
) -> int | Fraction | None:
    if value is None or not isinstance(value, int | Decimal):
        return None
    if value < 0:
        text.note(text.places.of(path), "数值不能是负数。")
    if is_money(unit):
        exact = fen(value)
        if exact is None:
            text.note(text.places.of(path), "金额最多两位小数（到分）。")
        return exact
    return int(value) if value == int(value) else Fraction(value)
