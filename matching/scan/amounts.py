"""What policies give, as columns (金额): for all who hold them, beside what they are paid.

Only exact figures of policies that run: what is one-off is not paid month by month. Words and
rounding stay with the explaining reading.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import cast

import numpy as np

from matching.packs import Pack
from matching.scan.columns import Column
from matching.scan.compiler import Compiler
from matching.scan.operations import Run
from matching.scan.program import HOUSEHOLDS, PERSONS, Op, Scope
from matching.scan.table import FactTable

__all__ = ["Amounts", "amounts_of"]


@dataclass(frozen=True, slots=True)
class Amounts:
    """The operations of all exact amounts of a pack on a day: policy -> its operation."""

    ops: tuple[Op, ...]
    of: Mapping[str, int]


@lru_cache(maxsize=32)  # a place and a day are asked for many blocks
def _compiled(pack: Pack, on: date) -> Amounts:
    compiler = Compiler(pack, on)
    found = {}
    for policy in sorted(pack.policies.values(), key=lambda policy: policy.id):
        amount = policy.amount_on(on) if policy.period.holds(on) else None
        if policy.per_event or amount is None or amount.value is None or amount.kind != "exact":
            continue
        person = policy.subject == "person"
        names = {"person": "person"} if person else {}
        scope = Scope(PERSONS if person else HOUSEHOLDS, names, policy.pack)
        found[policy.id] = compiler.read(amount.value, scope)
    return Amounts(tuple(compiler.builder.ops), found)


def amounts_of(pack: Pack, table: FactTable) -> Mapping[str, Column]:
    """Policy -> what it gives each person (a person's aid) or household, in fen a month.

    A figure below nothing gives nothing. Policies without an exact figure are not there.
    """
    compiled = _compiled(pack, table.on)
    run = Run(pack, table)
    run.run(compiled.ops)
    return {policy: _paying(run, op) for policy, op in compiled.of.items()}


def _paying(run: Run, op: int) -> Column:
    found = cast(Column, run.values[op])
    return Column(np.maximum(found.values, 0), found.unknown, found.den, found.bound)
