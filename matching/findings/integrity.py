"""Credit records, filed kinship, cards kept by others (诚信、回避、代管): for people to settle.

A credit record decides nothing here: no rule may read it, and where an office cites one against
basic aid that is a finding in the family's favour.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from matching.findings.look import Look, Seen, aid_path
from matching.ledger import HOUSEHOLD
from matching.model.family import ApplicationOutcome, Fact, Person
from matching.model.finding import Confidence
from matching.model.records import AidRecord, ApplicationRecord, Record
from matching.vocabulary import VOCABULARY

__all__ = ["card_kept", "credit_cited", "credit_unsettled", "kin_of_staff"]

_BASIC = "basic"
_CITED = ("失信", "信用")
_TURNED_DOWN = (ApplicationOutcome.REFUSED, ApplicationOutcome.ENDED)
_AGAINST = {ApplicationOutcome.REFUSED: "没有通过", ApplicationOutcome.ENDED: "停止"}


def credit_unsettled(look: Look) -> Iterator[Seen]:
    """F9: an objection without an end, a repair that is due; seen by the joint meeting only."""
    for member in look.family.members:
        basis = member.facts.get("person.credit_basis")
        if basis is None or basis.value == "none":
            continue
        for what, do in _to_settle(member, look.on):
            since = member.facts.get("person.credit_from")
            shown = VOCABULARY["person.credit_basis"].choices[str(basis.value)]
            begun = f"，{since.value} 起" if since is not None else ""
            rows = _rows(look, member.id, "person.credit_basis", "person.credit_objection",
                         "person.credit_repair", "person.credit_until")  # fmt: skip
            yield Seen(
                "credit_unsettled", member.id, (),
                f"失信记录（{shown}{begun}）{what}，可能不该再这样记着。{do}；"
                "办好以前不要因为它影响救助。",
                tuple(f"{member.id} → {_said(row)} → {what}" for row in rows),
                Confidence.MEDIUM, _ids(rows), None, what,
            )  # fmt: skip


def _to_settle(member: Person, on: date) -> Iterator[tuple[str, str]]:
    objection = _value(member.facts.get("person.credit_objection"))
    repair = _value(member.facts.get("person.credit_repair"))
    until = _value(member.facts.get("person.credit_until"))
    if objection == "open":
        yield "有异议，还没有结论", "请尽快复核并答复本人"
    elif objection == "upheld":
        yield "异议已经成立，记录还在", "请更正并告诉各成员单位"
    if repair == "applied":
        yield "已申请信用修复，还没有办", "请办理信用修复"
    elif repair != "repaired" and isinstance(until, date) and until < on:
        yield f"已在 {until} 到期，没有修复", "请办理信用修复，告诉各成员单位"


def credit_cited(look: Look) -> Iterator[Seen]:
    """F9: basic aid that an office refused or ended for a credit record; no condition says so."""
    for row in look.case.applications:
        policy = look.pack.policies.get(row.policy)
        basic = policy is not None and policy.category == _BASIC
        if not basic or not _cites_credit(row) or row.date > look.on:
            continue
        subject, how = row.to, f"{row.date} {_AGAINST[row.outcome]}"
        holder = look.case.household.id if subject == HOUSEHOLD else subject
        label = look.label(row.policy)
        yield Seen(
            "credit_cited", subject, (row.policy,),
            f"{label}{how}，写的理由是失信；{label}的条件里没有这一条，可能因此漏保。"
            "请按规定的条件重新核实，失信另行处理。",
            (f"{holder} → {row.id} → {label}{how}，理由写着失信",),
            Confidence.HIGH, (row.id,), None, row.date.isoformat(),
        )  # fmt: skip


def _cites_credit(row: ApplicationRecord) -> bool:
    reason = row.reason or ""
    return row.outcome in _TURNED_DOWN and any(word in reason for word in _CITED)


def kin_of_staff(look: Look) -> Iterator[Seen]:
    """F7: a filed relative of those who handle aid, in a household that has or asks for some."""
    for member in look.family.members:
        if _value(member.facts.get("person.kin_of_staff")) is True and _concerned(look):
            rows = _rows(look, member.id, "person.kin_of_staff")
            lines = [f"{member.id} → {_said(row)} → 近亲属备案" for row in rows]
            aid = [row for row in look.running() if row.runs_on(look.on)]
            yield Seen(
                "kin_of_staff", member.id, (),
                "有成员备案为救助经办人员的近亲属，可能需要回避。请换人办理和复核；"
                "备案本身不影响能不能得到救助。",
                (*lines, *(aid_path(look, row, "由别的人员复核") for row in aid)),
                Confidence.MEDIUM, (*_ids(rows), *_ids(aid)),
            )  # fmt: skip


def _concerned(look: Look) -> bool:
    """Whether the household has aid, or has asked for some and has no answer yet."""
    asked = any(
        row.outcome is ApplicationOutcome.APPLIED and row.date <= look.on
        for row in look.case.applications
    )
    return asked or any(row.runs_on(look.on) for row in look.running())


def card_kept(look: Look) -> Iterator[Seen]:
    """F7: the card for the aid is in other hands, and nobody has filed it."""
    for member in look.family.members:
        kept = _value(member.facts.get("person.card_custody")) == "unfiled"
        aid = [row for row in look.running() if row.runs_on(look.on)]
        if kept and aid:
            rows = _rows(look, member.id, "person.card_custody")
            yield Seen(
                "card_kept", member.id, (),
                "救助资金卡折由别人代管，没有备案，钱可能到不了本人手里。请核实是谁代管、"
                "本人是否同意，补办备案或者交还本人；救助照发。",
                (*(f"{member.id} → {_said(row)} → 卡折由别人代管" for row in rows),
                 *(aid_path(look, row, "发到这张卡折") for row in aid)),
                Confidence.MEDIUM, (*_ids(rows), *_ids(aid)),
            )  # fmt: skip


def _value(fact: Fact | None) -> object:
    return fact.value if fact is not None else None


def _rows(look: Look, person: str, *names: str) -> list[Record]:
    """What was said about these facts, in the order of its day."""
    told = [
        row
        for row in look.case.records
        if row.about == person and row.as_of <= look.on and row.facts.keys() & set(names)
    ]
    return sorted(told, key=lambda row: (row.as_of, row.id))


def _ids(rows: Iterable[Record | AidRecord]) -> tuple[str, ...]:
    return tuple(row.id for row in rows)


def _said(row: Record) -> str:
    return f"{row.id}（{row.source}，{row.as_of}）"
