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
    _record_work(book, husband)
    _record_visit(book, wife, mother)
    _record_sister(book, mother)
    book.give("dibao", date(2018, 5, 1), 81_000)
    book.give("disability_living", date(2024, 4, 1), 45_000, wife.id)
    book.give("dibao_category_topup", date(2024, 4, 1), None, wife.id)
    for member in book.members:
        book.give("grain_oil", date(2018, 5, 1), None, member.id)
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
        "person.sex": member.sex,
    }


def _record_money(book: Notebook) -> None:
    told: Facts = {"household.monthly_income": 240_000, "household.verification_consent": True}
    receives: Facts = {"household.applies_or_receives_assistance": True}
    book.write("civil_affairs", book.household, receives, date(2026, 6, 25))
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


def _record_work(book: Notebook, husband: Member) -> None:
    """Nobody works; the mother's pension is all that comes in."""
    facts: Facts = {
        "person.employment_status": "registered_unemployed",
        "person.monthly_labour_income": 0,
    }
    book.write("human_resources", husband.id, facts, date(2026, 6, 10))
    for member in book.members:
        pension = 240_000 if member.relation == "parent" else 0
        other: Facts = {"person.monthly_other_income": pension}
        book.write("verification", member.id, other, date(2026, 5, 20))


def _record_visit(book: Notebook, wife: Member, mother: Member) -> None:
    """What the advisor saw, and what the family said; of the husband's health nobody spoke."""
    home: Facts = {"household.food_insecure": False, "household.utility_arrears": False}
    book.write("advisor_visit", book.household, home, _VISITED)
    seen: Facts = {
        "person.institution_care": "none",
        "person.living_with": "family",
        "person.needs_long_term_care": True,
        "person.self_care_failed_items": 2,
    }
    book.write("advisor_visit", mother.id, seen, _VISITED)
    for member in (wife, mother):
        told: Facts = {
            "person.employment_status": "retired" if member is mother else "unemployed",
            "person.monthly_labour_income": 0,
        }
        book.write("advisor_visit", member.id, told, _VISITED, state=FactState.DECLARED)
    no_certificate: Facts = {"person.disability_cert": False}
    book.write("advisor_visit", mother.id, no_certificate, _VISITED, state=FactState.DECLARED)
    for member in book.members:
        calm: Facts = {
            "person.is_carer": member not in (wife, mother),
            "person.psych_risk": "none",
            "person.student_stage": "none",
        }
        book.write("advisor_visit", member.id, calm, _VISITED, state=FactState.DECLARED)


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
