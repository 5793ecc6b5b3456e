"""What an explanation needs of each policy on a day, whoever asks (政策当日的条文): made once."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from matching.ledger import HOUSEHOLD
from matching.model.answer import Clause
from matching.packs import Catalogue, ClauseRef, Condition, Exclusion, Pack, Period, Policy
from matching.relations import opened_by
from matching.tree import Holds
from matching.uses import facts_in

__all__ = ["ConditionPlan", "PolicyPlan", "PolicyPlans", "cited", "plans_of"]


@dataclass(frozen=True, slots=True)
class ConditionPlan:
    """A condition of the day, its clauses, and whether it asks about an event."""

    condition: Condition
    clauses: tuple[Clause, ...]
    asks_event: bool


@dataclass(frozen=True, slots=True)
class PolicyPlan:
    """A policy on a day.

    `conditions`: its own and the exclusions that close it; `excludes` and `conflicts`: what is said
    beside it; `related`: aid, whether it counts only while held, what is said.
    """

    policy: Policy
    conditions: tuple[ConditionPlan, ...]
    excludes: tuple[str, ...]
    related: tuple[tuple[str, bool, str], ...]
    conflicts: tuple[str, ...]


@dataclass(slots=True)
class PolicyPlans:
    """The policies of one pack on a day; each is made when it is first asked for."""

    catalogue: Catalogue
    pack: Pack
    on: date
    opened: Mapping[str, tuple[str, ...]] = field(init=False)
    _exclusions: dict[str, list[Exclusion]] = field(default_factory=dict)
    _made: dict[str, PolicyPlan] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.opened = opened_by(self.pack, self.on)
        for exclusion in self.pack.exclusions:
            if exclusion.period.holds(self.on):
                for side in (exclusion.a, exclusion.b):
                    self._exclusions.setdefault(side, []).append(exclusion)

    def of(self, policy: Policy) -> PolicyPlan:
        """The plan of a policy; one that only bears the same id has its own."""
        found = self._made.get(policy.id)
        if found is None or found.policy is not policy:
            found = self._made[policy.id] = self._plan(policy)
        return found

    def _plan(self, policy: Policy) -> PolicyPlan:
        own = [one for one in policy.conditions if one.period.holds(self.on)]
        exclusions = self._exclusions.get(policy.id, [])
        closing = [
            one for one in exclusions if one.effect == "block" and one.yields in (None, policy.id)
        ]
        own += [self._block(policy, one) for one in closing]
        return PolicyPlan(
            policy,
            tuple(self._condition(one) for one in own),
            tuple(
                one.says
                for one in exclusions
                if one.effect != "block" or one.yields == one.other(policy.id)
            ),
            tuple(self._related(policy)),
            tuple(
                f"{one.topic}：旧规定“{one.old}”，新规定“{one.new}”，请以人工判断为准"
                for one in self.pack.conflicts
                if policy.id in one.policies and one.period.holds(self.on)
            ),
        )

    def _condition(self, condition: Condition) -> ConditionPlan:
        clauses = cited(self.catalogue, condition.clauses, self.on)
        asks = any(name.startswith("event.") for name in facts_in(condition.test))
        return ConditionPlan(condition, clauses, asks)

    def _block(self, policy: Policy, exclusion: Exclusion) -> Condition:
        """An exclusion as a condition: that the other aid is not held."""
        other = exclusion.other(policy.id) or ""
        name = self.catalogue.aid_label(other, self.on, self.pack)
        who = "person" if policy.subject == "person" else HOUSEHOLD
        return Condition(
            f"not_with_{other}",
            f"没有同时享受{name}",
            Holds(who, (other,), lacks=True),
            exclusion.flag,
            Period(),
            exclusion.clauses,
            exclusion.says,
            other,
        )

    def _related(self, policy: Policy) -> Iterator[tuple[str, bool, str]]:
        """What verified relations say: of the same need only when the other side is held."""
        for relation in self.pack.relations:
            other = relation.other(policy.id)
            verified = relation.flag != "unverified" and relation.period.holds(self.on)
            if other is not None and verified:
                yield other, relation.kind not in ("before", "stacks"), relation.says


@lru_cache(maxsize=32)  # a place and a day are asked for many families
def plans_of(catalogue: Catalogue, pack: Pack, on: date) -> PolicyPlans:
    """The plans of a pack on a day."""
    return PolicyPlans(catalogue, pack, on)


def cited(catalogue: Catalogue, clauses: Iterable[ClauseRef], on: date) -> tuple[Clause, ...]:
    """The clauses of that day, with titles; empty when the clause of that day is not known."""
    held = [clause for clause in clauses if clause.period.holds(on)]
    documents = catalogue.documents
    return tuple(
        Clause(
            doc=clause.doc,
            title=documents[clause.doc].title,
            article=clause.article,
            url=documents[clause.doc].url,
        )
        for clause in held
    )
