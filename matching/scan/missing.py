"""What keeps an answer open, for all households at once (缺什么): policy x fact -> households.

The paths are those by which the explaining reading names what is missing: of `and` and `or` the
open parts; of a choice its test first. They are gone from the facts up: for each operation, which
facts would be named in which rows if somebody asked why it is open there. What several policies
share is so worked out once.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

import numpy as np
from numpy.typing import NDArray

from matching.scan import bits
from matching.scan.asking import Asking
from matching.scan.columns import MET, UNMET, Column, Tri, Value, either, is_open
from matching.scan.frames import Frame
from matching.scan.operations import duties
from matching.scan.program import HOUSEHOLDS, PERSONS, Op, Space
from matching.scan.standard_cells import cells_of
from matching.scan.status import PolicyPlan, Scan, Variant
from matching.support_duty import Duty

__all__ = ["matrix", "missing_of"]

Mask = NDArray[np.uint64]  # 64 rows to a word
Names = dict[str, Mask]
Masks = Mapping[str, Mask]  # where this name would be said
_ASKS_KEY, _ASKS_ITSELF = 1, 2
_ONE = np.uint8(1)


def missing_of(scan: Scan, plan: PolicyPlan) -> dict[str, Tri]:
    """Name of a fact, figure or aid -> 1 for each household that it keeps undecided.

    A household counts if the policy is unknown for one of its subjects and a condition that may say
    no is open for want of the fact.
    """
    found = _of_plan(_Blame(scan), plan)
    return {
        name: bits.unpacked(found[name], scan.table.size)
        for name in sorted(found)
        if found[name].any()
    }


def matrix(scan: Scan) -> dict[tuple[str, str], int]:
    """(policy, fact) -> how many households the fact keeps undecided, in order of both."""
    blame = _Blame(scan)
    found = {}
    for plan in scan.program.plans:
        masks = _of_plan(blame, plan)
        found.update({(plan.policy.id, name): masks[name] for name in sorted(masks)})
    counts = bits.counts(list(found.values()))
    return {pair: n for pair, n in zip(found, counts, strict=True) if n}


def _of_plan(blame: "_Blame", plan: PolicyPlan) -> Names:
    found: Names = {}
    for variant in plan.variants:
        for name, rows in _of_variant(blame, variant, blame.scan.asked(plan, variant)):
            households = rows
            if variant.space != HOUSEHOLDS:
                found_rows = blame.rows(rows, variant.space)
                own = blame.scan.by_household(variant.space, found_rows)
                households = blame.mask(own, HOUSEHOLDS)
            found[name] = found[name] | households if name in found else households
    return found


def _of_variant(blame: "_Blame", variant: Variant, asked: Tri) -> Iterator[tuple[str, Mask]]:
    undecided = blame.gate(variant.outcome) & blame.seen(asked, variant.space)
    for part in variant.parts:
        op, gate = blame.scan.program.ops[part], undecided & blame.gate(part)
        while op.kind in ("and", "or") and len(op.args) == 1:
            op = blame.scan.program.ops[op.args[0]]
        masks = blame.parts(op) if op.kind in ("and", "or") else blame.of(part)
        for name, rows in masks.items():
            yield name, gate & rows


@dataclass(slots=True)
class _Blame:
    """For an operation: which names would be said, in which of its rows; only where it is open.

    Masks are bits, eight rows a byte: there are many, and most are only joined and gated.
    """

    scan: Scan
    asking: Asking = field(init=False)
    _known: dict[int, Masks] = field(default_factory=dict)
    _gates: dict[int, Mask] = field(default_factory=dict)
    _opened: dict[tuple[int, int], Mask] = field(default_factory=dict)
    _seen: dict[int, Mask] = field(default_factory=dict)
    _folded: dict[tuple[int, Space, Space], Mask] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.asking = Asking(self.scan.program.ops, self.scan.values, self.scan.frames)

    def of(self, number: int) -> Masks:
        """The names of an operation."""
        if number not in self._known:
            op = self.scan.program.ops[number]
            self._known[number] = _FOLLOW.get(op.kind, _open_parts)(self, op, number)
        return self._known[number]

    def parts(self, op: Op) -> Names:
        """All that the operations say that this one reads."""
        return joined(*(self.of(arg) for arg in op.args))

    def opened(self, number: int) -> Tri:
        """1 where an operation is open."""
        return is_open(self.scan.values[number])

    def gate(self, number: int) -> Mask:
        """Where an operation is open, as a mask; the same values are looked at once."""
        if number not in self._gates:
            value, n = self.scan.values[number], self.n(self.scan.program.ops[number].space)
            key = (id(value.unknown if isinstance(value, Column) else value), n)
            if key not in self._opened:
                self._opened[key] = bits.packed(self.opened(number), n)
            self._gates[number] = self._opened[key]
        return self._gates[number]

    def n(self, space: Space) -> int:
        """How many rows a space has."""
        return self.scan.frames.of(space).n

    def seen(self, rows: Tri, space: Space) -> Mask:
        """1 for these rows of the scan's own, which live as long as this does."""
        if id(rows) not in self._seen:
            self._seen[id(rows)] = self.mask(rows, space)
        return self._seen[id(rows)]

    def mask(self, rows: Tri, space: Space) -> Mask:
        """1 for these rows."""
        return bits.packed(rows, self.n(space))

    def rows(self, mask: Mask, space: Space) -> Tri:
        """A mask as bytes, where rows are moved."""
        return bits.unpacked(mask, self.n(space))

    def named(self, name: str, rows: Tri, space: Space) -> Names:
        """One name, for these rows."""
        return {name: self.mask(rows, space)} if rows.size > 1 or rows.any() else {}

    def gated(self, rows: Tri, masks: Masks, space: Space) -> Names:
        """Only for these rows."""
        return gated(self.mask(rows, space), masks) if masks else {}

    def value(self, number: int) -> Value:
        """What an operation found."""
        return self.scan.values[number]

    def tri(self, number: int) -> Tri:
        """The truth that an operation found."""
        return cast(Tri, self.scan.values[number])

    def folded(self, mask: Mask, space: Space, above: Space) -> Mask:
        """1 for a row above one of whose rows in this space has it; each mask once."""
        key = (id(mask), space, above)  # masks live as long as this does
        if key not in self._folded:
            frames = self.scan.frames
            each = self.rows(mask, space)
            rows = _folded(each, frames.of(space), frames.of(above).n)
            self._folded[key] = self.mask(rows, above)
        return self._folded[key]


def joined(*all_masks: Masks) -> Names:
    """Either of these."""
    found: Names = {}
    for masks in all_masks:
        for name, rows in masks.items():
            found[name] = found[name] | rows if name in found else rows
    return found


def gated(gate: Mask, masks: Masks) -> Names:
    """Only where the gate is 1."""
    return {name: gate & rows for name, rows in masks.items()}


def _folded(each: Tri, frame: Frame, n: int) -> Tri:
    found = np.zeros(n, np.uint8)
    for rows, start, stop in frame.slots:
        found[rows] |= each[start:stop]
    return found


# Truth and numbers


def _open_parts(blame: _Blame, op: Op, number: int) -> Names:
    parts = blame.parts(op)
    return gated(blame.gate(number), parts) if parts else {}


def _all_parts(blame: _Blame, op: Op, _: int) -> Names:
    """Of what is open wherever one of its parts is."""
    return blame.parts(op)


def _itself(blame: _Blame, op: Op, number: int) -> Names:
    return blame.named(str(op.data[0]), blame.opened(number), op.space)


def _no_event(blame: _Blame, op: Op, number: int) -> Names:
    return blame.named("events", blame.opened(number), op.space)


def _nothing(_: _Blame, __: Op, ___: int) -> Names:
    """A doubt: no fact settles it."""
    return {}


def _first(blame: _Blame, op: Op, number: int) -> Names:
    """A definition: what it lacks; itself where only a person can decide it."""
    computed = op.args[1]
    found = gated(blame.gate(number), blame.of(computed))
    if op.data[1] is True:
        decided = blame.opened(number) & (blame.asking.of(computed) ^ _ONE)
        found = joined(found, blame.named(str(op.data[0]), decided, op.space))
    return found


def _guess(blame: _Blame, op: Op, number: int) -> Names:
    found, sure = op.args
    by_guess = _where(blame.tri(found) == UNMET)
    parts = joined(blame.of(found), blame.gated(by_guess, blame.of(sure), op.space))
    return gated(blame.gate(number), parts)


def _cond(blame: _Blame, op: Op, number: int) -> Names:
    test, yes, no = op.args[:3]
    tests = blame.tri(test)
    parts = joined(
        blame.of(test),
        blame.gated(_where(tests == MET), blame.of(yes), op.space),
        blame.gated(_where(tests == UNMET), blame.of(no), op.space),
    )
    return gated(blame.gate(number), parts)


def _term(blame: _Blame, op: Op, number: int) -> Names:
    kept, body = op.args
    inside = blame.gated(_where(blame.tri(kept) == MET), blame.of(body), op.space)
    return gated(blame.gate(number), joined(blame.of(kept), inside))


def _where(rows: NDArray[np.bool_]) -> Tri:
    return rows.view(np.uint8)


def _standard(blame: _Blame, op: Op, number: int) -> Names:
    keys = op.args[: cast(int, op.data[1])]
    columns = [cast(Column, blame.value(arg)) for arg in keys]
    table, rows = blame.scan.table, blame.opened(number)
    cells = cells_of(blame.scan.program.pack.standards[str(op.data[0])], table.on)
    asks = np.array(cells.asks, np.uint8)[cells.places(columns, table.words)]
    masks = joined(*(blame.of(arg) for arg in keys))
    by_key = blame.gated(rows & _where((asks & _ASKS_KEY) != 0), masks, op.space)
    itself = rows & _where((asks & _ASKS_ITSELF) != 0)
    return joined(by_key, blame.named(str(op.data[0]), itself, op.space))


def _within(blame: _Blame, op: Op, number: int) -> Names:
    """A code that is too short to tell is itself what is missing."""
    code, area = op.args[:2]
    known = blame.opened(number) & (either(blame.opened(code), blame.opened(area)) ^ _ONE)
    areas = cast(Column, blame.value(area))
    unnamed = _where(areas.values == blame.scan.table.words.id(""))
    found = gated(blame.gate(number), joined(blame.of(code), blame.of(area)))
    found = joined(found, blame.named("HOME", known & unnamed, op.space))
    ops = blame.scan.program.ops
    source = ops[code]
    while source.kind in ("lift", "gather"):
        source = ops[source.args[0]]
    if source.kind in ("fact", "first"):
        itself = blame.named(str(source.data[0]), known & (unnamed ^ _ONE), op.space)
        found = joined(found, itself)
    return found


# Rows of other spaces


def _lift(blame: _Blame, op: Op, _: int) -> Names:
    lift = blame.scan.frames.lift
    return {
        name: blame.mask(cast(Tri, lift(blame.rows(mask, HOUSEHOLDS), op.space)), op.space)
        for name, mask in blame.of(op.args[0]).items()
    }


def _gather(blame: _Blame, op: Op, _: int) -> Names:
    """Of what a variable stands for; of a person nobody named, that nobody named one."""
    index = blame.scan.frames.of(op.space).things[str(op.data[0])]
    below = blame.scan.program.ops[op.args[0]].space
    safe, named = np.maximum(index, 0), _where(index >= 0)
    found = {}
    for name, mask in blame.of(op.args[0]).items():
        rows = blame.rows(mask, below)
        if rows.size:
            found[name] = blame.mask(named & rows[safe], op.space)
    return joined(found, blame.named("child.parents", named ^ _ONE, op.space))


def _reduce(blame: _Blame, op: Op, number: int) -> Names:
    spaces, n_terms = cast(tuple[Space, ...], op.data[1]), cast(int, op.data[2])
    terms = (
        {name: blame.folded(rows, space, op.space) for name, rows in blame.of(arg).items()}
        for space, arg in zip(spaces, op.args[:n_terms], strict=True)
    )
    rest = (blame.of(arg) for arg in op.args[n_terms:])
    return gated(blame.gate(number), joined(*terms, *rest))


def _owes(blame: _Blame, op: Op, number: int) -> Names:
    own, theirs, age = op.args[:3]
    rows = blame.opened(number)
    columns = [cast(Column, blame.value(arg)) for arg in (own, theirs)]
    told = rows & (either(columns[0].unknown, columns[1].unknown) ^ _ONE)
    maybe = duties(blame.scan.table, *columns) == list(Duty).index(Duty.MAYBE)
    return joined(
        gated(blame.gate(number), joined(blame.of(own), blame.of(theirs))),
        blame.named("person.relation", told & _where(maybe), op.space),
        blame.gated(told & _where(~maybe), blame.of(age), op.space),
    )


# Ledger


def _shared(blame: _Blame, op: Op, aids: tuple[str, ...], rows: Tri) -> Names:
    """Whether the person is counted, where the household holds it."""
    frames, ledger = blame.scan.frames, blame.scan.table.ledger
    if op.space != PERSONS:
        return {}
    held = cast(Tri, frames.lift(ledger.held("H", aids), op.space))
    return blame.gated(rows & held & frames.members(), blame.of(op.args[-1]), op.space)


def _held(blame: _Blame, op: Op, number: int) -> Names:
    aids, rows = cast(tuple[str, ...], op.data[0]), blame.opened(number)
    frames, ledger = blame.scan.frames, blame.scan.table.ledger
    found = _shared(blame, op, aids, rows)
    for aid in aids:
        silent = cast(Tri, frames.lift(ledger.uncovered((aid,)), op.space))
        if op.space == PERSONS:
            silent = silent | (frames.members() ^ _ONE)
        found = joined(found, blame.named(f"benefit.{aid}", rows & silent, op.space))
    return found


def _held_at(blame: _Blame, op: Op, number: int) -> Names:
    aids, bound = cast(tuple[str, ...], op.data[0]), str(op.data[1])
    rows, day = blame.opened(number), cast(Column, blame.value(op.args[0]))
    found = gated(blame.gate(number), blame.of(op.args[0]))
    frame, table = blame.scan.frames.of(op.space), blame.scan.table
    rows = rows & (np.broadcast_to(day.unknown, frame.n) ^ _ONE)
    days = np.broadcast_to(day.values.astype(np.int64), frame.n)
    member = np.ones(frame.n, np.bool_)
    if bound:
        who = frame.things[bound]
        found = joined(found, blame.named("child.parents", rows & (who < 0), op.space))
        rows = rows & (who >= 0)
        member = who < table.n_members
        shared = table.ledger.held_at("H", aids, frame.household, days)
        found = joined(found, blame.gated(rows & shared & member, blame.of(op.args[1]), op.space))
    for aid in aids:
        silent = table.ledger.uncovered_at((aid,), frame.household, days)
        found = joined(found, blame.named(f"benefit.{aid}", rows & (silent | ~member), op.space))
    return found


def _received(blame: _Blame, op: Op, number: int) -> Names:
    aid = str(op.data[0])
    holding = blame.opened(number) & (blame.tri(op.args[0]) == MET)
    found = gated(blame.gate(number), blame.of(op.args[0]))
    found = joined(found, _shared(blame, op, (aid,), holding))
    return joined(found, blame.named(f"benefit.{aid}", holding, op.space))


def _history(blame: _Blame, op: Op, number: int) -> Names:
    aids, rows = cast(tuple[str, ...], op.data[0]), blame.opened(number)
    return joined(*(blame.named(f"benefit.{aid}", rows, op.space) for aid in aids))


_FOLLOW: Mapping[str, Callable[[_Blame, Op, int], Masks]] = {
    "fact": _itself, "open": _itself, "unlisted": _itself, "no_event": _no_event,
    "doubt": _nothing, "first": _first, "guess": _guess, "cond": _cond, "term": _term,
    "standard": _standard, "within": _within, "lift": _lift, "gather": _gather,
    "reduce": _reduce, "owes": _owes, "held": _held, "lacks": _held, "held_at": _held_at,
    "received": _received, "months_held": _history, "last_held": _history,
    "compare": _all_parts, "arith": _all_parts, "scale": _all_parts, "least": _all_parts,
    "in": _all_parts, "overlaps": _all_parts, "months_since": _all_parts, "not": _all_parts,
    "age": _all_parts,
}  # fmt: skip
