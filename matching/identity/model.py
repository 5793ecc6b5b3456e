"""From levels to a probability that can be explained (Fellegi-Sunter), against two alternatives.

Two records are of one person, of two people of one household, or of strangers. Households share
surname, telephone and address, so that one class of "not the same" would count these three times.
Each level of each field weighs log2(chance if same / chance if not) bits against either
alternative; prior odds and the bits of all fields add up. A rare name weighs more than a common
one.

`estimation` finds the figures; this module only uses them.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from functools import cached_property

from matching.errors import InputError
from matching.identity.compare import (
    FIELDS,
    AddressLevel,
    BirthLevel,
    NameLevel,
    PhoneLevel,
    Vector,
)
from matching.identity.records import PersonRecord

__all__ = [
    "MATCH",
    "REVIEW",
    "Alternative",
    "Chances",
    "Frequencies",
    "LinkageModel",
    "Score",
    "Weight",
    "explain_pair",
    "read_model",
    "score_pair",
    "show_model",
]

MATCH = 0.9  # at least so likely: the same person
REVIEW = 0.1  # at least so likely: a person looks
_NO_LEVEL = 1e-12

Chances = Mapping[str, tuple[float, ...]]


class Alternative(StrEnum):
    """What two records are if they are not of one person."""

    RELATIVES = "relatives"  # two people of one household
    STRANGERS = "strangers"


@dataclass(frozen=True, slots=True)
class Frequencies:
    """How often values are met (姓名频率等) that are met often; the others have the floor."""

    names: Mapping[str, float] = field(default_factory=dict)
    births: Mapping[str, float] = field(default_factory=dict)
    phones: Mapping[str, float] = field(default_factory=dict)
    addresses: Mapping[str, float] = field(default_factory=dict)
    rarest_name: float = 1e-4


@dataclass(frozen=True)
class LinkageModel:
    """The figures of one linkage. They stay fixed while records come in, so that order is free.

    Attributes:
        same: chance of each level if two records are of one person.
        relatives: the same if they are of two people of one household.
        strangers: the same for any two records.
        n_records: how many records the figures are meant for.
        same_per_record: pairs of one person, per record.
        relatives_per_record: pairs of two people of one household, per record.
        namesakes: how many times more often strangers have both name and birth date in common than
            the two would by chance: names go with years of birth, and lists are not drawn by lot.
        frequencies: of names and other values.
        origin: how and from what the figures were estimated.
    """

    same: Chances
    relatives: Chances
    strangers: Chances
    n_records: int
    same_per_record: float
    relatives_per_record: float
    namesakes: float = 1.0
    frequencies: Frequencies = field(default_factory=Frequencies)
    origin: str = ""

    @cached_property
    def prior_bits(self) -> tuple[float, float]:
        """Prior odds of "same" against relatives and against strangers, in bits."""
        n_pairs = (self.n_records - 1) / 2
        return (
            math.log2(self.same_per_record / self.relatives_per_record),
            math.log2(self.same_per_record / n_pairs),
        )

    @cached_property
    def bits(self) -> tuple[tuple[tuple[float, ...], tuple[float, ...]], ...]:
        """Per field: bits of each level against relatives and against strangers; 0 if missing."""
        return tuple(
            (
                _bits_of(self.same[name], self.relatives[name]),
                _bits_of(self.same[name], self.strangers[name]),
            )
            for name in FIELDS
        )


@dataclass(frozen=True, slots=True)
class Score:
    """How likely two records are of one person: bits against either alternative."""

    against_relatives: float
    against_strangers: float

    @property
    def probability(self) -> float:
        """Between 0 and 1, both alternatives together."""
        return 1 / (1 + _power(-self.against_relatives) + _power(-self.against_strangers))

    @property
    def nearest(self) -> Alternative:
        """The alternative that is less unlikely."""
        relatives = self.against_relatives < self.against_strangers
        return Alternative.RELATIVES if relatives else Alternative.STRANGERS


@dataclass(frozen=True, slots=True)
class Weight:
    """What one field says: its level, and how many bits for (or, below zero, against) "same"."""

    field: str
    level: str
    bits: float


def score_pair(
    model: LinkageModel, left: PersonRecord, right: PersonRecord, vector: Vector
) -> Score:
    """The sum of prior odds and the bits of all fields."""
    relatives, strangers = model.prior_bits
    for (by_relatives, by_strangers), level in zip(model.bits, vector, strict=True):
        relatives += by_relatives[level]
        strangers += by_strangers[level]
    for name, level in _equal_values(vector):
        strangers += _rarity(model, name, level, (left, right))
    return Score(relatives, strangers - _namesake_bits(model, vector))


def explain_pair(
    model: LinkageModel, left: PersonRecord, right: PersonRecord, vector: Vector
) -> tuple[Weight, ...]:
    """What each field says against the nearer alternative; with prior odds they add up to it."""
    strangers = score_pair(model, left, right, vector).nearest is Alternative.STRANGERS
    rare = {}
    if strangers:
        equal = _equal_values(vector)
        rare = {name: _rarity(model, name, level, (left, right)) for name, level in equal}
        rare["birth_date"] = rare.get("birth_date", 0.0) - _namesake_bits(model, vector)
    return tuple(
        Weight(name, level.name.lower(), round(tables[strangers][level] + rare.get(name, 0.0), 2))
        for name, tables, level in zip(FIELDS, model.bits, vector, strict=True)
    )


def _bits_of(same: tuple[float, ...], other: tuple[float, ...]) -> tuple[float, ...]:
    bits = [
        math.log2(max(a, _NO_LEVEL) / max(b, _NO_LEVEL)) for a, b in zip(same, other, strict=True)
    ]
    return (*bits, 0.0)


def _equal_values(vector: Vector) -> list[tuple[str, IntEnum]]:
    """The fields whose equal (or, of names, nearly equal) value may be a common or a rare one."""
    name, _, birth, _, phone, address = vector
    fields: list[tuple[str, IntEnum]] = []
    if name <= NameLevel.ONE_MISSING:
        fields.append(("name", name))
    if birth is BirthLevel.EQUAL:
        fields.append(("birth_date", birth))
    if phone is PhoneLevel.EQUAL:
        fields.append(("phone", phone))
    if address is AddressLevel.EQUAL:
        fields.append(("address", address))
    return fields


def _namesake_bits(model: LinkageModel, vector: Vector) -> float:
    """What the birth date says less because the name is equal too."""
    both = vector[0] is NameLevel.EQUAL and vector[2] is BirthLevel.EQUAL
    return math.log2(model.namesakes) if both else 0.0


def _rarity(
    model: LinkageModel, name: str, level: IntEnum, pair: tuple[PersonRecord, PersonRecord]
) -> float:
    """Bits that a rare value adds, or a common one takes away, against strangers."""
    average = model.strangers[name][level]
    chance = _frequency(model, name, level, pair)
    return math.log2(max(average, _NO_LEVEL) / max(chance, _NO_LEVEL))


def _frequency(
    model: LinkageModel, name: str, level: IntEnum, pair: tuple[PersonRecord, PersonRecord]
) -> float:
    """How common the equal value is; for all but equal names the average at least."""
    left, right = pair
    known = model.frequencies
    average = model.strangers[name][level]
    if name == "name":
        common = max(known.names.get(r.name or "", known.rarest_name) for r in pair)
        return common if level is NameLevel.EQUAL else max(average, common)
    if name == "birth_date":
        return max(average, known.births.get(str(left.birth), 0.0))
    if name == "phone":
        shared = [phone for phone in left.phones if phone in right.phones]
        return min(max(average, known.phones.get(phone, 0.0)) for phone in shared)
    return max(average, known.addresses.get(left.address or "", 0.0))


def _power(bits: float) -> float:
    return math.pow(2.0, min(bits, 1000.0))


def show_model(model: LinkageModel) -> dict[str, object]:
    """The figures without the frequencies, which hold values of people; ready for JSON."""
    return {
        "origin": model.origin,
        "n_records": model.n_records,
        "same_per_record": round(model.same_per_record, 6),
        "relatives_per_record": round(model.relatives_per_record, 6),
        "namesakes": round(model.namesakes, 2),
        "rarest_name": model.frequencies.rarest_name,
        "levels": {
            name: {
                level.name.lower(): [
                    float(f"{table[name][level]:.3g}")
                    for table in (model.same, model.relatives, model.strangers)
                ]
                for level in levels
                if level.name != "MISSING"
            }
            for name, levels in FIELDS.items()
        },
    }


def read_model(shown: Mapping[str, object]) -> LinkageModel:
    """The figures from what `show_model` wrote.

    Raises:
        InputError: a field or level is missing, or a figure is no chance.
    """
    try:
        levels = shown["levels"]
        assert isinstance(levels, Mapping)  # noqa: S101 - the next line would fail less clearly
        tables = [
            {
                name: tuple(_chance(levels[name][level.name.lower()][at]) for level in enum[:-1])
                for name, enum in ((name, list(kind)) for name, kind in FIELDS.items())
            }
            for at in range(3)
        ]
        return LinkageModel(
            same=tables[0],
            relatives=tables[1],
            strangers=tables[2],
            n_records=int(str(shown["n_records"])),
            same_per_record=float(str(shown["same_per_record"])),
            relatives_per_record=float(str(shown["relatives_per_record"])),
            namesakes=max(1.0, float(str(shown["namesakes"]))),
            frequencies=Frequencies(rarest_name=float(str(shown["rarest_name"]))),
            origin=str(shown["origin"]),
        )
    except (KeyError, IndexError, TypeError, ValueError, AssertionError) as reason:
        raise InputError(f"身份归并的参数文件不完整或有误：{reason}。") from reason


def _chance(value: object) -> float:
    chance = float(str(value))
    if not 0 <= chance <= 1:
        raise ValueError(chance)
    return chance
