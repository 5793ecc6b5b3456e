"""Aid that may go on by mistake (可能发错): after death, custody or a move, without its basis.

What is cash aid and what custody means is said by the alert rules of the packs; here it is laid
over time. The month in which something happens is a month of grace; where others of the household
live on the same aid it is to be worked out anew within three months. Nothing is stopped by this.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from matching import tree
from matching.access_rules import SEALED_FACTS
from matching.alerts import basis_ended
from matching.explain import subjects_of
from matching.facts import unusable
from matching.findings.look import Look, Seen, aid_path, clause_words, item_path
from matching.findings.spans import Span, months_later, months_of, next_month, overlap
from matching.ledger import COVERAGE_DAYS, HOUSEHOLD
from matching.model.answer import ConditionAnswer, Group, Item, Outcome
from matching.model.family import Fact, FactState, Family, Person
from matching.model.finding import Confidence
from matching.model.records import AidRecord, Record, SubjectKind
from matching.packs import AlertRule, Pack, Policy
from matching.spelling import yuan
from matching.uses import facts_in, reach, texts_of
from matching.vocabulary import VOCABULARY

__all__ = [
    "after_events",
    "after_move",
    "disagreeing",
    "not_fitting",
    "unreadable",
    "without_basis",
]

_CUSTODY_FACT = "person.custody_status"
_TERM = "person.custody_term_months"
_FRESH = timedelta(days=COVERAGE_DAYS)
_SOON = 3  # months to work out anew what a household gets
_SHOWN = {"prison": "服刑", "compulsory_detox": "强制隔离戒毒", "deceased": "去世",
          "declared_missing": "宣告失踪"}  # fmt: skip
_CUSTODY, _DEATH, _MISSING = "paid_in_custody", "paid_after_death", "paid_while_missing"


@dataclass(frozen=True, slots=True)
class _Befell:
    """Something that happened to a person, as a source said it."""

    kind: str
    person: str
    status: str
    span: Span
    exact: bool  # the day itself is known, not only the day it was reported
    record: Record


def after_events(look: Look) -> Iterator[Seen]:
    """D4: months paid after a death, in custody, after one was declared missing."""
    named = _named(look.pack)
    if named is None:
        return
    for befell in _befallen(look, named.custody):
        rule = named.rules[_CUSTODY if befell.kind == _CUSTODY else _DEATH]
        for row in look.running():
            if _concerns(look, row, befell, named.cash):
                yield from _paid_after(look, befell, row, rule)


@dataclass(frozen=True, slots=True)
class _Named:
    """What the alert rules of a place name: cash aid, and the values of custody."""

    rules: Mapping[str, AlertRule]
    cash: frozenset[str]
    custody: frozenset[str]


@lru_cache(maxsize=32)  # a place is asked for many households
def _named(pack: Pack) -> _Named | None:
    rules = {rule.id: rule for rule in pack.alerts if rule.id in (_CUSTODY, _DEATH)}
    if rules.keys() != {_CUSTODY, _DEATH}:
        return None
    return _Named(rules, _cash(rules[_DEATH]), _statuses(rules[_CUSTODY]))


def _cash(rule: AlertRule) -> frozenset[str]:
    """The cash aid that an alert rule names."""
    return frozenset(
        aid for node in _nodes(rule.test) if isinstance(node, tree.Holds) for aid in node.policies
    )


def _statuses(rule: AlertRule) -> frozenset[str]:
    """The values of custody that an alert rule names."""
    return frozenset(
        str(value)
        for node in _nodes(rule.test)
        if isinstance(node, tree.InChoices)
        for value in node.choices.values
    )


def _nodes(node: tree.Node) -> Iterator[tree.Node]:
    yield node
    for child in tree.children(node):
        yield from _nodes(child)


def _befallen(look: Look, custody: frozenset[str]) -> Iterator[_Befell]:
    """What the records say befell somebody, each once."""
    found: dict[tuple[str, str], _Befell] = {}
    for record in sorted(look.case.records, key=lambda one: (one.as_of, one.id)):
        if record.state is FactState.CONTRADICTED or record.as_of > look.on:
            continue
        for one in _told(look, record, custody):
            found.setdefault((one.person, one.kind), one)
    yield from found.values()


def _told(look: Look, record: Record, custody: frozenset[str]) -> Iterator[_Befell]:
    life, held = record.facts.get("person.life_status"), record.facts.get("person.custody_status")
    if life in ("deceased", "declared_missing") and _still(look, record, "person.life_status"):
        day = record.facts.get("person.death_date")
        exact = isinstance(day, date) and life == "deceased"
        start = day if isinstance(day, date) and exact else record.as_of
        kind = _DEATH if life == "deceased" else _MISSING
        yield _Befell(kind, record.about, str(life), Span(start), exact, record)
    if held in custody:
        since = record.facts.get("person.custody_from")
        start = since if isinstance(since, date) else record.as_of
        span = Span(start, _released(look, record))
        yield _Befell(_CUSTODY, record.about, str(held), span, isinstance(since, date), record)


def _still(look: Look, record: Record, name: str) -> bool:
    """Whether the fact that is used today says the same: a later source may have put it right."""
    used = _fact(look, record.about, name)
    return used is not None and used.value == record.facts[name]


def _fact(look: Look, person: str, name: str) -> Fact | None:
    one = look.reading.people.get(person)
    return one.facts.get(name) if one is not None else None


def _released(look: Look, record: Record) -> date | None:
    """The day before a later source said otherwise, or the last of the term; None: nobody did."""
    later = [
        other.as_of
        for other in look.case.records
        if other.about == record.about
        and record.as_of < other.as_of <= look.on
        and other.state is not FactState.CONTRADICTED
        and other.facts.get("person.custody_status", "prison") == "none"
    ]
    ends = [day - timedelta(days=1) for day in later]
    since, term = record.facts.get("person.custody_from"), record.facts.get(_TERM)
    if isinstance(since, date) and isinstance(term, int):
        ends.append(months_later(since, term))
    return min(ends) if ends else None


def _last_told(look: Look, befell: _Befell) -> date:
    """The newest day of which a source says the same."""
    name = "person.custody_status" if befell.kind == _CUSTODY else "person.life_status"
    return max(
        row.as_of
        for row in look.case.records
        if row.about == befell.person and row.facts.get(name) == befell.status
        and row.as_of <= look.on
    )  # fmt: skip


def _concerns(look: Look, row: AidRecord, befell: _Befell, cash: frozenset[str]) -> bool:
    """Aid that began before: the person's own, or the household's that counts the person."""
    if row.start > befell.span.start:
        return False
    if row.to == HOUSEHOLD:
        return row.policy in cash and look.person(befell.person) is not None
    policy = look.pack.policies.get(row.policy)
    own = row.to == befell.person and (policy is None or policy.persons != "all")
    return own and (row.policy in cash or befell.kind == _DEATH)


def _paid_after(look: Look, befell: _Befell, row: AidRecord, rule: AlertRule) -> Iterator[Seen]:
    others = row.to == HOUSEHOLD and len(look.family.members) > 1
    begins = next_month(befell.span.start)
    for _ in range(_SOON if others and befell.kind == _DEATH else 0):
        begins = next_month(begins)
    paid = overlap(Span(row.start, row.until), Span(begins, befell.span.until))
    months = len(months_of(paid, look.on)) if paid is not None else 0
    if not months:
        return
    what, label = _SHOWN.get(befell.status, befell.status), look.label(row.policy)
    verified = befell.record.state is FactState.VERIFIED
    said = f"{befell.record.id}（{befell.record.source}，{befell.record.as_of}）"
    day = befell.span.start.isoformat() + ("" if befell.exact else "（按报来的日期）")
    clause = look.clauses(rule.clauses)
    last = _last_told(look, befell)
    old = befell.kind == _CUSTODY and befell.span.until is None and look.on - last > _FRESH
    unlooked = (f"{last} 以后没有再核查：{_label('person.custody_status')}",) if old else ()
    asked = befell.kind != _CUSTODY or _asks_custody(look, row.policy)
    if not asked:
        unlooked = (*unlooked, f"{label}的规定没有写服刑的人停不停")
    do = "请核实是否已把这个人减去、重新算" if others else "请核实"
    yield Seen(
        befell.kind, befell.person, (row.policy,),
        f"有人 {day} {what}，此后{label}可能还发了 {months} 个月。{do}；"
        "不要自行停发，先听取本人或家属意见。",
        (f"{befell.person} → {said} → {what} {day} → {rule.says} → {clause}",
         aid_path(look, row, rule.says, clause)),
        _how_sure(verified=verified and asked, plain=not (others or old)),
        (befell.record.id, row.id), paid, "", None, unlooked,
    )  # fmt: skip


def _asks_custody(look: Look, aid: str) -> bool:
    """Whether the text of a policy, or a definition behind it, looks at custody at all."""
    policy = look.pack.policies.get(aid)
    if policy is None:
        return True
    nodes = reach(look.pack, texts_of(policy, look.on), look.on)
    return any(_CUSTODY_FACT in facts_in(node) for node in nodes)


def _how_sure(*, verified: bool, plain: bool) -> Confidence:
    if not verified:
        return Confidence.LOW
    return Confidence.HIGH if plain else Confidence.MEDIUM


def after_move(look: Look) -> Iterator[Seen]:
    """D4: a person's aid that runs on in the household that the person left."""
    for stay in look.case.memberships:
        back = any(
            other.person == stay.person and other.start > stay.start and other.until is None
            for other in look.case.memberships
        )
        if stay.until is None or stay.until >= look.on or back:
            continue
        for row in look.running():
            paid = overlap(Span(row.start, row.until), Span(next_month(stay.until)))
            if row.to != stay.person or row.start > stay.until or paid is None:
                continue
            months = len(months_of(paid, look.on))
            if months:
                says = (
                    f"有人 {stay.until} 迁出，此后这里的{look.label(row.policy)}可能还发了 "
                    f"{months} 个月。请与迁入地核对由哪里发，不要让这个人两头落空。"
                )
                yield Seen(
                    "paid_after_move", stay.person, (row.policy,), says,
                    (f"{stay.person} → 成员关系至 {stay.until}",
                     aid_path(look, row, f"{stay.until} 迁出")),
                    Confidence.MEDIUM, (row.id,), paid, stay.until.isoformat(),
                )  # fmt: skip


def without_basis(look: Look) -> Iterator[Seen]:
    """Derived benefits that run without the status they rest on (F4), as the alerts say it."""
    for alert in basis_ended(look.catalogue, look.reading, _held_by(look)):
        rows = [
            row
            for row in look.running()
            if row.policy in alert.policies and row.to == alert.subject and row.runs_on(look.on)
        ]
        clause = clause_words(alert.clause)
        yield Seen(
            "basis_ended", alert.subject, alert.policies, f"可能{alert.says}",
            tuple(aid_path(look, row, "依据的身份不在台账里", clause) for row in rows),
            Confidence.HIGH, tuple(row.id for row in rows),
        )  # fmt: skip


def _held_by(look: Look) -> Iterator[tuple[Policy, str]]:
    """Policies in force that run for a subject of theirs, in order of policy and subject."""
    running = {(row.policy, row.to) for row in look.running() if row.runs_on(look.on)}
    policies = {name: look.pack.policies[name] for name, _ in running if name in look.pack.policies}
    for name in sorted(policies):
        policy = policies[name]
        if policy.period.holds(look.on) and not policy.per_event:
            for subject, _, _ in subjects_of(policy, look.reading):
                if (name, subject) in running:
                    yield policy, subject


def not_fitting(look: Look) -> Iterator[Seen]:
    """Aid that is held while a condition of its own is known to fail, or that pays too much."""
    for item in look.items:
        if item.group is not Group.HELD:
            continue
        if item.outcome is Outcome.UNMET:
            failing = tuple(one for one in item.conditions if _fails_of_itself(look, item, one))
            if failing:
                yield _held_not_fitting(look, item, failing)
        elif _pays_more(item):
            yield _paid_more(look, item)


def _fails_of_itself(look: Look, item: Item, one: ConditionAnswer) -> bool:
    """Not for other aid, custody or death: those are findings of their own."""
    elsewhere = ("person.custody_status", "person.life_status")
    names = {fact.name for fact in one.facts}
    return (
        one.decides
        and one.outcome is Outcome.UNMET
        and not one.id.startswith("not_with_")
        and not look.not_checked(one.presumed, item.subject)
        and not any(
            fact.name in elsewhere and fact.value not in ("alive", "none") for fact in one.facts
        )
        and any(not name.startswith("benefit.") for name in names)
    )


def _held_not_fitting(look: Look, item: Item, failing: tuple[ConditionAnswer, ...]) -> Seen:
    part = item.model_copy(update={"conditions": failing})
    path, ids = item_path(look, part)
    rows = _held(look, item)
    facts = [fact for one in failing for fact in one.facts if fact.state is not None]
    sure = bool(facts) and all(fact.state == FactState.VERIFIED for fact in facts)
    says = (
        f"正在享受{item.label}，但现在的记录可能不符合：{'；'.join(one.says for one in failing)}。"
        "请核实；条件变好的，先看能不能渐退，处理前先听取本人意见。"
    )
    return Seen(
        "held_not_fitting", item.subject, (item.id,), says, path,
        Confidence.MEDIUM if sure else Confidence.LOW, (*ids, *(row.id for row in rows)),
        None, " ".join(one.id for one in failing),
    )  # fmt: skip


def _held(look: Look, item: Item) -> list[AidRecord]:
    return [
        row
        for row in look.running()
        if row.policy == item.id and row.to == item.subject and row.runs_on(look.on)
    ]


def _pays_more(item: Item) -> bool:
    """The rule gives an exact figure, and more is paid."""
    known = item.amount_fen is not None and item.paid_fen is not None
    return (
        known
        and item.amount_kind == "exact"
        and item.outcome is Outcome.MET
        and (item.paid_fen or 0) > (item.amount_fen or 0)
    )


def _paid_more(look: Look, item: Item) -> Seen:
    path, ids = item_path(look, item)
    rows = _held(look, item)
    more = (item.paid_fen or 0) - (item.amount_fen or 0)
    unlooked = look.not_checked(item.presumed, item.subject)
    says = (
        f"{item.label}现在每月发 {yuan(item.paid_fen or 0)} 元，按规定可能是 "
        f"{yuan(item.amount_fen or 0)} 元，多 {yuan(more)} 元。请核实档次和收入；"
        "处理前先听取本人意见。"
    )
    return Seen(
        "paid_more", item.subject, (item.id,), says,
        (*path, *(aid_path(look, row, item.amount_says or "金额") for row in rows)),
        Confidence.LOW if unlooked else Confidence.MEDIUM, (*ids, *(row.id for row in rows)),
        None, "", more, unlooked,
    )  # fmt: skip


def disagreeing(look: Look) -> Iterator[Seen]:
    """Two verified values that contradict, or a newer declaration that differs from a check."""
    members: list[tuple[str, Family | Person]] = [(one.id, one) for one in look.family.members]
    owners = [(HOUSEHOLD, look.family), *members]
    for subject, owner in owners:
        told = [(name, "两份核对结果不一致") for name, stale in owner.stale.items()
                if stale.why == "两份核对结果不一致"]  # fmt: skip
        told += [(name, "后来申报的和核对结果不一致") for name, fact in owner.facts.items()
                 if fact.contradicts_verified]  # fmt: skip
        for name, why in told:
            if name not in SEALED_FACTS:
                yield _disagree(look, subject, name, why)


def _disagree(look: Look, subject: str, name: str, why: str) -> Seen:
    spec = look.reading.provenance((name, subject))
    about = look.case.household.id if subject == HOUSEHOLD else subject
    label = _label(name)
    rows = [row for row in look.case.records if row.about == about and name in row.facts]
    lines = tuple(
        f"{about} → {row.id}（{row.source}，{row.as_of}，{row.state.value}） → {label}"
        for row in rows
    )
    return Seen(
        "facts_disagree", subject, (),
        f"{label}：{why}，可能影响结果。请核实以哪个为准，并记下凭据。",
        lines, Confidence.MEDIUM if spec is None else Confidence.LOW,
        tuple(row.id for row in rows), None, name,
    )  # fmt: skip


def unreadable(look: Look) -> Iterator[Seen]:
    """Records with a value that their fact cannot take: nothing rests on it, and it is not lost."""
    for row in look.case.records:
        names = tuple(name for name in unusable(row, look.on) if name not in SEALED_FACTS)
        if row.state is FactState.CONTRADICTED or row.as_of > look.on or not names:
            continue
        labels = "、".join(_label(name) for name in names)
        subject = HOUSEHOLD if row.kind is SubjectKind.HOUSEHOLD else row.about
        told = f"{row.about} → {row.id}（{row.source}，{row.as_of}） → {labels}：值不对，没有使用"
        yield Seen(
            "record_unusable", subject if subject in look.reading.people else HOUSEHOLD, (),
            f"一条记录的{labels}写得不对，没有使用；可能因此定不下来。请来源更正后重新送来。",
            (told,), Confidence.HIGH, (row.id,), None, row.id,
        )  # fmt: skip


def _label(name: str) -> str:
    return VOCABULARY[name].label if name in VOCABULARY else name
