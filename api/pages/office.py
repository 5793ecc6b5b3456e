"""Pages of the office and of everybody (联席会议办公室、政策目录)."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from api.deps import Allow, AskedDay, Visit
from api.pages.frame import frame_for
from api.pages.names import Labels
from api.pages.views import PoliciesPage, PolicyLine, StandardLine, StandardsPage
from api.services import office
from api.templating import render
from api.words import FORMS, day_words

__all__ = ["router"]

router = APIRouter()


@router.get("/standards")
def show_standards(
    visit: Annotated[Visit, Depends(Allow("standards:due"))],
    on: AskedDay,
) -> Response:
    """Figures that policies in force need on a day and nobody has entered."""
    labels = Labels(visit.desk.catalogue, visit.desk.home_of(visit.who), on)
    due = office.due_standards(visit.desk.catalogue, on, visit.who.user.scope.places)
    lines = tuple(
        StandardLine(
            label=one.label,
            why=one.why,
            since=f"{day_words(one.since)}起" if one.since is not None else "",
            pack=visit.desk.catalogue.packs[one.pack].label,
            policies="、".join(labels.aid(policy) for policy in one.policies),
        )
        for one in due
    )
    page = StandardsPage(on=on, day=day_words(on), lines=lines)
    return render("standards.html", frame_for(visit, "待录入的标准"), page)


@router.get("/policies")
def show_policies(
    visit: Annotated[Visit, Depends(Allow("catalogue:read"))],
    on: AskedDay,
) -> Response:
    """Policies and projects in force at the user's place."""
    place = visit.desk.home_of(visit.who)
    lines: Mapping[str, list[PolicyLine]] = {"policy": [], "project": []}
    for card in office.policy_list(visit.desk.catalogue, on, place):
        form = FORMS.get(card.form, card.form)
        since = f"{day_words(card.since)}起" if card.since is not None else ""
        line = PolicyLine(card.label, form, card.department, card.pack, since)
        lines[card.kind].append(line)
    page = PoliciesPage(
        on=on,
        day=day_words(on),
        place=visit.desk.place_words(place),
        policies=tuple(lines["policy"]),
        projects=tuple(lines["project"]),
    )
    return render("policies.html", frame_for(visit, "政策目录"), page)
