"""Many truths side by side in one whole number (并排的真值): which ones, and in what groups.

A lane is a byte that holds a truth (0, 1, 3), so that one `&` or `|` serves all lanes. What rules
ask of one value (is the age under 18, is it at least 60, at least 70) is looked up once, for all
lanes together. What few lanes share stays a truth with a name of its own.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from matching.codegen.flow import CONSTANTS, Flow
from matching.codegen.lane_values import NEUTRAL, NOTHING, Source, Values, wide
from matching.scan.program import EVENTS, HOUSEHOLDS, PERSONS, Space

__all__ = ["FEW", "Join", "Lookup", "Planner", "Sum"]

FEW = 3  # what fewer lanes share costs less as a truth of its own
_OTHER = {"and": "or", "or": "and"}
_BEGIN = {"any": 0, "all": 3}  # of nobody
_Parts = Mapping[int, Sequence[int]]  # lane -> operations


@dataclass(frozen=True, slots=True)
class Lookup:
    """What one source says to all lanes that ask it; `absent`: the other lanes."""

    source: Source
    parts: _Parts
    way: str
    absent: int


@dataclass(frozen=True, slots=True)
class Sum:
    """`any` or `all` of each lane over the persons or events of a household, in one turn."""

    which: str
    base: Space
    turn: int
    body: "Join"
    start: int


@dataclass(frozen=True, slots=True)
class Join:
    """Terms that are joined by `and` or by `or`, all lanes at once."""

    way: str
    terms: tuple["Lookup | Sum | Join", ...]

    def sources(self) -> Iterator[int]:
        """The operations that are asked here, not those that sums ask."""
        for term in self.terms:
            if isinstance(term, Lookup):
                yield from term.source.args
            elif isinstance(term, Join):
                yield from term.sources()

    def sums(self) -> Iterator[Sum]:
        """The sums in it."""
        for term in self.terms:
            if isinstance(term, Sum):
                yield term
            elif isinstance(term, Join):
                yield from term.sums()


class _Over(NamedTuple):
    """Sums that can be made together: over the same things, in the same turn."""

    which: str
    base: Space
    turn: int

    def way(self) -> str:
        """How the parts of what is summed up are joined."""
        return "and" if self.which == "any" else "or"


_Group = tuple[Source | _Over | None, int]  # None: parts that are joined the other way


class Planner:
    """Groups what lanes ask by what it is asked of."""

    def __init__(self, flow: Flow, values: Values):
        self.flow, self.values = flow, values
        self.n = 0
        self.popular: set[int] = set()

    def row(self, outcomes: Sequence[int]) -> tuple[list[int], Join | None]:
        """The places of the outcomes that are told as lanes, in order, and how.

        An outcome that asks something that few others ask is not worth a lane.
        """
        parts = {place: self._split([one], "and") for place, one in enumerate(outcomes)}
        parts = {place: some for place, some in parts.items() if any(map(self._hangs, some))}
        while len(parts) >= FEW:
            asked = Counter(part for some in parts.values() for part in some)
            self.popular = {part for part, times in asked.items() if times >= FEW}
            lonely = set(self._lonely(parts, "and"))
            if not lonely:
                self.n = len(parts)
                return list(parts), self._join(dict(enumerate(parts.values())), "and", {})
            parts = {place: some for place, some in parts.items() if place not in lonely}
        return [], None

    def _hangs(self, number: int) -> bool:
        """Whether a truth hangs on anything."""
        return bool(self.values.sources(number))

    def _split(self, numbers: Sequence[int], way: str) -> list[int]:
        """The parts of truths that are joined so, each once."""
        found = dict[int, None]()
        for number in numbers:
            is_joined = self.flow.op(number).kind == way
            found |= dict.fromkeys(
                self._split(self.flow.args(number), way) if is_joined else (number,)
            )
        return list(found)

    def _groups(self, parts: _Parts, way: str) -> dict[_Group, dict[int, list[int]]]:
        """What lanes ask, by what it is asked of; lookups first."""
        found: dict[_Group, dict[int, list[int]]] = {}
        for lane, numbers in parts.items():
            times = Counter[Source | _Over | None]()
            for number in numbers:
                of = self._asked_of(number, way)
                place = 0 if isinstance(of, Source) else times[of]
                times[of] += 1
                found.setdefault((of, place), {}).setdefault(lane, []).append(number)
        return dict(sorted(found.items(), key=lambda one: not isinstance(one[0][0], Source)))

    def _asked_of(self, number: int, way: str) -> Source | _Over | None:
        sources = self.values.sources(number)
        if len(sources) > 1:
            joins = self.flow.op(number).kind == _OTHER[way]
            return None if joins else Source("truth", (number,))
        if self._is_sum(number) and number not in self.popular:
            ((term, _),) = self.flow.terms(number)
            which, base = str(self.flow.op(number).data[0]), self.flow.op(term).space
            return _Over(which, base, self.flow.turn[term])
        return next(iter(sources), NOTHING)

    def _is_sum(self, number: int) -> bool:
        """Whether it is `any` or `all` over persons or events, with nothing beside them."""
        op, args = self.flow.op(number), self.flow.args(number)
        if op.kind != "reduce" or op.space != HOUSEHOLDS or op.data[0] not in ("any", "all"):
            return False
        if len(args) != 1 or op.data[2] != 1:
            return False
        term = self.flow.op(args[0])
        return term.space in (PERSONS, EVENTS) and term.kind not in CONSTANTS

    def _lonely(self, parts: _Parts, way: str) -> Iterator[int]:
        """Lanes that ask what too few lanes ask."""
        for (of, _), lanes in self._groups(parts, way).items():
            if of == NOTHING:
                continue
            if len(lanes) < FEW:
                yield from lanes
            elif not isinstance(of, Source):
                yield from self._lonely(*self._inside(of, lanes, way))

    def _inside(
        self, of: _Over | None, lanes: _Parts, way: str
    ) -> tuple[dict[int, list[int]], str]:
        """The parts of what lanes sum up, or join the other way, and how they are joined."""
        inner = _OTHER[way] if of is None else of.way()
        found = {}
        for lane, some in lanes.items():
            whole = some if of is None else self.flow.args(some[0])
            found[lane] = self._split(whole, inner)
        return found, inner

    def _join(self, parts: _Parts, way: str, rest: Mapping[int, int]) -> Join:
        """All that lanes ask; `rest`: what is said to lanes that are not among them."""
        terms: list[Lookup | Sum | Join] = []
        for (of, _), lanes in self._groups(parts, way).items():
            others = {lane: NEUTRAL[way] for lane in range(self.n) if lane not in lanes}
            if not terms:
                others |= rest
            terms.append(self._term(of, lanes, way, others))
        return Join(way, tuple(terms))

    def _term(
        self, of: Source | _Over | None, lanes: _Parts, way: str, others: Mapping[int, int]
    ) -> "Lookup | Sum | Join":
        if isinstance(of, Source):
            return Lookup(of, lanes, way, wide(others))
        inside, inner = self._inside(of, lanes, way)
        if of is None:
            return self._join(inside, inner, others)
        begin = _BEGIN[of.which]
        start = wide({**dict.fromkeys(lanes, begin), **others})
        body = self._join(inside, inner, dict.fromkeys(others, begin))
        return Sum(of.which, of.base, of.turn, body, start)
