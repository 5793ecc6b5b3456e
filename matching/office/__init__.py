"""Coverage for the joint-meeting office (覆盖分析): figures, each with the list behind it.

One module a question. `count` reads households once and puts them into cells (`tally.py`);
`report_of` makes the tables. These are statistics for people who plan: no score reads them.
"""

from matching.office.counting import LISTS, REPORTS, CoverageReport, count, report_of
from matching.office.donors import DonorView, donor_view
from matching.office.fairness import FairnessRow
from matching.office.homes import HomeView
from matching.office.near_misses import NearMissRow
from matching.office.overlaps_in_use import DepartmentPair, OverlapRow
from matching.office.refusals import RefusalRow
from matching.office.service_share import ServiceRow
from matching.office.small_areas import Estimate, estimated
from matching.office.supply import HomesRow, SupplyRow
from matching.office.tally import ListRow, Pattern, Tally

__all__ = [
    "LISTS",
    "REPORTS",
    "CoverageReport",
    "DepartmentPair",
    "DonorView",
    "Estimate",
    "FairnessRow",
    "HomeView",
    "HomesRow",
    "ListRow",
    "NearMissRow",
    "OverlapRow",
    "Pattern",
    "RefusalRow",
    "ServiceRow",
    "SupplyRow",
    "Tally",
    "count",
    "donor_view",
    "estimated",
    "report_of",
]
