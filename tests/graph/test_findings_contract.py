"""Findings with their state, on each store (发现的存储契约)."""

from datetime import date

import pytest

from graph import copy_store, open_store, verify_audit
from graph.store import Store
from matching.errors import Conflict, InputError, NotFound
from matching.model.access import Purpose
from matching.model.finding import FindingFilter, FindingRun, FindingState, StoredFinding
from tests.builders import a_case, a_finding, an_access, an_operator, put

OPERATOR = an_operator()
ELSEWHERE = "310104001001"
TODAY, TOMORROW = date(2026, 6, 30), date(2026, 7, 1)


def look(store: Store, *findings, on=TODAY, homes=("h1",), kinds=("underpaid",), access=OPERATOR):
    run = FindingRun(on=on, households=frozenset(homes), kinds=frozenset(kinds), findings=findings)
    return store.put_findings(access, run)


def only(store: Store, **wanted) -> StoredFinding:
    (one,) = store.findings(OPERATOR, FindingFilter(**wanted))
    return one


@pytest.fixture
def filled(store: Store) -> Store:
    put(store, a_case("h1"), a_case("h2"))
    return store


def test_a_finding_comes_back_as_it_went_in(filled: Store):
    assert look(filled, a_finding()) == 1
    one = only(filled)
    assert one.model_dump(include=a_finding().model_dump().keys()) == a_finding().model_dump()
    assert (one.state, one.found_on, one.seen_on) == (FindingState.OPEN, TODAY, TODAY)
    assert [(step.by, step.state) for step in one.steps] == [("operator", FindingState.OPEN)]


def test_a_second_look_doubles_nothing_and_moves_the_day(filled: Store):
    look(filled, a_finding())
    assert look(filled, a_finding()) == 0
    assert look(filled, a_finding(), on=TOMORROW) == 0
    one = only(filled)
    assert (one.found_on, one.seen_on, len(one.steps)) == (TODAY, TOMORROW, 1)


def test_what_differs_is_written_and_counted_and_keeps_its_history(filled: Store):
    look(filled, a_finding("F1"), a_finding("F2"))
    filled.decide_finding(OPERATOR, "F1", FindingState.CONFIRMED)
    more = a_finding("F1", says="又多了一个月，请核实。")
    assert look(filled, more, a_finding("F2"), on=TOMORROW) == 1
    assert look(filled, a_finding("F1"), a_finding("F2"), on=TODAY) == 0  # an earlier day
    first, second = filled.findings(OPERATOR)
    assert (first.says, first.seen_on) == (more.says, TOMORROW)
    assert [step.state.value for step in first.steps] == ["open", "confirmed"]
    assert (second.seen_on, second.state) == (TOMORROW, FindingState.OPEN)
    copied = [one for one in filled.dump(OPERATOR) if isinstance(one, StoredFinding)]
    assert copied == [first, second]


def test_a_cause_that_is_gone_closes_and_one_that_is_back_reopens(filled: Store):
    look(filled, a_finding())
    look(filled, on=TOMORROW)
    assert only(filled).state is FindingState.CLOSED
    assert only(filled).steps[-1].reason == "原因已经消除"
    with pytest.raises(Conflict):
        filled.decide_finding(OPERATOR, "F1", FindingState.CONFIRMED)
    look(filled, a_finding(), on=date(2026, 7, 2))
    one = only(filled)
    assert one.state is FindingState.REOPENED
    assert [step.state.value for step in one.steps] == ["open", "closed", "reopened"]


def test_only_what_was_looked_at_can_be_gone(filled: Store):
    look(filled, a_finding("F1"), a_finding("F2", "h2"), homes=("h1", "h2"))
    look(filled, homes=("h1",), kinds=("acute_need",), on=TOMORROW)
    look(filled, homes=("h2",), on=date(2026, 6, 1))  # an earlier day than the last
    assert {one.state for one in filled.findings(OPERATOR)} == {FindingState.OPEN}
    with pytest.raises(InputError):
        look(filled, a_finding("F3", "h2"), homes=("h1",))


def test_what_a_person_decided_stays_decided(filled: Store):
    look(filled, a_finding("F1"), a_finding("F2"))
    filled.decide_finding(OPERATOR, "F1", FindingState.REJECTED, "  家里已经说明  ")
    filled.decide_finding(OPERATOR, "F2", FindingState.CONFIRMED)
    look(filled, a_finding("F1"), a_finding("F2"), on=TOMORROW)
    rejected, confirmed = filled.findings(OPERATOR)
    assert rejected.state is FindingState.REJECTED
    assert rejected.steps[-1].reason == "家里已经说明"
    assert confirmed.state is FindingState.CONFIRMED
    look(filled, on=date(2026, 7, 2))
    states = [one.state for one in filled.findings(OPERATOR)]
    assert states == [FindingState.REJECTED, FindingState.CLOSED]


def test_the_same_decision_twice_is_one_step(filled: Store):
    look(filled, a_finding())
    for _ in range(2):
        filled.decide_finding(OPERATOR, "F1", FindingState.REJECTED, "重名")
    assert len(only(filled).steps) == 2
    filled.decide_finding(OPERATOR, "F1", FindingState.CONFIRMED, "再看是同一个人")
    assert [step.state.value for step in only(filled).steps] == ["open", "rejected", "confirmed"]


def test_a_decision_sent_twice_with_one_key_lands_once(filled: Store):
    look(filled, a_finding("F1"), a_finding("F2"))
    send = {"state": FindingState.REJECTED, "reason": "重名", "once": "key-1"}
    filled.decide_finding(OPERATOR, "F1", **send)
    filled.decide_finding(OPERATOR, "F1", FindingState.CONFIRMED, "再看是同一个人", once="key-2")
    late = filled.decide_finding(OPERATOR, "F1", **send)  # the first one again, on its way for long
    assert [step.state.value for step in late.steps] == ["open", "rejected", "confirmed"]
    with pytest.raises(Conflict):
        filled.decide_finding(OPERATOR, "F2", **send)
    assert [one.state.value for one in filled.findings(OPERATOR)] == ["confirmed", "open"]


def test_the_count_is_of_the_scope(filled: Store):
    put(filled, a_case("h3", place=ELSEWHERE, records=(), batches=()))
    assert filled.count(OPERATOR) == 3
    assert filled.count(an_access("310199", purpose=Purpose.OPERATE)) == 2
    assert filled.count(an_access(purpose=Purpose.OPERATE)) == 0


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (FindingState.REJECTED, None),
        (FindingState.REJECTED, " "),
        (FindingState.CLOSED, "因为"),
        (FindingState.OPEN, "因为"),
        (FindingState.CONFIRMED, "长" * 501),
    ],
)
def test_a_decision_that_is_none_is_refused(filled: Store, state, reason):
    look(filled, a_finding())
    with pytest.raises(InputError):
        filled.decide_finding(OPERATOR, "F1", state, reason)
    assert only(filled).state is FindingState.OPEN


def test_nobody_sees_or_decides_outside_the_scope(store: Store):
    put(store, a_case("h1"), a_case("h2", place=ELSEWHERE, records=(), batches=()))
    both = a_finding("F3", "h1", households=("h2",), place="310")
    look(store, a_finding("F1"), a_finding("F2", "h2", place=ELSEWHERE), both, homes=("h1", "h2"))
    here = an_access("310199", purpose=Purpose.OPERATE)
    assert [one.key for one in store.findings(here)] == ["F1"]
    assert not store.findings(an_access(purpose=Purpose.OPERATE))
    for key in ("F2", "F3", "F9"):
        with pytest.raises(NotFound):
            store.decide_finding(here, key, FindingState.CONFIRMED)
    with pytest.raises(NotFound):
        look(store, homes=("h1", "h2"), access=here)
    with pytest.raises(NotFound):
        look(store, homes=("h1", "h9"))
    assert {one.state for one in store.findings(OPERATOR)} == {FindingState.OPEN}


@pytest.mark.parametrize("place", [ELSEWHERE, "310199013001009"])
def test_a_finding_is_of_a_place_that_all_its_households_are_in(filled: Store, place):
    with pytest.raises(InputError):
        look(filled, a_finding(place=place))
    assert not filled.findings(OPERATOR)


def test_a_finding_that_is_of_a_wider_place_now_is_seen_there_only(filled: Store):
    look(filled, a_finding())
    look(filled, a_finding(place="310"), on=TOMORROW)
    here = an_access("310199", purpose=Purpose.OPERATE)
    assert not filled.findings(here)
    assert only(filled, place="310").place == "310"


def test_findings_are_chosen_by_kind_state_place_and_household_and_paged(filled: Store):
    kinds = ("underpaid", "acute_need")
    rows = [
        a_finding("F1"), a_finding("F2", kind="acute_need"), a_finding("F3", "h2"), a_finding("F4")
    ]  # fmt: skip
    look(filled, *rows, homes=("h1", "h2"), kinds=kinds)
    filled.decide_finding(OPERATOR, "F4", FindingState.CONFIRMED)

    def keys(**wanted):
        return [one.key for one in filled.findings(OPERATOR, FindingFilter(**wanted))]

    assert keys(kinds={"acute_need"}) == ["F2"]
    assert keys(states={FindingState.CONFIRMED}) == ["F4"]
    assert keys(household="h2") == ["F3"]
    assert keys(place="310199001") == ["F1", "F2", "F3", "F4"]
    assert keys(place="310199002") == []
    assert keys(kinds={"underpaid"}, household="h1") == ["F1", "F4"]
    assert [one.key for one in filled.findings(OPERATOR, after="F2", limit=1)] == ["F3"]
    with pytest.raises(InputError):
        filled.findings(OPERATOR, limit=0)


def test_each_call_leaves_its_trace_and_no_sentence(filled: Store):
    look(filled, a_finding())
    filled.findings(OPERATOR)
    filled.decide_finding(OPERATOR, "F1", FindingState.REJECTED, "家里另有隐情")
    with pytest.raises(NotFound):
        filled.decide_finding(OPERATOR, "F9", FindingState.CONFIRMED)
    entries = [one for one in filled.audit_entries() if one.resource == "finding"]
    assert [(one.action, one.resource_id, one.decision, one.result_count) for one in entries] == [
        ("put_findings", "2026-06-30", "allow", 1),
        ("findings", "F1", "allow", 1),
        ("decide_finding", "F1", "allow", 1),
        ("decide_finding", "F9", "deny", 0),
    ]
    assert verify_audit(filled.audit_entries()) is None
    assert "隐情" not in "".join(one.model_dump_json() for one in entries)


def test_findings_and_decisions_go_along_when_a_store_is_copied(filled: Store, tmp_path):
    look(filled, a_finding())
    filled.decide_finding(OPERATOR, "F1", FindingState.REJECTED, "重名")
    with open_store(f"embedded:{tmp_path / 'copy.sqlite'}", create=True) as target:
        copy_store(filled, target, an_operator(Purpose.COPY))
        assert target.findings(OPERATOR) == filled.findings(OPERATOR)
        assert target.canonical_hash() == filled.canonical_hash()


@pytest.mark.neo4j
def test_in_neo4j_a_finding_leads_to_what_it_shows(empty_neo4j, neo4j_driver):
    with open_store(empty_neo4j.url, password=empty_neo4j.password, create=True) as store:
        put(store, a_case("h1"))
        look(store, a_finding())
        look(store, a_finding(), on=TOMORROW)
    rows = neo4j_driver.execute_query(
        "MATCH (:Finding {key: 'F1'})-[r]->(n) "
        "RETURN type(r) + ' ' + labels(n)[0] + ' ' + n.id AS line ORDER BY line"
    ).records
    assert [row["line"] for row in rows] == [
        "OF_HOUSEHOLD Household h1", "SHOWS AidRecord h1-a1", "SHOWS Person h1-p1",
        "SHOWS Record h1-r1",
    ]  # fmt: skip
