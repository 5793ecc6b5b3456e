"""The trace (留痕): what leaves an entry, and that every tamper but a cut tail is found."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from graph import verify_audit
from graph.audit import GENESIS, OPEN_CHAIN, Trace, next_entry
from graph.store import Store
from matching.errors import NotFound
from matching.model.access import AuditEntry, Role
from tests.builders import a_case, an_access, an_operator

TAMPERS = 600


def chains(rng: random.Random) -> list[AuditEntry]:
    """Two or three good chains of one installation."""
    entries: list[AuditEntry] = []
    at = datetime(2026, 3, 2, tzinfo=UTC)
    for chain in sorted(f"c{n}" for n in range(rng.randint(2, 3))):
        head = (0, GENESIS)
        opening = Trace(an_operator(), OPEN_CHAIN, "store", "installation")
        traces = [opening] + [
            Trace(an_access("31"), rng.choice(["case", "cards"]), "household", f"h{n}")
            for n in range(rng.randint(3, 12))
        ]
        for trace in traces:
            at += timedelta(seconds=1)
            entry = next_entry(chain, head, at, trace)
            entries.append(entry)
            head = (entry.seq, entry.hash)
    return entries


def edit(rng: random.Random, entries: list[AuditEntry], n: int) -> list[AuditEntry]:
    changes = {
        "actor": "somebody",
        "role": Role.AUDITOR,
        "action": "other",
        "resource": "other",
        "resource_id": "h999",
        "decision": "deny",
        "result_count": 99,
        "key_hash": "k",
        "touched": "h999",
        "at": entries[n].at + timedelta(microseconds=1),
        "seq": entries[n].seq + 1,
        "chain": "cx",
        "hash": "f" * 64,
    }
    name = rng.choice(sorted(changes))
    changed = entries[n].model_copy(update={name: changes[name]})
    return [*entries[:n], changed, *entries[n + 1 :]]


def change_prev(rng: random.Random, entries: list[AuditEntry], n: int) -> list[AuditEntry]:
    changed = entries[n].model_copy(update={"prev": rng.randbytes(32).hex()})
    return [*entries[:n], changed, *entries[n + 1 :]]


def delete(rng: random.Random, entries: list[AuditEntry], n: int) -> list[AuditEntry]:
    return [*entries[:n], *entries[n + 1 :]]


def insert(rng: random.Random, entries: list[AuditEntry], n: int) -> list[AuditEntry]:
    """An entry of the forger's own with a right hash, as if the chain went through it."""
    before = entries[n]
    trace = Trace(an_access("31"), "case", "household", "forged")
    forged = next_entry(before.chain, (before.seq, before.hash), before.at, trace)
    return [*entries[: n + 1], forged, *entries[n + 1 :]]


def swap(rng: random.Random, entries: list[AuditEntry], n: int) -> list[AuditEntry]:
    swapped = list(entries)
    swapped[n], swapped[n + 1] = swapped[n + 1], swapped[n]
    return swapped


def cut_head(rng: random.Random, entries: list[AuditEntry], n: int) -> list[AuditEntry]:
    chain = entries[n].chain
    return [one for one in entries if one.chain != chain or one.seq > entries[n].seq]


def foreign_opening(rng: random.Random, entries: list[AuditEntry], n: int) -> list[AuditEntry]:
    """A whole chain of another installation slipped in."""
    opening = Trace(an_operator(), OPEN_CHAIN, "store", "elsewhere")
    return [*entries, next_entry("cz", (0, GENESIS), entries[-1].at, opening)]


@pytest.mark.parametrize(
    "tamper", [edit, change_prev, delete, insert, swap, cut_head, foreign_opening]
)
def test_every_tamper_is_found_at_its_place(tamper):
    rng = random.Random(tamper.__name__)
    found = 0
    for _ in range(TAMPERS // 6):
        entries = chains(rng)
        assert verify_audit(entries) is None
        # any entry that is not the last of its chain: a cut tail cannot show
        inner = [n for n in range(len(entries) - 1) if entries[n].chain == entries[n + 1].chain]
        n = rng.choice(inner)
        tampered = tamper(rng, entries, n)
        bad = verify_audit(tampered)
        assert bad is not None, (tamper.__name__, n)
        assert bad.chain in (entries[n].chain, "cx", "cz")
        found += 1
    assert found == TAMPERS // 6


def test_an_edit_is_named_by_chain_and_sequence():
    entries = chains(random.Random(1))
    bad = verify_audit([*entries[:2], entries[2].model_copy(update={"actor": "x"}), *entries[3:]])
    assert bad is not None
    assert (bad.chain, bad.seq) == (entries[2].chain, 3)


def test_a_cut_tail_does_not_show():
    entries = chains(random.Random(1))
    assert verify_audit(entries[:-1]) is None


def test_an_empty_trace_is_good():
    assert verify_audit([]) is None


def test_each_act_leaves_its_entry_with_ids_and_counts(store: Store):
    operator, outsider = an_operator(), an_access("32", actor="u2")
    with store.write(operator, "load", "h1", key="k", body=b"") as writer:
        writer.add_case(a_case("h1"))
    store.case(operator, "h1")
    store.cards(operator)
    list(store.cases(operator))
    with pytest.raises(NotFound):
        store.case(outsider, "h1")
    store.note(outsider, "sign_in", "user", "u2", "deny")
    entries = list(store.audit_entries())
    said = [(one.action, one.resource_id, one.decision, one.result_count) for one in entries[1:]]
    rows = len(list(store.dump(operator))) - 1
    assert said == [
        ("load", "h1", "allow", rows),
        ("case", "h1", "allow", 1),
        ("cards", "h1", "allow", 1),
        ("cases", "*", "allow", 1),
        ("case", "h1", "deny", 0),
        ("sign_in", "u2", "deny", 0),
    ]
    assert entries[0].action == OPEN_CHAIN
    assert entries[0].prev == GENESIS
    assert [one.seq for one in entries] == list(range(1, len(entries) + 1))
    assert [one.key_hash is not None for one in entries[1:]] == [True] + [False] * 5
    assert all(one.at.tzinfo == UTC for one in entries)
    assert [one.at for one in entries] == sorted(one.at for one in entries)
    assert verify_audit(entries) is None


def test_the_trace_of_a_read_is_there_before_the_first_case_is_handed_out(store: Store):
    with store.write(an_operator(), "load", "", key="k", body=b"") as writer:
        writer.add_case(a_case("h1"))
    cases = store.cases(an_operator())
    assert list(store.audit_entries())[-1].action == "cases"
    assert next(cases).household.id == "h1"
