"""Families that said no (本人不要的): counted apart, never as missed, with the day to ask again.

Within a year they stand in no list of people to call; after it they may be asked again, once.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from matching.model.base import Model
from matching.model.family import NeedState
from matching.office.homes import HomeView, may_ask_on
from matching.office.tally import Tally, path_of
from matching.packs import Catalogue

__all__ = ["RefusalRow", "count_refusals", "refusal_rows"]

RESTING, MAY_ASK = "resting", "may_ask"
_AID, _NEED = "aid", "need"


class RefusalRow(Model):
    """What was declined in one street (本人不要); street empty: the whole scope.

    Counts are refusals, one for each person or household and aid or need: `resting` within a year,
    `may_ask` after it; `with_reason`: a reason is written down. The list tells reason and day.
    """

    street: str
    kind: str
    id: str
    label: str
    resting: int
    may_ask: int
    with_reason: int
    lists: Mapping[str, str]


def count_refusals(tally: Tally, home: HomeView) -> None:
    """Put each no of one household into its cell."""
    for row in home.refusals:
        _count(tally, home, (_AID, row.policy), row.to, row.date, row.reason)
    for need in home.needs:
        if need.state is NeedState.REFUSED:
            _count(tally, home, (_NEED, need.type), need.of, need.as_of, None)


def _count(
    tally: Tally,
    home: HomeView,
    what: tuple[str, str],
    who: str,
    said: date | None,
    reason: str | None,
) -> None:
    when = RESTING if home.is_resting(said) else MAY_ASK
    again = f"{may_ask_on(said)} 起可以再问" if said else "哪天说的没有记，先不要问"
    says = f"原因：{reason}；{again}" if reason else f"没有记原因；{again}"
    told = "reason" if reason else "no_reason"
    tally.add(("refusals", home.street, *what, when, told), home.row(of=who, says=says))


def refusal_rows(tally: Tally, catalogue: Catalogue, on: date) -> tuple[RefusalRow, ...]:
    """The whole scope first, then each street; what is declined most first."""
    counts: dict[tuple[str, str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (street, kind, name, when, told), n in tally.of("refusals").items():
        for where in ("", street):
            counts[where, kind, name][when] += n
            counts[where, kind, name]["with_reason"] += n if told == "reason" else 0
    rows = [
        RefusalRow(
            street=street,
            kind=kind,
            id=name,
            label=_label(catalogue, on, kind, name),
            resting=found[RESTING],
            may_ask=found[MAY_ASK],
            with_reason=found["with_reason"],
            lists={
                RESTING: path_of("refusals", street, kind, name, RESTING),
                MAY_ASK: path_of("refusals", street, kind, name, MAY_ASK),
                "with_reason": path_of("refusals", street, kind, name, "", "reason"),
            },
        )
        for (street, kind, name), found in counts.items()
    ]
    return tuple(sorted(rows, key=lambda r: (r.street, -(r.resting + r.may_ask), r.kind, r.id)))


def _label(catalogue: Catalogue, on: date, kind: str, name: str) -> str:
    if kind == _NEED:
        return catalogue.needs[name].label if name in catalogue.needs else name
    widest = max(catalogue.packs.values(), key=lambda pack: (len(pack.policies), pack.id))
    return catalogue.aid_label(name, on, widest)
