"""What is met or open for one family and for want of what, by generated code (理由).

The function answers numbers alone: of each policy that is not unmet, for each of its conditions
that may say no, the bits of the facts that are missing. `told` turns them into names. Words,
clauses, amounts and what was presumed stay with `matching/explain.py`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from matching.codegen.lacking_runtime import held_then, owing
from matching.codegen.reason_writer import ReasonFlow, ReasonWriter
from matching.codegen.runtime import Day
from matching.codegen.statuses import MET, UNKNOWN
from matching.ledger import HOUSEHOLD
from matching.model.family import Event, Family
from matching.packs import Pack
from matching.scan.status import compile_pack
from matching.vocabulary import VOCABULARY

__all__ = ["Found", "Place", "Reason", "Reasons", "reasons_of"]

_Entry = tuple[int, ...] | None
_Row = tuple[_Entry, ...]
_Table = tuple[_Row, list[_Row], list[_Row], list[list[_Row]]]
_Rows = list[_Row]
_Asked = list[tuple[str, _Row, _Rows]]
_KEPT = 1024  # different reasons of one policy
Found = tuple[int, str, str | None, tuple[int, ...]]


class Reason(NamedTuple):
    """Why a policy is met or open.

    `missing`: names of facts, figures and aid, of all conditions together; `conditions`: id, status
    and missing names of each that may say no, in the order of `explain`.
    """

    policy: str
    status: int
    missing: tuple[str, ...]
    conditions: tuple[tuple[str, int, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """For whom a policy is asked (household, all or living members), and where it stands in a row.

    `plain`: where it stands in the row of a subject; `by_event`: in that of an event, -1:
    it is not asked so; `reason`: from its bits to names.
    """

    policy: str
    who: str
    plain: int
    by_event: int
    reason: Callable[[tuple[int, ...]], Reason]


@dataclass(frozen=True, slots=True)
class Reasons:
    """The policies of one pack in force on a day, as one function.

    Attributes:
        source: the text of the function.
        table: a family -> for the household, each member, each event, and each member for each
            event: of each policy None where it is unmet, else bits of all that is missing and of
            what each condition lacks; 0: met.
        names: what the bits stand for, from the second one; the first is open without a name.
        walked: policies for which the code cannot name all that the explaining reading names: they
            are left out here and have to be explained.
        places: what the numbers of `of` stand for.
    """

    pack: Pack
    on: date
    source: str
    table: Callable[[Family], _Table]
    names: tuple[str, ...]
    walked: tuple[str, ...]
    places: tuple[Place, ...]

    def of(self, family: Family) -> list[Found]:
        """(place, subject, event, bits) of all that is met or open, in the order of `explain`."""
        table, happened = self.table(family), family.events or ()
        household, found = table[0], list[Found]()
        asked = _subjects(family, table)
        for number, place in enumerate(self.places):
            if place.who == HOUSEHOLD and not (happened and place.by_event >= 0):
                if (bits := household[place.plain]) is not None:
                    found.append((number, HOUSEHOLD, None, bits))
            else:
                found += _of_each(number, place, asked[place.who], happened)
        return found

    def told(self, family: Family) -> list[tuple[str, str | None, Reason]]:
        """(subject, event, reason with its names), in the same order."""
        places = self.places
        return [
            (subject, event, places[number].reason(bits))
            for number, subject, event, bits in self.of(family)
        ]


def _of_each(
    number: int, place: Place, asked: _Asked, happened: Sequence[Event]
) -> Iterator[Found]:
    """What is met or open of one policy, for each one and each event."""
    for subject, row, rows in asked:
        if not happened or place.by_event < 0:
            if (bits := row[place.plain]) is not None:
                yield number, subject, None, bits
            continue
        for event, one in zip(happened, rows, strict=True):
            if (bits := one[place.by_event]) is not None:
                yield number, subject, event.id, bits


def _subjects(family: Family, table: _Table) -> dict[str, _Asked]:
    """For whom policies are asked, each with the own row and those for each event."""
    household, persons, events, both = table
    rows = both or [[] for _ in persons]
    found = [
        (member.id, row, by_event)
        for member, row, by_event in zip(family.members, persons, rows, strict=False)
    ]
    living = [one for one in found if one[1][-1]]
    return {"household": [(HOUSEHOLD, household, events)], "all": found, "living": living}


@lru_cache(maxsize=32)  # a place and a day are asked for many families
def reasons_of(pack: Pack, on: date) -> Reasons:
    """The function for a pack on a day; made once.

    Args:
        pack: the full view of a jurisdiction.
        on: the day whose law and figures hold.
    """
    flow = ReasonFlow(compile_pack(pack, on))
    writer = ReasonWriter(flow)
    source = writer.source()
    more = {"held_then": held_then, "owing": owing}
    names = {**Day(on).names(), **more, **writer.say.constants}
    exec(compile(source, f"<reasons of {pack.id} on {on}>", "exec"), names)  # noqa: S102 - our own text
    table: Callable[[Family], _Table] = names["reasons"]  # type: ignore[assignment]
    bits, walked = tuple(writer.say.bits), tuple(_walked(flow))
    places = tuple(one for one in _places(flow, bits) if one.policy not in walked)
    return Reasons(pack, on, source, table, bits, walked, places)


def _places(flow: ReasonFlow, names: tuple[str, ...]) -> Iterator[Place]:
    """The column of each policy, in the order in which the writer puts them."""
    counts: dict[object, int] = {}
    for plan in flow.program.plans:
        at = {True: -1, False: -1}
        for variant in plan.variants:
            at[variant.has_event] = counts.setdefault(variant.space, 0)
            counts[variant.space] += 1
        conditions = tuple(condition.id for condition in plan.variants[0].conditions)
        policy = plan.policy
        who = policy.persons if policy.subject == "person" else HOUSEHOLD
        reason = _reasons(policy.id, conditions, names)
        yield Place(policy.id, who, at[False], at[True], reason)


def _reasons(
    policy: str, conditions: tuple[str, ...], names: tuple[str, ...]
) -> Callable[[tuple[int, ...]], Reason]:
    """From the bits of a policy to names; the same few come again and again."""

    def missing(lacks: int) -> tuple[str, ...]:
        return tuple(sorted(name for bit, name in enumerate(names, 1) if lacks >> bit & 1))

    def status(lacks: int) -> int:
        return UNKNOWN if lacks else MET

    @lru_cache(maxsize=_KEPT)
    def reason(bits: tuple[int, ...]) -> Reason:
        lacks, *each = bits
        parts = zip(conditions, each, strict=True)
        told = tuple((name, status(one), missing(one)) for name, one in parts)
        return Reason(policy, status(lacks), missing(lacks), told)

    return reason


def _walked(flow: ReasonFlow) -> Iterator[str]:
    for plan in flow.program.plans:
        if not all(_is_said(flow, variant.parts) for variant in plan.variants):
            yield plan.policy.id


def _is_said(flow: ReasonFlow, parts: Iterable[int]) -> bool:
    """Whether all that may be missing can be named.

    Of a code that is too short to tell, the explaining reading names all that the code came from:
    a fact of its own is known, what a definition or a choice looked at is not.
    """
    seen, waiting = set[int](), list(parts)
    while waiting:
        number = waiting.pop()
        if number in seen:
            continue
        seen.add(number)
        op = flow.op(number)
        if op.kind == "within" and not _is_plain(flow, op.args[0]):
            return False
        waiting.extend(op.args)
    return True


def _is_plain(flow: ReasonFlow, number: int) -> bool:
    op = flow.op(number)
    while op.kind in ("lift", "gather"):
        op = flow.op(op.args[0])
    if op.kind == "fact":
        spec = VOCABULARY[str(op.data[0])]
        return spec.follows is None and spec.told_by is None
    return op.kind == "word"
