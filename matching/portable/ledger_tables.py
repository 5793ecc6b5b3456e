"""The ledger as tables (台账表): what holders have, on the day or each on its own."""

from collections.abc import Iterator, Mapping

import narwhals as nw

from matching.ledger import COVERAGE_DAYS
from matching.portable.calendar import STEPS
from matching.portable.cells import (
    highest,
    lowest,
    truth,
    whole,
)
from matching.portable.layout import Lazy, Tables

__all__ = ["covered_at", "ledger_columns", "lines_at"]

_LINES = ("held", "paid", "unsaid", "months", "last")
_OF = {"H": "household", "P": "person"}
Asked = Mapping[str, tuple[str, tuple[str, ...]]]


def ledger_columns(tables: Tables, base: str, day: int, asked: Asked) -> Iterator[tuple[str, Lazy]]:
    """What the ledger says on a day: (key of the rows, a table with `of_` and the columns asked).

    Args:
        tables: all tables.
        base: H or P.
        day: an ordinal.
        asked: name of a column -> what (`held`, `paid`, `unsaid`, `months`, `last`, `uncovered`)
            and of which aids.
    """
    of_lines = {name: one for name, one in asked.items() if one[0] in _LINES}
    if of_lines:
        yield _OF[base], _lines(tables, base, day, of_lines)
    open_ = {name: aids for name, (what, aids) in asked.items() if what == "uncovered"}
    if open_:
        yield "household", _uncovered(tables, day, open_)


def _lines(tables: Tables, base: str, day: int, asked: Asked) -> Lazy:
    frame = tables.frames["lines"].filter(nw.col("base") == base)
    if any(what == "months" for what, _ in asked.values()):
        frame = _with_months(frame, day)
    until = nw.col("until")
    runs = (nw.col("start") <= day) & (until.is_null() | (until >= day))
    begun = nw.col("start") <= day
    columns = {
        name: _of_line(what, nw.col("aid").is_in(list(aids)), runs, begun)
        for name, (what, aids) in asked.items()
    }
    folds = [
        nw.col(name).sum() if what in ("paid", "months") else nw.col(name).max()
        for name, (what, _) in asked.items()
    ]
    rows = frame.select(of_=nw.col("holder"), **columns)
    return rows.group_by("of_").agg(*folds)


def _of_line(what: str, fits: nw.Expr, runs: nw.Expr, begun: nw.Expr) -> nw.Expr:
    """What one line adds."""
    fen = nw.col("fen")
    if what == "held":
        return nw.when(fits & runs).then(truth(1)).otherwise(truth(0))
    if what == "unsaid":
        return nw.when(fits & runs & fen.is_null()).then(truth(1)).otherwise(truth(0))
    if what == "paid":
        return nw.when(fits & runs & ~fen.is_null()).then(fen.cast(nw.Int64)).otherwise(whole(0))
    value = nw.col("months_held_") if what == "months" else nw.col("start").cast(nw.Int64)
    nothing = whole(0) if what == "months" else whole(1)
    return nw.when(fits & begun).then(value).otherwise(nothing)


def _with_months(frame: Lazy, day: int) -> Lazy:
    """Whole months of each line up to the day."""
    after = nw.col("until") + 1
    end = nw.when(after < day).then(after).otherwise(nw.lit(day, nw.Int64))
    frame = frame.with_columns(end_=end.cast(nw.Int64), start_=nw.col("start").cast(nw.Int64))
    for which in ("start_", "end_"):
        for name, args, make in STEPS:
            columns = [nw.col(which if arg == "ordinal" else f"{which}{arg}") for arg in args]
            frame = frame.with_columns(**{f"{which}{name}": make(*columns)})
    early = nw.col("end_day") < nw.col("start_day")
    less = nw.when(early).then(whole(1)).otherwise(whole(0))
    return frame.with_columns(months_held_=nw.col("end_months") - nw.col("start_months") - less)


def _uncovered(tables: Tables, day: int, asked: Mapping[str, tuple[str, ...]]) -> Lazy:
    """1 for a household for which silence on one of the aids says nothing."""
    aids = sorted({aid for some in asked.values() for aid in some})
    column = {aid: f"covered_{place}" for place, aid in enumerate(aids)}
    batches = tables.frames["coverage"].filter(
        (nw.col("day") >= day - COVERAGE_DAYS) & (nw.col("day") <= day + COVERAGE_DAYS)
    )
    marked = batches.select(
        "household",
        **{
            name: nw.when(nw.col("aid") == aid).then(truth(1)).otherwise(truth(0))
            for aid, name in column.items()
        },
    )
    names = list(column.values())
    covered = marked.group_by("household").agg(*(nw.col(name).max() for name in names))
    complete = nw.col("complete").cast(nw.Int8)
    homes = tables.frames["households"].select("household", complete=complete)
    joined = homes.join(covered, on="household", how="left").with_columns(
        **{name: highest(nw.col(name).fill_null(truth(0)), nw.col("complete"))
           for name in names}
    )  # fmt: skip
    return joined.select(
        of_=nw.col("household"),
        **{
            name: truth(1) - lowest(*(nw.col(column[aid]) for aid in some))
            for name, some in asked.items()
        },
    )


def lines_at(tables: Tables, base: str, aids: tuple[str, ...], asked: Lazy) -> Lazy:
    """`found_` 1 for each holder (`of_`) and day (`on_`) with a line that ran then.

    Args:
        tables: all tables.
        base: H or P.
        aids: any of these.
        asked: rows with `of_`, `day_`.
    """
    lines = tables.frames["lines"].filter(
        (nw.col("base") == base) & nw.col("aid").is_in(list(aids))
    )
    joined = _days(asked).join(lines.select("holder", "start", "until"), left_on="of_",
                               right_on="holder", how="inner")  # fmt: skip
    until = nw.col("until")
    fits = (nw.col("start") <= nw.col("on_")) & (until.is_null() | (until >= nw.col("on_")))
    return joined.filter(fits).select("of_", "on_").unique().with_columns(found_=truth(1))


def covered_at(tables: Tables, aids: tuple[str, ...], asked: Lazy) -> Lazy:
    """`found_` 0 for each household (`of_`) and day (`on_`) for which silence says no."""
    days = _days(asked)
    homes = tables.frames["households"].select(
        "household", complete=nw.col("complete").cast(nw.Int8)
    )
    wanted = tuple(dict.fromkeys(aids))
    batches = tables.frames["coverage"].filter(nw.col("aid").is_in(list(wanted)))
    near = days.join(batches, left_on="of_", right_on="household", how="inner").filter(
        (nw.col("day") >= nw.col("on_") - COVERAGE_DAYS)
        & (nw.col("day") <= nw.col("on_") + COVERAGE_DAYS)
    )
    counted = near.select("of_", "on_", "aid").unique().group_by("of_", "on_").agg(n_=nw.len())
    all_days = days.join(homes, left_on="of_", right_on="household", how="inner")
    joined = all_days.join(counted, on=["of_", "on_"], how="left")
    enough = nw.col("n_").fill_null(0) >= len(wanted)
    covered = (nw.col("complete") == 1) | enough
    return joined.select("of_", "on_", found_=nw.when(covered).then(truth(0)).otherwise(truth(1)))


def _days(asked: Lazy) -> Lazy:
    """Each holder and day once."""
    known = asked.filter(~nw.col("day_").is_null())
    return known.select("of_", on_=nw.col("day_")).unique()
