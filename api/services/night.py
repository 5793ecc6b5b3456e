"""A whole population looked over on all cores (夜间排查): shares beside each other, in order.

Each worker opens the store itself, reads its shares within the scope and leaves its own trace; what
comes back of a share is small. Only the process that asks writes, so a portion is kept or not,
never half. A small population is looked over in this process.
"""

import gc
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Generator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from multiprocessing.connection import wait

from graph import open_store
from graph.store import Share, Store
from matching.errors import InputError, StoreError
from matching.findings import Portion, look_over
from matching.identity.stored import Home, came_since, members_of
from matching.model.access import Access
from matching.model.records import Case
from matching.packs import Catalogue
from seed.linkage_files import load_characters

__all__ = ["Night", "Workers", "portions"]

Portions = Generator[Portion, None, None]
_PORTION = 200  # households at once in one process
_AHEAD = 3  # shares of each worker that may wait to be written
_MOST = 256


@dataclass(frozen=True, slots=True)
class Workers:
    """How many processes look, and where they find the store (工作进程).

    Attributes:
        store: address as `graph.open_store` takes it; the password comes as there.
        count: processes; 0: one for each core.
        share: households of one task.
        least: households from which on it is worth to start them.

    Raises:
        InputError: no such number of processes.
    """

    store: str
    count: int = 0
    share: int = 500
    least: int = 3_000

    def __post_init__(self) -> None:
        if not 0 <= self.count <= _MOST:
            raise InputError(f"工作进程数须在 0 到 {_MOST} 之间；0 表示每个核一个。")

    @property
    def processes(self) -> int:
        """How many will run."""
        return self.count or len(os.sched_getaffinity(0))


@dataclass(frozen=True, slots=True)
class Night:
    """What a look goes by (排查依据): the same for every household.

    `since`: members are handed on as records, with those of whom something came since that day, for
    the comparison of who is who; None: they are not. `written`: ids of households and persons that
    count as such, whatever day their rows bear.
    """

    catalogue: Catalogue
    access: Access
    on: date
    same: Mapping[str, str]
    since: date | None = None
    written: frozenset[str] = frozenset()

    def over(self, store: Store, share: Share | None = None) -> Portions:
        """The portions of a share, or of the whole scope, in order of household."""
        cases = store.cases(self.access, share)
        size = _PORTION if share is None else share.size
        while portion := tuple(islice(cases, size)):
            looked = look_over(self.catalogue, portion, self.on, self.same)
            yield looked if self.since is None else self._with_members(looked, portion, self.since)

    def _with_members(self, looked: Portion, cases: tuple[Case, ...], since: date) -> Portion:
        members, came = list[Home](), set[str]()
        for case in cases:
            homes = members_of(case, self.on, load_characters())
            members += homes
            if came_since(case, since) or self._is_written(case):
                came |= {home.record.key for home in homes}
        return replace(looked, members=tuple(members), came=frozenset(came))

    def _is_written(self, case: Case) -> bool:
        ids = {case.household.id, *(person.id for person in case.persons)}
        return not ids.isdisjoint(self.written)


def portions(store: Store, night: Night, workers: Workers | None = None) -> Portions:
    """Every household of the scope looked over, portion by portion, in order of household.

    Args:
        store: the store, open in this process.
        night: what the look goes by.
        workers: who helps; None: this process does it alone.

    Raises:
        StoreError: a worker could not read, with the reason, or was ended from outside.
    """
    shares: tuple[Share, ...] = ()
    if workers is not None and workers.processes > 1:
        shares = store.shares(night.access, workers.share)
    enough = sum(share.size for share in shares)
    if workers is None or not shares or enough < workers.least:
        return night.over(store)
    return _beside(shares, night, workers)


def _beside(shares: tuple[Share, ...], night: Night, workers: Workers) -> Portions:
    """As many shares under way as can be written soon, so that what waits stays small."""
    waiting: deque[Future[list[Portion]]] = deque()
    pool = _pool(night, workers)
    rest = iter(shares)
    try:
        waiting.extend(pool.submit(_look, one) for one in islice(rest, _AHEAD * workers.processes))
        while waiting:
            yield from waiting.popleft().result()
            waiting.extend(pool.submit(_look, one) for one in islice(rest, 1))
    except BrokenProcessPool:
        raise StoreError(
            "一个排查进程被系统中止（多半是内存不够）。已经写入的都在，没有写一半的；"
            "请减少工作进程（--workers 1）后重新排查，不会重复。"
        ) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _pool(night: Night, workers: Workers) -> ProcessPoolExecutor:
    """Fresh processes, so that no thread, lock or connection of ours is copied."""
    return ProcessPoolExecutor(
        workers.processes,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin,
        initargs=(workers.store, night),
    )


class _Worker:
    """What one process holds; the store is opened with the first share, so that errors arrive."""

    def __init__(self, address: str, night: Night):
        self.address, self.night = address, night
        self.store: Store | None = None

    def look(self, share: Share) -> list[Portion]:
        first = self.store is None
        if self.store is None:
            self.store = open_store(self.address)
        found = list(self.night.over(self.store, share))
        gc.collect()  # once a share: in between, the search for cycles costs a fifth of the look
        if first:  # the rules, and what they were compiled to, stay: they are not walked again
            gc.freeze()
        return found


_WORKER: list[_Worker] = []  # one in each process of the pool


def _begin(address: str, night: Night) -> None:
    """An interrupt is for the process that asks; when that is gone, its workers go."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _WORKER[:] = [_Worker(address, night)]


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _look(share: Share) -> list[Portion]:
    return _WORKER[0].look(share)
