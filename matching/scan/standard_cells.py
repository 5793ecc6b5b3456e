"""A figure with keys as a small table (带键的标准): every cell, also where a key is unknown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import product
from math import lcm

import numpy as np

from matching.parameters import Standard
from matching.scan.columns import Column, picked
from matching.scan.table import Index, Words

__all__ = ["Cells", "cells_of"]


@dataclass(frozen=True, slots=True)
class Cells:
    """Figures in the order of all combinations of keys.

    A key stands at its place in `keys`, another word behind the last, an unknown one behind that.
    `asks` is what is missing where the figure is not known: 1 a key, 2 the figure, 3 both.
    """

    keys: tuple[tuple[str, ...], ...]
    figures: tuple[int, ...]
    unknown: tuple[int, ...]
    asks: tuple[int, ...]
    den: int

    def places(self, columns: Sequence[Column], words: Words) -> Index:
        """The combination of each row."""
        found = np.zeros(1, np.int64)
        for known, column in zip(self.keys, columns, strict=True):
            here = np.full(1, len(known), np.int64)
            for place, word in enumerate(known):
                here = picked(column.values == words.id(word), np.full(1, place), here)
            here = picked(column.unknown, np.full(1, len(known) + 1), here)
            found = found * (len(known) + 2) + here
        return found


def cells_of(standard: Standard, on: date) -> Cells:
    """All cells on a day; where a key is unknown, the figure on which all cells left agree."""
    n = len(standard.keys)
    full = [cell for cell in standard.cells() if len(cell) == n]
    keys = tuple(tuple(sorted({cell[place] for cell in full})) for place in range(n))
    found: list[Fraction | None] = []
    asks: list[int] = []
    for cell in product(*((*known, "", None) for known in keys)):
        if None not in cell:
            figure = standard.at(on, tuple(str(part) for part in cell)).figure
            found.append(None if figure is None else Fraction(figure))
            asks.append(0 if figure is not None else 2)
        else:
            figure, lacks = _left(standard, on, full, cell)
            found.append(figure)
            asks.append(lacks)
    den = lcm(*(figure.denominator for figure in found if figure is not None))
    return Cells(
        keys,
        tuple(0 if figure is None else int(figure * den) for figure in found),
        tuple(1 if figure is None else 0 for figure in found),
        tuple(asks),
        den,
    )


def _left(
    standard: Standard,
    on: date,
    full: Sequence[tuple[str, ...]],
    cell: tuple[str | None, ...],
) -> tuple[Fraction | None, int]:
    left = [
        one
        for one in full
        if all(part is None or part == own for part, own in zip(cell, one, strict=True))
    ]
    figures = {standard.at(on, one).figure for one in left}
    known = [figure for figure in figures if figure is not None]
    if len(known) == len(figures) == 1:
        return Fraction(known[0]), 0
    itself = 2 if None in figures or not figures else 0
    return None, (1 if known else 0) | itself
