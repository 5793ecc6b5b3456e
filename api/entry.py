"""Values of facts in and out of words (事实的填写与显示): what is typed, what is shown."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from api.words import unit_words, yuan
from matching.errors import InputError
from matching.model.family import FactValue
from matching.vocabulary import FactSpec, FactType

__all__ = ["checked_value", "entered_value", "shown_value"]

LARGEST_YUAN = Decimal(100_000_000)
WRITTEN = frozenset({FactType.DATE, FactType.CHOICE, FactType.CODE, FactType.TEXT})
YES, NO = ("true", "有", "是"), ("false", "没有", "否")


def entered_value(spec: FactSpec, given: Sequence[str], today: date) -> FactValue:
    """The value of a fact from what was typed or chosen.

    Raises:
        InputError: with a sentence that names the fact and the cure.
    """
    texts = [text.strip() for text in given if text.strip()]
    if spec.type is FactType.SET:
        return _set(spec, texts)
    if len(texts) != 1:
        raise InputError(f"{spec.label}：请填写或选择一项。")
    if spec.type is FactType.DATE:
        return _day(spec, texts[0], today)
    return _READERS[spec.type](spec, texts[0])


def _truth(spec: FactSpec, text: str) -> bool:
    if text in YES:
        return True
    if text in NO:
        return False
    raise InputError(f"{spec.label}：请选择“是”或“否”。")


def _fen(spec: FactSpec, text: str) -> int:
    try:
        amount = Decimal(text.replace(",", "").replace("，", ""))
    except InvalidOperation:
        raise InputError(f"{spec.label}：请填数字，单位是元，例如 2400 或 2400.50。") from None
    if not amount.is_finite() or amount < 0 or amount > LARGEST_YUAN:
        raise InputError(f"{spec.label}：金额要在 0 元到 1 亿元之间。")
    if amount != amount.quantize(Decimal("0.01")):
        raise InputError(f"{spec.label}：金额最多写到分（两位小数）。")
    return int(amount * 100)


def _number(spec: FactSpec, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise InputError(f"{spec.label}：请填整数，例如 3。")
    number = int(text)
    too_small = spec.minimum is not None and number < spec.minimum
    too_large = spec.maximum is not None and number > spec.maximum
    if too_small or too_large:
        raise InputError(f"{spec.label}：请填 {_range(spec)}。")
    return number


def _range(spec: FactSpec) -> str:
    if spec.maximum is None:
        return f"{spec.minimum} 或更大的数"
    return f"{spec.minimum or 0} 到 {spec.maximum} 之间的数"


def _day(spec: FactSpec, text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{spec.label}：日期请写成 2026-06-30 这样。") from None
    if day.year < 1900 or day.year > today.year + 50:
        raise InputError(f"{spec.label}：请核对年份。")
    if spec.name == "person.birth_date" and day > today:
        raise InputError(f"{spec.label}：不能晚于今天。")
    return day


def _choice(spec: FactSpec, text: str) -> str:
    if text not in spec.choices:
        raise InputError(f"{spec.label}：请从列出的选项中选一项。")
    return text


def _set(spec: FactSpec, texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted({_choice(spec, text) for text in texts}))


def _code(spec: FactSpec, text: str) -> str:
    if text == "none" or (text.isascii() and text.isdigit() and 2 <= len(text) <= 12):
        return text
    raise InputError(f"{spec.label}：请填 2 到 12 位区划代码，没有就填 none。")


def _text(spec: FactSpec, text: str) -> str:
    if len(text) > 200:
        raise InputError(f"{spec.label}：最多 200 字。")
    return text


_READERS: Mapping[FactType, Callable[[FactSpec, str], FactValue]] = {
    FactType.BOOL: _truth,
    FactType.MONEY: _fen,
    FactType.NUMBER: _number,
    FactType.CHOICE: _choice,
    FactType.CODE: _code,
    FactType.TEXT: _text,
}


def checked_value(spec: FactSpec, value: object, today: date) -> FactValue:
    """A value that a program sent, money in fen, checked like one that was typed.

    Raises:
        InputError: the type or the range is wrong.
    """
    if spec.type is FactType.BOOL and isinstance(value, bool):
        return value
    if spec.type is FactType.SET and isinstance(value, list):
        return _set(spec, [str(one) for one in value])
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if spec.type is FactType.MONEY and is_number and 0 <= int(str(value)) <= LARGEST_YUAN * 100:
        return int(str(value))
    if spec.type is FactType.NUMBER and is_number:
        return _number(spec, str(value))
    if spec.type in WRITTEN and isinstance(value, str):
        return entered_value(spec, [value], today)
    raise InputError(f"{spec.label}（{spec.name}）：值的类型或范围不对，应为 {spec.type.value}。")


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
    if spec is not None and spec.type is FactType.MONEY:
        return f"{yuan(value)} {unit_words(spec.unit)}"
    unit = unit_words(spec.unit) if spec is not None else ""
    return f"{value} {unit}".rstrip()


def _label(spec: FactSpec | None, value: str) -> str:
    return spec.choices.get(value, value) if spec is not None else value
