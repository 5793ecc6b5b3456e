"""Levels: what each pair of values is called, and the same from either side."""

from datetime import date

import pytest
from hypothesis import given

from matching.identity.blocking import keys_of
from matching.identity.compare import FIELDS, BirthLevel, IdLevel, NameLevel, compare_births
from matching.identity.records import IdState
from tests.matching.identity.people import CHARACTERS, COMPARER, a_record, an_id, some_records


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("陈示梅", "陈示梅", NameLevel.EQUAL),
        ("陈示梅", "陈示煤", NameLevel.ALIKE),
        ("付示杰", "傅示洁", NameLevel.ALIKE),
        ("李示未", "李示末", NameLevel.ALIKE),
        ("陈示梅", "陈梅示", NameLevel.SWAPPED),
        ("陈示梅", "陈梅", NameLevel.ONE_MISSING),
        ("陈示梅", "陈*梅", NameLevel.HIDDEN),
        ("陈示梅", "陈示兰", NameLevel.ONE_OTHER),
        ("陈示芳", "陈示芬", NameLevel.ONE_OTHER),
        ("陈示梅", "陈建国", NameLevel.SURNAME),
        ("欧阳示", "欧阳例", NameLevel.SURNAME),
        ("欧阳示梅", "欧例强", NameLevel.DIFFERENT),
        ("陈示梅", "王示梅", NameLevel.DIFFERENT),
        ("陈*", "王*", NameLevel.DIFFERENT),
        ("陈示梅", None, NameLevel.MISSING),
    ],
)
def test_names(left, right, level):
    assert COMPARER.compare_names(left, right) is level
    assert COMPARER.compare_names(right, left) is level


def swap(text, at):
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


NUMBER = an_id(order=123)


@pytest.mark.parametrize(
    ("number", "state", "level"),
    [
        (NUMBER, IdState.VALID, IdLevel.EQUAL),
        (swap(NUMBER, 14), IdState.FAULTY, IdLevel.NEAR),
        (NUMBER[:9] + NUMBER[10:], IdState.FAULTY, IdLevel.NEAR),
        (an_id(order=132), IdState.VALID, IdLevel.TWO_VALID),
        (NUMBER[:6] + "*" * 8 + NUMBER[14:], IdState.MASKED, IdLevel.HIDDEN_TAIL),
        (NUMBER[:14] + "****", IdState.MASKED, IdLevel.HIDDEN_HEAD),
        (an_id(order=132)[:6] + "*" * 8 + an_id(order=132)[14:], IdState.MASKED, IdLevel.DIFFERENT),
        (swap(an_id(order=777), 3), IdState.FAULTY, IdLevel.DIFFERENT),
        (None, None, IdLevel.MISSING),
    ],
)
def test_id_numbers(number, state, level):
    left = a_record(id_number=NUMBER)
    right = a_record(id_number=number, id_state=state)
    assert COMPARER.compare(left, right)[1] is COMPARER.compare(right, left)[1] is level


def test_a_slip_between_two_valid_numbers_is_no_slip():
    """The check digit catches every single slip; two numbers that pass it are two numbers."""
    for other in (an_id(order=124), an_id(order=132)):
        vector = COMPARER.compare(a_record(id_number=NUMBER), a_record(id_number=other))
        assert vector[1] is IdLevel.TWO_VALID


@pytest.mark.parametrize(
    ("right", "level"),
    [
        (date(1980, 5, 7), BirthLevel.EQUAL),
        (date(1980, 7, 5), BirthLevel.SWAPPED),
        (date(1980, 5, 8), BirthLevel.ONE_DIGIT),
        (date(1908, 5, 7), BirthLevel.ONE_DIGIT),
        (date(1980, 1, 1), BirthLevel.YEAR),
        (date(1981, 6, 7), BirthLevel.DIFFERENT),
        (None, BirthLevel.MISSING),
    ],
)
def test_birth_dates(right, level):
    assert compare_births(date(1980, 5, 7), right) is level
    assert compare_births(right, date(1980, 5, 7)) is level


def test_a_telephone_agrees_if_any_of_them_does():
    left = a_record(phones=("00011111111", "00022222222"))
    assert COMPARER.compare(left, a_record(phones=("00022222222",)))[4].name == "EQUAL"
    assert COMPARER.compare(left, a_record(phones=("00022222223",)))[4].name == "ONE_DIGIT"
    assert COMPARER.compare(left, a_record(phones=()))[4].name == "MISSING"


@given(some_records(), some_records())
def test_comparing_is_the_same_from_either_side(left, right):
    assert COMPARER.compare(left, right) == COMPARER.compare(right, left)


@given(some_records())
def test_a_record_agrees_with_itself_wherever_it_says_something(record):
    for level, kind in zip(COMPARER.compare(record, record), FIELDS.values(), strict=True):
        assert level.name in {"EQUAL", "MISSING", "NEAR", "HIDDEN", "HIDDEN_TAIL", "HIDDEN_HEAD"}
        assert isinstance(level, kind)


@pytest.mark.parametrize("at", range(17))
def test_a_number_with_one_slip_shares_a_key_though_nothing_but_the_surname_is_right(at):
    wrong = a_record(
        id_number=NUMBER[:at] + str((int(NUMBER[at]) + 1) % 10) + NUMBER[at + 1 :],
        id_state=IdState.FAULTY,
        name="陈建国",
        birth=None,
        phones=(),
        address=None,
    )
    assert keys_of(a_record(id_number=NUMBER), CHARACTERS) & keys_of(wrong, CHARACTERS)
