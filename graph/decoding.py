"""Rows back into models, at the speed of a whole population (读回行).

Every row was checked when it was written, so nothing is checked twice here: a value that no longer
has its form (somebody wrote into the store by other means) is refused with kind and id of its row.
"""

import json
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache, lru_cache
from typing import Any, TypeVar

from graph.kinds import Kind, columns_of, facts_from_text
from matching.errors import StoreError
from matching.model.base import Model
from matching.model.family import ApplicationOutcome, FactState, NeedState
from matching.model.records import Identity, StoredPerson, SubjectKind

__all__ = ["decoder", "made"]

M = TypeVar("M", bound=Model)

_TEXTS_KEPT = 4_096  # texts that stand in many rows: what was read before is read once


@lru_cache(maxsize=_TEXTS_KEPT)
def _names(text: str) -> frozenset[str]:
    return frozenset(json.loads(text))


_FORMS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("start", "until", "date", "as_of", "received"), date.fromisoformat),
    **dict.fromkeys(("covers_facts", "covers_aid", "covers_places"), _names),
    "facts": facts_from_text,
}
_WORDS: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("record", "kind"): {one.value: one for one in SubjectKind}.__getitem__,
    ("record", "state"): {one.value: one for one in FactState}.__getitem__,
    ("application", "outcome"): {one.value: one for one in ApplicationOutcome}.__getitem__,
    ("need", "state"): {one.value: one for one in NeedState}.__getitem__,
}


@cache
def decoder(kind: Kind) -> Callable[[Sequence[Any]], Any]:
    """What makes a model of the values of a row, in the order of `columns_of(kind)` (行的读法).

    The models are equal to those that were written.

    Raises:
        StoreError: when called, for a value that is not of its form.
    """
    names = columns_of(kind)
    forms = tuple(
        (name, form)
        for name in names
        if (form := _WORDS.get((kind.name, name)) or _FORMS.get(name)) is not None
    )
    if kind.model is StoredPerson:
        return _person
    model, filled = kind.model, set(names)

    def decode(values: Sequence[Any]) -> Any:  # noqa: ANN401
        fields = dict(zip(names, values, strict=True))
        try:
            for name, form in forms:
                if fields[name] is not None:
                    fields[name] = form(fields[name])
        except (ValueError, KeyError, TypeError, AttributeError):
            raise _unreadable(kind, values) from None
        return made(model, fields, filled)

    return decode


_IDENTITY = set(Identity.model_fields)
_PERSON = set(StoredPerson.model_fields)


def _person(values: Sequence[Any]) -> Any:  # noqa: ANN401
    id_, name, id_number, phone = values
    said = {"name": name, "id_number": id_number, "phone": phone}
    return made(StoredPerson, {"id": id_, "identity": made(Identity, said, _IDENTITY)}, _PERSON)


def made(model: type[M], fields: dict[str, Any], filled: set[str]) -> M:
    """A model of these fields as they are (照原样成型): what pydantic holds is set from below."""
    one = model.__new__(model)
    put = object.__setattr__
    put(one, "__dict__", fields)
    put(one, "__pydantic_fields_set__", filled)
    put(one, "__pydantic_extra__", None)
    put(one, "__pydantic_private__", None)
    return one


def _unreadable(kind: Kind, values: Sequence[Any]) -> StoreError:
    key = " ".join(str(values[columns_of(kind).index(name)]) for name in kind.key)
    return StoreError(
        f"库中有一行读不懂: {kind.name} {key}。它不是由本程序写入的，或已损坏。"
        "请停止写入，用最近的备份恢复这一行。"
    )
