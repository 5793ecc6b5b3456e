"""Everything that can be said has its Chinese words, and no sentence holds a value of a person."""

import re
from pathlib import Path

from matching.identity.barriers import Barrier
from matching.identity.compare import FIELDS
from matching.identity.findings import FindingKind, find_same_persons
from matching.identity.normalise import COLUMNS as READ_COLUMNS
from matching.identity.wording import (
    BARRIERS,
    CODES,
    COLUMNS,
    KINDS,
    LEVELS,
    say_evidence,
    say_finding,
)
from tests.matching.identity.people import a_record, a_register, an_id

LISTS = {"charity": "慈善", "civil_affairs": "民政"}
FOLDER = Path(__file__).resolve().parents[3] / "matching" / "identity"


def test_every_level_barrier_kind_and_column_has_words():
    assert set(COLUMNS) == set(READ_COLUMNS)
    assert set(BARRIERS) == set(Barrier)
    assert set(KINDS) == set(FindingKind)
    said = {name: set(levels) | {"missing"} for name, levels in LEVELS.items()}
    assert said == {name: {level.name.lower() for level in kind} for name, kind in FIELDS.items()}


def test_every_code_of_a_refusal_has_words():
    text = "".join((FOLDER / name).read_text("utf-8") for name in ("cells.py", "normalise.py"))
    missing = [code for code in CODES if f'"{code}"' not in text]
    assert not missing, "words for a code that nothing gives"
    given = set(re.findall(r'\((?:\*codes, )?"([a-z0-9_]+)",\)', text))
    given |= set(re.findall(r'\*codes, "([a-z0-9_]+)"\)', text))
    given |= set(re.findall(r'codes\.append\("([a-z0-9_]+)"\)', text))
    assert given - {"repeated"} <= set(CODES)


def test_a_finding_says_what_speaks_for_it_and_no_value():
    register = a_register(a_record(), a_record("charity", name="陈示煤", phones=("00099999999",)))
    (finding,) = find_same_persons(register)
    sentence = say_finding(finding, LISTS) + say_evidence(finding.evidence[0])
    assert sentence.startswith(
        "很可能是同一人：慈善、民政的 2 条记录，可能性 99.9%。身份证号相同；"
    )
    assert "姓名音同或形近" in sentence
    assert "电话不同" in sentence
    assert not any(value in sentence for value in ("陈示", an_id(), "000123", "示范路"))


def test_a_barrier_is_part_of_the_sentence():
    register = a_register(a_record(), a_record("charity", name="王例强"))
    (finding,) = find_same_persons(register)
    assert say_finding(finding, {}).startswith("可能是同一人，待核实")
    assert say_evidence(finding.evidence[0]).endswith("可能用了别人的号码或者改过名。")
