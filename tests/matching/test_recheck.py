"""Turned-down applications again: 24 months to the day, nobody who has it or did not want it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.deadlines import months_later
from matching.errors import InputError
from matching.model.answer import Outcome
from matching.model.family import Application, Family, Person
from matching.recheck import in_window, look_again, to_look_at
from matching.what_changes import Row
from tests.matching.tiny import family

ON = date(2026, 6, 30)


def applied(day, outcome="refused", policy="dibao", to="household"):
    return Application(policy=policy, outcome=outcome, date=day, to=to)


def with_(*applications):
    return Family(id="f", place="31", members=(Person(id="a"),), applications=applications)


def row(outcome=Outcome.MET, subject="household", **more):
    return Row("dibao", "低保", subject, outcome, **more)


@pytest.mark.parametrize(
    ("day", "inside"),
    [
        (date(2024, 6, 30), True),
        (date(2024, 6, 29), False),
        (ON, True),
        (ON + timedelta(days=1), False),
    ],
)
def test_two_years_are_counted_to_the_day(day, inside):
    assert in_window(day, ON) is inside
    assert bool(to_look_at(with_(applied(day)), ON)) is inside


def test_a_period_that_ends_in_a_month_without_the_day_ends_with_it():
    assert months_later(date(2024, 2, 29), 24) == date(2026, 2, 28)
    assert months_later(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert in_window(date(2024, 2, 29), date(2026, 2, 28))
    assert not in_window(date(2024, 2, 29), date(2026, 3, 1))


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 600))
def test_months_later_keeps_the_day_or_the_end_of_its_month(day, months):
    later = months_later(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later + timedelta(days=1)).day == 1


def test_the_last_application_speaks():
    refused = applied(date(2025, 3, 1))
    assert to_look_at(with_(refused, applied(date(2024, 9, 1), "granted")), ON) == (refused,)
    for outcome in ("granted", "applied", "declined"):
        assert to_look_at(with_(refused, applied(date(2025, 4, 1), outcome)), ON) == ()
    ended = applied(date(2025, 5, 1), "ended")
    assert to_look_at(with_(refused, ended), ON) == (ended,)


def test_what_lies_ahead_neither_counts_nor_hides_what_was():
    refused = applied(date(2025, 3, 1))
    ahead = applied(ON + timedelta(days=3), "granted")
    assert to_look_at(with_(refused, ahead), ON) == (refused,)


def test_nobody_looked_is_nothing_to_look_at():
    assert to_look_at(Family(id="f", place="31", members=()), ON) == ()


def test_what_is_met_or_open_is_told_and_what_is_held_or_unmet_is_not():
    asked = with_(applied(date(2025, 3, 1)))
    assert [one.row.outcome for one in look_again(asked, [row()], ON)] == [Outcome.MET]
    assert look_again(asked, [row(Outcome.UNMET)], ON) == ()
    assert look_again(asked, [row(held=True)], ON) == ()
    both = [row(Outcome.UNKNOWN, "a"), row(Outcome.MET, "b")]
    assert [one.row.subject for one in look_again(asked, both, ON)] == ["b"]


def test_one_persons_application_is_not_another_persons():
    asked = with_(applied(date(2025, 3, 1), to="a"))
    assert look_again(asked, [row(subject="b")], ON) == ()
    assert [one.row.subject for one in look_again(asked, [row(subject="a")], ON)] == ["a"]


def test_an_application_without_its_day_is_refused_with_its_place():
    with pytest.raises(InputError) as refused:
        family("applications: [{policy: dibao, outcome: refused}]\n")
    (finding,) = refused.value.findings
    assert finding.line == 4
    assert "缺少日期" in finding.what
    assert finding.cure
