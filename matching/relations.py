"""How policies stand to each other (政策之间的关系): what is declared, and what the rules imply.

`overlaps`, `before`, `offsets` and `stacks` are declared in the packs. What a recognised status
opens, what asks for it and what ends with it follows from the conditions themselves, so it can
never say something else than they do. What excludes what is in the packs' exclusions.
"""

from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache

from matching import tree
from matching.packs import Condition, Pack, Period, Policy, Relation
from matching.tree import Node

__all__ = ["asked_by", "opened_by", "relations_of"]

_KEPT = 32  # a place and a day are asked for many families
_LASTING = frozenset({"status", "service", "adjustment"})
_LONGEST_LIST = 8  # a longer one is a class of aid (any cash), not a status that opens something
_SAYS = {
    "opens": "办成或已经享受“{b}”的，可以再问这一项",
    "requires": "要先享受或认定“{b}”",
    "ends_with": "“{b}”停止时，这一项要重新核实",
}


@lru_cache(maxsize=_KEPT)
def relations_of(
    pack: Pack, on: date | None, name: Callable[[str], str] = str
) -> tuple[Relation, ...]:
    """All relations between the aids of a pack on a day, declared ones first.

    Args:
        pack: with what it inherits.
        on: the day whose conditions hold.
        name: id of an aid -> its name, for the sentence of an implied relation.
    """
    declared = [relation for relation in pack.relations if _holds(relation.period, on)]
    implied = [
        relation
        for policy in sorted(pack.policies.values(), key=lambda policy: policy.id)
        if _holds(policy.period, on)
        for relation in _implied(pack, policy, on, name)
    ]
    return (*declared, *implied)


@lru_cache(maxsize=_KEPT)
def opened_by(pack: Pack, on: date) -> dict[str, tuple[str, ...]]:
    """Status or aid -> the policies of the pack that ask whether one holds it, in order of id."""
    found: dict[str, list[str]] = {}
    for relation in relations_of(pack, on):
        if relation.kind == "opens":
            found.setdefault(relation.a, []).append(relation.b)
    return {status: tuple(sorted(set(policies))) for status, policies in found.items()}


@lru_cache(maxsize=_KEPT)
def asked_by(pack: Pack, on: date) -> dict[str, dict[str, frozenset[str]]]:
    """Policy -> condition -> the statuses and aids whose holding speaks for that condition."""
    return {
        policy.id: {
            condition.id: frozenset(_asked(pack, condition.test, on, positive=True) - {policy.id})
            for condition in policy.conditions
            if _holds(condition.period, on)
        }
        for policy in pack.policies.values()
        if _holds(policy.period, on)
    }


def _implied(
    pack: Pack, policy: Policy, on: date | None, name: Callable[[str], str]
) -> Iterator[Relation]:
    for condition in policy.conditions:
        if not _holds(condition.period, on):
            continue
        needed = _only(pack, condition.test, on) - {policy.id}
        for status in sorted(_asked(pack, condition.test, on, positive=True) - {policy.id}):
            yield _relation("opens", status, policy.id, condition, name(status))
        for status in sorted(needed):
            yield _relation("requires", policy.id, status, condition, name(status))
            if _lasts(policy, on):
                yield _relation("ends_with", policy.id, status, condition, name(status))


def _holds(period: Period, on: date | None) -> bool:
    return on is None or period.holds(on)


def _relation(kind: str, a: str, b: str, condition: Condition, status: str) -> Relation:
    says = _SAYS[kind].format(b=status)
    return Relation(kind, a, b, says, condition.clauses, condition.flag, condition.period)


def _lasts(policy: Policy, on: date | None) -> bool:
    """Whether it runs on, so that it has to end with what it rests on."""
    monthly = any(
        amount.unit_text.endswith("/month") and _holds(amount.period, on)
        for amount in policy.amounts
    )
    return not policy.per_event and (monthly or policy.form in _LASTING)


def _asked(pack: Pack, node: Node, on: date | None, *, positive: bool) -> set[str]:
    """Aids whose holding speaks for the condition: not those that it wants absent."""
    match node:
        case tree.Holds(_, policies, lacks):
            return (
                set(policies) if positive is not lacks and len(policies) <= _LONGEST_LIST else set()
            )
        case tree.HeldOn(_, policies, _):
            return set(policies) if positive else set()
        case tree.Not(item):
            return _asked(pack, item, on, positive=not positive)
        case tree.FactRef():
            text = _text_of(pack, node, on)
            return _asked(pack, text, on, positive=positive) if text is not None else set()
        case tree.Quantifier() | tree.Doubt():
            return set()  # somebody else's aid, or a branch that nobody has verified
    return {
        aid for part in tree.children(node) for aid in _asked(pack, part, on, positive=positive)
    }


def _only(pack: Pack, node: Node, on: date | None) -> set[str]:
    """Aids one of which must be held for the condition to be met; empty: it may be met without."""
    match node:
        case tree.Holds(_, policies, lacks):
            return set(policies) if not lacks and len(policies) <= _LONGEST_LIST else set()
        case tree.HeldOn(_, policies, _):
            return set(policies)
        case tree.FactRef():
            text = _text_of(pack, node, on)
            return _only(pack, text, on) if text is not None else set()
        case tree.Or(items):
            branches = [_only(pack, item, on) for item in items if not _is_doubtful(item)]
            if not branches or not all(branches):
                return set()
            left = [_asked(pack, item, on, positive=True) for item in items if _is_doubtful(item)]
            return set().union(*branches, *left)
        case tree.And(items):
            return next((found for item in items if (found := _only(pack, item, on))), set())
    return set()


def _is_doubtful(node: Node) -> bool:
    """Whether it is never met by itself: somebody has to decide."""
    parts = node.items if isinstance(node, tree.And) else (node,)
    return any(isinstance(part, tree.Doubt) for part in parts)


def _text_of(pack: Pack, fact: tree.FactRef, on: date | None) -> Node | None:
    """The definition behind a name of the person or household asked about."""
    definition = pack.definitions.get(fact.name)
    if definition is None:
        return None
    text = definition.texts[-1] if on is None else definition.text_on(on)
    return text.test if text is not None else None
