"""Rows as bits, 64 to a word (位集): an eighth of the memory of bytes, and of the time."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matching.scan.columns import Tri

__all__ = ["counts", "packed", "unpacked"]

_WORD = 64
_BYTE = 8


def packed(rows: Tri, n: int) -> NDArray[np.uint64]:
    """Bits of `n` rows of 0 and 1; one byte for all rows counts for each of them."""
    if rows.size == 1:
        rows = np.broadcast_to(rows, n)
    if n % _WORD == 0:
        return np.packbits(rows, bitorder="little").view(np.uint64)
    words = np.zeros(-(-n // _WORD), np.uint64)
    words.view(np.uint8)[: -(-n // _BYTE)] = np.packbits(rows, bitorder="little")
    return words


def unpacked(words: NDArray[np.uint64], n: int) -> Tri:
    """The same as bytes."""
    return np.unpackbits(words.view(np.uint8), count=n, bitorder="little")


def counts(rows: Sequence[NDArray[np.uint64]]) -> list[int]:
    """How many bits are set in each of these, which are equally long."""
    if not rows:
        return []
    found: list[int] = np.bitwise_count(np.stack(rows)).sum(axis=1).tolist()
    return found
