"""What a family is told (回答): items with reasons, questions, alerts.

The names are promised to the outside (docs/reference/answer.md): add freely, rename none.
"""

from datetime import date
from enum import StrEnum
from typing import Any

from matching.model.base import Model
from matching.model.family import FactValue

__all__ = [
    "Alert",
    "AlertClock",
    "Answer",
    "Clause",
    "ConditionAnswer",
    "FactUsed",
    "Group",
    "Item",
    "NearestChange",
    "Outcome",
    "Question",
]


class Outcome(StrEnum):
    """The three values (三值): Kleene's strong logic. Unknown is an answer."""

    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"


class Group(StrEnum):
    """Where an item stands on the page (分组)."""

    ENTITLED = "entitled"  # 很可能可以获得
    LIKELY = "likely"  # 待核实
    HELD = "held"  # 正在享受
    OFFER = "offer"  # 可以申请的服务
    NOT_NOW = "not_now"  # 暂不符合


class Clause(Model):
    """Where a condition or figure comes from (依据): document, article, and its Chinese title."""

    doc: str
    title: str
    article: str | None = None
    url: str | None = None


class FactUsed(Model):
    """One fact or figure that a condition looked at, with its provenance (所用事实)."""

    name: str
    label: str
    subject: str
    value: FactValue | None
    shown: str
    source: str | None = None
    as_of: date | None = None
    state: str | None = None
    note: str | None = None


class ConditionAnswer(Model):
    """One condition: what it says, how it stands, by which clause, on which facts (条件).

    `decides` is False for a remark: no verified text settles it, so it never says no. `occasion`:
    it speaks of something that happens to few.
    """

    id: str
    says: str
    outcome: Outcome
    decides: bool = True
    clause: tuple[Clause, ...]
    facts: tuple[FactUsed, ...] = ()
    missing: tuple[str, ...] = ()
    presumed: tuple[str, ...] = ()
    remark: str | None = None
    occasion: bool = False


class NearestChange(Model):
    """The smallest change that would open an item that is not met now (最近的变化)."""

    condition: str
    says: str
    subject: str | None = None
    fact: str | None = None
    gap_fen: int | None = None


class Item(Model):
    """One policy or project for one subject (一项).

    `gives`: what one gets, in words; `applicant`: who applies; `per`: whose cap it is; `places`: in
    all, None is not known; `opens`: what this status or aid opens; `unasked`: it waits for
    something that happens to few and that nobody has told of (没有人提过); `unlikely`: it is open
    only because a condition that seems to fail is not verified (依据未核实，看来不合适).
    `asks`: facts to ask the family for, what is first first; `judges`: what only a person can
    decide, in words; `awaits`: likely statuses and aids that would open it (办成以后再问);
    `instead`: aid that it can likely get and that leaves no place for this one (办不成再看);
    `covered_by`: aid that is held and is the only reason why this one is not met (已有别的).
    """

    id: str
    kind: str
    label: str
    subject: str
    event: str | None = None
    group: Group
    outcome: Outcome
    form: str
    automatic: bool = False
    amount_fen: int | None = None
    amount_unit: str | None = None
    amount_kind: str | None = None
    amount_says: str | None = None
    paid_fen: int | None = None
    missing: tuple[str, ...] = ()
    presumed: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    conditions: tuple[ConditionAnswer, ...] = ()
    counted: tuple[str, ...] = ()
    nearest: tuple[NearestChange, ...] = ()
    rank: int = 0
    score: float | None = None
    terms: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    door: str | None = None
    department: str | None = None
    documents: tuple[str, ...] = ()
    working_days: int | None = None
    working_days_extended: int | None = None
    due_if_today: date | None = None
    due_estimated: bool = False
    addresses: tuple[str, ...] = ()
    gives: str | None = None
    applicant: str = "family"
    per: str | None = None
    places: int | None = None
    opens: tuple[str, ...] = ()
    unasked: bool = False
    unlikely: bool = False
    asks: tuple[str, ...] = ()
    judges: tuple[str, ...] = ()
    awaits: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    covered_by: tuple[str, ...] = ()


class Question(Model):
    """One fact to ask for, and how many items it decides (先问一句)."""

    fact: str
    label: str
    subject: str
    decides: tuple[str, ...]
    choices: tuple[tuple[str, str], ...] = ()
    why: str | None = None


class AlertClock(Model):
    """By when somebody has to act (时限); `hours` 0: at once. `act_by`: the last day.

    `estimated`: holidays of that year are not published yet.
    """

    hours: int | None = None
    working_days: int | None = None
    months: int | None = None
    act_by: date
    estimated: bool = False


class Alert(Model):
    """Something a person should look at now (提醒); it never stops aid.

    `owner`: the department that acts first, `clock`: by when; None: no source says so.
    """

    id: str
    level: str
    says: str
    subject: str
    policies: tuple[str, ...] = ()
    clause: tuple[Clause, ...] = ()
    owner: str | None = None
    clock: AlertClock | None = None


class Answer(Model):
    """Everything for one family on one day (能获得什么)."""

    household: str
    on: date
    place: str
    catalogue: str
    items: tuple[Item, ...]
    questions: tuple[Question, ...]
    alerts: tuple[Alert, ...]
    due_standards: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The answer as plain JSON values; stable order, so that two stores print equal bytes."""
        return self.model_dump(mode="json")
