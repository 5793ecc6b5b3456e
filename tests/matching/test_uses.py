"""What policies use, and which figures the office has to enter."""

from datetime import date

import pytest

from matching.uses import definitions_in, due_standards, facts_in, reach, standards_in
from seed.load import load_catalogue
from tests.builders import with_line_of_july
from tests.matching.tiny import LINE, RATE, a_policy, asking, catalogue, texts

REAL, LINE_NOT_ENTERED = load_catalogue(), with_line_of_july(None)
JUNE, JULY = date(2026, 6, 30), date(2026, 7, 1)


def ids(day, place="310104", found=REAL):
    return {due.id for due in due_standards(found, day, place)}


def test_the_line_of_shanghai_is_due_on_the_first_of_july():
    assert "DIBAO_LINE" not in ids(JUNE, found=LINE_NOT_ENTERED)
    assert "DIBAO_LINE" in ids(JULY, found=LINE_NOT_ENTERED)


def test_a_line_that_is_entered_is_no_longer_due():
    assert "DIBAO_LINE" not in ids(JULY, found=with_line_of_july(1690))


def test_what_is_due_says_since_when_why_and_for_whom():
    all_due = due_standards(LINE_NOT_ENTERED, JULY, "310104")
    (due,) = [one for one in all_due if one.id == "DIBAO_LINE"]
    assert due.since == JULY
    assert due.why == "这一天的数值没有录入"
    assert "dibao" in due.policies
    assert due.pack == "cn/shanghai"


@pytest.mark.parametrize("day", [date(2018, 5, 1), date(2024, 8, 1), JUNE, JULY])
@pytest.mark.parametrize("place", ["310104", "310105", "990100", "310199", "61"])
def test_every_figure_due_answers_unknown_and_no_other_that_is_used(day, place):
    pack = REAL.pack_for(place)
    used = {
        name
        for policy in pack.policies.values()
        if policy.period.holds(day)
        for condition in policy.conditions
        if condition.period.holds(day)
        for node in reach(pack, [condition.test], day)
        for name in standards_in(node)
    }
    for name in used:
        standard = pack.standards[name]
        if not standard.keys:
            assert (name in ids(day, place)) == (standard.at(day).figure is None), name


def asked(rule):
    return asking(rule).packs["cn/here"]


def test_a_figure_that_nobody_uses_is_not_due():
    assert ids(JUNE, "310104", catalogue()) == set()
    found = asking("UNSET > household.monthly_income")
    assert ids(JUNE, "310104", found) == {"UNSET"}
    assert ids(JUNE, "310105", found) == set()
    assert {due.id for due in due_standards(found, JUNE)} == {"UNSET"}


def test_a_figure_behind_a_definition_is_due_and_one_of_a_policy_that_is_over_is_not():
    files = texts(
        **{
            "cn/here/definitions.yaml": "household.disregard:\n  test: UNSET\n"
            "  clause: [{doc: LAW}]\n",
            "cn/here/policies/asked.yaml": a_policy(
                "asked", "household.disregard > 0", valid="{until: 2026-06-30}"
            ),
        }
    )
    assert ids(JUNE, "310104", catalogue(files)) == {"UNSET"}
    assert ids(JULY, "310104", catalogue(files)) == set()


def test_a_figure_of_an_old_rhythm_is_due_after_a_year():
    line = LINE.replace("values:", "rhythm: yearly\nvalues:")
    files = texts(
        **{
            "cn/here/standards/LINE.yaml": line,
            "cn/here/policies/asked.yaml": a_policy(
                "asked", "household.one_person * LINE > household.monthly_income"
            ),
        }
    )
    found = catalogue(files)
    assert ids(date(2019, 4, 1), "310104", found) == set()
    assert ids(date(2019, 4, 3), "310104", found) == {"LINE"}


def test_older_cells_of_a_plain_figure_are_not_due():
    line = LINE.replace("  - {from", "  - {from: 2010-01-01, value: {urban: 1, rural: 2}, "
                        "source: {doc: LAW}, flag: seed}\n  - {from")  # fmt: skip
    files = texts(
        **{
            "cn/here/standards/LINE.yaml": line,
            "cn/here/policies/asked.yaml": a_policy(
                "asked", "household.one_person * LINE > household.monthly_income"
            ),
        }
    )
    found = catalogue(files)
    assert ids(JUNE, "310104", found) == set()
    assert ids(date(2012, 1, 1), "310104", found) == {"LINE"}


def test_a_figure_with_keys_is_due_while_a_cell_is_missing():
    for value, due in (("{f: null, m: null}", {"RATE"}), ("{f: 1, m: null}", {"RATE"}),
                       ("{f: 1, m: 2}", set())):  # fmt: skip
        rate = RATE[: RATE.index("  - {")] + f"  - {{from: 2018-04-01, value: {value}"
        rate += ", source: {doc: LAW}, flag: seed}\n"
        rule = "RATE[person.sex] > household.monthly_income"
        files = texts(
            **{
                "cn/here/standards/RATE.yaml": rate,
                "cn/here/policies/asked.yaml": a_policy("asked", rule, subject="person"),
            }
        )
        assert ids(JUNE, "310104", catalogue(files)) == due


def test_the_counted_members_name_their_definition():
    pack = asked("any(m.is_carer for m in counted)")
    node = pack.policies["asked"].conditions[0].test
    assert facts_in(node) == {"person.is_carer", "person.counted"}
    assert definitions_in(pack, node) == {"person.counted"}
    behind = {name for part in reach(pack, [node], JUNE) for name in facts_in(part)}
    assert "person.life_status" in behind
