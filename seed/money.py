"""What a made-up household earns (收入), and what it said about it before it was checked.

Declared first, verified later: in the calibrated share of cases the two differ. Some families
declare anew after the check, and some checks are older than the rules allow.
"""

from datetime import timedelta

from matching.model.family import FactState
from seed.notebook import Facts, Notebook

__all__ = ["LINE_FEN", "income", "record_income", "record_wages"]

LINE_FEN = 165_000  # the dibao line of 2025-07-01, only to place incomes around it

# Income a head and month, in percent of the line, by kind of household.
_BANDS = {
    "dibao": (0, 95),
    "tekun": (0, 60),
    "dibao_marginal": (105, 190),
    "rigid_expenditure": (110, 260),
    "severe_disabled_unemployed": (60, 240),
    "refused": (70, 190),
    "found": (60, 240),
    "nonlocal": (60, 240),
}


def income(book: Notebook) -> int:
    """The household's monthly income in fen, in steps of ten yuan."""
    least, most = _BANDS[book.kind]
    share = book.rng.randint(least, most)
    return len(book.members) * LINE_FEN * share // 100 // 1000 * 1000


def record_income(book: Notebook, monthly: int, *, differs: bool, checked: bool) -> None:
    """Write what was declared and, if `checked`, what verification found."""
    rng = book.rng
    declared = monthly
    if differs:
        declared = monthly * rng.randint(45, 85) // 100 // 1000 * 1000
        if declared == monthly:
            declared = monthly + 20_000
    verified_on = book.days_ago(3, 230)
    declared_on = verified_on - timedelta(days=rng.randint(12, 40))
    told: Facts = {
        "household.monthly_income": declared,
        "household.verification_consent": True,
    }
    book.write("civil_affairs", book.household, told, declared_on, state=FactState.DECLARED)
    if not checked:
        return
    found: Facts = {
        "household.monthly_income": monthly,
        "household.annual_income": monthly * 12,
    }
    received = min(book.on, verified_on + timedelta(days=rng.randint(0, 20)))
    book.write("verification", book.household, found, verified_on, received)
    if rng.random() < 0.06:
        later: Facts = {"household.monthly_income": max(0, monthly - rng.randint(3, 9) * 10_000)}
        day = min(book.on, verified_on + timedelta(days=rng.randint(20, 90)))
        book.write("advisor_visit", book.household, later, day, state=FactState.DECLARED)


def record_wages(book: Notebook, monthly: int) -> None:
    """Share the income out to members of working age, as far as anybody knows."""
    workers = [m for m in book.members if 18 <= m.age(book.on) < 60][:2]
    left = monthly
    for worker in workers:
        wage = min(left, book.rng.randint(0, 28) * 10_000)
        left -= wage
        book.heard("human_resources", worker.id, {"person.monthly_labour_income": wage})
