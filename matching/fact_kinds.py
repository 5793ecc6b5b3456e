"""The shape of a fact (事实的形状): name, label, type, how long fresh, what silence means."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

from matching.model.family import FactValue

__all__ = ["MAX_FEN", "MAX_NUMBER", "FactSpec", "FactType", "test_of"]

MAX_FEN, MAX_NUMBER = 10**13, 10**6  # what is larger is a slip


class FactType(StrEnum):
    """What kind of value a fact holds (类型)."""

    BOOL = "bool"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    CODE = "code"
    CHOICE = "choice"
    SET = "set"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class FactSpec:
    """One fact: its name, its Chinese label, what values it may take and how long it stays fresh.

    Attributes:
        name: entity and idea, as `person.birth_date`; entities: household, person, child, event.
        unit: as in docs/rules-language.md; for MONEY in the unit that rules see (`CNY/month`).
        choices: for CHOICE and SET: value -> Chinese label.
        fresh_months: how old a record may be and still be used; None: until another replaces it.
        presume: the value that silence stands for; None: silence is unknown.
        derived: computed by a definition of the packs; a family may still state it.
        ask: how hard it is to ask: 0 on file elsewhere, 1 a question, 3 a document, 5 sensitive.
        at_home: the value that silence stands for in somebody who lives in the household; only
            there may a presumption also say no.
        implied_by: facts that are recorded only if this truth holds; one of them known, this one
            is met.
        follows: (fact, value): if that truth is known to be no, this fact stands at the value.
        told_by: (fact, values, value): if that fact has one of the values, this fact stands at the
            value unless somebody says otherwise (who is at school is a student).
        known_with: the fact that comes first; while that one is unknown, this one is not asked for.
        hinted_by: facts of the same person (`members.x`: of anybody who lives there) that make it
            worth asking, because they tell of something out of the ordinary.
        asked_until: from this age on nobody is asked for it unless something tells of it.
        everyday: everybody has some value, so a value tells of nothing out of the ordinary.
        also: names for the same idea on the domain pages.
    """

    name: str
    label: str
    type: FactType
    unit: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    minimum: int | None = None
    maximum: int | None = None
    fresh_months: int | None = None
    presume: FactValue | None = None
    derived: bool = False
    ask: int = 1
    at_home: FactValue | None = None
    implied_by: tuple[str, ...] = ()
    follows: tuple[str, FactValue] | None = None
    told_by: tuple[str, frozenset[FactValue], FactValue] | None = None
    known_with: str | None = None
    hinted_by: tuple[str, ...] = ()
    asked_until: int | None = None
    everyday: bool = False
    also: tuple[str, ...] = ()

    @property
    def entity(self) -> str:
        """The part before the dot."""
        return self.name.split(".", 1)[0]


def test_of(spec: FactSpec) -> Callable[[object], bool]:
    """Whether a value is one that the fact may take (值的检查): made once, asked of every record.

    A store knows that a value is a number, a text or a date; not that this fact takes such.
    """
    choices = frozenset(spec.choices)
    low = 0 if spec.minimum is None else spec.minimum
    most = MAX_FEN if spec.type is FactType.MONEY else MAX_NUMBER
    high = most if spec.maximum is None else spec.maximum

    def is_exact(value: object) -> bool:
        if isinstance(value, bool) or not isinstance(value, int | Fraction):
            return False
        return low <= value <= high

    def is_code(value: object) -> bool:
        return isinstance(value, str) and (value.isdigit() or value == "none")

    tests: Mapping[FactType, Callable[[object], bool]] = {
        FactType.BOOL: lambda value: isinstance(value, bool),
        FactType.NUMBER: is_exact,
        FactType.MONEY: is_exact,
        FactType.DATE: lambda value: isinstance(value, date),
        FactType.CODE: is_code,
        FactType.CHOICE: lambda value: isinstance(value, str) and value in choices,
        FactType.SET: lambda value: isinstance(value, tuple) and choices.issuperset(value),
        FactType.TEXT: lambda value: isinstance(value, str),
    }
    return tests[spec.type]
