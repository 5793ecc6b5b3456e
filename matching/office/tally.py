"""Counting with the list behind every figure (计数与名单): cells, patterns, rows.

A cell is a path of words, as `supply/310199001/care_meal/open/none`. A pattern is the same with `*`
for anything, `+` between words and `,` between several patterns; a shorter one means all below it.
Only the rows of the pattern that is asked for are kept, so that counting a city takes the memory of
its cells.
"""

import re
from collections import Counter
from dataclasses import dataclass, field

from matching.errors import InputError
from matching.model.base import Model

__all__ = ["Cell", "ListRow", "Pattern", "Tally", "path_of"]

Cell = tuple[str, ...]
_MOST_LETTERS = 4_000
# Ids, division codes and months; no name or number of anybody, which the trace would keep.
_WORD = re.compile(r"\*|[a-z][a-z0-9_-]{0,63}|([0-9]{2}){1,3}|[0-9]{9}|[0-9]{12}|[0-9]{4}-[0-9]{2}")


class ListRow(Model):
    """One row behind a figure (名单的一行): a household, and who or what of it."""

    household: str
    place: str
    of: str = ""
    says: str = ""


Steps = tuple[frozenset[str] | None, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """Which cells are meant: for each step the words that will do; None: any."""

    text: str
    choices: tuple[Steps, ...]

    @classmethod
    def of(cls, text: str) -> "Pattern":
        """Read a pattern.

        Raises:
            InputError: an empty step, a word that is no id or code, or longer than any figure has.
        """
        choices = [[step.split("+") for step in one.split("/")] for one in text.split(",")]
        words = [word for choice in choices for step in choice for word in step]
        if len(text) > _MOST_LETTERS or not all(map(_WORD.fullmatch, words)):
            raise InputError(
                "名单的写法不对。请照抄数字旁边的，例如 supply/310104013/care_meal/open"
            )
        return cls(text, tuple(tuple(map(_meant, choice)) for choice in choices))

    def fits(self, cell: Cell) -> bool:
        """Whether a cell is meant."""
        return any(_fits(steps, cell) for steps in self.choices)

    @property
    def report(self) -> str:
        """The report that it is of; empty: of several."""
        return self._one_word(0)

    @property
    def street(self) -> str:
        """The one street that is meant; empty: several or all."""
        return self._one_word(1)

    def _one_word(self, at: int) -> str:
        found = {steps[at] if len(steps) > at else None for steps in self.choices}
        words = next(iter(found)) if len(found) == 1 else None
        return next(iter(words)) if words is not None and len(words) == 1 else ""


def _meant(words: list[str]) -> frozenset[str] | None:
    return None if words == ["*"] else frozenset(words)


def _fits(steps: Steps, cell: Cell) -> bool:
    return len(steps) <= len(cell) and all(
        words is None or word in words for words, word in zip(steps, cell, strict=False)
    )


def path_of(*steps: str) -> str:
    """The text of a pattern; an empty step means anything."""
    return "/".join(step or "*" for step in steps)


@dataclass(slots=True)
class Tally:
    """How many rows each cell has, and the rows of the pattern that is asked for."""

    wanted: Pattern | None = None
    counts: Counter[Cell] = field(default_factory=Counter)
    rows: list[ListRow] = field(default_factory=list)

    def add(self, cell: Cell, row: ListRow) -> None:
        """One more row of a cell."""
        self.counts[cell] += 1
        if self.wanted is not None and self.wanted.fits(cell):
            self.rows.append(row)

    def of(self, report: str) -> dict[Cell, int]:
        """The cells of one report without its name, in order."""
        found = {cell[1:]: n for cell, n in self.counts.items() if cell[0] == report}
        return dict(sorted(found.items()))

    def listed(self) -> tuple[ListRow, ...]:
        """The rows that were asked for, in order of place and household."""
        return tuple(sorted(self.rows, key=lambda row: (row.place, row.household, row.of)))
