"""Who in one household owes support to whom (同住的法定义务人), told by relations to the head.

Spouses owe each other support, parents their children, grown-up children their parents. Obligors
who live elsewhere are named by the family itself.
Source: 民法典 第二十六条, 第一千零五十九条, 第一千零六十七条, 第一千零七十四条, 第一千零七十五条.
"""

from enum import Enum

__all__ = ["ADULT", "Duty", "duty_of"]

ADULT = 18


class Duty(Enum):
    """Whether the other person owes support."""

    YES = "yes"
    WHEN_ADULT = "when_adult"
    MAYBE = "maybe"
    NO = "no"


_PAIRS = {
    frozenset({"self", "spouse"}), frozenset({"self", "child"}), frozenset({"self", "parent"}),
    frozenset({"spouse", "child"}),
}  # fmt: skip
_NONE = {  # in-laws
    frozenset({"spouse", "parent"}), frozenset({"spouse", "grandparent"}),
    frozenset({"spouse", "sibling"}),
}  # fmt: skip
_YOUNGER = {("self", "child"), ("spouse", "child"), ("parent", "self")}


def duty_of(person: str, other: str) -> Duty:
    """Whether `other` owes support to `person`, each given by the relation to the head.

    Grandparents, grandchildren and brothers or sisters may owe it, where nearer kin cannot; and
    what "other" is to the head says nothing: a person decides.
    """
    pair = frozenset({person, other})
    if pair in _PAIRS:
        return Duty.WHEN_ADULT if (person, other) in _YOUNGER else Duty.YES
    return Duty.NO if pair in _NONE else Duty.MAYBE
