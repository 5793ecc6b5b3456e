"""One operation as a Python expression (表达式): truths 0, 1, 3; None is what nobody knows.

No text of the catalogue becomes code: words stand as quoted literals, sets and figures in constants
that the code names, and names are made of facts of the vocabulary alone.
"""

import re
from collections.abc import Callable, Hashable, Mapping
from fractions import Fraction
from math import lcm
from typing import cast

from matching.codegen.flow import CONSTANTS, Flow
from matching.codegen.runtime import Figures
from matching.scan.program import EVENTS, HOUSEHOLDS, PERSONS, Op
from matching.vocabulary import VOCABULARY, FactType

__all__ = ["Expressions"]

_BASES = {HOUSEHOLDS: "household", PERSONS: "person", EVENTS: "event"}
_NOT = "(3, 1, None, 0)"
Test = Callable[[list[str]], str]  # texts of known values -> a test of Python


class Expressions:
    """Expressions for the operations of one flow.

    Attributes:
        names: operation -> the variable that has its value, where the code now stands.
        constants: variable -> its value, for all that cannot be written as a literal.
    """

    def __init__(self, flow: Flow):
        self.flow = flow
        self.names: dict[int, str] = {}
        self.constants: dict[str, object] = {}
        self._constant_of: dict[Hashable, str] = {}
        self.kinds: Mapping[str, Callable[[int, Op], str]] = {
            "truth": lambda _, op: "3" if op.data[0] is True else "0",
            "number": self._number, "word": self._word, "set": self._set, "open": self._open,
            "doubt": lambda _, __: "1", "stated": self._stated, "is_told": self._is_told,
            "place": lambda _, __: "family.place", "age": self._of_day,
            "months_since": self._of_day, "first": self._first, "else": self._else,
            "follows": self._follows, "told_by": self._told_by, "not": self._not,
            "and": self._and, "or": self._or, "compare": self._test, "in": self._test,
            "overlaps": self._test, "within": self._within, "arith": self._arith,
            "scale": self._scale, "least": self._least, "cond": self._cond,
            "standard": self._standard, "gather": self._gather, "unlisted": self._unlisted,
            "no_event": lambda _, __: "(1 if family.events is None else 0)",
            "owes": self._owes, "term": self._term, "guess": self._guess,
            "remark": self._remark, "held": self._held, "lacks": self._lacks,
            "held_at": self._held_at, "received": self._received,
            "months_held": self._history, "last_held": self._history,
        }  # fmt: skip
        self.tests: Mapping[str, Callable[[int, Op], Test]] = {
            "compare": self._compare, "in": self._in, "overlaps": self._overlaps,
        }  # fmt: skip

    def text(self, number: int) -> str:
        """The expression of an operation: its name where it has one."""
        if number in self.names:
            return self.names[number]
        op = self.flow.op(number)
        return self.kinds[op.kind](number, op)

    def name_for(self, number: int) -> str:
        """A name that says what it is: the fact, or what is done."""
        op = self.flow.op(number)
        about = str(op.data[0]) if op.kind in ("stated", "first", "else") else op.kind
        return f"{re.sub('[^a-z0-9_]', '_', about)}_{number}"

    def constant(self, value: Hashable, make: Callable[[], object] | None = None) -> str:
        """The name of a constant of the code."""
        if value not in self._constant_of:
            name = f"K{len(self._constant_of)}"
            self._constant_of[value] = name
            self.constants[name] = value if make is None else make()
        return self._constant_of[value]

    # Parts

    def _args(self, number: int) -> list[str]:
        return [self.text(arg) for arg in self.flow.args(number)]

    def _open_of(self, number: int) -> str:
        return "1" if number in self.flow.truths else "None"

    def scaled(self, number: int, den: int, text: str | None = None) -> str:
        """A number over another whole number, where it is known."""
        text = self.text(number) if text is None else text
        factor = den // self.flow.den[number]
        if factor == 1:
            return text
        return repr(int(text) * factor) if text.isdigit() else f"{text} * {factor}"

    def scaled_or_open(self, number: int, den: int) -> str:
        """The same where it may be unknown."""
        text = self.text(number)
        if den == self.flow.den[number] or text == "None":
            return text
        if number in self.flow.closed:
            return self.scaled(number, den)
        return (
            f"(None if (o{number} := {text}) is None else {self.scaled(number, den, f'o{number}')})"
        )

    def _known(self, numbers: list[int], unknown: str, make: Callable[[list[str]], str]) -> str:
        """`make` of the values, `unknown` where one of them is not known."""
        tests, values = [], []
        for number in numbers:
            text = self.text(number)
            if number not in self.flow.closed:
                if number not in self.names:
                    tests.append(f"(v{number} := {text}) is None")
                    text = f"v{number}"
                else:
                    tests.append(f"{text} is None")
            values.append(text)
        if not tests:
            return f"({make(values)})"
        return f"({unknown} if {' or '.join(dict.fromkeys(tests))} else {make(values)})"

    # Constants and facts

    def _number(self, _: int, op: Op) -> str:
        return repr(Fraction(cast(Fraction, op.data[0])).numerator)

    def _word(self, _: int, op: Op) -> str:
        return repr(str(op.data[0]))

    def _set(self, _: int, op: Op) -> str:
        return self.constant(cast(tuple[str, ...], op.data[0]))

    def _open(self, number: int, _: Op) -> str:
        return self._open_of(number)

    def _stated(self, number: int, op: Op) -> str:
        name, fact = str(op.data[0]), f"f{number}"
        found = f"({fact} := {_BASES[op.space]}_facts({name!r})) is None"
        spec = VOCABULARY.get(name)
        if spec is None or spec.type is FactType.TEXT:
            return self._open_of(number)
        if spec.type is FactType.BOOL:
            return f"(1 if {found} else 3 if {fact}.value else 0)"
        return self._fact(number, "{}.toordinal()" if spec.type is FactType.DATE else "{}")

    def _fact(self, number: int, value: str) -> str:
        """Something made of what is stated; None where nothing is."""
        op, fact = self.flow.op(number), f"f{number}"
        asked = f"({fact} := {_BASES[op.space]}_facts({str(op.data[0])!r})) is None"
        return f"(None if {asked} else {value.format(f'{fact}.value')})"

    def _is_told(self, _: int, op: Op) -> str:
        return f"(1 if {_BASES[op.space]}_facts({str(op.data[0])!r}) is None else 3)"

    def _of_day(self, number: int, op: Op) -> str:
        """Of a day that is asked for nothing else what was found for it before."""
        (day,) = self.flow.args(number)
        if self.flow.op(day).kind == "stated" and day not in self.names:
            return self._fact(day, f"{op.kind}_on[{{}}]")
        return self._known([day], "None", lambda v: f"{op.kind}[{v[0]}]")

    def _first(self, number: int, _: Op) -> str:
        return self._otherwise(number, None)

    def _else(self, number: int, op: Op) -> str:
        return self._otherwise(number, self.speaks(number, op))

    @staticmethod
    def base(op: Op) -> str:
        """Whose facts an operation asks."""
        return _BASES[op.space]

    def speaks(self, number: int, op: Op) -> str:
        """The test of whether silence may be read."""
        name, guard = str(op.data[0]), str(op.data[1])
        stale = f"{self.base(op)}_stale"
        if guard.startswith("presumed"):
            spec = VOCABULARY[name]
            presumed = self.constant(("presumed", name), lambda: spec.presume)
            test = (
                f"((s{number} := {stale}.get({name!r})) is None or s{number}.value == {presumed})"
            )
        else:
            test = f"{name!r} not in {stale}"
        return f"at_home and {test}" if guard.endswith("at_home") else test

    def _otherwise(self, number: int, guard: str | None) -> str:
        """The first where it is known, else the other if the guard lets it."""
        found, other = self.flow.args(number)
        den, unknown = self.flow.den[number], self._open_of(number)
        first, second = self.scaled_or_open(found, den), self.scaled_or_open(other, den)
        if first == unknown:
            kept, test = "", ""
        elif first.isidentifier():
            kept, test = first, first
        else:
            kept, test = f"e{number}", f"(e{number} := {first})"
        rest = second if guard is None else f"({second} if {guard} else {unknown})"
        if not kept:
            return rest
        known = f"{test} != 1" if unknown == "1" else f"{test} is not None"
        return f"({kept} if {known} else {rest})"

    def _follows(self, number: int, _: Op) -> str:
        told, bare, value = self.flow.args(number)
        tests = dict.fromkeys(f"not {self.text(one)}" for one in (told, bare))
        return f"({self.text(value)} if {' and '.join(tests)} else {self._open_of(number)})"

    def _told_by(self, number: int, op: Op) -> str:
        told, value = self._args(number)
        return f"({value} if {told} in {op.data[0]!r} else {self._open_of(number)})"

    # Truth

    def _not(self, number: int, _: Op) -> str:
        return f"{_NOT}[{self._args(number)[0]}]"

    def _ordered(self, number: int) -> list[str]:
        """Parts, those that cost least first."""
        parts = dict.fromkeys(self._args(number))
        return sorted(parts, key=lambda part: 0 if part.isidentifier() else len(part))

    def _and(self, number: int, _: Op) -> str:
        return self._joined(number, "&", lambda name: f"{name} and ")

    def _or(self, number: int, _: Op) -> str:
        return self._joined(number, "|", lambda name: f"3 if {name} == 3 else ")

    def _joined(self, number: int, sign: str, jump: Callable[[str], str]) -> str:
        """Parts one after the other until one decides."""
        head, *rest = self._ordered(number)
        found, sofar = [], head
        for part in rest:
            if part.isidentifier():
                sofar = f"{sofar} {sign} {part}"
                continue
            if sofar.isidentifier():
                found.append(jump(sofar))
            else:
                found.append(jump(f"(b{number} := {sofar})"))
                sofar = f"b{number}"
            sofar = f"{sofar} {sign} {part}"
        return f"({''.join(found)}{sofar})"

    def _test(self, number: int, op: Op) -> str:
        test = self.tests[op.kind](number, op)
        args = list(self.flow.args(number))
        return self._known(args, "1", lambda v: f"3 if {test(v)} else 0")

    def _compare(self, number: int, op: Op) -> Test:
        left, right = self.flow.args(number)
        den = lcm(self.flow.den[left], self.flow.den[right])
        return lambda v: (
            f"{self.scaled(left, den, v[0])} {op.data[0]} {self.scaled(right, den, v[1])}"
        )

    def _in(self, _: int, op: Op) -> Test:
        negated = "not " if op.data[1] is True else ""
        return lambda v: f"{v[0]} {negated}in {op.data[0]!r}"

    def _overlaps(self, _: int, op: Op) -> Test:
        wanted = self.constant(frozenset(cast(tuple[str, ...], op.data[0])))
        return lambda v: f"not {wanted}.isdisjoint({v[0]})"

    def _within(self, number: int, _: Op) -> str:
        return f"within({', '.join(self._args(number))})"

    def _guess(self, number: int, _: Op) -> str:
        found, sure = self._args(number)
        return f"({found} or (1 if {sure} else 0))"

    def _remark(self, number: int, _: Op) -> str:
        return f"(3 if {self._args(number)[0]} else 1)"

    # Numbers

    def _arith(self, number: int, op: Op) -> str:
        left, right = self.flow.args(number)
        den = self.flow.den[number]

        def make(values: list[str]) -> str:
            if op.data[0] == "*":
                return " * ".join(one for one in values if one != "1") or "1"
            first, second = self.scaled(left, den, values[0]), self.scaled(right, den, values[1])
            return f"{first} {op.data[0]} {second}"

        return self._known([left, right], "None", make)

    def _scale(self, number: int, op: Op) -> str:
        factor = cast(Fraction, op.data[0]).numerator
        return self._known(
            list(self.flow.args(number)),
            "None",
            lambda v: v[0] if factor == 1 else f"{v[0]} * {factor}",
        )

    def _least(self, number: int, op: Op) -> str:
        args, which = list(self.flow.args(number)), "max" if op.data[0] is True else "min"
        den = self.flow.den[number]

        def make(values: list[str]) -> str:
            parts = (self.scaled(arg, den, one) for arg, one in zip(args, values, strict=True))
            return f"{which}({', '.join(parts)})"

        return self._known(args, "None", make)

    def _cond(self, number: int, _: Op) -> str:
        """Where the test is unknown, known all the same if both branches say the same."""
        test, *branches = self.flow.args(number)
        den, unknown = self.flow.den[number], self._open_of(number)
        yes, no = (
            self.text(one) if one in self.flow.truths else self.scaled_or_open(one, den)
            for one in branches[:2]
        )
        same = f"{yes} == {no}"
        if len(branches) > 2:  # known by a presumption only: the answer rests on it
            same += f" and {self.text(branches[2])} == 1"
        told = f"c{number}"
        open_ = f"{yes} if {same} else {unknown}"
        asked = f"({told} := {self.text(test)})"
        return f"({yes} if {asked} == 3 else {no} if not {told} else {open_})"

    def _standard(self, number: int, op: Op) -> str:
        n, parts = cast(int, op.data[1]), self._args(number)
        standard, on = self.flow.standard(number), self.flow.program.on
        figures = self.constant(("figures", standard.id), lambda: Figures(standard, on))
        keys, guessed = (", ".join(some) for some in (parts[:n], parts[n:]))
        return f"{figures}.at(({keys},), ({guessed}{',' if guessed else ''}))"

    # Collections

    def _gather(self, number: int, op: Op) -> str:
        (inner,), var = self.flow.args(number), str(op.data[0])
        if self.flow.is_own(op) or self.flow.op(inner).kind in CONSTANTS:
            found = self.text(inner)
        else:
            found = f"{self.name_for(inner)}_all[at_{var}]"
        if var in op.space.open_vars():
            return f"({self._open_of(number)} if at_{var} is None else {found})"
        return found

    def _unlisted(self, _: int, op: Op) -> str:
        if op.data[0] == "events":
            return "(1 if family.events is None else 0)"
        return "(0 if is_looked_up(family, person) else 1)"

    def _owes(self, number: int, _: Op) -> str:
        return f"owes({', '.join(self._args(number))})"

    def _term(self, number: int, _: Op) -> str:
        kept, body = self.flow.args(number)
        value = self.scaled_or_open(body, self.flow.den[number])
        test = f"(k{number} := {self.text(kept)})"
        return f"({value} if {test} == 3 else None if k{number} else 0)"

    # Ledger

    def _holding(self, aids: tuple[str, ...], held: str) -> str:
        if len(aids) == 1:
            return f"{aids[0]!r} in {held}"
        return f"not {self.constant(frozenset(aids))}.isdisjoint({held})"

    def _is_silent(self, op: Op, aids: tuple[str, ...]) -> str:
        """1 where silence says nothing; an outsider's ledger is not ours to know."""
        one = f"{aids[0]!r} in aids_covered" if len(aids) == 1 else ""
        told = f"ledger.complete or {one or f'{self.constant(frozenset(aids))} <= aids_covered'}"
        if op.space == HOUSEHOLDS:
            return f"(0 if {told} else 1)"
        return f"(0 if at_home and ({told}) else 1)"

    def _shared(self, aids: tuple[str, ...], counted: int) -> str:
        """A member's part in what the household holds."""
        held = self._holding(aids, "household_holds")
        return f"({self.text(counted)} if at_home and {held} else 0)"

    def _held(self, number: int, op: Op) -> str:
        aids, counted = cast(tuple[str, ...], op.data[0]), self.flow.args(number)
        rest = self._is_silent(op, aids)
        if counted:
            rest = f"{rest} | {self._shared(aids, counted[0])}"
        return f"(3 if {self._holding(aids, f'{_BASES[op.space]}_holds')} else {rest})"

    def _lacks(self, number: int, op: Op) -> str:
        """Silence stands for no; only what the family is known to hold, or may share, speaks."""
        aids, counted = cast(tuple[str, ...], op.data[0]), self.flow.args(number)
        rest = f"{_NOT}[{self._shared(aids, counted[0])}]" if counted else "3"
        return f"(0 if {self._holding(aids, f'{_BASES[op.space]}_holds')} else {rest})"

    def _held_at(self, number: int, op: Op) -> str:
        aids, bound = self.constant(cast(tuple[str, ...], op.data[0])), str(op.data[1])
        day, *counted = self._args(number)
        if not bound:
            return f"held_at(ledger, 'household', {aids}, {day}, None)"
        at = f"at_{bound}"
        whose = f"people[{at}].id, {aids}, {day}"
        found = f"held_at(ledger, {whose}, {counted[0]} if {at} < n_members else None)"
        return f"(1 if {at} is None else {found})" if bound in op.space.open_vars() else found

    def _received(self, number: int, op: Op) -> str:
        """Nothing where it is not held; unknown where an amount is not said, or is shared."""
        (held, *counted), aid = self.flow.args(number), str(op.data[0])
        to = "'household'" if op.space == HOUSEHOLDS else "person.id"
        found = f"paid(ledger, {to}, {aid!r})"
        for one in counted:
            found = f"None if {self._shared((aid,), one)} else {found}"
        test = f"(h{number} := {self.text(held)})"
        return f"((None if h{number} == 1 else {found}) if {test} else 0)"

    def _history(self, _: int, op: Op) -> str:
        aids = cast(tuple[str, ...], op.data[0])
        to = "'household'" if op.space == HOUSEHOLDS else "person.id"
        found = f"{op.kind}(ledger, {to}, {self.constant(aids)})"
        return f"(None if {self._is_silent(op, aids)} else {found})"
