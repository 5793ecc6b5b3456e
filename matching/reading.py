"""The explaining reading of one rule for one family (逐条解释的求值).

Walks the tree and answers a value or UNKNOWN, together with what it looked at: facts and figures
used, those that are missing, those presumed from silence, and doubts. It is the oracle for faster
readings.
"""

import operator
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction

from matching import tree
from matching.ledger import HOUSEHOLD, entries_for, held_on, uncovered
from matching.model.family import Event, Fact, Family, Obligor, Person, StaleFact
from matching.packs import Pack
from matching.seen import (
    NEVER,
    UNKNOWN,
    Env,
    Seen,
    Slot,
    Unknown,
    Use,
    Value,
    age_on,
    conjunction,
    disjunction,
    merge,
    months_between,
    negation,
)
from matching.support_duty import ADULT, Duty, duty_of
from matching.tree import Node
from matching.vocabulary import VOCABULARY, FactSpec

__all__ = ["Reading"]

_DAY = timedelta(days=1)
_OPS: dict[str, Callable[..., Value]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt,
    ">=": operator.ge, "+": operator.add, "-": operator.sub, "*": operator.mul,
    "/": lambda left, right: Fraction(left) / right,
}  # fmt: skip


class Reading:
    """One family, as the rules of one pack see it on one day. Not shared between threads.

    Args:
        pack: the full view of the family's jurisdiction.
        family: facts already chosen.
        on: the day asked about.
        name: from the id of an aid to its Chinese name, for words only.
    """

    def __init__(self, pack: Pack, family: Family, on: date, name: Callable[[str], str] = str):
        self.pack, self.family, self.on, self.name = pack, family, on, name
        self.memo: dict[Use, Seen] = {}
        self.people: dict[str, Person] = {
            person.id: person for person in (*family.members, *(family.obligors or ()))
        }
        self.readers: dict[type, Callable[..., Seen]] = {
            tree.Literal: self._literal, tree.Choices: self._literal, tree.FactRef: self._fact,
            tree.StandardRef: self._standard, tree.Today: self._today, tree.Home: self._home,
            tree.Not: self._not, tree.And: self._and, tree.Or: self._or,
            tree.Compare: self._compare, tree.InChoices: self._in_choices,
            tree.Arith: self._arith, tree.MinMax: self._min_max, tree.Cond: self._cond,
            tree.Quantifier: self._quantifier, tree.Overlaps: self._overlaps,
            tree.Within: self._within, tree.Holds: self._holds, tree.HeldOn: self._held_on,
            tree.Received: self._received, tree.MonthsHeld: self._months_held,
            tree.LastHeld: self._last_held, tree.MonthsSince: self._months_since,
            tree.Scale: self._scale, tree.Doubt: self._doubt,
        }  # fmt: skip

    def see(self, node: Node, env: Env) -> Seen:
        """What `node` answers in `env`, with its evidence."""
        return self.readers[type(node)](node, env)

    # Leaves

    @staticmethod
    def _literal(node: tree.Literal | tree.Choices, _: Env) -> Seen:
        return Seen(node.value if isinstance(node, tree.Literal) else node.values)

    def _today(self, _: tree.Today, __: Env) -> Seen:
        return Seen(self.on)

    def _home(self, _: tree.Home, env: Env) -> Seen:
        return Seen(self.pack.home_of(env.pack))

    def _fact(self, node: tree.FactRef, env: Env) -> Seen:
        return self.fact(node.name, env.things.get(node.var))

    def fact(self, name: str, thing: Person | Event | Slot | None) -> Seen:
        """A fact or definition of a person, an event, or the household (None)."""
        if isinstance(thing, Slot):
            return Seen(UNKNOWN, missing=(("child.parents", thing.child),))
        owner = self.family if thing is None else thing
        use = (name, HOUSEHOLD if thing is None else thing.id)
        if use not in self.memo:
            self.memo[use] = Seen(UNKNOWN, missing=(use,))  # a fact that leads back to itself
            stated = owner.facts.get(name)
            self.memo[use] = (
                Seen(stated.value, used=(use,))
                if stated is not None
                else self._unstated(use, thing)
            )
        return self.memo[use]

    def _unstated(self, use: Use, thing: Person | Event | None) -> Seen:
        name = use[0]
        if name == "person.age" and isinstance(thing, Person):
            birth = self.fact("person.birth_date", thing)
            return (
                Seen(age_on(birth.value, self.on), birth.used)
                if isinstance(birth.value, date)
                else birth
            )
        definition = self.pack.definitions.get(name)
        if definition is not None:
            text = definition.text_on(self.on)
            if text is None:
                return Seen(UNKNOWN, used=(use,), missing=(use,))
            entity = name.split(".", 1)[0]
            var = {"household": "household", "event": "event"}.get(entity, "person")
            seen = self.see(text.test, Env(definition.pack, {"household": None, var: thing}))
            if text.flag not in ("seed", "search"):
                seen = Seen(UNKNOWN, seen.used, doubts=(text.flag,))
            # what only a person can decide may be stated, so it is what is missing
            left = seen.missing or ((use,) if isinstance(seen.value, Unknown) else ())
            return Seen(seen.value, seen.used, left, seen.presumed, seen.doubts)
        return self._silence(use, thing)

    def _silence(self, use: Use, thing: Person | Event | None) -> Seen:
        owner = self.family if thing is None else thing
        spec, stale = VOCABULARY.get(use[0]), owner.stale.get(use[0])
        if (
            spec is not None
            and stale is None
            and (known := self._told_by_another(spec, thing)) is not None
        ):
            return known
        if (
            spec is not None
            and spec.presume is not None
            and (stale is None or stale.value == spec.presume)
        ):
            return Seen(spec.presume, used=(use,), presumed=(use,))
        lives_here = isinstance(thing, Person) and not isinstance(thing, Obligor)
        if spec is not None and spec.at_home is not None and lives_here and stale is None:
            return Seen(spec.at_home, used=(use,), presumed=(use,))
        return Seen(UNKNOWN, used=(use,), missing=(use,))

    def _told_by_another(self, spec: FactSpec, thing: Person | Event | None) -> Seen | None:
        """A certificate follows from its grade; no certificate, no grade; a child has no job."""
        owner, subject = (self.family, HOUSEHOLD) if thing is None else (thing, thing.id)
        for name in spec.implied_by:
            if name in owner.facts:
                return Seen(True, used=((name, subject),))
        if spec.follows is not None:
            told = self.fact(spec.follows[0], thing)
            if told.value is False and not told.presumed:
                return Seen(spec.follows[1], used=told.used)
        if spec.told_by is not None:
            told = self.fact(spec.told_by[0], thing)
            if told.value in spec.told_by[1]:
                return Seen(spec.told_by[2], used=told.used)
        return None

    def _standard(self, node: tree.StandardRef, env: Env) -> Seen:
        use = (node.id, "")
        standard = self.pack.standards[node.id]
        keys = [self.see(key, env) for key in node.keys]
        if any(isinstance(key.value, Unknown) for key in keys):
            return self._cells_left(node, keys, use)
        figure = standard.at(self.on, tuple(str(key.value) for key in keys)).figure
        own = Seen(UNKNOWN, (use,), (use,)) if figure is None else Seen(figure, (use,))
        return merge(own.value, (*keys, own))

    def _cells_left(self, node: tree.StandardRef, keys: list[Seen], use: Use) -> Seen:
        """A key is unknown: the figure is known all the same if every cell that is left agrees."""
        standard = self.pack.standards[node.id]
        left = [
            cell
            for cell in standard.cells()
            if len(cell) == len(keys)
            and all(
                isinstance(key.value, Unknown) or key.value == part
                for key, part in zip(keys, cell, strict=True)
            )
        ]
        figures = {standard.at(self.on, cell).figure for cell in left}
        known = [figure for figure in figures if figure is not None]
        value = known[0] if len(known) == len(figures) == 1 else UNKNOWN
        own = Seen(value, (use,), (use,) if None in figures or not figures else ())
        return merge(value, (*keys, own), (*keys, own) if known else (own,))

    # Truth

    def _not(self, node: tree.Not, env: Env) -> Seen:
        return negation(self.see(node.item, env))

    def _and(self, node: tree.And, env: Env) -> Seen:
        return conjunction(self.see(item, env) for item in node.items)

    def _or(self, node: tree.Or, env: Env) -> Seen:
        return disjunction(self.see(item, env) for item in node.items)

    def _strict(self, parts: list[Seen], work: Callable[..., Value]) -> Seen:
        unknown = [part for part in parts if isinstance(part.value, Unknown)]
        value = UNKNOWN if unknown else work(*(part.value for part in parts))
        return merge(value, parts, unknown)

    def _compare(self, node: tree.Compare, env: Env) -> Seen:
        return self._strict([self.see(node.left, env), self.see(node.right, env)], _OPS[node.op])

    def _in_choices(self, node: tree.InChoices, env: Env) -> Seen:
        values = node.choices.values
        item = [self.see(node.item, env)]
        return self._strict(item, lambda value: (value in values) != node.negated)

    def _overlaps(self, node: tree.Overlaps, env: Env) -> Seen:
        wanted = set(node.choices.values)
        return self._strict([self.see(node.item, env)], lambda item: bool(wanted & set(item)))

    def _within(self, node: tree.Within, env: Env) -> Seen:
        code, area = self.see(node.code, env), self.see(node.area, env)
        if area.value == "" and isinstance(code.value, str):
            return self._near(code, area)
        inside = self._strict([code, area], lambda a, b: a != "none" and a.startswith(b))
        shorter = self._strict([code, area], lambda a, b: a != b and b.startswith(a))
        return Seen(UNKNOWN, code.used, code.used) if shorter.value is True else inside

    def _near(self, code: Seen, area: Seen) -> Seen:
        """No pack says what is local here: the same county is, another province is not."""
        place, other, parts = self.family.place, str(code.value), (code, area)
        if other.startswith(place[:6]):
            return merge(True, parts)
        if other[:2] == place[:2]:
            return merge(UNKNOWN, parts, (Seen(UNKNOWN, missing=(("HOME", ""),)),))
        return merge(False, parts)

    def _doubt(self, node: tree.Doubt, env: Env) -> Seen:
        seen = self.see(node.item, env)
        return Seen(UNKNOWN, seen.used, (), seen.presumed, (node.which,))

    # Numbers

    def _arith(self, node: tree.Arith, env: Env) -> Seen:
        return self._strict([self.see(node.left, env), self.see(node.right, env)], _OPS[node.op])

    def _min_max(self, node: tree.MinMax, env: Env) -> Seen:
        items = [self.see(item, env) for item in node.items]
        return self._strict(items, min if node.which == "min" else max)

    def _scale(self, node: tree.Scale, env: Env) -> Seen:
        year = 12
        return self._strict(
            [self.see(node.item, env)],
            lambda item: item * year if node.which == "yearly" else Fraction(item) / year,
        )

    def _cond(self, node: tree.Cond, env: Env) -> Seen:
        test = self.see(node.test, env)
        if not isinstance(test.value, Unknown):
            branch = self.see(node.yes if test.value else node.no, env)
            return merge(branch.value, (test, branch), (branch,))
        yes, no = self.see(node.yes, env), self.see(node.no, env)
        same = not isinstance(yes.value, Unknown) and yes.value == no.value
        return merge(yes.value if same else UNKNOWN, (test, yes, no), (test,))

    def _months_since(self, node: tree.MonthsSince, env: Env) -> Seen:
        return self._strict([self.see(node.day, env)], lambda day: months_between(day, self.on))

    # Collections

    def _quantifier(self, node: tree.Quantifier, env: Env) -> Seen:
        parts = [
            (kept, env.bind(node.var, thing))
            for thing, kept in self.collection(node.collection, env.things.get("person"))
        ]
        rest = self._unlisted(node.collection, env.things.get("person"))
        if node.filter is not None:
            parts = [
                (conjunction((kept, self.see(node.filter, inner))), inner) for kept, inner in parts
            ]
        if node.which == "any":
            return disjunction(
                [*(conjunction((kept, self.see(node.body, inner))) for kept, inner in parts), *rest]
            )
        if node.which == "all":
            return conjunction(
                [
                    *(
                        disjunction((negation(kept), self.see(node.body, inner)))
                        for kept, inner in parts
                    ),
                    *rest,
                ]
            )
        terms = [self._term(kept, node.body, inner) for kept, inner in parts]
        return self._strict([*terms, *rest], lambda *values: sum(values, start=0))

    def _term(self, kept: Seen, body: Node, env: Env) -> Seen:
        if kept.value is False:
            return Seen(0, kept.used, (), kept.presumed)
        if isinstance(kept.value, Unknown):
            return kept
        term = self.see(body, env)
        return merge(term.value, (kept, term), (term,))

    def collection(
        self, name: str, person: Person | Event | Slot | None
    ) -> list[tuple[Person | Event | Slot, Seen]]:
        """Who is in a collection, each with whether it really belongs to it."""
        sure = Seen(True)
        if name == "events":
            return [(event, sure) for event in self.family.events or ()]
        if name == "members":
            return [(member, sure) for member in self.family.members]
        if name == "counted":
            return [(member, self.fact("person.counted", member)) for member in self.family.members]
        if not isinstance(person, Person):
            return []
        if name == "parents":
            named = [self.people[parent] for parent in person.parents if parent in self.people]
            people: list[Person | Slot] = [*named, *[Slot(person.id)] * (2 - len(named))]
            return [(parent, sure) for parent in people]
        outside = [(other, sure) for other in self.family.obligors or () if other.of == person.id]
        return [*outside, *self._obligors_at_home(person)]

    def _unlisted(self, name: str, person: Person | Event | Slot | None) -> list[Seen]:
        """One unknown more where nobody looked."""
        if name == "events" and self.family.events is None:
            return [Seen(UNKNOWN, missing=(("events", HOUSEHOLD),))]
        if name == "obligors" and isinstance(person, Person) and not self._obligors_known(person):
            return [Seen(UNKNOWN, missing=(("obligors", person.id),))]
        return []

    def _obligors_known(self, person: Person) -> bool:
        known = self.family.obligors_known_for
        return self.family.obligors is not None and (known is None or person.id in known)

    def _obligors_at_home(self, person: Person) -> list[tuple[Person, Seen]]:
        """Members who owe support; one whose relation is not known may be one."""
        if isinstance(person, Obligor):
            return []
        others = [other for other in self.family.members if other.id != person.id]
        found = [(other, self._owes(person, other)) for other in others]
        return [(other, owes) for other, owes in found if owes.value is not False]

    def _owes(self, person: Person, other: Person) -> Seen:
        """Whether `other` owes support to `person`, by their relations to the head."""
        own, theirs = (self.fact("person.relation", one) for one in (person, other))
        if self.fact("person.life_status", other).value == "deceased":
            return Seen(False)
        if isinstance(own.value, Unknown) or isinstance(theirs.value, Unknown):
            return merge(UNKNOWN, (own, theirs))
        uses = (*own.used, *theirs.used)
        match duty_of(str(own.value), str(theirs.value)):
            case Duty.YES:
                return Seen(True, uses)
            case Duty.MAYBE:
                return Seen(UNKNOWN, uses, uses)
            case Duty.WHEN_ADULT:
                return self._strict([self.fact("person.age", other)], lambda years: years >= ADULT)
            case Duty.NO:
                return Seen(False, uses)

    # Ledger

    def _holder(self, who: str, env: Env) -> tuple[str, Person | None]:
        thing = env.things.get(who)
        return (thing.id, thing) if isinstance(thing, Person) else (HOUSEHOLD, None)

    def _ledger(self, node: tree.Holds | tree.HeldOn | tree.Received, env: Env, day: date) -> Seen:
        """Whether one of the policies is held on `day`; UNKNOWN where nobody looked."""
        to, person = self._holder(node.who, env)
        if isinstance(env.things.get(node.who), Slot):
            return self.fact("person.life_status", env.things[node.who])
        ledger = self.family.ledger
        own = held_on(ledger, to, node.policies, day)
        if own:
            return Seen(True, tuple((f"benefit.{entry.policy}", to) for entry in own))
        silent = self._silent(person, node.policies, day)
        unsaid = tuple((f"benefit.{policy}", to) for policy in silent)
        looked = tuple((f"benefit.{policy}", to) for policy in node.policies)
        rest = Seen(UNKNOWN, looked, unsaid) if silent else Seen(False, looked)
        shared = self._shared(person, node.policies, day)
        return rest if shared is None else disjunction((shared, rest))

    def _shared(self, person: Person | None, policies: tuple[str, ...], day: date) -> Seen | None:
        """Whether the person has a part in what the household holds; None if it holds nothing."""
        held = held_on(self.family.ledger, HOUSEHOLD, policies, day)
        if not held or person is None or isinstance(person, Obligor):
            return None
        through = tuple((f"benefit.{entry.policy}", HOUSEHOLD) for entry in held)
        counted = self.fact("person.counted", person)
        return merge(counted.value, (counted, Seen(True, through)), (counted,))

    def _silent(
        self, person: Person | None, policies: tuple[str, ...], day: date
    ) -> tuple[str, ...]:
        """For which policies silence says nothing; an outsider's ledger is not ours to know."""
        return (
            policies
            if isinstance(person, Obligor)
            else uncovered(self.family.ledger, policies, day)
        )

    def _holds(self, node: tree.Holds, env: Env) -> Seen:
        seen = self._ledger(node, env, self.on)
        if not node.lacks:
            return seen
        only_silence = all(name.startswith("benefit.") for name, _ in seen.missing)
        if isinstance(seen.value, Unknown) and seen.missing and only_silence and not seen.doubts:
            return Seen(True, seen.used, presumed=(*seen.presumed, *seen.missing))
        return negation(seen)

    def _held_on(self, node: tree.HeldOn, env: Env) -> Seen:
        day = self.see(node.day, env)
        if not isinstance(day.value, date):
            return day
        held = self._ledger(node, env, day.value)
        return merge(held.value, (day, held), (held,))

    def _received(self, node: tree.Received, env: Env) -> Seen:
        parts = [self._received_of(policy, node.who, env) for policy in node.policies]
        return self._strict(parts, lambda *amounts: sum(amounts, start=0))

    def _received_of(self, policy: str, who: str, env: Env) -> Seen:
        """A month's amount of one aid; a person's share of the household's is in no ledger."""
        to, person = self._holder(who, env)
        use = (f"benefit.{policy}", to)
        held = self._ledger(tree.Holds(who, (policy,)), env, self.on)
        if held.value is not True:
            return held if isinstance(held.value, Unknown) else merge(0, (held,))
        shared = self._shared(person, (policy,), self.on) or Seen(False)
        own = held_on(self.family.ledger, to, (policy,), self.on)
        amounts = [entry.amount_fen for entry in own if entry.amount_fen is not None]
        if shared.value is not False or len(amounts) < len(own):
            return merge(UNKNOWN, (held, shared, Seen(UNKNOWN, missing=(use,))))
        return merge(sum(amounts), (held,))

    def _history(
        self, node: tree.MonthsHeld | tree.LastHeld, env: Env
    ) -> tuple[Seen, list[tuple[date, date]]]:
        """Spans held up to the day asked about; first, whether the ledger knows them all."""
        to, person = self._holder(node.who, env)
        uses = tuple((f"benefit.{policy}", to) for policy in node.policies)
        if isinstance(env.things.get(node.who), Slot):
            return self.fact("person.life_status", env.things[node.who]), []
        spans = [
            (entry.start, min(entry.until or self.on, self.on - _DAY) + _DAY)
            for entry in entries_for(self.family.ledger, to, node.policies)
            if entry.start <= self.on
        ]
        silent = self._silent(person, node.policies, self.on)
        return (Seen(UNKNOWN, uses, uses) if silent else Seen(True, uses)), spans

    def _months_held(self, node: tree.MonthsHeld, env: Env) -> Seen:
        known, spans = self._history(node, env)
        if known.value is UNKNOWN:
            return known
        return Seen(sum(months_between(start, end) for start, end in spans), known.used)

    def _last_held(self, node: tree.LastHeld, env: Env) -> Seen:
        known, spans = self._history(node, env)
        if known.value is UNKNOWN:
            return known
        return Seen(max((start for start, _ in spans), default=NEVER), known.used)

    # For the answer

    def provenance(self, use: Use) -> Fact | None:
        """Where a used fact comes from; None for figures, aid and silence."""
        owner = self._owner(use)
        return owner.facts.get(use[0]) if owner is not None else None

    def again(self, use: Use) -> Seen:
        """What is known of a fact that was used."""
        owner = self._owner(use)
        if owner is None:
            return Seen(UNKNOWN)
        return self.fact(use[0], None if isinstance(owner, Family) else owner)

    def stale(self, use: Use) -> StaleFact | None:
        """The value that could not be used, if there is one."""
        owner = self._owner(use)
        return owner.stale.get(use[0]) if owner is not None else None

    def _owner(self, use: Use) -> Family | Person | Event | None:
        name, subject = use
        if subject == HOUSEHOLD:
            return self.family
        if not name.startswith("event."):
            return self.people.get(subject)
        return next((event for event in self.family.events or () if event.id == subject), None)
