"""The thirty rules of the scan for OpenFisca-Core: a variable a rule, formulas over vectors.

It has no unknown: a missing input takes its default, no for a truth and nothing for a number. So it
can be held to the scan only where the scan decides.
"""

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matching import tree
from matching.tree import Node

warnings.filterwarnings("ignore")

from openfisca_core.entities import Entity, GroupEntity  # noqa: E402
from openfisca_core.periods import DateUnit  # noqa: E402
from openfisca_core.simulations import Simulation, SimulationBuilder  # noqa: E402
from openfisca_core.taxbenefitsystems import TaxBenefitSystem  # noqa: E402
from openfisca_core.variables import Variable  # noqa: E402

__all__ = ["OpenFisca"]

PERIOD = "2026-03"
Array = NDArray[Any]
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
}  # fmt: skip


def _plain(name: str) -> str:
    return name.replace(".", "__")


class OpenFisca:
    """All rules as variables of households.

    Args:
        rules: the trees.
        figures: standard -> its figure.
        word: the number of a choice.
        households, persons: facts that are resolved, null where nobody knows; persons with
            `household`, in any order.
    """

    def __init__(
        self,
        rules: Sequence[Node],
        figures: Mapping[str, int],
        word: Callable[[str], int],
        households: pl.DataFrame,
        persons: pl.DataFrame,
    ):
        self.figures, self.word, self.n_rules = figures, word, len(rules)
        self.person = Entity("person", "persons", "", "")
        self.household = GroupEntity(
            "household", "households", "", "", roles=[{"key": "member", "plural": "members"}]
        )
        self.system = TaxBenefitSystem([self.person, self.household])
        self.n_households = len(households)
        self.owners = persons["household"].to_numpy()
        self.inputs = self._inputs(self.household, households) | self._inputs(self.person, persons)
        for number, rule in enumerate(rules):
            self._add_rule(f"rule_{number:02d}", rule)

    def _inputs(self, entity: Any, frame: pl.DataFrame) -> dict[str, Array]:  # noqa: ANN401
        found = {}
        for column in frame.columns:
            if column in ("household", "n_members"):
                continue
            truths = frame[column].dtype == pl.UInt8
            values = frame[column].fill_null(0).to_numpy()
            found[_plain(column)] = values == 2 if truths else values.astype(np.int32)
            kind = {"value_type": bool if truths else int, "entity": entity}
            self._add(_plain(column), kind)
        return found

    def _add(self, name: str, kind: Mapping[str, Any]) -> None:
        members = {**kind, "definition_period": DateUnit.MONTH, "label": name}
        self.system.add_variable(type(name, (Variable,), members))

    def _add_rule(self, name: str, rule: Node) -> None:
        def formula(household: Any, period: Any) -> Array:  # noqa: ANN401
            return self._truth(rule, household, household, period)

        self._add(name, {"value_type": bool, "entity": self.household, "formula": formula})

    def prepared(self) -> Simulation:
        """A simulation with its entities and inputs."""
        builder = SimulationBuilder()
        builder.create_entities(self.system)
        builder.declare_person_entity("person", np.arange(len(self.owners)))
        homes = builder.declare_entity("household", np.arange(self.n_households))
        roles = np.full(len(self.owners), self.household.flattened_roles[0])
        builder.join_with_persons(homes, self.owners, roles)
        simulation = builder.build(self.system)
        for name, values in self.inputs.items():
            simulation.set_input(name, PERIOD, values)
        return simulation

    def calculated(self, simulation: Simulation) -> list[Array]:
        """The truth of each rule for each household."""
        names = [f"rule_{number:02d}" for number in range(self.n_rules)]
        return [simulation.calculate(name, PERIOD) for name in names]

    def _truth(self, node: Node, rows: Any, home: Any, period: Any) -> Array:  # noqa: ANN401, C901
        """One case a kind of node; `rows`: households or their members."""
        match node:
            case tree.And(items):
                return cast(
                    Array,
                    np.logical_and.reduce([self._truth(i, rows, home, period) for i in items]),
                )
            case tree.Or(items):
                return cast(
                    Array, np.logical_or.reduce([self._truth(i, rows, home, period) for i in items])
                )
            case tree.Not(item):
                return ~self._truth(item, rows, home, period)
            case tree.Compare(op, left, right):
                parts = (self._number(part, rows, home, period) for part in (left, right))
                return _COMPARE[op](*parts)  # type: ignore[no-any-return]
            case tree.InChoices(item, choices):
                words = [self.word(one) for one in choices.values]
                return np.isin(self._number(item, rows, home, period), words)
            case tree.FactRef(_, name):
                return rows(_plain(name), period)  # type: ignore[no-any-return]
            case tree.Holds(_, policies, lacks):
                return rows(_plain(f"{'lacks' if lacks else 'holds'}.{policies[0]}"), period)  # type: ignore[no-any-return]
            case tree.Quantifier(which, body=body):
                inside = self._truth(body, home.members, home, period)
                return home.any(inside) if which == "any" else home.all(inside)  # type: ignore[no-any-return]
        raise TypeError(node)

    def _number(self, node: Node, rows: Any, home: Any, period: Any) -> Any:  # noqa: ANN401
        match node:
            case tree.Literal(value):
                return float(value) if not isinstance(value, str) else self.word(value)
            case tree.StandardRef(id_):
                return self.figures[id_]
            case tree.FactRef(_, name):
                return rows(_plain(name), period)
            case tree.Arith("*", left, right):
                first = self._number(left, rows, home, period)
                return first * self._number(right, rows, home, period)
            case tree.Quantifier("count"):
                return home.nb_persons()
        raise TypeError(node)
