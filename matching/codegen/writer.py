"""From the plan to the text of one Python function (写出代码): one loop a turn."""

from dataclasses import dataclass
from typing import cast

from matching.codegen.expressions import Expressions
from matching.codegen.flow import Flow
from matching.scan.program import EVENTS, HOUSEHOLDS, PERSONS, Space

__all__ = ["Work", "Writer"]

_SIGN = {"any": "|", "all": "&"}
_START = {"any": "0", "all": "3", "sum": "0", "count": "0"}
_UNDECIDED = {"any": "{} != 3", "all": "{}", "sum": "{} is not None", "count": "{} is not None"}
_ROWS = {
    "members": "range(n_members)", "events": "range(len(events))",
    "outside": "outsiders_of[at_{}]", "home": "others_of[at_{}]", "parents": "parents_of[at_{}]",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Work:
    """What one loop does: values with names, sums of the household, outcomes."""

    base: Space
    turn: int
    bound: list[int]
    sums: list[tuple[int, int]]
    has_row: bool
    by_event: Space | None


class Writer:
    """Writes the function `statuses(family)` for one flow."""

    function = "statuses"

    def __init__(self, flow: Flow):
        self.flow = flow
        self.say = self._words(flow)
        self.lines: list[str] = []
        self.depth = 1
        self.relations = flow.bases() & {"outside", "home", "parents"}

    @staticmethod
    def _words(flow: Flow) -> Expressions:
        return Expressions(flow)

    def source(self) -> str:
        """The text of the function."""
        for turn in self.flow.turns():
            self._households(turn)
            self._loop(EVENTS, turn)
            self._loop(PERSONS, turn)
        outcomes = self._row(HOUSEHOLDS)
        self._add(f"return {outcomes}, person_rows, event_rows, person_event_rows")
        self._put_first(0, self._begin())
        return "\n".join((f"def {self.function}(family):", *self.lines, ""))

    def _put_first(self, start: int, lines: list[str]) -> None:
        """Assignments before all lines from `start` on; those that nobody reads are left out."""
        text = "\n".join(self.lines[start:])
        for line in reversed(lines):
            told, _, _ = line.partition(" = ")
            if any(name in text for name in told.split(", ")):
                self.lines.insert(start, "    " * self.depth + line)
                text = f"{line}\n{text}"

    def _add(self, line: str) -> None:
        self.lines.append("    " * self.depth + line)

    def _begin(self) -> list[str]:
        """What the family is taken apart into."""
        outside = self.relations & {"outside", "parents"}
        names = {"outside": "outsiders", "home": "others", "parents": "parents"}
        related = sorted(names[base] for base in self.relations)
        return [
            "members = family.members",
            "n_members = len(members)",
            f"people = {'(*members, *(family.obligors or ()))' if outside else 'members'}",
            *(() if outside else ("at_home = True",)),
            "events = family.events or ()",
            "household_facts = family.facts.get",
            "household_stale = family.stale",
            "person_rows, event_rows, person_event_rows = [], [], []",
            "ledger = family.ledger",
            "holders = running(ledger) if ledger.entries else NO_HOLDERS",
            "aids_covered = covered(ledger) if ledger.coverage else NOTHING",
            "household_holds = holders.get('household', NOTHING)",
            *(f"{name}_of = {name}(people)" for name in related),
        ]

    # Households

    def _households(self, turn: int) -> None:
        for number in self.flow.bound_in(HOUSEHOLDS, turn):
            self._bind(number)

    def _bind(self, number: int) -> None:
        name = self.say.name_for(number)
        op = self.flow.op(number)
        if op.kind != "reduce":
            self._add(f"{name} = {self.say.text(number)}")
        elif op.space == HOUSEHOLDS:
            self._finish(number, name)
        else:
            self._start(number)
            for term, space in self.flow.terms(number):
                self._inner_loop(number, name, term, space)
            self._rest(number, name)
        self.say.names[number] = name

    # Loops

    def _loop(self, base: Space, turn: int) -> None:
        """What is asked of each person or event in one turn."""
        is_last = turn == self.flow.last[base]
        work = Work(
            base,
            turn,
            list(self.flow.bound_in(base, turn)),
            [pair for pair in self.flow.sums() if self._sums_in(pair, base, turn)],
            is_last and self.flow.tells(base),
            self.flow.by_event() if is_last and base == PERSONS else None,
        )
        if not (work.bound or self._tells(work)):
            return
        outer = dict(self.say.names)
        self._before(work)
        start, self.depth = len(self.lines), self.depth + 1
        self._earlier(base, turn)
        for number in work.bound:
            self._bind(number)
            if number in self.flow.kept:
                self._keep(number)
        self._home(work)
        self._head(base, start)
        self.depth -= 1
        self.say.names = outer

    def _tells(self, work: Work) -> bool:
        """Whether anything leaves the loop but lists."""
        return bool(work.sums or work.has_row or work.by_event is not None)

    def _before(self, work: Work) -> None:
        """Empty lists and sums."""
        for number in work.bound:
            if number in self.flow.kept:
                self._empty(number)
        for number in dict.fromkeys(number for number, _ in work.sums):
            if not self._is_begun(number, work.turn):
                self._start(number)

    def _empty(self, number: int) -> None:
        self._add(f"{self.say.name_for(number)}_all = []")

    def _keep(self, number: int) -> None:
        name = self.say.name_for(number)
        self._add(f"{name}_all.append({name})")

    def _start(self, number: int) -> None:
        which = str(self.flow.op(number).data[0])
        self._add(f"{self.say.name_for(number)} = {_START[which]}")

    def _earlier(self, base: Space, turn: int) -> None:
        """Values of earlier turns by the place of this person or event."""
        var = "person" if base == PERSONS else "event"
        for number in self.flow.kept:
            if self.flow.op(number).space == base and self.flow.turn[number] < turn:
                self.say.names[number] = f"{self.say.name_for(number)}_all[at_{var}]"

    def _is_begun(self, number: int, turn: int) -> bool:
        return any(self.flow.turn[term] < turn for term, _ in self.flow.terms(number))

    def _sums_in(self, pair: tuple[int, int], base: Space, turn: int) -> bool:
        term = pair[1]
        return self.flow.op(term).space == base and self.flow.turn[term] == turn

    def _head(self, base: Space, start: int) -> None:
        """The loop over all lines from `start` on, and what each person or event has."""
        name, rows = ("event", "events") if base == EVENTS else ("person", "people")
        outside = self.relations & {"outside", "parents"}
        told = [f"{name}_facts = {name}.facts.get", f"{name}_stale = {name}.stale"]
        if base == PERSONS:
            told += ["at_home = at_person < n_members"] if outside else []
            told.append("person_holds = holders.get(person.id, NOTHING)")
        self._put_first(start, told)
        loop = f"for {name} in {rows}:"
        if any(f"at_{name}" in line for line in self.lines[start:]):
            loop = f"for at_{name}, {name} in enumerate({rows}):"
        self.lines.insert(start, "    " * (self.depth - 1) + loop)

    def _home(self, work: Work) -> None:
        """What counts for members alone: sums of the household, and outcomes."""
        if not self._tells(work):
            return
        guarded = work.base == PERSONS and bool(self.relations & {"outside", "parents"})
        if guarded:
            self._add("if at_home:")
            self.depth += 1
        self._sum_up(work)
        if work.has_row:
            rows = "person_rows" if work.base == PERSONS else "event_rows"
            self._add(f"{rows}.append({self._row(work.base)})")
        if work.by_event is not None:
            self._by_event(work.by_event)
        self.depth -= guarded

    def _sum_up(self, work: Work) -> None:
        for number, term in work.sums:
            self._accumulate(number, self.say.name_for(number), term)

    def _by_event(self, space: Space) -> None:
        """Outcomes of one person for each event."""
        outer = dict(self.say.names)
        self._add("rows_of_person = []")
        self._add("for at_event in range(len(events)):")
        self.depth += 1
        for number in self.flow.bound_in(space):
            self._bind(number)
        self._add(f"rows_of_person.append({self._row(space)})")
        self.depth -= 1
        self._add("person_event_rows.append(rows_of_person)")
        self.say.names = outer

    def _inner_loop(self, number: int, name: str, term: int, space: Space) -> None:
        """One collection of one person."""
        outer = dict(self.say.names)
        rows = _ROWS[space.base].format(space.of)
        self._add(f"for at_{space.var} in {rows}:")
        self.depth += 1
        for inner in self.flow.bound_below(term, space):
            self._bind(inner)
        self._accumulate(number, name, term)
        self.depth -= 1
        self.say.names = outer

    # Sums

    def _accumulate(self, number: int, name: str, term: int) -> None:
        which = str(self.flow.op(number).data[0])
        test = _UNDECIDED[which].format(name)
        if which in _SIGN:
            text = self.say.text(term)
            guard = "" if text.isidentifier() else f"if {test}: "
            self._add(f"{guard}{name} {_SIGN[which]}= {text}")
            return
        value = self.say.scaled_or_open(term, self.flow.den[number])
        if number in self.flow.closed:
            self._add(f"{name} += {value}")
            return
        self._add(f"if {test}: {name} = None if (x := {value}) is None else {name} + x")

    def _finish(self, number: int, name: str) -> None:
        """A sum of the household, when all persons or events have had their turn."""
        terms = [
            pair for pair in self.flow.terms(number) if self.flow.op(pair[0]).space == HOUSEHOLDS
        ]
        if len(terms) == len(list(self.flow.terms(number))):
            self._start(number)
        for term, space in terms:
            self._constant_term(number, name, term, space)
        self._rest(number, name)

    def _constant_term(self, number: int, name: str, term: int, space: Space) -> None:
        """The same for each: no loop is needed."""
        which, rows = (
            str(self.flow.op(number).data[0]),
            "n_members" if space == PERSONS else "len(events)",
        )
        if which in _SIGN:
            self._add(f"if {rows}: {name} {_SIGN[which]}= {self.say.text(term)}")
            return
        value = self.say.scaled_or_open(term, self.flow.den[number])
        if number in self.flow.closed:
            self._add(f"{name} += {rows}" if value == "1" else f"{name} += {value} * {rows}")
            return
        self._add(f"if {rows}: {name} = None if (x := {value}) is None else {name} + x * {rows}")

    def _rest(self, number: int, name: str) -> None:
        """One unknown more where nobody looked."""
        op = self.flow.op(number)
        for rest in self.flow.args(number)[cast(int, op.data[2]) :]:
            text = self.say.text(rest)
            match op.data[0]:
                case "any":
                    self._add(f"{name} |= {text}")
                case "all":
                    self._add(f"{name} &= (3, 1)[{text}]")
                case _:
                    self._add(f"{name} = None if {text} else {name}")

    def _row(self, space: Space) -> str:
        """What is told of one subject."""
        return f"bytes(({self._told(space)})).translate(OUTCOMES)"

    def _told(self, space: Space) -> str:
        return "".join(f"{self.say.text(number)}, " for number in self.flow.outcomes(space))
