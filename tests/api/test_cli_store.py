"""The commands that look after a store, and what every command says of one that cannot be used."""

import sqlite3
from pathlib import Path

import pytest

from api.services import operator
from graph import open_store
from seed.load import load_catalogue
from tests.api.commands import SIZE, Runner, demo_store, is_chinese


@pytest.fixture(scope="module")
def demo_url(tmp_path_factory):
    return demo_store(tmp_path_factory.mktemp("demo"))


@pytest.fixture
def run(capsys):
    return Runner(capsys)


def test_a_copy_holds_the_same(run, demo_url, tmp_path):
    target = f"embedded:{tmp_path / 'copy.sqlite'}"
    status, out, _ = run("copy", demo_url, target)
    assert status == 0
    assert f"{SIZE} 户" in out
    _, before, _ = run("family", "H-0007", "--json", "--store", demo_url)
    _, after, _ = run("family", "H-0007", "--json", "--store", target)
    assert before == after
    assert run("copy", demo_url, target)[0] == 2, "the target is not empty any more"


def test_migrating_a_store_of_today_changes_nothing(run, demo_url):
    status, out, _ = run("migrate", "--store", demo_url)
    assert status == 0
    assert is_chinese(out)


def test_migrating_nothing_makes_an_empty_store(run, tmp_path):
    url = f"embedded:{tmp_path / 'new.sqlite'}"
    assert run("migrate", "--store", url)[0] == 0
    with open_store(url) as store:
        assert store.info().households == 0


def test_a_store_gets_the_catalogues_graph_once(tmp_path):
    catalogue = load_catalogue()
    with open_store(f"embedded:{tmp_path / 'new.sqlite'}", create=True) as store:
        assert operator.refresh_catalogue(store, catalogue)
        assert not operator.refresh_catalogue(store, catalogue)
        assert store.info().catalogue_version == catalogue.version


def test_the_trace_holds_until_somebody_changes_it(run, demo_url, tmp_path):
    path = tmp_path / "copy.sqlite"
    run("copy", demo_url, f"embedded:{path}")
    assert run("audit", "verify", "--store", f"embedded:{path}")[0] == 0
    with sqlite3.connect(path) as file:
        for (trigger,) in file.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            file.execute(f"DROP TRIGGER {trigger}")
        file.execute("UPDATE audit SET actor = 'somebody' WHERE seq = 2")
    status, out, err = run("audit", "verify", "--store", f"embedded:{path}")
    assert (status, out) == (1, "")
    assert "第 2 条" in err


def bad_stores(folder, demo_url):
    foreign = folder / "foreign.sqlite"
    with sqlite3.connect(foreign) as file:
        file.execute("CREATE TABLE t (a)")
    text = folder / "text.sqlite"
    text.write_text("这不是数据库，只是一些文字。" * 50, "utf-8")
    newer = folder / "newer.sqlite"
    newer.write_bytes(Path(demo_url.removeprefix("embedded:")).read_bytes())
    with sqlite3.connect(newer) as file:
        file.execute("PRAGMA user_version = 999")
    return {"missing": folder / "none.sqlite", "foreign": foreign, "text": text, "newer": newer}


NEEDS_A_STORE = (["family", "H-0001"], ["audit", "verify"], ["serve", "--port", "0"])
CANNOT_BE_USED = [
    *((which, command) for command in NEEDS_A_STORE
      for which in ("missing", "foreign", "text", "newer")),
    *((which, ["migrate"]) for which in ("foreign", "text", "newer")),
]  # fmt: skip


@pytest.mark.parametrize(("which", "command"), CANNOT_BE_USED)
def test_a_store_that_cannot_be_used_is_told_with_status_3(run, demo_url, tmp_path, which, command):
    path = bad_stores(tmp_path, demo_url)[which]
    status, out, err = run(*command, "--store", f"embedded:{path}")
    assert (status, out) == (3, "")
    assert is_chinese(err)
    assert "Traceback" not in err
    assert which != "missing" or not path.exists()


def test_a_locked_store_is_told_with_status_3(run, demo_url, tmp_path):
    path = tmp_path / "locked.sqlite"
    path.write_bytes(Path(demo_url.removeprefix("embedded:")).read_bytes())
    with open_store(f"embedded:{path}"):
        status, _, err = run("family", "H-0001", "--store", f"embedded:{path}")
    if status == 3:
        assert is_chinese(err)
        return
    file = sqlite3.connect(path, isolation_level=None)
    file.execute("PRAGMA locking_mode = EXCLUSIVE")
    file.execute("BEGIN EXCLUSIVE")
    try:
        status, out, err = run("family", "H-0001", "--store", f"embedded:{path}")
    finally:
        file.close()
    assert (status, out) == (3, "")
    assert is_chinese(err)


def test_a_neo4j_that_is_down_is_told_with_status_3(run, monkeypatch):
    monkeypatch.setenv("ZHAOREN_NEO4J_PASSWORD", "nobody")
    status, out, err = run("family", "H-0001", "--store", "neo4j://127.0.0.1:1")
    assert (status, out) == (3, "")
    assert is_chinese(err)
