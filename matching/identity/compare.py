"""Two records, field by field (逐项比较): how far each agrees, as a level.

Levels of a field go from the strongest agreement to the strongest difference; the last, `MISSING`,
says nothing. `compare` gives the same for (a, b) and (b, a).
"""

from datetime import date
from enum import IntEnum
from functools import lru_cache

from matching.identity.characters import Characters, surname_of
from matching.identity.records import IdState, PersonRecord

__all__ = [
    "AGREEING",
    "FIELDS",
    "AddressLevel",
    "BirthLevel",
    "Comparer",
    "IdLevel",
    "NameLevel",
    "PhoneLevel",
    "SexLevel",
    "Vector",
    "compare_births",
]


class NameLevel(IntEnum):
    """How two names agree."""

    EQUAL = 0
    ALIKE = 1  # each differing character sounds or looks the same
    SWAPPED = 2  # the characters of the given name in another order
    ONE_MISSING = 3  # one character fewer
    HIDDEN = 4  # equal as far as it can be seen
    ONE_OTHER = 5  # one character of the given name is another
    SURNAME = 6  # only the surname agrees
    DIFFERENT = 7
    MISSING = 8


class IdLevel(IntEnum):
    """How two identity numbers agree."""

    EQUAL = 0  # with the right check digit
    NEAR = 1  # one digit, or two neighbours exchanged, and a check digit fails
    HIDDEN_TAIL = 2  # masked; agrees in digits behind the birth date too
    HIDDEN_HEAD = 3  # masked; only place and birth date can be seen, and agree
    DIFFERENT = 4  # differ, and one of them is faulty or masked
    TWO_VALID = 5  # differ, and both have the right check digit
    MISSING = 6


class BirthLevel(IntEnum):
    """How two birth dates agree."""

    EQUAL = 0
    SWAPPED = 1  # day and month exchanged
    ONE_DIGIT = 2  # one digit differs, or two neighbours are exchanged
    YEAR = 3  # the same year, and one of them says 1 January
    DIFFERENT = 4
    MISSING = 5


class SexLevel(IntEnum):
    """How two sexes agree."""

    EQUAL = 0
    DIFFERENT = 1
    MISSING = 2


class PhoneLevel(IntEnum):
    """How two telephone numbers agree; a family shares them, so equal says little."""

    EQUAL = 0
    ONE_DIGIT = 1
    DIFFERENT = 2
    MISSING = 3


class AddressLevel(IntEnum):
    """How two addresses agree."""

    EQUAL = 0
    BUILDING = 1
    DIFFERENT = 2
    MISSING = 3


Vector = tuple[NameLevel, IdLevel, BirthLevel, SexLevel, PhoneLevel, AddressLevel]

FIELDS: dict[str, type[IntEnum]] = {
    "name": NameLevel,
    "id_number": IdLevel,
    "birth_date": BirthLevel,
    "sex": SexLevel,
    "phone": PhoneLevel,
    "address": AddressLevel,
}

# Levels that speak for one person, from the top; what follows speaks against it.
AGREEING = {"name": 5, "id_number": 4, "birth_date": 4, "sex": 1, "phone": 2, "address": 2}


class Comparer:
    """Compares records with one set of character tables; remembers pairs of names."""

    def __init__(self, characters: Characters):
        self._characters = characters
        self._names = lru_cache(maxsize=200_000)(self._compare_ordered)

    def compare(self, left: PersonRecord, right: PersonRecord) -> Vector:
        """The level of each field, in the order of `FIELDS`."""
        return (
            self.compare_names(left.name, right.name),
            _compare_ids(left, right),
            compare_births(left.birth, right.birth),
            _compare_sexes(left.sex, right.sex),
            _compare_phones(left.phones, right.phones),
            _compare_addresses(left.address, right.address),
        )

    def compare_names(self, left: str | None, right: str | None) -> NameLevel:
        """How two normalised names agree."""
        if left is None or right is None:
            return NameLevel.MISSING
        if left == right:
            return NameLevel.HIDDEN if "*" in left else NameLevel.EQUAL
        return self._names(left, right) if left < right else self._names(right, left)

    def _compare_ordered(self, left: str, right: str) -> NameLevel:
        if "*" in left or "*" in right:
            return _compare_hidden(left, right)
        if len(left) == len(right):
            return self._compare_equally_long(left, right)
        shorter, longer = sorted((left, right), key=len)
        one_fewer = len(longer) == len(shorter) + 1 and len(shorter) > 1
        if one_fewer and any(longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer))):
            return NameLevel.ONE_MISSING
        return _same_surname_or_none(left, right)

    def _compare_equally_long(self, left: str, right: str) -> NameLevel:
        pairs = [(a, b) for a, b in zip(left, right, strict=True) if a != b]
        if all(self._characters.are_alike(a, b) for a, b in pairs):
            return NameLevel.ALIKE
        surname = surname_of(left)
        if surname == surname_of(right):
            if sorted(left) == sorted(right):
                return NameLevel.SWAPPED
            if len(pairs) == 1 and len(left) > len(surname) + 1:
                return NameLevel.ONE_OTHER
        return _same_surname_or_none(left, right)


def _same_surname_or_none(left: str, right: str) -> NameLevel:
    same = surname_of(left) == surname_of(right)
    return NameLevel.SURNAME if same else NameLevel.DIFFERENT


def _compare_hidden(left: str, right: str) -> NameLevel:
    if len(left) == len(right) and all(
        a == b or "*" in {a, b} for a, b in zip(left, right, strict=True)
    ):
        return NameLevel.HIDDEN
    same = "*" not in {left[0], right[0]} and left[0] == right[0]
    return NameLevel.SURNAME if same else NameLevel.DIFFERENT


def _compare_ids(left: PersonRecord, right: PersonRecord) -> IdLevel:
    a, b = left.id_number, right.id_number
    if a is None or b is None:
        return IdLevel.MISSING
    states = (left.id_state, right.id_state)
    if IdState.MASKED in states:
        return _compare_masked(a, b)
    both_valid = left.is_valid_id and right.is_valid_id
    if a == b:
        return IdLevel.EQUAL if both_valid else IdLevel.NEAR
    if both_valid:
        return IdLevel.TWO_VALID
    return IdLevel.NEAR if _is_one_slip(a, b) else IdLevel.DIFFERENT


def _compare_masked(a: str, b: str) -> IdLevel:
    """Compared where both can be seen; a number of another length cannot be laid beside it."""
    if len(a) != len(b):
        return IdLevel.MISSING
    seen = [(i, x, y) for i, (x, y) in enumerate(zip(a, b, strict=True)) if "*" not in {x, y}]
    if len(seen) < 6:
        return IdLevel.MISSING
    if any(x != y for _, x, y in seen):
        return IdLevel.DIFFERENT
    in_tail = sum(i >= 14 for i, _, _ in seen)
    return IdLevel.HIDDEN_TAIL if in_tail >= 3 else IdLevel.HIDDEN_HEAD


def _is_one_slip(a: str, b: str) -> bool:
    """One character more, fewer or other, or two neighbours exchanged."""
    if len(a) == len(b):
        at = [i for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
        if len(at) == 2 and at[1] == at[0] + 1:
            return a[at[0]] == b[at[1]] and a[at[1]] == b[at[0]]
        return len(at) == 1
    shorter, longer = sorted((a, b), key=len)
    return len(longer) == len(shorter) + 1 and any(
        longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer))
    )


def compare_births(left: date | None, right: date | None) -> BirthLevel:
    """How two birth dates agree."""
    if left is None or right is None:
        return BirthLevel.MISSING
    if left == right:
        return BirthLevel.EQUAL
    same_year = left.year == right.year
    if same_year and left.month == right.day and left.day == right.month:
        return BirthLevel.SWAPPED
    if _is_one_slip(left.strftime("%Y%m%d"), right.strftime("%Y%m%d")):
        return BirthLevel.ONE_DIGIT
    if same_year and (1, 1) in {(left.month, left.day), (right.month, right.day)}:
        return BirthLevel.YEAR
    return BirthLevel.DIFFERENT


def _compare_sexes(left: str | None, right: str | None) -> SexLevel:
    if left is None or right is None:
        return SexLevel.MISSING
    return SexLevel.EQUAL if left == right else SexLevel.DIFFERENT


def _compare_phones(left: tuple[str, ...], right: tuple[str, ...]) -> PhoneLevel:
    if not left or not right:
        return PhoneLevel.MISSING
    if any(number in right for number in left):
        return PhoneLevel.EQUAL
    near = any(_is_one_slip(a, b) for a in left for b in right)
    return PhoneLevel.ONE_DIGIT if near else PhoneLevel.DIFFERENT


def _compare_addresses(left: str | None, right: str | None) -> AddressLevel:
    if left is None or right is None:
        return AddressLevel.MISSING
    if left == right:
        return AddressLevel.EQUAL
    building = _building(left)
    same = bool(building) and building == _building(right)
    return AddressLevel.BUILDING if same else AddressLevel.DIFFERENT


def _building(address: str) -> str:
    """Up to and with the last house number (号), else up to the lane (弄)."""
    for word in ("号", "弄"):
        head, found, _ = address.rpartition(word)
        if found:
            return head + found
    return ""
