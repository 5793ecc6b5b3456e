"""Facts, definitions and the ledger as operations (事实的编译): what is stated, implied, presumed.

The order is that of `matching/reading.py`: what was stated; a definition; what another fact tells;
what silence stands for.
"""

from abc import ABC, abstractmethod
from datetime import date

from matching import tree
from matching.packs import Definition, Pack
from matching.scan.program import EVENTS, HOUSEHOLDS, PERSONS, Builder, Mode, Scope, Space
from matching.seen import Value
from matching.tree import Node
from matching.uses import reach
from matching.vocabulary import VOCABULARY, FactSpec

__all__ = ["FactsCompiler"]

_LEDGER = (tree.HeldOn, tree.Received, tree.MonthsHeld, tree.LastHeld)
_OWN_VAR = {PERSONS: {"person": "person"}, EVENTS: {"event": "event"}, HOUSEHOLDS: {}}


class FactsCompiler(ABC):
    """What a text may ask of one thing; `read` compiles the texts of definitions."""

    def __init__(self, pack: Pack, on: date):
        self.pack, self.on = pack, on
        self.builder = Builder()
        self._known: dict[tuple[str, Space, Mode], int] = {}
        if self._counted_by_the_ledger():
            raise TypeError("person.counted may ask the ledger by lacks() only")

    @abstractmethod
    def read(self, node: Node, scope: Scope) -> int:
        """The operation that answers `node` for the rows of the scope."""

    def lift(self, op: int, space: Space) -> int:
        """Something of the household, for each of its rows."""
        return op if space == HOUSEHOLDS else self.builder.add("lift", space, (op,))

    # Facts

    def fact(self, name: str, space: Space, mode: Mode) -> int:
        """A fact or definition, for all households, persons or events."""
        key = (name, space, mode)
        if key not in self._known:
            self._known[key] = self._open(name, space)  # a fact that leads back to itself
            self._known[key] = self._fact_anew(name, space, mode)
        return self._known[key]

    def _open(self, name: str, space: Space) -> int:
        return self.builder.add("open", space, (), name, "fact")

    def _fact_anew(self, name: str, space: Space, mode: Mode) -> int:
        stated = self.builder.add("stated", space, (), name)
        if name == "person.age" and space == PERSONS:
            birth = self.fact("person.birth_date", space, mode)
            age = self.builder.add("age", space, (birth,))
            return self.builder.add("first", space, (stated, age), name, False)
        definition = self.pack.definitions.get(name)
        if definition is not None:
            computed, only_people = self._definition(definition, space, mode)
            return self.builder.add("first", space, (stated, computed), name, only_people)
        spec = VOCABULARY.get(name)
        found = stated if spec is None else self._silence(spec, stated, space, mode)
        return self.builder.add("fact", space, (found,), name)

    def _definition(self, definition: Definition, space: Space, mode: Mode) -> tuple[int, bool]:
        """The computed value, and whether it may be unknown where no fact is missing."""
        text = definition.text_on(self.on)
        if text is None or text.flag not in ("seed", "search"):
            return self._open(definition.name, space), False
        scope = Scope(space, _OWN_VAR[space], definition.pack, mode)
        doubts = any(isinstance(part, tree.Doubt) for part in tree.walk(text.test))
        return self.read(text.test, scope), doubts

    def _silence(self, spec: FactSpec, stated: int, space: Space, mode: Mode) -> int:
        found = stated
        for other in spec.implied_by:
            told = self.builder.add("is_told", space, (), other)
            found = self._else(found, told, space, spec.name, "fresh")
        if spec.follows is not None:
            parent, value = spec.follows
            parts = tuple(self.fact(parent, space, how) for how in (Mode.ALL, Mode.BARE))
            told = self.builder.add("follows", space, (*parts, self._constant(value, space)))
            found = self._else(found, told, space, spec.name, "fresh")
        if spec.told_by is not None:
            parent, values, value = spec.told_by
            parts = (self.fact(parent, space, Mode.ALL), self._constant(value, space))
            told = self.builder.add("told_by", space, parts, tuple(sorted(map(str, values))))
            found = self._else(found, told, space, spec.name, "fresh")
        return self._presumed(spec, found, space, mode)

    def _presumed(self, spec: FactSpec, found: int, space: Space, mode: Mode) -> int:
        """What silence stands for, as far as the mode lets it speak."""
        if mode is Mode.BARE:
            return found
        sure = mode is Mode.SURE
        if spec.presume is not None and not (sure and (spec.at_home is None or space != PERSONS)):
            guard = "presumed_at_home" if sure else "presumed"
            found = self._else(found, self._constant(spec.presume, space), space, spec.name, guard)
        if spec.at_home is not None and space == PERSONS:
            found = self._else(
                found, self._constant(spec.at_home, space), space, spec.name, "at_home"
            )
        return found

    def _else(self, found: int, other: int, space: Space, name: str, guard: str) -> int:
        return self.builder.add("else", space, (found, other), name, guard)

    def _constant(self, value: Value, space: Space) -> int:
        if isinstance(value, bool):
            return self.builder.add("truth", space, (), value)
        if isinstance(value, date):
            return self.builder.add("number", space, (), value.toordinal())
        kind = "word" if isinstance(value, str) else "set" if isinstance(value, tuple) else "number"
        return self.builder.add(kind, space, (), value)

    # Ledger

    def _counted_by_the_ledger(self) -> bool:
        """Whether `person.counted` may be unknown for want of the ledger alone."""
        asked = tree.FactRef("person", "person.counted")
        return any(
            isinstance(part, _LEDGER) or (isinstance(part, tree.Holds) and not part.lacks)
            for text in reach(self.pack, [asked], self.on)
            for part in tree.walk(text)
        )

    def _counted(self, space: Space, mode: Mode) -> tuple[int, ...]:
        return (self.fact("person.counted", space, mode),) if space == PERSONS else ()

    def held(self, policies: tuple[str, ...], space: Space, mode: Mode) -> int:
        """Whether one of these is held; of a person also by the household."""
        return self.builder.add("held", space, self._counted(space, mode), policies)

    def lacks(self, policies: tuple[str, ...], space: Space, mode: Mode) -> int:
        """That none of these is held; silence of the ledger stands for that."""
        counted = self._counted(space, mode)
        return self.builder.add("lacks", space, counted, policies)

    def received(self, policy: str, space: Space, mode: Mode) -> int:
        """A month's amount of one aid; a person's share of the household's is in no ledger."""
        counted = self._counted(space, mode)
        held = self.builder.add("held", space, counted, (policy,))
        return self.builder.add("received", space, (held, *counted), policy)
