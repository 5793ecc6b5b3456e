"""What a change does to families (有什么变化): who enters, who leaves, who loses out.

Knows nothing of how outcomes are computed: a row says how one item of one household stands. Money
is integer fen a year, so that months and years add up without rounding; one-off sums stand apart.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from matching.ledger import HOUSEHOLD
from matching.model.answer import Outcome

__all__ = ["FamilyShift", "Kind", "Lost", "Row", "Shift", "Totals", "family_shift"]

Key = tuple[str, str, str | None]
_A_YEAR: Mapping[str, int] = {
    "CNY/month": 12, "CNY/person/month": 12, "CNY/year": 1, "CNY/person/year": 1,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """How one item of a household stands (一行结果).

    `amount_fen`: by the rule, of what is met or held; None when it is not known or only bounded;
    `paid_fen`: by the ledger. `missing`: what an item that is open lacks to be decided.
    """

    policy: str
    label: str
    subject: str
    outcome: Outcome
    event: str | None = None
    held: bool = False
    form: str = "cash"
    amount_fen: int | None = None
    unit: str | None = None
    paid_fen: int | None = None
    missing: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        """What makes it the same item on both sides."""
        return self.policy, self.subject, self.event

    def worth(self) -> int | None:
        """What it brings in a year, in fen: by the rule, as paid where the rule says nothing."""
        if self.form != "cash":
            return 0
        amount = self.amount_fen if self.amount_fen is not None else self.paid_fen
        times = _A_YEAR.get(self.unit or "")
        return None if amount is None or times is None else amount * times


class Kind(StrEnum):
    """What happens to an item (变化)."""

    ENTERS = "enters"  # 会进来
    LEAVES = "leaves"  # 会出去
    OPEN = "open"  # 变成待核实
    AMOUNT = "amount"  # 金额变了


@dataclass(frozen=True, slots=True)
class Shift:
    """One item that stands differently; None where it does not exist."""

    kind: Kind
    before: Row | None
    after: Row | None

    @property
    def row(self) -> Row:
        """The side that is there, the later one first."""
        row = self.after or self.before
        assert row is not None  # noqa: S101 - one side always is
        return row


@dataclass(frozen=True, slots=True)
class Lost:
    """Aid that is received and would end; `with_`: the status with which it ends, None: itself."""

    row: Row
    with_: str | None = None


@dataclass(frozen=True, slots=True)
class FamilyShift:
    """What changes for one household.

    Attributes:
        loses_fen, gains_fen: a year, of aid whose worth is known.
        lost: aid that is received and would end, also that which ends with another.
        unpriced: names of what is lost or won at a worth that is not known.
    """

    household: str
    place: str
    shifts: tuple[Shift, ...] = ()
    lost: tuple[Lost, ...] = ()
    loses_fen: int = 0
    gains_fen: int = 0
    unpriced: tuple[str, ...] = ()

    @property
    def net_fen(self) -> int:
        """Gains less losses, a year."""
        return self.gains_fen - self.loses_fen

    @property
    def is_cliff(self) -> bool:
        """Whether the household loses more than it gains (悬崖)."""
        return self.net_fen < 0


def family_shift(
    household: str,
    place: str,
    before: Sequence[Row],
    after: Sequence[Row],
    ends_with: Mapping[str, tuple[str, ...]] | None = None,
) -> FamilyShift:
    """Compare two tables of one household.

    Args:
        household: whose tables they are.
        place: where it lives.
        before: how its items stand.
        after: how they would stand.
        ends_with: aid -> the statuses on one of which it rests; it ends when all of them end.
    """
    old, new = ({row.key: row for row in rows} for rows in (before, after))
    keys = [*new, *(key for key in old if key not in new)]
    found = [
        Shift(kind, old.get(key), new.get(key))
        for key in keys
        if (kind := _kind(old.get(key), new.get(key))) is not None
    ]
    shifts = tuple(sorted(found, key=_first_told))
    resting = _lost_with(shifts, after, ends_with or {})
    lost = (*_lost_itself(shifts), *sorted(resting, key=lambda one: _by_name(one.row)))
    loses, gains, unpriced = _money(shifts, lost)
    return FamilyShift(household, place, shifts, lost, loses, gains, unpriced)


def _first_told(shift: Shift) -> tuple[object, ...]:
    """Who enters before who leaves, what is open, what changes; money first."""
    return list(Kind).index(shift.kind), shift.row.form != "cash", *_by_name(shift.row)


def _by_name(row: Row) -> tuple[str, str, str]:
    return row.policy, row.subject, row.event or ""


def _kind(before: Row | None, after: Row | None) -> Kind | None:
    was = before.outcome if before is not None else Outcome.UNMET
    is_ = after.outcome if after is not None else Outcome.UNMET
    if was is not is_:
        return {
            Outcome.MET: Kind.ENTERS,
            Outcome.UNKNOWN: Kind.OPEN,
            Outcome.UNMET: Kind.LEAVES if was is Outcome.MET or _is_held(before) else None,
        }[is_]
    if is_ is Outcome.MET and before is not None and after is not None:
        same = (before.amount_fen, before.unit) == (after.amount_fen, after.unit)
        return None if same else Kind.AMOUNT
    return None


def _is_held(row: Row | None) -> bool:
    return row is not None and row.held


def _lost_itself(shifts: Iterable[Shift]) -> Iterable[Lost]:
    for shift in shifts:
        if shift.kind is Kind.LEAVES and shift.before is not None and shift.before.held:
            yield Lost(shift.before)


def _lost_with(
    shifts: Sequence[Shift], after: Sequence[Row], ends_with: Mapping[str, tuple[str, ...]]
) -> Iterable[Lost]:
    """Aid that still looks met only because the ledger holds a status that would end."""
    ended = {
        (shift.row.policy, shift.row.subject)
        for shift in shifts
        if shift.kind is Kind.LEAVES and _is_held(shift.before)
    }
    gone = {shift.row.key for shift in shifts if shift.kind is Kind.LEAVES}
    stays = {
        (row.policy, row.subject)
        for row in after
        if row.outcome is not Outcome.UNMET and (row.policy, row.subject) not in ended
        and (row.held or row.outcome is Outcome.MET)
    }  # fmt: skip
    for row in after:
        bases = ends_with.get(row.policy, ())
        if not row.held or row.key in gone or not bases:
            continue
        subjects = (row.subject, HOUSEHOLD)
        lost = [base for base in bases if any((base, one) in ended for one in subjects)]
        kept = any((base, one) in stays for base in bases for one in subjects)
        if lost and not kept:
            yield Lost(row, lost[0])


def _money(shifts: Sequence[Shift], lost: Sequence[Lost]) -> tuple[int, int, tuple[str, ...]]:
    """What is lost and won in a year, and the names of what nobody can put a figure on."""
    loses, gains, unpriced = 0, 0, dict[str, None]()
    for one in lost:
        worth = one.row.worth()
        if worth is None:
            unpriced[one.row.label] = None
        loses += worth or 0
    for shift in shifts:
        by = _by(shift)
        if by is None:
            unpriced[shift.row.label] = None
        else:
            gains, loses = gains + max(by, 0), loses + max(-by, 0)
    return loses, gains, tuple(unpriced)


def _by(shift: Shift) -> int | None:
    """What an item that enters or changes brings more in a year; None: nobody knows."""
    if shift.kind is Kind.ENTERS and not _is_held(shift.before):
        return shift.row.worth()
    if shift.kind is Kind.AMOUNT and shift.before is not None and shift.after is not None:
        times = _A_YEAR.get(shift.after.unit or "")
        old, new = shift.before.amount_fen, shift.after.amount_fen
        if shift.after.form != "cash":
            return 0
        if None in (old, new, times) or shift.before.unit != shift.after.unit:
            return None
        return ((new or 0) - (old or 0)) * (times or 0)
    return 0


@dataclass(slots=True)
class Totals:
    """Sums over all households that were compared (合计).

    `undecided`: (policy, fact or figure) -> households for which it is missing afterwards.
    """

    households: int = 0
    touched: int = 0
    cliffs: int = 0
    loses_fen: int = 0
    gains_fen: int = 0
    cliff_fen: int = 0
    kinds: Counter[tuple[Kind, str]] = field(default_factory=Counter)
    labels: dict[str, str] = field(default_factory=dict)
    undecided: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, shift: FamilyShift) -> None:
        """Count one household."""
        self.households += 1
        self.touched += bool(shift.shifts)
        self.cliffs += shift.is_cliff
        self.loses_fen += shift.loses_fen
        self.gains_fen += shift.gains_fen
        self.cliff_fen += max(0, -shift.net_fen)
        for kind, policy in {(one.kind, one.row.policy) for one in shift.shifts}:
            self.kinds[kind, policy] += 1

    def add_open(self, undecided: Mapping[tuple[str, str], int], labels: Mapping[str, str]) -> None:
        """Count what keeps households undecided, whether anything changes for them or not.

        Args:
            undecided: (policy, fact or figure) -> for how many it is missing.
            labels: names of the policies they are asked for.
        """
        self.undecided.update(undecided)
        self.labels |= labels

    @property
    def policies(self) -> tuple[str, ...]:
        """Policies that change for anybody, in order of id."""
        return tuple(sorted({policy for _, policy in self.kinds}))

    def households_of(self, kind: Kind, policy: str) -> int:
        """How many households have this kind of change in a policy."""
        return self.kinds[kind, policy]

    def wanting(self, policies: Iterable[str]) -> tuple[tuple[str, str, int], ...]:
        """(policy, what is missing, households) of these policies, the most first."""
        wanted = set(policies)
        found = [(*pair, count) for pair, count in self.undecided.items() if pair[0] in wanted]
        return tuple(sorted(found, key=lambda one: (-one[2], one[0], one[1])))
