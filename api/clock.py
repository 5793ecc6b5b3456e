"""The clock (时钟): the one place that asks what time it is; everything below takes the day."""

from datetime import date, datetime, timedelta, timezone

__all__ = ["CHINA", "moment", "today"]

CHINA = timezone(timedelta(hours=8))


def moment() -> datetime:
    """Now, in China."""
    return datetime.now(CHINA)  # noqa: TID251


def today() -> date:
    """Today, in China."""
    return moment().date()
