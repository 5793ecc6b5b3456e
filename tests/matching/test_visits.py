"""Visits: which rhythm, when last, when due, and who is left alone."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.facts import family_of
from matching.model.family import Application, FactState, NeedState
from matching.model.records import ApplicationRecord, NeedRecord, Record, SubjectKind
from matching.visits import last_visit, visit_of
from seed.load import load_catalogue
from tests.builders import a_case, an_aid
from tests.matching.tiny import catalogue, findings, texts

ON = date(2026, 6, 30)
REAL = load_catalogue()
H = "h1"


def record(day, source="advisor_visit", about=H, **facts):
    return Record(
        id=f"r{day}{source}{about}", kind=SubjectKind.HOUSEHOLD, about=about, source=source,
        as_of=day, received=day, state=FactState.DECLARED,
        facts=facts or {"household.food_insecure": False},
    )  # fmt: skip


def case(*records, needs=(), aid=True, **changes):
    running = (an_aid("a1", H, policy="dibao", start=date(2020, 1, 1), until=None),)
    return a_case(
        H, place="310104013001", records=records, needs=needs, events=(),
        aid=running if aid else (), applications=changes.pop("applications", ()), **changes,
    )  # fmt: skip


def need(severity, state=NeedState.OPEN):
    return NeedRecord(
        id="n1", household=H, type="care_daily", of="household", severity=severity, state=state
    )


def visit(one, on=ON, found=REAL):
    return visit_of(found, one, family_of(one, on), on)


def test_who_holds_basic_aid_is_visited_every_quarter():
    found = visit(case(record(date(2026, 3, 31))))
    assert (found.rhythm.id, found.last, found.due) == (
        "quarterly", date(2026, 3, 31), date(2026, 6, 30),
    )  # fmt: skip
    assert found.overdue_days(ON) == 0
    assert found.is_due(ON)
    assert not found.is_due(ON - timedelta(days=1))
    assert found.is_due(ON - timedelta(days=1), ahead=1)
    assert found.overdue_days(ON + timedelta(days=5)) == 5


def test_a_grave_need_is_visited_every_month():
    found = visit(case(record(date(2026, 5, 31)), needs=(need(3),)))
    assert (found.rhythm.id, found.due) == ("monthly", date(2026, 6, 30))
    assert visit(case(record(ON), needs=(need(2),))).rhythm.id == "quarterly"
    assert visit(case(record(ON), needs=(need(4, NeedState.MET),))).rhythm.id == "quarterly"


def test_who_lives_apart_from_the_register_is_visited_more_often():
    apart = record(date(2026, 6, 1), **{"household.hukou_residence_split": True})
    found = visit(case(apart))
    assert found.rhythm.id == "monthly"
    assert "人户分离" in found.why
    assert visit(case(apart, needs=(need(4),))).rhythm.id == "monthly", "there is nothing closer"


def test_the_sorting_is_marked_as_ours_until_a_street_has_confirmed_it():
    assert not visit(case(record(ON))).confirmed


def test_nobody_is_sorted_into_a_rhythm_that_is_for_nobody_by_name():
    assert [one.id for one in REAL.visits.rhythms if one.who_flag is None] == ["daily"]


def test_who_is_in_no_circle_has_no_rhythm():
    assert visit(case(record(ON), aid=False)) is None


def test_without_a_visit_on_record_it_is_due_at_once():
    found = visit(case(record(ON, source="civil_affairs")))
    assert (found.last, found.due, found.overdue_days(ON)) == (None, ON, 0)
    assert found.is_due(ON)


def test_a_visit_ahead_and_a_visit_to_others_do_not_count():
    ahead, elsewhere = record(ON + timedelta(days=1)), record(ON, about="somebody")
    assert last_visit(case(ahead, elsewhere), ["advisor_visit"], ON) is None
    assert last_visit(case(ahead), ["advisor_visit"], ON + timedelta(days=1)) == ahead.as_of
    seen = need(1).model_copy(update={"source": "advisor_visit", "as_of": date(2026, 6, 1)})
    assert last_visit(case(needs=(seen,)), ["advisor_visit"], ON) == date(2026, 6, 1)


@pytest.mark.parametrize(
    ("day", "policy", "outcome", "rests"),
    [
        (date(2025, 6, 30), "visit_care", "declined", True),
        (date(2025, 6, 29), "visit_care", "declined", False),
        (ON + timedelta(days=1), "visit_care", "declined", False),
        (date(2026, 1, 1), "dibao", "declined", False),
        (date(2026, 1, 1), "visit_care", "refused", False),
    ],
)
def test_who_said_no_to_visits_is_left_alone_for_a_year(day, policy, outcome, rests):
    said = ApplicationRecord(id="q", household=H, policy=policy, outcome=outcome, date=day)
    found = visit(case(record(date(2025, 1, 1)), applications=(said,)))
    assert found.is_due(ON) is not rests
    assert isinstance(said, Application)


def test_no_file_no_visits():
    one = case(record(ON))
    assert visit_of(catalogue(), one, family_of(one, ON), ON) is None


RHYTHM = """\
rhythms:
  - id: monthly
    label: 每月
    months: 1
    severity: 3
    who_flag: seed
    flag: seed
    clause: [{doc: LAW}]
seen_by: [visit]
declined_by: [tekun]
flag: seed
clause: [{doc: LAW}]
"""


def test_a_street_that_has_its_own_sorting_confirms_it():
    one = case(record(ON, source="visit"), needs=(need(3),))
    found = visit(one, found=catalogue(texts(**{"visit_rhythm.yaml": RHYTHM})))
    assert found.confirmed
    assert found.last == ON


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("    months: 1\n", "", "周期要写 days 或 months"),
        ("    months: 1\n", "    months: 1\n    days: 3\n", "周期要写 days 或 months"),
        ("    severity: 3\n", "", "没有写给谁"),
        ("    who_flag: seed\n", "", "没有写 who_flag"),
        ("    severity: 3\n", "    circles: [inner]\n", "没有叫 inner 的圈层"),
        ("[tekun]", "[tekum]", "没有叫 tekum 的"),
        ("months: 1", "monthes: 1", "monthes"),
    ],
)
def test_a_mistake_in_the_file_is_told(old, new, what):
    found = findings(texts(**{"visit_rhythm.yaml": RHYTHM.replace(old, new)}))
    told = [one for one in found if what in one.what]
    assert len(told) == 1
    assert told[0].cure


@given(st.dates(date(2024, 1, 1), date(2026, 6, 30)), st.integers(0, 3))
def test_due_is_never_before_the_last_visit(day, severity):
    needs = (need(severity),) if severity else ()
    found = visit(case(record(day), needs=needs))
    assert found.last == day
    assert found.due > day
    assert found.overdue_days(ON) == max(0, (ON - found.due).days)
