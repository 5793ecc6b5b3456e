"""What an open value lacks, as bits (缺项的位): expressions beside those of the values.

A truth is one number: above nothing it is open, and its bits are what is missing; otherwise it is
known. Read for an `and`, 0 is met and -1 unmet; read for an `or`, the other way round: both are
then `|`, for -1 has every bit. Other values stay None where they are open, and `lack` says of what.
The paths are those of `matching/scan/missing.py`.
"""

from collections.abc import Callable
from typing import cast

from matching.codegen.expressions import Expressions
from matching.codegen.flow import CONSTANTS, Flow
from matching.codegen.lacking_runtime import Asked
from matching.scan.program import HOUSEHOLDS, PERSONS, Op
from matching.vocabulary import VOCABULARY, FactType

__all__ = ["DOUBT", "Lacks", "companion"]

DOUBT = 1  # open, and no fact settles it
_OTHER = {"and": "or", "or": "and"}
_AS_OR = frozenset({"or", "held", "held_at"})
_ALWAYS_ITSELF = frozenset({"stated", "else", "open"})
_BASES = {PERSONS: "person", HOUSEHOLDS: "household"}


def companion(name: str) -> str:
    """Where what a value lacks stands, beside the value or in a list beside its list."""
    head, all_, rest = name.partition("_all")
    return f"{head}_lacks{all_}{rest}"


class Lacks(Expressions):
    """Expressions whose truths say what they lack.

    Attributes:
        bits: name of a fact, figure or aid -> its bit.
    """

    def __init__(self, flow: Flow):
        super().__init__(flow)
        self.bits: dict[str, int] = {}
        self._certain: dict[int, int | None] = {}
        self.truths: dict[str, Callable[[int, Op, str], str]] = {
            "truth": lambda _, op, way: self._fixed(met=op.data[0] is True, way=way),
            "doubt": lambda *_: str(DOUBT), "open": self._always_open, "stated": self._of_fact,
            "is_told": self._told, "first": self._of_definition, "else": self._of_silence,
            "follows": self._followed, "told_by": self._named, "compare": self._strict,
            "in": self._strict, "overlaps": self._strict, "within": self._inside,
            "cond": self._chosen, "guess": self._guessed, "remark": self._remarked,
            "owes": self._owing, "gather": self._gathered, "unlisted": self._nobody_looked,
            "no_event": self._nothing_happened, "held": self._holds, "lacks": self._holds_none,
            "held_at": self._held_then,
        }  # fmt: skip

    # Truths

    def text(self, number: int) -> str:
        """The expression of an operation; of a truth, read in its own way."""
        return self.truth(number) if number in self.flow.truths else super().text(number)

    def own_way(self, number: int) -> str:
        """How a truth is written: for an `and` or for an `or`."""
        op = self.flow.op(number)
        if op.kind in ("not", "gather"):
            inner = self.own_way(self.flow.args(number)[0])
            return _OTHER[inner] if op.kind == "not" else inner
        return (
            "or" if op.kind in _AS_OR or (op.kind, op.data[:1]) == ("reduce", ("any",)) else "and"
        )

    def truth(self, number: int, way: str = "") -> str:
        """A truth, read for `and` or for `or`."""
        own = self.own_way(number)
        way = way or own
        if number in self.names:
            return self._turned(number, self.names[number], own, way)
        op = self.flow.op(number)
        if op.kind == "not":
            return self.truth(self.flow.args(number)[0], _OTHER[way])
        if op.kind in ("and", "or"):
            return self._turned(number, self._joined_parts(number), own, way)
        return self.truths[op.kind](number, op, way)

    def _turned(self, number: int, text: str, own: str, way: str) -> str:
        """The same truth, read the other way."""
        if own == way:
            return text
        if text.isidentifier():
            return f"({text} if {text} > 0 else ~{text})"
        return f"(t{number} if (t{number} := {text}) > 0 else ~t{number})"

    def _fixed(self, *, met: bool, way: str) -> str:
        return "0" if met is (way == "and") else "-1"

    def _when(self, test: str, way: str) -> str:
        """Met where a test of Python holds."""
        return f"{self._fixed(met=True, way=way)} if {test} else {self._fixed(met=False, way=way)}"

    def _joined_parts(self, number: int) -> str:
        """Parts one after the other until one decides."""
        way = self.own_way(number)
        parts = dict.fromkeys(self.truth(arg, way) for arg in self.flow.args(number))
        head, *rest = sorted(parts, key=lambda part: 0 if part.isidentifier() else len(part))
        found, sofar = [], head
        for part in rest:
            if not part.isidentifier():
                if not sofar.isidentifier():
                    sofar = f"(b{number} := {sofar})"
                found.append(f"-1 if {sofar} < 0 else ")
                sofar = sofar if sofar.isidentifier() else f"b{number}"
            sofar = f"{sofar} | {part}"
        return f"({''.join(found)}{sofar})"

    def _always_open(self, _: int, op: Op, __: str) -> str:
        return str(self.bit(str(op.data[0])))

    def _of_fact(self, number: int, op: Op, way: str) -> str:
        name, fact = str(op.data[0]), f"f{number}"
        spec, bit = VOCABULARY.get(name), self.bit(name)
        if spec is None or spec.type is FactType.TEXT:
            return str(bit)
        asked = f"({fact} := {self.base(op)}_facts({name!r}))"
        return f"({bit} if {asked} is None else {self._when(f'{fact}.value', way)})"

    def _told(self, _: int, op: Op, way: str) -> str:
        asked = f"{self.base(op)}_facts({str(op.data[0])!r})"
        return f"({DOUBT} if {asked} is None else {self._fixed(met=True, way=way)})"

    def _of_definition(self, number: int, op: Op, way: str) -> str:
        """What was stated, else what is computed; what only a person decides may be stated."""
        stated, computed = self.flow.args(number)
        other = self.truth(computed, way)
        if op.data[1] is True:
            kept = f"d{number}"
            other = f"({self.bit(str(op.data[0]))} if ({kept} := {other}) == {DOUBT} else {kept})"
        first = self.truth(stated, way)
        if first.isdigit() and first != "0":
            return other
        return f"(e{number} if (e{number} := {first}) <= 0 else {other})"

    def _of_silence(self, number: int, op: Op, way: str) -> str:
        """A fact: what was stated, or what its silence stands for; else it is what is missing."""
        found, other = (self.truth(arg, way) for arg in self.flow.args(number))
        bit, kept = self.bit(str(op.data[0])), f"e{number}"
        if self.flow.op(self.flow.args(number)[1]).kind not in CONSTANTS:
            other = f"(u{number} if (u{number} := {other}) <= 0 else {bit})"
        rest = f"({other} if {self.speaks(number, op)} else {bit})"
        return f"({kept} if ({kept} := {found}) <= 0 else {rest})"

    def _followed(self, number: int, _: Op, way: str) -> str:
        told, bare, value = self.flow.args(number)
        tests = dict.fromkeys(f"{self.truth(one, 'and')} < 0" for one in (told, bare))
        return f"({self.truth(value, way)} if {' and '.join(tests)} else {DOUBT})"

    def _named(self, number: int, op: Op, way: str) -> str:
        told, value = self.flow.args(number)
        return f"({self.truth(value, way)} if {self.text(told)} in {op.data[0]!r} else {DOUBT})"

    def _strict(self, number: int, op: Op, way: str) -> str:
        """A test of values, all of which must be known."""
        test, args = self.tests[op.kind](number, op), list(self.flow.args(number))
        return self._known(args, self.lack_of(args), lambda v: self._when(test(v), way))

    def _chosen(self, number: int, _: Op, way: str) -> str:
        test, *branches = self.flow.args(number)
        yes, no = (self.truth(one, way) for one in branches[:2])
        told = f"c{number}"
        same = f"{yes} == {no} <= 0"
        if len(branches) > 2:  # known by a presumption only: the answer rests on it
            same += f" and {self.truth(branches[2], 'and')} > 0"
        asked = f"({told} := {self.truth(test, 'and')})"
        open_ = f"{yes} if {same} else {told}"
        return f"({yes} if {asked} == 0 else {no} if {told} < 0 else {open_})"

    def _guessed(self, number: int, _: Op, way: str) -> str:
        """What fails by a guess alone is open, for want of what would make it sure."""
        found, sure = (self.truth(arg, "and") for arg in self.flow.args(number))
        text = f"(g{number} if (g{number} := {found}) >= 0 else ({sure}) or {DOUBT})"
        return self._turned(number, text, "and", way)

    def _remarked(self, number: int, _: Op, way: str) -> str:
        found = self.truth(self.flow.args(number)[0], "and")
        return f"({DOUBT} if {found} < 0 else {self._fixed(met=True, way=way)})"

    def _inside(self, number: int, op: Op, way: str) -> str:
        code, area, place = self.flow.args(number)
        told = ", ".join(self.text(arg) for arg in (code, area, place))
        short, home = self.itself(op.args[0]), self.bit("HOME")
        open_ = f"({home} if {self.text(area)} == '' else {short})"
        found = (
            f"({open_} if (w{number} := within({told})) == 1 else {self._when(f'w{number}', way)})"
        )
        lacks = self.lack_of([code, area])
        return self._known([code, area], lacks, lambda _: found)

    def itself(self, raw: int) -> int:
        """What is missing of a code that is too short to tell; DOUBT: nothing that has a name."""
        op = self.flow.op(raw)
        while op.kind in ("lift", "gather"):
            op = self.flow.op(op.args[0])
        return self.bit(str(op.data[0])) if op.kind == "fact" else DOUBT

    def _owing(self, number: int, _: Op, way: str) -> str:
        own, theirs, age, life = self.flow.args(number)
        asked = ", ".join(self.text(one) for one in (own, theirs, age, life))
        lacks = ", ".join(self.lack_if_open(one) for one in (own, theirs, age))
        bit, found = self.bit("person.relation"), f"(w{number} := owes({asked}))"
        open_ = f"owing({self.text(own)}, {self.text(theirs)}, ({lacks}), {bit})"
        return f"({open_} if {found} == 1 else {self._when(f'w{number}', way)})"

    def _gathered(self, number: int, op: Op, way: str) -> str:
        (inner,), var = self.flow.args(number), str(op.data[0])
        if self.flow.is_own(op) or self.flow.op(inner).kind in CONSTANTS:
            found = self.truth(inner, way)
        else:
            text = f"{self.name_for(inner)}_all[at_{var}]"
            found = self._turned(number, text, self.own_way(inner), way)
        if var in op.space.open_vars():
            return f"({self.bit('child.parents')} if at_{var} is None else {found})"
        return found

    def _nobody_looked(self, _: int, op: Op, __: str) -> str:
        """Not a truth but one unknown more, whichever way it is read."""
        name = str(op.data[0])
        bit = self.bit(name)
        if name == "events":
            return f"({bit} if family.events is None else 0)"
        return f"(0 if is_looked_up(family, person) else {bit})"

    def _nothing_happened(self, _: int, __: Op, way: str) -> str:
        unmet = self._fixed(met=False, way=way)
        return f"({self.bit('events')} if family.events is None else {unmet})"

    # Ledger

    def aids(self, op: Op) -> tuple[str, ...]:
        """The aids that a question to the ledger names."""
        first = op.data[0]
        return (first,) if isinstance(first, str) else cast(tuple[str, ...], first)

    def all_unsaid(self, op: Op) -> int:
        """The bits of all these aids."""
        found = 0
        for aid in self.aids(op):
            found |= self.bit(f"benefit.{aid}")
        return found or DOUBT

    def unsaid(self, op: Op) -> str:
        """The aids of which silence says nothing; of an outsider all."""
        each = [
            f"(0 if {aid!r} in aids_covered else {self.bit(f'benefit.{aid}')})"
            for aid in self.aids(op)
        ]
        told = f"0 if ledger.complete else {' | '.join(each) or '0'}"
        if op.space != HOUSEHOLDS:
            told = f"{self.all_unsaid(op)} if not at_home else {told}"
        return f"({told})"

    def part(self, aids: tuple[str, ...], counted: int) -> str:
        """A member's part in what the household holds, read for `or`."""
        held = self._holding(aids, "household_holds")
        return f"({self.truth(counted, 'or')} if at_home and {held} else 0)"

    def _holds(self, number: int, op: Op, way: str) -> str:
        counted, rest = self.flow.args(number), self.unsaid(op)
        if counted:
            rest = f"{rest} | {self.part(self.aids(op), counted[0])}"
        own = self._holding(self.aids(op), f"{_BASES[op.space]}_holds")
        return self._turned(number, f"(-1 if {own} else {rest})", "or", way)

    def _holds_none(self, number: int, op: Op, way: str) -> str:
        """Silence stands for no; where a part in it is open, what is silent is missing, too."""
        counted, rest, kept = self.flow.args(number), "0", f"s{number}"
        if counted:
            part = self.part(self.aids(op), counted[0])
            rest = f"({kept} if ({kept} := {part}) <= 0 else {kept} | {self.unsaid(op)})"
        own = self._holding(self.aids(op), f"{_BASES[op.space]}_holds")
        return self._turned(number, f"(-1 if {own} else {rest})", "and", way)

    def _held_then(self, number: int, op: Op, way: str) -> str:
        bits = tuple((aid, self.bit(f"benefit.{aid}")) for aid in self.aids(op))
        aids, bound = self.constant(("unsaid", bits), lambda: bits), str(op.data[1])
        day, *counted = self.flow.args(number)

        def make(values: list[str]) -> str:
            if not bound:
                return f"held_then(ledger, 'household', {aids}, {values[0]}, None)"
            at = f"at_{bound}"
            part = f"{self.truth(counted[0], 'or')} if {at} < n_members else None"
            found = f"held_then(ledger, people[{at}].id, {aids}, {values[0]}, {part})"
            nobody = self.bit("child.parents")
            is_open = bound in op.space.open_vars()
            return f"({nobody} if {at} is None else {found})" if is_open else found

        text = self._known([day], self.lack_of([day]), make)
        return self._turned(number, text, "or", way)

    # Values with truths inside

    def _term(self, number: int, _: Op) -> str:
        kept, body = self.flow.args(number)
        value = self.scaled_or_open(body, self.flow.den[number])
        test = f"(k{number} := {self.truth(kept, 'and')})"
        return f"({value} if {test} == 0 else None if k{number} > 0 else 0)"

    def _cond(self, number: int, _: Op) -> str:
        test, *branches = self.flow.args(number)
        yes, no = (self.scaled_or_open(one, self.flow.den[number]) for one in branches[:2])
        same = f"{yes} == {no}"
        if len(branches) > 2:
            same += f" and {self.truth(branches[2], 'and')} > 0"
        asked = f"(c{number} := {self.truth(test, 'and')})"
        open_ = f"{yes} if {same} else None"
        return f"({yes} if {asked} == 0 else {no} if c{number} < 0 else {open_})"

    def _follows(self, number: int, _: Op) -> str:
        told, bare, value = self.flow.args(number)
        tests = dict.fromkeys(f"{self.truth(one, 'and')} < 0" for one in (told, bare))
        return f"({self.text(value)} if {' and '.join(tests)} else None)"

    def _received(self, number: int, op: Op) -> str:
        (held, *counted), aid = self.flow.args(number), str(op.data[0])
        to = "'household'" if op.space == HOUSEHOLDS else "person.id"
        found = f"paid(ledger, {to}, {aid!r})"
        for one in counted:
            found = f"(None if {self.part((aid,), one)} else {found})"
        test = f"(h{number} := {self.truth(held, 'or')})"
        return f"({found} if {test} < 0 else None if h{number} else 0)"

    # What is lacking

    def bit(self, name: str) -> int:
        """The bit of a name; the first time it is given one."""
        return self.bits.setdefault(name, 2 << len(self.bits))

    def lack_of(self, numbers: list[int]) -> str:
        """What these lack, one of which at least is open."""
        maybe = [number for number in numbers if number not in self.flow.closed]
        sure = {self.certain(number) for number in maybe}
        if len(maybe) == 1 or (len(sure) == 1 and None not in sure):
            return self.lack(maybe[0])
        return f"({' | '.join(map(self.lack_if_open, maybe)) or DOUBT})"

    def lack_if_open(self, number: int) -> str:
        """What a value lacks; nothing where it is known."""
        if number in self.flow.closed:
            return "0"
        return f"({self.lack(number)} if {self.text(number)} is None else 0)"

    def lack(self, number: int) -> str:
        """What an open value lacks: bits that stand for certain, a name, or an expression."""
        sure = self.certain(number)
        if sure is not None:
            return str(sure)
        return companion(self.names[number]) if number in self.names else self.lack_anew(number)

    def certain(self, number: int) -> int | None:
        """The bits, where an open value always lacks the same."""
        if number not in self._certain:
            self._certain[number] = self._certain_anew(number)
        return self._certain[number]

    def _certain_anew(self, number: int) -> int | None:
        op, args = self.flow.op(number), self.flow.args(number)
        if op.kind in _ALWAYS_ITSELF:
            return self.bit(str(op.data[0]))
        if op.kind in ("months_held", "last_held"):
            return self.all_unsaid(op)
        if op.kind == "first":
            return None if op.data[1] is True else self.certain(args[1])
        if op.kind == "gather" and str(op.data[0]) not in op.space.open_vars():
            return self.certain(args[0])
        whole = op.kind == "reduce" and len(args) == op.data[2]
        if whole or op.kind in ("arith", "scale", "least", "age", "months_since"):
            found = {self.certain(arg) for arg in args if arg not in self.flow.closed}
            return found.pop() if len(found) == 1 else None
        return DOUBT if op.kind in ("follows", "told_by", *CONSTANTS, "place") else None

    def lack_anew(self, number: int) -> str:
        """What an open value lacks, out of its parts."""
        op, args = self.flow.op(number), self.flow.args(number)
        match op.kind:
            case "first":
                inner = self.lack(args[1])
                bit = self.bit(str(op.data[0]))
                return f"(m{number} if (m{number} := {inner}) > {DOUBT} else {bit})"
            case "gather":
                return self._lack_gathered(op, args[0])
            case "cond":
                yes, no = (self.lack(arg) for arg in args[1:3])
                asked = f"(c{number} := {self.truth(args[0], 'and')})"
                return f"(c{number} if {asked} > 0 else {no} if c{number} else {yes})"
            case "term":
                asked = f"(k{number} := {self.truth(args[0], 'and')})"
                return f"(k{number} if {asked} > 0 else {self.lack(args[1])})"
            case "received":
                return self._lack_received(number, op, args)
            case "standard":
                return self._lack_figure(number, op, args)
        return self.lack_of(list(args))

    def _lack_gathered(self, op: Op, inner: int) -> str:
        var = str(op.data[0])
        if self.certain(inner) is None and not self.flow.is_own(op):
            found = f"{companion(f'{self.name_for(inner)}_all[at_{var}]')}"
        else:
            found = self.lack(inner)
        if var in op.space.open_vars():
            return f"({self.bit('child.parents')} if at_{var} is None else {found})"
        return found

    def _lack_received(self, number: int, op: Op, args: tuple[int, ...]) -> str:
        held, *counted = args
        aid = str(op.data[0])
        paid = str(self.bit(f"benefit.{aid}"))
        for one in counted:
            paid = f"{paid} | max(0, {self.part((aid,), one)})"
        return f"(h{number} if (h{number} := {self.truth(held, 'or')}) > 0 else {paid})"

    def _lack_figure(self, number: int, op: Op, args: tuple[int, ...]) -> str:
        keys = args[: cast(int, op.data[1])]
        standard, on = self.flow.standard(number), self.flow.program.on
        asked = self.constant(("asked", standard.id), lambda: Asked(standard, on))
        told = ", ".join(self.text(key) for key in keys)
        lacks = " | ".join(self.lack_if_open(key) for key in keys)
        return f"{asked}.lack(({told},), {lacks}, {self.bit(standard.id)})"
