"""Mutants of the rules (规则变异): would the golden cases notice if a condition were wrong?

Each condition is dropped, negated and shifted in turn, also inside `and`, `or` and definitions;
some golden case must then fail. A mutant that no family can tell from the original is listed with
its reason in `equivalent_mutants.yaml` beside the cases. Whether a case notices is asked in
`matching/mutant_bench.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import Any, TypeVar

from matching import tree
from matching.packs import Catalogue, Condition, Definition, Policy
from matching.tree import Node

__all__ = ["Change", "Mutant", "mutants"]

Part = TypeVar("Part")
_MANY = 9  # CASH_AID is a class of aid, not a list that somebody wrote
_SHIFTS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}


@dataclass(frozen=True, slots=True)
class Change:
    """What was done at one place of a text: its kind, the node before, the node after.

    Kinds: drop, negate, unnot, shift, more, less, other, unfiltered, and `without`: the part that
    was left out is in `lost`.
    """

    kind: str
    before: Node
    after: Node | None
    lost: Node | str | None = None


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one text. `policy` is None when the text is a definition.

    Attributes:
        index: which of the policy's conditions, or of the definition's texts.
        test: the whole changed text; None: the condition is dropped.
    """

    id: str
    pack: str
    policy: Policy | None
    definition: Definition | None
    index: int
    test: Node | None
    change: Change
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
        before, after = policy.conditions[:index], policy.conditions[index + 1 :]
        without = replace(policy, conditions=(*before, *after))
        gone = Change("drop", condition.test, None)
        says = f"去掉“{condition.says}”"
        yield Mutant(f"{name}:drop", pack, without, None, index, None, gone, says)
        for label, node, change in _changes(condition.test, truth=True):
            changed: Condition = replace(condition, test=node)
            other = replace(policy, conditions=(*before, changed, *after))
            says = f"改“{condition.says}”"
            yield Mutant(f"{name}:{label}", pack, other, None, index, node, change, says)


def _of_definition(pack: str, definition: Definition) -> Iterator[Mutant]:
    for index, text in enumerate(definition.texts):
        for label, node, change in _changes(
            text.test, truth=definition.type.kind is tree.Kind.BOOL
        ):
            texts = (
                *definition.texts[:index],
                replace(text, test=node),
                *definition.texts[index + 1 :],
            )
            name = f"{pack}/{definition.name}@{index}:{label}"
            other = replace(definition, texts=texts)
            says = f"改定义 {definition.name}"
            yield Mutant(name, pack, None, other, index, node, change, says)


def _changes(root: Node, *, truth: bool) -> Iterator[tuple[str, Node, Change]]:
    """Every single change of a text, labelled by kind and by the position of the changed node."""
    if truth and not isinstance(root, tree.Doubt):
        yield "negate", tree.Not(root), Change("negate", root, tree.Not(root))
    doubts: list[tuple[Any, ...]] = []  # what stands inside answers unknown, however it is changed
    for position, (path, node) in enumerate(_places(root, ())):
        if isinstance(node, tree.Doubt):
            doubts.append(path)
        is_doubtful = any(path[: len(doubt)] == doubt for doubt in doubts)
        for kind, changed, lost in () if is_doubtful else _change(node):
            change = Change("without" if lost is not None else kind, node, changed, lost)
            yield f"{kind}:{position}", _put(root, path, changed), change


_Changed = tuple[str, Node, "Node | str | None"]


def _change(node: Node) -> Iterator[_Changed]:  # noqa: C901 - one case a kind of node
    match node:
        case tree.Compare():
            yield from _change_comparison(node)
        case tree.And(items) | tree.Or(items):
            for index, rest in enumerate(_each_left_out(items)):
                left = rest[0] if len(rest) == 1 else type(node)(rest)
                yield f"without{index}", left, items[index]
        case tree.Not(item):
            yield "unnot", item, None
        case tree.InChoices():
            yield "negate", replace(node, negated=not node.negated), None
            yield from _fewer_choices(node, node.choices)
        case tree.Overlaps():
            yield from _fewer_choices(node, node.choices)
        case tree.Holds():
            yield from _fewer_aids(node)
        case tree.Quantifier(which):
            if which in ("any", "all"):
                yield "other", replace(node, which="all" if which == "any" else "any"), None
            elif node.filter is not None:
                yield "unfiltered", replace(node, filter=None), None


def _change_comparison(node: tree.Compare) -> Iterator[_Changed]:
    yield "shift", replace(node, op=_SHIFTS[node.op]), None
    right = node.right.value if isinstance(node.right, tree.Literal) else 0
    if not isinstance(right, bool | str) and right != 0:
        yield "more", replace(node, right=tree.Literal(right + 1)), None
        yield "less", replace(node, right=tree.Literal(right - 1)), None


def _fewer_choices(
    node: tree.InChoices | tree.Overlaps, choices: tree.Choices
) -> Iterator[_Changed]:
    if len(choices.values) > 1:
        for value, rest in zip(choices.values, _each_left_out(choices.values), strict=True):
            yield f"without-{value}", replace(node, choices=tree.Choices(rest)), value


def _fewer_aids(node: tree.Holds) -> Iterator[_Changed]:
    if 1 < len(node.policies) < _MANY:
        for policy, rest in zip(node.policies, _each_left_out(node.policies), strict=True):
            yield f"without-{policy}", replace(node, policies=rest), policy


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
