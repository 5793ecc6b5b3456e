"""What generated code calls to say what is missing (缺项用的函数); bits as in `lacks.py`."""

from collections.abc import Sequence
from datetime import date
from itertools import product

from matching.ledger import HOUSEHOLD, held_on, uncovered
from matching.model.family import Ledger
from matching.parameters import Standard
from matching.scan.standard_cells import cells_of
from matching.support_duty import Duty, duty_of

__all__ = ["Asked", "held_then", "owing"]

_KEY, _ITSELF = 1, 2
_Bits = Sequence[tuple[str, int]]


class Asked:
    """What is missing where a figure with keys is not known: a key, the figure, or both."""

    def __init__(self, standard: Standard, on: date):
        cells = cells_of(standard, on)
        self.known = [frozenset(words) for words in cells.keys]
        places = product(*((*words, "", None) for words in cells.keys))
        self.asks = dict(zip(places, cells.asks, strict=True))

    def lack(self, keys: tuple[str | None, ...], of_keys: int, itself: int) -> int:
        """The bits: `of_keys` of the keys that are open, `itself` of the figure."""
        cell = tuple(
            key if key is None or key in known else ""
            for key, known in zip(keys, self.known, strict=True)
        )
        asks = self.asks[cell]
        return (of_keys if asks & _KEY else 0) | (itself if asks & _ITSELF else 0) or 1


def held_then(ledger: Ledger, to: str, bits: _Bits, day: int, counted: int | None) -> int:
    """Whether one of these was held, read for `or`; `counted`: a member's part, or None."""
    then, aids = date.fromordinal(day), tuple(aid for aid, _ in bits)
    if held_on(ledger, to, aids, then):
        return -1
    member = to == HOUSEHOLD or counted is not None
    silent = uncovered(ledger, aids, then) if member else aids
    found = sum({bit for aid, bit in bits if aid in silent})
    shares = counted is not None and bool(held_on(ledger, HOUSEHOLD, aids, then))
    return found | (counted or 0) if shares else found


def owing(own: str | None, theirs: str | None, lacks: tuple[int, int, int], relation: int) -> int:
    """What is missing where nobody knows whether one member owes support to another.

    Args:
        own: the relation of one to the head.
        theirs: that of the other.
        lacks: what both and the other's age lack.
        relation: the bit of the relation, where it does not say enough.
    """
    if own is None or theirs is None:
        return lacks[0] | lacks[1] or 1
    return relation if duty_of(own, theirs) is Duty.MAYBE else lacks[2] or 1
