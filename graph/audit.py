"""The hash chain of the trace (留痕链): how an entry is made and how a chain is checked.

Each writing process has a chain of its own: an id, and a sequence from 1 without gaps. The hash
of an entry is SHA-256 over its canonical JSON, the hash before it included. Entry 1 opens the chain
and names the installation.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from graph.kinds import canonical_json
from matching.model.access import Access, AuditEntry

__all__ = [
    "ALLOW",
    "DENY",
    "GENESIS",
    "OPEN_CHAIN",
    "Trace",
    "next_entry",
    "utc_now",
    "verify_audit",
]

ALLOW = "allow"
DENY = "deny"
OPEN_CHAIN = "open_chain"
GENESIS = "0" * 64

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Trace:
    """What is to be written down about one act (一次留痕): ids and counts, never values."""

    access: Access
    action: str
    resource: str
    resource_id: str
    decision: str = ALLOW
    result_count: int = 0
    key_hash: str | None = None
    touched: str | None = None


def utc_now() -> datetime:
    """The clock of the trace (留痕时钟): the only place of this package that asks for the time."""
    return datetime.now(UTC)  # noqa: TID251


def next_entry(chain: str, head: tuple[int, str], at: datetime, trace: Trace) -> AuditEntry:
    """The entry that follows `head`, a sequence number and a hash (下一条留痕)."""
    seq, prev = head
    actor = trace.access.actor
    entry = AuditEntry(
        chain=chain,
        seq=seq + 1,
        at=at.astimezone(UTC),
        actor=actor.id,
        role=actor.role,
        action=trace.action,
        resource=trace.resource,
        resource_id=trace.resource_id,
        purpose=trace.access.purpose,
        decision=trace.decision,
        result_count=trace.result_count,
        key_hash=trace.key_hash,
        touched=trace.touched,
        prev=prev,
        hash="",
    )
    return entry.model_copy(update={"hash": _hash_of(entry)})


def _hash_of(entry: AuditEntry) -> str:
    """Of all fields; `touched` counts where it is said, so that older entries keep their hash."""
    left_out = {"hash", "at"} if entry.touched is not None else {"hash", "at", "touched"}
    content = entry.model_dump(mode="json", exclude=left_out)
    content["at"] = entry.at.astimezone(UTC).isoformat()
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def verify_audit(entries: Iterable[AuditEntry]) -> AuditEntry | None:
    """The first entry that does not fit its chain, or None (核验留痕).

    Finds every edit, deletion, insertion, swap and cut at the head. It cannot find a cut at the
    tail (the last entries, or a whole chain, taken away): what is left is a good chain. Nor can it
    find a chain that somebody wrote anew from its first entry. Against both, keep the heads
    elsewhere.

    Args:
        entries: Each chain in order of `seq`, as `Store.audit_entries` gives them.
    """
    heads: dict[str, tuple[int, str]] = {}
    installation: str | None = None
    for entry in entries:
        seq, prev = heads.get(entry.chain, (0, GENESIS))
        opens = entry.action == OPEN_CHAIN
        if entry.seq != seq + 1 or entry.prev != prev or entry.hash != _hash_of(entry):
            return entry
        if opens != (entry.seq == 1):
            return entry
        if opens:
            installation = installation or entry.resource_id
            if entry.resource_id != installation:
                return entry
        heads[entry.chain] = (entry.seq, entry.hash)
    return None
