"""Figures to use instead of the catalogue's (假设的数值), read from a file with places and cures.

`{DIBAO_LINE: 1800}`; a figure by cells is a map, as in the file of the standard. Amounts are in
yuan; `null` says that the figure is not entered.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from matching.family_file import FamilyReader
from matching.packs import Supposed
from matching.parameters import Cell, Standard
from matching.rules import nearest
from matching.standards_reader import fen
from matching.units import is_money

__all__ = ["read_supposed"]

Path = tuple[str | int, ...]
Figures = Mapping[Cell, int | Fraction | None]


def read_supposed(reader: FamilyReader, at: Path, standards: Mapping[str, Standard]) -> Supposed:
    """The figures at a place of a file; what is wrong is noted in the file's text.

    Args:
        reader: of the text.
        at: where the map of standards stands.
        standards: those that may be named.
    """
    rows = reader.at(at)
    if rows is not None and not isinstance(rows, dict):
        key = at[-1] if at else "这里"
        reader.note(at, f"{key} 应当是一组标准和数值。", "例如 {DIBAO_LINE: null}。")
    found: dict[str, Figures] = {}
    for name in rows if isinstance(rows, dict) else ():
        standard = standards.get(name)
        if standard is None:
            place = reader.text.places.of_key((*at, name))
            reader.text.note(place, f"没有叫 {name} 的标准。", nearest(name, standards))
        else:
            found[name] = _cells(reader, (*at, name), standard)
    return found


def _cells(reader: FamilyReader, at: Path, standard: Standard) -> Figures:
    """What one standard is supposed to be: a figure, figures by cell, or null (not entered)."""
    value = reader.at(at)
    if value is None:
        return {(): None}
    known = standard.cells() if standard.keys else standard.cells() | {()}
    found: dict[Cell, int | Fraction | None] = {}
    for cell in _leaves(value):
        if cell in known:
            found[cell] = _figure(reader, (*at, *cell), money=is_money(standard.unit))
        else:
            names = "、".join(sorted(".".join(one) for one in known if one))
            cure = f"可以写的格：{names}。" if names else "请只写一个数字。"
            what = f"{standard.id} 没有 {'.'.join(cell)} 这一格。" if cell else "没有写是哪一格。"
            reader.note((*at, *cell), what, f"{cure}没有录入就写 null。")
    return found


def _figure(reader: FamilyReader, at: Path, *, money: bool) -> int | Fraction | None:
    value = reader.at(at)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value < 0:
        what = "假设的数值应当是数字，不能是负数。"
        reader.note(at, what, "金额写元，不加引号；没有录入就写 null。")
        return None
    figure = fen(value) if money else Fraction(value)
    if figure is None:
        reader.note(at, "金额最多两位小数（到分）。", "没有录入就写 null。")
    return figure


def _leaves(value: object, cell: Cell = ()) -> Iterable[Cell]:
    """The cells that a figure or a map of figures names."""
    if not isinstance(value, dict) or not value:
        return [cell]
    return [leaf for key, inner in value.items() for leaf in _leaves(inner, (*cell, key))]
