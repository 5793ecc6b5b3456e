"""Aid that goes on by mistake (发错): after death, custody, a move; without its basis."""

from datetime import date

import pytest

from matching.model.family import FactState
from matching.model.finding import Confidence
from tests.findings.cases import ON, a_case, aid, found

DEAD = {"person.life_status": "deceased", "person.death_date": date(2026, 3, 20)}
PRISON = {"person.custody_status": "prison", "person.custody_from": date(2026, 1, 10)}


def test_a_pension_of_the_dead():
    case = a_case({"p": DEAD}, ledger=[aid("tekun", "p")])
    (one,) = found(case, "paid_after_death")
    assert (one.since, one.until, one.subjects) == (date(2026, 4, 1), None, ("H-1-p",))
    assert one.confidence is Confidence.HIGH
    assert "3 个月" in one.says
    assert "先听取本人或家属意见" in one.says
    assert one.path[0].startswith("H-1-p → R-H-1-1（civil_affairs，2026-06-01） → 去世 2026-03-20")
    assert "《" in one.path[0]


@pytest.mark.parametrize(
    "row",
    [
        aid("tekun", "p", until=date(2026, 3, 31)),  # the month itself
        aid("funeral", "p", date(2026, 4, 1)),  # after a death, and for it
        aid("tekun", "q"),  # somebody else's
    ],
)
def test_the_month_of_grace_the_funeral_and_the_others_are_left_alone(row):
    case = a_case({"p": DEAD, "q": {}}, ledger=[row])
    assert not found(case, "paid_after_death")


def test_a_household_that_goes_on_has_three_months_to_be_worked_out_anew():
    rows = [aid("dibao")]
    case = a_case({"q": {}, "p": DEAD}, ledger=rows)
    assert not found(case, "paid_after_death")
    long_ago = {**DEAD, "person.death_date": date(2025, 10, 2)}
    (one,) = found(a_case({"q": {}, "p": long_ago}, ledger=rows), "paid_after_death")
    assert one.since == date(2026, 2, 1)
    assert "重新算" in one.says
    anew = [aid("dibao", until=date(2026, 1, 31)), aid("dibao", start=date(2026, 2, 1))]
    assert not found(a_case({"q": {}, "p": long_ago}, ledger=anew), "paid_after_death")


def test_cash_in_prison():
    case = a_case({"p": PRISON}, ledger=[aid("dibao"), aid("home_sickbed", "p")])
    (one,) = found(case, "paid_in_custody")
    assert (one.policies, one.since) == (("dibao",), date(2026, 2, 1))
    told = {**PRISON, "state": FactState.DECLARED}
    (low,) = found(a_case({"p": told}, ledger=[aid("dibao")]), "paid_in_custody")
    assert low.confidence is Confidence.LOW


def test_silence_about_prison_finds_nothing_and_a_sentence_of_this_month_neither():
    assert not found(a_case({"p": {}}, ledger=[aid("dibao")]), "paid_in_custody")
    fresh = {**PRISON, "person.custody_from": date(2026, 6, 3)}
    assert not found(a_case({"p": fresh}, ledger=[aid("dibao")]), "paid_in_custody")
    detained = {**PRISON, "person.custody_status": "detained"}
    assert not found(a_case({"p": detained}, ledger=[aid("dibao")]), "paid_in_custody")


def test_a_sentence_that_nobody_confirmed_lately_is_said_with_less_confidence():
    old = {**PRISON, "as_of": date(2026, 1, 12)}
    (one,) = found(a_case({"p": old}, ledger=[aid("dibao")]), "paid_in_custody")
    assert one.confidence is Confidence.MEDIUM
    assert one.not_checked == ("2026-01-12 以后没有再核查：限制人身自由状态",)
    assert one.until is None


def test_a_release_or_the_end_of_the_term_ends_it():
    old = {**PRISON, "as_of": date(2026, 1, 12)}
    case = a_case({"p": old}, ledger=[aid("dibao")])
    free = case.records[0].model_copy(
        update={
            "id": "R-free", "as_of": date(2026, 4, 10),
            "facts": {"person.custody_status": "none"},
        }
    )  # fmt: skip
    later = case.model_copy(update={"records": (*case.records, free)})
    assert [one.until for one in found(later, "paid_in_custody")] == [date(2026, 4, 9)]
    term = {**PRISON, "person.custody_term_months": 3}
    (one,) = found(a_case({"p": term}, ledger=[aid("dibao")]), "paid_in_custody")
    assert one.until == date(2026, 4, 9)


def test_a_term_of_more_months_than_there_are_stops_no_look():
    term = {**PRISON, "person.custody_term_months": 1_000_000}
    (one,) = found(a_case({"p": term}, ledger=[aid("dibao")]), "paid_in_custody")
    assert one.until is None or one.until == date.max


def test_a_term_that_begins_on_the_last_of_all_days_stops_no_look():
    ahead = {**PRISON, "person.custody_from": date.max}
    assert found(a_case({"p": ahead}, ledger=[aid("dibao")]), "paid_in_custody") == []


def test_aid_whose_text_says_nothing_of_prison_is_a_question_only():
    rows = [aid("elder_allowance", "p")]
    (one,) = found(a_case({"p": PRISON}, ledger=rows), "paid_in_custody")
    assert one.confidence is Confidence.LOW
    assert "没有写服刑的人停不停" in one.not_checked[0]


def test_aid_of_one_who_was_declared_missing():
    case = a_case(
        {"p": {"person.life_status": "declared_missing", "as_of": date(2026, 2, 2)}},
        ledger=[aid("tekun", "p")],
    )
    assert [one.since for one in found(case, "paid_while_missing")] == [date(2026, 3, 1)]


def test_aid_that_stays_behind_when_a_person_moves():
    rows = [aid("disability_living", "q")]
    gone = {"q": (date(2015, 1, 1), date(2026, 2, 14))}
    (one,) = found(a_case({"p": {}, "q": {}}, ledger=rows, stays=gone), "paid_after_move")
    assert one.since == date(2026, 3, 1)
    assert "两头落空" in one.says
    just = {"q": (date(2015, 1, 1), date(2026, 6, 14))}
    assert not found(a_case({"p": {}, "q": {}}, ledger=rows, stays=just), "paid_after_move")


def test_a_derived_benefit_whose_status_has_ended():
    rows = [
        aid("dibao", start=date(2024, 1, 1), until=date(2026, 2, 28)),
        aid("disability_living", "p", date(2024, 2, 1)),
    ]
    person = {"person.disability_grade": 2}
    (one,) = found(a_case({"p": person}, ledger=rows), "basis_ended")
    assert one.policies == ("disability_living",)
    assert one.path[0].endswith("》") or "《" in one.path[0]
    running = [aid("dibao", start=date(2024, 1, 1)), rows[1]]
    assert not found(a_case({"p": person}, ledger=running), "basis_ended")
    assert not found(a_case({"p": person}, ledger=rows, batches=[]), "basis_ended")


def test_home_care_for_one_who_lives_in_an_institution():
    person = {
        "person.disability_grade": 1, "person.employment_status": "unemployed",
        "person.institution_care": "disability_institution",
    }  # fmt: skip
    case = a_case({"p": person}, ledger=[aid("disab_home_care", "p")])
    (one,) = found(case, "held_not_fitting")
    assert "住在家里" in one.says
    assert "R-H-1-1" in one.evidence
    home = {**person, "person.institution_care": "none"}
    assert not found(a_case({"p": home}, ledger=[aid("disab_home_care", "p")]), "held_not_fitting")


def test_dibao_above_the_line():
    """F19."""
    rich = {
        "household.monthly_income": 900_000, "household.property_ok_dibao": True,
        "source": "verification",
    }  # fmt: skip
    adult = {"person.employment_status": "employed", "person.monthly_labour_income": 0}
    case = a_case({"p": adult}, home=rich, ledger=[aid("dibao", amount_fen=10_000)])
    (one,) = found(case, "held_not_fitting")
    assert "渐退" in one.says
    assert one.confidence is Confidence.MEDIUM


def test_two_sources_that_disagree():
    """F20."""
    case = a_case(
        {"p": {"person.monthly_labour_income": 0}},
        home={"household.monthly_income": 100_000, "source": "verification"},
    )
    later = a_case(
        {"p": {}},
        home={
            "household.monthly_income": 300_000, "state": FactState.DECLARED,
            "as_of": date(2026, 6, 20),
        },
    )  # fmt: skip
    record = later.records[-1].model_copy(update={"id": "R-later"})
    both = case.model_copy(update={"records": (*case.records, record)})
    (one,) = found(both, "facts_disagree")
    assert "R-later" in one.evidence
    assert not found(case, "facts_disagree")


def test_who_came_shortly_before_the_first_grant():
    rows = [aid("dibao", start=date(2026, 3, 1))]
    came = {"q": (date(2026, 1, 5), None)}
    assert found(a_case({"p": {}, "q": {}}, ledger=rows, stays=came), "household_changed")
    born = {"person.birth_date": date(2026, 1, 5)}
    assert not found(a_case({"p": {}, "q": born}, ledger=rows, stays=came), "household_changed")


def test_aid_since_the_first_of_all_days_stops_no_look():
    """Some systems write that day where they know none."""
    case = a_case({"p": {}}, ledger=[aid("dibao", start=date.min)], stays={"p": (date.min, None)})
    assert found(case, "household_changed") == []


def test_nothing_is_said_without_perhaps_and_a_request_to_check():
    case = a_case({"p": {**DEAD}}, ledger=[aid("tekun", "p"), aid("dibao")])
    for one in found(case):
        assert "可能" in one.says
        assert "请" in one.says
        assert one.path
    assert ON
