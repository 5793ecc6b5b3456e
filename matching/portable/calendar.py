"""Months and days of the month from ordinals (日历), in steps that any data-frame library can do.

Counted from 1 March of the year 0 a leap day is the last day of its year, and every 400 years have
the same number of days. All operands are positive, so floor division is the same everywhere.
"""

import narwhals as nw

from matching.portable.building import Building
from matching.portable.cells import Cell, Make, Sort, whole
from matching.scan.program import Space

__all__ = ["FAR", "STEPS", "month_and_day"]

FAR = 10_000 * 366
_BEFORE = 305  # from 1 March of the year 0 to the last day before the year 1
_ERA, _CENTURY, _FOUR_YEARS, _YEAR = 146_097, 36_524, 1_460, 365


def _year(rest: nw.Expr) -> nw.Expr:
    return (rest - rest // _FOUR_YEARS + rest // _CENTURY - rest // (_ERA - 1)) // _YEAR


# Name of a step, what it reads, how. `months` counts from January of the year 0, `day` from 0.
STEPS: tuple[tuple[str, tuple[str, ...], Make], ...] = (
    ("era", ("ordinal",), lambda ordinal: (ordinal + whole(_BEFORE)) // _ERA),
    ("rest", ("ordinal", "era"), lambda ordinal, era: ordinal + whole(_BEFORE) - era * _ERA),
    ("year", ("rest",), _year),
    ("left", ("rest", "year"), lambda rest, year: rest - year * _YEAR - year // 4 + year // 100),
    ("month", ("left",), lambda left: (left * 5 + whole(2)) // 153),
    ("months", ("era", "year", "month"), lambda era, year, month:
        (era * 400 + year) * 12 + month + whole(2)),
    ("day", ("left", "month"), lambda left, month: left - (month * 153 + whole(2)) // 5),
)  # fmt: skip


def month_and_day(b: Building, space: Space, ordinal: Cell) -> tuple[Cell, Cell]:
    """Months since the year 0, and the day of the month from 0, of a day in each row."""
    found = {"ordinal": ordinal}
    for name, args, make in STEPS:
        cells = [found[arg] for arg in args]
        found[name] = b.once(
            (name, space, ordinal.number),
            lambda cells=cells, make=make: b.here(space, cells, make, Sort.NUMBER, bound=FAR),  # type: ignore[misc]
        )
    return found["months"], found["day"]
