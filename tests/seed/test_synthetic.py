"""The made-up district: the same each time, calibrated, and plainly made up."""

import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest

from matching.model.access import Role
from matching.model.family import ApplicationOutcome, FactState
from matching.model.records import SubjectKind
from matching.vocabulary import VOCABULARY, FactType
from seed.calibration import DIFFERENCE_RATE, SIZES, kinds, spread
from seed.district import COMMUNITIES, DISTRICT, PLACES, SOURCES, batches_for
from seed.identity import id_number, is_made_up_name, made_up, random_source
from seed.synthetic import generate, stream

ON = date(2026, 6, 30)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@pytest.fixture(scope="module")
def district():
    return generate(20260630, 300, ON)


def of_kind(district, *names):
    return [case for case in district.cases if district.kinds[case.household.id] in names]


def facts_of(case, about, name):
    return [r for r in case.records if r.about == about and name in r.facts]


def plain(value):
    """Sets have no order of their own."""
    if isinstance(value, frozenset | set):
        return sorted(value)
    return str(value)


def digest_text(district):
    return json.dumps([case.model_dump() for case in district.cases], default=plain)


def test_the_same_seed_number_gives_the_same_bytes_in_another_process(district):
    script = (
        "import hashlib; from tests.seed.test_synthetic import *; "
        "print(hashlib.sha256(digest_text(generate(20260630, 300, ON)).encode()).hexdigest())"
    )
    hashes = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(hashes) == 1
    assert digest_text(generate(20260630, 300, ON)) == digest_text(district)


def test_another_seed_number_gives_another_district_with_the_same_first_family(district):
    other = generate(7, 300, ON)
    assert other.cases[1:] != district.cases[1:]
    assert other.cases[0] == district.cases[0]


def test_households_are_in_order_of_id_and_the_first_opens_the_demo(district):
    ids = [case.household.id for case in district.cases]
    assert ids == sorted(ids)
    assert len(set(ids)) == 300
    assert district.demo_family == ids[0]


@pytest.mark.parametrize("size", [30, 100, 1000])
def test_a_district_of_another_size_has_as_many_households_as_asked(size):
    assert len(generate(3, size, ON).cases) == size
    assert sum(kinds(size).values()) == size


def test_shares_are_exact():
    values = spread({"a": 0.5, "b": 0.3, "c": 0.2}, 10, random_source(1))
    assert Counter(values) == {"a": 5, "b": 3, "c": 2}
    assert len(spread({"a": 1 / 3, "b": 2 / 3}, 100, random_source(1))) == 100


# -- nobody real


def all_people(district):
    return {p.id: p.identity for case in district.cases for p in case.persons}


def test_every_id_number_begins_with_99_and_has_a_right_date_and_check_digit(district):
    for identity in all_people(district).values():
        number = identity.id_number
        assert number.startswith("99")
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
        total = sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False))
        assert "10X98765432"[total % 11] == number[17]


def test_a_known_check_digit():
    assert id_number(date(1980, 3, 1), "f", 1, 1) == "990001198003010020"


def test_id_numbers_and_telephones_are_unique_and_agree_with_the_birth_dates(district):
    people = all_people(district)
    assert len({p.id_number for p in people.values()}) == len(people)
    assert len({p.phone for p in people.values()}) == len(people)
    for case in district.cases:
        for record in case.records:
            born = record.facts.get("person.birth_date")
            if born is not None:
                assert people[record.about].id_number[6:14] == f"{born:%Y%m%d}"


def test_names_and_telephones_are_plainly_made_up(district):
    for identity in all_people(district).values():
        assert is_made_up_name(identity.name)
        assert identity.phone.startswith("000")
        assert len(identity.phone) == 11


# -- calibration (the texts are named in seed/calibration.py)


@pytest.mark.parametrize(
    ("kind", "mean", "tolerance"),
    [("dibao", 1.40, 0.05), ("tekun", 1.0, 0), ("dibao_marginal", 2.95, 0.4),
     ("refused", 2.95, 0.1), ("rigid_expenditure", 1.52, 0.35)],
)  # fmt: skip
def test_household_sizes(district, kind, mean, tolerance):
    cases = [case for case in of_kind(district, kind) if case.household.id != "H-0001"]
    sizes = [len(case.memberships) for case in cases]
    assert sum(sizes) / len(sizes) == pytest.approx(mean, abs=tolerance)
    declared = sum(size * share for size, share in SIZES[kind].items())
    assert declared == pytest.approx(mean, abs=0.01)


def test_shares_of_statuses(district):
    count = Counter(district.kinds.values())
    persons = sum(len(case.memberships) for case in of_kind(district, "dibao"))
    assert count["severe_disabled_unemployed"] / persons == pytest.approx(0.256, abs=0.03)
    assert count["dibao"] / count["dibao_marginal"] == pytest.approx(28, abs=3)
    assert count["refused"] + count["found"] > 60
    assert count["nonlocal"] >= 3


@pytest.mark.parametrize("kind", ["dibao", "severe_disabled_unemployed", "refused", "found"])
def test_what_was_declared_and_what_was_verified_differ_as_often_as_measured(district, kind):
    compared = []
    for case in of_kind(district, kind):
        name = "household.monthly_income"
        records = facts_of(case, case.household.id, name)
        declared = [r for r in records if r.source == "civil_affairs"]
        verified = [r for r in records if r.source == "verification"]
        if declared and verified:
            assert declared[0].state is FactState.DECLARED
            assert declared[0].as_of < verified[0].as_of
            compared.append(declared[0].facts[name] != verified[0].facts[name])
    share = sum(compared) / len(compared)
    assert share == pytest.approx(DIFFERENCE_RATE[kind], abs=0.03)


def test_three_in_ten_households_have_no_income_on_record(district):
    known = [
        case
        for case in district.cases
        if facts_of(case, case.household.id, "household.monthly_income")
    ]
    assert 1 - len(known) / 300 == pytest.approx(0.30, abs=0.02)


@pytest.mark.parametrize("name", ["person.employment_status", "person.hukou_kind"])
def test_fifteen_in_a_hundred_facts_are_missing(district, name):
    asked, told = 0, 0
    for case in district.cases[1:]:
        for membership in case.memberships:
            person = membership.person
            births = facts_of(case, person, "person.birth_date")
            if births[0].facts["person.birth_date"] < date(2007, 1, 1):
                asked += 1
                told += bool(facts_of(case, person, name))
    assert 1 - told / asked == pytest.approx(0.15, abs=0.05)


def test_some_needs_nobody_has_assessed_and_most_families_have_an_acute_one(district):
    needs = [need for case in district.cases for need in case.needs]
    unassessed = sum(need.severity is None for need in needs) / len(needs)
    assert unassessed == pytest.approx(0.22, abs=0.05)
    acute = sum(need.severity is not None and need.severity >= 3 for need in needs) / 300
    assert acute == pytest.approx(1.7 * 0.78, abs=0.2)


def test_an_elderly_member_lives_in_four_households_of_ten(district):
    border = ON.replace(year=ON.year - 60)
    old = 0
    for case in district.cases:
        members = {m.person for m in case.memberships}
        births = [
            r.facts["person.birth_date"]
            for r in case.records
            if r.about in members and "person.birth_date" in r.facts
        ]
        old += any(birth <= border for birth in births)
    assert old / 300 == pytest.approx(0.38, abs=0.05)


# -- what records look like


def test_every_fact_is_in_the_vocabulary_with_a_value_of_its_type(district):
    for case in district.cases:
        for record in case.records:
            for name, value in record.facts.items():
                spec = VOCABULARY[name]
                assert not spec.derived, name
                if spec.type is FactType.CHOICE:
                    assert value in spec.choices, (name, value)
                if spec.type in (FactType.MONEY, FactType.NUMBER):
                    assert isinstance(value, int), name
                    assert value >= (spec.minimum or 0)
                    assert spec.maximum is None or value <= spec.maximum


def test_sources_report_late_but_never_from_the_future(district):
    lags = defaultdict(list)
    for case in district.cases:
        for record in case.records:
            assert record.received <= ON
            lags[record.source].append((record.received - record.as_of).days)
    assert set(lags) >= set(SOURCES)
    assert all(0 <= lag <= 90 for source in lags.values() for lag in source)
    assert max(lags["disabled_federation"]) > 60


def test_a_batch_covers_the_place_of_what_came_with_it(district):
    for case in district.cases:
        known = {batch.id: batch for batch in case.batches}
        assert case.batches == batches_for(case.household.place, ON)
        for record in case.records:
            if record.batch is not None:
                assert known[record.batch].source == record.source
                assert known[record.batch].received == record.received


def test_one_street_is_not_reported_on_by_medical_insurance(district):
    for case in district.cases:
        if case.household.place.startswith("310199005"):
            assert all(batch.source != "medical_insurance" for batch in case.batches)
            assert all(record.source != "medical_insurance" for record in case.records)


def test_only_the_court_of_the_district_reports_custody(district):
    records = [r for case in district.cases for r in case.records]
    custody = [r for r in records if "person.custody_status" in r.facts]
    assert custody
    assert {r.source for r in custody} == {"court"}


def test_every_circle_of_need_is_there(district):
    outcomes = Counter(a.outcome for case in district.cases for a in case.applications)
    for outcome in (ApplicationOutcome.REFUSED, ApplicationOutcome.ENDED,
                    ApplicationOutcome.DECLINED, ApplicationOutcome.APPLIED):  # fmt: skip
        assert outcomes[outcome] > 0
    recent = ON - timedelta(days=731)
    assert all(a.date >= recent for case in district.cases for a in case.applications)


def test_the_ledger_has_running_ended_double_and_missed_aid(district):
    aid = [entry for case in district.cases for entry in case.aid]
    assert any(entry.until is None for entry in aid)
    assert any(entry.until is not None and entry.until < ON for entry in aid)
    running = [
        Counter((e.policy, e.to) for e in case.aid if e.runs_on(ON)) for case in district.cases
    ]
    assert sum(any(n > 1 for n in counter.values()) for counter in running) >= 2
    assert sum(severe_without_allowance(case) for case in district.cases) >= 5


def severe_without_allowance(case):
    severe = {
        r.about for r in case.records if (r.facts.get("person.disability_grade") or 9) in (1, 2)
    }
    given = {entry.to for entry in case.aid if entry.policy == "disability_nursing"}
    return bool(severe - given)


def test_obligors_are_known_for_some_and_unknown_for_others(district):
    members = {m.person for case in district.cases for m in case.memberships}
    obligors = {o.obligor for case in district.cases for o in case.obligations}
    assert obligors & members, "some obligors live in another household of the district"
    assert obligors - members
    known = sum(bool(case.obligors_known_for) for case in district.cases)
    assert 20 < known < 250
    with_nobody = [
        person
        for case in district.cases
        for person in case.obligors_known_for
        if not any(o.person == person for o in case.obligations)
    ]
    assert with_nobody, "somebody looked, and there is nobody"


def test_some_children_have_nobody(district):
    lonely = [
        case for case in district.cases
        if any(n.type == "crisis_child" for n in case.needs)
    ]  # fmt: skip
    assert lonely
    for case in lonely:
        assert len(case.parentages) >= 2


def test_subjects_of_records_belong_to_the_case(district):
    for case in district.cases:
        subjects = {
            SubjectKind.HOUSEHOLD: {case.household.id},
            SubjectKind.PERSON: {p.id for p in case.persons},
            SubjectKind.EVENT: {e.id for e in case.events},
        }
        assert all(record.about in subjects[record.kind] for record in case.records)
        persons = subjects[SubjectKind.PERSON] | {"household"}
        assert {entry.to for entry in case.aid} <= persons
        assert {need.of for need in case.needs} <= persons


def test_households_live_in_communities_of_the_district(district):
    assert {case.household.place for case in district.cases} <= set(COMMUNITIES)
    assert all(code.startswith(DISTRICT) for code in PLACES)
    assert {len(code) for code in PLACES} == {6, 9, 12}


def test_users_of_every_desk(district):
    assert [user.role for user in district.users] == [
        Role.ADVISOR, Role.ADVISOR, Role.OFFICE, Role.CHARITY, Role.AUDITOR,
    ]  # fmt: skip
    first, second, *_ = district.users
    home = district.cases[0].household.place
    assert first.scope.places == {home}
    assert second.scope.covers(home)


def test_the_first_family_is_the_one_of_the_demo(district):
    case = district.cases[0]
    wife, husband, mother, _ = case.persons
    assert wife.identity.name == "陈示梅"
    records = {name: facts_of(case, case.household.id, name) for name in
               ("household.monthly_income", "household.property_ok_dibao")}  # fmt: skip
    newest = max(records["household.monthly_income"], key=lambda r: r.as_of)
    assert (newest.facts["household.monthly_income"], newest.as_of) == (240_000, date(2026, 5, 20))
    assert not facts_of(case, husband.id, "person.disability_cert")
    assert facts_of(case, mother.id, "person.disability_cert")
    assert [(e.policy, e.amount_fen) for e in case.aid if e.to == "household"] == [
        ("dibao", 81_000)
    ]


def test_a_streamed_district_is_the_generated_one_whoever_shares_the_work(district):
    assert tuple(stream(20260630, 300, ON)) == district.cases
    shares = [range(1, 120), range(120, 121), range(121, 301)]
    shared = [case for numbers in shares for case in stream(20260630, 300, ON, numbers)]
    assert tuple(shared) == district.cases


def test_of_a_large_district_the_far_households_are_streamed_as_they_are_generated():
    whole = generate(3, 2_030, ON)
    assert tuple(stream(3, 2_030, ON, range(1_990, 2_021))) == whole.cases[1_989:2_020]
    assert len({case.household.id for case in whole.cases}) == 2_030


def test_no_two_people_of_a_large_district_share_a_number():
    people = [(h, p) for h in range(1, 250_000, 1_873) for p in range(1, 20)]
    people += [(h + 10_000 * step, 1) for h in (1, 9_999) for step in range(25)]
    born = date(1950, 3, 4)
    numbers = {made_up("陈示梅", born, "f", *one).id_number for one in people}
    phones = {made_up("陈示梅", born, "f", *one).phone for one in people}
    assert len(numbers) == len(phones) == len(set(people))
    assert {len(phone) for phone in phones} == {11}
