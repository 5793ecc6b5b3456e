"""One household as the office counts it (办公室看的一户): needs of today, aid that runs, refusals.

The newest assessment of a need counts. A need is helped when aid that addresses it runs, or ran
within a quarter, as in the findings about acute needs. What a family declined within a year is not
offered again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache

from matching.ledger import COVERAGE_DAYS, HOUSEHOLD
from matching.model.family import ApplicationOutcome, Family, NeedState
from matching.model.records import AidRecord, ApplicationRecord, Case, NeedRecord
from matching.office.tally import ListRow
from matching.packs import Catalogue, Pack, Policy

__all__ = [
    "COOL_OFF_DAYS",
    "STREET_DIGITS",
    "HomeView",
    "may_ask_on",
    "policies_for",
    "street_of",
]

COOL_OFF_DAYS = 365
STREET_DIGITS = 9
_FRESH_AID = timedelta(days=COVERAGE_DAYS)
_UNMET = (NeedState.OPEN, NeedState.PARTLY_MET)


def street_of(place: str) -> str:
    """The street of a division code; the code itself where it is shorter."""
    return place[:STREET_DIGITS]


def may_ask_on(said: date) -> date:
    """The first day on which a family that said no may be asked again."""
    return said + timedelta(days=COOL_OFF_DAYS + 1)


@lru_cache(maxsize=64)
def policies_for(pack: Pack, on: date) -> Mapping[str, tuple[Policy, ...]]:
    """Need -> the policies and projects in force that address it, in order of id."""
    found: dict[str, list[Policy]] = {}
    for policy in sorted(pack.policies.values(), key=lambda policy: policy.id):
        for need in policy.addresses if policy.period.holds(on) else ():
            found.setdefault(need, []).append(policy)
    return {need: tuple(policies) for need, policies in found.items()}


@dataclass(frozen=True)
class HomeView:
    """A stored household on a day, with what reaches it.

    `reach`: policy -> subject -> 1 may be met, 2 met.
    """

    catalogue: Catalogue
    case: Case
    family: Family
    pack: Pack
    on: date
    reach: Mapping[str, Mapping[str, int]]

    @property
    def id(self) -> str:
        """The household's id."""
        return self.case.household.id

    @cached_property
    def street(self) -> str:
        """The street that it is counted in."""
        return street_of(self.case.household.place)

    def row(self, of: str = "", says: str = "") -> ListRow:
        """It as a row of a list."""
        return ListRow(household=self.id, place=self.case.household.place, of=of, says=says)

    # Needs

    @cached_property
    def needs(self) -> tuple[NeedRecord, ...]:
        """The newest assessment of each need of each person, in order of id."""
        newest: dict[tuple[str, str], NeedRecord] = {}
        for need in sorted(self.case.needs, key=lambda need: (need.as_of or date.min, need.id)):
            if need.as_of is None or need.as_of <= self.on:
                newest[need.type, need.of] = need
        return tuple(sorted(newest.values(), key=lambda need: need.id))

    def unmet(self) -> Iterator[NeedRecord]:
        """Needs that somebody assessed, that are not met, and that nobody is helping with."""
        for need in self.needs:
            if need.state in _UNMET and need.severity and not self.is_helped(need):
                yield need

    def is_helped(self, need: NeedRecord) -> bool:
        """Whether aid for the need runs, or ran not long ago."""
        return any(self._helps(row, need) for row in self.case.aid)

    def _helps(self, row: AidRecord, need: NeedRecord) -> bool:
        policy = self.pack.policies.get(row.policy)
        if policy is None or need.type not in policy.addresses or row.start > self.on:
            return False
        if HOUSEHOLD not in (row.to, need.of) and row.to != need.of:
            return False
        return row.until is None or self.on - row.until <= _FRESH_AID

    # Aid

    @cached_property
    def running(self) -> tuple[AidRecord, ...]:
        """Lines of the ledger that run on the day."""
        return tuple(row for row in self.case.aid if row.runs_on(self.on))

    @cached_property
    def covered(self) -> frozenset[str] | None:
        """Kinds of aid that somebody checked around the day; None: all."""
        ledger = self.family.ledger
        if ledger.complete:
            return None
        near = [one for one in ledger.coverage if abs(one.as_of - self.on) <= _FRESH_AID]
        return frozenset().union(*(one.policies for one in near))

    def is_checked(self, aid: str) -> bool:
        """Whether silence of the ledger about this aid says anything."""
        return self.covered is None or aid in self.covered

    # The family's own no

    @cached_property
    def refusals(self) -> tuple[ApplicationRecord, ...]:
        """The family's last word on each aid, where it is a no, in order of id."""
        last: dict[tuple[str, str], ApplicationRecord] = {}
        for row in sorted(self.case.applications, key=lambda row: (row.date, row.id)):
            if row.date <= self.on:
                last[row.policy, row.to] = row
        said_no = (row for row in last.values() if row.outcome is ApplicationOutcome.DECLINED)
        return tuple(sorted(said_no, key=lambda row: row.id))

    def is_resting(self, said: date | None) -> bool:
        """Whether a no of that day still rests; one of an unknown day does."""
        return said is None or self.on < may_ask_on(said)

    @cached_property
    def _resting(self) -> frozenset[tuple[str, str]]:
        return frozenset((r.policy, r.to) for r in self.refusals if self.is_resting(r.date))

    def has_declined(self, policy: str, subject: str) -> bool:
        """Whether the family said within a year that it does not want this."""
        return not self._resting.isdisjoint({(policy, subject), (policy, HOUSEHOLD)})

    def is_left_alone(self, policy: str, of: str) -> bool:
        """Whether nobody should bring up this aid for a need: of the household's, any no counts."""
        if of == HOUSEHOLD:
            return any(name == policy for name, _ in self._resting)
        return self.has_declined(policy, of)

    def pending(self, policy: str, subject: str) -> bool:
        """Whether an application is being handled."""
        return any(
            row.policy == policy
            and row.to in (subject, HOUSEHOLD)
            and row.outcome is ApplicationOutcome.APPLIED
            and row.date <= self.on <= row.date + _FRESH_AID
            for row in self.case.applications
        )
