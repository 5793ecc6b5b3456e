"""Coverage over the wire: figures with their lists for the office, counts for charities."""

import pytest

from matching.office import REPORTS
from seed.load import operator_access

API = "/api/v1"


@pytest.fixture
def charity(sign_in):
    return sign_in("cishan")


def patterns(value) -> list[str]:
    """Every list that stands beside a figure."""
    if isinstance(value, dict):
        own = list(value.get("lists", {}).values()) if isinstance(value.get("lists"), dict) else []
        return own + [one for part in value.values() for one in patterns(part)]
    return [one for part in value for one in patterns(part)] if isinstance(value, list) else []


def test_the_office_counts_its_district_and_opens_the_list_behind_a_figure(office, store):
    answer = office.get(f"{API}/office/coverage?report=supply")
    assert answer.status_code == 200, answer.text
    assert answer.json()["unread"] == []
    found = patterns(answer.json()["report"])
    assert found
    listed = [
        office.get(f"{API}/office/coverage/list", params={"pattern": one}).json()
        for one in found[:5]
    ]
    assert any(one["rows"] for one in listed)
    for one in listed:
        assert all(set(row) == {"household", "place", "of"} for row in one["rows"])
    entries = [one for one in store.audit_entries() if one.action == "list_coverage"]
    assert {one.actor for one in entries} == {"bangongshi"}
    assert {one.resource_id for one in entries} == set(found[:5])


def test_pages_of_a_list_put_together_are_the_whole_list(office):
    report = office.get(f"{API}/office/coverage?report=supply").json()["report"]
    lists = [
        office.get(f"{API}/office/coverage/list", params={"pattern": one}).json()
        for one in patterns(report)[:9]
    ]
    whole = max(lists, key=lambda one: one["total"])
    rows, after = [], 0
    while after is not None:
        given = {"pattern": whole["pattern"], "limit": 1, "after": after}
        page = office.get(f"{API}/office/coverage/list", params=given).json()
        rows += page["rows"]
        after = page["after"]
    assert rows == whole["rows"]
    assert len(rows) == whole["total"] > 0


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("office/coverage?report=money", "没有这张表"),
        ("office/coverage?place=310104", "不在您的工作范围内"),
        ("office/coverage/list?pattern=money/310199001/x", "没有叫 money 的名单"),
        ("office/coverage/list?pattern=supply/310104013/care_meal/open", "不在您的工作范围内"),
    ],
)
def test_what_is_asked_wrongly_is_told(office, path, said):
    answer = office.get(f"{API}/{path}")
    assert answer.status_code == 422
    assert said in answer.text


def test_a_list_of_a_street_of_others_leaves_a_trace(office, store):
    pattern = "supply/310104013/care_meal/open"
    answer = office.get(f"{API}/office/coverage/list", params={"pattern": pattern})
    assert answer.status_code == 422
    entry = max(store.audit_entries(), key=lambda one: (one.at, one.seq))
    assert (entry.actor, entry.decision, entry.resource_id) == ("bangongshi", "deny", "310104013")


@pytest.mark.parametrize(
    ("pattern", "named"),
    [
        ("supply/310199001/张三", "张三"),
        ("supply/张三/care_meal", "张三"),
        ("张三", "张三"),
        ("homes/310199001/990101199001010011", "990101199001010011"),
        ("homes/310199001/13800000000", "13800000000"),
        ("refusals/*/aid/H-0001", "H-0001"),
    ],
)
def test_a_list_that_names_somebody_is_refused_and_kept_nowhere(office, store, pattern, named):
    before = {one.hash for one in store.audit_entries()}
    answer = office.get(f"{API}/office/coverage/list", params={"pattern": pattern})
    assert answer.status_code == 422
    assert "名单的写法不对" in answer.text
    assert named not in answer.text
    added = [one for one in store.audit_entries() if one.hash not in before]
    assert not [one for one in added if named in one.model_dump_json()]


def test_every_table_can_be_asked_for_alone(office):
    for report in REPORTS:
        assert office.get(f"{API}/office/coverage?report={report}").status_code == 200


def test_a_charity_sees_counts_of_today_and_no_household(charity, store):
    answer = charity.get(f"{API}/charity/needs?near=310199003")
    assert answer.status_code == 200, answer.text
    for case in store.cases(operator_access()):
        assert case.household.id not in answer.text
        assert not [
            p for p in case.persons if p.id in answer.text or p.identity.name in answer.text
        ]
    day = store.info().demo_day
    assert answer.json()["counted"] == f"每月统计一次，本月 {day.day} 日统计"
    other_day = charity.get(f"{API}/charity/needs?on=2026-01-01&place=310199001&near=310199003")
    assert other_day.json() == answer.json()
    entries = [one for one in store.audit_entries() if one.resource == "needs"]
    assert [(one.actor, one.decision) for one in entries] == [("cishan", "allow")] * 2
    assert charity.get(f"{API}/find/dibao").status_code == 403
