"""Errors on the wire (错误): the one table from error class to status, and the two shapes.

Under `/api/` an error is an RFC 9457 problem; elsewhere it is a page that says what happened, what
is still safe and what to do. Texts of unexpected errors never leave the process.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from traceback import extract_tb
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from api.auth import ForgedRequest, NotSignedIn, TooManyTries
from api.templating import Frame, render
from matching.errors import (
    AccessError,
    Busy,
    CatalogueError,
    Conflict,
    Finding,
    InputError,
    NotFound,
    StoreError,
    ZhaorenError,
)

__all__ = ["STATUS", "Problem", "answer_error", "install", "status_of"]

STATUS: Mapping[type[ZhaorenError], int] = {
    InputError: 422,
    CatalogueError: 500,
    AccessError: 403,
    NotSignedIn: 401,
    TooManyTries: 429,
    ForgedRequest: 403,
    NotFound: 404,
    Conflict: 409,
    StoreError: 503,
    Busy: 503,
}

_BUG = ZhaorenError("程序出了意外，这次操作没有完成。", code="unexpected")


class FindingShown(BaseModel):
    """One thing that is wrong: where, what, and the cure."""

    file: str
    line: int
    column: int
    what: str
    cure: str


class Problem(BaseModel):
    """An error as RFC 9457 describes it; `detail` is a Chinese sentence, `code` is for machines."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    findings: tuple[FindingShown, ...] = ()


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """What a person reads: what happened, what is still safe, what to do."""

    happened: str
    detail: str
    safe: str
    cure: str
    findings: tuple[str, ...]
    link: str
    link_text: str


@dataclass(frozen=True, slots=True)
class _Advice:
    title: str
    safe: str
    cure: str
    link: str = "/"
    link_text: str = "回到首页"


_NOTHING_STORED = "这次没有写入任何内容，原有记录都在。"
_ADVICE: Mapping[int, _Advice] = {
    401: _Advice(
        "需要登录",
        "已经保存的内容都在；刚才没有提交成功的内容需要重新填写。",
        "重新登录后再做一次。",
        "/sign-in",
        "去登录",
    ),
    403: _Advice("没有权限", _NOTHING_STORED, "需要这项权限时，请联系本单位的安全管理员。"),
    404: _Advice("没有找到", "原有记录没有变化。", "请核对编号；只能看到自己负责范围内的家庭。"),
    405: _Advice("这个地址不能这样用", _NOTHING_STORED, "请从页面上的链接或按钮进入。"),
    409: _Advice(
        "内容有冲突",
        "先到的那次写入已经保存，这一次没有写入。",
        "请重新打开页面，看最新内容后再改。",
    ),
    422: _Advice("填写有误", _NOTHING_STORED, "请用浏览器的“后退”回到上一页，改正后再提交。"),
    429: _Advice("尝试过多", "账号没有被停用。", "请过 15 分钟再试。", "/sign-in", "回到登录页"),
    500: _Advice(
        "程序出了意外", "没有完成的操作不会写入一半。", "请稍后再试；一直这样，请联系系统管理员。"
    ),
    503: _Advice(
        "数据库暂时不可用",
        "已经保存的内容都在。刚才的提交可能还没有写入：恢复后原样再提交一次，不会重复。",
        "请稍后再试；一直这样，请系统管理员检查数据库是否在运行。",
    ),
}

_MOST_FINDINGS = 100  # of a hostile body there may be some hundred thousand
_RETRY_SECONDS: Mapping[int, str] = {429: "900", 503: "5"}
_BUSY = _Advice("正在统计", "已经保存的内容都在。", "请几分钟后再看。")
_BUSY_SECONDS = "60"
_UNREADABLE = InputError(
    "请求的内容读不通。",
    findings=[Finding("body", 0, 0, "不是正确的 JSON 或表单。", "请用 UTF-8 文字重新发送。")],
)

_HTTP_DETAILS: Mapping[int, tuple[str, str]] = {
    404: ("没有找到这个页面。", "not_found"),
    405: ("这个地址不接受这种请求。", "method_not_allowed"),
}


def status_of(error: ZhaorenError) -> int:
    """The status of an error: the nearest class that has a row in the table."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def answer_error(request: Request, error: ZhaorenError) -> Response:
    """An error in the shape that the asker can read."""
    status = status_of(error)
    answer = _answer(request, error, status)
    if status in _RETRY_SECONDS:
        seconds = _BUSY_SECONDS if isinstance(error, Busy) else _RETRY_SECONDS[status]
        answer.headers["retry-after"] = seconds
    return answer


def _answer(request: Request, error: ZhaorenError, status: int) -> Response:
    if request.url.path.startswith("/api/"):
        return _problem(error, status)
    if isinstance(error, NotSignedIn) and request.method in ("GET", "HEAD"):
        here = quote(_here(request), safe="")
        return RedirectResponse(f"/sign-in?next={here}", status_code=303)
    return _page(request, error, status)


def _here(request: Request) -> str:
    query = request.url.query
    return request.url.path + (f"?{query}" if query else "")


def _problem(error: ZhaorenError, status: int) -> Response:
    findings = tuple(
        FindingShown(file=f.file, line=f.line, column=f.column, what=f.what, cure=f.cure)
        for f in error.findings[:_MOST_FINDINGS]
    )
    advice = _advice(error, status)
    problem = Problem(
        title=advice.title, status=status, detail=error.detail, code=error.code, findings=findings
    )
    return JSONResponse(
        problem.model_dump(mode="json"), status, media_type="application/problem+json"
    )


def _page(request: Request, error: ZhaorenError, status: int) -> Response:
    advice = _advice(error, status)
    page = ErrorPage(
        happened=advice.title,
        detail=error.detail,
        safe=advice.safe,
        cure=advice.cure,
        findings=tuple(_shown(finding) for finding in error.findings[:_MOST_FINDINGS]),
        link=advice.link,
        link_text=advice.link_text,
    )
    large = request.cookies.get("text") == "large"
    return render("error.html", Frame(title=advice.title, large=large), page, status=status)


def _advice(error: ZhaorenError, status: int) -> _Advice:
    return _BUSY if isinstance(error, Busy) else _ADVICE.get(status, _ADVICE[500])


def _shown(finding: Finding) -> str:
    return f"{finding.what}{finding.cure}"


_MISTAKES: Mapping[str, str] = {
    "missing": "没有填写。",
    "date_from_datetime_parsing": "日期不对，请写成 2026-06-30 这样。",
    "date_parsing": "日期不对，请写成 2026-06-30 这样。",
    "int_parsing": "应当是整数。",
    "string_too_long": "太长了。",
    "string_too_short": "太短了。",
    "string_pattern_mismatch": "写法不对。",
    "json_invalid": "不是正确的 JSON。",
    "less_than_equal": "太大了。",
    "greater_than_equal": "太小了。",
    "extra_forbidden": "没有这个名称。",
}


def _input_error(errors: Sequence[Mapping[str, Any]]) -> InputError:
    """What FastAPI found, without the values that were sent."""
    findings = [
        Finding(
            ".".join(str(part) for part in error["loc"]),
            0,
            0,
            f"{error['loc'][-1]}：" + _MISTAKES.get(error["type"], "写法不对。"),
        )
        for error in errors
    ]
    return InputError("请求里有填写错误。", findings=findings)


def install(app: FastAPI) -> None:
    """Register the handlers: every error, also an unexpected one, leaves in our shape."""
    log = structlog.get_logger("zhaoren.errors")

    @app.exception_handler(ZhaorenError)
    def _ours(request: Request, error: ZhaorenError) -> Response:
        if status_of(error) >= 500 and not isinstance(error, Busy):  # being busy is no fault
            log.error("request_failed", code=error.code, detail=error.detail)
        return answer_error(request, error)

    @app.exception_handler(RequestValidationError)
    def _invalid(request: Request, error: RequestValidationError) -> Response:
        return answer_error(request, _input_error(error.errors()))

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> Response:
        if error.status_code == 400:
            return answer_error(request, _UNREADABLE)
        detail, code = _HTTP_DETAILS.get(error.status_code, ("这个请求不能处理。", "bad_request"))
        wrapped = ZhaorenError(detail, code=code)
        if request.url.path.startswith("/api/"):
            return _problem(wrapped, error.status_code)
        return _page(request, wrapped, error.status_code)

    @app.exception_handler(Exception)
    def _bug(request: Request, error: Exception) -> Response:
        places = [
            f"{Path(one.filename).name}:{one.lineno}" for one in extract_tb(error.__traceback__)
        ]
        log.error("unexpected_error", kind=type(error).__name__, places=places)
        return answer_error(request, _BUG)
