"""The figures of the linkage from the lists themselves (参数估计): no pair has to be known before.

Strangers: the chance of an equal value follows from how often each value is met; of the other
levels, from pairs taken at even steps. Same person and same household: expectation-maximisation
over the patterns of levels among the candidate pairs, started from and held near the shipped
figures, so that a small list does not invent its own world.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from matching.identity.compare import (
    AGREEING,
    FIELDS,
    AddressLevel,
    BirthLevel,
    Comparer,
    IdLevel,
    NameLevel,
    PhoneLevel,
    Vector,
)
from matching.identity.model import Chances, Frequencies, LinkageModel
from matching.identity.records import PersonRecord

__all__ = ["Patterns", "count_frequencies", "estimate", "estimate_strangers"]

Patterns = Mapping[Vector, int]

_STEPS = 60
_STILL = 1e-6  # a round that changes less is the last
_HELD_BY = 60.0  # pairs that the starting figures count for
_SAMPLED_PAIRS = 120_000
_OFTEN = 3  # a value met fewer times keeps the floor
_NEVER_ALIKE = (NameLevel.EQUAL, NameLevel.ALIKE, NameLevel.SWAPPED, NameLevel.ONE_MISSING)


def count_frequencies(records: Sequence[PersonRecord]) -> Frequencies:
    """How often names, birth dates, telephones and addresses are met among these records."""
    n_records = max(len(records), 1)
    return Frequencies(
        names=_shares((r.name for r in records), n_records),
        births=_shares((r.birth.isoformat() if r.birth else None for r in records), n_records),
        phones=_shares((phone for r in records for phone in r.phones), n_records),
        addresses=_shares((r.address for r in records), n_records),
        rarest_name=min(2 / n_records, 1e-3),
    )


def _shares(values: Iterable[str | None], n_records: int) -> dict[str, float]:
    counts = Counter(value for value in values if value is not None)
    return {value: n / n_records for value, n in counts.items() if n >= _OFTEN}


def estimate_strangers(
    records: Sequence[PersonRecord], comparer: Comparer, start: LinkageModel
) -> Chances:
    """The chance of each level between any two people, held near the starting figures.

    Only pairs of one list count: between lists some pairs are of one person, and a few thousand of
    these would outnumber the strangers who share a name.
    """
    counts = {name: [0.0] * (len(levels) - 1) for name, levels in FIELDS.items()}
    for left, right in _evenly(records):
        for name, level in zip(FIELDS, comparer.compare(left, right), strict=True):
            if level.name != "MISSING":
                counts[name][level] += 1
    found = {name: _held(counts[name], start.strangers[name], _HELD_BY) for name in FIELDS}
    for name in ("name", "birth_date"):
        rest = [0.0, *found[name][1:]]
        equal = _share_of_equal(records, name, start.strangers[name][0])
        found[name] = (equal, *(chance * (1 - equal) / sum(rest) for chance in rest[1:]))
    return found


def _share_of_equal(records: Sequence[PersonRecord], name: str, start: float) -> float:
    """Exact, of all pairs within each list; held near the start by as many pairs as show one."""
    values = Counter((r.source, r.name if name == "name" else r.birth) for r in records)
    sizes = Counter(r.source for r in records)
    n_equal = sum(n * (n - 1) / 2 for (_, value), n in values.items() if value is not None)
    n_pairs = sum(n * (n - 1) / 2 for n in sizes.values())
    return (n_equal + 1) / (n_pairs + 1 / max(start, 1e-9))


def _evenly(records: Sequence[PersonRecord]) -> Iterable[tuple[PersonRecord, PersonRecord]]:
    """Pairs of one list at growing steps through it: spread over all, and free of chance."""
    n_records = len(records)
    rounds = min(n_records - 1, max(1, _SAMPLED_PAIRS // max(n_records, 1)))
    for turn in range(1, rounds + 1):
        step = 1 + (turn * 7919) % (n_records - 1)
        for at in range(min(n_records, _SAMPLED_PAIRS)):
            left, right = records[at], records[(at + step) % n_records]
            if left.source == right.source:
                yield left, right


def estimate(
    records: Sequence[PersonRecord],
    patterns: Patterns,
    comparer: Comparer,
    start: LinkageModel,
    origin: str,
) -> LinkageModel:
    """All figures from one population.

    Args:
        records: everyone, in a fixed order.
        patterns: how often each pattern of levels is met among the candidate pairs.
        comparer: as used for the patterns.
        start: figures to begin with and to stay near.
        origin: what the result says about itself.
    """
    if len(records) < 2:
        return replace(start, n_records=max(len(records), 2), origin=origin)
    model = replace(
        start,
        n_records=len(records),
        strangers=estimate_strangers(records, comparer, start),
        frequencies=count_frequencies(records),
        origin=origin,
    )
    model = replace(model, namesakes=_namesakes(records, model, patterns, start))
    for _ in range(_STEPS):
        before = model.same_per_record
        model = _step(model, patterns, start)
        if abs(model.same_per_record - before) < _STILL * before:
            break
    return replace(
        model,
        relatives=_in_order(model.same, model.relatives),
        strangers=_in_order(model.same, model.strangers),
    )


def _namesakes(
    records: Sequence[PersonRecord], model: LinkageModel, patterns: Patterns, start: LinkageModel
) -> float:
    """Seen where two valid numbers tell two people apart; held near the start by two such pairs."""
    seen = sum(
        count
        for (name, number, birth, _, phone, address), count in patterns.items()
        if number is IdLevel.TWO_VALID
        and name is NameLevel.EQUAL
        and birth is BirthLevel.EQUAL
        and phone >= PhoneLevel.DIFFERENT
        and address >= AddressLevel.DIFFERENT
    )
    n_numbered = sum(record.is_valid_id for record in records)
    by_chance = n_numbered * (n_numbered - 1) / 2
    by_chance *= model.strangers["name"][0] * model.strangers["birth_date"][0]
    return max(1.0, (seen + 2 * start.namesakes) / (by_chance + 2))


def _step(model: LinkageModel, patterns: Patterns, start: LinkageModel) -> LinkageModel:
    """One round: how much each pattern belongs to either class, and the figures that follow."""
    same = {name: [0.0] * (len(levels) - 1) for name, levels in FIELDS.items()}
    relatives = {name: [0.0] * (len(levels) - 1) for name, levels in FIELDS.items()}
    n_same = n_relatives = 0.0
    for vector, count in patterns.items():
        share_same, share_relatives = _shares_of(model, vector)
        n_same += share_same * count
        n_relatives += share_relatives * count
        for name, level in zip(FIELDS, vector, strict=True):
            if level.name != "MISSING":
                same[name][level] += share_same * count
                relatives[name][level] += share_relatives * count
    found = {name: _held(same[name], start.same[name], _HELD_BY) for name in FIELDS}
    others = {name: _held(relatives[name], start.relatives[name], _HELD_BY) for name in FIELDS}
    n_records = model.n_records
    return replace(
        model,
        same=found,
        relatives=_with_ceilings(others, start.relatives),
        same_per_record=(n_same + _HELD_BY * start.same_per_record) / (n_records + _HELD_BY),
        relatives_per_record=(n_relatives + _HELD_BY * start.relatives_per_record)
        / (n_records + _HELD_BY),
    )


def _shares_of(model: LinkageModel, vector: Vector) -> tuple[float, float]:
    """How much of a pattern is "same person" and how much "same household"."""
    n_records = model.n_records
    same = model.same_per_record * n_records
    relatives = model.relatives_per_record * n_records
    strangers = n_records * (n_records - 1) / 2
    for name, level in zip(FIELDS, vector, strict=True):
        if level.name != "MISSING":
            same *= model.same[name][level]
            relatives *= model.relatives[name][level]
            strangers *= model.strangers[name][level]
    total = same + relatives + strangers
    return (same / total, relatives / total) if total else (0.0, 0.0)


def _with_ceilings(found: Chances, start: Chances) -> Chances:
    """Two people of one household are not named alike: no list teaches otherwise."""
    names = list(found["name"])
    for level in _NEVER_ALIKE:
        names[level] = min(names[level], start["name"][level])
    numbers = list(found["id_number"])
    numbers[IdLevel.EQUAL] = min(numbers[IdLevel.EQUAL], start["id_number"][IdLevel.EQUAL])
    return {**found, "name": tuple(names), "id_number": tuple(numbers)}


def _in_order(same: Chances, other: Chances) -> Chances:
    """A weaker agreement never weighs more than a stronger one, however few pairs showed it.

    Where it did, the other class is given a higher chance: that can only lower a weight.
    """
    ordered = {}
    for name, chances in other.items():
        found = list(chances)
        for level in range(1, AGREEING[name]):
            above = same[name][level - 1] / found[level - 1]
            found[level] = max(found[level], same[name][level] / above)
        ordered[name] = tuple(found)
    return ordered


def _held(counts: Sequence[float], start: Sequence[float], strength: float) -> tuple[float, ...]:
    """Shares of the levels, with the starting figures as if `strength` pairs had shown them."""
    total = sum(counts) + strength
    return tuple((n + strength * chance) / total for n, chance in zip(counts, start, strict=True))
