"""Many families at once for programs (政策找人接口): whom a policy reaches, what is missing.

Lists hold ids, places and figures, never names; a family is opened at its own address, which the
office may not. All is within the asker's scope, and one request reads so many families at most.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel

from api.deps import Allow, AskedDay, Visit
from api.services import one_request, population
from matching.errors import InputError
from matching.model.access import Access, Purpose, Role

__all__ = ["After", "Limit", "PlaceOf", "UnreadShown", "router", "scoped"]

router = APIRouter(tags=["政策找人"])

_STREET = 9  # digits
PolicyId = Annotated[str, Path(max_length=64, pattern=r"^\w+$", description="政策编号")]
PlaceOf = Annotated[
    str, Query(max_length=12, pattern=r"^\d*$", description="区划代码，在账号的范围内；留空看全部")
]
After = Annotated[str, Query(max_length=64, description="上一页的 after")]
Limit = Annotated[int, Query(ge=1, le=500, description="一页多少户")]


class UnreadShown(BaseModel):
    """A household that could not be looked at, and why; it is counted nowhere."""

    household: str
    why: str


class SubjectShown(BaseModel):
    """Somebody whom a policy reaches or may reach; `missing` keeps the household undecided."""

    household: str
    place: str
    subject: str
    event: str | None
    group: str
    outcome: str
    missing: tuple[str, ...]


class FoundShown(BaseModel):
    """Whom a policy reaches: all of them counted, one page of households named."""

    policy: str
    label: str
    on: date
    households: int
    counts: Mapping[str, int]
    streets: Mapping[str, Mapping[str, int]]
    subjects: tuple[SubjectShown, ...]
    unread: tuple[UnreadShown, ...]
    after: str | None


class OpenAnswer(BaseModel):
    """A fact that keeps so many households undecided about a policy."""

    policy: str
    label: str
    fact: str
    households: int


class OpenAnswers(BaseModel):
    """What keeps answers open (缺什么), the most households first; `total` pairs in all."""

    on: date
    households: int
    total: int
    answers: tuple[OpenAnswer, ...]
    unread: tuple[UnreadShown, ...]


def scoped(
    visit: Visit, place: str, command: str, most: int | None = None, cure: str = one_request.CURE
) -> Access:
    """The asker's access within a place that one request can do; by default, that it can read."""
    is_office = visit.who.user.role is Role.OFFICE
    access = visit.access(Purpose.OPERATE if is_office else Purpose.ADVISE)
    most = one_request.MOST_READ if most is None else most
    return one_request.within(visit.desk.store, access, place, command, most, cure)


@router.get("/find/{policy}", summary="一项政策找到哪些人")
def find(  # noqa: PLR0913 - a parameter an option
    visit: Annotated[Visit, Depends(Allow("population:find"))],
    policy: PolicyId,
    on: AskedDay,
    place: PlaceOf = "",
    group: Annotated[list[str] | None, Query(description="只列这些组", max_length=8)] = None,
    after: After = "",
    limit: Limit = 100,
) -> FoundShown:
    """Met, unknown with what is missing, held, declined: counted by street, listed by household."""
    groups = _groups(group)
    access = scoped(visit, place, f"zhaoren find {policy}")
    desk = visit.desk
    found = population.find_people(desk.store, desk.catalogue, access, on, policy)
    streets: dict[str, Counter[str]] = defaultdict(Counter)
    for one in found.subjects:
        streets[one.place[:_STREET]][one.group] += 1
    listed = [one for one in found.subjects if one.group in groups and one.household > after]
    homes = sorted({one.household for one in listed})
    page = homes[:limit]
    shown = sorted(
        (one for one in listed if page and one.household <= page[-1]),
        key=lambda one: (one.household, one.subject, one.event or ""),
    )
    return FoundShown(
        policy=policy,
        label=_label(visit, policy, on),
        on=on,
        households=found.households - len(found.unread),
        counts={name: found.count(name) for name in population.GROUPS},
        streets={street: dict(counts) for street, counts in sorted(streets.items())},
        subjects=tuple(SubjectShown.model_validate(one, from_attributes=True) for one in shown),
        unread=_unread(found),
        after=page[-1] if len(homes) > limit else None,
    )


@router.get("/open-answers", summary="缺哪一项，使多少户定不下来")
def show_open_answers(
    visit: Annotated[Visit, Depends(Allow("population:open"))],
    on: AskedDay,
    place: PlaceOf = "",
    policy: Annotated[str, Query(max_length=64, description="只看一项政策")] = "",
    limit: Annotated[int, Query(ge=1, le=1_000, description="最多列多少行")] = 200,
) -> OpenAnswers:
    """Policy by fact: how many households the fact keeps undecided, the most first."""
    access = scoped(visit, place, "zhaoren find --matrix")
    desk = visit.desk
    counts, found = population.open_answers(desk.store, desk.catalogue, access, on)
    pairs = [(pair, n) for pair, n in counts.items() if policy in ("", pair[0])]
    return OpenAnswers(
        on=on,
        households=found.households - len(found.unread),
        total=len(pairs),
        answers=tuple(
            OpenAnswer(policy=id_, label=_label(visit, id_, on), fact=fact, households=n)
            for (id_, fact), n in pairs[:limit]
        ),
        unread=_unread(found),
    )


def _groups(given: list[str] | None) -> tuple[str, ...]:
    strange = sorted(set(given or ()) - set(population.GROUPS))
    if strange:
        raise InputError(f"没有这一组：{strange[0]}。可以写：{'、'.join(population.GROUPS)}")
    return tuple(given or population.GROUPS)


def _label(visit: Visit, policy: str, on: date) -> str:
    catalogue = visit.desk.catalogue
    return catalogue.aid_label(policy, on, catalogue.pack_for(visit.desk.home_of(visit.who)))


def _unread(found: population.FoundPeople) -> tuple[UnreadShown, ...]:
    return tuple(UnreadShown(household=home, why=why) for home, why in sorted(found.unread.items()))
