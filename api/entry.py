"""Values of facts in and out of words (事实的填写与显示): what is typed, what is shown.

What a value may be is decided in `matching/values.py`; here text becomes what that asks for.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from api.words import unit_words, yuan
from matching.errors import InputError
from matching.model.family import FactValue
from matching.tree import show_amount
from matching.units import parse_unit
from matching.values import parse_value
from matching.vocabulary import FactSpec, FactType

__all__ = ["checked_value", "entered_value", "plain_value", "shown_value"]

MOST_DIGITS = 14
_TRUTHS = {"true": True, "false": False}


def entered_value(spec: FactSpec, given: Sequence[str], today: date) -> FactValue:
    """The value of a fact from what was typed or chosen; money is typed in yuan.

    Raises:
        InputError: with a sentence that names the fact and the cure.
    """
    texts = [text.strip() for text in given if text.strip()]
    if spec.type is FactType.SET:
        return _parsed(spec, texts, today)
    if len(texts) != 1:
        raise InputError(f"{spec.label}：请填写或选择一项。")
    return _parsed(spec, plain_value(spec, texts[0]), today)


def checked_value(spec: FactSpec, value: object, today: date) -> FactValue:
    """A value that a program sent, money in fen, square metres with decimals as text.

    Raises:
        InputError: the type or the range is wrong.
    """
    if spec.type is FactType.MONEY and isinstance(value, int) and not isinstance(value, bool):
        value = Decimal(value) / 100
    if spec.unit == "m2" and isinstance(value, str):
        value = plain_value(spec, value)
    return _parsed(spec, value, today)


def plain_value(spec: FactSpec, text: str) -> object:
    """Text as the value it stands for; what cannot be read stays text, to be refused later."""
    if spec.type is FactType.BOOL:
        return _TRUTHS.get(text, text)
    if spec.type in (FactType.MONEY, FactType.NUMBER):
        return _number(text.replace(",", "").replace("，", ""))
    return text


def _number(text: str) -> object:
    whole, point, rest = text.removeprefix("-").partition(".")
    is_plain = whole.isdigit() and (rest.isdigit() if point else True)
    if not (text.isascii() and is_plain and len(text) <= MOST_DIGITS):
        return text
    return Decimal(text) if point else int(text)


def _parsed(spec: FactSpec, value: object, today: date) -> FactValue:
    found, problem = parse_value(spec, value)
    if problem is not None or found is None:
        what, cure = problem or ("没有内容。", "")
        raise InputError(f"{spec.label}：{what}{cure}")
    if spec.name == "person.birth_date" and isinstance(found, date) and found > today:
        raise InputError(f"{spec.label}：不能晚于 {today.isoformat()}。")
    return found


def shown_value(spec: FactSpec | None, value: FactValue) -> str:
    """A value as a page shows it, with its unit."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return "、".join(_label(spec, one) for one in value) or "无"
    if isinstance(value, str):
        return _label(spec, value)
    if isinstance(value, Fraction):
        return show_amount(value, parse_unit(spec.unit if spec is not None else ""))
    if spec is not None and spec.type is FactType.MONEY:
        return f"{yuan(value)} {unit_words(spec.unit)}"
    unit = unit_words(spec.unit) if spec is not None else ""
    return f"{value} {unit}".rstrip()


def _label(spec: FactSpec | None, value: str) -> str:
    return spec.choices.get(value, value) if spec is not None else value
