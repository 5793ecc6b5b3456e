"""Who acts on an alert, and by when: from the sources, or not at all; an emergency is at once."""

from datetime import date

import pytest

from matching.answer import answer
from seed.load import load_catalogue
from tests.matching.tiny import DAY, catalogue, family, finding, texts

ALERT = """\
- id: owes
  level: check
  subject: household
  says: 欠费，请核实
  test: household.utility_arrears
  clause: [{doc: LAW}]
"""
OWES = "household: {utility_arrears: true}\n"


def alert(more="", level="check", on=DAY):
    text = ALERT.replace("check", level) + more
    found = catalogue(texts(**{"cn/alerts.yaml": text}))
    (raised,) = answer(found, family(OWES), on).alerts
    return raised


def test_without_a_source_nobody_is_named_and_no_clock_runs():
    assert (alert().owner, alert().clock) == (None, None)


def test_the_owner_is_named_as_people_call_it():
    assert alert("  owner: civil_affairs\n").owner == "民政局"


def test_an_emergency_is_at_once():
    clock = alert(level="emergency").clock
    assert (clock.hours, clock.act_by) == (0, DAY)


@pytest.mark.parametrize(
    ("within", "on", "act_by"),
    [
        ("{hours: 24}", date(2026, 3, 2), date(2026, 3, 3)),
        ("{hours: 25}", date(2026, 3, 2), date(2026, 3, 4)),
        ("{working_days: 3}", date(2026, 3, 6), date(2026, 3, 11)),  # over a weekend
        ("{months: 3}", date(2026, 3, 31), date(2026, 6, 30)),
    ],
)
def test_a_clock_says_the_last_day(within, on, act_by):
    assert alert(f"  within: {within}\n", on=on).clock.act_by == act_by


def test_working_days_past_the_published_years_are_an_estimate():
    assert alert("  within: {working_days: 3}\n", on=date(2050, 1, 3)).clock.estimated


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ("  owner: civil_affair\n", "没有登记过部门 civil_affair。"),
        ("  within: {hours: 1, months: 1}\n", "within 要写"),
        ("  within: {}\n", "within 要写"),
        ("  within: {hours: -1}\n", "hours"),
        ("  within: {days: 1}\n", "没有叫 days 的键"),
    ],
)
def test_a_mistake_is_told(more, what):
    assert what in finding(texts(**{"cn/alerts.yaml": ALERT + more})).what


def test_an_owner_or_clock_without_a_clause_is_refused():
    text = ALERT.replace("  clause: [{doc: LAW}]\n", "") + "  within: {months: 3}\n"
    found = finding(texts(**{"cn/alerts.yaml": text}))
    assert "没有依据" in found.what
    assert "没有出处的不写" in found.cure


def test_in_the_real_catalogue_emergencies_are_at_once_and_a_death_is_looked_into_in_three_months():
    pack = load_catalogue().packs["cn"]
    by_id = {rule.id: rule for rule in pack.alerts}
    assert by_id["paid_after_death"].clock.months == 3
    assert by_id["suicide_risk"].clock is None, "its level says it: at once"
    assert all(rule.clauses for rule in pack.alerts if rule.owner or rule.clock)
