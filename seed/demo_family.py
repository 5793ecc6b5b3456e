"""The family that the demo opens on (示例家庭), made by hand.

Three adults: a woman with a severe disability, her husband, registered as unemployed, whom nobody
asked for a disability certificate, and her mother of 78. They have had dibao since 2018 and get 810
yuan a month; by the income verified in May 2026 and the line of that day it would be 2,550. She has
the living allowance and no nursing allowance.
"""

from datetime import date
from random import Random

from matching.model.family import FactState
from matching.model.records import Obligation, Parentage
from seed.identity import made_up
from seed.notebook import Facts, Member, Notebook

__all__ = ["DEMO_DAY", "demo_family"]

DEMO_DAY = date(2026, 6, 30)
_PLACE = "310199001001"
_HUKOU = "310199001"
_VISITED = date(2026, 6, 12)
_BORN = {"self": date(1980, 3, 1), "spouse": date(1978, 5, 12), "parent": date(1947, 11, 3)}
_NAMES = {"self": "陈示梅", "spouse": "林样明", "parent": "王例珍", "sister": "陈例兰"}


def demo_family(number: int, rng: Random) -> Notebook:
    """The notebook of the demo family, as of the demo's day, whatever the day of the district."""
    book = Notebook(number, "dibao", _PLACE, DEMO_DAY, rng)
    wife = _join(book, "self", "f")
    husband = _join(book, "spouse", "m")
    mother = _join(book, "parent", "f")
    book.parentages.append(Parentage(parent=mother.id, child=wife.id))
    for member in book.members:
        book.write("civil_affairs", member.id, _registered(member), date(2026, 1, 15))
    _record_money(book)
    book.write(
        "disabled_federation",
        wife.id,
        {
            "person.disability_cert": True,
            "person.disability_grade": 2,
            "person.disability_type": ("physical",),
        },
        date(2026, 3, 2),
    )
    book.write(
        "human_resources",
        husband.id,
        {"person.employment_status": "registered_unemployed"},
        date(2026, 6, 10),
    )
    _record_visit(book, wife, mother)
    _record_sister(book, mother)
    book.give("dibao", date(2018, 5, 1), 81_000)
    book.give("disability_living", date(2024, 4, 1), 45_000, wife.id)
    book.needs_help("care_daily", 3, _VISITED, mother.id)
    book.needs_help("health_chronic", 2, _VISITED, wife.id)
    book.needs_help("work_find", 3, _VISITED, husband.id)
    return book


def _join(book: Notebook, relation: str, sex: str) -> Member:
    position = len(book.members) + 1
    person = Member(
        id=book.next_person_id(),
        relation=relation,
        sex=sex,
        birth=_BORN[relation],
        identity=made_up(_NAMES[relation], _BORN[relation], sex, book.number, position),
    )
    book.members.append(person)
    return person


def _registered(member: Member) -> Facts:
    return {
        "person.birth_date": member.birth,
        "person.hukou": _HUKOU,
        "person.hukou_kind": "urban",
        "person.life_status": "alive",
        "person.relation": member.relation,
    }


def _record_money(book: Notebook) -> None:
    told: Facts = {"household.monthly_income": 240_000, "household.verification_consent": True}
    declared_on = date(2026, 5, 6)
    book.write("civil_affairs", book.household, told, declared_on, state=FactState.DECLARED)
    book.write(
        "verification",
        book.household,
        {
            "household.annual_income": 2_880_000,
            "household.monthly_income": 240_000,
            "household.property_ok_dibao": True,
            "household.property_ok_marginal": True,
        },
        date(2026, 5, 20),
    )


def _record_visit(book: Notebook, wife: Member, mother: Member) -> None:
    seen: Facts = {"person.self_care_failed_items": 2, "person.institution_care": "none"}
    book.write("advisor_visit", mother.id, seen, _VISITED)
    no_certificate: Facts = {"person.disability_cert": False, "person.employment_status": "retired"}
    book.write("advisor_visit", mother.id, no_certificate, _VISITED, state=FactState.DECLARED)
    book.write(
        "advisor_visit", wife.id, {"person.employment_status": "unemployed"}, _VISITED,
        state=FactState.DECLARED,
    )  # fmt: skip


def _record_sister(book: Notebook, mother: Member) -> None:
    """The mother's other daughter lives elsewhere and can pay: so no tekun."""
    birth = date(1974, 9, 20)
    sister = Member(
        id=book.next_person_id(),
        relation="child",
        sex="f",
        birth=birth,
        identity=made_up(_NAMES["sister"], birth, "f", book.number, 4),
    )
    book.outsiders.append(sister)
    book.obligations.append(Obligation(obligor=sister.id, person=mother.id))
    book.parentages.append(Parentage(parent=mother.id, child=sister.id))
    book.known_for.update(member.id for member in book.members)
    facts: Facts = {
        "person.annual_income": 9_600_000,
        "person.birth_date": birth,
        "person.life_status": "alive",
        "person.property_ok_marginal": False,
    }
    book.write("civil_affairs", sister.id, facts, date(2026, 1, 15), state=FactState.DECLARED)
