"""Resident identity numbers (居民身份证号): check digit and birth date, nothing else.

The place code is never held against anybody: it names where the number was issued, decades ago.
Source: GB 11643-1999 (structure and check digit, ISO 7064 MOD 11-2).
"""

from datetime import date

__all__ = ["birth_date_of", "check_digit", "problem_in"]

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_LENGTH = 18


def check_digit(first17: str) -> str:
    """The last character that belongs to the first 17 digits."""
    total = sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True))
    return "10X98765432"[total % 11]


def birth_date_of(number: str) -> date | None:
    """The birth date inside a number; None when there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def problem_in(number: str) -> str | None:
    """What is wrong with a number, in Chinese and without repeating it; None when nothing is."""
    text = number.upper()
    if (
        len(text) != _LENGTH
        or not (text[:17].isascii() and text[:17].isdigit())
        or text[17] not in "0123456789X"
    ):
        return "身份证号应当是 18 位，前 17 位是数字，末位是数字或 X。"
    if birth_date_of(text) is None:
        return "身份证号第 7 至 14 位不是真实的日期。"
    if check_digit(text[:17]) != text[17]:
        return "身份证号的校验位不对，请核对是否抄错。"
    return None
