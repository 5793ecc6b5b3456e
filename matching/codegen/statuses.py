"""The status of every policy for every subject of one family, by generated code (状态)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from matching.codegen.lane_writer import LaneFlow, LaneWriter
from matching.codegen.runtime import Day
from matching.ledger import HOUSEHOLD
from matching.model.family import Family
from matching.packs import Pack, Policy
from matching.scan.status import compile_pack

__all__ = ["MET", "UNKNOWN", "UNMET", "Statuses", "statuses_of"]

UNMET, UNKNOWN, MET = 0, 1, 2
_OUTCOMES = bytes.maketrans(b"\x03", b"\x02")
_Rows = list[bytes]
_Table = tuple[bytes, _Rows, _Rows, list[_Rows]]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the statuses of a policy stand; -1: it is not asked so."""

    policy: Policy
    plain: int
    by_event: int


@dataclass(frozen=True, slots=True)
class Statuses:
    """The policies of one pack in force on a day, as one function.

    Attributes:
        source: the text of the function.
        table: a family -> statuses (0 unmet, 1 unknown, 2 met) of the household, of each member,
            of each event, and of each member for each event.
    """

    pack: Pack
    on: date
    source: str
    table: Callable[[Family], _Table]
    _places: tuple[_Place, ...]

    def of(self, family: Family) -> Iterator[tuple[str, str, str | None, int]]:
        """(policy, subject, event, status) of all that `explain` has an item for, in its order."""
        table = self.table(family)
        happened = family.events or ()
        for place in self._places:
            by_event = place.by_event >= 0 and bool(happened)
            for subject, plain, rows in _subjects(place.policy, family, table):
                if not by_event:
                    yield place.policy.id, subject, None, plain[place.plain]
                    continue
                for event, row in zip(happened, rows, strict=True):
                    yield place.policy.id, subject, event.id, row[place.by_event]


def _subjects(policy: Policy, family: Family, table: _Table) -> Iterator[tuple[str, bytes, _Rows]]:
    """Each one for whom a policy is asked, with the own statuses and those for each event."""
    household, persons, events, both = table
    if policy.subject != "person":
        yield HOUSEHOLD, household, events
        return
    for number, member in enumerate(family.members):
        if policy.persons == "all" or persons[number][-1]:
            yield member.id, persons[number], both[number] if both else []


@lru_cache(maxsize=32)  # a place and a day are asked for many families
def statuses_of(pack: Pack, on: date) -> Statuses:
    """The function for a pack on a day; made once.

    Args:
        pack: the full view of a jurisdiction.
        on: the day whose law and figures hold.
    """
    flow = LaneFlow(compile_pack(pack, on))
    writer = LaneWriter(flow)
    source = writer.source()
    names = {**Day(on).names(), **writer.say.constants, "OUTCOMES": _OUTCOMES}
    exec(compile(source, f"<rules of {pack.id} on {on}>", "exec"), names)  # noqa: S102 - our own text
    table: Callable[[Family], _Table] = names["statuses"]  # type: ignore[assignment]
    return Statuses(pack, on, source, table, tuple(_places(flow)))


def _places(flow: LaneFlow) -> Iterator[_Place]:
    """The column of each policy, in the order in which the writer puts them."""
    columns = {space: iter(_columns(flow.order(space))) for space in flow.spaces()}
    for plan in flow.program.plans:
        at = {True: -1, False: -1}
        for variant in plan.variants:
            at[variant.has_event] = next(columns[variant.space])
        yield _Place(plan.policy, at[False], at[True])


def _columns(order: list[int]) -> list[int]:
    return sorted(range(len(order)), key=order.__getitem__)
