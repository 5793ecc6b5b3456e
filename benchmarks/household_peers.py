"""The rules of the household measurement for three engines: CEL (Rust), zen-engine, OpenFisca-Core.

All three start from facts that are already resolved (age in years, work status told by school, what
the ledger says); our side works them out itself in the measured time. Where a fact is missing, CEL
is given nothing, the other two a default (0, no), because they know no unknown.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import cel
import numpy as np
import zen
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from matching import tree
from matching.fact_kinds import FactType
from matching.model.family import Family
from matching.packs import Pack
from matching.reading import Reading
from matching.seen import Env, Unknown
from matching.tree import Node, walk
from matching.vocabulary import VOCABULARY

__all__ = ["Cel", "OpenFisca", "Zen", "defaults", "filled", "resolved"]

UNMET, UNKNOWN, MET = 0, 1, 2
_MONTH = "2026-03"


def _name(node: Node) -> str:
    """A fact or a question to the ledger as a plain name."""
    if isinstance(node, tree.Holds):
        return f"{'lacks' if node.lacks else 'holds'}_{node.policies[0]}"
    if isinstance(node, tree.FactRef):
        return node.name.split(".", 1)[1]
    raise TypeError(node)


def resolved(asked: Sequence[Node], pack: Pack, family: Family, on: date) -> dict[str, Any]:
    """What the rules ask of one family, worked out; unknown facts are left out.

    Numbers are floats, because CEL does not compare whole numbers with others.
    """
    reading = Reading(pack, family, on)
    env = Env(pack.id, {"household": None})
    parts = {part for node in asked for part in walk(node)}
    leaves = [part for part in parts if isinstance(part, tree.FactRef | tree.Holds)]
    household: dict[str, Any] = {"n_members": float(len(family.members))}
    members: list[dict[str, Any]] = [{} for _ in family.members]
    for leaf in leaves:
        if isinstance(leaf, tree.Holds) or leaf.var == "household":
            _put(household, leaf, reading.see(leaf, env).value)
            continue
        for member, row in zip(family.members, members, strict=True):
            _put(row, leaf, reading.fact(leaf.name, member).value)
    return {"household": household, "members": members}


def _put(row: dict[str, Any], leaf: Node, value: object) -> None:
    if not isinstance(value, Unknown):
        is_number = isinstance(value, int) and not isinstance(value, bool)
        row[_name(leaf)] = float(value) if is_number else value  # type: ignore[arg-type]


class _Words:
    """Rules as text of an expression language; a subclass says how the language spells them."""

    all_of, any_of, no = " && ", " || ", "!({})"
    some, every = "members.exists(m, {})", "members.all(m, {})"
    member = "m."

    def __init__(self, line: int):
        self.line = line

    def text(self, node: Node) -> str:  # noqa: C901 - one case a kind of node
        """One rule."""
        match node:
            case tree.And(items):
                return f"({self.all_of.join(map(self.text, items))})"
            case tree.Or(items):
                return f"({self.any_of.join(map(self.text, items))})"
            case tree.Not(item):
                return self.no.format(self.text(item))
            case tree.Compare(op, left, right) | tree.Arith(op, left, right):
                return f"({self.text(left)} {op} {self.text(right)})"
            case tree.InChoices(item, choices):
                return f"({self.text(item)} in {json.dumps(list(choices.values))})"
            case tree.Quantifier("any", body):
                return self.some.format(self.text(body))
            case tree.Quantifier("all", body):
                return self.every.format(self.text(body))
            case tree.Quantifier("count"):
                return "household.n_members"
            case tree.Literal(value):
                return json.dumps(value) if isinstance(value, str | bool) else repr(float(value))
            case tree.StandardRef():
                return repr(float(self.line))
            case tree.FactRef(var, _) if var != "household":
                return f"{self.member}{_name(node)}"
            case tree.FactRef() | tree.Holds():
                return f"household.{_name(node)}"
        raise TypeError(node)


class Cel:
    """One compiled program a rule; an error on a missing key is taken as unknown."""

    def __init__(self, asked: Sequence[Node], line: int):
        words = _Words(line)
        self.programs = [cel.compile(words.text(node)).execute for node in asked]

    def statuses(self, facts: Mapping[str, Any]) -> list[int]:
        """0, 1 or 2 of each rule."""
        context = cel.Context(variables=dict(facts))
        found = []
        for execute in self.programs:
            try:
                found.append(MET if execute(context) else UNMET)
            except KeyError:
                found.append(UNKNOWN)
        return found


class _ZenWords(_Words):
    all_of, any_of, no = " and ", " or ", "not ({})"
    some, every, member = "some(members, {})", "all(members, {})", "#."


class Zen:
    """One decision with one expression node that holds all rules."""

    def __init__(self, asked: Sequence[Node], line: int):
        words = _ZenWords(line)
        place = {"x": 0, "y": 0}
        expressions = [
            {"id": f"r{n}", "key": f"r{n}", "value": words.text(node)}
            for n, node in enumerate(asked)
        ]
        nodes = [
            {"id": "in", "type": "inputNode", "name": "in", "position": place},
            {"id": "all", "type": "expressionNode", "name": "all", "position": place,
             "content": {"expressions": expressions}},
            {"id": "out", "type": "outputNode", "name": "out", "position": place},
        ]  # fmt: skip
        edges = [
            {"id": "a", "type": "edge", "sourceId": "in", "targetId": "all"},
            {"id": "b", "type": "edge", "sourceId": "all", "targetId": "out"},
        ]
        graph = {"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges}
        self.decision = zen.ZenEngine().create_decision(json.dumps(graph))
        self.keys = [f"r{n}" for n in range(len(asked))]

    def statuses(self, facts: Mapping[str, Any]) -> list[int]:
        """0 or 2 of each rule."""
        result = self.decision.evaluate(facts)["result"]
        return [MET if result[key] else UNMET for key in self.keys]


def defaults(asked: Sequence[Node]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a fact of the household, and one of a member, is taken for where it is missing."""
    household: dict[str, Any] = {}
    member: dict[str, Any] = {}
    for part in {part for node in asked for part in walk(node)}:
        if isinstance(part, tree.Holds):
            household[_name(part)] = part.lacks
        elif isinstance(part, tree.FactRef):
            row = household if part.var == "household" else member
            row[_name(part)] = _default(VOCABULARY[part.name].type)
    return household, member


def _default(kind: FactType) -> bool | float | str:
    return False if kind is FactType.BOOL else "" if kind is FactType.CHOICE else 0.0


def filled(facts: Mapping[str, Any], fill: tuple[dict[str, Any], dict[str, Any]]) -> dict[str, Any]:
    """The facts with a default for each that is missing."""
    members = [{**fill[1], **row} for row in facts["members"]]
    return {"household": {**fill[0], **facts["household"]}, "members": members}


class OpenFisca:
    """One variable a fact and a rule; a simulation from a dict for each household."""

    def __init__(self, asked: Sequence[Node], line: int):
        self.household = build_entity(
            "household", "households", "", roles=[{"key": "member", "plural": "members"}]
        )
        self.person = build_entity("person", "persons", "", is_person=True)
        self.system = TaxBenefitSystem([self.person, self.household])
        self.line = line
        self.fill = defaults(asked)
        for row, entity in zip(self.fill, (self.household, self.person), strict=True):
            for name, value in row.items():
                self._variable(name, entity, value, None)
        self._variable("n_members", self.household, 0.0, None)
        for number, node in enumerate(asked):
            self._variable(f"rule_{number}", self.household, False, self._formula(node))
        self.keys = [f"rule_{number}" for number in range(len(asked))]

    def _variable(
        self, name: str, entity: object, default: object, formula: Callable[..., Any] | None
    ) -> None:
        body: dict[str, Any] = {
            "value_type": type(default), "entity": entity, "default_value": default,
            "definition_period": DateUnit.MONTH,
        }  # fmt: skip
        if isinstance(default, str):
            body["max_length"] = 40
        if formula is not None:
            body["formula"] = formula
        self.system.add_variable(type(name, (Variable,), body))

    def statuses(self, facts: Mapping[str, Any]) -> list[int]:
        """0 or 2 of each rule."""
        simulation = SimulationBuilder().build_from_entities(self.system, self.situation(facts))
        return [
            MET if simulation.calculate(key, _MONTH)[0] else UNMET for key in self.keys
        ]  # fmt: skip

    @staticmethod
    def situation(facts: Mapping[str, Any]) -> dict[str, Any]:
        """The household as OpenFisca takes it."""
        people = {
            f"p{number}": {name: {_MONTH: value} for name, value in row.items()}
            for number, row in enumerate(facts["members"])
        }
        own = {name: {_MONTH: value} for name, value in facts["household"].items()}
        return {"persons": people, "households": {"h": {"members": list(people), **own}}}

    def _formula(self, node: Node) -> Callable[..., Any]:
        def formula(household: Any, period: Any) -> Any:  # noqa: ANN401 - the engine's own objects
            return self._vector(node, household, household, period)

        return formula

    def _vector(self, node: Node, of: Any, household: Any, period: Any) -> Any:  # noqa: ANN401, C901
        """A rule over vectors, as one writes formulas there; every rule asks again."""

        def part(inner: Node) -> Any:  # noqa: ANN401
            return self._vector(inner, of, household, period)

        match node:
            case tree.And(items):
                return np.logical_and.reduce([part(item) for item in items])
            case tree.Or(items):
                return np.logical_or.reduce([part(item) for item in items])
            case tree.Not(item):
                return ~part(item)
            case tree.Compare(op, left, right) | tree.Arith(op, left, right):
                return _VECTOR[op](part(left), part(right))
            case tree.InChoices(item, choices):
                return np.isin(part(item), [word.encode() for word in choices.values])
            case tree.Quantifier("count"):
                return household("n_members", period)
            case tree.Quantifier(which, body):
                told = self._vector(body, household.members, household, period)
                return household.any(told) if which == "any" else household.all(told)
            case tree.Literal(value):
                return value if isinstance(value, str | bool) else float(value)
            case tree.StandardRef():
                return float(self.line)
        return of(_name(node), period)


_VECTOR: dict[str, Callable[[Any, Any], Any]] = {
    "==": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
    "*": lambda a, b: a * b,
}  # fmt: skip
