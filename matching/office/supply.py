"""Need x street x supply (供需): what is open, what could answer it, where nothing does.

A household counts once for each need, by the state that asks most. `gap`: it is open, nobody helps,
and no policy or project of the place is met or may be met. Not assessed is no zero.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from matching.ledger import HOUSEHOLD
from matching.model.base import Model
from matching.model.family import NeedState
from matching.model.records import NeedRecord
from matching.office.homes import HomeView, policies_for
from matching.office.tally import Tally, path_of
from matching.packs import Catalogue

__all__ = ["HomesRow", "SupplyRow", "count_home", "count_supply", "home_rows", "supply_rows"]

OPEN, PARTLY, UNASSESSED, REFUSED, MET = "open", "partly_met", "not_assessed", "refused", "met"
_STATES = (OPEN, PARTLY, UNASSESSED, REFUSED, MET)  # the first of several persons' counts
_REACHES = ("none", "maybe", "can", "declined", "helped", "-")  # what asks most first
_UNMET = f"{OPEN}+{PARTLY}"
_KEPT_STATES = {
    NeedState.MET: MET, NeedState.REFUSED: REFUSED, NeedState.PARTLY_MET: PARTLY,
    NeedState.OPEN: OPEN,
}  # fmt: skip


class SupplyRow(Model):
    """One need in one street (供需一行); street empty: the whole scope. Counts are households.

    `open` to `not_assessed`: states of the need. Of those open or partly met, each is in one of:
    `helped` (aid for it runs), `can` (something is met), `maybe` (not known yet), `declined` (what
    there is was declined within a year), `gap` (nothing reaches it). `policies`, `projects`: what
    there is for it; `places`: of projects whose places are told; `places_unknown`: of how many
    projects nobody told them.
    """

    street: str
    need: str
    label: str
    group: str
    open: int = 0
    partly_met: int = 0
    met: int = 0
    refused: int = 0
    not_assessed: int = 0
    helped: int = 0
    can: int = 0
    maybe: int = 0
    declined: int = 0
    gap: int = 0
    policies: int = 0
    projects: int = 0
    places: int | None = None
    places_unknown: int = 0
    lists: Mapping[str, str]


class HomesRow(Model):
    """The households of one street (街镇户数): whose needs were assessed, whose ledger was checked.

    `assessed`, `unassessed` (needs told, none assessed) and `nothing_recorded` add up to
    `households`, as do `ledger_checked` and `ledger_not_checked`.
    """

    street: str
    households: int
    assessed: int
    unassessed: int
    nothing_recorded: int
    ledger_checked: int
    ledger_not_checked: int
    lists: Mapping[str, str]


def count_home(tally: Tally, home: HomeView) -> None:
    """Put one household into the cell of what is known of it."""
    known = [need.severity is not None or need.state is not NeedState.OPEN for need in home.needs]
    told = "assessed" if any(known) else "unassessed" if known else "nothing_recorded"
    covered = home.covered is None or bool(home.covered)
    checked = "ledger_checked" if covered else "ledger_not_checked"
    tally.add(("homes", home.street, told, checked), home.row())


def count_supply(tally: Tally, home: HomeView) -> None:
    """Put one household into the cells of its needs."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for need in home.needs:
        state = state_of(need)
        if state:
            reach = _reach(home, need) if state in (OPEN, PARTLY, UNASSESSED) else "-"
            found[need.type].append((_STATES.index(state), _REACHES.index(reach)))
    for name, ranks in sorted(found.items()):
        state_rank, reach_rank = min(ranks)
        cell = ("supply", home.street, name, _STATES[state_rank], _REACHES[reach_rank])
        tally.add(cell, home.row())


def state_of(need: NeedRecord) -> str:
    """How a need stands; empty: it was assessed as none."""
    if need.state is not NeedState.OPEN or need.severity:
        return _KEPT_STATES[need.state]
    return UNASSESSED if need.severity is None else ""


def _reach(home: HomeView, need: NeedRecord) -> str:
    """What answers the need best: helped, can, maybe, declined, none."""
    if home.is_helped(need):
        return "helped"
    best, declined = 0, False
    for policy in policies_for(home.pack, home.on).get(need.type, ()):
        for subject, outcome in home.reach.get(policy.id, {}).items():
            if HOUSEHOLD not in (subject, need.of) and subject != need.of:
                continue
            if home.has_declined(policy.id, subject):
                declined = True
            else:
                best = max(best, outcome)
    return ("declined" if declined else "none", "maybe", "can")[best]


def home_rows(tally: Tally) -> tuple[HomesRow, ...]:
    """The whole scope first, then each street."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (street, told, checked), n in tally.of("homes").items():
        for where in ("", street):
            for name in ("households", told, checked):
                counts[where][name] += n
    names = ("assessed", "unassessed", "nothing_recorded", "ledger_checked", "ledger_not_checked")
    return tuple(
        HomesRow(
            street=street,
            households=counts[street]["households"],
            **{name: counts[street][name] for name in names},
            lists={
                "households": path_of("homes", street),
                **{name: path_of("homes", street, name) for name in names[:3]},
                **{name: path_of("homes", street, "", name) for name in names[3:]},
            },
        )
        for street in sorted(counts)
    )


def supply_rows(tally: Tally, catalogue: Catalogue, on: date) -> tuple[SupplyRow, ...]:
    """The whole scope first, then each street; in each the greatest gap first."""
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    streets: dict[str, set[str]] = defaultdict(set)
    for (street, need, state, reach), n in tally.of("supply").items():
        for where in ("", street):
            found[where, need][state] += n
            if state in (OPEN, PARTLY):
                found[where, need]["gap" if reach == "none" else reach] += n
            streets[where].add(street)
    rows = [
        _row(catalogue, on, street, need, counts, streets[street])
        for (street, need), counts in found.items()
    ]
    return tuple(sorted(rows, key=_order))


def _row(
    catalogue: Catalogue,
    on: date,
    street: str,
    need: str,
    counts: Mapping[str, int],
    streets: Iterable[str],
) -> SupplyRow:
    spec = catalogue.needs.get(need)
    group = catalogue.needs.get(spec.parent or need) if spec else None
    reaches = {"helped": "helped", "can": "can", "maybe": "maybe", "declined": "declined",
               "gap": "none"}  # fmt: skip
    return SupplyRow.model_validate({
        "street": street,
        "need": need,
        "label": spec.label if spec else need,
        "group": group.label if group else "",
        **{name: counts[name] for name in (*_STATES, *reaches)},
        **_what_there_is(catalogue, on, need, streets),
        "lists": {
            **{state: path_of("supply", street, need, state) for state in _STATES},
            **{name: path_of("supply", street, need, _UNMET, r) for name, r in reaches.items()},
        },
    })  # fmt: skip


def _what_there_is(
    catalogue: Catalogue, on: date, need: str, streets: Iterable[str]
) -> dict[str, int | None]:
    """Policies and projects of these streets' rules, and the places that are told."""
    packs = {catalogue.pack_for(street).id for street in streets}
    there = {
        policy.id: policy
        for name in sorted(packs)
        for policy in policies_for(catalogue.packs[name], on).get(need, ())
    }
    projects = [policy for policy in there.values() if policy.kind == "project"]
    told = [policy.capacity for policy in projects if policy.capacity is not None]
    return {
        "policies": len(there) - len(projects),
        "projects": len(projects),
        "places": sum(told) if told else None,
        "places_unknown": len(projects) - len(told),
    }


def _order(row: SupplyRow) -> tuple[object, ...]:
    return row.street, -row.gap, -(row.open + row.partly_met), row.need
