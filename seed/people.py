"""Who lives in a made-up household (家庭成员): ages and relations that fit.

`compose` gives the members; `describe` lets each source tell what it knows of one of them.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from matching.model.family import FactState, FactValue
from matching.model.records import Parentage
from seed.district import DISTRICT
from seed.identity import identity
from seed.notebook import Facts, Member, Notebook

__all__ = ["ELSEWHERE", "add_member", "compose", "describe", "disable"]

ELSEWHERE = "990100"  # the made-up district X
ADULT = 18

# Relations to the head, by number of members: without, and with an elderly member.
_SHAPES: dict[int, tuple[tuple[tuple[str, ...], ...], tuple[tuple[str, ...], ...]]] = {
    1: (((),), ((),)),
    2: (
        (("spouse",), ("child",), ("child",)),
        (("parent",), ("spouse",), ("parent",)),
    ),
    3: (
        (("spouse", "child"), ("spouse", "child"), ("child", "child")),
        (("spouse", "parent"), ("child", "parent"), ("parent", "parent")),
    ),
    4: (
        (("spouse", "child", "child"),),
        (("spouse", "child", "parent"), ("child", "child", "parent")),
    ),
    5: (
        (("spouse", "child", "child", "child"),),
        (("spouse", "child", "child", "parent"), ("spouse", "child", "parent", "parent")),
    ),
}


def compose(book: Notebook, size: int, elderly: bool) -> None:
    """Fill the household with `size` members; one is 60 or over exactly if `elderly`."""
    shape = book.rng.choice(_SHAPES[size][1 if elderly else 0])
    head_is_old = elderly and "parent" not in shape
    head_age = book.rng.randint(62, 86) if head_is_old else book.rng.randint(34, 58)
    head = add_member(book, "self", head_age)
    for relation in shape:
        add_member(book, relation, _age(book.rng, relation, head_age, head_is_old), head)
    _note_parents(book)


def _age(rng: Random, relation: str, head_age: int, head_is_old: bool) -> int:
    if relation == "spouse":
        return (
            head_age + rng.randint(-4, 4) if head_is_old else min(59, head_age + rng.randint(-4, 4))
        )
    if relation == "parent":
        return max(62, head_age + rng.randint(22, 32))
    return max(1, head_age - rng.randint(24, 34))


def add_member(
    book: Notebook, relation: str, age: int, head: Member | None = None, *, inside: bool = True
) -> Member:
    """One more person, in the household or outside, with a birth date that gives this age."""
    rng = book.rng
    if relation == "spouse" and head is not None:
        sex = "m" if head.sex == "f" else "f"
    else:
        sex = rng.choice("fm")
    birth = _birth(book.on, age, rng)
    position = len(book.members) + len(book.outsiders) + 1
    person = Member(
        id=book.next_person_id(),
        relation=relation,
        sex=sex,
        birth=birth,
        identity=identity(rng, birth, sex, book.number, position),
    )
    (book.members if inside else book.outsiders).append(person)
    return person


def _birth(on: date, age: int, rng: Random) -> date:
    newest = date(on.year - age, on.month, min(on.day, 28))
    return newest - timedelta(days=rng.randint(1, 364))


def _note_parents(book: Notebook) -> None:
    """Children of the head, and of a spouse who is there."""
    head = book.members[0]
    partners = [m for m in book.members if m.relation in {"self", "spouse"}]
    for member in book.members:
        if member.relation == "child":
            parents: Sequence[Member] = partners
            book.parentages += [Parentage(parent=p.id, child=member.id) for p in parents]
        elif member.relation == "parent":
            book.parentages.append(Parentage(parent=member.id, child=head.id))


def describe(book: Notebook, member: Member, hukou: str = DISTRICT) -> None:
    """Let every source tell what it knows of a member."""
    age, rng = member.age(book.on), book.rng
    about: dict[str, FactValue | None] = {
        "person.birth_date": member.birth,
        "person.sex": member.sex,
        "person.hukou": hukou,
        "person.hukou_kind": "urban" if rng.random() < 0.9 else "rural",
        "person.relation": member.relation,
        "person.life_status": "alive",
    }
    if hukou != DISTRICT:
        about["person.residence_permit"] = rng.random() < 0.6
    book.heard("civil_affairs", member.id, about)
    book.heard("medical_insurance", member.id, {"person.med_ins": _insurance(age, rng)})
    if age >= ADULT:
        work: Facts = {"person.employment_status": _employment(age, rng)}
        book.heard("human_resources", member.id, work)
    else:
        book.heard("education", member.id, {"person.student_stage": _stage(age)})
    if age >= 60:
        seen: Facts = {
            "person.self_care_failed_items": max(0, rng.randint(-4, 4)),
            "person.institution_care": "none",
        }
        book.heard("advisor_visit", member.id, seen)
    if rng.random() < 0.12:
        book.heard("medical_insurance", member.id, {"person.serious_illness": True})


def _insurance(age: int, rng: Random) -> str:
    if rng.random() < 0.04:
        return "none"
    return "employee" if age >= ADULT and rng.random() < 0.35 else "resident"


def _employment(age: int, rng: Random) -> str:
    if age >= 60:
        return "retired"
    if age < 23:
        return rng.choice(("student", "unemployed", "employed"))
    return rng.choice(("registered_unemployed", "unemployed", "flexible", "employed", "unemployed"))


def _stage(age: int) -> str:
    if age < 3:
        return "none"
    if age < 6:
        return "preschool"
    return "compulsory" if age < 15 else "senior_secondary"


def disable(book: Notebook, member: Member, *, severe: bool | None = None) -> int:
    """Give a member a disability certificate, as the federation knows it; the grade comes back."""
    rng = book.rng
    likely = {True: (1, 2), False: (3, 4), None: (1, 2, 2, 3, 3, 4)}
    grade = rng.choice(likely[severe])
    kind = rng.choice(("physical", "physical", "visual", "hearing", "intellectual", "mental"))
    book.heard(
        "disabled_federation",
        member.id,
        {
            "person.disability_cert": True,
            "person.disability_grade": grade,
            "person.disability_type": (kind,),
        },
    )
    if rng.random() < 0.25:
        cares: Facts = {"person.needs_long_term_care": grade <= 2}
        book.heard("advisor_visit", member.id, cares, FactState.DECLARED)
    return grade
