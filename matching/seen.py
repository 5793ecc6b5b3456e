"""What a reading answers (求值结果): a value or UNKNOWN with its evidence, and Kleene's logic."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import chain
from typing import Any, Final, NamedTuple

from matching.model.family import Event, Person

__all__ = [
    "NEVER", "UNKNOWN", "Env", "Seen", "Slot", "Unknown", "Use", "Value", "age_on", "conjunction",
    "disjunction", "merge", "months_between", "negation",
]  # fmt: skip

NEVER = date.min


class Unknown:
    """The third truth value; also stands for a number, day or choice that is not known."""

    def __repr__(self) -> str:
        """As shown in a test's failure."""
        return "UNKNOWN"


UNKNOWN: Final = Unknown()
Value = bool | int | Fraction | str | date | tuple[str, ...] | Unknown
Use = tuple[
    str, str
]  # name of a fact, figure or aid; whose: a person's or event's id, "household", ""


class Seen(NamedTuple):
    """A value and the evidence for it, in order of reading."""

    value: Value
    used: tuple[Use, ...] = ()
    missing: tuple[Use, ...] = ()
    presumed: tuple[Use, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Slot:
    """A parent whom nobody named: every fact of this person is unknown."""

    child: str


@dataclass(frozen=True, slots=True)
class Env:
    """What the variables of a text stand for, and which pack states the text."""

    pack: str
    things: Mapping[str, Person | Event | Slot | None] = field(
        default_factory=dict
    )  # None: the household

    def bind(self, var: str, thing: Person | Event | Slot) -> "Env":
        """The same with one more variable."""
        return Env(self.pack, {**self.things, var: thing})


def age_on(birth: date, day: date) -> int:
    """Full years on a day; one born on 29 February turns on 1 March in a common year."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def months_between(start: date, end: date) -> int:
    """Whole months from one day to another."""
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


def merge(value: Value, parts: Iterable[Seen], blame: Iterable[Seen] | None = None) -> Seen:
    """One result out of several: evidence of all, missing only of those to blame."""
    parts = tuple(parts)
    if value is not UNKNOWN:
        return Seen(value, _once(parts, 1), (), _once(parts, 3))
    missing = _once(parts if blame is None else tuple(blame), 2)
    return Seen(value, _once(parts, 1), missing, _once(parts, 3), _once(parts, 4))


def _once(parts: tuple[Seen, ...], field: int) -> tuple[Any, ...]:
    """What the parts have in one field, in order, each once; most have nothing."""
    having: list[Any] = [part[field] for part in parts if part[field]]
    return tuple(dict.fromkeys(chain.from_iterable(having))) if having else ()


def conjunction(parts: Iterable[Seen]) -> Seen:
    """Kleene's and; a part that decides alone stands alone, one without presumption first."""
    return _kleene(parts, decides=False)


def disjunction(parts: Iterable[Seen]) -> Seen:
    """Kleene's or."""
    return _kleene(parts, decides=True)


def _kleene(parts: Iterable[Seen], *, decides: bool) -> Seen:
    parts = tuple(parts)
    deciding = [part for part in parts if part.value is decides]
    if deciding:
        return min(deciding, key=lambda part: len(part.presumed))
    unknown = [part for part in parts if part.value is UNKNOWN]
    return merge(UNKNOWN if unknown else not decides, parts, unknown)


def negation(part: Seen) -> Seen:
    """Kleene's not."""
    return Seen(
        UNKNOWN if isinstance(part.value, Unknown) else not part.value,
        part.used,
        part.missing,
        part.presumed,
        part.doubts,
    )
