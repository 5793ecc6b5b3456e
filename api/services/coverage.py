"""Coverage for the office and for donors (覆盖分析): households in, figures out; reads only.

Every household of the scope is read once, through the port. A list of households behind a figure is
a personal read of its own: it leaves a line in the trace that names the figure.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from threading import Lock

from api.services.one_request import inside
from graph.store import Store
from matching.errors import Busy, InputError
from matching.expressions import nearest
from matching.facts import family_of
from matching.model.access import Access
from matching.model.family import Family
from matching.model.records import Case
from matching.office import (
    LISTS,
    REPORTS,
    CoverageReport,
    DonorView,
    ListRow,
    Pattern,
    Tally,
    count,
    donor_view,
    report_of,
)
from matching.office.donors import STREET_DIGITS
from matching.packs import Catalogue
from seed.load import operator_access

__all__ = [
    "Covered",
    "Listed",
    "PublishedNeeds",
    "coverage",
    "donor_needs",
    "households_behind",
    "list_of",
    "place_names",
]

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Covered:
    """The figures, and the households that could not be read, each with why."""

    report: CoverageReport
    unread: dict[str, str]


@dataclass(frozen=True, slots=True)
class Listed:
    """The rows behind one figure, in order of place and household."""

    pattern: str
    rows: tuple[ListRow, ...]
    unread: dict[str, str]


def coverage(
    store: Store,
    catalogue: Catalogue,
    access: Access,
    on: date,
    reports: Collection[str] = REPORTS,
    progress: Progress = lambda _: None,
) -> Covered:
    """The office's figures of a scope on a day.

    Args:
        store: read through the port, within the scope.
        catalogue: all packs.
        access: who asks, why, and for which places.
        on: the day whose law, figures and facts hold.
        reports: which tables to make; the others stay empty.
        progress: told how many households have been read.
    """
    reading = _Reading(store, access, on, progress)
    tally = Tally()
    count(catalogue, reading.households(), on, tally, reports)
    return Covered(report_of(tally, catalogue, on, reports), reading.unread)


def households_behind(
    store: Store,
    catalogue: Catalogue,
    access: Access,
    on: date,
    pattern: str,
    progress: Progress = lambda _: None,
) -> Listed:
    """The list behind one figure; the trace names it.

    Args:
        store: read through the port, within the scope.
        catalogue: all packs.
        access: who asks, why, and for which places.
        on: the day that the figure is of.
        pattern: as it stands beside the figure, `supply/310104013/care_meal/open`.
        progress: told how many households have been read.

    Raises:
        InputError: no such list, or of a place outside the scope; the latter leaves a trace.
    """
    wanted = list_of(pattern)
    cuts = any(place.startswith(wanted.street) for place in access.actor.scope.places)
    here = access if cuts else inside(store, access, wanted.street, "household")
    store.note(here, "list_coverage", "household", pattern, "allow")
    reading = _Reading(store, here, on, progress)
    tally = Tally(wanted)
    count(catalogue, reading.households(), on, tally, (LISTS[wanted.report],))
    return Listed(pattern, tally.listed(), reading.unread)


def list_of(pattern: str) -> Pattern:
    """Read which list is meant.

    Raises:
        InputError: it is written otherwise than any, or there is no such list.
    """
    wanted = Pattern.of(pattern)
    if wanted.report not in LISTS:
        cure = "请照抄 zhaoren coverage supply 这样的报告里方括号里的写法。"
        raise InputError(
            f"没有叫 {wanted.report or pattern} 的名单。{nearest(wanted.report, LISTS)}{cure}"
        )
    return wanted


def donor_needs(
    store: Store,
    catalogue: Catalogue,
    access: Access,
    on: date,
    near: str = "",
    progress: Progress = lambda _: None,
) -> DonorView:
    """Unmet needs by street, fit to be published: nobody in it, counts rounded down.

    Raises:
        InputError: the scope cuts a street, so that two views could be subtracted.
    """
    if any(len(place) > STREET_DIGITS for place in access.actor.scope.places):
        raise InputError(
            "给捐赠方看的数字最细到街镇（9 位区划代码），不能按居村看："
            "两份数字一减，就能看出是哪一家。"
        )
    tally = Tally()
    reading = _Reading(store, access, on, progress)
    count(catalogue, reading.households(), on, tally, ("supply",))
    return donor_view(tally, catalogue, on, near)


def place_names(store: Store, catalogue: Catalogue) -> dict[str, str]:
    """Division code -> name: places of the packs, and those that the store's graph knows."""
    packs = {pack.place: pack.label for pack in catalogue.packs.values() if pack.place}
    nodes = (node for node in store.catalogue_nodes() if node.label == "Place")
    return {**packs, **{node.key: node.properties["name"] for node in nodes}}


@dataclass(slots=True)
class PublishedNeeds:
    """What charities see (公布的需求): of all places, counted once a calendar month.

    A charity reads no household; the count is made and traced as a read of the machine's operator.
    A view that followed each change would show by its steps what the counts hide. A service that
    starts anew counts anew.
    """

    store: Store
    catalogue: Catalogue
    _made: "_Counted | None" = None
    _counting: Lock = field(default_factory=Lock)

    def on(self, today: date, near: str = "") -> DonorView:
        """This month's view, the nearest streets first; its `on` is the day of the count.

        Raises:
            Busy: somebody's count of this month is under way.
        """
        made = self._of(today.replace(day=1)) or self._count(today)
        return donor_view(made.tally, self.catalogue, made.on, near)

    def _of(self, month: date) -> "_Counted | None":
        made = self._made
        return made if made is not None and made.on.replace(day=1) == month else None

    def _count(self, today: date) -> "_Counted":
        if not self._counting.acquire(blocking=False):
            raise Busy("正在统计，请几分钟后再看。")
        try:
            made = self._of(today.replace(day=1))  # counted between our look and our turn
            if made is None:
                tally = Tally()
                reading = _Reading(self.store, operator_access(), today, lambda _: None)
                count(self.catalogue, reading.households(), today, tally, ("supply",))
                made = self._made = _Counted(today, tally)
            return made
        finally:
            self._counting.release()


@dataclass(frozen=True, slots=True)
class _Counted:
    """The cells of a day; nobody adds to them any more."""

    on: date
    tally: Tally


@dataclass(slots=True)
class _Reading:
    """Households of a scope with their facts of the day; those without an answer are kept apart."""

    store: Store
    access: Access
    on: date
    progress: Progress
    unread: dict[str, str] = field(default_factory=dict)

    def households(self) -> Iterator[tuple[Case, Family]]:
        """Each once, in order of id."""
        for number, case in enumerate(self.store.cases(self.access), start=1):
            self.progress(number)
            try:
                yield case, family_of(case, self.on)
            except InputError as error:
                self.unread[case.household.id] = error.detail
