"""How every item of many families stands (结果表), without words: for comparing days and rules.

The same rows as an answer would give, for a hundredth of it: outcomes and what they lack come out
of generated code, only amounts are read. Making the code costs as much as reading some families
without it, so the first of a place and day are read.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from matching.answer import check_day
from matching.codegen.reasons import Reasons, reasons_of
from matching.explain import Explainer, Standing
from matching.model.answer import Group
from matching.model.family import Family
from matching.packs import Catalogue, Pack
from matching.reading import Reading
from matching.what_changes import Row

__all__ = ["OutcomeTables"]

_FEW = 25  # families of a place and day whose reading costs as much as the code
_MOST = 24  # places and days for which code is kept; of more, what is made would be lost unused


@dataclass(slots=True)
class OutcomeTables:
    """The outcome tables of many families by one catalogue (结果表).

    Attributes:
        catalogue: all packs; a family's place chooses one.
        few: families of a place and day that are read before code is made for them.
        most: places and days for which code is made; the families of others are read.
    """

    catalogue: Catalogue
    few: int = _FEW
    most: int = _MOST
    _asked: Counter[tuple[str, date]] = field(default_factory=Counter)
    _made: dict[tuple[str, date], Reasons] = field(default_factory=dict)

    def of(self, family: Family, on: date) -> tuple[Row, ...]:
        """How every item of one family stands on a day, in order of policy and subject.

        Raises:
            InputError: the day is out of range.
        """
        check_day(on)
        pack = self.catalogue.pack_for(family.place)
        reading = Reading(pack, family, on)
        standings = Explainer(self.catalogue, reading).standings(self._code(pack, on))
        return tuple(_row(one, on) for one in standings)

    def _code(self, pack: Pack, on: date) -> Reasons | None:
        """The code for a place and day, where it is worth making."""
        key = pack.id, on
        self._asked[key] += 1
        if key not in self._made:
            if self._asked[key] <= self.few or len(self._made) >= self.most:
                return None
            self._made[key] = reasons_of(pack, on)
        return self._made[key]


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
