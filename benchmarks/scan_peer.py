"""The thirty rules of the scan for a data-frame library: narwhals over polars.

It starts from facts that are already resolved (age in years, work status told by school), which the
scan works out itself. Truths are the same bytes, because `any` and `all` of the library drop nulls.
"""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl

from benchmarks.scan_world import AIDS, ON
from matching import tree
from matching.scan.columns import Column, Value
from matching.scan.compiler import Compiler
from matching.scan.operations import Run
from matching.scan.program import HOUSEHOLDS, PERSONS, Mode, Scope
from matching.scan.status import Program
from matching.scan.table import FactTable
from matching.tree import FactRef, Holds, Node, walk

__all__ = ["Peer", "figures_of", "frames"]

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
}  # fmt: skip


def _frame_of(columns: dict[str, Value], n: int) -> pl.DataFrame:
    """Columns of the scan as a frame; unknown becomes null, truths stay bytes."""
    found = {}
    for name, value in columns.items():
        if isinstance(value, Column):
            values = np.broadcast_to(value.values, n)
            unknown = np.broadcast_to(value.unknown, n) != 0
            series = pl.Series(name, values)
            found[name] = pl.select(pl.when(pl.Series(~unknown)).then(series).alias(name))[name]
        else:
            found[name] = pl.Series(name, np.broadcast_to(value, n))
    return pl.DataFrame(found)


def frames(program: Program, blocks: list[FactTable]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All blocks as two frames, with the facts that the rules read, resolved."""
    compiler = Compiler(program.pack, ON)
    names = sorted(
        {
            (part.name, HOUSEHOLDS if part.var == "household" else PERSONS)
            for plan in program.plans
            for part in walk(plan.policy.conditions[0].test)
            if isinstance(part, FactRef)
        },
        key=str,
    )
    ops = {name: (compiler.fact(name, space, Mode.ALL), space) for name, space in names}
    scope = Scope(HOUSEHOLDS, {}, "cn")
    for aid in AIDS:
        for lacks in (False, True):
            op = compiler.read(Holds("household", (aid,), lacks), scope)
            ops[f"{'lacks' if lacks else 'holds'}.{aid}"] = (op, HOUSEHOLDS)
    families, people, start = [], [], 0
    for block in blocks:
        run = Run(program.pack, block)
        run.run(compiler.builder.ops)
        owners = block.owners["P"]
        counts = np.bincount(owners, minlength=block.size)
        whole = _frame_of(_values(run, ops, HOUSEHOLDS), block.size)
        whole = whole.with_columns(
            pl.Series("household", np.arange(block.size) + start), pl.Series("n_members", counts)
        )
        each = _frame_of(_values(run, ops, PERSONS), len(owners))
        people.append(each.with_columns(pl.Series("household", owners + start)))
        families.append(whole)
        start += block.size
    return pl.concat(families, rechunk=True), pl.concat(people, rechunk=True)


def _values(run: Run, ops: dict[str, Any], space: object) -> dict[str, Value]:
    return {name: run.values[op] for name, (op, where) in ops.items() if where == space}


def figures_of(program: Program) -> dict[str, int]:
    """The figures that the thirty rules name."""
    line = program.pack.standards["DIBAO_LINE"].at(ON).figure
    return {"DIBAO_LINE": int(line or 0)}


class Peer:
    """All rules as expressions, quantifiers first.

    Args:
        rules: the trees.
        figures: standard -> its figure.
        word: the number of a choice.
    """

    def __init__(self, rules: Sequence[Node], figures: dict[str, int], word: Callable[[str], int]):
        self.figures, self.word = figures, word
        self.quantified: dict[Node, str] = {}
        self.folds: list[nw.Expr] = []
        self.bodies: list[nw.Expr] = []
        self.rules = [
            self.truth(rule).cast(nw.UInt8).alias(f"rule_{n:02d}") for n, rule in enumerate(rules)
        ]

    def run(self, households: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
        """The truth of each rule for each household, in order."""
        people = nw.from_native(persons.lazy()).with_columns(*self.bodies)
        folded = people.group_by("household").agg(*self.folds)
        joined = nw.from_native(households.lazy()).join(folded, on="household", how="left")
        found: pl.DataFrame = (
            joined.sort("household").select(*self.rules).collect("polars").to_native()
        )
        return found

    def truth(self, node: Node) -> nw.Expr:  # noqa: C901 - one case a kind of node
        """0, 1 or 2."""
        match node:
            case tree.And(items):
                return nw.min_horizontal(*map(self.truth, items))
            case tree.Or(items):
                return nw.max_horizontal(*map(self.truth, items))
            case tree.Not(item):
                return 2 - self.truth(item)
            case tree.Compare(op, left, right):
                return self._known(_COMPARE[op](self.number(left), self.number(right)))
            case tree.InChoices(item, choices):
                words = [self.word(one) for one in choices.values]
                tests = [self.number(item) == word for word in words]
                return self._known(reduce(lambda a, b: a | b, tests))
            case tree.FactRef(_, name):
                return nw.col(name)
            case tree.Holds(_, policies, lacks):
                return nw.col(f"{'lacks' if lacks else 'holds'}.{policies[0]}")
            case tree.Quantifier():
                return nw.col(self._quantifier(node))
        raise TypeError(node)

    @staticmethod
    def _known(test: nw.Expr) -> nw.Expr:
        return nw.when(test.is_null()).then(nw.lit(1)).otherwise(test.cast(nw.UInt8) * 2)

    def number(self, node: Node) -> nw.Expr:
        """A value that may be null; a share is a float here."""
        match node:
            case tree.Literal(value):
                return nw.lit(float(value) if not isinstance(value, str) else self.word(value))
            case tree.StandardRef(id_):
                return nw.lit(self.figures[id_])
            case tree.FactRef(_, name):
                return nw.col(name)
            case tree.Arith("*", left, right):
                return self.number(left) * self.number(right)
            case tree.Quantifier("count"):
                return nw.col("n_members")
        raise TypeError(node)

    def _quantifier(self, node: tree.Quantifier) -> str:
        if node not in self.quantified:
            name = f"q{len(self.quantified)}"
            self.quantified[node] = name
            self.bodies.append(self.truth(node.body).cast(nw.UInt8).alias(name))
            fold = nw.col(name)
            self.folds.append(fold.max() if node.which == "any" else fold.min())
        return self.quantified[node]
