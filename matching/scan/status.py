"""The outcome of every policy for every subject, and the best of each household (结果).

Equal to what `matching/explain.py` answers: exclusions are conditions, a doubtful condition says no
to nobody, no condition fails on a presumption that may not say no.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

import numpy as np

from matching.ledger import HOUSEHOLD
from matching.packs import Condition, Exclusion, Pack, Policy
from matching.scan.columns import Tri, Value
from matching.scan.compiler import Compiler
from matching.scan.frames import Frames
from matching.scan.operations import Run
from matching.scan.program import EVENTS, HOUSEHOLDS, PERSONS, Mode, Op, Scope, Space
from matching.scan.steps import Steps, steps_of
from matching.scan.table import FactTable, Index
from matching.tree import Holds
from matching.uses import facts_in, reach

__all__ = ["PolicyPlan", "Program", "Scan", "Subjects", "Variant", "compile_pack", "scan"]

# glibc gives memory back to the system, and takes it anew page by page, in pieces as large as the
# largest that was ever freed. One large piece freed, though never touched, and columns are recycled
# in the process instead: half of the time of a scan went into page faults.
_ROOM = 31 << 20
_BY_EVENT = Space("events", PERSONS, "event")


@dataclass(frozen=True, slots=True)
class Variant:
    """A policy for one kind of subject: the operation with its outcome, and its conditions.

    `parts`: operations of the conditions that may say no; `conditions`: which these are. `amount`:
    the operation with what it gives, where that was compiled, too.
    """

    space: Space
    outcome: int
    parts: tuple[int, ...]
    has_event: bool
    conditions: tuple[Condition, ...] = ()
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class PolicyPlan:
    """A policy in force, as operations."""

    policy: Policy
    variants: tuple[Variant, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """All policies of a pack in force on a day, in order of id, as one list of operations.

    `alive`: the operation with each person's state of life. `steps`: in which order.
    """

    pack: Pack
    on: date
    ops: tuple[Op, ...]
    plans: tuple[PolicyPlan, ...]
    alive: int
    steps: Steps


@dataclass(frozen=True, slots=True)
class Subjects:
    """For whom one variant of a policy is asked: which rows, and whose they are."""

    asked: Tri
    household: Index
    values: Tri


@dataclass(slots=True)
class Scan:
    """What a program answers for one table."""

    program: Program
    table: FactTable
    values: Sequence[Value]
    frames: Frames
    _asked: dict[tuple[Space, bool, bool], Tri] = field(default_factory=dict)

    def subjects(self, plan: PolicyPlan) -> Iterator[tuple[Variant, Subjects]]:
        """Each kind of subject with its outcomes: 0 unmet, 1 unknown, 2 met."""
        for variant in plan.variants:
            frame = self.frames.of(variant.space)
            values = np.broadcast_to(self.tri(variant.outcome), frame.n)
            yield variant, Subjects(self.asked(plan, variant), frame.household, values)

    def tri(self, op: int) -> Tri:
        """The truth that an operation found."""
        value = self.values[op]
        if not isinstance(value, np.ndarray):
            raise TypeError(op)
        return value

    def asked(self, plan: PolicyPlan, variant: Variant) -> Tri:
        """1 for the rows that are asked: members alive, with or without an event."""
        policy, no_event = plan.policy, plan.policy.per_event and not variant.has_event
        alive = policy.subject == "person" and policy.persons != "all"
        key = (variant.space, alive, no_event)
        if key not in self._asked:
            self._asked[key] = self._rows_anew(variant.space, alive=alive, no_event=no_event)
        return self._asked[key]

    def _rows_anew(self, space: Space, *, alive: bool, no_event: bool) -> Tri:
        frame = self.frames.of(space)
        found: Tri = np.ones(frame.n, np.uint8)
        if "person" in frame.things:
            asked = self._living() if alive else self.frames.members()
            found = asked[frame.things["person"]]
        if no_event:
            happened = np.zeros(self.table.size, np.uint8)
            happened[self.table.owners["E"]] = 1
            found = found & (happened[frame.household] ^ np.uint8(1))
        return found

    def _living(self) -> Tri:
        return self.frames.members() & self.tri(self.program.alive).astype(np.bool_).view(np.uint8)

    def outcomes(self, plan: PolicyPlan) -> Iterator[tuple[str, str, str | None, int]]:
        """(household, subject, event, outcome) of every subject that is asked."""
        table = self.table
        for variant, subjects in self.subjects(plan):
            things = self.frames.of(variant.space).things
            persons, events = things.get("person"), things.get("event")
            for row in np.flatnonzero(subjects.asked).tolist():
                yield (
                    table.ids[subjects.household[row]],
                    HOUSEHOLD if persons is None else table.people[persons[row]],
                    None if events is None else table.events[events[row]],
                    int(subjects.values[row]),
                )

    def best(self, plan: PolicyPlan) -> Tri:
        """The best outcome of each household: 0 unmet or nobody to ask, 1 unknown, 2 met."""
        found: Tri = np.zeros(self.table.size, np.uint8)
        for variant, subjects in self.subjects(plan):
            here = self.by_household(variant.space, subjects.values * subjects.asked)
            np.maximum(found, here, out=found)
        return found

    def by_household(self, space: Space, values: Tri) -> Tri:
        """The greatest of each household, stretch by stretch; who lives elsewhere is in none."""
        while space != HOUSEHOLDS:
            above = space.parent or HOUSEHOLDS
            found = np.zeros(self.frames.of(above).n, np.uint8)
            for rows, start, stop in self.frames.of(space).slots:
                found[rows] = np.maximum(found[rows], values[start:stop])
            values, space = found, above
        return values


@lru_cache(maxsize=32)  # a place and a day are asked for many blocks
def compile_pack(pack: Pack, on: date, *, amounts: bool = False) -> Program:
    """All policies of a pack in force on a day; `amounts`: with what they give."""
    compiler = Compiler(pack, on)
    plans = [
        PolicyPlan(policy, tuple(_variants(compiler, policy, amounts=amounts)))
        for policy in sorted(pack.policies.values(), key=lambda policy: policy.id)
        if policy.period.holds(on)
    ]
    life = compiler.fact("person.life_status", PERSONS, Mode.ALL)
    alive = compiler.builder.add("in", PERSONS, (life,), ("deceased",), True)
    ops = tuple(compiler.builder.ops)
    outcomes = {variant.outcome for plan in plans for variant in plan.variants}
    given = {
        variant.amount for plan in plans for variant in plan.variants if variant.amount is not None
    }
    return Program(pack, on, ops, tuple(plans), alive, steps_of(ops, {*outcomes, *given, alive}))


def scan(program: Program, table: FactTable, *, traced: bool = True) -> Scan:
    """Every policy of the program for every subject of the table.

    Args:
        program: compiled for the table's pack and day.
        table: the facts.
        traced: keep what `missing_of` follows; without it only outcomes can be asked, in a fraction
            of the memory.
    """
    np.empty(_ROOM, np.uint8)  # taken and given back: see _ROOM
    run = Run(program.pack, table)
    run.follow(program.steps, traced=traced)
    return Scan(program, table, run.values, run.frames)


def _variants(compiler: Compiler, policy: Policy, *, amounts: bool) -> Iterator[Variant]:
    for scope in _scopes(policy):
        variant = _variant(compiler, policy, scope)
        amount = _amount(compiler, policy, scope) if amounts else None
        yield replace(variant, amount=amount)


def _scopes(policy: Policy) -> Iterator[Scope]:
    base = PERSONS if policy.subject == "person" else HOUSEHOLDS
    names = {"person": "person"} if policy.subject == "person" else {}
    if policy.per_event:
        space = _BY_EVENT if policy.subject == "person" else EVENTS
        yield Scope(space, {**names, "event": "event"}, policy.pack)
    yield Scope(base, names, policy.pack)


def _amount(compiler: Compiler, policy: Policy, scope: Scope) -> int | None:
    """What the policy gives; None where no figure is known, or an event that is not there says."""
    amount = policy.amount_on(compiler.on)
    if amount is None or amount.value is None:
        return None
    texts = reach(compiler.pack, [amount.value], compiler.on)
    asks_event = any(name.startswith("event.") for node in texts for name in facts_in(node))
    if asks_event and "event" not in scope.names:
        return None
    return compiler.read(amount.value, scope)


def _variant(compiler: Compiler, policy: Policy, scope: Scope) -> Variant:
    add, has_event = compiler.builder.add, "event" in scope.names
    parts, deciding, settled, counting = [], [], False, []
    for condition in _conditions(compiler.pack, policy, compiler.on):
        found = _condition(compiler, policy, condition, scope)
        if condition.decides:
            parts.append(found)
            deciding.append(condition)
            counting.append(found)
            settled = settled or condition.excluded is None
        else:
            counting.append(add("remark", scope.space, (found,)))
    if not settled:
        counting.append(add("doubt", scope.space, (), "unsettled"))
    outcome = add("and", scope.space, tuple(counting))
    return Variant(scope.space, outcome, tuple(parts), has_event, tuple(deciding))


def _condition(compiler: Compiler, policy: Policy, condition: Condition, scope: Scope) -> int:
    asks_event = any(name.startswith("event.") for name in facts_in(condition.test))
    if policy.per_event and "event" not in scope.names and asks_event:
        return compiler.lift(compiler.builder.add("no_event", HOUSEHOLDS), scope.space)
    found = compiler.read(condition.test, scope)
    sure = compiler.read(condition.test, Scope(scope.space, scope.names, scope.pack, Mode.SURE))
    if sure == found:
        return found
    return compiler.builder.add("guess", scope.space, (found, sure))


def _conditions(pack: Pack, policy: Policy, on: date) -> Iterator[Condition]:
    """Conditions of the day, and the exclusions that close the policy."""
    yield from (condition for condition in policy.conditions if condition.period.holds(on))
    for exclusion in pack.exclusions:
        blocks = exclusion.effect == "block" and exclusion.yields in (None, policy.id)
        if blocks and exclusion.period.holds(on) and policy.id in (exclusion.a, exclusion.b):
            yield _block(policy, exclusion)


def _block(policy: Policy, exclusion: Exclusion) -> Condition:
    other = exclusion.other(policy.id) or ""
    who = "person" if policy.subject == "person" else HOUSEHOLD
    test = Holds(who, (other,), lacks=True)
    period = exclusion.period
    return Condition(f"not_with_{other}", "", test, exclusion.flag, period, (), excluded=other)
