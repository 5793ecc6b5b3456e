"""What a golden case supposes (假设): a figure, `null` for "not entered", and nothing else."""

import pytest

from matching.errors import InputError
from matching.golden import read_cases
from tests.matching.tiny import catalogue

CASE = """\
- name: 一人
  date: 2026-07-01
  place: "310104"
  members: [{id: a, birth_date: 1970-01-01}]
  aid: []
  override: OVERRIDE
  expect:
    dibao: {outcome: unknown}
"""


def read(override):
    return read_cases(catalogue(), [("cases.yaml", CASE.replace("OVERRIDE", override))])


def findings(override):
    with pytest.raises(InputError) as told:
        read(override)
    return told.value.findings


def place_of(override, wrong):
    return 6, len("  override: ") + override.index(wrong) + 1


@pytest.mark.parametrize(
    ("override", "supposed"),
    [
        ("{LINE: null}", {"LINE": {(): None}}),
        ("{LINE: 1690}", {"LINE": {(): 169_000}}),
        ("{LINE: 1690.05}", {"LINE": {(): 169_005}}),
        ("{RATE: {f: 410, m: null}}", {"RATE": {("f",): 41_000, ("m",): None}}),
        ("{RATE: null}", {"RATE": {(): None}}),
        ("", {}),
    ],
)
def test_a_figure_or_null_is_supposed(override, supposed):
    (case,) = read(override)
    assert case.suppose == supposed


@pytest.mark.parametrize(
    ("override", "wrong"),
    [
        ("{LINE: abc}", "abc"),
        ('{LINE: "1690"}', "1690"),
        ("{LINE: true}", "true"),
        ("{LINE: [1690]}", "[1690]"),
        ("{LINE: 2026-07-01}", "2026"),
        ("{LINE: -1}", "-1"),
        ("{LINE: 1690.005}", "1690.005"),
        ("{RATE: {f: 410, m: abc}}", "abc"),
        ("{RATE: 410}", "410"),
        ("{RATE: {x: 410}}", "410"),
        ("{LINE: {f: 1690}}", "1690"),
        ("{LINE: {}}", "{}"),
        ("[LINE]", "[LINE]"),
        ("[]", "[]"),
        ("abc", "abc"),
    ],
)
def test_anything_else_is_told_with_place_and_cure(override, wrong):
    (found,) = findings(override)
    assert (found.line, found.column) == place_of(override, wrong)
    assert found.what
    assert "null" in found.cure


def test_a_standard_that_is_not_there_is_told():
    (found,) = findings("{LIN: 1690}")
    assert "LIN" in found.what
    assert "LINE" in found.cure
