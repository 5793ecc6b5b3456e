"""Many families over the wire: whose they are, page by page, and what one request cannot do."""

import shutil

import pytest

from api.routes import rounds
from api.services import one_request
from api.services.findings import look_everywhere
from graph import open_store
from matching.findings import KINDS
from matching.model.finding import Finding, FindingRun
from seed.demo_family import DEMO_DAY
from seed.load import operator_access
from tests.api.conftest import OWN

API = "/api/v1"
MINE = "310199001001"  # where `guwen1` works
LISTS = {
    "visits?ahead=366": "visits",
    "circles": "households",
    "upcoming?months=2": "households",
    "find/dibao": "subjects",
}
KEY = {"Idempotency-Key": "key-00000001"}


@pytest.fixture(scope="module")
def found(demo, catalogue, tmp_path_factory):
    """What a look over everything finds."""
    file = tmp_path_factory.mktemp("looked") / "demo.sqlite"
    shutil.copy(demo.file, file)
    with open_store(f"embedded:{file}") as store:
        look_everywhere(store, catalogue, operator_access(), DEMO_DAY)
        return store.findings(operator_access(), limit=1_000)


@pytest.fixture
def looked(store, found):
    """The store after that look."""
    plain = [Finding(**{name: getattr(one, name) for name in Finding.model_fields})
             for one in found]  # fmt: skip
    homes = frozenset(case.household.id for case in store.cases(operator_access()))
    run = FindingRun(on=DEMO_DAY, households=homes, kinds=frozenset(KINDS), findings=tuple(plain))
    assert store.put_findings(operator_access(), run) == len(plain)
    return store


def places(rows) -> set[str]:
    return {row["place"][: len(MINE)] for row in rows}


@pytest.mark.parametrize(("path", "rows"), LISTS.items())
def test_an_advisor_sees_the_own_places_only_and_leaves_a_trace(advisor, store, demo, path, rows):
    answer = advisor.get(f"{API}/{path}")
    assert answer.status_code == 200, answer.text
    assert places(answer.json()[rows]) == {MINE}
    assert demo.other not in answer.text
    entries = [one for one in store.audit_entries() if one.action == "cases"]
    last = max(entries, key=lambda one: (one.at, one.seq))
    assert (last.actor, last.resource_id) == ("guwen1", MINE)


@pytest.mark.parametrize(("path", "rows"), LISTS.items())
def test_pages_put_together_are_the_whole_list(advisor, path, rows):
    whole = advisor.get(f"{API}/{path}").json()
    mark, parts, after = "&" if "?" in path else "?", [], ""
    while after is not None:
        page = advisor.get(f"{API}/{path}{mark}limit=2&after={after}").json()
        assert len({row["household"] for row in page[rows]}) <= 2
        parts += page[rows]
        after = page["after"]
    assert whole["after"] is None
    assert parts == whole[rows]
    assert len(parts) > 2


def test_no_list_holds_a_name_or_a_number(office, looked):
    people = [person for case in looked.cases(operator_access()) for person in case.persons]
    shown = "".join(
        office.get(f"{API}/{path}").text
        for path in ("find/dibao", "open-answers", "findings", "circles")
    )
    assert not [one for one in people if one.identity.name in shown]
    assert not [one for one in people if one.identity.masked in shown]
    assert not [one for one in people if (one.identity.id_number or "?") in shown]


def test_a_policy_finds_people_by_street_and_group(office, advisor):
    found = office.get(f"{API}/find/dibao").json()
    assert found["label"] == "最低生活保障"
    assert found["households"] == 40
    summed = {
        group: sum(street.get(group, 0) for street in found["streets"].values())
        for group in found["counts"]
    }
    assert summed == found["counts"]
    assert len(found["subjects"]) == sum(found["counts"].values())
    held = advisor.get(f"{API}/find/dibao?group=held").json()
    assert {one["group"] for one in held["subjects"]} == {"held"}


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("find/dibo", "dibao"),
        ("find/dibao?group=all", "可以写：met"),
        ("find/dibao?place=310104", "不在您的工作范围内"),
        ("findings?kind=fraud", "没有这个种类"),
        ("findings?place=310104", "不在您的工作范围内"),
        ("circles?on=1999-01-01", "日期超出范围"),
    ],
)
def test_what_is_asked_wrongly_is_told(advisor, path, said):
    answer = advisor.get(f"{API}/{path}")
    assert answer.status_code == 422
    assert said in answer.json()["detail"]


@pytest.mark.parametrize("path", [*LISTS, "open-answers", "findings"])
def test_a_place_of_others_that_is_asked_for_leaves_a_trace(advisor, store, path):
    place = "310104"
    address, _, rest = path.partition("?")
    assert advisor.get(f"{API}/{address}?place={place}&{rest}").status_code == 422
    entry = max(store.audit_entries(), key=lambda one: (one.at, one.seq))
    assert (entry.actor, entry.decision, entry.resource_id) == ("guwen1", "deny", place)
    assert entry.resource == ("finding" if path == "findings" else "household")


@pytest.mark.parametrize("path", ["find/dibao", "open-answers", "circles"])
def test_too_many_families_for_one_request_are_told_with_the_command(office, monkeypatch, path):
    monkeypatch.setattr(one_request, "MOST_READ", 39)
    answer = office.get(f"{API}/{path}")
    assert answer.status_code == 422
    assert answer.json()["code"] == "scope_too_large"
    assert "范围里有 40 户，一次查询最多 39 户" in answer.json()["detail"]
    assert "zhaoren" in answer.json()["detail"]
    assert office.get(f"{API}/{path}?place={MINE}").status_code == 200


def test_the_more_months_ahead_the_fewer_families_in_one_request(advisor, monkeypatch):
    n_homes = len(advisor.get(f"{API}/circles").json()["households"])
    monkeypatch.setattr(rounds, "MOST_MONTHS", 2 * n_homes - 1)
    assert advisor.get(f"{API}/upcoming?months=1").status_code == 200
    answer = advisor.get(f"{API}/upcoming?months=2")
    assert (answer.status_code, answer.json()["code"]) == (422, "scope_too_large")
    assert f"范围里有 {n_homes} 户，一次查询最多 {n_homes - 1} 户" in answer.json()["detail"]
    assert "少看几个月；要看全部，请操作员在服务器上运行 zhaoren upcoming" in answer.text


def test_the_rules_of_two_days_are_compared_for_fewer_families_than_two_figures(
    office, monkeypatch
):
    monkeypatch.setattr(rounds, "MOST_ON_TWO_DAYS", 39)
    answer = office.call("POST", f"{API}/whatif", json={"day": "2026-07-01"})
    assert (answer.status_code, answer.json()["code"]) == (422, "scope_too_large")
    assert "一次查询最多 39 户" in answer.json()["detail"]
    assert "zhaoren whatif" in answer.json()["detail"]
    figures = {"standards": {"DIBAO_LINE": 2400}}
    assert office.call("POST", f"{API}/whatif", json=figures).status_code == 200
    monkeypatch.setattr(rounds, "MOST_ANSWERED", 39)
    assert office.call("POST", f"{API}/whatif", json=figures).json()["code"] == "scope_too_large"


def test_the_matrix_counts_what_keeps_answers_open(office):
    whole = office.get(f"{API}/open-answers").json()
    counts = [one["households"] for one in whole["answers"]]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] <= whole["households"]
    assert whole["total"] > len(counts) or whole["total"] == len(counts)
    one = office.get(f"{API}/open-answers?policy=dibao&limit=1").json()["answers"]
    assert [row["policy"] for row in one] == ["dibao"]


def test_circles_give_their_reasons_to_the_own_advisor_only(office, advisor):
    mine = advisor.get(f"{API}/circles").json()["households"]
    assert all(one["standings"] for one in mine)
    every = office.get(f"{API}/circles").json()
    assert all(one["standings"] is None for one in every["households"])
    assert sum(n for street in every["streets"].values() for n in street.values()) == 40


def test_a_supposed_standard_changes_answers_and_nothing_stored(office, store):
    before = store.canonical_hash()
    asked = {"standards": {"DIBAO_LINE": 2400}, "date": "2026-06-30"}
    answer = office.call("POST", f"{API}/whatif?limit=1", json=asked)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["totals"]["households"] == 40
    assert found["totals"]["touched"] > 1
    assert len(found["households"]) == 1
    assert found["after"] == found["households"][0]["household"]
    assert found["totals"]["policies"]["dibao"]["enters"] > 0
    assert store.canonical_hash() == before


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "没有内容"),
        ("{standards: {DIBAO: 1800}}", "没有叫 DIBAO 的标准"),
        ("{catalogue: rules}", "不读服务器上的文件夹"),
        ("{day: 2999-01-01}", "日期超出范围"),
        ("{day: 1950-01-01}", "日期超出范围"),
        ("{standards: {DIBAO_LINE: 1800}, place: '310104'}", "不在您的工作范围内"),
        ("{standards: [", "错误"),
    ],
)
def test_a_supposition_that_cannot_be_computed_is_told(office, body, said):
    answer = office.call("POST", f"{API}/whatif", content=body)
    assert answer.status_code == 422
    assert said in answer.text


def test_advisors_see_and_decide_findings_of_their_own_families_only(advisor, looked):
    mine = advisor.get(f"{API}/findings").json()["findings"]
    assert mine
    assert places(mine) == {MINE}
    others = [one for one in looked.findings(operator_access()) if not one.place.startswith(MINE)]
    for key in (others[0].key, "F-none"):
        path = f"{API}/findings/{key}/decision"
        given = {"state": "rejected", "reason": "重名"}
        answer = advisor.call("POST", path, json=given, headers=KEY)
        assert answer.status_code == 404
        assert "没有这个发现，或不在您的工作范围内" in answer.text


def test_a_decision_lands_once_and_stops_nothing(office, looked):
    (one, other) = office.get(f"{API}/findings?limit=2").json()["findings"]
    before = looked.case(operator_access(), one["household"])
    path, given = f"{API}/findings/{one['key']}/decision", {"state": "rejected", "reason": "重名"}
    for _ in range(2):
        answer = office.call("POST", path, json=given, headers=KEY)
        assert answer.status_code == 200, answer.text
        assert [step["state"] for step in answer.json()["steps"]] == ["open", "rejected"]
        assert answer.json()["steps"][-1]["by"] == "bangongshi"
    elsewhere = f"{API}/findings/{other['key']}/decision"
    assert office.call("POST", elsewhere, json=given, headers=KEY).status_code == 409
    assert looked.case(operator_access(), one["household"]) == before
    listed = office.get(f"{API}/findings?state=rejected").json()
    assert [row["key"] for row in listed["findings"]] == [one["key"]]


@pytest.mark.parametrize(
    ("given", "headers"),
    [
        ({"state": "rejected"}, KEY),
        ({"state": "closed", "reason": "因为"}, KEY),
        ({"state": "confirmed", "place": "31"}, KEY),
        ({"state": "confirmed"}, {}),
    ],
)
def test_a_decision_that_is_none_is_refused(office, looked, given, headers):
    key = office.get(f"{API}/findings?limit=1").json()["findings"][0]["key"]
    answer = office.call("POST", f"{API}/findings/{key}/decision", json=given, headers=headers)
    assert answer.status_code == 422
    assert {
        step.state.value for one in looked.findings(operator_access()) for step in one.steps
    } == {"open"}


def test_a_decision_needs_the_token_of_the_session(office, looked):
    key = office.get(f"{API}/findings?limit=1").json()["findings"][0]["key"]
    path, given = f"{API}/findings/{key}/decision", {"state": "confirmed"}
    answer = office.client.post(path, json=given, headers=KEY)
    assert (answer.status_code, answer.json()["code"]) == (403, "forged_request")


def test_the_office_counts_families_and_opens_none(office):
    subjects = office.get(f"{API}/find/dibao").json()["subjects"]
    for household in {OWN, subjects[0]["household"]}:
        assert office.get(f"{API}/households/{household}/answer").status_code == 403
