"""The closed, typed tree that every rule becomes (规则树).

Belongs here: the node kinds, their types, and values as text. How a node says itself in Chinese is
`matching/rule_words.py`, how text becomes a tree `matching/rules.py`, what a tree answers for a
family `matching/explain.py`. A new kind of node needs one class here, one case in each reading, its
words, and a row in docs/rules-language.md.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from enum import Enum
from fractions import Fraction

from matching.units import NONE, Unit, is_money, show_unit

__all__ = [
    "And",
    "Arith",
    "Choices",
    "Compare",
    "Cond",
    "Doubt",
    "FactRef",
    "HeldOn",
    "Holds",
    "Home",
    "InChoices",
    "Kind",
    "LastHeld",
    "Literal",
    "MinMax",
    "MonthsHeld",
    "MonthsSince",
    "Node",
    "Not",
    "Or",
    "Overlaps",
    "Quantifier",
    "Received",
    "Scale",
    "StandardRef",
    "Today",
    "Type",
    "Within",
    "children",
    "show_amount",
    "show_value",
    "walk",
]


class Kind(Enum):
    """What a node stands for."""

    BOOL = "是非"
    NUMBER = "数"
    DATE = "日期"
    CODE = "区划"
    CHOICE = "选项"
    SET = "选项集合"


@dataclass(frozen=True, slots=True)
class Type:
    """Kind, unit of a number (None: a bare literal takes the unit it meets), choices allowed."""

    kind: Kind
    unit: Unit | None = NONE
    choices: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, truth value or choice written in the text."""

    value: bool | int | Fraction | str


@dataclass(frozen=True, slots=True)
class Choices:
    """A written set of choices."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FactRef:
    """A fact or definition of the thing that `var` stands for."""

    var: str
    name: str


@dataclass(frozen=True, slots=True)
class StandardRef:
    """A dated standard on the day asked about, with its keys."""

    id: str
    keys: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True)
class Today:
    """The day asked about."""


@dataclass(frozen=True, slots=True)
class Home:
    """The place of the pack that states the rule."""


@dataclass(frozen=True, slots=True)
class Not:
    """Kleene's not."""

    item: "Node"


@dataclass(frozen=True, slots=True)
class And:
    """Kleene's and: one unmet decides."""

    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Kleene's or: one met decides."""

    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """`op` is one of == != < <= > >=."""

    op: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class InChoices:
    """A choice is one of these; `negated` for `not in`."""

    item: "Node"
    choices: Choices
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Arith:
    """`op` is one of + - * /."""

    op: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class MinMax:
    """`which` is min or max."""

    which: str
    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Cond:
    """`yes if test else no`."""

    test: "Node"
    yes: "Node"
    no: "Node"


@dataclass(frozen=True, slots=True)
class Quantifier:
    """`which` is any, all, sum or count, over one collection with an optional filter."""

    which: str
    body: "Node"
    var: str
    collection: str
    filter: "Node | None" = None


@dataclass(frozen=True, slots=True)
class Overlaps:
    """A set of choices shares at least one with these."""

    item: "Node"
    choices: Choices


@dataclass(frozen=True, slots=True)
class Within:
    """A division code lies inside another."""

    code: "Node"
    area: "Node"


@dataclass(frozen=True, slots=True)
class Holds:
    """The ledger says that `who` holds one of these; `presumed`: written as `lacks`, negated."""

    who: str
    policies: tuple[str, ...]
    lacks: bool = False


@dataclass(frozen=True, slots=True)
class HeldOn:
    """The ledger says that `who` held one of these on a day."""

    who: str
    policies: tuple[str, ...]
    day: "Node"


@dataclass(frozen=True, slots=True)
class Received:
    """Month's amounts that `who` gets from these."""

    who: str
    policies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MonthsHeld:
    """For how many months in all `who` has held these."""

    who: str
    policies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LastHeld:
    """The day on which one of these last began for `who`."""

    who: str
    policies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MonthsSince:
    """Whole months from a day to the day asked about."""

    day: "Node"


@dataclass(frozen=True, slots=True)
class Scale:
    """`which` is yearly or monthly."""

    which: str
    item: "Node"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A branch that no text settles: `which` is unverified or disputed. Always unknown."""

    which: str
    item: "Node"


Node = (
    Literal
    | Choices
    | FactRef
    | StandardRef
    | Today
    | Home
    | Not
    | And
    | Or
    | Compare
    | InChoices
    | Arith
    | MinMax
    | Cond
    | Quantifier
    | Overlaps
    | Within
    | Holds
    | HeldOn
    | Received
    | MonthsHeld
    | LastHeld
    | MonthsSince
    | Scale
    | Doubt
)


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below, from left to right."""
    for slot in fields(node):
        value = getattr(node, slot.name)
        if isinstance(value, tuple):
            yield from (part for part in value if not isinstance(part, str))
        elif value is not None and not isinstance(value, str | bool | int | Fraction):
            yield value


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, each once per place where it stands."""
    yield node
    for child in children(node):
        yield from walk(child)


def show_amount(fen: int | Fraction, unit: Unit) -> str:
    """A number with its unit in Chinese: `1,650 元/月`."""
    hundredths = math.floor(Fraction(fen) * (1 if is_money(unit) else 100) + Fraction(1, 2))
    whole, rest = divmod(abs(hundredths), 100)
    text = f"{'-' if hundredths < 0 else ''}{whole:,}" + (
        f".{rest:02d}".rstrip("0") if rest else ""
    )
    suffix = show_unit(unit)
    return f"{text} {suffix}" if suffix else text


def show_value(value: object) -> str:
    """A choice, day or truth value as plain text."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return "、".join(str(part) for part in value)
    return str(value)
