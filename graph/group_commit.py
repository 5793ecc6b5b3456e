"""One writer for one SQLite file (单写者): many requests, one commit.

A thread takes up to 64 waiting requests, runs each in a savepoint of its own inside one
transaction, commits once, and only then answers. A request that fails rolls back its own savepoint
and nothing else.
"""

import queue
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, TypeVar

from matching.errors import StoreError

__all__ = ["GroupCommit", "store_error"]

T = TypeVar("T")

_GROUP = 64


def store_error(error: sqlite3.Error) -> StoreError:
    """A Chinese sentence for what SQLite reports (数据库错误): never a value, never the SQL."""
    code = getattr(error, "sqlite_errorname", "") or ""
    if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreError(
            "数据库正被另一个进程占用。请先停止占用它的程序，再重试。", code="store_locked"
        )
    if code.startswith("SQLITE_NOTADB"):
        return StoreError(
            "该文件不是数据库文件。请检查路径，或换一个新路径后执行 zhaoren migrate。"
        )
    if code.startswith("SQLITE_CORRUPT"):
        return StoreError("数据库文件已损坏。请停止使用，并用最近的备份恢复。")
    if code.startswith("SQLITE_FULL"):
        return StoreError("磁盘空间不足，本次未保存。请清理磁盘后重试。")
    if code.startswith(("SQLITE_READONLY", "SQLITE_PERM", "SQLITE_CANTOPEN")):
        return StoreError("无法打开或写入数据库文件。请检查路径和文件权限。")
    return StoreError(f"数据库错误 {code or type(error).__name__}，本次未保存。")


class _Request:
    """Work with its answer. As a context manager it keeps any error for the caller's thread."""

    def __init__(self, work: Callable[[], Any]):
        self.work = work
        self.value: Any = None
        self.error: BaseException | None = None
        self.done = threading.Event()

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        self.error = store_error(error) if isinstance(error, sqlite3.Error) else error
        return error is not None


class GroupCommit:
    """The writer thread of one connection; `connection` must be in autocommit mode."""

    def __init__(self, connection: sqlite3.Connection):
        self._connection = connection
        self._queue: queue.SimpleQueue[_Request | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="zhaoren-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[], T]) -> T:
        """Run `work` on the writer thread and return its value after the commit (提交)."""
        request = _Request(work)
        with self._lock:
            if self._closed:
                raise StoreError("数据库已关闭。")
            self._queue.put(request)
        request.done.wait()
        if request.error is not None:
            raise request.error
        value: T = request.value
        return value

    def close(self) -> None:
        """Answer what waits, then stop the thread (关闭)."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        is_open = True
        while is_open:
            group, is_open = self._next_group()
            try:
                if group:
                    self._commit(group)
            except sqlite3.Error as error:
                self._fail(group, store_error(error))
            for request in group:
                request.done.set()

    def _next_group(self) -> tuple[list[_Request], bool]:
        group: list[_Request] = []
        waiting = self._queue.get()
        while waiting is not None:
            group.append(waiting)
            if len(group) == _GROUP or self._queue.empty():
                return group, True
            waiting = self._queue.get()
        return group, False

    def _commit(self, group: list[_Request]) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        for request in group:
            self._connection.execute("SAVEPOINT request")
            with request:
                request.value = request.work()
            if not self._connection.in_transaction:
                raise sqlite3.OperationalError("transaction lost")
            if request.error is not None:
                self._connection.execute("ROLLBACK TO request")
            self._connection.execute("RELEASE request")
        self._connection.execute("COMMIT")

    def _fail(self, group: list[_Request], error: StoreError) -> None:
        with suppress(sqlite3.Error):
            self._connection.execute("ROLLBACK")
        for request in group:
            request.error = request.error or error
