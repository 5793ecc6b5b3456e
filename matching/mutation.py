"""Mutants of the rules (规则变异): would the golden cases notice if a condition were wrong?

Each condition is dropped, negated and shifted in turn, also inside `and`, `or` and definitions;
some golden case must then fail. A mutant that no family can tell from the original is listed with
its reason in `equivalent_mutants.yaml` beside the cases.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import Any, TypeVar

from matching import tree
from matching.explain import Explainer
from matching.golden import GoldenCase, compare
from matching.model.answer import Answer
from matching.packs import Catalogue, Condition, Definition, Pack, Policy
from matching.reading import Reading
from matching.tree import Node
from matching.uses import reach, texts_of

__all__ = ["Mutant", "mutants", "survivors"]

Part = TypeVar("Part")
_MANY = 9  # CASH_AID is a class of aid, not a list that somebody wrote
_SHIFTS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one text. `policy` is None when the text is a definition."""

    id: str
    pack: str
    policy: Policy | None
    definition: Definition | None
    says: str

    @property
    def of(self) -> str:
        """The policy or the definition that is changed."""
        return self.policy.id if self.policy else self.definition.name if self.definition else ""


def mutants(catalogue: Catalogue) -> Iterator[Mutant]:
    """All mutants of the texts that each pack itself states, in stable order."""
    for pack in catalogue.packs.values():
        for policy in sorted(pack.policies.values(), key=lambda policy: policy.id):
            if policy.pack == pack.id:
                yield from _of_policy(pack.id, policy)
        for definition in sorted(pack.definitions.values(), key=lambda definition: definition.name):
            if definition.pack == pack.id:
                yield from _of_definition(pack.id, definition)


def _of_policy(pack: str, policy: Policy) -> Iterator[Mutant]:
    seen: dict[str, int] = {}
    for index, condition in enumerate(policy.conditions):
        version = seen[condition.id] = seen.get(condition.id, -1) + 1
        name = f"{pack}/{policy.id}/{condition.id}@{version}"
        rest = (*policy.conditions[:index], *policy.conditions[index + 1 :])
        yield Mutant(
            f"{name}:drop", pack, replace(policy, conditions=rest), None, f"去掉“{condition.says}”"
        )
        for label, node in _changes(condition.test, truth=True):
            changed: Condition = replace(condition, test=node)
            conditions = (*policy.conditions[:index], changed, *policy.conditions[index + 1 :])
            yield Mutant(
                f"{name}:{label}",
                pack,
                replace(policy, conditions=conditions),
                None,
                f"改“{condition.says}”",
            )


def _of_definition(pack: str, definition: Definition) -> Iterator[Mutant]:
    for version, text in enumerate(definition.texts):
        for label, node in _changes(text.test, truth=definition.type.kind is tree.Kind.BOOL):
            texts = (
                *definition.texts[:version],
                replace(text, test=node),
                *definition.texts[version + 1 :],
            )
            name = f"{pack}/{definition.name}@{version}:{label}"
            yield Mutant(
                name, pack, None, replace(definition, texts=texts), f"改定义 {definition.name}"
            )


def _changes(root: Node, *, truth: bool) -> Iterator[tuple[str, Node]]:
    """Every single change of a text, labelled by kind and by the position of the changed node."""
    if truth:
        yield "negate", tree.Not(root)
    for position, (path, node) in enumerate(_places(root, ())):
        for kind, changed in _change(node):
            yield f"{kind}:{position}", _put(root, path, changed)


def _change(node: Node) -> Iterator[tuple[str, Node]]:  # noqa: C901 - one case a kind of node
    match node:
        case tree.Compare():
            yield from _change_comparison(node)
        case tree.And(items) | tree.Or(items):
            for index, rest in enumerate(_each_left_out(items)):
                yield f"without{index}", rest[0] if len(rest) == 1 else type(node)(rest)
        case tree.Not(item):
            yield "unnot", item
        case tree.InChoices():
            yield "negate", replace(node, negated=not node.negated)
            yield from _fewer_choices(node, node.choices)
        case tree.Overlaps():
            yield from _fewer_choices(node, node.choices)
        case tree.Holds():
            yield from _fewer_aids(node)
        case tree.Quantifier(which):
            if which in ("any", "all"):
                yield "other", replace(node, which="all" if which == "any" else "any")
            elif node.filter is not None:
                yield "unfiltered", replace(node, filter=None)


def _change_comparison(node: tree.Compare) -> Iterator[tuple[str, Node]]:
    yield "shift", replace(node, op=_SHIFTS[node.op])
    right = node.right.value if isinstance(node.right, tree.Literal) else 0
    if not isinstance(right, bool | str) and right != 0:
        yield "more", replace(node, right=tree.Literal(right + 1))
        yield "less", replace(node, right=tree.Literal(right - 1))


def _fewer_choices(
    node: tree.InChoices | tree.Overlaps, choices: tree.Choices
) -> Iterator[tuple[str, Node]]:
    if len(choices.values) > 1:
        for value, rest in zip(choices.values, _each_left_out(choices.values), strict=True):
            yield f"without-{value}", replace(node, choices=tree.Choices(rest))


def _fewer_aids(node: tree.Holds) -> Iterator[tuple[str, Node]]:
    if 1 < len(node.policies) < _MANY:
        for policy, rest in zip(node.policies, _each_left_out(node.policies), strict=True):
            yield f"without-{policy}", replace(node, policies=rest)


def _each_left_out(parts: tuple[Part, ...]) -> list[tuple[Part, ...]]:
    return [(*parts[:index], *parts[index + 1 :]) for index in range(len(parts))]


def _places(node: Node, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Node]]:
    yield path, node
    for slot in fields(node):
        value = getattr(node, slot.name)
        if isinstance(value, tuple):
            for index, part in enumerate(value):
                if not isinstance(part, str):
                    yield from _places(part, (*path, (slot.name, index)))
        elif value is not None and not isinstance(value, str | bool | int | Fraction):
            yield from _places(value, (*path, slot.name))


def _put(node: Node, path: tuple[Any, ...], changed: Node) -> Node:
    """The same tree with another node at one place."""
    if not path:
        return changed
    step, rest = path[0], path[1:]
    if isinstance(step, tuple):
        name, index = step
        parts = getattr(node, name)
        put: Any = (*parts[:index], _put(parts[index], rest, changed), *parts[index + 1 :])
    else:
        name, put = step, _put(getattr(node, step), rest, changed)
    return replace(node, **{name: put})


def survivors(
    catalogue: Catalogue, cases: Iterable[GoldenCase], only: Collection[str] = ()
) -> tuple[Mutant, ...]:
    """The mutants that no case notices; of these policies and definitions, if any are named."""
    bench = _Bench(catalogue, tuple(cases))
    return tuple(
        mutant
        for mutant in mutants(catalogue)
        if (not only or mutant.of in only) and not bench.notices(mutant)
    )


class _Bench:
    """The cases by policy, so that a mutant meets only those that it could change."""

    def __init__(self, catalogue: Catalogue, cases: tuple[GoldenCase, ...]):
        self.catalogue = catalogue
        self.by_policy: dict[str, list[GoldenCase]] = {}
        for case in cases:
            for policy in {expected.policy for expected in case.expected}:
                self.by_policy.setdefault(policy, []).append(case)

    def notices(self, mutant: Mutant) -> bool:
        if mutant.policy is not None:
            return any(
                self._fails(mutant, mutant.policy.id, case)
                for case in self.by_policy.get(mutant.policy.id, ())
            )
        name = mutant.definition.name if mutant.definition else ""
        return any(
            self._reaches(case, policy, name) and self._fails(mutant, policy, case)
            for policy, cases in self.by_policy.items()
            for case in cases
        )

    def _reaches(self, case: GoldenCase, policy: str, definition: str) -> bool:
        pack = self.catalogue.pack_for(case.family.place)
        stated = pack.policies.get(policy)
        if stated is None or definition not in pack.definitions:
            return False
        texts = [pack.definitions[definition].text_on(case.on)]
        reached = {id(node) for node in reach(pack, texts_of(stated, case.on), case.on)}
        return any(text is not None and id(text.test) in reached for text in texts)

    def _fails(self, mutant: Mutant, policy: str, case: GoldenCase) -> bool:
        pack = self._mutated(mutant, self.catalogue.pack_for(case.family.place))
        if pack is None:
            return False
        reading = Reading(pack.supposing(case.suppose), case.family, case.on)
        only = replace(
            reading.pack,
            policies={policy: pack.policies[policy]} if policy in pack.policies else {},
        )
        explainer = Explainer(self.catalogue, reading)
        explainer.pack = only
        found = Answer(
            household=case.family.id,
            on=case.on,
            place=case.family.place,
            catalogue="",
            items=tuple(explainer.items()),
            questions=(),
            alerts=(),
        )
        narrowed = replace(
            case, expected=tuple(one for one in case.expected if one.policy == policy), alerts=None
        )
        return bool(compare(narrowed, _without_due(found, narrowed)))

    @staticmethod
    def _mutated(mutant: Mutant, pack: Pack) -> Pack | None:
        """The case's pack with the mutant, if that text is the one that holds there."""
        if mutant.policy is not None:
            stated = pack.policies.get(mutant.policy.id)
            if stated is None or stated.pack != mutant.pack:
                return None
            return replace(pack, policies={**pack.policies, mutant.policy.id: mutant.policy})
        definition = mutant.definition
        held = pack.definitions.get(definition.name) if definition else None
        if definition is None or held is None or held.pack != mutant.pack:
            return None
        changed: Mapping[str, Definition] = {**pack.definitions, definition.name: definition}
        return replace(pack, definitions=changed)


def _without_due(found: Answer, case: GoldenCase) -> Answer:
    """Deadlines are not rules: what a case says of them is taken as it is."""
    due = {one.policy: one.given["due"] for one in case.expected if "due" in one.given}
    items = tuple(
        item.model_copy(update={"due_if_today": due[item.id]}) if item.id in due else item
        for item in found.items
    )
    return found.model_copy(update={"items": items})
