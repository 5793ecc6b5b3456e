"""Time that aid runs (起止时间): overlaps and the months that count.

Aid is paid by the month, so a month counts when its first day lies inside. What begins or changes
within a month counts from the next one: that is the month of grace.
"""

from dataclasses import dataclass
from datetime import date, timedelta

__all__ = ["Span", "months_later", "months_of", "next_month", "overlap"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From a day until a day, both included; `until` None: it runs."""

    start: date
    until: date | None = None


def overlap(one: Span, other: Span) -> Span | None:
    """The days that both have, or None."""
    start = max(one.start, other.start)
    ends = [end for end in (one.until, other.until) if end is not None]
    until = min(ends) if ends else None
    return Span(start, until) if until is None or start <= until else None


def next_month(day: date) -> date:
    """The first of the month after; the last of all days where no month comes after."""
    if (day.year, day.month) == (date.max.year, date.max.month):
        return date.max
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def months_later(day: date, months: int) -> date:
    """The last day of a term of so many months that begins on `day`; of all days at most."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, 28)) - timedelta(days=1)


def months_of(span: Span, on: date) -> tuple[date, ...]:
    """The first days of months that lie in the span, up to `on`."""
    last = min(span.until or on, on)
    month = span.start if span.start.day == 1 else next_month(span.start)
    found = []
    while month <= last:
        found.append(month)
        month = next_month(month)
    return tuple(found)
