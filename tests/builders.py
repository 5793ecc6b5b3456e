"""Builders of valid values (测试数据): valid by default; a test names only what matters.

All people here are made up; ID numbers begin with 99.
"""

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from graph.store import Store
from matching.catalogue import load
from matching.model.access import Access, Actor, Purpose, Role, Scope
from matching.model.base import Model
from matching.model.family import ApplicationOutcome, FactState, NeedState
from matching.model.finding import Confidence, Finding
from matching.model.records import (
    AidRecord,
    ApplicationRecord,
    Batch,
    Case,
    EventRecord,
    Household,
    Identity,
    Membership,
    NeedRecord,
    Obligation,
    Parentage,
    Record,
    StoredPerson,
    SubjectKind,
)
from matching.packs import Catalogue
from seed.load import catalogue_files

__all__ = [
    "FIRST_OF_JULY",
    "a_batch",
    "a_case",
    "a_finding",
    "a_household",
    "a_person",
    "a_record",
    "an_access",
    "an_aid",
    "an_operator",
    "line_of_july",
    "put",
    "with_line_of_july",
    "write_line_of_july",
]

DAY = date(2026, 3, 2)
PLACE = "310199001001"
LINE_FILE = "cn/shanghai/standards/DIBAO_LINE.yaml"
FIRST_OF_JULY = date(2026, 7, 1)


def an_access(
    *places: str,
    role: Role = Role.ADVISOR,
    purpose: Purpose = Purpose.OPERATE,
    actor: str = "u1",
) -> Access:
    """An actor with a purpose (访问)."""
    scope = Scope(places=frozenset(places))
    return Access(actor=Actor(id=actor, role=role, scope=scope), purpose=purpose)


def an_operator(purpose: Purpose = Purpose.OPERATE) -> Access:
    """The operator of the machine: everywhere (本机操作者)."""
    return an_access("", purpose=purpose, actor="operator")


def a_household(household: str = "h1", **changes: Any) -> Household:
    """A household (户)."""
    return Household(**{"id": household, "place": PLACE, "address": "示范路1号", **changes})


def a_person(person: str = "p1", **identity: Any) -> StoredPerson:
    """A person (人)."""
    return StoredPerson(id=person, identity=Identity(**{"name": "王小明", **identity}))


def a_batch(batch: str = "b1", **changes: Any) -> Batch:
    """A delivery of a source (批次)."""
    values: dict[str, Any] = {
        "id": batch,
        "source": "civil_affairs",
        "as_of": DAY,
        "received": DAY,
        "covers_facts": frozenset({"person.custody"}),
        "covers_aid": frozenset({"dibao"}),
        "covers_places": frozenset({"310199"}),
    }
    return Batch(**{**values, **changes})


def a_record(record: str = "r1", about: str = "p1", **changes: Any) -> Record:
    """What a source said (记录), with a fact of each type."""
    values: dict[str, Any] = {
        "id": record,
        "kind": SubjectKind.PERSON,
        "about": about,
        "source": "visit",
        "as_of": DAY,
        "received": DAY,
        "state": FactState.DECLARED,
        "facts": {
            "person.birth_date": date(1950, 1, 31),
            "person.is_disabled": True,
            "person.monthly_income": 1,
            "person.hukou": "2026-01-01",
            "person.disability_types": ("hearing", "sight"),
        },
    }
    return Record(**{**values, **changes})


def an_aid(aid: str = "a1", household: str = "h1", **changes: Any) -> AidRecord:
    """A line of the ledger (救助记录)."""
    values: dict[str, Any] = {
        "id": aid,
        "household": household,
        "policy": "dibao",
        "to": "household",
        "start": date(2025, 1, 1),
        "amount_fen": 160_000,
    }
    return AidRecord(**{**values, **changes})


def a_case(household: str = "h1", *, place: str = PLACE, **changes: Any) -> Case:
    """A household of two with an obligor, an event, aid, an application and a need (一户).

    Ids begin with the household's id, so that cases with other ids never meet; the batch `b1` is
    the same in all.
    """
    first, second, son = (f"{household}-p{n}" for n in (1, 2, 3))
    event = EventRecord(id=f"{household}-e1", household=household, person=first)
    values: dict[str, Any] = {
        "household": a_household(household, place=place),
        "persons": (
            a_person(first, id_number="990000195001310018"),
            a_person(second, name="李芳", phone="000-0000-0001"),
            a_person(son, name="王强"),
        ),
        "memberships": (
            Membership(person=first, household=household, start=date(2001, 1, 1)),
            Membership(person=second, household=household, start=date(2002, 1, 1)),
        ),
        "obligations": (Obligation(obligor=son, person=first),),
        "obligors_known_for": frozenset({first}),
        "parentages": (Parentage(parent=first, child=son),),
        "records": (
            a_record(f"{household}-r1", first, batch="b1"),
            a_record(f"{household}-r2", household, kind=SubjectKind.HOUSEHOLD),
            a_record(f"{household}-r3", event.id, kind=SubjectKind.EVENT),
            a_record(f"{household}-r4", son),
        ),
        "events": (event,),
        "aid": (an_aid(f"{household}-a1", household, batch="b1"),),
        "applications": (
            ApplicationRecord(
                id=f"{household}-q1",
                household=household,
                policy="dibao",
                outcome=ApplicationOutcome.APPLIED,
                date=DAY,
                to=second,
            ),
        ),
        "needs": (
            NeedRecord(
                id=f"{household}-n1",
                household=household,
                type="meals",
                of=first,
                severity=3,
                state=NeedState.OPEN,
            ),
        ),
        "batches": (a_batch(covers_places=frozenset({place[:6]})),),
    }
    return Case(**{**values, **changes})


def a_finding(key: str = "F1", household: str = "h1", **changes: Any) -> Finding:
    """Something to check about a household of `a_case` (发现)."""
    values: dict[str, Any] = {
        "key": key,
        "kind": "underpaid",
        "household": household,
        "place": PLACE,
        "subjects": (f"{household}-p1",),
        "policies": ("dibao",),
        "since": date(2026, 1, 1),
        "confidence": Confidence.MEDIUM,
        "path": (f"{household}-p1 → {household}-a1 → 享受低保",),
        "evidence": (f"{household}-a1", f"{household}-r1"),
        "says": "可能救不够，请核实。",
        "not_checked": ("没有核查：限制人身自由状态",),
    }
    return Finding(**{**values, **changes})


ADD = {
    Case: "add_case",
    Household: "add_household",
    StoredPerson: "add_person",
    Membership: "add_membership",
    Obligation: "add_obligation",
    Parentage: "add_parentage",
    Batch: "add_batch",
    Record: "add_record",
    EventRecord: "add_event",
    AidRecord: "add_aid",
    ApplicationRecord: "add_application",
    NeedRecord: "add_need",
}


def put(store: Store, *models: Model, access: Access | None = None, key: str = "") -> None:
    """Write rows or whole cases under a key of their own."""
    body = repr(models).encode()
    name = key or hashlib.sha256(body).hexdigest()
    with store.write(access or an_operator(), "load", "", key=name, body=body) as writer:
        for model in models:
            getattr(writer, ADD[type(model)])(model)


def line_of_july(figure: int | None) -> str:
    """The file of the dibao line of Shanghai with this figure from 2026-07-01 (低保标准).

    Whatever the file holds for that day, also after the real figure is entered.
    """
    standard = yaml.safe_load(dict(catalogue_files())[LINE_FILE])
    row: dict[str, Any] = {"from": FIRST_OF_JULY, "value": figure}
    if figure is not None:
        row |= {"source": {"doc": "SHREG"}, "flag": "seed"}
    others = [one for one in standard["values"] if one["from"] != FIRST_OF_JULY]
    standard["values"] = sorted([*others, row], key=lambda one: one["from"])
    return yaml.safe_dump(standard, allow_unicode=True, sort_keys=False)


def with_line_of_july(figure: int | None) -> Catalogue:
    """The real catalogue with this dibao line of Shanghai from 2026-07-01; None: not entered."""
    return load({**dict(catalogue_files()), LINE_FILE: line_of_july(figure)}.items())


def write_line_of_july(folder: Path, figure: int | None) -> Path:
    """The same as a folder of an installation's own, for `ZHAOREN_CATALOGUE`."""
    path = folder / LINE_FILE
    path.parent.mkdir(parents=True)
    path.write_text(line_of_july(figure), "utf-8")
    return folder
