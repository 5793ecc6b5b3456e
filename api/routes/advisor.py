"""Families for programs (家庭接口): lists, answers, comparisons, corrections, posted files."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from api.deps import Allow, AskedDay, Today, Visit, check_day, posted_text
from api.entry import checked_value
from api.services import advisor
from graph.store import HouseholdCard
from matching.model.access import Purpose
from matching.model.answer import Answer, Item, Outcome

__all__ = ["router"]

router = APIRouter(tags=["家庭"])

HouseholdId = Annotated[
    str, Path(max_length=64, pattern=r"^[\w.:-]+$", description="家庭编号", examples=["H-0001"])
]
IdempotencyKey = Annotated[
    str,
    Header(min_length=8, max_length=128, description="同一个键、同样的内容只写一次"),
]


SURNAME_OR_ID = r"^([A-Za-z0-9_.:-]{0,64}|[^\x00-\x7f]{1,2})$"  # no whole name in a URL


class Households(BaseModel):
    """One page of a list; `after` opens the next one."""

    households: tuple[HouseholdCard, ...]
    after: str | None


class OutcomeShown(BaseModel):
    """How one item stands; `missing` says what an open one lacks.

    `amount_fen`: by the rule, of what is met or held, where it is exact; `paid_fen`: by the ledger.
    """

    policy: str
    label: str
    subject: str
    event: str | None
    outcome: Outcome
    held: bool
    amount_fen: int | None
    unit: str | None
    paid_fen: int | None
    missing: tuple[str, ...]


class OutcomesShown(BaseModel):
    """The outcome table of one family on a day, in order of policy and subject."""

    household: str
    on: date
    catalogue: str
    items: tuple[OutcomeShown, ...]


class ChangeShown(BaseModel):
    """An item that stands differently on the two days; null where it does not exist."""

    before: Item | None
    after: Item | None


class ComparisonShown(BaseModel):
    """What differs between two days, and the standards that the later day lacks."""

    household: str
    before: date
    after: date
    changes: tuple[ChangeShown, ...]
    due_standards: tuple[str, ...]


class FactGiven(BaseModel):
    """A corrected fact (更正): money in fen, a date as text, a set as a list."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    fact: str = Field(max_length=64, examples=["household.monthly_income"])
    about: str = Field(max_length=64, description="家庭、成员或事件的编号")
    value: bool | int | str | list[str] = Field(examples=[240000])
    as_of: date | None = Field(default=None, description="这个情况是哪一天的，默认今天")


class RecordShown(BaseModel):
    """The record that was written."""

    record: str


@router.get("/households", summary="范围内的家庭")
def list_households(
    visit: Annotated[Visit, Depends(Allow("household:list"))],
    q: Annotated[str, Query(pattern=SURNAME_OR_ID, description="家庭编号开头，或户主的姓")] = "",
    after: Annotated[str, Query(max_length=64, description="上一页的 after")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = advisor.PAGE_SIZE,
) -> Households:
    """Households in the scope of the account, in order of id; names are masked."""
    access = visit.access(Purpose.ADVISE)
    page = advisor.household_list(visit.desk.store, access, q, after=after, limit=limit)
    return Households(households=page.cards, after=page.after)


@router.get("/households/{household_id}/answer", summary="这一家能获得什么")
def show_answer(
    visit: Annotated[Visit, Depends(Allow("household:read"))],
    household_id: HouseholdId,
    on: AskedDay,
) -> Answer:
    """Everything for one family on a day: items with reasons and clauses, questions, alerts."""
    access = visit.access(Purpose.ADVISE)
    return advisor.family_answer(
        visit.desk.store, visit.desk.catalogue, access, household_id, on
    ).answer


@router.get("/households/{household_id}/outcomes", summary="每一项的结论，不写理由")
def show_outcomes(
    visit: Annotated[Visit, Depends(Allow("household:read"))],
    household_id: HouseholdId,
    on: AskedDay,
    today: Today,
) -> OutcomesShown:
    """How every item stands and what is missing, without its words: small and quick."""
    access = visit.access(Purpose.ADVISE)
    found = advisor.family_outcomes(
        visit.desk.store, visit.desk.catalogue, access, household_id, (on, today)
    )
    return OutcomesShown(
        household=household_id,
        on=on,
        catalogue=visit.desk.catalogue.version,
        items=tuple(OutcomeShown.model_validate(row, from_attributes=True) for row in found),
    )


@router.get("/households/{household_id}/comparison", summary="两天之间有什么变化")
def show_comparison(
    visit: Annotated[Visit, Depends(Allow("household:read"))],
    household_id: HouseholdId,
    before: Annotated[date, Query(description="较早的一天")],
    after: Annotated[date, Query(description="较晚的一天")],
) -> ComparisonShown:
    """What a family gets differently on two days, and which standards have to be entered."""
    days = check_day(before), check_day(after)
    access = visit.access(Purpose.ADVISE)
    found = advisor.compare_days(visit.desk.store, visit.desk.catalogue, access, household_id, days)
    return ComparisonShown(
        household=household_id,
        before=before,
        after=after,
        changes=tuple(ChangeShown(before=c.before, after=c.after) for c in found.changes),
        due_standards=found.due,
    )


@router.post("/households/{household_id}/facts", status_code=201, summary="更正一项情况")
def correct_fact(
    visit: Annotated[Visit, Depends(Allow("household:correct"))],
    today: Today,
    household_id: HouseholdId,
    given: FactGiven,
    idempotency_key: IdempotencyKey,
) -> RecordShown:
    """Write what the family said as a new record; nothing is overwritten. Safe to repeat."""
    value = checked_value(advisor.correctable_spec(given.fact), given.value, today)
    as_of = check_day(given.as_of) if given.as_of is not None else None
    correction = advisor.Correction(given.fact, given.about, value, as_of)
    access = visit.access(Purpose.CORRECT)
    record = advisor.correct_fact(
        visit.desk.store, access, household_id, correction, key=idempotency_key, today=today
    )
    return RecordShown(record=record)


@router.post(
    "/evaluate",
    summary="按家庭文件回答，不保存",
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": "YAML 或 JSON，一个家庭或一个列表（docs/reference/family-files.md）",
            "content": {
                "application/yaml": {"schema": {"type": "string"}},
                "application/json": {"schema": {}},
            },
        }
    },
)
def evaluate(
    visit: Annotated[Visit, Depends(Allow("family:preview"))],
    on: AskedDay,
    text: Annotated[str, Depends(posted_text)],
) -> tuple[Answer, ...]:
    """Answers for described families, in their order. Nothing is stored."""
    return advisor.evaluate_text(visit.desk.catalogue, text, "请求内容", on)
