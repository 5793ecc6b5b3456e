"""Only what a change can touch (增量归并): the records that hang together with some changed ones.

Holding half a million records with their blocks takes gigabytes. Here all records are passed by,
and only those that share a key with a changed one are kept and compared; whoever turns out to be
linked brings in his own neighbours, until nobody new is linked. What is found about these persons
is what a comparison of everybody finds.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from matching.identity.blocking import LARGEST_BLOCK, keys_of
from matching.identity.characters import Characters
from matching.identity.model import LinkageModel
from matching.identity.records import Decision, PersonRecord
from matching.identity.register import Register

__all__ = ["Everyone", "near"]

Everyone = Callable[[], Iterable[PersonRecord]]


def near(
    model: LinkageModel,
    characters: Characters,
    everyone: Everyone,
    changed: Collection[str],
    decisions: Iterable[Decision] = (),
    largest_block: int = LARGEST_BLOCK,
) -> Register:
    """A register of the changed records and of all that hang together with them, compared.

    Args:
        model: figures.
        characters: tables of alike characters.
        everyone: passes by all records, each key once, as often as it is asked.
        changed: keys of records that are new, changed or gone, and of those whom a kept finding
            puts beside them: what no longer resembles is found by that alone.
        decisions: everything that people decided.
        largest_block: as in `Register`.
    """
    decided = tuple(decisions)
    partners = _partners(decided)
    kept: dict[str, PersonRecord] = {}
    crowded: set[str] = set()
    ahead = set(changed)
    while ahead:
        ahead = _with_partners(ahead, partners) - kept.keys()
        new = [one for one in everyone() if one.key in ahead]
        kept |= {one.key: one for one in new}
        beside = _beside(everyone(), new, characters, largest_block)
        crowded |= beside.crowded
        trial = Register(model, characters, largest_block, crowded)
        trial.add([*new, *beside.records])
        ours = {one.key for one in new}
        linked = {key for link in trial.links() if ours & {*link.pair} for key in link.pair}
        ahead = linked - kept.keys()
    register = Register(model, characters, largest_block, crowded)
    for decision in decided:
        register.decide(decision)
    register.add(kept.values())
    return register


def _partners(decisions: Iterable[Decision]) -> dict[str, set[str]]:
    """Record -> records about which, and it, somebody decided."""
    partners: dict[str, set[str]] = {}
    for one in decisions:
        partners.setdefault(one.left, set()).add(one.right)
        partners.setdefault(one.right, set()).add(one.left)
    return partners


def _with_partners(keys: Collection[str], partners: Mapping[str, Collection[str]]) -> set[str]:
    """These and all that decisions tie to them, however many decisions lie between."""
    found, waiting = set(keys), list(keys)
    while waiting:
        new = set(partners.get(waiting.pop(), ())) - found
        found |= new
        waiting += new
    return found


@dataclass(frozen=True, slots=True)
class _Beside:
    """Who shares a key with some records, and the keys that too many share."""

    records: tuple[PersonRecord, ...]
    crowded: frozenset[str]


def _beside(
    everyone: Iterable[PersonRecord],
    of: Iterable[PersonRecord],
    characters: Characters,
    largest_block: int,
) -> _Beside:
    """One pass over everybody; of each key no more is kept than may be compared."""
    ours = {one.key for one in of}
    wanted = {key for one in of for key in keys_of(one, characters)}
    counts: Counter[str] = Counter()
    sharing: dict[str, list[PersonRecord]] = {key: [] for key in wanted}
    for record in everyone:
        for key in keys_of(record, characters) & wanted:
            counts[key] += 1
            if record.key not in ours and len(sharing[key]) <= largest_block:
                sharing[key].append(record)
    crowded = frozenset(key for key, count in counts.items() if count > largest_block)
    near_by = {one.key: one for key in wanted - crowded for one in sharing[key]}
    return _Beside(tuple(near_by[key] for key in sorted(near_by)), crowded)
