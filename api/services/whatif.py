"""What a change does to the families of a store (假设): figures, a law's first day, changed rules.

Reads with the operator's access, narrowed to the place asked about; writes nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

from graph.store import Store
from matching.answer import check_day
from matching.catalogue import load
from matching.errors import InputError
from matching.facts import family_of
from matching.model.access import Access, Scope
from matching.model.family import Family
from matching.model.records import Case
from matching.outcome_table import OutcomeTables
from matching.packs import Catalogue, Pack, Supposed
from matching.recheck import Again, look_again, to_look_at
from matching.relations import relations_of
from matching.scan.population import scans
from matching.scan.standing import Mark, marks, still_open
from matching.scan.status import Scan
from matching.uses import users_of_standards
from matching.what_changes import FamilyShift, Totals, family_shift
from matching.whatif_file import Supposition
from seed.load import catalogue_files, operator_access

__all__ = [
    "FamilyAgain",
    "FamilyChange",
    "Side",
    "Unread",
    "access_to",
    "cases_of",
    "compare",
    "ends_with",
    "recheck",
    "sides_of",
]

_BLOCK = 2_000  # households in memory at a time
Progress = Callable[[int], None]  # told how many households were looked at


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two worlds that are compared: rules with their figures, and a day.

    `asked`: the same with those policies only that can differ; None: with all of them.
    """

    catalogue: Catalogue
    on: date
    asked: Catalogue | None = None

    @property
    def rules(self) -> Catalogue:
        """What is compared: as little as can differ."""
        return self.asked or self.catalogue


@dataclass(frozen=True, slots=True)
class Unread:
    """A household that could not be looked at, and why."""

    household: str
    why: str


@dataclass(frozen=True, slots=True)
class FamilyChange:
    """A household that changes; `family` as it is on the later side."""

    case: Case
    family: Family
    shift: FamilyShift


@dataclass(frozen=True, slots=True)
class FamilyAgain:
    """A household whose turned-down applications stand otherwise now."""

    case: Case
    family: Family
    again: tuple[Again, ...]


def access_to(place: str | None) -> Access:
    """The operator's access to the households of a place; None: everywhere."""
    access = operator_access()
    if place is None:
        return access
    actor = access.actor.model_copy(update={"scope": Scope(places=frozenset({place}))})
    return access.model_copy(update={"actor": actor})


def cases_of(store: Store, place: str | None, progress: Progress | None = None) -> Iterator[Case]:
    """The households of a place in order of id; one audited read."""
    for number, case in enumerate(store.cases(access_to(place)), start=1):
        yield case
        if progress is not None:
            progress(number)


def sides_of(
    catalogue: Catalogue,
    supposed: Supposition | None,
    on: date,
    near: Path,
    installed: Path | None = None,
) -> tuple[Side, Side]:
    """The two worlds of a supposition.

    Args:
        catalogue: the one in use.
        supposed: None supposes nothing.
        on: the day, where the supposition names none.
        near: the folder in which a relative folder of changed rules lies.
        installed: the installation's own files, over which the changed ones lie.

    Raises:
        InputError: the folder of changed rules is not there.
        CatalogueError: the changed rules do not load.
    """
    if supposed is None:
        return Side(catalogue, on), Side(catalogue, on)
    if supposed.day is not None:
        before = supposed.day - timedelta(days=1)
        return Side(catalogue, before), Side(catalogue, supposed.day)
    if supposed.folder is not None:
        folder = near / supposed.folder
        beside = folder.resolve().is_relative_to(near.resolve())
        if not beside or not folder.is_dir():
            raise InputError(f"找不到文件夹 {folder}。catalogue 写的是假设文件旁边的文件夹。")
        return Side(catalogue, on), Side(_changed(folder, installed), on)
    then = _supposing(catalogue, supposed.standards)
    names = frozenset(supposed.standards)
    return (
        Side(catalogue, on, _touched(catalogue, names, on)),
        Side(then, on, _touched(then, names, on)),
    )


def _supposing(catalogue: Catalogue, figures: Supposed) -> Catalogue:
    """The same catalogue as if these figures held; made once, so that what is kept is kept."""
    packs = {name: pack.supposing(figures) for name, pack in catalogue.packs.items()}
    return replace(catalogue, packs=packs)


def _touched(catalogue: Catalogue, standards: frozenset[str], on: date) -> Catalogue:
    """The catalogue with the policies that need one of the figures, or rest on one that does.

    An outcome never depends on another policy's outcome, so leaving the others out changes none.
    """
    packs = {}
    for name, pack in catalogue.packs.items():
        users = users_of_standards(pack, on)
        kept = {policy for standard in standards for policy in users.get(standard, ())}
        for rests, bases in ends_with(pack, on).items():
            if kept & set(bases):
                kept |= {rests, *bases}
        policies = {policy: pack.policies[policy] for policy in pack.policies if policy in kept}
        packs[name] = replace(pack, policies=policies)
    return replace(catalogue, packs=packs)


def _changed(folder: Path, installed: Path | None) -> Catalogue:
    """The catalogue in use with the files of a folder laid over it."""
    shipped, own = dict(catalogue_files()), dict(catalogue_files(installed))
    laid = {name: text for name, text in catalogue_files(folder) if shipped.get(name) != text}
    return load({**own, **laid}.items())


def compare(
    store: Store,
    sides: tuple[Side, Side],
    place: str | None,
    totals: Totals,
    progress: Progress | None = None,
) -> Iterator[FamilyChange | Unread]:
    """Every household that changes between the two sides; `totals` counts all compared ones.

    Only those whose outcomes or amounts differ by the scan are explained.
    """
    cases = cases_of(store, place, progress)
    tables = OutcomeTables(sides[0].rules), OutcomeTables(sides[1].rules)
    while block := tuple(islice(cases, _BLOCK)):
        yield from _compared(block, sides, tables, totals)


def _compared(
    block: tuple[Case, ...],
    sides: tuple[Side, Side],
    tables: tuple[OutcomeTables, OutcomeTables],
    totals: Totals,
) -> Iterator[FamilyChange | Unread]:
    read, unread = _read(block, sides)
    before = _marks(sides[0], (one[0] for one in read.values()))
    scanned = list(_scans(sides[1], (one[1] for one in read.values())))
    after = {home: mark for one in scanned for home, mark in marks(one).items()}
    same = {home for home in read if before[home] == after[home]}
    totals.households += len(same)
    for one in scanned:
        totals.add_open(*still_open(one, read))
    for case in block:
        where = case.household
        if where.id in unread:
            yield Unread(where.id, unread[where.id])
        elif where.id not in same:
            old = tables[0].of(read[where.id][0], sides[0].on)
            new = tables[1].of(read[where.id][1], sides[1].on)
            ends = ends_with(sides[1].catalogue.pack_for(where.place), sides[1].on)
            shift = family_shift(where.id, where.place, old, new, ends)
            totals.add(shift)
            if shift.shifts or shift.lost:
                yield FamilyChange(case, read[where.id][1], shift)


def _read(
    block: tuple[Case, ...], sides: tuple[Side, Side]
) -> tuple[dict[str, tuple[Family, Family]], dict[str, str]]:
    """The families of both days, and why others have none."""
    read: dict[str, tuple[Family, Family]] = {}
    unread: dict[str, str] = {}
    for case in block:
        try:
            old = _family(case, sides[0].on)
            new = old if sides[0].on == sides[1].on else _family(case, sides[1].on)
        except InputError as error:
            unread[case.household.id] = error.detail
        else:
            read[case.household.id] = (old, new)
    return read, unread


def _family(case: Case, on: date) -> Family:
    check_day(on)
    return family_of(case, on)


def _scans(side: Side, families: Iterable[Family]) -> Iterator[Scan]:
    return scans(side.rules, families, side.on, amounts=True)


def _marks(side: Side, families: Iterable[Family]) -> dict[str, Mark]:
    return {home: mark for one in _scans(side, families) for home, mark in marks(one).items()}


def ends_with(pack: Pack, on: date) -> dict[str, tuple[str, ...]]:
    """Aid -> the statuses on one of which it rests, by verified conditions."""
    found: dict[str, tuple[str, ...]] = {}
    for relation in relations_of(pack, on):
        if relation.kind == "ends_with" and relation.flag in ("seed", "search"):
            found[relation.a] = (*found.get(relation.a, ()), relation.b)
    return found


def recheck(
    store: Store, side: Side, place: str | None, progress: Progress | None = None
) -> Iterator[FamilyAgain | Unread]:
    """Applications turned down in 24 months that may come out otherwise, household by household."""
    cases, tables = cases_of(store, place, progress), OutcomeTables(side.catalogue)
    while block := tuple(islice(cases, _BLOCK)):
        yield from _rechecked(block, side, tables)


def _rechecked(
    block: tuple[Case, ...], side: Side, tables: OutcomeTables
) -> Iterator[FamilyAgain | Unread]:
    turned_down: dict[str, Family] = {}
    unread: dict[str, str] = {}
    for case in block:
        try:
            family = family_of(case, side.on)
        except InputError as error:
            unread[case.household.id] = error.detail
            continue
        if to_look_at(family, side.on):
            turned_down[family.id] = family
    open_now = _open_now(side, turned_down)
    for case in block:
        home = case.household.id
        if home in unread:
            yield Unread(home, unread[home])
        elif home in open_now:
            family = turned_down[home]
            again = look_again(family, tables.of(family, side.on), side.on)
            if again:
                yield FamilyAgain(case, family, again)


def _open_now(side: Side, families: Mapping[str, Family]) -> set[str]:
    """Households of which something that was turned down is met today, or open."""
    down = {
        home: {one.policy for one in to_look_at(family, side.on)}
        for home, family in families.items()
    }
    policies = frozenset().union(*down.values())
    found = set()
    for one in scans(side.catalogue.only(policies), families.values(), side.on):
        for plan in one.program.plans:
            best = one.best(plan).tolist()
            found |= {
                home
                for home, outcome in zip(one.table.ids, best, strict=True)
                if outcome and plan.policy.id in down[home]
            }
    return found
