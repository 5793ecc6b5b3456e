"""Double aid (重复): found with its dates and clause; lawful pairs and switches are left alone."""

from datetime import date

import pytest

from matching.findings import double
from matching.model.finding import Confidence
from tests.findings.cases import a_batch, a_case, aid, found, kinds

SEVERE = {"person.disability_grade": 1, "person.employment_status": "unemployed"}


def test_two_that_exclude_each_other_in_the_same_months():
    case = a_case(
        {"p": SEVERE},
        ledger=[
            aid("disab_inst_care", "p", date(2026, 1, 1)),
            aid("disab_home_care", "p", date(2025, 3, 1), until=date(2026, 4, 30)),
        ],
    )
    (one,) = found(case, "exclusive_pair")
    assert (one.since, one.until) == (date(2026, 1, 1), date(2026, 4, 30))
    assert one.confidence is Confidence.HIGH
    assert "4 个月" in one.says
    assert "可能" in one.says
    assert one.evidence == ("A-H-1-1", "A-H-1-2")
    assert all("不能同时领" in line and "《" in line for line in one.path)
    assert one.path[0].startswith("H-1-p → A-H-1-1（civil_affairs，2026-01-01 起，还在发）")


@pytest.mark.parametrize(
    ("inst", "home"),
    [
        ((date(2026, 5, 1), None), (date(2025, 3, 1), date(2026, 4, 30))),  # one after the other
        ((date(2026, 4, 10), None), (date(2025, 3, 1), date(2026, 4, 30))),  # the month of grace
    ],
)
def test_a_switch_is_not_a_pair(inst, home):
    case = a_case(
        {"p": SEVERE},
        ledger=[
            aid("disab_inst_care", "p", inst[0], until=inst[1]),
            aid("disab_home_care", "p", home[0], until=home[1]),
        ],
    )
    assert not found(case, "exclusive_pair")


def test_two_persons_of_one_household_are_two():
    case = a_case(
        {"p": SEVERE, "q": SEVERE},
        ledger=[aid("disab_inst_care", "p"), aid("disab_home_care", "q")],
    )
    assert not found(case, "exclusive_pair")


def test_what_stacks_is_lawful():
    case = a_case(
        {"p": {**SEVERE, "person.care_level": 3}},
        ledger=[
            aid("med_premium", "p", giver="medical_insurance"),
            aid("med_inpatient", "p", giver="civil_affairs"),
            aid("disability_living", "p"),
            aid("disability_nursing", "p"),
            aid("dibao"),
        ],
    )
    assert not kinds(case) & {"exclusive_pair", "same_need_twice", "paid_twice"}


def test_tekun_of_one_who_is_not_counted_beside_the_dibao_of_the_others_is_lawful():
    pair = [aid("tekun", "old"), aid("dibao")]
    alone = a_case({"old": {"person.birth_date": date(1940, 1, 1)}}, ledger=pair)
    others = a_case({"old": {"person.birth_date": date(1940, 1, 1)}, "son": {}}, ledger=pair)
    assert [one.subjects for one in found(alone, "exclusive_pair")] == [("H-1-old",)]
    assert not found(others, "exclusive_pair")


def test_a_pair_that_nobody_has_verified_is_said_with_low_confidence():
    case = a_case({"p": SEVERE}, ledger=[aid("tekun", "p"), aid("disability_living", "p")])
    (one,) = found(case, "exclusive_pair")
    assert one.confidence is Confidence.LOW
    assert "依据还没有核实" in one.says


def test_home_beds_of_two_departments_are_shown_side_by_side():
    """F2: in the district that has both."""
    place = "310104001001"
    rows = [
        aid("home_care_bed", "p", giver="civil_affairs"),
        aid("home_sickbed", "p", giver="health"),
    ]
    case = a_case({"p": {"person.birth_date": date(1940, 1, 1)}}, ledger=rows, place=place)
    (one,) = found(case, "same_need_twice")
    assert "只作提醒，不是错误" in one.says
    assert one.confidence is Confidence.MEDIUM
    same = [{**row, "giver": "health"} for row in rows]
    assert not found(a_case({"p": {}}, ledger=same, place=place), "same_need_twice")


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (aid("dibao", start=date(2026, 2, 1), giver="subdistrict_office"), 1),
        (aid("dibao", start=date(2026, 2, 1), amount_fen=2), 1),
        (aid("dibao"), 0),  # the same line out of another system
        (aid("dibao", start=date(2024, 1, 1), until=date(2024, 12, 31)), 0),  # before
    ],
)
def test_the_same_aid_in_two_lines(second, expected):
    case = a_case({"p": {}}, ledger=[aid("dibao"), second])
    assert len(found(case, "paid_twice")) == expected


def grant(day: date, giver: str = "civil_affairs") -> dict:
    return aid("temp_emergency", start=day, until=day, amount_fen=100_000, giver=giver)


def test_one_event_granted_twice_and_two_events_granted_once_each():
    fire = {"event.type": "fire", "event.date": date(2026, 3, 1)}
    crash = {"event.type": "traffic_accident", "event.date": date(2026, 4, 2)}
    grants = [grant(date(2026, 3, 5)), grant(date(2026, 4, 9), "street")]
    (one,) = found(a_case({"p": {}}, events=[fire], ledger=grants), "event_twice")
    assert one.confidence is Confidence.MEDIUM
    assert not found(a_case({"p": {}}, events=[fire, crash], ledger=grants), "event_twice")
    unlooked = a_case({"p": {}}, ledger=grants, batches=[])
    assert not found(unlooked, "event_twice")


def test_one_receipt_in_two_events():
    spike = {"event.type": "medical_spike", "event.date": date(2026, 3, 1)}
    twice = [{**spike, "event.receipt_id": "票-1"}, {**spike, "event.receipt_id": "票-1 "}]
    other = [{**spike, "event.receipt_id": "票-1"}, {**spike, "event.receipt_id": "票-2"}]
    assert found(a_case({"p": {}}, events=twice), "receipt_twice")
    assert not found(a_case({"p": {}}, events=other), "receipt_twice")


@pytest.mark.parametrize(
    ("fen", "entered", "expected"),
    [
        (200_000, 200_000, Confidence.MEDIUM),
        (150_000, 200_000, None),
        (150_000, None, Confidence.LOW),
    ],
)
def test_a_childs_scheme_paid_in_full_beside_dibao(fen, entered, expected, monkeypatch):
    child = {"person.birth_date": date(2016, 1, 1)}
    case = a_case(
        {"c": child},
        ledger=[aid("child_distress", "c", amount_fen=fen), aid("dibao", amount_fen=50_000)],
    )
    monkeypatch.setattr(double, "_full_figure", lambda *_: entered)
    assert [one.confidence for one in found(case, "full_beside_other")] == (
        [expected] if expected else []
    )


def test_the_key_is_the_same_on_every_day_and_differs_between_households():
    rows = [aid("disab_inst_care", "p", date(2026, 1, 1)), aid("disab_home_care", "p")]
    first = found(a_case({"p": SEVERE}, ledger=rows), "exclusive_pair")
    later = a_case({"p": SEVERE}, ledger=rows, batches=[a_batch(on=date(2026, 8, 1))])
    second = found(later, "exclusive_pair", date(2026, 8, 1))
    other = found(a_case({"p": SEVERE}, ledger=rows, household="H-2"), "exclusive_pair")
    assert first[0].key == second[0].key != other[0].key
