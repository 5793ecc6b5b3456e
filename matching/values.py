"""One value of a fact as a file or form gives it (事实的值): read strictly, refused with a cure.

Amounts are in yuan with at most two decimals and become fen. What is refused is never repeated at
length, so that no sentence carries a number of a person.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from matching.fact_kinds import MAX_FEN, MAX_NUMBER
from matching.model.family import FactValue
from matching.standards_reader import fen
from matching.vocabulary import FactSpec, FactType

__all__ = ["EARLIEST", "MAX_TEXT", "masked", "parse_value", "short"]

MAX_TEXT = 200
EARLIEST = date(1880, 1, 1)
_HARMLESS = re.compile(r"[A-Za-z_.]{1,20}|[-+0-9.,eE]{1,10}元?")
_LONG_NUMBER = re.compile(r"[0-9](?:[ -]?[0-9]){10,}[ -]?[0-9Xx]?")


def short(value: object) -> str:
    """A value as a sentence may repeat it: short words and small numbers, nothing of a person."""
    text = str(value)
    return text if _HARMLESS.fullmatch(text) else "这个值"


def masked(text: str) -> str:
    """The text without long numbers: of an identity card, a telephone, a bank card."""
    return _LONG_NUMBER.sub("…", text)


Parsed = tuple[FactValue | None, tuple[str, str] | None]


def parse_value(spec: FactSpec, value: object) -> Parsed:
    """One value as a file or form gives it.

    Returns:
        (value, None), (None, None) for unknown, or (None, (what is wrong, cure)).
    """
    if value is None:
        return None, None
    return _PARSERS[spec.type](spec, value)


def _parse_bool(_: FactSpec, value: object) -> Parsed:
    return (
        (value, None)
        if isinstance(value, bool)
        else (None, ("应当是 true 或 false。", "不知道就不写。"))
    )


def _parse_money(_: FactSpec, value: object) -> Parsed:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None, (f"不是金额：{short(value)}。", "请写元，最多两位小数，不加逗号和单位。")
    if value < 0:
        return None, ("金额不能是负数。", "支出另有名字；没有收入写 0。")
    exact = fen(value)
    if exact is None:
        return None, ("金额最多两位小数（到分）。", "")
    return (exact, None) if exact <= MAX_FEN else (None, ("金额太大。", "请核对单位，这里是元。"))


def _parse_number(spec: FactSpec, value: object) -> Parsed:
    if spec.unit == "m2" and isinstance(value, Decimal):
        return _parse_area(spec, value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None, (f"不是整数：{short(value)}。", "")
    low, high = (
        spec.minimum if spec.minimum is not None else 0,
        spec.maximum if spec.maximum is not None else MAX_NUMBER,
    )
    return (value, None) if low <= value <= high else (None, (f"应当在 {low} 至 {high} 之间。", ""))


def _parse_area(spec: FactSpec, value: Decimal) -> Parsed:
    """Square metres are measured to the centimetre's square: two decimals, kept exactly."""
    exact = Fraction(value)
    if (exact * 100).denominator != 1:
        return None, ("平方米最多两位小数。", "")
    if exact.denominator == 1:
        return _parse_number(spec, int(exact))
    return (exact, None) if 0 < exact <= 10**6 else (None, ("应当在 0 至 1000000 之间。", ""))


def _parse_day(_: FactSpec, value: object) -> Parsed:
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value) if len(value) == 10 else None
        except ValueError:
            return None, (f"没有 {short(value)} 这一天。", "")
    if not isinstance(value, date):
        return None, ("不是日期。", "请写成 2026-01-01 的样子。")
    return (
        (value, None)
        if value >= EARLIEST
        else (None, ("日期太早。", f"应当不早于 {EARLIEST.isoformat()}。"))
    )


def _parse_code(_: FactSpec, value: object) -> Parsed:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if isinstance(text, str) and (
        text == "none" or (text.isascii() and text.isdigit() and 2 <= len(text) <= 12)
    ):
        return text, None
    return None, ("应当是 2 至 12 位的行政区划代码或 none。", '例如 "310104"。')


def _parse_choice(spec: FactSpec, value: object) -> Parsed:
    if isinstance(value, str) and value in spec.choices:
        return value, None
    return None, (f"不能是 {short(value)}。", f"可以是：{'、'.join(spec.choices)}。")


def _parse_set(spec: FactSpec, value: object) -> Parsed:
    rows = value if isinstance(value, list) else [value]
    wrong = [row for row in rows if not isinstance(row, str) or row not in spec.choices]
    if wrong:
        return None, (f"不能有 {short(wrong[0])}。", f"可以是：{'、'.join(spec.choices)}。")
    return tuple(sorted(set(rows))), None


def _parse_text(_: FactSpec, value: object) -> Parsed:
    text = str(value) if isinstance(value, int) else value
    if isinstance(text, str) and len(text) <= MAX_TEXT and text.isprintable():
        return text, None
    return None, (f"应当是不超过 {MAX_TEXT} 字的文字。", "")


_PARSERS: Mapping[FactType, Callable[[FactSpec, object], Parsed]] = {
    FactType.BOOL: _parse_bool, FactType.MONEY: _parse_money, FactType.NUMBER: _parse_number,
    FactType.DATE: _parse_day, FactType.CODE: _parse_code, FactType.CHOICE: _parse_choice,
    FactType.SET: _parse_set, FactType.TEXT: _parse_text,
}  # fmt: skip
