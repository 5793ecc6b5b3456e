"""Keys, threads, accounts, catalogue, hash and copy, on each store (存储契约, second half)."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from graph import copy_store, open_store, verify_audit
from graph.schema import SCHEMA_VERSION
from graph.store import CatalogueEdge, CatalogueNode, Session, Store, User
from matching.errors import Conflict, InputError, NotFound, StoreError, ZhaorenError
from matching.model.access import Purpose, Role, Scope
from matching.model.base import Model
from tests.builders import (
    a_case,
    a_household,
    a_person,
    a_record,
    an_access,
    an_operator,
    put,
)

OPERATOR = an_operator()


# -- keys


def test_a_repeat_with_the_same_key_and_body_writes_nothing(store: Store):
    with store.write(OPERATOR, "visit", "h1", key="k", body=b"x") as first:
        first.add_household(a_household("h1"))
        first.set_result("done")
    trace = len(list(store.audit_entries()))
    with store.write(OPERATOR, "visit", "h1", key="k", body=b"x") as again:
        again.add_household(a_household("h2"))
        again.set_result("other")
    assert (first.replayed, first.result) == (False, "done")
    assert (again.replayed, again.result) == (True, "done")
    assert store.info().households == 1
    assert len(list(store.audit_entries())) == trace


def test_the_same_key_with_another_body_is_a_conflict(store: Store):
    put(store, a_household("h1"), key="k")
    with pytest.raises(Conflict), store.write(OPERATOR, "load", "", key="k", body=b"other"):
        pass


def test_a_key_belongs_to_one_actor_and_one_action(store: Store):
    others = [(OPERATOR, "visit"), (an_access("", actor="u2"), "load")]
    put(store, a_household("h1"), key="k")
    for n, (access, action) in enumerate(others):
        with store.write(access, action, "", key="k", body=b"x") as writer:
            writer.add_household(a_household(f"other{n}"))
        assert not writer.replayed
    assert store.info().households == 3


def test_a_failed_write_leaves_its_key_free(store: Store):
    with pytest.raises(NotFound):
        put(store, a_record("r1", "nobody"), key="k")
    put(store, a_household("h1"), key="k")
    assert store.info().households == 1


@pytest.mark.parametrize("key", ["", "x" * 201])
def test_a_key_has_a_sensible_length(store: Store, key: str):
    with pytest.raises(InputError), store.write(OPERATOR, "load", "", key=key, body=b""):
        pass


def in_threads(work: Callable[[int], None], count: int) -> None:
    threads = [threading.Thread(target=work, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_one_key_from_many_threads_lands_once(store: Store):
    answers: list[tuple[bool, str | None]] = []

    def write(n: int) -> None:
        with store.write(OPERATOR, "visit", "", key="k", body=b"x") as writer:
            writer.add_household(a_household(f"h{n}"))
            writer.set_result(f"h{n}")
        answers.append((writer.replayed, writer.result))

    in_threads(write, 8)
    assert store.info().households == 1
    assert sorted(replayed for replayed, _ in answers) == [False] + [True] * 7
    assert len({result for _, result in answers}) == 1


def test_writes_and_reads_of_many_threads_leave_one_good_chain(store: Store):
    failed: list[ZhaorenError] = []

    def work(n: int) -> None:
        for turn in range(4):
            put(store, a_case(f"h{n}-{turn}"))
            store.case(OPERATOR, f"h{n}-{turn}")
            try:
                put(store, a_household("same", address=f"{n}-{turn}"))
            except Conflict as error:
                failed.append(error)

    in_threads(work, 6)
    assert store.info().households == 25
    assert len(failed) == 23
    entries = list(store.audit_entries())
    assert verify_audit(entries) is None
    assert len(entries) == 1 + 24 + 24 + 1


# -- accounts, sessions, catalogue, the store itself


def a_user(**changes: object) -> User:
    values = {"id": "u1", "name": "顾问甲", "role": Role.ADVISOR, "password_hash": "x"}
    return User(**{**values, "scope": Scope(places=frozenset({"31", "32"})), **changes})


def test_accounts_are_kept_and_replaced(store: Store):
    assert store.user("u1") is None
    store.put_user(OPERATOR, a_user())
    store.put_user(OPERATOR, a_user(active=False))
    assert store.user("u1") == a_user(active=False)


def test_sessions_open_move_and_close(store: Store):
    store.put_user(OPERATOR, a_user())
    at = datetime(2026, 3, 2, 8, 0, 0, 123, tzinfo=UTC)
    session = Session(token_hash="t", user="u1", started=at, last_seen=at, csrf="c")
    store.open_session(session)
    assert store.session("t") == session
    later = at.replace(hour=9)
    store.touch_session("t", later)
    assert store.session("t") == session.model_copy(update={"last_seen": later})
    store.close_session("t")
    store.close_session("t")
    assert store.session("t") is None
    actions = [(entry.action, entry.resource_id) for entry in store.audit_entries()]
    assert actions[-2:] == [("open_session", "u1"), ("close_session", "u1")]
    with pytest.raises(NotFound):
        store.open_session(session.model_copy(update={"user": "u404"}))


def a_catalogue() -> tuple[list[CatalogueNode], list[CatalogueEdge]]:
    nodes = [
        CatalogueNode(label="Policy", key="cn/dibao", properties={"label": "最低生活保障"}),
        CatalogueNode(label="NeedType", key="basic_cash", properties={}),
        CatalogueNode(label="Clause", key="INTERIM/9", properties={"article": "9"}),
        CatalogueNode(label="Document", key="INTERIM", properties={"title": "暂行办法"}),
    ]
    edges = [
        CatalogueEdge(type="ADDRESSES", start_label="Policy", start="cn/dibao",
                      end_label="NeedType", end="basic_cash", properties={"coverage": "full"}),
        CatalogueEdge(type="BASED_ON", start_label="Policy", start="cn/dibao",
                      end_label="Clause", end="INTERIM/9"),
        CatalogueEdge(type="OF", start_label="Clause", start="INTERIM/9",
                      end_label="Document", end="INTERIM"),
    ]  # fmt: skip
    return nodes, edges


def test_the_catalogue_is_replaced_as_a_whole(store: Store):
    nodes, edges = a_catalogue()
    store.put_catalogue(OPERATOR, nodes, [*edges, edges[0]], "v1")
    assert sorted(store.catalogue_nodes(), key=repr) == sorted(nodes, key=repr)
    assert sorted(store.catalogue_edges(), key=repr) == sorted(edges, key=repr)
    store.put_catalogue(OPERATOR, nodes[:2], edges[:1], "v2")
    assert list(store.catalogue_edges()) == edges[:1]
    assert store.info().catalogue_version == "v2"


@pytest.mark.parametrize(
    ("nodes", "edges"),
    [
        ([CatalogueNode(label="Person", key="p", properties={})], []),
        ([CatalogueNode(label="Policy", key="p", properties={"uid": "x"})], []),
        ([CatalogueNode(label="Policy", key="p", properties={"a`b": "x"})], []),
        ([CatalogueNode(label="Policy", key="p", properties={"label": "x"}),
          CatalogueNode(label="Policy", key="p", properties={})], []),
        ([], [a_catalogue()[1][0]]),
        (a_catalogue()[0], [a_catalogue()[1][0].model_copy(update={"type": "OF"})]),
    ],
    ids=["personal", "reserved", "name", "twice", "dangling", "ends"],
)  # fmt: skip
def test_a_catalogue_that_the_schema_does_not_know_is_refused(store: Store, nodes, edges):
    with pytest.raises(InputError):
        store.put_catalogue(OPERATOR, nodes, edges, "v1")
    assert store.info().catalogue_version is None


def test_a_store_tells_what_it_is(store: Store, store_kind: str):
    put(store, a_case("h1"))
    store.set_demo_day(date(2026, 3, 2))
    info = store.info()
    assert (info.kind, info.schema_version) == (store_kind, SCHEMA_VERSION)
    assert info.households == 1
    assert info.demo_day == date(2026, 3, 2)


def test_what_was_written_is_there_after_opening_again(open_again: Callable[[], Store]):
    with open_again() as store:
        put(store, a_case("h1"))
    with open_again() as store:
        assert store.case(OPERATOR, "h1") == a_case("h1")
        assert verify_audit(store.audit_entries()) is None
        assert len({entry.chain for entry in store.audit_entries()}) == 2


# -- hash and copy


def test_the_hash_is_of_catalogue_and_people_in_any_order(
    open_again: Callable[[], Store], tmp_path: Path
):
    with open_again() as store, open_store(f"embedded:{tmp_path}/b", create=True) as other:
        put(store, a_case("h1"), a_case("h2"))
        put(other, a_case("h2"))
        assert store.canonical_hash() != other.canonical_hash()
        put(other, a_case("h1"))
        assert store.canonical_hash() == other.canonical_hash()
        other.put_user(OPERATOR, a_user())
        assert store.canonical_hash() == other.canonical_hash()
        store.put_catalogue(OPERATOR, *a_catalogue(), "v1")
        assert store.canonical_hash() != other.canonical_hash()


@pytest.mark.parametrize("backward", [False, True], ids=["to", "from"])
def test_a_copy_is_equal_and_has_its_own_trace(store: Store, tmp_path: Path, backward: bool):
    with open_store(f"embedded:{tmp_path}/b", create=True) as other:
        source, target = (other, store) if backward else (store, other)
        put(source, *(a_case(f"h{n}") for n in range(30)), a_person("alone"))
        source.put_catalogue(OPERATOR, *a_catalogue(), "v1")
        source.put_user(OPERATOR, a_user())
        source.set_demo_day(date(2026, 3, 2))
        copy_store(source, target, an_operator(Purpose.COPY))
        assert source.canonical_hash() == target.canonical_hash()
        assert target.user("u1") == a_user()
        assert list(target.cases(OPERATOR)) == list(source.cases(OPERATOR))
        mine = target.info().model_dump(exclude={"kind"})
        assert mine == source.info().model_dump(exclude={"kind"})
        actions = [entry.action for entry in target.audit_entries()]
        assert actions[:3] == ["open_chain", "restore", "restored"]
        with pytest.raises(Conflict):
            copy_store(source, target, OPERATOR)


def test_a_store_that_a_copy_left_half_full_is_refused(
    open_again: Callable[[], Store], tmp_path: Path
):
    with open_store(f"embedded:{tmp_path}/b", create=True) as source, open_again() as target:
        put(source, *(a_case(f"h{n}") for n in range(3)))
        source.put_user(OPERATOR, a_user())
        first_rows = list(source.dump(OPERATOR))[:8]

        def cut() -> Iterator[Model]:
            yield from first_rows
            yield from (a_person(f"x{n}") for n in range(2_000))
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            target.restore(an_operator(Purpose.COPY), cut())
    with pytest.raises(StoreError, match="没有完成的复制"):
        open_again()
