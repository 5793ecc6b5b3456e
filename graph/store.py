"""The port (存储接口): what every store can do, and nothing else.

Every personal read takes an `Access` and leaves an audit entry that is committed before the answer
is handed out; a household outside the scope raises the same `NotFound` as one that does not exist.
Every write goes through `write`: the change, its audit entry and its idempotency key are one
transaction. There is no delete and no update of a record.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Protocol

from matching.model.access import Access, AuditEntry, Role, Scope
from matching.model.base import Model
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

__all__ = ["HouseholdCard", "Session", "Store", "StoreInfo", "User", "Writer"]


class HouseholdCard(Model):
    """A household in a list (家庭卡片): id, place, head's name as the page masks it, size."""

    id: str
    place: str
    head: str
    size: int


class User(Model):
    """An account (账号). `password_hash` is argon2; `kin` households are refused (近亲属回避)."""

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


class Writer(Protocol):
    """One open write. Everything put in it lands together or not at all.

    `replayed` is True when the key was used before with the same body: then nothing is written and
    `result` is what the first time left. Ids are given by the caller; an id that exists with another
    content raises `Conflict`.
    """

    replayed: bool
    result: str | None

    def add_household(self, household: Household) -> None: ...
    def add_person(self, person: StoredPerson) -> None: ...
    def add_membership(self, membership: Membership) -> None: ...
    def add_obligation(self, obligation: Obligation) -> None: ...
    def mark_obligors_known(self, person: str) -> None: ...
    def add_parentage(self, parentage: Parentage) -> None: ...
    def add_batch(self, batch: Batch) -> None: ...
    def add_record(self, record: Record) -> None: ...
    def add_event(self, event: EventRecord) -> None: ...
    def add_aid(self, aid: AidRecord) -> None: ...
    def add_application(self, application: ApplicationRecord) -> None: ...
    def add_need(self, need: NeedRecord) -> None: ...
    def add_case(self, case: Case) -> None: ...
    def set_result(self, result: str) -> None: ...


class Store(Protocol):
    """A store. Use `graph.open_store(url)`; close it when done (it is a context manager)."""

    def __enter__(self) -> "Store": ...
    def __exit__(self, *error: object) -> None: ...
    def close(self) -> None: ...

    # -- people: every call is scoped and leaves an audit entry
    def case(self, access: Access, household_id: str) -> Case: ...
    def cards(self, access: Access, *, after: str = "", limit: int = 50) -> tuple[HouseholdCard, ...]: ...
    def cases(self, access: Access) -> Iterator[Case]: ...
    def write(
        self, access: Access, action: str, resource_id: str, *, key: str, body: bytes
    ) -> AbstractContextManager[Writer]: ...

    # -- accounts and sessions: control, not people
    def put_user(self, access: Access, user: User) -> None: ...
    def user(self, user_id: str) -> User | None: ...
    def open_session(self, session: Session) -> None: ...
    def session(self, token_hash: str) -> Session | None: ...
    def touch_session(self, token_hash: str, seen: datetime) -> None: ...
    def close_session(self, token_hash: str) -> None: ...

    # -- the catalogue's graph (public): policies, clauses, needs, places, departments and relations
    def put_catalogue(self, access: Access, nodes: Iterable["CatalogueNode"], edges: Iterable["CatalogueEdge"],
                      version: str) -> None: ...
    def catalogue_nodes(self) -> Iterator["CatalogueNode"]: ...
    def catalogue_edges(self) -> Iterator["CatalogueEdge"]: ...

    # -- the store itself
    def info(self) -> StoreInfo: ...
    def set_demo_day(self, day: date) -> None: ...
    def audit_entries(self) -> Iterator[AuditEntry]: ...
    def canonical_hash(self) -> str: ...


class CatalogueNode(Model):
    """A public node: label as in the schema, key, and its printable properties."""

    label: str
    key: str
    properties: dict[str, str]


class CatalogueEdge(Model):
    """A public relation between two nodes, typed as in the schema."""

    type: str
    start_label: str
    start: str
    end_label: str
    end: str
    properties: dict[str, str] = {}
