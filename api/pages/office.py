"""Pages of the office and of everybody (联席会议办公室、政策目录)."""

from collections.abc import Iterable, Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from api.deps import Allow, AskedDay, Visit
from api.pages.frame import frame_for
from api.pages.names import Labels
from api.pages.views import (
    PoliciesPage,
    PolicyLine,
    PolicySection,
    StandardLine,
    StandardSection,
    StandardsPage,
)
from api.services import office
from api.templating import render
from api.words import FORMS, day_words
from matching.packs import Catalogue

__all__ = ["router"]

router = APIRouter()
_OTHER = "other"
_KINDS: Mapping[str, str] = {"policy": "", "project": "服务项目"}


@router.get("/standards")
def show_standards(
    visit: Annotated[Visit, Depends(Allow("standards:due"))],
    on: AskedDay,
) -> Response:
    """Figures that policies in force need on a day and nobody has entered, by department."""
    catalogue = visit.desk.catalogue
    labels = Labels(catalogue, visit.desk.home_of(visit.who), on)
    due = office.due_standards(catalogue, on, visit.who.user.scope.places)
    sections: dict[str, list[StandardLine]] = {}
    for one in due:
        line = StandardLine(
            label=one.label,
            why=one.why,
            since=f"{day_words(one.since)}起" if one.since is not None else "",
            pack=catalogue.packs[one.pack].label,
            policies="、".join(dict.fromkeys(labels.aid(policy) for policy in one.policies)),
        )
        department = _department(catalogue, one.pack, one.policies)
        sections.setdefault(department, []).append(line)
    order = sorted(sections, key=lambda name: (-len(sections[name]), name))
    page = StandardsPage(
        on=on,
        day=day_words(on),
        count=len(due),
        sections=tuple(
            StandardSection(f"d-{number}", department, tuple(sections[department]))
            for number, department in enumerate(order, start=1)
        ),
    )
    return render("standards.html", frame_for(visit, "待录入的标准"), page)


def _department(catalogue: Catalogue, pack: str, policies: Iterable[str]) -> str:
    """Who runs the first policy that waits for the figure."""
    known = catalogue.packs[pack].policies
    found = [known[policy].department for policy in policies if policy in known]
    return catalogue.departments[found[0]].label if found else "其他"


@router.get("/policies")
def show_policies(
    visit: Annotated[Visit, Depends(Allow("catalogue:read"))],
    on: AskedDay,
    q: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """Policies and projects in force at the user's place by need; `q` keeps those that say it."""
    catalogue, place, asked = visit.desk.catalogue, visit.desk.home_of(visit.who), q.strip()
    cards = [
        card
        for card in office.policy_list(catalogue, on, place)
        if all(
            word in _said(catalogue, card) or _is_short_for(word, card.department)
            for word in asked.split()
        )
    ]
    sections: dict[str, list[PolicyLine]] = {}
    for card in cards:
        since = f"{day_words(card.since)}起" if card.since is not None else ""
        form, kind = FORMS.get(card.form, card.form), _KINDS.get(card.kind, "")
        line = PolicyLine(card.id, card.label, form, card.department, card.pack, since, kind)
        sections.setdefault(_group_of_need(catalogue, card.needs), []).append(line)
    order = [*(need.id for need in catalogue.needs.values() if need.parent is None), _OTHER]
    page = PoliciesPage(
        on=on,
        day=day_words(on),
        place=visit.desk.place_words(place),
        asked=asked,
        policies=sum(card.kind == "policy" for card in cards),
        projects=sum(card.kind == "project" for card in cards),
        sections=tuple(
            PolicySection(f"n-{need}", _need_label(catalogue, need), tuple(sections[need]))
            for need in order
            if need in sections
        ),
    )
    return render("policies.html", frame_for(visit, "政策目录"), page)


def _group_of_need(catalogue: Catalogue, needs: Iterable[str]) -> str:
    """The group of the first need that a policy answers."""
    known = [catalogue.needs[need] for need in needs if need in catalogue.needs]
    return (known[0].parent or known[0].id) if known else _OTHER


def _need_label(catalogue: Catalogue, need: str) -> str:
    return catalogue.needs[need].label if need in catalogue.needs else "没有写明需求"


def _is_short_for(word: str, name: str) -> bool:
    """Whether a name is shortened so: `残联` for `残疾人联合会`, `医保局` for `医疗保障局`."""
    rest = iter(name)
    return len(word) > 1 and all(letter in rest for letter in word)


def _said(catalogue: Catalogue, card: office.PolicyCard) -> str:
    """What may be looked for: name, department, and needs as people say them."""
    needs = [catalogue.needs[need] for need in card.needs if need in catalogue.needs]
    said = [word for need in needs for word in (need.label, *need.synonyms)]
    return " ".join([card.label, card.department, FORMS.get(card.form, ""), *said])
