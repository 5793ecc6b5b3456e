"""Rows to records: every row and every cell is accounted for, whatever stands in it."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.id_number import problem_in
from matching.identity.normalise import COLUMNS
from matching.identity.records import IdState, record_key
from tests.matching.identity.people import DAY, a_row, an_id, codes, read, read_one

NAN = float("nan")


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("陈示梅", "陈示梅"),
        (" 陈 示　梅 ", "陈示梅"),
        ("陳示梅", "陈示梅"),
        ("陈示梅(户主)", "陈示梅"),
        ("陈示梅（代）", "陈示梅"),
        ("阿示•例江", "阿示·例江"),
        ("ｗａｎｇ ｌｉ", "WANGLI"),
        ("陈某梅", "陈*梅"),
        ("陈\u200b示梅", "陈示梅"),
    ],
)
def test_a_name_is_read_in_its_register_form(given_name, name):
    assert read_one(name=given_name).name == name


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("***", "no_name"),
        ("陈示梅2", "digits_in_name"),
        (NAN, "not_a_number"),
        ("NaN", "says_nothing"),
        ("不详", "says_nothing"),
        (True, "wrong_type"),
        (["陈示梅"], "wrong_type"),
        (3.7, "wrong_type"),
    ],
)
def test_what_is_no_name_is_refused_and_said(cell, code):
    record = read_one(name=cell)
    assert record.name is None
    assert code in codes(record, "name")


def test_a_number_of_15_digits_becomes_one_of_18():
    old = an_id()[:6] + an_id()[8:17]
    record = read_one(id_number=old)
    assert (record.id_number, record.id_state) == (an_id(), IdState.VALID)
    assert codes(record, "id_number") == ["of_15_digits"]


@pytest.mark.parametrize(
    "given_number",
    [
        an_id(),
        f" {an_id()[:6]} {an_id()[6:]} ",
        an_id().lower(),
        an_id() + "41",
        int(an_id(order=20)[:17] + "0"),
    ],
)
def test_a_whole_number_is_valid_only_with_its_check_digit(given_number):
    record = read_one(id_number=given_number)
    assert record.id_state is (IdState.FAULTY if problem_in(record.id_number) else IdState.VALID)


def test_full_width_digits_and_a_written_cross_are_read():
    with_x = next(an_id(order=n) for n in range(100, 999) if an_id(order=n).endswith("X"))
    wide = "".join(chr(ord(c) + 0xFEE0) for c in with_x)
    assert read_one(id_number=wide).id_number == with_x
    assert read_one(id_number=with_x[:-1] + "×").id_state is IdState.VALID


@pytest.mark.parametrize("mask", ["*", "＊", "●", "x"])
def test_a_masked_number_keeps_what_can_be_seen(mask):
    record = read_one(id_number=an_id()[:6] + mask * 8 + an_id()[14:], birth_date=None)
    assert record.id_number == an_id()[:6] + "*" * 8 + an_id()[14:]
    assert (record.id_state, record.birth) == (IdState.MASKED, None)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (9.9000119800517e17, "digits_lost"),
        (NAN, "not_a_number"),
        ("*" * 18, "too_much_hidden"),
        ("护照 X99", "no_number"),
        ("000000000000000000", "no_number"),
        (an_id()[:-1] + ("0" if an_id()[-1] != "0" else "1"), "faulty_number"),
        (an_id(date(2031, 1, 1)), "born_in_the_future"),
    ],
)
def test_a_number_that_cannot_be_trusted_is_said(cell, code):
    record = read_one(id_number=cell)
    assert record.id_state is not IdState.VALID
    assert code in codes(record, "id_number")


@pytest.mark.parametrize(
    "cell", ["1980-05-17", "1980/5/17", "1980.5.17", "1980年5月17日", "19800517", 19800517,
             date(1980, 5, 17), datetime(1980, 5, 17, tzinfo=UTC), "1980-05-17T00:00:00"]
)  # fmt: skip
def test_a_birth_date_is_read_in_any_usual_form(cell):
    assert read_one(birth_date=cell).birth == date(1980, 5, 17)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1980-13-05", "no_such_day"),
        ("1980-02-30", "no_such_day"),
        ("1980", "no_date"),
        (31111.5, "wrong_type"),
        ("2031-01-01", "born_in_the_future"),
        ("1850-01-01", "too_long_ago"),
    ],
)
def test_a_birth_date_that_is_none_is_refused_and_that_of_the_number_holds(cell, code):
    record = read_one(birth_date=cell)
    assert code in codes(record, "birth_date")
    assert (record.birth, record.birth_from_id) == (date(1980, 5, 17), True)


def test_where_a_cell_contradicts_the_number_both_are_kept_and_it_is_said():
    record = read_one(birth_date="1981-05-17", sex="男")
    assert record.birth == date(1981, 5, 17)
    assert codes(record, "birth_date") == codes(record, "sex") == ["not_as_in_number"]
    assert record.id_number == an_id()


@pytest.mark.parametrize(
    ("cell", "phones"),
    [
        ("000-1234-5678", ("00012345678",)),
        ("+86 00012345678", ("00012345678",)),
        (" 00012345678 / 00087654321", ("00012345678", "00087654321")),
        (12345678, ("12345678",)),
        (12345678.0, ("12345678",)),
        ("000****5678", ()),
        ("123", ()),
        ("00000000000", ()),
        ("无", ()),
    ],
)
def test_telephones(cell, phones):
    assert read_one(phone=cell).phones == phones


@pytest.mark.parametrize(
    "cell",
    ["示范路12弄3号402室", "示范路 12弄3号402", "示范路１２弄３号４０２室", "示范路12弄3号楼402室"],
)
def test_ways_to_write_one_address_are_one(cell):
    assert read_one(address=cell).address == "示范路12弄3号402"


def test_a_day_that_has_not_come_is_taken_for_the_day_of_delivery_and_said():
    record = read_one(as_of="2030-01-01")
    assert record.as_of == DAY
    assert codes(record, "as_of") == ["in_the_future"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (a_row(source_id=""), "no_source_id"),
        (a_row(source_id=NAN), "no_source_id"),
        (a_row(name=" ", id_number=None, phone=NAN), "nobody"),
    ],
)
def test_a_row_that_is_no_record_is_refused_by_number(row, code):
    reading = read(a_row(), row)
    assert [(r.row, r.code) for r in reading.refused] == [(2, code)]
    assert len(reading.records) == 1


def test_a_row_that_comes_twice_in_a_batch_counts_once_and_a_changed_one_is_said():
    reading = read(a_row(), a_row(), a_row(phone="00099999999"))
    assert [r.code for r in reading.refused] == ["repeated", "twice_in_batch"]
    assert [record.phones for record in reading.records] == [("00099999999",)]


def test_a_column_that_is_not_read_is_named():
    assert read(a_row(备注="低保", 年龄=46)).unread_columns == ("备注", "年龄")


def test_what_could_name_a_person_stays_out_of_repr():
    record = read_one(birth_date="bad", source_id="SID-77")
    shown = repr(record) + repr(read(a_row()))
    for value in ("陈示梅", an_id(), "00012345678", "示范路", "bad", "SID-77"):
        assert value not in shown


def test_a_list_that_uses_identity_numbers_as_its_ids_does_not_put_them_into_keys():
    keys = {read_one(source_id=an_id(order=order)).key for order in (10, 12, 14)}
    assert len(keys) == 3
    assert not any(an_id()[:14] in key for key in keys)


def test_no_two_lines_of_two_lists_share_a_key():
    names = [("a/b", "c"), ("a", "b/c"), ("a%2Fb", "c"), ("a", "%2Fb/c")]
    assert len({record_key(*name) for name in names}) == len(names)


CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=25),
    st.dates(),
    st.lists(st.integers(), max_size=2),
    st.sampled_from([an_id(), "陈示梅", "1980-05-17", "男", "00012345678", "NaN", b"x"]),
)


@given(st.lists(st.dictionaries(st.sampled_from([*COLUMNS, "other"]), CELLS), max_size=6))
def test_whatever_comes_nothing_breaks_and_every_row_is_counted(rows):
    reading = read(*rows)
    assert len(reading.records) + len(reading.refused) == len(rows)
    assert max(Counter(record.key for record in reading.records).values(), default=1) == 1
    for record in reading.records:
        assert record.birth is None or record.birth <= DAY
        assert record.as_of <= DAY
        assert not record.is_valid_id or problem_in(record.id_number) is None
