"""How many are in no list (盲区估计): capture-recapture from three or more lists, as a range.

Two lists are never enough: people differ in how visible they are, and lists feed each other, so
that the overlap of two says too little. What is shown is a range over models; each model's own
answer stands beside it. Lists must be linked first: a missed link makes one person look like two,
and the estimate grows by it.

Methods: Chapman 1951 for each pair; Chao 1987 (a lower bound under differing visibility);
log-linear models of the cells (Fienberg 1972) with two-way terms, fitted as Poisson counts by
iteratively reweighted least squares. The interval of a model is log-normal, with the variance of
Rivest and Lévesque 2001.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import exp, isfinite, log, sqrt

__all__ = ["LEAST_LISTS", "LEAST_SEEN", "BlindSpot", "ModelEstimate", "estimate", "histories"]

LEAST_LISTS = 3
MOST_LISTS = 6
LEAST_SEEN = 200
_Z = 1.959964  # 95 % of a normal curve
_FAR_OFF = 10.0  # a model whose AIC is worse by more explains the overlaps badly
_ROUNDS = 100
_CLOSE = 1e-9
_NOTHING = 1e-10
_LARGEST = 50.0  # the logarithm of a count; beyond it the fit runs away
_HALF = 0.5  # added to every cell where an empty one leaves a term without an answer

History = tuple[bool, ...]
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ModelEstimate:
    """What one method says: how many there are in all, and its 95 % interval.

    `low` and `high` are None where the method has no interval here; `weighs`: the range rests on
    it; `note`: why it is read with care.
    """

    name: str
    total: float
    low: float | None = None
    high: float | None = None
    aic: float | None = None
    weighs: bool = False
    note: str | None = None


@dataclass(frozen=True, slots=True)
class BlindSpot:
    """How many are in no list, as a range; or why that cannot be said.

    Attributes:
        seen: distinct ids over all lists.
        low, high: how many there are in all, seen ones included; None when refused.
        unseen_low, unseen_high: how many are in no list.
        middle: the answer of the model with all two-way terms.
        models: every method's own answer.
        refused: a sentence that says why there is no answer.
    """

    lists: tuple[str, ...]
    seen: int
    low: int | None = None
    high: int | None = None
    middle: int | None = None
    models: tuple[ModelEstimate, ...] = ()
    refused: str | None = None

    @property
    def unseen_low(self) -> int | None:
        """The fewest that are in no list."""
        return None if self.low is None else self.low - self.seen

    @property
    def unseen_high(self) -> int | None:
        """The most that are in no list."""
        return None if self.high is None else self.high - self.seen


def histories(lists: Sequence[Collection[str]]) -> Mapping[History, int]:
    """How many ids are in exactly these lists; an id that stands twice in a list counts once."""
    sets = [frozenset(one) for one in lists]
    everyone = frozenset[str]().union(*sets)
    return Counter(tuple(one in ids for ids in sets) for one in everyone)


def estimate(lists: Mapping[str, Collection[str]]) -> BlindSpot:
    """How many eligible households are in none of the lists, as a range over models.

    Args:
        lists: name -> ids, linked beforehand; ids of one place and of those who are eligible.
    """
    names = tuple(lists)
    counts = histories(list(lists.values()))
    seen = sum(counts.values())
    refused = _refusal(names, lists, seen)
    if refused:
        return BlindSpot(names, seen, refused=refused)
    fitted = tuple(_fitted(names, counts, pairs) for pairs in _models(len(names)))
    kept = _weighed([one for one in fitted if one is not None])
    others = (*_chapman_pairs(names, lists), _chao(counts, len(names)))
    if not kept:
        why = "名单之间几乎没有重合，没有一个模型能算出结果。请先核对名单的归并，再换名单。"
        return BlindSpot(names, seen, models=others, refused=why)
    lows = [one.low for one in kept if one.weighs and one.low is not None]
    highs = [one.high for one in kept if one.weighs and one.high is not None]
    return BlindSpot(
        names, seen, low=max(seen, int(min(lows))), high=int(max(highs)) + 1,
        middle=round(kept[-1].total), models=(*kept, *others),
    )  # fmt: skip


def _refusal(names: Sequence[str], lists: Mapping[str, Collection[str]], seen: int) -> str | None:
    if len(names) < LEAST_LISTS:
        return (
            f"只有 {len(names)} 份名单，至少要 {LEAST_LISTS} 份：只看两份的重合，"
            "分不清是人少，还是有些人谁都看不见。"
        )
    if len(names) > MOST_LISTS:
        return f"有 {len(names)} 份名单，最多 {MOST_LISTS} 份。请先把同一来源的名单合并。"
    empty = [name for name in names if not lists[name]]
    if empty:
        return f"名单“{empty[0]}”是空的。请补上，或换一份名单。"
    whole = [name for name in names if len(set(lists[name])) == seen]
    if whole:
        return (
            f"名单“{whole[0]}”包含了其他名单里的每一个人，看不出它漏了谁"
            "（常见于其他名单就是从它抄来的）。请换一份各自登记的名单。"
        )
    if seen < LEAST_SEEN:
        return (
            f"几份名单合起来只有 {seen} 人，不到 {LEAST_SEEN} 人：人数太少，"
            "估出来的范围没有意义。请扩大到几个街镇一起算。"
        )
    return None


def _models(n_lists: int) -> list[tuple[Pair, ...]]:
    """Which two-way terms a model has: none, some, all; the fullest comes last."""
    pairs = tuple(combinations(range(n_lists), 2))
    if n_lists == LEAST_LISTS:
        sizes: Iterable[int] = range(len(pairs) + 1)
    else:
        sizes = (0, 1, 2, len(pairs))
    return [chosen for size in sizes for chosen in combinations(pairs, size)]


def _weighed(fitted: Sequence[ModelEstimate]) -> tuple[ModelEstimate, ...]:
    """The range rests on models that explain the overlaps, and always on the fullest."""
    if not fitted:
        return ()
    best = min(one.aic for one in fitted if one.aic is not None)
    return tuple(
        ModelEstimate(
            one.name, one.total, one.low, one.high, one.aic,
            weighs=one is fitted[-1] or (one.aic is not None and one.aic - best <= _FAR_OFF),
            note=one.note,
        )
        for one in fitted
    )  # fmt: skip


def _fitted(
    names: Sequence[str], counts: Mapping[History, int], pairs: tuple[Pair, ...]
) -> ModelEstimate | None:
    """One log-linear model; None where the counts cannot say what one of its terms is."""
    n_lists = len(names)
    cells = [
        tuple(bool(number >> place & 1) for place in range(n_lists))
        for number in range(1, 2**n_lists)
    ]
    rows = [
        [1.0, *(float(inside) for inside in cell), *(float(cell[a] and cell[b]) for a, b in pairs)]
        for cell in cells
    ]
    observed = [float(counts.get(cell, 0)) for cell in cells]
    helped = any(
        not sum(n for n, cell in zip(observed, cells, strict=True) if cell[a] and cell[b])
        for a, b in pairs
    ) or (len(rows[0]) == len(cells) and 0.0 in observed)
    used = [n + _HALF for n in observed] if helped else observed
    solved = _poisson(rows, used)
    if solved is None:
        return None
    beta, variance, deviance = solved
    unseen, seen = exp(beta[0]), sum(observed)
    spread = exp(_Z * sqrt(log(1 + (unseen + unseen**2 * variance) / unseen**2)))
    high = seen + unseen * spread
    if not isfinite(high):
        return None
    terms = "、".join(f"{names[a]}×{names[b]}" for a, b in pairs) or "各自独立"
    return ModelEstimate(
        terms, seen + unseen, seen + unseen / spread, high, deviance + 2 * len(beta),
        note="有的重合是空的，每格加了 0.5" if helped else None,
    )  # fmt: skip


def _poisson(
    rows: Sequence[Sequence[float]], observed: Sequence[float]
) -> tuple[list[float], float, float] | None:
    """Poisson regression: coefficients, variance of the first, deviance; None if it runs away."""
    means = [n + _HALF for n in observed]
    before = float("inf")
    for _ in range(_ROUNDS):
        etas = [log(mean) for mean in means]
        working = [
            eta + (n - mean) / mean for eta, n, mean in zip(etas, observed, means, strict=True)
        ]
        solved = _solve(rows, means, working)
        if solved is None:
            return None
        beta = solved[0]
        etas = [sum(b * x for b, x in zip(beta, row, strict=True)) for row in rows]
        if max(etas) > _LARGEST:
            return None
        means = [exp(max(eta, -30.0)) for eta in etas]
        deviance = _deviance(observed, means)
        if abs(before - deviance) < _CLOSE * (1 + abs(deviance)):
            return beta, solved[1], deviance
        before = deviance
    return None


def _deviance(observed: Sequence[float], means: Sequence[float]) -> float:
    return 2 * sum(
        (n * log(n / mean) if n else 0.0) - (n - mean)
        for n, mean in zip(observed, means, strict=True)
    )


def _solve(
    rows: Sequence[Sequence[float]], weights: Sequence[float], targets: Sequence[float]
) -> tuple[list[float], float] | None:
    """Weighted least squares; with the variance of the first coefficient. None: no one answer."""
    table = _normal_equations(rows, weights, targets)
    size = len(table)
    for column in range(size):
        best = max(range(column, size), key=lambda at: abs(table[at][column]))
        if abs(table[best][column]) < _NOTHING:
            return None
        table[column], table[best] = table[best], table[column]
        for at in range(size):
            if at != column:
                factor = table[at][column] / table[column][column]
                table[at] = [x - factor * y for x, y in zip(table[at], table[column], strict=True)]
    return [table[i][size] / table[i][i] for i in range(size)], table[0][size + 1] / table[0][0]


def _normal_equations(
    rows: Sequence[Sequence[float]], weights: Sequence[float], targets: Sequence[float]
) -> list[list[float]]:
    """Left side, right side, and a column for the first column of the inverse."""
    size = range(len(rows[0]))

    def total(values: Iterable[float]) -> float:
        return sum(w * x for w, x in zip(weights, values, strict=True))

    return [
        [
            *(total(row[i] * row[j] for row in rows) for j in size),
            total(row[i] * t for row, t in zip(rows, targets, strict=True)),
            1.0 if i == 0 else 0.0,
        ]
        for i in size
    ]


def _chapman_pairs(
    names: Sequence[str], lists: Mapping[str, Collection[str]]
) -> tuple[ModelEstimate, ...]:
    """Each pair alone: shown beside the range, never part of it."""
    found = []
    for first, second in combinations(names, 2):
        a, b = set(lists[first]), set(lists[second])
        total = (len(a) + 1) * (len(b) + 1) / (len(a & b) + 1) - 1
        found.append(ModelEstimate(f"只看{first}与{second}", total, note="两份名单往往估得偏低"))
    return tuple(found)


def _chao(counts: Mapping[History, int], n_lists: int) -> ModelEstimate:
    """From those seen once and twice; a lower bound when people differ in visibility."""
    times = Counter[int]()
    for history, number in counts.items():
        times[sum(history)] += number
    once, twice = times[1], times[2]
    unseen = (n_lists - 1) / n_lists * once * (once - 1) / (2 * (twice + 1))
    return ModelEstimate(
        "Chao 下限", sum(counts.values()) + unseen, note="各人被看见的机会不同时的下限"
    )
