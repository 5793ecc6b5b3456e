"""What a truth hangs on, and what it is for each value of that (真值随什么而变).

A source is what is looked up: a truth itself, a word, a number that is compared with written ones,
or two numbers that are compared with each other at written ratios.
"""

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple, cast

from matching.codegen.flow import CONSTANTS, Flow

__all__ = ["NEUTRAL", "NOTHING", "Source", "Test", "Values", "wide"]

NEUTRAL = {"and": 3, "or": 0}  # what changes nothing
_CONSTANT = {"doubt": 1, "open": 1}
_JOINED: Mapping[str, Callable[[int, int], int]] = {"and": operator.and_, "or": operator.or_}
_NOT = {0: 3, 1: 1, 3: 0}
_SIGNS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt,
    ">=": operator.ge,
}  # fmt: skip
_SWAPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_SIDES = {"<": "<", ">=": "<", "<=": "<=", ">": "<="}  # which test cuts between no and yes


class Source(NamedTuple):
    """What is asked: its kind, its operations, and for two numbers which test decides."""

    kind: str
    args: tuple[int, ...]
    side: str = ""


NOTHING = Source("nothing", ())


@dataclass(frozen=True, slots=True)
class Test:
    """A test of a source: what it says of a known value, and where what it says may change."""

    source: Source
    says: Callable[..., bool]
    marks: tuple[object, ...]


def wide(truths: Mapping[int, int]) -> int:
    """Truths by lane as one number."""
    return sum(truth << 8 * lane for lane, truth in truths.items())


class Values:
    """The truths of one flow by what they hang on."""

    def __init__(self, flow: Flow):
        self.flow = flow
        self._tests: dict[int, Test | None] = {}

    def sources(self, number: int) -> frozenset[Source]:
        """All that a truth hangs on, as far as it can be looked up."""
        op = self.flow.op(number)
        if op.kind in CONSTANTS:
            return frozenset()
        if op.kind in ("and", "or", "not"):
            return frozenset[Source]().union(*map(self.sources, self.flow.args(number)))
        test = self.test(number)
        return frozenset({Source("truth", (number,)) if test is None else test.source})

    def truth(self, number: int, value: tuple[object, ...]) -> int:
        """What a truth is where its source has this value; None: not known."""
        op, args = self.flow.op(number), self.flow.args(number)
        if op.kind in CONSTANTS:
            return _CONSTANT.get(op.kind) or (3 if op.data[0] is True else 0)
        if op.kind == "not":
            return _NOT[self.truth(args[0], value)]
        if op.kind in _JOINED:
            found = NEUTRAL[op.kind]
            for arg in args:
                found = _JOINED[op.kind](found, self.truth(arg, value))
            return found
        test = self.test(number)
        if test is None:
            return cast(int, value[0])
        return 1 if None in value else 3 if test.says(*value) else 0

    def marks(self, numbers: Iterable[int]) -> set[object]:
        """Where what these say may change."""
        found, waiting = set[object](), list(numbers)
        while waiting:
            number = waiting.pop()
            if self.flow.op(number).kind in ("and", "or", "not"):
                waiting.extend(self.flow.args(number))
            elif (test := self.test(number)) is not None:
                found.update(test.marks)
        return found

    def test(self, number: int) -> Test | None:
        """How a truth is told by a value; None: it is asked as it is."""
        if number not in self._tests:
            found = None
            match self.flow.op(number).kind:
                case "in":
                    found = self._of_words(number)
                case "compare":
                    found = self._of_a_word(number) or self._of_numbers(number)
            self._tests[number] = found
        return self._tests[number]

    def _of_words(self, number: int) -> Test | None:
        (asked,), (words, negated) = self.flow.args(number), self.flow.op(number).data
        among = frozenset(cast(tuple[object, ...], words))
        if not self._is_open(asked) or not all(isinstance(word, str) for word in among):
            return None
        says = (lambda word: word not in among) if negated is True else among.__contains__
        return Test(Source("word", (asked,)), says, tuple(among))

    def _of_a_word(self, number: int) -> Test | None:
        sign = str(self.flow.op(number).data[0])
        words = [one for one in self.flow.args(number) if self.flow.op(one).kind == "word"]
        asked = [one for one in self.flow.args(number) if self._is_open(one)]
        if len(words) != 1 or len(asked) != 1 or sign not in ("==", "!="):
            return None
        word, compare = str(self.flow.op(words[0]).data[0]), _SIGNS[sign]
        return Test(Source("word", (asked[0],)), lambda one: compare(one, word), (word,))

    def _is_open(self, number: int) -> bool:
        """Whether it is a value that only the family tells."""
        return number not in self.flow.truths and self.flow.op(number).kind not in CONSTANTS

    # Numbers

    def _of_numbers(self, number: int) -> Test | None:
        sign = str(self.flow.op(number).data[0])
        (left, by), (right, other) = map(self._line, self.flow.args(number))
        if left is None and right is not None and sign in _SIGNS:
            left, by, right, other, sign = right, other, left, by, _SWAPPED.get(sign, sign)
        if left is None or by <= 0 or not self._is_open(left):
            return None
        compare = _SIGNS[sign]
        if right is None:
            mark = other / by
            return Test(Source("number", (left,)), lambda one: compare(one, mark), (mark,))
        if sign not in _SIDES or not self._is_open(right):
            return None
        ratio = other / by
        source = Source("ratio", (left, right), _SIDES[sign])
        return Test(source, lambda one, two: compare(one, two * ratio), (ratio,))

    def _line(self, number: int) -> tuple[int | None, Fraction]:
        """A number as a written multiple of another; a written number has no other."""
        op, args = self.flow.op(number), self.flow.args(number)
        if op.kind == "number":
            return None, Fraction(cast(Fraction, op.data[0]))
        if op.kind == "scale":
            base, factor = self._line(args[0])
            return base, factor * cast(Fraction, op.data[0])
        if op.kind == "arith" and op.data[0] == "*":
            (left, by), (right, other) = map(self._line, args)
            if left is None or right is None:
                return (right if left is None else left), by * other
        return number, Fraction(1, self.flow.den[number])
