"""The life of a finding in a store (发现的生命): found, seen again, decided, closed, back again.

    open ---------- decided by a person ---------> confirmed, rejected
    open, confirmed, reopened -- cause is gone --> closed -- cause is back --> reopened

A look that finds the same again changes nothing but the day; a rejected one stays rejected; a look
at an earlier day than the last says nothing about what was seen later. Each step is kept.

Most of what a later look finds is the same again. So a look reads a line of each kept finding, not
the finding, and compares digests; only what differs is read and written.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

from graph.kinds import Scalar
from graph.transaction import FindingLine, Transaction
from matching.errors import Conflict, InputError, NotFound
from matching.model.access import Scope
from matching.model.finding import (
    Finding,
    FindingFilter,
    FindingRun,
    FindingState,
    FindingStep,
    StoredFinding,
)

__all__ = [
    "apply_run",
    "decide",
    "decided",
    "finding_row",
    "page_statement",
    "read_finding",
    "visible",
]

_GONE = "原因已经消除"
_BACK = "原因又出现"
_LIVE = (FindingState.OPEN, FindingState.CONFIRMED, FindingState.REOPENED)
_DECISIONS = (FindingState.CONFIRMED, FindingState.REJECTED)
_LONGEST_REASON = 500
_DISTRICT = 6  # digits of a district's code
_FOUND = set(Finding.model_fields)


def finding_row(finding: StoredFinding) -> dict[str, Scalar]:
    """A finding as a row (发现的行): what it is looked up by, and all of it as text."""
    return {
        "key": finding.key,
        "kind": finding.kind,
        "household": finding.household,
        "place": finding.place,
        "state": finding.state.value,
        "seen_on": finding.seen_on.isoformat(),
        "digest": _digest(finding),
        "content": finding.model_dump_json(),
    }


def read_finding(content: str, seen_on: str | None) -> StoredFinding:
    """The finding of a row (读回发现); its day may be later than that in its text."""
    finding = StoredFinding.model_validate_json(content)
    day = date.fromisoformat(seen_on) if seen_on else finding.seen_on
    return finding if day == finding.seen_on else finding.model_copy(update={"seen_on": day})


def _digest(finding: Finding) -> str:
    """Of what a look found, without the state and the history."""
    return hashlib.sha256(finding.model_dump_json(include=_FOUND).encode()).hexdigest()


def page_statement(prefixes: Sequence[str], wanted: FindingFilter) -> str:
    """Which statement reads a page of findings (按什么读): both stores have these three."""
    if wanted.household is not None:
        return "findings_by_household"
    wide = any(max(len(prefix), len(wanted.place)) <= _DISTRICT for prefix in prefixes)
    return "findings_by_key" if wide else "findings_by_place"


def visible(scope: Scope, finding: StoredFinding) -> bool:
    """Whether the scope covers all that the finding shows (是否可见)."""
    return scope.covers(finding.place)


def apply_run(tx: Transaction, run: FindingRun, scope: Scope, by: str, at: datetime) -> int:
    """Bring the kept findings up to what a look found (写入一次排查); how many are new or differ.

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
    lines = {line.key: line for line in tx.finding_lines(sorted(run.households), sorted(run.kinds))}
    found = {one.key: one for one in run.findings}
    same = {key for key, one in found.items() if key in lines and _is_same(lines[key], one)}
    known = {one.key: one for one in tx.findings_of(sorted(_to_read(run, lines) - same))}
    new = [one for key, one in found.items() if key not in same]
    changed = [*_seen(new, known, run.on, by, at), *_lost(run, known, by, at)]
    tx.put_findings(changed)
    tx.see_findings(sorted(key for key in same if lines[key].seen_on < run.on.isoformat()), run.on)
    return len(changed)


def _is_same(line: FindingLine, found: Finding) -> bool:
    """Whether the kept finding says the same and stands."""
    return line.state != FindingState.CLOSED and line.digest == _digest(found)


def _to_read(run: FindingRun, lines: Mapping[str, FindingLine]) -> set[str]:
    """Kept findings that a look may change: found again, or live and not found again."""
    found = {one.key for one in run.findings}
    lost = (key for key, line in lines.items() if line.state in _LIVE and key not in found)
    return {key for key in found if key in lines} | set(lost)


def _seen(
    new: Iterable[Finding], known: dict[str, StoredFinding], on: date, by: str, at: datetime
) -> Iterator[StoredFinding]:
    for found in new:
        old = known.get(found.key)
        one = _first(found, on, by, at) if old is None else _again(old, found, on, by, at)
        if one != old:
            yield one


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
        if old.key not in keys and old.seen_on <= run.on:
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
