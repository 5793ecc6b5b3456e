"""What a store must be able to do inside one transaction (事务): the steps, not the rules.

The rules (scope, keys, trace) are written once, in `change.py` and `base_store.py`; a store gives
these primitives.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from graph.kinds import Kind, ObligorsKnown, Row
from graph.store import CatalogueEdge, CatalogueNode, HouseholdCard, Session, Share, User
from matching.model.access import AuditEntry
from matching.model.base import Model
from matching.model.finding import FindingFilter, StoredFinding
from matching.model.records import (
    AidRecord,
    ApplicationRecord,
    Batch,
    EventRecord,
    Household,
    Membership,
    NeedRecord,
    Obligation,
    Parentage,
    Record,
    StoredPerson,
)

__all__ = ["CaseRows", "FindingLine", "Found", "KeyRow", "StoreMeta", "Transaction"]


@dataclass(frozen=True, slots=True)
class KeyRow:
    """An idempotency key as stored (幂等键); `attempt` tells our own retry from a repeat."""

    key_hash: str
    body_hash: str
    attempt: str
    result: str | None


@dataclass(frozen=True, slots=True)
class StoreMeta:
    """The one row about the store itself (存储元数据)."""

    installation: str
    schema_version: int
    catalogue_version: str | None = None
    demo_day: date | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What lookups for a write found (查到的关系): places by household, person and event."""

    households: Mapping[str, str] = field(default_factory=dict)
    persons: Mapping[str, frozenset[str]] = field(default_factory=dict)
    events: Mapping[str, str] = field(default_factory=dict)
    batches: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A kept finding as far as a look compares it (已存发现的一行).

    One that an earlier version wrote has neither `digest` nor `seen_on`: it differs from any other.
    """

    key: str
    state: str
    digest: str
    seen_on: str


@dataclass(slots=True)
class CaseRows:
    """Rows of some households, not yet put together (若干户的行)."""

    household: list[Household] = field(default_factory=list)
    person: list[StoredPerson] = field(default_factory=list)
    membership: list[Membership] = field(default_factory=list)
    obligation: list[Obligation] = field(default_factory=list)
    obligors_known: list[ObligorsKnown] = field(default_factory=list)
    parentage: list[Parentage] = field(default_factory=list)
    record: list[Record] = field(default_factory=list)
    event: list[EventRecord] = field(default_factory=list)
    aid: list[AidRecord] = field(default_factory=list)
    application: list[ApplicationRecord] = field(default_factory=list)
    need: list[NeedRecord] = field(default_factory=list)


class Transaction(Protocol):
    """One open transaction (事务). Nothing here checks scope or leaves a trace."""

    # -- people
    def case_rows(self, ids: Sequence[str]) -> CaseRows: ...
    def covering(self, prefixes: Sequence[str]) -> list[Batch]: ...
    def card_rows(
        self, prefixes: Sequence[str], after: str, limit: int
    ) -> tuple[HouseholdCard, ...]: ...
    def household_ids(self, prefixes: Sequence[str], share: Share | None = None) -> list[str]: ...
    def find(
        self,
        households: Iterable[str],
        persons: Iterable[str],
        events: Iterable[str],
        batches: Iterable[str],
    ) -> Found: ...
    def insert(self, kind: Kind, rows: Sequence[Row]) -> None: ...
    def stream(self, kind: Kind) -> Iterator[Model]: ...
    def is_empty(self) -> bool: ...

    # -- findings
    def finding_page(
        self, prefixes: Sequence[str], wanted: FindingFilter, after: str, limit: int
    ) -> list[StoredFinding]: ...
    def lock_findings(self) -> None: ...
    def finding_lines(
        self, households: Sequence[str], kinds: Sequence[str]
    ) -> list[FindingLine]: ...
    def findings_of(self, keys: Sequence[str]) -> list[StoredFinding]: ...
    def finding(self, key: str) -> StoredFinding | None: ...
    def all_findings(self) -> Iterator[StoredFinding]: ...
    def put_findings(self, findings: Sequence[StoredFinding]) -> None: ...
    def see_findings(self, keys: Sequence[str], on: date) -> None: ...

    # -- keys and trace
    def find_key(self, key_hash: str) -> KeyRow | None: ...
    def claim_key(self, key: KeyRow, at: str) -> KeyRow | None: ...
    def chain_head(self, chain: str) -> tuple[int, str]: ...
    def append_audit(self, entry: AuditEntry) -> None: ...
    def audit_entries(self) -> Iterator[AuditEntry]: ...
    def chain_heads(self) -> dict[str, int]: ...
    def writes_between(self, parts: Sequence[Mapping[str, str | int]]) -> list[AuditEntry]: ...

    # -- accounts and sessions
    def put_user(self, user: User) -> None: ...
    def user(self, user_id: str) -> User | None: ...
    def users(self) -> Iterator[User]: ...
    def put_session(self, session: Session) -> None: ...
    def session(self, token_hash: str) -> Session | None: ...
    def touch_session(self, token_hash: str, seen: str) -> None: ...
    def drop_session(self, token_hash: str) -> None: ...

    # -- catalogue and the store itself
    def replace_catalogue(
        self, nodes: Sequence[CatalogueNode], edges: Sequence[CatalogueEdge], version: str | None
    ) -> None: ...
    def catalogue_nodes(self) -> Iterator[CatalogueNode]: ...
    def catalogue_edges(self) -> Iterator[CatalogueEdge]: ...
    def meta(self) -> StoreMeta: ...
    def set_demo_day(self, day: date) -> None: ...
    def count_households(self) -> int: ...
