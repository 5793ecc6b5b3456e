"""The frame of a signed-in page (页面框架): navigation by role, who is signed in, size of type."""

from collections.abc import Mapping

from fastapi import Request

from api.deps import Desk, Visit
from api.templating import Frame, NavLink
from api.words import ROLES, day_words
from matching.model.access import Role

__all__ = ["frame_for", "home_page", "plain_frame"]

_NAV: Mapping[Role, tuple[tuple[str, str], ...]] = {
    Role.ADVISOR: (("/families", "家庭"), ("/quick", "快速预审"), ("/policies", "政策目录")),
    Role.OFFICE: (("/standards", "待录入标准"), ("/quick", "快速预审"), ("/policies", "政策目录")),
    Role.CHARITY: (("/policies", "政策目录"),),
    Role.AUDITOR: (("/policies", "政策目录"),),
}


def home_page(role: Role) -> str | None:
    """Where a role begins; None for a role that has no page yet."""
    links = _NAV.get(role, ())
    return links[0][0] if links else None


def frame_for(visit: Visit, title: str) -> Frame:
    """The frame of a page for a signed-in user."""
    path, user = visit.request.url.path, visit.who.user
    links = tuple(
        NavLink(href, text, path == href or path.startswith(f"{href}/"))
        for href, text in _NAV.get(user.role, ())
    )
    plain = plain_frame(visit.request, title)
    return Frame(
        title=title,
        csrf=visit.who.csrf,
        who=user.name,
        role=ROLES[user.role],
        nav=links,
        large=plain.large,
        here=plain.here,
        note=plain.note,
    )


def plain_frame(request: Request, title: str) -> Frame:
    """The frame of a page for anybody."""
    query = request.url.query
    here = request.url.path + (f"?{query}" if query else "")
    desk: Desk = request.app.state.desk
    note = ""
    if desk.demo_day is not None:
        note = f"演示：人和家庭全是虚构的，今天按 {day_words(desk.demo_day)}算。"
    is_large = request.cookies.get("text") == "large"
    return Frame(title=title, large=is_large, here=here, note=note)
