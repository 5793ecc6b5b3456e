"""Which single condition shuts out how many with the need (卡在哪一条): policy by policy.

Counted are households whose need nobody is helping with; `matching/scan/near_misses.py` finds them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from matching.model.base import Model
from matching.office.homes import HomeView, policies_for
from matching.office.tally import Tally, path_of
from matching.packs import Catalogue, Condition, Policy
from matching.scan.near_misses import NearMiss, near_misses
from matching.scan.status import Scan

__all__ = ["NearMissRow", "count_near_misses", "near_miss_rows"]

ONLY, OPEN = "only", "others_open"
NEAR, FAR = "near", "far"
_ORDER = ("condition", "occasion", "exclusion")


class NearMissRow(Model):
    """One condition of one policy in one street (卡住的条件); street empty: the whole scope.

    Counts are households: `in_need` have an unmet need that the policy addresses; of them this one
    condition shuts out `only`, all others being met, and `at_most`, all others being met or not
    known; `near` of these lie within a tenth of the line. `kind`: condition; occasion, something
    that happens to few; exclusion, by aid that is held already. A household may stand under several
    conditions.
    """

    street: str
    policy: str
    label: str
    needs: tuple[str, ...]
    condition: str
    says: str
    kind: str
    in_need: int
    only: int
    at_most: int
    near: int
    lists: Mapping[str, str]


def count_near_misses(tally: Tally, scan: Scan, homes: Mapping[str, HomeView]) -> None:
    """Put the households of a block into the cells of the conditions that shut them out."""
    needing: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for home in homes.values():
        for need in home.unmet():
            for policy in policies_for(home.pack, home.on).get(need.type, ()):
                if not home.is_left_alone(policy.id, need.of):
                    needing[policy.id].add((home.id, need.of))
    for policy_id, wanted in needing.items():
        for household in sorted({household for household, _ in wanted}):
            home = homes[household]
            tally.add(("in-need", home.street, policy_id), home.row())
    for miss in near_misses(scan, {name: sorted(wanted) for name, wanted in needing.items()}):
        home = homes[miss.household]
        tally.add(_cell(home, miss), home.row(says=miss.condition.says))


def _cell(home: HomeView, miss: NearMiss) -> tuple[str, ...]:
    return (
        "near-misses", home.street, miss.policy, miss.condition.id,
        ONLY if miss.only else OPEN, NEAR if miss.near else FAR,
    )  # fmt: skip


def near_miss_rows(tally: Tally, catalogue: Catalogue, on: date) -> tuple[NearMissRow, ...]:
    """The whole scope first, then each street; in each the condition that shuts out most first."""
    counts: dict[tuple[str, str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (street, policy, condition, sure, near), n in tally.of("near-misses").items():
        for where in ("", street):
            found = counts[where, policy, condition]
            found["at_most"] += n
            found["only"] += n if sure == ONLY else 0
            found["near"] += n if near == NEAR else 0
    needing: dict[tuple[str, str], int] = defaultdict(int)
    streets: dict[str, list[str]] = defaultdict(list)
    for (street, policy), n in tally.of("in-need").items():
        needing["", policy] += n
        needing[street, policy] += n
        streets[policy].append(street)
    rows = [
        _row(catalogue, on, key, found, needing[key[0], key[1]], streets[key[1]])
        for key, found in counts.items()
    ]
    return tuple(sorted(rows, key=_rank))


def _row(
    catalogue: Catalogue,
    on: date,
    key: tuple[str, str, str],
    counts: Mapping[str, int],
    in_need: int,
    streets: Iterable[str],
) -> NearMissRow:
    street, policy_id, condition_id = key
    packs = [catalogue.pack_for(one) for one in ((street,) if street else sorted(streets))]
    pack, policy = packs[0], packs[0].policies[policy_id]
    condition = _condition((p.policies[policy_id] for p in packs), condition_id, on)
    excluded = condition_id.removeprefix("not_with_")
    says = condition.says if condition else f"没有享受{catalogue.aid_label(excluded, on, pack)}"
    told = [catalogue.needs[need].label for need in policy.addresses if need in catalogue.needs]
    path = ("near-misses", street, policy_id, condition_id)
    return NearMissRow(
        street=street,
        policy=policy_id,
        label=policy.label_on(on),
        needs=tuple(told),
        condition=condition_id,
        says=says,
        kind=_kind(condition),
        in_need=in_need,
        only=counts["only"],
        at_most=counts["at_most"],
        near=counts["near"],
        lists={
            "in_need": path_of("in-need", street, policy_id),
            "only": path_of(*path, ONLY),
            "at_most": path_of(*path),
            "near": path_of(*path, "", NEAR),
        },
    )


def _condition(policies: Iterable[Policy], name: str, on: date) -> Condition | None:
    """The condition in the first of the places that has it."""
    every = (one for policy in policies for one in policy.conditions)
    return next((one for one in every if one.id == name and one.period.holds(on)), None)


def _kind(condition: Condition | None) -> str:
    """None: it is an exclusion that the pack states."""
    if condition is None:
        return "exclusion"
    return "occasion" if condition.occasion else "condition"


def _rank(row: NearMissRow) -> tuple[object, ...]:
    kind = _ORDER.index(row.kind)
    return row.street, kind, -row.only, -row.at_most, row.policy, row.condition
