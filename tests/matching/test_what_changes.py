"""Two outcome tables of a household: who enters, who leaves, who loses more than it gains."""

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from matching.answer import answer
from matching.model.answer import Outcome
from matching.what_changes import Kind, Row, Totals, family_shift
from tests.matching.answer_rows import rows_of
from tests.matching.tiny import DAY, asking, family

MET, UNMET, UNKNOWN = Outcome.MET, Outcome.UNMET, Outcome.UNKNOWN


def row(policy="dibao", outcome=MET, subject="household", **more):
    return Row(policy, policy, subject, outcome, **{"unit": "CNY/month", **more})


def shift(before, after, ends_with=None):
    return family_shift("H-1", "310104", before, after, ends_with)


def kinds(before, after):
    return [(one.kind, one.row.policy) for one in shift(before, after).shifts]


def test_who_stands_the_same_does_not_change():
    rows = [row(amount_fen=100), row("tekun", UNKNOWN, missing=("LINE",))]
    assert shift(rows, list(reversed(rows))).shifts == ()


def test_each_kind_of_change_has_its_name():
    assert kinds([row(outcome=UNMET)], [row()]) == [(Kind.ENTERS, "dibao")]
    assert kinds([row(outcome=UNKNOWN)], [row()]) == [(Kind.ENTERS, "dibao")]
    assert kinds([row()], [row(outcome=UNMET)]) == [(Kind.LEAVES, "dibao")]
    assert kinds([row()], []) == [(Kind.LEAVES, "dibao")]
    assert kinds([], [row()]) == [(Kind.ENTERS, "dibao")]
    assert kinds([row()], [row(outcome=UNKNOWN)]) == [(Kind.OPEN, "dibao")]
    assert kinds([row(amount_fen=1)], [row(amount_fen=2)]) == [(Kind.AMOUNT, "dibao")]
    assert kinds([row(outcome=UNKNOWN)], [row(outcome=UNMET)]) == []


def test_who_receives_it_and_was_open_leaves_all_the_same():
    held = row(outcome=UNKNOWN, held=True, paid_fen=81_000)
    found = shift([held], [replace(held, outcome=UNMET)])
    assert [one.kind for one in found.shifts] == [Kind.LEAVES]
    assert found.loses_fen == 12 * 81_000


def test_a_cliff_is_exact_to_the_fen():
    """A raised line pays 0.01 yuan a month more, and a yearly aid of 0.13 yuan goes."""
    before = [
        row(held=True, amount_fen=100),
        row("fuel", held=True, amount_fen=13, unit="CNY/year"),
    ]
    after = [
        row(held=True, amount_fen=101),
        row("fuel", UNMET, held=True, amount_fen=13, unit="CNY/year"),
    ]
    found = shift(before, after)
    assert (found.gains_fen, found.loses_fen, found.net_fen) == (12, 13, -1)
    assert found.is_cliff
    just = shift(before, [after[0], replace(after[1], outcome=MET, amount_fen=1)])
    assert (just.net_fen, just.is_cliff) == (0, False)


def test_what_ends_with_a_status_is_lost_though_its_own_rule_still_reads_the_ledger():
    before = [row(held=True, amount_fen=500), row("living", held=True, amount_fen=300, subject="a")]
    after = [replace(before[0], outcome=UNMET), before[1]]
    rests = {"living": ("dibao", "marginal")}
    found = shift(before, after, rests)
    assert [(one.row.policy, one.with_) for one in found.lost] == [
        ("dibao", None), ("living", "dibao"),
    ]  # fmt: skip
    assert found.loses_fen == 12 * 800
    kept = shift(before, [*after, row("marginal", MET, form="status")], rests)
    assert [one.row.policy for one in kept.lost] == ["dibao"]


def test_only_what_is_received_can_be_lost_with_a_status():
    before = [row(held=True, amount_fen=500), row("living", amount_fen=300, subject="a")]
    after = [replace(before[0], outcome=UNMET), before[1]]
    assert [one.row.policy for one in shift(before, after, {"living": ("dibao",)}).lost] == [
        "dibao"
    ]


def test_what_is_received_already_is_no_gain_when_it_turns_out_right():
    held = row(outcome=UNKNOWN, held=True, amount_fen=500)
    found = shift([held], [replace(held, outcome=MET)])
    assert [one.kind for one in found.shifts] == [Kind.ENTERS]
    assert found.gains_fen == 0


def test_what_nobody_can_price_is_named_and_not_counted():
    before = [row(held=True, amount_fen=None), row("meal", held=True, form="service")]
    found = shift(before, [replace(one, outcome=UNMET) for one in before])
    assert found.loses_fen == 0
    assert found.unpriced == ("dibao",)
    once = shift([], [row("temp", amount_fen=900, unit="CNY")])
    assert (once.gains_fen, once.unpriced) == (0, ("temp",))


def test_totals_count_households_and_what_is_missing():
    totals = Totals()
    open_ = [row(outcome=UNKNOWN, missing=("LINE",)), row(outcome=UNKNOWN, subject="a")]
    for before, after in (([row(outcome=UNMET)], [row()]), ([row()], [row()]), ([row()], open_)):
        totals.add(shift(before, after))
    totals.add_open({("dibao", "LINE"): 1}, {"dibao": "低保"})
    assert (totals.households, totals.touched, totals.cliffs) == (3, 2, 0)
    assert totals.households_of(Kind.ENTERS, "dibao") == 1
    assert totals.policies == ("dibao",)
    assert totals.wanting(totals.policies) == (("dibao", "LINE", 1),)
    assert totals.wanting(["tekun"]) == ()


def test_an_answer_becomes_a_table():
    found = rows_of_asked("household.utility_arrears", "household: {utility_arrears: true}")
    assert (found.outcome, found.held, found.missing) == (MET, False, ())
    assert rows_of_asked("household.utility_arrears", "").missing == ("household.utility_arrears",)


def rows_of_asked(rule, text):
    rows = rows_of(answer(asking(rule), family(text), DAY))
    return next(one for one in rows if one.policy == "asked")


def tables(number):
    rng = Random(number)

    def table():
        return [
            row(
                policy,
                rng.choice([MET, UNMET, UNKNOWN]),
                rng.choice(["household", "a"]),
                held=rng.random() < 0.5,
                amount_fen=rng.choice([None, rng.randint(0, 9_999)]),
                unit=rng.choice(["CNY/month", "CNY/year", "CNY"]),
            )
            for policy in ("dibao", "tekun", "living")
            if rng.random() < 0.9
        ]

    return table(), table()


@given(st.integers(0, 2**32))
def test_money_is_whole_and_nobody_is_counted_twice(number):
    before, after = tables(number)
    found = shift(before, after, {"living": ("dibao",)})
    assert found.loses_fen >= 0
    assert found.gains_fen >= 0
    assert isinstance(found.net_fen, int)
    assert len({one.row.key for one in found.lost}) == len(found.lost)
    assert shift(before, before).net_fen == 0
    entered = {one.row.key for one in found.shifts if one.kind is Kind.ENTERS}
    assert entered == {one.key for one in after if one.outcome is MET} - {
        one.key for one in before if one.outcome is MET
    }
