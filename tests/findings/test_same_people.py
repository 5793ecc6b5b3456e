"""Questions about who is who: the made-up district with its traps; what decisions make of them."""

from dataclasses import replace

import pytest

from matching.findings.kinds import IDENTITY, about
from matching.findings.same_people import ask_who_is_who, who_is_who
from matching.identity.records import Decision, Verdict
from matching.identity.register import Register
from matching.identity.stored import members_of
from seed.demo_family import DEMO_DAY
from seed.linkage_files import load_characters, load_linkage_model
from tests.findings.test_failures import district
from tests.matching.identity.people import a_record, an_id

NAMES = {"store": "本库"}


def registered(homes, *others):
    register = Register(load_linkage_model(), load_characters())
    register.add([*(home.record for home in homes), *others])
    return register


def asked(homes, *others):
    by_key = {home.record.key: home for home in homes}
    return ask_who_is_who(registered(homes, *others), by_key, NAMES)


def members():
    """Everybody of the district, twins and namesakes among them."""
    return [
        home for case in district().cases for home in members_of(case, DEMO_DAY, load_characters())
    ]


def test_twins_namesakes_and_a_shared_telephone_of_the_district_are_nobodys_question():
    everybody = members()
    assert len(everybody) > 500
    found = asked(everybody).findings
    assert not [one for one in found if one.kind in ("same_person", "perhaps_same", "fits_two")]


def test_who_lost_the_number_is_asked_about_and_the_twin_beside_is_not():
    """The second file of a person without number; T2 holds the twins."""
    twins = [one for one in members() if one.household == district().planted["T2"]]
    assert len(twins) > 1
    first = twins[0]
    copy = replace(first.record, source="charity", source_id="9", id_number=None, id_state=None)
    (one,) = asked(members(), copy).findings
    assert one.subjects == (first.record.source_id,)
    assert one.evidence == tuple(sorted((first.record.key, "charity/9")))


def test_identity_is_looked_at_by_itself():
    assert not IDENTITY & (about(across=True) | about(across=False))


def homes(*records):
    template = members()[0]
    return [replace(template, record=record) for record in records]


A, B, C = (f"store/{name}" for name in "abc")


def decision(left, right, verdict, number):
    return Decision(left, right, verdict, number, "user-1", "")


def test_the_last_decision_of_a_pair_holds_whatever_order_they_are_given_in():
    people = homes(
        a_record("store", "a"), a_record("store", "b", id_number=None),
    )  # fmt: skip
    yes, no = decision(A, B, Verdict.SAME, 1), decision(B, A, Verdict.DIFFERENT, 2)
    assert who_is_who(people, [yes]) == {"a": an_id(), "b": an_id()}
    assert who_is_who(people, [no, yes]) == who_is_who(people, [yes, no]) == {}


def test_who_was_told_apart_is_not_joined_by_way_of_a_third():
    people = homes(*(a_record("store", name, id_number=None) for name in "abc"))
    said = [
        decision(A, B, Verdict.SAME, 1),
        decision(B, C, Verdict.SAME, 2),
        decision(A, C, Verdict.DIFFERENT, 3),
    ]
    who = who_is_who(people, said)
    assert who["a"] == who["b"]
    assert who.get("c") != who["a"]


@pytest.mark.parametrize("verdict", list(Verdict))
def test_two_right_numbers_are_never_one_person(verdict):
    people = homes(a_record("store", "a"), a_record("store", "b", id_number=an_id(order=14)))
    assert who_is_who(people, [decision(A, B, verdict, 1)]) == {}
