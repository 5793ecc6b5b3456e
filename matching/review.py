"""What a catalogue that loads still leaves to do (目录核查): due, ending, unused, undecidable.

Belongs here: what can be said without any family; all of it hints. Whether the golden cases hold
and notice a wrong rule is asked elsewhere.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations, zip_longest

from matching import tree
from matching.packs import Catalogue, Condition, Pack, Period, Policy
from matching.policy_words import day_in_words, period_in_words
from matching.relations import relations_of
from matching.tree import Node
from matching.unused import unused_names
from matching.uses import due_standards, standards_of

__all__ = ["KINDS", "SOON", "Hint", "hints", "is_decidable", "own_policies"]

KINDS: Mapping[str, str] = {  # in the order in which they are told
    "due": "待录入的标准",
    "ended": "已经结束的政策",
    "ending": "六十天内结束的政策",
    "unclaused": "依据已经失效或快要失效的条件",
    "undecidable": "任何情况都定不下来的条件",
    "overlap": "没有写明关系的同类政策",
    "idle": "用它的政策都不在有效期的数值",
    "unused": "没有用到的名称",
}

SOON = timedelta(days=60)
_BOTH = frozenset({True, False})


@dataclass(frozen=True, slots=True, order=True)
class Hint:
    """Something to look at (提示), with the file where it is seen to.

    `kind` is a key of `KINDS`; `ids`: the policies, figures or names that it is about.
    """

    kind: str
    file: str
    ids: tuple[str, ...]
    says: str
    cure: str


def own_policies(catalogue: Catalogue) -> Iterator[tuple[Pack, Policy]]:
    """Each policy once, with the pack that states it."""
    for pack in catalogue.packs.values():
        for _, policy in sorted(pack.policies.items()):
            if policy.pack == pack.id:
                yield pack, policy


def hints(catalogue: Catalogue, on: date, only: Collection[str] = ()) -> tuple[Hint, ...]:
    """All hints of a day in order of kind and file; about these policies, if any are named."""
    found = [*_due(catalogue, on), *_ending(catalogue, on), *_unclaused(catalogue, on)]
    found += [*_undecidable(catalogue), *_overlaps(catalogue)]
    found += [*_idle(catalogue), *_unused(catalogue)]
    about = {hint for hint in found if not only or set(hint.ids) & set(only)}
    order = list(KINDS)
    return tuple(sorted(about, key=lambda hint: (order.index(hint.kind), hint)))


def _due(catalogue: Catalogue, on: date) -> Iterator[Hint]:
    for due in due_standards(catalogue, on):
        since = f"，自 {day_in_words(due.since)}" if due.since else ""
        yield Hint(
            "due",
            f"{due.pack}/standards/{due.id}.yaml",
            (due.id, *due.policies),
            f"{due.label} {due.id}：{due.why}{since}；{len(due.policies)} 项政策要用。",
            "查到了就加一行数值，写明日期和出处；查不到就留着 null。",
        )


def _ending(catalogue: Catalogue, on: date) -> Iterator[Hint]:
    for pack in catalogue.packs.values():
        for _, policy in sorted(pack.policies.items()):
            until = policy.period.until
            if until is None or until > on + SOON:
                continue
            has_ended = until < on
            yield Hint(
                "ended" if has_ended else "ending",
                policy.file,
                (policy.id,),
                f"{policy.label_on(on)} {policy.id}：{day_in_words(until)}"
                + ("已经结束。" if has_ended else "结束。"),
                "有新规定的，另写一份或改 valid；没有的不用改。",
            )


def _unclaused(catalogue: Catalogue, on: date) -> Iterator[Hint]:
    """Conditions in force whose clauses have all ended, or end soon."""
    for _, policy in own_policies(catalogue):
        if not policy.period.holds(on):
            continue
        held = [condition for condition in policy.conditions if condition.period.holds(on)]
        for day, says in ((on, "已经没有现行有效的依据"), (on + SOON, "的依据六十天内都到期")):
            lost = [
                one.id for one in held if not _cites(one, day) and _cites(one, on) is (day > on)
            ]
            if lost:
                yield Hint(
                    "unclaused",
                    policy.file,
                    (policy.id,),
                    f"{policy.label_on(on)} {policy.id}：条件 {'、'.join(lost)} {says}。",
                    "请查有没有新文件，加进 documents.yaml 和 clause。",
                )


def _cites(condition: Condition, day: date) -> bool:
    return any(clause.period.holds(day) for clause in condition.clauses)


def _idle(catalogue: Catalogue) -> Iterator[Hint]:
    """Figures that ended before any policy that needs them began, or began after all had ended."""
    periods: dict[tuple[str, str], list[Period]] = {}
    for pack in catalogue.packs.values():
        for policy in pack.policies.values():
            for name in standards_of(pack, policy):
                periods.setdefault((pack.standards[name].pack, name), []).append(policy.period)
    for (pack_id, name), needing in sorted(periods.items()):
        rows = catalogue.packs[pack_id].standards[name].rows
        followers = [row.start - timedelta(days=1) for row in rows[1:]]
        spans = [
            Period(row.start, row.until or follower)
            for row, follower in zip_longest(rows, followers)
        ]
        lost = [one for one in spans if not any(_meet(one, period) for period in needing)]
        if lost:
            days = "、".join(period_in_words(one) for one in lost)
            yield Hint(
                "idle",
                f"{pack_id}/standards/{name}.yaml",
                (name,),
                f"{name}：{days}的数值，用它的政策那时都不在有效期。",
                "请核对数值的日期和政策的 valid；只作记录的可以留着。",
            )


def _unused(catalogue: Catalogue) -> Iterator[Hint]:
    for unused in unused_names(catalogue):
        names = "、".join(unused.names)
        yield Hint("unused", unused.file, unused.names, f"{unused.what}：{names}", unused.cure)


def _overlaps(catalogue: Catalogue) -> Iterator[Hint]:
    """Policies that answer one need of one group in one form, and say nothing of each other."""
    told: set[frozenset[str]] = set()
    for pack in catalogue.packs.values():
        groups, declared = _groups(pack), _declared(pack)
        policies = sorted(pack.policies.values(), key=lambda policy: policy.id)
        beside: dict[str, list[str]] = {}
        for one, other in combinations(policies, 2):
            pair = frozenset({one.id, other.id})
            is_own = pack.id in (one.pack, other.pack)
            if is_own and pair not in declared | told and _is_alike(one, other, groups):
                told.add(pair)
                beside.setdefault(other.id, []).append(one.id)
        for policy, others in beside.items():
            names = "、".join(others)
            yield Hint(
                "overlap",
                pack.policies[policy].file,
                (policy, *others),
                f"{policy} 与 {names} 针对同样的需求和同样的人，没有写能不能同时享受。",
                "请在 exclusions.yaml 或 relations.yaml 写明。",
            )


def _is_alike(one: Policy, other: Policy, groups: Mapping[str, set[str]]) -> bool:
    """Whether one person could be offered both for one need, as far as the rules say."""
    same_kind = one.kind == other.kind == "policy" and (one.form, one.subject) == (
        other.form,
        other.subject,
    )
    return (
        same_kind
        and bool(set(one.addresses) & set(other.addresses))
        and _meet(one.period, other.period)
        and _is_same_group(one, other, groups)
        and not _part_ways(one, other)
    )


def _meet(one: Period, other: Period) -> bool:
    starts = [period.start for period in (one, other) if period.start]
    untils = [period.until for period in (one, other) if period.until]
    return not starts or not untils or max(starts) <= min(untils)


def _groups(pack: Pack) -> dict[str, set[str]]:
    """Policy -> the statuses of which its conditions ask one, on whatever day."""
    found: dict[str, set[str]] = {}
    for relation in relations_of(pack, None):
        if relation.kind == "opens":
            found.setdefault(relation.b, set()).add(relation.a)
    return found


def _is_same_group(one: Policy, other: Policy, groups: Mapping[str, set[str]]) -> bool:
    """A status in common; without any on either side, the same category."""
    first, second = groups.get(one.id, set()), groups.get(other.id, set())
    return bool(first & second) or (not first and not second and one.category == other.category)


def _part_ways(one: Policy, other: Policy) -> bool:
    """Whether a choice that one asks for is none that the other takes: no person gets both."""
    first, second = _asked_choices(one), _asked_choices(other)
    return any(not first[fact] & second[fact] for fact in first.keys() & second.keys())


def _asked_choices(policy: Policy) -> dict[str, set[str]]:
    """Fact -> the choices that some version of a condition asks for, each by itself."""
    found: dict[str, set[str]] = {}
    for condition in policy.conditions:
        match condition.test:
            case tree.InChoices(tree.FactRef(_, name), tree.Choices(values), False):
                found.setdefault(name, set()).update(values)
            case tree.Compare("==", tree.FactRef(_, name), tree.Literal(str() as value)):
                found.setdefault(name, set()).add(value)
    return found


def _declared(pack: Pack) -> set[frozenset[str]]:
    pairs = {frozenset({one.a, one.b}) for one in pack.exclusions}
    return pairs | {frozenset({one.a, one.b}) for one in relations_of(pack, None)}


# Conditions that nothing decides


def _undecidable(catalogue: Catalogue) -> Iterator[Hint]:
    """Conditions that pass for verified and can only answer unknown, whoever asks."""
    for _, policy in own_policies(catalogue):
        lost = [one.id for one in policy.conditions if one.decides and not is_decidable(one.test)]
        if lost:
            yield Hint(
                "undecidable",
                policy.file,
                (policy.id,),
                f"{policy.id} 的条件 {'、'.join(lost)} 不论填什么情况都答“未知”，"
                "所以这一项最多是待核实。",
                "有意这样写的不用改；只想提醒的请写 flag: unverified。",
            )


def is_decidable(node: Node) -> bool:
    """Whether some family could make the text answer met or unmet."""
    return bool(_outcomes(node))


def _outcomes(node: Node) -> frozenset[bool]:
    """What a truth may answer besides unknown."""
    match node:
        case tree.Literal(bool() as value):
            return frozenset({value})
        case tree.Doubt():
            return frozenset()
        case tree.Not(item):
            return frozenset(not value for value in _outcomes(item))
        case tree.And(items) | tree.Or(items):
            decides = isinstance(node, tree.Or)
            parts = [_outcomes(item) for item in items]
            by_one = {decides} if any(decides in part for part in parts) else set[bool]()
            by_all = {not decides} if all((not decides) in part for part in parts) else set[bool]()
            return frozenset(by_one | by_all)
        case tree.Cond(test, yes, no):
            asked, first, second = _outcomes(test), _outcomes(yes), _outcomes(no)
            both = first & second
            return both | (first if True in asked else both) | (second if False in asked else both)
        case tree.Quantifier("any" | "all" as which, body, _, _, kept):
            empty = which == "all"
            reached = kept is None or True in _outcomes(kept)
            return frozenset({empty}) | (_outcomes(body) if reached else frozenset())
    return _BOTH if _is_knowable(node) else frozenset()


def _is_knowable(node: Node) -> bool:
    """Whether a value of any kind could be known: every part of it can."""
    if isinstance(node, tree.Doubt):
        return False
    return all(_is_knowable(child) for child in tree.children(node))
