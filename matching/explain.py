"""One policy for one subject, explained (逐条解释): every condition, its clause and its facts.

Unknown never becomes no: a condition that no verified text settles can only say "a person decides".
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from matching.codegen.reasons import Reason, Reasons
from matching.codegen.statuses import MET
from matching.ledger import HOUSEHOLD, held_on
from matching.model.answer import (
    ConditionAnswer,
    Group,
    Item,
    NearestChange,
    Outcome,
)
from matching.model.family import AidEntry, Event, Person
from matching.nearest import has_told, is_past_asking, nearest_changes
from matching.packs import Amount, Catalogue, Condition, Pack, Policy
from matching.policy_plans import ConditionPlan, PolicyPlan, cited, plans_of
from matching.reading import Reading
from matching.seen import UNKNOWN, Env, Seen, Unknown, Use
from matching.spelling import fen_of, spell
from matching.sure_reading import SureReading, is_guess
from matching.used_facts import EVENTS, UsedFacts

__all__ = ["Explainer", "Standing", "cited", "explain", "subjects_of"]

_DOUBTS = {
    "unverified": "出处未核实，只作提醒，请人工确认",
    "disputed": "现行两种规定不一致，请人工判断",
}
_OUTCOMES = {True: Outcome.MET, False: Outcome.UNMET}


@dataclass(frozen=True, slots=True)
class _Judged:
    """A condition with what the reading saw."""

    plan: ConditionPlan
    seen: Seen

    @property
    def condition(self) -> Condition:
        """The condition itself."""
        return self.plan.condition

    @property
    def outcome(self) -> Outcome:
        """What the condition says after the ruling on doubtful ones."""
        if isinstance(self.seen.value, Unknown):
            return Outcome.UNKNOWN
        found = _OUTCOMES[bool(self.seen.value)]
        return Outcome.UNKNOWN if found is Outcome.UNMET and not self.condition.decides else found

    @property
    def seems_to_fail(self) -> bool:
        """Whether it fails by a text that nobody has verified: it says no to nobody."""
        return not self.condition.decides and self.seen.value is False

    @property
    def counts(self) -> bool:
        """Whether the outcome counts for the item: a doubtful condition counts only if it fails."""
        return self.condition.decides or self.seen.value is False


@dataclass(frozen=True, slots=True)
class Standing:
    """How one policy stands for one subject (结论), without its words.

    `amount` and `seen`: what the rule pays and what was seen of it, None where it says nothing or
    was not asked; `held`: lines of the ledger; `missing`: names of facts, figures and aid.
    """

    policy: Policy
    subject: str
    event: str | None
    outcome: Outcome
    amount: Amount | None
    seen: Seen | None
    held: tuple[AidEntry, ...]
    missing: tuple[str, ...]

    @property
    def group(self) -> Group:
        """Where it stands on the page."""
        if self.held:
            return Group.HELD
        if self.outcome is Outcome.UNMET:
            return Group.NOT_NOW
        if self.policy.kind == "project":
            return Group.OFFER
        return Group.ENTITLED if self.outcome is Outcome.MET else Group.LIKELY

    @property
    def amount_fen(self) -> int | None:
        """What is paid in whole fen, never below nothing; None when it is not known."""
        paying = self.seen.value if self.seen is not None else UNKNOWN
        return (
            fen_of(max(Fraction(0), Fraction(paying)))
            if isinstance(paying, int | Fraction)
            else None
        )

    @property
    def paid_fen(self) -> int | None:
        """What the ledger says is paid; None when it gives no amount."""
        paid = [entry.amount_fen for entry in self.held if entry.amount_fen is not None]
        return sum(paid) if paid else None


_Asked = tuple[Policy, str, Person | None, Event | None]


def subjects_of(
    policy: Policy, reading: Reading
) -> Iterator[tuple[str, Person | None, Event | None]]:
    """For whom a policy is asked: the household or each person, each event if it goes by events."""
    people: list[Person | None] = [None]
    if policy.subject == "person":
        people = [
            member
            for member in reading.family.members
            if policy.persons == "all"
            or reading.fact("person.life_status", member).value != "deceased"
        ]
    events: tuple[Event | None, ...] = (
        (reading.family.events or (None,)) if policy.per_event else (None,)
    )
    for person in people:
        for event in events:
            yield (HOUSEHOLD if person is None else person.id), person, event


class Explainer:
    """Explains the policies of one pack for one family on one day."""

    def __init__(self, catalogue: Catalogue, reading: Reading):
        self.catalogue, self.reading = catalogue, reading
        self.pack: Pack = reading.pack
        self.on = reading.on
        self.sure = SureReading(reading.pack, reading.family, reading.on, reading.name)
        self.plans = plans_of(catalogue, reading.pack, reading.on)
        self.facts = UsedFacts(catalogue, reading)

    def items(
        self, only: Collection[str] | None = None, subjects: Collection[str] | None = None
    ) -> Iterator[Item]:
        """One item for each policy in force and each of its subjects; see `explain`."""
        for asked in self._asked(only):
            if subjects is None or asked[1] in subjects:
                yield self._item(asked)

    def standings(self, found: Reasons | None = None) -> Iterator[Standing]:
        """How each item stands, without its words, in the order of `items`.

        Of what is not met only the conditions are asked, unless it is held: what the amount of an
        open item lacks decides nothing.

        Args:
            found: generated code of the pack and day; what it can name is not walked. The same
                comes out with and without it.
        """
        told = {
            (reason.policy, subject, event): reason
            for subject, event, reason in (found.told(self.reading.family) if found else ())
        }
        for asked in self._asked(None):
            policy, subject, _, event = asked
            if found is None or policy.id in found.walked:
                _, outcome, missing = self._walked(asked)
            else:
                reason = told.get((policy.id, subject, event.id if event else None))
                outcome, missing = _as_found(reason)
            held = self._held(asked)
            priced = outcome is Outcome.MET or (outcome is Outcome.UNKNOWN and bool(held))
            yield self._standing(asked, outcome, missing, held, priced=priced)

    def _asked(self, only: Collection[str] | None) -> Iterator[_Asked]:
        names = self.pack.policies if only is None else self.pack.policies.keys() & only
        for policy in (self.pack.policies[name] for name in sorted(names)):
            if policy.period.holds(self.on):
                for asked in subjects_of(policy, self.reading):
                    yield policy, *asked

    # One item

    def _walked(self, asked: _Asked) -> tuple[list[_Judged], Outcome, tuple[str, ...]]:
        """The conditions of an item, walked; its outcome, and what it lacks."""
        policy, _, person, event = asked
        env, plan = _env(policy, person, event), self.plans.of(policy)
        judged = self._judged(plan, env, has_event=event is not None)
        outcome = self._outcome(judged)
        unsure = [
            part.seen
            for part in judged
            if part.counts and outcome is Outcome.UNKNOWN and part.outcome is Outcome.UNKNOWN
        ]
        return judged, outcome, _names(unsure)

    def _held(self, asked: _Asked) -> tuple[AidEntry, ...]:
        policy, subject, _, _ = asked
        ledger = self.reading.family.ledger
        return () if policy.per_event else held_on(ledger, subject, (policy.id,), self.on)

    def _standing(
        self,
        asked: _Asked,
        outcome: Outcome,
        missing: tuple[str, ...],
        held: tuple[AidEntry, ...],
        *,
        priced: bool,
    ) -> Standing:
        """With its amount, where that is asked; what the amount lacks is missing, too."""
        policy, subject, person, event = asked
        amount, seen = policy.amount_on(self.on), None
        if priced and amount is not None and amount.value is not None:
            seen = self.reading.see(amount.value, _env(policy, person, event))
            if seen.missing:
                missing = tuple(sorted({*missing, *_names([seen])}))
        named = event.id if event else None
        return Standing(policy, subject, named, outcome, amount, seen, held, missing)

    def _item(self, asked: _Asked) -> Item:
        policy, subject, person, event = asked
        judged, outcome, lacks = self._walked(asked)
        priced = outcome is not Outcome.UNMET
        standing = self._standing(asked, outcome, lacks, self._held(asked), priced=priced)
        env, plan = _env(policy, person, event), self.plans.of(policy)
        amount, fen = standing.amount, standing.amount_fen
        counting = [part.seen for part in judged if part.counts]
        failing = tuple(
            part.condition for part in judged if part.condition.decides and part.seen.value is False
        )
        stated = amount.says if amount else None
        return Item(
            id=policy.id,
            kind=policy.kind,
            label=policy.label_on(self.on),
            subject=subject,
            event=standing.event,
            group=standing.group,
            outcome=outcome,
            form=policy.form,
            automatic=policy.automatic,
            amount_fen=fen,
            amount_unit=amount.unit_text if amount else None,
            amount_kind=amount.kind if amount else None,
            amount_says=self._spelt(amount, env) if fen is not None else stated,
            paid_fen=standing.paid_fen,
            missing=standing.missing,
            presumed=_presumed([*counting, *([standing.seen] if standing.seen else [])]),
            remarks=self._remarks(plan, subject, judged),
            conditions=tuple(self._condition(part) for part in judged),
            counted=self._counted(policy),
            nearest=self._nearest(policy, failing, env, event),
            door=policy.procedure.door,
            department=self.catalogue.departments[policy.department].label,
            documents=policy.procedure.documents,
            working_days=policy.procedure.working_days,
            working_days_extended=policy.procedure.extended,
            addresses=policy.addresses,
            gives=policy.gives,
            applicant=policy.procedure.applicant,
            per=policy.per,
            places=policy.capacity,
            opens=self.plans.opened.get(policy.id, ()) if outcome is not Outcome.UNMET else (),
            unasked=outcome is Outcome.UNKNOWN and any(self._is_unasked(part) for part in judged),
            unlikely=outcome is Outcome.UNKNOWN and any(part.seems_to_fail for part in judged),
        )

    def _is_unasked(self, part: _Judged) -> bool:
        """Whether it speaks of something that happens to few and that nobody has told of."""
        if part.outcome is not Outcome.UNKNOWN:
            return False
        rare = part.condition.occasion or is_past_asking(self.reading, part.seen)
        return rare and not has_told(self.reading, part.seen)

    def _judged(self, plan: PolicyPlan, env: Env, *, has_event: bool) -> list[_Judged]:
        without_event = plan.policy.per_event and not has_event
        judged = []
        for one in plan.conditions:
            if without_event and one.asks_event:
                judged.append(_Judged(one, self._no_event()))
            else:
                seen = self.reading.see(one.condition.test, env)
                seen = self._never_no_from_silence(seen, one.condition, env)
                judged.append(_Judged(one, seen))
        return judged

    def _never_no_from_silence(self, seen: Seen, condition: Condition, env: Env) -> Seen:
        """A presumption may say yes; no only of somebody who lives in the household."""
        people = self.reading.people
        if seen.value is not False or not any(
            is_guess(name, people.get(subject)) for name, subject in seen.presumed
        ):
            return seen
        sure = self.sure.see(condition.test, env)
        if sure.value is False:
            return sure
        return Seen(UNKNOWN, seen.used, sure.missing, seen.presumed, seen.doubts)

    def _nearest(
        self, policy: Policy, failing: tuple[Condition, ...], env: Env, event: Event | None
    ) -> tuple[NearestChange, ...]:
        if not failing:
            return ()
        if policy.per_event and event is None:
            says = "有登记的突发困难（现在没有登记）"
            return (
                NearestChange(condition=failing[0].id, says=says, subject=HOUSEHOLD, fact=EVENTS),
            )
        return nearest_changes(self.reading, failing, env)

    def _no_event(self) -> Seen:
        use: Use = (EVENTS, HOUSEHOLD)
        if self.reading.family.events is None:
            return Seen(UNKNOWN, missing=(use,))
        return Seen(False, used=(use,))

    @staticmethod
    def _outcome(judged: list[_Judged]) -> Outcome:
        """Kleene's and over what counts; without any verified condition at best unknown."""
        counting = [part.outcome for part in judged if part.counts]
        if Outcome.UNMET in counting:
            return Outcome.UNMET
        settled = any(part.condition.decides for part in judged if part.condition.excluded is None)
        return Outcome.UNKNOWN if Outcome.UNKNOWN in counting or not settled else Outcome.MET

    def _spelt(self, amount: Amount | None, env: Env) -> str | None:
        if amount is None or amount.value is None:
            return None
        return spell(self.reading, amount.value, env, amount.unit)

    def _counted(self, policy: Policy) -> tuple[str, ...]:
        if policy.subject != HOUSEHOLD:
            return ()
        members = self.reading.family.members
        return tuple(
            member.id
            for member in members
            if self.reading.fact("person.counted", member).value is True
        )

    def _related(self, plan: PolicyPlan, subject: str) -> Iterator[str]:
        """What is said of other aid; some of it only while that is held."""
        ledger = self.reading.family.ledger
        for other, if_held, says in plan.related:
            if not if_held or any(
                held_on(ledger, to, (other,), self.on) for to in {subject, HOUSEHOLD}
            ):
                yield says

    def _remarks(self, plan: PolicyPlan, subject: str, judged: list[_Judged]) -> tuple[str, ...]:
        found = [
            f"{part.condition.says}：{_DOUBTS[part.condition.flag]}"
            for part in judged
            if not part.condition.decides
        ]
        found += [
            f"{part.condition.says}：{_DOUBTS[doubt]}"
            for part in judged
            for doubt in part.seen.doubts
            if part.condition.decides and doubt in _DOUBTS
        ]
        found += [*plan.excludes, *self._related(plan, subject), *plan.conflicts]
        return tuple(dict.fromkeys((*found, *plan.policy.remarks)))

    # Conditions and facts

    def _condition(self, part: _Judged) -> ConditionAnswer:
        condition, seen = part.condition, part.seen
        remark = condition.remark if condition.decides else _DOUBTS[condition.flag]
        if condition.decides and seen.doubts:
            remark = (
                "；".join(_DOUBTS[doubt] for doubt in seen.doubts if doubt in _DOUBTS) or remark
            )
        return ConditionAnswer(
            id=condition.id,
            says=condition.says,
            outcome=part.outcome,
            decides=condition.decides,
            clause=part.plan.clauses,
            facts=tuple(self.facts.of(seen.used)),
            missing=_names([seen]),
            presumed=tuple(sorted({name for name, _ in seen.presumed})),
            remark=remark,
            occasion=condition.occasion,
        )


def _env(policy: Policy, person: Person | None, event: Event | None) -> Env:
    return Env(
        policy.pack,
        {
            "household": None,
            **({"person": person} if person else {}),
            **({"event": event} if event else {}),
        },
    )


def _as_found(reason: Reason | None) -> tuple[Outcome, tuple[str, ...]]:
    """The outcome by generated code, and what its conditions lack; None: unmet."""
    if reason is None:
        return Outcome.UNMET, ()
    return Outcome.MET if reason.status == MET else Outcome.UNKNOWN, reason.missing


def _presumed(parts: Iterable[Seen]) -> tuple[str, ...]:
    return tuple(sorted({name for part in parts for name, _ in part.presumed}))


def _names(parts: Iterable[Seen]) -> tuple[str, ...]:
    return tuple(sorted({name for part in parts for name, _ in part.missing}))


def explain(
    catalogue: Catalogue,
    reading: Reading,
    only: Collection[str] | None = None,
    subjects: Collection[str] | None = None,
) -> tuple[Item, ...]:
    """All items of one family, in order of policy and subject.

    Args:
        catalogue: for names and clauses.
        reading: the family as one pack sees it on a day. One reading may be asked again and again:
            what it found stays.
        only: ids of policies; the others cost nothing. Ids that the pack does not have, or that are
            not in force, have no item. None: all.
        subjects: `household` and ids of members; None: all.
    """
    return tuple(Explainer(catalogue, reading).items(only, subjects))
