"""Signing in and out, the first page of a role, and the size of type (登录、首页、字号)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from api.auth import NotSignedIn, TooManyTries
from api.deps import (
    Allow,
    DeskNow,
    Form,
    Maybe,
    Moment,
    Visit,
    address_of,
    cookie_name,
    drop_session_cookie,
    field,
    set_session_cookie,
)
from api.errors import status_of
from api.pages.frame import frame_for, home_page, plain_frame
from api.pages.views import HomePage, SignInPage
from api.templating import render

__all__ = ["router"]

router = APIRouter()
YEAR_SECONDS = 365 * 24 * 3600


@router.get("/")
def open_home(visit: Annotated[Visit, Depends(Allow("self:read"))]) -> Response:
    """The first page of the user's role."""
    user = visit.who.user
    home = home_page(user.role)
    if home is not None:
        return RedirectResponse(home, status_code=303)
    return render("home.html", frame_for(visit, "首页"), HomePage(user.name))


@router.get("/sign-in")
def show_sign_in(request: Request, who: Maybe, next: str = "/") -> Response:
    """The form; a user who is signed in goes on."""
    target = local_path(next)
    if who is not None:
        return RedirectResponse(target, status_code=303)
    return render("sign_in.html", plain_frame(request, "登录"), SignInPage(target, "", None))


@router.post("/sign-in")
def sign_in(request: Request, desk: DeskNow, now: Moment, form: Form) -> Response:
    """Check name and password; a new session every time."""
    account, target = field(form, "account")[:64].strip(), local_path(field(form, "next"))
    desk.gate.sign_out(request.cookies.get(cookie_name(desk.settings)))
    try:
        opened = desk.gate.sign_in(account, field(form, "password"), address_of(request), now)
    except (NotSignedIn, TooManyTries) as error:
        page = SignInPage(target, account, error.detail)
        return render("sign_in.html", plain_frame(request, "登录"), page, status=status_of(error))
    response = RedirectResponse(target, status_code=303)
    set_session_cookie(response, desk, opened.token)
    return response


@router.post("/sign-out")
def sign_out(visit: Annotated[Visit, Depends(Allow("self:sign_out"))]) -> Response:
    """Close the session."""
    desk = visit.desk
    desk.gate.sign_out(visit.request.cookies.get(cookie_name(desk.settings)))
    response = RedirectResponse("/sign-in", status_code=303)
    drop_session_cookie(response, desk)
    return response


@router.post("/text-size")
def set_text_size(desk: DeskNow, form: Form) -> Response:
    """Large or ordinary type, kept in the browser alone."""
    response = RedirectResponse(local_path(field(form, "back")), status_code=303)
    size = "large" if field(form, "size") == "large" else "plain"
    response.set_cookie(
        "text",
        size,
        max_age=YEAR_SECONDS,
        path="/",
        secure=desk.settings.cookie_secure,
        httponly=True,
        samesite="strict",
    )
    return response


def local_path(target: str) -> str:
    """`target` if it is a path of this service, else the first page; never another site."""
    is_local = target.startswith("/") and not target.startswith(("//", "/\\"))
    is_plain = all(" " < letter < "\x7f" and letter != "\\" for letter in target)
    return target if is_local and is_plain else "/"
