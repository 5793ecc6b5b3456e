"""Who must not be joined, and who must: one family, one trap at a time."""

from datetime import date

import pytest

from matching.identity.barriers import Barrier
from matching.identity.findings import FindingKind, find_same_persons
from matching.identity.records import IdState, Verdict
from tests.matching.identity.people import (
    a_decision,
    a_record,
    a_register,
    an_id,
    persons,
)

NEIGHBOURS = list(zip("王李张刘赵黄周吴徐孙朱胡", "梅兰芳秀珍凤英红燕玲萍霞", strict=True))
CHILD = date(2010, 9, 3)


def together(*records):
    return len(persons(a_register(*records))) == 1


SAME = {
    "everything equal": {},
    "number missing": {"id_number": None},
    "a homophone": {"name": "陈示煤", "id_number": None},
    "characters exchanged": {"name": "陈梅示", "id_number": None},
    "one character fewer, masked number": {
        "name": "陈梅",
        "id_number": an_id()[:6] + "*" * 8 + an_id()[14:],
        "id_state": IdState.MASKED,
    },
    "day and month exchanged": {"birth": date(1980, 7, 4), "id_number": None, "phones": ()},
    "two digits of the number exchanged": {
        "id_number": an_id()[:16] + an_id()[17] + an_id()[16],
        "id_state": IdState.FAULTY,
    },
    "moved, with a new telephone": {"address": "样板路9弄1号101", "phones": ("00099999999",)},
    "only name and birth date": {"id_number": None, "phones": (), "address": None},
}


@pytest.mark.parametrize("changed", SAME.values(), ids=SAME)
def test_one_person_in_two_lists_is_found(changed):
    first = a_record(birth=date(1980, 4, 7) if "birth" in changed else date(1980, 5, 17))
    assert together(first, a_record("charity", **changed))


OTHERS = {
    "a twin": {"name": "陈示兰", "id_number": an_id(order=14)},
    "a twin without number": {"name": "陈示兰", "id_number": None},
    "a twin brother without number": {"name": "陈示强", "id_number": None, "sex": "m"},
    "a twin whose number is masked": {
        "name": "陈示兰",
        "id_number": an_id(order=14)[:14] + "****",
        "id_state": IdState.MASKED,
    },
    "a twin with a shorter name whose masked number differs": {
        "name": "陈梅",
        "id_number": an_id(order=14)[:6] + "*" * 8 + an_id(order=14)[14:],
        "id_state": IdState.MASKED,
    },
    "a child under the parent's telephone": {
        "name": "陈例宇",
        "id_number": None,
        "birth": CHILD,
        "sex": "m",
    },
    "a child under the parent's number": {"name": "陈例宇", "birth": CHILD, "sex": "m"},
    "a child with the parent's name": {"id_number": None, "birth": CHILD},
    "a husband": {"name": "王例强", "id_number": None, "birth": date(1979, 2, 3), "sex": "m"},
    "a namesake of the same birth date with a valid number": {
        "id_number": an_id(order=16),
        "phones": ("00099999999",),
        "address": "样板路9弄1号101",
    },
    "everything equal but two valid numbers": {"id_number": an_id(order=18)},
    "a namesake born elsewhere in time": {
        "id_number": None,
        "birth": date(1955, 11, 23),
        "phones": ("00099999999",),
        "address": "样板路9弄1号101",
    },
    "somebody who gives the same telephone only": {
        "name": None,
        "id_number": None,
        "birth": None,
        "address": None,
    },
}


@pytest.mark.parametrize("changed", OTHERS.values(), ids=OTHERS)
def test_two_people_are_not_joined(changed):
    assert not together(a_record(), a_record("charity", **changed))


@pytest.mark.parametrize("changed", OTHERS.values(), ids=OTHERS)
def test_two_people_stay_apart_when_a_third_record_resembles_both(changed):
    bridge = a_record("federation", id_number=None, address=None)
    register = a_register(a_record(), bridge, a_record("charity", **changed))
    ends = {"civil_affairs/1", "charity/1"}
    assert not any(ends <= set(members) for members in persons(register))


def test_a_record_that_fits_two_people_joins_one_and_a_person_is_asked_about_the_other():
    numbered = a_record(), a_record("federation", id_number=an_id(order=16))
    register = a_register(*numbered, a_record("charity", id_number=None))
    assert sorted(map(len, persons(register))) == [1, 2]
    kinds = [finding.kind for finding in find_same_persons(register)]
    assert kinds.count(FindingKind.FITS_TWO) == 1
    assert kinds.count(FindingKind.TWO_NUMBERS) == 1


def test_one_question_is_asked_about_two_persons_and_one_answer_closes_it():
    twin = a_record("federation", name="陈示兰", id_number=None)
    register = a_register(a_record(), a_record("charity", id_number=None), twin)
    asked = [f for f in find_same_persons(register) if f.kind is FindingKind.PERHAPS_SAME]
    assert [len(finding.records) for finding in asked] == [3]
    register.decide(a_decision("charity/1", "federation/1", Verdict.DIFFERENT))
    assert [f.kind for f in find_same_persons(register)] == [FindingKind.SAME_PERSON]


def test_two_lines_of_one_list_with_names_alike_are_twins_and_stay_apart_through_others():
    elder, younger = (
        a_record("charity", "1"),
        a_record("charity", "2", name="陈示煤", id_number=None),
    )
    register = a_register(elder, younger, a_record("federation"))
    assert not any({"charity/1", "charity/2"} <= set(m) for m in persons(register))


def test_a_person_who_is_twice_in_one_list_is_one():
    assert together(a_record("charity", "1"), a_record("charity", "2", id_number=None))


def test_two_numbers_are_asked_about_until_a_person_has_decided():
    register = a_register(a_record(), a_record("charity", id_number=an_id(order=18)))
    (finding,) = find_same_persons(register)
    assert finding.kind is FindingKind.TWO_NUMBERS
    register.decide(a_decision("civil_affairs/1", "charity/1", Verdict.DIFFERENT))
    assert find_same_persons(register) == ()


def test_a_twin_goes_to_a_person_with_the_reason():
    register = a_register(a_record(), a_record("charity", name="陈示兰", id_number=None))
    found = find_same_persons(register)
    assert [e.barrier for f in found for e in f.evidence] == [Barrier.TWINS.value]


def test_a_number_under_another_name_goes_to_a_person():
    register = a_register(a_record(), a_record("charity", name="王例强"))
    (finding,) = find_same_persons(register)
    assert finding.kind is FindingKind.PERHAPS_SAME
    assert finding.evidence[0].barrier == Barrier.NUMBER_OF_ANOTHER.value


def test_a_person_may_join_twins_records_but_never_two_valid_numbers():
    twin = a_record("charity", name="陈示兰", id_number=None)
    register = a_register(a_record(), twin, a_record("federation", id_number=an_id(order=14)))
    register.decide(a_decision("civil_affairs/1", "charity/1", number=1))
    register.decide(a_decision("civil_affairs/1", "federation/1", number=2))
    assert ("charity/1", "civil_affairs/1") in persons(register)
    (refused,) = [refusal for refusal in register.refusals() if refusal.by_decision]
    assert refused.pair == ("civil_affairs/1", "federation/1")
    assert refused.reason in {Barrier.TWO_VALID_IDS.value, "fits_two_persons"}


def test_a_person_may_part_what_the_figures_join():
    register = a_register(a_record(), a_record("charity", id_number=None))
    register.decide(a_decision("civil_affairs/1", "charity/1", Verdict.DIFFERENT))
    assert len(persons(register)) == 2
    assert find_same_persons(register) == ()


def test_a_telephone_that_an_office_gives_to_all_joins_nobody_and_is_said():
    phone = ("00000000001",)
    people = [
        a_record("charity", str(n), name=f"{surname}示{given}", id_number=None, phones=phone,
                 birth=date(1940 + n, 1 + n % 12, 3 + n % 20), address=f"样板路{n}弄1号101")
        for n, (surname, given) in enumerate(NEIGHBOURS)
    ]  # fmt: skip
    register = a_register(*people, largest_block=10)
    assert all(len(members) == 1 for members in persons(register))
    (large,) = [block for block in register.large_blocks() if block.kind == "phone"]
    assert large.n_records == 12
    assert "00000000001" not in repr(large)
