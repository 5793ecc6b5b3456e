"""What no probability outweighs (硬性区分): pairs that the tool never joins by itself.

A barrier that is `absolute` holds between any two records of one person, however they were brought
together, and against everybody. The others send a pair to a person.
"""

from enum import StrEnum

from matching.identity.compare import (
    AddressLevel,
    BirthLevel,
    IdLevel,
    NameLevel,
    PhoneLevel,
    Vector,
)
from matching.identity.records import PersonRecord

__all__ = ["Barrier", "barrier_between"]

_GENERATION_YEARS = 12
_OTHER_NAMES = (NameLevel.ONE_OTHER, NameLevel.SURNAME, NameLevel.DIFFERENT)
_SLIPS = (NameLevel.ALIKE, NameLevel.SWAPPED, NameLevel.ONE_MISSING)
_OTHER_BIRTHS = (BirthLevel.YEAR, BirthLevel.DIFFERENT)


class Barrier(StrEnum):
    """Why two records are not joined."""

    TWO_VALID_IDS = "two_valid_ids"  # 两个身份证号都有效而不同
    TWINS = "twins"  # 同日生、同住或同电话，名不同
    GENERATIONS = "generations"  # 出生相差十二年以上
    NUMBER_OF_ANOTHER = "number_of_another"  # 号码相同而姓名不同
    NOTHING_BUT_CONTACT = "nothing_but_contact"  # 只有联系方式相同

    @property
    def is_absolute(self) -> bool:
        """Whether not even a person's decision joins across it."""
        return self is Barrier.TWO_VALID_IDS


def barrier_between(left: PersonRecord, right: PersonRecord, vector: Vector) -> Barrier | None:
    """The barrier between two records, if there is one."""
    name, number, birth, _, _, _ = vector
    if number is IdLevel.TWO_VALID:
        return Barrier.TWO_VALID_IDS
    if number is IdLevel.EQUAL:
        is_another = name in {NameLevel.SURNAME, NameLevel.DIFFERENT} or (
            name is NameLevel.ONE_OTHER and birth in _OTHER_BIRTHS
        )
        return Barrier.NUMBER_OF_ANOTHER if is_another else None
    if _are_twins(left, right, vector):
        return Barrier.TWINS
    if _are_of_two_generations(left, right, birth):
        return Barrier.GENERATIONS
    tells_who = number in {IdLevel.NEAR, IdLevel.HIDDEN_TAIL} or birth not in {
        *_OTHER_BIRTHS,
        BirthLevel.MISSING,
    }
    named = name in {NameLevel.EQUAL, NameLevel.ALIKE, NameLevel.SWAPPED, NameLevel.ONE_MISSING}
    return None if tells_who or named else Barrier.NOTHING_BUT_CONTACT


def _are_twins(left: PersonRecord, right: PersonRecord, vector: Vector) -> bool:
    """Born on one day, at one address or telephone, of different given names.

    Names that could be one name with a slip are two names if the numbers differ too, or if one list
    has both.
    """
    name, number, birth, _, phone, address = vector
    if birth is not BirthLevel.EQUAL or number is IdLevel.NEAR:
        return False
    is_told_apart = number is IdLevel.DIFFERENT or left.source == right.source
    if name not in _OTHER_NAMES and not (name in _SLIPS and is_told_apart):
        return False
    together = address in {AddressLevel.EQUAL, AddressLevel.BUILDING}
    return together or phone is PhoneLevel.EQUAL


def _are_of_two_generations(left: PersonRecord, right: PersonRecord, birth: BirthLevel) -> bool:
    """Birth dates far apart that no single slip of the pen explains."""
    if birth is not BirthLevel.DIFFERENT or left.birth is None or right.birth is None:
        return False
    return abs(left.birth.year - right.birth.year) >= _GENERATION_YEARS
