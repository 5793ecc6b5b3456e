"""Why a finding is wrong or missing (错因): each loss of a world is undone alone, and looked again.

Nothing is guessed: a case counts for the loss without which it would have come out right. What no
loss explains, all of them undone together included, is a fault of the detectors.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import cache

from benchmarks.finding_worlds import ON, World
from matching.findings import Finding, Rates, look_over, settled
from matching.model.records import Case, Record
from matching.packs import Catalogue

__all__ = ["CAUSES", "Units", "causes_of"]

CAUSES = {
    "lost_line": "台账丢了一行",
    "missing_fact": "事实没有登记",
    "wrong_income": "登记的收入不对",
    "release_not_told": "释放没有人报，或报过以后没有再核查",
    "several": "几样合在一起",
    "ours": "找法的毛病",
}
Units = Callable[[Iterable[Finding]], set[Hashable]]


def causes_of(
    catalogue: Catalogue, world: World, rates: Rates, units: Units, wrong: Mapping[Hashable, bool]
) -> Counter[str]:
    """How many of these errors each loss explains.

    Args:
        catalogue: all packs.
        world: with the households as they are.
        rates: how often conditions are met, as in the look that is judged.
        units: findings to the units in which they are counted; a unit begins with its household.
        wrong: unit -> whether it should be found (it was not, or the other way round).
    """
    homes = {case.household.id: at for at, case in enumerate(world.cases)}

    @cache
    def found_at(home: str, causes: tuple[str, ...]) -> frozenset[Hashable]:
        at = homes[home]
        case = world.cases[at]
        for cause in causes:
            case = _UNDONE[cause](case, world.real[at], world.untold)
        portion = look_over(catalogue, [case], ON)
        waiting = settled(portion.waiting, rates).get(home, ())
        return frozenset(units([*portion.findings.get(home, ()), *waiting]))

    counts: Counter[str] = Counter()
    for unit, is_true in wrong.items():
        home = str(unit[0])  # type: ignore[index]
        alone = (c for c in _UNDONE if (unit in found_at(home, (c,))) is is_true)
        together = "several" if (unit in found_at(home, tuple(_UNDONE))) is is_true else "ours"
        counts[next(alone, together)] += 1
    return counts


def _ledger(seen: Case, real: Case, untold: frozenset[str]) -> Case:  # noqa: ARG001
    return seen.model_copy(update={"aid": real.aid})


def _facts(seen: Case, real: Case, untold: frozenset[str]) -> Case:
    """Every fact that was left out, beside those that are there, right or wrong."""
    told = {row.id: row.facts for row in seen.records}
    rows = [
        row.model_copy(update={"facts": {**row.facts, **told.get(row.id, {})}})
        for row in real.records
        if row.id not in untold
    ]
    return seen.model_copy(update={"records": (*rows, *_others(seen, real))})


def _income(seen: Case, real: Case, untold: frozenset[str]) -> Case:  # noqa: ARG001
    """What is told is told rightly."""
    true = {row.id: row.facts for row in real.records}
    rows = [
        row.model_copy(update={"facts": {k: true.get(row.id, row.facts)[k] for k in row.facts}})
        for row in seen.records
    ]
    return seen.model_copy(update={"records": tuple(rows)})


def _releases(seen: Case, real: Case, untold: frozenset[str]) -> Case:
    rows = [row for row in real.records if row.id in untold]
    return seen.model_copy(update={"records": (*seen.records, *rows)})


def _others(seen: Case, real: Case) -> list[Record]:
    known = {row.id for row in real.records}
    return [row for row in seen.records if row.id not in known]


_UNDONE: Mapping[str, Callable[[Case, Case, frozenset[str]], Case]] = {
    "lost_line": _ledger,
    "missing_fact": _facts,
    "wrong_income": _income,
    "release_not_told": _releases,
}
