"""A tree as the text of a rule again (规则树 -> 规则文本): what an author would have written.

For messages that quote a part of a rule. `read_rule` of this text gives the same tree.
"""

from decimal import Decimal
from fractions import Fraction
from typing import assert_never

from matching import tree
from matching.tree import Node

__all__ = ["rule_text"]

_CHOICE, _OR, _AND, _NOT, _COMPARED, _SUM, _PRODUCT, _ATOM = range(8)
_LONGEST_LIST = 8  # a longer one was written as CASH_AID


def rule_text(node: Node) -> str:
    """The node in the language of docs/rules-language.md, on one line."""
    return _text(node)[0]


def _inside(node: Node, least: int) -> str:
    """The node as a part: in brackets where it binds less than its place asks."""
    text, binds = _text(node)
    return text if binds >= least else f"({text})"


def _text(node: Node) -> tuple[str, int]:
    match node:
        case tree.Not(item):
            return f"not {_inside(item, _NOT)}", _NOT
        case tree.And(items):
            return " and ".join(_inside(item, _NOT) for item in items), _AND
        case tree.Or(items):
            return " or ".join(_inside(item, _AND) for item in items), _OR
        case tree.Compare(op, left, right):
            return f"{_inside(left, _SUM)} {op} {_inside(right, _SUM)}", _COMPARED
        case tree.InChoices(item, choices, negated):
            word = "not in" if negated else "in"
            return f"{_inside(item, _SUM)} {word} {rule_text(choices)}", _COMPARED
        case tree.Arith(op, left, right):
            binds = _SUM if op in "+-" else _PRODUCT
            return f"{_inside(left, binds)} {op} {_inside(right, binds + 1)}", binds
        case tree.Cond(test, yes, no):
            parts = (_inside(yes, _OR), _inside(test, _OR), rule_text(no))
            return "{} if {} else {}".format(*parts), _CHOICE
        case _:
            return _atom(node), _ATOM


def _atom(node: Node) -> str:  # noqa: C901 - one case a kind of node
    match node:
        case tree.Literal(value):
            return _literal(value)
        case tree.Choices(values):
            return _set(values)
        case tree.FactRef(var, name):
            entity, _, fact = name.partition(".")
            return f"{'child' if entity == 'child' and var == 'person' else var}.{fact}"
        case tree.StandardRef(id_, keys):
            return id_ + (f"[{', '.join(rule_text(key) for key in keys)}]" if keys else "")
        case tree.Today():
            return "TODAY"
        case tree.Home():
            return "HOME"
        case tree.MinMax(which, items):
            return f"{which}({', '.join(rule_text(item) for item in items)})"
        case tree.Quantifier(which, body, var, collection, kept):
            said = var if which == "count" else _inside(body, _OR)
            rest = f" if {_inside(kept, _OR)}" if kept is not None else ""
            return f"{which}({said} for {var} in {collection}{rest})"
        case tree.Overlaps(item, choices):
            return f"overlaps({rule_text(item)}, {rule_text(choices)})"
        case tree.Within(code, area):
            return f"within({rule_text(code)}, {rule_text(area)})"
        case tree.Scale(which, item) | tree.Doubt(which, item):
            return f"{which}({rule_text(item)})"
        case tree.MonthsSince(day):
            return f"months_since({rule_text(day)})"
        case _:
            return _of_ledger(node)


def _of_ledger(node: Node) -> str:
    match node:
        case tree.Holds(who, policies, lacks):
            return f"{'lacks' if lacks else 'holds'}({who}, {_aids(policies)})"
        case tree.HeldOn(who, policies, day):
            return f"held_on({who}, {_aids(policies)}, {rule_text(day)})"
        case tree.Received(who, policies):
            return f"received({who}, {_aids(policies)})"
        case tree.MonthsHeld(who, policies):
            return f"months_held({who}, {_aids(policies)})"
        case tree.LastHeld(who, policies):
            return f"last({who}, {_aids(policies)})"
        case (
            tree.Not()
            | tree.And()
            | tree.Or()
            | tree.Compare()
            | tree.InChoices()
            | tree.Arith()
            | tree.Cond()
            | tree.Literal()
            | tree.Choices()
            | tree.FactRef()
            | tree.StandardRef()
            | tree.Today()
            | tree.Home()
            | tree.MinMax()
            | tree.Quantifier()
            | tree.Overlaps()
            | tree.Within()
            | tree.Scale()
            | tree.Doubt()
            | tree.MonthsSince()
        ):
            raise AssertionError(node)
        case _:
            assert_never(node)


def _literal(value: bool | int | Fraction | str) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, Fraction) and value.denominator != 1:
        return format(Decimal(value.numerator) / Decimal(value.denominator), "f")
    return str(value)


def _set(values: tuple[str, ...]) -> str:
    return "{" + ", ".join(f'"{value}"' for value in values) + "}"


def _aids(policies: tuple[str, ...]) -> str:
    if len(policies) > _LONGEST_LIST:
        return "CASH_AID"
    return f'"{policies[0]}"' if len(policies) == 1 else _set(policies)
