"""Where things rest (存储): open a store, bring it up to date, copy it, check its trace.

    embedded:PATH          one SQLite file, the default
    neo4j://HOST:PORT      a Neo4j 5.26 or later; also bolt://, neo4j+s://, bolt+s://

The password of Neo4j comes from `ZHAOREN_NEO4J_PASSWORD` or from the file that
`ZHAOREN_NEO4J_PASSWORD_FILE` names, never from the address.
"""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from graph.audit import utc_now, verify_audit
from graph.store import Store
from matching.errors import InputError, StoreError
from matching.model.access import Access

__all__ = ["copy_store", "migrate", "open_store", "verify_audit"]

_EMBEDDED = "embedded:"
_SCHEMES = frozenset({"neo4j", "bolt", "neo4j+s", "bolt+s", "neo4j+ssc", "bolt+ssc"})


def open_store(
    url: str,
    *,
    password: str | None = None,
    create: bool = False,
    clock: Callable[[], datetime] = utc_now,
) -> Store:
    """Open the store at `url` (打开存储); with `create` an empty place becomes a store.

    Raises:
        InputError: An address of no known form, or with a password in it.
        StoreError: The store cannot be used; the detail says why and what to do.
    """
    if url.startswith(_EMBEDDED):
        from graph.sqlite_store import SqliteStore  # noqa: PLC0415

        return SqliteStore(_path(url), create=create, clock=clock)
    address = _address(url)
    from graph.neo4j_store import Neo4jStore  # noqa: PLC0415

    return Neo4jStore(address, password or _password(), create=create, clock=clock)


def migrate(url: str, *, password: str | None = None) -> list[int]:
    """Bring the store at `url` to the schema of this version (迁移); the numbers applied."""
    if url.startswith(_EMBEDDED):
        from graph.sqlite_store import migrate_sqlite  # noqa: PLC0415

        return migrate_sqlite(_path(url))
    address = _address(url)
    from graph.neo4j_store import migrate_neo4j  # noqa: PLC0415

    return migrate_neo4j(address, password or _password())


def copy_store(source: Store, target: Store, access: Access) -> None:
    """Copy people, catalogue and accounts into an empty store (复制存储).

    Sessions, keys and the trace stay behind; both stores get trace entries of their own. An
    interrupted copy leaves a target that no longer opens: throw it away and start again.

    Raises:
        Conflict: The target is not empty.
        StoreError: The two are not equal afterwards.
    """
    target.restore(access, source.dump(access))
    if source.canonical_hash() != target.canonical_hash():
        raise StoreError("复制后两库内容不一致。请停止写入源库，换一个空库重新复制。")


def _path(url: str) -> Path:
    path = url.removeprefix(_EMBEDDED)
    if not path:
        raise InputError("存储地址缺少文件路径，应为 embedded:路径。")
    return Path(path)


def _address(url: str) -> SplitResult:
    wrong = InputError("存储地址应为 embedded:路径 或 neo4j://主机:端口。")
    try:
        address = urlsplit(url)
        has_place = bool(address.hostname) and address.port != 0
    except ValueError:
        raise wrong from None
    if address.scheme not in _SCHEMES or not has_place:
        raise wrong
    if address.password is not None:
        raise InputError("存储地址中不能写密码。请改用环境变量 ZHAOREN_NEO4J_PASSWORD_FILE。")
    return address


def _password() -> str:
    direct = os.environ.get("ZHAOREN_NEO4J_PASSWORD")
    if direct:
        return direct
    file = os.environ.get("ZHAOREN_NEO4J_PASSWORD_FILE")
    if not file:
        raise StoreError(
            "没有 Neo4j 密码。请设置 ZHAOREN_NEO4J_PASSWORD_FILE 或 ZHAOREN_NEO4J_PASSWORD。"
        )
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise StoreError(f"读不到 Neo4j 密码文件: {file}。请检查路径和权限。") from error
