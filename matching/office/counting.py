"""From households to the office's figures (逐户计数): one pass, a block of households at a time."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from types import MappingProxyType

from matching.model.base import Model
from matching.model.family import Family
from matching.model.records import Case
from matching.office.fairness import FairnessRow, count_fairness, fairness_rows
from matching.office.homes import HomeView
from matching.office.near_misses import NearMissRow, count_near_misses, near_miss_rows
from matching.office.overlaps_in_use import (
    DepartmentPair,
    OverlapRow,
    count_overlaps,
    department_pairs,
    overlap_rows,
)
from matching.office.refusals import RefusalRow, count_refusals, refusal_rows
from matching.office.service_share import ServiceRow, count_services, service_rows
from matching.office.supply import (
    HomesRow,
    SupplyRow,
    count_home,
    count_supply,
    home_rows,
    supply_rows,
)
from matching.office.tally import Tally
from matching.packs import Catalogue
from matching.scan.population import scans
from matching.scan.reach import reached
from matching.scan.status import Scan

__all__ = ["LISTS", "REPORTS", "CoverageReport", "count", "report_of"]

_BLOCK = 2_048  # families in memory, with all that the rules found about them
SUPPLY, NEAR_MISSES, OVERLAPS = "supply", "near-misses", "overlaps"
SERVICES, FAIRNESS, REFUSALS = "services", "fairness", "refusals"
REPORTS = (SUPPLY, NEAR_MISSES, OVERLAPS, SERVICES, FAIRNESS, REFUSALS)
_BY_THE_RULES = frozenset({SUPPLY, NEAR_MISSES, FAIRNESS})
_EACH = {
    SUPPLY: count_supply, OVERLAPS: count_overlaps, SERVICES: count_services,
    FAIRNESS: count_fairness, REFUSALS: count_refusals,
}  # fmt: skip
# First word of a list -> the report that counts it.
LISTS: Mapping[str, str] = {
    "homes": SUPPLY, "in-need": NEAR_MISSES, "overlap-persons": OVERLAPS,
    "overlaps-unchecked": OVERLAPS, **{report: report for report in REPORTS},
}  # fmt: skip
_NOTHING: Mapping[str, Mapping[str, int]] = MappingProxyType({})


class CoverageReport(Model):
    """What the office sees of a scope on a day (覆盖情况).

    A report that was not asked for is empty.

    In each table the rows of the whole scope come first (street empty), then street by street.
    """

    on: date
    households: int
    homes: tuple[HomesRow, ...]
    supply: tuple[SupplyRow, ...] = ()
    near_misses: tuple[NearMissRow, ...] = ()
    overlaps: tuple[OverlapRow, ...] = ()
    departments: tuple[DepartmentPair, ...] = ()
    services: tuple[ServiceRow, ...] = ()
    fairness: tuple[FairnessRow, ...] = ()
    refusals: tuple[RefusalRow, ...] = ()


def count(
    catalogue: Catalogue,
    found: Iterable[tuple[Case, Family]],
    on: date,
    tally: Tally,
    reports: Collection[str] = REPORTS,
) -> None:
    """Count households into the cells of some reports; each is read once and let go.

    Args:
        catalogue: all packs.
        found: households with their facts of the day, in any order.
        on: the day.
        tally: gets the counts.
        reports: which ones.
    """
    if not _BY_THE_RULES & set(reports):
        for case, family in found:
            pack = catalogue.pack_for(family.place)
            _count_home(tally, HomeView(catalogue, case, family, pack, on, _NOTHING), reports)
        return
    for scan, homes in _blocks(catalogue, found, on):
        if NEAR_MISSES in reports:
            count_near_misses(tally, scan, homes)
        for home in homes.values():
            _count_home(tally, home, reports)


def _count_home(tally: Tally, home: HomeView, reports: Collection[str]) -> None:
    count_home(tally, home)
    for report, count_one in _EACH.items():
        if report in reports:
            count_one(tally, home)


def _blocks(
    catalogue: Catalogue, found: Iterable[tuple[Case, Family]], on: date
) -> Iterator[tuple[Scan, dict[str, HomeView]]]:
    """Some households at a time, with what the rules found and what reaches each of them."""
    waiting: dict[str, tuple[Case, Family]] = {}

    def families() -> Iterator[Family]:
        for case, family in found:
            waiting[family.id] = (case, family)
            yield family

    for scan in scans(catalogue, families(), on, block=_BLOCK):
        reach, pack = reached(scan), scan.program.pack
        yield (
            scan,
            {
                home: HomeView(catalogue, *waiting.pop(home), pack, on, reach.get(home, _NOTHING))
                for home in sorted(scan.table.ids)
            },
        )


def report_of(
    tally: Tally, catalogue: Catalogue, on: date, reports: Collection[str] = REPORTS
) -> CoverageReport:
    """The counts as tables."""
    homes = home_rows(tally)
    overlaps = overlap_rows(tally, catalogue, on) if OVERLAPS in reports else ()
    return CoverageReport(
        on=on,
        households=homes[0].households if homes else 0,
        homes=homes,
        supply=supply_rows(tally, catalogue, on) if SUPPLY in reports else (),
        near_misses=near_miss_rows(tally, catalogue, on) if NEAR_MISSES in reports else (),
        overlaps=overlaps,
        departments=department_pairs(overlaps),
        services=service_rows(tally) if SERVICES in reports else (),
        fairness=fairness_rows(tally) if FAIRNESS in reports else (),
        refusals=refusal_rows(tally, catalogue, on) if REFUSALS in reports else (),
    )
