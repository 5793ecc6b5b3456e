"""What a person should look at (提醒): rules of the packs, exclusive pairs, aid without its basis.

An alert rests on what is known, never on a presumption; it stops no aid.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache

from matching.deadlines import due_day, months_later
from matching.explain import cited
from matching.ledger import HOUSEHOLD, held_on, uncovered
from matching.model.answer import Alert, AlertClock, Group, Item
from matching.model.family import Event, Person
from matching.packs import AlertRule, Catalogue, Clock, Pack, Policy, Relation
from matching.reading import Reading
from matching.relations import relations_of
from matching.seen import Env

__all__ = ["alerts_of", "basis_ended"]

_LEVELS = {"emergency": 0, "check": 1}


def alerts_of(catalogue: Catalogue, reading: Reading, items: Iterable[Item]) -> tuple[Alert, ...]:
    """All alerts of one family, emergencies first.

    Args:
        catalogue: for names and clauses.
        reading: the family on a day.
        items: what the family was answered.
    """
    held = (
        (reading.pack.policies[item.id], item.subject) for item in items if item.group is Group.HELD
    )
    found = [
        *_by_rule(catalogue, reading),
        *_by_pair(catalogue, reading),
        *basis_ended(catalogue, reading, held),
    ]
    return tuple(sorted(found, key=lambda one: (_LEVELS[one.level], one.id, one.subject)))


def _by_rule(catalogue: Catalogue, reading: Reading) -> Iterator[Alert]:
    """Rules of the packs; one that rests on a presumption is not raised."""
    for rule in reading.pack.alerts:
        for subject, env in _things(rule, reading):
            seen = reading.see(rule.test, env)
            if seen.value is True and not seen.presumed:
                aid = tuple(
                    sorted(
                        {
                            name.removeprefix("benefit.")
                            for name, _ in seen.used
                            if name.startswith("benefit.")
                        }
                    )
                )
                held = tuple(
                    policy
                    for policy in aid
                    if any(
                        held_on(reading.family.ledger, to, (policy,), reading.on)
                        for to in {subject, HOUSEHOLD}
                    )
                )
                yield Alert(
                    id=rule.id, level=rule.level, says=rule.says, subject=subject, policies=held,
                    clause=cited(catalogue, rule.clauses, reading.on),
                    owner=catalogue.departments[rule.owner].label if rule.owner else None,
                    clock=_clock(rule, reading.on),
                )  # fmt: skip


def _clock(rule: AlertRule, on: date) -> AlertClock | None:
    """By when somebody has to act, counted from the day asked about; an emergency is at once."""
    if rule.level == "emergency" and rule.clock is None:
        return AlertClock(hours=0, act_by=on)
    match rule.clock:
        case Clock(hours=int(hours)):
            return AlertClock(hours=hours, act_by=on + timedelta(days=-(-hours // 24)))
        case Clock(working_days=int(days)):
            due = due_day(on, days)
            return AlertClock(working_days=days, act_by=due.day, estimated=due.estimated)
        case Clock(months=int(months)):
            return AlertClock(months=months, act_by=months_later(on, months))
    return None


def _things(rule: AlertRule, reading: Reading) -> Iterator[tuple[str, Env]]:
    things: tuple[Person | Event, ...] = ()
    if rule.subject == "household":
        yield HOUSEHOLD, Env(rule.pack, {"household": None})
    elif rule.subject == "person":
        things = reading.family.members
    else:
        things = reading.family.events or ()
    for thing in things:
        yield thing.id, Env(rule.pack, {"household": None, rule.subject: thing})


def _by_pair(catalogue: Catalogue, reading: Reading) -> Iterator[Alert]:
    """Two kinds of aid that exclude each other, both running for one holder: worth a look."""
    family, on = reading.family, reading.on
    for exclusion in reading.pack.exclusions:
        if exclusion.effect != "block" or not exclusion.period.holds(on):
            continue
        for to in (HOUSEHOLD, *(member.id for member in family.members)):
            both = [held_on(family.ledger, to, (side,), on) for side in (exclusion.a, exclusion.b)]
            if all(both):
                names = "、".join(
                    catalogue.aid_label(side, on, reading.pack)
                    for side in (exclusion.a, exclusion.b)
                )
                yield Alert(
                    id="exclusive_pair",
                    level="check",
                    says=f"同时享受{names}，可能重复，请核实",
                    subject=to,
                    policies=(exclusion.a, exclusion.b),
                    clause=cited(catalogue, exclusion.clauses, on),
                )


def basis_ended(
    catalogue: Catalogue, reading: Reading, held: Iterable[tuple[Policy, str]]
) -> Iterator[Alert]:
    """Aid that still runs though the status it rests on is no longer in the ledger (F4).

    Args:
        catalogue: for names and clauses.
        reading: the family on a day.
        held: policies in force with the subjects that hold them.
    """
    bases = _bases(reading.pack, reading.on)
    for policy, subject in held:
        relations = bases.get(policy.id)
        if relations and _has_ended(reading, subject, tuple(one.b for one in relations)):
            names = "、".join(
                catalogue.aid_label(one.b, reading.on, reading.pack) for one in relations
            )
            yield Alert(
                id="basis_ended",
                level="check",
                says=f"还在享受{policy.label_on(reading.on)}，但台账里没有它依据的身份（{names}）。"
                "请核实，由经办机关处理；处理前先听取本人意见。",
                subject=subject,
                policies=(policy.id,),
                clause=cited(catalogue, relations[0].clauses, reading.on),
            )


@lru_cache(maxsize=32)  # a place and a day are asked for many families
def _bases(pack: Pack, on: date) -> Mapping[str, tuple[Relation, ...]]:
    """Aid -> the verified statuses on which it rests."""
    found: dict[str, tuple[Relation, ...]] = {}
    for relation in relations_of(pack, on):
        if relation.kind == "ends_with" and relation.flag in ("seed", "search"):
            found[relation.a] = (*found.get(relation.a, ()), relation)
    return found


def _has_ended(reading: Reading, subject: str, statuses: tuple[str, ...]) -> bool:
    """Whether the ledger knows that none of the statuses runs."""
    ledger, on = reading.family.ledger, reading.on
    running = any(held_on(ledger, to, statuses, on) for to in (subject, HOUSEHOLD))
    return not running and not uncovered(ledger, statuses, on)
