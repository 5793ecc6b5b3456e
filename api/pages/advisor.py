"""The advisor's pages (社区救助顾问): households, 能获得什么, facts and their correction."""

import secrets
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import RedirectResponse, Response

from api.deps import Allow, AskedDay, Form, Today, Visit, check_day, field, fields
from api.entry import entered_value
from api.pages.correction_view import correction_page, done_words, list_page
from api.pages.family_view import Asked, facts_page, family_page, family_title, names_of
from api.pages.frame import frame_for
from api.pages.names import Labels
from api.pages.path_view import path_page
from api.services import advisor
from api.templating import render
from matching.errors import InputError
from matching.model.access import Purpose

__all__ = ["router"]

router = APIRouter()

Reader = Annotated[Visit, Depends(Allow("household:read"))]
Lister = Annotated[Visit, Depends(Allow("household:list"))]
Corrector = Annotated[Visit, Depends(Allow("household:correct"))]
HouseholdId = Annotated[str, Path(max_length=64, pattern=r"^[\w.:-]+$")]
Name = Annotated[str, Query(max_length=64)]


@router.get("/families")
def list_families(visit: Lister, after: Name = "") -> Response:
    """Households in scope."""
    return _list(visit, "", after)


@router.post("/families")
def search_families(visit: Lister, posted: Form) -> Response:
    """Households found by the head's surname or by id: in the body, so that no name is in a URL."""
    return _list(visit, field(posted, "q")[:64], field(posted, "after")[:64])


def _list(visit: Visit, query: str, after: str) -> Response:
    store, access = visit.desk.store, visit.access(Purpose.ADVISE)
    found = advisor.household_list(store, access, query, after=after)
    page = list_page(found, visit, query, after)
    return render("families.html", frame_for(visit, "家庭"), page)


@router.get("/families/{household_id}")
def show_family(
    visit: Reader,
    household_id: HouseholdId,
    on: AskedDay,
    since: date | None = None,
    skip: Annotated[int, Query(ge=0, le=1000)] = 0,
    done: Annotated[str, Query(max_length=140)] = "",
) -> Response:
    """能获得什么 on a day; with `since`, also what changed since that day."""
    found, compared = _look_up(visit, household_id, on, since)
    asked = Asked(skip=skip, done=done_words(found, done), key=secrets.token_urlsafe(16))
    desk = visit.desk
    page = family_page(found, desk.catalogue, desk.place_words, asked, compared)
    return render("family.html", frame_for(visit, f"能获得什么 {household_id}"), page)


@router.get("/families/{household_id}/print")
def show_print(visit: Reader, household_id: HouseholdId, on: AskedDay) -> Response:
    """The sheet for the family: no navigation, the proof unfolded."""
    found, _ = _look_up(visit, household_id, on)
    desk = visit.desk
    page = family_page(found, desk.catalogue, desk.place_words, Asked())
    return render("family_print.html", frame_for(visit, f"告知单 {household_id}"), page)


@router.get("/families/{household_id}/facts")
def show_facts(visit: Reader, household_id: HouseholdId, on: AskedDay) -> Response:
    """Everything that is known of a family on a day."""
    found, _ = _look_up(visit, household_id, on)
    page = facts_page(found, visit.desk.catalogue, visit.desk.place_words)
    return render("facts.html", frame_for(visit, "全部情况"), page)


@router.get("/families/{household_id}/path")
def show_path(
    visit: Reader,
    household_id: HouseholdId,
    on: AskedDay,
    item: Name,
    subject: Name,
    event: Name = "",
) -> Response:
    """What one item rests on, as a picture and as a list."""
    found, _ = _look_up(visit, household_id, on)
    evidence = advisor.item_evidence(found, item, subject, event or None)
    names, desk = names_of(found), visit.desk
    labels = Labels(desk.catalogue, found.family.place, on, desk.place_words)
    page = path_page(found, evidence, names, labels, family_title(found, names))
    return render("path.html", frame_for(visit, "证据路径"), page)


@router.get("/families/{household_id}/facts/edit")
def show_correction(
    visit: Corrector,
    today: Today,
    household_id: HouseholdId,
    on: AskedDay,
    fact: Name,
    about: Name,
) -> Response:
    """The form for one fact."""
    found, _ = _look_up(visit, household_id, on)
    spec = advisor.correctable(found.case, fact, about, today)
    page = correction_page(found, spec, about, today)
    return render("correction.html", frame_for(visit, "更正情况"), page)


@router.post("/families/{household_id}/facts")
def correct_fact(
    visit: Corrector,
    today: Today,
    form: Form,
    household_id: HouseholdId,
) -> Response:
    """Write a new record, then show the family again with a word that it is done."""
    fact, about = field(form, "fact"), field(form, "about")
    spec = advisor.correctable_spec(fact)
    on, as_of = _day(form, "on", today), _day(form, "as_of", today)
    try:
        value = entered_value(spec, fields(form, "value"), today)
        given = advisor.Correction(fact, about, value, as_of)
        access, key = visit.access(Purpose.CORRECT), _key(form)
        advisor.correct_fact(visit.desk.store, access, household_id, given, key=key, today=today)
    except InputError as error:
        found, _ = _look_up(visit, household_id, on)
        advisor.correctable(found.case, fact, about, today)
        page = correction_page(found, spec, about, today, form=form, problem=error.detail)
        frame = frame_for(visit, "更正情况")
        return render("correction.html", frame, page, status=422)
    query = urlencode({"on": max(on, as_of).isoformat(), "done": f"{fact}@{about}"})
    return RedirectResponse(f"/families/{household_id}?{query}", status_code=303)


def _look_up(
    visit: Visit, household_id: str, on: date, since: date | None = None
) -> tuple[advisor.FamilyAnswer, advisor.Comparison | None]:
    desk, access = visit.desk, visit.access(Purpose.ADVISE)
    if since is None or since == on:
        found = advisor.family_answer(desk.store, desk.catalogue, access, household_id, on)
        return found, None
    days = check_day(since), on
    compared = advisor.compare_days(desk.store, desk.catalogue, access, household_id, days)
    return compared.after, compared


def _day(form: Form, name: str, otherwise: date) -> date:
    text = field(form, name)
    if not text:
        return otherwise
    try:
        return check_day(date.fromisoformat(text))
    except ValueError:
        raise InputError("日期请写成 2026-06-30 这样。") from None


def _key(form: Form) -> str:
    key = field(form, "key")
    if not 8 <= len(key) <= 128:
        raise InputError("页面不完整，请重新打开后再提交。")
    return key
