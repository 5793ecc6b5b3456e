"""What one list says about one person (人员记录), as closed values.

Nothing here reads a file or decides anything. Values that could name a person stay out of `repr`.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from hashlib import blake2b

__all__ = [
    "Decision",
    "Delivery",
    "IdState",
    "PersonRecord",
    "Reading",
    "RefusedRow",
    "Remark",
    "Verdict",
    "record_key",
]


_LONG_NUMBER = re.compile(r"\d{14}")


class IdState(StrEnum):
    """How far an identity number can be trusted."""

    VALID = "valid"  # 18 characters, a real date, the right check digit
    FAULTY = "faulty"  # looks like a number, but a digit must be wrong
    MASKED = "masked"  # some digits hidden


class Verdict(StrEnum):
    """What a person decided about two records."""

    SAME = "same"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that was found while a cell was read; `given` is the cell as it came."""

    column: str
    code: str
    given: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """One line of one list, normalised.

    Attributes:
        source: the list (civil affairs, the federation, a charity).
        source_id: the line's own id in that list.
        received: running number of the delivery that brought it.
        as_of: the day that the list speaks of.
        name: without spaces, in register characters; `*` stands for a hidden character.
        id_number: 18 characters, or what there is when `id_state` is faulty; `*` is hidden.
        birth: as stated, else out of the number (`birth_from_id`).
        sex: `f` or `m`.
        phones: digits only, in order.
        address: without spaces and marks.
        remarks: what was refused or changed in reading.
    """

    source: str
    source_id: str = field(repr=False)
    received: int
    as_of: date
    name: str | None = field(default=None, repr=False)
    id_number: str | None = field(default=None, repr=False)
    id_state: IdState | None = None
    birth: date | None = field(default=None, repr=False)
    birth_from_id: bool = False
    sex: str | None = None
    phones: tuple[str, ...] = field(default=(), repr=False)
    address: str | None = field(default=None, repr=False)
    remarks: tuple[Remark, ...] = ()

    @property
    def key(self) -> str:
        """The same for all versions of one line of one list."""
        return record_key(self.source, self.source_id)

    @property
    def is_valid_id(self) -> bool:
        """Whether the number is whole and has the right check digit."""
        return self.id_state is IdState.VALID


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that is no record, with the reason; the row itself stays with whoever sent it."""

    row: int
    code: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One batch of one list as it came: rows of columns, of whatever types."""

    source: str
    received: int
    received_on: date
    rows: tuple[dict[str, object], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reading:
    """A delivery after reading: each row is a record or is refused."""

    records: tuple[PersonRecord, ...]
    refused: tuple[RefusedRow, ...] = ()
    unread_columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about two records (人工认定). The highest number of a pair holds."""

    left: str
    right: str
    verdict: Verdict
    number: int
    by: str
    reason: str

    @property
    def pair(self) -> tuple[str, str]:
        """The two keys in order."""
        return (self.left, self.right) if self.left < self.right else (self.right, self.left)


def record_key(source: str, source_id: str) -> str:
    """`source/source id`; a slash inside the source is written otherwise: no two lines share it.

    Keys stand in findings and decisions. Of a list that uses identity numbers as its own ids, the
    key holds a digest.
    """
    if _LONG_NUMBER.search(source_id):
        source_id = "#" + blake2b(source_id.encode(), digest_size=10).hexdigest()
    return f"{source.replace('%', '%25').replace('/', '%2F')}/{source_id}"
