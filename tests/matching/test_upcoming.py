"""What turns soon: the day, why, and what it changes; found once, on its day, or not at all."""

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.facts import family_of
from matching.model.answer import Outcome
from matching.model.records import (
    AidRecord,
    ApplicationRecord,
    Batch,
    EventRecord,
    Membership,
    Record,
    SubjectKind,
)
from matching.upcoming import ALWAYS, Turn, steps, turns_of, turns_of_rules
from matching.what_changes import Row
from seed.load import load_catalogue
from tests.builders import a_case
from tests.matching.tiny import LINE, catalogue, texts

ON, UNTIL = date(2026, 6, 30), date(2026, 7, 30)
REAL = load_catalogue()
H = "h1"


def record(about, facts, as_of=ON, kind=SubjectKind.PERSON):
    return Record(
        id=f"r-{about}-{as_of}-{len(facts)}-{min(facts)}", kind=kind, about=about,
        source="civil_affairs", as_of=as_of, received=as_of, facts=facts,
    )  # fmt: skip


def case(**changes):
    nothing = {
        "records": (),
        "events": (),
        "aid": (),
        "applications": (),
        "needs": (),
        "batches": (),
    }
    return a_case(H, place="310104013001", **{**nothing, **changes})


def turns(one, on=ON, until=UNTIL, found=REAL):
    return turns_of(found, one, family_of(one, on), on, until)


def told(one, kind, **more):
    return [(turn.day, turn.says) for turn in turns(one, **more) if turn.kind == kind]


@pytest.mark.parametrize(
    ("born", "day", "years"),
    [
        (date(2010, 7, 1), date(2026, 7, 1), 16),
        (date(1966, 7, 30), date(2026, 7, 30), 60),
        (date(2010, 6, 30), None, None),  # today
        (date(2010, 7, 31), None, None),  # the day after
    ],
)
def test_a_birthday_turns_on_its_day(born, day, years):
    one = case(records=(record("h1-p1", {"person.birth_date": born}),))
    wanted = [(day, f"满 {years} 周岁")] if day else []
    assert told(one, "birthday") == wanted


def test_who_is_born_on_the_29th_of_february_turns_on_the_first_of_march():
    one = case(records=(record("h1-p1", {"person.birth_date": date(2008, 2, 29)}),))
    span = {"on": date(2026, 2, 1), "until": date(2026, 3, 31)}
    assert told(one, "birthday", **span) == [(date(2026, 3, 1), "满 18 周岁")]


def test_a_record_grows_too_old_the_day_after_its_months_are_over():
    income = record(H, {"household.monthly_income": 1}, date(2026, 1, 10), SubjectKind.HOUSEHOLD)
    assert told(case(records=(income,)), "record") == [
        (date(2026, 7, 11), "家庭月可支配收入合计的记录满 6 个月"),
    ]
    last_fresh = family_of(case(records=(income,)), date(2026, 7, 10))
    assert "household.monthly_income" in last_fresh.facts
    assert (
        "household.monthly_income"
        not in family_of(case(records=(income,)), date(2026, 7, 11)).facts
    )


def aid(policy, start, until=None, to="household"):
    return AidRecord(id=f"a-{policy}", household=H, policy=policy, to=to, start=start, until=until)


def test_aid_and_a_recognised_status_end_the_day_after_their_last_day():
    ending = (
        aid("dibao", date(2020, 1, 1), date(2026, 7, 5)),
        aid("dibao_marginal", date(2025, 7, 20), date(2026, 7, 19)),
    )
    assert told(case(aid=ending), "aid") == [
        (date(2026, 7, 6), "最低生活保障到期"),
        (date(2026, 7, 20), "最低生活保障边缘家庭的认定到期"),
    ]


def test_what_is_written_down_until_the_last_of_all_days_has_no_end():
    kinds = ("dibao", "dibao_marginal", "gradual_exit")
    endless = tuple(aid(policy, date(2020, 1, 1), date.max) for policy in kinds)
    stay = Membership(person="h1-p1", household=H, start=date(2001, 1, 1), until=date.max)
    found = turns(case(aid=endless, memberships=(stay,)))
    assert {turn.kind for turn in found}.isdisjoint({"aid", "exit", "member"})
    endless_line = LINE.replace("from: 2018-04-01,", "from: 2018-04-01, until: 9999-12-31,")
    pack = catalogue(texts(**{"cn/here/standards/LINE.yaml": endless_line})).packs["cn/here"]
    assert turns_of_rules(pack, ON, UNTIL) == ()


def test_a_gradual_exit_ends_with_its_entry_and_an_unknown_figure_ends_nothing():
    assert told(case(aid=(aid("gradual_exit", date(2026, 1, 1), date(2026, 7, 9)),)), "exit") == [
        (date(2026, 7, 10), "救助渐退期满"),
    ]
    assert told(case(aid=(aid("gradual_exit", date(2026, 1, 5)),)), "exit") == []


def test_aid_given_once_is_one_turn():
    once = aid("temp_emergency", date(2026, 7, 3), date(2026, 7, 3))
    assert [day for day, _ in told(case(aid=(once,)), "aid")] == [date(2026, 7, 3)]


def applied(outcome, day, policy="dibao"):
    return ApplicationRecord(
        id=f"q-{outcome}", household=H, policy=policy, outcome=outcome, date=day
    )


def test_two_years_after_a_refusal_it_does_not_count_any_more():
    ((day, says),) = told(case(applications=(applied("refused", date(2024, 7, 14)),)), "window")
    assert day == date(2026, 7, 15)
    assert "之后就不在这一圈" in says


def test_a_year_after_it_declined_a_family_may_be_asked_again():
    ((day, says),) = told(case(applications=(applied("declined", date(2025, 7, 9)),)), "ask_again")
    assert day == date(2026, 7, 10)
    assert "可以再问一次" in says


def test_who_moves_in_or_out_and_what_is_written_down_for_a_day_ahead():
    moving = (
        Membership(person="h1-p1", household=H, start=date(2001, 1, 1)),
        Membership(person="h1-p2", household=H, start=date(2001, 1, 1), until=date(2026, 7, 4)),
        Membership(person="h1-p3", household=H, start=date(2026, 7, 8)),
    )
    assert told(case(memberships=moving), "member") == [
        (date(2026, 7, 5), "不再同住"), (date(2026, 7, 8), "住进来"),
    ]  # fmt: skip
    event = EventRecord(id="e1", household=H, person="h1-p1")
    ahead = record("e1", {"event.date": date(2026, 7, 9)}, kind=SubjectKind.EVENT)
    found = told(case(events=(event,), records=(ahead,)), "event")
    assert (date(2026, 7, 9), "登记的困难事件发生") in found


def test_a_ledger_that_nobody_checked_for_a_quarter_turns():
    batch = Batch(
        id="b", source="civil_affairs", as_of=date(2026, 4, 10), received=date(2026, 4, 10),
        covers_aid=frozenset({"dibao"}), covers_places=frozenset({"310104"}),
    )  # fmt: skip
    assert told(case(batches=(batch,)), "ledger") == [
        (date(2026, 7, 12), "救助台账满三个月没有再核对"),
    ]


def test_the_rules_turn_with_figures_that_end_and_texts_that_begin():
    ending = LINE.replace("{from: 2018-04-01,", "{from: 2018-04-01, until: 2026-07-14,")
    tiny = catalogue(texts(**{"cn/here/standards/LINE.yaml": ending}))
    found = turns_of_rules(tiny.packs["cn/here"], ON, UNTIL)
    assert [(turn.day, turn.about) for turn in found] == [(date(2026, 7, 15), "LINE")]
    assert "等办公室录入" in found[0].says
    yearly = LINE.replace("unit:", "rhythm: yearly\nunit:").replace("2018-04-01", "2025-07-10")
    round_over = catalogue(texts(**{"cn/here/standards/LINE.yaml": yearly}))
    assert [turn.day for turn in turns_of_rules(round_over.packs["cn/here"], ON, UNTIL)] == [
        date(2026, 7, 12),
    ]
    law = turns_of_rules(REAL.pack_for("310104"), date(2026, 6, 30), date(2026, 7, 1))
    assert any(turn.about == "DIBAO_LINE" for turn in law)


def test_what_turned_today_is_not_ahead_any_more():
    ended = aid("dibao", date(2020, 1, 1), ON - timedelta(days=1))
    assert told(case(aid=(ended,)), "aid") == []


def test_who_is_not_born_yet_has_no_birthday():
    one = case(records=(record("h1-p1", {"person.birth_date": date(2026, 7, 5)}),))
    assert told(one, "birthday") == []


def test_a_round_that_is_over_turns_nothing_where_a_new_figure_holds():
    more = "  - {from: 2026-03-01, value: 1100, source: {doc: LAW}, flag: seed}\n"
    text = LINE.replace("unit:", "rhythm: yearly\nunit:").replace("2018-04-01", "2025-07-10")
    tiny = catalogue(texts(**{"cn/here/standards/LINE.yaml": text + more}))
    assert turns_of_rules(tiny.packs["cn/here"], ON, UNTIL) == ()
    found = turns_of_rules(tiny.packs["cn/here"], date(2026, 2, 1), UNTIL)
    assert [(turn.day, turn.says) for turn in found] == [(date(2026, 3, 1), "线换新数值")]


def test_a_family_with_nothing_ahead_has_no_turns():
    assert not [turn for turn in turns(case()) if turn.kind in ALWAYS]


def table_of(days, outcomes):
    """A table that changes on these days, never back, and is the same in between."""

    def at(day):
        place = sum(one <= day for one in days)
        return [Row("dibao", "低保", "household", outcomes[place], amount_fen=place)]

    return at


@given(st.integers(0, 2**32))
def test_each_change_is_found_on_its_day_also_where_nobody_expected_it(number):
    rng = Random(number)
    days = sorted(rng.sample([ON + timedelta(days=n) for n in range(1, 31)], rng.randint(0, 3)))
    values = [Outcome.MET, Outcome.UNKNOWN, Outcome.UNMET, Outcome.MET][: len(days) + 1]
    expected = [day for day in days if rng.random() < 0.5]
    asked = []
    at = table_of(days, values)

    def table(day):
        asked.append(day)
        return at(day)

    found = list(steps(ON, UNTIL, expected, table))
    assert [step.day for step in found] == days
    assert len(asked) == len(set(asked)), "no day is asked for twice"
    for step in found:
        assert at(step.day - timedelta(days=1)) != at(step.day)
        assert list(step.after) == at(step.day)


def test_a_change_and_its_undoing_between_two_days_asked_for_is_not_seen():
    """The price of asking on few days; whatever is known beforehand is one of them."""
    there, back = date(2026, 7, 10), date(2026, 7, 12)

    def table(day):
        return [Row("dibao", "低保", "household", Outcome.MET, amount_fen=int(there <= day < back))]

    assert list(steps(ON, UNTIL, (), table)) == []
    assert [one.day for one in steps(ON, UNTIL, (there,), table)] == [there, back]


def test_turns_are_in_order_of_their_days():
    days = [Turn(date(2026, 7, 2), "aid", "b"), Turn(date(2026, 7, 1), "aid", "a")]
    assert sorted(days)[0].says == "a"
