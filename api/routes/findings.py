"""Findings for programs (发现接口): what is kept, and what a person found out about it.

Advisors see those of their own places, the office those of the district; nothing here stops aid.
"""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from api.deps import Allow, Visit
from api.routes.advisor import IdempotencyKey
from api.services import findings as service
from api.services.one_request import inside
from matching.errors import InputError
from matching.findings import KINDS
from matching.model.access import Access, Purpose, Role
from matching.model.finding import FindingFilter, FindingState, StoredFinding

__all__ = ["router"]

router = APIRouter(tags=["发现"])

FindingKey = Annotated[
    str, Path(max_length=64, pattern=r"^[\w.:-]+$", description="发现的编号，不是人的编号")
]


class Findings(BaseModel):
    """One page of findings in order of key; `after` opens the next one."""

    findings: tuple[StoredFinding, ...]
    after: str | None


class Decision(BaseModel):
    """What a person found out (认定): confirmed 属实, rejected 不属实 with a reason."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    state: Literal["confirmed", "rejected"]
    reason: str | None = Field(default=None, max_length=500)


@router.get("/findings", summary="范围内的发现")
def list_findings(
    visit: Annotated[Visit, Depends(Allow("finding:read"))],
    kind: Annotated[list[str] | None, Query(description="只看这些种类", max_length=64)] = None,
    state: Annotated[
        list[FindingState] | None, Query(description="默认看还没有了结的", max_length=8)
    ] = None,
    place: Annotated[str, Query(max_length=12, pattern=r"^\d*$", description="区划代码")] = "",
    after: Annotated[str, Query(max_length=64, description="上一页的 after")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Findings:
    """Findings in the scope of the account, each with its path and its sentence."""
    strange = sorted(set(kind or ()) - KINDS.keys())
    if strange:
        raise InputError(f"没有这个种类：{strange[0]}。可以写：{'、'.join(KINDS)}")
    states = frozenset(state) if state else service.LIVE
    wanted = FindingFilter(kinds=frozenset(kind or ()), states=states, place=place)
    store = visit.desk.store
    access = inside(store, _access(visit, Purpose.ADVISE), place, "finding")
    found = store.findings(access, wanted, after=after, limit=limit + 1)
    return Findings(findings=found[:limit], after=found[limit - 1].key if found[limit:] else None)


@router.post("/findings/{key}/decision", summary="认定一个发现")
def decide(
    visit: Annotated[Visit, Depends(Allow("finding:decide"))],
    key: FindingKey,
    given: Decision,
    idempotency_key: IdempotencyKey,
) -> StoredFinding:
    """Put down whether it is so. Aid goes on as before; safe to repeat with the same key."""
    access = _access(visit, Purpose.CORRECT)
    state = FindingState(given.state)
    store = visit.desk.store
    return store.decide_finding(access, key, state, given.reason, once=idempotency_key)


def _access(visit: Visit, advisors: Purpose) -> Access:
    """The office acts as the office, an advisor for a purpose of advice."""
    office = visit.who.user.role is Role.OFFICE
    return visit.access(Purpose.OPERATE if office else advisors)
