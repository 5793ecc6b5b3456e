"""From operations to nodes (编译): every kind of operation, or an error that says which."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import narwhals as nw

from matching.errors import InputError
from matching.portable.amounts import AMOUNTS
from matching.portable.building import Building
from matching.portable.cells import (
    Cell,
    Node,
    NotExpressible,
    Sort,
    highest,
    truth,
)
from matching.portable.groups import GROUPS
from matching.portable.layout import Tables
from matching.portable.truths import TRUTHS
from matching.scan.program import EVENTS, HOUSEHOLDS, PERSONS, Op, Space
from matching.scan.status import PolicyPlan, Program, Variant

__all__ = ["KINDS", "Plan", "lower"]

KINDS: Mapping[str, Callable[..., Cell]] = {**TRUTHS, **AMOUNTS, **GROUPS}
_OF_TRUTHS = {"not", "and", "or", "guess", "remark"}


@dataclass(frozen=True, slots=True)
class Plan:
    """All nodes, and for each policy the one with the best outcome of each household."""

    nodes: tuple[Node, ...]
    best: Mapping[str, int]


def lower(program: Program, tables: Tables) -> Plan:
    """The nodes of all policies.

    Raises:
        InputError: something cannot be computed exactly; names the policy and the construct.
    """
    building = Building(program.pack, program.on, tables)
    cells: dict[int, Cell] = {}
    best = {}
    for plan in program.plans:
        try:
            best[plan.policy.id] = _Policy(program, building, cells).best(plan).number
        except NotExpressible as error:
            raise InputError(
                f"政策 {plan.policy.id} 不能用可移植求值 (narwhals) 精确计算: {error}。"
                "请改用批量求值 (matching.scan), 它用任意大的整数。"
            ) from error
    return Plan(tuple(building.nodes), best)


@dataclass(slots=True)
class _Policy:
    program: Program
    b: Building
    cells: dict[int, Cell]

    def best(self, plan: PolicyPlan) -> Cell:
        """The best outcome of each household over all whom the policy asks."""
        parts = [self._of_households(plan, variant) for variant in plan.variants]
        return self.b.here(
            HOUSEHOLDS, parts, lambda *values: highest(truth(0), *values), Sort.TRUTH
        )

    def _of_households(self, plan: PolicyPlan, variant: Variant) -> Cell:
        space = variant.space
        asked = self._asked(plan, variant)
        value = self.b.here(
            space, [self._op(variant.outcome), *asked],
            lambda outcome, *flags: _times(outcome, flags), Sort.TRUTH,
        )  # fmt: skip
        if space == HOUSEHOLDS:
            return value
        folded = self.b.fold(value, space, HOUSEHOLDS, "max")
        return self.b.here(HOUSEHOLDS, [folded], lambda one: one.fill_null(truth(0)), Sort.TRUTH)

    def _asked(self, plan: PolicyPlan, variant: Variant) -> list[Cell]:
        """1 for the rows that are asked: members alive, with or without an event."""
        found, space = [], variant.space
        if plan.policy.subject == "person":
            found.append(self._of_person(self.b.flag(PERSONS, "member"), space))
            if plan.policy.persons != "all":
                alive = self._op(self.program.alive)
                found.append(self._of_person(self._some(alive, PERSONS), space))
        if plan.policy.per_event and not variant.has_event:
            found.append(self.b.lift(self._eventless(), space))
        return found

    def _of_person(self, cell: Cell, space: Space) -> Cell:
        return cell if space == PERSONS else self.b.gather(cell, space, "person")

    def _some(self, cell: Cell, space: Space) -> Cell:
        """1 where a truth is not unmet."""
        return self.b.once(
            ("some", cell.number),
            lambda: self.b.here(
                space, [cell],
                lambda one: nw.when(one == truth(0)).then(truth(0)).otherwise(truth(1)),
                Sort.TRUTH,
            ),
        )  # fmt: skip

    def _eventless(self) -> Cell:
        def make() -> Cell:
            happened = self.b.fold(self.b.truth(1), EVENTS, HOUSEHOLDS, "max")
            return self.b.here(
                HOUSEHOLDS, [happened], lambda one: truth(1) - one.fill_null(truth(0)), Sort.TRUTH
            )

        return self.b.once(("eventless",), make)

    def _op(self, number: int) -> Cell:
        """The cell of an operation, after those that it reads."""
        if number not in self.cells:
            op = self.program.ops[number]
            self.cells[number] = self._lowered(op, [self._op(arg) for arg in op.args])
        return self.cells[number]

    def _lowered(self, op: Op, args: list[Cell]) -> Cell:
        if op.kind not in KINDS:
            raise NotExpressible(f"没有运算 {op.kind}")
        if op.kind in _OF_TRUTHS and any(cell.sort is not Sort.TRUTH for cell in args):
            raise NotExpressible(f"运算 {op.kind} 里有不是真值的部分")
        return KINDS[op.kind](self.b, op, *args)


def _times(outcome: nw.Expr, flags: tuple[nw.Expr, ...]) -> nw.Expr:
    found = outcome
    for flag in flags:
        found = found * flag
    return found
