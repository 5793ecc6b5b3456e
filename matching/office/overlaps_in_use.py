"""Who has two aids of an overlapping pair now (交叉重叠实况), beside what the catalogue declares.

Pairs: those that the packs declare as overlapping or excluding, and any two aids for one need. To
have both is no error by itself; the findings say what may be one.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import combinations

from matching.ledger import HOUSEHOLD
from matching.model.base import Model
from matching.model.records import AidRecord
from matching.office.homes import HomeView
from matching.office.tally import Tally, path_of
from matching.packs import Catalogue, Exclusion, Pack, Relation
from matching.relations import relations_of

__all__ = ["DepartmentPair", "OverlapRow", "count_overlaps", "department_pairs", "overlap_rows"]

SAME_NEED, STACKS = "same_need", "stacks"
_TOGETHER = frozenset({"stacks", "opens", "requires", "before", "offsets"})
OTHER = "other"


class OverlapRow(Model):
    """One pair in one street (交叉一对); street empty: the whole scope.

    `kind`: overlaps; an exclusion's effect (block, choose_one, difference, highest, human);
    same_need: two aids for one need, on which no text says anything; stacks: such two of which a
    text says that they go together, or one after the other. `households` have both now, by one
    person or by the household for him; `persons` how many people that are, a household's own aid
    counting as one. `unchecked`: households that have one, where nobody checked the other.
    `verified`: a source is known.
    """

    street: str
    kind: str
    a: str
    b: str
    labels: tuple[str, str]
    departments: tuple[str, str]
    says: str
    verified: bool
    households: int
    persons: int
    unchecked: int
    lists: Mapping[str, str]


class DepartmentPair(Model):
    """Two departments (部门交叉): pairs of aid that are declared between them, and holdings in use.

    `in_use`: how often a household has both of a pair; one with two pairs counts twice. `lists`
    has nothing where nobody has any.
    """

    a: str
    b: str
    declared: int
    in_use: int
    lists: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Pair:
    kind: str
    a: str
    b: str
    says: str
    verified: bool


@lru_cache(maxsize=64)
def _declared(pack: Pack, on: date) -> tuple[_Pair, ...]:
    """Each declared pair of the day once, ends in order."""
    found: dict[tuple[str, str, str], _Pair] = {}
    told: list[tuple[str, Relation | Exclusion]] = [(e.effect, e) for e in pack.exclusions]
    told += [(r.kind, r) for r in pack.relations if r.kind == "overlaps"]
    for kind, one in told:
        if one.period.holds(on):
            a, b = sorted((one.a, one.b))
            verified = one.flag in ("seed", "search")
            found[kind, a, b] = _Pair(kind, a, b, one.says, verified)
    return tuple(found[key] for key in sorted(found))


@lru_cache(maxsize=64)
def _by_aid(pack: Pack, on: date) -> Mapping[str, tuple[_Pair, ...]]:
    found: dict[str, list[_Pair]] = defaultdict(list)
    for pair in _declared(pack, on):
        for aid in {pair.a, pair.b}:
            found[aid].append(pair)
    return {aid: tuple(pairs) for aid, pairs in found.items()}


@lru_cache(maxsize=64)
def _go_together(pack: Pack, on: date) -> frozenset[tuple[str, str]]:
    """Pairs of which a text says that both may be held, ends in order."""
    found = (r for r in relations_of(pack, on) if r.kind in _TOGETHER)
    return frozenset((min(r.a, r.b), max(r.a, r.b)) for r in found)


def count_overlaps(tally: Tally, home: HomeView) -> None:
    """Put one household into the cells of the pairs that it has, or that nobody checked."""
    both: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for one, other in combinations(home.running, 2):
        who = _together(one, other)
        if who is not None and one.policy != other.policy:
            a, b = sorted((one.policy, other.policy))
            for kind in _kinds(home, a, b):
                both[kind, a, b].add(who)
    for (kind, a, b), people in sorted(both.items()):
        tally.add(("overlaps", home.street, kind, a, b), home.row())
        for person in sorted(people):
            tally.add(("overlap-persons", home.street, kind, a, b), home.row(of=person))
    for pair in _unchecked(home):
        if (pair.kind, pair.a, pair.b) not in both:
            tally.add(("overlaps-unchecked", home.street, pair.kind, pair.a, pair.b), home.row())


def _kinds(home: HomeView, a: str, b: str) -> tuple[str, ...]:
    """What a pair of aids is: as declared, else by the needs that both serve."""
    pairs = _by_aid(home.pack, home.on).get(a, ())
    declared = tuple(pair.kind for pair in pairs if (a, b) == (pair.a, pair.b))
    if declared or not _serve_one_need(home.pack, a, b):
        return declared
    return (STACKS if (a, b) in _go_together(home.pack, home.on) else SAME_NEED,)


def _together(one: AidRecord, other: AidRecord) -> str | None:
    """Who has both: a person, or the household; the household's aid is also its members'."""
    if one.to == other.to:
        return one.to
    if HOUSEHOLD not in (one.to, other.to):
        return None
    return other.to if one.to == HOUSEHOLD else one.to


def _serve_one_need(pack: Pack, a: str, b: str) -> bool:
    first, second = pack.policies.get(a), pack.policies.get(b)
    return bool(first and second and set(first.addresses) & set(second.addresses))


def _unchecked(home: HomeView) -> Iterator[_Pair]:
    """Pairs of which one is held and nobody checked the other; each once."""
    found = {
        pair: None
        for aid in sorted({row.policy for row in home.running})
        for pair in _by_aid(home.pack, home.on).get(aid, ())
        if not home.is_checked(pair.b if pair.a == aid else pair.a)
    }
    yield from found


def overlap_rows(tally: Tally, catalogue: Catalogue, on: date) -> tuple[OverlapRow, ...]:
    """The whole scope first, declared pairs that nobody has among it; then each street."""
    counts: dict[tuple[str, str, str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    names = {"overlaps": "households", "overlap-persons": "persons",
             "overlaps-unchecked": "unchecked"}  # fmt: skip
    packs: dict[str, Pack] = {}
    for report, name in names.items():
        for (street, kind, a, b), n in tally.of(report).items():
            for where in ("", street):
                counts[where, kind, a, b][name] += n
    for street in sorted({street for street, *_ in tally.of("homes")}):
        pack = packs[street] = catalogue.pack_for(street)
        for pair in _declared(pack, on):
            counts["", pair.kind, pair.a, pair.b]["households"] += 0
    rows = [
        _row(catalogue, on, key, found, packs.get(key[0]) or _pack_of(packs, key))
        for key, found in counts.items()
    ]
    return tuple(sorted(rows, key=_rank))


def _pack_of(packs: Mapping[str, Pack], key: tuple[str, str, str, str]) -> Pack:
    """A pack that knows the pair, for the whole scope."""
    knowing = [pack for pack in packs.values() if {key[2], key[3]} & set(pack.policies)]
    return (knowing or list(packs.values()))[0]


def _row(
    catalogue: Catalogue,
    on: date,
    key: tuple[str, str, str, str],
    counts: Mapping[str, int],
    pack: Pack,
) -> OverlapRow:
    street, kind, a, b = key
    pairs = [p for p in _declared(pack, on) if (p.kind, p.a, p.b) == (kind, a, b)]
    steps = (street, kind, a, b)
    return OverlapRow(
        street=street,
        kind=kind,
        a=a,
        b=b,
        labels=(catalogue.aid_label(a, on, pack), catalogue.aid_label(b, on, pack)),
        departments=(_department(catalogue, pack, a), _department(catalogue, pack, b)),
        says=pairs[0].says if pairs else "",
        verified=bool(pairs) and pairs[0].verified,
        households=counts["households"],
        persons=counts["persons"],
        unchecked=counts["unchecked"],
        lists={
            "households": path_of("overlaps", *steps),
            "persons": path_of("overlap-persons", *steps),
            "unchecked": path_of("overlaps-unchecked", *steps),
        },
    )


def _department(catalogue: Catalogue, pack: Pack, aid: str) -> str:
    policy = pack.policies.get(aid)
    known = catalogue.departments.get(policy.department) if policy else None
    return known.label if known else OTHER


def _rank(row: OverlapRow) -> tuple[object, ...]:
    return row.street, -row.households, -row.unchecked, row.kind, row.a, row.b


def department_pairs(rows: tuple[OverlapRow, ...]) -> tuple[DepartmentPair, ...]:
    """The matrix by department of the whole scope: what is declared beside what is in use."""
    declared: dict[tuple[str, str], int] = defaultdict(int)
    used: dict[tuple[str, str], list[OverlapRow]] = defaultdict(list)
    for row in rows:
        if not row.street:
            a, b = sorted(row.departments)
            declared[a, b] += row.kind not in (SAME_NEED, STACKS)
            used[a, b] += [row] if row.households else []
    found = [
        DepartmentPair(
            a=a,
            b=b,
            declared=n,
            in_use=sum(row.households for row in used[a, b]),
            lists={"in_use": ",".join(row.lists["households"] for row in used[a, b])}
            if used[a, b]
            else {},
        )
        for (a, b), n in declared.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.in_use, -one.declared, one.a, one.b)))
