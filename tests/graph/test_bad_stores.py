"""Stores that cannot be used, and connections that break: each says what happened and the cure."""

import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import neo4j
import pytest

import graph
from graph import migrate, open_store, verify_audit
from graph.schema import APPLICATION_ID, SCHEMA_VERSION
from graph.sqlite_store import SqliteStore
from matching.errors import InputError, StoreError
from tests.builders import a_case, a_household, an_operator, put
from tests.graph.cutting_proxy import cutting_proxy
from tests.neo4j_server import Neo4jServer

OPERATOR = an_operator()
ROOT = Path(graph.__file__).parent.parent

NEWER = SCHEMA_VERSION + 1


# -- addresses


@pytest.mark.parametrize(
    "url",
    ["", "embedded:", "store.sqlite", "http://localhost", "neo4j://", "neo4j://h:0", "bolt://h:x"],
)
def test_an_address_of_no_known_form_is_refused(url: str):
    with pytest.raises(InputError, match="embedded"):
        open_store(url, password="x")


@pytest.mark.parametrize("run", [open_store, migrate])
def test_a_password_in_the_address_is_refused_and_not_repeated(run):
    with pytest.raises(InputError) as caught:
        run("neo4j://neo4j:verysecret@localhost:7687")
    assert "verysecret" not in str(caught.value)
    assert "ZHAOREN_NEO4J_PASSWORD_FILE" in str(caught.value)


def test_a_missing_password_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.delenv("ZHAOREN_NEO4J_PASSWORD", raising=False)
    monkeypatch.delenv("ZHAOREN_NEO4J_PASSWORD_FILE", raising=False)
    with pytest.raises(StoreError, match="ZHAOREN_NEO4J_PASSWORD_FILE"):
        open_store("neo4j://localhost")
    monkeypatch.setenv("ZHAOREN_NEO4J_PASSWORD_FILE", str(tmp_path / "none"))
    with pytest.raises(StoreError, match="读不到"):
        open_store("neo4j://localhost")


# -- the embedded file


def refused(path: Path, match: str) -> None:
    with pytest.raises(StoreError, match=match):
        open_store(f"embedded:{path}")


def test_a_missing_file_names_the_cure(tmp_path: Path):
    refused(tmp_path / "none.sqlite", "不存在.*zhaoren migrate")
    assert not (tmp_path / "none.sqlite").exists()


def test_a_missing_folder_is_named(tmp_path: Path):
    with pytest.raises(StoreError, match="目录不存在"):
        open_store(f"embedded:{tmp_path}/none/a.sqlite", create=True)


@pytest.mark.parametrize("create", [False, True])
def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path, create: bool):
    path = tmp_path / "notes.txt"
    path.write_text("这不是数据库" * 100, encoding="utf-8")
    with pytest.raises(StoreError, match="不是数据库"):
        open_store(f"embedded:{path}", create=create)
    assert path.read_text(encoding="utf-8") == "这不是数据库" * 100


@pytest.mark.parametrize("create", [False, True])
def test_a_foreign_database_is_refused_and_left_alone(tmp_path: Path, create: bool):
    path = tmp_path / "foreign.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    with pytest.raises(StoreError, match="不是本产品"):
        open_store(f"embedded:{path}", create=create)
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master").fetchall()
    assert names == [("theirs",)]


@pytest.mark.parametrize("create", [False, True])
def test_a_newer_file_is_refused(tmp_path: Path, create: bool):
    path = tmp_path / "new.sqlite"
    migrate(f"embedded:{path}")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {NEWER}")
    with pytest.raises(StoreError, match=rf"结构版本是 {NEWER}.*升级程序"):
        open_store(f"embedded:{path}", create=create)


def test_an_older_file_names_the_cure(tmp_path: Path):
    path = tmp_path / "old.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("VACUUM")
    refused(path, "较旧.*zhaoren migrate")


@contextmanager
def another_process(path: Path, *statements: str) -> Iterator[None]:
    """Another process that holds the file after these statements."""
    code = "import sqlite3, sys\nc = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
    code += "".join(f"c.execute({one!r})\n" for one in statements)
    code += "print('held', flush=True)\nsys.stdin.read()\n"
    command = [sys.executable, "-c", code, str(path)]
    with subprocess.Popen(command, stdin=-1, stdout=-1, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield
        process.communicate("")


def test_a_file_that_another_process_holds_is_named_when_opened(tmp_path: Path):
    path = tmp_path / "held.sqlite"
    migrate(f"embedded:{path}")
    hold = ("PRAGMA locking_mode = EXCLUSIVE", "BEGIN EXCLUSIVE")
    with another_process(path, *hold), pytest.raises(StoreError, match="另一个进程占用"):
        SqliteStore(path, busy_ms=50)
    open_store(f"embedded:{path}").close()


def test_a_write_while_another_process_writes_is_refused_and_can_be_repeated(tmp_path: Path):
    path = tmp_path / "held.sqlite"
    with SqliteStore(path, create=True, busy_ms=50) as store:

        def write() -> bool:
            with store.write(OPERATOR, "load", "h1", key="k", body=b"") as writer:
                writer.add_household(a_household("h1"))
            return writer.replayed

        with another_process(path, "BEGIN IMMEDIATE"):
            with pytest.raises(StoreError, match="占用"):
                write()
            assert store.info().households == 0
            with pytest.raises(StoreError, match="占用"):
                store.case(OPERATOR, "h1")
        assert write() is False
        assert store.case(OPERATOR, "h1").household == a_household("h1")


def test_a_damaged_file_is_named(tmp_path: Path):
    path = tmp_path / "damaged.sqlite"
    with open_store(f"embedded:{path}", create=True) as store:
        for n in range(50):
            with store.write(OPERATOR, "load", "", key=f"k{n}", body=b"") as writer:
                writer.add_case(a_case(f"h{n}"))
    content = bytearray(path.read_bytes())
    content[4096:] = bytes(len(content) - 4096)
    path.write_bytes(content)
    with (
        pytest.raises(StoreError, match=r"损坏|不是数据库"),
        open_store(f"embedded:{path}") as store,
    ):
        list(store.cases(OPERATOR))


def test_a_closed_store_says_so(tmp_path: Path):
    store = open_store(f"embedded:{tmp_path}/a.sqlite", create=True)
    store.close()
    store.close()
    for call in (store.info, lambda: store.case(OPERATOR, "h1")):
        with pytest.raises(StoreError, match="已关闭"):
            call()


def test_the_trace_and_the_records_cannot_be_rewritten(tmp_path: Path):
    path = tmp_path / "a.sqlite"
    with (
        open_store(f"embedded:{path}", create=True) as store,
        store.write(OPERATOR, "load", "", key="k", body=b"") as writer,
    ):
        writer.add_case(a_case("h1"))
    with closing(sqlite3.connect(path)) as connection:
        for table in ("audit", "record", "aid", "application"):
            for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET rowid = 1"):
                column = "seq" if table == "audit" else "id"
                text = statement.replace("rowid = 1", f"{column} = {column}")
                with pytest.raises(sqlite3.IntegrityError, match="append only"):
                    connection.execute(text)


@pytest.mark.parametrize("tamper", ["role = 'nobody'", "at = 'never'"])
def test_an_entry_that_cannot_be_read_any_more_is_named_like_any_tamper(
    tmp_path: Path, tamper: str
):
    path = tmp_path / "a.sqlite"
    with open_store(f"embedded:{path}", create=True) as store:
        store.cards(an_operator())
        store.cards(an_operator())
        chain = next(iter(store.audit_entries())).chain
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("DROP TRIGGER audit_no_update")
            connection.execute(f"UPDATE audit SET {tamper} WHERE seq = 2")
        broken = verify_audit(store.audit_entries())
        assert broken is not None
        assert (broken.chain, broken.seq) == (chain, 2)


def test_what_was_answered_survives_a_kill(tmp_path: Path):
    code = textwrap.dedent("""
        import sys, threading
        from graph import open_store
        from tests.builders import a_case, an_operator
        store = open_store(f"embedded:{sys.argv[1]}", create=True)
        def work(name):
            for n in range(10_000):
                with store.write(an_operator(), "load", "", key=f"{name}-{n}", body=b"") as writer:
                    writer.add_case(a_case(f"{name}-{n}"))
                sys.stdout.write(f"{name}-{n}\\n")
                sys.stdout.flush()
        for name in sys.argv[2].split(","):
            threading.Thread(target=work, args=(name,), daemon=True).start()
        threading.Event().wait()
    """)
    path, answered = tmp_path / "a.sqlite", set()
    for turn in range(3):
        names = ",".join(f"t{turn}{letter}" for letter in "abcd")
        command = [sys.executable, "-c", code, str(path), names]
        with subprocess.Popen(command, stdout=-1, text=True, cwd=ROOT) as process:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(40 + 17 * turn)]
            process.send_signal(signal.SIGKILL)
            lines += process.stdout.readlines()
        answered |= {line.strip() for line in lines if line.endswith("\n")}
    with open_store(f"embedded:{path}") as store:
        cases = {case.household.id: case for case in store.cases(OPERATOR)}
        assert answered <= cases.keys()
        assert all(case == a_case(household) for household, case in cases.items())
        entries = list(store.audit_entries())
        assert verify_audit(entries) is None
        loads = sum(entry.action == "load" for entry in entries)
        assert loads == len(cases) >= len(answered) >= 120


# -- Neo4j


def proxied(server: Neo4jServer, port: int) -> dict[str, str]:
    return {"url": f"bolt://127.0.0.1:{port}", "password": server.password}


@pytest.mark.neo4j
def test_a_wrong_password_is_named_and_not_repeated(empty_neo4j: Neo4jServer):
    with pytest.raises(StoreError, match="用户名或密码") as caught:
        open_store(empty_neo4j.url.replace("neo4j:", "bolt:"), password="wrongsecret")
    assert "wrongsecret" not in str(caught.value)


def test_a_server_that_is_down_gives_an_answer_soon():
    with cutting_proxy(1) as proxy:
        port = proxy.port
    began = time.monotonic()
    with pytest.raises(StoreError, match=f"连不上 Neo4j.*{port}.*已启动"):
        open_store(f"neo4j://127.0.0.1:{port}", password="x")
    assert time.monotonic() - began < 10


@pytest.mark.neo4j
def test_an_empty_database_names_the_cure(empty_neo4j: Neo4jServer):
    with pytest.raises(StoreError, match=r"空库.*zhaoren migrate"):
        open_store(empty_neo4j.url, password=empty_neo4j.password)


@pytest.mark.neo4j
@pytest.mark.parametrize("create", [False, True])
def test_a_database_of_somebody_else_is_refused_and_left_alone(
    empty_neo4j: Neo4jServer, neo4j_driver: neo4j.Driver, create: bool
):
    neo4j_driver.execute_query("CREATE (:Theirs {x: 1})")
    with pytest.raises(StoreError, match="不是本产品"):
        open_store(empty_neo4j.url, password=empty_neo4j.password, create=create)
    records = neo4j_driver.execute_query("MATCH (n) RETURN labels(n) AS labels").records
    assert [record["labels"] for record in records] == [["Theirs"]]


@pytest.mark.neo4j
@pytest.mark.parametrize("create", [False, True])
def test_a_newer_database_is_refused(
    empty_neo4j: Neo4jServer, neo4j_driver: neo4j.Driver, create: bool
):
    open_store(empty_neo4j.url, password=empty_neo4j.password, create=True).close()
    neo4j_driver.execute_query("MATCH (s:ZhaorenStore) SET s.schema_version = $n", n=NEWER)
    with pytest.raises(StoreError, match=rf"结构版本是 {NEWER}.*升级程序"):
        open_store(empty_neo4j.url, password=empty_neo4j.password, create=create)


@pytest.mark.neo4j
def test_missing_constraints_are_named_and_migrate_brings_them_back(
    empty_neo4j: Neo4jServer, neo4j_driver: neo4j.Driver
):
    url, password = empty_neo4j.url, empty_neo4j.password
    open_store(url, password=password, create=True).close()
    neo4j_driver.execute_query("DROP CONSTRAINT member_of_unique")
    neo4j_driver.execute_query("DROP INDEX household_place")
    with pytest.raises(StoreError, match=r"household_place, member_of_unique.*zhaoren migrate"):
        open_store(url, password=password)
    assert migrate(url, password=password) == []
    open_store(url, password=password).close()


@pytest.mark.neo4j
def test_doubles_that_forbid_a_constraint_are_named(
    empty_neo4j: Neo4jServer, neo4j_driver: neo4j.Driver
):
    url, password = empty_neo4j.url, empty_neo4j.password
    open_store(url, password=password, create=True).close()
    neo4j_driver.execute_query("DROP CONSTRAINT need_unique")
    neo4j_driver.execute_query("CREATE (:Need {id: 'n'}), (:Need {id: 'n'})")
    with pytest.raises(StoreError, match="重复数据"):
        migrate(url, password=password)
    neo4j_driver.execute_query("MATCH (n:Need) DELETE n")
    migrate(url, password=password)


@pytest.mark.neo4j
@pytest.mark.parametrize("before", [True, False], ids=["lost", "landed"])
@pytest.mark.parametrize("nth", [1, 2], ids=["lookup", "commit"])
def test_a_write_cut_in_its_commit_lands_once(empty_neo4j: Neo4jServer, nth: int, before: bool):
    with (
        cutting_proxy(empty_neo4j.port) as proxy,
        open_store(**proxied(empty_neo4j, proxy.port), create=True) as store,
    ):
        assert count_of_loads_after_a_cut(store, proxy, nth, before=before) == 1
        assert proxy.cuts == 1
        with store.write(OPERATOR, "load", "h1", key="k", body=b"x") as again:
            again.add_case(a_case("h1"))
        assert (again.replayed, again.result) == (True, "done")


def count_of_loads_after_a_cut(store, proxy, nth: int, *, before: bool) -> int:
    proxy.arm(nth, before=before)
    with store.write(OPERATOR, "load", "h1", key="k", body=b"x") as writer:
        writer.add_case(a_case("h1"))
        writer.set_result("done")
    assert (writer.replayed, writer.result) == (False, "done")
    assert store.case(OPERATOR, "h1") == a_case("h1")
    entries = list(store.audit_entries())
    assert verify_audit(entries) is None
    return sum(entry.action == "load" for entry in entries)


@pytest.mark.neo4j
def test_a_retry_that_forgets_the_key_is_noticed(
    empty_neo4j: Neo4jServer, monkeypatch: pytest.MonkeyPatch
):
    """Planted defect: the key is not looked up before the work is run again."""
    monkeypatch.setattr("graph.neo4j_store.Neo4jTransaction.claim_key", lambda *_: None)
    with (
        cutting_proxy(empty_neo4j.port) as proxy,
        open_store(**proxied(empty_neo4j, proxy.port), create=True) as store,
    ):
        assert count_of_loads_after_a_cut(store, proxy, 2, before=False) == 2


@pytest.mark.neo4j
def test_a_server_that_goes_down_gives_an_error_and_comes_back(empty_neo4j: Neo4jServer):
    with (
        cutting_proxy(empty_neo4j.port) as proxy,
        open_store(**proxied(empty_neo4j, proxy.port), create=True) as store,
    ):
        proxy.go_down()
        began = time.monotonic()
        with pytest.raises(StoreError, match="连不上"):
            store.info()
        assert time.monotonic() - began < 12
        proxy.is_down = False
        assert store.info().households == 0


@pytest.mark.neo4j
def test_an_error_that_may_pass_is_told_as_one_that_may_pass(
    empty_neo4j: Neo4jServer, neo4j_driver: neo4j.Driver
):
    """The server itself gives up waiting for a lock, twice; who follows a store waits on."""
    with open_store(empty_neo4j.url, password=empty_neo4j.password, create=True) as store:
        put(store, a_household("h1"))
        with neo4j_driver.session() as session, session.begin_transaction() as holder:
            holder.run("MATCH (c:AuditChain) SET c.turns = c.turns").consume()
            with pytest.raises(StoreError, match="稍后重试") as told:
                put(store, a_household("h2"))
        cause = told.value.__cause__
        assert isinstance(cause, neo4j.exceptions.Neo4jError)
        assert (cause.is_retryable(), told.value.code) == (True, "store_down")
        put(store, a_household("h2"))


@pytest.mark.neo4j
def test_a_server_that_is_too_old_is_refused(
    empty_neo4j: Neo4jServer, monkeypatch: pytest.MonkeyPatch
):
    from graph import neo4j_store  # noqa: PLC0415

    old = {**neo4j_store._CYPHER, "server_version": "RETURN '5.7.0' AS version"}
    monkeypatch.setattr(neo4j_store, "_CYPHER", old)
    with pytest.raises(StoreError, match=r"5\.26"):
        neo4j_store.migrate_neo4j(urlsplit(empty_neo4j.url), empty_neo4j.password)
