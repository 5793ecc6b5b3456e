"""One policy changed, for all households (一项政策变动): who would enter, who would leave.

Only this policy is compiled and worked out. What a table knows by now (facts, definitions, who
holds what) is not worked out again.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from matching.packs import Pack, Policy
from matching.scan.columns import MET, Tri
from matching.scan.status import Program, Scan, compile_pack, scan
from matching.scan.table import FactTable, Index

__all__ = ["Movement", "compile_policy", "movement", "scan_tables"]


@dataclass(frozen=True, slots=True)
class Movement:
    """Rows of households that a policy reaches only after a change, and only before it."""

    enters: Index
    leaves: Index


def compile_policy(pack: Pack, on: date, policy: Policy) -> Program:
    """One policy alone, as it would be; the pack gives definitions, figures and exclusions.

    Args:
        pack: of the place.
        on: the day whose law and figures hold.
        policy: as it stands, or as it is supposed to be; its id is that of a policy of the pack.
    """
    return compile_pack(replace(pack, policies={policy.id: policy}), on)


def movement(before: Tri, after: Tri) -> Movement:
    """Who enters and who leaves, of one table, by `Scan.best` before and after.

    A household that could not be decided on one side moves too: it was not, or is not, surely met.
    """
    was, is_ = before == MET, after == MET
    return Movement(np.flatnonzero(is_ > was), np.flatnonzero(was > is_))


def scan_tables(
    program: Program, tables: Iterable[FactTable], *, traced: bool = False, workers: int = 1
) -> Iterator[Scan]:
    """Every policy of the program for every table, in order.

    Args:
        program: compiled for the pack and day of the tables.
        tables: read as they are needed by one worker, all at once by several.
        traced: as in `scan`.
        workers: threads; the work is done outside the interpreter, so two use two cores. Tables of
            100,000 households and more gain, small ones wait for each other.
    """
    if workers == 1:
        for table in tables:
            yield scan(program, table, traced=traced)
        return
    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(lambda table: scan(program, table, traced=traced), tables)
