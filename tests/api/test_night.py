"""A look with several processes keeps what one process keeps, whatever befalls it."""

import multiprocessing
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from api.services.findings import Looked, look_beside, night_of
from api.services.identity import compare_changed
from api.services.night import Workers, portions
from graph import open_store, verify_audit
from graph.store import Store
from matching.errors import InputError, StoreError
from matching.packs import Catalogue
from seed.load import load_catalogue, operator_access
from seed.synthetic import generate
from tests.builders import put

ON = date(2026, 6, 30)
SHARE = 8
DISTRICT = generate(3, 40, ON)
CATALOGUE: Catalogue = load_catalogue()


def at_noon() -> datetime:
    return datetime(2026, 6, 30, 12, tzinfo=UTC)


def filled(path: Path) -> str:
    address = f"embedded:{path}"
    with open_store(address, create=True, clock=at_noon) as store:
        put(store, *DISTRICT.cases)
    return address


def look(
    address: str,
    workers: Workers | None,
    progress: Callable[[int], None] = lambda _: None,
    since: date | None = None,
) -> tuple[Looked, str]:
    with open_store(address, clock=at_noon) as store:
        night = night_of(store, CATALOGUE, operator_access(), ON, since)
        looked = look_beside(store, night, workers, progress=progress)
        assert verify_audit(store.audit_entries()) is None
        return looked, store.canonical_hash()


def helpers(address: str, count: int = 2) -> Workers:
    return Workers(address, count, share=SHARE, least=1)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> tuple[Looked, str]:
    return look(filled(tmp_path_factory.mktemp("alone") / "a.sqlite"), None)


def test_two_processes_keep_what_one_keeps_and_each_leaves_its_trace(
    alone: tuple[Looked, str], tmp_path: Path
):
    address = filled(tmp_path / "a.sqlite")
    told: list[int] = []
    looked, content = look(address, helpers(address), told.append)
    assert (looked, content) == alone
    assert looked.found > 0
    assert told == [8, 16, 24, 32, 40]
    with open_store(address) as store:
        reads = [one for one in store.audit_entries() if one.action == "cases"]
        shares = store.shares(operator_access(), SHARE)
        own_chain = {one.chain for one in store.audit_entries() if one.action == "put_findings"}
    said = {(f"* {one.after}..{one.until}", one.size) for one in shares}
    assert {(one.resource_id, one.result_count) for one in reads} == said
    assert not own_chain & {one.chain for one in reads}


def test_few_households_are_looked_over_here(alone: tuple[Looked, str], tmp_path: Path):
    address = filled(tmp_path / "a.sqlite")
    assert look(address, Workers(address, 2)) == alone
    with open_store(address) as store:
        assert [one.resource_id for one in store.audit_entries() if one.action == "cases"] == ["*"]


def kill_one(_: int) -> None:
    """Ends one of those that are left: the pool ends the others, at once or a little later."""
    for worker in multiprocessing.active_children()[:1]:
        worker.kill()
        worker.join()


def interrupt(_: int) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("befalls", "error"), [(kill_one, StoreError), (interrupt, KeyboardInterrupt)]
)
def test_a_look_that_breaks_off_leaves_nothing_half_and_no_process(
    alone: tuple[Looked, str],
    tmp_path: Path,
    befalls: Callable[[int], None],
    error: type[BaseException],
):
    address = filled(tmp_path / "a.sqlite")
    with pytest.raises(error):
        look(address, Workers(address, 2, share=2, least=1), befalls)
    assert not multiprocessing.active_children()
    looked, content = look(address, None)
    assert content == alone[1]
    assert looked.changed < alone[0].changed  # a part was there already, and none twice


def test_what_a_worker_cannot_read_is_said_with_its_cure(tmp_path: Path):
    address = filled(tmp_path / "a.sqlite")
    gone = helpers(f"embedded:{tmp_path / 'gone.sqlite'}")
    with open_store(address) as store:
        night = night_of(store, CATALOGUE, operator_access(), ON)
        with pytest.raises(StoreError, match=r"gone\.sqlite"):
            list(portions(store, night, gone))


SINCE = ON - timedelta(days=200)


@pytest.mark.parametrize("processes", [1, 2])
def test_a_look_that_compares_who_is_who_keeps_what_the_two_commands_keep(
    alone: tuple[Looked, str], tmp_path: Path, processes: int
):
    both, apart = filled(tmp_path / "both.sqlite"), filled(tmp_path / "apart.sqlite")
    looked, content = look(both, helpers(both, processes), since=SINCE)
    assert look(apart, None) == alone
    with open_store(apart, clock=at_noon) as store:
        compared = compare_changed(store, operator_access(), ON, SINCE)
        assert store.canonical_hash() == content
    assert looked == replace(alone[0], identity=compared)
    assert compared.persons > 20


def test_who_is_who_is_asked_of_all_places_and_of_a_day_that_has_come(tmp_path: Path):
    access, tomorrow = operator_access(), ON + timedelta(days=1)
    with open_store(filled(tmp_path / "a.sqlite")) as store:
        with pytest.raises(InputError, match="--since"):
            night_of(store, CATALOGUE, access.inside("310199"), ON, SINCE)
        with pytest.raises(InputError, match="--since"):
            night_of(store, CATALOGUE, access, ON, tomorrow)


@pytest.mark.parametrize("count", [-1, 257])
def test_a_number_of_processes_that_cannot_be_is_refused(count: int):
    with pytest.raises(InputError, match="工作进程"):
        Workers("embedded:a", count)


def test_a_store_without_households_gives_nothing(tmp_path: Path):
    address = f"embedded:{tmp_path / 'empty.sqlite'}"
    with open_store(address, create=True) as store:
        assert list(portions(store, _night(store), helpers(address))) == []


def _night(store: Store):
    return night_of(store, CATALOGUE, operator_access(), ON)
