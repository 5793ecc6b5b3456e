"""The `store` fixture: each test of the contract runs on both stores, each time on empty ones."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import neo4j
import pytest

from graph import open_store
from graph.store import Store
from tests.neo4j_server import Neo4jServer, ServerMissing, running_neo4j

BOTH = ["embedded", pytest.param("neo4j", marks=pytest.mark.neo4j)]


class SteppingClock:
    """A clock that moves a second at each look."""

    def __init__(self):
        self._at = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self._at += timedelta(seconds=1)
        return self._at


@pytest.fixture(scope="session")
def neo4j_server() -> Iterator[Neo4jServer]:
    """The real server, started once; wiped for each test that takes it through `empty_neo4j`."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(running_neo4j())
        except ServerMissing as missing:
            if os.environ.get("CI") == "true":
                pytest.fail(f"Neo4j tests must run here: {missing}")
            pytest.skip(f"Neo4j tests not run: {missing}")
        yield server


@pytest.fixture(scope="session")
def neo4j_driver(neo4j_server: Neo4jServer) -> Iterator[neo4j.Driver]:
    """A driver of the tests' own, to wipe and to look behind the store."""
    with neo4j.GraphDatabase.driver(
        neo4j_server.url, auth=("neo4j", neo4j_server.password), notifications_min_severity="OFF"
    ) as driver:
        yield driver


@pytest.fixture
def empty_neo4j(neo4j_server: Neo4jServer, neo4j_driver: neo4j.Driver) -> Neo4jServer:
    """The server with nothing in its database."""
    wipe(neo4j_driver)
    return neo4j_server


def wipe(driver: neo4j.Driver) -> None:
    """Empty the database; constraints stay."""
    driver.execute_query("MATCH (n) DETACH DELETE n", database_="neo4j")


@pytest.fixture(params=BOTH)
def store_kind(request: pytest.FixtureRequest) -> str:
    """Which store the test runs on."""
    return request.param


@pytest.fixture
def open_again(
    store_kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Callable[[], Store]:
    """Open one and the same, at first empty, store as often as the test wants."""
    clock = SteppingClock()
    if store_kind == "embedded":
        url, password = f"embedded:{tmp_path / 'store.sqlite'}", None
    else:
        server: Neo4jServer = request.getfixturevalue("empty_neo4j")
        url, password = server.url, server.password
    return lambda: open_store(url, password=password, create=True, clock=clock)


@pytest.fixture
def store(open_again: Callable[[], Store]) -> Iterator[Store]:
    """An empty store of each kind."""
    with open_again() as opened:
        yield opened
