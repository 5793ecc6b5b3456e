"""Which pairs of records are worth comparing (分块): those that share a key in a small block.

Comparing all pairs of 200,000 records would take 20 thousand million comparisons. Two records of
one person nearly always share one of these keys; a key that very many share (the office's own
telephone) says nothing and would cost the most, so its block is left out, and that is said.
"""

from dataclasses import dataclass
from hashlib import blake2b

from matching.identity.characters import Characters, surname_of
from matching.identity.records import PersonRecord

__all__ = ["LARGEST_BLOCK", "LargeBlock", "keys_of", "large_block"]

LARGEST_BLOCK = 80
_SHORTEST_HALF = 9


@dataclass(frozen=True, slots=True, order=True)
class LargeBlock:
    """A key that too many records share (未比较的大组), by kind; the value itself is not told."""

    kind: str
    digest: str
    n_records: int


def large_block(key: str, n_records: int) -> LargeBlock:
    """What is said of a block that is left out."""
    kind, _, value = key.partition(":")
    return LargeBlock(kind, blake2b(value.encode(), digest_size=6).hexdigest(), n_records)


def keys_of(record: PersonRecord, characters: Characters) -> frozenset[str]:
    """The keys of one record, each as `kind:value`."""
    keys = [f"phone:{phone}" for phone in record.phones]
    if record.address:
        keys.append(f"address:{record.address}")
    if record.id_number:
        keys += _id_keys(record.id_number, record.name, characters)
    if record.birth:
        keys += _birth_keys(record, characters)
    return frozenset(keys)


def _id_keys(number: str, name: str | None, characters: Characters) -> list[str]:
    """Whole, by either half (a slip spoils only one), and by what masks leave to be seen."""
    keys = []
    if "*" not in number:
        keys += [f"id:{number}", f"id_prefix:{number[:14]}", f"id_rest:{number[_SHORTEST_HALF:]}"]
    ends = number[:6] + number[-4:]
    if name and "*" not in ends:
        keys.append(f"id_ends:{ends}{characters.sound(name[0])}")
    return keys


def _birth_keys(record: PersonRecord, characters: Characters) -> list[str]:
    """By day; by day and a part of the name, where a day's block is large; by name and a part."""
    day, name = record.birth, record.name
    keys = [f"birth:{day:%Y%m%d}"]
    if name:
        surname = surname_of(name)
        keys += [
            f"birth_surname:{day:%Y%m%d}{characters.sound(surname[0])}",
            f"birth_given:{day:%Y%m%d}{characters.sound(name[-1])}",
            f"name_year:{name}{day:%Y}",
            f"name_day:{name}{day:%m%d}",
        ]
    return keys
