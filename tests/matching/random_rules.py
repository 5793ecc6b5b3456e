"""Rules and families at random (任意规则): every kind of node, every gap, each from one number."""

from datetime import date, timedelta
from fractions import Fraction
from random import Random

from matching import tree
from matching.model.family import (
    AidEntry,
    Coverage,
    Event,
    Fact,
    Family,
    Ledger,
    Obligor,
    Person,
    StaleFact,
)
from matching.packs import Pack
from matching.vocabulary import VOCABULARY, FactType
from tests.matching.random_families import AID, PLACES, RAW, facts, value

CHOICES = ["none", "f", "self", "spouse", "employed", "C", "fire", "grade_1", "no_such_word"]
SETS = ["mental", "visual", "cataract", "verify"]
COLLECTIONS = {"members": "person", "counted": "person", "obligors": "person", "parents": "person",
               "events": "event"}  # fmt: skip
AREAS = ["310104", "31", "3101", "none", "61", "9901"]


class Rules:
    """Typed trees for one pack; `things`: what the place of the rule offers, variable -> entity."""

    def __init__(self, rng: Random, pack: Pack, things: dict[str, str], *, inside: bool = False):
        self.rng, self.pack, self.things, self.inside = rng, pack, things, inside

    def pick(self, depth, leaves, nodes):
        return self.rng.choice(leaves if depth <= 0 else leaves + nodes * 2)(depth - 1)

    def fact(self, *types):
        """A fact or definition of these types, of any variable; None if there is none."""
        options = [
            (var, spec.name)
            for var, entity in self.things.items()
            for spec in VOCABULARY.values()
            if spec.type in types
            and spec.entity in ((entity, "child") if entity == "person" else (entity,))
            and (not spec.derived or spec.name in self.pack.definitions or "age" in spec.name)
        ]
        return tree.FactRef(*self.rng.choice(options)) if options else None

    def who(self):
        people = [var for var, entity in self.things.items() if entity != "event"]
        return self.rng.choice(people)

    def aid(self):
        return tuple(self.rng.sample(AID, self.rng.randint(1, 3)))

    # By type

    def truth(self, depth):
        return self.pick(
            depth,
            [
                lambda _: self.fact(FactType.BOOL) or tree.Literal(False),
                lambda _: self.fact(FactType.BOOL) or tree.Literal(True),
                lambda _: tree.Holds(self.who(), self.aid(), self.rng.random() < 0.5),
                lambda _: tree.Literal(self.rng.random() < 0.5),
            ],
            [
                lambda d: tree.Not(self.truth(d)),
                lambda d: tree.And(tuple(self.truth(d) for _ in range(self.rng.randint(2, 3)))),
                lambda d: tree.Or(tuple(self.truth(d) for _ in range(self.rng.randint(2, 3)))),
                self.comparison,
                self.comparison,
                lambda d: tree.InChoices(self.choice(d), self.choices(CHOICES), depth % 2 == 0),
                self.overlaps,
                lambda d: tree.Within(self.code(d), self.code(d)),
                lambda d: tree.HeldOn(self.who(), self.aid(), self.date(d)),
                lambda d: tree.Doubt("unverified", self.truth(d)),
                lambda d: self.cond(d, self.truth),
                lambda d: self.quantifier(d, ("any", "all")),
                lambda d: self.quantifier(d, ("any", "all")),
            ],
        )

    def comparison(self, depth):
        make = self.rng.choice([self.number, self.number, self.date, self.code, self.choice])
        signs = ["==", "!=", "<", "<=", ">", ">="] if make in (self.number, self.date) else []
        return tree.Compare(self.rng.choice(signs or ["==", "!="]), make(depth), make(depth))

    def number(self, depth):
        return self.pick(
            depth,
            [
                lambda _: self.fact(FactType.NUMBER, FactType.MONEY) or tree.Literal(3),
                lambda _: tree.Literal(self.rng.choice([0, 1, 3, 18, Fraction(1, 10), 700_000])),
                lambda _: self.plain_standard(),
                lambda _: tree.Received(self.who(), self.aid()),
                lambda _: tree.MonthsHeld(self.who(), self.aid()),
            ],
            [
                lambda d: tree.Arith(self.rng.choice("+-*"), self.number(d), self.number(d)),
                lambda d: tree.Arith("/", self.number(d), tree.Literal(Fraction(7, 3))),
                lambda d: tree.MinMax(self.rng.choice(["min", "max"]),
                                      tuple(self.number(d) for _ in range(2))),
                lambda d: tree.Scale(self.rng.choice(["yearly", "monthly"]), self.number(d)),
                lambda d: self.cond(d, self.number),
                lambda d: tree.MonthsSince(self.date(d)),
                self.keyed_standard,
                lambda d: self.quantifier(d, ("sum", "count")),
                lambda d: self.quantifier(d, ("sum", "count")),
            ],
        )  # fmt: skip

    def date(self, depth):
        return self.pick(
            depth,
            [
                lambda _: self.fact(FactType.DATE) or tree.Today(),
                lambda _: tree.Today(),
                lambda _: tree.LastHeld(self.who(), self.aid()),
            ],
            [lambda d: self.cond(d, self.date)],
        )

    def code(self, depth):
        return self.pick(
            depth,
            [
                lambda _: self.fact(FactType.CODE) or tree.Home(),
                lambda _: tree.Home(),
                lambda _: tree.Literal(self.rng.choice(AREAS)),
            ],
            [lambda d: self.cond(d, self.code)],
        )

    def choice(self, depth):
        return self.pick(
            depth,
            [
                lambda _: self.fact(FactType.CHOICE) or tree.Literal("none"),
                lambda _: self.fact(FactType.CHOICE) or tree.Literal("none"),
                lambda _: tree.Literal(self.rng.choice(CHOICES)),
            ],
            [lambda d: self.cond(d, self.choice)],
        )

    def overlaps(self, depth):
        item = self.fact(FactType.SET)
        if item is None:
            return tree.Literal(False)
        if self.rng.random() < 0.3:
            item = self.cond(depth, lambda _: self.fact(FactType.SET))
        return tree.Overlaps(item, self.choices(SETS))

    # Parts

    def choices(self, words):
        return tree.Choices(tuple(self.rng.sample(words, self.rng.randint(1, 3))))

    def cond(self, depth, make):
        return tree.Cond(self.truth(depth), make(depth), make(depth))

    def plain_standard(self):
        plain = sorted(name for name, one in self.pack.standards.items() if not one.keys)
        return tree.StandardRef(self.rng.choice(plain))

    def keyed_standard(self, depth):
        name = self.rng.choice(
            sorted(name for name, one in self.pack.standards.items() if one.keys)
        )
        standard = self.pack.standards[name]
        cells = [cell for cell in standard.cells() if len(cell) == len(standard.keys)]
        keys = []
        for place in range(len(standard.keys)):
            words = sorted({cell[place] for cell in cells}) or ["none"]
            word = tree.Literal(self.rng.choice([*words, "no_such_word"]))
            keys.append(word if self.rng.random() < 0.5 else self.cond(depth, lambda _, w=word: w))
            if self.rng.random() < 0.3:
                keys[-1] = self.choice(depth)
        return tree.StandardRef(name, tuple(keys))

    def quantifier(self, depth, kinds):
        offered = [name for name in COLLECTIONS if "person" in self.things.values()
                   or name not in ("obligors", "parents")]  # fmt: skip
        if "person" not in self.things:
            offered = [name for name in offered if name not in ("obligors", "parents")]
        which, name = self.rng.choice(kinds), self.rng.choice(offered)
        if self.inside:
            return tree.Literal(True) if which in ("any", "all") else tree.Literal(2)
        more = {**self.things, "m": COLLECTIONS[name]}
        inner = Rules(self.rng, self.pack, more, inside=True)
        body = {"any": inner.truth, "all": inner.truth, "sum": inner.number,
                "count": lambda _: tree.Literal(1)}[which](depth)  # fmt: skip
        kept = inner.truth(depth) if self.rng.random() < 0.5 else None
        return tree.Quantifier(which, body, "m", name, kept)


# Families with everything that a file or a store may say


def population(number: int, n: int = 8, prefix: str = "310") -> list[Family]:
    """Families of places that begin with a prefix, each different in kind."""
    rng = Random(number)
    return [_family(f"f{i}", Random(rng.random()), prefix) for i in range(n)]


def _family(name: str, rng: Random, prefix: str) -> Family:
    share = rng.choice([0.1, 0.4, 0.7, 0.9, 1.0])
    ids = [f"p{n}" for n in range(rng.choice([1, 1, 2, 3, 4, 6]))]
    outside = [f"o{n}" for n in range(rng.randint(0, 3))]
    known = (*ids, *outside, "nobody")

    def person(one: str) -> dict[str, object]:
        parents = tuple(rng.sample(known, rng.randint(0, 2)))
        return {"id": one, "parents": parents, **_said(rng, share, "person", "child")}

    events = [
        Event(id=f"e{n}", **_said(rng, share, "event")) for n in range(rng.choice([0, 1, 1, 3]))
    ]
    obligors = tuple(Obligor(of=rng.choice(ids), **person(one)) for one in outside)
    return Family(
        id=name,
        place=rng.choice([place for place in PLACES if place.startswith(prefix)]),
        members=tuple(Person(**person(one)) for one in ids),
        obligors=rng.choice([None, obligors, obligors, ()]),
        obligors_known_for=rng.choice([None, frozenset(ids[:1])]),
        events=rng.choice([None, tuple(events), tuple(events)]),
        ledger=_ledger(rng, ["household", *known]),
        **_said(rng, share, "household"),
    )


def _said(rng: Random, share: float, *entities: str) -> dict[str, object]:
    """Facts, some definitions that somebody states, some values too old to use."""
    found = facts(rng, share, *entities)
    for name in list(found):
        if VOCABULARY[name].unit == "m2" and rng.random() < 0.5:
            found[name] = Fact(value=Fraction(rng.randint(1, 9_999), 100))
    for spec in VOCABULARY.values():
        if spec.derived and spec.entity in entities and rng.random() < 0.05:
            found[spec.name] = Fact(value=value(spec, rng))
    silent = [s for e in entities for s in RAW[e] if s.name not in found and rng.random() < 0.2]
    stale = {
        spec.name: StaleFact(
            value=spec.presume if spec.presume is not None and rng.random() < 0.5
            else value(spec, rng), why="记录已过期")
        for spec in silent
    }  # fmt: skip
    return {"facts": found, "stale": stale}


def _ledger(rng: Random, holders: list[str]) -> Ledger:
    def entry() -> AidEntry:
        start = date(2017, 1, 1) + timedelta(days=rng.randint(0, 3_500))
        until = rng.choice([None, start + timedelta(days=rng.randint(0, 1_500))])
        fen = rng.choice([None, rng.randint(0, 200_000)])
        return AidEntry(policy=rng.choice(AID), to=rng.choice(holders), start=start, until=until,
                        amount_fen=fen)  # fmt: skip

    covered = [
        Coverage(policies=frozenset(rng.sample(AID, rng.randint(1, len(AID)))), as_of=day)
        for day in rng.sample([date(2018, 3, 1), date(2024, 7, 1), date(2026, 5, 1)], 2)
    ]
    return Ledger(
        entries=tuple(entry() for _ in range(rng.choice([0, 1, 2, 6]))),
        complete=rng.random() < 0.3,
        coverage=tuple(rng.sample(covered, rng.randint(0, 2))),
    )
