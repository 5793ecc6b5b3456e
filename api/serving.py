"""The server process (服务进程): a socket, uvicorn on it, and a stop that leaves nothing behind."""

import errno
import http.client
import signal
import socket
import time
from collections.abc import Callable
from threading import Thread
from types import FrameType

import uvicorn
from fastapi import FastAPI

from matching.errors import InputError, ZhaorenError

__all__ = ["address_of", "fetch_once", "listen", "serve"]

_PORTS_TRIED = 50
_START_SECONDS = 20.0


def listen(host: str, port: int, *, or_next_free: bool = False) -> socket.socket:
    """A bound socket; with `or_next_free` the first free port from `port` on.

    Raises:
        InputError: the port is taken, or this machine has no such address.
    """
    last = port + _PORTS_TRIED if or_next_free and port else port
    for candidate in range(port, min(last, 65_535) + 1):
        bound = _bind(host, candidate)
        if bound is not None:
            return bound
    raise InputError(f"端口 {port} 已被占用。请用 --port 换一个。")


def _bind(host: str, port: int) -> socket.socket | None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host.strip("[]"), port))
        bound.listen(128)
    except OSError as error:
        bound.close()
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            return None
        raise InputError(f"不能监听 {host}:{port}。请核对 --host 和 --port。") from None
    return bound


def address_of(bound: socket.socket) -> str:
    """The address to type into a browser."""
    host, port = bound.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def serve(app: FastAPI, bound: socket.socket, announce: Callable[[], None]) -> None:
    """Serve until the process is asked to stop; `announce` is called when it may be asked.

    Who asks while it is still starting is heard, too: nothing is broken off half way.
    """
    server = _server(app)

    def stop(_number: int, _frame: FrameType | None) -> None:
        server.should_exit = True

    previous = {one: signal.signal(one, stop) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        announce()
        server.run(sockets=[bound])
    finally:
        for one, handler in previous.items():
            signal.signal(one, handler)
        bound.close()


def fetch_once(app: FastAPI, bound: socket.socket, path: str) -> int:
    """Serve, fetch one page over the socket, stop; the page's status.

    Raises:
        ZhaorenError: the server did not start.
    """
    server = _server(app)
    thread = Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + _START_SECONDS
    while not server.started and thread.is_alive() and time.monotonic() < deadline:
        time.sleep(0.02)
    try:
        if not server.started:
            raise ZhaorenError("服务没有启动。请看上面的提示。")
        return _status(bound, path)
    finally:
        server.should_exit = True
        thread.join(_START_SECONDS)
        bound.close()


def _server(app: FastAPI) -> uvicorn.Server:
    # No access log: addresses name households.
    # Without https in front there is no proxy whose word on the address could be taken.
    has_proxy = app.state.desk.settings.cookie_secure
    config = uvicorn.Config(
        app,
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=has_proxy,
    )
    return uvicorn.Server(config)


def _status(bound: socket.socket, path: str) -> int:
    host, port = bound.getsockname()[:2]
    connection = http.client.HTTPConnection(host, port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()
