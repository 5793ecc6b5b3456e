"""The form of the quick check (快速预审表单): it keeps what was typed, and nothing else does."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from starlette.datastructures import FormData

from api.deps import field, fields
from api.entry import entered_value, plain_value
from matching.errors import Finding, InputError
from matching.vocabulary import fact_spec

__all__ = [
    "ELSEWHERE",
    "HOUSEHOLD_FACTS",
    "MEMBER_FACTS",
    "MOST_MEMBERS",
    "QuickForm",
    "QuickMember",
    "described_family",
    "empty_form",
    "pressed",
    "problems_in",
    "read_form",
]

MOST_MEMBERS = 12
SOURCE = "quick"
ID = "快速预审"
# Somewhere else in the country: no made-up district and no real city has this code.
ELSEWHERE = "00"
HOUSEHOLD_FACTS = (
    "household.monthly_income",
    "household.property_ok_dibao",
    "household.verification_consent",
)
MEMBER_FACTS = (
    "person.relation",
    "person.birth_date",
    "person.hukou",
    "person.disability_cert",
    "person.disability_type",
    "person.disability_grade",
    "person.employment_status",
)


@dataclass(frozen=True, slots=True)
class QuickMember:
    """One member as typed: fact name -> text; `aid` are the policies received."""

    values: Mapping[str, str]
    aid: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QuickForm:
    """The whole form as typed. `aid_known`: `unknown`, `none` or `some`."""

    place: str
    on: str
    values: Mapping[str, str]
    members: tuple[QuickMember, ...]
    aid_known: str = "unknown"
    aid: tuple[str, ...] = ()
    has_no_event: bool = False


def empty_form(place: str, on: date) -> QuickForm:
    """One member, nothing known."""
    first = QuickMember({"person.relation": "self"})
    return QuickForm(place, on.isoformat(), {}, (first,))


def read_form(form: FormData) -> QuickForm:
    """What was posted; at most `MOST_MEMBERS` members are read."""
    count = field(form, "members")
    number = min(int(count), MOST_MEMBERS) if count.isascii() and count.isdigit() else 1
    return QuickForm(
        place=field(form, "place"),
        on=field(form, "on"),
        values={name: field(form, name) for name in HOUSEHOLD_FACTS},
        members=tuple(_member(form, index) for index in range(max(number, 1))),
        aid_known=field(form, "aid_known") or "unknown",
        aid=tuple(fields(form, "aid")),
        has_no_event=field(form, "events") == "none",
    )


def _member(form: FormData, index: int) -> QuickMember:
    values = {name: field(form, f"m{index}.{name}") for name in MEMBER_FACTS}
    return QuickMember(values, tuple(fields(form, f"m{index}.aid")))


def pressed(form: QuickForm, button: str) -> QuickForm:
    """The form after 增加成员 (`add`) or 去掉 (`remove-N`)."""
    members = list(form.members)
    if button == "add" and len(members) < MOST_MEMBERS:
        members.append(QuickMember({}))
    number = button.removeprefix("remove-")
    if button.startswith("remove-") and number.isdigit() and 0 < int(number) < len(members):
        del members[int(number)]
    return replace(form, members=tuple(members))


def described_family(form: QuickForm, person_aid: frozenset[str]) -> str:
    """The form as a family file, for the same reader and the same checks as any other file."""
    family: dict[str, Any] = {
        "id": ID,
        "place": form.place,
        "household": _facts(form.values, form),
        "members": [
            {"id": _id(index), **_facts(member.values, form)}
            for index, member in enumerate(form.members)
        ],
    }
    if form.has_no_event:
        family["events"] = []
    if form.aid_known == "none":
        family["aid"] = []
    elif form.aid_known == "some":
        family["aid"] = _aid(form, person_aid)
    return json.dumps(family, ensure_ascii=False)


def _id(index: int) -> str:
    return f"m{index + 1}"


def _aid(form: QuickForm, person_aid: frozenset[str]) -> list[dict[str, str]]:
    entries = [{"policy": one, "to": "household", "from": form.on} for one in form.aid]
    for index, member in enumerate(form.members):
        entries += [
            {"policy": one, "to": _id(index), "from": form.on}
            for one in member.aid
            if one in person_aid
        ]
    return entries


def _facts(values: Mapping[str, str], form: QuickForm) -> dict[str, Any]:
    return {
        name.split(".", 1)[1]: {"value": value, "source": SOURCE, "as_of": form.on}
        for name, text in values.items()
        if (value := _value(name, text.strip(), form)) is not None
    }


def _value(name: str, text: str, form: QuickForm) -> Any:  # noqa: ANN401 - as JSON has it
    spec = fact_spec(name)
    if not text or spec is None:
        return None
    if name == "person.hukou":
        return {"district": form.place[:6], "city": form.place[:2]}.get(text, ELSEWHERE)
    value = plain_value(spec, text)
    return float(value) if isinstance(value, Decimal) else value


def problems_in(form: QuickForm, on: date) -> tuple[Finding, ...]:
    """What has to be corrected, each with the member whom it is about."""
    groups = [("全家", form.values)]
    groups += [(f"第 {n} 位成员", member.values) for n, member in enumerate(form.members, 1)]
    return tuple(
        Finding(ID, 0, 0, f"{whom}，{problem}")
        for whom, values in groups
        for name, text in values.items()
        if (problem := _problem(name, text, on))
    )


def _problem(name: str, text: str, on: date) -> str:
    spec = fact_spec(name)
    if spec is None or not text.strip() or name == "person.hukou":
        return ""
    try:
        entered_value(spec, [text], on)
    except InputError as error:
        return error.detail
    return ""
