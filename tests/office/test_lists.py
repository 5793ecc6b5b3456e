"""Every figure equals its list; scope, order and one household more change what they must."""

from collections import defaultdict
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.errors import InputError
from matching.office import LISTS, Pattern, Tally, count, report_of
from seed.load import DEMO_SEED
from seed.synthetic import generate
from tests.findings.cases import ON as DEMO_DAY
from tests.findings.cases import catalogue as shipped
from tests.office.district import NORTH, SOUTH, counted, home, listed, meal, report, with_facts

TABLES = ("homes", "supply", "near_misses", "overlaps", "services", "fairness", "refusals")


class KeptRows(Tally):
    """A tally that keeps all rows, cell by cell."""

    def __init__(self):
        super().__init__()
        self.behind = defaultdict(list)

    def add(self, cell, row):
        super().add(cell, row)
        self.behind[cell].append(row)


@cache
def demo():
    """The generated district, its tables, and all rows behind them."""
    cases, tally = generate(DEMO_SEED, 80, DEMO_DAY).cases, KeptRows()
    count(shipped(), with_facts(cases, DEMO_DAY), DEMO_DAY, tally)
    return cases, report_of(tally, shipped(), DEMO_DAY), tally


def rows_of(found):
    return [row for name in (*TABLES, "departments") for row in getattr(found, name)]


def test_every_figure_of_the_generated_district_is_as_long_as_its_list():
    _, found, tally = demo()
    n_figures = 0
    for row in rows_of(found):
        for name, pattern in row.lists.items():
            meant = Pattern.of(pattern)
            behind = [
                one for cell in tally.behind if meant.fits(cell) for one in tally.behind[cell]
            ]
            assert len(behind) == getattr(row, name), (name, pattern)
            n_figures += 1
    assert n_figures > 2_000


def test_a_figure_that_counts_households_counts_each_once():
    _, found, tally = demo()
    for row in [*found.homes, *found.supply, *found.near_misses, *found.fairness]:
        for pattern in row.lists.values():
            meant = Pattern.of(pattern)
            homes = [
                one.household
                for cell in tally.behind if meant.fits(cell)
                for one in tally.behind[cell]
            ]  # fmt: skip
            assert len(homes) == len(set(homes)), pattern


def test_the_rows_that_are_asked_for_are_those_of_the_cells():
    cases, found, tally = demo()
    for row in (found.supply[0], found.overlaps[0], found.fairness[0], found.services[0]):
        name, pattern = max(row.lists.items(), key=lambda one: getattr(row, one[0]))
        rows = listed(cases, pattern, where=shipped(), on=DEMO_DAY)
        meant = Pattern.of(pattern)
        behind = [one for cell in tally.behind if meant.fits(cell) for one in tally.behind[cell]]
        assert len(rows) == getattr(row, name) > 0
        assert sorted(map(str, rows)) == sorted(map(str, behind))


def test_streets_add_up_to_the_whole():
    _, found, _ = demo()
    for rows in (found.supply, found.near_misses, found.overlaps, found.services, found.refusals):
        names = set(rows[0].lists) - {"in_need"}  # told where a condition shuts somebody out
        sums = defaultdict(int)
        for row in rows:
            told = tuple(
                getattr(row, one)
                for one in ("need", "policy", "condition", "kind", "a", "b", "month", "id")
                if hasattr(row, one)
            )
            for name in names:
                sums[told, name] += getattr(row, name) * (1 if row.street else -1)
        assert set(sums.values()) == {0}


def test_the_order_of_households_changes_nothing():
    cases, found, _ = demo()
    assert report(tuple(reversed(cases)), where=shipped(), on=DEMO_DAY) == found


def test_a_street_alone_gives_the_figures_of_the_street():
    cases, found, _ = demo()
    street = found.homes[1].street
    here = [case for case in cases if case.household.place.startswith(street)]
    alone = report(here, where=shipped(), on=DEMO_DAY)
    for name in ("homes", "supply", "near_misses", "services", "refusals"):
        of_street = [row for row in getattr(found, name) if row.street == street]
        assert [row for row in getattr(alone, name) if row.street] == of_street
    group = next(row for row in alone.fairness if row.dimension == "street")
    other = next(row for row in found.fairness if row.value == street)
    assert (group.received, group.missed) == (other.received, other.missed)


HOMES = st.builds(
    lambda number, street, arrears, hungry, severity, state, needs: home(
        number, street=street, arrears=arrears, hungry=hungry,
        needs=[meal(severity, state)] if needs else [],
        ledger=[{"policy": "meal_help", "to": "a", "start": DEMO_DAY.replace(year=2025),
                 "giver": "food_bank"}] if hungry is False and arrears else [],
    ),
    st.integers(100, 900), st.sampled_from([NORTH, SOUTH]), st.sampled_from([True, False, None]),
    st.sampled_from([True, False, None]), st.sampled_from([None, 0, 3]),
    st.sampled_from(["open", "partly_met", "met", "refused"]), st.booleans(),
)  # fmt: skip


@settings(deadline=None, max_examples=25)
@given(st.lists(HOMES, max_size=6, unique_by=lambda one: one.household.id), HOMES)
def test_one_household_more_changes_its_own_cells_and_no_other(cases, one):
    cases = [case for case in cases if case.household.id != one.household.id]
    before, alone, after = counted(cases), counted([one]), counted([*cases, one])
    assert after.counts == before.counts + alone.counts
    assert all(cell[1] == one.household.place[:9] for cell in alone.counts)


@pytest.mark.parametrize("text", ["", "/", "supply//x", "supply/+", "a" * 4_001, "supply/x,"])
def test_a_pattern_with_nothing_in_a_step_is_refused(text):
    with pytest.raises(InputError, match="名单的写法不对"):
        Pattern.of(text)


def test_every_list_belongs_to_a_report():
    _, _, tally = demo()
    assert {cell[0] for cell in tally.counts} <= set(LISTS)
