"""What handlers ask for (依赖): the desk, the day, the signed-in user, a posted form.

Handlers get day and moment from here and from nowhere else. In a demo the day is the demo's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, Query, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from api.auth import ForgedRequest, Gate, NotSignedIn, SignedIn, may
from api.clock import moment
from api.services.coverage import PublishedNeeds
from api.settings import Settings
from graph.store import Store
from matching.errors import AccessError, InputError
from matching.model.access import Access, Purpose
from matching.packs import Catalogue

__all__ = [
    "DISTRICT_DIGITS",
    "LATEST",
    "Allow",
    "AskedDay",
    "Desk",
    "DeskNow",
    "Form",
    "Maybe",
    "Moment",
    "Today",
    "Visit",
    "address_of",
    "check_day",
    "cookie_name",
    "drop_session_cookie",
    "field",
    "fields",
    "posted_text",
    "set_session_cookie",
]

DISTRICT_DIGITS = 6
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that one running service holds (服务台).

    Attributes:
        demo_day: the day that a demo takes for today.
        places: division code -> name, for every place that the catalogue or the store knows.
        needs: what charities see, counted once a day.
    """

    settings: Settings
    store: Store
    catalogue: Catalogue
    gate: Gate
    demo_day: date | None
    places: Mapping[str, str]
    needs: PublishedNeeds

    def home_of(self, who: SignedIn) -> str:
        """The place whose policies a user sees without asking: the first of the scope."""
        return min(who.user.scope.places, default="") or self.first_place()

    def first_place(self) -> str:
        """The first district that the desk knows; for accounts without a place."""
        return min((code for code in self.places if len(code) == DISTRICT_DIGITS), default="")

    def place_words(self, code: str) -> str:
        """A place from the district down: `示范区 康和街道 康和居委`."""
        ends = range(DISTRICT_DIGITS, len(code) + 1, 3)
        known = " ".join(self.places[code[:end]] for end in ends if code[:end] in self.places)
        return known or self.places.get(code, code)


def desk(request: Request) -> Desk:
    """The desk of this application."""
    found: Desk = request.app.state.desk
    return found


DeskNow = Annotated[Desk, Depends(desk)]
Moment = Annotated[datetime, Depends(moment)]


def today(desk: DeskNow, now: Moment) -> date:
    """The day that is today at this desk."""
    return desk.demo_day or now.date()


Today = Annotated[date, Depends(today)]


def asked_day(
    today: Today,
    on: Annotated[date | None, Query(description="按哪一天的政策和记录回答，默认今天")] = None,
) -> date:
    """The day that is asked about; today when none is given."""
    return check_day(on or today)


def check_day(day: date) -> date:
    """A day within the range that can be asked about."""
    if not EARLIEST <= day <= LATEST:
        raise InputError("日期超出范围：请选 2000 年到 2100 年之间的一天。")
    return day


AskedDay = Annotated[date, Depends(asked_day)]


def cookie_name(settings: Settings) -> str:
    """`__Host-` binds the cookie to this host and to https; without https it cannot be used."""
    return "__Host-zhaoren" if settings.cookie_secure else "zhaoren"


def set_session_cookie(response: Response, desk: Desk, token: str) -> None:
    """Hand the token to the browser, for this host and for as long as a session may last."""
    response.set_cookie(
        cookie_name(desk.settings),
        token,
        max_age=desk.settings.session_hours * 3600,
        path="/",
        secure=desk.settings.cookie_secure,
        httponly=True,
        samesite="strict",
    )


def drop_session_cookie(response: Response, desk: Desk) -> None:
    """Take the token back."""
    response.delete_cookie(
        cookie_name(desk.settings),
        path="/",
        secure=desk.settings.cookie_secure,
        httponly=True,
        samesite="strict",
    )


def address_of(request: Request) -> str:
    """The address at the other end, as the server sees it."""
    return request.client.host if request.client is not None else ""


async def posted_text(request: Request) -> str:
    """The posted body as text."""
    body = await request.body()
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise InputError("内容不是 UTF-8 文字。") from None
    if not text.strip():
        raise InputError("没有内容：请放入 YAML 或 JSON。")
    return text


async def form(request: Request) -> FormData:
    """The posted form; empty when the body is none."""
    kind = request.headers.get("content-type", "")
    if kind.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        return await request.form(max_files=0, max_fields=1000)
    return FormData()


Form = Annotated[FormData, Depends(form)]


def field(form: FormData, name: str) -> str:
    """A text field of a form; empty when it is not there."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def fields(form: FormData, name: str) -> list[str]:
    """All text fields of a name."""
    return [value for value in form.getlist(name) if isinstance(value, str)]


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of a signed-in user whose role may do what is asked (一次访问)."""

    request: Request
    desk: Desk
    who: SignedIn

    def access(self, purpose: Purpose) -> Access:
        """What reads and writes of the port take."""
        return self.who.access(purpose)


class Allow:
    """A dependency: the visit of a signed-in user, if the role may do `action`.

    A request that changes something must carry the session's token as well, in the form field
    `csrf` or the header `X-CSRF-Token`.
    """

    def __init__(self, action: str) -> None:
        self.action = action

    def __call__(self, request: Request, desk: DeskNow, now: Moment, form: Form) -> Visit:
        """Check session, token and role, in this order.

        Raises:
            NotSignedIn: nobody is signed in.
            ForgedRequest: the token is missing or another's.
            AccessError: the role may not.
        """
        who = desk.gate.who(request.cookies.get(cookie_name(desk.settings)), now)
        if request.method not in ("GET", "HEAD"):
            given = request.headers.get("x-csrf-token") or form.get("csrf")
            if not isinstance(given, str) or not who.has_token(given):
                raise ForgedRequest("这次提交缺少页面的校验码，没有执行。")
        if not may(who.user.role, self.action):
            resource, _, action = self.action.partition(":")
            desk.store.note(who.access(Purpose.OPERATE), action, resource, "", "deny")
            raise AccessError("您的账号没有这项权限。")
        return Visit(request, desk, who)


def maybe_signed_in(request: Request, desk: DeskNow, now: Moment) -> SignedIn | None:
    """The signed-in user, or None."""
    try:
        return desk.gate.who(request.cookies.get(cookie_name(desk.settings)), now)
    except NotSignedIn:
        return None


Maybe = Annotated[SignedIn | None, Depends(maybe_signed_in)]
