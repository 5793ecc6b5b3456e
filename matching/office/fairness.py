"""Who gets what is due, group by group (各类家庭的覆盖): statistics for the office only.

No score reads this, and nobody's place in a list depends on it. Counted are lasting statutory aids
whose conditions are known to be met, where somebody checked the ledger. Whether a household belongs
to a group is met, not met or not known; not known stands apart.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from matching.ledger import HOUSEHOLD
from matching.model.base import Model
from matching.model.family import Person
from matching.office.homes import HomeView
from matching.office.small_areas import SMALLEST, Estimate, estimated
from matching.office.tally import Tally, path_of
from matching.seen import age_on

__all__ = ["FairnessRow", "count_fairness", "fairness_rows"]

_YES, _NO, _UNKNOWN = "yes", "no", "unknown"
_MET = 2
_OLD, _ADULT, _SEVERE = 60, 18, 2
_LASTING = frozenset({"cash", "status", "in_kind"})
_STATUSES = ("missed", "received", "pending", "declined", "not_checked", "nothing_due")
_DIMENSIONS = ("hukou", "elderly", "severe_disability", "student", "single_parent")
_GROUPS = (
    ("hukou", "local"), ("hukou", "not_local"), ("elderly", _YES), ("severe_disability", _YES),
    ("student", _YES), ("single_parent", _YES),
)  # fmt: skip
_PARENTS = 2
STREET, POOLED = "street", "pooled"


class FairnessRow(Model):
    """One group of households (覆盖一组).

    `dimension` and `value`: hukou local or not_local; elderly (somebody of 60 or over),
    severe_disability (grade 1 or 2), student, single_parent: yes; any of these: unknown; street: a
    code; pooled: those with fewer than 100 together. Counts are households: `received`, all that
    is due and checked is in the ledger; `missed`, something is not; `pending`, an application is
    being handled; `declined`, the family does not want it; `not_checked`, nobody looked;
    `nothing_due`. `estimate` is the drawn share of `received` among received and missed; None for
    a group that is too small, which stands in the pooled one.
    """

    dimension: str
    value: str
    households: int
    received: int
    missed: int
    pending: int
    declined: int
    not_checked: int
    nothing_due: int
    estimate: Estimate | None = None
    pools: tuple[str, ...] = ()
    lists: Mapping[str, str]


def count_fairness(tally: Tally, home: HomeView) -> None:
    """Put one household into the one cell of its groups and of what it receives."""
    members, on = home.family.members, home.on
    groups = (
        _hukou(home),
        _any(_is_old(member, on) for member in members),
        _any(_is_severe(member) for member in members),
        _any(_is_student(member) for member in members),
        _single_parent(home),
    )
    tally.add(("fairness", home.street, *groups, _status(home)), home.row())


# What is due


def _status(home: HomeView) -> str:
    found = {_status_of(home, policy, subject) for policy, subject in _due(home)}
    return next((status for status in _STATUSES if status in found), "nothing_due")


def _due(home: HomeView) -> Iterator[tuple[str, str]]:
    """Lasting statutory aids whose conditions are known to be met, and for whom."""
    for name, subjects in home.reach.items():
        policy = home.pack.policies[name]
        if policy.kind != "policy" or policy.form not in _LASTING or policy.per_event:
            continue
        yield from ((name, subject) for subject, outcome in subjects.items() if outcome == _MET)


def _status_of(home: HomeView, policy: str, subject: str) -> str:
    holders = {subject, HOUSEHOLD}
    if subject == HOUSEHOLD:
        holders |= {member.id for member in home.family.members}
    if any(row.policy == policy and row.to in holders for row in home.running):
        return "received"
    if home.has_declined(policy, subject):
        return "declined"
    if home.pending(policy, subject):
        return "pending"
    return "missed" if home.is_checked(policy) else "not_checked"


# Groups: yes, no, or not known


def _any(members: Iterable[bool | None]) -> str:
    found = set(members)
    return _YES if True in found else _UNKNOWN if None in found else _NO


def _value(person: Person, name: str) -> object:
    fact = person.facts.get(name)
    return None if fact is None else fact.value


def _age(person: Person, on: date) -> int | None:
    born = _value(person, "person.birth_date")
    return age_on(born, on) if isinstance(born, date) else None


def _is_old(person: Person, on: date) -> bool | None:
    age = _age(person, on)
    return None if age is None else age >= _OLD


def _is_severe(person: Person) -> bool | None:
    grade = _value(person, "person.disability_grade")
    if isinstance(grade, int):
        return grade <= _SEVERE
    return False if _value(person, "person.disability_cert") is False else None


def _is_student(person: Person) -> bool | None:
    stage = _value(person, "person.student_stage")
    return None if stage is None else stage != "none"


def _hukou(home: HomeView) -> str:
    """Local: somebody is registered in the province or city whose rules hold."""
    here = home.pack.home_of(home.pack.chain[0])
    told = _any(_is_local(_value(one, "person.hukou"), here) for one in home.family.members)
    return {_YES: "local", _NO: "not_local"}.get(told, _UNKNOWN)


def _is_local(code: object, here: str) -> bool | None:
    if not isinstance(code, str) or not here or (code != here and here.startswith(code)):
        return None
    return code.startswith(here)


def _single_parent(home: HomeView) -> str:
    """A child with one parent at home; whose parents nobody recorded is not known."""
    ages = {member.id: _age(member, home.on) for member in home.family.members}
    told = [
        _has_one_parent(child, ages)
        for child in home.family.members
        if (age := ages[child.id]) is None or age < _ADULT
    ]
    return _any(told)


def _has_one_parent(child: Person, ages: Mapping[str, int | None]) -> bool | None:
    if ages[child.id] is None:
        return None
    at_home = sum(parent in ages for parent in child.parents)
    if len(child.parents) < _PARENTS:
        return None
    return at_home == 1


# Rows


def fairness_rows(tally: Tally) -> tuple[FairnessRow, ...]:
    """The whole; groups of families and of streets with a share each, the small ones together."""
    cells = tally.of("fairness")
    streets = sorted({cell[0] for cell in cells})
    whole = _row("all", "", ({},), cells)
    rows = [whole]
    families = [_row(one, value, ({one: value},), cells) for one, value in _GROUPS]
    places = [_row(STREET, street, ({STREET: street},), cells) for street in streets]
    for dimension, found in (("group", families), (STREET, places)):
        small = [row for row in found if 0 < row.received + row.missed < SMALLEST]
        rows += [row if row in small else _with_estimate(row, whole) for row in found]
        if small:
            wanted = [_wanted(row) for row in small]
            pooled = _row(POOLED, dimension, wanted, cells)
            names = tuple(f"{row.dimension}:{row.value}" for row in small)
            rows.append(_with_estimate(pooled, whole).model_copy(update={"pools": names}))
    rows += [_row(one, _UNKNOWN, ({one: _UNKNOWN},), cells) for one in _DIMENSIONS]
    return tuple(rows)


def _wanted(row: FairnessRow) -> dict[str, str]:
    return {row.dimension: row.value}


def _row(
    dimension: str,
    value: str,
    wanted: Iterable[Mapping[str, str]],
    cells: Mapping[tuple[str, ...], int],
) -> FairnessRow:
    """A group: households of which at least one of the wishes holds, each counted once."""
    names = (STREET, *_DIMENSIONS)
    wishes = [{names.index(name): word for name, word in one.items()} for one in wanted]
    counts: dict[str, int] = defaultdict(int)
    for cell, n in cells.items():
        if any(all(cell[at] == word for at, word in wish.items()) for wish in wishes):
            counts[cell[-1]] += n
    paths = _paths(wishes, len(names))
    lists = {
        status: ",".join(path_of("fairness", *path, status) for path in paths)
        for status in _STATUSES
    }
    whole = {"households": ",".join(path_of("fairness", *path) for path in paths)}
    return FairnessRow.model_validate({
        "dimension": dimension,
        "value": value,
        "households": sum(counts.values()),
        **{status: counts[status] for status in _STATUSES},
        "lists": {**whole, **lists},
    })  # fmt: skip


def _paths(wishes: Sequence[Mapping[int, str]], steps: int) -> list[list[str]]:
    """One pattern a wish; of streets alone one for all of them."""
    if len(wishes) > 1 and all(set(wish) == {0} for wish in wishes):
        return [["+".join(wish[0] for wish in wishes), *("" for _ in range(1, steps))]]
    return [[wish.get(at, "") for at in range(steps)] for wish in wishes]


def _with_estimate(row: FairnessRow, whole: FairnessRow) -> FairnessRow:
    size, all_size = row.received + row.missed, whole.received + whole.missed
    found = estimated(row.received, size, whole.received, all_size) if size else None
    return row.model_copy(update={"estimate": found})
