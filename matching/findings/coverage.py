"""What was checked and what was not (核查覆盖): kind by kind, place by place.

Beside the findings, never in them: a household without a finding is clean only as far as somebody
looked.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from matching.findings.look import Look, covering
from matching.ledger import COVERAGE_DAYS
from matching.model.base import Model
from matching.vocabulary import VOCABULARY

__all__ = ["CHECKED_FACTS", "Checked", "CoverageRow", "checked", "summed"]

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


def checked(look: Look) -> Iterator[Checked]:
    """What of this household somebody looked at."""
    street = look.case.household.place[:_STREET]
    for name in CHECKED_FACTS:
        near = covering(look.case.batches, name, look.on)
        last = max((batch.as_of for batch in near), default=None)
        reached = not look.not_checked((name,), "household")
        yield Checked(
            name, street, bool(near) and reached, frozenset(batch.source for batch in near), last,
            bool(near) and not reached,
        )  # fmt: skip
    for aid in _CHECKED_AID:
        batches = [
            batch
            for batch in look.case.batches
            if aid in batch.covers_aid and abs((batch.as_of - look.on).days) <= COVERAGE_DAYS
        ]
        last = max((batch.as_of for batch in batches), default=None)
        sources = frozenset(batch.source for batch in batches)
        yield Checked(f"benefit.{aid}", street, bool(batches), sources, last)


def summed(found: Iterable[Checked], labels: Mapping[str, str]) -> tuple[CoverageRow, ...]:
    """One row for each kind and street.

    Args:
        found: what `checked` gave for every household.
        labels: names of the kinds of aid.
    """
    groups: dict[tuple[str, str], list[Checked]] = defaultdict(list)
    for one in found:
        groups[(one.what, one.place)].append(one)
    return tuple(_row(what, place, rows, labels) for (what, place), rows in sorted(groups.items()))


def _row(what: str, place: str, rows: list[Checked], labels: Mapping[str, str]) -> CoverageRow:
    aid = what.removeprefix("benefit.")
    label = VOCABULARY[what].label if what in VOCABULARY else f"台账：{labels.get(aid, aid)}"
    return CoverageRow(
        what=what,
        label=label,
        kinds=CHECKED_FACTS.get(what, ()),
        place=place,
        households=len(rows),
        checked=sum(row.is_checked for row in rows),
        elsewhere=sum(row.registered_elsewhere for row in rows),
        sources=tuple(sorted(frozenset().union(*(row.sources for row in rows)))),
        as_of=max((row.as_of for row in rows if row.as_of is not None), default=None),
    )
