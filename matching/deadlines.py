"""Deadlines in working days (工作日期限): 20 in an ordinary case, 45 in a hard one.

The day of receipt is not counted. Public holidays and make-up working days come from the State
Council's yearly notices as kept by `chinese_calendar`; past the last published year the Monday to
Friday rule is used and the result is marked as estimated (预计).
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar

__all__ = ["Deadline", "due_day", "months_later"]


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day, and whether holidays of its year are not yet published."""

    day: date
    estimated: bool


@lru_cache(maxsize=4096)  # a day is asked for many items with the same few periods
def due_day(received: date, working_days: int) -> Deadline:
    """The last working day of a period that starts the day after `received`.

    Source: 民法典 第二百零一条 (the first day is not counted); 国务院办公厅 节假日安排 of each
    year.
    """
    day, left, estimated = received, working_days, False
    while left > 0:
        day += timedelta(days=1)
        works, guessed = _is_working_day(day)
        estimated = estimated or guessed
        left -= works
    return Deadline(day, estimated)


def months_later(day: date, months: int) -> date:
    """The day that ends a period of whole months counted from `day`: the day of the same number.

    A month without it ends the period on its last day. Source: 民法典 第二百零一条、第二百零二条.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _is_working_day(day: date) -> tuple[bool, bool]:
    try:
        return chinese_calendar.is_workday(day), False
    except NotImplementedError:
        return day.isoweekday() <= 5, True
