"""Writes the function of statuses with lanes (并排求值的代码): what many share is asked once."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from matching.codegen.flow import Flow
from matching.codegen.lane_values import Values
from matching.codegen.lane_words import LaneWords
from matching.codegen.lanes import Join, Planner, Sum
from matching.codegen.writer import Work, Writer
from matching.scan.program import Space

__all__ = ["LaneFlow", "LaneWriter"]

_SIGN = {"any": "|", "all": "&"}


@dataclass(slots=True)
class LaneFlow(Flow):
    """The plan where outcomes that have much in common are told as lanes, before all others.

    Attributes:
        values: what truths hang on.
        lanes: space -> the places of the outcomes that are told as lanes, and what they ask.
    """

    values: Values = field(init=False)
    lanes: dict[Space, tuple[list[int], Join]] = field(default_factory=dict)

    def outcomes(self, space: Space) -> list[int]:
        """The outcomes that are told one by one; of persons last who is alive."""
        places = set(self.places(space))
        every = enumerate(Flow.outcomes(self, space))
        return [number for place, number in every if place not in places]

    def tells(self, space: Space) -> bool:
        """Whether anything is told of one space."""
        return space in self.lanes or Flow.tells(self, space)

    def order(self, space: Space) -> list[int]:
        """Which policy stands where in what is told of one space."""
        places = self.places(space)
        every = range(len(self.told(space)))
        return [*places, *(place for place in every if place not in places)]

    def places(self, space: Space) -> list[int]:
        """The places of the outcomes that are told as lanes."""
        return self.lanes[space][0] if space in self.lanes else []

    def roots(self) -> Iterator[tuple[Space, int]]:
        """All that is told, and all that lanes ask, each with its space."""
        yield from Flow.roots(self)
        for space, (_, join) in self.lanes.items():
            yield from ((space, number) for number in join.sources())

    def asked(self) -> Iterator[int]:
        """All that has to be found out; what is summed up in lanes, too."""
        yield from Flow.asked(self)
        for one in self.lane_sums():
            yield from one.body.sources()

    def lane_sums(self) -> Iterator[Sum]:
        """Sums that are made in lanes."""
        for _, join in self.lanes.values():
            yield from join.sums()

    def _bind(self) -> None:
        self.values = Values(self)
        for space in self.spaces():
            if space.parent is None:
                places, join = Planner(self, self.values).row(self.told(space))
                if join is not None:
                    self.lanes[space] = (places, join)
        self._find_live()
        for _, join in self.lanes.values():
            self.bound.update(join.sources())
        read = Counter(arg for number in self.live for arg in self.args(number))
        read.update(number for one in self.lane_sums() for number in one.body.sources())
        for one in self.lane_sums():
            self.bound |= {
                number
                for number in one.body.sources()
                if read[number] > 1 or not self._is_read_there(number, one)
            }
        Flow._bind(self)

    def _is_read_there(self, number: int, one: Sum) -> bool:
        """Whether a sum may read a fact itself: where something else decides, nobody needs it."""
        op = self.op(number)
        return op.kind == "stated" and op.space == one.base and self.turn[number] == one.turn

    def _keep(self) -> None:
        """What a sum asks in a later turn than that in which it is found is kept, too."""
        Flow._keep(self)
        for one in self.lane_sums():
            for number in one.body.sources():
                if self.op(number).space == one.base and self.turn[number] < one.turn:
                    self.kept.add(number)


class LaneWriter(Writer):
    """Writes the function `statuses(family)` for one flow."""

    flow: LaneFlow

    def __init__(self, flow: LaneFlow):
        super().__init__(flow)
        self.lanes = LaneWords(self.say, flow.values)

    def _sums_of(self, work: Work) -> list[Sum]:
        sums = self.flow.lane_sums()
        return [one for one in sums if one.base == work.base and one.turn == work.turn]

    def _tells(self, work: Work) -> bool:
        return super()._tells(work) or bool(self._sums_of(work))

    def _before(self, work: Work) -> None:
        super()._before(work)
        for one in self._sums_of(work):
            self._add(f"{self.lanes.name(one)} = {self.lanes.constant(one.start)}")

    def _sum_up(self, work: Work) -> None:
        super()._sum_up(work)
        for one in self._sums_of(work):
            self._add(f"{self.lanes.name(one)} {_SIGN[one.which]}= {self.lanes.summed(one)}")

    def _row(self, space: Space) -> str:
        if space not in self.flow.lanes:
            return super()._row(space)
        places, join = self.flow.lanes[space]
        text = f"{self.lanes.text(join)}.to_bytes({len(places)}, 'little')"
        if self.flow.outcomes(space):
            text = f"({text} + bytes(({self._told(space)})))"
        return f"{text}.translate(OUTCOMES)"
