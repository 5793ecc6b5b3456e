"""Rows of a list to records (规范化): a row is a record or refused; each cell is accounted for."""

from dataclasses import dataclass, field
from datetime import date

from matching.id_number import birth_date_of
from matching.identity.cells import (
    as_text,
    read_address,
    read_birth,
    read_id,
    read_name,
    read_phones,
    read_sex,
)
from matching.identity.characters import Characters
from matching.identity.records import (
    Delivery,
    IdState,
    PersonRecord,
    Reading,
    RefusedRow,
    Remark,
)

__all__ = ["COLUMNS", "read_delivery"]

COLUMNS = (
    "source_id",
    "name",
    "id_number",
    "birth_date",
    "sex",
    "phone",
    "address",
    "as_of",
)


@dataclass(slots=True)
class _Row:
    """A row while it is read: its cells, and what was said about them."""

    cells: dict[str, object]
    remarks: list[Remark] = field(default_factory=list)

    def text(self, name: str) -> str:
        text, codes = as_text(self.cells.get(name))
        self.say(name, codes)
        return text

    def say(self, name: str, codes: tuple[str, ...]) -> None:
        given = str(self.cells.get(name))
        self.remarks += [Remark(name, code, given) for code in codes]


def read_delivery(delivery: Delivery, characters: Characters) -> Reading:
    """Every row as a record, or refused: without an id of its own a row cannot be kept apart.

    A row that says nothing about a person (no name, no number, no phone) is refused too. Of two
    rows with one id and different content the later one holds and says so.
    """
    records: dict[str, PersonRecord] = {}
    refused: list[RefusedRow] = []
    for number, cells in enumerate(delivery.rows, start=1):
        record = _read_row(delivery, cells, characters)
        if isinstance(record, str):
            refused.append(RefusedRow(number, record))
            continue
        earlier = records.get(record.source_id)
        if earlier is not None:
            refused.append(
                RefusedRow(number, "repeated" if earlier == record else "twice_in_batch")
            )
        if earlier is None or record.as_of >= earlier.as_of:
            records[record.source_id] = record
    unread = sorted({str(name) for cells in delivery.rows for name in cells} - set(COLUMNS))
    return Reading(tuple(records.values()), tuple(refused), tuple(unread))


def _read_row(
    delivery: Delivery, cells: dict[str, object], characters: Characters
) -> PersonRecord | str:
    """A record, or the code of why the row is none."""
    row = _Row(cells)
    source_id = row.text("source_id")
    if not source_id:
        return "no_source_id"
    name, id_number, id_state = None, None, None
    if text := row.text("name"):
        name, codes = read_name(text, characters)
        row.say("name", codes)
    if text := row.text("id_number"):
        id_number, id_state, codes = read_id(text, delivery.received_on)
        row.say("id_number", codes)
    phones = _phones(row)
    if name is None and id_number is None and not phones:
        return "nobody"
    birth, birth_from_id = _birth(row, id_number, id_state, delivery.received_on)
    return PersonRecord(
        source=delivery.source,
        source_id=source_id,
        received=delivery.received,
        as_of=_as_of(row, delivery.received_on),
        name=name,
        id_number=id_number,
        id_state=id_state,
        birth=birth,
        birth_from_id=birth_from_id,
        sex=_sex(row, id_number, id_state),
        phones=phones,
        address=_address(row),
        remarks=tuple(row.remarks),
    )


def _as_of(row: _Row, received_on: date) -> date:
    """The day the row speaks of; a day that has not come yet is taken for the day of delivery."""
    text = row.text("as_of")
    if not text:
        return received_on
    day, codes = read_birth(text, received_on)
    row.say("as_of", tuple(c.replace("born_in_the_future", "in_the_future") for c in codes))
    return day or received_on


def _birth(
    row: _Row, number: str | None, state: IdState | None, on: date
) -> tuple[date | None, bool]:
    """The date as stated; out of the number when none is. Where the two differ, it is said."""
    inside = birth_date_of(number) if number and state is not IdState.FAULTY else None
    inside = inside if inside is None or inside <= on else None
    stated = None
    if text := row.text("birth_date"):
        stated, codes = read_birth(text, on)
        row.say("birth_date", codes)
    if stated and inside and stated != inside and state is IdState.VALID:
        row.say("birth_date", ("not_as_in_number",))
    return (stated, False) if stated else (inside, inside is not None)


def _sex(row: _Row, number: str | None, state: IdState | None) -> str | None:
    inside = None
    if number and state is IdState.VALID:
        inside = "m" if int(number[16]) % 2 else "f"
    text = row.text("sex")
    if not text:
        return inside
    sex, codes = read_sex(text)
    row.say("sex", codes)
    if sex and inside and sex != inside:
        row.say("sex", ("not_as_in_number",))
    return sex or inside


def _phones(row: _Row) -> tuple[str, ...]:
    text = row.text("phone")
    phones, codes = read_phones(text) if text else ((), ())
    row.say("phone", codes)
    return phones


def _address(row: _Row) -> str | None:
    text = row.text("address")
    if not text:
        return None
    address, codes = read_address(text)
    row.say("address", codes)
    return address
