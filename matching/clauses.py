"""Where a text comes from and when it holds (条款): days, documents, articles."""

from dataclasses import dataclass
from datetime import date

__all__ = ["ClauseRef", "Document", "Period"]


@dataclass(frozen=True, slots=True)
class Period:
    """From one day to another, both included; None is open."""

    start: date | None = None
    until: date | None = None

    def holds(self, day: date) -> bool:
        """Whether `day` lies inside."""
        return (self.start is None or self.start <= day) and (
            self.until is None or day <= self.until
        )


@dataclass(frozen=True, slots=True)
class Document:
    """A law or notice (文件), in force in its period."""

    id: str
    title: str
    period: Period
    url: str | None = None


@dataclass(frozen=True, slots=True)
class ClauseRef:
    """An article of a document, cited in its period."""

    doc: str
    article: str | None
    period: Period
