"""What stands in the catalogue and nobody reads (没有用到的): names left over from a change."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass

from matching import tree
from matching.clauses import ClauseRef
from matching.packs import Catalogue, Pack
from matching.tree import Node, walk
from matching.uses import facts_in, standards_in
from matching.vocabulary import VOCABULARY, FactType

__all__ = ["Unused", "unused_names"]

_LONGEST_LIST = 8  # a longer one is CASH_AID, which names nobody in particular
# Read by the program itself: who is asked for, who owes support, when something happened.
_READ_ANYWAY = frozenset(
    {"person.birth_date", "person.age", "person.relation", "person.life_status", "event.date",
     "person.counted"}
)  # fmt: skip
_CURE = "用不到的请删去；该用到的请检查拼写和引用。"


@dataclass(frozen=True, slots=True)
class Unused:
    """Names of one kind in one file that nothing reads."""

    what: str
    file: str
    names: tuple[str, ...]
    cure: str = _CURE


def unused_names(catalogue: Catalogue) -> Iterator[Unused]:
    """All of them, a row for each kind and file."""
    yield from _definitions(catalogue)
    yield from _standards(catalogue)
    yield from _row(
        "没有人引用的文件", "documents.yaml", set(catalogue.documents) - _cited(catalogue)
    )
    yield from _row("没有规则、互斥或关系提到的其他救助", "other_aid.yaml", _aids(catalogue))
    yield from _row("没有政策针对的需求", "needs.yaml", _needs(catalogue),
                    "这是供给的缺口，或者政策文件的 addresses 少写了它。")  # fmt: skip
    yield from _row("没有政策归它管的部门", "departments.yaml", _departments(catalogue))
    yield from _row("没有规则用到的事实", "matching/vocabulary.py", _facts(catalogue),
                    "用不到的请工程师删去；别处要用的可以留着。")  # fmt: skip


def _row(what: str, file: str, names: Iterable[str], cure: str = _CURE) -> Iterator[Unused]:
    found = tuple(sorted(names))
    if found:
        yield Unused(what, file, found, cure)


def _texts(pack: Pack) -> Iterator[Node]:
    """All texts of a view: of policies, definitions and alerts, whatever their days."""
    for policy in pack.policies.values():
        yield from (condition.test for condition in policy.conditions)
        yield from (amount.value for amount in policy.amounts if amount.value is not None)
    for definition in pack.definitions.values():
        yield from (text.test for text in definition.texts)
    yield from (alert.test for alert in pack.alerts)


def _definitions(catalogue: Catalogue) -> Iterator[Unused]:
    read: set[tuple[str, str]] = set()
    for pack in catalogue.packs.values():
        for name in {name for text in _texts(pack) for name in facts_in(text)} | _READ_ANYWAY:
            if name in pack.definitions:
                read.add((pack.definitions[name].pack, name))
    stated = {
        (one.pack, one.name): one.file
        for pack in catalogue.packs.values()
        for one in pack.definitions.values()
    }
    for file in sorted(set(stated.values())):
        names = {name for (pack, name), at in stated.items() if at == file} - {
            name for pack, name in read if stated[pack, name] == file
        }
        yield from _row("没有规则用到的定义", file, names)


def _standards(catalogue: Catalogue) -> Iterator[Unused]:
    read: set[tuple[str, str]] = set()
    for pack in catalogue.packs.values():
        for name in {name for text in _texts(pack) for name in standards_in(text)}:
            read.add((pack.standards[name].pack, name))
    for pack in catalogue.packs.values():
        for name, standard in sorted(pack.standards.items()):
            if standard.pack == pack.id and (pack.id, name) not in read:
                yield from _row("没有规则用到的标准", f"{pack.id}/standards/{name}.yaml", {name})


def _cited(catalogue: Catalogue) -> set[str]:
    """Documents that a clause, a figure, a conflict or the timeline cites."""
    found: set[str] = set()
    shared = (catalogue.departments, catalogue.service_classes, catalogue.crosswalks,
              catalogue.classifications, catalogue.schemes)  # fmt: skip
    for part in shared:
        found |= {clause.doc for clause in _clauses(part)}
    for pack in catalogue.packs.values():
        for group in (pack.policies, pack.definitions, pack.exclusions, pack.relations, pack.alerts,
                      pack.uncounted):  # fmt: skip
            found |= {clause.doc for clause in _clauses(group)}
        found |= {doc for conflict in pack.conflicts for doc in conflict.docs}
        found |= {doc for _, doc in pack.timeline}
        rows = (row for standard in pack.standards.values() for row in standard.rows)
        found |= {row.doc for row in rows if row.doc}
    return found


def _clauses(value: object) -> Iterator[ClauseRef]:
    """Every clause somewhere below a value; texts of rules hold none."""
    if isinstance(value, ClauseRef):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _clauses(part)
    elif isinstance(value, tuple):
        for part in value:
            yield from _clauses(part)
    elif is_dataclass(value) and not isinstance(value, type | tree.Node):
        for slot in fields(value):
            yield from _clauses(getattr(value, slot.name))


def _aids(catalogue: Catalogue) -> set[str]:
    named: set[str] = set()
    for pack in catalogue.packs.values():
        for text in _texts(pack):
            for part in walk(text):
                policies = getattr(part, "policies", ())
                named |= set(policies) if len(policies) <= _LONGEST_LIST else set()
        for exclusion in pack.exclusions:
            named |= {exclusion.a, exclusion.b}
        for relation in pack.relations:
            named |= {relation.a, relation.b}
        named |= {policy for conflict in pack.conflicts for policy in conflict.policies}
    return set(catalogue.other_aid) - named


def _needs(catalogue: Catalogue) -> set[str]:
    policies = [policy for pack in catalogue.packs.values() for policy in pack.policies.values()]
    met = {need for policy in policies for need in policy.addresses}
    groups = {need.parent for need in catalogue.needs.values()}
    return set(catalogue.needs) - met - groups


def _departments(catalogue: Catalogue) -> set[str]:
    policies = [policy for pack in catalogue.packs.values() for policy in pack.policies.values()]
    found = {policy.department for policy in policies} | {policy.provider for policy in policies}
    return set(catalogue.departments) - found - {need.lead for need in catalogue.needs.values()}


def _facts(catalogue: Catalogue) -> set[str]:
    read = set(_READ_ANYWAY)
    for pack in catalogue.packs.values():
        read |= {name for text in _texts(pack) for name in facts_in(text)}
    for name in sorted(read & set(VOCABULARY)):
        spec = VOCABULARY[name]
        read |= {*spec.implied_by, *((spec.follows[0],) if spec.follows else ())}
    return {
        name for name, spec in VOCABULARY.items()
        if name not in read and not spec.derived and spec.type is not FactType.TEXT
    }  # fmt: skip
