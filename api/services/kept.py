"""What is kept of earlier looks (已存的发现), and who is who by what people decided on it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from graph.store import Store
from matching.findings.kinds import IDENTITY
from matching.findings.same_people import decisions_of, who_is_who
from matching.identity.stored import members_of
from matching.model.access import Access
from matching.model.finding import FindingFilter, FindingState, StoredFinding
from seed.linkage_files import load_characters

__all__ = ["LIVE", "Decided", "decided_persons", "kept"]

LIVE = frozenset({FindingState.OPEN, FindingState.CONFIRMED, FindingState.REOPENED})
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Decided:
    """Who is who by what people decided (人工认定的同一人).

    Attributes:
        same: person -> who that is, as `sign_of` takes it; empty where nobody decided.
        households: all that such a decision is about.
    """

    same: Mapping[str, str] = field(default_factory=dict)
    households: frozenset[str] = frozenset()


def kept(store: Store, access: Access, wanted: FindingFilter) -> Iterator[StoredFinding]:
    """Findings in scope as they are kept, in order of key."""
    after = ""
    while page := store.findings(access, wanted, after=after, limit=_PAGE):
        yield from page
        after = page[-1].key


def decided_persons(store: Store, access: Access, on: date) -> Decided:
    """What people decided about who is who, as far as the access reaches."""
    before = tuple(kept(store, access, FindingFilter(kinds=IDENTITY)))
    decisions = decisions_of(before)
    if not decisions:
        return Decided()
    pairs = {one.pair for one in decisions}
    homes = {
        home
        for one in before
        if tuple(sorted(one.evidence)) in pairs
        for home in (one.household, *one.households)
    }
    characters = load_characters()
    cases = [store.case(access, home) for home in sorted(homes)]
    members = (home for case in cases for home in members_of(case, on, characters))
    return Decided(who_is_who(members, decisions), frozenset(homes))
