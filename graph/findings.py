"""The life of a finding in a store (发现的生命): found, seen again, decided, closed, back again.

    open ---------- decided by a person ---------> confirmed, rejected
    open, confirmed, reopened -- cause is gone --> closed -- cause is back --> reopened

A look that finds the same again changes nothing but the day; a rejected one stays rejected; a look
at an earlier day than the last says nothing about what was seen later. Each step is kept.
"""

from collections.abc import Iterator
from datetime import date, datetime

from graph.kinds import Scalar
from graph.transaction import Transaction
from matching.errors import Conflict, InputError, NotFound
from matching.model.access import Scope
from matching.model.finding import (
    Finding,
    FindingRun,
    FindingState,
    FindingStep,
    StoredFinding,
)

__all__ = ["apply_run", "decide", "decided", "finding_row", "visible"]

_GONE = "原因已经消除"
_BACK = "原因又出现"
_LIVE = (FindingState.OPEN, FindingState.CONFIRMED, FindingState.REOPENED)
_DECISIONS = (FindingState.CONFIRMED, FindingState.REJECTED)
_LONGEST_REASON = 500


def finding_row(finding: StoredFinding) -> dict[str, Scalar]:
    """A finding as a row (发现的行): what it is looked up by, and all of it as text."""
    return {
        "key": finding.key,
        "kind": finding.kind,
        "household": finding.household,
        "place": finding.place,
        "state": finding.state.value,
        "content": finding.model_dump_json(),
    }


def visible(scope: Scope, finding: StoredFinding) -> bool:
    """Whether the scope covers all that the finding shows (是否可见)."""
    return scope.covers(finding.place)


def apply_run(tx: Transaction, run: FindingRun, scope: Scope, by: str, at: datetime) -> int:
    """Bring the kept findings up to what a look found (写入一次排查); how many changed.

    Raises:
        NotFound: a household is not there or not in scope.
        InputError: a finding of a household or kind that was not looked at, or of a place that
            not all its households are in.
    """
    for one in run.findings:
        if one.household not in run.households or one.kind not in run.kinds:
            raise InputError(f"发现 {one.key} 不在这次排查的范围内。")
    others = {home for one in run.findings for home in one.households}
    places = tx.find(run.households | others, (), (), ()).households
    missing = (run.households | others) - places.keys()
    if missing or not all(map(scope.covers, places.values())):
        raise NotFound("未找到该家庭或人员，或不在您的工作范围内。")
    for one in run.findings:
        shown = (one.household, *one.households)
        if not all(places[home].startswith(one.place) for home in shown):
            raise InputError(f"发现 {one.key} 的地区不是各户共有的地区。")
    tx.lock_findings()
    known = {one.key: one for one in tx.findings_of(sorted(run.households))}
    changed = [*_seen(run, known, by, at), *_lost(run, known, by, at)]
    tx.put_findings(changed)
    return len(changed)


def _seen(
    run: FindingRun, known: dict[str, StoredFinding], by: str, at: datetime
) -> Iterator[StoredFinding]:
    for found in {one.key: one for one in run.findings}.values():
        old = known.get(found.key)
        new = _first(found, run.on, by, at) if old is None else _again(old, found, run.on, by, at)
        if new != old:
            yield new


def _first(found: Finding, on: date, by: str, at: datetime) -> StoredFinding:
    step = FindingStep(at=at, by=by, state=FindingState.OPEN)
    return StoredFinding(**dict(found), found_on=on, seen_on=on, steps=(step,))


def _again(old: StoredFinding, found: Finding, on: date, by: str, at: datetime) -> StoredFinding:
    if on < old.seen_on:
        return old
    state, steps = old.state, old.steps
    if state is FindingState.CLOSED:
        state = FindingState.REOPENED
        steps = (*steps, FindingStep(at=at, by=by, state=state, reason=_BACK))
    return StoredFinding(**dict(found), found_on=old.found_on, seen_on=on, state=state, steps=steps)


def _lost(
    run: FindingRun, known: dict[str, StoredFinding], by: str, at: datetime
) -> Iterator[StoredFinding]:
    keys = {one.key for one in run.findings}
    for old in known.values():
        looked = old.kind in run.kinds and old.key not in keys and old.seen_on <= run.on
        if looked and old.state in _LIVE:
            step = FindingStep(at=at, by=by, state=FindingState.CLOSED, reason=_GONE)
            yield old.model_copy(update={"state": FindingState.CLOSED, "steps": (*old.steps, step)})


def decide(
    tx: Transaction,
    key: str,
    scope: Scope,
    step: FindingStep,
    hidden: frozenset[str] = frozenset(),
) -> StoredFinding:
    """Put down what a person decided (人工认定); the same once more changes nothing.

    `hidden` are kinds that this person does not see.

    Raises:
        InputError: not a decision, or a rejection without a reason.
        NotFound: no such finding in scope.
        Conflict: its cause is gone.
    """
    if step.state not in _DECISIONS:
        raise InputError("状态只能写 confirmed（属实）或 rejected（不属实）。")
    reason = (step.reason or "").strip()
    if step.state is FindingState.REJECTED and not reason:
        raise InputError("认定不属实，请写明理由。")
    if len(reason) > _LONGEST_REASON:
        raise InputError(f"理由最多 {_LONGEST_REASON} 个字。")
    tx.lock_findings()
    old = decided(tx, key, scope, hidden)
    if old.state is FindingState.CLOSED:
        raise Conflict("这个发现的原因已经消除，不用再认定。")
    last = old.steps[-1]
    if old.state is step.state and (last.reason or "") == reason:
        return old
    steps = (*old.steps, step.model_copy(update={"reason": reason or None}))
    new = old.model_copy(update={"state": step.state, "steps": steps})
    tx.put_findings([new])
    return new


def decided(
    tx: Transaction, key: str, scope: Scope, hidden: frozenset[str] = frozenset()
) -> StoredFinding:
    """A finding as it stands (现在的状态).

    Raises:
        NotFound: no such finding in scope.
    """
    found = tx.finding(key)
    if found is None or found.kind in hidden or not visible(scope, found):
        raise NotFound("没有这个发现，或不在您的工作范围内。")
    return found
