"""Which items are worth explaining (筛): for all households at once, before anything is explained.

A finding rests on few items: those that are met and not received, those that lack one fact, those
that are held and stand otherwise than they are paid. Nothing that a detector would use is dropped;
more may be kept than it uses. The conditions are counted here too, so that nobody is explained only
to be counted.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from matching.ledger import HOUSEHOLD
from matching.packs import Condition, Policy
from matching.scan.columns import MET, OPEN, UNMET, Column
from matching.scan.lacking import MANY, Claims, Lacking, together
from matching.scan.status import Scan, Subjects, Variant
from matching.scan.table import Index, base_of
from matching.uses import facts_in, reach
from matching.vocabulary import VOCABULARY

__all__ = ["Asked", "Failing", "Screened", "Wants", "count_conditions", "screen"]

Screened = dict[str, dict[str, set[str]]]  # household -> policy -> subjects
Failing = Counter[tuple[str, frozenset[str]]]
_Rows = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Asked:
    """A policy that is asked for by name where it has an outcome: 0 unmet, 1 unknown, 2 met.

    `beside`: only where the household, or somebody of it, holds this aid.
    """

    policy: str
    outcome: int
    beside: str | None = None


@dataclass(frozen=True, slots=True)
class Wants:
    """What the detectors look for.

    Attributes:
        lasting: forms of aid for which one missing fact is worth asking.
        asked: policies asked for by name.
        since: the first day of events that are not past yet.
        again: household -> policies that somebody was refused; wanted unless they are unmet.
    """

    lasting: Collection[str]
    asked: Sequence[Asked]
    since: date
    again: Mapping[str, Collection[str]]


def screen(scan: Scan, wants: Wants) -> Screened:
    """Household -> policy -> subjects that a detector may use.

    Args:
        scan: traced and with amounts, of the families of one pack.
        wants: what is looked for.
    """
    found: Screened = defaultdict(lambda: defaultdict(set))
    known = _Known(scan, wants)
    table = scan.table
    for plan in scan.program.plans:
        for variant, subjects in scan.subjects(plan):
            item = _Item(known, plan.policy, variant, subjects)
            people = item.people
            for row in np.flatnonzero(item.wanted()).tolist():
                subject = HOUSEHOLD if people is None else table.people[people[row]]
                found[table.ids[subjects.household[row]]][plan.policy.id].add(subject)
    return found


def count_conditions(scan: Scan) -> Failing:
    """(policy, conditions that fail, none among them) -> of how many items just these fail.

    Only items that nobody holds and of which every condition is known count.
    """
    counted: Failing = Counter()
    facts = _Known(scan, None)
    for plan in scan.program.plans:
        for variant, subjects in scan.subjects(plan):
            item = _Item(facts, plan.policy, variant, subjects)
            for failing, count in item.failing(_is(subjects.asked) & ~item.held()):
                counted[plan.policy.id, failing] += count
    return counted


def _is(values: NDArray[Any], what: object = 1) -> _Rows:
    """Which rows have this value."""
    return cast(_Rows, values == what)


def _related(names: Collection[str]) -> set[str]:
    """The facts themselves, and those from which they follow or which hint at them."""
    found, waiting = set[str](), list(names)
    while waiting:
        name = waiting.pop().replace("members.", "person.")
        if name in found:
            continue
        found.add(name)
        spec = VOCABULARY.get(name)
        if spec is not None:
            waiting += [*spec.implied_by, *spec.hinted_by]
            waiting += [one[0] for one in (spec.follows, spec.told_by) if one is not None]
    return found


@dataclass(slots=True)
class _Known:
    """What all items of one scan are asked with."""

    scan: Scan
    wants: Wants | None
    lacking: Lacking = field(init=False)
    again: Mapping[str, list[int]] = field(init=False)

    def __post_init__(self) -> None:
        self.lacking = Lacking(self.scan)
        self.again = defaultdict(list)
        wanted = self.wants.again if self.wants is not None else {}
        for row, home in enumerate(self.scan.table.ids if wanted else ()):
            for policy in wanted.get(home, ()):
                self.again[policy].append(row)

    def of_households(self, rows: Sequence[int]) -> _Rows:
        """True for these."""
        found = np.zeros(self.scan.table.size, np.bool_)
        found[rows] = True
        return found

    def may_have_told(self, condition: Condition) -> _Rows:
        """Whether of the household or somebody of it any fact was told that has to do with it."""
        program, table = self.scan.program, self.scan.table
        texts = reach(program.pack, [condition.test], program.on)
        found = np.zeros(table.size, np.bool_)
        for name in _related({name for text in texts for name in facts_in(text)}):
            if name not in table.stated:
                continue
            base, told = base_of(name), _is(table.is_told(name))
            rows = np.flatnonzero(np.broadcast_to(told, table.rows(base)))
            found[rows if base == "H" else table.owners[base][rows]] = True
        return found

    def somebody_holds(self, aid: str) -> _Rows:
        """Whether the household or one of its members holds an aid."""
        table = self.scan.table
        held = table.ledger.held("P", (aid,))
        found = _is(np.broadcast_to(table.ledger.held("H", (aid,)), table.size))
        if held.size > 1:
            members = np.flatnonzero(held[: table.n_members])
            found[table.owners["P"][members]] = True
        return found


@dataclass(slots=True)
class _Item:
    """One policy for one kind of subject: its rows, and what is asked of them."""

    known: _Known
    policy: Policy
    variant: Variant
    subjects: Subjects

    @property
    def people(self) -> Index | None:
        """The row of the person of each row; None: the household is the subject."""
        return self.known.scan.frames.of(self.variant.space).things.get("person")

    def wanted(self) -> _Rows:
        """Which rows some detector may use."""
        values, wants = self.subjects.values, self.known.wants
        if wants is None:
            raise TypeError("nothing is wanted")
        found = self._missed(wants) | self._held_otherwise()
        again = self.known.again.get(self.policy.id)
        if again:
            found |= self._of(self.known.of_households(again)) & ~_is(values, UNMET)
        for asked in wants.asked:
            if asked.policy == self.policy.id:
                rows = _is(values, asked.outcome)
                if asked.beside is not None:
                    rows = rows & self._of(self.known.somebody_holds(asked.beside))
                found |= rows
        return found & _is(self.subjects.asked)

    # What is missed

    def _missed(self, wants: Wants) -> _Rows:
        """Met, or lacking one fact; not received; of a kind of aid that somebody looked at."""
        policy, values = self.policy, self.subjects.values
        if policy.kind != "policy" or policy.form == "adjustment":
            return np.zeros(len(values), np.bool_)
        found = _is(values, MET)
        if policy.form in wants.lasting:
            found = found | self._short()
        if not found.any():
            return found
        ledger = self.known.scan.table.ledger
        found = found & self._of(_is(ledger.uncovered((policy.id,)), 0))
        if self.variant.has_event:
            return found & self._recent(wants.since)
        return found & ~self._received()

    def _short(self) -> _Rows:
        """Unknown, by no doubtful condition, lacking one fact, of which somebody may have told."""
        found = _is(self.subjects.values, OPEN)
        scan = self.known.scan
        ops = scan.program.ops
        for arg in ops[self.variant.outcome].args:
            if ops[arg].kind == "remark":
                found = found & ~_is(scan.tri(arg), OPEN)
        found = found & self._lacks_a_condition()
        lacks: Claims = np.zeros(1, np.int16)
        for part in self.variant.parts if found.any() else ():
            lacks = together(lacks, self.known.lacking.of(part))
        return found & ~_is(lacks, MANY)

    def _lacks_a_condition(self) -> _Rows:
        """Where a condition is open, none of them for want of what happens to few and nobody told.

        Where none is, no verified text settles the policy, and no fact would.
        """
        scan = self.known.scan
        found = np.zeros(len(self.subjects.values), np.bool_)
        untold = found
        for part, condition in zip(self.variant.parts, self.variant.conditions, strict=True):
            opened = _is(scan.tri(part), OPEN)
            found = found | opened
            if condition.occasion and opened.any():
                untold = untold | (opened & ~self._of(self.known.may_have_told(condition)))
        return found & ~untold

    def _recent(self, since: date) -> _Rows:
        """Of events whose day is known and not past."""
        events = self.known.scan.frames.of(self.variant.space).things["event"]
        days = self.known.scan.table.stated.get("event.date")
        if not isinstance(days, Column):
            return np.zeros(len(events), np.bool_)
        return _is(days.unknown[events], 0) & (days.values[events] >= since.toordinal())

    def _received(self) -> _Rows:
        """Held by the subject, by the household, or of a household by somebody of it."""
        if self.people is None:
            return self._of(self.known.somebody_holds(self.policy.id))
        ledger = self.known.scan.table.ledger
        return self._held("P") | self._of(_is(ledger.held("H", (self.policy.id,))))

    # What is held

    def held(self) -> _Rows:
        """Held by the subject itself; what goes by events is given, not held."""
        if self.policy.per_event:
            return np.zeros(len(self.subjects.values), np.bool_)
        return self._held("H" if self.people is None else "P")

    def _held(self, base: str) -> _Rows:
        held = self.known.scan.table.ledger.held(base, (self.policy.id,))
        return _is(self._of_base(base, held))

    def _held_otherwise(self) -> _Rows:
        """Held, and a condition of its own fails; or held, met and paid an exact figure."""
        held = self.held()
        if not held.any():
            return held
        values = self.subjects.values
        found = _is(values, MET) & self._paid_otherwise()
        for part, condition in zip(self.variant.parts, self.variant.conditions, strict=True):
            if condition.excluded is None:
                found = found | _is(self.known.scan.tri(part), UNMET)
        return held & found

    def _paid_otherwise(self) -> _Rows:
        """Whether the ledger says that another sum is paid than the rule gives."""
        scan, size = self.known.scan, len(self.subjects.values)
        base, table = "H" if self.people is None else "P", scan.table
        lines = table.ledger.entries.get((base, self.policy.id))
        amount = self.policy.amount_on(scan.program.on)
        exact = amount is not None and amount.kind == "exact"
        if lines is None or self.variant.amount is None or not exact:
            return np.zeros(size, np.bool_)
        told = lines.on(table.ledger.day) & (lines.fen >= 0)
        paid = np.zeros(table.rows(base), np.int64)
        np.add.at(paid, lines.rows[told], lines.fen[told])
        is_told = np.zeros(table.rows(base), np.bool_)
        is_told[lines.rows[told]] = True
        given = cast(Column, scan.values[self.variant.amount])
        paid, is_told = self._of_base(base, paid), self._of_base(base, is_told)
        same = _is(np.maximum(given.values, 0), paid.astype(object) * given.den)
        return is_told & _is(given.unknown, 0) & ~same

    # Conditions

    def failing(self, rows: _Rows) -> Iterator[tuple[frozenset[str], int]]:
        """Which conditions fail together, of those of the rows that are known, and how often."""
        parts = [self.known.scan.tri(part) for part in self.variant.parts]
        for part in parts:
            rows = rows & ~_is(part, OPEN)
        bits = np.zeros(len(rows), np.int64)
        for at, part in enumerate(parts):
            bits |= _is(part, UNMET).astype(np.int64) << at
        names = [condition.id for condition in self.variant.conditions]
        for fails, count in zip(*np.unique(bits[rows], return_counts=True), strict=True):
            failing = (name for at, name in enumerate(names) if int(fails) >> at & 1)
            yield frozenset(failing), int(count)

    # Rows of others for these rows

    def _of(self, households: NDArray[np.bool_]) -> _Rows:
        """What is known of households, for their rows."""
        size = len(self.subjects.values)
        if households.size == 1:
            return np.broadcast_to(households, size)
        return households[self.subjects.household]

    def _of_base(self, base: str, found: NDArray[Any]) -> NDArray[Any]:
        """What is known of households or persons, for their rows."""
        if found.size == 1:
            return np.broadcast_to(found, len(self.subjects.values))
        people = self.people
        return found[self.subjects.household if base == "H" or people is None else people]
