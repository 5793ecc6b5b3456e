"""Which households share something (邻户): kept while signs come and change, compared when asked.

What two households show depends on them alone, so after a change only those that share something
with it, before or after, are compared again: the result is that of comparing all.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Self

from matching.findings.households import Meeting, Sign, meetings_of, seen_at
from matching.model.finding import Finding

__all__ = ["Neighbours", "across"]


@dataclass(slots=True)
class Neighbours:
    """The signs of all households, by household and by what they share.

    Attributes:
        signs: household -> its sign.
        meetings: what is shared -> the households that have it.
    """

    signs: dict[str, Sign] = field(default_factory=dict)
    meetings: dict[Meeting, set[str]] = field(default_factory=lambda: defaultdict(set))

    def put(self, sign: Sign) -> frozenset[str]:
        """Keep the newest sign of a household; which households are to be compared again."""
        home = sign.household
        touched = self.near(home)
        if home in self.signs:
            for meeting in meetings_of(self.signs[home]):
                self.meetings[meeting].discard(home)
        self._keep(sign)
        return touched | self.near(home)

    def _keep(self, sign: Sign) -> None:
        self.signs[sign.household] = sign
        for meeting in meetings_of(sign):
            self.meetings[meeting].add(sign.household)

    @classmethod
    def of(cls, signs: Iterable[Sign]) -> Self:
        """The signs of many households, one each."""
        kept = cls()
        for sign in signs:
            kept._keep(sign)
        return kept

    def near(self, home: str) -> frozenset[str]:
        """A household, and all that share something with it."""
        if home not in self.signs:
            return frozenset({home})
        shared = (self.meetings[meeting] for meeting in meetings_of(self.signs[home]))
        return frozenset({home}.union(*shared))

    def findings(self, on: date, homes: Iterable[str] | None = None) -> tuple[Finding, ...]:
        """What several households together show, in order of key.

        Args:
            on: the day.
            homes: only findings kept with one of these; None: all.
        """
        wanted = None if homes is None else frozenset(homes)
        asked = (
            self.meetings
            if wanted is None
            else {m for home in wanted & self.signs.keys() for m in meetings_of(self.signs[home])}
        )
        found = {
            one.key: one
            for meeting in sorted(asked)
            if len(self.meetings[meeting]) > 1
            for one in seen_at(meeting, (self.signs[home] for home in self.meetings[meeting]), on)
            if wanted is None or one.household in wanted
        }
        return tuple(found[key] for key in sorted(found))


def across(signs: Iterable[Sign], on: date) -> tuple[Finding, ...]:
    """All that several households show, in order of key."""
    return Neighbours.of(signs).findings(on)
