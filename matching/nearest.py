"""The nearest change (最近的变化): the fewest things that would have to be otherwise.

For an item that is not met: which conditions fail, and inside each the smallest set of leaves whose
change would make it hold. A comparison of money says by how much it is missed. And of what is open:
whether anybody has told of it, so that it is worth asking.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from matching import tree
from matching.model.answer import ConditionAnswer, NearestChange, Outcome
from matching.model.family import Event, Person
from matching.packs import Condition
from matching.reading import Reading
from matching.rule_words import words
from matching.seen import Env, Seen, Unknown, Use
from matching.spelling import fen_of, yuan
from matching.tree import Node
from matching.units import is_money
from matching.vocabulary import VOCABULARY, FactType, fact_spec

__all__ = [
    "FIXED",
    "covered_by",
    "has_told",
    "is_hinted",
    "is_past",
    "is_past_asking",
    "nearest_changes",
]


@dataclass(frozen=True, slots=True)
class _Leaf:
    """One leaf that would have to change; `cost` orders what is easier to change."""

    says: str
    subject: str | None
    fact: str | None
    gap_fen: int | None
    cost: int


_AID = "benefit."
_MOST_NAMED = 2  # more kinds of aid are said better by the condition's own sentence
FIXED = {"person.birth_date", "person.age", "person.life_status", "person.sex"}
_FATE = {  # nobody is told to become this; the condition's own sentence says enough
    *("person.life_status", "person.death_date", "person.custody_status", "person.custody_from"),
    *("person.custody_term_months", "person.out_of_contact_since", "person.clergy_apart_years"),
    *("person.homeless_or_stranded", "person.serious_illness", "person.disability_grade"),
    *("person.disability_type", "person.violence_victim", "person.psych_risk"),
    "child.guardian_state",
}
_ONE, _HARD, _NEVER = 10, 30, 1000


def nearest_changes(
    reading: Reading, failing: tuple[Condition, ...], env: Env
) -> tuple[NearestChange, ...]:
    """What would have to change for all `failing` conditions to hold, one entry per leaf."""
    found: list[NearestChange] = []
    for condition in failing:
        for leaf in _repair(reading, condition.test, env, wanted=True):
            says = leaf.says or condition.says
            found.append(
                NearestChange(
                    condition=condition.id,
                    says=says,
                    subject=leaf.subject,
                    fact=leaf.fact,
                    gap_fen=leaf.gap_fen,
                )
            )
    return tuple(dict.fromkeys(found))


def _repair(reading: Reading, node: Node, env: Env, *, wanted: bool) -> tuple[_Leaf, ...]:
    """The cheapest leaves to change so that `node` becomes `wanted`; nothing if it already is."""
    if reading.see(node, env).value is wanted:
        return ()
    match node:
        case tree.Not(item):
            return _repair(reading, item, env, wanted=not wanted)
        case tree.And(items) | tree.Or(items):
            parts = [_repair(reading, item, env, wanted=wanted) for item in items]
            if isinstance(node, tree.And) is wanted:
                return tuple(leaf for part in parts for leaf in part)
            return min(parts, key=_cost)
        case tree.FactRef(var, name) if name in reading.pack.definitions:
            return _inside(reading, node, env, var, wanted=wanted)
        case tree.Quantifier("any" | "all"):
            return _quantified(reading, node, env, wanted=wanted)
    return (_leaf(reading, node, env, wanted=wanted),)


def _cost(leaves: tuple[_Leaf, ...]) -> int:
    return sum(leaf.cost for leaf in leaves)


def _ease(leaves: tuple[_Leaf, ...]) -> tuple[object, ...]:
    """What is easier first; of equals the same one, whoever is listed first."""
    named = tuple((leaf.fact or "", leaf.subject or "", leaf.says) for leaf in leaves)
    return _cost(leaves), named


def _inside(
    reading: Reading, node: tree.FactRef, env: Env, var: str, *, wanted: bool
) -> tuple[_Leaf, ...]:
    thing = env.things.get(var)
    owner = reading.family if thing is None else thing
    definition = reading.pack.definitions[node.name]
    text = definition.text_on(reading.on)
    stated = node.name in getattr(owner, "facts", {})
    if stated or text is None or definition.type.kind is not tree.Kind.BOOL:
        return (_leaf(reading, node, env, wanted=wanted),)
    entity = {"household": "household", "event": "event"}.get(node.name.split(".", 1)[0], "person")
    return _repair(
        reading, text.test, Env(definition.pack, {"household": None, entity: thing}), wanted=wanted
    )


def _quantified(
    reading: Reading, node: tree.Quantifier, env: Env, *, wanted: bool
) -> tuple[_Leaf, ...]:
    """One element is enough for `any` to hold; for `all` each failing one has to change."""
    enough = (node.which == "any") is wanted
    parts = []
    for thing, kept in reading.collection(node.collection, env.things.get("person")):
        if kept.value is True or (kept.value is not False and not enough):
            inner = env.bind(node.var, thing)
            parts.append(_repair(reading, _element(node), inner, wanted=wanted))
    if not parts:
        return (_leaf(reading, node, env, wanted=wanted),)
    if enough:
        return min(parts, key=_ease)
    return tuple(leaf for part in parts for leaf in part)


def _element(node: tree.Quantifier) -> Node:
    """What the quantifier asks of one element: its filter counts, too."""
    if node.filter is None:
        return node.body
    if node.which == "any":
        return tree.And((node.filter, node.body))
    return tree.Or((tree.Not(node.filter), node.body))


def _leaf(reading: Reading, node: Node, env: Env, *, wanted: bool) -> _Leaf:
    refs = [part for part in tree.walk(node) if isinstance(part, tree.FactRef)]
    fact = refs[0].name if refs else None
    subject = _subject(env, refs[0].var) if refs else None
    gap = _gap(reading, node, env)
    if gap is not None:
        return _Leaf(gap[0], subject, fact, gap[1], _ONE)
    fate = any(ref.name in _FATE for ref in refs)
    fixed = fate or fact in FIXED or isinstance(node, tree.Doubt)
    cost = _NEVER if fixed else _ONE if refs and len(refs) == 1 else _HARD
    said = words(node, reading.name)
    says = said if wanted else f"不再是：{said}"
    spec = fact_spec(fact) if fact else None
    if spec is not None and isinstance(node, tree.FactRef):
        says = f"{spec.label}：{'是' if wanted else '否'}"
    long = isinstance(node, tree.Holds) and len(node.policies) > _MOST_NAMED
    return _Leaf("" if fate or long else says, subject, fact, None, cost)


def _subject(env: Env, var: str) -> str | None:
    thing = env.things.get(var)
    if isinstance(thing, Person | Event):
        return thing.id
    return "household" if var == "household" else None


def _gap(reading: Reading, node: Node, env: Env) -> tuple[str, int] | None:
    """By how much a comparison of money is missed, in fen."""
    if not isinstance(node, tree.Compare) or node.op not in ("<", "<=", ">", ">="):
        return None
    left, right = reading.see(node.left, env).value, reading.see(node.right, env).value
    if isinstance(left, Unknown) or isinstance(right, Unknown) or not _is_money(reading, node):
        return None
    if not isinstance(left, int | Fraction) or not isinstance(right, int | Fraction):
        return None
    gap = fen_of(abs(Fraction(left) - Fraction(right)))
    side = "高出" if node.op in ("<", "<=") else "低了"
    shown = f"正好在线上（{yuan(right)} 元）" if gap == 0 else f"{side} {yuan(gap)} 元"
    return f"{words(node.left, reading.name)} {yuan(left)} 元，{shown}", gap


def _is_money(reading: Reading, node: Node) -> bool:
    """Whether a number is money: told by what it is made of, not by what it looks at."""
    from matching.spelling import tree_unit  # noqa: PLC0415 - one small question

    match node:
        case tree.StandardRef(id_):
            return is_money(reading.pack.standards[id_].unit)
        case tree.FactRef(_, name):
            return is_money(tree_unit(name))
        case tree.Quantifier("sum", body):
            return _is_money(reading, body)
        case tree.Received():
            return True
        case tree.Compare(_, left, right) | tree.Arith(_, left, right) | tree.Cond(_, left, right):
            return _is_money(reading, left) or _is_money(reading, right)
        case tree.MinMax(_, items):
            return any(_is_money(reading, item) for item in items)
        case tree.Scale(_, item):
            return _is_money(reading, item)
    return False


def has_told(reading: Reading, seen: Seen) -> bool:
    """Whether somebody has said that something is out of the ordinary, or hinted at it."""
    told = any(_tells(reading, use) for use in seen.used)
    return told or any(is_hinted(reading, use) for use in seen.missing)


def is_past_asking(reading: Reading, seen: Seen) -> bool:
    """Whether all that is open is asked of younger people only (`FactSpec.asked_until`)."""
    return bool(seen.missing) and all(is_past(reading, use) for use in seen.missing)


def is_past(reading: Reading, use: Use) -> bool:
    """Whether this one is asked of younger people only."""
    spec, person = VOCABULARY.get(use[0]), reading.people.get(use[1])
    if spec is None or spec.asked_until is None or person is None:
        return False
    age = reading.fact("person.age", person).value
    return not isinstance(age, Unknown) and int(str(age)) >= spec.asked_until


def is_hinted(reading: Reading, use: Use, *, own: bool = False) -> bool:
    """Whether another fact (`own`: of the same person) makes this one worth asking for."""
    spec = VOCABULARY.get(use[0])
    if spec is None:
        return False
    return any(
        _tells(reading, (name.replace("members.", "person."), subject))
        for name in spec.hinted_by
        if not (own and name.startswith("members."))
        for subject in (
            [member.id for member in reading.family.members]
            if name.startswith("members.")
            else [use[1]]
        )
    )


def _tells(reading: Reading, use: Use) -> bool:
    spec, fact = VOCABULARY.get(use[0]), reading.provenance(use)
    if spec is None or fact is None or spec.everyday or spec.type in (FactType.DATE, FactType.CODE):
        return False
    return fact.value not in (False, "none", spec.presume, spec.at_home)


def covered_by(conditions: Iterable[ConditionAnswer]) -> tuple[str, ...]:
    """What is held and alone keeps an item from being met: losing it would open nothing better.

    Each condition that fails either forbids both at once, or asks of the ledger only and fails by
    what is in it. Empty where anything else fails.
    """
    found: dict[str, None] = {}
    for row in conditions:
        if not row.decides or row.outcome is not Outcome.UNMET:
            continue
        held = [fact for fact in row.facts if fact.name.startswith(_AID) and fact.value is True]
        if not held or not (row.id.startswith("not_with_") or len(held) == len(row.facts)):
            return ()
        found |= dict.fromkeys(fact.name.removeprefix(_AID) for fact in held)
    return tuple(found)
