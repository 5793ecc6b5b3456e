"""One cell of a filled sheet as the value it should be (填写的值): read strictly, with a cure.

A reader answers (value, None) or (None, (what is wrong, what to write instead)). It guesses
nothing: where it is plain what was meant, the cure says it, and the office writes it.
"""

import re
import unicodedata
from datetime import date, timedelta
from decimal import Decimal

from matching.units import Unit, is_money
from seed.sheet_files import RawCell

__all__ = ["Problem", "read_day", "read_figure", "read_text"]

Problem = tuple[str, str]
FIRST, LAST = date(1949, 1, 1), date(2199, 12, 31)
_LARGEST = Decimal(10) ** 9
_CENT = Decimal("0.01")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LOOSE_DAY = re.compile(r"([0-9]{4})\s*[-/.年]?\s*([0-9]{1,2})\s*[-/.月]?\s*([0-9]{1,2})\s*日?")
_PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_MONEY_SIGNS = re.compile(r"[元圆块¥￥]|人民币")
_ASK_FOR_DAY = "请写成 2026-07-01 的样子。"
_ASK_FOR_NUMBER = "请只写数字，例如 1650。"
_SERIALS = (Decimal(18264), Decimal(109575))  # 1950 to 2199 as a spreadsheet counts days


def read_text(cell: RawCell, most: int = 200) -> tuple[str | None, Problem | None]:
    """A name, an article, an address; None when nothing is there."""
    if cell.kind == "empty":
        return None, None
    if cell.kind in ("formula", "error"):
        return None, _no_formula(cell)
    text = unicodedata.normalize("NFC", str(cell.value).strip())
    if len(text) > most or not text.isprintable():
        return None, (f"应当是不超过 {most} 字的一行文字。", "请缩短，去掉换行。")
    return text, None


def read_day(cell: RawCell) -> tuple[date | None, Problem | None]:
    """A day; None when nothing is there."""
    if cell.kind == "empty":
        return None, None
    if cell.kind == "day" and isinstance(cell.value, date):
        return _in_range(cell.value)
    if cell.kind == "number" and isinstance(cell.value, Decimal):
        return None, _serial(cell.value)
    if cell.kind != "text":
        return None, _no_formula(cell) if cell.kind == "formula" else ("不是日期。", _ASK_FOR_DAY)
    text = str(cell.value)
    if _ISO.fullmatch(text):
        found = _day(text)
        return _in_range(found) if found else (None, (f"没有 {text} 这一天。", _ASK_FOR_DAY))
    if re.fullmatch(r"[0-9]{5}", text):
        return None, _serial(Decimal(text))
    loose = _LOOSE_DAY.fullmatch(unicodedata.normalize("NFKC", text))
    meant = _day("-".join(part.zfill(2) for part in loose.groups())) if loose else None
    cure = f"请写成 {meant.isoformat()}。" if meant else _ASK_FOR_DAY
    return None, (f"日期“{text[:20]}”的写法不对。", cure)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _in_range(day: date) -> tuple[date | None, Problem | None]:
    if FIRST <= day <= LAST:
        return day, None
    return None, (
        f"{day.isoformat()} 不像标准的起始日。",
        f"应当在 {FIRST.year} 至 {LAST.year} 年之间。",
    )


def _serial(number: Decimal) -> Problem:
    """A bare number where a day should be: most likely the day as a spreadsheet counts it."""
    if _SERIALS[0] <= number <= _SERIALS[1] and number == number.to_integral_value():
        meant = date(1899, 12, 30) + timedelta(days=int(number))
        return (f"{number} 是表格软件的日期序号，不是日期。", f"如果是 {meant}，请写成 {meant}。")
    return f"{str(number)[:20]} 不是日期。", _ASK_FOR_DAY


def read_figure(cell: RawCell, unit: Unit, unit_text: str) -> tuple[Decimal | None, Problem | None]:
    """A figure in yuan or in the unit of its standard; None when nothing is there."""
    if cell.kind == "empty":
        return None, None
    if cell.kind in ("formula", "error"):
        return None, _no_formula(cell)
    if cell.kind == "day":
        return None, ("这里要填数，填成了日期。", "请把这一格的格式改为常规，再写数字。")
    if cell.kind == "number" and isinstance(cell.value, Decimal):
        return _fitting(cell.value, unit, unit_text)
    text = str(cell.value)
    if cell.kind == "text" and text.isascii() and _PLAIN.fullmatch(text):
        return _fitting(Decimal(text), unit, unit_text)
    return None, _not_a_number(text)


def _not_a_number(text: str) -> Problem:
    """What is wrong with a text that is no number, and the number that was meant if it is plain."""
    half = unicodedata.normalize("NFKC", text)
    bare = re.sub(r"[,，\s]", "", _MONEY_SIGNS.sub("", half)).removesuffix("%")
    is_number = _PLAIN.fullmatch(bare) is not None
    shown = f"“{text[:20]}”"
    if half.rstrip().endswith("%"):
        share = format((Decimal(bare) / 100).normalize(), "f") if is_number else "0.15"
        return f"{shown}是百分数。", f"请写成小数：{share}。"
    cure = f"请写成 {bare}。" if is_number else _ASK_FOR_NUMBER
    if _MONEY_SIGNS.search(text):
        return f"{shown}带了“元”。", cure
    if any(ord(sign) >= 0xFF00 for sign in text):
        return f"{shown}里有全角的数字或符号。", cure
    if is_number:
        return f"{shown}里有逗号或空格。", cure
    return f"{shown}不是数。", _ASK_FOR_NUMBER


def _fitting(number: Decimal, unit: Unit, unit_text: str) -> tuple[Decimal | None, Problem | None]:
    if number < 0:
        return None, ("数值不能是负数。", "查不到的请留空。")
    if number > _LARGEST:
        return None, ("数值太大。", "请核对单位：金额一律是元，不是万元。")
    if is_money(unit) and number != number.quantize(_CENT):
        return None, ("金额最多两位小数（到分）。", f"请核对；是不是 {number.quantize(_CENT)}？")
    if unit_text == "ratio" and number > 1:
        share = format((number / 100).normalize(), "f")
        return None, (f"比例写成小数，{number} 太大。", f"如果是百分之 {number}，请写 {share}。")
    return number, None


def _no_formula(cell: RawCell) -> Problem:
    if cell.kind == "error":
        return "这一格是表格软件的错误值。", _ASK_FOR_NUMBER
    return "这一格是公式。", "请直接写算好的值（复制后选择性粘贴为数值）。"
