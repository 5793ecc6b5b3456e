"""A plan on tables (求值): stage by stage, a join for what moves, a column for what stays.

Between two stages tables are settled: collected in polars, checkpointed in Spark. Without that the
plan of a thousand operations would be planned again for each place where it is read.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import narwhals as nw

from matching.portable.building import keys_of, things_of
from matching.portable.cells import Node, Step, truth
from matching.portable.layout import BASES, Frames, Lazy, Tables, is_spark, read_tables
from matching.portable.ledger_tables import covered_at, ledger_columns, lines_at
from matching.portable.lowering import lower
from matching.scan.program import EVENTS, HOUSEHOLDS, PERSONS, Space
from matching.scan.status import Program

__all__ = ["best_outcomes"]

_DEEP = 2  # a longer expression becomes a column
_CARRIED = {HOUSEHOLDS: ["household", "id"], PERSONS: ["household", "person", "member"]}


def best_outcomes(program: Program, frames: Frames) -> Any:  # noqa: ANN401 - a frame of their library
    """The best outcome of each household for each policy (每户每项政策的结果).

    Args:
        program: of `matching.scan.status.compile_pack`, for the pack and the day of the tables.
        frames: the six tables, of polars or of Spark.

    Returns:
        A frame of the same library (polars: collected), a row a household: `household`, `id`, and
        one column of small whole numbers a policy: 0 unmet or nobody to ask, 1 unknown, 2 met.
        Signed, because Spark has no other; the bytes are those of `Scan.best`.

    Raises:
        InputError: tables or policies that cannot be read exactly.
    """
    tables = read_tables(frames)
    plan = lower(program, tables)
    found = _Running(tables, program.on.toordinal(), plan.nodes, set(plan.best.values())).run()
    columns = {policy: nw.col(_name(node)) for policy, node in plan.best.items()}
    result = found.select(
        "household", "id", *(one.cast(nw.Int8).alias(name) for name, one in columns.items())
    )
    native = result.sort("household").to_native()
    return native if is_spark(found) else native.collect()


def _name(number: int) -> str:
    return f"v{number}"


def _settled(frame: Lazy) -> Lazy:
    if is_spark(frame):
        fresh: Lazy = nw.from_native(frame.to_native().localCheckpoint())
        return fresh
    return frame.collect().lazy()


@dataclass(slots=True)
class _Running:
    tables: Tables
    day: int
    nodes: Sequence[Node]
    wanted: set[int]
    stages: list[int] = field(default_factory=list)
    frames: dict[Space, Lazy] = field(default_factory=dict)
    columns: set[int] = field(default_factory=set)  # nodes that are columns by now
    _last: dict[int, int] = field(default_factory=dict)  # node -> the last stage that reads it
    _kept: set[int] = field(default_factory=set)  # nodes that become columns

    def run(self) -> Lazy:
        """The households with the columns of all wanted nodes."""
        self._plan()
        for stage in range(max(self.stages, default=0) + 1):
            self._stage(stage)
        return self._frame(HOUSEHOLDS)

    # What is computed when

    def _is_literal(self, number: int) -> bool:
        node = self.nodes[number]
        return node.step is Step.HERE and not node.args and not node.data

    def _plan(self) -> None:
        """The stage of each node, and which become columns: those that are read more than once."""
        reads: dict[int, int] = defaultdict(int)
        depths: list[int] = []
        for number, node in enumerate(self.nodes):
            moves = node.step is not Step.HERE
            before = [self.stages[arg] for arg in node.args]
            stage = max(before, default=0) + (1 if moves and node.args else 0)
            self.stages.append(stage)
            for arg in node.args:
                reads[arg] += 1
                self._last[arg] = max(self._last.get(arg, 0), stage)
                if moves or self.stages[arg] < stage:
                    self._kept.add(arg)
            depths.append(1 + max((depths[arg] for arg in node.args), default=0))
            deep = depths[number] > _DEEP
            if moves or deep:
                self._kept.add(number)
                depths[number] = 0
        several = {number for number, n in reads.items() if n > 1 and self.nodes[number].args}
        self._kept |= several | self.wanted
        for number in self.wanted:
            self._last[number] = len(self.nodes)
        self._kept = {number for number in self._kept if not self._is_literal(number)}

    # One stage

    def _stage(self, stage: int) -> None:
        work: dict[Space, list[int]] = defaultdict(list)
        for number in sorted(self._kept):
            if self.stages[number] == stage:
                work[self.nodes[number].space].append(number)
        done = {space: self._advanced(space, numbers, stage) for space, numbers in work.items()}
        self.frames |= done

    def _advanced(self, space: Space, numbers: Sequence[int], stage: int) -> Lazy:
        """The rows of a space with the columns of this stage, without those that nobody reads."""
        frame = self._frame(space)
        moved = [number for number in numbers if self.nodes[number].step is not Step.HERE]
        frame = self._moved(frame, space, moved)
        self.columns.update(moved)
        waiting = [number for number in numbers if self.nodes[number].step is Step.HERE]
        while waiting:
            open_ = set(waiting)
            ready = [number for number in waiting if not self._waits(number, open_)]
            frame = frame.with_columns(**{_name(number): self._made(number) for number in ready})
            self.columns.update(ready)
            waiting = [number for number in waiting if number not in set(ready)]
        keep = [
            _name(number)
            for number in sorted(self.columns)
            if self.nodes[number].space == space and self._last.get(number, 0) > stage
        ]
        return _settled(frame.select(*_carried(space), *keep))

    def _waits(self, number: int, open_: set[int]) -> bool:
        """Whether it reads, itself or through what is not a column, one that is not there yet."""
        below = list(self.nodes[number].args)
        while below:
            one = below.pop()
            if one in open_:
                return True
            if one not in self.columns:
                below += self.nodes[one].args
        return False

    def _expr(self, number: int) -> nw.Expr:
        return nw.col(_name(number)) if number in self.columns else self._made(number)

    def _made(self, number: int) -> nw.Expr:
        node = self.nodes[number]
        if node.make is None:
            raise TypeError(node)
        return node.make(*(self._expr(arg) for arg in node.args))

    # Rows

    def _frame(self, space: Space) -> Lazy:
        if space not in self.frames:
            base = BASES.get(space)
            self.frames[space] = self._rows(space) if base is None else self.tables.frames[base]
        return self.frames[space]

    def _rows(self, space: Space) -> Lazy:
        """Each row of the parent with each one of the collection."""
        if space.parent is None:
            raise ValueError(space)
        own = keys_of(space)[-1]
        above = self._frame(space.parent).select(*keys_of(space.parent))
        if space.base in ("members", "events"):
            what = "person" if space.base == "members" else "event"
            rows = self.tables.frames["persons" if space.base == "members" else "events"]
            if space.base == "members":
                rows = rows.filter(nw.col("member") == 1)
            links = rows.select("household", nw.col(what).alias(own))
            return _settled(above.join(links, on="household", how="inner"))
        owner = things_of(space.parent)[space.of]
        kin = self.tables.frames["kin"].filter(nw.col("relation") == space.base)
        links = kin.select(nw.col("person").alias("owner_"), nw.col("other").alias(own))
        joined = above.join(links, left_on=owner, right_on="owner_", how="inner")
        return _settled(joined.select(*keys_of(space)))

    # What moves between spaces

    def _moved(self, frame: Lazy, space: Space, numbers: Sequence[int]) -> Lazy:
        groups: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        for number in numbers:
            node = self.nodes[number]
            if node.step in (Step.LINES_AT, Step.COVERED_AT):
                frame = self._at(frame, number, node)
            else:
                of = node.data[1:] if node.step is Step.FOLD else node.data
                groups[node.step, *(of if node.step is not Step.LEDGER else ())].append(number)
        for (step, *rest), some in groups.items():
            if step is Step.LEDGER:
                frame = self._with_ledger(frame, space, some)
            elif step is Step.LIFT:
                lifted = self._frame(HOUSEHOLDS).select("household", *self._renamed(some))
                frame = frame.join(lifted, on="household", how="left")
            elif step is Step.GATHER:
                frame = self._gathered(frame, space, rest[0], some)
            else:
                frame = self._folded(frame, space, rest[0], some)
        return frame

    def _renamed(self, numbers: Sequence[int]) -> list[nw.Expr]:
        return [
            nw.col(_name(self.nodes[number].args[0])).alias(_name(number)) for number in numbers
        ]

    def _gathered(self, frame: Lazy, space: Space, var: str, numbers: Sequence[int]) -> Lazy:
        base, key = (PERSONS, "person") if space.vars()[var] == "P" else (EVENTS, "event")
        own = things_of(space)[var]
        there = self._frame(base).select(nw.col(key).alias(own), *self._renamed(numbers))
        return frame.join(there, on=own, how="left")

    def _folded(self, frame: Lazy, outer: Space, inner: Space, numbers: Sequence[int]) -> Lazy:
        rows = self._frame(inner)
        if inner == PERSONS and outer == HOUSEHOLDS:
            rows = rows.filter(nw.col("member") == 1)
        args = {self.nodes[number].args[0] for number in numbers}
        read = sorted(args & self.columns)
        literals = [self._made(arg).alias(_name(arg)) for arg in sorted(args - self.columns)]
        keys = keys_of(outer)
        rows = rows.select(*keys, *map(_name, read), *literals)
        folds = [_fold(self.nodes[number]).alias(_name(number)) for number in numbers]
        return frame.join(rows.group_by(*keys).agg(*folds), on=keys, how="left")

    # The ledger

    def _with_ledger(self, frame: Lazy, space: Space, numbers: Sequence[int]) -> Lazy:
        asked = {_name(number): self.nodes[number].data for number in numbers}
        for key, found in ledger_columns(self.tables, space.base, self.day, asked):
            frame = frame.join(found.rename({"of_": key}), on=key, how="left")
        return frame.with_columns(
            **{_name(n): _filled(_name(n), self.nodes[n].data[0]) for n in numbers}
        )

    def _at(self, frame: Lazy, number: int, node: Node) -> Lazy:
        """What the ledger says of each row on its own day.

        Asked from the rows of the stage before: a frame joined with itself doubles its own plan.
        """
        name, day, asked_on = _name(number), f"day_{number}", self._expr(node.args[0])
        rows = self._frame(node.space)
        if node.step is Step.LINES_AT:
            base, aids, key = node.data
            asked = rows.select(of_=nw.col(key), day_=asked_on)
            found, missing = lines_at(self.tables, base, aids, asked), 0
        else:
            (aids,), key = node.data, "household"
            asked = rows.select(of_=nw.col(key), day_=asked_on)
            found, missing = covered_at(self.tables, aids, asked), 1
        found = found.rename({"found_": name, "of_": key, "on_": day})
        joined = frame.with_columns(**{day: asked_on}).join(found, on=[key, day], how="left")
        return joined.with_columns(**{name: nw.col(name).fill_null(truth(missing))})


def _fold(node: Node) -> nw.Expr:
    value = nw.col(_name(node.args[0]))
    which = node.data[0]
    return value.sum() if which == "sum" else value.max() if which == "max" else value.min()


def _filled(name: str, what: str) -> nw.Expr:
    """What no line says: nothing held, nobody looked; the first of all days."""
    kind = nw.Int64 if what in ("paid", "months", "last") else nw.Int8
    return nw.col(name).fill_null(nw.lit(1 if what == "last" else 0, kind)).cast(kind)


def _carried(space: Space) -> list[str]:
    return _CARRIED.get(space, keys_of(space))
