"""What befalls a few made-up households (个别情形): accidents, a refusal, errors in lists.

An office should find the errors; no rule reads these names.
"""

from collections.abc import Callable, Mapping

from matching.model.family import ApplicationOutcome
from matching.model.records import Obligation, Parentage
from seed.notebook import Facts, Notebook
from seed.people import add_member, describe

__all__ = ["STORIES", "STORIES_BY_KIND"]


def _event(book: Notebook) -> None:
    kind = book.rng.choice(
        ("traffic_accident", "fire", "sudden_serious_illness", "medical_spike", "member_got_job")
    )
    person = None if kind == "fire" else book.rng.choice(book.members).id
    book.befell(
        {
            "event.type": kind,
            "event.date": book.days_ago(3, 80),
            "event.place_subdistrict": book.place[:9],
            "event.urgent": book.rng.random() < 0.4,
            "event.causes_temporary_hardship": book.rng.random() < 0.7,
            "event.hardship_verified_by_street": book.rng.random() < 0.5,
            "event.self_reported": True,
        },
        person,
    )


def _declines(book: Notebook) -> None:
    """The family does not want it: that is respected."""
    day, who = book.days_ago(20, 400), book.members[0].id
    book.applied("disability_living", ApplicationOutcome.DECLINED, day, "家庭不需要", to=who)


def _paid_twice(book: Notebook) -> None:
    """Two offices pay the same aid: seen when a family moves from street to street."""
    book.give("dibao", book.months_ago(2, 12), 40_000, giver="subdistrict_office")
    _ensure_dibao(book)


def _two_kinds_of_care(book: Notebook) -> None:
    """Care in an institution and care at home are both paid for one person."""
    person = max(book.members, key=lambda member: len([a for a in book.aid if a.to == member.id]))
    book.give("disab_inst_care", book.months_ago(3, 20), 120_000, person.id)
    book.give("disab_home_care", book.months_ago(3, 20), 60_000, person.id)
    book.write(
        "disabled_federation",
        person.id,
        {"person.institution_care": "disability_institution"},
        book.days_ago(10, 60),
    )


def _excluded_pair(book: Notebook) -> None:
    """Tekun and dibao are both paid."""
    book.give("tekun", book.months_ago(2, 30), 214_500, book.members[0].id)
    _ensure_dibao(book)


def _paid_in_custody(book: Notebook) -> None:
    """The court reports a sentence, and the aid runs on."""
    reported = book.days_ago(5, 25)
    book.write("court", book.members[-1].id, {"person.custody_status": "prison"}, reported)
    _ensure_dibao(book)


def _paid_after_death(book: Notebook) -> None:
    """A death that the payment list has not heard of."""
    died = book.days_ago(35, 60)
    facts: Facts = {"person.life_status": "deceased", "person.death_date": died}
    book.write("civil_affairs", book.members[-1].id, facts, book.days_ago(5, 20))
    _ensure_dibao(book)


def _ensure_dibao(book: Notebook) -> None:
    if not any(entry.policy == "dibao" and entry.giver == "civil_affairs" for entry in book.aid):
        book.give("dibao", book.months_ago(6, 60), 50_000)


def _child_without_parents(book: Notebook) -> None:
    """A grandchild whose father is dead or missing and whose mother is in prison."""
    child = add_member(book, "grandchild", book.rng.randint(4, 14))
    describe(book, child)
    facts: tuple[Facts, ...] = (
        {"person.life_status": book.rng.choice(("deceased", "declared_missing"))},
        {"person.custody_status": "prison", "person.custody_from": book.days_ago(250, 700)},
    )
    for gone in facts:
        parent = add_member(book, "parent", child.age(book.on) + 26, inside=False)
        book.parentages.append(Parentage(parent=parent.id, child=child.id))
        book.obligations.append(Obligation(obligor=parent.id, person=child.id))
        book.write(
            "court" if len(gone) > 1 else "civil_affairs", parent.id, gone, book.days_ago(5, 60)
        )
    book.known_for.add(child.id)
    book.needs_help("crisis_child", 4, book.days_ago(2, 20), child.id)


STORIES: Mapping[str, Callable[[Notebook], None]] = {
    "event": _event,
    "declines": _declines,
    "paid_twice": _paid_twice,
    "excluded_pair": _excluded_pair,
    "two_kinds_of_care": _two_kinds_of_care,
    "paid_in_custody": _paid_in_custody,
    "paid_after_death": _paid_after_death,
    "child_without_parents": _child_without_parents,
}
# Shares of the households of a kind; assumptions.
STORIES_BY_KIND: Mapping[str, Mapping[str, float]] = {
    "dibao": {
        "": 0.92,
        "paid_twice": 0.02,
        "excluded_pair": 0.015,
        "paid_in_custody": 0.02,
        "paid_after_death": 0.025,
    },
    "severe_disabled_unemployed": {"": 0.95, "two_kinds_of_care": 0.05},
    "found": {"": 0.93, "child_without_parents": 0.07},
}
