"""The guard (边界防护): what every request passes and every answer carries, whatever the route.

Host and origin are checked, a body that is too long is refused before anyone reads it, and each
answer, errors included, gets the security headers.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.auth import ForgedRequest
from api.errors import answer_error
from api.settings import Settings
from matching.errors import InputError, ZhaorenError

__all__ = ["Guard"]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

# `same-origin` and not `no-referrer`: under the latter browsers send `Origin: null` with our own
# forms, and the check of the origin could not tell them from foreign ones.
HEADERS: Mapping[str, str] = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
}


class Guard:
    """ASGI middleware around the whole application, error handling included."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._hosts = settings.allowed_hosts()
        self._limit = settings.body_limit
        self._secure = settings.cookie_secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, then pass on, then dress the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._dress(request, MutableHeaders(scope=message))
            await send(message)

        refusal = self._refusal(request.method, request.url.path, request.headers)
        try:
            body = b"" if refusal else await self._body(request)
        except ClientDisconnect:
            return
        if body is None:
            refusal = InputError("内容太长，没有读取。", code="too_large")
        if refusal is not None:
            await answer_error(request, refusal)(scope, receive, dressed)
            return
        await self._quietly(scope, _replay(body or b"", receive), dressed)

    async def _quietly(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Keep what nobody expected from the server: it would log the text, which may name people.

        Further in it was logged by its place, and answered.
        """
        has_answered = False

        async def noticed(message: Message) -> None:
            nonlocal has_answered
            has_answered = True
            await send(message)

        try:
            await self._app(scope, receive, noticed)
        except Exception:
            if not has_answered:
                raise

    def _refusal(self, method: str, path: str, headers: Headers) -> ZhaorenError | None:
        host = headers.get("host", "")
        if not self._is_ours(host):
            return ForgedRequest("访问的主机名不在允许之列。", code="unknown_host")
        if method in SAFE_METHODS:
            return None
        origin = headers.get("origin")
        if origin is not None:
            ours = _host_of(origin) == host
        else:
            # Programs send no origin and prove themselves by the session's token; browsers do.
            site = headers.get("sec-fetch-site", "none" if path.startswith("/api/") else "")
            ours = site in ("same-origin", "none")
        if headers.get("sec-fetch-site") == "cross-site":
            ours = False
        return None if ours else ForgedRequest("这次提交不是从本系统的页面发出的，没有执行。")

    def _is_ours(self, host: str) -> bool:
        return host in self._hosts or _without_port(host) in self._hosts

    async def _body(self, request: Request) -> bytes | None:
        """The whole body, or None as soon as it is longer than allowed."""
        if request.method in SAFE_METHODS:
            return b""
        parts: list[bytes] = []
        size = 0
        async for part in request.stream():
            size += len(part)
            if size > self._limit:
                return None
            parts.append(part)
        return b"".join(parts)

    def _dress(self, request: Request, headers: MutableHeaders) -> None:
        headers.update(HEADERS)
        if self._secure:
            headers["strict-transport-security"] = "max-age=31536000"
        is_static = request.url.path.startswith("/static/")
        headers["cache-control"] = "public, max-age=3600" if is_static else "no-store"


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def again() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
