"""What a policy uses (引用关系): the definitions, facts and figures that its texts reach on a day.

One walk serves the office's list of figures due, the check for cycles, and the coverage of the
vocabulary.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from matching import tree
from matching.packs import Catalogue, DueStandard, Pack, Policy
from matching.parameters import Cell, Standard
from matching.tree import Node, walk

__all__ = [
    "DueCell",
    "definitions_in",
    "due_cells",
    "due_standards",
    "facts_in",
    "full_cells",
    "reach",
    "standards_in",
    "standards_of",
    "texts_of",
    "users_of_standards",
]


@dataclass(frozen=True, slots=True)
class DueCell:
    """One cell of a figure that should be entered (待填的数值): where, since when, why, for whom.

    `pack`: the pack whose file should say it.
    """

    pack: str
    id: str
    cell: Cell
    since: date | None
    why: str
    policies: tuple[str, ...]


def standards_in(node: Node) -> set[str]:
    """Ids of the figures that the text names."""
    return {part.id for part in walk(node) if isinstance(part, tree.StandardRef)}


def facts_in(node: Node) -> set[str]:
    """Names of the facts and definitions that the text names; `counted` names its definition."""
    names = {part.name for part in walk(node) if isinstance(part, tree.FactRef)}
    if any(
        isinstance(part, tree.Quantifier) and part.collection == "counted" for part in walk(node)
    ):
        names.add("person.counted")
    return names


def definitions_in(pack: Pack, node: Node) -> set[str]:
    """Names of the definitions of `pack` that the text names."""
    return {name for name in facts_in(node) if name in pack.definitions}


def reach(pack: Pack, nodes: Iterable[Node], day: date) -> Iterator[Node]:
    """The texts and, behind them, the texts of all definitions that they reach on `day`."""
    waiting, seen = list(nodes), set[str]()
    while waiting:
        node = waiting.pop()
        yield node
        for name in sorted(definitions_in(pack, node) - seen):
            seen.add(name)
            text = pack.definitions[name].text_on(day)
            if text is not None:
                waiting.append(text.test)


def standards_of(pack: Pack, policy: Policy) -> set[str]:
    """Figures that a policy reaches in any of its versions, and in any of its definitions'."""
    waiting = [condition.test for condition in policy.conditions]
    waiting += [amount.value for amount in policy.amounts if amount.value is not None]
    seen: set[str] = set()
    found: set[str] = set()
    while waiting:
        node = waiting.pop()
        found |= standards_in(node)
        for name in sorted(definitions_in(pack, node) - seen):
            seen.add(name)
            waiting += [text.test for text in pack.definitions[name].texts]
    return found


def texts_of(policy: Policy, day: date) -> tuple[Node, ...]:
    """The tests and the amount of a policy on a day."""
    tests = [condition.test for condition in policy.conditions if condition.period.holds(day)]
    amount = policy.amount_on(day)
    return (*tests, *([amount.value] if amount and amount.value is not None else []))


def due_standards(
    catalogue: Catalogue, day: date, place: str | None = None
) -> tuple[DueStandard, ...]:
    """Figures that answer unknown on `day` though a policy in force needs them (待录入的标准).

    Args:
        catalogue: all packs.
        day: the day asked about.
        place: a division code; None asks for every pack.
    """
    packs = [catalogue.pack_for(place)] if place is not None else list(catalogue.packs.values())
    found: dict[tuple[str, str], DueStandard] = {}
    for pack in packs:
        for due in _due_in(pack, day):
            found.setdefault((due.pack, due.id), due)
    return tuple(found[key] for key in sorted(found))


def users_of_standards(pack: Pack, day: date) -> dict[str, tuple[str, ...]]:
    """Figure -> the policies in force on `day` that need it, both in order of id."""
    users: dict[str, list[str]] = {}
    for policy in pack.policies.values():
        if policy.period.holds(day):
            reached = {
                name
                for node in reach(pack, texts_of(policy, day), day)
                for name in standards_in(node)
            }
            for name in reached:
                users.setdefault(name, []).append(policy.id)
    return {name: tuple(sorted(users[name])) for name in sorted(users)}


@lru_cache(maxsize=32)  # a place and a day are asked for many families
def _due_in(pack: Pack, day: date) -> tuple[DueStandard, ...]:
    return tuple(_each_due(pack, day))


def _each_due(pack: Pack, day: date) -> Iterator[DueStandard]:
    for name, policies in users_of_standards(pack, day).items():
        standard = pack.standards[name]
        row = standard.row_on(day)
        gaps = [standard.at(day, cell).why for cell in full_cells(standard)]
        why = next((gap for gap in gaps if gap is not None), None)
        if why is not None:
            since = row.start if row else None
            yield DueStandard(name, standard.label, standard.pack, since, why, policies)


def full_cells(standard: Standard) -> tuple[Cell, ...]:
    """The cells that can hold a figure, one word a key; `()` where none is named yet."""
    full = [cell for cell in standard.cells() if len(cell) == len(standard.keys)]
    return tuple(sorted(full)) or ((),)


def due_cells(catalogue: Catalogue, day: date, place: str | None = None) -> tuple[DueCell, ...]:
    """Every cell of a figure that answers unknown on `day` (待填的数值), in order of pack and id.

    A figure that the nation leaves to the places is due in the first pack below it.

    Args:
        catalogue: all packs.
        day: the day asked about.
        place: a division code; None asks for every pack that has a place.
    """
    packs = [catalogue.pack_for(place)] if place is not None else list(catalogue.packs.values())
    found: dict[tuple[str, str, Cell], DueCell] = {}
    for pack in packs:
        for due in _cells_due_in(pack, day) if pack.place else ():
            key = (due.pack, due.id, due.cell)
            known = found.get(key, due)
            policies = tuple(sorted({*known.policies, *due.policies}))
            found[key] = replace(known, policies=policies)
    return tuple(found[key] for key in sorted(found))


def _cells_due_in(pack: Pack, day: date) -> Iterator[DueCell]:
    for name, policies in users_of_standards(pack, day).items():
        standard = pack.standards[name]
        below = [step for step in pack.chain if pack.places[step]]
        stated = standard.pack if pack.places[standard.pack] else below[0]
        for cell in full_cells(standard):
            why = standard.at(day, cell).why
            if why is not None:
                since = standard.unknown_since(day, cell)
                yield DueCell(stated, name, cell, since, why, policies)
