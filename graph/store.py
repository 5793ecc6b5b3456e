"""The port (存储接口): what every store can do, and nothing else.

Every personal read takes an `Access` and leaves an audit entry that is committed before the answer
is handed out; a household outside the scope raises the same `NotFound` as one that does not exist.
Every write goes through `write`: the change, its audit entry and its idempotency key are one
transaction. There is no delete and no update of a record.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Protocol, Self

from matching.model.access import Access, AuditEntry, Role, Scope
from matching.model.base import Model
from matching.model.finding import FindingFilter, FindingRun, FindingState, StoredFinding
from matching.model.records import (
    AidRecord,
    ApplicationRecord,
    Batch,
    Case,
    EventRecord,
    Household,
    Membership,
    NeedRecord,
    Obligation,
    Parentage,
    Record,
    StoredPerson,
)

__all__ = [
    "CatalogueEdge",
    "CatalogueNode",
    "HouseholdCard",
    "News",
    "Session",
    "Share",
    "Store",
    "StoreInfo",
    "User",
    "Writer",
]


class HouseholdCard(Model):
    """A household in a list (家庭卡片): id, place, head's name as the page masks it, size."""

    id: str
    place: str
    head: str
    size: int


class Share(Model):
    """Some households in order of id (一份): those after `after`, up to `until`.

    `size` is how many they were when the shares were made.
    """

    after: str
    until: str
    size: int


class User(Model):
    """An account (账号). `password_hash` is argon2."""

    id: str
    name: str
    role: Role
    scope: Scope
    password_hash: str
    active: bool = True


class Session(Model):
    """A signed-in browser (会话): only the hash of the cookie's secret is kept."""

    token_hash: str
    user: str
    started: datetime
    last_seen: datetime
    csrf: str


class StoreInfo(Model):
    """What a store is (存储信息)."""

    kind: str
    schema_version: int
    catalogue_version: str | None
    demo_day: date | None
    households: int


class News(Model):
    """What was written since an earlier moment (新写入): about whom, never what.

    Attributes:
        heads: the last entry of each chain of the trace, for the next question.
        entries: how many writes and decisions there were.
        households: whose rows were written.
        persons: likewise, wherever they belong.
        events: about which records were written.
        places: division prefixes that a new batch covers; `""`: everything was filled in anew.
        decided: somebody decided about a finding.
    """

    heads: Mapping[str, int]
    entries: int = 0
    households: frozenset[str] = frozenset()
    persons: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    decided: bool = False


class CatalogueNode(Model):
    """A public node: label as in the schema, key, and its printable properties."""

    label: str
    key: str
    properties: Mapping[str, str]


class CatalogueEdge(Model):
    """A public relation between two nodes, typed as in the schema."""

    type: str
    start_label: str
    start: str
    end_label: str
    end: str
    properties: Mapping[str, str] = {}


class Writer(Protocol):
    """One open write. Everything put in it lands together or not at all.

    Rows are collected and land when the `with` block ends without an error, in one transaction with
    the trace and the key; so `Conflict`, `NotFound` and `InputError` show at its end. The order of
    the calls does not matter. Keep a write to some thousand rows.

    `replayed` is True when the key was used before with the same body: then nothing is written and
    `result` is what the first time left. Ids are given by the caller; a row that exists with equal
    content is left alone, an id that exists with another content raises `Conflict`.
    """

    replayed: bool
    result: str | None

    def add_household(self, household: Household) -> None:
        """Add a household (户)."""
        ...

    def add_person(self, person: StoredPerson) -> None:
        """Add a person (人)."""
        ...

    def add_membership(self, membership: Membership) -> None:
        """Put a person into a household (成员关系)."""
        ...

    def add_obligation(self, obligation: Obligation) -> None:
        """Say who owes support to whom (法定义务关系)."""
        ...

    def mark_obligors_known(self, person: str) -> None:
        """Say that somebody looked for this person's obligors (已核查义务人)."""
        ...

    def add_parentage(self, parentage: Parentage) -> None:
        """Say who is whose parent (父母关系)."""
        ...

    def add_batch(self, batch: Batch) -> None:
        """Add a delivery of a source (批次)."""
        ...

    def add_record(self, record: Record) -> None:
        """Add what a source said (记录)."""
        ...

    def add_event(self, event: EventRecord) -> None:
        """Add an event (困难事件)."""
        ...

    def add_aid(self, aid: AidRecord) -> None:
        """Add a line of the ledger (救助记录)."""
        ...

    def add_application(self, application: ApplicationRecord) -> None:
        """Add an application (申请记录)."""
        ...

    def add_need(self, need: NeedRecord) -> None:
        """Add a need (需求)."""
        ...

    def add_case(self, case: Case) -> None:
        """Add every row of a case (整户)."""
        ...

    def set_result(self, result: str) -> None:
        """Keep this text with the key (结果), for a repeat of the same write."""
        ...


class Store(Protocol):
    """A store. Use `graph.open_store(url)`; close it when done (it is a context manager)."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *error: object) -> None: ...
    def close(self) -> None:
        """Let go of files and connections (关闭)."""
        ...

    # -- people: every call is scoped and leaves an audit entry
    def case(self, access: Access, household_id: str) -> Case:
        """Everything about one household (一户全部记录); `NotFound` outside the scope."""
        ...

    def cards(
        self, access: Access, *, after: str = "", limit: int = 50
    ) -> tuple[HouseholdCard, ...]:
        """Households in scope in order of id, those after `after` (家庭列表)."""
        ...

    def count(self, access: Access) -> int:
        """How many households are in scope (户数)."""
        ...

    def shares(self, access: Access, size: int) -> tuple[Share, ...]:
        """All households in scope in shares of `size`, for several readers (分份)."""
        ...

    def cases(self, access: Access, share: Share | None = None) -> Iterator[Case]:
        """All households in scope in order of id, or those of a share, streamed (逐户读取).

        The batches of a place are read once, with its first household.
        """
        ...

    def write(
        self, access: Access, action: str, resource_id: str, *, key: str, body: bytes
    ) -> AbstractContextManager[Writer]:
        """One transaction (一次写入). `key` is scoped to actor and action; see `Writer`."""
        ...

    def note(
        self, access: Access, action: str, resource: str, resource_id: str, decision: str
    ) -> None:
        """Leave a trace of something that no other call shows (单独留痕), as a failed sign-in."""
        ...

    # -- findings: scoped and traced like the people they are about
    def put_findings(self, access: Access, run: FindingRun) -> int:
        """Bring the kept findings up to what a look found (写入一次排查).

        How many are new or differ from what was kept; a later day alone is no difference.
        """
        ...

    def findings(
        self,
        access: Access,
        wanted: FindingFilter | None = None,
        *,
        after: str = "",
        limit: int = 500,
    ) -> tuple[StoredFinding, ...]:
        """Findings in scope in order of key, those after `after` (读取发现)."""
        ...

    def decide_finding(
        self,
        access: Access,
        key: str,
        state: FindingState,
        reason: str | None = None,
        *,
        once: str | None = None,
    ) -> StoredFinding:
        """Put down what a person decided about a finding (认定发现).

        `once` is a key as that of `write`: the same key with the same content lands once.
        """
        ...

    # -- accounts and sessions: control, not people
    def put_user(self, access: Access, user: User) -> None:
        """Create or replace an account (保存账号); the actor's scope must be everywhere."""
        ...

    def user(self, user_id: str) -> User | None:
        """The account, or None (账号)."""
        ...

    def open_session(self, session: Session) -> None:
        """Keep a session and trace the sign-in (登录)."""
        ...

    def session(self, token_hash: str) -> Session | None:
        """The session, or None (会话)."""
        ...

    def touch_session(self, token_hash: str, seen: datetime) -> None:
        """Move `last_seen` (会话续期); nothing when there is no such session."""
        ...

    def close_session(self, token_hash: str) -> None:
        """Forget a session and trace the sign-out (退出)."""
        ...

    # -- the catalogue's graph (public): policies, clauses, needs, places, departments, relations
    def put_catalogue(
        self,
        access: Access,
        nodes: Iterable[CatalogueNode],
        edges: Iterable[CatalogueEdge],
        version: str,
    ) -> None:
        """Replace the catalogue's graph in one transaction (更新政策图谱)."""
        ...

    def catalogue_nodes(self) -> Iterator[CatalogueNode]:
        """All public nodes in order of label and key (政策图谱节点)."""
        ...

    def catalogue_edges(self) -> Iterator[CatalogueEdge]:
        """All public relations in order of type and ends (政策图谱关系)."""
        ...

    # -- the store itself
    def info(self) -> StoreInfo:
        """What this store is (存储信息)."""
        ...

    def set_demo_day(self, day: date) -> None:
        """The day that a demo stands at (演示日期)."""
        ...

    def audit_entries(self) -> Iterator[AuditEntry]:
        """The whole trace, chain by chain in order of sequence (全部留痕)."""
        ...

    def written_since(self, access: Access, seen: Mapping[str, int] | None) -> News:
        """About whom there are writes after these entries of the trace (新写入); None: from now on.

        Reads what came since, not the whole trace. Leaves an entry when there is something to tell.
        """
        ...

    def canonical_hash(self) -> str:
        """One hash of catalogue and people (内容摘要): equal on two stores with equal content."""
        ...

    def dump(self, access: Access) -> Iterator[Model]:
        """Everything that `copy_store` moves, as models, streamed (导出全部)."""
        ...

    def restore(self, access: Access, models: Iterable[Model]) -> None:
        """Fill an empty store with what `dump` gave (装入全部)."""
        ...
