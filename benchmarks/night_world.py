"""The population of the night run: a made-up district in a real Neo4j, and what changes in a day.

The filled database is kept under `.cache/night`, so that a second run need not fill it again. The
measurement works on it: findings are added, and the second night's records.
"""

import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

from benchmarks.record import ROOT
from graph import open_store
from graph.kinds import ObligorsKnown
from graph.store import Store
from matching.errors import StoreError
from matching.model.access import Purpose
from matching.model.base import Model
from matching.model.records import Case
from seed.load import operator_access
from seed.synthetic import stream
from tests.neo4j_server import Neo4jServer, running_neo4j

__all__ = ["ON", "SEED", "Filled", "filled", "rows_of"]

ON = date(2026, 6, 30)
SEED = 7
_AT_ONCE = 500
Tell = Callable[[str], None]

_ROWS: tuple[Callable[[Case], Iterable[Model]], ...] = (
    lambda case: (case.household,),
    lambda case: case.persons,
    lambda case: case.memberships,
    lambda case: case.obligations,
    lambda case: (ObligorsKnown(person=one) for one in sorted(case.obligors_known_for)),
    lambda case: case.parentages,
    lambda case: case.events,
    lambda case: case.records,
    lambda case: case.aid,
    lambda case: case.applications,
    lambda case: case.needs,
)


@dataclass(frozen=True, slots=True)
class Filled:
    """A running server with the population; `fill_seconds` is None if it was there already."""

    server: Neo4jServer
    fill_seconds: float | None


@contextmanager
def filled(households: int, tell: Tell) -> Iterator[Filled]:
    """A server with a district of so many households; it ends with the block, its data stays."""
    home = ROOT / ".cache" / "night" / str(households)
    if not _is_whole(home, households):
        shutil.rmtree(home, ignore_errors=True)
    seconds = None
    with running_neo4j(home) as server:
        if not (home / "filled").is_file():
            began = time.perf_counter()
            with open_store(server.url, password=server.password, create=True) as store:
                _fill(store, households, tell)
            seconds = time.perf_counter() - began
            (home / "filled").write_text(f"{households}\n", "utf-8")
        yield Filled(server, seconds)


def _is_whole(home: Path, households: int) -> bool:
    """Whether a fill came to its end and is of this version's schema."""
    if not (home / "filled").is_file():
        return False
    with running_neo4j(home) as server:
        try:
            with open_store(server.url, password=server.password, create=True) as store:
                return store.info().households == households
        except StoreError:
            return False


def _fill(store: Store, households: int, tell: Tell) -> None:
    access = operator_access(Purpose.COPY)
    store.restore(access, _told(rows_of(stream(SEED, households, ON)), households, tell))


def _told(rows: Iterator[Model], households: int, tell: Tell) -> Iterator[Model]:
    for count, row in enumerate(rows, start=1):
        yield row
        if count % 100_000 == 0:
            tell(f"filling: {count} rows of {households} households and more")


def rows_of(cases: Iterator[Case]) -> Iterator[Model]:
    """Every row of many cases, what is referred to before what refers to it."""
    batches: set[str] = set()
    while chunk := list(islice(cases, _AT_ONCE)):
        for case in chunk:
            fresh = [batch for batch in case.batches if batch.id not in batches]
            batches |= {batch.id for batch in fresh}
            yield from fresh
        for rows in _ROWS:
            for case in chunk:
                yield from rows(case)
