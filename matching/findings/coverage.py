"""What was checked and what was not (核查覆盖): kind by kind, place by place.

Beside the findings, never in them: a household without a finding is clean only as far as somebody
looked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from matching.findings.look import SENTENCED_ELSEWHERE, Deliveries, Look
from matching.ledger import HOUSEHOLD
from matching.model.base import Model
from matching.model.records import Batch
from matching.vocabulary import VOCABULARY

__all__ = ["CHECKED_FACTS", "Checked", "CoverageRow", "CoverageSums", "ground_of"]

# What the detectors look at; a batch that covers it makes silence an answer.
CHECKED_FACTS: Mapping[str, tuple[str, ...]] = {
    "person.custody_status": ("paid_in_custody",),
    "person.life_status": ("paid_after_death", "paid_while_missing"),
    "person.disability_grade": ("missed_definite", "missed_likely"),
    "household.monthly_income": ("missed_definite", "held_not_fitting", "underpaid"),
    "event.type": ("sent_away", "event_twice"),
}
_CHECKED_AID = ("dibao", "tekun", "disability_living", "disability_nursing", "disab_home_care",
                "disab_inst_care", "child_distress", "temp_emergency")  # fmt: skip
_STREET = 9
Ground = tuple[Deliveries, str, bool]


@dataclass(frozen=True, slots=True)
class Checked:
    """One household and one kind: was it looked at, by whom, as of which day."""

    what: str
    place: str
    is_checked: bool
    sources: frozenset[str]
    as_of: date | None
    registered_elsewhere: bool = False


class CoverageRow(Model):
    """One kind of fact or aid at one place (核查覆盖): how many households were looked at.

    `elsewhere`: households with somebody registered where the sources do not reach.
    """

    what: str
    label: str
    kinds: tuple[str, ...]
    place: str
    households: int
    checked: int
    elsewhere: int
    sources: tuple[str, ...]
    as_of: date | None


def ground_of(look: Look) -> Ground:
    """What of it was looked at depends on this: deliveries, street, whether courts reach all."""
    street = look.case.household.place[:_STREET]
    return look.deliveries, street, look.is_reached(HOUSEHOLD)


def _checked(ground: Ground) -> tuple[Checked, ...]:
    deliveries, street, reached = ground
    found = []
    for name in CHECKED_FACTS:
        near = deliveries.of_fact(name)
        here = reached or name != SENTENCED_ELSEWHERE
        found.append(_one(name, street, near, here=here))
    found += [_one(f"benefit.{aid}", street, deliveries.of_aid(aid)) for aid in _CHECKED_AID]
    return tuple(found)


def _one(what: str, street: str, near: tuple[Batch, ...], *, here: bool = True) -> Checked:
    last = max((batch.as_of for batch in near), default=None)
    sources = frozenset(batch.source for batch in near)
    return Checked(what, street, bool(near) and here, sources, last, bool(near) and not here)


@dataclass(slots=True)
class _Sum:
    """One kind at one street."""

    households: int = 0
    checked: int = 0
    elsewhere: int = 0
    sources: set[str] = field(default_factory=set)
    as_of: date | None = None

    def add(self, other: "_Sum") -> None:
        self.households += other.households
        self.checked += other.checked
        self.elsewhere += other.elsewhere
        self.sources |= other.sources
        self.as_of = max((day for day in (self.as_of, other.as_of) if day), default=None)


@dataclass(slots=True)
class CoverageSums:
    """What was looked at, added up while households stream by (核查覆盖合计)."""

    sums: dict[tuple[str, str], _Sum] = field(default_factory=dict)

    def add(self, one: Checked, households: int = 1) -> None:
        """Count one kind of one household, or of so many that are alike."""
        elsewhere = households if one.registered_elsewhere else 0
        looked = households if one.is_checked else 0
        own = _Sum(households, looked, elsewhere, set(one.sources), one.as_of)
        self.sums.setdefault((one.what, one.place), _Sum()).add(own)

    def add_alike(self, households: Mapping[Ground, int]) -> None:
        """Count many households by what their coverage depends on."""
        for ground, count in households.items():
            for one in _checked(ground):
                self.add(one, count)

    def merge(self, other: "CoverageSums") -> None:
        """Count another portion too."""
        for key, own in other.sums.items():
            self.sums.setdefault(key, _Sum()).add(own)

    def rows(self, labels: Mapping[str, str]) -> tuple[CoverageRow, ...]:
        """One row for each kind and street, in order of both.

        Args:
            labels: names of the kinds of aid.
        """
        return tuple(
            _row(what, place, own, labels) for (what, place), own in sorted(self.sums.items())
        )


def _row(what: str, place: str, own: _Sum, labels: Mapping[str, str]) -> CoverageRow:
    aid = what.removeprefix("benefit.")
    label = VOCABULARY[what].label if what in VOCABULARY else f"台账：{labels.get(aid, aid)}"
    return CoverageRow(
        what=what,
        label=label,
        kinds=CHECKED_FACTS.get(what, ()),
        place=place,
        households=own.households,
        checked=own.checked,
        elsewhere=own.elsewhere,
        sources=tuple(sorted(own.sources)),
        as_of=own.as_of,
    )
