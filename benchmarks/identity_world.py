"""A made-up population in three lists, with the truth kept apart: what the linkage is measured on.

Families share surname, telephone and address; there are twins, brothers and sisters who share a
character of the name, children under a parent's telephone or number, namesakes of one birth date,
and an office's telephone that hundreds give. The lists differ in who is on them and in how they
err. Every share below is an assumption, set so that equal numbers find less than half of the pairs
and equal name and birth date nearly nine in ten; nothing is taken from real people. Names carry 示,
例 or 样, numbers begin with 99 and telephones with 000.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from matching.id_number import check_digit
from matching.identity.characters import Characters
from matching.identity.records import Delivery, record_key

__all__ = ["DAY", "LISTS", "ListHabits", "Person", "World", "make_world"]

DAY = date(2026, 6, 30)
OFFICE_PHONE = "00000000001"
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶"
    "程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石"
)
_MARKS = "示例样"
_GIVEN = {
    "f": "梅兰芳秀珍凤英红燕玲萍霞静敏洁云月丽娟琴芬雪琳婷怡颖慧倩佳欣雅莉桂香菊莲妍瑶璐晶艳翠巧",
    "m": "明强军伟国平建林海波勇刚峰杰涛斌辉德福生鹏超磊浩宇轩志文武龙飞健康宏亮俊凯翔志成金根荣新",
}
_ROADS = ("示范路", "样板路", "例行街", "示例新村", "样品弄堂", "范例大道", "虚拟路", "假想街")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who does not exist, as he or she truly is."""

    number: int
    family: int
    name: str
    sex: str
    birth: date
    id_number: str
    phone: str
    address: str
    other_address: str
    relative_phone: str
    relative_id: str


@dataclass(frozen=True, slots=True)
class ListHabits:
    """How one list errs: each figure is the share of its lines (of those present, for errors)."""

    source: str
    covers: float
    id_missing: float
    id_wrong: float
    id_masked: float
    name_wrong: float
    birth_wrong: float
    birth_missing: float
    phone_missing: float
    phone_changed: float
    phone_of_relative: float
    phone_of_office: float
    address_missing: float
    address_other: float
    listed_twice: float

    def harder(self, factor: float) -> "ListHabits":
        """The same list with this many times the errors."""
        return replace(
            self,
            id_wrong=self.id_wrong * factor,
            name_wrong=self.name_wrong * factor,
            birth_wrong=self.birth_wrong * factor,
            phone_changed=self.phone_changed * factor,
            address_other=self.address_other * factor,
        )


CIVIL = ListHabits(
    source="civil_affairs",
    covers=0.50,
    id_missing=0.01,
    id_wrong=0.012,
    id_masked=0.0,
    name_wrong=0.020,
    birth_wrong=0.015,
    birth_missing=0.0,
    phone_missing=0.05,
    phone_changed=0.15,
    phone_of_relative=0.05,
    phone_of_office=0.0,
    address_missing=0.02,
    address_other=0.10,
    listed_twice=0.002,
)
FEDERATION = ListHabits(
    source="disabled_federation",
    covers=0.20,
    id_missing=0.03,
    id_wrong=0.02,
    id_masked=0.05,
    name_wrong=0.035,
    birth_wrong=0.030,
    birth_missing=0.02,
    phone_missing=0.12,
    phone_changed=0.22,
    phone_of_relative=0.08,
    phone_of_office=0.005,
    address_missing=0.05,
    address_other=0.20,
    listed_twice=0.004,
)
CHARITY = ListHabits(
    source="charity",
    covers=0.40,
    id_missing=0.65,
    id_wrong=0.05,
    id_masked=0.20,
    name_wrong=0.060,
    birth_wrong=0.050,
    birth_missing=0.04,
    phone_missing=0.08,
    phone_changed=0.20,
    phone_of_relative=0.10,
    phone_of_office=0.02,
    address_missing=0.12,
    address_other=0.20,
    listed_twice=0.010,
)
LISTS = (CIVIL, FEDERATION, CHARITY)


@dataclass(frozen=True, slots=True)
class World:
    """What the lists say, and, for the measurement alone, who is who."""

    deliveries: tuple[Delivery, ...]
    truth: Mapping[str, int]  # key of a record -> number of the person
    people: tuple[Person, ...]

    @property
    def true_pairs(self) -> frozenset[tuple[str, str]]:
        """Every two records of one person, keys in order."""
        by_person: dict[int, list[str]] = {}
        for key, number in sorted(self.truth.items()):
            by_person.setdefault(number, []).append(key)
        return frozenset(
            (keys[i], keys[j])
            for keys in by_person.values()
            for i in range(len(keys))
            for j in range(i + 1, len(keys))
        )


def make_world(
    seed: int, n_people: int, characters: Characters, lists: tuple[ListHabits, ...] = LISTS
) -> World:
    """A population and its lists: the same arguments give the same world."""
    rng = Random(f"identity:{seed}")  # noqa: S311
    people = _people(rng, n_people)
    pen = _Pen(rng, characters)
    truth: dict[str, int] = {}
    deliveries = []
    for received, habits in enumerate(lists, start=1):
        rows: list[dict[str, object]] = []
        for person in people:
            times = (rng.random() < habits.covers) + (rng.random() < habits.listed_twice)
            for _ in range(times):
                source_id = f"{habits.source[:2].upper()}{len(rows) + 1:07d}"
                rows.append(_row(pen, person, habits, source_id))
                truth[record_key(habits.source, source_id)] = person.number
        deliveries.append(Delivery(habits.source, received, DAY, tuple(rows)))
    return World(tuple(deliveries), truth, tuple(people))


# Who there is


def _people(rng: Random, n_people: int) -> list[Person]:
    people: list[Person] = []
    taken: set[str] = set()
    family = 0
    while len(people) < n_people:
        family += 1
        people += _family(rng, family, len(people), taken)
    return _with_namesakes(rng, people[:n_people], taken)


def _family(rng: Random, family: int, first: int, taken: set[str]) -> list[Person]:
    """One household: surname of the father, one address, telephones that are partly shared."""
    size = rng.choices((1, 2, 3, 4, 5), (25, 30, 28, 12, 5))[0]
    surname = _surname(rng)
    head = _birth(rng, 28, 88)
    members = [(rng.choice("mf"), surname, head)]
    if size > 1 and rng.random() < 0.75:
        members.append(("f" if members[0][0] == "m" else "m", _surname(rng), _near(rng, head, 6)))
    shared = rng.choice(_MARKS) if rng.random() < 0.3 else ""
    names = [_name(rng, sex, own) for sex, own, _ in members]
    while len(members) < size:
        sex = rng.choice("mf")
        birth = _years_later(rng, head)
        is_twin = len(members) > 2 and rng.random() < 0.08
        if is_twin:
            birth = members[-1][2]
        if rng.random() < 0.15 and not is_twin:
            members.append((sex, _surname(rng), _years_later(rng, head, -1)))
            names.append(_name(rng, sex, members[-1][1]))
            continue
        members.append((sex, surname, birth))
        name = _name(rng, sex, surname, shared or (names[-1][1] if is_twin else ""))
        while name in names:
            name = _name(rng, sex, surname)
        names.append(name)
    ids = [_id(rng, birth, sex, taken) for sex, _, birth in members]
    return _living_together(rng, (family, first), members, names, ids)


def _living_together(
    rng: Random,
    numbers: tuple[int, int],
    members: list[tuple[str, str, date]],
    names: list[str],
    ids: list[str],
) -> list[Person]:
    family, first = numbers
    address, other = _address(rng), _address(rng)
    phones = [_phone(rng) for _ in members]
    for at, (_, _, birth) in enumerate(members):
        age = DAY.year - birth.year
        if at and (age < 14 or (age > 70 and rng.random() < 0.4) or rng.random() < 0.1):
            phones[at] = phones[0]
    return [
        Person(
            number=first + at,
            family=family,
            name=names[at],
            sex=sex,
            birth=birth,
            id_number=ids[at],
            phone=phones[at],
            address=address,
            other_address=other,
            relative_phone=phones[at - 1],
            relative_id=ids[at - 1] if len(ids) > 1 else "",
        )
        for at, (sex, _, birth) in enumerate(members)
    ]


def _with_namesakes(rng: Random, people: list[Person], taken: set[str]) -> list[Person]:
    """Three in a thousand have the name and birth date of a stranger."""
    people = list(people)
    for at in rng.sample(range(len(people)), max(2, len(people) * 3 // 1000)):
        like = people[rng.randrange(len(people))]
        if like.family == people[at].family:
            continue
        people[at] = replace(
            people[at],
            name=like.name,
            birth=like.birth,
            sex=like.sex,
            id_number=_id(rng, like.birth, like.sex, taken),
        )
    return people


def _surname(rng: Random) -> str:
    weights = [1 / (rank + 4) for rank in range(len(_SURNAMES))]
    return rng.choices(_SURNAMES, weights)[0]


def _name(rng: Random, sex: str, surname: str, shared: str = "") -> str:
    """Surname, the mark of the made-up, and one or two characters, in either order."""
    mark = shared if shared in _MARKS and shared else rng.choice(_MARKS)
    given = _GIVEN[sex]
    own = rng.choices(given, [1 / (rank + 6) for rank in range(len(given))])[0]
    if rng.random() < 0.35:
        own += rng.choice(given)
    return surname + (mark + own if shared or rng.random() < 0.7 else own + mark)


def _birth(rng: Random, youngest: int, oldest: int) -> date:
    return DAY - timedelta(days=rng.randint(youngest * 365, oldest * 365))


def _near(rng: Random, birth: date, years: int) -> date:
    return birth + timedelta(days=rng.randint(-years * 365, years * 365))


def _years_later(rng: Random, birth: date, direction: int = 1) -> date:
    day = birth + timedelta(days=direction * rng.randint(21 * 365, 38 * 365))
    eldest, youngest = date(1925, 1, 1), DAY - timedelta(days=rng.randint(40, 4000))
    return min(max(day, eldest + timedelta(days=rng.randint(0, 3000))), youngest)


def _id(rng: Random, birth: date, sex: str, taken: set[str]) -> str:
    """A number that nobody has yet; most are of one division, as in a real district."""
    while True:
        order = rng.randrange(500) * 2 + (sex == "m")
        first17 = f"99{rng.choice((1, 1, 1, 2, 3)):04d}{birth:%Y%m%d}{order:03d}"
        if first17 not in taken:
            taken.add(first17)
            return first17 + check_digit(first17)


def _phone(rng: Random) -> str:
    return f"000{rng.randrange(10**8):08d}"


def _address(rng: Random) -> str:
    road, lane = rng.choice(_ROADS), rng.randint(1, 400)
    return f"{road}{lane}弄{rng.randint(1, 40)}号{rng.randint(1, 18)}{rng.randint(1, 6):02d}室"


# What the lists make of it


@dataclass(frozen=True, slots=True)
class _Pen:
    """Whoever writes a list: its slips."""

    rng: Random
    characters: Characters

    def happens(self, share: float) -> bool:
        return self.rng.random() < share

    def name(self, name: str) -> str:
        slips = (self._alike, self._shorter, self._swapped, self._other, self._traditional)
        return self.rng.choices(slips, (55, 12, 8, 15, 10))[0](name)

    def _alike(self, name: str) -> str:
        at = self.rng.randrange(len(name))
        sound = self.characters.sound(name[at])
        same = [c for c, s in self.characters.sounds.items() if s == sound and c != name[at]]
        return name[:at] + self.rng.choice(same[:12] or [name[at]]) + name[at + 1 :]

    def _shorter(self, name: str) -> str:
        at = self.rng.randrange(1, len(name))
        return name[:at] + name[at + 1 :]

    def _swapped(self, name: str) -> str:
        return name[0] + name[2] + name[1] + name[3:]

    def _other(self, name: str) -> str:
        at = self.rng.randrange(1, len(name))
        return name[:at] + self.rng.choice("一山水木火石中天安宁") + name[at + 1 :]

    def _traditional(self, name: str) -> str:
        back = {register: form for form, register in self.characters.variants.items()}
        return "".join(back.get(c, c) for c in name)

    def digits(self, text: str) -> str:
        """One digit other, two neighbours exchanged, or one left out."""
        at = self.rng.randrange(len(text) - 1)
        kind = self.rng.random()
        if kind < 0.5:
            other = self.rng.choice([d for d in "0123456789" if d != text[at]])
            return text[:at] + other + text[at + 1 :]
        if kind < 0.85:
            return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        return text[:at] + text[at + 1 :]

    def birth(self, birth: date) -> str:
        kind = self.rng.random()
        if kind < 0.25:
            return f"{birth.year}-{birth.day:02d}-{birth.month:02d}"
        if kind < 0.40:
            return f"{birth.year}-01-01"
        if kind < 0.50:
            return str(_near(self.rng, birth, 3))
        digits = self.digits(f"{birth:%Y%m%d}")
        return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"


def _row(pen: _Pen, person: Person, habits: ListHabits, source_id: str) -> dict[str, object]:
    happens = pen.happens
    name = pen.name(person.name) if happens(habits.name_wrong) else person.name
    birth = pen.birth(person.birth) if happens(habits.birth_wrong) else str(person.birth)
    return {
        "source_id": source_id,
        "name": f" {name[0]} {name[1:]}" if happens(0.02) else name,
        "id_number": _written_id(pen, person, habits),
        "birth_date": None if happens(habits.birth_missing) else birth,
        "sex": _written_sex(pen, person),
        "phone": _written_phone(pen, person, habits),
        "address": _written_address(pen, person, habits),
    }


def _written_sex(pen: _Pen, person: Person) -> str:
    if pen.happens(0.05):
        return ""
    is_man = (person.sex == "m") != pen.happens(0.005)
    return "男" if is_man else "女"


def _written_id(pen: _Pen, person: Person, habits: ListHabits) -> str:
    number, happens = person.id_number, pen.happens
    if happens(habits.id_missing):
        return ""
    if person.relative_id and DAY.year - person.birth.year < 16 and happens(0.01):
        return person.relative_id
    if happens(habits.id_wrong):
        return pen.digits(number)
    if happens(habits.id_masked):
        return number[:6] + "*" * 8 + number[14:] if happens(0.6) else number[:14] + "****"
    if person.birth.year < 1985 and happens(0.02):
        return number[:6] + number[8:17]
    return number.lower() if happens(0.1) else number


def _written_phone(pen: _Pen, person: Person, habits: ListHabits) -> str:
    happens = pen.happens
    if happens(habits.phone_missing):
        return "无" if happens(0.3) else ""
    if happens(habits.phone_of_office):
        return OFFICE_PHONE
    if happens(habits.phone_of_relative):
        return person.relative_phone
    if happens(habits.phone_changed):
        return _phone(pen.rng)
    phone = pen.digits(person.phone) if happens(0.015) else person.phone
    return f"{phone[:3]}-{phone[3:7]}-{phone[7:]}" if happens(0.1) else phone


def _written_address(pen: _Pen, person: Person, habits: ListHabits) -> str:
    happens = pen.happens
    if happens(habits.address_missing):
        return ""
    address = person.other_address if happens(habits.address_other) else person.address
    if happens(0.04):
        return address[: address.index("号") + 1]
    if happens(0.10):
        address = address.replace("号", "号楼").removesuffix("室")
    return address.replace("弄", " 弄 ") if happens(0.05) else address
