"""Models of people as flat rows and back (行): what both stores write, read and hash.

A row holds strings, integers and None only. Facts are JSON text with a type tag at each value, so
that a date comes back as a date and `True` never as 1.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeVar

from matching.errors import InputError
from matching.model.base import Model
from matching.model.family import FactValue
from matching.model.records import (
    AidRecord,
    ApplicationRecord,
    Batch,
    EventRecord,
    Household,
    Identity,
    Membership,
    NeedRecord,
    Obligation,
    Parentage,
    Record,
    StoredPerson,
)

__all__ = [
    "KINDS",
    "KIND_OF",
    "Kind",
    "ObligorsKnown",
    "Row",
    "Scalar",
    "canonical_json",
    "columns_of",
    "decode",
    "encode",
    "facts_from_text",
    "facts_to_text",
    "row_digest",
    "row_key",
]

Scalar = str | int | None
Row = dict[str, Scalar]
M = TypeVar("M", bound=Model)

_SETS = frozenset({"covers_facts", "covers_aid", "covers_places"})
_LARGEST = 2**63 - 1


class ObligorsKnown(Model):
    """Somebody looked for obligors of `person` (已核查义务人): no obligation then means none."""

    person: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of row (行的种类): its table, its model, and the fields that identify it."""

    name: str
    model: type[Model]
    key: tuple[str, ...] = ("id",)


# In the order in which rows are written: what is referred to comes first.
KINDS = (
    Kind("batch", Batch),
    Kind("household", Household),
    Kind("person", StoredPerson),
    Kind("membership", Membership, ("person", "household", "start")),
    Kind("obligation", Obligation, ("obligor", "person")),
    Kind("obligors_known", ObligorsKnown, ("person",)),
    Kind("parentage", Parentage, ("parent", "child")),
    Kind("event", EventRecord),
    Kind("record", Record),
    Kind("aid", AidRecord),
    Kind("application", ApplicationRecord),
    Kind("need", NeedRecord),
)
KIND_OF = {kind.model: kind for kind in KINDS}


def canonical_json(value: object) -> str:
    """One text for one value (规范文本): sorted keys, no spaces, real characters."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def columns_of(kind: Kind) -> tuple[str, ...]:
    """Column names of a kind, in a fixed order (列)."""
    if kind.model is StoredPerson:
        return ("id", *Identity.model_fields)
    return tuple(kind.model.model_fields)


def facts_to_text(facts: Mapping[str, FactValue]) -> str:
    """Facts as tagged canonical JSON (事实文本)."""
    return canonical_json({name: _tagged(value) for name, value in facts.items()})


def _tagged(value: FactValue) -> dict[str, Any]:
    match value:
        case bool():
            return {"bool": value}
        case int():
            return {"int": value}
        case Fraction():
            return {"fraction": str(value)}
        case str():
            return {"str": value}
        case date():
            return {"date": value.isoformat()}
        case _:
            return {"set": list(value)}


def facts_from_text(text: str) -> dict[str, FactValue]:
    """The facts that `facts_to_text` wrote (读回事实)."""
    return {name: _untagged(tagged) for name, tagged in json.loads(text).items()}


def _untagged(tagged: dict[str, Any]) -> FactValue:
    ((tag, value),) = tagged.items()
    if tag == "date":
        return date.fromisoformat(value)
    if tag == "fraction":
        return Fraction(value)
    plain: FactValue = tuple(value) if tag == "set" else value
    return plain


def encode(model: Model) -> Row:
    """A model as a flat row (写成行).

    Raises:
        InputError: A number or a character that a store cannot hold.
    """
    row: Row = {}
    for name, value in model:
        if isinstance(value, Identity):
            row.update(dict(value))
        else:
            row[name] = _scalar(name, value)
    for name, stored in row.items():
        _check_storable(type(model).__name__, name, stored)
    return row


def _scalar(name: str, value: Any) -> Scalar:  # noqa: ANN401
    if name == "facts":
        return facts_to_text(value)
    if name in _SETS:
        return canonical_json(sorted(value))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    plain: Scalar = value
    return plain


def _check_storable(model: str, name: str, value: Scalar) -> None:
    if isinstance(value, int) and abs(value) > _LARGEST:
        raise InputError(f"{model}.{name} 的数值超出可存范围。")
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            raise InputError(f"{model}.{name} 含有不能保存的字符。") from None


def decode(model: type[M], row: Mapping[str, Any]) -> M:
    """The model that `encode` wrote (读回模型); columns that are absent are None."""
    if model is StoredPerson:
        identity = {name: row.get(name) for name in Identity.model_fields}
        return model.model_validate({"id": row["id"], "identity": identity})
    values: dict[str, Any] = {name: row.get(name) for name in model.model_fields}
    for name in values.keys() & _SETS:
        values[name] = json.loads(values[name])
    if "facts" in values:
        values["facts"] = facts_from_text(values["facts"])
    return model.model_validate(values)


def row_key(kind: Kind, row: Row) -> str:
    """The identity of a row as one text (行的键): the id, or a JSON list of several fields."""
    parts = [row[name] for name in kind.key]
    return str(parts[0]) if len(parts) == 1 else canonical_json(parts)


def row_digest(kind: str, row: Mapping[str, Any]) -> str:
    """SHA-256 of a row with its kind (行摘要): equal digests, equal content."""
    return hashlib.sha256(canonical_json([kind, row]).encode()).hexdigest()
