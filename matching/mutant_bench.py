"""Whether a golden case notices a mutant (看住): the quick look first, the whole answer second.

A mutant can only change an answer where its text reads otherwise for somebody of the case. So each
case is read once as the rules stand; a mutant's text alone is read beside it, and only where the
two readings differ is the whole policy answered again and compared with what the case expects.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date

from matching.explain import Explainer, subjects_of
from matching.golden import GoldenCase, compare
from matching.model.answer import Answer, Item
from matching.model.family import Event, Person
from matching.mutation import Mutant, mutants
from matching.packs import Catalogue, Condition, Definition, Pack, Policy
from matching.reading import Reading
from matching.seen import Env, Seen
from matching.uses import reach, texts_of

__all__ = ["Bench", "Seat", "narrowed", "survivors"]

_HOUSEHOLD = "household"


def survivors(
    catalogue: Catalogue, cases: Iterable[GoldenCase], only: Collection[str] = ()
) -> tuple[Mutant, ...]:
    """The mutants that no case notices; of these policies and definitions, if any are named."""
    bench = Bench(catalogue, tuple(cases))
    return tuple(
        mutant
        for mutant in mutants(catalogue)
        if (not only or mutant.of in only) and not bench.notices(mutant)
    )


class Bench:
    """The cases, each at its seats: one for each policy that it expects something of.

    Not shared between threads. The seat that noticed the last mutant of a text is asked first
    about the next; the answer does not depend on the order.
    """

    def __init__(self, catalogue: Catalogue, cases: Iterable[GoldenCase]):
        self.catalogue, self.cases = catalogue, tuple(cases)
        self.seats: dict[tuple[str, str], list[Seat]] = {}  # (pack, policy) as stated
        for case in self.cases:
            pack = catalogue.pack_for(case.family.place)
            for name in dict.fromkeys(expected.policy for expected in case.expected):
                policy = pack.policies.get(name)
                if policy is not None:
                    seat = Seat(catalogue, narrowed(case, name), policy, pack)
                    self.seats.setdefault((policy.pack, name), []).append(seat)
        self._reached: dict[tuple[str, str], list[Seat]] | None = None

    def cases_about(self, only: Collection[str]) -> tuple[GoldenCase, ...]:
        """The cases that could tell something of these policies and definitions."""
        if self._reached is None:
            self._reached = self._by_definition()
        places = {
            seat.case.place
            for seats in (self.seats, self._reached)
            for (_, name), taken in seats.items()
            if name in only
            for seat in taken
        }
        return tuple(case for case in self.cases if case.place in places)

    def seats_of(self, mutant: Mutant) -> list["Seat"]:
        """The seats whose policy is changed, or reaches the definition that is changed."""
        if mutant.policy is not None:
            return self.seats.get((mutant.pack, mutant.of), [])
        if self._reached is None:
            self._reached = self._by_definition()
        return self._reached.get((mutant.pack, mutant.of), [])

    def notices(self, mutant: Mutant) -> bool:
        """Whether any case fails under the mutant."""
        seats = self.seats_of(mutant)
        for index, seat in enumerate(seats):
            if seat.differs(mutant) and seat.fails(mutant):
                seats.insert(0, seats.pop(index))
                return True
        return False

    def _by_definition(self) -> dict[tuple[str, str], list["Seat"]]:
        found: dict[tuple[str, str], list[Seat]] = {}
        known: dict[tuple[str, str, date], list[Definition]] = {}
        for seats in self.seats.values():
            for seat in seats:
                key = (seat.whole.id, seat.policy.id, seat.case.on)
                if key not in known:
                    known[key] = list(_reached(seat.whole, seat.policy, seat.case.on))
                for definition in known[key]:
                    found.setdefault((definition.pack, definition.name), []).append(seat)
        return found


def narrowed(case: GoldenCase, policy: str) -> GoldenCase:
    """The case with what it says of one policy only."""
    expected = tuple(one for one in case.expected if one.policy == policy)
    return replace(case, expected=expected, alerts=None)


def _reached(pack: Pack, policy: Policy, day: date) -> Iterator[Definition]:
    """The definitions whose text of the day the policy reads."""
    nodes = {id(node) for node in reach(pack, texts_of(policy, day), day)}
    for definition in pack.definitions.values():
        text = definition.text_on(day)
        if text is not None and id(text.test) in nodes:
            yield definition


class Seat:
    """What one case says of one policy, and how the rules read for it as they stand."""

    def __init__(self, catalogue: Catalogue, case: GoldenCase, policy: Policy, whole: Pack):
        self.catalogue, self.case, self.policy, self.whole = catalogue, case, policy, whole
        self.given = case.expected[0].given
        self._reading: Reading | None = None
        self._envs: tuple[tuple[Env, bool], ...] = ()
        self._seen: dict[int, tuple[Seen, ...]] = {}

    @property
    def pack(self) -> Pack:
        """The pack with the figures that the case supposes, and with this policy alone."""
        supposed = self.whole.supposing(self.case.suppose)
        return replace(supposed, policies={self.policy.id: self.policy})

    @property
    def reading(self) -> Reading:
        """The reading of the rules as they stand, with all that the policy asks looked up."""
        if self._reading is None:
            self._reading = Reading(self.pack, self.case.family, self.case.on)
            self._items(self._reading, self.policy)
            self._envs = tuple(_environments(self.policy, self._reading))
        return self._reading

    def differs(self, mutant: Mutant) -> bool:
        """Whether the changed text reads otherwise for anybody: where not, no answer changes."""
        if mutant.policy is not None:
            return self._condition_differs(mutant)
        return mutant.definition is not None and self._definition_differs(mutant.definition)

    def _condition_differs(self, mutant: Mutant) -> bool:
        condition = self.policy.conditions[mutant.index]
        if not condition.period.holds(self.case.on):
            return False
        reading = self.reading
        if any(not has_event for _, has_event in self._envs):
            return True
        if mutant.index not in self._seen:
            self._seen[mutant.index] = tuple(
                reading.see(condition.test, env) for env, _ in self._envs
            )
        old = self._seen[mutant.index]
        if mutant.test is None:
            return not self._is_idle(condition, old)
        new = (reading.see(mutant.test, env) for env, _ in self._envs)
        return any(not _alike(*pair) for pair in zip(old, new, strict=True))

    def _is_idle(self, condition: Condition, seen: Iterable[Seen]) -> bool:
        """Whether the answer is the same without a condition that is plainly met for everybody."""
        others = (
            other.decides and other.period.holds(self.case.on)
            for other in self.policy.conditions
            if other is not condition
        )
        met = all(one.value is True and not one.presumed for one in seen)
        return met and any(others) and not self.given.get("conditions")

    def _definition_differs(self, definition: Definition) -> bool:
        old = self.whole.definitions[definition.name].text_on(self.case.on)
        new = definition.text_on(self.case.on)
        if old is None or new is None or old.test == new.test:
            return False
        reading = self.reading
        return any(
            reading.see(old.test, env) != reading.see(new.test, env)
            for env in self._asked(reading, definition)
        )

    def _asked(self, reading: Reading, definition: Definition) -> Iterator[Env]:
        """For whom the definition was read; what a family states itself is read from no text."""
        family = self.case.family
        entity = definition.name.split(".", 1)[0]
        variable = entity if entity in (_HOUSEHOLD, "event") else "person"
        things: dict[str, Person | Event] = {event.id: event for event in family.events or ()}
        if entity != "event":
            things = dict(reading.people)
        for name, subject in tuple(reading.memo):
            if name == definition.name:
                thing = None if entity == _HOUSEHOLD else things[subject]
                owner = family if thing is None else thing
                if name not in owner.facts:
                    yield Env(definition.pack, {_HOUSEHOLD: None, variable: thing})

    def fails(self, mutant: Mutant) -> bool:
        """Whether the case fails under the mutant: the policy answered again, and compared."""
        if mutant.definition is not None:
            changed = {**self.whole.definitions, mutant.definition.name: mutant.definition}
            pack = replace(self.pack, definitions=changed)
            items = self._items(Reading(pack, self.case.family, self.case.on), self.policy)
        else:
            items = self._items(self.reading, mutant.policy or self.policy)
        found = Answer(
            household=self.case.family.id, on=self.case.on, place=self.case.family.place,
            catalogue="", items=items, questions=(), alerts=(),
        )  # fmt: skip
        return bool(compare(self.case, found))

    def _items(self, reading: Reading, policy: Policy) -> tuple[Item, ...]:
        """The items of one policy. Deadlines are no rules: what the case says of them is taken."""
        explainer = Explainer(self.catalogue, reading)
        explainer.pack = replace(reading.pack, policies={policy.id: policy})
        items = tuple(explainer.items())
        if "due" not in self.given:
            return items
        due = {"due_if_today": self.given["due"]}
        return tuple(item.model_copy(update=due) for item in items)


def _alike(old: Seen, new: Seen) -> bool:
    """Whether a condition that reads so instead of so leaves the answer as it is."""
    return (
        old.value == new.value
        and set(old.missing) == set(new.missing)
        and set(old.presumed) == set(new.presumed)
    )


def _environments(policy: Policy, reading: Reading) -> Iterator[tuple[Env, bool]]:
    """For whom a policy is asked, and whether the event is there that it asks about."""
    for _, person, event in subjects_of(policy, reading):
        things: dict[str, Person | Event | None] = {_HOUSEHOLD: None}
        things |= {"person": person} if person else {}
        things |= {"event": event} if event else {}
        yield Env(policy.pack, things), event is not None or not policy.per_event
