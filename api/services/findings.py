"""Looking for findings and deciding on them (排查与认定): load, look, keep.

One household in memory at a time; of each only a sign is kept for the comparison between them. What
is kept lands in portions, each with its own trace, so that a look that breaks off loses nothing and
doubles nothing when it is begun again.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date

from api.services.identity import Compared, Everyone, check_since, compare_gathered
from api.services.kept import LIVE, decided_persons, kept
from api.services.night import Night, Workers, portions
from graph.store import Store
from matching.errors import InputError
from matching.findings import (
    WAITING,
    CoverageRow,
    CoverageSums,
    Finding,
    Portion,
    RateCounts,
    Rates,
    Sign,
    Waiting,
    about,
    across,
    settled,
)
from matching.model.access import Access
from matching.model.finding import FindingRun, FindingState, StoredFinding
from matching.packs import Catalogue

__all__ = ["LIVE", "Looked", "decide", "kept", "look_beside", "look_everywhere", "night_of"]

_PORTION = 2_000  # households whose findings land at once when nothing is read for them


@dataclass(slots=True)
class Looked:
    """What a look over many households came to (排查结果).

    `rates` are those that it went by; `identity`: who is who, where that was asked, too.
    """

    on: date
    households: int = 0
    found: int = 0
    changed: int = 0
    unread: dict[str, str] = field(default_factory=dict)  # household -> why it has no answer
    coverage: tuple[CoverageRow, ...] = ()
    rates: Rates = field(default_factory=Rates)
    identity: Compared | None = None


def look_everywhere(
    store: Store,
    catalogue: Catalogue,
    access: Access,
    on: date,
    *,
    rates: Rates | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Looked:
    """Look at every household of the scope and keep what is found.

    What only several households show is kept when all places are looked at by somebody who may see
    them all: of a part alone nobody could say that its cause is gone.

    Args:
        store: read through the port, within the scope; what is found is kept there.
        catalogue: all packs.
        access: who looks, why, and for which places (`Access.inside`).
        on: the day.
        rates: how often conditions are met; None: as counted in the households looked at.
        progress: told how many households have been read.
    """
    night = night_of(store, catalogue, access, on)
    return look_beside(store, night, None, rates=rates, progress=progress)


def night_of(
    store: Store, catalogue: Catalogue, access: Access, on: date, since: date | None = None
) -> Night:
    """What a look goes by, with what people decided so far on who is who.

    Args:
        store: where the households are.
        catalogue: all packs.
        access: who looks, why, and for which places.
        on: the day.
        since: those of whom something came since this day are compared with everybody, too (who is
            who); None: nobody is.

    Raises:
        InputError: `since` is after `on`, or not all places are looked at.
    """
    if since is not None:
        check_since(since, on)
        if not access.actor.scope.covers(""):
            raise InputError("--since 要和所有人比对，不能只看一个地方。请不要和 --place 一起写。")
    return Night(catalogue, access, on, decided_persons(store, access, on).same, since)


def look_beside(
    store: Store,
    night: Night,
    workers: Workers | None,
    *,
    rates: Rates | None = None,
    progress: Callable[[int], None] = lambda _: None,
    witness: Callable[[Portion], None] = lambda _: None,
) -> Looked:
    """As `look_everywhere`, with several processes where the population is worth it.

    Args:
        store: what is found is kept there, by this process alone.
        night: what the look goes by.
        workers: who reads and thinks; None: this process.
        rates: as there.
        progress: as there.
        witness: told each portion, when its findings are kept.
    """
    access, on = night.access, night.on
    looked, seen, checks = Looked(on), _Seen(), CoverageSums()
    with closing(portions(store, night, workers)) as every:  # whatever happens, workers end here
        for portion in every:
            _keep(store, access, looked, portion.findings, about(across=False) - WAITING)
            looked.households += len(portion.findings)
            looked.unread |= portion.unread
            checks.merge(portion.checks)
            seen.add(portion)
            witness(portion)
            progress(looked.households)
    looked.rates = seen.rates.rates() if rates is None else rates
    _keep_rest(store, access, looked, seen)
    looked.coverage = checks.rows(_labels(night.catalogue))
    if night.since is not None:
        looked.identity = compare_gathered(store, access, on, night.since, seen.everyone)
    return looked


@dataclass(slots=True)
class _Seen:
    """What is kept of all households until the last of them is read."""

    homes: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    signs: list[Sign] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    rates: RateCounts = field(default_factory=RateCounts)
    everyone: Everyone = field(default_factory=Everyone)

    def add(self, portion: Portion) -> None:
        self.homes += (home.id for home in portion.homes)
        self.read += portion.findings
        self.signs += portion.signs
        self.waiting += portion.waiting
        self.rates.add(portion.rates)
        self.everyone.add(portion.members, portion.came)


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


def _keep_rest(store: Store, access: Access, looked: Looked, seen: _Seen) -> None:
    """What takes all households to say: what waited for the rates, and what several show.

    Both land together, so that each household is written to once. Who could not be read is compared
    with others all the same, and what waits of it stays as it was.
    """
    found: dict[str, list[Finding]] = defaultdict(list)
    everywhere = access.actor.scope.covers("")
    for one in across(seen.signs, looked.on) if everywhere else ():
        found[one.household].append(one)
    together = about(across=True) if everywhere else frozenset()
    unread = sorted(set(seen.homes).difference(seen.read)) if everywhere else []
    for homes in _parts(unread):
        _keep(store, access, looked, {home: tuple(found[home]) for home in homes}, together)
    for home, waited in settled(seen.waiting, looked.rates).items():
        found[home] += waited
    for homes in _parts(sorted(seen.read)):
        portion = {home: tuple(found.get(home, ())) for home in homes}
        _keep(store, access, looked, portion, WAITING | together)


def _parts(homes: list[str]) -> Iterator[list[str]]:
    return (homes[start : start + _PORTION] for start in range(0, len(homes), _PORTION))


def _labels(catalogue: Catalogue) -> dict[str, str]:
    return {
        policy.id: policy.label_on(date.max)
        for pack in catalogue.packs.values()
        for policy in pack.policies.values()
    }


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
