"""The long part of a check on all cores (并行核对): every case answered, every mutant met.

The thinking is in `matching/`; here it is only shared out. What comes back is in the order of the
questions, whoever answered them. A small check is done in this process.
"""

import multiprocessing
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from itertools import groupby
from typing import TypeVar

from matching.golden import GoldenCase, check_case
from matching.mutant_bench import Bench
from matching.mutation import Mutant, mutants
from matching.packs import Catalogue

__all__ = ["Progress", "chosen_mutants", "work_through"]

Found = TypeVar("Found")
Progress = Callable[[str, int, int], None]  # what, how many done, of how many
_CASES_A_TASK = 20
_WORTH_A_POOL = 400  # cases and mutants together; below, starting workers takes longer
_CASES, _MUTANTS = "算例", "变异"


def chosen_mutants(catalogue: Catalogue, only: Collection[str] = ()) -> tuple[Mutant, ...]:
    """The mutants of these policies and definitions; all of them if none is named."""
    return tuple(mutant for mutant in mutants(catalogue) if not only or mutant.of in only)


class _Worker:
    """What one process holds: the same catalogue and cases, and its own bench."""

    def __init__(self, catalogue: Catalogue, cases: Sequence[GoldenCase], only: Collection[str]):
        self.catalogue, self.cases, self.only = catalogue, tuple(cases), only
        self._bench: Bench | None = None
        self._mutants: tuple[Mutant, ...] = ()

    def answer(self, indexes: Sequence[int]) -> list[tuple[str, ...]]:
        return [check_case(self.catalogue, self.cases[index]) for index in indexes]

    def meet(self, indexes: Sequence[int]) -> list[bool]:
        if self._bench is None:
            self._bench = Bench(self.catalogue, self.cases)
            self._mutants = chosen_mutants(self.catalogue, self.only)
        return [self._bench.notices(self._mutants[index]) for index in indexes]


_WORKER: list[_Worker] = []  # one in each process of the pool


def _start(catalogue: Catalogue, cases: Sequence[GoldenCase], only: Collection[str]) -> None:
    _WORKER[:] = [_Worker(catalogue, cases, only)]


def _answer(indexes: Sequence[int]) -> list[tuple[str, ...]]:
    return _WORKER[0].answer(indexes)


def _meet(indexes: Sequence[int]) -> list[bool]:
    return _WORKER[0].meet(indexes)


def work_through(
    catalogue: Catalogue, cases: Sequence[GoldenCase], only: Collection[str], progress: Progress
) -> tuple[tuple[tuple[str, ...], ...], tuple[Mutant, ...]]:
    """What does not hold in each case, and the mutants that no case notices.

    Args:
        catalogue: all packs.
        cases: without any, no mutant is met: nothing could notice it.
        only: ids of policies and names of definitions whose mutants are met; none: all of them.
        progress: told what was done, how many, of how many.
    """
    chosen = chosen_mutants(catalogue, only) if cases else ()
    each = range(0, len(cases), _CASES_A_TASK)
    by_case = [range(start, min(start + _CASES_A_TASK, len(cases))) for start in each]
    texts = groupby(range(len(chosen)), lambda index: (chosen[index].pack, chosen[index].of))
    by_text = [tuple(indexes) for _, indexes in texts]
    wrong: Iterator[list[tuple[str, ...]]]
    noticed: Iterator[list[bool]]
    with ExitStack() as stack:
        if len(cases) + len(chosen) < _WORTH_A_POOL:
            worker = _Worker(catalogue, cases, only)
            wrong, noticed = map(worker.answer, by_case), map(worker.meet, by_text)
        else:
            pool = stack.enter_context(_pool(catalogue, cases, only))
            wrong, noticed = pool.map(_answer, by_case), pool.map(_meet, by_text)
        failed = tuple(_counted(wrong, _CASES, len(cases), progress))
        met = tuple(_counted(noticed, _MUTANTS, len(chosen), progress))
    return failed, tuple(one for one, is_met in zip(chosen, met, strict=True) if not is_met)


def _pool(
    catalogue: Catalogue, cases: Sequence[GoldenCase], only: Collection[str]
) -> ProcessPoolExecutor:
    """A process for each core; fresh ones, so that no thread or lock of ours is copied."""
    return ProcessPoolExecutor(
        len(os.sched_getaffinity(0)),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_start,
        initargs=(catalogue, tuple(cases), tuple(only)),
    )


def _counted(
    done: Iterable[Sequence[Found]], what: str, total: int, progress: Progress
) -> Iterator[Found]:
    count = 0
    for results in done:
        count += len(results)
        progress(what, count, total)
        yield from results
