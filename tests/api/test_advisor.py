"""Families over the API: the same answer as the engine's, corrections that land once."""

from datetime import date

import pytest

from api.services import advisor as advising
from api.services.advisor import family_answer
from matching.errors import NotFound
from matching.facts import family_of
from matching.model.access import Access, Actor, Purpose, Role, Scope
from matching.model.family import FactState
from tests.api.conftest import OWN

HOUSEHOLDS = "/api/v1/households"
DAY, NEXT = date(2026, 6, 30), date(2026, 7, 1)


def access(*places: str) -> Access:
    actor = Actor(id="guwen1", role=Role.ADVISOR, scope=Scope(places=frozenset(places)))
    return Access(actor=actor, purpose=Purpose.ADVISE)


def correct(desk, value=200_000, key="key-00000001", **given):
    body = {"fact": "household.monthly_income", "about": OWN, "value": value, **given}
    headers = {"Idempotency-Key": key}
    return desk.call("POST", f"{HOUSEHOLDS}/{OWN}/facts", json=body, headers=headers)


def records(store) -> list:
    case = store.case(access("310199001001"), OWN)
    return [record for record in case.records if record.source == "advisor"]


def test_the_answer_is_the_engines(advisor, store, catalogue):
    answer = advisor.get(f"{HOUSEHOLDS}/{OWN}/answer?on=2026-06-30").json()
    expected = family_answer(store, catalogue, access("310199001001"), OWN, DAY).answer
    assert answer == expected.to_json()


@pytest.mark.parametrize("day", ["2026-06-30", "2026-07-01"])
def test_outcomes_are_those_of_the_answer_and_small(advisor, day):
    answer = advisor.get(f"{HOUSEHOLDS}/{OWN}/answer?on={day}")
    table = advisor.get(f"{HOUSEHOLDS}/{OWN}/outcomes?on={day}")
    told = {
        (item["id"], item["subject"], item["event"]): (item["outcome"], item["paid_fen"])
        for item in answer.json()["items"]
    }
    assert {
        (row["policy"], row["subject"], row["event"]): (row["outcome"], row["paid_fen"])
        for row in table.json()["items"]
    } == told
    (dibao,) = (row for row in table.json()["items"] if row["policy"] == "dibao")
    lacks = [] if day == "2026-06-30" else ["DIBAO_LINE"]  # of July nobody has entered it
    assert (dibao["held"], dibao["paid_fen"], dibao["missing"]) == (True, 81_000, lacks)
    assert any(row["missing"] for row in table.json()["items"])
    assert (table.json()["on"], table.json()["catalogue"]) == (day, answer.json()["catalogue"])
    assert len(table.content) * 10 < len(answer.content)


def test_the_demos_day_is_today(advisor):
    assert advisor.get(f"{HOUSEHOLDS}/{OWN}/answer").json()["on"] == "2026-06-30"


def test_an_answer_has_exact_amounts(advisor):
    items = advisor.get(f"{HOUSEHOLDS}/{OWN}/answer").json()["items"]
    dibao = next(item for item in items if item["id"] == "dibao")
    assert (dibao["amount_fen"], dibao["paid_fen"]) == (255_000, 81_000)


def test_reading_a_family_leaves_a_trace(advisor, store):
    advisor.get(f"{HOUSEHOLDS}/{OWN}/answer")
    traced = [entry for entry in store.audit_entries() if entry.actor == "guwen1"]
    assert traced[-1].resource_id == OWN
    assert traced[-1].purpose is Purpose.ADVISE


def test_a_list_holds_the_scope_and_nothing_else(advisor, sign_in):
    own = advisor.get(f"{HOUSEHOLDS}?limit=200").json()["households"]
    street = sign_in("guwen2").get(f"{HOUSEHOLDS}?limit=200").json()["households"]
    assert {card["place"] for card in own} == {"310199001001"}
    assert all(card["place"].startswith("310199001") for card in street)
    assert len(own) < len(street)
    assert all("*" in card["head"] for card in street)


def test_pages_of_a_list_join_without_gap_or_repeat(sign_in):
    desk, seen, after = sign_in("guwen2"), [], ""
    while after is not None:
        page = desk.get(f"{HOUSEHOLDS}?limit=3&after={after}").json()
        seen += [card["id"] for card in page["households"]]
        after = page["after"]
    everything = desk.get(f"{HOUSEHOLDS}?limit=200").json()["households"]
    assert seen == [card["id"] for card in everything]


def test_a_list_is_searched_by_surname_and_by_id(sign_in):
    desk = sign_in("guwen2")
    by_name = desk.get(f"{HOUSEHOLDS}?q=陈").json()["households"]
    assert OWN in {card["id"] for card in by_name}
    assert {card["head"][0] for card in by_name} == {"陈"}
    assert desk.get(f"{HOUSEHOLDS}?q=陈示梅").status_code == 422
    by_id = desk.get(f"{HOUSEHOLDS}?q=h-0001").json()["households"]
    assert [card["id"] for card in by_id] == [OWN]


def test_a_correction_is_a_new_record_of_the_advisor(advisor, store):
    answer = correct(advisor, value=300_000)
    assert answer.status_code == 201
    (record,) = records(store)
    assert record.id == answer.json()["record"]
    assert record.facts == {"household.monthly_income": 300_000}
    assert (record.as_of, record.received, record.state) == (DAY, DAY, FactState.DECLARED)


def test_a_correction_changes_the_answer(advisor):
    correct(advisor, value=300_000)
    items = advisor.get(f"{HOUSEHOLDS}/{OWN}/answer").json()["items"]
    dibao = next(item for item in items if item["id"] == "dibao")
    assert dibao["amount_fen"] == 195_000


def test_a_correction_that_is_sent_twice_lands_once(advisor, store):
    first, second = correct(advisor), correct(advisor)
    assert first.json() == second.json()
    assert len(records(store)) == 1


def test_a_key_with_another_content_is_a_conflict(advisor, store):
    correct(advisor)
    again = correct(advisor, value=1)
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert len(records(store)) == 1


def test_a_correction_that_is_repeated_after_midnight_lands_once(store):
    access = Access(actor=an_advisor("guwen1"), purpose=Purpose.CORRECT)
    given = advising.Correction("household.monthly_income", OWN, 240_000, None)
    first, second = (
        advising.correct_fact(store, access, OWN, given, key="key-00000001", today=day)
        for day in (date(2026, 6, 30), date(2026, 7, 1))
    )
    assert first == second
    (record,) = records(store)
    assert record.as_of == date(2026, 6, 30)


def test_two_advisors_may_use_the_same_key(store):
    given = advising.Correction("household.monthly_income", OWN, 240_000, None)
    for one in ("guwen1", "guwen2"):
        access = Access(actor=an_advisor(one), purpose=Purpose.CORRECT)
        advising.correct_fact(
            store, access, OWN, given, key="key-00000001", today=date(2026, 6, 30)
        )
    assert len(records(store)) == 2


def test_the_last_of_several_corrections_on_one_day_is_the_one_that_counts(store):
    access = Access(actor=an_advisor("guwen1"), purpose=Purpose.CORRECT)
    day = date(2026, 6, 30)
    for number in range(8):
        given = advising.Correction("household.monthly_income", OWN, 100_000 + number, None)
        advising.correct_fact(store, access, OWN, given, key=f"key-{number:08d}", today=day)
    family = family_of(store.case(access, OWN), day)
    assert family.facts["household.monthly_income"].value == 100_007


def an_advisor(one: str) -> Actor:
    return Actor(id=one, role=Role.ADVISOR, scope=Scope(places=frozenset({"310199001"})))


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"value": -1}, 422),
        ({"value": "2400"}, 422),
        ({"value": True}, 422),
        ({"value": 10**15}, 422),
        ({"as_of": "2026-07-01"}, 422),
        ({"as_of": "0001-01-01"}, 422),
        ({"fact": "household.n_counted"}, 422),
        ({"fact": "household.no_such_fact"}, 422),
        ({"fact": "person.birth_date", "value": "2030-01-01", "about": "P-0001-01"}, 422),
        ({"fact": "person.disability_grade", "value": 7, "about": "P-0001-01"}, 422),
        ({"about": "H-0002"}, 404),
        ({"fact": "person.disability_cert", "value": True, "about": "P-0002-01"}, 404),
    ],
)
def test_a_wrong_correction_stores_nothing(advisor, store, given, status):
    assert correct(advisor, **given).status_code == status
    assert records(store) == []


def test_two_days_are_compared(advisor):
    path = f"{HOUSEHOLDS}/{OWN}/comparison?before={DAY}&after={NEXT}"
    found = advisor.get(path).json()
    dibao = next(c for c in found["changes"] if (c["after"] or c["before"])["id"] == "dibao")
    assert dibao["before"]["amount_fen"] == 255_000
    assert dibao["after"]["amount_fen"] is None
    assert "DIBAO_LINE" in found["due_standards"]


def test_two_days_cost_one_read(advisor, store):
    before = sum(1 for _ in store.audit_entries())
    advisor.get(f"{HOUSEHOLDS}/{OWN}/comparison?before={DAY}&after={NEXT}")
    assert sum(1 for _ in store.audit_entries()) == before + 1


FAMILY = """
- id: F-1
  place: "310199"
  household: {monthly_income: 2400, property_ok_dibao: true, verification_consent: true}
  members: [{id: a, birth_date: 1980-03-01, hukou: "310199", relation: self}]
  aid: []
- id: F-2
  place: "310199"
  members: [{id: a, birth_date: 1950-03-01}]
"""


def test_a_posted_file_is_answered_and_not_stored(advisor, store):
    before = store.canonical_hash(), sum(1 for _ in store.audit_entries())
    answers = advisor.call("POST", "/api/v1/evaluate?on=2026-06-30", content=FAMILY).json()
    assert [answer["household"] for answer in answers] == ["F-1", "F-2"]
    assert (store.canonical_hash(), sum(1 for _ in store.audit_entries())) == before


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\ufeff",
        "[]",
        "id: F\nplace: '310199'\nmembers: []",
        "id: F\nplace: '310199'\nhousehold: {monthly_income: -1}\nmembers: [{id: a}]",
        "id: F\nplace: '310199'\nhousehold: {monthly_income: 1.005}\nmembers: [{id: a}]",
        "id: F\nplace: '310199'\nhousehold: {monthly_income: .nan}\nmembers: [{id: a}]",
        "id: F\nplace: '310199'\nmembers: [{id: a, birth_date: 2026-02-30}]",
        "id: F\nplace: '310199'\nmembers: [{id: a}, {id: a}]",
        "id: F\nplace: '310199'\nmembers: [" + ", ".join(f"{{id: m{n}}}" for n in range(60)) + "]",
        "id: F\nplace: '310199'\nmembers: [{id: a}]\nobligors: [{id: a, of: a}]",
    ],
)
def test_a_bad_file_is_refused_with_its_place(advisor, text):
    answer = advisor.call("POST", "/api/v1/evaluate", content=text.encode())
    assert answer.status_code == 422
    assert answer.json()["detail"]


def test_bytes_that_are_no_text_are_refused(advisor):
    assert advisor.call("POST", "/api/v1/evaluate", content=b"\xff\xfe\x00").status_code == 422


def test_standards_due_follow_the_scope(office, advisor):
    for desk in (office, advisor):
        due = desk.get("/api/v1/standards/due?on=2026-07-01").json()
        line = next(one for one in due if one["id"] == "DIBAO_LINE")
        assert "dibao" in line["policies"]
        assert line["why"]


def test_policies_are_listed_as_of_a_day(office):
    old = {one["id"] for one in office.get("/api/v1/policies?on=2015-01-01").json()}
    new = {one["id"]: one for one in office.get("/api/v1/policies?on=2026-07-01").json()}
    assert "dibao" in old
    assert new["dibao"]["label"] == "最低生活保障"
    assert set(new) != old


def test_the_api_describes_itself(nobody):
    described = nobody.get("/api/v1/openapi.json").json()
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], (method, path)
            assert operation["description"], (method, path)
            assert "422" in operation["responses"]


def test_who_has_moved_away_is_no_longer_corrected_here(store):
    case = store.case(access("310199001001"), OWN)
    (left, *rest) = case.memberships
    gone = left.model_copy(update={"until": DAY})
    case = case.model_copy(update={"memberships": (gone, *rest), "obligations": ()})
    advising.correctable(case, "person.birth_date", left.person, DAY)
    advising.correctable(case, "person.birth_date", rest[0].person, NEXT)
    with pytest.raises(NotFound):
        advising.correctable(case, "person.birth_date", left.person, NEXT)
