"""Deadlines in working days of the Chinese calendar."""

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.deadlines import due_day

LAST = date(max(holiday.year for holiday in chinese_calendar.holidays), 12, 31)


@pytest.mark.parametrize(
    ("received", "working_days", "due"),
    [
        (date(2025, 3, 3), 20, date(2025, 3, 31)),
        (date(2024, 9, 20), 20, date(2024, 10, 23)),
        (date(2024, 9, 20), 45, date(2024, 11, 27)),
        (date(2025, 3, 3), 1, date(2025, 3, 4)),
        (date(2025, 3, 7), 1, date(2025, 3, 10)),  # a Friday
        (date(2025, 1, 24), 1, date(2025, 1, 26)),  # a Sunday that is worked
        (date(2025, 1, 27), 1, date(2025, 2, 5)),  # the spring festival
        (date(2025, 3, 3), 0, date(2025, 3, 3)),
    ],
)
def test_the_first_day_does_not_count_and_made_up_days_do(received, working_days, due):
    found = due_day(received, working_days)
    assert (found.day, found.estimated) == (due, False)


def test_past_the_last_published_year_the_day_is_estimated():
    assert not due_day(LAST - timedelta(days=40), 5).estimated
    assert due_day(LAST, 5).estimated
    found = due_day(date(2099, 1, 1), 5)
    assert (found.day, found.estimated) == (date(2099, 1, 8), True)


@given(st.dates(date(2005, 1, 1), date(2030, 12, 31)), st.integers(1, 60))
def test_one_more_working_day_is_a_later_day(received, working_days):
    one, two = due_day(received, working_days), due_day(received, working_days + 1)
    assert received < one.day < two.day
    assert one.day >= received + timedelta(days=working_days)


@given(st.dates(date(2005, 1, 1), LAST - timedelta(days=150)), st.integers(1, 60))
def test_between_receipt_and_deadline_lie_exactly_the_working_days(received, working_days):
    due = due_day(received, working_days).day
    days = [received + timedelta(days=n) for n in range(1, (due - received).days + 1)]
    assert sum(chinese_calendar.is_workday(day) for day in days) == working_days
    assert chinese_calendar.is_workday(due)
