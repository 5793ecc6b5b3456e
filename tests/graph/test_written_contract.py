"""About whom something was written since an earlier moment: all of it, once, and little read."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from api.services.findings import Looked, look_everywhere
from api.services.follow import Follower
from api.services.look_again import LookedAgain
from graph import copy_store, open_store, verify_audit
from graph.audit import GENESIS, Trace, next_entry, utc_now
from graph.change import leave_trace
from graph.session_rows import audit_row
from graph.store import News, Store
from matching.errors import AccessError, NotFound
from matching.model.access import Purpose, Role
from matching.model.finding import FindingRun, FindingState
from matching.model.records import Membership, Obligation, SubjectKind
from tests.builders import (
    DAY,
    a_batch,
    a_case,
    a_finding,
    a_household,
    a_person,
    a_record,
    an_access,
    an_aid,
    an_operator,
    put,
)
from tests.findings import cases

OPERATOR = an_operator()
NOBODY = News(heads={})


def since(store: Store, before: News) -> News:
    """What came since, without saying up to where."""
    news = store.written_since(OPERATOR, before.heads)
    assert news.heads.keys() >= before.heads.keys()
    return news.model_copy(update={"heads": {}, "entries": 0})


def now(store: Store) -> News:
    return store.written_since(OPERATOR, None)


@pytest.fixture
def filled(store: Store) -> Store:
    put(store, a_case("h1"), a_case("h2"))
    return store


WRITES = [
    ([a_record("r", "h1-p1")], {"persons": {"h1-p1"}}),
    ([a_record("r", "h1", kind=SubjectKind.HOUSEHOLD)], {"households": {"h1"}}),
    ([a_record("r", "h1-e1", kind=SubjectKind.EVENT)], {"events": {"h1-e1"}}),
    ([an_aid("a", "h2", to="h2-p1")], {"households": {"h2"}, "persons": {"h2-p1"}}),
    ([Membership(person="h1-p1", household="h2", start=DAY)],
     {"households": {"h2"}, "persons": {"h1-p1"}}),
    ([Obligation(obligor="h1-p1", person="h2-p1")], {"persons": {"h1-p1", "h2-p1"}}),
    ([a_batch(id="b9", covers_places=frozenset({"310199001", "31"}))],
     {"places": {"310199001", "31"}}),
    ([a_household("h9"), a_person("p9")], {"households": {"h9"}, "persons": {"p9"}}),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "told"), WRITES)
def test_a_write_is_told_by_whom_it_is_about_and_only_once(filled: Store, rows, told):
    before = now(filled)
    put(filled, *rows)
    assert since(filled, before) == NOBODY.model_copy(
        update={name: frozenset(ids) for name, ids in told.items()}
    )
    assert since(filled, now(filled)) == NOBODY


def test_reads_looks_refused_writes_and_repeats_are_no_news(filled: Store):
    put(filled, a_record("r", "h1-p1"), key="once")
    before = now(filled)
    filled.case(OPERATOR, "h1")
    list(filled.cases(OPERATOR))
    put(filled, a_record("r", "h1-p1"), key="once")
    run = FindingRun(on=DAY, households=frozenset({"h1"}), kinds=frozenset({"underpaid"}),
                     findings=(a_finding(),))  # fmt: skip
    filled.put_findings(OPERATOR, run)
    with pytest.raises(NotFound):
        put(filled, a_record("r2", "nobody"))
    with pytest.raises(NotFound):
        put(filled, a_record("r2", "h1-p1"), access=an_access("32"))
    with pytest.raises(NotFound):
        filled.decide_finding(OPERATOR, "nothing", FindingState.CONFIRMED)
    news = filled.written_since(OPERATOR, before.heads)
    assert news.model_copy(update={"heads": {}}) == NOBODY
    assert news.heads != before.heads
    filled.decide_finding(OPERATOR, a_finding().key, FindingState.CONFIRMED)
    assert since(filled, news) == NOBODY.model_copy(update={"decided": True})


def test_writers_of_several_processes_are_all_heard(open_again: Callable[[], Store]):
    with open_again() as one, open_again() as other, open_again() as listener:
        put(one, a_case("h1"))
        before = now(listener)
        assert len(before.heads) == 1
        put(other, a_record("r1", "h1-p1"))
        put(one, a_record("r2", "h1", kind=SubjectKind.HOUSEHOLD))
        news = listener.written_since(OPERATOR, before.heads)
        assert (news.households, news.persons, news.entries) == ({"h1"}, {"h1-p1"}, 2)
        assert len(news.heads) == 2
        put(other, a_record("r3", "h1-p2"))
        assert since(listener, news).persons == {"h1-p2"}
        assert verify_audit(listener.audit_entries()) is None


def test_from_nothing_on_everything_is_told(filled: Store):
    news = filled.written_since(OPERATOR, {})
    assert news.households == {"h1", "h2"}
    assert news.places == {"310199"}
    assert news.persons == {f"{home}-p{n}" for home in ("h1", "h2") for n in (1, 2, 3)}


def test_a_store_filled_by_a_copy_is_told_as_all_of_it(
    open_again: Callable[[], Store], tmp_path: Path
):
    with open_again() as target, open_store(f"embedded:{tmp_path / 'from'}", create=True) as source:
        put(source, a_case("h1"))
        before = now(target)
        copy_store(source, target, an_operator(Purpose.COPY))
        assert since(target, before).places == {""}


def leave(store: Store, chain: str, trace: Trace) -> None:
    """Leave an entry as the version before did, which knew no `touched`."""
    store._transact(lambda tx: leave_trace(tx, chain, utc_now(), trace))


def test_a_write_of_a_process_of_the_version_before_is_told_as_about_everybody(filled: Store):
    """It was opened before `zhaoren migrate` and runs on: nobody can say whom it wrote about."""
    before = now(filled)
    load = Trace(OPERATOR, "load", "household", "h1", result_count=1, key_hash="0" * 64)
    leave(filled, "earlier", load)
    assert since(filled, before) == NOBODY.model_copy(update={"places": frozenset({""})})
    before = now(filled)
    leave(filled, "earlier", replace(load, action="decide_finding", resource="finding"))
    assert since(filled, before) == NOBODY.model_copy(update={"decided": True})
    before = now(filled)
    leave(filled, "earlier", replace(load, decision="deny"))
    leave(filled, "earlier", replace(load, action="put_findings", key_hash=None))
    assert filled.written_since(OPERATOR, before.heads).entries == 0
    assert verify_audit(filled.audit_entries()) is None


def test_an_entry_that_an_earlier_version_put_into_the_file_is_told_as_about_everybody(
    tmp_path: Path,
):
    """With the statement of schema 3, which names no `touched`."""
    path = tmp_path / "a.sqlite"
    with open_store(f"embedded:{path}", create=True) as store:
        put(store, a_case("h1"))
        before, installation = now(store), next(store.audit_entries()).resource_id
        opening = Trace(OPERATOR, "open_chain", "store", installation)
        load = Trace(OPERATOR, "load", "household", "h1", result_count=1, key_hash="0" * 64)
        first = next_entry("earlier", (0, GENESIS), utc_now(), opening)
        second = next_entry("earlier", (1, first.hash), utc_now(), load)
        with closing(sqlite3.connect(path)) as connection, connection:
            for entry in (first, second):
                row = audit_row(entry)
                assert row.pop("touched") is None
                names, places = ", ".join(row), ", ".join(f":{name}" for name in row)
                connection.execute(f"INSERT INTO audit ({names}) VALUES ({places})", row)
        assert since(store, before).places == {""}
        assert verify_audit(store.audit_entries()) is None


def test_a_write_about_nobody_says_so_and_is_no_news(filled: Store):
    before = now(filled)
    put(filled, a_batch(id="b9", covers_places=frozenset()))
    assert filled.written_since(OPERATOR, before.heads).entries == 0
    last = max(filled.audit_entries(), key=lambda entry: entry.seq)
    assert (last.action, last.touched) == ("load", "{}")


def test_only_news_leave_a_trace(filled: Store):
    def traced() -> list[tuple[str, int]]:
        entries = list(filled.audit_entries())
        return [(one.action, one.result_count) for one in entries if one.resource == "audit"]

    before = now(filled)
    filled.written_since(OPERATOR, before.heads)
    assert traced() == []
    put(filled, a_record("r", "h1-p1"))
    filled.written_since(OPERATOR, before.heads)
    assert traced() == [("written_since", 1)]


@pytest.mark.parametrize(
    "access", [an_access("31"), an_access("", role=Role.OFFICE), an_operator(Purpose.ADVISE)]
)
def test_who_may_not_read_the_trace_is_told_nothing(filled: Store, access):
    with pytest.raises(AccessError):
        filled.written_since(access, {})


def test_an_entry_of_an_earlier_version_keeps_its_hash():
    """Written by the version before; `touched` was no field then."""
    trace = Trace(OPERATOR, "load", "household", "h1")
    at = utc_now().replace(year=2026, month=3, day=2, hour=8, minute=0, second=0, microsecond=0)
    old = next_entry("c", (1, GENESIS), at, trace)
    assert old.touched is None
    assert old.hash == "578386839de25041adbf46b8e5d97d6fb17aa6e99755a4f16116f2de3f2871bc"
    new = next_entry("c", (1, GENESIS), at, replace(trace, touched="x"))
    assert new.hash != old.hash


def test_a_question_reads_along_the_key_of_the_trace_and_not_all_of_it(tmp_path: Path):
    """By the plan of the embedded store: steps from chain to chain, then a stretch of each."""
    from graph.statements import statements  # noqa: PLC0415

    path = tmp_path / "a.sqlite"
    with open_store(f"embedded:{path}", create=True) as store:
        put(store, a_case("h1"))
    with closing(sqlite3.connect(path)) as connection:
        for name in ("chain_heads", "writes_between"):
            text = f"EXPLAIN QUERY PLAN {statements('sql/*.sql')[name]}"
            steps = [row[3] for row in connection.execute(text, {"parts": "[]"})]
            assert not [step for step in steps if step.startswith("SCAN audit")], steps
            assert [step for step in steps if step.startswith("SEARCH audit")], steps


def test_who_follows_either_store_keeps_what_a_full_look_keeps(open_again: Callable[[], Store]):
    with open_again() as desk, open_again() as followed:
        put(desk, *(cases.a_case({"a": {}}, household=home) for home in ("h1", "h2")))
        follower = Follower(followed, OPERATOR)
        first = follower.step(cases.catalogue(), cases.ON)
        assert isinstance(first, Looked)
        aids = [an_aid(f"a-{one}", "h1", policy=one) for one in ("dibao", "tekun")]
        put(desk, *aids)
        again = follower.step(cases.catalogue(), cases.ON)
        assert isinstance(again, LookedAgain)
        assert (again.households, again.changed > 0) == (("h1",), True)
        full = look_everywhere(desk, cases.catalogue(), OPERATOR, cases.ON, rates=first.rates)
        assert (full.households, full.changed) == (2, 0)
        assert follower.step(cases.catalogue(), cases.ON) is None
