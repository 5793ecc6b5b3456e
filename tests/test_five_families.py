"""What must hold for the five families of the examples, before and after the new law.

A handful of statements an advisor would make for each: what comes first, what is to be seen and
where, what must not be shown, which alert. Through the same functions as `zhaoren evaluate`.
"""

from datetime import date
from functools import cache
from pathlib import Path

import pytest

from api.answer_text import described_text
from matching.answer import answer, is_set_aside
from matching.family_file import read_families
from matching.model.answer import Group
from seed.load import load_catalogue

FILE = Path(__file__).parent.parent / "docs" / "examples" / "five_families.yaml"
BEFORE, AFTER = date(2026, 6, 30), date(2026, 8, 1)
BOTH = pytest.mark.parametrize("on", [BEFORE, AFTER], ids=str)
CATALOGUE = load_catalogue()
FAMILIES = {family.id: family for family in read_families(FILE.read_text("utf-8"), FILE.name)}
LARGEST_ANSWER = 1_400_000  # characters of JSON


@cache
def answered(family, on):
    return answer(CATALOGUE, FAMILIES[family], on)


def shown(family, on, group):
    """Policies that stand open in a group, in order, each once."""
    found = [
        item.id
        for item in answered(family, on).items
        if item.group is group and not is_set_aside(item)
    ]
    return list(dict.fromkeys(found))


def aside(family, on):
    return {item.id for item in answered(family, on).items if is_set_aside(item)}


def first_question(family, on):
    asked = answered(family, on).questions[0]
    return asked.fact, asked.subject


def items(family, on, policy):
    return [item for item in answered(family, on).items if item.id == policy]


# Three generations


def test_three_generations_get_dibao_first_then_the_money_then_the_respite():
    entitled = shown("三代同住", BEFORE, Group.ENTITLED)
    assert entitled[:2] == ["dibao", "disability_nursing"]
    assert entitled.index("disability_nursing") < entitled.index("respite")


def test_after_the_new_law_dibao_leads_what_waits_for_the_figure():
    assert shown("三代同住", AFTER, Group.LIKELY)[0] == "dibao"
    assert shown("三代同住", AFTER, Group.ENTITLED)[0] == "disability_nursing"


def test_what_dibao_opens_waits_for_it_and_school_aid_is_named():
    (dibao,) = items("三代同住", BEFORE, "dibao")
    assert {"edu_high", "med_inpatient", "disability_living"} <= set(dibao.opens)
    assert not {"edu_compulsory", "edu_preschool", "funeral"} & set(dibao.opens)
    (aid,) = [item for item in items("三代同住", BEFORE, "edu_high") if item.subject == "大孩子"]
    assert aid.awaits[0] == "dibao"


def test_beside_dibao_no_second_basic_aid_is_asked_for():
    assert {"dibao_marginal", "rigid_expenditure"} <= aside("三代同住", BEFORE)
    assert "dibao_marginal" not in shown("三代同住", BEFORE, Group.LIKELY)


@BOTH
def test_the_old_mothers_assessment_is_the_first_question(on):
    assert first_question("三代同住", on) == ("person.care_level", "老母亲")
    assert {"ltci_home", "home_sickbed"} <= set(shown("三代同住", on, Group.LIKELY))


@BOTH
@pytest.mark.parametrize("who", ["小孩子", "大孩子", "老母亲"])
def test_nobody_who_cannot_work_is_offered_work(on, who):
    work = {"haixing", "job_register", "ui_benefit", "public_post", "disab_job", "flex_subsidy"}
    open_ = {
        item.id
        for item in answered("三代同住", on).items
        if item.subject == who and item.group in (Group.ENTITLED, Group.LIKELY)
        and not is_set_aside(item)
    }  # fmt: skip
    assert not open_ & work


@BOTH
def test_a_newborn_is_asked_nothing_about_work_or_study(on):
    asked = {one.fact for one in answered("三代同住", on).questions if one.subject == "小孩子"}
    assert not asked & {"person.employment_status", "person.work_ability", "person.job_hard_cert"}


# The old man alone


@BOTH
def test_the_old_man_has_allowance_and_meals_and_is_asked_for_the_assessment(on):
    assert shown("独居老人", on, Group.ENTITLED) == ["elder_allowance", "meal"]
    assert {"ltci_home", "home_sickbed", "home_care_bed"} <= set(
        shown("独居老人", on, Group.LIKELY)
    )
    assert first_question("独居老人", on) == ("person.care_level", "老人")


@BOTH
def test_nothing_rare_is_shown_to_the_old_man(on):
    likely = set(shown("独居老人", on, Group.LIKELY))
    assert not likely & {"disaster_relief", "disaster_rebuild", "disab_job", "women_help"}


def test_the_old_man_is_told_by_how_much_he_is_over_the_line():
    (dibao,) = items("独居老人", BEFORE, "dibao")
    assert dibao.group is Group.NOT_NOW
    assert dibao.nearest[0].gap_fen == 95_000


# The accident


def test_the_injured_worker_has_legal_aid_and_the_street_is_asked_first():
    assert shown("外来务工", BEFORE, Group.ENTITLED) == ["legal_aid"]
    likely = shown("外来务工", BEFORE, Group.LIKELY)
    assert set(likely[:2]) == {"temp_emergency", "temp_small_amount"}
    assert first_question("外来务工", BEFORE) == ("event.hardship_verified_by_street", "事故")


def test_before_the_new_law_a_person_decides_on_aid_where_it_happened():
    (aid,) = items("外来务工", BEFORE, "temp_emergency")
    assert aid.judges
    assert aid.amount_fen == 495_000


def test_after_the_new_law_he_gets_it_where_it_happened():
    assert shown("外来务工", AFTER, Group.ENTITLED) == ["temp_emergency", "legal_aid"]


@BOTH
def test_the_worker_from_elsewhere_is_shown_nothing_local(on):
    shown_ = {*shown("外来务工", on, Group.ENTITLED), *shown("外来务工", on, Group.LIKELY)}
    assert not shown_ & {"dibao", "elder_allowance", "disab_home_care", "respite", "util_elec"}


# The mother who has left


@BOTH
def test_the_mother_is_an_emergency_with_shelter_before_all(on):
    found = answered("母亲和两个孩子", on)
    assert [(one.id, one.level) for one in found.alerts] == [("violence_victim", "emergency")]
    assert "临时住处" in found.alerts[0].says
    assert shown("母亲和两个孩子", on, Group.ENTITLED)[0] == "legal_aid"


@BOTH
def test_help_for_the_mother_and_her_children_is_to_be_seen(on):
    likely = set(shown("母亲和两个孩子", on, Group.LIKELY))
    wanted = {"dibao", "temp_emergency", "temp_small_amount", "women_help"}
    assert wanted | {"minor_protect", "child_distress"} <= likely
    assert {"pj_zhuiguang", "pj_nuanxin"} <= set(shown("母亲和两个孩子", on, Group.OFFER))


@BOTH
def test_care_of_the_old_is_not_for_a_young_mother(on):
    likely = set(shown("母亲和两个孩子", on, Group.LIKELY))
    assert not likely & {"ltci_home", "ltci_inst", "home_care_bed"}


def test_one_answer_about_property_decides_her_dibao():
    assert first_question("母亲和两个孩子", BEFORE) == (
        "household.property_ok_dibao", "household",
    )  # fmt: skip


# Dialysis


@BOTH
def test_insurance_pays_first_and_basic_living_leads_what_is_open(on):
    assert shown("透析家庭", on, Group.ENTITLED) == ["serious_ins"]
    likely = shown("透析家庭", on, Group.LIKELY)
    assert set(likely[:4]) == {
        "dibao", "rigid_expenditure", "dibao_marginal", "dibao_single_person",
    }  # fmt: skip
    assert {"med_inpatient", "temp_expenditure", "foundation_help"} <= set(likely)


def test_what_rigid_expenditure_would_bring_is_said():
    (rigid,) = items("透析家庭", BEFORE, "rigid_expenditure")
    assert rigid.amount_fen == 341_667
    assert rigid.asks == ()


@BOTH
def test_who_cannot_work_is_not_sent_to_work(on):
    assert "haixing" not in shown("透析家庭", on, Group.ENTITLED)
    own = [item for item in items("透析家庭", on, "haixing") if item.subject == "丈夫"]
    assert all(is_set_aside(item) or item.group is Group.NOT_NOW for item in own)


# All


def test_nobody_of_fifty_is_asked_about_school():
    for family in FAMILIES.values():
        for on in (BEFORE, AFTER):
            asked = answered(family.id, on).questions[:5]
            assert "person.student_stage" not in {one.fact for one in asked}


@BOTH
@pytest.mark.parametrize("family", FAMILIES)
def test_the_text_is_short_plain_and_says_each_thing_once(family, on):
    text = described_text(FAMILIES[family], answered(family, on), CATALOGUE)
    lines = text.splitlines()
    assert len(lines) < 160
    assert "？？" not in text
    assert "按未见记录推定" not in text
    assert "310104" not in text
    headings = [line for line in lines if line.endswith("项）")]
    assert len(headings) == len(set(headings))


@BOTH
@pytest.mark.parametrize("family", FAMILIES)
def test_an_answer_stays_of_a_size_that_can_be_sent(family, on):
    assert len(answered(family, on).model_dump_json()) < LARGEST_ANSWER
