"""The circles: why a family is in, until when, and what nobody has looked at."""

from datetime import date, timedelta

import pytest
from hypothesis import given

from matching.circles import circles_of, standings
from matching.model.answer import Outcome
from matching.model.family import (
    AidEntry,
    Application,
    Coverage,
    Family,
    Ledger,
    Need,
    NeedState,
    Person,
)
from seed.load import load_catalogue
from tests.matching.random_families import DAYS, NUMBERS, family_from
from tests.matching.tiny import catalogue, finding, texts
from tests.matching.tiny import family as described

ON = date(2026, 6, 30)
CIRCLES = """\
- id: circles
  label: 圈层
  size: 4
  clause: [{doc: LAW}]
  flag: seed
  items:
    - {id: inner, label: 里圈, holding: [dibao]}
    - {id: second, label: 二圈, lately: [tekun], months: 24}
    - {id: third, label: 三圈, refused: [dibao], months: 24}
    - id: outer
      label: 外圈
      helped_by: [union]
      sources: [visit]
      tests:
        - {says: 欠费, test: household.utility_arrears, flag: seed, clause: [{doc: LAW}]}
        - {says: 缺粮, test: household.food_insecure, flag: unverified, clause: [{doc: LAW}]}
- {id: colours, label: 七色, size: 7, clause: [{doc: LAW}], flag: seed}
- id: levels
  label: 三级
  size: 1
  clause: [{doc: LAW}]
  flag: seed
  items: [{id: blue, label: 蓝}]
"""
DEPARTMENTS = """\
- {id: civil_affairs, label: 民政局, kind: gov}
- {id: union, label: 总工会, kind: mass_org}
"""
FILES = {"circles.yaml": CIRCLES, "departments.yaml": DEPARTMENTS}
TINY = catalogue(texts(**FILES))


def family(**changes):
    values = {
        "id": "f", "place": "310104", "members": (Person(id="a"),), "applications": (),
        "ledger": Ledger(complete=True),
    }  # fmt: skip
    return Family(**{**values, **changes})


def aid(policy, start, until=None, **more):
    entry = AidEntry(policy=policy, to="household", start=start, until=until, **more)
    return Ledger(entries=(entry,), complete=True)


def look(one, circle, on=ON, found=TINY):
    return next(each for each in circles_of(found, one, on).standings if each.id == circle)


def test_aid_that_runs_puts_one_in_as_long_as_it_runs():
    standing = look(family(ledger=aid("dibao", date(2020, 1, 1))), "inner")
    assert (standing.outcome, standing.ages_out) == (Outcome.MET, None)
    ending = look(family(ledger=aid("dibao", date(2020, 1, 1), ON)), "inner")
    assert ending.ages_out == ON + timedelta(days=1)
    assert (
        look(family(ledger=aid("dibao", date(2020, 1, 1), ON)), "inner", ending.ages_out).outcome
        is Outcome.UNMET
    )
    assert (
        look(family(ledger=aid("dibao", ON + timedelta(days=1))), "inner").outcome is Outcome.UNMET
    )


@pytest.mark.parametrize(
    ("until", "ages_out"),
    [(None, date(2026, 7, 1)), (date(2024, 9, 5), date(2026, 9, 6))],
)
def test_aid_received_lately_counts_two_years_from_its_last_day(until, ages_out):
    one = family(ledger=aid("tekun", date(2024, 6, 30), until))
    standing = look(one, "second")
    assert (standing.outcome, standing.ages_out) == (Outcome.MET, ages_out)
    assert look(one, "second", ages_out - timedelta(days=1)).outcome is Outcome.MET
    assert look(one, "second", ages_out).outcome is Outcome.UNMET


def test_a_turned_down_application_counts_two_years():
    rows = [
        Application(policy="dibao", outcome=outcome, date=day)
        for outcome, day in (("refused", date(2024, 7, 1)), ("ended", date(2025, 1, 31)))
    ]
    standing = look(family(applications=tuple(rows)), "third")
    assert [one.ages_out for one in standing.reasons] == [date(2026, 7, 2), date(2027, 2, 1)]
    assert standing.ages_out == date(2027, 2, 1)
    assert [one.says for one in standing.reasons] == [
        "2024-07-01 申请补助没有通过",
        "2025-01-31 补助停止",
    ]


@pytest.mark.parametrize("outcome", ["granted", "applied", "declined"])
def test_other_ends_of_an_application_do_not_count(outcome):
    row = Application(policy="dibao", outcome=outcome, date=date(2026, 1, 1))
    assert look(family(applications=(row,)), "third").outcome is Outcome.UNMET


def test_what_lies_ahead_does_not_count_yet():
    ahead = ON + timedelta(days=1)
    row = Application(policy="dibao", outcome="refused", date=ahead)
    assert look(family(applications=(row,)), "third").outcome is Outcome.UNMET
    assert look(family(ledger=aid("tekun", ahead)), "second").outcome is Outcome.UNMET
    need = Need(type="basic_cash", source="visit", as_of=ahead)
    assert look(family(needs=(need,)), "outer").outcome is not Outcome.MET


def test_nobody_looked_is_unknown_and_named():
    unseen = family(ledger=Ledger(), applications=None)
    found = {one.id: one for one in circles_of(TINY, unseen, ON).standings}
    assert found["inner"].outcome is Outcome.UNKNOWN
    assert found["inner"].missing == ("benefit.dibao",)
    assert found["third"].missing == ("applications",)
    assert "household.utility_arrears" in found["outer"].missing
    assert circles_of(TINY, unseen, ON).circle is None
    covered = Coverage(policies=frozenset({"dibao"}), as_of=ON)
    assert look(family(ledger=Ledger(coverage=(covered,))), "inner").outcome is Outcome.UNMET


def test_help_and_who_found_the_need_count_while_they_last():
    helped = family(ledger=aid("card", date(2026, 1, 1), giver="union"))
    assert [one.kind for one in look(helped, "outer").reasons] == ["helped"]
    need = Need(type="basic_cash", source="visit", as_of=date(2026, 5, 1))
    assert [one.kind for one in look(family(needs=(need,)), "outer").reasons] == ["found"]
    met = need.model_copy(update={"state": NeedState.MET})
    assert look(family(needs=(met,)), "outer").reasons == ()
    other = need.model_copy(update={"source": "advisor"})
    assert look(family(needs=(other,)), "outer").reasons == ()


def test_a_condition_counts_as_long_as_its_fact_is_fresh():
    text = "household: {utility_arrears: {value: true, as_of: 2026-05-31}}\naid: []\n"
    standing = look(described(text), "outer")
    assert (standing.outcome, standing.ages_out) == (Outcome.MET, date(2026, 9, 1))


def test_a_condition_that_rests_on_a_presumption_is_no_reason():
    presumed = CIRCLES.replace("household.utility_arrears", "not household.refuses_verification")
    found = catalogue(texts(**{**FILES, "circles.yaml": presumed}))
    assert look(family(), "outer", found=found).reasons == ()


def test_an_unverified_condition_asks_a_person():
    text = "household: {utility_arrears: false, food_insecure: true}\naid: []\napplications: []\n"
    standing = look(described(text), "outer")
    assert standing.outcome is Outcome.UNKNOWN
    assert [(one.says, one.decides) for one in standing.reasons] == [("缺粮", False)]


def test_a_family_may_be_in_several_and_the_innermost_is_named():
    row = Application(policy="dibao", outcome="refused", date=date(2026, 1, 1))
    both = family(ledger=aid("dibao", date(2026, 2, 1)), applications=(row,))
    found = circles_of(TINY, both, ON)
    assert found.circle == "inner"
    assert [one.id for one in found.inside] == ["inner", "third"]


def test_a_label_without_a_meaning_stays_a_label():
    assert standings(TINY, family(), ON, "colours") == ()
    (level,) = standings(TINY, family(), ON, "levels")
    assert (level.label, level.outcome, level.reasons) == ("蓝", None, ())
    assert standings(TINY, family(), ON, "nothing") == ()
    assert circles_of(catalogue(), family(), ON).standings == ()


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("helped_by: [union]", "helped_by: [unoin]", "没有叫 unoin 的部门。"),
        ("household.food_insecure", "household.food_insecur", "food_insecur"),
        ("household.food_insecure", "household.monthly_income < LINE", "LINE"),
        ("flag: unverified", "flag: guessed", "flag 不能是 guessed"),
    ],
)
def test_a_mistake_in_the_data_is_told_once(old, new, what):
    found = finding(texts(**{**FILES, "circles.yaml": CIRCLES.replace(old, new, 1)}))
    assert what in found.what
    assert found.file == "circles.yaml"
    assert found.cure


REAL = load_catalogue()


@given(NUMBERS, DAYS)
def test_in_the_real_catalogue_every_day_has_an_answer_that_ages_out_as_it_says(number, on):
    one = family_from(number)
    found = circles_of(REAL, one, on)
    assert [each.id for each in found.standings] == ["covered", "covered_in_need", "edge", "other"]
    for standing in found.standings:
        assert (standing.outcome is Outcome.MET) == any(r.decides for r in standing.reasons)
        for reason in standing.reasons:
            assert reason.ages_out is None or reason.ages_out > on
            if reason.ages_out is not None:
                later = look(one, standing.id, reason.ages_out, REAL)
                same = (reason.kind, reason.policy, reason.subject, reason.since)
                still = [(r.kind, r.policy, r.subject, r.since) for r in later.reasons]
                assert reason.kind == "test" or same not in still
