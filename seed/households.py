"""What is true of each kind of made-up household (各类家庭): its aid, its refusals, its needs.

One function a kind. The four circles are all there: covered; covered and still in need; refused or
ended within two years; found on a visit. What befalls only a few is in `seed/stories.py`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from matching.model.family import ApplicationOutcome, FactState
from matching.model.records import Obligation, Parentage
from seed.calibration import ACUTE_NEEDS_PER_HOUSEHOLD, UNASSESSED_NEEDS
from seed.money import LINE_FEN, income, record_income, record_wages
from seed.notebook import Facts, Member, Notebook
from seed.people import ELSEWHERE, add_member, compose, describe, disable
from seed.stories import STORIES

__all__ = ["Plan", "settle"]

_LIVING_FEN = 45_000
_NURSING_FEN = {1: 35_000, 2: 18_000}
_OLDER_LINE_FEN = 159_500


@dataclass(frozen=True, slots=True)
class Plan:
    """What the calibrated shares ask of one household."""

    size: int
    elderly: bool
    income_known: bool
    checked: bool
    differs: bool
    stories: tuple[str, ...]


def settle(book: Notebook, plan: Plan) -> None:
    """Make the household: people, money, aid, needs, events, in this order."""
    compose(book, plan.size, plan.elderly or book.kind == "tekun")
    hukou = ELSEWHERE if book.kind == "nonlocal" else "310199"
    for member in book.members:
        describe(book, member, hukou)
    monthly = income(book)
    if plan.income_known:
        record_income(book, monthly, differs=plan.differs, checked=plan.checked)
        record_wages(book, monthly)
    _record_property(book, plan)
    _KINDS[book.kind](book, monthly)
    _no_certificate(book)
    _obligors(book)
    _needs(book)
    for story in plan.stories:
        STORIES[story](book)


def _record_property(book: Notebook, plan: Plan) -> None:
    fits = book.kind in {"dibao", "tekun", "severe_disabled_unemployed"} or book.rng.random() < 0.8
    book.heard(
        "verification" if plan.checked else "civil_affairs",
        book.household,
        {
            "household.property_ok_dibao": fits,
            "household.property_ok_marginal": fits or book.rng.random() < 0.7,
        },
        FactState.VERIFIED if plan.checked else FactState.DECLARED,
    )


def _no_certificate(book: Notebook) -> None:
    """Of most others the federation's list says that they hold no certificate."""
    listed = {r.about for r in book.records if r.source == "disabled_federation"}
    for member in book.members:
        if member.id not in listed and book.rng.random() < 0.8:
            book.heard("disabled_federation", member.id, {"person.disability_cert": False})


def _allowances(book: Notebook, member: Member, grade: int, *, poor: bool) -> None:
    """What goes with a disability: mostly given, now and then missed."""
    if poor and book.rng.random() < 0.8:
        book.give("disability_living", book.months_ago(2, 40), _LIVING_FEN, member.id)
    if grade in _NURSING_FEN and book.rng.random() < 0.75:
        book.give("disability_nursing", book.months_ago(2, 40), _NURSING_FEN[grade], member.id)


def _dibao(book: Notebook, monthly: int) -> None:
    line = LINE_FEN if book.rng.random() < 0.75 else _OLDER_LINE_FEN
    paid = max(1_000, len(book.members) * line - monthly)
    book.give("dibao", book.months_ago(2, 120), paid)
    for member in book.members:
        if book.rng.random() < 0.22:
            grade = disable(book, member)
            _allowances(book, member, grade, poor=True)
            if grade <= 2 and book.rng.random() < 0.85:
                book.give("dibao_category_topup", book.months_ago(2, 40), None, member.id)
        elif member.age(book.on) < 16 and book.rng.random() < 0.85:
            book.give("dibao_category_topup", book.months_ago(2, 40), None, member.id)
    _grain_and_oil(book)
    if book.rng.random() < 0.25:
        day = book.days_ago(10, 330)
        book.give("temp_emergency", day, book.rng.randint(10, 38) * 1_000, until=day)


def _grain_and_oil(book: Notebook) -> None:
    """Comes by itself with the main aid, for nine members in ten."""
    for member in book.members:
        if book.rng.random() < 0.9:
            book.give("grain_oil", book.months_ago(2, 60), None, member.id)


def _tekun(book: Notebook, _monthly: int) -> None:
    head = book.members[0]
    book.give("tekun", book.months_ago(6, 100), 214_500, head.id)
    book.heard("advisor_visit", head.id, {"person.self_care_failed_items": book.rng.randint(0, 6)})
    book.known_for.add(head.id)  # somebody looked: nobody owes support
    _grain_and_oil(book)


def _marginal(book: Notebook, _monthly: int) -> None:
    book.give("dibao_marginal", book.months_ago(1, 11), None)
    if book.rng.random() < 0.4:
        _allowances(book, book.members[-1], disable(book, book.members[-1]), poor=False)


def _rigid(book: Notebook, monthly: int) -> None:
    spent = monthly * 12 * book.rng.randint(35, 90) // 100 // 1000 * 1000
    book.heard("medical_insurance", book.household, {"household.medical_expense_12m": spent})
    book.heard("medical_insurance", book.members[0].id, {"person.serious_illness": True})
    book.give("rigid_expenditure", book.months_ago(1, 10), 80_000)


def _severe(book: Notebook, _monthly: int) -> None:
    candidates = [m for m in book.members if m.age(book.on) >= 18] or book.members
    person = candidates[-1]
    grade = disable(book, person, severe=True)
    book.heard("human_resources", person.id, {"person.work_ability": "none"})
    book.give("severe_disabled_unemployed", book.months_ago(6, 120), 214_500, person.id)
    _allowances(book, person, grade, poor=True)
    if book.rng.random() < 0.9:
        book.give("grain_oil", book.months_ago(2, 60), None, person.id)


def _refused(book: Notebook, _monthly: int) -> None:
    reason = book.rng.choice(("income", "income", "property", "documents", "hukou", "other"))
    if book.rng.random() < 0.6:
        book.applied("dibao", ApplicationOutcome.REFUSED, book.days_ago(30, 720), reason)
        return
    ended = book.days_ago(30, 700)
    book.give("dibao", ended - timedelta(days=book.rng.randint(200, 1500)), 60_000, until=ended)
    book.applied("dibao", ApplicationOutcome.ENDED, ended, reason)


def _found(book: Notebook, monthly: int) -> None:
    """Found on a visit or by a charity: what it may get, nobody has asked."""
    told = {"household.hukou_residence_split": book.rng.random() < 0.3}
    book.heard("advisor_visit", book.household, told, FactState.DECLARED)
    if book.rng.random() < 0.4:
        hungry: Facts = {"household.food_insecure": True, "household.utility_arrears": True}
        book.heard("charity", book.household, hungry, FactState.DECLARED)
    if book.rng.random() < 0.35:
        disable(book, book.members[-1])
    if book.rng.random() < 0.3:
        spent = monthly * book.rng.randint(2, 8)
        book.heard("medical_insurance", book.household, {"household.medical_expense_12m": spent})
    if book.rng.random() < 0.2:
        book.applied("dibao_marginal", ApplicationOutcome.APPLIED, book.days_ago(2, 15))


def _nonlocal(book: Notebook, _monthly: int) -> None:
    day = book.days_ago(20, 200)
    book.give("temp_emergency", day, book.rng.randint(10, 38) * 1_000, until=day)


_KINDS: Mapping[str, Callable[[Notebook, int], None]] = {
    "dibao": _dibao,
    "tekun": _tekun,
    "dibao_marginal": _marginal,
    "rigid_expenditure": _rigid,
    "severe_disabled_unemployed": _severe,
    "refused": _refused,
    "found": _found,
    "nonlocal": _nonlocal,
}


def _obligors(book: Notebook) -> None:
    """Children who live elsewhere and owe support to an old member; of many, nobody has asked."""
    for member in [m for m in book.members if m.age(book.on) >= 60 and m.id not in book.known_for]:
        if book.rng.random() < 0.4:
            continue
        book.known_for.add(member.id)
        for _ in range(book.rng.choice((0, 1, 1, 2))):
            child = add_member(book, "child", max(20, member.age(book.on) - 27), inside=False)
            book.obligations.append(Obligation(obligor=child.id, person=member.id))
            book.parentages.append(Parentage(parent=member.id, child=child.id))
            yearly = book.rng.randint(20, 160) * 100_000
            book.heard(
                "civil_affairs",
                child.id,
                {
                    "person.birth_date": child.birth,
                    "person.life_status": "alive",
                    "person.annual_income": yearly,
                    "person.property_ok_marginal": yearly < 5_000_000,
                },
                FactState.DECLARED,
            )


_NEEDS_OF_ANYONE = (
    "basic_cash", "basic_goods", "health_cost_outpatient", "health_chronic", "access_paperwork",
    "social_visit", "house_crowded", "work_find",
)  # fmt: skip
_NEEDS_OF_THE_OLD = ("care_daily", "care_meal", "care_escort", "house_lift", "house_adapt")
_NEEDS_OF_CHILDREN = ("edu_fees", "edu_tutor", "mind_child", "house_child_room")


def _needs(book: Notebook) -> None:
    """Acute and lesser needs; the acute ones meet the calibrated mean."""
    acute = int(ACUTE_NEEDS_PER_HOUSEHOLD)
    acute += book.rng.random() < ACUTE_NEEDS_PER_HOUSEHOLD - acute
    acute += book.rng.choice((-1, 0, 0, 1))
    ages = {m.id: m.age(book.on) for m in book.members}
    pool = [(need, "household") for need in _NEEDS_OF_ANYONE]
    pool += [(n, who) for who, age in ages.items() if age >= 60 for n in _NEEDS_OF_THE_OLD]
    pool += [(n, who) for who, age in ages.items() if age < 18 for n in _NEEDS_OF_CHILDREN]
    chosen = book.rng.sample(pool, acute + book.rng.randint(0, 2))
    for order, (need, who) in enumerate(chosen):
        severity = book.rng.choice((3, 3, 4)) if order < acute else book.rng.choice((1, 2))
        assessed = book.rng.random() >= UNASSESSED_NEEDS
        book.needs_help(need, severity if assessed else None, book.days_ago(10, 300), who)
