"""Missed aid (漏保): definite and likely, and what must not be called missed."""

from collections import Counter
from datetime import date

import pytest

from matching.findings import RateCounts, find, look_at, look_over
from matching.findings.rates import is_likely
from matching.model.finding import Confidence
from tests.findings.cases import ON, a_batch, a_case, aid, catalogue, found

SEVERE = {"person.disability_grade": 1, "person.disability_type": ("physical",)}
NURSING = "disability_nursing"


def of(case, kind, policy=NURSING, on=ON):
    return [one for one in found(case, kind, on) if policy in one.policies]


def test_a_certificate_without_the_allowance():
    (one,) = of(a_case({"p": SEVERE}), "missed_definite")
    assert one.confidence is Confidence.HIGH
    assert one.not_checked == ()
    assert one.subjects == ("H-1-p",)
    assert any("R-H-1-1" in line and "残疾等级=1" in line and "《" in line for line in one.path)


def test_held_declined_applied_for_or_not_covered_is_not_missed():
    held = a_case({"p": SEVERE}, ledger=[aid(NURSING, "p")])
    no = a_case({"p": SEVERE}, applications=[(NURSING, "declined", date(2026, 1, 1))])
    waits = a_case({"p": SEVERE}, applications=[(NURSING, "applied", date(2026, 6, 1))])
    dark = a_case({"p": SEVERE}, batches=[a_batch(covers_aid=frozenset())])
    for case in (held, no, waits, dark):
        assert not of(case, "missed_definite") + of(case, "missed_likely")


def test_a_no_of_long_ago_and_an_application_that_waits_too_long_are_asked_again():
    old = a_case({"p": SEVERE}, applications=[(NURSING, "declined", date(2025, 1, 1))])
    slow = a_case({"p": SEVERE}, applications=[(NURSING, "applied", date(2026, 1, 1))])
    assert of(old, "missed_definite")
    assert of(slow, "missed_definite")


def test_what_was_presumed_and_not_covered_makes_it_likely_and_says_so():
    dark = a_case({"p": SEVERE}, batches=[a_batch(covers_facts=frozenset())])
    (one,) = of(dark, "missed_likely")
    assert one.not_checked == ("没有核查：限制人身自由状态",)
    assert one.confidence is Confidence.MEDIUM


def test_the_courts_of_this_district_do_not_know_whom_others_sentenced():
    """F5."""
    local = a_batch(covers_places=frozenset({"310199"}))
    here = a_case({"p": SEVERE}, batches=[local])
    elsewhere = a_case({"p": {**SEVERE, "person.hukou": "330100"}}, batches=[local])
    assert of(here, "missed_definite")
    assert not of(elsewhere, "missed_definite")
    (one,) = of(elsewhere, "missed_likely")
    assert "没有核查：限制人身自由状态" in one.not_checked


def test_one_fact_short_is_likely_and_names_the_fact():
    person = {"person.disability_grade": 3}
    (one,) = of(a_case({"p": person}), "missed_likely")
    assert one.not_checked == ("还不知道：残疾类别",)
    assert "只差一项：残疾类别" in one.says


def told_long_ago(custody):
    """Of 2025-10: too old to be used in June."""
    case = a_case({"p": SEVERE}, batches=[a_batch(covers_facts=frozenset())])
    facts = {"person.custody_status": custody, "person.custody_from": date(2025, 10, 1)}
    old = case.records[0].model_copy(
        update={"id": "R-old", "as_of": date(2025, 10, 5), "received": date(2025, 10, 5),
                "facts": facts if custody == "prison" else {"person.custody_status": custody}}
    )  # fmt: skip
    return case.model_copy(update={"records": (*case.records, old)})


def test_a_fact_too_old_to_be_used_that_last_said_no_is_not_called_likely():
    """Somebody was in prison when last heard of: what others meet says nothing of this one."""
    assert of(told_long_ago("none"), "missed_likely")
    assert not of(told_long_ago("prison"), "missed_likely")


def test_what_only_the_amount_lacks_does_not_hide_a_likely_aid():
    """Consent is what the condition of dibao asks; who is a minor only changes what is paid."""
    home = {"household.monthly_income": 0, "household.property_ok_dibao": True}
    child = {"person.relation": "child", "person.birth_date": date(2018, 5, 1)}
    people = {"p": {"person.monthly_labour_income": 0}, "q": child}
    case = a_case(people, home=home)
    (item,) = [
        one
        for one in look_at(catalogue(), case, ON).items
        if one.id == "dibao" and one.subject == "household"
    ]
    assert len(item.missing) > 1
    (one,) = of(case, "missed_likely", "dibao")
    assert one.not_checked[0].startswith("还不知道：")


def stands(case, *others):
    """Whether a likely aid of the case is told, by households beside it: (how many, which)."""
    facts = [told for count, *told in others for _ in range(count)]
    cases = [
        a_case({"p": person}, home=home, household=f"H-{number}")
        for number, (person, home) in enumerate(facts, start=2)
    ]
    look = look_at(catalogue(), case, ON, look_over(catalogue(), cases, ON).rates.rates())
    return [one for one in find(look) if one.kind == "missed_likely"]


def test_what_few_others_meet_is_not_called_likely():
    person = {"person.disability_grade": 3}
    physical = {**person, "person.disability_type": ("physical",)}
    mental = {**person, "person.disability_type": ("mental",)}
    case = a_case({"p": person})
    assert not stands(case, (30, physical, {}), (29, mental, {}))
    assert stands(case, (30, physical, {}), (30, mental, {}))


def test_a_condition_is_counted_only_where_all_others_are_met():
    """Who else lacks the property, lacks it with an income that is known to fit, as this one does.

    Those whose income nobody knows may be far above the line: they say nothing of this household.
    """
    person = {"person.employment_status": "unemployed", "person.monthly_labour_income": 0}
    told = {"household.monthly_income": 0, "household.verification_consent": True}
    fits = {"household.property_ok_dibao": True}
    yes, no = (person, {**told, **fits}), (person, {**told, "household.property_ok_dibao": False})
    untold = (50, person, {"household.verification_consent": True, **fits})
    case = a_case({"p": person}, home=told)
    assert [one.policies for one in stands(case, (9, *yes), (9, *no), untold)] == [("dibao",)]
    assert not stands(case, (9, *yes), (11, *no), untold)


def test_conditions_that_one_fact_settles_together_are_counted_together():
    """Each is mostly met where the other is; both are rarely met by those who may be asked."""
    both = (("aid", "a"), ("aid", "b"))
    together = RateCounts(Counter({("aid", frozenset()): 20, ("aid", frozenset("ab")): 80}))
    assert not is_likely(both, together.rates())
    assert is_likely(both[:1], together.rates())
    assert is_likely(both, RateCounts().rates())


def test_a_grade_that_does_not_count_is_no_finding():
    person = {"person.disability_grade": 4, "person.disability_type": ("physical",)}
    assert not of(a_case({"p": person}), "missed_likely")
    assert not of(a_case({"p": person}), "missed_definite")


POOR = {
    "household.property_ok_dibao": True,
    "household.property_ok_marginal": True,
    "household.verification_consent": True,
}


def refused(day, reason="收入超过标准", income=158_000, **more):
    return a_case(
        {"p": {"person.employment_status": "unemployed", "person.monthly_labour_income": 0}},
        home={**POOR, "household.monthly_income": income},
        applications=[("dibao", "refused", day)], reason=reason, **more,
    )  # fmt: skip


def test_refused_before_the_line_rose():
    """大排查: the line was 1,595 yuan before July 2025."""
    (one,) = of(refused(date(2025, 3, 3)), "refused_may_pass", "dibao")
    assert "此后" in one.says
    assert "提高了" in one.says
    assert not of(refused(date(2025, 3, 3)), "missed_definite", "dibao")


@pytest.mark.parametrize(
    "case",
    [
        refused(date(2025, 9, 3)),  # no line has risen since
        refused(date(2024, 3, 3)),  # more than two years ago
        refused(date(2025, 3, 3), reason="非本市户籍"),
        refused(date(2025, 3, 3), income=400_000),  # still above the line
    ],
)
def test_other_refusals_stay_as_they_are(case):
    assert not of(case, "refused_may_pass", "dibao")


def test_paid_less_than_the_rule_gives():
    home = {**POOR, "household.monthly_income": 0}
    person = {"person.employment_status": "unemployed", "person.monthly_labour_income": 0}
    case = a_case({"p": person}, home=home, ledger=[aid("dibao", amount_fen=100_000)])
    (one,) = of(case, "underpaid", "dibao")
    assert one.amount_fen == 65_000
    assert "每月可能是 1,650 元，现在发 1,000 元，少 650 元" in one.says
    odd = a_case({"p": person}, home=home, ledger=[aid("dibao", amount_fen=100_050)])
    (same,) = of(odd, "underpaid", "dibao")
    assert "现在发 1,000.50 元，少 649.50 元" in same.says
    assert same.key == one.key  # what is said is no part of what it is
    full = a_case({"p": person}, home=home, ledger=[aid("dibao", amount_fen=165_000)])
    assert not of(full, "underpaid", "dibao")
    assert not found(full, "paid_more")
    more = a_case({"p": person}, home=home, ledger=[aid("dibao", amount_fen=190_000)])
    assert [one.amount_fen for one in found(more, "paid_more")] == [25_000]


def test_a_wage_whose_disregard_was_not_applied():
    """By the figures of 2018, which are all entered."""
    on = date(2018, 6, 30)
    told = {"as_of": date(2018, 6, 1)}
    home = {**POOR, **told, "household.monthly_income": 300_000}
    wage = {"person.employment_status": "employed", "person.monthly_labour_income": 300_000}
    girl = {"person.birth_date": date(2009, 1, 1), "person.monthly_labour_income": 0}
    boy = {**girl, "person.birth_date": date(2008, 1, 1)}
    people = {"p": {**wage, **told}, "q": {**girl, **told}, "r": {**boy, **told}}
    row = aid("dibao", start=date(2017, 1, 1), amount_fen=87_000)
    case = a_case(people, home=home, ledger=[row], on=on)
    assert of(case, "disregard_not_applied", "dibao", on), found(case, on=on)


def test_found_work_and_told_so():
    job = {
        "event.type": "member_got_job", "event.date": date(2026, 5, 5), "event.self_reported": True,
    }  # fmt: skip
    assert found(a_case({"p": {}}, events=[job], ledger=[aid("dibao")]), "no_gradual_exit")
    silent = {**job, "event.self_reported": False}
    assert not found(a_case({"p": {}}, events=[silent], ledger=[aid("dibao")]), "no_gradual_exit")


def test_sent_away_since_the_place_of_the_emergency_counts():
    on = date(2026, 8, 3)
    fire = {
        "event.type": "fire", "event.date": date(2026, 7, 10),
        "event.place_subdistrict": "310199001", "event.causes_temporary_hardship": True,
    }  # fmt: skip
    stranger = {"person.hukou": "330100"}
    asked = [("temp_emergency", "refused", date(2026, 7, 12))]
    case = a_case({"p": stranger}, events=[fire], applications=asked, on=on)
    assert found(case, "sent_away", on)
    before = [("temp_emergency", "refused", date(2026, 6, 12))]
    early = a_case({"p": stranger}, events=[fire], applications=before, on=on)
    assert not found(early, "sent_away", on)


def need(**changes):
    row = {"type": "care_daily", "of": "p", "severity": 4, "as_of": date(2026, 6, 1)}
    return {**row, **changes}


def test_an_acute_need_that_nobody_answers():
    (one,) = found(a_case({"p": {}}, needs=[need()]), "acute_need")
    assert one.confidence is Confidence.HIGH
    assert one.evidence == ("N-H-1-1",)


@pytest.mark.parametrize(
    ("row", "ledger"),
    [
        (need(severity=None), []),
        (need(severity=1), []),
        (need(state="met"), []),
        (need(state="refused"), []),
        (need(), [aid("disab_home_care", "p")]),
    ],
)
def test_a_need_that_is_not_assessed_light_met_refused_or_answered(row, ledger):
    assert not found(a_case({"p": {}}, needs=[row], ledger=ledger), "acute_need")


@pytest.mark.parametrize(
    ("start", "until", "expected"),
    [
        (date(2025, 8, 1), None, 1),
        (date(2025, 12, 1), None, 0),
        (date(2026, 1, 1), date(2026, 8, 20), 1),
        (date(2024, 1, 1), date(2026, 6, 29), 0),
    ],
)
def test_a_recognition_that_runs_out(start, until, expected):
    rows = [aid("rigid_expenditure", start=start, until=until)]
    assert len(found(a_case({"p": {}}, ledger=rows), "status_expiring")) == expected


def child_of(father):
    return a_case(
        {"head": {"person.birth_date": date(1960, 1, 1)},
         "child": {"person.birth_date": date(2016, 1, 1), "person.relation": "grandchild"}},
        outside={"father": father}, parents={"child": ["father"]}, ledger=[aid("dibao")],
    )  # fmt: skip


def test_a_child_whose_father_has_long_been_in_prison():
    prison = {"person.custody_status": "prison", "person.custody_from": date(2025, 10, 1)}
    (one,) = found(child_of(prison), "child_without_scheme")
    assert "另一方" in one.says
    short = {**prison, "person.custody_from": date(2026, 4, 1)}
    assert not found(child_of(short), "child_without_scheme")


def test_lives_elsewhere_with_a_need_and_no_aid():
    """F6."""
    apart = {"household.hukou_residence_split": True}
    assert found(a_case({"p": {}}, home=apart, needs=[need()]), "lives_apart")
    assert found(a_case({"p": {"person.hukou": "330100"}}, needs=[need()]), "lives_apart")
    assert not found(a_case({"p": {}}, needs=[need()]), "lives_apart")
    assert not found(
        a_case({"p": {}}, home=apart, ledger=[aid("dibao")], needs=[need()]), "lives_apart"
    )


def test_refused_lately_and_nobody_came_this_year():
    asked = [("dibao", "refused", date(2025, 11, 1))]
    assert found(a_case({"p": {}}, applications=asked), "not_screened")
    visited = a_case({"p": {"source": "advisor_visit"}}, applications=asked)
    assert not found(visited, "not_screened")


def test_a_need_that_a_visit_found_is_a_visit_and_a_visit_to_come_is_none():
    asked = [("dibao", "refused", date(2025, 11, 1))]
    seen = need() | {"source": "advisor_visit", "as_of": date(2026, 5, 28)}
    assert not found(a_case({"p": {}}, applications=asked, needs=[seen]), "not_screened")
    ahead = seen | {"as_of": date(2026, 12, 1)}
    assert found(a_case({"p": {}}, applications=asked, needs=[ahead]), "not_screened")
