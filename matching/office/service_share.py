"""How much aid is money, things or service, and who gives it (服务类占比): street and month.

A line of the ledger counts in each month in which it runs. Statuses and reductions are neither
money, things nor service and stand apart. A giver that nobody wrote down is not known.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

from matching.model.base import Model
from matching.model.records import AidRecord
from matching.office.homes import HomeView
from matching.office.tally import Tally, path_of

__all__ = ["GIVERS", "MONTHS", "ServiceRow", "count_services", "service_rows"]

MONTHS = 6
_YEAR = 12
_GIVEN = ("cash", "in_kind", "service")
GIVERS: Mapping[str, str] = {
    "gov": "government", "judicial": "government", "party": "government", "street": "government",
    "public_institution": "government", "coordination": "government", "mass_org": "mass_org",
    "charity": "charity", "religious": "charity", "social_org": "charity",
}  # fmt: skip


class ServiceRow(Model):
    """Lines of the ledger that run in one month (发放构成); street empty: the whole scope.

    `lines` are money, things and services together; `apart`: statuses and reductions; `not_known`:
    aid whose form nobody describes. The givers are of `lines` and add up to it.
    """

    street: str
    month: str
    lines: int
    cash: int
    in_kind: int
    service: int
    by_government: int
    by_mass_org: int
    by_charity: int
    by_unknown: int
    apart: int
    not_known: int
    lists: Mapping[str, str]


def count_services(tally: Tally, home: HomeView) -> None:
    """Put each line of the ledger into its months."""
    for row in home.case.aid:
        form, giver = _form(home, row), _giver(home, row)
        for month in _months(row, home.on):
            tally.add(("services", home.street, month, form, giver), home.row(of=row.id))


def _months(row: AidRecord, on: date) -> Iterator[str]:
    """The last months in which it runs, the day's own among them."""
    this = on.year * _YEAR + on.month - 1
    last = this if row.until is None else min(this, row.until.year * _YEAR + row.until.month - 1)
    first = max(this - MONTHS + 1, row.start.year * _YEAR + row.start.month - 1)
    for number in range(first, last + 1 if row.start <= on else first):
        yield f"{number // _YEAR:04d}-{number % _YEAR + 1:02d}"


def _form(home: HomeView, row: AidRecord) -> str:
    policy = home.pack.policies.get(row.policy)
    if policy is not None:
        return policy.form
    other = home.catalogue.other_aid.get(row.policy)
    return other.form if other is not None else "not_known"


def _giver(home: HomeView, row: AidRecord) -> str:
    body = home.catalogue.departments.get(row.giver or "")
    return GIVERS.get(body.kind, "unknown") if body is not None else "unknown"


def service_rows(tally: Tally) -> tuple[ServiceRow, ...]:
    """The whole scope first, then each street; the newest month first."""
    counts: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (street, month, form, giver), n in tally.of("services").items():
        for where in ("", street):
            found = counts[where, month]
            if form in _GIVEN:
                found["lines"] += n
                found[form] += n
                found[f"by_{giver}"] += n
            else:
                found["not_known" if form == "not_known" else "apart"] += n
    newest_first = sorted(counts, key=lambda key: key[1], reverse=True)
    return tuple(_row(*key, counts[key]) for key in sorted(newest_first, key=lambda key: key[0]))


def _row(street: str, month: str, counts: Mapping[str, int]) -> ServiceRow:
    given = "+".join(_GIVEN)
    path = ("services", street, month)
    givers = ("government", "mass_org", "charity", "unknown")
    figures = ("lines", *_GIVEN, *(f"by_{giver}" for giver in givers), "apart", "not_known")
    return ServiceRow.model_validate({
        "street": street,
        "month": month,
        **{name: counts[name] for name in figures},
        "lists": {
            "lines": path_of(*path, given),
            **{form: path_of(*path, form) for form in _GIVEN},
            **{f"by_{giver}": path_of(*path, given, giver) for giver in givers},
            "apart": path_of(*path, "status+adjustment"),
            "not_known": path_of(*path, "not_known"),
        },
    })  # fmt: skip
