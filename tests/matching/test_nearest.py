"""The nearest change: what is named, when it is changed, opens the condition."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.answer import answer
from matching.model.answer import ConditionAnswer, FactUsed, Outcome
from matching.nearest import covered_by
from matching.vocabulary import VOCABULARY, FactType
from tests.matching.random_families import DAYS, NUMBERS, family_from
from tests.matching.test_answer import REAL, given_fact, keyed
from tests.matching.tiny import asking, family, item

DAY = date(2026, 3, 2)


def other_values(fact, value):
    """All other values of a truth or choice."""
    spec = VOCABULARY[fact]
    if spec.type is FactType.BOOL:
        return [not value] if value is not None else [True, False]
    return [choice for choice in spec.choices if choice != value]


def value_of(one, subject, fact):
    owners = {"household": one.facts}
    owners |= {p.id: p.facts for p in (*one.members, *(one.obligors or ()), *(one.events or ()))}
    known = owners[subject].get(fact)
    return None if known is None else known.value


def may_be_changed(change):
    spec = VOCABULARY.get(change.fact or "")
    return (
        change.subject is not None
        and spec is not None
        and not spec.derived
        and spec.type in (FactType.BOOL, FactType.CHOICE)
    )


def without_gaps(number):
    """A family of which everything is known: each fact, all obligors, events and aid."""
    one = family_from(number, share=1.0)
    known = {"obligors": one.obligors or (), "events": one.events or ()}
    ledger = one.ledger.model_copy(update={"complete": True})
    members = tuple(m.model_copy(update={"parents": ()}) for m in one.members)
    return one.model_copy(update={**known, "ledger": ledger, "members": members})


def after_change(one, on, shown, change):
    """How the condition stands under each other value of the fact that the change names."""
    for value in other_values(change.fact, value_of(one, change.subject, change.fact)):
        new = keyed(
            answer(REAL.only({shown.id}), given_fact(one, change.subject, change.fact, value), on)
        ).get((shown.id, shown.subject, shown.event))
        yield from (part for part in (new.conditions if new else ()) if part.id == change.condition)


@settings(max_examples=25)
@given(st.sampled_from([family_from, without_gaps]), NUMBERS, DAYS)
def test_a_single_truth_or_choice_that_is_named_opens_its_condition(build, number, on):
    one = build(number)
    for shown in answer(REAL, one, on).items:
        changes: dict[str, list] = {}
        for change in shown.nearest:
            changes.setdefault(change.condition, []).append(change)
        if REAL.pack_for(one.place).policies[shown.id].per_event and shown.event is None:
            continue  # what closes it is that nothing happened
        for change, *more in changes.values():
            if not more and may_be_changed(change):
                parts = list(after_change(one, on, shown, change))
                open_ = [part for part in parts if part.outcome is Outcome.UNKNOWN]
                met = any(part.outcome is Outcome.MET for part in parts)
                # what is not known elsewhere may keep it open, but never closed
                assert met or any(part.missing or part.remark for part in open_), change


@settings(max_examples=60)
@given(NUMBERS, DAYS)
def test_what_is_closed_has_a_way_out_by_its_closed_conditions(number, on):
    one = family_from(number)
    for shown in answer(REAL, one, on).items:
        closed = {c.id for c in shown.conditions if c.decides and c.outcome is Outcome.UNMET}
        assert {change.condition for change in shown.nearest} <= closed
        assert all(change.says for change in shown.nearest)
        assert (shown.outcome is Outcome.UNMET) == bool(shown.nearest)


def nearest(rule, text="", members="[{id: a}]", subject="household"):
    found = item(
        asking(rule, subject), family(text, members), DAY, to="a" if subject == "person" else None
    )
    assert found.outcome is Outcome.UNMET
    return [(change.fact, change.subject, change.gap_fen) for change in found.nearest]


NO = "household: {utility_arrears: false, food_insecure: false, floor_no: 1}\n"
A, B = "household.utility_arrears", "household.food_insecure"


def test_all_that_fails_in_an_and_is_named_and_the_cheapest_of_an_or():
    assert nearest(f"{A} and {B}", NO) == [(A, "household", None), (B, "household", None)]
    assert len(nearest(f"{A} or {B}", NO)) == 1
    assert nearest(f"({A} and {B}) or household.floor_no > 3", NO) == [
        ("household.floor_no", "household", None)
    ]


def test_a_birth_date_is_never_the_nearest_change_where_there_is_another():
    one = "[{id: a, birth_date: 2000-01-01, is_carer: false}]"
    rule = "person.age >= 60 or person.is_carer"
    assert nearest(rule, members=one, subject="person") == [("person.is_carer", "a", None)]


def test_the_element_that_passes_the_filter_is_the_one_to_change():
    rule = "any(m.is_carer for m in members if m.works_here)"
    rows = (
        "[{id: a, works_here: false, is_carer: true}, {id: b, works_here: true, is_carer: false}]"
    )
    (change,) = nearest(rule, members=rows)
    assert change in [("person.works_here", "a", None), ("person.is_carer", "b", None)]
    rows = "[{id: a, works_here: false, is_carer: true}]"
    assert nearest(rule, members=rows) == [("person.works_here", "a", None)]


def test_every_failing_element_of_an_all_is_named():
    rule = "all(m.is_carer for m in members if m.works_here)"
    rows = (
        "[{id: a, works_here: true, is_carer: false}, {id: b, works_here: false, is_carer: false},"
        " {id: c, works_here: true, is_carer: false}]"
    )
    assert [(fact, who) for fact, who, _ in nearest(rule, members=rows)] == [
        ("person.works_here", "a"), ("person.works_here", "c"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("income", "gap", "words"),
    [
        ("1000", 0, "正好在线上（1,000 元）"),
        ("1000.01", 1, "高出 0.01 元"),
        ("1200", 20_000, "高出 200 元"),
    ],
)
def test_a_comparison_of_money_says_by_how_much(income, gap, words):
    rule = "household.monthly_income < household.one_person * LINE"
    one = family(f"household: {{monthly_income: {income}}}\n")
    (change,) = item(asking(rule), one, DAY).nearest
    assert (change.fact, change.gap_fen) == ("household.monthly_income", gap)
    assert words in change.says


def test_a_count_of_people_is_no_money():
    rule = "count(m for m in members if m.monthly_labour_income > LINE) >= 2"
    (change,) = item(
        asking(rule), family(members="[{id: a, monthly_labour_income: 1}]"), DAY
    ).nearest
    assert change.gap_fen is None
    assert "元" not in change.says.replace("元/", "")


def a_row(name, *facts, outcome=Outcome.UNMET, decides=True):
    used = tuple(
        FactUsed(name=fact, label="x", subject="a", value=value, shown="x") for fact, value in facts
    )
    return ConditionAnswer(
        id=name, says="x", outcome=outcome, decides=decides, clause=(), facts=used
    )


DIBAO, CARE, NONE = ("benefit.dibao", True), ("benefit.care", True), ("benefit.tekun", None)
INCOME = ("household.monthly_income", 0)


@pytest.mark.parametrize(
    ("rows", "by"),
    [
        ([a_row("not_on_dibao", DIBAO)], ("dibao",)),
        ([a_row("not_with_dibao", INCOME, NONE, DIBAO)], ("dibao",)),
        ([a_row("not_on_dibao", DIBAO), a_row("not_with_care", CARE)], ("dibao", "care")),
        ([a_row("not_on_dibao", DIBAO), a_row("line", INCOME)], ()),
        ([a_row("line", INCOME, DIBAO)], ()),
        ([a_row("status", NONE)], ()),
        ([a_row("not_on_dibao", DIBAO), a_row("line", INCOME, decides=False)], ("dibao",)),
        ([a_row("not_on_dibao", DIBAO), a_row("line", INCOME, outcome=Outcome.UNKNOWN)],
         ("dibao",)),
        ([a_row("line")], ()),
        ([], ()),
    ],
)  # fmt: skip
def test_what_only_the_held_aid_keeps_from_being_met_is_covered_by_it(rows, by):
    assert covered_by(rows) == by
