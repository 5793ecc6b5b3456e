"""Coverage for programs (覆盖接口): figures with their lists for the office, needs for charities.

The office sees its district; its lists hold ids and places, no names and no words of a family. A
charity sees published counts only, of this month and of all places: two views that differ by a day
or a place could be subtracted from each other.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from api.deps import Allow, AskedDay, Today, Visit
from api.routes.population import PlaceOf, UnreadShown, scoped
from api.services import coverage as service
from matching.errors import InputError
from matching.model.access import Purpose
from matching.office import REPORTS, CoverageReport, DonorView

__all__ = ["router"]

router = APIRouter(tags=["覆盖"])

Pattern = Annotated[str, Query(max_length=2_000, description="数字旁边 lists 里的名单")]
Near = Annotated[
    str, Query(max_length=12, pattern=r"^\d*$", description="离哪里近的排在前面：区划代码")
]


class CoverageShown(BaseModel):
    """The figures, and what could not be read; it is counted nowhere."""

    report: CoverageReport
    unread: tuple[UnreadShown, ...]


class RowShown(BaseModel):
    """A household, or somebody in it, behind a figure."""

    household: str
    place: str
    of: str


class NeedsShown(DonorView):
    """The published needs; `counted` says how often and on which day they were counted."""

    counted: str


class ListShown(BaseModel):
    """One page of the list behind a figure, in order of place and household."""

    pattern: str
    total: int
    rows: tuple[RowShown, ...]
    unread: tuple[UnreadShown, ...]
    after: int | None


@router.get("/office/coverage", summary="哪里没有覆盖到")
def show_coverage(
    visit: Annotated[Visit, Depends(Allow("coverage:read"))],
    on: AskedDay,
    place: PlaceOf = "",
    report: Annotated[list[str] | None, Query(description="只做这些表", max_length=16)] = None,
) -> CoverageShown:
    """Need by street by supply, near misses, overlaps, services, fairness, refusals."""
    strange = sorted(set(report or ()) - set(REPORTS))
    if strange:
        raise InputError(f"没有这张表：{strange[0]}。可以写：{'、'.join(REPORTS)}")
    access = scoped(visit, place, "zhaoren coverage")
    desk = visit.desk
    found = service.coverage(desk.store, desk.catalogue, access, on, report or REPORTS)
    return CoverageShown(report=found.report, unread=_unread(found.unread))


@router.get("/office/coverage/list", summary="一个数字背后的名单")
def show_list(
    visit: Annotated[Visit, Depends(Allow("coverage:list"))],
    on: AskedDay,
    pattern: Pattern,
    place: PlaceOf = "",
    after: Annotated[int, Query(ge=0, description="上一页的 after")] = 0,
    limit: Annotated[int, Query(ge=1, le=1_000, description="一页多少行")] = 200,
) -> ListShown:
    """The households behind one figure; the trace says which figure was asked for."""
    access = scoped(visit, place, "zhaoren coverage --list")
    desk = visit.desk
    found = service.households_behind(desk.store, desk.catalogue, access, on, pattern)
    page = found.rows[after : after + limit]
    end = after + len(page)
    return ListShown(
        pattern=found.pattern,
        total=len(found.rows),
        rows=tuple(RowShown.model_validate(one, from_attributes=True) for one in page),
        unread=_unread(found.unread),
        after=end if end < len(found.rows) else None,
    )


@router.get("/charity/needs", summary="各街镇没有满足的需求")
def show_needs(
    visit: Annotated[Visit, Depends(Allow("needs:read"))], today: Today, near: Near = ""
) -> NeedsShown:
    """Unmet needs by street, counted once a month; counts are rounded down to a multiple of 5."""
    desk = visit.desk
    desk.store.note(visit.access(Purpose.OPERATE), "read", "needs", near, "allow")
    view = desk.needs.on(today, near)
    counted = f"每月统计一次，本月 {view.on.day} 日统计"
    return NeedsShown(**dict(view), counted=counted)


def _unread(unread: dict[str, str]) -> tuple[UnreadShown, ...]:
    return tuple(UnreadShown(household=home, why=why) for home, why in sorted(unread.items()))
