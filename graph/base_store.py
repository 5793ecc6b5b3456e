"""What all stores do alike (各存储共有): access, trace, keys, copying; on a store's primitives."""

import hashlib
import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from itertools import islice
from typing import NoReturn, Self, TypeVar

from graph.audit import DENY, Trace, utc_now
from graph.cases import read_cases
from graph.change import (
    Applied,
    Change,
    ChangeWriter,
    apply_change,
    check_repeat,
    insert_all,
    key_row,
    leave_trace,
    not_found,
)
from graph.contents import digests, everything
from graph.findings import apply_run, decide, decided
from graph.kinds import KIND_OF, canonical_json
from graph.schema import check_catalogue
from graph.sealed import hidden_kinds, may_write, unsealed, without_hidden
from graph.store import (
    CatalogueEdge,
    CatalogueNode,
    HouseholdCard,
    News,
    Session,
    Share,
    StoreInfo,
    User,
)
from graph.transaction import KeyRow, Transaction
from graph.written import EVERYBODY, news_since
from matching.access_rules import allowed
from matching.errors import AccessError, Conflict, InputError, NotFound, StoreError
from matching.model.access import Access, Actor, AuditEntry, Purpose, Scope
from matching.model.base import Model
from matching.model.finding import (
    FindingFilter,
    FindingRun,
    FindingState,
    FindingStep,
    StoredFinding,
)
from matching.model.records import Batch, Case

__all__ = ["BaseStore", "check_whole", "scope_prefixes"]

T = TypeVar("T")

_HALF_COPIED = "half-copied"  # in the place of the catalogue's version until a copy is done
_CHUNK = 200
_ROWS_A_TRANSACTION = 2_000
_BY_PLACE = frozenset({"household", "finding"})  # what else there is concerns all places
_NO_ACTION = "您的角色或用途不允许此操作。"


def check_whole(catalogue_version: str | None) -> None:
    """Refuse a store that a copy left half full (未完成的复制): it would answer, and wrongly."""
    if catalogue_version == _HALF_COPIED:
        raise StoreError(
            "这个库是一次没有完成的复制，不能使用。请清空或删除它，换一个空库重新复制。"
        )


def scope_prefixes(scope: Scope) -> list[str]:
    """The prefixes of a scope without those that lie inside another (范围前缀)."""
    kept: list[str] = []
    for prefix in sorted(scope.places):
        if not any(prefix.startswith(wider) for wider in kept):
            kept.append(prefix)
    return kept


class BaseStore(ABC):
    """The port on the primitives of `Transaction`. Safe to share between threads.

    `clock` gives the time of the trace; `chain` is this process's own.
    """

    kind = ""

    def __init__(self, clock: Callable[[], datetime] = utc_now):
        self._clock = clock
        self._chain = secrets.token_hex(8)

    @abstractmethod
    def close(self) -> None:
        """Let go of files and connections (关闭)."""

    @abstractmethod
    def _read(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` on one consistent state of the store."""

    @abstractmethod
    def _stream(self, work: Callable[[Transaction], Iterator[T]]) -> Iterator[T]:
        """As `_read`, handing out rows while they come."""

    @abstractmethod
    def _transact(self, work: Callable[[Transaction], T], rows: int = 0) -> T:
        """Run `work` and commit; it may run more than once and must have no other effects.

        `rows` says how many rows it writes, since a large import may take longer.
        """

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    # -- access and trace

    def _trace(self, trace: Trace) -> None:
        at = self._clock()
        self._transact(lambda tx: leave_trace(tx, self._chain, at, trace))

    def _deny(self, trace: Trace, error: AccessError | NotFound) -> NoReturn:
        self._trace(replace(trace, decision=DENY, result_count=0, key_hash=None))
        raise error

    def _admit(self, trace: Trace, verb: str) -> None:
        access = trace.access
        if not allowed(access.actor.role, trace.resource, verb, access.purpose):
            self._deny(trace, AccessError(_NO_ACTION))
        if trace.resource not in _BY_PLACE and "" not in access.actor.scope.places:
            self._deny(trace, AccessError(_NO_ACTION))

    def note(
        self, access: Access, action: str, resource: str, resource_id: str, decision: str
    ) -> None:
        """Leave a trace of something that no other call shows (单独留痕)."""
        self._trace(Trace(access, action, resource, resource_id, decision))

    # -- people

    def case(self, access: Access, household_id: str) -> Case:
        """Everything about one household (一户全部记录)."""
        trace = Trace(access, "case", "household", household_id, result_count=1)
        self._admit(trace, "read")
        cases = self._read(lambda tx: read_cases(tx, [household_id], {}))
        if not cases or not access.actor.scope.covers(cases[0].household.place):
            self._deny(trace, not_found())
        self._trace(trace)
        return next(unsealed(access, cases))

    def cards(
        self, access: Access, *, after: str = "", limit: int = 50
    ) -> tuple[HouseholdCard, ...]:
        """Households in scope in order of id, those after `after` (家庭列表)."""
        trace = Trace(access, "cards", "household", "")
        self._admit(trace, "read")
        if not 1 <= limit <= 1_000:
            raise InputError("每页条数须在 1 到 1000 之间。")
        prefixes = scope_prefixes(access.actor.scope)
        cards = self._read(lambda tx: tx.card_rows(prefixes, after, limit))
        ids = ",".join(card.id for card in cards)
        self._trace(replace(trace, resource_id=ids, result_count=len(cards)))
        return cards

    def count(self, access: Access) -> int:
        """How many households are in scope (户数)."""
        return len(self._ids(access, "count", None))

    def shares(self, access: Access, size: int) -> tuple[Share, ...]:
        """All households in scope in shares of `size`, for several readers (分份)."""
        if size < 1:
            raise InputError("每份户数须在 1 以上。")
        ids = self._ids(access, "shares", None)
        ends = [*ids[size - 1 : -1 : size], *ids[-1:]]
        starts = ["", *ends]
        sizes = [size] * (len(ends) - 1) + [len(ids) - size * (len(ends) - 1)]
        return tuple(
            Share(after=after, until=until, size=n)
            for after, until, n in zip(starts, ends, sizes, strict=False)
        )

    def cases(self, access: Access, share: Share | None = None) -> Iterator[Case]:
        """All households in scope in order of id, or those of a share, streamed (逐户读取)."""
        return unsealed(access, self._cases(self._ids(access, "cases", share)))

    def _ids(self, access: Access, action: str, share: Share | None) -> list[str]:
        """Households in scope in order of id; the trace says which scope and which share."""
        trace = Trace(access, action, "household", "")
        self._admit(trace, "read")
        prefixes = scope_prefixes(access.actor.scope)
        ids = self._read(lambda tx: tx.household_ids(prefixes, share))
        scope = ",".join(prefix or "*" for prefix in prefixes)
        part = f" {share.after}..{share.until}" if share is not None else ""
        self._trace(replace(trace, resource_id=scope + part, result_count=len(ids)))
        return ids

    def _cases(self, ids: list[str]) -> Iterator[Case]:
        covering: dict[str, tuple[Batch, ...]] = {}
        for start in range(0, len(ids), _CHUNK):
            chunk = ids[start : start + _CHUNK]
            yield from self._read(partial(read_cases, ids=chunk, covering=covering))

    @contextmanager
    def write(
        self, access: Access, action: str, resource_id: str, *, key: str, body: bytes
    ) -> Iterator[ChangeWriter]:
        """One transaction: the change, its trace and its key (一次写入)."""
        row = key_row(access.actor.id, action, key, body, secrets.token_hex(8))
        trace = Trace(access, action, "household", resource_id, key_hash=row.key_hash)
        self._admit(trace, "write")
        writer = ChangeWriter()
        known = self._read(lambda tx: tx.find_key(row.key_hash))
        if known is not None:
            applied = check_repeat(known, row)
            writer.replayed, writer.result = applied.replayed, applied.result
        yield writer
        if not may_write(access, writer.models):
            self._deny(trace, AccessError(_NO_ACTION))
        if known is None:
            applied = self._land(writer, trace, row)
            writer.replayed, writer.result = applied.replayed, applied.result

    def _land(self, writer: ChangeWriter, trace: Trace, row: KeyRow) -> Applied:
        change = Change(
            models=tuple(writer.models),
            trace=replace(trace, result_count=len(writer.models)),
            key=replace(row, result=writer.result),
            chain=self._chain,
            at=self._clock(),
        )
        try:
            return self._transact(lambda tx: apply_change(tx, change), len(change.models))
        except NotFound as error:
            self._deny(trace, error)

    # -- findings

    def put_findings(self, access: Access, run: FindingRun) -> int:
        """Bring the kept findings up to what a look found (写入一次排查)."""
        trace = Trace(access, "put_findings", "finding", run.on.isoformat())
        trace = replace(trace, result_count=len(run.findings))
        self._admit(trace, "write")
        at, actor = self._clock(), access.actor
        return self._decided(trace, lambda tx: apply_run(tx, run, actor.scope, actor.id, at))

    def findings(
        self,
        access: Access,
        wanted: FindingFilter | None = None,
        *,
        after: str = "",
        limit: int = 500,
    ) -> tuple[StoredFinding, ...]:
        """Findings in scope in order of key, those after `after` (读取发现)."""
        trace = Trace(access, "findings", "finding", "")
        self._admit(trace, "read")
        if not 1 <= limit <= 1_000:
            raise InputError("每页条数须在 1 到 1000 之间。")
        prefixes = scope_prefixes(access.actor.scope)
        chosen = without_hidden(access, wanted or FindingFilter())
        found = self._read(lambda tx: tx.finding_page(prefixes, chosen, after, limit))
        keys = ",".join(one.key for one in found)
        self._trace(replace(trace, resource_id=keys, result_count=len(found)))
        return tuple(found)

    def decide_finding(
        self,
        access: Access,
        key: str,
        state: FindingState,
        reason: str | None = None,
        *,
        once: str | None = None,
    ) -> StoredFinding:
        """Put down what a person decided about a finding (认定发现)."""
        trace = Trace(access, "decide_finding", "finding", key, result_count=1)
        self._admit(trace, "decide")
        actor, at, hidden = access.actor, self._clock(), hidden_kinds(access)
        step = FindingStep(at=at, by=actor.id, state=state, reason=reason)
        if once is None:
            return self._decided(trace, lambda tx: decide(tx, key, actor.scope, step, hidden))
        body = canonical_json([key, state, reason]).encode()
        row = key_row(actor.id, trace.action, once, body, secrets.token_hex(8))

        def decide_once(tx: Transaction) -> StoredFinding:
            known = tx.claim_key(row, at.isoformat())
            if known is not None and check_repeat(known, row).replayed:
                return decided(tx, key, actor.scope, hidden)
            return decide(tx, key, actor.scope, step, hidden)

        return self._decided(replace(trace, key_hash=row.key_hash), decide_once)

    def _decided(self, trace: Trace, work: Callable[[Transaction], T]) -> T:
        """The work and its trace in one transaction; what is not in scope leaves a denial."""
        at = self._clock()

        def work_and_trace(tx: Transaction) -> T:
            done = work(tx)
            leave_trace(tx, self._chain, at, trace)
            return done

        try:
            return self._transact(work_and_trace, trace.result_count)
        except NotFound as error:
            self._deny(trace, error)

    # -- accounts and sessions

    def put_user(self, access: Access, user: User) -> None:
        """Create or replace an account (保存账号)."""
        trace = Trace(access, "put_user", "user", user.id)
        self._admit(trace, "write")
        self._change(trace, lambda tx: tx.put_user(user))

    def user(self, user_id: str) -> User | None:
        """The account, or None (账号)."""
        return self._read(lambda tx: tx.user(user_id))

    def open_session(self, session: Session) -> None:
        """Keep a session and trace the sign-in (登录)."""
        trace = self._session_trace(session.user, "open_session")
        self._change(trace, lambda tx: tx.put_session(session))

    def session(self, token_hash: str) -> Session | None:
        """The session, or None (会话)."""
        return self._read(lambda tx: tx.session(token_hash))

    def touch_session(self, token_hash: str, seen: datetime) -> None:
        """Move `last_seen` (会话续期)."""
        self._transact(lambda tx: tx.touch_session(token_hash, seen.isoformat()))

    def close_session(self, token_hash: str) -> None:
        """Forget a session and trace the sign-out (退出)."""
        session = self.session(token_hash)
        if session is not None:
            trace = self._session_trace(session.user, "close_session")
            self._change(trace, lambda tx: tx.drop_session(token_hash))

    def _session_trace(self, user_id: str, action: str) -> Trace:
        user = self.user(user_id)
        if user is None:
            raise NotFound("没有这个账号。")
        actor = Actor(id=user.id, role=user.role, scope=user.scope)
        return Trace(Access(actor=actor, purpose=Purpose.SIGN_IN), action, "session", user.id)

    def _change(self, trace: Trace, work: Callable[[Transaction], None]) -> None:
        at = self._clock()

        def change_and_trace(tx: Transaction) -> None:
            work(tx)
            leave_trace(tx, self._chain, at, trace)

        self._transact(change_and_trace, trace.result_count)

    # -- catalogue

    def put_catalogue(
        self,
        access: Access,
        nodes: Iterable[CatalogueNode],
        edges: Iterable[CatalogueEdge],
        version: str,
    ) -> None:
        """Replace the catalogue's graph in one transaction (更新政策图谱)."""
        trace = Trace(access, "put_catalogue", "catalogue", version)
        self._admit(trace, "write")
        checked_nodes, checked_edges = check_catalogue(nodes, edges)
        trace = replace(trace, result_count=len(checked_nodes) + len(checked_edges))
        self._change(trace, lambda tx: tx.replace_catalogue(checked_nodes, checked_edges, version))

    def catalogue_nodes(self) -> Iterator[CatalogueNode]:
        """All public nodes in order of label and key (政策图谱节点)."""
        nodes = self._read(lambda tx: list(tx.catalogue_nodes()))
        return iter(sorted(nodes, key=lambda node: (node.label, node.key)))

    def catalogue_edges(self) -> Iterator[CatalogueEdge]:
        """All public relations in order of type and ends (政策图谱关系)."""
        edges = self._read(lambda tx: list(tx.catalogue_edges()))
        return iter(sorted(edges, key=_edge_order))

    # -- the store itself

    def info(self) -> StoreInfo:
        """What this store is (存储信息)."""
        return self._read(self._info)

    def _info(self, tx: Transaction) -> StoreInfo:
        meta = tx.meta()
        return StoreInfo(
            kind=self.kind,
            schema_version=meta.schema_version,
            catalogue_version=meta.catalogue_version,
            demo_day=meta.demo_day,
            households=tx.count_households(),
        )

    def set_demo_day(self, day: date) -> None:
        """The day that a demo stands at (演示日期)."""
        self._transact(lambda tx: tx.set_demo_day(day))

    def audit_entries(self) -> Iterator[AuditEntry]:
        """The whole trace, chain by chain in order of sequence (全部留痕)."""
        return self._stream(lambda tx: tx.audit_entries())

    def written_since(self, access: Access, seen: Mapping[str, int] | None) -> News:
        """About whom there are writes after these entries of the trace (新写入)."""
        trace = Trace(access, "written_since", "audit", "")
        self._admit(trace, "read")
        news = self._read(lambda tx: news_since(tx, seen))
        if news.entries:
            self._trace(replace(trace, result_count=news.entries))
        return news

    def canonical_hash(self) -> str:
        """One hash of catalogue and people (内容摘要); order of writing does not matter."""
        total = hashlib.sha256()
        for digest in sorted(self._stream(digests)):
            total.update(digest.encode())
        return total.hexdigest()

    def dump(self, access: Access) -> Iterator[Model]:
        """Everything that `copy_store` moves, as models, streamed (导出全部)."""
        trace = Trace(access, "dump", "store", "")
        self._admit(trace, "copy")
        info = self.info()
        self._trace(replace(trace, result_count=info.households))
        return self._dump(info)

    def _dump(self, info: StoreInfo) -> Iterator[Model]:
        yield info
        yield from self._stream(everything)

    def restore(self, access: Access, models: Iterable[Model]) -> None:
        """Fill an empty store with what `dump` gave (装入全部).

        Raises:
            Conflict: The store is not empty.
        """
        trace = Trace(access, "restore", "store", "")
        self._admit(trace, "copy")
        if not self._read(lambda tx: tx.is_empty()):
            raise Conflict("目标库不是空库，不能复制。请换一个新库。")
        self._change(trace, lambda tx: tx.replace_catalogue([], [], _HALF_COPIED))
        info: StoreInfo | None = None
        nodes: list[CatalogueNode] = []
        edges: list[CatalogueEdge] = []
        rest = iter(models)
        while chunk := list(islice(rest, _ROWS_A_TRANSACTION)):
            info = next((model for model in chunk if isinstance(model, StoreInfo)), info)
            nodes += [model for model in chunk if isinstance(model, CatalogueNode)]
            edges += [model for model in chunk if isinstance(model, CatalogueEdge)]
            self._transact(partial(_restore_chunk, chunk=chunk), len(chunk))
        at = self._clock()
        count = info.households if info else 0
        done = replace(trace, action="restored", result_count=count, touched=EVERYBODY)

        def finish(tx: Transaction) -> None:
            tx.replace_catalogue(nodes, edges, info.catalogue_version if info else None)
            if info is not None and info.demo_day is not None:
                tx.set_demo_day(info.demo_day)
            leave_trace(tx, self._chain, at, done)

        self._transact(finish, len(nodes) + len(edges))


def _edge_order(edge: CatalogueEdge) -> tuple[str, ...]:
    ends = (edge.start_label, edge.start, edge.end_label, edge.end)
    return (edge.type, *ends, canonical_json(dict(edge.properties)))


def _restore_chunk(tx: Transaction, chunk: list[Model]) -> None:
    for model in chunk:
        if isinstance(model, User):
            tx.put_user(model)
    insert_all(tx, [model for model in chunk if type(model) in KIND_OF])
    tx.put_findings([model for model in chunk if isinstance(model, StoredFinding)])
