"""A portion of households looked over (一批排查): findings, signs, and what was checked.

Pure and of bounded memory, so that workers may take portions beside each other: what a portion
gives is small, and the parts of many portions are added up. What waits for the rates, which take
all households to count, is settled at the end: each household is read once.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zlib import compress, decompress

from matching.answer import check_day
from matching.errors import InputError
from matching.findings.coverage import CoverageSums, Ground, ground_of
from matching.findings.detectors import see, wants_of
from matching.findings.events import Home, home_of
from matching.findings.households import Sign, sign_of
from matching.findings.look import DeliveriesOf, Look, with_items
from matching.findings.rates import RateCounts, Rates, is_likely
from matching.identity import stored
from matching.model.family import Family
from matching.model.finding import Finding
from matching.model.records import Case
from matching.packs import Catalogue
from matching.scan.population import scans
from matching.scan.screen import Screened, count_conditions, screen

__all__ = ["WAITING", "Portion", "Waiting", "look_over", "settled"]

WAITING = frozenset({"missed_likely"})  # kinds that stand or fall with the rates


@dataclass(frozen=True, slots=True)
class Waiting:
    """A finding that stands if what is not known is mostly met (待定): (policy, condition).

    Of a large population very many wait until all households are read, so they are kept packed.
    """

    household: str
    asks: tuple[tuple[str, str], ...]
    packed: bytes

    @property
    def finding(self) -> Finding:
        """The finding as it was made."""
        return Finding.model_validate_json(decompress(self.packed))


@dataclass(frozen=True, slots=True)
class Portion:
    """What a look over some households came to.

    Attributes:
        homes: all households given, in their order, also those that were not read.
        findings: of each household that could be read, by its id; all kinds but `WAITING`.
        waiting: findings of the kinds in `WAITING`, for `settled`.
        rates: how often conditions are met in these households; added up over portions.
        signs: for the comparison of households (`across`); one with nothing to compare leaves none.
        checks: what somebody looked at; added up over portions.
        unread: household -> why it has no answer.
        members: everybody as records to be compared, where who is who is asked, too.
        came: keys of those members of whom something came.
    """

    homes: tuple[Home, ...]
    findings: Mapping[str, tuple[Finding, ...]]
    waiting: tuple[Waiting, ...]
    rates: RateCounts
    signs: tuple[Sign, ...]
    checks: CoverageSums
    unread: Mapping[str, str]
    members: tuple[stored.Home, ...] = ()
    came: frozenset[str] = frozenset()


def look_over(
    catalogue: Catalogue,
    cases: Sequence[Case],
    on: date,
    same: Mapping[str, str] | None = None,
) -> Portion:
    """Everything that one portion of households shows.

    Args:
        catalogue: all packs.
        cases: the households, some thousands at most: all of them are in memory.
        on: the day.
        same: person -> who that is, where people decided it.
    """
    deliveries = DeliveriesOf(on)
    families, unread = _families(cases, deliveries)
    wanted, rates = _screened(catalogue, families, on)
    findings: dict[str, tuple[Finding, ...]] = {}
    waiting: list[Waiting] = []
    alike: Counter[Ground] = Counter()
    for case in cases:
        home = case.household.id
        if home not in families:
            continue
        look = with_items(
            catalogue, case, families[home], deliveries.case(case), wanted.get(home, {})
        )
        found = _found(look)
        findings[home] = tuple(one for one, _ in found if one.kind not in WAITING)
        waiting += [_packed(one, asks) for one, asks in found if one.kind in WAITING]
        alike[ground_of(look)] += 1
    checks = CoverageSums()
    checks.add_alike(alike)
    signs = (sign_of(case, on, same) for case in cases)
    return Portion(
        homes=tuple(home_of(case) for case in cases),
        findings=findings,
        waiting=tuple(waiting),
        rates=rates,
        signs=tuple(sign for sign in signs if sign.paid or sign.receipts),
        checks=checks,
        unread=unread,
    )


def _families(
    cases: Iterable[Case], deliveries: DeliveriesOf
) -> tuple[dict[str, Family], dict[str, str]]:
    """The families of the day; and why others have none."""
    found: dict[str, Family] = {}
    unread: dict[str, str] = {}
    for case in cases:
        try:
            check_day(deliveries.on)
            found[case.household.id] = deliveries.family(case)
        except InputError as error:
            unread[case.household.id] = error.detail
    return found, unread


def _screened(
    catalogue: Catalogue, families: Mapping[str, Family], on: date
) -> tuple[Screened, RateCounts]:
    """What is worth explaining, and how often conditions are met."""
    wants, rates, found = wants_of(families.values(), on), RateCounts(), {}
    for one in scans(catalogue, families.values(), on, amounts=True):
        rates.add(RateCounts(count_conditions(one)))
        found.update(screen(one, wants))
    return found, rates


def _found(look: Look) -> list[tuple[Finding, tuple[tuple[str, str], ...]]]:
    """The findings of one household, each key once, in order of kind and key."""
    found = {}
    for seen in see(look):
        one = look.finding(seen)
        found[one.key] = (one, seen.asks)
    return sorted(found.values(), key=lambda pair: (pair[0].kind, pair[0].key))


def _packed(finding: Finding, asks: tuple[tuple[str, str], ...]) -> Waiting:
    return Waiting(finding.household, asks, compress(finding.model_dump_json().encode()))


def settled(waiting: Iterable[Waiting], rates: Rates) -> dict[str, tuple[Finding, ...]]:
    """Household -> those of the waiting findings that stand, in their order.

    Args:
        waiting: of all portions.
        rates: the sum of all portions' counts, as `RateCounts.rates` gives it.
    """
    found: dict[str, list[Finding]] = {}
    likely: dict[tuple[tuple[str, str], ...], bool] = {}
    for one in waiting:
        if one.asks not in likely:
            likely[one.asks] = is_likely(one.asks, rates)
        if likely[one.asks]:
            found.setdefault(one.household, []).append(one.finding)
    return {home: tuple(of) for home, of in found.items()}
