"""Reading a whole population (全量读取): the contract, on both stores."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from itertools import islice
from pathlib import Path

import neo4j
import pytest

from graph import open_store
from graph.decoding import decoder
from graph.kinds import KIND_OF, ObligorsKnown, columns_of, decode, encode
from graph.store import Store
from matching.errors import AccessError, InputError, StoreError
from matching.model.access import Role
from matching.model.records import Membership, Obligation, Parentage
from seed.synthetic import generate
from tests.builders import (
    PLACE,
    a_batch,
    a_case,
    a_household,
    a_person,
    a_record,
    an_access,
    an_operator,
    put,
)

OPERATOR = an_operator()
OTHER = "310199002001"
DISTRICT = generate(20260630, 240, date(2026, 6, 30))  # more than one page of a stream


def a_tangle(store: Store) -> None:
    """Households that hang together in every way a store knows, and one that nobody lives in."""
    put(store, a_case("h1"), a_case("h2", place=OTHER), a_household("h0", address=None))
    once = Membership(
        person="h1-p1", household="h2", start=date(2019, 1, 1), until=date(2020, 1, 1)
    )
    again = Membership(person="h1-p1", household="h2", start=date(2021, 1, 1))
    put(
        store,
        once,
        again,
        Obligation(obligor="h2-p2", person="h1-p2"),
        Obligation(obligor="h1-p3", person="h2-p1"),
        Parentage(parent="h2-p2", child="h2-p1"),
        Parentage(parent="h1-p1", child="h1-p2"),
        a_person("h9-p9"),
        Parentage(parent="h9-p9", child="h1-p1"),
        a_record("r-late", "h2-p2", facts={"person.med_ins": "none"}),
        a_batch("b2", covers_places=frozenset({PLACE[:9], OTHER}), covers_aid=frozenset()),
    )


def test_the_stream_gives_what_reading_each_household_gives(store: Store):
    a_tangle(store)
    cases = list(store.cases(OPERATOR))
    assert cases == [store.case(OPERATOR, one) for one in ("h0", "h1", "h2")]
    empty, first, second = cases
    assert empty.persons == empty.records == ()
    assert {row.person for row in second.memberships} == {"h1-p1", "h2-p1", "h2-p2"}
    assert len(second.memberships) == 4
    assert {person.id for person in first.persons} == {"h1-p1", "h1-p2", "h1-p3", "h2-p2"}
    assert [row.id for row in first.records] == ["h1-r1", "h1-r2", "h1-r3", "h1-r4", "r-late"]
    assert [(row.parent, row.child) for row in first.parentages] == [
        ("h1-p1", "h1-p2"),
        ("h1-p1", "h1-p3"),
    ]
    assert [batch.id for batch in second.batches] == ["b1", "b2"]


def test_a_district_comes_back_as_it_was_written_whole_and_in_shares(store: Store):
    for start in range(0, 240, 60):
        put(store, *DISTRICT.cases[start : start + 60])
    written = list(DISTRICT.cases)
    assert list(store.cases(OPERATOR)) == written
    shares = store.shares(OPERATOR, 100)
    assert [share.size for share in shares] == [100, 100, 40]
    assert [case for share in shares for case in store.cases(OPERATOR, share)] == written
    street = an_access("310199002")
    inside = [case for case in written if case.household.place.startswith("310199002")]
    parts = store.shares(street, 7)
    assert [case for one in parts for case in store.cases(street, one)] == inside
    assert list(store.cases(street, shares[1])) == [
        case for case in written[100:200] if case.household.place.startswith("310199002")
    ]
    said = [(one.action, one.resource_id, one.result_count) for one in store.audit_entries()]
    assert ("shares", "*", 240) in said
    assert ("cases", f"* H-0100..{shares[1].until}", 100) in said


def test_shares_of_nobody_are_none_and_a_share_has_a_size(store: Store):
    assert store.shares(OPERATOR, 5) == ()
    put(store, a_case("h1"))
    assert store.shares(an_access("32"), 5) == ()
    with pytest.raises(InputError, match="每份"):
        store.shares(OPERATOR, 0)
    with pytest.raises(AccessError):
        store.shares(an_access("", role=Role.CHARITY), 5)


def test_a_stream_that_is_left_holds_nothing_open(
    store: Store, store_kind: str, request: pytest.FixtureRequest
):
    put(store, *DISTRICT.cases[:30])
    stream = store.cases(OPERATOR)
    assert len(list(islice(stream, 3))) == 3
    if store_kind == "neo4j":
        driver: neo4j.Driver = request.getfixturevalue("neo4j_driver")
        running = driver.execute_query("SHOW TRANSACTIONS YIELD currentQuery").records
        assert len(running) == 1  # the question itself
    put(store, a_household("later"))
    stream.close()
    assert store.count(OPERATOR) == 31


def test_a_row_that_was_not_written_by_us_is_named(
    open_again: Callable[[], Store], store_kind: str, request: pytest.FixtureRequest, tmp_path: Path
):
    with open_again() as store:
        put(store, a_case("h1"))
        if store_kind == "neo4j":
            driver: neo4j.Driver = request.getfixturevalue("neo4j_driver")
            driver.execute_query("MATCH (n:Need {id: 'h1-n1'}) SET n.state = 'soon'")
        else:
            with closing(sqlite3.connect(tmp_path / "store.sqlite")) as file, file:
                file.execute("DROP TRIGGER IF EXISTS need_no_update")
                file.execute("UPDATE need SET state = 'soon'")
        with pytest.raises(StoreError, match=r"need h1-n1.*备份"):
            list(store.cases(OPERATOR))


def test_every_kind_of_row_is_read_fast_as_it_is_read_with_checks():
    kinds = set()
    for case in DISTRICT.cases:
        marks = [ObligorsKnown(person=one) for one in case.obligors_known_for]
        tables = (case.persons, case.memberships, case.obligations, case.parentages, case.records,
                  case.events, case.aid, case.applications, case.needs, case.batches)  # fmt: skip
        for model in (case.household, *marks, *(row for rows in tables for row in rows)):
            kind, row = KIND_OF[type(model)], encode(model)
            read = decoder(kind)([row[name] for name in columns_of(kind)])
            assert read == model == decode(type(model), row)
            assert read.model_dump() == model.model_dump()
            kinds.add(kind.name)
    assert kinds == {kind.name for kind in KIND_OF.values()}


def test_memory_does_not_grow_with_what_was_read(tmp_path: Path):
    with open_store(f"embedded:{tmp_path / 'a.sqlite'}", create=True) as store:
        put(store, *DISTRICT.cases)
        places = {id(case.batches) for case in store.cases(OPERATOR)}
        homes = {case.household.place for case in DISTRICT.cases}
    assert len(places) <= len(homes)  # the batches of a place are one tuple for all its households
