"""One write (一次写入): what is collected, which scope it touches, and how it lands.

The order inside the transaction is the same on every store: claim the key, look whether what the
change touches is in scope, insert, look again, leave the trace. Either all of it is committed or
nothing.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from graph.audit import OPEN_CHAIN, Trace, next_entry
from graph.kinds import KIND_OF, KINDS, ObligorsKnown, Row, canonical_json, encode, row_key
from graph.transaction import Found, KeyRow, Transaction
from graph.written import written_text
from matching.errors import Conflict, InputError, NotFound
from matching.model.access import Scope
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
    SubjectKind,
)

__all__ = [
    "Applied",
    "Change",
    "ChangeWriter",
    "Touched",
    "apply_change",
    "check_repeat",
    "insert_all",
    "key_row",
    "leave_trace",
    "not_found",
    "touched_by",
]


def not_found() -> NotFound:
    """The one answer for what is missing and what is not in scope (未找到)."""
    return NotFound("未找到该家庭或人员，或不在您的工作范围内。")


class ChangeWriter:
    """Collects rows until the `with` block ends (写入器)."""

    def __init__(self) -> None:
        self.replayed = False
        self.result: str | None = None
        self.models: list[Model] = []

    def add_household(self, household: Household) -> None:
        """Add a household (户)."""
        self.models.append(household)

    def add_person(self, person: StoredPerson) -> None:
        """Add a person (人)."""
        self.models.append(person)

    def add_membership(self, membership: Membership) -> None:
        """Put a person into a household (成员关系)."""
        self.models.append(membership)

    def add_obligation(self, obligation: Obligation) -> None:
        """Say who owes support to whom (法定义务关系)."""
        self.models.append(obligation)

    def mark_obligors_known(self, person: str) -> None:
        """Say that somebody looked for obligors of this person (已核查义务人)."""
        self.models.append(ObligorsKnown(person=person))

    def add_parentage(self, parentage: Parentage) -> None:
        """Say who is whose parent (父母关系)."""
        self.models.append(parentage)

    def add_batch(self, batch: Batch) -> None:
        """Add a delivery of a source (批次)."""
        self.models.append(batch)

    def add_record(self, record: Record) -> None:
        """Add what a source said (记录)."""
        self.models.append(record)

    def add_event(self, event: EventRecord) -> None:
        """Add an event (困难事件)."""
        self.models.append(event)

    def add_aid(self, aid: AidRecord) -> None:
        """Add a line of the ledger (救助记录)."""
        self.models.append(aid)

    def add_application(self, application: ApplicationRecord) -> None:
        """Add an application (申请记录)."""
        self.models.append(application)

    def add_need(self, need: NeedRecord) -> None:
        """Add a need (需求)."""
        self.models.append(need)

    def add_case(self, case: Case) -> None:
        """Add all of a case (整户): every row that it holds."""
        self.models.append(case.household)
        for rows in (
            case.persons, case.memberships, case.obligations, case.parentages, case.records,
            case.events, case.aid, case.applications, case.needs, case.batches,
        ):  # fmt: skip
            self.models.extend(rows)
        for person in sorted(case.obligors_known_for):
            self.mark_obligors_known(person)

    def set_result(self, result: str) -> None:
        """Keep this text with the key (结果), for a repeat of the same write."""
        if not self.replayed:
            self.result = result


@dataclass(slots=True)
class Touched:
    """What a change touches (触及范围). `linked` persons become visible through a new relation."""

    households: set[str] = field(default_factory=set)
    persons: set[str] = field(default_factory=set)
    linked: set[str] = field(default_factory=set)
    events: set[str] = field(default_factory=set)
    added_events: set[str] = field(default_factory=set)
    batches: set[str] = field(default_factory=set)
    covered: set[str] = field(default_factory=set)


def touched_by(models: Iterable[Model]) -> Touched:
    """Everything that these rows refer to (涉及的户、人、事件、批次)."""
    touched = Touched()
    for model in models:
        _touch(touched, model)
    touched.persons |= touched.linked
    return touched


def _touch(touched: Touched, model: Model) -> None:
    match model:
        case Household():
            touched.households.add(model.id)
        case StoredPerson():
            touched.persons.add(model.id)
        case Membership():
            touched.households.add(model.household)
            touched.linked.add(model.person)
        case Obligation():
            touched.persons.add(model.person)
            touched.linked.add(model.obligor)
        case ObligorsKnown():
            touched.persons.add(model.person)
        case Parentage():
            touched.persons |= {model.parent, model.child}
        case Batch():
            touched.batches.add(model.id)
            touched.covered |= model.covers_places
        case _:
            _touch_content(touched, model)


def _touch_content(touched: Touched, model: Model) -> None:
    match model:
        case Record(kind=SubjectKind.HOUSEHOLD):
            touched.households.add(model.about)
        case Record(kind=SubjectKind.PERSON):
            touched.persons.add(model.about)
        case Record():
            touched.events.add(model.about)
        case EventRecord():
            touched.households.add(model.household)
            touched.events.add(model.id)
            touched.added_events.add(model.id)
            touched.persons |= {model.person} if model.person else set()
        case AidRecord() | ApplicationRecord():
            touched.households.add(model.household)
            touched.persons |= {model.to} - {"household"}
        case NeedRecord():
            touched.households.add(model.household)
            touched.persons |= {model.of} - {"household"}
    if isinstance(model, Record | AidRecord) and model.batch is not None:
        touched.batches.add(model.batch)


@dataclass(frozen=True, slots=True)
class Change:
    """A write that is ready to land (待提交的写入)."""

    models: tuple[Model, ...]
    trace: Trace
    key: KeyRow
    chain: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Applied:
    """How it landed (提交结果)."""

    replayed: bool
    result: str | None


def key_row(actor: str, action: str, key: str, body: bytes, attempt: str) -> KeyRow:
    """The key as stored (幂等键): scoped to actor and action, hashed, with the body's hash."""
    if not 1 <= len(key) <= 200:
        raise InputError("幂等键长度须在 1 到 200 个字符之间。")
    scoped = canonical_json([actor, action, key]).encode()
    return KeyRow(
        key_hash=hashlib.sha256(scoped).hexdigest(),
        body_hash=hashlib.sha256(body).hexdigest(),
        attempt=attempt,
        result=None,
    )


def check_repeat(known: KeyRow, key: KeyRow) -> Applied:
    """What a known key answers (重复提交).

    Raises:
        Conflict: The key came with another body.
    """
    if known.body_hash != key.body_hash:
        raise Conflict("同一提交编号已用于另一内容，请刷新页面后重新提交。")
    return Applied(replayed=known.attempt != key.attempt, result=known.result)


def apply_change(tx: Transaction, change: Change) -> Applied:
    """Land a change inside an open transaction (落库)."""
    known = tx.claim_key(change.key, change.at.isoformat())
    if known is not None:
        return check_repeat(known, change.key)
    scope = change.trace.access.actor.scope
    touched = touched_by(change.models)
    found = _find(tx, touched, change.trace.resource_id)
    _check_exists(found, touched, touched_by(_own_ids(change.models)))
    _check_before(found, touched, scope)
    insert_all(tx, change.models)
    _check_after(_find(tx, touched, change.trace.resource_id), scope)
    told = written_text(touched.households, touched.persons, touched.events, touched.covered)
    leave_trace(tx, change.chain, change.at, replace(change.trace, touched=told))
    return Applied(replayed=False, result=change.key.result)


def _find(tx: Transaction, touched: Touched, resource_id: str) -> Found:
    households = touched.households | {resource_id}
    return tx.find(households, touched.persons, touched.events, touched.batches)


def _own_ids(models: Iterable[Model]) -> list[Model]:
    return [model for model in models if isinstance(model, Household | StoredPerson | Batch)]


def _check_exists(found: Found, touched: Touched, added: Touched) -> None:
    """What is referred to is in the store or in the change itself."""
    batches = touched.batches - found.batches - added.batches
    if batches:
        raise InputError(f"引用了不存在的批次: {min(batches)}")
    if (
        touched.households - found.households.keys() - added.households
        or touched.persons - found.persons.keys() - added.persons
        or touched.events - found.events.keys() - touched.added_events
    ):
        raise not_found()


def _check_before(found: Found, touched: Touched, scope: Scope) -> None:
    """Nothing that exists already may be outside: neither what is changed nor what is linked."""
    places = (*found.households.values(), *found.events.values(), *touched.covered)
    if not all(map(scope.covers, places)):
        raise not_found()
    for person, related in found.persons.items():
        inside = [scope.covers(place) for place in related]
        if inside and not (all(inside) if person in touched.linked else any(inside)):
            raise not_found()


def _check_after(found: Found, scope: Scope) -> None:
    """Everything that the change touched lies inside now."""
    if not all(map(scope.covers, (*found.households.values(), *found.events.values()))):
        raise not_found()
    for related in found.persons.values():
        if related and not any(map(scope.covers, related)):
            raise not_found()


def insert_all(tx: Transaction, models: Iterable[Model]) -> None:
    """Insert rows kind by kind, each kind in order of its keys (写入各类行).

    Raises:
        Conflict: One id with two contents.
    """
    rows: dict[str, dict[str, Row]] = defaultdict(dict)
    for model in models:
        kind, row = KIND_OF[type(model)], encode(model)
        known = rows[kind.name].setdefault(row_key(kind, row), row)
        if known != row:
            raise id_taken(kind.name, row_key(kind, row))
    for kind in KINDS:
        of_kind = rows[kind.name]
        if of_kind:
            tx.insert(kind, [of_kind[key] for key in sorted(of_kind)])


def id_taken(kind: str, key: str) -> Conflict:
    """The error for an id that exists with another content (编号已占用)."""
    return Conflict(f"编号已存在且内容不同: {kind} {key}")


def leave_trace(tx: Transaction, chain: str, at: datetime, trace: Trace) -> None:
    """Append to this process's chain (留痕), opening it when this is its first entry."""
    head = tx.chain_head(chain)
    if head[0] == 0:
        opening = Trace(trace.access, OPEN_CHAIN, "store", tx.meta().installation)
        entry = next_entry(chain, head, at, opening)
        tx.append_audit(entry)
        head = (entry.seq, entry.hash)
    tx.append_audit(next_entry(chain, head, at, trace))
