"""Families over time for programs (走访、圈层、变化接口): visits, circles, what will differ.

An advisor sees each family of the own places; the office sees circles and what a standard changes,
by id and figure. `whatif` supposes, counts and forgets: nothing of it is kept.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from api.deps import Allow, AskedDay, Visit, check_day, posted_text
from api.routes.population import After, Limit, PlaceOf, UnreadShown, scoped
from api.services import rounds
from api.services import upcoming as service
from api.services.one_request import (
    MOST_ANSWERED,
    MOST_MONTHS,
    MOST_ON_TWO_DAYS,
    own_people,
    page_of,
)
from api.services.upcoming import FamilyAhead
from api.services.whatif import FamilyChange, Unread, compare, sides_of
from matching.circles import Standing
from matching.deadlines import months_later
from matching.errors import InputError
from matching.model.access import Role
from matching.upcoming import Turn
from matching.what_changes import Kind, Shift, Totals
from matching.whatif_file import read_supposition

__all__ = ["router"]

router = APIRouter(tags=["走访与变化"])

_STREET = 9  # digits
_SPAN_MONTHS = 12
Found = TypeVar("Found", rounds.FamilyVisit, rounds.FamilyCircles, FamilyAhead, FamilyChange)


class VisitShown(BaseModel):
    """A visit that is due."""

    household: str
    place: str
    rhythm: str
    rhythm_label: str
    confirmed: bool
    why: tuple[str, ...]
    last: date | None
    due: date
    overdue_days: int


class Visits(BaseModel):
    """One page of due visits in order of household."""

    on: date
    visits: tuple[VisitShown, ...]
    unread: tuple[UnreadShown, ...]
    after: str | None


class CircleShown(BaseModel):
    """The innermost circle in which a household surely is; reasons for its own advisor only."""

    household: str
    place: str
    circle: str | None
    ages_out: date | None
    standings: tuple[Standing, ...] | None = None


class CirclesShown(BaseModel):
    """All households counted by street and circle, one page of them listed; `none` is no circle."""

    on: date
    streets: Mapping[str, Mapping[str, int]]
    households: tuple[CircleShown, ...]
    unread: tuple[UnreadShown, ...]
    after: str | None


class TurnShown(BaseModel):
    """Why something is different from a day on."""

    kind: str
    says: str
    subject: str
    about: str | None


class ShiftShown(BaseModel):
    """What is different: an item that enters, leaves, opens or changes its amount."""

    kind: Kind
    id: str
    label: str
    subject: str
    event: str | None
    outcome: str
    missing: tuple[str, ...]
    amount_fen: int | None
    amount_unit: str | None


class DayShown(BaseModel):
    """A day that matters to a household."""

    day: date
    causes: tuple[TurnShown, ...]
    changes: tuple[ShiftShown, ...]


class AheadShown(BaseModel):
    """A household for which something will be different, if nothing new is recorded."""

    household: str
    place: str
    days: tuple[DayShown, ...]


class Ahead(BaseModel):
    """One page of households for which something will be different."""

    on: date
    until: date
    households: tuple[AheadShown, ...]
    unread: tuple[UnreadShown, ...]
    after: str | None


class TotalsShown(BaseModel):
    """Sums over every household that was compared; fen a year."""

    households: int
    touched: int
    cliffs: int
    cliff_fen_a_year: int
    gains_fen_a_year: int
    loses_fen_a_year: int
    policies: Mapping[str, Mapping[str, int]]


class ChangeShown(BaseModel):
    """What a household gains and loses in fen a year; `unpriced` counts in neither."""

    household: str
    place: str
    kinds: Mapping[str, tuple[str, ...]]
    gains_fen_a_year: int
    loses_fen_a_year: int
    net_fen_a_year: int
    cliff: bool
    unpriced: tuple[str, ...]


class Supposed(BaseModel):
    """What would change: sums over all, one page of the households that change."""

    before: date
    after_day: date
    totals: TotalsShown
    households: tuple[ChangeShown, ...]
    unread: tuple[UnreadShown, ...]
    after: str | None


@router.get("/visits", summary="要走访的家庭")
def list_visits(
    visit: Annotated[Visit, Depends(Allow("population:visit"))],
    on: AskedDay,
    place: PlaceOf = "",
    ahead: Annotated[int, Query(ge=0, le=366, description="再看后面几天到期的")] = 0,
    after: After = "",
    limit: Limit = 100,
) -> Visits:
    """Visits that are due; who does not want to be visited is left alone."""
    desk, access = visit.desk, scoped(visit, place, "zhaoren visits")
    people = own_people(desk.store, access, after)
    found = rounds.visits_in(people, desk.catalogue, place or None, on)
    due = (
        one
        for one in found
        if isinstance(one, Unread) or (one.visit is not None and one.visit.is_due(on, ahead))
    )
    page = page_of(_by_household(due), limit)
    shown = tuple(
        VisitShown(
            household=planned.household, place=planned.place, rhythm=planned.rhythm.id,
            rhythm_label=planned.rhythm.label, confirmed=planned.confirmed, why=planned.why,
            last=planned.last, due=planned.due, overdue_days=planned.overdue_days(on),
        )
        for planned in (one.visit for one in page.rows)
        if planned is not None
    )  # fmt: skip
    return Visits(on=on, visits=shown, unread=_unread(page.unread), after=page.after)


@router.get("/circles", summary="各家庭在哪个圈层")
def list_circles(
    visit: Annotated[Visit, Depends(Allow("population:circle"))],
    on: AskedDay,
    place: PlaceOf = "",
    after: After = "",
    limit: Limit = 100,
) -> CirclesShown:
    """The four circles: counted by street, listed by household."""
    desk, access = visit.desk, scoped(visit, place, "zhaoren circles")
    people = own_people(desk.store, access)
    streets: dict[str, Counter[str]] = defaultdict(Counter)
    listed: list[CircleShown] = []
    unread: list[Unread] = []
    is_advisor = visit.who.user.role is Role.ADVISOR
    for one in rounds.circles_in(people, desk.catalogue, place or None, on):
        if isinstance(one, Unread):
            unread.append(one)
            continue
        street, circles = one.family.place[:_STREET], one.circles
        streets[street][circles.circle or "none"] += 1
        if one.family.id > after and len(listed) <= limit:
            listed.append(
                CircleShown(
                    household=one.family.id,
                    place=one.family.place,
                    circle=circles.circle,
                    ages_out=circles.inside[0].ages_out if circles.inside else None,
                    standings=circles.standings if is_advisor else None,
                )
            )
    return CirclesShown(
        on=on,
        streets={street: dict(counts) for street, counts in sorted(streets.items())},
        households=tuple(listed[:limit]),
        unread=_unread(unread),
        after=listed[limit - 1].household if len(listed) > limit else None,
    )


@router.get("/upcoming", summary="今后几个月有什么不同")
def list_upcoming(
    visit: Annotated[Visit, Depends(Allow("population:upcoming"))],
    on: AskedDay,
    place: PlaceOf = "",
    months: Annotated[int, Query(ge=1, le=_SPAN_MONTHS, description="看今后几个月")] = 1,
    after: After = "",
    limit: Limit = 50,
) -> Ahead:
    """Birthdays, expiries, windows and figures, by household and day."""
    cure = "请用 place 写一个居委，或者少看几个月"
    access = scoped(visit, place, "zhaoren upcoming", MOST_MONTHS // months, cure)
    desk = visit.desk
    people, until = own_people(desk.store, access, after), months_later(on, months)
    found = service.upcoming(people, desk.catalogue, place or None, (on, until))
    page = page_of(_by_household(found), limit)
    return Ahead(
        on=on,
        until=until,
        households=tuple(_ahead_shown(one) for one in page.rows),
        unread=_unread(page.unread),
        after=page.after,
    )


@router.post(
    "/whatif",
    summary="假如标准换了，谁会有变化",
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": "YAML 或 JSON：standards 或 day，可以加 place 和 date，"
            "例如 {standards: {DIBAO_LINE: 1800}}（docs/office.md）",
            "content": {
                "application/yaml": {"schema": {"type": "string"}},
                "application/json": {"schema": {}},
            },
        }
    },
)
def suppose(
    visit: Annotated[Visit, Depends(Allow("population:whatif"))],
    on: AskedDay,
    text: Annotated[str, Depends(posted_text)],
    after: After = "",
    limit: Limit = 100,
) -> Supposed:
    """Who would enter, who would leave, who would lose more than it gains. Nothing is stored."""
    desk = visit.desk
    supposed = read_supposition(desk.catalogue, text, "请求内容")
    if supposed.folder is not None:
        raise InputError(
            "接口不读服务器上的文件夹：请写 standards 或 day；"
            "要试整套规则，请在服务器上运行 zhaoren whatif。"
        )
    place, most = supposed.place or "", MOST_ANSWERED
    if supposed.day is not None:
        check_day(supposed.day)
        most = MOST_ON_TWO_DAYS
    asked = check_day(supposed.on or on)
    access = scoped(visit, place, "zhaoren whatif", most)
    sides = sides_of(desk.catalogue, supposed, asked, Path())
    totals, unread = Totals(), list[Unread]()
    listed: list[FamilyChange] = []
    people = own_people(desk.store, access)
    for one in compare(people, sides, place or None, totals):
        if isinstance(one, Unread):
            unread.append(one)
        elif one.case.household.id > after and len(listed) <= limit:
            listed.append(one)
    return Supposed(
        before=sides[0].on,
        after_day=sides[1].on,
        totals=_totals(totals),
        households=tuple(_change(one) for one in listed[:limit]),
        unread=_unread(unread),
        after=listed[limit - 1].case.household.id if len(listed) > limit else None,
    )


def _by_household(found: Iterable[Found | Unread]) -> Iterator[tuple[str, Found] | Unread]:
    for one in found:
        yield one if isinstance(one, Unread) else (one.case.household.id, one)


def _unread(found: Iterable[Unread]) -> tuple[UnreadShown, ...]:
    return tuple(UnreadShown(household=one.household, why=one.why) for one in found)


def _ahead_shown(one: FamilyAhead) -> AheadShown:
    days = tuple(
        DayShown(
            day=stage.day,
            causes=tuple(_turn(turn) for turn in stage.turns),
            changes=tuple(_shift(shift) for shift in stage.shift.shifts),
        )
        for stage in one.stages
    )
    return AheadShown(household=one.case.household.id, place=one.case.household.place, days=days)


def _turn(turn: Turn) -> TurnShown:
    return TurnShown(kind=turn.kind, says=turn.says, subject=turn.subject, about=turn.about)


def _shift(shift: Shift) -> ShiftShown:
    row = shift.row
    return ShiftShown(
        kind=shift.kind, id=row.policy, label=row.label, subject=row.subject, event=row.event,
        outcome=row.outcome.value, missing=row.missing, amount_fen=row.amount_fen,
        amount_unit=row.unit,
    )  # fmt: skip


def _totals(totals: Totals) -> TotalsShown:
    return TotalsShown(
        households=totals.households,
        touched=totals.touched,
        cliffs=totals.cliffs,
        cliff_fen_a_year=totals.cliff_fen,
        gains_fen_a_year=totals.gains_fen,
        loses_fen_a_year=totals.loses_fen,
        policies={
            policy: {kind.value: totals.households_of(kind, policy) for kind in Kind}
            for policy in totals.policies
        },
    )


def _change(one: FamilyChange) -> ChangeShown:
    shift = one.shift
    kinds: dict[str, list[str]] = defaultdict(list)
    for each in shift.shifts:
        kinds[each.kind.value].append(each.row.policy)
    return ChangeShown(
        household=shift.household,
        place=shift.place,
        kinds={kind: tuple(sorted(set(ids))) for kind, ids in sorted(kinds.items())},
        gains_fen_a_year=shift.gains_fen,
        loses_fen_a_year=shift.loses_fen,
        net_fen_a_year=shift.net_fen,
        cliff=shift.is_cliff,
        unpriced=shift.unpriced,
    )
