"""What every construct of docs/rules-language.md answers, also where something is unknown."""

import pytest

from tests.matching.tiny import DAY, ask, asking, family, item, outcome

# household.utility_arrears and .food_insecure: two plain truths without presumption.
A, B = "household.utility_arrears", "household.food_insecure"
SAID = {"met": "true", "unmet": "false", "unknown": "null"}


def truths(first, second="unknown"):
    return family(f"household: {{utility_arrears: {SAID[first]}, food_insecure: {SAID[second]}}}\n")


def household(**facts):
    return family("household: {" + ", ".join(f"{k}: {v}" for k, v in facts.items()) + "}\n")


def person(facts, more=""):
    return family(more, members=f"[{{id: a, {facts}}}]" if facts else "[{id: a}]")


@pytest.mark.parametrize(
    ("first", "second", "both", "either"),
    [
        ("met", "met", "met", "met"),
        ("met", "unmet", "unmet", "met"),
        ("met", "unknown", "unknown", "met"),
        ("unmet", "met", "unmet", "met"),
        ("unmet", "unmet", "unmet", "unmet"),
        ("unmet", "unknown", "unmet", "unknown"),
        ("unknown", "met", "unknown", "met"),
        ("unknown", "unmet", "unmet", "unknown"),
        ("unknown", "unknown", "unknown", "unknown"),
    ],
)
def test_and_and_or_are_kleenes(first, second, both, either):
    one = truths(first, second)
    assert outcome(f"{A} and {B}", one) == both
    assert outcome(f"{A} or {B}", one) == either
    assert outcome(f"not (not {A} or not {B})", one) == both


@pytest.mark.parametrize(
    ("said", "turned"), [("met", "unmet"), ("unmet", "met"), ("unknown", "unknown")]
)
def test_not_turns_what_is_known_and_leaves_the_unknown(said, turned):
    assert outcome(f"not {A}", truths(said)) == turned


def test_a_missing_fact_is_named_only_where_it_matters():
    assert ask(f"{A} and {B}", truths("unknown", "unmet")).missing == ()
    assert ask(f"{A} and {B}", truths("unknown", "met")).missing == (A,)
    assert set(ask(f"{A} or {B}", truths("unknown", "unknown")).missing) == {A, B}


@pytest.mark.parametrize(
    ("rule", "floor", "answer"),
    [
        ("household.floor_no == 3", 3, "met"),
        ("household.floor_no == 3", 4, "unmet"),
        ("household.floor_no != 3", 3, "unmet"),
        ("household.floor_no != 3", 4, "met"),
        ("household.floor_no < 3", 3, "unmet"),
        ("household.floor_no <= 3", 3, "met"),
        ("household.floor_no > 3", 3, "unmet"),
        ("household.floor_no >= 3", 3, "met"),
        ("2 <= household.floor_no < 3", 3, "unmet"),
        ("2 <= household.floor_no < 4", 3, "met"),
    ],
)
def test_comparisons_decide_on_known_values_and_stay_open_on_unknown_ones(rule, floor, answer):
    assert outcome(rule, household(floor_no=floor)) == answer
    assert outcome(rule, family()) == "unknown"
    assert ask(rule, family()).missing == ("household.floor_no",)


def test_in_and_not_in_a_set_of_choices():
    c, d, none = (household(house_danger=x) for x in ("C", "D", '"none"'))
    rule = 'household.house_danger in {"C", "D"}'
    assert [outcome(rule, one) for one in (c, d, none, family())] == [
        "met", "met", "unmet", "unknown",
    ]  # fmt: skip
    rule = 'household.house_danger not in {"C", "D"}'
    assert [outcome(rule, one) for one in (c, d, none, family())] == [
        "unmet", "unmet", "met", "unknown",
    ]  # fmt: skip


def test_overlaps_of_the_empty_set_is_unmet_and_of_an_unknown_one_unknown():
    rule = 'overlaps(person.disability_type, {"mental"})'
    assert outcome(rule, person("disability_type: [mental, visual]"), subject="person") == "met"
    assert outcome(rule, person("disability_type: [visual]"), subject="person") == "unmet"
    assert outcome(rule, person("disability_type: []"), subject="person") == "unmet"
    assert outcome(rule, person(""), subject="person") == "unknown"


@pytest.mark.parametrize(
    ("hukou", "answer"),
    [
        ("310104", "met"),
        ("310104001001", "met"),
        ("310105", "unmet"),
        ("99", "unmet"),
        ("none", "unmet"),
        ("31", "unknown"),
        ("3101", "unknown"),
    ],
)
def test_within_knows_short_codes_and_none(hukou, answer):
    rule = "within(person.hukou, HOME)"
    assert outcome(rule, person(f'hukou: "{hukou}"'), subject="person") == answer
    assert outcome(rule, person(""), subject="person") == "unknown"


def test_a_place_may_be_a_written_code():
    rule = 'within(person.hukou, "310105")'
    assert outcome(rule, person('hukou: "310105001"'), subject="person") == "met"
    assert outcome(rule, person('hukou: "310104"'), subject="person") == "unmet"
    assert outcome(rule, person('hukou: "31"'), subject="person") == "unknown"


def test_a_code_is_compared_with_a_written_code():
    rule = 'person.hukou == "none"'
    assert outcome(rule, person("hukou: none"), subject="person") == "met"
    assert outcome(rule, person("hukou: '310104'"), subject="person") == "unmet"


def test_sums_differences_products_and_quotients_are_exact():
    income = "household.monthly_income"
    rule = f"{income} * 3 - {income} / 3 == {income} * 8 / 3"
    assert outcome(rule, household(monthly_income="0.01")) == "met"
    assert outcome(rule, family()) == "unknown"


def test_a_tenth_is_a_tenth():
    rule = "household.medical_expense_12m * 0.1 == household.education_expense_12m"
    assert outcome(rule, household(medical_expense_12m=3, education_expense_12m="0.3")) == "met"


def test_min_and_max_of_something_unknown_are_unknown():
    rule = "max(0, household.monthly_income - household.monthly_income) <= 0"
    assert outcome(rule, family()) == "unknown"
    rule = "min(household.floor_no, 2) >= 2"
    assert outcome(rule, household(floor_no=5)) == "met"
    assert outcome(rule, household(floor_no=1)) == "unmet"
    assert outcome(rule, family()) == "unknown"


@pytest.mark.parametrize(
    ("said", "answer"), [("met", "met"), ("unmet", "unmet"), ("unknown", "unknown")]
)
def test_a_choice_between_two_values_needs_its_test(said, answer):
    rule = f"(3 if {A} else 1) > household.floor_no"
    one = family(f"household: {{floor_no: 2, utility_arrears: {SAID[said]}}}\n")
    assert outcome(rule, one) == answer
    assert ask(rule, one).missing == ((A,) if said == "unknown" else ())


def test_two_equal_branches_need_no_test():
    rule = f"(household.floor_no if {A} else 3) == 3"
    assert outcome(rule, household(floor_no=3)) == "met"
    assert outcome(rule, household(floor_no=2)) == "unknown"
    assert outcome(rule, family()) == "unknown"


def test_a_standard_is_the_one_of_the_day():
    rule = "household.one_person * LINE > household.monthly_income"
    one = household(monthly_income=900)
    assert outcome(rule, one) == "met"
    early = ask(rule, one, DAY.replace(year=2018, month=3, day=31))
    assert (early.outcome.value, early.missing) == ("unknown", ("LINE",))


def test_a_null_standard_is_unknown_and_named():
    answer = ask("UNSET > household.monthly_income", household(monthly_income=1))
    assert (answer.outcome.value, answer.missing) == ("unknown", ("UNSET",))


def test_a_standard_with_a_key_asks_for_the_key_unless_the_cells_agree():
    rule = "RATE[person.sex] >= household.monthly_income"
    more = "household: {monthly_income: 250}\n"
    assert outcome(rule, person("sex: f", more), subject="person") == "met"
    assert outcome(rule, person("sex: m", more), subject="person") == "unmet"
    open_ = ask(rule, person("", more), subject="person")
    assert (open_.outcome.value, open_.missing) == ("unknown", ("person.sex",))
    earlier = DAY.replace(year=2025)
    assert outcome(rule, person("", more), earlier, subject="person") == "met"
    assert outcome('RATE["f"] >= household.monthly_income', person("", more)) == "met"


EMPLOYED = "any(m.residence_permit for m in members if m.works_here)"
ALL_EMPLOYED = "all(m.residence_permit for m in members if m.works_here)"


@pytest.mark.parametrize(
    ("members", "any_", "all_"),
    [
        ([("met", "met")], "met", "met"),
        ([("met", "unmet")], "unmet", "unmet"),
        ([("met", "unknown")], "unknown", "unknown"),
        ([("unmet", "met")], "unmet", "met"),
        ([("unmet", "unknown")], "unmet", "met"),
        ([("unknown", "met")], "unknown", "met"),
        ([("unknown", "unmet")], "unmet", "unknown"),
        ([("unknown", "unknown")], "unknown", "unknown"),
        ([("met", "met"), ("met", "unmet")], "met", "unmet"),
        ([("met", "met"), ("met", "unknown")], "met", "unknown"),
        ([("met", "unmet"), ("met", "unknown")], "unknown", "unmet"),
        ([("unmet", "unmet"), ("unmet", "met")], "unmet", "met"),
    ],
)
def test_quantifiers_with_filters_are_kleenes_over_their_elements(members, any_, all_):
    rows = ", ".join(
        f"{{id: p{i}, works_here: {SAID[kept]}, residence_permit: {SAID[body]}}}"
        for i, (kept, body) in enumerate(members)
    )
    one = family(members=f"[{rows}]")
    assert outcome(EMPLOYED, one) == any_
    assert outcome(ALL_EMPLOYED, one) == all_


def test_an_empty_collection_is_not_one_that_nobody_looked_at():
    rule = "event.urgent for event in events"
    assert outcome(f"any({rule})", family("events: []\n")) == "unmet"
    assert outcome(f"all({rule})", family("events: []\n")) == "met"
    for which in ("any", "all"):
        open_ = ask(f"{which}({rule})", family())
        assert (open_.outcome.value, open_.missing) == ("unknown", ("events",))


def test_obligors_that_nobody_looked_at_are_unknown_even_if_one_at_home_is_known():
    rule = "all(o.no_fixed_income for o in obligors)"
    at_home = "[{id: a, relation: self}, {id: b, relation: spouse, no_fixed_income: true}]"
    assert outcome(rule, family(members=at_home), subject="person") == "unknown"
    assert outcome(rule, family("obligors: []\n", at_home), subject="person") == "met"
    poor = "obligors: [{id: o, of: a, no_fixed_income: true}]\n"
    assert outcome(rule, family(poor, at_home), subject="person") == "met"
    rich = "obligors: [{id: o, of: a, no_fixed_income: false}]\n"
    assert outcome(rule, family(rich, at_home), subject="person") == "unmet"
    silent = "obligors: [{id: o, of: a}]\n"
    assert outcome(rule, family(silent, at_home), subject="person") == "unknown"


def test_a_minor_child_owes_no_support_and_a_grown_one_does():
    rule = "all(o.no_fixed_income for o in obligors)"
    rows = "[{{id: a, relation: self}}, {{id: b, relation: child, no_fixed_income: false{0}}}]"
    minor, grown = ", birth_date: 2010-01-01", ", birth_date: 2000-01-01"
    more = "obligors: []\n"
    assert outcome(rule, family(more, rows.format(minor)), subject="person") == "met"
    assert outcome(rule, family(more, rows.format(grown)), subject="person") == "unmet"
    assert outcome(rule, family(more, rows.format("")), subject="person") == "unknown"


def test_a_parent_whom_nobody_named_is_unknown():
    rule = "all(p.is_carer for p in parents)"
    one = "[{id: a, parents: [b]}, {id: b, is_carer: true}]"
    both = "[{id: a, parents: [b, c]}, {id: b, is_carer: true}, {id: c, is_carer: true}]"
    assert outcome(rule, family(members=one), subject="person") == "unknown"
    assert ask(rule, family(members=one), subject="person").missing == ("child.parents",)
    assert outcome(rule, family(members=both), subject="person") == "met"
    not_b = one.replace("is_carer: true", "is_carer: false")
    assert outcome(rule, family(members=not_b), subject="person") == "unmet"


def test_the_ledger_of_a_parent_whom_nobody_named_is_not_the_households():
    one = family(
        "aid: [{policy: card, to: household, from: 2020-01-01}]\n", "[{id: a, parents: []}]"
    )
    for rule in (
        'any(holds(p, "card") for p in parents)',
        'any(months_since(last(p, "card")) > 1 for p in parents)',
        'any(months_held(p, "card") > 1 for p in parents)',
    ):
        assert outcome(rule, one, subject="person") == "unknown", rule


@pytest.mark.parametrize(
    ("rows", "answer"),
    [
        ("works_here: true, monthly_labour_income: 100", "met"),
        ("works_here: false", "unmet"),
        ("works_here: true", "unknown"),
        ("monthly_labour_income: 100", "unknown"),
        ("monthly_labour_income: 0", "unknown"),
    ],
)
def test_a_sum_is_unknown_with_one_unknown_filter_or_term(rows, answer):
    rule = "sum(m.monthly_labour_income for m in members if m.works_here) > 0"
    assert outcome(rule, person(rows)) == answer


def test_a_sum_over_nobody_is_nothing():
    rule = "sum(m.monthly_labour_income for m in members if m.works_here) <= 0"
    assert outcome(rule, person("works_here: false")) == "met"


def test_a_count_with_an_unknown_filter_is_unknown():
    rule = "count(m for m in members if m.is_carer) >= 1"
    rows = "[{id: a, is_carer: true}, {id: b}]"
    assert outcome(rule, family(members=rows)) == "unknown"
    assert outcome(rule, family(members=rows.replace("b}", "b, is_carer: false}"))) == "met"


def test_yearly_and_monthly_are_twelve_and_exact():
    rule = "yearly(household.monthly_income) == household.annual_income"
    assert outcome(rule, household(monthly_income="0.01", annual_income="0.12")) == "met"
    assert outcome(rule, household(monthly_income=1)) == "unknown"
    rule = "monthly(household.annual_income) * 3 == household.monthly_income"
    assert outcome(rule, household(annual_income="0.04", monthly_income="0.01")) == "met"


# The ledger: `aid: [...]` in a file says that this is all.
UNSAID, NOTHING = "", "aid: []\n"
OWN = "aid: [{policy: card, to: a, from: 2025-01-01, amount: 10}]\n"
OVER = "aid: [{policy: card, to: a, from: 2025-01-01, until: 2025-12-31, amount: 10}]\n"
HOUSES = "aid: [{policy: card, to: household, from: 2025-01-01, amount: 10}]\n"
UNCOUNTED = "life_status: deceased"


@pytest.mark.parametrize(
    ("ledger", "facts", "holds", "lacks"),
    [
        (UNSAID, "", "unknown", "met"),
        (NOTHING, "", "unmet", "met"),
        (OWN, "", "met", "unmet"),
        (OVER, "", "unmet", "met"),
        (HOUSES, "life_status: alive", "met", "unmet"),
    ],
)
def test_holding_needs_the_ledger_and_lacking_is_presumed_from_silence(ledger, facts, holds, lacks):
    one = person(facts, ledger)
    assert outcome('holds(person, "card")', one, subject="person") == holds
    assert outcome('holds(person, {"card", "ui_benefit"})', one, subject="person") == holds
    answer = ask('lacks(person, "card")', one, subject="person")
    assert answer.outcome.value == lacks
    assert answer.presumed == (("benefit.card",) if ledger == UNSAID else ())


def test_not_holding_is_no_lacking():
    assert outcome('not holds(person, "card")', person(""), subject="person") == "unknown"


def test_what_a_household_holds_is_not_the_deads():
    rule = 'any(holds(m, "card") for m in members if m.life_status == "deceased")'
    assert outcome(rule, person(UNCOUNTED, HOUSES)) == "unmet"


def test_a_ledger_entry_is_held_on_both_of_its_days():
    rule = 'held_on(person, "card", person.retirement_date)'
    days = {"2024-12-31": "unmet", "2025-01-01": "met", "2025-12-31": "met", "2026-01-01": "unmet"}
    for day, answer in days.items():
        one = person(f"retirement_date: {day}", OVER)
        assert outcome(rule, one, subject="person") == answer, day
    assert outcome(rule, person("", OVER), subject="person") == "unknown"
    one = person("retirement_date: 2025-05-01", UNSAID)
    assert outcome(rule, one, subject="person") == "unknown"


RECEIVED = "household.one_person * received(person, {0}) == household.monthly_income"


def received(aid, ledger, yuan, facts="life_status: alive"):
    one = person(facts, f"household: {{monthly_income: {yuan}}}\n" + ledger)
    return outcome(RECEIVED.format(aid), one, subject="person")


def test_received_is_the_months_amount_in_the_ledger():
    assert received('"card"', OWN, 10) == "met"
    assert received('"card"', NOTHING, 0) == "met"
    assert received('"card"', OVER, 0) == "met"
    assert received('"card"', UNSAID, 0) == "unknown"
    assert received('"card"', OWN.replace(", amount: 10", ""), 10) == "unknown"


def test_a_share_of_the_households_aid_is_in_no_ledger():
    assert received('"card"', HOUSES, 10) == "unknown"
    dead = family("household: {monthly_income: 0}\n" + HOUSES, "[{id: a, life_status: deceased}]")
    rule = 'all(household.one_person * received(m, "card") <= 0 for m in members)'
    assert outcome(rule, dead) == "met"


def test_each_aid_of_a_set_must_be_known_for_the_sum():
    both = OWN.replace(
        "]\n", ", {policy: ui_benefit, to: household, from: 2025-01-01, amount: 5}]\n"
    )
    assert received('{"card", "ui_benefit"}', both, 10) == "unknown"
    assert received('{"card", "ui_benefit"}', OWN, 10) == "met"
    twice = OWN.replace("]\n", ", {policy: ui_benefit, to: a, from: 2025-01-01, amount: 5}]\n")
    assert received('{"card", "ui_benefit"}', twice, 15) == "met"


@pytest.mark.parametrize(
    ("ledger", "months", "answer"),
    [
        (OVER, 12, "met"),
        (OWN, 14, "met"),
        (NOTHING, 0, "met"),
        (UNSAID, 0, "unknown"),
        (OVER, 11, "unmet"),
    ],
)
def test_months_held_counts_the_last_day(ledger, months, answer):
    rule = 'months_held(person, "card") == person.unemp_months'
    assert outcome(rule, person(f"unemp_months: {months}", ledger), subject="person") == answer


def test_months_since_an_aid_that_never_was_are_without_end():
    rule = 'months_since(last(person, "card")) >= 24'
    assert outcome(rule, person("", NOTHING), subject="person") == "met"
    assert outcome(rule, person("", OWN), subject="person") == "unmet"
    assert outcome(rule, person("", OWN.replace("2025", "2024")), subject="person") == "met"
    assert outcome(rule, person(""), subject="person") == "unknown"


def test_months_since_counts_whole_months_up_to_the_day():
    rule = "months_since(person.custody_from) >= 6"
    for day, answer in {"2025-09-02": "met", "2025-09-03": "unmet", "2026-09-02": "unmet"}.items():
        assert outcome(rule, person(f"custody_from: {day}"), subject="person") == answer
    assert outcome(rule, person(""), subject="person") == "unknown"


def test_today_is_the_day_asked_about():
    rule = "person.retirement_date <= TODAY"
    one = person("retirement_date: 2026-03-02")
    assert outcome(rule, one, subject="person") == "met"
    assert outcome(rule, one, DAY.replace(day=1), subject="person") == "unmet"


@pytest.mark.parametrize("doubt", ["unverified", "disputed"])
def test_a_doubtful_branch_decides_nothing_but_another_may(doubt):
    rule = f"{A} or {doubt}({B})"
    for said in SAID:
        assert outcome(rule, truths("met", said)) == "met"
        open_ = ask(rule, truths("unmet", said))
        assert open_.outcome.value == "unknown"
        assert open_.remark
    assert outcome(f"{A} and {doubt}({B})", truths("unmet", "met")) == "unmet"


def test_a_stated_definition_wins_and_is_marked():
    rule = "household.n_counted > 2"
    assert outcome(rule, family()) == "unmet"
    stated = ask(rule, household(n_counted=3))
    assert stated.outcome.value == "met"
    assert [fact.note for fact in stated.facts] == ["按申报的结论"]


def test_a_known_value_beats_a_presumption():
    rule = "not household.gambling_or_drugs"
    assert ask(rule, family()).presumed == ("household.gambling_or_drugs",)
    assert ask(rule, household(gambling_or_drugs="false")).presumed == ()
    assert outcome(rule, household(gambling_or_drugs="true")) == "unmet"


def test_a_presumption_that_decides_nothing_is_not_listed():
    rule = f"{A} or not household.gambling_or_drugs"
    assert ask(rule, truths("met")).presumed == ()
    assert ask(rule, truths("unmet")).presumed == ("household.gambling_or_drugs",)


def test_what_only_the_amount_presumes_is_listed_too():
    found = asking(A, amount="sum(LINE for m in counted)")
    shown = item(found, truths("met"))
    assert shown.amount_fen == 100_000
    assert shown.presumed == ("benefit.tekun", "person.life_status")


def test_aid_of_the_household_that_would_decide_who_counts_ends_in_unknown():
    one = family("aid: [{policy: tekun, to: household, from: 2020-01-01}]\n")
    assert outcome("household.n_counted > 0", one) == "unknown"


BIRTHDAYS = [
    ("2010-02-28", "2026-02-27", 15),
    ("2010-02-28", "2026-02-28", 16),
    ("2012-02-29", "2026-02-28", 13),
    ("2012-02-29", "2026-03-01", 14),
    ("2012-02-29", "2028-02-28", 15),
    ("2012-02-29", "2028-02-29", 16),
    ("2012-03-01", "2028-02-29", 15),
    ("2026-03-02", "2026-03-02", 0),
]


@pytest.mark.parametrize(("born", "day", "age"), BIRTHDAYS)
def test_a_birthday_around_the_29th_of_february(born, day, age):
    on, one = DAY.fromisoformat(day), person(f"birth_date: {born}")
    assert outcome(f"person.age == {age}", one, on, subject="person") == "met"


def test_an_unknown_birth_date_is_asked_for_by_its_own_name():
    assert ask("person.age >= 60", person(""), subject="person").missing == ("person.birth_date",)


def test_two_things_of_one_id_keep_their_facts_apart():
    one = family("events: [{id: a, urgent: {value: true, source: office}}]\n", "[{id: a}]")
    found = ask("any(event.urgent for event in events)", one)
    assert [fact.source for fact in found.facts] == ["office"]
