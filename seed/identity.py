"""Names and numbers of people who do not exist (虚构身份): seen at a glance to be made up.

An ID number begins with 99, where no division of the country lies, and has a right check digit. A
name carries 示, 例 or 样 in the middle. A telephone number begins with 000, which nobody dials.
"""

from datetime import date
from random import Random

from matching.model.records import Identity

__all__ = ["id_number", "identity", "is_made_up_name", "made_up", "random_source"]

SURNAMES = "陈林黄张李王吴刘蔡杨许郑谢郭洪曾周叶朱徐沈陆顾蒋"
MARKS = "示例样"
GIVEN = {
    "f": "梅兰芳秀珍凤英红燕玲萍霞静敏洁云月丽娟琴",
    "m": "明强军伟国平建林海波勇刚峰杰涛斌辉德福生",
}

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_HUNDRED_THOUSAND = 100_000


def random_source(seed_number: int, *path: int) -> Random:
    """The chance of one part of the district: the same numbers give the same draws anywhere."""
    return Random(":".join(str(part) for part in (seed_number, *path)))  # noqa: S311


def identity(rng: Random, birth: date, sex: str, household: int, position: int) -> Identity:
    """A made-up person: `household` and `position` make the numbers unique in the district."""
    name = rng.choice(SURNAMES) + rng.choice(MARKS) + rng.choice(GIVEN[sex])
    return made_up(name, birth, sex, household, position)


def made_up(name: str, birth: date, sex: str, household: int, position: int) -> Identity:
    """A made-up person of this name."""
    number = id_number(birth, sex, household, position)
    return Identity(name=name, id_number=number, phone=_phone(household, position))


def _phone(household: int, position: int) -> str:
    """Eleven digits; from household 100,000 on the last two are 50 and more, elsewhere less."""
    if household < _HUNDRED_THOUSAND:
        return f"000{household:05d}{position:03d}"
    return f"000{household:06d}{position + 50:02d}"


def id_number(birth: date, sex: str, household: int, position: int) -> str:
    """An ID number (身份证号) of the made-up division 99, odd for a man, with its check digit.

    No two alike among 250,000 households with at most 19 persons each.
    """
    order = (household // 10_000 * 40 + position * 2 + (1 if sex == "m" else 0)) % 1_000
    digits = f"99{household % 10_000:04d}{birth:%Y%m%d}{order:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True))
    return digits + _CHECKS[total % 11]


def is_made_up_name(name: str) -> bool:
    """Whether a name carries the mark of the made-up."""
    return len(name) > 1 and name[1] in MARKS
