"""Lanes as expressions of Python (并排真值的写法): a lookup a source, joined by `&` and `|`."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import cast

from matching.codegen.expressions import Expressions
from matching.codegen.lane_values import NEUTRAL, Values, wide
from matching.codegen.lanes import Join, Lookup, Sum

__all__ = ["LaneWords"]

_SIGN = {"and": " & ", "or": " | "}
_UNMENTIONED = "\0"  # a word that no rule names
_Cut = tuple[str, str]  # a test, and what lanes hear under it
_Value = tuple[object, ...]


class LaneWords:
    """Expressions for joins of lanes.

    Attributes:
        sums: the variable of each sum.
    """

    def __init__(self, say: Expressions, values: Values):
        self.say, self.values = say, values
        self.sums: dict[int, str] = {}

    def name(self, one: Sum) -> str:
        """The variable in which a sum is made."""
        return self.sums.setdefault(id(one), f"{one.which}_lanes_{len(self.sums)}")

    def text(self, join: Join) -> str:
        """All lanes of a join as one number."""
        return f"({_SIGN[join.way].join(map(self._term, join.terms))})"

    def summed(self, one: Sum) -> str:
        """What one person or event adds to a sum; what costs least first, until it decides."""
        first, *rest = sorted(map(self._term, one.body.terms), key=lambda text: ":=" in text)
        if one.body.way != "and" or not rest:
            return self.text(one.body)
        kept = f"of_{self.name(one)}"
        return f"({kept} := {first}) and {' & '.join((kept, *rest))}"

    def _term(self, term: Lookup | Sum | Join) -> str:
        if isinstance(term, Join):
            return self.text(term)
        if isinstance(term, Sum):
            return self.name(term)
        if term.source.kind == "nothing":
            return self._lanes(term, ())
        found = {"truth": self._of_truth, "word": self._of_word}.get(term.source.kind)
        return self._of_numbers(term) if found is None else found(term)

    def _row(self, look: Lookup, value: _Value) -> int:
        """What all lanes hear where the source has this value."""
        found = {}
        for lane, parts in look.parts.items():
            truth = NEUTRAL[look.way]
            for part in parts:
                one = self.values.truth(part, value)
                truth = truth & one if look.way == "and" else truth | one
            found[lane] = truth
        return look.absent | wide(found)

    def _lanes(self, look: Lookup, value: _Value) -> str:
        return self.constant(self._row(look, value))

    def constant(self, row: int) -> str:
        """The name of what lanes hear."""
        return self.say.constant(("lanes", row), lambda: row)

    def _marks(self, look: Lookup) -> set[object]:
        return self.values.marks(part for parts in look.parts.values() for part in parts)

    def _of_truth(self, look: Lookup) -> str:
        rows = tuple(self._row(look, (truth,)) for truth in (0, 1, 1, 3))
        return f"{self.say.constant(('truth', rows), lambda: rows)}[{self._asked(look)[0]}]"

    def _of_word(self, look: Lookup) -> str:
        words = sorted(map(str, self._marks(look)))
        rows = {word: self._row(look, (word,)) for word in (*words, None)}
        table = self.say.constant(("words", tuple(rows.items())), lambda: rows)
        return f"{table}.get({self._asked(look)[0]}, {self._lanes(look, (_UNMENTIONED,))})"

    def _asked(self, look: Lookup) -> list[str]:
        return [self.say.text(number) for number in look.source.args]

    # Numbers

    def _of_numbers(self, look: Lookup) -> str:
        """Where a number lies among the marks, found by halves."""
        tests, names = [], []
        for number, text in zip(look.source.args, self._asked(look), strict=True):
            name = text if text.isidentifier() else f"w{number}"
            asked = name if name == text else f"({name} := {text})"
            if number not in self.values.flow.closed or name != text:
                tests.append(f"{asked} is None")
            names.append(name)
        found = self._places(look, names)
        if not tests:
            return found
        unknown = self._lanes(look, (None,) * len(names))
        return f"({unknown} if {' or '.join(tests)} else {found})"

    def _places(self, look: Lookup, names: Sequence[str]) -> str:
        marks = sorted(cast(set[Fraction], self._marks(look)))
        if len(names) == 1:
            return _by_halves(self._cuts(look, marks, names, 1))
        above = _by_halves(self._cuts(look, marks, names, 1))
        below = _by_halves(self._cuts(look, marks[::-1], names, -1))
        return above if above == below else f"({above} if {names[1]} >= 0 else {below})"

    def _cuts(
        self, look: Lookup, marks: Sequence[Fraction], names: Sequence[str], sign: int
    ) -> list[_Cut]:
        """Stretches of values, upwards: the test of those that lie no higher, what lanes hear.

        Args:
            look: what is looked up.
            marks: where what they hear may change, in the order of where that is.
            names: the variables of the number, and of the one that it is compared with.
            sign: of the other number; multiples of one below nothing fall.
        """
        found: list[_Cut] = []
        places = [mark * sign for mark in marks]
        middles = [(low + high) / 2 for low, high in pairwise(places)]
        for mark, place, below in zip(marks, places, [places[0] - 1, *middles], strict=True):
            found.append((_test(mark, "<", names), self._heard(look, below, names, sign)))
            found.append((_test(mark, "<=", names), self._heard(look, place, names, sign)))
        found.append(("", self._heard(look, places[-1] + 1, names, sign)))
        return [cut for cut, after in pairwise((*found, ("", ""))) if cut[1] != after[1]]

    def _heard(self, look: Lookup, at: Fraction, names: Sequence[str], sign: int) -> str:
        return self._lanes(look, (at,) if len(names) == 1 else (at, sign))


def _test(mark: Fraction, sign: str, names: Sequence[str]) -> str:
    """Whether a number lies below a mark, or below that multiple of another."""
    factor = "" if mark.denominator == 1 else f" * {mark.denominator}"
    if len(names) == 1:
        return f"{names[0]}{factor} {sign} {mark.numerator}"
    other = "" if mark.numerator == 1 else f" * {mark.numerator}"
    return f"{names[0]}{factor} {sign} {names[1]}{other}"


def _by_halves(cuts: Sequence[_Cut]) -> str:
    if len(cuts) == 1:
        return cuts[0][1]
    half = len(cuts) // 2
    return f"({_by_halves(cuts[:half])} if {cuts[half - 1][0]} else {_by_halves(cuts[half:])})"
