"""Numbered migrations, and that each store has just what `graph/schema.py` describes (迁移)."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import neo4j
import pytest

from graph import migrate, open_store, sqlite_store
from graph.kinds import KINDS, columns_of
from graph.schema import (
    NODES,
    SCHEMA_VERSION,
    Region,
    constraint_names,
    index_names,
)
from graph.statements import migration_files, statements
from tests.neo4j_server import Neo4jServer

SQL = migration_files("migrations")
ALL = list(range(1, SCHEMA_VERSION + 1))


def test_both_stores_have_the_same_numbers_without_gaps():
    numbers = [number for number, _ in SQL]
    assert numbers == ALL
    assert [number for number, _ in migration_files("cypher/migrations")] == numbers


def schema_of(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        return sorted(connection.execute("SELECT name, coalesce(sql, '') FROM sqlite_master"))


@pytest.mark.parametrize("number", [number for number, _ in SQL])
def test_each_migration_of_the_file_goes_on_from_the_one_before(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    url = f"embedded:{tmp_path / 'step.sqlite'}"
    for upto in (number - 1, number):
        steps = [step for step in SQL if step[0] <= upto]
        monkeypatch.setattr(sqlite_store, "migration_files", lambda _, steps=steps: steps)
        if steps:
            assert migrate(url) == ([number] if upto == number else list(range(1, number)))


def test_migrating_a_file_twice_changes_nothing(tmp_path: Path):
    path = tmp_path / "a.sqlite"
    assert migrate(f"embedded:{path}") == ALL
    before = schema_of(path)
    with open_store(f"embedded:{path}") as store:
        assert store.info().schema_version == SCHEMA_VERSION
    assert migrate(f"embedded:{path}") == []
    assert schema_of(path) == before


_MIGRATE = """
import sys, time
from graph import migrate
sys.stdin.readline()
print(migrate(sys.argv[1]))
"""


def test_processes_that_migrate_one_new_file_at_once_do_it_once(tmp_path: Path):
    for turn in range(4):
        command = [sys.executable, "-c", _MIGRATE, f"embedded:{tmp_path / f'{turn}.sqlite'}"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        running = [subprocess.Popen(command, text=True, **pipes) for _ in range(4)]
        for process in running:
            process.stdin.write("go\n")
            process.stdin.flush()
        told = [process.communicate() for process in running]
        assert [errors for _, errors in told] == [""] * 4
        assert sorted(said.strip() for said, _ in told) == sorted([str(ALL), "[]", "[]", "[]"])


def test_a_migration_that_fails_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    url = f"embedded:{tmp_path / 'a.sqlite'}"
    bad = [(1, SQL[0][1] + "\nCREATE TABLE household (x);")]
    monkeypatch.setattr(sqlite_store, "migration_files", lambda _: bad)
    with pytest.raises(Exception, match="数据库错误"):
        migrate(url)
    monkeypatch.undo()
    assert migrate(url) == ALL


def test_the_file_has_the_settings_and_tables_of_the_schema(tmp_path: Path):
    path = tmp_path / "a.sqlite"
    with open_store(f"embedded:{path}", create=True):
        pass
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        tables = dict(
            connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        )
        columns = {
            name: {row[1] for row in connection.execute(f"PRAGMA table_info({name})")}
            for name in tables
        }
    assert all("STRICT" in text for text in tables.values())
    for kind in KINDS:
        assert columns[kind.name] == set(columns_of(kind))
    for node in NODES:
        assert node.table in tables, node.label
        if node.region is Region.PEOPLE and node.label not in {"CoveredPlace", "Person"}:
            assert set(node.properties) == columns[node.table], node.label


@pytest.mark.neo4j
def test_neo4j_has_the_constraints_and_indexes_of_the_schema(
    empty_neo4j: Neo4jServer, neo4j_driver: neo4j.Driver
):
    password = empty_neo4j.password
    for row in neo4j_driver.execute_query("SHOW CONSTRAINTS YIELD name").records:
        neo4j_driver.execute_query(f"DROP CONSTRAINT {row['name']}")
    for name in index_names():
        neo4j_driver.execute_query(f"DROP INDEX {name} IF EXISTS")
    assert migrate(empty_neo4j.url, password=password) == ALL
    assert migrate(empty_neo4j.url, password=password) == []
    found = neo4j_driver.execute_query("SHOW CONSTRAINTS YIELD name").records
    assert {row["name"] for row in found} == constraint_names()
    others = neo4j_driver.execute_query(
        "SHOW INDEXES YIELD name, type, owningConstraint "
        "WHERE owningConstraint IS NULL AND type <> 'LOOKUP' RETURN name"
    ).records
    assert {row["name"] for row in others} == index_names()
    with open_store(empty_neo4j.url, password=password) as store:
        assert store.info().schema_version == SCHEMA_VERSION


@pytest.mark.neo4j
def test_every_statement_is_understood_by_the_server_without_running_it(
    empty_neo4j: Neo4jServer, neo4j_driver: neo4j.Driver
):
    open_store(empty_neo4j.url, password=empty_neo4j.password, create=True).close()
    plain = {
        name: text
        for name, text in statements("cypher/*.cypher").items()
        if not text.startswith(("SHOW", "CALL db"))
    }
    row = {"chain": "c", "seq": 1, "hash": "h", "id": "i", "token_hash": "t", "key_hash": "k"}
    given = {"row": {**row, "claim": "x"}, "rows": [], "ids": [], "prefixes": [], "limit": 1}
    given |= {name: [] for name in ("households", "persons", "events", "batches")}
    given |= {"kinds": [], "states": [], "place": "", "household": None, "key": "x"}
    names = ("after", "key_hash", "chain", "genesis", "id", "token_hash", "seen", "version", "day")
    given |= dict.fromkeys((*names, "installation"), "x")
    for text in plain.values():
        neo4j_driver.execute_query(f"EXPLAIN {text}", given)
    assert len(plain) > 40
