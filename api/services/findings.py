"""Looking for findings and deciding on them (排查与认定): load, look, keep.

One household in memory at a time; of each only a sign is kept for the comparison between them. What
is kept lands in portions, each with its own trace, so that a look that breaks off loses nothing and
doubles nothing when it is begun again.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from graph.store import Store
from matching.errors import InputError
from matching.findings import (
    CoverageRow,
    CoverageSums,
    Finding,
    RateCounts,
    Rates,
    Sign,
    about,
    across,
    look_over,
    rate_counts,
)
from matching.model.access import Access
from matching.model.finding import FindingFilter, FindingRun, FindingState, StoredFinding
from matching.model.records import Case
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
    looked, checks = Looked(on), CoverageSums()
    signs: list[Sign] = []
    homes: list[str] = []
    rates = _rates(store, catalogue, here, on)
    for cases in _portions(store.cases(here)):
        portion = look_over(catalogue, cases, on, rates)
        _keep(store, here, looked, portion.findings, about(across=False))
        looked.unread |= portion.unread
        checks.merge(portion.checks)
        signs += portion.signs
        homes += portion.homes
        progress(looked.households)
    if not place and access.actor.scope.covers(""):
        _keep_across(store, here, looked, (sorted(homes), signs))
    looked.coverage = checks.rows(_labels(catalogue))
    return looked


def _portions(cases: Iterator[Case]) -> Iterator[tuple[Case, ...]]:
    while portion := tuple(islice(cases, _PORTION)):
        yield portion


def _rates(store: Store, catalogue: Catalogue, access: Access, on: date) -> Rates:
    """How often a condition is met, counted in the first households."""
    counts = RateCounts()
    for cases in _portions(islice(store.cases(access), _RATES_FROM)):
        counts.add(rate_counts(catalogue, cases, on))
    return counts.rates()


def _keep(
    store: Store,
    access: Access,
    looked: Looked,
    portion: Mapping[str, tuple[Finding, ...]],
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


def _keep_across(
    store: Store, access: Access, looked: Looked, seen: tuple[list[str], list[Sign]]
) -> None:
    homes, signs = seen
    found: dict[str, list[Finding]] = defaultdict(list)
    for one in across(signs, looked.on):
        found[one.household].append(one)
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
