"""The catalogue for programs (政策目录接口): what there is, and which standards are due."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from api.deps import Allow, AskedDay, Visit
from api.services import office

__all__ = ["router"]

router = APIRouter(tags=["政策目录"])

Place = Annotated[
    str, Query(max_length=12, pattern=r"^\d*$", description="区划代码；留空按账号的范围")
]


class PolicyShown(BaseModel):
    """A policy or project in force."""

    id: str
    kind: str
    label: str
    form: str
    department: str
    pack: str
    conditions: int
    since: date | None
    until: date | None


class DueShown(BaseModel):
    """A standard that has to be entered, why, and which policies wait for it."""

    id: str
    label: str
    pack: str
    since: date | None
    why: str
    policies: tuple[str, ...]


@router.get("/policies", summary="当天有效的政策和项目")
def list_policies(
    visit: Annotated[Visit, Depends(Allow("catalogue:read"))],
    on: AskedDay,
    place: Place = "",
) -> tuple[PolicyShown, ...]:
    """Policies and projects in force at a place on a day."""
    cards = office.policy_list(visit.desk.catalogue, on, place or visit.desk.home_of(visit.who))
    return tuple(PolicyShown.model_validate(card, from_attributes=True) for card in cards)


@router.get("/standards/due", summary="待录入的标准")
def list_due_standards(
    visit: Annotated[Visit, Depends(Allow("standards:due"))],
    on: AskedDay,
    place: Place = "",
) -> tuple[DueShown, ...]:
    """Figures that policies in force need on a day and nobody has entered."""
    places = [place] if place else visit.who.user.scope.places
    due = office.due_standards(visit.desk.catalogue, on, places)
    return tuple(DueShown.model_validate(one, from_attributes=True) for one in due)
