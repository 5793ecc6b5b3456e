"""The production store (图数据库存储): Neo4j 5.26 or later; only this file imports the driver.

Every statement is a constant from `cypher/`. A write claims its idempotency key first, inside its
own transaction; so after a lost connection, even in the middle of a commit, the same work is run
again and finds its key when the first run did land.
"""

import json
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from itertools import islice
from typing import Any, TypeVar
from urllib.parse import SplitResult

import neo4j
from neo4j.exceptions import (
    AuthError,
    ConfigurationError,
    DriverError,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
)

from graph.audit import GENESIS, utc_now
from graph.base_store import BaseStore, check_whole
from graph.change import id_taken, not_found
from graph.decoding import decoder
from graph.findings import finding_row, page_statement, read_finding
from graph.kinds import KIND_OF, Kind, Row, decode, row_digest, row_key
from graph.schema import SCHEMA_VERSION, constraint_names, index_names
from graph.session_rows import audit_row, decode_audit, decode_user, session_row, user_row
from graph.statements import migration_files, named_statements, statements
from graph.store import CatalogueEdge, CatalogueNode, HouseholdCard, Session, Share, User
from graph.transaction import CaseRows, FindingLine, Found, KeyRow, StoreMeta, Transaction
from graph.trees import rows_of_trees
from matching.errors import StoreError
from matching.model.access import AuditEntry
from matching.model.base import Model
from matching.model.finding import FindingFilter, StoredFinding
from matching.model.records import Batch, Identity

__all__ = ["Neo4jStore", "migrate_neo4j"]

T = TypeVar("T")

_CYPHER = statements("cypher/*.cypher")
_CURE = "请先执行 zhaoren migrate。"
_TRANSACTION_SECONDS = 15.0
_STREAM_SECONDS = 3_600.0
_SLOWEST_ROWS_A_SECOND = 100
_RETRY_SECONDS = 15.0
_DOWN_SECONDS = 5.0
_ROWS_A_STATEMENT = 5_000
_BATCH = decoder(KIND_OF[Batch])
_EXTRA = frozenset({"uid", "node_label", "node_key"})


def _connect(address: SplitResult, password: str) -> neo4j.Driver:
    port = address.port or 7687
    try:
        return neo4j.GraphDatabase.driver(
            f"{address.scheme}://{address.hostname}:{port}",
            auth=(address.username or "neo4j", password),
            connection_timeout=5.0,
            connection_acquisition_timeout=8.0,
            max_transaction_retry_time=_RETRY_SECONDS,
            notifications_min_severity="OFF",
            telemetry_disabled=True,
        )
    except (ConfigurationError, ValueError) as error:
        raise StoreError("Neo4j 连接设置有误。请检查存储地址。") from error


@contextmanager
def _translated(address: SplitResult) -> Iterator[None]:
    try:
        yield
    except (DriverError, Neo4jError) as error:
        raise _store_error(error, address) from error


def _store_error(error: DriverError | Neo4jError, address: SplitResult) -> StoreError:
    place = f"{address.hostname}:{address.port or 7687}"
    if isinstance(error, AuthError):
        return StoreError(f"Neo4j（{place}）拒绝了用户名或密码。请检查密码文件或环境变量后重试。")
    if isinstance(error, ServiceUnavailable | SessionExpired):
        return StoreError(
            f"连不上 Neo4j（{place}）。请确认服务已启动，地址和端口正确，然后重试。",
            code="store_down",
        )
    if isinstance(error, Neo4jError) and not error.is_retryable():
        code = error.code or ""
        if "ConstraintCreationFailed" in code:
            return StoreError("库中已有重复数据，唯一约束无法建立。请先清理重复数据。")
        if "AuthenticationRateLimit" in code:
            return StoreError(f"Neo4j（{place}）因多次密码错误暂停登录。请稍候并检查密码。")
        return StoreError(f"Neo4j（{place}）报告错误 {code}，本次未保存。")
    return StoreError(f"Neo4j（{place}）暂时不能用，请稍后重试。", code="store_down")


def migrate_neo4j(address: SplitResult, password: str) -> list[int]:
    """Bring a database to the schema of this version (迁移); the numbers applied.

    Constraints that somebody removed come back. An empty database becomes ours; one with nodes that
    are not ours is refused.
    """
    with _translated(address), _connect(address, password) as driver:
        return _migrate(driver, address)


def _migrate(driver: neo4j.Driver, address: SplitResult) -> list[int]:
    with driver.session(database=_database(address)) as session:
        version = _version(session, address) or 0
        applied = []
        for number, text in migration_files("cypher/migrations"):
            for statement in named_statements(text).values():
                session.run(statement).consume()
            session.run(_CYPHER["await_indexes"]).consume()
            session.run(_CYPHER["create_store"], installation=secrets.token_hex(16)).consume()
            if number > version:
                session.run(_CYPHER["set_schema_version"], version=number).consume()
                applied.append(number)
        return applied


def _database(address: SplitResult) -> str:
    return address.path.strip("/") or "neo4j"


def _version(session: neo4j.Session, address: SplitResult) -> int | None:
    """The schema version, or None for an empty database.

    Raises:
        StoreError: Not ours, of a newer schema, or a server that is too old.
    """
    server = str(session.run(_CYPHER["server_version"]).single(strict=True)["version"])
    numbers = tuple(int(part) for part in server.split(".")[:2])
    if numbers < (5, 26):
        raise StoreError(f"Neo4j 版本 {server} 过旧，需要 5.26 或更高版本。请升级 Neo4j。")
    found = session.run(_CYPHER["meta"]).single(strict=True)
    if found["row"] is None:
        if found["has_nodes"]:
            raise StoreError("该 Neo4j 库不是本产品的库，且已有其他数据。请换一个空库。")
        return None
    check_whole(found["row"].get("catalogue_version"))
    version = int(found["row"].get("schema_version", 0))
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"{address.hostname} 上库的结构版本是 {version}，本程序只认识到 {SCHEMA_VERSION}。"
            "请升级程序。"
        )
    return version


def _check_ready(driver: neo4j.Driver, address: SplitResult) -> None:
    with driver.session(database=_database(address)) as session:
        version = _version(session, address)
        if version is None:
            raise StoreError(f"该 Neo4j 库是空库。{_CURE}")
        if version < SCHEMA_VERSION:
            raise StoreError(f"该 Neo4j 库的结构版本 {version} 较旧。{_CURE}")
        constraints = {row["name"] for row in session.run(_CYPHER["constraint_names"])}
        online = {row["name"] for row in session.run(_CYPHER["online_indexes"])}
        missing = (constraint_names() - constraints) | (
            (constraint_names() | index_names()) - online
        )
        if missing:
            raise StoreError(f"该 Neo4j 库缺少约束或索引: {', '.join(sorted(missing))}。{_CURE}")


class Neo4jStore(BaseStore):
    """One Neo4j database (图数据库存储). Open it with `graph.open_store`."""

    kind = "neo4j"

    def __init__(
        self,
        address: SplitResult,
        password: str,
        *,
        create: bool = False,
        clock: Callable[[], datetime] = utc_now,
    ):
        super().__init__(clock)
        self._address = address
        self._bookmarks = neo4j.GraphDatabase.bookmark_manager()
        self._driver = _connect(address, password)
        try:
            with _translated(address):
                if create:
                    _migrate(self._driver, address)
                _check_ready(self._driver, address)
        except StoreError:
            self._driver.close()
            raise

    def close(self) -> None:
        """Close all connections (关闭)."""
        self._driver.close()

    def _session(self, mode: str) -> neo4j.Session:
        return self._driver.session(
            database=_database(self._address),
            bookmark_manager=self._bookmarks,
            default_access_mode=mode,
        )

    def _read(self, work: Callable[[Transaction], T]) -> T:
        return self._retry(lambda: self._attempt(work, neo4j.READ_ACCESS, _TRANSACTION_SECONDS))

    def _transact(self, work: Callable[[Transaction], T], rows: int = 0) -> T:
        seconds = _TRANSACTION_SECONDS + rows / _SLOWEST_ROWS_A_SECOND
        return self._retry(lambda: self._attempt(work, neo4j.WRITE_ACCESS, seconds))

    def _attempt(self, work: Callable[[Transaction], T], mode: str, seconds: float) -> T:
        with self._session(mode) as session, session.begin_transaction(timeout=seconds) as tx:
            value = work(Neo4jTransaction(tx))
            tx.commit()
            return value

    def _retry(self, attempt: Callable[[], T]) -> T:
        """Repeat what may pass later: a deadlock for 15 s, a lost connection for 5 s."""
        began = time.monotonic()
        pause = 0.05
        while True:
            try:
                return attempt()
            except (ServiceUnavailable, SessionExpired) as error:
                if time.monotonic() - began > _DOWN_SECONDS:
                    raise _store_error(error, self._address) from error
            except (DriverError, Neo4jError) as error:
                if not error.is_retryable() or time.monotonic() - began > _RETRY_SECONDS:
                    raise _store_error(error, self._address) from error
            time.sleep(pause)
            pause = min(pause * 2, 1.0)

    def _stream(self, work: Callable[[Transaction], Iterator[T]]) -> Iterator[T]:
        with (
            _translated(self._address),
            self._session(neo4j.READ_ACCESS) as session,
            session.begin_transaction(timeout=_STREAM_SECONDS) as tx,
        ):
            yield from work(Neo4jTransaction(tx))


class Neo4jTransaction:
    """The primitives on one transaction (事务步骤)."""

    def __init__(self, tx: neo4j.Transaction):
        self._tx = tx

    def _run(self, name: str, **values: object) -> neo4j.Result:
        return self._tx.run(_CYPHER[name], values)

    def _one(self, name: str, **values: object) -> neo4j.Record | None:
        return self._run(name, **values).single()

    # -- people

    def case_rows(self, ids: Sequence[str]) -> CaseRows:
        return rows_of_trees(tree.values() for tree in self._run("cases", ids=list(ids)))

    def covering(self, prefixes: Sequence[str]) -> list[Batch]:
        found = self._run("covering", prefixes=list(prefixes))
        return [_BATCH(row.values()) for row in found]

    def card_rows(
        self, prefixes: Sequence[str], after: str, limit: int
    ) -> tuple[HouseholdCard, ...]:
        found = self._run("cards", prefixes=list(prefixes), after=after, limit=limit)
        return tuple(
            HouseholdCard(**{**row.data(), "head": Identity(name=row["head"] or "").masked})
            for row in found
        )

    def household_ids(self, prefixes: Sequence[str], share: Share | None = None) -> list[str]:
        given: dict[str, Any] = {"prefixes": list(prefixes)}
        if share is None:
            return self._run("household_ids", **given).value()
        given |= {"after": share.after, "until": share.until}
        return self._run("household_ids_between", **given).value()

    def find(
        self,
        households: Iterable[str],
        persons: Iterable[str],
        events: Iterable[str],
        batches: Iterable[str],
    ) -> Found:
        found = self._run(
            "find",
            households=sorted(households),
            persons=sorted(persons),
            events=sorted(events),
            batches=sorted(batches),
        ).single(strict=True)
        return Found(
            households=dict(found["households"]),
            persons={person: frozenset(places) for person, places in found["persons"]},
            events=dict(found["events"]),
            batches=frozenset(found["batches"]),
        )

    def insert(self, kind: Kind, rows: Sequence[Row]) -> None:
        rest = iter(rows)
        while chunk := [_parameters(kind, row) for row in islice(rest, _ROWS_A_STATEMENT)]:
            done = list(self._run(f"insert_{kind.name}", rows=chunk))
            for row in done:
                if not row["same"]:
                    raise id_taken(kind.name, row["key"])
            if len(done) < len(chunk):
                raise not_found()

    def stream(self, kind: Kind) -> Iterator[Model]:
        for row in self._run(f"all_{kind.name}"):
            yield decode(kind.model, row["row"])

    def is_empty(self) -> bool:
        found = self._run("is_empty").single(strict=True)
        return bool(found["is_empty"])

    # -- findings

    def finding_page(
        self, prefixes: Sequence[str], wanted: FindingFilter, after: str, limit: int
    ) -> list[StoredFinding]:
        given = {
            "prefixes": list(prefixes),
            "kinds": sorted(wanted.kinds),
            "but": sorted(wanted.but),
            "states": sorted(wanted.states),
            "place": wanted.place,
            "household": wanted.household,
            "after": after,
            "limit": limit,
        }
        return list(self._findings(page_statement(prefixes, wanted), **given))

    def _findings(self, name: str, **given: object) -> Iterator[StoredFinding]:
        for row in self._run(name, **given):
            yield read_finding(*row.values())

    def lock_findings(self) -> None:
        self._run("lock_findings").consume()

    def finding_lines(self, households: Sequence[str], kinds: Sequence[str]) -> list[FindingLine]:
        found = self._run("finding_lines", households=list(households), kinds=list(kinds))
        return [FindingLine(*row.values()) for row in found]

    def findings_of(self, keys: Sequence[str]) -> list[StoredFinding]:
        return list(self._findings("findings_of", keys=list(keys)))

    def finding(self, key: str) -> StoredFinding | None:
        return next(iter(list(self._findings("finding", key=key))), None)

    def all_findings(self) -> Iterator[StoredFinding]:
        return self._findings("all_findings")

    def put_findings(self, findings: Sequence[StoredFinding]) -> None:
        rows = [
            {
                "values": finding_row(one),
                "households": [one.household, *one.households],
                "subjects": list(one.subjects),
                "evidence": list(one.evidence),
            }
            for one in findings
        ]
        self._run("put_findings", rows=rows).consume()

    def see_findings(self, keys: Sequence[str], on: date) -> None:
        self._run("see_findings", keys=list(keys), on=on.isoformat()).consume()

    # -- keys and trace

    def find_key(self, key_hash: str) -> KeyRow | None:
        row = self._one("find_key", key_hash=key_hash)
        return KeyRow(**row.data()) if row else None

    def claim_key(self, key: KeyRow, at: str) -> KeyRow | None:
        given = {
            "key_hash": key.key_hash,
            "body_hash": key.body_hash,
            "attempt": key.attempt,
            "result": key.result,
            "at": at,
            "claim": secrets.token_hex(8),
        }
        found = self._run("claim_key", row=given).single(strict=True).data()
        return None if found.pop("is_new") else KeyRow(**found)

    def chain_head(self, chain: str) -> tuple[int, str]:
        head = self._run("chain_head", chain=chain, genesis=GENESIS).single(strict=True)
        return head["seq"], head["hash"]

    def append_audit(self, entry: AuditEntry) -> None:
        row = {**audit_row(entry), "key": f"{entry.chain}|{entry.seq}"}
        self._run("append_audit", row=row).consume()

    def audit_entries(self) -> Iterator[AuditEntry]:
        for row in self._run("audit_entries"):
            yield decode_audit(row["row"])

    def chain_heads(self) -> dict[str, int]:
        return {row["chain"]: row["seq"] for row in self._run("chain_heads")}

    def writes_between(self, parts: Sequence[Mapping[str, str | int]]) -> list[AuditEntry]:
        return [decode_audit(row["row"]) for row in self._run("writes_between", parts=list(parts))]

    # -- accounts and sessions

    def put_user(self, user: User) -> None:
        self._run("put_user", row=user_row(user)).consume()

    def user(self, user_id: str) -> User | None:
        row = self._one("user", id=user_id)
        return decode_user(row["row"]) if row else None

    def users(self) -> Iterator[User]:
        for row in self._run("users"):
            yield decode_user(row["row"])

    def put_session(self, session: Session) -> None:
        self._run("put_session", row=session_row(session)).consume()

    def session(self, token_hash: str) -> Session | None:
        row = self._one("session", token_hash=token_hash)
        return Session(**row["row"]) if row else None

    def touch_session(self, token_hash: str, seen: str) -> None:
        self._run("touch_session", token_hash=token_hash, seen=seen).consume()

    def drop_session(self, token_hash: str) -> None:
        self._run("drop_session", token_hash=token_hash).consume()

    # -- catalogue and the store itself

    def replace_catalogue(
        self, nodes: Sequence[CatalogueNode], edges: Sequence[CatalogueEdge], version: str | None
    ) -> None:
        self._run("set_catalogue_version", version=version).consume()
        self._run("clear_catalogue").consume()
        node_rows = [{**node.model_dump(), "uid": _uid(node.label, node.key)} for node in nodes]
        edge_rows = [
            {
                "type": edge.type,
                "start": _uid(edge.start_label, edge.start),
                "end": _uid(edge.end_label, edge.end),
                "properties": dict(edge.properties),
            }
            for edge in edges
        ]
        self._run("insert_catalogue_nodes", rows=node_rows).consume()
        self._run("insert_catalogue_edges", rows=edge_rows).consume()

    def catalogue_nodes(self) -> Iterator[CatalogueNode]:
        for row in self._run("catalogue_nodes"):
            plain = {name: text for name, text in row["properties"].items() if name not in _EXTRA}
            yield CatalogueNode(label=row["label"], key=row["key"], properties=plain)

    def catalogue_edges(self) -> Iterator[CatalogueEdge]:
        for row in self._run("catalogue_edges"):
            yield CatalogueEdge(**row.data())

    def meta(self) -> StoreMeta:
        row = self._run("meta").single(strict=True)["row"]
        day = row.get("demo_day")
        return StoreMeta(
            installation=row["installation"],
            schema_version=row["schema_version"],
            catalogue_version=row.get("catalogue_version"),
            demo_day=date.fromisoformat(day) if day else None,
        )

    def set_demo_day(self, day: date) -> None:
        self._run("set_demo_day", day=day.isoformat()).consume()

    def count_households(self) -> int:
        return int(self._run("count_households").single(strict=True)["n"])


def _uid(label: str, key: str) -> str:
    return f"{label}|{key}"


def _parameters(kind: Kind, row: Row) -> dict[str, Any]:
    """A row as its statement takes it; `values` are the properties of the node or relation."""
    key, digest = row_key(kind, row), row_digest(kind.name, row)
    values: dict[str, Any] = {**row, "digest": digest}
    given: dict[str, Any] = {"key": key, "digest": digest, "values": values}
    if kind.name == "batch":
        given["places"] = json.loads(str(row["covers_places"]))
    if kind.key != ("id",):
        values["key"] = key
    return given
