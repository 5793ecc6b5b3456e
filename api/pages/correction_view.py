"""The list of households, and the form for one fact (家庭列表、更正表单)."""

import secrets
from datetime import date

from starlette.datastructures import FormData

from api.deps import Visit, field, fields
from api.entry import shown_value
from api.pages.facts_view import choices_of, fact_origin
from api.pages.family_view import family_title, names_of
from api.pages.views import CorrectionPage, HouseholdLine, ListPage
from api.services.advisor import ADVISOR, FamilyAnswer, HouseholdPage
from api.words import unit_words
from matching.model.family import Event, Fact, Person
from matching.vocabulary import FactSpec, fact_spec

__all__ = ["correction_page", "done_words", "list_page"]


def list_page(found: HouseholdPage, visit: Visit, query: str, after: str) -> ListPage:
    """One page of households; the next one if there is any."""
    desk, who = visit.desk, visit.who
    lines = tuple(
        HouseholdLine(card.id, f"{card.head} 一家 · {card.size} 人", desk.place_words(card.place))
        for card in found.cards
    )
    places = sorted(desk.place_words(place) for place in who.user.scope.places)
    return ListPage(
        query=query,
        lines=lines,
        next=found.after or "",
        scope="、".join(places) or "（没有分配范围）",
        is_first=not after,
    )


def correction_page(
    found: FamilyAnswer,
    spec: FactSpec,
    about: str,
    today: date,
    *,
    form: FormData | None = None,
    problem: str = "",
) -> CorrectionPage:
    """The form for one fact; `form` brings back what was typed when it was refused."""
    names = names_of(found)
    fact = _fact_of(found, spec.name, about)
    now = None if fact is None else shown_value(spec, fact.value)
    return CorrectionPage(
        id=found.family.id,
        title=family_title(found, names),
        on=found.answer.on,
        label=spec.label,
        whom=names.full(about),
        now=now or "未知",
        origin=fact_origin(fact, found.answer.on) if fact is not None else "没有可用的记录",
        fact=spec.name,
        about=about,
        kind=spec.type.value,
        unit=unit_words(spec.unit),
        choices=choices_of(spec),
        given=tuple(fields(form, "value")) if form is not None else (),
        as_of=field(form, "as_of") if form is not None else today.isoformat(),
        today=today,
        key=(field(form, "key") if form is not None else "") or secrets.token_urlsafe(16),
        problem=problem,
    )


def _fact_of(found: FamilyAnswer, name: str, about: str) -> Fact | None:
    family = found.family
    if about == family.id:
        return family.facts.get(name)
    everyone: tuple[Person | Event, ...] = (
        *family.members,
        *(family.obligors or ()),
        *(family.events or ()),
    )
    return next((one.facts.get(name) for one in everyone if one.id == about), None)


def done_words(found: FamilyAnswer, done: str) -> str:
    """What a page says after a correction of `FACT@SUBJECT`."""
    name, _, about = done.partition("@")
    spec = fact_spec(name)
    if spec is None:
        return ""
    fact = _fact_of(found, name, about)
    if fact is not None and fact.source == ADVISOR:
        return f"已记下“{spec.label}”，下面按新情况重算。原来的记录都还在。"
    return f"已记下“{spec.label}”。这一天另有更新的记录，下面仍按更新的算。"
