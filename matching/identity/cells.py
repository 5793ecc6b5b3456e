"""One cell of a list to one value (单元格): what is refused is named, never guessed.

Each reader takes the text of a cell and gives a value, or None, with the codes of what it did.
"""

import math
import re
import unicodedata
from datetime import date, datetime

from matching.id_number import birth_date_of, problem_in
from matching.identity.characters import Characters
from matching.identity.records import IdState

__all__ = [
    "as_text",
    "read_address",
    "read_birth",
    "read_id",
    "read_name",
    "read_phones",
    "read_sex",
]

_EXACT_FLOAT = 2**53
_EMPTY_WORDS = frozenset(
    (
        "",
        "nan",
        "none",
        "null",
        "n/a",
        "na",
        "nat",
        "无",
        "没有",
        "不详",
        "未知",
        "空",
        "-",
        "--",
        "—",
        "——",
        "/",
    )
)
_MASKS = str.maketrans(dict.fromkeys("●•#?＊✱∗", "*"))
_DOTS = str.maketrans(dict.fromkeys("•・．‧∙", "·"))
_BRACKETED = re.compile(r"[(\[【〔].*?[)\]】〕]")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})(?:日|[T ].*)?")
_SEXES = {"男": "m", "女": "f", "m": "m", "f": "f", "1": "m", "2": "f", "male": "m", "female": "f"}
_SEXES |= {"男性": "m", "女性": "f"}
_ADDRESS_NOISE = re.compile(r"[\s,，.。;；:：、()（）]+")
_BUILDING_WORDS = re.compile(r"号楼|栋|幢|座")

Codes = tuple[str, ...]


def as_text(cell: object) -> tuple[str, Codes]:
    """A cell of any type as text; empty when it says nothing."""
    if cell is None:
        return "", ()
    if isinstance(cell, str):
        text = unicodedata.normalize("NFKC", cell.strip().lstrip("\ufeff"))
        text = "".join(c for c in text if unicodedata.category(c) not in {"Cf", "Cc"}).strip()
        says_nothing = text.lower() in _EMPTY_WORDS
        return ("", ("says_nothing",) if text else ()) if says_nothing else (text, ())
    if isinstance(cell, bool):
        return "", ("wrong_type",)
    if isinstance(cell, float):
        return _float_text(cell)
    if isinstance(cell, int):
        return str(cell), ()
    if isinstance(cell, datetime):
        return cell.date().isoformat(), ()
    if isinstance(cell, date):
        return cell.isoformat(), ()
    return "", ("wrong_type",)


def _float_text(cell: float) -> tuple[str, Codes]:
    if math.isnan(cell):
        return "", ("not_a_number",)
    if math.isinf(cell) or not cell.is_integer():
        return "", ("wrong_type",)
    if abs(cell) >= _EXACT_FLOAT:
        return "", ("digits_lost",)  # a spreadsheet rounded a long number
    return str(int(cell)), ()


def read_name(text: str, characters: Characters) -> tuple[str | None, Codes]:
    """A name without spaces and brackets, in register characters."""
    bare = _BRACKETED.sub("", text)
    codes: Codes = ("bracket_left_out",) if bare != text else ()
    name = "".join(bare.split()).translate(_DOTS).strip("·").upper()
    name = name.replace("×", "*").replace("某", "*").translate(_MASKS)
    if not name.strip("*"):
        return None, (*codes, "no_name")
    if any(c.isdigit() for c in name):
        return None, (*codes, "digits_in_name")
    folded = characters.fold(name)
    return folded, (*codes, "other_form") if folded != name else codes


def read_id(text: str, on: date) -> tuple[str | None, IdState | None, Codes]:
    """An identity number of 15, 18 or (certificate of disability) 20 digits, masked or whole."""
    number = re.sub(r"[\s\-·]", "", text).upper().translate(_MASKS)
    number = number[:-1] + number[-1:].replace("×", "X")
    head, last = number[:17], number[17:]
    number = head.replace("X", "*").replace("×", "*") + last  # hidden digits written as x
    codes: Codes = ()
    if len(number) == 20 and problem_in(number[:18]) is None:
        number, codes = number[:18], ("disability_certificate",)
    if len(number) == 15 and number.isascii() and number.isdigit():
        number, codes = _of_15_digits(number), ("of_15_digits",)
    if re.fullmatch(r"[0-9*]{17}[0-9X*]", number) and "*" in number:
        if sum(c != "*" for c in number) < 6:
            return None, None, (*codes, "too_much_hidden")
        return number, IdState.MASKED, codes
    if problem_in(number) is None:
        birth = birth_date_of(number)
        if birth is not None and birth > on:
            return number, IdState.FAULTY, (*codes, "born_in_the_future")
        return number, IdState.VALID, codes
    if re.fullmatch(r"[0-9]{15,19}[0-9X]?", number) and len(set(number)) > 2:
        return number, IdState.FAULTY, (*codes, "faulty_number")
    return None, None, (*codes, "no_number")


def _of_15_digits(number: str) -> str:
    """The same number in 18 digits: the century 19, and the check digit that belongs to it."""
    first17 = number[:6] + "19" + number[6:]
    return next(
        (first17 + last for last in "0123456789X" if problem_in(first17 + last) is None),
        number,
    )


def read_birth(text: str, on: date) -> tuple[date | None, Codes]:
    """A full date that has been; a year alone is no birth date."""
    compact = re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text)
    match = compact or _DATE.fullmatch(text.strip())
    if match is None:
        return None, ("no_date",)
    try:
        day = date(*(int(part) for part in match.groups()))
    except ValueError:
        return None, ("no_such_day",)
    if day > on:
        return None, ("born_in_the_future",)
    return (None, ("too_long_ago",)) if on.year - day.year > 125 else (day, ())


def read_sex(text: str) -> tuple[str | None, Codes]:
    """`f` or `m`."""
    sex = _SEXES.get(text.lower())
    return sex, () if sex else ("no_sex",)


def read_phones(text: str) -> tuple[tuple[str, ...], Codes]:
    """Numbers of 7 digits or more, each once; several may stand in one cell."""
    numbers: list[str] = []
    codes: list[str] = []
    for part in re.split(r"[/;；,，、|]|\s{2,}", text):
        digits = re.sub(r"[\s\-()]", "", part)
        digits = re.sub(r"^(?:\+86|0086|86(?=\d{11}$))", "", digits)
        if not digits:
            continue
        if "*" in digits.translate(_MASKS):
            codes.append("hidden_phone")
        elif not (digits.isascii() and digits.isdigit()) or not 7 <= len(digits) <= 12:
            codes.append("no_phone")
        elif len(set(digits)) == 1:
            codes.append("says_nothing")
        else:
            numbers.append(digits)
    return tuple(sorted(set(numbers))), tuple(sorted(set(codes)))


def read_address(text: str) -> tuple[str | None, Codes]:
    """An address without spaces, with one word for a building and none for the room."""
    address = _BUILDING_WORDS.sub("号", _ADDRESS_NOISE.sub("", text)).replace("－", "-")
    address = address.removesuffix("室").removesuffix("房").upper()
    return (address, ()) if len(address) >= 4 else (None, ("no_address",))
