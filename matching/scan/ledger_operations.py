"""The questions of rules to the ledger, for all holders at once (台账运算)."""

from collections.abc import Callable, Mapping
from typing import cast

import numpy as np

from matching.scan.columns import MET, OPEN, UNMET, Column, Tri, Value, picked
from matching.scan.ground import Ground
from matching.scan.program import HOUSEHOLDS, Op

__all__ = ["LEDGER"]

_OPEN = np.full(1, OPEN)
_BOUND = 10**10


def _aids(op: Op) -> tuple[str, ...]:
    return cast(tuple[str, ...], op.data[0])


def _silent(ground: Ground, op: Op, aids: tuple[str, ...]) -> Tri:
    """1 where silence says nothing; an outsider's ledger is not ours to know."""
    open_ = ground.table.ledger.uncovered(aids)
    if op.space == HOUSEHOLDS:
        return open_
    lifted = cast(Tri, ground.frames.lift(open_, op.space))
    return lifted | (ground.frames.members() ^ OPEN) if aids else lifted


def _shared(ground: Ground, op: Op, aids: tuple[str, ...], counted: Value) -> Tri:
    """Whether a person has a part in what the household holds."""
    held = cast(Tri, ground.frames.lift(ground.table.ledger.held("H", aids), op.space))
    return (held & ground.frames.members() & OPEN) * cast(Tri, counted)


def _held_of(ground: Ground, op: Op, aids: tuple[str, ...], counted: tuple[Value, ...]) -> Tri:
    own = ground.table.ledger.held(op.space.base, aids) * MET
    found: Tri = np.maximum(own, _silent(ground, op, aids))
    for one in counted:
        found = np.maximum(found, _shared(ground, op, aids, one))
    return found


def _held(ground: Ground, op: Op, *counted: Value) -> Value:
    return _held_of(ground, op, _aids(op), counted)


def _lacks(ground: Ground, op: Op, *counted: Value) -> Value:
    """Silence stands for no; only what the family is known to hold, or may share, speaks."""
    found = ground.table.ledger.held(op.space.base, _aids(op)) * MET
    for one in counted:
        found = np.maximum(found, _shared(ground, op, _aids(op), one))
    return MET - found


def _held_at(ground: Ground, op: Op, day: Value, *counted: Value) -> Value:
    aids, bound = _aids(op), str(op.data[1])
    frame, ledger = ground.frames.of(op.space), ground.table.ledger
    column = cast(Column, day)
    days = np.broadcast_to(column.values.astype(np.int64), frame.n)
    silent = ledger.uncovered_at(aids, frame.household, days)
    if not bound:
        own = ledger.held_at("H", aids, frame.household, days)
        found = np.maximum(own * MET, silent)
    else:
        who = frame.things[bound]
        member = (who >= 0) & (who < ground.table.n_members)
        own = ledger.held_at("P", aids, who, days)
        shared = ledger.held_at("H", aids, frame.household, days) != 0
        rest = picked(member, silent, np.full(1, OPEN if aids else UNMET))
        found = np.maximum(own * MET, rest)
        found = np.maximum(found, (shared & member).view(np.uint8) * cast(Tri, counted[0]))
        found = picked(who < 0, _OPEN, found)
    return picked(column.unknown, _OPEN, found)


def _received(ground: Ground, op: Op, held: Value, *counted: Value) -> Value:
    """Nothing where it is not held; unknown where an amount is not said, or is another's share."""
    aid = str(op.data[0])
    paid = ground.table.ledger.paid(op.space.base, aid)
    found = cast(Tri, held)
    holds = (found == MET).view(np.uint8)
    unknown = picked(holds, paid.unknown, found & OPEN)
    for one in counted:
        unknown = unknown | (holds & (_shared(ground, op, (aid,), one) != UNMET))
    return Column(paid.values * holds, unknown, 1, paid.bound)


def _months_held(ground: Ground, op: Op) -> Value:
    months = ground.table.ledger.months(op.space.base, _aids(op))
    return Column(months, _silent(ground, op, _aids(op)), 1, _BOUND)


def _last_held(ground: Ground, op: Op) -> Value:
    days = ground.table.ledger.last(op.space.base, _aids(op))
    return Column(days, _silent(ground, op, _aids(op)), 1, _BOUND)


LEDGER: Mapping[str, Callable[..., Value]] = {
    "held": _held, "lacks": _lacks, "held_at": _held_at, "received": _received,
    "months_held": _months_held, "last_held": _last_held,
}  # fmt: skip
