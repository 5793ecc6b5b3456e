"""A rule in plain Chinese (规则的白话): how each kind of node says itself.

Belongs here: the words of the constructs. Names of aids, figures and cells come in from outside; a
whole condition, an amount, a clause in words is `matching/policy_words.py`.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import assert_never

from matching.tree import (
    And,
    Arith,
    Choices,
    Compare,
    Cond,
    Doubt,
    FactRef,
    HeldOn,
    Holds,
    Home,
    InChoices,
    LastHeld,
    Literal,
    MinMax,
    MonthsHeld,
    MonthsSince,
    Node,
    Not,
    Or,
    Overlaps,
    Quantifier,
    Received,
    Scale,
    StandardRef,
    Today,
    Within,
    show_amount,
)
from matching.units import NONE, parse_unit, show_unit
from matching.vocabulary import FactType, fact_spec

__all__ = ["words"]

_OPS = {"==": "是", "!=": "不是", "<": "低于", "<=": "不超过", ">": "高于", ">=": "达到"}
_AGES = {"<": "未满 {} 周岁", "<=": "不超过 {} 周岁", ">=": "年满 {} 周岁", ">": "超过 {} 周岁"}
_COLLECTIONS = {
    "members": "家庭成员", "counted": "计入的成员", "obligors": "法定义务人", "parents": "父母",
    "events": "困难事件",
}  # fmt: skip
_QUANTIFIERS = {
    "any": "有{c}{f}符合“{b}”",
    "all": "所有{c}{f}都符合“{b}”",
    "sum": "{c}{f}的{b}合计",
    "count": "{c}{f}的人数",
}


def words(node: Node, name: Callable[[str], str] = str) -> str:  # noqa: C901 - one case a kind of node
    """The node in plain Chinese.

    `name` turns the id of an aid, of a figure, or of a cell (`FIGURE.cell`) into its name.
    """
    match node:
        case Not(Holds(who, policies, True)):
            return words(Holds(who, policies), name)
        case Not(item):
            return f"不是（{words(item, name)}）"
        case And():
            return "，且".join(_inside(item, name) for item in _said_of(node))
        case Or((Within(code, Literal()), *others)) if _all_within(code, others):
            places = [_place(item.area, name) for item in node.items if isinstance(item, Within)]
            return f"{words(code, name)}在{'、'.join(places)}之一"
        case Or(items):
            return "，或".join(_inside(item, name) for item in items)
        case Compare(op, FactRef(_, "person.age"), Literal(years)) if op in _AGES:
            return _AGES[op].format(years)
        case Compare(op, left, right):
            return f"{words(left, name)}{_OPS[op]}{_operand(right, left, name)}"
        case InChoices(item, choices, negated):
            return f"{words(item, name)}{'不' if negated else ''}属于{_choices(choices, item)}"
        case Overlaps(item, choices):
            return f"{words(item, name)}含有{_choices(choices, item)}"
        case Cond(test, yes, no):
            when = words(test, name)
            first = f"{when}{' ' * when[-1:].isdigit()}时为{_spaced(words(yes, name))}"
            rest = words(no, name)  # a chain of cases reads as one list
            return f"{first}；{rest}" if isinstance(no, Cond) else f"{first}；否则为{_spaced(rest)}"
        case Quantifier(which, body, _, collection, kept):
            restricted = f"（{words(kept, name)}）" if kept is not None else ""
            said = _factor_words(body, name) if which == "sum" else words(body, name)
            return _QUANTIFIERS[which].format(c=_COLLECTIONS[collection], f=restricted, b=said)
        case Doubt(which, item):
            doubt = "出处未核实" if which == "unverified" else "两种规定不一致"
            said = "由人判断" if item == Literal(value=True) else words(item, name)
            return f"{said}（{doubt}）"
        case _:
            return _term(node, name)


def _all_within(code: Node, others: list[Node]) -> bool:
    """Whether the rest also asks where the same thing lies."""
    return bool(others) and all(
        isinstance(item, Within) and item.code == code and isinstance(item.area, Literal)
        for item in others
    )


def _place(area: Node, name: Callable[[str], str]) -> str:
    """A written place by its name, if anybody gives one; else by its code."""
    code = str(area.value) if isinstance(area, Literal) else words(area, name)
    said = name(code)
    return f"区划 {code} 里" if said == code else said


def _said_of(node: And) -> list[Node]:
    """The parts that need saying: `x and unverified(x)` says x once, with its doubt."""
    doubted = [item.item for item in node.items if isinstance(item, Doubt)]
    return [item for item in node.items if item not in doubted]


def _inside(node: Node, name: Callable[[str], str]) -> str:
    """A part of a longer sentence: in brackets where it joins several by itself."""
    said = words(node, name)
    is_one = isinstance(node, And) and len(_said_of(node)) == 1
    return f"（{said}）" if isinstance(node, And | Or | Cond) and not is_one else said


def _factor_words(node: Node, name: Callable[[str], str]) -> str:
    said = words(node, name)
    is_sum = isinstance(node, Arith) and node.op in "+-"
    return f"（{said}）" if is_sum or isinstance(node, Cond) else said


def _term(node: Node, name: Callable[[str], str]) -> str:  # noqa: C901 - one case a kind of node
    match node:
        case Literal(bool() as truth):
            return "是" if truth else "否"
        case Literal(str() as choice):
            return name(choice)
        case Literal(value):
            return show_amount(value, NONE) if isinstance(value, Fraction) else str(value)
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
        case Arith("*" | "/" as op, left, right):
            sign = "×" if op == "*" else "÷"
            return f"{_factor_words(left, name)} {sign} {_factor_words(right, name)}"
        case Arith(op, left, right):
            taken = _factor_words(right, name) if op == "-" else words(right, name)
            return f"{words(left, name)} {'−' if op == '-' else op} {taken}"
        case MinMax("max", (Literal(0), item)):
            return f"{words(item, name)}（不足零的按零）"
        case MinMax(which, items):
            listed = "、".join(words(item, name) for item in items)
            return f"{'较小' if which == 'min' else '较大'}者（{listed}）"
        case Within(code, Literal() as area):
            return f"{words(code, name)}在{_place(area, name)}"
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
    if isinstance(right, Literal) and type(right.value) is int:
        spec = fact_spec(left.name) if isinstance(left, FactRef) else None
        unit = show_unit(parse_unit(spec.unit)) if spec and spec.type is FactType.NUMBER else ""
        return f" {right.value} {unit}".rstrip()
    return _spaced(words(right, name))


def _spaced(said: str) -> str:
    """A number keeps a space from the words before it."""
    return f" {said}" if said[:1].isdigit() else said


def _choices(choices: Choices, item: Node) -> str:
    spec = fact_spec(item.name) if isinstance(item, FactRef) else None
    labels = spec.choices if spec else {}
    return "、".join(labels.get(value, value) for value in choices.values)
