"""Dated figures (标准): what holds on a day, and why it is not known if it is not.

A value has a unit, a first day and a source, or it does not load; a null value answers unknown and
is listed for the office. No figure is ever computed from another.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction

from matching.units import Unit

__all__ = ["SUPPOSED", "Cell", "Standard", "StandardRow", "StandardValue", "why_unknown"]

SUPPOSED = "按假设计算"
Cell = tuple[str, ...]  # () for a plain figure, else one word per key
_RHYTHM_DAYS = {"yearly": 366}


@dataclass(frozen=True, slots=True)
class StandardRow:
    """What holds from one day on: cell -> figure in fen or plain number; None: not known."""

    start: date
    until: date | None
    values: Mapping[Cell, int | Fraction | None]
    doc: str | None
    article: str | None
    flag: str
    doubt: bool = False
    note: str | None = None

    @property
    def computes(self) -> bool:
        """Whether the row may be used: an unverified or doubtful figure never computes."""
        return self.flag in ("seed", "search") and not self.doubt


@dataclass(frozen=True, slots=True)
class StandardValue:
    """A figure for a day, or None with the reason."""

    figure: int | Fraction | None
    row: StandardRow | None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Standard:
    """One dated figure of a pack; rows in order of their first day.

    `words`: key of a cell -> how people call it.
    """

    id: str
    label: str
    unit: Unit
    unit_text: str
    pack: str
    rows: tuple[StandardRow, ...]
    keys: tuple[str, ...] = ()
    rhythm: str | None = None
    note: str | None = None
    words: Mapping[str, str] = field(default_factory=dict)

    def row_on(self, day: date) -> StandardRow | None:
        """The row that holds on `day`, also if it holds no figure."""
        held = [
            row for row in self.rows if row.start <= day and (row.until is None or day <= row.until)
        ]
        return held[-1] if held else None

    def supposing(self, values: Mapping[Cell, int | Fraction | None]) -> "Standard":
        """The same standard as if these figures held on every day (假设)."""
        row = StandardRow(date.min, None, values, None, None, "search", note=SUPPOSED)
        return replace(self, rows=(row,), rhythm=None)

    def rhythm_ends(self, row: StandardRow) -> date | None:
        """The first day on which a row is past its round; None: it has none."""
        return row.start + timedelta(days=_RHYTHM_DAYS[self.rhythm] + 1) if self.rhythm else None

    def cells(self) -> frozenset[Cell]:
        """All cells that any row names."""
        return frozenset(cell for row in self.rows for cell in row.values)

    def at(self, day: date, cell: Cell = ()) -> StandardValue:
        """The figure on `day`; None with a reason when it is not known."""
        row = self.row_on(day)
        reason = why_unknown(self, row, day)
        if row is None or reason:
            return StandardValue(None, row, reason)
        if not cell and () not in row.values:  # a row by cells, asked plainly: known if all agree
            figures = set(row.values.values())
            figure = figures.pop() if len(figures) == 1 else None
        else:
            figure = row.values.get(cell)
        return StandardValue(figure, row, None if figure is not None else "这一天的数值没有录入")

    def unknown_since(self, day: date, cell: Cell = ()) -> date | None:
        """Since when the cell has had no figure, up to `day`; None: no row goes back so far."""
        row = self.row_on(day)
        if row is None:
            ended = [one.until for one in self.rows if one.until is not None and one.until < day]
            return max(ended) + timedelta(days=1) if ended else None
        if row.computes and row.values.get(cell) is not None and self.rhythm:
            return self.rhythm_ends(row)
        before = row.start - timedelta(days=1)
        earlier = self.at(before, cell) if row.start > self.rows[0].start else None
        return (
            row.start
            if earlier is None or earlier.why is None
            else self.unknown_since(before, cell)
        )


def why_unknown(standard: Standard, row: StandardRow | None, day: date) -> str | None:
    """The reason in Chinese why no figure of this row computes on `day`, or None."""
    if row is None:
        return "这一天没有数值"
    if not row.computes:
        return "数值未核实，不参与计算"
    if standard.rhythm and day > row.start + timedelta(days=_RHYTHM_DAYS[standard.rhythm]):
        return "已过调整周期，新数值没有录入"
    if all(figure is None for figure in row.values.values()):
        return "这一天的数值没有录入"
    return None
