"""Signing in and out for programs (接口登录)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.auth import SignedIn
from api.deps import (
    Allow,
    DeskNow,
    Moment,
    Visit,
    address_of,
    cookie_name,
    drop_session_cookie,
    set_session_cookie,
)
from matching.model.access import Role

__all__ = ["router"]

router = APIRouter(tags=["会话"])


class SignIn(BaseModel):
    """Name and password of an account."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    account: str = Field(min_length=1, max_length=64)
    password: str = Field(min_length=1, max_length=256)


class SessionShown(BaseModel):
    """Who is signed in, and the token that every change has to carry in `X-CSRF-Token`."""

    account: str
    name: str
    role: Role
    places: tuple[str, ...]
    csrf: str


@router.post("/session", status_code=201, summary="登录")
def sign_in(
    given: SignIn, request: Request, response: Response, desk: DeskNow, now: Moment
) -> SessionShown:
    """Open a session; the answer sets the cookie. At most 10 tries for an account in 15 minutes."""
    desk.gate.sign_out(request.cookies.get(cookie_name(desk.settings)))
    opened = desk.gate.sign_in(given.account, given.password, address_of(request), now)
    set_session_cookie(response, desk, opened.token)
    return _shown(SignedIn(opened.user, opened.session.csrf, opened.session.token_hash))


@router.get("/session", summary="当前登录")
def show_session(visit: Annotated[Visit, Depends(Allow("self:read"))]) -> SessionShown:
    """Who is signed in."""
    return _shown(visit.who)


@router.delete("/session", status_code=204, summary="退出登录")
def sign_out(visit: Annotated[Visit, Depends(Allow("self:sign_out"))], response: Response) -> None:
    """Close the session."""
    desk = visit.desk
    desk.gate.sign_out(visit.request.cookies.get(cookie_name(desk.settings)))
    drop_session_cookie(response, desk)


def _shown(who: SignedIn) -> SessionShown:
    user = who.user
    return SessionShown(
        account=user.id,
        name=user.name,
        role=user.role,
        places=tuple(sorted(user.scope.places)),
        csrf=who.csrf,
    )
