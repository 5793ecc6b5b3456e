"""How every item of many families stands (结果表), without words: for comparing days and rules.

The same rows as an answer would give, for a hundredth of it: outcomes and what they lack come out
of generated code, only amounts are read. Making the code costs as much as reading some families
without it, so the first of a place and day are read.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from matching.answer import check_day
from matching.codegen.reasons import reasons_of
from matching.explain import Explainer, Standing
from matching.model.answer import Group
from matching.model.family import Family
from matching.packs import Catalogue
from matching.reading import Reading
from matching.what_changes import Row

__all__ = ["OutcomeTables"]

_FEW = 25  # families of a place and day whose reading costs as much as the code


@dataclass(slots=True)
class OutcomeTables:
    """The outcome tables of many families by one catalogue (结果表).

    Attributes:
        catalogue: all packs; a family's place chooses one.
        few: families of a place and day that are read before code is made for them.
    """

    catalogue: Catalogue
    few: int = _FEW
    _asked: Counter[tuple[str, date]] = field(default_factory=Counter)

    def of(self, family: Family, on: date) -> tuple[Row, ...]:
        """How every item of one family stands on a day, in order of policy and subject.

        Raises:
            InputError: the day is out of range.
        """
        check_day(on)
        pack = self.catalogue.pack_for(family.place)
        self._asked[pack.id, on] += 1
        found = reasons_of(pack, on) if self._asked[pack.id, on] > self.few else None
        reading = Reading(pack, family, on)
        standings = Explainer(self.catalogue, reading).standings(found)
        return tuple(_row(one, on) for one in standings)


def _row(one: Standing, on: date) -> Row:
    policy, amount = one.policy, one.amount
    exact = amount is not None and amount.kind == "exact"
    return Row(
        policy.id, policy.label_on(on), one.subject, one.outcome, one.event,
        held=one.group is Group.HELD, form=policy.form,
        amount_fen=one.amount_fen if exact and policy.procedure.applicant != "employer" else None,
        unit=amount.unit_text if amount is not None else None,
        paid_fen=one.paid_fen, missing=one.missing,
    )  # fmt: skip
