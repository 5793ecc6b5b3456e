"""The credit record (失信记录): for the joint meeting, on each store; nobody else learns of it."""

import json
from itertools import product

import pytest

from graph import copy_store, open_store
from graph.store import Store
from matching.access_rules import SEALED_FACTS, SEALED_KINDS
from matching.errors import AccessError, NotFound
from matching.model.access import Access, Purpose, Role
from matching.model.finding import FindingFilter, FindingRun, FindingState
from matching.vocabulary import VOCABULARY
from tests.builders import DAY, a_case, a_finding, a_record, an_access, an_operator, put

OPERATOR = an_operator()
OFFICE = an_access("310199", role=Role.OFFICE, purpose=Purpose.OPERATE)
ADVISOR = an_access("310199", purpose=Purpose.ADVISE)
CREDIT = {"person.credit_basis": "fraud", "person.credit_objection": "open"}


@pytest.fixture
def filled(store: Store) -> Store:
    case = a_case("h1")
    both = a_record("R-both", "h1-p1", facts={**CREDIT, "person.sex": "f"})
    only = a_record("R-only", "h1-p1", facts=CREDIT)
    put(store, case.model_copy(update={"records": (*case.records, both, only)}))
    found = (a_finding("F1"), a_finding("F2", kind="credit_unsettled"))
    kinds = frozenset(one.kind for one in found)
    run = FindingRun(on=DAY, households=frozenset({"h1"}), kinds=kinds, findings=found)
    store.put_findings(OPERATOR, run)
    return store


def records(store: Store, access: Access) -> dict[str, set[str]]:
    (streamed,) = store.cases(access)
    assert streamed == store.case(access, "h1")
    return {record.id: set(record.facts) for record in streamed.records}


def test_the_sealed_names_are_facts():
    assert {name for name in VOCABULARY if name.startswith("person.credit_")} == SEALED_FACTS


@pytest.mark.parametrize("access", [OPERATOR, OFFICE])
def test_the_joint_meeting_sees_the_credit_record(filled: Store, access: Access):
    seen = records(filled, access)
    assert seen["R-both"] == {*CREDIT, "person.sex"}
    assert seen["R-only"] == set(CREDIT)
    assert [one.key for one in filled.findings(access)] == ["F1", "F2"]


@pytest.mark.parametrize("purpose", [Purpose.ADVISE, Purpose.CORRECT])
def test_an_advisor_sees_the_rest_of_the_record_only(filled: Store, purpose: Purpose):
    access = an_access("310199", purpose=purpose)
    seen = records(filled, access)
    assert seen["R-both"] == {"person.sex"}
    assert "R-only" not in seen
    assert "credit" not in json.dumps(filled.case(access, "h1").model_dump(mode="json"))
    ways = (
        None,
        FindingFilter(kinds=SEALED_KINDS),
        FindingFilter(household="h1"),
        FindingFilter(place="310199001001"),
    )
    for place, wanted in product(("310199", "310199001001", ""), ways):
        narrow = an_access(place, purpose=purpose)
        assert not [one for one in filled.findings(narrow, wanted) if one.kind in SEALED_KINDS]


def test_an_advisor_neither_decides_nor_writes_what_is_sealed(filled: Store):
    advisor = an_access("310199", purpose=Purpose.CORRECT)
    for key in ("F2", "F9"):
        with pytest.raises(NotFound) as caught:
            filled.decide_finding(advisor, key, FindingState.CONFIRMED)
        assert caught.value.detail == "没有这个发现，或不在您的工作范围内。"
    assert filled.decide_finding(OFFICE, "F2", FindingState.CONFIRMED).state == "confirmed"
    record = a_record("R-new", "h1-p1", facts={"person.credit_repair": "repaired"})
    with (
        pytest.raises(AccessError),
        filled.write(advisor, "correct_fact", "h1", key="k", body=b"") as writer,
    ):
        writer.add_record(record)
    last = max(filled.audit_entries(), key=lambda one: (one.at, one.seq))
    assert (last.action, last.decision) == ("correct_fact", "deny")
    assert "R-new" not in records(filled, OPERATOR)


def test_a_copy_keeps_what_is_sealed(filled: Store, tmp_path):
    with open_store(f"embedded:{tmp_path / 'copy.sqlite'}", create=True) as other:
        copy_store(filled, other, an_operator())
        assert other.canonical_hash() == filled.canonical_hash()
