"""The office's figures on districts made by hand, where every one of them can be counted."""

from datetime import date, timedelta

import pytest

from tests.findings.cases import a_case
from tests.office.district import NORTH, ON, SOUTH, counted, home, homes_in, listed, meal, report

LONG_AGO = date(2024, 1, 1)
FIFTY_DAYS = ON - timedelta(days=50)


def aid(policy, to="household", start=date(2025, 1, 1), giver="civil_affairs", **more):
    return {"policy": policy, "to": to, "start": start, "giver": giver, **more}


def district():
    """One household for each way in which the need of a meal can stand."""
    return [
        home(1, arrears=True, needs=[meal()]),
        home(2, hungry=False, needs=[meal()]),
        home(3, arrears=False, hungry=False, needs=[meal(state="partly_met")]),
        home(4, arrears=False, hungry=False, needs=[meal()], ledger=[aid("meal_help")]),
        home(5, arrears=True, hungry=False, needs=[meal()],
             applications=[("meal_help", "declined", FIFTY_DAYS)]),
        home(6, arrears=True, needs=[meal(severity=None)]),
        home(7, arrears=True, needs=[meal(state="met")]),
        home(8, arrears=True, needs=[meal(state="refused")]),
        home(9, arrears=True, checked=False),
        home(10, arrears=True, needs=[meal(severity=0)]),
        home(11, street=SOUTH, arrears=False, hungry=False, needs=[meal()]),
        home(12, street=SOUTH, needs=[meal(as_of=LONG_AGO), meal(state="met")]),
    ]  # fmt: skip


def row_of(rows, **wanted):
    found = [one for one in rows if all(getattr(one, k) == v for k, v in wanted.items())]
    assert len(found) == 1, found
    return found[0]


def figures(row):
    names = ("open", "partly_met", "met", "refused", "not_assessed", "helped", "can", "maybe",
             "declined", "gap")  # fmt: skip
    return {name: getattr(row, name) for name in names if getattr(row, name)}


def test_each_way_a_need_can_stand_is_counted_once():
    found = report(district())
    whole = row_of(found.supply, street="", need="meal")
    assert figures(whole) == {
        "open": 5, "partly_met": 1, "met": 2, "refused": 1, "not_assessed": 1,
        "helped": 1, "can": 1, "maybe": 1, "declined": 1, "gap": 2,
    }  # fmt: skip
    assert figures(row_of(found.supply, street=SOUTH, need="meal")) == {
        "open": 1, "met": 1, "gap": 1
    }  # fmt: skip
    assert whole.group == "照护照料"


@pytest.mark.parametrize(
    ("pattern", "homes"),
    [
        ("supply/*/meal/open+partly_met/can", ["H-001"]),
        ("supply/*/meal/open+partly_met/maybe", ["H-002"]),
        ("supply/*/meal/open+partly_met/none", ["H-003", "H-011"]),
        ("supply/*/meal/open+partly_met/helped", ["H-004"]),
        ("supply/*/meal/open+partly_met/declined", ["H-005"]),
        ("supply/*/meal/not_assessed", ["H-006"]),
        ("supply/*/meal/met", ["H-007", "H-012"]),
        ("supply/*/meal/refused", ["H-008"]),
        (f"supply/{SOUTH}", ["H-011", "H-012"]),
        (f"homes/{SOUTH},homes/*/nothing_recorded", ["H-009", "H-011", "H-012"]),
    ],
)
def test_every_figure_has_its_list(pattern, homes):
    assert homes_in(listed(district(), pattern)) == homes


def test_of_several_people_with_one_need_the_one_who_asks_most_counts():
    place = f"{NORTH}001"
    case = a_case(
        {"a": {}, "b": {}}, household="H-001", place=place, on=ON, batches=[],
        home={"household.utility_arrears": False, "household.food_insecure": False},
        needs=[meal(of="a", state="met"), meal(of="b")],
    )  # fmt: skip
    whole = row_of(report([case]).supply, street="", need="meal")
    assert figures(whole) == {"open": 1, "gap": 1}


def test_projects_and_the_places_that_are_told_stand_beside_the_need():
    whole = row_of(report(district()).supply, street="", need="meal")
    assert (whole.policies, whole.projects, whole.places, whole.places_unknown) == (0, 2, 30, 1)
    stairs = report([home(1, needs=[meal(type="lift")])]).supply[0]
    assert (stairs.policies, stairs.projects, stairs.places, stairs.gap) == (0, 0, None, 1)


def test_what_nobody_assessed_or_checked_stands_apart():
    whole = report(district()).homes[0]
    assert (whole.households, whole.assessed, whole.unassessed, whole.nothing_recorded) == (
        12, 10, 1, 1,
    )  # fmt: skip
    assert (whole.ledger_checked, whole.ledger_not_checked) == (11, 1)


def test_aid_that_ended_within_a_quarter_still_helps():
    def gap(until):
        ledger = [aid("meal_help", until=until)]
        rows = report([home(1, arrears=False, needs=[meal()], ledger=ledger)]).supply
        return rows[0].helped

    assert gap(ON - timedelta(days=92)) == 1
    assert gap(ON - timedelta(days=93)) == 0


def test_one_condition_shuts_out_those_in_need_and_nobody_else():
    found = report(district())
    rows = {(r.policy, r.condition): r for r in found.near_misses if not r.street}
    assert set(rows) == {("meal_help", "it"), ("meal_bank", "it")}
    help_ = rows["meal_help", "it"]
    # H-001 and H-002 it reaches or may reach, H-004 is helped, H-005 said no.
    assert (help_.in_need, help_.only, help_.at_most, help_.near) == (4, 2, 2, 0)
    shut = homes_in(listed(district(), help_.lists["only"]))
    assert shut == ["H-003", "H-011"]
    bank = rows["meal_bank", "it"]
    assert (bank.in_need, bank.only) == (5, 4)


def test_two_aids_that_somebody_has_now_are_counted_by_pair_and_department():
    cases = [
        home(1, ledger=[aid("grant"), aid("relief")]),
        home(2, ledger=[aid("grant"), aid("relief", until=date(2026, 1, 1))]),
        home(3, ledger=[aid("meal_help", "a"), aid("meal_bank"), aid("top_up", "a")]),
        home(4, ledger=[aid("grant", "a"), aid("top_up", "a")]),
        home(5, street=SOUTH, checked=False, ledger=[aid("grant")]),
        home(6, ledger=[aid("relief"), aid("dibao")]),
    ]
    found = report(cases)
    used = {(r.kind, r.a, r.b): r for r in found.overlaps if not r.street}
    assert used["block", "grant", "relief"].households == 1
    assert used["block", "grant", "relief"].unchecked == 1
    assert used["block", "grant", "relief"].departments == ("民政局", "红十字会")
    assert used["overlaps", "meal_bank", "meal_help"].persons == 1
    assert used["stacks", "grant", "top_up"].households == 1
    assert used["same_need", "dibao", "relief"].households == 1
    rows = listed(cases, used["overlaps", "meal_bank", "meal_help"].lists["persons"])
    assert [row.of for row in rows] == ["H-003-a"]
    assert homes_in(listed(cases, used["block", "grant", "relief"].lists["unchecked"])) == ["H-005"]
    pair = row_of(found.departments, a="民政局", b="红十字会")
    assert (pair.declared, pair.in_use) == (1, 2)


def test_a_declared_pair_that_nobody_has_is_in_the_matrix():
    used = {(r.kind, r.a, r.b): r.households for r in report([home(1)]).overlaps}
    assert used["block", "grant", "relief"] == 0
    assert ("same_need", "dibao", "relief") not in used


def test_lines_are_counted_in_each_month_by_form_and_giver():
    cases = [
        home(1, ledger=[aid("grant"), aid("card"), aid("meal_bank", giver="food_bank",
                                                         start=date(2026, 2, 10))]),
        home(2, ledger=[aid("relief", giver=None, until=date(2025, 12, 31)), aid("strange")]),
        home(3, ledger=[aid("grant", start=date(2026, 4, 1))]),
    ]  # fmt: skip
    rows = {row.month: row for row in report(cases).services if not row.street}
    assert sorted(rows) == ["2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03"]
    march, december = rows["2026-03"], rows["2025-12"]
    assert (march.lines, march.cash, march.service, march.apart, march.not_known) == (2, 1, 1, 1, 1)
    assert (march.by_government, march.by_charity, march.by_unknown) == (1, 1, 0)
    assert (december.lines, december.by_unknown) == (2, 1)
    behind = listed(cases, march.lists["by_charity"])
    assert [(row.household, row.of) for row in behind] == [("H-001", "A-H-001-3")]


def test_groups_are_yes_no_or_not_known():
    old, student = {"person.birth_date": date(1960, 1, 1)}, {"person.student_stage": "higher"}
    severe = {"person.disability_grade": 2, "person.student_stage": "none"}
    cases = [
        home(1, hungry=True, person=old, ledger=[aid("relief"), aid("top_up")]),
        home(2, hungry=True, person=student),
        home(3, hungry=True, person={"person.hukou": "610100", **severe}, checked=False),
        home(4, hungry=True, person={"person.hukou": "31"},
             applications=[("relief", "declined", FIFTY_DAYS), ("top_up", "applied", FIFTY_DAYS)]),
    ]  # fmt: skip
    rows = {(r.dimension, r.value): r for r in report(cases).fairness}
    assert rows["all", ""].received + rows["all", ""].missed == 2
    assert (rows["elderly", "yes"].received, rows["elderly", "yes"].missed) == (1, 0)
    assert (rows["student", "yes"].received, rows["student", "yes"].missed) == (0, 1)
    assert rows["severe_disability", "yes"].not_checked == 1
    assert rows["hukou", "not_local"].households == 1
    assert rows["hukou", "unknown"].pending == 1
    assert rows["student", "unknown"].households == 2
    assert rows["severe_disability", "unknown"].households == 3
    assert rows["single_parent", "yes"].households == 0


def test_a_child_with_one_parent_at_home_is_known_only_where_the_parents_are():
    child = {"person.birth_date": date(2018, 1, 1)}

    def group(parents):
        case = home(1)
        more = {"parents": parents, "outside": {"c": {}}} if parents else {}
        case = two(child, **more)
        rows = report([case]).fairness
        return [r.value for r in rows if r.dimension == "single_parent" and r.households]

    assert group({"b": ("a", "c")}) == ["yes"]
    assert group(None) == ["unknown"]


def two(second, **more):
    """A household of an adult and somebody else."""
    place = f"{NORTH}001"
    return a_case({"a": {}, "b": second}, household="H-001", place=place, on=ON, batches=[], **more)


def test_small_groups_are_pooled_and_each_household_counts_once_there():
    old_student = {"person.birth_date": date(1960, 1, 1), "person.student_stage": "higher"}
    cases = [home(n, hungry=True, person=old_student) for n in range(1, 4)]
    rows = {(r.dimension, r.value): r for r in report(cases).fairness}
    pooled = rows["pooled", "group"]
    assert rows["elderly", "yes"].estimate is None
    assert pooled.missed == 3
    assert set(pooled.pools) >= {"elderly:yes", "student:yes"}
    assert len(listed(cases, pooled.lists["missed"])) == 3


def test_a_no_of_the_family_is_counted_apart_with_the_day_to_ask_again():
    cases = [
        home(1, hungry=True, applications=[("relief", "declined", FIFTY_DAYS)], reason="不想要"),
        home(2, applications=[("relief", "declined", ON - timedelta(days=366))]),
        home(3, applications=[("relief", "declined", FIFTY_DAYS), ("relief", "applied", ON)]),
        home(4, needs=[meal(state="refused")]),
    ]
    found = report(cases)
    relief = row_of(found.refusals, street="", id="relief")
    assert (relief.resting, relief.may_ask, relief.with_reason) == (1, 1, 1)
    assert row_of(found.refusals, street="", id="meal").resting == 1
    (row,) = listed(cases, relief.lists["resting"])
    assert row.says == f"原因：不想要；{FIFTY_DAYS + timedelta(days=366)} 起可以再问"


@pytest.mark.parametrize("days", [0, 200, 365])
def test_who_declined_within_a_year_stands_in_no_list_of_people_to_call(days):
    """For what was declined; what nothing reaches is still a gap, for those who plan."""
    said = ON - timedelta(days=days)
    cases = [
        home(1, arrears=True, hungry=False, needs=[meal()],
             applications=[("meal_help", "declined", said)], ledger=[aid("dibao")]),
        home(2, arrears=False, hungry=False, needs=[meal()],
             applications=[("meal_help", "declined", said), ("meal_bank", "declined", said)]),
        home(3, hungry=True, applications=[("relief", "declined", said),
                                           ("top_up", "declined", said)]),
        home(4, arrears=True, needs=[meal(state="refused")], ledger=[aid("dibao")]),
    ]  # fmt: skip
    calling = ("supply/*/*/open+partly_met/can+maybe", "near-misses/*/meal_help",
               "in-need/*/meal_help", "fairness/*/*/*/*/*/*/missed")  # fmt: skip
    called = {one.household for pattern in calling for one in listed(cases, pattern)}
    assert called == set()
    assert homes_in(listed(cases, "in-need/*/meal_help+meal_bank")) == ["H-001"]


def test_after_a_year_they_may_be_asked_again():
    said = ON - timedelta(days=366)
    cases = [home(1, arrears=True, needs=[meal()], applications=[("meal_help", "declined", said)])]
    assert homes_in(listed(cases, "supply/*/meal/open/can")) == ["H-001"]


def test_what_lies_ahead_counts_nowhere_yet():
    tomorrow = ON + timedelta(days=1)
    cases = [
        home(1, needs=[meal(as_of=tomorrow)], applications=[("relief", "declined", tomorrow)],
             ledger=[aid("grant", start=tomorrow), aid("relief", start=tomorrow)]),
    ]  # fmt: skip
    found = report(cases)
    assert (found.supply, found.services, found.refusals) == ((), (), ())
    assert not [row for row in found.overlaps if row.households]
    assert found.homes[0].nothing_recorded == 1


def test_nobody_at_all_gives_empty_tables():
    found = report([])
    assert (found.households, found.homes, found.supply, found.fairness[0].households) == (
        0, (), (), 0,
    )  # fmt: skip


def test_a_report_that_was_not_asked_for_counts_nothing():
    tally = counted(district(), reports=("refusals",))
    assert {cell[0] for cell in tally.counts} == {"homes", "refusals"}
