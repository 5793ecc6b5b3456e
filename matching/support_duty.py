"""Who in one household owes support to whom (同住的法定义务人), told by relations to the head.

Spouses owe each other support, parents their children, grown-up children their parents. Obligors
who live elsewhere are named by the family itself.
Source: 民法典 第二十六条, 第一千零五十九条, 第一千零六十七条.
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
_UNSETTLED = {  # the relation to the head does not say how these two are related
    frozenset({"parent"}), frozenset({"grandparent"}), frozenset({"parent", "sibling"}),
    frozenset({"grandparent", "parent"}), frozenset({"child", "grandchild"}),
}  # fmt: skip
_YOUNGER = {("self", "child"), ("spouse", "child"), ("parent", "self")}


def duty_of(person: str, other: str) -> Duty:
    """Whether `other` owes support to `person`, each given by the relation to the head."""
    pair = frozenset({person, other})
    if pair in _UNSETTLED:
        return Duty.MAYBE
    if pair not in _PAIRS:
        return Duty.NO
    return Duty.WHEN_ADULT if (person, other) in _YOUNGER else Duty.YES
