"""Defects planted on purpose (植入缺陷): the checks of these tests must notice each of them."""

from collections.abc import Callable

import pytest

from graph import base_store, change
from graph.base_store import BaseStore
from graph.change import Applied, apply_change
from graph.store import Store
from matching.errors import Conflict, NotFound, StoreError, ZhaorenError
from matching.model.access import Purpose
from tests.builders import a_household, a_record, an_access, an_operator

OPERATOR = an_operator()
Check = Callable[[Store, pytest.MonkeyPatch], bool]
Plant = Callable[[pytest.MonkeyPatch], None]


def put(store: Store, household: str, key: str = "k", body: bytes = b"x", access=OPERATOR):
    with store.write(access, "load", household, key=key, body=body) as writer:
        writer.add_household(a_household(household))
        writer.set_result(household)
    return writer


def break_trace(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    """From now on the trace cannot be written."""

    def fail(*_: object) -> None:
        message = "磁盘已满"
        raise StoreError(message)

    monkeypatch.setattr(change, "next_entry", fail)


# -- what must hold; True when it does


def a_write_lands_with_its_trace_or_not_at_all(store: Store, patch: pytest.MonkeyPatch) -> bool:
    with patch.context() as broken:
        break_trace(broken, store)
        with pytest.raises(StoreError):
            put(store, "h1")
    return store.info().households == 0


def a_failed_write_leaves_its_key_free(store: Store, patch: pytest.MonkeyPatch) -> bool:
    with pytest.raises(NotFound), store.write(OPERATOR, "load", "", key="k", body=b"x") as writer:
        writer.add_record(a_record("r1", "nobody"))
    try:
        return not put(store, "h1").replayed and store.info().households == 1
    except ZhaorenError:
        return False


def every_read_leaves_an_entry(store: Store, patch: pytest.MonkeyPatch) -> bool:
    put(store, "h1")
    before = len(list(store.audit_entries()))
    store.case(OPERATOR, "h1")
    store.cards(OPERATOR)
    list(store.cases(OPERATOR))
    return len(list(store.audit_entries())) == before + 3


def no_read_is_answered_without_its_trace(store: Store, patch: pytest.MonkeyPatch) -> bool:
    put(store, "h1")
    with patch.context() as broken:
        break_trace(broken, store)
        for read in (lambda: store.case(OPERATOR, "h1"), lambda: store.cards(OPERATOR)):
            try:
                read()
            except StoreError:
                continue
            return False
    return True


def a_denied_read_leaves_an_entry(store: Store, patch: pytest.MonkeyPatch) -> bool:
    with pytest.raises(NotFound):
        store.case(OPERATOR, "h404")
    return [entry.decision for entry in store.audit_entries()][-1:] == ["deny"]


def a_key_is_bound_to_its_body(store: Store, patch: pytest.MonkeyPatch) -> bool:
    put(store, "h1")
    try:
        put(store, "h2", body=b"other")
    except Conflict:
        return True
    return False


def a_key_is_bound_to_its_actor(store: Store, patch: pytest.MonkeyPatch) -> bool:
    put(store, "h1")
    return not put(store, "h2", access=an_access("", actor="u2")).replayed


def nobody_outside_the_scope_is_written(store: Store, patch: pytest.MonkeyPatch) -> bool:
    try:
        put(store, "h1", access=an_access("32", purpose=Purpose.CORRECT))
    except NotFound:
        return True
    return False


# -- the defects


def trace_after_the_commit(patch: pytest.MonkeyPatch) -> None:
    real_trace = change.leave_trace

    def apply_without_trace(tx, one):
        with pytest.MonkeyPatch.context() as inside:
            inside.setattr(change, "leave_trace", lambda *_: None)
            return apply_change(tx, one)

    real_land = BaseStore._land

    def land(self, writer, trace, row):
        applied = real_land(self, writer, trace, row)
        self._transact(lambda tx: real_trace(tx, self._chain, self._clock(), trace))
        return applied

    patch.setattr(base_store, "apply_change", apply_without_trace)
    patch.setattr(BaseStore, "_land", land)


def key_before_the_transaction(patch: pytest.MonkeyPatch) -> None:
    real_land = BaseStore._land

    def land(self, writer, trace, row):
        at = self._clock().isoformat()
        known = self._transact(lambda tx: tx.claim_key(row, at))
        if known is not None:
            return Applied(replayed=True, result=known.result)
        with pytest.MonkeyPatch.context() as inside:
            real = base_store.apply_change

            def apply(tx, one):
                return real(_Claimed(tx), one)

            inside.setattr(base_store, "apply_change", apply)
            return real_land(self, writer, trace, row)

    patch.setattr(BaseStore, "_land", land)


class _Claimed:
    def __init__(self, tx):
        self._tx = tx

    def __getattr__(self, name: str):
        return getattr(self._tx, name)

    def claim_key(self, *_: object) -> None:
        return None


def reads_without_trace(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(BaseStore, "_trace", lambda *_: None)


def trace_errors_swallowed(patch: pytest.MonkeyPatch) -> None:
    real = BaseStore._trace

    def trace(self, one):
        try:
            real(self, one)
        except StoreError:
            return

    patch.setattr(BaseStore, "_trace", trace)


def denials_without_trace(patch: pytest.MonkeyPatch) -> None:
    def deny(self, trace, error):
        raise error

    patch.setattr(BaseStore, "_deny", deny)


def keys_without_body(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(base_store, "check_repeat", lambda known, _: Applied(True, known.result))


def keys_of_everybody(patch: pytest.MonkeyPatch) -> None:
    real = base_store.key_row
    patch.setattr(base_store, "key_row", lambda _, *rest: real("anybody", *rest))


def writes_without_scope(patch: pytest.MonkeyPatch) -> None:
    for name in ("_check_before", "_check_after"):
        patch.setattr(change, name, lambda *_: None)


PLANTED: list[tuple[Check, Plant]] = [
    (a_write_lands_with_its_trace_or_not_at_all, trace_after_the_commit),
    (a_failed_write_leaves_its_key_free, key_before_the_transaction),
    (every_read_leaves_an_entry, reads_without_trace),
    (no_read_is_answered_without_its_trace, trace_errors_swallowed),
    (a_denied_read_leaves_an_entry, denials_without_trace),
    (a_key_is_bound_to_its_body, keys_without_body),
    (a_key_is_bound_to_its_actor, keys_of_everybody),
    (nobody_outside_the_scope_is_written, writes_without_scope),
]


@pytest.mark.parametrize("check", [check for check, _ in PLANTED])
def test_the_store_as_it_is_holds(store: Store, monkeypatch: pytest.MonkeyPatch, check: Check):
    assert check(store, monkeypatch)


@pytest.mark.parametrize(("check", "plant"), PLANTED, ids=[plant.__name__ for _, plant in PLANTED])
def test_each_planted_defect_is_noticed(
    store: Store, monkeypatch: pytest.MonkeyPatch, check: Check, plant: Plant
):
    plant(monkeypatch)
    assert not check(store, monkeypatch)
