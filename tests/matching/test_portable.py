"""The portable reading says the same as the scan, bit for bit, on polars."""

from collections import Counter
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cache

import narwhals as nw
import polars as pl
import pytest
from hypothesis import given, settings

from matching import tree
from matching.errors import InputError
from matching.facts import family_of
from matching.portable import lowering
from matching.portable.encoded import frames_of
from matching.portable.layout import Frames, read_tables
from matching.portable.running import best_outcomes
from matching.scan import operations
from matching.scan.encode import encode
from matching.scan.population import scans
from seed.load import load_catalogue
from seed.synthetic import generate
from tests.matching.portable_cases import (
    ON,
    TABLES,
    in_parquet,
    program_of,
    random_program,
    scanned,
    truth_tables,
)
from tests.matching.random_families import DAYS, NUMBERS, family_from
from tests.matching.random_rules import population
from tests.matching.test_scan import golden_cases, named
from tests.matching.tiny import family as tiny_family

CATALOGUE = load_catalogue()
A_FEW = settings(max_examples=max(4, settings.default.max_examples // 10))
SOME = settings(max_examples=max(10, settings.default.max_examples // 3))


def on_polars(program, frames):
    found = best_outcomes(program, frames)
    return {plan.policy.id: found[plan.policy.id].to_list() for plan in program.plans}


def same_for_all(families, on, suppose=None):
    """Every pack's program on its own families; how often each outcome was given."""
    told = Counter()
    for one in scans(CATALOGUE, named(families), on, suppose=suppose):
        expected = scanned(one.program, one.table)
        assert on_polars(one.program, frames_of(one.table)) == expected
        told.update(value for values in expected.values() for value in values)
    return told


def test_connectives_and_quantifiers_follow_the_truth_tables():
    program, table, told = truth_tables(CATALOGUE)
    assert scanned(program, table) == told
    assert on_polars(program, frames_of(table)) == told


def answered_or_refused(program, table):
    """None: a rule multiplies so much that it could leave 64 bits."""
    frames = frames_of(table)
    try:
        lowering.lower(program, read_tables(frames))
    except InputError:
        return None
    return on_polars(program, frames)


@SOME
@given(number=NUMBERS)
def test_a_rule_at_random_says_the_same(number):
    program, table = random_program(CATALOGUE, number)
    told = answered_or_refused(program, table)
    assert told in (None, scanned(program, table))


def test_few_rules_at_random_are_too_wide_and_all_answers_occur():
    answered, told = 0, set()
    for number in range(12):
        found = answered_or_refused(*random_program(CATALOGUE, number))
        answered += found is not None
        told |= {value for values in (found or {}).values() for value in values}
    assert answered >= 9
    assert told == {0, 1, 2}


@A_FEW
@given(number=NUMBERS, on=DAYS)
def test_the_whole_catalogue_says_the_same_of_families_at_random(number, on):
    some = [family_from(number + n, share) for n, share in enumerate((0.3, 0.8, 1.0) * 5)]
    same_for_all([*some, *population(number, 25, "310104")], on)


def test_the_whole_catalogue_says_the_same_of_the_made_up_district():
    day = date(2026, 6, 30)
    told = same_for_all([family_of(case, day) for case in generate(7, 300, day).cases], day)
    assert set(told) == {0, 1, 2}


def test_the_golden_cases_of_the_days_most_asked_about_say_the_same():
    plain = [case for case in golden_cases() if not case.suppose]
    for on, _ in Counter(case.on for case in plain).most_common(2):
        same_for_all([case.family for case in plain if case.on == on], on)


def test_every_kind_of_operation_is_lowered():
    assert set(lowering.KINDS) == set(operations._KINDS)


def test_a_way_through_parquet_changes_nothing(tmp_path):
    program, table, told = truth_tables(CATALOGUE)
    assert on_polars(program, in_parquet(frames_of(table), tmp_path, pl.scan_parquet)) == told


def test_two_blocks_together_say_what_each_says():
    pack = CATALOGUE.pack_for("310104")
    program = program_of(pack, {"owes": ("person", False, _somebody_owes())})
    blocks = [encode(population(number, 9, "310104"), ON) for number in (1, 2)]
    frames = [frames_of(block, first=1_000 * place) for place, block in enumerate(blocks)]
    whole = Frames(
        *(pl.concat([getattr(one, name) for one in frames], how="diagonal") for name in TABLES),
        {**frames[0].scales, **frames[1].scales},
    )
    told = [value for block in blocks for value in scanned(program, block)["owes"]]
    assert on_polars(program, whole) == {"owes": told}
    assert len(set(told)) > 1


def _somebody_owes():
    alive = tree.Compare(">", tree.FactRef("o", "person.age"), tree.Literal(17))
    return tree.Quantifier("any", alive, "o", "obligors", None)


def test_hundredths_and_twelfths_stay_exact():
    """A third of a year's sum in fen, compared with what a float would round to the same."""
    income = tree.FactRef("household", "household.annual_income")
    month = tree.Scale("monthly", income)
    rules = {
        "more": tree.Compare(">", month, tree.Literal(Fraction(1_000_000_000_000, 3))),
        "same": tree.Compare("==", month, tree.Literal(Fraction(1_000_000_000_001, 3))),
    }
    program = program_of(
        CATALOGUE.pack_for("310104"), {name: ("household", False, it) for name, it in rules.items()}
    )
    table = encode([tiny_family("household: {annual_income: 40000000000.04}\n")], ON)
    assert on_polars(program, frames_of(table)) == {"more": [2], "same": [2]}


def test_what_could_leave_64_bits_is_refused_with_the_name_of_the_policy():
    income = tree.FactRef("household", "household.monthly_income")
    square = tree.Arith("*", income, income)
    rule = tree.Compare("<", tree.Arith("*", square, square), tree.Literal(5))
    program = program_of(CATALOGUE.pack_for("310104"), {"wide": ("household", False, rule)})
    table = encode([tiny_family("household: {monthly_income: 99999999999}\n")], ON)
    with pytest.raises(InputError, match=r"政策 wide 不能用可移植求值.*64 位"):
        best_outcomes(program, frames_of(table))


# Bad input


@cache
def plain_case():
    program, table, _ = truth_tables(CATALOGUE)
    return program, frames_of(table)


def test_a_frame_of_another_library_is_refused():
    program, frames = plain_case()
    with pytest.raises(InputError, match=r"只读 polars 或 Spark.*NaN"):
        best_outcomes(program, replace(frames, households={"household": [1]}))


def test_a_float_column_is_refused_because_nan_is_not_unknown():
    program, frames = plain_case()
    broken = frames.households.with_columns(household__monthly_income=pl.lit(float("nan")))
    with pytest.raises(InputError, match=r"household__monthly_income.*NaN 不能当作未知"):
        best_outcomes(program, replace(frames, households=broken))


def test_all_wrong_columns_are_told_at_once():
    program, frames = plain_case()
    broken = frames.persons.drop("member").with_columns(
        person__relation=pl.lit(3), person__serious_illness=pl.lit(True)
    )
    with pytest.raises(InputError) as caught:
        best_outcomes(program, replace(frames, persons=broken))
    for part in ("没有列 member", "person__relation", "person__serious_illness", "0 否, 1 未知"):
        assert part in caught.value.detail


def test_a_truth_beyond_two_and_an_empty_key_are_refused():
    program, frames = plain_case()
    broken = frames.persons.with_columns(person__serious_illness=pl.lit(3), member=None)
    broken = broken.with_columns(pl.col("member").cast(pl.Int8))
    with pytest.raises(InputError, match=r"(?s)member 有空格.*0 到 2 之间, 实为 3 到 3"):
        best_outcomes(program, replace(frames, persons=broken))


def test_an_empty_truth_is_unknown():
    program, frames = plain_case()
    column = next(name for name in frames.events.columns if name.startswith("event__"))
    empty = frames.events.with_columns(pl.lit(None, pl.Int8).alias(column))
    found = on_polars(program, replace(frames, events=empty))
    assert found["any"][-5:] == [1] * 5
    assert found["all"][-5:] == [1] * 5


# What these tests catch


def forgets_the_unknown(b, op, *cells):
    found = lowering.GROUPS["reduce"](b, op, *cells)
    return b.here(
        op.space, [found], lambda one: nw.when(one == 1).then(nw.lit(0)).otherwise(one), found.sort,
        found.den, found.bound,
    )  # fmt: skip


def a_guess_says_no(b, op, found, sure):
    return found


def stated_never_wins(b, op, stated, computed):
    return computed


def silence_stays_silent(b, op, found, other):
    return found


DEFECTS = [
    ("reduce", forgets_the_unknown), ("guess", a_guess_says_no), ("first", stated_never_wins),
    ("else", silence_stays_silent),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "defect"), DEFECTS, ids=lambda one: getattr(one, "__name__", one))
def test_a_planted_defect_is_caught(kind, defect, monkeypatch):
    monkeypatch.setitem(lowering.KINDS, kind, defect)
    families = [*population(3, 150, "310104"), *(family_from(n) for n in range(60))]
    with pytest.raises(AssertionError):
        same_for_all(families, ON)
