"""Writes the function of reasons (写出理由的代码): loops as for statuses, and what is lacking."""

from dataclasses import dataclass
from typing import cast

from matching.codegen.flow import Flow
from matching.codegen.lacks import Lacks, companion
from matching.codegen.writer import Writer
from matching.scan.program import PERSONS, Space
from matching.scan.status import Variant

__all__ = ["ReasonFlow", "ReasonWriter"]

_WAYS = {"any": "or", "all": "and"}  # how the sums of truths are read


@dataclass(slots=True)
class ReasonFlow(Flow):
    """The plan for conditions instead of outcomes."""

    def outcomes(self, space: Space) -> list[int]:
        """All that count for a policy in one space, in order; of persons last who is alive."""
        found = [number for variant in self.variants(space) for number in self.counting(variant)]
        return [*found, self.same[self.program.alive]] if found and space == PERSONS else found

    def variants(self, space: Space) -> list[Variant]:
        """The variants of all policies in one space, in order."""
        variants = (variant for plan in self.program.plans for variant in plan.variants)
        return [variant for variant in variants if variant.space == space]

    def counting(self, variant: Variant) -> list[int]:
        """What counts for the outcome of a policy: conditions, remarks, and what never settles."""
        return [self.same[arg] for arg in self.program.ops[variant.outcome].args]

    def parts(self, variant: Variant) -> list[int]:
        """The conditions that may say no."""
        return [self.same[part] for part in variant.parts]


class ReasonWriter(Writer):
    """Writes the function `reasons(family)` for one flow."""

    function = "reasons"
    flow: ReasonFlow
    say: Lacks

    @staticmethod
    def _words(flow: Flow) -> Lacks:
        return Lacks(flow)

    # What is lacking, beside each value that has a name

    def _is_traced(self, number: int) -> bool:
        """Whether what a value lacks has to be kept beside it."""
        flow = self.flow
        known = number in flow.truths or number in flow.closed
        return not known and number in flow.bound and self.say.certain(number) is None

    def _bind(self, number: int) -> None:
        super()._bind(number)
        if self._is_traced(number) and self.flow.op(number).kind != "reduce":
            name = self.say.names[number]
            lacks = self.say.lack_anew(number)
            self._add(f"{companion(name)} = 0 if {name} is not None else {lacks}")

    def _empty(self, number: int) -> None:
        super()._empty(number)
        if self._is_traced(number):
            self._add(f"{companion(self._list(number))} = []")

    def _keep(self, number: int) -> None:
        super()._keep(number)
        if self._is_traced(number):
            name = self.say.name_for(number)
            self._add(f"{companion(self._list(number))}.append({companion(name)})")

    def _list(self, number: int) -> str:
        return f"{self.say.name_for(number)}_all"

    # Sums

    def _start(self, number: int) -> None:
        name = self.say.name_for(number)
        self._add(f"{name} = {companion(name)} = 0" if self._is_traced(number) else f"{name} = 0")

    def _accumulate(self, number: int, name: str, term: int) -> None:
        which = str(self.flow.op(number).data[0])
        if which in _WAYS:
            text = self.say.truth(term, _WAYS[which])
            guard = "" if text.isidentifier() else f"if {name} >= 0: "
            self._add(f"{guard}{name} |= {text}")
        elif not self._is_traced(number):
            super()._accumulate(number, name, term)
        else:
            value = self.say.scaled_or_open(term, self.flow.den[number])
            self._add(f"if (x := {value}) is not None: {name} += x")
            if term not in self.flow.closed:
                self._add(f"else: {companion(name)} |= {self.say.lack(term)}")

    def _constant_term(self, number: int, name: str, term: int, space: Space) -> None:
        which = str(self.flow.op(number).data[0])
        rows = "n_members" if space == PERSONS else "len(events)"
        if which in _WAYS:
            self._add(f"if {rows}: {name} |= {self.say.truth(term, _WAYS[which])}")
        elif not self._is_traced(number):
            super()._constant_term(number, name, term, space)
        else:
            value = self.say.scaled_or_open(term, self.flow.den[number])
            lacks = f"{companion(name)} |= {self.say.lack_if_open(term)}"
            self._add(
                f"if {rows}: {name} += (0 if (x := {value}) is None else x * {rows}); {lacks}"
            )

    def _rest(self, number: int, name: str) -> None:
        op = self.flow.op(number)
        target = name if op.data[0] in _WAYS else companion(name)
        for rest in self.flow.args(number)[cast(int, op.data[2]) :]:
            self._add(f"{target} |= {self.say.text(rest)}")
        if self._is_traced(number):
            self._add(f"if {target}: {name} = None")

    # What is told

    def _row(self, space: Space) -> str:
        """Of each policy that is not unmet: all that it lacks, then what each condition lacks."""
        entries = [self._entry(variant) for variant in self.flow.variants(space)]
        if space == PERSONS:
            alive = self.say.truth(self.flow.same[self.flow.program.alive], "and")
            entries.append(f"{alive} >= 0")
        return f"({''.join(f'{entry}, ' for entry in entries)})"

    def _entry(self, variant: Variant) -> str:
        """None where the policy is unmet: that is found first where it costs least."""
        parts = self.flow.parts(variant)
        texts = {number: self.say.truth(number, "and") for number in self.flow.counting(variant)}
        names = {number: self._name_of(number, texts[number]) for number in texts}
        order = sorted(texts, key=lambda one: 0 if texts[one] == names[one] else len(texts[one]))
        tests = []
        for place, number in enumerate(order):
            text, name = texts[number], names[number]
            value = text if text == name else f"{name} := {text}"
            tests.append(f"(o := {f'o | ({value})' if place else f'({value})'}) < 0")
        told = "".join(f", {names[part]}" for part in parts)
        return f"(None if {' or '.join(tests)} else (o{told or ','}))"

    @staticmethod
    def _name_of(number: int, text: str) -> str:
        """A short text itself, else the name under which it is found here."""
        return text if text.isidentifier() or text.lstrip("-").isdigit() else f"p{number}"
