"""The picture of one family, and why an item stands there (一户图谱)."""

from datetime import date

from graph.projection import evidence_paths, family_graph, layout
from matching.model.answer import Answer, Clause, ConditionAnswer, FactUsed, Group, Item, Outcome
from tests.builders import DAY, PLACE, a_case


def a_fact_used(**changes) -> FactUsed:
    values = {
        "name": "person.birth_date",
        "label": "出生日期",
        "subject": "h1-p1",
        "source": "visit",
    }
    return FactUsed(**{**values, "value": date(1950, 1, 31), "shown": "1950-01-31", "as_of": DAY,
                       **changes})  # fmt: skip


def an_item(**changes) -> Item:
    condition = ConditionAnswer(
        id="c1",
        says="年满60周岁",
        outcome=Outcome.MET,
        clause=(Clause(doc="LAW", title="示例办法", article="9"),),
        facts=(a_fact_used(),),
    )
    values = {"id": "meals_for_old", "kind": "policy", "label": "助餐", "subject": "h1-p1",
              "group": Group.ENTITLED, "outcome": Outcome.MET, "form": "service",
              "addresses": ("meals",), "conditions": (condition,)}  # fmt: skip
    return Item(**{**values, **changes})


def an_answer(*items: Item) -> Answer:
    return Answer(
        household="h1", on=DAY, place=PLACE, catalogue="v1", items=items, questions=(), alerts=()
    )


def test_an_item_is_reached_from_person_to_document_and_from_need():
    item = an_item()
    graph = family_graph(a_case("h1"), an_answer(item))
    ends = ("condition:meals_for_old/h1-p1/c1", "clause:LAW/9", "document:LAW")
    fact = "fact:h1-p1/person.birth_date"
    assert evidence_paths(graph, item) == [
        ("person:h1-p1", "need:h1-n1", "item:meals_for_old/h1-p1"),
        ("person:h1-p1", "record:h1-r1", fact, *ends),
    ]
    kinds = {graph.nodes[node]["kind"] for node in graph}
    assert {"household", "person", "record", "fact", "condition", "clause", "item"} <= kinds
    assert all(data["label"] for _, data in graph.nodes(data=True))
    assert all(data["type"] for *_, data in graph.edges(data=True))


def test_a_fact_that_no_record_said_hangs_on_its_subject():
    for subject, start in (("h1-p2", "person:h1-p2"), ("household", "household:h1")):
        fact = a_fact_used(subject=subject, source=None, as_of=None)
        condition = an_item().conditions[0].model_copy(update={"facts": (fact,), "clause": ()})
        item = an_item(conditions=(condition,), addresses=())
        graph = family_graph(a_case("h1"), an_answer(item))
        name = f"fact:{subject}/person.birth_date"
        expected = (start, name, "condition:meals_for_old/h1-p1/c1")
        assert evidence_paths(graph, item) == [expected]


def test_an_item_that_is_not_in_the_picture_has_no_paths():
    graph = family_graph(a_case("h1"), an_answer())
    assert evidence_paths(graph, an_item()) == []


def test_the_same_family_is_drawn_in_the_same_places():
    case, answer = a_case("h1"), an_answer(an_item())
    first, second = (layout(family_graph(case, answer)) for _ in range(2))
    assert first == second
    assert len(set(first.values())) == len(first)
    backward = case.model_copy(update={"records": case.records[::-1], "needs": case.needs[::-1]})
    assert layout(family_graph(backward, answer)) == first
