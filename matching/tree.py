"""The closed, typed tree that every rule becomes (规则树).

Belongs here: the node kinds, their types, and how a node says itself in Chinese. How text becomes
a tree is `matching/rules.py`; what a tree answers for a family is `matching/explain.py`. A new kind
of node needs one class here, one case in each reading, and a row in docs/rules-language.md.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import assert_never

from matching.units import NONE, Unit, is_money, show_unit
from matching.vocabulary import fact_spec

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
    "words",
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


_OPS = {"==": "是", "!=": "不是", "<": "低于", "<=": "不超过", ">": "高于", ">=": "达到"}
_AGES = {"<": "未满 {} 周岁", "<=": "不超过 {} 周岁", ">=": "年满 {} 周岁", ">": "超过 {} 周岁"}
_COLLECTIONS = {
    "members": "家庭成员", "counted": "计入的成员", "obligors": "法定义务人", "parents": "父母",
    "events": "困难事件",
}  # fmt: skip
_QUANTIFIERS = {
    "any": "有{c}{f}{b}",
    "all": "所有{c}{f}{b}",
    "sum": "{c}{f}的{b}合计",
    "count": "{c}{f}的人数",
}


def words(node: Node, name: Callable[[str], str] = str) -> str:  # noqa: C901 - one case a kind of node
    """The node in plain Chinese.

    `name` turns the id of an aid, of a figure, or of a cell (`FIGURE.cell`) into its name.
    """
    match node:
        case Not(item):
            return f"不是（{words(item, name)}）"
        case And(items):
            return "，且".join(words(item, name) for item in items)
        case Or(items):
            return "，或".join(words(item, name) for item in items)
        case Compare(op, FactRef(_, "person.age"), Literal(years)) if op in _AGES:
            return _AGES[op].format(years)
        case Compare(op, left, right):
            return f"{words(left, name)}{_OPS[op]}{_operand(right, left, name)}"
        case InChoices(item, choices, negated):
            return f"{words(item, name)}{'不' if negated else ''}属于{_choices(choices, item)}"
        case Overlaps(item, choices):
            return f"{words(item, name)}含有{_choices(choices, item)}"
        case Cond(test, yes, no):
            return f"{words(test, name)}时为{words(yes, name)}，否则为{words(no, name)}"
        case Quantifier(which, body, _, collection, kept):
            restricted = f"（{words(kept, name)}）" if kept is not None else ""
            return _QUANTIFIERS[which].format(
                c=_COLLECTIONS[collection], f=restricted, b=words(body, name)
            )
        case Doubt(which, item):
            doubt = "出处未核实" if which == "unverified" else "两种规定不一致"
            return f"{words(item, name)}（{doubt}）"
        case _:
            return _term(node, name)


def _term(node: Node, name: Callable[[str], str]) -> str:  # noqa: C901 - one case a kind of node
    match node:
        case Literal(value):
            return (
                {True: "是", False: "否"}.get(value, str(value))
                if isinstance(value, bool)
                else str(value)
            )
        case Choices(values):
            return "、".join(values)
        case FactRef(_, fact):
            spec = fact_spec(fact)
            return spec.label if spec else fact
        case StandardRef(id_, keys):
            said = (_cell_word(id_, key, name) for key in keys)
            return name(id_) + (f"（{'、'.join(said)}）" if keys else "")
        case Today():
            return "当天"
        case Home():
            return "本地"
        case Arith(op, left, right):
            return (
                f"{words(left, name)} {op.replace('*', '×').replace('/', '÷')} {words(right, name)}"
            )
        case MinMax("max", (Literal(0), item)):
            return f"{words(item, name)}（不足零的按零）"
        case MinMax(which, items):
            listed = "、".join(words(item, name) for item in items)
            return f"{'较小' if which == 'min' else '较大'}者（{listed}）"
        case Within(code, Literal(place)):
            return f"{words(code, name)}在区划 {place} 里"
        case Within(code, _):
            return f"{words(code, name)}在本地"
        case Scale(which, item):
            return f"{words(item, name)}（按{'年' if which == 'yearly' else '月'}）"
        case MonthsSince(day):
            return f"自{words(day, name)}起的月数"
        case _:
            return _ledger_words(node, name)


def _cell_word(standard: str, key: Node, name: Callable[[str], str]) -> str:
    """A key of a figure: what is written, by the name of that cell; what is asked, in words."""
    if not isinstance(key, Literal):
        return words(key, name)
    asked = f"{standard}.{key.value}"
    said = name(asked)
    return str(key.value) if said == asked else said


def _ledger_words(node: Node, name: Callable[[str], str]) -> str:
    match node:
        case Holds(_, policies, lacks):
            rest = "" if len(policies) == 1 or lacks else "之一"
            return f"{'没有' if lacks else '正在'}享受{_names(policies, name)}{rest}"
        case HeldOn(_, policies, day):
            return f"{words(day, name)}时享受{_names(policies, name)}"
        case Received(_, policies):
            return f"已领取的{_names(policies, name)}"
        case MonthsHeld(_, policies):
            return f"享受{_names(policies, name)}的月数"
        case LastHeld(_, policies):
            return f"上次享受{_names(policies, name)}的日子"
        case (
            Not()
            | And()
            | Or()
            | Compare()
            | InChoices()
            | Overlaps()
            | Cond()
            | Quantifier()
            | Doubt()
            | Literal()
            | Choices()
            | FactRef()
            | StandardRef()
            | Today()
            | Home()
            | Arith()
            | MinMax()
            | Within()
            | Scale()
            | MonthsSince()
        ):
            raise AssertionError(node)
        case _:
            assert_never(node)


def _names(policies: tuple[str, ...], name: Callable[[str], str]) -> str:
    return "、".join(name(policy) for policy in policies)


def _operand(right: Node, left: Node, name: Callable[[str], str]) -> str:
    if isinstance(right, Literal) and isinstance(right.value, str):
        return _choices(Choices((right.value,)), left)
    return words(right, name)


def _choices(choices: Choices, item: Node) -> str:
    spec = fact_spec(item.name) if isinstance(item, FactRef) else None
    labels = spec.choices if spec else {}
    return "、".join(labels.get(value, value) for value in choices.values)


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
