"""Templates (页面模板): one typed context a page, and the frame around it."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

__all__ = ["Frame", "NavLink", "render"]

_HERE = Path(__file__).parent
_ENVIRONMENT = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@cache
def asset(name: str) -> str:
    """The address of a static file; it changes with the content, so no browser keeps an old one."""
    digest = hashlib.sha256((_HERE / "static" / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:12]}"


_ENVIRONMENT.globals["asset"] = asset


@dataclass(frozen=True, slots=True)
class NavLink:
    """A link of the navigation."""

    href: str
    text: str
    current: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around each page: title, navigation, who is signed in, size of type.

    Attributes:
        who: name of the account; empty when nobody is signed in.
        here: path and query of this page, for the switch of the size of type.
        note: a word at the foot of every page, as that a demo is one.
    """

    title: str
    csrf: str = ""
    who: str = ""
    role: str = ""
    nav: tuple[NavLink, ...] = ()
    large: bool = False
    here: str = "/"
    note: str = ""


def render(template: str, frame: Frame, page: Any, *, status: int = 200) -> HTMLResponse:  # noqa: ANN401
    """Render one template with one typed context."""
    text = _ENVIRONMENT.get_template(template).render(frame=frame, page=page)
    return HTMLResponse(text, status_code=status)
