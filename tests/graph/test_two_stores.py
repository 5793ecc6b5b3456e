"""Two stores, equal answers: every family of the demo district, byte for byte."""

import pytest

from api import cli
from graph import open_store
from seed.load import load_catalogue, load_demo


@pytest.fixture
def demo_file(tmp_path):
    """The demo district in an embedded store."""
    url = f"embedded:{tmp_path / 'demo.sqlite'}"
    with open_store(url, create=True) as store:
        load_demo(store, load_catalogue(), lambda password: "x" * len(password))
    return url


@pytest.mark.neo4j
def test_all_families_of_the_demo_answer_alike_on_both_stores(
    demo_file, empty_neo4j, monkeypatch, capsysbinary
):
    monkeypatch.setenv("ZHAOREN_NEO4J_PASSWORD", empty_neo4j.password)
    assert cli.run(["copy", demo_file, empty_neo4j.url]) == 0
    assert "300 户".encode() in capsysbinary.readouterr().out
    answers = {}
    for url in (demo_file, empty_neo4j.url):
        assert cli.run(["family", "--all", "--json", "--store", url]) == 0
        answers[url] = capsysbinary.readouterr().out
    assert answers[demo_file].count(b"\n") == 300
    assert answers[demo_file] == answers[empty_neo4j.url]
    with (
        open_store(demo_file) as embedded,
        open_store(empty_neo4j.url, password=empty_neo4j.password) as server,
    ):
        assert embedded.canonical_hash() == server.canonical_hash()
