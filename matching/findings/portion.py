"""A portion of households looked over (一批排查): findings, signs, and what was checked.

Pure and of bounded memory, so that workers may take portions beside each other: what a portion
gives is small, and the parts of many portions are added up. The rates are counted beforehand, with
`rate_counts`, and are the same for all portions of a run.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from matching.errors import InputError
from matching.findings.coverage import CoverageSums, checked
from matching.findings.detectors import find
from matching.findings.households import Sign, sign_of
from matching.findings.look import look_at
from matching.findings.rates import RateCounts, Rates, count_rates
from matching.model.finding import Finding
from matching.model.records import Case
from matching.packs import Catalogue

__all__ = ["Portion", "look_over", "rate_counts"]


@dataclass(frozen=True, slots=True)
class Portion:
    """What a look over some households came to.

    Attributes:
        homes: ids of all households given, in their order, also of those that were not read.
        findings: of each household that could be read, by its id.
        signs: for the comparison of households (`across`); one with nothing to compare leaves none.
        checks: what somebody looked at, to be added up over portions.
        unread: household -> why it has no answer.
    """

    homes: tuple[str, ...]
    findings: Mapping[str, tuple[Finding, ...]]
    signs: tuple[Sign, ...]
    checks: CoverageSums
    unread: Mapping[str, str]


def look_over(
    catalogue: Catalogue, cases: Sequence[Case], on: date, rates: Rates | None = None
) -> Portion:
    """Everything that one portion of households shows.

    Args:
        catalogue: all packs.
        cases: the households, some thousands at most; all of them are in memory.
        on: the day.
        rates: what `rate_counts` gave for the households of the run; without it, none are known.
    """
    findings: dict[str, tuple[Finding, ...]] = {}
    unread: dict[str, str] = {}
    checks = CoverageSums()
    for case in cases:
        try:
            look = look_at(catalogue, case, on, rates)
        except InputError as error:
            unread[case.household.id] = error.detail
            continue
        findings[case.household.id] = find(look)
        for one in checked(look):
            checks.add(one)
    signs = (sign_of(case, on) for case in cases)
    return Portion(
        homes=tuple(case.household.id for case in cases),
        findings=findings,
        signs=tuple(sign for sign in signs if sign.paid or sign.receipts),
        checks=checks,
        unread=unread,
    )


def rate_counts(catalogue: Catalogue, cases: Iterable[Case], on: date) -> RateCounts:
    """How often conditions are met in these households; those that cannot be read do not count."""
    counts = RateCounts()
    for case in cases:
        try:
            counts.add(count_rates([look_at(catalogue, case, on)]))
        except InputError:
            continue
    return counts
