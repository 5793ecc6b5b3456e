"""The vocabulary of facts (事实词汇): every name that a rule, a file or a record may use.

One idea, one name. Both halves of the domain pages are merged here; `also` keeps the names that the
pages use for the same idea, and `docs/reference/facts.md` prints the table. `silence` is the ruling on
what a missing fact means: unknown, unless a value is presumed and shown (docs/decisions/0003-silence.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from matching.model.family import FactValue

__all__ = ["VOCABULARY", "FactSpec", "FactType", "fact_spec"]


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
        name: entity and idea, as `person.birth_date`; entities: household, person, child, event, area.
        unit: as in docs/rules-language.md; for MONEY in the unit that rules see (`CNY/month`).
        choices: for CHOICE and SET: value -> Chinese label.
        fresh_months: how old a record may be and still be used; None: until another replaces it.
        presume: the value that silence stands for; None: silence is unknown.
        derived: computed by a definition of the packs; a family may still state it.
        ask: how hard it is to ask: 0 on file elsewhere, 1 a question, 3 a document, 5 sensitive.
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
    also: tuple[str, ...] = ()

    @property
    def entity(self) -> str:
        """The part before the dot."""
        return self.name.split(".", 1)[0]


_B, _N, _M = FactType.BOOL, FactType.NUMBER, FactType.MONEY
_D, _C, _S = FactType.DATE, FactType.CHOICE, FactType.SET

_FACTS: tuple[FactSpec, ...] = (
    FactSpec("household.monthly_income", "家庭月可支配收入合计", _M, unit="CNY/month", fresh_months=6),
    FactSpec("household.property_ok_dibao", "财产符合低保标准", _B, fresh_months=12),
    FactSpec("person.birth_date", "出生日期", _D),
    FactSpec("person.age", "周岁", _N, unit="year", derived=True),
    FactSpec("person.disability_grade", "残疾等级", _N, minimum=1, maximum=4),
)

VOCABULARY: Mapping[str, FactSpec] = {spec.name: spec for spec in _FACTS}


def fact_spec(name: str) -> FactSpec | None:
    """The entry for `name`, or None if no such fact is known."""
    return VOCABULARY.get(name)
