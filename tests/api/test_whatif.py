"""What a figure changes, through the service: exact figures, and the same with fewer policies."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from api.services.upcoming import upcoming
from api.services.whatif import (
    FamilyAgain,
    FamilyChange,
    cases_of,
    compare,
    ends_with,
    recheck,
    sides_of,
)
from graph import open_store
from matching.answer import answer
from matching.facts import family_of
from matching.model.answer import Outcome
from matching.recheck import look_again
from matching.upcoming import steps, turns_of, turns_of_rules
from matching.what_changes import Totals, family_shift
from matching.whatif_file import read_supposition
from seed.load import load_catalogue, load_demo
from seed.synthetic import generate
from tests.matching.answer_rows import decided, rows_of

ON = date(2026, 6, 30)
REAL = load_catalogue()
DEMO = generate(20260630, 40, ON).cases[0]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    url = f"embedded:{tmp_path_factory.mktemp('demo') / 'demo.sqlite'}"
    with open_store(url, create=True) as opened:
        load_demo(opened, REAL, lambda password: "x" * len(password), n_households=40)
        yield opened


def sides(text):
    return sides_of(REAL, read_supposition(REAL, text, "假设.yaml"), ON, Path())


def shift_of(line_fen):
    family = family_of(DEMO, ON)
    before, after = (
        decided(answer(REAL, family, ON, suppose=suppose))
        for suppose in (None, {"DIBAO_LINE": {(): line_fen}})
    )
    return family_shift("H", "310199", before, after, ends_with(REAL.pack_for("310199"), ON))


@pytest.mark.parametrize(
    ("line_fen", "loses", "lost"),
    [
        # 2,400 yuan for three persons: at 800 not below the line, and the living allowance of 450
        # a month goes with dibao; at 800.01 a month's 0.03 yuan is left
        (80_000, 12 * (255_000 + 45_000), {"dibao", "disability_living", "dibao_category_topup"}),
        (80_001, 12 * (255_000 - 3), set()),
        (165_000, 0, set()),
    ],
)
def test_the_cliff_of_the_demo_family_is_exact(line_fen, loses, lost):
    found = shift_of(line_fen)
    assert (found.loses_fen, found.gains_fen) == (loses, 0)
    assert {one.row.policy for one in found.lost} == lost


@pytest.mark.parametrize("line", [700, 3000, "null"])
def test_leaving_out_what_cannot_differ_changes_nothing(store, line):
    narrow = sides(f"standards: {{DIBAO_LINE: {line}}}\n")
    wide = tuple(replace(side, asked=None) for side in narrow)
    place = "310199001"
    few, all_ = Totals(), Totals()
    found = [one for one in compare(store, narrow, place, few) if isinstance(one, FamilyChange)]
    wanted = [one for one in compare(store, wide, place, all_) if isinstance(one, FamilyChange)]
    assert [one.shift.household for one in found] == [one.shift.household for one in wanted]
    for one, other in zip(found, wanted, strict=True):
        assert set(one.shift.shifts) == set(other.shift.shifts)
        assert set(one.shift.lost) == set(other.shift.lost)
        assert one.shift.net_fen == other.shift.net_fen
    assert few.kinds == all_.kinds
    assert few.wanting(few.policies) == all_.wanting(all_.policies)
    asked = narrow[0].asked.pack_for(place).policies
    assert len(asked) < len(REAL.pack_for(place).policies) / 2


def explained(store, two, place):
    """The same without a scan: both tables of every household."""
    totals, found = Totals(), []
    for case in cases_of(store, place):
        old, new = (family_of(case, side.on) for side in two)
        answers = [
            answer(side.rules, family, side.on)
            for side, family in zip(two, (old, new), strict=True)
        ]
        where = case.household
        ends = ends_with(two[1].catalogue.pack_for(where.place), two[1].on)
        shift = family_shift(where.id, where.place, *map(decided, answers), ends)
        totals.add(shift)
        open_ = [row for row in rows_of(answers[1]) if row.outcome is Outcome.UNKNOWN]
        lacking = {(row.policy, name): 1 for row in open_ for name in row.missing}
        totals.add_open(lacking, {row.policy: row.label for row in rows_of(answers[1])})
        if shift.shifts or shift.lost:
            found.append(FamilyChange(case, new, shift))
    return found, totals


@pytest.mark.parametrize(
    "text",
    [
        "standards: {DIBAO_LINE: 1400}\n",
        "standards: {DIBAO_LINE: null, DISAB_NURSING: null, GRAIN_OIL: null}\n",
        "day: 2026-07-01\n",
        "day: 2026-01-01\n",
    ],
)
def test_what_is_not_explained_would_not_have_changed_anything(store, text):
    two, place, totals = sides(text), "3101990010", Totals()
    found = list(compare(store, two, place, totals))
    wanted, counted = explained(store, two, place)
    assert found == wanted
    assert replace(totals, undecided=+totals.undecided) == counted
    assert counted.households > len(found)


def test_applications_are_looked_at_again_as_if_everybody_were_explained(store):
    side = sides("standards: {DIBAO_LINE: 3000}\n")[1]
    wanted = []
    for case in cases_of(store, None):
        family = family_of(case, ON)
        again = look_again(family, decided(answer(side.catalogue, family, ON)), ON)
        wanted += [FamilyAgain(case, family, again)] if again else []
    assert list(recheck(store, side, None)) == wanted


def test_what_lies_ahead_is_found_as_if_every_day_were_explained(store):
    span, place = (date(2026, 6, 20), date(2026, 7, 12)), "31019900100"
    found = {one.case.household.id: one for one in upcoming(store, REAL, place, span)}
    households = 0
    for case in cases_of(store, place):
        households += 1

        def table_at(day, case=case):
            return decided(answer(REAL, family_of(case, day), day))

        family, home = family_of(case, span[0]), case.household.id
        turns = turns_of(REAL, case, family, *span)
        rules = turns_of_rules(REAL.pack_for(family.place), *span)
        days = {turn.day for turn in (*turns, *rules)}
        changes = {
            step.day: family_shift(home, case.household.place, step.before, step.after)
            for step in steps(*span, days, table_at)
        }
        stages = found[home].stages if home in found else ()
        shifts = {stage.day: stage.shift for stage in stages if stage.shift.shifts}
        assert shifts == {day: shift for day, shift in changes.items() if shift.shifts}
    assert found
    assert households >= 10
