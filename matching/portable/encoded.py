"""From the scan's table to data frames (导出): what a warehouse keeps, and polars reads."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Literal

import narwhals as nw

from matching.errors import InputError
from matching.fact_kinds import FactType
from matching.portable.layout import TEXT_TYPES, Frames, column_of, stale_of
from matching.scan.columns import Column, Value
from matching.scan.table import NONE, FactTable, Index, Words, base_of
from matching.vocabulary import VOCABULARY

__all__ = ["frames_of"]

Series = nw.Series[Any]
Kind = type[nw.Int8] | type[nw.Int64] | type[nw.String]
_BACKEND: Literal["polars"] = "polars"
_LINES: Mapping[str, Kind] = {
    "base": nw.String, "holder": nw.Int64, "aid": nw.String, "start": nw.Int64, "until": nw.Int64,
    "fen": nw.Int64,
}  # fmt: skip
_RELATIONS = ("outside", "home", "parents")


def frames_of(table: FactTable, first: int = 0) -> Frames:
    """The six tables of one block, as frames of polars.

    Args:
        table: of `matching.scan.encode.encode`: facts already chosen, of one pack and one day.
        first: the number before its first household, person and event: blocks that are put
            together must not share numbers.
    """
    households = {
        "household": _numbers(range(first, first + table.size)),
        "id": _series("id", list(table.ids), nw.String),
        "place": _texts(table.places, table.words),
        "complete": _small(table.ledger.complete),
        "events_unlisted": _small(table.unlisted["events"]),
        **_facts(table, "H"),
    }
    n_people = table.rows("P")
    persons = {
        "household": _numbers(table.owners["P"]) + first,
        "person": _numbers(range(first, first + n_people)),
        "member": _small([1] * table.n_members + [0] * (n_people - table.n_members)),
        "obligors_unlisted": _small(table.unlisted["obligors"]),
        **_facts(table, "P"),
    }
    events = {
        "household": _numbers(table.owners["E"]) + first,
        "event": _numbers(range(first, first + table.rows("E"))),
        **_facts(table, "E"),
    }
    return Frames(
        _frame(households), _frame(persons), _frame(events),
        _kin(table, first), _lines(table, first), _coverage(table, first),
        {name: value.den for name, value in table.stated.items()
         if isinstance(value, Column) and value.den != 1},
    )  # fmt: skip


def _series(name: str, values: object, kind: Kind) -> Series:
    return nw.new_series(name, values, kind, backend=_BACKEND)


def _numbers(values: object) -> Series:
    return _series("", list(values) if isinstance(values, range) else values, nw.Int64)


def _small(values: object) -> Series:
    return _series("", values, nw.Int8)


def _frame(columns: Mapping[str, Series]) -> object:
    return nw.from_dict(dict(columns), backend=_BACKEND).to_native()


def _texts(ids: Index, words: Words) -> Series:
    """The words of these numbers."""
    names = _series("", words.names or [""], nw.String)
    found: Series = names[ids]
    return found


def _facts(table: FactTable, base: str) -> dict[str, Series]:
    found = {
        column_of(name): _fact(name, value, table)
        for name, value in sorted(table.stated.items())
        if base_of(name) == base
    }
    for name, old in sorted(table.stale.items()):
        if base_of(name) == base and name in VOCABULARY:
            found[stale_of(name)] = _small(old)
    return found


def _fact(name: str, value: Value, table: FactTable) -> Series:
    if not isinstance(value, Column):
        return _small(value)
    if value.values.dtype == object:
        raise InputError(f"{name} 有超出 62 位的数, 表里放不下; 请核对单位 (金额是分)。")
    kind = VOCABULARY[name].type
    if kind is FactType.SET:
        known = _sets(name, value.values.tolist(), table.words)
    elif kind in TEXT_TYPES:
        known = _texts(value.values, table.words)
    else:
        known = _numbers(value.values)
    both = nw.from_dict({"it": known, "unknown": _small(value.unknown)}, backend=_BACKEND)
    return both.select(nw.when(nw.col("unknown") == 0).then(nw.col("it")).alias("it"))["it"]


def _sets(name: str, values: Sequence[int], words: Words) -> Series:
    """`,a,b,` for each set of bits: no word has a comma, so a word is found between two."""
    bits = {words.bits((word,)): word for word in VOCABULARY[name].choices}

    @cache
    def text(number: int) -> str:
        return "," + "".join(f"{word}," for bit, word in bits.items() if number & bit)

    return _series("", [text(number) for number in values], nw.String)


def _kin(table: FactTable, first: int) -> object:
    """Who stands in which relation to each person; `NOBODY` stays what it is."""
    relations: list[str] = []
    owners: list[int] = []
    others: list[int] = []
    for relation in _RELATIONS:
        for slot in table.relations[relation]:
            rows = [(one, other) for one, other in enumerate(slot.tolist()) if other != NONE]
            relations += [relation] * len(rows)
            owners += [one + first for one, _ in rows]
            others += [other + first if other >= 0 else other for _, other in rows]
    return _frame({
        "relation": _series("", relations, nw.String),
        "person": _numbers(owners), "other": _numbers(others),
    })  # fmt: skip


def _lines(table: FactTable, first: int) -> object:
    columns: dict[str, list[Any]] = {name: [] for name in _LINES}
    for (base, aid), lines in table.ledger.entries.items():
        columns["base"] += [base] * len(lines.rows)
        columns["aid"] += [aid] * len(lines.rows)
        columns["holder"] += (lines.rows + first).tolist()
        columns["start"] += lines.start.tolist()
        running = zip(lines.until.tolist(), lines.runs.tolist(), strict=True)
        columns["until"] += [None if runs else until for until, runs in running]
        columns["fen"] += [None if fen < 0 else fen for fen in lines.fen.tolist()]
    return _frame({name: _series("", cells, _LINES[name]) for name, cells in columns.items()})


def _coverage(table: FactTable, first: int) -> object:
    rows = sorted(set(_covered(table)))
    return _frame({
        "household": _numbers([row + first for row, _, _ in rows]),
        "aid": _series("", [aid for _, aid, _ in rows], nw.String),
        "day": _numbers([day for _, _, day in rows]),
    })  # fmt: skip


def _covered(table: FactTable) -> Iterator[tuple[int, str, int]]:
    for aids, day, rows in table.ledger.batches:
        for aid in sorted(aids):
            yield from ((row, aid, day) for row in rows.tolist())
