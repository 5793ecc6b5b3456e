"""Rows that an office should find, and rows that it must leave alone (埋设的情形), by name.

Each failure that the inspection reports name (F1 to F23) and that is a row of somebody's data is
planted once in the made-up district, in a household that is there anyway; each trap (T1 to T6)
looks like one and is none. Nothing here is chance.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from matching.model.family import ApplicationOutcome, FactState
from matching.model.records import Obligation, Record
from seed.identity import made_up
from seed.notebook import Facts, Member, Notebook

__all__ = ["LEAST_HOUSEHOLDS", "PLANTED", "plant"]

LEAST_HOUSEHOLDS = 200  # a smaller district has no room for all of them
_INSURED: Facts = {"person.institution_care": "none", "person.med_ins": "resident"}
_IN_CARE: Facts = {"person.institution_care": "disability_institution"}
_NO_WORK: Facts = {"person.employment_status": "unemployed"}


def _month(book: Notebook, back: int) -> date:
    """The first of a month that lies `back` months before."""
    first = book.on.replace(day=1)
    for _ in range(back):
        first = (first - timedelta(days=1)).replace(day=1)
    return first


def _told(book: Notebook, source: str, about: str, facts: Facts) -> None:
    book.write(source, about, facts, book.on - timedelta(days=4))


def _severe(book: Notebook, member: Member) -> None:
    facts: Facts = {
        "person.disability_cert": True,
        "person.disability_grade": 1,
        "person.disability_type": ("physical",),
    }
    _told(book, "disabled_federation", member.id, facts)


def _in_care(book: Notebook, member: Member) -> None:
    _severe(book, member)
    _told(book, "disabled_federation", member.id, _IN_CARE)
    _told(book, "human_resources", member.id, _NO_WORK)


def _two_kinds_of_care(book: Notebook) -> None:
    """F1: care in an institution and care at home, both paid for five months."""
    who = book.members[0]
    _in_care(book, who)
    book.give("disab_home_care", _month(book, 20), 60_000, who.id, giver="disabled_federation")
    book.give("disab_inst_care", _month(book, 4), 120_000, who.id, giver="disabled_federation")


def _two_beds(book: Notebook) -> None:
    """F2: two departments nurse one old person at home."""
    who = book.members[0]
    _told(book, "advisor_visit", who.id, _INSURED)
    book.give("ltci_home", _month(book, 9), None, who.id, giver="medical_insurance")
    book.give("home_sickbed", _month(book, 3), None, who.id, giver="health")


def _in_prison(book: Notebook) -> None:
    """F3: sentenced five months ago, and the dibao of one person runs on."""
    since: Facts = {
        "person.custody_status": "prison",
        "person.custody_from": _month(book, 5) + timedelta(days=9),
    }
    _told(book, "court", book.members[0].id, since)


def _basis_gone(book: Notebook) -> None:
    """F4: dibao ended three months ago, what came with it did not."""
    who = book.members[0]
    _severe(book, who)
    book.give("dibao", _month(book, 30), 50_000, until=_month(book, 2) - timedelta(days=1))
    book.give("disability_living", _month(book, 28), 45_000, who.id)


def _sentenced_elsewhere(book: Notebook) -> None:
    """F5: registered in another province, whose courts report to nobody here."""
    _severe(book, book.members[0])


def _lives_apart(book: Notebook) -> None:
    """F6: registered elsewhere than it lives, in need, and with neither."""
    _told(book, "advisor_visit", book.household, {"household.hukou_residence_split": True})
    book.needs_help("basic_goods", 4, book.on - timedelta(days=9))


def _split(book: Notebook, other: Notebook) -> None:
    """F7: mother and son at one address, a household and a dibao each."""
    parent, child = book.members[0], other.members[0]
    other.place = book.place
    other.address = book.address = "示例路99弄9号909室"
    book.relatives.append(child)
    book.records_of_relatives += [row for row in other.records if row.about == child.id]
    book.known_for.add(parent.id)
    book.obligations.append(Obligation(obligor=child.id, person=parent.id))


def _not_supported(book: Notebook) -> None:
    """F8: children who live elsewhere do not pay."""
    who = book.members[0]
    facts: Facts = {"person.legal_matter": "maintenance", "person.no_fixed_income": True}
    _told(book, "advisor_visit", who.id, facts)
    book.needs_help("legal_maintenance", 3, book.on - timedelta(days=9), who.id)


def _many_payers(book: Notebook) -> None:
    """F10: two organisations pay for one illness, and neither knows."""
    start = _month(book, 3)
    book.give("redcross_help", start, 300_000, giver="redcross", until=book.on)
    book.give("foundation_help", start, 200_000, giver="charity", until=book.on)


def _never_asked(book: Notebook) -> None:
    """F11: a certificate of the first grade, and nobody applied for the allowance."""
    _severe(book, book.members[0])


def _above_the_line(book: Notebook) -> None:
    """F19: verified income far above the line, and the dibao runs on."""
    who = book.members[0]
    money: Facts = {
        "household.monthly_income": 900_000,
        "household.property_ok_dibao": True,
        "household.verification_consent": True,
    }
    _told(book, "verification", book.household, money)
    work: Facts = {"person.employment_status": "employed", "person.monthly_labour_income": 0}
    _told(book, "human_resources", who.id, work)


def _odd_jobs(book: Notebook) -> None:
    """F20: wages by the day, told after a check that had found nothing."""
    who = book.members[0].id
    found: Facts = {"person.monthly_labour_income": 0}
    said: Facts = {"person.monthly_labour_income": 180_000}
    book.write("human_resources", who, found, book.on - timedelta(days=40))
    book.write("advisor_visit", who, said, book.on - timedelta(days=3), state=FactState.DECLARED)


def _credit_record(book: Notebook) -> None:
    """F9: refused for a credit record, against which the family has objected."""
    who = book.members[0]
    credit: Facts = {
        "person.credit_basis": "concealment",
        "person.credit_from": _month(book, 14),
        "person.credit_until": _month(book, 2),
        "person.credit_objection": "open",
        "person.credit_repair": "none",
    }
    _told(book, "civil_affairs", who.id, credit)
    day = book.on - timedelta(days=40)
    book.applied("dibao", ApplicationOutcome.REFUSED, day, "有失信记录")


def _kin_and_card(book: Notebook) -> None:
    """F7: a filed relative of the staff; and somebody else keeps the card for the dibao."""
    who = book.members[0]
    _told(book, "civil_affairs", who.id, {"person.kin_of_staff": True})
    _told(book, "advisor_visit", who.id, {"person.card_custody": "unfiled"})


def _lawful_pair(book: Notebook) -> None:
    """T1: two allowances that may be held together."""
    who = book.members[0]
    _severe(book, who)
    held = {(row.policy, row.to) for row in book.aid}
    for policy, fen in (("disability_nursing", 35_000), ("disability_living", 45_000)):
        if (policy, who.id) not in held:
            book.give(policy, _month(book, 12), fen, who.id)


def _twins(book: Notebook) -> None:
    """T2: two children of one birthday, alike but for one sign of the name."""
    born = _month(book, 120) + timedelta(days=11)
    for name, relation in (("陈样明", "child"), ("陈样月", "child")):
        position = len(book.members) + len(book.outsiders) + 1
        person = made_up(name, born, "m", book.number, position)
        twin = Member(book.next_person_id(), relation, "m", born, person)
        book.members.append(twin)
        facts: Facts = {"person.birth_date": born, "person.hukou": "310199", "person.sex": "m",
                        "person.relation": relation, "person.life_status": "alive"}  # fmt: skip
        _told(book, "civil_affairs", twin.id, facts)


def _namesake(book: Notebook, other: Notebook) -> None:
    """T3: another person of the same name, with aid of the same kind."""
    mine, theirs = book.members[0], other.members[0]
    identity = theirs.identity.model_copy(update={"name": mine.identity.name})
    other.members[0] = Member(theirs.id, theirs.relation, theirs.sex, theirs.birth, identity)


def _died_this_month(book: Notebook) -> None:
    """T4: a death of this month; what is paid in this month is in order."""
    day = book.on.replace(day=2)
    facts: Facts = {"person.life_status": "deceased", "person.death_date": day}
    _told(book, "civil_affairs", book.members[0].id, facts)


def _said_no(book: Notebook) -> None:
    """T5: could have an allowance and does not want it."""
    who = book.members[0]
    _severe(book, who)
    day = book.on - timedelta(days=50)
    for policy in ("disability_nursing", "disability_living"):
        book.applied(policy, ApplicationOutcome.DECLINED, day, "家庭不需要", to=who.id)


def _changed_over(book: Notebook) -> None:
    """T6: from care at home into an institution, one after the other."""
    who = book.members[0]
    _in_care(book, who)
    last = _month(book, 4) - timedelta(days=1)
    book.give("disab_home_care", _month(book, 20), 60_000, who.id, until=last)
    book.give("disab_inst_care", _month(book, 4), 120_000, who.id)


# Name -> (kind of household, how many it takes, what is written down).
PLANTED: Mapping[str, tuple[str, Callable[..., None], int]] = {
    "F1": ("severe_disabled_unemployed", _two_kinds_of_care, 1),
    "F2": ("refused", _two_beds, 1),
    "F3": ("dibao", _in_prison, 1),
    "F4": ("found", _basis_gone, 1),
    "F5": ("nonlocal", _sentenced_elsewhere, 1),
    "F6": ("found", _lives_apart, 1),
    "F7": ("dibao", _split, 2),
    "F8": ("refused", _not_supported, 1),
    "F10": ("refused", _many_payers, 1),
    "F11": ("found", _never_asked, 1),
    "F19": ("dibao", _above_the_line, 1),
    "F20": ("dibao", _odd_jobs, 1),
    "T1": ("dibao", _lawful_pair, 1),
    "T2": ("found", _twins, 1),
    "T3": ("dibao", _namesake, 2),
    "T4": ("dibao", _died_this_month, 1),
    "T5": ("found", _said_no, 1),
    "T6": ("refused", _changed_over, 1),
    "F9": ("refused", _credit_record, 1),
    "F7b": ("dibao", _kin_and_card, 1),
}


def plant(books: Sequence[Notebook]) -> dict[str, str]:
    """Write the planted rows into the last fitting households; name -> household, the first of two.

    A household is taken once, and only where nothing else befell it and one person lives in it
    alone, where the kind has such.
    """
    taken: set[int] = set()
    found: dict[str, str] = {}
    for name, (kind, write, count) in PLANTED.items():
        chosen = _free(books, kind, taken)[:count]
        taken |= {book.number for book in chosen}
        write(*chosen)
        found[name] = chosen[0].household
    return found


def _free(books: Sequence[Notebook], kind: str, taken: set[int]) -> list[Notebook]:
    """Households of the kind, the plainest and the last first."""
    fitting = [book for book in books if book.kind == kind and book.number not in taken]
    return sorted(
        fitting,
        key=lambda book: (
            book.place.startswith("310199005"),  # some report nothing on this street
            len(book.members), any(_hit(row) for row in book.records),
            len(book.events), len(book.applications), bool(book.relatives), -book.number,
        ),
    )  # fmt: skip


def _hit(row: Record) -> bool:
    facts = row.facts
    gone = facts.get("person.life_status", "alive") != "alive"
    return gone or facts.get("person.custody_status", "none") != "none"
