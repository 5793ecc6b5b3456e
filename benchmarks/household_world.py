"""120 rules and families for the measurement of one household: generated, no real person.

The thirty rules of the scan four times, each time with other ages, factors and shares, so that no
two are equal; 2.5 members a family, 15 in a hundred of all facts missing.
"""

import re
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

from benchmarks.scan_world import AIDS, ON, RULES, pack_of_rules
from matching.fact_kinds import FactSpec, FactType
from matching.model.family import AidEntry, Fact, Family, Ledger, Person
from matching.packs import Catalogue, Condition, Pack, Period
from matching.rules import Names, Scope, StandardShape, read_rule
from matching.tree import FactRef, Kind, Node, Type, walk
from matching.units import parse_unit
from matching.vocabulary import VOCABULARY

__all__ = ["families", "pack_of_household_rules", "rules", "trees"]

_ROUNDS = 4
_GAP = 0.15
_SIZES = ((1, 2, 3, 4, 5), (27, 28, 22, 13, 10))


def rules() -> list[str]:
    """The texts; each differs from every other."""
    found = [
        _varied(text, round_, number // 10)
        for round_ in range(_ROUNDS)
        for number, text in enumerate(RULES)
    ]
    if len(set(found)) != len(found):
        raise ValueError("two rules are equal")
    return found


def _varied(text: str, round_: int, family: int) -> str:
    def age(found: re.Match[str]) -> str:
        return f"{found[1]}{int(found[2]) + 3 * round_ + family}"

    def factor(found: re.Match[str]) -> str:
        return f"{found[1]}{float(found[2]) + round_ / 4:g}"

    def share(found: re.Match[str]) -> str:
        return f"{found[1]}{float(found[2]) + round_ / 20:.2f}"

    text = re.sub(r"(m\.age >= )(\d+)", age, text)
    text = re.sub(r"(DIBAO_LINE \* )([\d.]+)", factor, text)
    return re.sub(r"(annual_income \* )([\d.]+)", share, text)


def trees(catalogue: Catalogue) -> list[Node]:
    """The rules as typed trees."""
    names = Names(
        standards={"DIBAO_LINE": StandardShape(parse_unit("CNY/person/month"))},
        definitions=frozenset(catalogue.packs["cn/shanghai"].definitions),
        aid=frozenset(AIDS),
    )
    found = []
    for text in rules():
        node, problems = read_rule(text, names, Scope.of(), Type(Kind.BOOL))
        if node is None:
            raise ValueError((text, problems))
        found.append(node)
    return found


def pack_of_household_rules(catalogue: Catalogue) -> Pack:
    """A pack whose policies are the rules, one condition each."""
    pack = pack_of_rules(catalogue)
    plain = pack.policies["rule_00"]
    policies = {}
    for number, node in enumerate(trees(catalogue)):
        name = f"rule_{number:03d}"
        condition = Condition("it", "", node, "seed", Period(), ())
        policies[name] = replace(plain, id=name, conditions=(condition,))
    return replace(pack, policies=policies)


def families(n: int, asked: list[Node], seed: int) -> list[Family]:
    """Families with the facts that the rules ask for, and what tells them."""
    rng = Random(seed)  # noqa: S311 - a made-up population
    names = {part.name for node in asked for part in walk(node) if isinstance(part, FactRef)}
    names |= {"person.birth_date", "person.disability_cert"}
    specs = [VOCABULARY[name] for name in sorted(names) if not VOCABULARY[name].derived]
    return [_family(f"f{number}", rng, specs) for number in range(n)]


def _family(name: str, rng: Random, specs: list[FactSpec]) -> Family:
    size = rng.choices(*_SIZES)[0]
    own = [spec for spec in specs if spec.entity == "household"]
    of_person = [spec for spec in specs if spec.entity != "household"]
    entries = tuple(
        AidEntry(policy=aid, to="household", start=date(2025, 1, 1))
        for aid in AIDS
        if rng.random() < 0.05
    )
    return Family(
        id=name,
        place="310104001",
        facts=_facts(rng, own),
        members=tuple(Person(id=f"p{i}", facts=_facts(rng, of_person)) for i in range(size)),
        ledger=Ledger(entries=entries, complete=rng.random() < 1 - _GAP),
    )


def _facts(rng: Random, specs: list[FactSpec]) -> dict[str, Fact]:
    kept = [spec for spec in specs if rng.random() >= _GAP]
    return {spec.name: Fact(value=_value(rng, spec), as_of=ON) for spec in kept}


def _value(rng: Random, spec: FactSpec) -> Any:  # noqa: ANN401 - of any type of fact
    match spec.type:
        case FactType.BOOL:
            return rng.random() < 0.3
        case FactType.MONEY:
            top = 8_000_000 if "year" in spec.unit or "12m" in spec.name else 800_000
            return rng.randrange(top)
        case FactType.DATE:
            return date(1935, 1, 1) + timedelta(days=rng.randrange(32_000))
        case FactType.NUMBER:
            return rng.randint(spec.minimum or 0, spec.maximum or 5)
    return rng.choice(list(spec.choices))
