"""A picture of one family's part of the graph (一户图谱), for paths and for drawing; never a store.

Nodes carry `kind` (as in `graph/schema.py`, in small letters, with `fact` and `item` besides) and
`label`, a text for people; edges carry `type`. Edges point from what was found to what it rests on:
person -> record -> fact -> condition -> clause -> document, household -> need -> item.
"""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from matching.model.answer import Answer, ConditionAnswer, FactUsed, Item
from matching.model.records import Case, Record, SubjectKind

if TYPE_CHECKING:
    import networkx

    Picture = networkx.MultiDiGraph[str]

__all__ = ["evidence_paths", "family_graph", "layout"]

_COLUMNS = ("household", "person", "event", "need", "record", "fact", "condition", "item", "clause",
            "document")  # fmt: skip
_WIDTH, _HEIGHT = 200.0, 60.0


def family_graph(case: Case, answer: Answer) -> "Picture":
    """The family, what is known of it, and what each item of the answer rests on (一户图谱)."""
    import networkx  # noqa: PLC0415 - half a second, and only pictures need it

    graph: Picture = networkx.MultiDiGraph()
    _add_people(graph, case)
    for record in case.records:
        _add_record(graph, record)
    _add_needs(graph, case)
    for item in answer.items:
        _add_item(graph, case, item)
    return graph


def _node(graph: "Picture", kind: str, one: str, label: str) -> str:
    name = f"{kind}:{one}"
    if name not in graph:
        graph.add_node(name, kind=kind, label=label)
    return name


def _edge(graph: "Picture", start: str, end: str, kind: str) -> None:
    if not graph.has_edge(start, end, kind):
        graph.add_edge(start, end, key=kind, type=kind)


def _add_people(graph: "Picture", case: Case) -> None:
    home = _node(graph, "household", case.household.id, case.household.id)
    for person in case.persons:
        _node(graph, "person", person.id, person.identity.name)
    for membership in case.memberships:
        _edge(graph, f"person:{membership.person}", home, "MEMBER_OF")
    for obligation in case.obligations:
        start, end = f"person:{obligation.obligor}", f"person:{obligation.person}"
        _edge(graph, start, end, "OBLIGED_TO")
    for parentage in case.parentages:
        _edge(graph, f"person:{parentage.parent}", f"person:{parentage.child}", "PARENT_OF")
    for event in case.events:
        happened = _node(graph, "event", event.id, event.id)
        _edge(graph, f"person:{event.person}" if event.person else home, happened, "HAPPENED")


def _add_record(graph: "Picture", record: Record) -> None:
    label = f"{record.source} {record.as_of.isoformat()}"
    node = _node(graph, "record", record.id, label)
    subject = _node(graph, record.kind.value, record.about, record.about)
    _edge(graph, subject, node, "SAID_IN")


def _add_needs(graph: "Picture", case: Case) -> None:
    for need in case.needs:
        node = _node(graph, "need", need.id, need.type)
        of = case.household.id if need.of == "household" else need.of
        kind = "household" if need.of == "household" else "person"
        _edge(graph, _node(graph, kind, of, of), node, "HAS_NEED")


def _add_item(graph: "Picture", case: Case, item: Item) -> None:
    node = _node(graph, "item", _item_key(item), item.label)
    for need in case.needs:
        if need.type in item.addresses:
            _edge(graph, f"need:{need.id}", node, "ADDRESSED_BY")
    for condition in item.conditions:
        _add_condition(graph, case, node, item, condition)


def _add_condition(
    graph: "Picture", case: Case, item_node: str, item: Item, condition: ConditionAnswer
) -> None:
    node = _node(graph, "condition", f"{_item_key(item)}/{condition.id}", condition.says)
    _edge(graph, node, item_node, "CONDITION_OF")
    for used in condition.facts:
        fact = _add_fact(graph, case, used)
        _edge(graph, fact, node, "DECIDES")
    for clause in condition.clause:
        article = clause.article or ""
        title = f"{clause.title} {article}".strip()
        end = _node(graph, "clause", f"{clause.doc}/{article}", title)
        _edge(graph, node, end, "BASED_ON")
        document = _node(graph, "document", clause.doc, clause.title)
        _edge(graph, end, document, "OF")


def _add_fact(graph: "Picture", case: Case, used: FactUsed) -> str:
    """The fact with an edge from each record that said it on that day; else from its subject."""
    fact = _node(graph, "fact", f"{used.subject}/{used.name}", f"{used.label}: {used.shown}")
    said = [
        record
        for record in case.records
        if used.name in record.facts
        and record.about in (used.subject, _subject_id(case, used.subject))
        and (used.source, used.as_of) == (record.source, record.as_of)
    ]
    for record in said:
        _edge(graph, f"record:{record.id}", fact, "SAYS")
    subject = _subject_id(case, used.subject)
    for kind in SubjectKind:
        if not said and f"{kind.value}:{subject}" in graph:
            _edge(graph, f"{kind.value}:{subject}", fact, "HAS")
    return fact


def _subject_id(case: Case, subject: str) -> str:
    return case.household.id if subject == "household" else subject


def _item_key(item: Item) -> str:
    return "/".join(part for part in (item.id, item.subject, item.event) if part)


def evidence_paths(graph: "Picture", item: Item) -> list[tuple[str, ...]]:
    """Why this item (依据路径): each shortest chain of nodes that it rests on, in a fixed order.

    Two sorts: who -> record -> fact -> condition -> clause -> document, and who -> need -> item.
    """
    node = f"item:{_item_key(item)}"
    if node not in graph:
        return []
    paths: set[tuple[str, ...]] = set()
    for need in _before(graph, node, "need"):
        paths |= {(who, need, node) for who in graph.predecessors(need)}
    subjects = {kind.value for kind in SubjectKind}
    for condition in _before(graph, node, "condition"):
        clauses = [one for one in graph.successors(condition) if one != node]
        ends: list[tuple[str, ...]] = [
            (one, end) for one in clauses for end in graph.successors(one)
        ]
        for fact in _before(graph, condition, "fact"):
            for start in _starts(graph, fact, subjects):
                paths |= {(*start, condition, *end) for end in ends or [()]}
    return sorted(paths)


def _before(graph: "Picture", node: str, kind: str) -> list[str]:
    return sorted(one for one in graph.predecessors(node) if graph.nodes[one]["kind"] == kind)


def _starts(graph: "Picture", fact: str, subjects: set[str]) -> list[tuple[str, ...]]:
    """Subject -> record -> fact, or subject -> fact where no record of the case said it."""
    starts: list[tuple[str, ...]] = []
    for one in graph.predecessors(fact):
        if graph.nodes[one]["kind"] in subjects:
            starts.append((one, fact))
        else:
            starts += [(who, one, fact) for who in graph.predecessors(one)]
    return starts or [(fact,)]


def layout(graph: "Picture") -> Mapping[str, tuple[float, float]]:
    """A place for each node (布局): a column for each kind, in a column by the place of neighbours.

    The same graph always gives the same places.
    """
    columns: dict[int, list[str]] = {}
    for node in sorted(graph):
        columns.setdefault(_COLUMNS.index(graph.nodes[node]["kind"]), []).append(node)
    places: dict[str, tuple[float, float]] = {}
    for x, column in enumerate(columns[index] for index in sorted(columns)):
        ordered = sorted(column, key=lambda node: (_pull(graph, node, places), node))
        for y, node in enumerate(ordered):
            places[node] = (x * _WIDTH, y * _HEIGHT)
    return places


def _pull(graph: "Picture", node: str, places: Mapping[str, tuple[float, float]]) -> float:
    near = {*graph.predecessors(node), *graph.successors(node)}
    heights = [places[one][1] for one in near if one in places]
    return sum(heights) / len(heights) if heights else math.inf
