"""Only what a change can touch: the same as comparing everybody; members of stored households."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from matching.identity.findings import find_same_persons
from matching.identity.nearby import near
from matching.identity.records import Verdict
from matching.identity.register import Register
from matching.identity.stored import STORE, members_of
from matching.model.records import Identity, Membership, StoredPerson
from tests.findings.cases import ON, a_case
from tests.matching.identity.people import (
    CHARACTERS,
    MODEL,
    a_decision,
    a_record,
    an_id,
    some_records,
)

KEYS = [f"{source}/{number}" for source in "abc" for number in "1234"]


def everybody(records, decisions, largest):
    register = Register(MODEL, CHARACTERS, largest)
    for decision in decisions:
        register.decide(decision)
    register.add(records)
    return register


def a_stranger(source, name):
    """Somebody whom nothing but a decision ties to anybody."""
    return a_record(source, name=name, id_number=None, birth=None, phones=(), address=None)


@st.composite
def some_decisions(draw):
    pairs = draw(st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from(KEYS)), max_size=3))
    verdict = st.sampled_from(list(Verdict))
    return [
        a_decision(*pair, draw(verdict), number)
        for number, pair in enumerate(pairs, start=1)
        if pair[0] != pair[1]
    ]


@given(
    st.lists(some_records(received=1), max_size=10, unique_by=lambda one: one.key),
    st.sets(st.sampled_from(KEYS), max_size=4),
    some_decisions(),
    st.sampled_from([1, 2, 4, 80]),
)
@example([a_record("a"), a_record("b", id_number=None)], {"a/1"}, [], 80)
@example(
    [a_record("a"), a_stranger("b", "王例强"), a_stranger("c", "李丙")],
    {"a/1"},
    [a_decision("a/1", "b/1"), a_decision("b/1", "c/1", number=2)],
    80,
)
def test_what_is_near_a_change_is_found_as_by_comparing_everybody(
    records, changed, decisions, largest
):
    full = find_same_persons(everybody(records, decisions, largest))
    close = near(MODEL, CHARACTERS, lambda: iter(records), changed, decisions, largest)
    inside = {record.key for record in close.records}
    assert changed & {one.key for one in records} <= inside
    assert find_same_persons(close) == tuple(one for one in full if inside & {*one.records})
    assert not [one for one in full if changed & {*one.records} and not inside >= {*one.records}]


def test_only_a_few_of_many_are_compared():
    strangers = [
        a_record("b", str(n), name="李" + chr(0x4E00 + n), id_number=an_id(order=n + 100),
                 birth=date(1950 + n % 60, 1 + n % 12, 2), phones=(), address=None)
        for n in range(300)
    ]  # fmt: skip
    ours, twin = a_record("a"), a_record("c", id_number=None)
    close = near(MODEL, CHARACTERS, lambda: iter([ours, *strangers, twin]), {"a/1"})
    assert [record.key for record in close.records] == ["a/1", "c/1"]


def a_member(name="陈示梅", number=None):
    case = a_case({"p": {"person.birth_date": date(1980, 5, 17)}}, address="示范路12弄3号402室")
    identity = Identity(name=name, id_number=number, phone="00012345678")
    people = (StoredPerson(id=case.persons[0].id, identity=identity),)
    return case.model_copy(update={"persons": people})


def test_a_member_is_a_record_of_the_list_store():
    (home,) = members_of(a_member(number=an_id()), ON, CHARACTERS)
    assert (home.record.source, home.record.key) == (STORE, "store/H-1-p")
    assert (home.household, home.is_current) == ("H-1", True)
    assert home.record.birth == date(1980, 5, 17)
    assert home.record.id_number == an_id()
    assert home.record.address == "示范路12弄3号402"


@pytest.mark.parametrize("number", ["990001800517012", " ９９０００１198005170128 "])
def test_a_number_written_otherwise_is_the_same_number(number):
    from matching.findings import sign_of  # noqa: PLC0415

    whole = an_id()
    if len(number) > 15:
        number = number.replace("198005170128", whole[6:])
    one, other = (sign_of(a_member(number=n), ON) for n in (number, whole))
    assert [*one.members.values()] == [*other.members.values()] == [whole]


def test_who_left_is_compared_without_the_address_and_who_comes_later_is_not():
    case = a_member()
    person = case.persons[0].id
    left = Membership(
        person=person, household="H-1", start=date(2020, 1, 1), until=date(2025, 1, 1)
    )
    (home,) = members_of(case.model_copy(update={"memberships": (left,)}), ON, CHARACTERS)
    assert (home.is_current, home.record.address) == (False, None)
    later = left.model_copy(update={"start": date(2027, 1, 1), "until": None})
    assert members_of(case.model_copy(update={"memberships": (later,)}), ON, CHARACTERS) == ()
