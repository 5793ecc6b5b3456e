"""One request over many families (一次查询): whose families these are, and how many at most.

A command may take minutes over a district; a request may not. The services that read for the
operator of the machine are given a view here that hands out the asker's own families and nothing
else: whatever else they asked of it would fail.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from api.services.whatif import Unread
from graph.store import Store
from matching.errors import InputError
from matching.model.access import Access
from matching.model.records import Case

__all__ = [
    "CURE",
    "MOST_ANSWERED",
    "MOST_MONTHS",
    "MOST_ON_TWO_DAYS",
    "MOST_READ",
    "Page",
    "inside",
    "own_people",
    "page_of",
    "within",
]

# So many households are done in some ten to twenty seconds on a small machine: read once; compared
# under two figures (5 ms each); under the rules of two days (20 ms each); for a month ahead in
# which rules change (60 ms each, so that these are households times months).
MOST_READ, MOST_ANSWERED, MOST_ON_TWO_DAYS, MOST_MONTHS = 5_000, 3_000, 1_000, 300
CURE = "请用 place 写一个街道或居委"
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Page(Generic[Found]):
    """Some rows in order of household; `after` opens the next page, None at the end."""

    rows: tuple[Found, ...]
    unread: tuple[Unread, ...]
    after: str | None


def inside(store: Store, access: Access, place: str, resource: str) -> Access:
    """The access narrowed to a place (范围内); whoever asks for a place of others leaves a trace.

    Raises:
        InputError: the place is outside the scope.
    """
    try:
        return access.inside(place)
    except InputError:
        store.note(access, "read", resource, place, "deny")
        raise


def within(
    store: Store, access: Access, place: str, command: str, most: int, cure: str = CURE
) -> Access:
    """The access narrowed to a place, if one request can do so many households.

    Raises:
        InputError: the place is outside the scope, or holds more than `most`; `command` can do it.
    """
    here = inside(store, access, place, "household")
    n_households = store.count(here)
    if n_households > most:
        raise InputError(
            f"范围里有 {n_households} 户，一次查询最多 {most} 户，没有计算。"
            f"{cure}；要看全部，请操作员在服务器上运行 {command}。",
            code="scope_too_large",
        )
    return here


class _OwnPeople:
    """The part of a store that reads families: only those of one access, only after one of them."""

    def __init__(self, store: Store, access: Access, after: str) -> None:
        self._store, self._access, self._after = store, access, after

    def cases(self, _operator: Access) -> Iterator[Case]:
        """The asker's families in order of id, whoever a service says that it reads for."""
        for case in self._store.cases(self._access):
            if case.household.id > self._after:
                yield case


def own_people(store: Store, access: Access, after: str = "") -> Store:
    """A store that holds the families of an access, and can do nothing but read them."""
    return cast("Store", _OwnPeople(store, access, after))


def page_of(found: Iterable[tuple[str, Found] | Unread], limit: int) -> Page[Found]:
    """The first `limit` rows, and what could not be read before their end."""
    rows: list[tuple[str, Found]] = []
    unread: list[Unread] = []
    for one in found:
        if isinstance(one, Unread):
            unread.append(one)
        elif len(rows) == limit:
            return Page(tuple(row for _, row in rows), tuple(unread), rows[-1][0])
        else:
            rows.append(one)
    return Page(tuple(row for _, row in rows), tuple(unread), None)
