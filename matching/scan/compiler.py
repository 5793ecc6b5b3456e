"""From the typed tree of a rule to operations (编译): one case a kind of node.

Each part of a text is computed where its variables live: what asks only of the household once a
household, what asks of one person once a person. Definitions are compiled once.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction

from matching import tree
from matching.packs import Pack
from matching.scan.facts_compiler import FactsCompiler
from matching.scan.program import EVENTS, HOUSEHOLDS, PERSONS, Mode, Scope, Space
from matching.tree import Node, children

__all__ = ["Compiler"]

_OF_A_PERSON = ("obligors", "parents")
_PARTS = {"obligors": ("outside", "home"), "counted": ("members",)}


def _free(node: Node) -> set[str]:
    """Variables of a text that it does not bind itself."""
    found = set[str]()
    for child in children(node):
        found |= _free(child)
    match node:
        case tree.FactRef(var):
            found.add(var)
        case tree.Quantifier(var=var, collection=collection):
            found.discard(var)
            if collection in _OF_A_PERSON:
                found.add("person")
        case (
            tree.Holds(who) | tree.HeldOn(who) | tree.Received(who)
            | tree.MonthsHeld(who) | tree.LastHeld(who)
        ):  # fmt: skip
            found.add(who)
    return found


class Compiler(FactsCompiler):
    """Compiles the texts of one pack for one day into one list of operations."""

    def __init__(self, pack: Pack, on: date):
        super().__init__(pack, on)
        self.kinds: Mapping[type, Callable[..., int]] = {
            tree.Literal: self._literal, tree.Today: self._today, tree.Home: self._home,
            tree.FactRef: self._fact, tree.StandardRef: self._standard, tree.Not: self._not,
            tree.And: self._and, tree.Or: self._and, tree.Compare: self._compare,
            tree.InChoices: self._in_choices, tree.Arith: self._arith, tree.MinMax: self._min_max,
            tree.Cond: self._cond, tree.Quantifier: self._quantifier,
            tree.Overlaps: self._overlaps, tree.Within: self._within, tree.Holds: self._holds,
            tree.HeldOn: self._held_on, tree.Received: self._received,
            tree.MonthsHeld: self._history, tree.LastHeld: self._history,
            tree.MonthsSince: self._months_since, tree.Scale: self._scale,
            tree.Doubt: self._doubt,
        }  # fmt: skip

    def read(self, node: Node, scope: Scope) -> int:
        """The operation that answers `node` for the rows of the scope."""
        used = {scope.names[var] for var in _free(node) if var in scope.names}
        here = self._smallest(used, scope.space)
        if here == scope.space:
            return self.kinds[type(node)](node, scope)
        if here == HOUSEHOLDS:
            inner = self.read(node, replace(scope, space=here, names={}))
            return self.lift(inner, scope.space)
        (only,) = used
        base = "person" if here == PERSONS else "event"
        names = {var: base for var, found in scope.names.items() if found == only}
        inner = self.read(node, replace(scope, space=here, names=names))
        return self.builder.add("gather", scope.space, (inner,), only)

    @staticmethod
    def _smallest(used: set[str], space: Space) -> Space:
        """The least space in which these variables live."""
        if not used:
            return HOUSEHOLDS
        if len(used) > 1 or used <= space.open_vars():
            return space
        return PERSONS if space.vars()[next(iter(used))] == "P" else EVENTS

    # Leaves

    def _literal(self, node: tree.Literal, scope: Scope) -> int:
        if isinstance(node.value, bool):
            return self.builder.add("truth", scope.space, (), node.value)
        kind = "word" if isinstance(node.value, str) else "number"
        return self.builder.add(kind, scope.space, (), node.value)

    def _today(self, _: tree.Today, scope: Scope) -> int:
        return self.builder.add("number", scope.space, (), self.on.toordinal())

    def _home(self, _: tree.Home, scope: Scope) -> int:
        return self.builder.add("word", scope.space, (), self.pack.home_of(scope.pack))

    def _fact(self, node: tree.FactRef, scope: Scope) -> int:
        return self._of(node.var, scope, lambda space: self.fact(node.name, space, scope.mode))

    def _of(self, var: str, scope: Scope, make: Callable[[Space], int]) -> int:
        """Something of one thing: computed among its like, taken from there."""
        bound = scope.names.get(var)
        if bound is None:
            return self.lift(make(HOUSEHOLDS), scope.space)
        base = PERSONS if scope.space.vars()[bound] == "P" else EVENTS
        found = make(base)
        if base == scope.space:
            return found
        return self.builder.add("gather", scope.space, (found,), bound)

    def _standard(self, node: tree.StandardRef, scope: Scope) -> int:
        keys = tuple(self.read(key, scope) for key in node.keys)
        if not keys:
            figure = self.pack.standards[node.id].at(self.on).figure
            if figure is None:
                return self.builder.add("open", scope.space, (), node.id, "value")
            return self.builder.add("number", scope.space, (), figure)
        guessed = self._guessed(node.keys, keys, scope)
        return self.builder.add("standard", scope.space, (*keys, *guessed), node.id, len(keys))

    def _guessed(
        self, nodes: tuple[Node, ...], found: tuple[int, ...], scope: Scope
    ) -> tuple[int, ...]:
        """Without presumptions, what they would have chosen: such an answer would rest on them."""
        if scope.mode is not Mode.BARE:
            return ()
        everything = replace(scope, mode=Mode.ALL)
        guessed = tuple(self.read(node, everything) for node in nodes)
        return () if guessed == found else guessed

    # Truth

    def _not(self, node: tree.Not, scope: Scope) -> int:
        return self.builder.add("not", scope.space, (self.read(node.item, scope),))

    def _and(self, node: tree.And | tree.Or, scope: Scope) -> int:
        items = tuple(self.read(item, scope) for item in node.items)
        return self.builder.add("and" if isinstance(node, tree.And) else "or", scope.space, items)

    def _compare(self, node: tree.Compare, scope: Scope) -> int:
        parts = (self.read(node.left, scope), self.read(node.right, scope))
        return self.builder.add("compare", scope.space, parts, node.op)

    def _in_choices(self, node: tree.InChoices, scope: Scope) -> int:
        item = (self.read(node.item, scope),)
        return self.builder.add("in", scope.space, item, node.choices.values, node.negated)

    def _overlaps(self, node: tree.Overlaps, scope: Scope) -> int:
        item = (self.read(node.item, scope),)
        return self.builder.add("overlaps", scope.space, item, node.choices.values)

    def _within(self, node: tree.Within, scope: Scope) -> int:
        place = self.lift(self.builder.add("place", HOUSEHOLDS), scope.space)
        parts = (self.read(node.code, scope), self.read(node.area, scope))
        return self.builder.add("within", scope.space, (*parts, place))

    def _doubt(self, node: tree.Doubt, scope: Scope) -> int:
        self.read(node.item, scope)
        return self.builder.add("doubt", scope.space, (), node.which)

    # Numbers

    def _arith(self, node: tree.Arith, scope: Scope) -> int:
        left = self.read(node.left, scope)
        if node.op == "/":
            if not isinstance(node.right, tree.Literal) or isinstance(node.right.value, str):
                raise TypeError("a number is divided by a written number only")
            factor = 1 / Fraction(node.right.value)
            return self.builder.add("scale", scope.space, (left,), factor)
        right = self.read(node.right, scope)
        return self.builder.add("arith", scope.space, (left, right), node.op)

    def _min_max(self, node: tree.MinMax, scope: Scope) -> int:
        items = tuple(self.read(item, scope) for item in node.items)
        return self.builder.add("least", scope.space, items, node.which == "max")

    def _scale(self, node: tree.Scale, scope: Scope) -> int:
        factor = Fraction(12) if node.which == "yearly" else Fraction(1, 12)
        return self.builder.add("scale", scope.space, (self.read(node.item, scope),), factor)

    def _cond(self, node: tree.Cond, scope: Scope) -> int:
        parts = tuple(self.read(part, scope) for part in (node.test, node.yes, node.no))
        guessed = self._guessed((node.test,), parts[:1], scope)
        return self.builder.add("cond", scope.space, (*parts, *guessed))

    def _months_since(self, node: tree.MonthsSince, scope: Scope) -> int:
        return self.builder.add("months_since", scope.space, (self.read(node.day, scope),))

    # Collections

    def _quantifier(self, node: tree.Quantifier, scope: Scope) -> int:
        terms, spaces = [], []
        for inner, kept in self._parts(node, scope):
            terms.append(self._term(node, inner, kept))
            spaces.append(inner.space)
        rest = self._rest(node.collection, scope)
        data = (node.which, tuple(spaces), len(terms))
        return self.builder.add("reduce", scope.space, (*terms, *rest), *data)

    def _parts(self, node: tree.Quantifier, scope: Scope) -> Iterator[tuple[Scope, int | None]]:
        """Each stretch of the collection, with whether one belongs to it."""
        name = node.collection
        if name in _OF_A_PERSON and "person" not in scope.names:
            return
        for part in _PARTS.get(name, (name,)):
            if scope.space == HOUSEHOLDS:
                space = EVENTS if part == "events" else PERSONS
                bound = "event" if part == "events" else "person"
            else:
                bound = "each"
                of = scope.names["person"] if name in _OF_A_PERSON else ""
                space = Space(part, scope.space, bound, of)
            inner = replace(scope, space=space, names={**scope.names, node.var: bound})
            kept = self._kept(name, part, node.var, inner)
            if node.filter is not None:
                test = self.read(node.filter, inner)
                kept = test if kept is None else self.builder.add("and", space, (kept, test))
            yield inner, kept

    def _kept(self, name: str, part: str, var: str, inner: Scope) -> int | None:
        if name == "counted":
            return self.read(tree.FactRef(var, "person.counted"), inner)
        return self._owes(var, inner) if part == "home" else None

    def _owes(self, var: str, inner: Scope) -> int:
        """Whether one member owes support to another; who is dead owes nothing, guessed or not."""
        facts = [
            self.read(tree.FactRef(whose, f"person.{fact}"), inner)
            for whose, fact in (("person", "relation"), (var, "relation"), (var, "age"))
        ]
        alive = inner if inner.mode is not Mode.BARE else replace(inner, mode=Mode.ALL)
        life = self.read(tree.FactRef(var, "person.life_status"), alive)
        return self.builder.add("owes", inner.space, (*facts, life))

    def _term(self, node: tree.Quantifier, inner: Scope, kept: int | None) -> int:
        body = self.read(node.body, inner)
        if kept is None:
            return body
        if node.which == "any":
            return self.builder.add("and", inner.space, (kept, body))
        if node.which == "all":
            other = self.builder.add("not", inner.space, (kept,))
            return self.builder.add("or", inner.space, (other, body))
        return self.builder.add("term", inner.space, (kept, body))

    def _rest(self, collection: str, scope: Scope) -> tuple[int, ...]:
        """One unknown more where nobody looked."""
        if collection == "events":
            open_ = self.builder.add("unlisted", HOUSEHOLDS, (), "events")
            return (self.lift(open_, scope.space),)
        if collection == "obligors" and "person" in scope.names:
            return (
                self._of(
                    "person",
                    scope,
                    lambda space: self.builder.add("unlisted", space, (), collection),
                ),
            )
        return ()

    # Ledger

    def _holds(self, node: tree.Holds, scope: Scope) -> int:
        def make(space: Space) -> int:
            if node.lacks and scope.mode is not Mode.BARE:
                return self.lacks(node.policies, space, scope.mode)
            held = self.held(node.policies, space, scope.mode)
            return self.builder.add("not", space, (held,)) if node.lacks else held

        return self._of(node.who, scope, make)

    def _held_on(self, node: tree.HeldOn, scope: Scope) -> int:
        args = [self.read(node.day, scope)]
        bound = scope.names.get(node.who, "")
        if bound:
            args.append(self.read(tree.FactRef(node.who, "person.counted"), scope))
        return self.builder.add("held_at", scope.space, tuple(args), node.policies, bound)

    def _received(self, node: tree.Received, scope: Scope) -> int:
        def make(space: Space) -> int:
            total = self.builder.add("number", space, (), 0)
            for policy in node.policies:
                one = self.received(policy, space, scope.mode)
                total = self.builder.add("arith", space, (total, one), "+")
            return total

        return self._of(node.who, scope, make)

    def _history(self, node: tree.MonthsHeld | tree.LastHeld, scope: Scope) -> int:
        kind = "months_held" if isinstance(node, tree.MonthsHeld) else "last_held"
        return self._of(
            node.who, scope, lambda space: self.builder.add(kind, space, (), node.policies)
        )
