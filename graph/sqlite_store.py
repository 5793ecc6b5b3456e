"""The embedded store (嵌入式存储): one SQLite file, one writer with group commit.

WAL, `synchronous=FULL`, foreign keys, STRICT tables. Reads come from several threads, each on a
connection of its own; writes all pass one thread (`group_commit.py`). It serves one process
and the workers that it starts to read; who needs several runs Neo4j.
"""

import json
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from graph.audit import GENESIS, utc_now
from graph.base_store import BaseStore, check_whole
from graph.change import id_taken
from graph.decoding import decoder
from graph.findings import finding_row, page_statement, read_finding
from graph.group_commit import GroupCommit, store_error
from graph.kinds import KIND_OF, KINDS, Kind, Row, canonical_json, decode, row_key
from graph.schema import APPLICATION_ID, SCHEMA_VERSION
from graph.session_rows import audit_row, decode_audit, decode_user, session_row, user_row
from graph.statements import migration_files, statements
from graph.store import CatalogueEdge, CatalogueNode, HouseholdCard, Session, Share, User
from graph.transaction import CaseRows, FindingLine, Found, KeyRow, StoreMeta, Transaction
from matching.errors import StoreError
from matching.model.access import AuditEntry
from matching.model.base import Model
from matching.model.finding import FindingFilter, StoredFinding
from matching.model.records import Batch, Identity

__all__ = ["SqliteStore", "migrate_sqlite"]

T = TypeVar("T")

_SQL = statements("sql/*.sql")
_CURE = "请先执行 zhaoren migrate。"


def migrate_sqlite(path: Path, *, busy_ms: int = 5_000) -> list[int]:
    """Bring a file to the schema of this version, creating it (迁移); the numbers applied.

    Raises:
        StoreError: A foreign file, a newer schema, or one in use.
    """
    if not path.parent.is_dir():
        raise StoreError(f"目录不存在: {path.parent}。请先建立目录。")
    with _translated():
        connection = _connect(path, "rwc", busy_ms)
        try:
            return _migrate(connection, path, busy_ms)
        finally:
            connection.close()


def _migrate(connection: sqlite3.Connection, path: Path, busy_ms: int) -> list[int]:
    """All in one transaction that takes the write lock first: of several processes one does it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        applied = _apply(connection, path)
    except (sqlite3.Error, StoreError):
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    _use_wal(connection, busy_ms)
    return applied


def _apply(connection: sqlite3.Connection, path: Path) -> list[int]:
    mark, version = _marks(connection)
    is_new = mark == 0 and not _pragma(connection, "schema_version")
    if not is_new:
        _check_ours(mark, version, path)
    applied = []
    for number, text in migration_files("migrations"):
        if number > version:
            for statement in _statements_of(text):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {number}")
            applied.append(number)
    if connection.execute(_SQL["meta"]).fetchone() is None:
        connection.execute(_SQL["create_store"], {"installation": secrets.token_hex(16)})
    return applied


def _statements_of(script: str) -> Iterator[str]:
    """The statements of a script; `executescript` would commit before it begins."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement


def _use_wal(connection: sqlite3.Connection, busy_ms: int) -> None:
    """Change the journal, which no other connection may hinder and SQLite does not wait for."""
    deadline = time.monotonic() + busy_ms / 1_000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _marks(connection: sqlite3.Connection) -> tuple[int, int]:
    return _pragma(connection, "application_id"), _pragma(connection, "user_version")


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    value: int = connection.execute(f"PRAGMA {name}").fetchone()[0]
    return value


def _check_usable(marks: tuple[int, int], path: Path) -> None:
    _check_ours(*marks, path)
    if marks[1] < SCHEMA_VERSION:
        raise StoreError(f"{path} 的结构版本 {marks[1]} 较旧。{_CURE}")


def _check_ours(mark: int, version: int, path: Path) -> None:
    if mark != APPLICATION_ID:
        raise StoreError(f"{path} 不是本产品的数据库文件。请检查路径，或换一个新路径。")
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"{path} 的结构版本是 {version}，本程序只认识到 {SCHEMA_VERSION}。请升级程序。"
        )


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise store_error(error) from error


def _connect(path: Path, mode: str, busy_ms: int) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=busy_ms / 1_000,
    )
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


class SqliteStore(BaseStore):
    """One SQLite file (嵌入式存储). Open it with `graph.open_store`."""

    kind = "embedded"

    def __init__(
        self,
        path: Path,
        *,
        create: bool = False,
        clock: Callable[[], datetime] = utc_now,
        busy_ms: int = 5_000,
    ):
        super().__init__(clock)
        self._path, self._busy_ms = path, busy_ms
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._closed = False
        if create:
            migrate_sqlite(path, busy_ms=busy_ms)
        elif not path.is_file():
            raise StoreError(f"数据库文件不存在: {path}。{_CURE}")
        with _translated():
            writing = _connect(path, "rw", busy_ms)
            try:
                _check_usable(_marks(writing), path)
                check_whole(SqliteTransaction(writing).meta().catalogue_version)
            except (sqlite3.Error, StoreError):
                writing.close()
                raise
        self._writing = writing
        self._writer = GroupCommit(writing)

    def close(self) -> None:
        """Finish waiting writes, then close the file (关闭)."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            idle, self._idle = self._idle, []
        self._writer.close()
        for connection in (*idle, self._writing):
            connection.close()

    @contextmanager
    def _reading(self) -> Iterator["SqliteTransaction"]:
        with self._lock:
            if self._closed:
                raise StoreError("数据库已关闭。")
            connection = self._idle.pop() if self._idle else None
        with _translated():
            connection = connection or _connect(self._path, "ro", self._busy_ms)
            try:
                connection.execute("BEGIN")
                yield SqliteTransaction(connection)
            finally:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                self._give_back(connection)

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()

    def _read(self, work: Callable[[Transaction], T]) -> T:
        with self._reading() as tx:
            return work(tx)

    def _stream(self, work: Callable[[Transaction], Iterator[T]]) -> Iterator[T]:
        with self._reading() as tx:
            yield from work(tx)

    def _transact(self, work: Callable[[Transaction], T], rows: int = 0) -> T:  # noqa: ARG002
        tx = SqliteTransaction(self._writing)
        return self._writer.submit(lambda: work(tx))


class SqliteTransaction:
    """The primitives on one connection (事务步骤)."""

    def __init__(self, connection: sqlite3.Connection):
        self._connection = connection

    def _run(self, name: str, values: Mapping[str, Any] | None = None) -> sqlite3.Cursor:
        return self._connection.execute(_SQL[name], values or {})

    # -- people

    def case_rows(self, ids: Sequence[str]) -> CaseRows:
        rows = CaseRows()
        given: dict[str, str] = {"ids": json.dumps(list(ids))}
        self._fill(rows, given, "household", "membership", "event")
        members = {one.person for one in rows.membership}
        given["members"] = json.dumps(sorted(members))
        self._fill(rows, given, "obligation", "obligors_known")
        given["persons"] = json.dumps(sorted(members | {one.obligor for one in rows.obligation}))
        given["events"] = json.dumps([event.id for event in rows.event])
        self._fill(rows, given, "person", "parentage", "record", "aid", "application", "need")
        return rows

    def _fill(self, rows: CaseRows, given: Mapping[str, str], *names: str) -> None:
        for kind in KINDS:
            if kind.name in names:
                getattr(rows, kind.name).extend(self._rows_of(kind, given))

    def _rows_of(self, kind: Kind, given: Mapping[str, str]) -> Iterator[Any]:
        found = self._run(f"case_{kind.name}", given)
        found.row_factory = None  # plain tuples, in the order of the columns
        return map(decoder(kind), found)

    def covering(self, prefixes: Sequence[str]) -> list[Batch]:
        return list(self._rows_of(KIND_OF[Batch], {"prefixes": json.dumps(list(prefixes))}))

    def card_rows(
        self, prefixes: Sequence[str], after: str, limit: int
    ) -> tuple[HouseholdCard, ...]:
        given = {"prefixes": json.dumps(prefixes), "after": after, "limit": limit}
        return tuple(
            HouseholdCard(**{**dict(row), "head": Identity(name=row["head"] or "").masked})
            for row in self._run("cards", given)
        )

    def household_ids(self, prefixes: Sequence[str], share: Share | None = None) -> list[str]:
        given: dict[str, Any] = {"prefixes": json.dumps(prefixes)}
        name = "household_ids"
        if share is not None:
            name = "household_ids_between"
            given |= {"after": share.after, "until": share.until}
        return [row["id"] for row in self._run(name, given)]

    def find(
        self,
        households: Iterable[str],
        persons: Iterable[str],
        events: Iterable[str],
        batches: Iterable[str],
    ) -> Found:
        places: dict[str, set[str]] = {}
        for row in self._run("find_persons", _ids(persons)):
            seen = places.setdefault(row["id"], set())
            seen |= {row["place"]} - {None}
        return Found(
            households={row["id"]: row["place"] for row in self._find("households", households)},
            persons={person: frozenset(seen) for person, seen in places.items()},
            events={row["id"]: row["place"] for row in self._find("events", events)},
            batches=frozenset(row["id"] for row in self._find("batches", batches)),
        )

    def _find(self, what: str, ids: Iterable[str]) -> sqlite3.Cursor:
        return self._run(f"find_{what}", _ids(ids))

    def insert(self, kind: Kind, rows: Sequence[Row]) -> None:
        for row in rows:
            if self._run(f"insert_{kind.name}", row).rowcount == 0:
                known = self._run(f"find_{kind.name}", row).fetchone()
                if known is None or dict(known) != row:
                    raise id_taken(kind.name, row_key(kind, row))
            elif kind.name == "batch":
                for prefix in json.loads(str(row["covers_places"])):
                    self._run("insert_batch_place", {"prefix": prefix, "batch": row["id"]})

    def stream(self, kind: Kind) -> Iterator[Model]:
        for row in self._run(f"all_{kind.name}"):
            yield decode(kind.model, dict(row))

    def is_empty(self) -> bool:
        return bool(self._run("is_empty").fetchone()["is_empty"])

    # -- findings

    def finding_page(
        self, prefixes: Sequence[str], wanted: FindingFilter, after: str, limit: int
    ) -> list[StoredFinding]:
        given = {
            "prefixes": json.dumps(prefixes),
            "kinds": json.dumps(sorted(wanted.kinds)),
            "but": json.dumps(sorted(wanted.but)),
            "states": json.dumps(sorted(wanted.states)),
            "place": wanted.place,
            "household": wanted.household,
            "after": after,
            "limit": limit,
        }
        return self._findings(page_statement(prefixes, wanted), given)

    def _findings(self, name: str, given: Mapping[str, Any]) -> list[StoredFinding]:
        return [read_finding(*row) for row in self._run(name, given)]

    def lock_findings(self) -> None:
        """One thread writes."""

    def finding_lines(self, households: Sequence[str], kinds: Sequence[str]) -> list[FindingLine]:
        given = {"households": json.dumps(list(households)), "kinds": json.dumps(list(kinds))}
        return [FindingLine(*row) for row in self._run("finding_lines", given)]

    def findings_of(self, keys: Sequence[str]) -> list[StoredFinding]:
        return self._findings("findings_of", {"keys": json.dumps(list(keys))})

    def finding(self, key: str) -> StoredFinding | None:
        return next(iter(self._findings("finding", {"key": key})), None)

    def all_findings(self) -> Iterator[StoredFinding]:
        yield from self._findings("all_findings", {})

    def put_findings(self, findings: Sequence[StoredFinding]) -> None:
        for finding in findings:
            self._run("put_finding", finding_row(finding))

    def see_findings(self, keys: Sequence[str], on: date) -> None:
        self._run("see_findings", {"keys": json.dumps(list(keys)), "on": on.isoformat()})

    # -- keys and trace

    def find_key(self, key_hash: str) -> KeyRow | None:
        row = self._run("find_key", {"key_hash": key_hash}).fetchone()
        return KeyRow(**row) if row else None

    def claim_key(self, key: KeyRow, at: str) -> KeyRow | None:
        given = {
            "key_hash": key.key_hash,
            "body_hash": key.body_hash,
            "attempt": key.attempt,
            "result": key.result,
            "at": at,
        }
        return None if self._run("claim_key", given).rowcount else self.find_key(key.key_hash)

    def chain_head(self, chain: str) -> tuple[int, str]:
        row = self._run("chain_head", {"chain": chain}).fetchone()
        return (row["seq"], row["hash"]) if row else (0, GENESIS)

    def append_audit(self, entry: AuditEntry) -> None:
        self._run("append_audit", audit_row(entry))

    def audit_entries(self) -> Iterator[AuditEntry]:
        for row in self._run("audit_entries"):
            yield decode_audit(dict(row))

    def chain_heads(self) -> dict[str, int]:
        return {row["chain"]: row["seq"] for row in self._run("chain_heads")}

    def writes_between(self, parts: Sequence[Mapping[str, str | int]]) -> list[AuditEntry]:
        found = self._run("writes_between", {"parts": json.dumps(list(parts))})
        return [decode_audit(dict(row)) for row in found]

    # -- accounts and sessions

    def put_user(self, user: User) -> None:
        self._run("put_user", user_row(user))

    def user(self, user_id: str) -> User | None:
        row = self._run("user", {"id": user_id}).fetchone()
        return decode_user(dict(row)) if row else None

    def users(self) -> Iterator[User]:
        for row in self._run("users"):
            yield decode_user(dict(row))

    def put_session(self, session: Session) -> None:
        self._run("put_session", session_row(session))

    def session(self, token_hash: str) -> Session | None:
        row = self._run("session", {"token_hash": token_hash}).fetchone()
        return Session(**dict(row)) if row else None

    def touch_session(self, token_hash: str, seen: str) -> None:
        self._run("touch_session", {"token_hash": token_hash, "seen": seen})

    def drop_session(self, token_hash: str) -> None:
        self._run("drop_session", {"token_hash": token_hash})

    # -- catalogue and the store itself

    def replace_catalogue(
        self, nodes: Sequence[CatalogueNode], edges: Sequence[CatalogueEdge], version: str | None
    ) -> None:
        self._run("clear_catalogue_edges")
        self._run("clear_catalogue_nodes")
        for node in nodes:
            self._run("insert_catalogue_node", _with_json(node))
        for edge in edges:
            self._run("insert_catalogue_edge", _with_json(edge))
        self._run("set_catalogue_version", {"version": version})

    def catalogue_nodes(self) -> Iterator[CatalogueNode]:
        for row in self._run("catalogue_nodes"):
            yield CatalogueNode(**{**dict(row), "properties": json.loads(row["properties"])})

    def catalogue_edges(self) -> Iterator[CatalogueEdge]:
        for row in self._run("catalogue_edges"):
            yield CatalogueEdge(**{**dict(row), "properties": json.loads(row["properties"])})

    def meta(self) -> StoreMeta:
        row = self._run("meta").fetchone()
        day = row["demo_day"]
        return StoreMeta(
            installation=row["installation"],
            schema_version=_pragma(self._connection, "user_version"),
            catalogue_version=row["catalogue_version"],
            demo_day=date.fromisoformat(day) if day else None,
        )

    def set_demo_day(self, day: date) -> None:
        self._run("set_demo_day", {"day": day.isoformat()})

    def count_households(self) -> int:
        count: int = self._run("count_households").fetchone()["n"]
        return count


def _ids(ids: Iterable[str]) -> dict[str, str]:
    return {"ids": json.dumps(sorted(ids))}


def _with_json(model: CatalogueNode | CatalogueEdge) -> dict[str, Any]:
    return {**dict(model), "properties": canonical_json(dict(model.properties))}
