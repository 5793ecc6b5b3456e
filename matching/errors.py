"""The errors of the product, as one tree.

    ZhaorenError         anything this product refuses, with a code and a Chinese sentence
      InputError         what somebody gave us is wrong; exit 2, HTTP 422
      CatalogueError     policies, standards or definitions do not load; holds every finding
      AccessError        the actor may not do this; HTTP 403
      NotFound           no such thing, or not in the actor's scope: they look alike; HTTP 404
      Conflict           the same key with another content, or a state that moved on; HTTP 409
      StoreError         the store cannot be used now; exit 3, HTTP 503
      Busy               what is asked for is being made for somebody else; HTTP 503

Status numbers live in `api/errors.py`, sentences here carry what happened and the cure.
"""

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = [
    "AccessError",
    "Busy",
    "CatalogueError",
    "Conflict",
    "Finding",
    "InputError",
    "NotFound",
    "StoreError",
    "ZhaorenError",
]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that is wrong in a text, with its place and its cure.

    `line` and `column` count from 1; 0 says that the place inside the file is not known.
    """

    file: str
    line: int
    column: int
    what: str
    cure: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.what}" + (f" {self.cure}" if self.cure else "")


class ZhaorenError(Exception):
    """Base of all. `code` is for machines and stays; `detail` is a Chinese sentence for people."""

    code = "error"

    def __init__(self, detail: str, *, code: str | None = None, findings: Sequence[Finding] = ()):
        super().__init__(detail)
        self.detail = detail
        self.findings = tuple(findings)
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        return "\n".join([self.detail, *(str(finding) for finding in self.findings)])


class InputError(ZhaorenError):
    """What was handed in is wrong (输入有误); nothing was stored."""

    code = "invalid_input"


class CatalogueError(ZhaorenError):
    """The catalogue does not load (政策目录有误); every finding at once."""

    code = "invalid_catalogue"


class AccessError(ZhaorenError):
    """The actor has no right to this action (没有权限)."""

    code = "forbidden"


class NotFound(ZhaorenError):
    """Nothing there, or not for this actor: answered alike so that nobody learns which (未找到)."""

    code = "not_found"


class Conflict(ZhaorenError):
    """The state moved on, or a key came back with another content (内容冲突)."""

    code = "conflict"


class StoreError(ZhaorenError):
    """The store is missing, locked, down, foreign or of another version (数据库不可用)."""

    code = "store_unavailable"


class Busy(ZhaorenError):
    """It is being made for somebody else; the same request succeeds a little later (正在统计)."""

    code = "busy"
