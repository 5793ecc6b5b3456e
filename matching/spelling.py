"""A sum written out in words and numbers (算式): what the card says under the amount."""

import math
from collections import Counter
from datetime import date
from fractions import Fraction

from matching import tree
from matching.reading import Reading
from matching.rule_words import words
from matching.seen import Env, Unknown
from matching.tree import Kind, Node, show_amount, show_value
from matching.units import NONE, Unit, divide, is_money, multiply, parse_unit, without
from matching.vocabulary import FactType, fact_spec

__all__ = ["fen_of", "plain", "shown", "spell", "yuan"]

_MONEY = parse_unit("CNY")


def fen_of(value: int | Fraction) -> int:
    """An exact amount rounded once, half up, to whole fen."""
    return math.floor(Fraction(value) + Fraction(1, 2))


def yuan(fen: int | Fraction) -> str:
    """Fen as `1,650` or `12.50` yuan."""
    whole, rest = divmod(abs(fen_of(fen)), 100)
    return f"{'-' if fen_of(fen) < 0 else ''}{whole:,}" + (f".{rest:02d}" if rest else "")


def plain(value: object, name: str = "") -> bool | int | str | date | tuple[str, ...] | None:
    """A value of a fact as an answer carries it: money in whole fen, part of a m2 as text."""
    if isinstance(value, Fraction):
        spec = fact_spec(name)
        is_area = spec is not None and spec.unit == "m2"
        return show_amount(value, NONE) if is_area else fen_of(value)
    return value if isinstance(value, bool | int | str | date | tuple) else None


def shown(name: str, value: object) -> str:
    """The value of a fact as a person reads it."""
    spec = fact_spec(name)
    if value is None or isinstance(value, Unknown):
        return "未知"
    if spec is not None and value == spec.at_home and isinstance(value, date):
        return "没有（同住）"
    if spec is None:
        return show_value(value)
    if spec.type in (FactType.MONEY, FactType.NUMBER) and isinstance(value, int | Fraction):
        return show_amount(value, parse_unit(spec.unit))
    if spec.choices:
        parts = value if isinstance(value, tuple) else (value,)
        return "、".join(spec.choices.get(str(part), str(part)) for part in parts) or "无"
    return show_value(value)


def spell(reading: Reading, node: Node, env: Env, unit: Unit) -> str | None:
    """`3 人 × 1,650 元 − 家庭月可计收入 2,400 元 = 2,550 元`; None when something is unknown."""
    total = reading.see(node, env).value
    if isinstance(total, Unknown) or not is_money(unit):
        return None
    left = _sum(reading, node, env)
    right = f"{yuan(_number(total))} 元"
    return right if left == right or not left else f"{left} = {right}"


def _number(value: object) -> int | Fraction:
    return value if isinstance(value, int | Fraction) else 0


def _sum(reading: Reading, node: Node, env: Env) -> str:
    match node:
        case tree.MinMax("max", (tree.Literal(0), inner)):
            left_over = _number(reading.see(inner, env).value)
            return _sum(reading, inner, env) if left_over >= 0 else "0 元"
        case tree.Arith("+" | "-" as sign, left, right):
            before, after = _sum(reading, left, env), _sum(reading, right, env)
            if _number(reading.see(right, env).value) == 0:
                return before
            shown = f"（{after}）" if sign == "-" and (" + " in after or " − " in after) else after
            return f"{before} {'−' if sign == '-' else '+'} {shown}" if before else after
        case tree.Arith("*"):
            return _product(reading, node, env)
        case tree.Quantifier("sum", body, var, collection, None):
            return _grouped(reading, body, (var, collection), env)
        case tree.Cond(test, yes, no):
            truth = reading.see(test, env).value
            return _sum(reading, yes if truth is True else no, env)
        case tree.Scale(_, inner):
            return f"（{_sum(reading, inner, env)}）按{'年' if node.which == 'yearly' else '月'}"
    return _factor(reading, node, env)


def _grouped(reading: Reading, body: Node, loop: tuple[str, str], env: Env) -> str:
    """Equal terms together: `2 人 × 1,070 元 + 1 人 × 1,400 元`."""
    var, collection = loop
    terms: Counter[int | Fraction] = Counter()
    for thing, kept in reading.collection(collection, env.things.get("person")):
        if kept.value is True:
            terms[_number(reading.see(body, env.bind(var, thing)).value)] += 1
    terms.pop(0, None)
    return (
        " + ".join(f"{count} 人 × {yuan(value)} 元" for value, count in sorted(terms.items()))
        or "0 元"
    )


def _product(reading: Reading, node: Node, env: Env) -> str:
    """Each factor by itself: `15 平方米 × 160 元 × 1.2`; last a bare one says nothing."""
    if not isinstance(node, tree.Arith) or node.op != "*":
        return _factor(reading, node, env)
    before = _product(reading, node.left, env)
    if reading.see(node.right, env).value == 1 and _unit_of(reading, node.right) == NONE:
        return before
    return f"{before} × {_factor(reading, node.right, env)}"


def _factor(reading: Reading, node: Node, env: Env) -> str:
    value = reading.see(node, env).value
    if isinstance(value, Unknown) or not isinstance(value, int | Fraction):
        return words(node)
    match node:
        case tree.FactRef(_, name):
            spec = fact_spec(name)
            unit = tree_unit(name)
            if unit == (("person", 1),):
                return f"{value} 人"
            label = spec.label if spec else name
            return (
                f"{label} {yuan(value)} 元"
                if is_money(unit)
                else f"{label} {show_amount(value, unit)}"
            )
        case tree.StandardRef(id_):
            unit = without(reading.pack.standards[id_].unit, "person")
            return f"{yuan(value)} 元" if is_money(unit) else show_amount(value, unit)
        case tree.Received():
            return f"已领取 {yuan(value)} 元"
        case tree.Literal():
            return str(value)
    unit = without(_unit_of(reading, node), "person")
    return f"{yuan(value)} 元" if is_money(unit) else show_amount(value, unit)


def _unit_of(reading: Reading, node: Node) -> Unit:
    """The unit of a part of a formula, for words only; the formula itself was checked when read."""
    match node:
        case tree.FactRef(_, name):
            return tree_unit(name)
        case tree.StandardRef(id_):
            return reading.pack.standards[id_].unit
        case tree.Arith("*" | "/" as op, left, right):
            combine = multiply if op == "*" else divide
            return combine(_unit_of(reading, left), _unit_of(reading, right))
        case tree.Literal():
            return NONE
        case tree.Arith(_, left, right) | tree.Cond(_, left, right):
            return _unit_of(reading, left) or _unit_of(reading, right)
        case tree.MinMax(_, items):
            return next((unit for item in items if (unit := _unit_of(reading, item))), NONE)
    return _MONEY


def tree_unit(name: str) -> Unit:
    """The unit of a fact as rules see it."""
    from matching.rules import type_of_fact  # noqa: PLC0415 - only for money in words

    spec = fact_spec(name)
    found = type_of_fact(spec) if spec else None
    return found.unit or () if found and found.kind is Kind.NUMBER else ()
