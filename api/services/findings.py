"""Looking for findings and deciding on them (排查与认定): load, look, keep.

One household in memory at a time; of each only a sign is kept for the comparison between them. What
is kept lands in portions, each with its own trace, so that a look that breaks off loses nothing and
doubles nothing when it is begun again.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from graph.store import Store
from matching.errors import InputError
from matching.findings import (
    CoverageRow,
    Finding,
    Look,
    Sign,
    about,
    across,
    checked,
    find,
    look_at,
    rates_in,
    sign_of,
    summed,
)
from matching.findings.coverage import Checked
from matching.model.access import Access
from matching.model.finding import FindingFilter, FindingRun, FindingState, StoredFinding
from matching.packs import Catalogue

__all__ = ["LIVE", "Looked", "decide", "kept", "look_everywhere"]

LIVE = frozenset({FindingState.OPEN, FindingState.CONFIRMED, FindingState.REOPENED})
_PORTION = 200
_RATES_FROM = 200  # households that say how often a condition is met
_PAGE = 500


@dataclass(slots=True)
class Looked:
    """What a look over many households came to (排查结果)."""

    on: date
    households: int = 0
    found: int = 0
    changed: int = 0
    unread: dict[str, str] = field(default_factory=dict)  # household -> why it has no answer
    coverage: tuple[CoverageRow, ...] = ()


@dataclass(slots=True)
class _Sums:
    signs: list[Sign] = field(default_factory=list)
    checks: list[Checked] = field(default_factory=list)


def look_everywhere(
    store: Store,
    catalogue: Catalogue,
    access: Access,
    on: date,
    *,
    place: str = "",
    progress: Callable[[int], None] = lambda _: None,
) -> Looked:
    """Look at every household of a place and keep what is found.

    What only several households show is kept when all places are looked at by somebody who may see
    them all: of a part alone nobody could say that its cause is gone.
    """
    here = access.inside(place)
    looked, sums = Looked(on), _Sums()
    rates = rates_in(_first_looks(store, catalogue, here, on))
    portion: dict[str, tuple[Finding, ...]] = {}
    for case in store.cases(here):
        sums.signs.append(sign_of(case, on))
        try:
            look = look_at(catalogue, case, on, rates)
        except InputError as error:
            looked.unread[case.household.id] = error.detail
            continue
        portion[case.household.id] = find(look)
        sums.checks += checked(look)
        if len(portion) == _PORTION:
            _keep(store, here, looked, portion, about(across=False))
            portion = {}
        progress(looked.households + len(portion))
    _keep(store, here, looked, portion, about(across=False))
    if not place and access.actor.scope.covers(""):
        _keep_across(store, here, looked, sums)
    looked.coverage = summed(sums.checks, _labels(catalogue))
    return looked


def _first_looks(store: Store, catalogue: Catalogue, access: Access, on: date) -> Iterator[Look]:
    """The first households, to see how often a condition is met."""
    for case in islice(store.cases(access), _RATES_FROM):
        try:
            yield look_at(catalogue, case, on)
        except InputError:
            continue


def _keep(
    store: Store,
    access: Access,
    looked: Looked,
    portion: dict[str, tuple[Finding, ...]],
    kinds: frozenset[str],
) -> None:
    if not portion:
        return
    findings = tuple(one for found in portion.values() for one in found)
    run = FindingRun(on=looked.on, households=frozenset(portion), kinds=kinds, findings=findings)
    looked.changed += store.put_findings(access, run)
    looked.found += len(findings)
    if kinds == about(across=False):
        looked.households += len(portion)


def _keep_across(store: Store, access: Access, looked: Looked, sums: _Sums) -> None:
    found: dict[str, list[Finding]] = defaultdict(list)
    for one in across(sums.signs, looked.on):
        found[one.household].append(one)
    homes = sorted(sign.household for sign in sums.signs)
    for start in range(0, len(homes), _PORTION):
        portion = {home: tuple(found.get(home, ())) for home in homes[start : start + _PORTION]}
        _keep(store, access, looked, portion, about(across=True))


def _labels(catalogue: Catalogue) -> dict[str, str]:
    return {
        policy.id: policy.label_on(date.max)
        for pack in catalogue.packs.values()
        for policy in pack.policies.values()
    }


def kept(store: Store, access: Access, wanted: FindingFilter) -> Iterator[StoredFinding]:
    """Findings in scope as they are kept, in order of key."""
    after = ""
    while page := store.findings(access, wanted, after=after, limit=_PAGE):
        yield from page
        after = page[-1].key


def decide(store: Store, access: Access, key: str, state: str, reason: str | None) -> StoredFinding:
    """Put down what a person decided.

    Raises:
        InputError: no such state.
    """
    try:
        wanted = FindingState(state)
    except ValueError:
        raise InputError("状态只能写 confirmed（属实）或 rejected（不属实）。") from None
    return store.decide_finding(access, key, wanted, reason)
