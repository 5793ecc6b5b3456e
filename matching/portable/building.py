"""Nodes of one program (建图): what lives where, and what moves between spaces."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

import narwhals as nw

from matching.fact_kinds import FactType
from matching.packs import Pack
from matching.portable.cells import Cell, Make, Node, Sort, Step, empty, text, truth, whole, widest
from matching.portable.layout import BASES, TEXT_TYPES, Tables, column_of, stale_of
from matching.scan.program import HOUSEHOLDS, Space
from matching.scan.table import NOBODY
from matching.vocabulary import VOCABULARY

__all__ = ["Building", "Lowered", "keys_of", "things_of"]


def keys_of(space: Space) -> list[str]:
    """The columns that name a row of a space, its household first."""
    if space.parent is None:
        return {"H": ["household"], "P": ["household", "person"]}.get(
            space.base, ["household", "event"]
        )
    return [*keys_of(space.parent), _own_key(space)]


def _own_key(space: Space) -> str:
    return f"{space.var}_{len(keys_of(space.parent or HOUSEHOLDS))}"


def things_of(space: Space) -> dict[str, str]:
    """Variable -> the column with the number of the person or event that it stands for."""
    if space.parent is None:
        return {"P": {"person": "person"}, "E": {"event": "event"}}.get(space.base, {})
    return {**things_of(space.parent), space.var: _own_key(space)}


@dataclass(slots=True)
class Building:
    """Nodes in an order in which each comes after those that it reads."""

    pack: Pack
    on: date
    tables: Tables
    nodes: list[Node] = field(default_factory=list)
    _once: dict[tuple[Any, ...], Cell] = field(default_factory=dict)

    def _add(self, node: Node) -> int:
        self.nodes.append(node)
        return len(self.nodes) - 1

    def once(self, key: tuple[Any, ...], make: Callable[[], Cell]) -> Cell:
        """The cell of this key, made when it is first asked for."""
        if key not in self._once:
            self._once[key] = make()
        return self._once[key]

    # In one row

    def here(
        self,
        space: Space,
        cells: Sequence[Cell],
        make: Make,
        sort: Sort,
        den: int = 1,
        bound: int = 0,
    ) -> Cell:
        """A value out of others of the same row."""
        args = tuple(cell.number for cell in cells)
        return Cell(self._add(Node(Step.HERE, space, args, make)), sort, den, bound)

    def fixed(self, value: Fraction | int | str | None, sort: Sort) -> Cell:
        """The same for all rows of any space; None: unknown."""
        if value is None:
            number = self._add(Node(Step.HERE, HOUSEHOLDS, (), lambda: empty(sort)))
            return Cell(number, sort, is_fixed=True)
        if isinstance(value, str):
            number = self._add(Node(Step.HERE, HOUSEHOLDS, (), lambda: text(value)))
            return Cell(number, sort, is_fixed=True, fixed=value)
        exact = Fraction(value)
        top, den = exact.numerator, exact.denominator
        widest(abs(top))
        lit = truth if sort is Sort.TRUTH else whole
        number = self._add(Node(Step.HERE, HOUSEHOLDS, (), lambda: lit(top)))
        bound = 0 if sort is Sort.TRUTH else abs(top)
        return Cell(number, sort, den, bound, is_fixed=True, fixed=exact)

    def truth(self, value: int) -> Cell:
        """One truth for all rows."""
        return self.once(("truth", value), lambda: self.fixed(value, Sort.TRUTH))

    # Columns of the tables

    def column(self, space: Space, column: str, sort: Sort, den: int = 1) -> Cell | None:
        """A column of the table of households, persons or events; None if there is none."""
        if column not in self.tables.columns[BASES[space]]:
            return None
        bound = widest(self.tables.bounds.get(column, 0)) if sort is Sort.NUMBER else 0

        def make() -> Cell:
            node = Node(Step.HERE, space, (), lambda: _read(column, sort), (column,))
            return Cell(self._add(node), sort, den, bound)

        return self.once(("column", space, column), make)

    def flag(self, space: Space, column: str) -> Cell:
        """A column that every table has: 1 or 0."""
        found = self.column(space, column, Sort.TRUTH)
        if found is None:
            raise KeyError(column)
        return found

    def fact(self, space: Space, name: str) -> Cell:
        """What was stated; unknown where the table has no such column."""
        spec = VOCABULARY.get(name)
        sort = Sort.OPEN if spec is None else _sort(spec.type)
        found = None
        if sort is not Sort.OPEN:
            found = self.column(space, column_of(name), sort, self.tables.scales.get(name, 1))
        if found is not None:
            return found
        return self.fixed(None, sort)

    def stale(self, space: Space, name: str) -> Cell | None:
        """0, 1, 2: no old value; one that cannot be used; one that says what silence says."""
        return self.column(space, stale_of(name), Sort.TRUTH)

    # Between spaces

    def lift(self, cell: Cell, space: Space) -> Cell:
        """A household's value for each of its rows."""
        if cell.is_fixed or space == HOUSEHOLDS:
            return cell
        return self.once(
            ("lift", cell.number, space),
            lambda: self._moved(Node(Step.LIFT, space, (cell.number,)), cell),
        )

    def gather(self, cell: Cell, space: Space, var: str) -> Cell:
        """The value of what `var` stands for; unknown of a person whom nobody named."""
        may_be_nobody = var in space.open_vars()
        if cell.is_open or (cell.is_fixed and not may_be_nobody):
            return cell
        found = cell
        if not cell.is_fixed:
            found = self._moved(Node(Step.GATHER, space, (cell.number,), None, (var,)), cell)
        if not may_be_nobody:
            return found
        nobody = nw.col(things_of(space)[var]) == whole(NOBODY)
        unknown = empty(cell.sort)
        return self.here(
            space, [found], lambda value: nw.when(nobody).then(unknown).otherwise(value),
            cell.sort, den=cell.den, bound=cell.bound,
        )  # fmt: skip

    def fold(self, cell: Cell, inner: Space, outer: Space, which: str) -> Cell:
        """The greatest, the least or the sum over the rows of a collection; empty without rows."""
        node = Node(Step.FOLD, outer, (cell.number,), None, (which, inner))
        bound = widest(cell.bound * max(self.tables.most, 1)) if which == "sum" else cell.bound
        return Cell(self._add(node), cell.sort, cell.den, bound)

    def from_ledger(self, space: Space, what: str, aids: tuple[str, ...], bound: int = 0) -> Cell:
        """What the ledger says of each holder on the day."""
        sort = Sort.NUMBER if what in ("paid", "months", "last") else Sort.TRUTH
        node = Node(Step.LEDGER, space, (), None, (what, aids))
        return self.once(
            ("ledger", space, what, aids), lambda: Cell(self._add(node), sort, 1, widest(bound))
        )

    def at(self, step: Step, space: Space, day: Cell, *data: object) -> Cell:
        """What the ledger says of each row on its own day."""
        return Cell(self._add(Node(step, space, (day.number,), None, data)), Sort.TRUTH)

    def _moved(self, node: Node, cell: Cell) -> Cell:
        return Cell(self._add(node), cell.sort, cell.den, cell.bound)


def _sort(kind: FactType) -> Sort:
    if kind is FactType.BOOL:
        return Sort.TRUTH
    return Sort.TEXT if kind in TEXT_TYPES else Sort.NUMBER


def _read(column: str, sort: Sort) -> nw.Expr:
    if sort is Sort.TRUTH:
        return nw.col(column).cast(nw.Int8).fill_null(truth(1))
    return nw.col(column) if sort is Sort.TEXT else nw.col(column).cast(nw.Int64)


Lowered = Callable[..., Cell]
