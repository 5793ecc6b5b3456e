"""Collections and the ledger as nodes (集合与台账): members, events, kin; who holds what."""

from collections.abc import Callable, Mapping
from math import lcm
from typing import cast

import narwhals as nw

from matching.portable.building import Building, things_of
from matching.portable.calendar import FAR
from matching.portable.cells import (
    Cell,
    Sort,
    Step,
    empty,
    highest,
    lowest,
    many,
    text,
    truth,
    whole,
    widest,
)
from matching.scan.program import HOUSEHOLDS, PERSONS, Op, Space
from matching.scan.table import NOBODY
from matching.support_duty import ADULT, Duty, duty_of
from matching.vocabulary import VOCABULARY

__all__ = ["GROUPS"]

_NOTHING = {"any": 0, "all": 2}


# Collections


def _lift(b: Building, op: Op, cell: Cell) -> Cell:
    return b.lift(cell, op.space)


def _gather(b: Building, op: Op, cell: Cell) -> Cell:
    return b.gather(cell, op.space, str(op.data[0]))


def _unlisted(b: Building, op: Op) -> Cell:
    return b.flag(op.space, f"{op.data[0]}_unlisted")


def _owes(b: Building, op: Op, own: Cell, theirs: Cell, age: Cell, life: Cell) -> Cell:
    """Whether one member owes support to another; who is dead owes none."""
    words = list(VOCABULARY["person.relation"].choices)
    by_duty = {duty: [(one, two) for one in words for two in words if duty_of(one, two) is duty]
               for duty in (Duty.YES, Duty.NO, Duty.WHEN_ADULT)}  # fmt: skip

    def make(first: nw.Expr, second: nw.Expr, years: nw.Expr, state: nw.Expr) -> nw.Expr:
        is_ = {
            duty: many(lambda one, two: one | two,
                       [(first == text(one)) & (second == text(two)) for one, two in pairs])
            for duty, pairs in by_duty.items()
        }  # fmt: skip
        dead = nw.lit(False) if life.is_open else state == text("deceased")
        grown = years >= whole(ADULT * age.den)
        adult = (
            truth(1)
            if age.is_open
            else (nw.when(grown).then(truth(2)).when(~grown).then(truth(0)).otherwise(truth(1)))
        )
        return (
            nw.when(dead).then(truth(0))
            .when(is_[Duty.YES]).then(truth(2))
            .when(is_[Duty.NO]).then(truth(0))
            .when(is_[Duty.WHEN_ADULT]).then(adult)
            .otherwise(truth(1))
        )  # fmt: skip

    return b.here(op.space, [own, theirs, age, life], make, Sort.TRUTH)


def _term(b: Building, op: Op, kept: Cell, body: Cell) -> Cell:
    """A term of a sum: nothing where one does not belong to it."""
    known = empty(Sort.NUMBER)
    return b.here(
        op.space, [kept, body],
        lambda belongs, term: nw.when(belongs == truth(2)).then(known if body.is_open else term)
        .when(belongs == truth(0)).then(whole(0)).otherwise(known),
        Sort.NUMBER, den=body.den, bound=body.bound,
    )  # fmt: skip


def _reduce(b: Building, op: Op, *cells: Cell) -> Cell:
    """Over a collection: the greatest, the least or the sum, and the unlisted rest."""
    which, n = str(op.data[0]), cast(int, op.data[2])
    spaces = cast(tuple[Space, ...], op.data[1])
    if which in ("sum", "count"):
        return _total(b, op.space, list(zip(spaces, cells[:n], strict=True)), cells[n:])
    nothing = _NOTHING[which]
    parts = []
    for space, cell in zip(spaces, cells[:n], strict=True):
        found = b.fold(cell, space, op.space, "max" if which == "any" else "min")
        parts.append(found)
    pick = highest if which == "any" else lowest

    def make(*values: nw.Expr) -> nw.Expr:
        folded = [value.fill_null(truth(nothing)) for value in values[:n]]
        rest = [value if which == "any" else truth(2) - value for value in values[n:]]
        return pick(truth(nothing), *folded, *rest)

    return b.here(op.space, [*parts, *cells[n:]], make, Sort.TRUTH)


def _total(
    b: Building, outer: Space, terms: list[tuple[Space, Cell]], rest: tuple[Cell, ...]
) -> Cell:
    den = lcm(1, *(cell.den for _, cell in terms))
    parts: list[Cell] = []
    factors: list[int] = []
    for space, cell in terms:
        open_ = b.here(
            space, [cell],
            lambda value, cell=cell: truth(1) if cell.is_open else
            nw.when(value.is_null()).then(truth(1)).otherwise(truth(0)), Sort.TRUTH,
        )  # fmt: skip
        parts.append(b.fold(open_, space, outer, "max"))
        parts.append(b.fold(cell, space, outer, "sum") if not cell.is_open else b.truth(0))
        factors.append(den // cell.den)
    sums = zip(parts[1::2], factors, strict=True)
    bound = widest(sum(part.bound * factor for part, factor in sums))

    def make(*values: nw.Expr) -> nw.Expr:
        opens = [one.fill_null(truth(0)) for one in values[: len(parts) : 2]]
        total = whole(0)
        for value, factor in zip(values[1 : len(parts) : 2], factors, strict=True):
            total = total + value.fill_null(whole(0)) * whole(factor)
        is_open = highest(truth(0), *opens, *values[len(parts) :])
        return nw.when(is_open == truth(1)).then(empty(Sort.NUMBER)).otherwise(total)

    return b.here(outer, [*parts, *rest], make, Sort.NUMBER, den=den, bound=bound)


# The ledger


def _aids(op: Op) -> tuple[str, ...]:
    return cast(tuple[str, ...], op.data[0])


def _silent(b: Building, space: Space, aids: tuple[str, ...]) -> Cell:
    """1 where silence says nothing; an outsider's ledger is not ours to know."""
    if not aids:
        return b.truth(0)
    open_ = b.lift(b.from_ledger(HOUSEHOLDS, "uncovered", aids), space)
    if space == HOUSEHOLDS:
        return open_
    return b.once(("silent", space, aids), lambda: b.here(
        space, [open_, b.flag(PERSONS, "member")],
        lambda one, member: highest(one, truth(1) - member), Sort.TRUTH,
    ))  # fmt: skip


def _shared(b: Building, space: Space, aids: tuple[str, ...], counted: Cell) -> Cell:
    """Whether a person has a part in what the household holds."""
    held = b.lift(b.from_ledger(HOUSEHOLDS, "held", aids), space)
    return b.once(("shared", space, aids, counted.number), lambda: b.here(
        space, [held, b.flag(PERSONS, "member"), counted],
        lambda one, member, part: nw.when((one == truth(1)) & (member == truth(1))).then(part)
        .otherwise(truth(0)), Sort.TRUTH,
    ))  # fmt: skip


def _held(b: Building, op: Op, *counted: Cell) -> Cell:
    aids = _aids(op)
    own = b.from_ledger(op.space, "held", aids)
    shares = [_shared(b, op.space, aids, one) for one in counted]
    return b.here(
        op.space, [own, _silent(b, op.space, aids), *shares],
        lambda one, *rest: highest(one * truth(2), *rest), Sort.TRUTH,
    )  # fmt: skip


def _lacks(b: Building, op: Op, *counted: Cell) -> Cell:
    """Silence stands for no; only what the family is known to hold, or may share, speaks."""
    own = b.from_ledger(op.space, "held", _aids(op))
    shares = [_shared(b, op.space, _aids(op), one) for one in counted]
    return b.here(
        op.space, [own, *shares],
        lambda one, *rest: truth(2) - highest(one * truth(2), truth(0), *rest),
        Sort.TRUTH,
    )  # fmt: skip


def _held_at(b: Building, op: Op, day: Cell, *counted: Cell) -> Cell:
    """As on the day of each row."""
    aids, bound, space = _aids(op), str(op.data[1]), op.space
    if day.is_open:
        return b.truth(1)
    silent = b.at(Step.COVERED_AT, space, day, aids)
    whole_household = b.at(Step.LINES_AT, space, day, "H", aids, "household")
    if not bound:
        return b.here(
            space, [day, whole_household, silent],
            lambda when, own, rest: nw.when(when.is_null()).then(truth(1))
            .otherwise(highest(own * truth(2), rest)), Sort.TRUTH,
        )  # fmt: skip
    who = things_of(space)[bound]
    own = b.at(Step.LINES_AT, space, day, "P", aids, who)
    member = b.flag(PERSONS, "member")
    if space != PERSONS:
        member = b.gather(member, space, bound)
    outsider = 1 if aids else 0

    def make(*parts: nw.Expr) -> nw.Expr:
        when, mine, ours, rest, inside, part = parts
        is_member = inside == truth(1)
        silence = nw.when(is_member).then(rest).otherwise(truth(outsider))
        share = nw.when(is_member & (ours == truth(1))).then(part).otherwise(truth(0))
        found = highest(mine * truth(2), silence, share)
        unknown = when.is_null() | (nw.col(who) == whole(NOBODY))
        return nw.when(unknown).then(truth(1)).otherwise(found)

    return b.here(space, [day, own, whole_household, silent, member, counted[0]], make, Sort.TRUTH)


def _received(b: Building, op: Op, held: Cell, *counted: Cell) -> Cell:
    """Nothing where it is not held; unknown where an amount is not said, or is another's share."""
    aids = (str(op.data[0]),)
    most = b.tables.bounds.get("fen", 0) * max(b.tables.most, 1)
    paid = b.from_ledger(op.space, "paid", aids, most)
    unsaid = b.from_ledger(op.space, "unsaid", aids)
    shares = [_shared(b, op.space, aids, one) for one in counted]

    def make(*parts: nw.Expr) -> nw.Expr:
        found, fen, missing, *shared = parts
        doubtful = highest(missing, truth(0), *shared) != truth(0)
        known = nw.when(doubtful).then(empty(Sort.NUMBER)).otherwise(fen)
        return (
            nw.when(found == truth(2)).then(known)
            .when(found == truth(0)).then(whole(0)).otherwise(empty(Sort.NUMBER))
        )  # fmt: skip

    return b.here(op.space, [held, paid, unsaid, *shares], make, Sort.NUMBER, bound=paid.bound)


def _history(b: Building, op: Op) -> Cell:
    what = "months" if op.kind == "months_held" else "last"
    found = b.from_ledger(op.space, what, _aids(op), FAR * max(b.tables.most, 1))
    return b.here(
        op.space, [found, _silent(b, op.space, _aids(op))],
        lambda value, silent: nw.when(silent == truth(1)).then(empty(Sort.NUMBER))
        .otherwise(value), Sort.NUMBER, bound=found.bound,
    )  # fmt: skip


GROUPS: Mapping[str, Callable[..., Cell]] = {
    "lift": _lift, "gather": _gather, "unlisted": _unlisted, "owes": _owes, "term": _term,
    "reduce": _reduce, "held": _held, "lacks": _lacks, "held_at": _held_at,
    "received": _received, "months_held": _history, "last_held": _history,
}  # fmt: skip
