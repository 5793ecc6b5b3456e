"""A made-up district (虚构示范区): the same seed number gives the same bytes.

Pure: no clock, no file, no store. Shares and sizes come from `seed/calibration.py`, each household
draws from a source of chance of its own, so that a change to one leaves the others as they were.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random

from matching.model.access import Role, Scope
from matching.model.records import Case, Obligation
from seed.calibration import (
    DIFFERENCE_RATE,
    ELDERLY_SHARE,
    MISSING_INCOME,
    SIZES,
    kinds,
    spread,
)
from seed.demo_family import demo_family
from seed.district import COMMUNITIES, DISTRICT
from seed.households import Plan, settle
from seed.identity import random_source
from seed.notebook import Notebook
from seed.planted import LEAST_HOUSEHOLDS, plant
from seed.stories import STORIES_BY_KIND

__all__ = ["DEMO_FAMILY", "DEMO_USERS", "DemoUser", "District", "generate", "stream"]

DEMO_FAMILY = "H-0001"

_CHECKED_SHARE = 0.8  # of the households with a known income; assumption
_EVENTS, _DECLINED = 0.08, 0.04  # shares of all households; assumptions
_NEAR = 2_000  # only so many of a large district are kin of each other or carry what is planted


@dataclass(frozen=True, slots=True)
class DemoUser:
    """An account of the demo (示例账号); its password is made when it is loaded."""

    id: str
    name: str
    role: Role
    scope: Scope


@dataclass(frozen=True, slots=True)
class District:
    """A made-up district: cases in order of number, accounts, and the family of the demo.

    `planted`: failure or trap (`seed/planted.py`) -> its household.
    """

    cases: tuple[Case, ...]
    kinds: Mapping[str, str]
    users: tuple[DemoUser, ...]
    demo_family: str
    on: date
    planted: Mapping[str, str] = field(default_factory=dict)


def generate(seed_number: int, n_households: int, on: date) -> District:
    """Make a district of `n_households` households as it is known on the day `on`."""
    plans, near, planted = _begin(seed_number, n_households, on)
    books = [*near, *_others(seed_number, plans, on, range(len(near) + 1, n_households + 1))]
    by_id = {book.household: book.kind for book in books}
    cases = tuple(book.case() for book in books)
    return District(cases, by_id, DEMO_USERS, DEMO_FAMILY, on, planted)


def stream(
    seed_number: int, n_households: int, on: date, numbers: range | None = None
) -> Iterator[Case]:
    """The cases of `generate` one after the other (逐户生成), in the memory of two thousand.

    Args:
        seed_number: as for `generate`.
        n_households: of the whole district.
        on: the day.
        numbers: which of them, from 1 on and upwards, so that processes can share the work.
    """
    wanted = range(1, n_households + 1) if numbers is None else numbers
    plans, near, _ = _begin(seed_number, n_households, on)
    yield from (near[number - 1].case() for number in wanted if number <= len(near))
    far = range(max(wanted.start, len(near) + 1), wanted.stop)
    yield from (book.case() for book in _others(seed_number, plans, on, far))


def _begin(
    seed_number: int, n_households: int, on: date
) -> tuple[list[tuple[str, Plan]], list[Notebook], dict[str, str]]:
    """All plans, and the books that have to do with each other, with what is planted in them."""
    rng = random_source(seed_number)
    plans = _plans(n_households - 1, rng)
    near = [demo_family(1, random_source(seed_number, 1))]
    near += _others(seed_number, plans, on, range(2, min(n_households, _NEAR) + 1))
    _join_families(near, rng)
    planted = plant(near[1:]) if n_households >= LEAST_HOUSEHOLDS else {}
    return plans, near, planted


def _others(
    seed_number: int, plans: Sequence[tuple[str, Plan]], on: date, numbers: range
) -> Iterator[Notebook]:
    for number in numbers:
        kind, plan = plans[number - 2]
        own = random_source(seed_number, number)
        book = Notebook(number, kind, own.choice(COMMUNITIES), on, own)
        settle(book, plan)
        yield book


def _plans(total: int, rng: Random) -> list[tuple[str, Plan]]:
    """Kind and plan of every household but the first: each share has its exact number."""
    plans: list[tuple[str, Plan]] = []
    for kind, count in kinds(total).items():
        sizes = spread(SIZES[kind], count, rng)
        known = _yes(1 - MISSING_INCOME, count, rng)
        checked = [k and c for k, c in zip(known, _yes(_CHECKED_SHARE, count, rng), strict=True)]
        differing = iter(_yes(DIFFERENCE_RATE[kind], sum(checked), rng))
        differs = [was_checked and next(differing) for was_checked in checked]
        elderly = _yes(ELDERLY_SHARE, count, rng)
        stories = _stories(kind, count, rng)
        rows = zip(sizes, elderly, known, checked, differs, stories, strict=True)
        plans += [(kind, Plan(*row)) for row in rows]
    rng.shuffle(plans)
    return plans


def _stories(kind: str, count: int, rng: Random) -> list[tuple[str, ...]]:
    own = spread(STORIES_BY_KIND.get(kind, {"": 1}), count, rng)
    events, declined = _yes(_EVENTS, count, rng), _yes(_DECLINED, count, rng)
    return [
        (*(["event"] if event else []), *(["declines"] if no else []), *([story] if story else []))
        for story, event, no in zip(own, events, declined, strict=True)
    ]


def _yes(share: float, count: int, rng: Random) -> list[bool]:
    return spread({True: share, False: 1 - share}, count, rng)


def _join_families(books: list[Notebook], rng: Random) -> None:
    """Some old people's children live in another household of the district."""
    old = [b for b in books[1:] if b.kind != "tekun" and b.members[0].age(b.on) >= 60]
    young = [b for b in books[1:] if b.members[0].age(b.on) < 45]
    for book, other in zip(old[:12], rng.sample(young, min(12, len(young))), strict=False):
        parent, child = book.members[0], other.members[0]
        book.relatives.append(child)
        book.records_of_relatives += [r for r in other.records if r.about == child.id]
        book.known_for.add(parent.id)
        book.obligations.append(Obligation(obligor=child.id, person=parent.id))


DEMO_USERS = (
    DemoUser("guwen1", "康和居委救助顾问", Role.ADVISOR, Scope(places=frozenset({"310199001001"}))),
    DemoUser("guwen2", "康和街道救助顾问", Role.ADVISOR, Scope(places=frozenset({"310199001"}))),
    DemoUser("bangongshi", "示范区联席办", Role.OFFICE, Scope(places=frozenset({DISTRICT}))),
    DemoUser("cishan", "示范区示例慈善组织", Role.CHARITY, Scope()),
    DemoUser("shenji", "示范区审计员", Role.AUDITOR, Scope(places=frozenset({DISTRICT}))),
)
