"""What every store does, tested once on each (存储契约)."""

from datetime import date
from fractions import Fraction

import pytest

from graph.store import Store
from matching.errors import Conflict, InputError, NotFound
from matching.model.access import Purpose
from matching.model.base import Model
from matching.model.records import (
    EventRecord,
    Membership,
    Obligation,
    Parentage,
    SubjectKind,
)
from tests.builders import (
    a_batch,
    a_case,
    a_household,
    a_person,
    a_record,
    an_access,
    an_aid,
    an_operator,
    put,
)

OPERATOR = an_operator()
HERE, THERE = "310199001001", "310104001001"


def test_a_case_comes_back_as_it_went_in(store: Store):
    case = a_case("h1")
    put(store, case)
    assert store.case(OPERATOR, "h1") == case


def test_facts_come_back_with_their_exact_types(store: Store):
    facts = {
        "a": True,
        "b": 1,
        "c": "1",
        "d": date(2024, 2, 29),
        "e": "2024-02-29",
        "f": ("x", "y"),
        "g": (),
        "h": 0,
        "i": False,
        "j": 2**62,
        "k": "",
        "l": Fraction(37, 2),
    }
    record = a_record("r1", "h1", kind=SubjectKind.HOUSEHOLD, facts=facts)
    put(store, a_household("h1"), record)
    back = store.case(OPERATOR, "h1").records[0].facts
    assert back == facts
    assert {name: type(value) for name, value in back.items()} == {
        name: type(value) for name, value in facts.items()
    }


@pytest.mark.parametrize(
    "text",
    [
        "'; DROP TABLE household; --",
        "`}) DETACH DELETE (n) //",
        "😀\u202e\n\t",
        "%s {} $id",
        "\\u0041",
    ],
)
def test_text_is_only_text(store: Store, text: str):
    case = a_case(text, persons=(), memberships=(), obligations=(), parentages=(), records=(),
                  events=(), applications=(), needs=(), obligors_known_for=frozenset())  # fmt: skip
    put(store, case)
    assert store.case(OPERATOR, text) == case
    assert [card.id for card in store.cards(OPERATOR)] == [text]


def test_calls_may_come_in_any_order(store: Store):
    case = a_case("h1")
    with store.write(OPERATOR, "load", "h1", key="k", body=b"") as writer:
        for record in case.records:
            writer.add_record(record)
        for event in case.events:
            writer.add_event(event)
        writer.add_case(case)
    assert store.case(OPERATOR, "h1") == case


def test_equal_rows_may_come_twice(store: Store):
    put(store, a_case("h1"), key="k1")
    before = store.canonical_hash()
    put(store, a_case("h1"), key="k2")
    assert store.canonical_hash() == before


@pytest.mark.parametrize(
    "changed",
    [
        a_household("h1", address="别处"),
        a_person("h1-p1", name="赵六"),
        a_record("h1-r1", "h1-p1", facts={"person.hukou": "310000"}),
        an_aid("h1-a1", amount_fen=1),
        a_batch("b1", source="other"),
        Membership(person="h1-p1", household="h1", start=date(2001, 1, 1), until=date(2020, 1, 1)),
    ],
    ids=lambda model: type(model).__name__,
)
def test_an_id_with_another_content_is_a_conflict_and_nothing_lands(store: Store, changed: Model):
    put(store, a_case("h1"))
    before = store.canonical_hash()
    with pytest.raises(Conflict):
        put(store, a_household("h2"), changed)
    assert store.canonical_hash() == before
    with pytest.raises(NotFound):
        store.case(OPERATOR, "h2")


def test_two_contents_of_one_id_in_one_write_are_a_conflict(store: Store):
    with pytest.raises(Conflict):
        put(store, a_household("h1"), a_household("h1", address="别处"))
    assert store.info().households == 0


def _shown(model: Model) -> str:
    """The name of a case: the same in every process, so without the order of a set."""
    parts = (f"{name}={sorted(v) if isinstance(v, frozenset) else v}" for name, v in model)
    return f"{type(model).__name__} {' '.join(parts)}"


@pytest.mark.parametrize(
    "dangling",
    [
        a_record("r9", "nobody"),
        a_record("r9", "nowhere", kind=SubjectKind.HOUSEHOLD),
        a_record("r9", "nothing", kind=SubjectKind.EVENT),
        Membership(person="nobody", household="h1", start=date(2020, 1, 1)),
        Membership(person="h1-p1", household="nowhere", start=date(2020, 1, 1)),
        Obligation(obligor="nobody", person="h1-p1"),
        Parentage(parent="h1-p1", child="nobody"),
        EventRecord(id="e9", household="nowhere"),
        EventRecord(id="e9", household="h1", person="nobody"),
        an_aid("a9", "nowhere"),
        an_aid("a9", "h1", to="nobody"),
    ],
    ids=_shown,
)
def test_what_does_not_exist_cannot_be_referred_to(store: Store, dangling: Model):
    put(store, a_case("h1"))
    before = store.canonical_hash()
    with pytest.raises(NotFound):
        put(store, dangling)
    assert store.canonical_hash() == before


def test_a_missing_batch_is_named(store: Store):
    put(store, a_household("h1"))
    with pytest.raises(InputError, match="b404"):
        put(store, an_aid("a1", "h1", batch="b404"))


@pytest.mark.parametrize("bad", [{"amount_fen": 2**63}, {"giver": "\ud800"}])
def test_a_value_that_cannot_be_stored_is_refused(store: Store, bad: dict[str, object]):
    with pytest.raises(InputError):
        put(store, a_household("h1"), an_aid("a1", "h1", **bad), key="k")
    assert store.info().households == 0


def test_an_error_inside_the_block_leaves_nothing(store: Store):
    def fail() -> None:
        with store.write(OPERATOR, "load", "", key="k", body=b"") as writer:
            writer.add_household(a_household("h1"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert store.info().households == 0
    put(store, a_household("h1"), key="k")
    assert store.info().households == 1


def test_obligors_nobody_asked_for_differ_from_none(store: Store):
    put(store, a_case("h1", obligors_known_for=frozenset()), a_case("h2"))
    assert store.case(OPERATOR, "h1").obligors_known_for == frozenset()
    assert store.case(OPERATOR, "h2").obligors_known_for == {"h2-p1"}


def test_a_shared_obligor_is_part_of_both_cases(store: Store):
    put(store, a_case("h1"), a_case("h2"), Obligation(obligor="h1-p1", person="h2-p2"))
    case = store.case(OPERATOR, "h2")
    assert "h1-p1" in {person.id for person in case.persons}
    assert "h1-r1" in {record.id for record in case.records}
    assert "h1-p1" not in {membership.person for membership in case.memberships}
    assert store.case(OPERATOR, "h1") == a_case("h1")


def test_batches_of_a_case_are_those_that_cover_its_place(store: Store):
    put(
        store,
        a_household("h1", place=HERE),
        a_batch("city", covers_places=frozenset({"31"})),
        a_batch("all", covers_places=frozenset({""})),
        a_batch("exact", covers_places=frozenset({HERE, THERE})),
        a_batch("none", covers_places=frozenset()),
        a_batch("longer", covers_places=frozenset({HERE + "1"})),
        a_batch("other", covers_places=frozenset({"310104"})),
    )
    batches = store.case(OPERATOR, "h1").batches
    assert [batch.id for batch in batches] == ["all", "city", "exact"]


# -- lists


def test_cards_are_masked_counted_and_paged_in_order(store: Store):
    for n in range(5):
        put(store, a_case(f"h{n}"))
    first = store.cards(OPERATOR, limit=2)
    rest = store.cards(OPERATOR, after=first[-1].id)
    assert [card.id for card in (*first, *rest)] == ["h0", "h1", "h2", "h3", "h4"]
    assert {(card.head, card.size) for card in first} == {("王*明", 2)}


def test_a_household_without_members_has_a_card(store: Store):
    put(store, a_household("h1"))
    assert [(card.head, card.size) for card in store.cards(OPERATOR)] == [("*", 0)]


def test_a_member_who_left_is_not_the_head(store: Store):
    gone = Membership(person="p1", household="h1", start=date(1990, 1, 1), until=date(2000, 1, 1))
    put(
        store,
        a_household("h1"),
        a_person("p1"),
        a_person("p2", name="李芳"),
        gone,
        Membership(person="p2", household="h1", start=date(1995, 1, 1)),
    )
    assert [(card.head, card.size) for card in store.cards(OPERATOR)] == [("李*", 1)]
    assert gone in store.case(OPERATOR, "h1").memberships


@pytest.mark.parametrize("limit", [0, -1, 1_001])
def test_a_page_has_a_sensible_size(store: Store, limit: int):
    with pytest.raises(InputError):
        store.cards(OPERATOR, limit=limit)


def test_lists_show_only_what_lies_in_scope(store: Store):
    put(store, a_case("h1", place=HERE), a_case("h2", place=THERE, batches=(), records=(), aid=()))
    nested = an_access("310199", "310199001", HERE)
    assert [card.id for card in store.cards(nested)] == ["h1"]
    assert [case.household.id for case in store.cases(nested)] == ["h1"]
    assert [card.id for card in store.cards(an_access("31"))] == ["h1", "h2"]
    assert store.cards(an_access()) == ()
    assert list(store.cases(an_access("32"))) == []


def test_cases_are_streamed_in_order(store: Store):
    with store.write(OPERATOR, "load", "", key="k", body=b"") as writer:
        for n in range(230):
            writer.add_case(a_case(f"h{n:03}"))
    cases = list(store.cases(OPERATOR))
    assert cases == [a_case(f"h{n:03}") for n in range(230)]


# -- scope


def test_outside_the_scope_looks_like_missing(store: Store):
    put(store, a_case("h1"))
    answers = []
    for access, household in ((an_access("32"), "h1"), (an_access("310199"), "h404")):
        with pytest.raises(NotFound) as caught:
            store.case(access, household)
        answers.append((caught.value.detail, caught.value.code, type(caught.value)))
    assert answers[0] == answers[1]
    denied = [entry for entry in store.audit_entries() if entry.decision == "deny"]
    assert [(entry.resource_id, entry.result_count) for entry in denied] == [("h1", 0), ("h404", 0)]


@pytest.mark.parametrize(
    "outside",
    [
        a_household("new", place=THERE),
        a_household("h2", place=THERE),
        a_household("h2", place=HERE),
        a_person("h2-p1"),
        a_record("r9", "h2-p1"),
        a_record("r9", "h2", kind=SubjectKind.HOUSEHOLD),
        a_record("r9", "h2-e1", kind=SubjectKind.EVENT),
        Membership(person="h2-p1", household="h1", start=date(2020, 1, 1)),
        Membership(person="h1-p1", household="h2", start=date(2020, 1, 1)),
        Obligation(obligor="h2-p1", person="h1-p1"),
        Obligation(obligor="h1-p1", person="h2-p1"),
        Parentage(parent="h1-p1", child="h2-p1"),
        an_aid("a9", "h2"),
        an_aid("a9", "h1", to="h2-p1"),
        EventRecord(id="h2-e1", household="h1"),
        EventRecord(id="e9", household="h1", person="h2-p2"),
        a_batch("b9", covers_places=frozenset({"310199", "310104"})),
    ],
    ids=_shown,
)
def test_a_write_reaches_nobody_outside_the_scope(store: Store, outside: Model):
    put(store, a_case("h1", place=HERE))
    put(store, a_case("h2", place=THERE, batches=()))
    before = store.canonical_hash()
    with pytest.raises(NotFound):
        put(store, outside, access=an_access("310199", purpose=Purpose.CORRECT))
    assert store.canonical_hash() == before
    last = list(store.audit_entries())[-1]
    assert (last.action, last.decision) == ("load", "deny")


def test_a_write_names_a_household_in_scope(store: Store):
    put(store, a_case("h2", place=THERE, batches=(), records=(), aid=()))
    access = an_access("310199", purpose=Purpose.CORRECT)
    with pytest.raises(NotFound), store.write(access, "visit", "h2", key="k", body=b""):
        pass


def test_an_advisor_corrects_a_fact_of_a_member(store: Store):
    put(store, a_case("h1"))
    access = an_access("310199001", purpose=Purpose.CORRECT)
    record = a_record("r9", "h1-p2", facts={"person.is_disabled": False})
    with store.write(access, "correct_fact", "h1", key="k", body=b"x") as writer:
        writer.add_record(record)
        writer.set_result("r9")
    assert record in store.case(access, "h1").records
