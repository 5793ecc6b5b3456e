"""Looking again at what an event touches (事件后重看): the same as looking at all, for less.

The night's look leaves a `Standing`: who shares something with whom, and how often conditions are
met. Until the next night an event is looked at where it touches, and what is kept afterwards is
what a full look with the same rates would have kept.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from api.services.kept import Decided, decided_persons
from graph.store import Store
from matching.findings import (
    Finding,
    Neighbours,
    Portion,
    Rates,
    about,
    look_over,
    settled,
    sign_of,
)
from matching.findings.events import Event, Homes, NewDay, NewRules, Written, home_of, touched
from matching.model.access import Access
from matching.model.finding import FindingRun
from matching.model.records import Case
from matching.packs import Catalogue

__all__ = ["LookedAgain", "Standing", "look_again", "standing_of"]

_PORTION = 200


@dataclass(slots=True)
class Standing:
    """What a look over all households leaves for the next event (上次排查留下的).

    Attributes:
        catalogue: the rules of that look.
        on: its day.
        rates: how often conditions were met, as that look counted them.
        homes: where everybody belongs.
        neighbours: which households share something.
        who: who is who, by what people had decided, and about which households.
    """

    catalogue: Catalogue
    on: date
    rates: Rates
    homes: Homes = field(default_factory=Homes)
    neighbours: Neighbours = field(default_factory=Neighbours)
    who: Decided = field(default_factory=Decided)

    def witness(self, portion: Portion) -> None:
        """Keep of a look what the next event needs, while it goes on."""
        for home in portion.homes:
            self.homes.put(home)
        for sign in portion.signs:
            self.neighbours.put(sign)


@dataclass(slots=True)
class LookedAgain:
    """What an event came to (重看结果).

    Attributes:
        households: looked at again, in order.
        compared: compared with others again, in order.
        changed: kept findings that changed.
        unread: household -> why it has no answer.
    """

    households: tuple[str, ...]
    compared: tuple[str, ...] = ()
    changed: int = 0
    unread: dict[str, str] = field(default_factory=dict)


def standing_of(
    store: Store, catalogue: Catalogue, access: Access, on: date, rates: Rates
) -> Standing:
    """What a look on this day would leave, without looking: one pass over all households."""
    standing = Standing(catalogue, on, rates, who=decided_persons(store, access, on))
    for case in store.cases(access):
        standing.homes.put(home_of(case))
        standing.neighbours.put(sign_of(case, on, standing.who.same))
    return standing


def look_again(store: Store, access: Access, standing: Standing, event: Event) -> LookedAgain:
    """Bring the kept findings up to an event, and the standing with them.

    Args:
        store: what the event wrote has already landed.
        access: whoever looks, everywhere: of a part alone nobody could say that a cause is gone.
        standing: of the last look; it is changed.
        event: what happened.

    Raises:
        AccessError: the access does not reach everywhere.
        NotFound: an event about a household that is not there.
    """
    homes = touched(event, standing.catalogue, standing.homes)
    if isinstance(event, NewRules):
        standing.catalogue = event.catalogue
    if isinstance(event, NewDay):
        standing.on = event.on
    if not isinstance(event, Written) or event.decided or homes & standing.who.households:
        homes |= _decided(store, access, standing)
    again = LookedAgain(tuple(sorted(homes)))
    compared: set[str] = set()
    for cases in _portions(store.case(access, home) for home in again.households):
        for case in cases:
            standing.homes.put(home_of(case))
            compared |= standing.neighbours.put(sign_of(case, standing.on, standing.who.same))
        portion = look_over(standing.catalogue, cases, standing.on)
        again.unread |= portion.unread
        sure = (one for found in portion.findings.values() for one in found)
        likely = settled(portion.waiting, standing.rates)
        _keep(store, access, again, FindingRun(
            on=standing.on, households=frozenset(portion.findings), kinds=about(across=False),
            findings=(*sure, *(one for found in likely.values() for one in found)),
        ))  # fmt: skip
    again.compared = tuple(sorted(compared))
    _compare(store, access, standing, again)
    return again


def _decided(store: Store, access: Access, standing: Standing) -> frozenset[str]:
    """Households with somebody of whom people have decided since who that is.

    Also where that one is no member: who owes support is compared, too.
    """
    who = decided_persons(store, access, standing.on)
    before, after = standing.who.same, who.same
    standing.who = who
    others = {who for who in before.keys() | after.keys() if before.get(who) != after.get(who)}
    persons = standing.homes.persons
    return frozenset(home for who in others for home in persons.get(who, ()))


def _portions(cases: Iterable[Case]) -> Iterator[tuple[Case, ...]]:
    rest = iter(cases)
    while portion := tuple(islice(rest, _PORTION)):
        yield portion


def _compare(store: Store, access: Access, standing: Standing, again: LookedAgain) -> None:
    """What several households together show, of those that share something with a touched one."""
    found: dict[str, list[Finding]] = {home: [] for home in again.compared}
    for one in standing.neighbours.findings(standing.on, found):
        found[one.household].append(one)
    for start in range(0, len(again.compared), _PORTION):
        homes = again.compared[start : start + _PORTION]
        _keep(store, access, again, FindingRun(
            on=standing.on, households=frozenset(homes), kinds=about(across=True),
            findings=tuple(one for home in homes for one in found[home]),
        ))  # fmt: skip


def _keep(store: Store, access: Access, again: LookedAgain, run: FindingRun) -> None:
    if run.households:
        again.changed += store.put_findings(access, run)
