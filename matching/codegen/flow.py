"""What is computed when and how often (求值的次序): the plan before any code is written.

Truths are 0 unmet, 1 unknown, 3 met: `and` and `or` are `&` and `|`. Households, events and persons
take turns: what a household asks of all its members comes a turn after the members.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import cast

from matching.fact_kinds import FactType
from matching.parameters import Standard
from matching.scan.program import EVENTS, HOUSEHOLDS, PERSONS, Op, Space
from matching.scan.standard_cells import cells_of
from matching.scan.status import Program
from matching.vocabulary import VOCABULARY

__all__ = ["CONSTANTS", "Flow"]

CONSTANTS = frozenset({"truth", "number", "word", "set", "doubt", "open"})
_TRUTHS = frozenset({
    "truth", "doubt", "not", "and", "or", "compare", "in", "overlaps", "within", "unlisted",
    "no_event", "guess", "remark", "held", "lacks", "held_at", "owes", "is_told",
})  # fmt: skip
_NEVER_OPEN = frozenset({"number", "word", "set", "place"})
_STRICT = frozenset({"arith", "scale", "least", "reduce"})  # unknown only where a part is
_COUNTS_OVER = {  # which parts say over what a number counts
    **dict.fromkeys(("first", "else", "gather", "least", "arith", "term"), slice(None)),
    "cond": slice(1, 3), "follows": slice(-1, None), "told_by": slice(-1, None),
}  # fmt: skip
_ONCE = frozenset({"and", "or", "follows"})  # what they ask twice is written once
_DEEP = 12  # nested deeper, a part gets a name: Python reads some 90 brackets at most


@dataclass(slots=True)
class Flow:
    """The operations that outcomes need, with what the writer has to know of each.

    Attributes:
        program: the operations.
        same: operation -> the one whose value it has.
        live: operations that are needed, in order.
        turn: operation -> the turn in which it is computed.
        bound: those that get a name, because they are asked twice or elsewhere.
        kept: those of a person or event that are asked in another loop: they are kept in a list.
        truths: those that answer a truth.
        closed: those that are never unknown.
        den: number -> the whole number over which its value counts.
        last: persons or events -> the turn in which their outcomes are told.
    """

    program: Program
    same: list[int] = field(default_factory=list)
    live: list[int] = field(default_factory=list)
    turn: dict[int, int] = field(default_factory=dict)
    bound: set[int] = field(default_factory=set)
    kept: set[int] = field(default_factory=set)
    truths: set[int] = field(default_factory=set)
    closed: set[int] = field(default_factory=set)
    den: dict[int, int] = field(default_factory=dict)
    last: dict[Space, int] = field(default_factory=dict)
    _users: dict[int, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._join_equal()
        self._find_live()
        for number in self.live:
            self._describe(number)
            self.turn[number] = self._first_turn(number)
        self._bind()
        self._place()
        self._keep()

    def op(self, number: int) -> Op:
        """The operation of this number."""
        return self.program.ops[number]

    def args(self, number: int) -> tuple[int, ...]:
        """What it reads, by the numbers of the operations that stand for equal ones."""
        return tuple(self.same[arg] for arg in self.op(number).args)

    def outcomes(self, space: Space) -> list[int]:
        """The outcomes of all policies in one space, in order; of persons last who is alive."""
        found = self.told(space)
        return [*found, self.same[self.program.alive]] if found and space == PERSONS else found

    def told(self, space: Space) -> list[int]:
        """The outcomes of all policies in one space, in order."""
        return [
            self.same[variant.outcome]
            for plan in self.program.plans
            for variant in plan.variants
            if variant.space == space
        ]

    def tells(self, space: Space) -> bool:
        """Whether anything is told of one space."""
        return bool(self.outcomes(space))

    def by_event(self) -> Space | None:
        """The space of one person with one event, if a policy asks for it."""
        return next((space for space in self.spaces() if space.parent is not None), None)

    def spaces(self) -> list[Space]:
        """The spaces of all outcomes."""
        variants = (variant for plan in self.program.plans for variant in plan.variants)
        return list(dict.fromkeys(variant.space for variant in variants))

    def roots(self) -> Iterator[tuple[Space, int]]:
        """All outcomes, each with its space."""
        for space in self.spaces():
            for number in self.outcomes(space):
                yield space, number

    def asked(self) -> Iterator[int]:
        """All that has to be found out."""
        yield from (number for _, number in self.roots())

    def terms(self, number: int) -> Iterator[tuple[int, Space]]:
        """What a quantifier sums up, each with the rows over which it goes."""
        op = self.op(number)
        spaces = cast(tuple[Space, ...], op.data[1])
        yield from zip(self.args(number), spaces, strict=False)

    def sums(self) -> Iterator[tuple[int, int]]:
        """Quantifiers of the household with what they sum up of each person or event."""
        for number in self.live:
            op = self.op(number)
            if op.kind == "reduce" and op.space == HOUSEHOLDS:
                for term, _ in self.terms(number):
                    if self.op(term).space != HOUSEHOLDS:
                        yield number, term

    def bound_in(self, space: Space, turn: int | None = None) -> Iterator[int]:
        """What gets a name in a loop, in order."""
        for number in self.live:
            now = turn is None or self.turn[number] == turn
            if now and number in self.bound and self.op(number).space == space:
                yield number

    def bound_below(self, term: int, space: Space) -> list[int]:
        """What gets a name inside the loop over a collection, for one term."""
        found, waiting = set[int](), [term]
        while waiting:
            number = waiting.pop()
            if number not in found and self.op(number).space == space:
                found.add(number)
                waiting.extend(self.args(number))
        return sorted(found & self.bound)

    def bases(self) -> set[str]:
        """All collections that a loop goes over."""
        spaces = [self.op(number).space for number in self.live]
        for number in self.live:
            if self.op(number).kind == "reduce":
                spaces += [space for _, space in self.terms(number)]
        return {part.base for space in spaces for part in _chain(space)}

    def turns(self) -> range:
        """All turns."""
        return range(max(self.turn.values(), default=0) + 1)

    def standard(self, number: int) -> Standard:
        """The figure that an operation reads."""
        return self.program.pack.standards[str(self.op(number).data[0])]

    # What is needed

    def _join_equal(self) -> None:
        """Lifting is no work here: a loop sees what stands outside of it."""
        for number, op in enumerate(self.program.ops):
            alone = op.kind in ("and", "or", "fact", "lift") and len(op.args) == 1
            self.same.append(self.same[op.args[0]] if alone else number)

    def _find_live(self) -> None:
        found, waiting = set[int](), list(self.asked())
        while waiting:
            number = waiting.pop()
            if number not in found:
                found.add(number)
                waiting.extend(self.args(number))
        self.live = sorted(found)

    def _describe(self, number: int) -> None:
        """Whether it is a truth; over which number it counts."""
        op, args = self.op(number), self.args(number)
        if self._is_truth(op, args):
            self.truths.add(number)
        if op.kind in _NEVER_OPEN or (op.kind in _STRICT and self.closed.issuperset(args)):
            self.closed.add(number)
        self.den[number] = self._den(number, op, args)

    def _is_truth(self, op: Op, args: Sequence[int]) -> bool:
        match op.kind:
            case "stated":
                return _is_truth_fact(str(op.data[0]))
            case "open":
                return op.data[1] == "fact" and _is_truth_fact(str(op.data[0]))
            case "reduce":
                return op.data[0] in ("any", "all")
            case "cond" | "follows" | "told_by":
                return args[-1 if op.kind != "cond" else 1] in self.truths
            case "first" | "else" | "gather":
                return args[0] in self.truths
        return op.kind in _TRUTHS

    def _den(self, number: int, op: Op, args: Sequence[int]) -> int:
        dens = [self.den[arg] for arg in args]
        match op.kind:
            case "number" | "scale":
                return lcm(1, *dens) * Fraction(cast(Fraction, op.data[0])).denominator
            case "arith" if op.data[0] == "*":
                return dens[0] * dens[1]
            case "standard":
                return cells_of(self.standard(number), self.program.on).den
            case kind if kind in _COUNTS_OVER:
                return lcm(1, *dens[_COUNTS_OVER[kind]])
            case "reduce":
                return lcm(1, *dens[: cast(int, op.data[2])])
        return 1

    # When

    def _first_turn(self, number: int) -> int:
        op = self.op(number)
        return max((self._after(op, arg) for arg in self.args(number)), default=0)

    def _after(self, op: Op, arg: int) -> int:
        """The first turn in which `op` can read `arg`."""
        other = self.op(arg).space
        if op.kind == "reduce" and op.space == HOUSEHOLDS:
            return self.turn[arg] + (other != HOUSEHOLDS)
        if op.kind != "gather" or self.is_own(op):
            return self.turn[arg]
        is_before = other == EVENTS and base_of(op.space) == PERSONS
        return self.turn[arg] + (not is_before)

    @staticmethod
    def is_own(op: Op) -> bool:
        """Whether a gathered value is of the person or event whose loop this is."""
        return str(op.data[0]) in base_of(op.space).vars()

    # Names

    def _bind(self) -> None:
        for number in self.live:
            args = self.args(number)
            for arg in dict.fromkeys(args) if self.op(number).kind in _ONCE else args:
                self._users.setdefault(arg, []).append(number)
        asked = Counter(number for _, number in self.roots())
        lifted = {number for space, number in self.roots() if self.op(number).space != space}
        depth: dict[int, int] = {}
        for number in self.live:
            depth[number] = 1 + max((depth[arg] for arg in self.args(number)), default=0)
            if self.op(number).kind in CONSTANTS:
                continue
            many = asked[number] + len(self._users.get(number, ())) > 1 or number in lifted
            if many or self._needs_name(number) or depth[number] > _DEEP:
                self.bound.add(number)
            if number in self.bound:
                depth[number] = 0

    def _needs_name(self, number: int) -> bool:
        """Whether it is asked twice by one operation, or in another loop."""
        op = self.op(number)
        for user in self._users.get(number, ()):
            other = self.op(user)
            if other.kind == "cond" and number in self.args(user)[1:3]:
                return True
            if other.kind != "reduce" and other.space != op.space:
                return True
        return op.kind == "reduce"

    def _place(self) -> None:
        """What has no name is computed where it is asked."""
        for base in (PERSONS, EVENTS):
            told = [number for space, number in self.roots() if base_of(space) == base]
            self.last[base] = max((self.turn[number] for number in told), default=-1)
            for number in told:
                alone = number not in self.bound and self.op(number).kind not in CONSTANTS
                if alone and self.op(number).space != HOUSEHOLDS:
                    self.turn[number] = self.last[base]
        both = self.by_event()
        for number in self.live if both is not None else ():
            if both in list(_chain(self.op(number).space)):
                self.turn[number] = self.last[PERSONS]
        for number in reversed(self.live):
            users = self._users.get(number, [])
            alone = number not in self.bound and len(users) == 1
            if alone and self.op(users[0]).space == self.op(number).space:
                self.turn[number] = self.turn[users[0]]

    def _keep(self) -> None:
        """What is asked of another person or event, or in a later turn, is kept in a list."""
        for number in self.live:
            op = self.op(number)
            for arg in self.args(number):
                other = self.op(arg)
                gathers = op.kind == "gather" and not self.is_own(op)
                later = base_of(op.space) == other.space and self.turn[number] > self.turn[arg]
                if other.space in (PERSONS, EVENTS) and (gathers or later):
                    self.kept.add(arg)
        for space, number in self.roots():
            base = self.op(number).space
            if base in self.last and base_of(space) == base:
                self.kept |= {number} if self.turn[number] < self.last[base] else set()
        self.kept = {number for number in self.kept if self.op(number).kind not in CONSTANTS}


def base_of(space: Space) -> Space:
    """Households, persons or events: whose loop a space lies in."""
    return list(_chain(space))[-1]


def _chain(space: Space) -> Iterator[Space]:
    yield space
    if space.parent is not None:
        yield from _chain(space.parent)


def _is_truth_fact(name: str) -> bool:
    spec = VOCABULARY.get(name)
    return spec is not None and spec.type is FactType.BOOL
