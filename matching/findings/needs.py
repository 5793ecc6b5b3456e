"""Needs that nobody answers (没有人接的需求), and families that fall between two desks.

Acute needs, recognitions that run out, children whose parents cannot care, households that live
elsewhere than they are registered, and those whom nobody visited this year.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from matching.facts import needs_on
from matching.findings.look import Look, Seen, aid_path, item_path
from matching.findings.spans import Span, months_later
from matching.ledger import HOUSEHOLD
from matching.model.answer import Outcome
from matching.model.family import ApplicationOutcome, Need, NeedState, Person
from matching.model.finding import Confidence
from matching.model.records import AidRecord, NeedRecord
from matching.seen import months_between
from matching.visits import last_visit

__all__ = ["between_desks", "child_without_scheme", "open_needs", "status_expiring"]

_ACUTE = 0.5  # of 1, after what is met already
_MET_BY_AID = 0.8  # share of a need that aid for it takes away
_PARTLY = 0.5
_WORST = 4
_FRESH_AID = timedelta(days=92)
_EXPIRING = timedelta(days=60)
_LONGEST_MONTHS = 12  # a recognition lasts a year at most
_STATUSES = ("rigid_expenditure", "dibao_marginal")
_GONE_MONTHS = 6  # 民发〔2019〕62号: prison, detoxification or out of contact for six months
_CUSTODY = ("prison", "compulsory_detox")
_CHILD_SCHEMES = ("child_distress", "child_orphan")
_ADULT = 18
_VISITS = ("advisor_visit", "advisor", "visit", "verification")
_TWO_YEARS = timedelta(days=731)


def open_needs(look: Look) -> Iterator[Seen]:
    """M3: an assessed need of which half or more is left, with nobody at work on it."""
    for need in needs_on(look.case, look.on):
        left = _left(look, need)
        if left < _ACUTE or need.severity is None:
            continue
        label = look.catalogue.needs[need.type].label if need.type in look.catalogue.needs else None
        about = look.case.household.id if need.of == HOUSEHOLD else need.of
        seen = f"{need.id}（{need.source or '来源未记'}，{need.as_of or '日期未记'}）"
        says = (
            f"需求“{label or need.type}”评估为 {need.severity} 级（最重 {_WORST} 级），"
            "台账里可能没有对应的救助或服务。请尽快安排。"
        )
        yield Seen(
            "acute_need", need.of, (), says,
            (f"{about} → {seen} → {label or need.type}={need.severity} 级 → 没有对应的救助",),
            (Confidence.LOW, Confidence.LOW, Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH)[
                need.severity
            ],
            (need.id,), Span(need.as_of) if need.as_of else None, need.id,
        )  # fmt: skip


def _left(look: Look, need: NeedRecord) -> float:
    """The severity that is left, between 0 and 1."""
    if need.severity is None or need.state in (NeedState.MET, NeedState.REFUSED):
        return 0.0
    left = need.severity / _WORST
    if need.state is NeedState.PARTLY_MET:
        left *= _PARTLY
    helping = any(_helps(look, row, need) for row in look.running())
    return left * (1 - _MET_BY_AID) if helping else left


def _helps(look: Look, row: AidRecord, need: Need) -> bool:
    """Whether a line of the ledger answers the need: it runs, or was given since, not long ago."""
    policy = look.pack.policies.get(row.policy)
    if policy is None or need.type not in policy.addresses:
        return False
    if HOUSEHOLD not in (row.to, need.of) and row.to != need.of:
        return False
    return row.runs_on(look.on) or (row.until is not None and look.on - row.until <= _FRESH_AID)


def status_expiring(look: Look) -> Iterator[Seen]:
    """A recognition that ends within sixty days and has to be asked for anew."""
    for row in look.running():
        if row.policy not in _STATUSES or not row.runs_on(look.on):
            continue
        ends = row.until or months_later(row.start, _LONGEST_MONTHS)
        if not timedelta(0) <= ends - look.on <= _EXPIRING:
            continue
        says = f"{look.label(row.policy)}的认定可能在 {ends} 到期，要重新申请。请提前提醒家庭。"
        yield Seen(
            "status_expiring", row.to, (row.policy,), says,
            (aid_path(look, row, f"到期 {ends}"),),
            Confidence.HIGH if row.until else Confidence.MEDIUM, (row.id,), Span(row.start, ends),
            row.id,
        )  # fmt: skip


def child_without_scheme(look: Look) -> Iterator[Seen]:
    """A child on dibao with a parent in prison, in detoxification or lost, and no child scheme.

    Where the conditions are known to be met, it is missed aid already.
    """
    if not any(row.policy == "dibao" and row.runs_on(look.on) for row in look.running()):
        return
    people = look.reading.people
    for item in look.items:
        child = look.person(item.subject)
        if item.id != _CHILD_SCHEMES[0] or item.outcome is not Outcome.UNKNOWN or child is None:
            continue
        if _holds_scheme(look, child.id):
            continue
        gone = [why for one in child.parents if (why := _gone(people.get(one), look.on))]
        if gone:
            path, ids = item_path(look, item)
            says = (
                f"低保家庭的孩子，父母一方{gone[0]}，没有儿童保障，可能漏了。"
                "请核实另一方能不能抚养；不要当众问孩子。"
            )
            yield Seen(
                "child_without_scheme", child.id, _CHILD_SCHEMES, says, path, Confidence.MEDIUM,
                ids, None, "", item.amount_fen, ("还不知道：另一方能不能抚养",),
            )  # fmt: skip


def _holds_scheme(look: Look, child: str) -> bool:
    return any(
        row.policy in _CHILD_SCHEMES and row.to == child and row.runs_on(look.on)
        for row in look.running()
    )


def _gone(parent: Person | None, on: date) -> str | None:
    """Why a parent cannot care, if it has lasted long enough."""
    if parent is None:
        return None
    facts = {name: fact.value for name, fact in parent.facts.items()}
    since, lost = facts.get("person.custody_from"), facts.get("person.out_of_contact_since")
    if facts.get("person.custody_status") in _CUSTODY and (
        not isinstance(since, date) or months_between(since, on) >= _GONE_MONTHS
    ):
        return "在服刑或强制隔离戒毒"
    if isinstance(lost, date) and lost < on and months_between(lost, on) >= _GONE_MONTHS:
        return "失去联系"
    return None


def between_desks(look: Look) -> Iterator[Seen]:
    """Lives elsewhere than registered with a need; or of circles two to four and not visited."""
    yield from _lives_apart(look)
    yield from _not_screened(look)


def _lives_apart(look: Look) -> Iterator[Seen]:
    here = look.case.household.place[:6]
    apart = [
        (member.id, str(fact.value))
        for member in look.family.members
        if (fact := member.facts.get("person.hukou")) is not None
        and len(str(fact.value)) >= len(here)
        and not str(fact.value).startswith(here)
    ]
    split = look.family.facts.get("household.hukou_residence_split")
    told = split is not None and split.value is True
    needs = [need for need in look.case.needs if _left(look, need) >= _ACUTE]
    helped = any(row.runs_on(look.on) for row in look.running())
    if not (apart or told) or not needs or helped:
        return
    ids = [r.id for r in look.case.records if "household.hukou_residence_split" in r.facts and told]
    ids += [
        record.id
        for record in look.case.records
        for person, _ in apart
        if record.about == person and "person.hukou" in record.facts
    ]
    where = look.case.household
    lines = tuple(f"{one} → 户籍地={code} → 居住地={where.place}" for one, code in apart)
    says = (
        "户籍地和居住地不同，家里有需求，台账里没有正在享受的救助，可能两头不管。"
        "请居住地先上门，再与户籍地联系；不受户籍限制的急难救助和慈善帮扶也请一并问。"
    )
    yield Seen(
        "lives_apart", HOUSEHOLD, (), says,
        lines or (f"{where.id} → {ids[0] if ids else ''} → 人户分离=是",), Confidence.LOW,
        (*ids, *(need.id for need in needs)),
    )  # fmt: skip


def _not_screened(look: Look) -> Iterator[Seen]:
    """Used special aid, or was refused or ended within two years, and nobody came this year."""
    circles = look.catalogue.classifications.get("circles")
    if circles is None:
        return
    covered, in_need, edge = circles.items[:3]
    running = {row.policy for row in look.running() if row.runs_on(look.on)}
    if running & set(covered.holding):
        return
    why = _circle_two_or_three(look, set(in_need.holding) | set(in_need.lately), set(edge.refused))
    last = last_visit(look.case, _VISITS, look.on)
    if why is None or (last is not None and last.year == look.on.year):
        return
    says = f"{why[0]}，今年没有走访或核对的记录，情况可能变了。请安排走访。"
    yield Seen(
        "not_screened", HOUSEHOLD, (), says,
        (f"{look.case.household.id} → {why[1]} → {why[0]} → {look.on.year} 年没有走访记录",),
        Confidence.MEDIUM, (why[1],), None, str(look.on.year),
    )  # fmt: skip


def _circle_two_or_three(look: Look, used: set[str], no: set[str]) -> tuple[str, str] | None:
    for row in look.running():
        recent = row.until is None or look.on - row.until <= _TWO_YEARS
        if row.policy in used and recent:
            return f"近两年享受过{look.label(row.policy)}", row.id
    for one in look.case.applications:
        refused = one.outcome in (ApplicationOutcome.REFUSED, ApplicationOutcome.ENDED)
        if one.policy in no and refused and timedelta(0) <= look.on - one.date <= _TWO_YEARS:
            return f"{one.date} {look.label(one.policy)}没有通过或停止", one.id
    return None
