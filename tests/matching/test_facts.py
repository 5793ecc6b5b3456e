"""The choice among records: every line of the rule in matching/facts.py."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from matching.errors import InputError
from matching.facts import choose, family_of
from matching.model.family import FactState
from matching.model.records import (
    Batch,
    Case,
    EventRecord,
    Household,
    Identity,
    Membership,
    Obligation,
    Parentage,
    Record,
    StoredPerson,
    SubjectKind,
)

ON = date(2026, 3, 2)
GRADE = "person.disability_grade"  # no freshness
INCOME = "household.monthly_income"  # six months
CUSTODY = "person.custody_status"  # three months
HOMELESS = "person.homeless_or_stranded"  # one month
V, D, C = FactState.VERIFIED, FactState.DECLARED, FactState.CONTRADICTED
INFERRED = FactState.INFERRED


def said(name, value, as_of=ON, state=D, source="visit", **kept):
    values = {"id": f"{source}-{as_of}-{state}-{value}", "received": as_of, **kept}
    return Record(
        kind=SubjectKind.PERSON, about="p", source=source, as_of=as_of, state=state,
        facts={name: value}, **values,
    )  # fmt: skip


def chosen(name, *records, on=ON):
    facts, stale = choose(records, on)
    assert not set(facts) & set(stale)
    return facts.get(name), stale.get(name)


def value(name, *records, on=ON):
    fact, _ = chosen(name, *records, on=on)
    return None if fact is None else fact.value


@pytest.mark.parametrize(
    ("name", "as_of", "on", "fresh"),
    [
        (INCOME, date(2026, 1, 1), date(2026, 7, 1), True),
        (INCOME, date(2026, 1, 1), date(2026, 7, 2), False),
        (INCOME, date(2025, 8, 31), date(2026, 2, 28), True),
        (INCOME, date(2025, 8, 31), date(2026, 3, 1), False),
        (CUSTODY, date(2025, 12, 2), ON, True),
        (CUSTODY, date(2025, 12, 1), ON, False),
        (HOMELESS, date(2026, 1, 1), date(2026, 2, 1), True),
        (HOMELESS, date(2026, 1, 1), date(2026, 2, 2), False),
        ("household.annual_income", date(2023, 7, 1), date(2024, 7, 1), True),
        ("household.annual_income", date(2023, 7, 1), date(2024, 7, 2), False),
        (GRADE, date(1990, 1, 1), ON, True),
        (INCOME, date(2026, 7, 1), date(2026, 1, 1), True),
        (INCOME, date(2026, 7, 2), date(2026, 1, 1), False),
    ],
)
def test_a_record_is_fresh_for_whole_months_of_the_calendar(name, as_of, on, fresh):
    told = {CUSTODY: "prison", HOMELESS: True}.get(name, 1)
    fact, stale = chosen(name, said(name, told, as_of), on=on)
    assert (fact is not None, stale is None) == (fresh, fresh)
    if not fresh:
        assert (stale.value, stale.as_of, stale.why) == (told, as_of, "记录已过期")


def test_the_newest_day_wins_whatever_its_state():
    old, new = said(GRADE, 1, date(2020, 1, 1), V), said(GRADE, 2, date(2021, 1, 1), INFERRED)
    assert value(GRADE, old, new) == 2


def test_records_up_to_the_day_go_before_later_ones():
    before, after = said(GRADE, 1, ON - timedelta(days=900)), said(GRADE, 2, ON + timedelta(days=1))
    assert value(GRADE, before, after) == 1
    assert value(GRADE, after) == 2
    later = said(GRADE, 3, ON + timedelta(days=9))
    assert value(GRADE, later, after) == 2


def test_on_one_day_verified_goes_before_declared_before_inferred():
    verified, declared, inferred = (
        said(GRADE, 1, state=V),
        said(GRADE, 2),
        said(GRADE, 3, state=INFERRED),
    )
    assert value(GRADE, inferred, declared, verified) == 1
    assert value(GRADE, inferred, declared) == 2
    assert value(GRADE, inferred) == 3


def test_what_was_shown_to_be_wrong_is_no_record():
    assert chosen(GRADE, said(GRADE, 1, state=C)) == (None, None)
    old = said(GRADE, 2, date(2020, 1, 1))
    assert value(GRADE, said(GRADE, 1, state=C), old) == 2


def test_a_newer_declaration_that_differs_from_a_verification_is_used_and_marked():
    verified = said(GRADE, 1, ON - timedelta(days=9), V)
    fact, _ = chosen(GRADE, verified, said(GRADE, 2))
    assert (fact.value, fact.contradicts_verified) == (2, True)
    fact, _ = chosen(GRADE, verified, said(GRADE, 1))
    assert (fact.value, fact.contradicts_verified) == (1, False)


def test_a_verification_of_a_later_day_contradicts_nothing_today():
    later = said(GRADE, 1, ON + timedelta(days=9), V, "office")
    fact, stale = chosen(GRADE, later, said(GRADE, 2))
    assert (fact.value, fact.contradicts_verified, stale) == (2, False, None)
    fact, stale = chosen(GRADE, later, said(GRADE, 2, ON, V))
    assert (fact.value, stale) == (2, None)


@pytest.mark.parametrize("days", [0, 1, 60])
def test_two_verified_values_of_two_sources_within_freshness_are_unknown(days):
    one = said(INCOME, 1, ON - timedelta(days=days), V, "bank")
    two = said(INCOME, 2, ON, V, "tax")
    fact, stale = chosen(INCOME, one, two)
    assert fact is None
    assert stale.why == "两份核对结果不一致"
    assert stale.value in (1, 2)


def test_two_verified_values_of_one_source_are_old_and_new():
    one = said(INCOME, 1, ON - timedelta(days=1), V, "bank")
    assert value(INCOME, one, said(INCOME, 2, ON, V, "bank")) == 2


def test_two_sources_that_verify_the_same_agree():
    one = said(INCOME, 1, ON - timedelta(days=1), V, "bank")
    fact, _ = chosen(INCOME, one, said(INCOME, 1, ON, V, "tax"))
    assert (fact.value, fact.source) == (1, "tax")


def test_a_verified_value_that_is_no_longer_fresh_disagrees_with_nobody():
    old = said(INCOME, 1, date(2025, 1, 1), V, "bank")
    assert value(INCOME, old, said(INCOME, 2, ON, V, "tax")) == 2


def test_what_has_no_freshness_is_replaced_by_a_newer_verification():
    old = said(GRADE, 3, date(2015, 1, 1), V, "street")
    assert value(GRADE, old, said(GRADE, 2, date(2025, 1, 1), V, "federation")) == 2
    same_day = said(GRADE, 2, date(2015, 1, 1), V, "federation")
    assert chosen(GRADE, old, same_day)[1].why == "两份核对结果不一致"


def test_a_correction_that_came_later_goes_first_on_its_day():
    first = said(GRADE, 1, received=ON, id="z")
    second = said(GRADE, 2, received=ON + timedelta(days=1), id="a")
    third = said(GRADE, 3, received=ON + timedelta(days=2), id="zz")
    assert value(GRADE, first, second) == 2
    assert value(GRADE, first, second, third) == 3


RECORDS = st.lists(
    st.builds(
        said,
        st.sampled_from([GRADE, INCOME, CUSTODY]),
        st.integers(1, 3),
        st.dates(ON - timedelta(days=400), ON + timedelta(days=60)),
        st.sampled_from(FactState),
        st.sampled_from(["visit", "bank", "tax"]),
        id=st.uuids().map(str),
    ),
    max_size=7,
)


@given(RECORDS, st.randoms())
def test_the_order_of_the_records_changes_nothing(records, random):
    mixed = list(records)
    random.shuffle(mixed)
    assert choose(records, ON) == choose(mixed, ON)


@given(RECORDS)
def test_every_name_that_was_said_is_used_or_shown_with_its_reason(records):
    facts, stale = choose(records, ON)
    names = {name for one in records if one.state is not C for name in one.facts}
    assert set(facts) | set(stale) == names
    days = [one.as_of for one in records if GRADE in one.facts and one.state is not C]
    newest = max((day for day in days if day <= ON), default=None)
    if GRADE in facts and newest is not None:  # it has no freshness: the newest up to the day
        assert facts[GRADE].as_of == newest


@given(RECORDS)
def test_a_verification_of_today_decides_unless_another_disagrees(records):
    assume(not any(one.state is V for one in records))
    facts, stale = choose([*records, said(GRADE, 4, ON, V, "office")], ON)
    assert facts[GRADE].value == 4
    assert GRADE not in stale


# A whole case becomes a family.


def a_case(**changes):
    values = {
        "household": Household(id="h", place="310199001"),
        "persons": tuple(StoredPerson(id=p, identity=Identity(name="某")) for p in "abo"),
        "memberships": (
            Membership(person="b", household="h", start=date(2020, 1, 1)),
            Membership(person="a", household="h", start=date(2020, 1, 1), until=date(2025, 12, 31)),
        ),
        "obligations": (Obligation(obligor="o", person="b"), Obligation(obligor="o", person="a")),
        "parentages": (Parentage(parent="o", child="b"),),
        **changes,
    }
    return Case(**values)


def test_members_are_those_of_the_day():
    assert [one.id for one in family_of(a_case(), date(2025, 12, 31)).members] == ["a", "b"]
    assert [one.id for one in family_of(a_case(), date(2026, 1, 1)).members] == ["b"]
    with pytest.raises(InputError, match="2019-12-31") as caught:
        family_of(a_case(), date(2019, 12, 31))
    assert caught.value.code == "no_members"


def test_obligors_are_known_only_where_somebody_looked():
    family = family_of(a_case(obligors_known_for=frozenset({"b"})), ON)
    assert [(one.id, one.of) for one in family.obligors] == [("o", "b")]
    assert family.obligors_known_for == {"b"}
    assert family.members[0].parents == ("o",)


def test_events_are_known_once_one_is_or_a_batch_covers_them():
    covering = Batch(
        id="b", source="street", as_of=ON, received=ON, covers_facts=frozenset({"event.type"}),
        covers_places=frozenset({"310199"}),
    )  # fmt: skip
    elsewhere = covering.model_copy(update={"covers_places": frozenset({"310104"})})
    assert family_of(a_case(), ON).events is None
    assert family_of(a_case(batches=(covering,)), ON).events == ()
    assert family_of(a_case(batches=(elsewhere,)), ON).events is None
    later = a_case(
        events=(EventRecord(id="e", household="h"),),
        records=(
            Record(
                id="r", kind=SubjectKind.EVENT, about="e", source="s", as_of=ON, received=ON,
                facts={"event.date": ON},
            ),
        ),
    )  # fmt: skip
    assert [one.id for one in family_of(later, ON).events] == ["e"]
    assert family_of(later, ON - timedelta(days=1)).events is None
