"""The catalogue as nodes and relations (政策图谱): what `put_catalogue` writes into a store.

Every relation follows from the catalogue; `graph/schema.py` says which exist. A policy that several
packs inherit is one node, that of the pack which states it.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from graph.store import CatalogueEdge, CatalogueNode
from matching.packs import (
    Catalogue,
    ClauseRef,
    Condition,
    Definition,
    Exclusion,
    Pack,
    Period,
    Policy,
    Relation,
)
from matching.parameters import Standard
from matching.relations import relations_of
from matching.tree import Node
from matching.uses import facts_in, standards_in

__all__ = ["catalogue_graph"]

# kind of a relation -> type and effect of the edge
_RELATIONS = {
    "opens": ("OPENS", None),
    "requires": ("REQUIRES", None),
    "ends_with": ("REQUIRES", "ends_with"),
    **{kind: ("OVERLAPS", kind) for kind in ("overlaps", "before", "offsets", "stacks")},
}
Part = CatalogueNode | CatalogueEdge
End = tuple[str, str]


def catalogue_graph(
    catalogue: Catalogue, places: Mapping[str, str]
) -> tuple[list[CatalogueNode], list[CatalogueEdge]]:
    """All public nodes and relations, each once, in order.

    Args:
        catalogue: what is loaded.
        places: division code -> name, for places below those of the packs.
    """
    parts = [*_shared(catalogue), *_places(catalogue, places)]
    for pack in catalogue.packs.values():
        parts += _pack(catalogue, pack)
    nodes = {(p.label, p.key): p for p in parts if isinstance(p, CatalogueNode)}
    edges = {p.model_dump_json(): p for p in parts if isinstance(p, CatalogueEdge)}
    return [nodes[key] for key in sorted(nodes)], [edges[key] for key in sorted(edges)]


def _node(label: str, key: str, **properties: str | None) -> CatalogueNode:
    known = {name: value for name, value in properties.items() if value is not None}
    return CatalogueNode(label=label, key=key, properties=known)


def _edge(type_: str, start: End, end: End, **properties: str | None) -> CatalogueEdge:
    known = {name: value for name, value in properties.items() if value is not None}
    return CatalogueEdge(
        type=type_,
        start_label=start[0],
        start=start[1],
        end_label=end[0],
        end=end[1],
        properties=known,
    )


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _shared(catalogue: Catalogue) -> Iterator[Part]:
    for document in catalogue.documents.values():
        yield _node(
            "Document",
            document.id,
            title=document.title,
            url=document.url,
            start=_day(document.period.start),
            until=_day(document.period.until),
        )
    for body in catalogue.departments.values():
        yield _node("Department", body.id, name=body.label, kind=body.kind, duty=body.duty)
        yield from _clauses(catalogue, ("Department", body.id), body.clauses)
    for need in catalogue.needs.values():
        yield _node(
            "NeedType", need.id, name=need.label, synonyms="、".join(need.synonyms) or None,
            urgency=need.urgency, service_class=need.service_class,
        )  # fmt: skip
        if need.lead is not None:
            yield _edge("LED_BY", ("NeedType", need.id), ("Department", need.lead))
        if need.parent is not None:
            yield _edge("PART_OF", ("NeedType", need.id), ("NeedType", need.parent))


def _places(catalogue: Catalogue, places: Mapping[str, str]) -> Iterator[Part]:
    names = {pack.place: pack.label for pack in catalogue.packs.values() if pack.place}
    names = {**names, **places}
    for code, name in names.items():
        yield _node("Place", code, name=name)
        above = [other for other in names if other != code and code.startswith(other)]
        if above:
            yield _edge("PART_OF", ("Place", code), ("Place", max(above, key=len)))


def _pack(catalogue: Catalogue, pack: Pack) -> Iterator[Part]:
    own = ("Pack", pack.id)
    yield _node("Pack", pack.id, name=pack.label, place=pack.place)
    if len(pack.chain) > 1:
        parent = next(step for step in reversed(pack.chain) if step != pack.id)
        yield _edge("INHERITS", own, ("Pack", parent))
    if pack.place:
        yield _edge("FOR_PLACE", own, ("Place", pack.place))
    for standard in pack.standards.values():
        yield from _standard(catalogue, standard)
    for definition in pack.definitions.values():
        yield from _definition(catalogue, pack, definition)
    for policy in pack.policies.values():
        yield from _policy(catalogue, pack, policy)
    for exclusion in pack.exclusions:
        yield from _between(pack, exclusion, "EXCLUDES", exclusion.effect)
    for relation in relations_of(pack, None):
        type_, effect = _RELATIONS[relation.kind]
        yield from _between(pack, relation, type_, effect)


def _policy_end(policy: Policy) -> End:
    label = "ServiceProject" if policy.kind == "project" else "Policy"
    return label, f"{policy.pack}/{policy.id}"


def _clauses(catalogue: Catalogue, source: End, clauses: Iterable[ClauseRef]) -> Iterator[Part]:
    for clause in clauses:
        if clause.doc in catalogue.documents:
            key = f"{clause.doc}#{clause.article or ''}"
            yield _node("Clause", key, doc=clause.doc, article=clause.article)
            yield _edge("OF", ("Clause", key), ("Document", clause.doc))
            yield _edge("BASED_ON", source, ("Clause", key))


def _uses(pack: Pack, source: End, texts: Iterable[Node]) -> Iterator[Part]:
    """Figures and definitions that a text names."""
    for text in texts:
        for name in sorted(standards_in(text) & set(pack.standards)):
            standard = pack.standards[name]
            yield _edge("USES", source, ("Standard", f"{standard.pack}/{name}"))
        for name in sorted(facts_in(text) & set(pack.definitions)):
            definition = pack.definitions[name]
            yield _edge("USES", source, ("Definition", f"{definition.pack}/{name}"))


def _standard(catalogue: Catalogue, standard: Standard) -> Iterator[Part]:
    end = ("Standard", f"{standard.pack}/{standard.id}")
    yield _node(*end, id=standard.id, name=standard.label, unit=standard.unit_text)
    yield _edge("IN_PACK", end, ("Pack", standard.pack))
    cited = [ClauseRef(r.doc, r.article, Period()) for r in standard.rows if r.doc is not None]
    yield from _clauses(catalogue, end, cited)


def _definition(catalogue: Catalogue, pack: Pack, definition: Definition) -> Iterator[Part]:
    end = ("Definition", f"{definition.pack}/{definition.name}")
    yield _node(*end, name=definition.name)
    yield _edge("IN_PACK", end, ("Pack", definition.pack))
    for text in definition.texts:
        yield from _clauses(catalogue, end, text.clauses)
    if definition.pack == pack.id:
        yield from _uses(pack, end, (text.test for text in definition.texts))


def _policy(catalogue: Catalogue, pack: Pack, policy: Policy) -> Iterator[Part]:
    if policy.pack != pack.id:
        return
    end = _policy_end(policy)
    yield _node(
        *end,
        id=policy.id,
        name=policy.labels[-1][1],
        form=policy.form,
        category=policy.category,
        start=_day(policy.period.start),
        until=_day(policy.period.until),
    )
    yield _edge("IN_PACK", end, ("Pack", pack.id))
    yield from _runners(catalogue, pack, policy)
    for need in policy.addresses:
        if need in catalogue.needs:
            yield _edge("ADDRESSES", end, ("NeedType", need))
    for condition in policy.conditions:
        yield from _condition(catalogue, pack, end, condition)
    for amount in policy.amounts:
        yield from _clauses(catalogue, end, amount.clauses)
        yield from _uses(pack, end, [amount.value] if amount.value is not None else [])
    yield from _clauses(catalogue, end, policy.procedure.clauses)


def _runners(catalogue: Catalogue, pack: Pack, policy: Policy) -> Iterator[Part]:
    end = _policy_end(policy)
    if policy.department in catalogue.departments:
        yield _edge("RUN_BY", end, ("Department", policy.department))
    if policy.provider and policy.kind == "project":
        yield _node("Organisation", policy.provider, name=policy.provider)
        yield _edge("RUN_BY", end, ("Organisation", policy.provider))
    if policy.kind == "project" and pack.place:
        yield _edge("SERVES", end, ("Place", pack.place))


def _condition(
    catalogue: Catalogue, pack: Pack, policy: End, condition: Condition
) -> Iterator[Part]:
    version = _day(condition.period.start) or ""
    end = ("Condition", f"{policy[1]}#{condition.id}@{version}")
    yield _node(
        *end,
        id=condition.id,
        says=condition.says,
        flag=condition.flag,
        start=_day(condition.period.start),
        until=_day(condition.period.until),
    )
    yield _edge("HAS", policy, end)
    yield from _clauses(catalogue, end, condition.clauses)
    yield from _clauses(catalogue, policy, condition.clauses)
    yield from _uses(pack, end, [condition.test])


def _between(
    pack: Pack, relation: Exclusion | Relation, type_: str, effect: str | None
) -> Iterator[Part]:
    """An edge between two policies of the pack; other aid has no node of its own."""
    sides = [pack.policies.get(relation.a), pack.policies.get(relation.b)]
    known = [_policy_end(side) for side in sides if side is not None]
    if len(known) == 2:
        cited = "；".join(f"{c.doc} {c.article or ''}".strip() for c in relation.clauses)
        yield _edge(
            type_,
            known[0],
            known[1],
            effect=effect,
            clause=cited or None,
            **{"from": _day(relation.period.start), "to": _day(relation.period.until)},
        )
