"""The tables that the portable reading reads (表的布局): the encoded facts of one pack and one day.

Six tables, whole numbers and text only; an empty cell is an unknown value. docs/scale.md describes
each column, for whoever writes them from a warehouse.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import narwhals as nw

from matching.errors import InputError
from matching.fact_kinds import FactType
from matching.scan.program import EVENTS, HOUSEHOLDS, PERSONS, Space
from matching.scan.table import base_of
from matching.vocabulary import VOCABULARY

__all__ = ["BASES", "TEXT_TYPES", "Frames", "Lazy", "Tables", "column_of", "is_spark",
           "read_tables", "stale_of"]  # fmt: skip

Lazy = nw.LazyFrame[Any]

BASES: Mapping[Space, str] = {HOUSEHOLDS: "households", PERSONS: "persons", EVENTS: "events"}
_BASE_OF = {table: space.base for space, table in BASES.items()}
TEXT_TYPES = (FactType.CODE, FactType.CHOICE, FactType.SET)
_KEYS: Mapping[str, tuple[str, ...]] = {
    "households": ("household", "id", "place", "complete", "events_unlisted"),
    "persons": ("household", "person", "member", "obligors_unlisted"),
    "events": ("household", "event"),
    "kin": ("relation", "person", "other"),
    "lines": ("base", "holder", "aid", "start", "until", "fen"),
    "coverage": ("household", "aid", "day"),
}
_TEXT_KEYS = {"id", "relation", "base", "aid", "place"}
_FLAGS = {"complete", "events_unlisted", "member", "obligors_unlisted"}
_OWNERS = {
    "persons": ("household",), "events": ("household",), "kin": ("relation", "person"),
    "lines": ("base", "holder"),
}  # fmt: skip
_MAY_BE_EMPTY = {"until", "fen"}
_WIDE = 2**62


def column_of(name: str) -> str:
    """The column of a fact: `person.birth_date` is `person__birth_date`, for Spark reads a dot."""
    return name.replace(".", "__")


def stale_of(name: str) -> str:
    """The column that tells of an old value of a fact: 0, 1 or 2, as in the scan."""
    return f"stale__{column_of(name)}"


@dataclass(frozen=True, slots=True)
class Frames:
    """The six tables as they are: of polars (eager or lazy) or of Spark.

    Attributes:
        households, persons, events, kin, lines, coverage: docs/scale.md has the columns.
        scales: fact -> what its column was multiplied by to be whole (an area in hundredths: 100);
            1 where it is not named. Money is fen and needs none.
    """

    households: Any
    persons: Any
    events: Any
    kin: Any
    lines: Any
    coverage: Any
    scales: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables after a look at every column.

    Attributes:
        frames: name of the table -> the frame.
        columns: table -> its columns.
        bounds: column -> no absolute value in it is greater.
        most: no collection (members, events, kin, lines of a holder) is larger.
        scales: as in `Frames`.
    """

    frames: Mapping[str, Lazy]
    columns: Mapping[str, frozenset[str]]
    bounds: Mapping[str, int]
    most: int
    scales: Mapping[str, int]


def is_spark(frame: Lazy) -> bool:
    """Whether Spark computes it; else polars does."""
    return bool(frame.implementation.is_pyspark())


def read_tables(frames: Frames) -> Tables:
    """Look at every column once: its type, its range, how long collections are.

    Raises:
        InputError: another library, a missing column, a float, a truth beyond 0, 1, 2; all at once.
    """
    found = {name: _lazy(name, getattr(frames, name)) for name in _KEYS}
    if len({frame.implementation for frame in found.values()}) > 1:
        raise InputError("六张表要用同一个库打开: 都用 polars, 或者都用 Spark。")
    schemas = {name: dict(frame.collect_schema()) for name, frame in found.items()}
    problems = [one for name, schema in schemas.items() for one in _wrong_types(name, schema)]
    if problems:
        raise InputError("可移植求值的表有误:\n" + "\n".join(problems))
    bounds: dict[str, int] = {}
    for name, frame in found.items():
        bounds |= _ranges(name, frame, [c for c in schemas[name] if _is_read(name, c)], problems)
    if problems:
        raise InputError("可移植求值的表有误:\n" + "\n".join(problems))
    columns = {
        name: frozenset(c for c in schema if _is_read(name, c)) for name, schema in schemas.items()
    }
    return Tables(found, columns, bounds, _most(found), frames.scales)


def _lazy(name: str, native: object) -> Lazy:
    try:
        frame = nw.from_native(native)  # type: ignore[call-overload]
    except TypeError:
        frame = None
    if frame is None or not (frame.implementation.is_polars() or frame.implementation.is_pyspark()):
        kind = f"{type(native).__module__.split('.', 1)[0]}.{type(native).__name__}"
        raise InputError(
            f"表 {name} 是 {kind}, 这里只读 polars 或 Spark 的表。"
            "pandas 用 NaN 表示未知, 整数会变成小数, 分不清「未知」和「没有」; "
            "请先用 polars.from_pandas(..., nan_to_null=True) 转换并改回整数, 或存成 Parquet 再读。"
        )
    lazy: Lazy = frame.lazy()
    return lazy


def _fact_of(column: str) -> str:
    return column.replace("__", ".", 1)


def _is_read(table: str, column: str) -> bool:
    """Whether the reading knows the column; a warehouse may hold more."""
    if column in _KEYS[table]:
        return True
    name = _fact_of(column.removeprefix("stale__"))
    return name in VOCABULARY and _BASE_OF.get(table) == base_of(name)


def _is_text(column: str) -> bool:
    if column in _TEXT_KEYS:
        return True
    spec = VOCABULARY.get(_fact_of(column))
    return spec is not None and spec.type in TEXT_TYPES


def _top(column: str) -> int | None:
    """The greatest value of a truth, a flag or the mark of an old value; None of a number."""
    if column in _FLAGS:
        return 1
    spec = VOCABULARY.get(_fact_of(column))
    truth = spec is not None and spec.type is FactType.BOOL
    return 2 if truth or column.startswith("stale__") else None


def _wrong_types(name: str, schema: Mapping[str, nw.dtypes.DType]) -> Iterator[str]:
    for column in _KEYS[name]:
        if column not in schema:
            yield f"表 {name} 没有列 {column}。请按 docs/scale.md 补上。"
    for column, kind in schema.items():
        if not _is_read(name, column):
            continue
        if _is_text(column):
            if kind != nw.String:
                yield f"表 {name} 的列 {column} 是 {kind}, 应是文字 (String)。"
        elif not kind.is_integer():
            yield (
                f"表 {name} 的列 {column} 是 {kind}, 应是整数"
                + (" (0 否, 1 未知, 2 是)。" if _top(column) == 2 else ", 空格表示未知。")
                + ("小数里的 NaN 不能当作未知。" if kind.is_float() else "")
            )


def _ranges(
    name: str, frame: Lazy, columns: Sequence[str], problems: list[str]
) -> Mapping[str, int]:
    """The greatest absolute value of each number; what lies outside is told."""
    filled = [c for c in columns if c in _KEYS[name] and c not in _MAY_BE_EMPTY]
    numbers = [column for column in columns if not _is_text(column)]
    told = _only_row(
        frame.select(
            nw.len().alias("n"),
            *(nw.col(column).count().alias(f"n_{column}") for column in filled),
            *(nw.col(column).min().cast(nw.Int64).alias(f"low_{column}") for column in numbers),
            *(nw.col(column).max().cast(nw.Int64).alias(f"top_{column}") for column in numbers),
        )
    )
    for column in filled:
        if told[f"n_{column}"] != told["n"]:
            problems.append(f"表 {name} 的列 {column} 有空格; 这一列必须填满。")
    found = {}
    for column in numbers:
        low, top = told[f"low_{column}"] or 0, told[f"top_{column}"] or 0
        found[column] = max(abs(low), abs(top))
        problems += _out_of_range(name, column, low, top)
    return found


def _out_of_range(name: str, column: str, low: int, top: int) -> Iterator[str]:
    limit = _top(column)
    if limit is not None and (low < 0 or top > limit):
        yield f"表 {name} 的列 {column} 应在 0 到 {limit} 之间, 实为 {low} 到 {top}。"
    if max(abs(low), abs(top)) >= _WIDE:
        yield f"表 {name} 的列 {column} 有超出 62 位的数, 请核对单位 (金额是分)。"


def _only_row(frame: Lazy) -> Mapping[str, Any]:
    """The only row; of Spark without pyarrow, which nothing here needs."""
    if is_spark(frame):
        row: Mapping[str, Any] = frame.to_native().first().asDict()
        return row
    return dict(frame.collect().rows(named=True)[0])


def _most(frames: Mapping[str, Lazy]) -> int:
    """The size of the largest collection."""
    sizes = []
    for name, keys in _OWNERS.items():
        counted = frames[name].group_by(*keys).agg(nw.len().alias("n"))
        sizes.append(_only_row(counted.select(nw.col("n").max().cast(nw.Int64)))["n"] or 0)
    return max(sizes)
