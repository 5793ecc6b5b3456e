"""快速预审: a few facts, the same cards, nothing stored."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from api.deps import Allow, Form, Today, Visit, check_day, field
from api.pages.cards import groups_of, notices_of
from api.pages.frame import frame_for
from api.pages.names import Labels, Names
from api.pages.quick_form import (
    QuickForm,
    described_family,
    empty_form,
    pressed,
    problems_in,
    read_form,
)
from api.pages.quick_view import QuickAnswer, offered_places, person_aid, place_words, quick_page
from api.services import advisor
from api.templating import render
from matching.errors import InputError
from matching.family_file import read_families

__all__ = ["router"]

router = APIRouter()
Previewer = Annotated[Visit, Depends(Allow("family:preview"))]


@router.get("/quick")
def show_quick(visit: Previewer, today: Today) -> Response:
    """The empty form."""
    return _page(visit, empty_form(offered_places(visit)[0].value, today))


@router.post("/quick")
def use_quick(visit: Previewer, posted: Form) -> Response:
    """Add or take away a member, or answer. Nothing is stored."""
    button, form = field(posted, "do"), read_form(posted)
    if button != "answer":
        return _page(visit, pressed(form, button))
    try:
        return _page(visit, form, answer=_answered(visit, form))
    except InputError as error:
        return _page(visit, form, error=error)


def _answered(visit: Visit, form: QuickForm) -> QuickAnswer:
    try:
        on = check_day(date.fromisoformat(form.on))
    except ValueError:
        raise InputError("按哪一天的政策：日期请写成 2026-06-30 这样。") from None
    if form.place not in {choice.value for choice in offered_places(visit)}:
        raise InputError("请选择实际居住的地方。")
    found = problems_in(form, on)
    if found:
        raise InputError(f"有 {len(found)} 处要改，改好后再看。", findings=found)
    labels = Labels(visit.desk.catalogue, form.place, on, place_words(visit.desk))
    family = read_families(described_family(form, person_aid(labels)), "快速预审")[0]
    answer = advisor.preview(visit.desk.catalogue, family, on)
    names = Names(family, {}, on)
    return QuickAnswer(notices_of(answer.alerts, names), groups_of(answer, names, labels), on)


def _page(
    visit: Visit,
    form: QuickForm,
    *,
    answer: QuickAnswer | None = None,
    error: InputError | None = None,
) -> Response:
    page = quick_page(visit, form, answer, error)
    status = 422 if error is not None else 200
    return render("quick.html", frame_for(visit, "快速预审"), page, status=status)
