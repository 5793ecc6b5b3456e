"""In which circle a family is (圈层), with the reasons and the day on which each of them ages out.

What puts a family into a circle is data (`circles.yaml`); a label without a meaning stays a label.
Nobody looked is unknown, never no. A family may be in several circles at once.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from matching.deadlines import months_later
from matching.explain import cited
from matching.ledger import HOUSEHOLD, uncovered
from matching.model.answer import Clause, Outcome
from matching.model.base import Model
from matching.model.family import AidEntry, ApplicationOutcome, Family, NeedState
from matching.packs import Catalogue
from matching.reading import Reading
from matching.seen import Env, Seen, Unknown
from matching.taxonomy import Classification, ClassificationItem, GroupTest
from matching.vocabulary import VOCABULARY

__all__ = ["CIRCLES", "Circles", "Reason", "Standing", "circles_of", "standings"]

CIRCLES = "circles"
_DAY = timedelta(days=1)
_TURNED_DOWN = {
    ApplicationOutcome.REFUSED: "{day} 申请{aid}没有通过",
    ApplicationOutcome.ENDED: "{day} {aid}停止",
}
_OPEN = (NeedState.OPEN, NeedState.PARTLY_MET)


class Reason(Model):
    """Why a family is in a circle (入圈原因).

    `kind`: holding, lately, refused, helped, found or test. `ages_out`: the first day on which it
    does not count any more, as far as is known now; None: it lasts until something changes.
    `decides` is False where only a person can say so.
    """

    kind: str
    says: str
    subject: str
    policy: str | None = None
    since: date | None = None
    ages_out: date | None = None
    decides: bool = True


class Standing(Model):
    """How a family stands to one circle (圈层结果).

    `outcome` None: no source says who belongs there. `ages_out`: the day on which the last reason
    is gone; None while one of them lasts. `missing`: what nobody has looked at.
    """

    id: str
    label: str
    outcome: Outcome | None
    reasons: tuple[Reason, ...] = ()
    missing: tuple[str, ...] = ()
    ages_out: date | None = None


class Circles(Model):
    """The four circles of one family on a day; `circle` is the innermost that is sure."""

    household: str
    on: date
    circle: str | None
    standings: tuple[Standing, ...]
    clause: tuple[Clause, ...] = ()

    @property
    def inside(self) -> tuple[Standing, ...]:
        """The circles in which the family surely is, the innermost first."""
        return tuple(one for one in self.standings if one.outcome is Outcome.MET)


def circles_of(catalogue: Catalogue, family: Family, on: date) -> Circles:
    """The four circles of a family on a day."""
    found = standings(catalogue, family, on, CIRCLES)
    sure = next((one.id for one in found if one.outcome is Outcome.MET), None)
    known = catalogue.classifications.get(CIRCLES)
    clause = cited(catalogue, known.clauses, on) if known else ()
    return Circles(household=family.id, on=on, circle=sure, standings=tuple(found), clause=clause)


def standings(
    catalogue: Catalogue, family: Family, on: date, classification: str
) -> tuple[Standing, ...]:
    """How a family stands to each group of a classification; empty where no source names any."""
    known: Classification | None = catalogue.classifications.get(classification)
    if known is None:
        return ()
    pack = catalogue.pack_for(family.place)
    reading = Reading(pack, family, on, lambda aid: catalogue.aid_label(aid, on, pack))
    return tuple(_Look(catalogue, reading).standing(item) for item in known.items)


class _Look:
    """One family on one day."""

    def __init__(self, catalogue: Catalogue, reading: Reading) -> None:
        self.catalogue, self.reading = catalogue, reading
        self.family, self.on = reading.family, reading.on

    def standing(self, item: ClassificationItem) -> Standing:
        """Reasons first; where there are none, what was never looked at."""
        reasons = tuple(self._reasons(item))
        sure = [reason for reason in reasons if reason.decides]
        has_rule = bool(
            item.holding or item.lately or item.refused or item.helped_by or item.sources
            or item.tests
        )  # fmt: skip
        missing = () if sure else tuple(dict.fromkeys(self._missing(item)))
        outcome: Outcome | None = Outcome.UNMET
        if sure:
            outcome = Outcome.MET
        elif missing or reasons:
            outcome = Outcome.UNKNOWN
        elif not has_rule:
            outcome = None
        ends = [reason.ages_out for reason in sure]
        lasts = None in ends or not ends
        return Standing(
            id=item.id, label=item.label, outcome=outcome, reasons=reasons, missing=missing,
            ages_out=None if lasts else max(end for end in ends if end is not None),
        )  # fmt: skip

    def _reasons(self, item: ClassificationItem) -> Iterator[Reason]:
        for entry in self.family.ledger.entries:
            if entry.policy in item.holding and entry.runs_on(self.on):
                yield self._aid("holding", "正在享受", entry, _after(entry.until))
            elif entry.policy in item.lately and item.months is not None:
                last = min(entry.until or entry.start, self.on)
                ends = months_later(last, item.months)
                if entry.start <= self.on <= ends:
                    yield self._aid("lately", "享受过", entry, ends + _DAY)
            elif entry.runs_on(self.on) and self._helps(item, entry):
                yield self._aid("helped", "正在得到", entry, _after(entry.until))
        yield from self._turned_down(item)
        yield from self._found(item)
        yield from self._tested(item.tests)

    def _aid(self, kind: str, verb: str, entry: AidEntry, ages_out: date | None) -> Reason:
        return Reason(
            kind=kind, says=f"{verb}{self.reading.name(entry.policy)}", subject=entry.to,
            policy=entry.policy, since=entry.start, ages_out=ages_out,
        )  # fmt: skip

    def _helps(self, item: ClassificationItem, entry: AidEntry) -> bool:
        policy = self.reading.pack.policies.get(entry.policy)
        bodies = {entry.giver, *((policy.department, policy.provider) if policy else ())}
        return bool(bodies & {*item.helped_by, *item.sources})

    def _turned_down(self, item: ClassificationItem) -> Iterator[Reason]:
        for row in self.family.applications or ():
            how = _TURNED_DOWN.get(row.outcome)
            if how is None or row.policy not in item.refused or item.months is None:
                continue
            ends = months_later(row.date, item.months)
            if row.date <= self.on <= ends:
                says = how.format(day=row.date, aid=self.reading.name(row.policy))
                yield Reason(
                    kind="refused", says=says,
                    subject=row.to, policy=row.policy, since=row.date, ages_out=ends + _DAY,
                )  # fmt: skip

    def _found(self, item: ClassificationItem) -> Iterator[Reason]:
        """An open need that one of the sources saw."""
        for need in self.family.needs:
            late = need.as_of is not None and need.as_of > self.on
            if need.source in item.sources and need.state in _OPEN and not late:
                known = self.catalogue.needs.get(need.type)
                label = known.label if known else need.type
                says = f"{need.as_of or ''} 发现有需求：{label}".strip()
                yield Reason(kind="found", says=says, subject=need.of, since=need.as_of)

    def _tested(self, tests: Iterable[GroupTest]) -> Iterator[Reason]:
        for test in tests:
            seen = self._see(test)
            if seen.value is True and not seen.presumed:
                yield Reason(
                    kind="test", says=test.says, subject=HOUSEHOLD, ages_out=self._stale_on(seen),
                    decides=test.decides,
                )  # fmt: skip

    def _see(self, test: GroupTest) -> Seen:
        return self.reading.see(test.test, Env(self.reading.pack.chain[0], {"household": None}))

    def _stale_on(self, seen: Seen) -> date | None:
        """The day on which the first of the facts behind it is too old."""
        ends = []
        for use in seen.used:
            fact, spec = self.reading.provenance(use), VOCABULARY.get(use[0])
            if fact is not None and fact.as_of and spec is not None and spec.fresh_months:
                ends.append(months_later(fact.as_of, spec.fresh_months) + _DAY)
        return min(ends, default=None)

    def _missing(self, item: ClassificationItem) -> Iterator[str]:
        silent = uncovered(self.family.ledger, (*item.holding, *item.lately), self.on)
        yield from (f"benefit.{policy}" for policy in silent)
        if item.refused and self.family.applications is None:
            yield "applications"
        for test in item.tests:
            seen = self._see(test)
            if isinstance(seen.value, Unknown):
                yield from (name for name, _ in seen.missing)


def _after(until: date | None) -> date | None:
    """The day after; there is none after the last of all days, which stands for no end."""
    return None if until is None or until == date.max else until + _DAY
