"""An event looked at where it touches leaves what a look at everything leaves (增量与全量)."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from api.services import look_again as again_module
from api.services.findings import Looked, look_everywhere
from api.services.follow import Follower
from api.services.identity import compare
from api.services.look_again import look_again, standing_of
from graph import open_store
from matching.findings import Rates
from matching.findings.events import Delivered, Event, NewDay, NewRules, Written, touched
from matching.findings.kinds import IDENTITY
from matching.model.base import Model
from matching.model.family import ApplicationOutcome, FactState
from matching.model.finding import FindingFilter, FindingState
from matching.model.records import (
    AidRecord,
    ApplicationRecord,
    EventRecord,
    Membership,
    Record,
    SubjectKind,
)
from tests.builders import an_operator, put
from tests.findings.cases import HERE, ON, a_batch, a_case, aid, catalogue

OPERATOR = an_operator()
SHRUNK = 30  # a planted defect need not be shown in its shortest form
RATES = Rates({"dibao": {frozenset(): 4, frozenset({"income_below_line"}): 1}})
THERE = "310199002001"
FACTS = st.sampled_from(
    [
        ("person.life_status", "deceased"),
        ("person.custody_status", "prison"),
        ("person.custody_status", "none"),
        ("person.disability_grade", 1),
        ("person.disability_types", ("physical",)),
        ("person.hukou", "330106"),
        ("person.employment_status", "employed"),
        ("household.monthly_income", 0),
        ("household.monthly_income", 900_000),
        ("household.property_ok_dibao", True),
    ]
)
AID = st.sampled_from(["dibao", "tekun", "disab_home_care", "disab_inst_care", "temp_emergency"])


def _same_family(home: str, place: str) -> Any:
    """A household of two at an address that others have too; both get dibao."""
    return a_case(
        {"a": {}, "b": {"person.birth_date": date(2014, 5, 4)}},
        ledger=[aid("dibao", amount_fen=100_000)], household=home, place=place,
        address="示例路1号", batches=(),
        events=[{"event.type": "illness", "event.date": date(2026, 5, 1),
                 "event.receipt_id": "PJ-1"}],
    )  # fmt: skip


def _district() -> tuple[Any, ...]:
    severe = {"person.disability_grade": 1, "person.disability_types": ("physical",)}
    poor = {"household.monthly_income": 50_000, "household.property_ok_dibao": True,
            "household.verification_consent": True}  # fmt: skip
    plain = [
        a_case({"a": severe, "b": {}}, home=poor, household="H-3", place=THERE, batches=()),
        a_case({"a": {}, "b": {}}, home=poor, household="H-4", batches=()),
    ]
    return (_same_family("H-1", HERE), _same_family("H-2", HERE), *plain)


DAYS = (date(2026, 7, 1), date(2026, 8, 15), date(2027, 2, 1))  # new law, a month, a year
LINE = {"DIBAO_LINE": {(): 400_000}}
RULES = {
    "now": catalogue(),
    "more": replace(
        catalogue(), packs={name: pack.supposing(LINE) for name, pack in catalogue().packs.items()}
    ),
}


class Looking(RuleBasedStateMachine):
    """Two stores with equal contents: one is looked at where it changes, the other as a whole."""

    @initialize()
    def start(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="zhaoren-events-")
        path = Path(self.folder.name)
        self.stores = [open_store(f"embedded:{path}/{n}.sqlite", create=True) for n in (1, 2)]
        self.rules, self.on, self.n = "now", ON, 0
        for store in self.stores:
            put(store, *_district(), a_batch(covers_places=frozenset({"310199001"})))
            self._look_at_all(store)
        self.rates = RATES
        self._begin()

    def _begin(self) -> None:
        self.standing = standing_of(self.stores[0], RULES["now"], OPERATOR, self.on, RATES)

    def teardown(self) -> None:
        for store in getattr(self, "stores", ()):
            store.close()
        if hasattr(self, "folder"):
            self.folder.cleanup()

    def _look_at_all(self, store: Any) -> None:
        rates = getattr(self, "rates", RATES)
        look_everywhere(store, RULES[self.rules], OPERATOR, self.on, rates=rates)

    def _write(self, *rows: Model) -> None:
        for store in self.stores:
            put(store, *rows)

    def _happens(self, event: Event) -> None:
        look_again(self.stores[0], OPERATOR, self.standing, event)
        self._look_at_all(self.stores[1])

    def _id(self, kind: str) -> str:
        self.n += 1
        return f"{kind}-new-{self.n:03d}"

    @rule(home=st.sampled_from(["H-1", "H-2", "H-3", "H-4"]), fact=FACTS, ago=st.integers(0, 40))
    def a_source_says(self, home: str, fact: tuple[str, Any], ago: int) -> None:
        name, value = fact
        person = name.startswith("person.")
        about, day = (f"{home}-a" if person else home), self.on - timedelta(days=ago)
        self._write(Record(
            id=self._id("R"), kind=SubjectKind.PERSON if person else SubjectKind.HOUSEHOLD,
            about=about, source="court", as_of=day, received=self.on, facts={name: value},
            state=FactState.VERIFIED,
        ))  # fmt: skip
        touches = Written(persons=frozenset({about})) if person else Written(frozenset({home}))
        self._happens(touches)

    @rule(home=st.sampled_from(["H-1", "H-3", "H-4"]), policy=AID, own=st.booleans(),
          ago=st.integers(0, 400))  # fmt: skip
    def aid_is_given(self, home: str, policy: str, own: bool, ago: int) -> None:
        to = f"{home}-a" if own else "household"
        self._write(AidRecord(
            id=self._id("A"), household=home, policy=policy, to=to, giver="civil_affairs",
            start=self.on - timedelta(days=ago), amount_fen=30_000,
        ))  # fmt: skip
        self._happens(Written(frozenset({home})))

    @rule(home=st.sampled_from(["H-1", "H-4"]), outcome=st.sampled_from(ApplicationOutcome))
    def an_application_is_put_down(self, home: str, outcome: ApplicationOutcome) -> None:
        self._write(ApplicationRecord(
            id=self._id("Q"), household=home, policy="dibao", outcome=outcome, date=self.on
        ))  # fmt: skip
        self._happens(Written(frozenset({home})))

    @rule(home=st.sampled_from(["H-3", "H-4"]))
    def a_receipt_is_handed_in_again(self, home: str) -> None:
        event = self._id("E")
        self._write(
            EventRecord(id=event, household=home),
            Record(
                id=self._id("R"), kind=SubjectKind.EVENT, about=event, source="visit",
                as_of=self.on, received=self.on, facts={"event.receipt_id": "pj-1 "},
            ),
        )  # fmt: skip
        self._happens(Written(frozenset({home})))

    @rule(person=st.sampled_from(["H-1-a", "H-3-a"]), home=st.sampled_from(["H-2", "H-4"]))
    def somebody_moves_in(self, person: str, home: str) -> None:
        self._write(Membership(person=person, household=home, start=self.on))
        self._happens(Written(frozenset({home}), frozenset({person})))

    @rule(place=st.sampled_from(["310199001", "310199002", "310199"]), ago=st.integers(0, 200))
    def a_batch_comes(self, place: str, ago: int) -> None:
        batch = a_batch(place, self.on - timedelta(days=ago), id=self._id("B"),
                        covers_places=frozenset({place}))  # fmt: skip
        self._write(batch)
        self._happens(Delivered(batch))

    @rule(rules=st.sampled_from(sorted(RULES)))
    def the_rules_change(self, rules: str) -> None:
        self.rules = rules
        self._happens(NewRules(RULES[rules]))

    @rule()
    def a_day_comes(self) -> None:
        self.on = next((day for day in DAYS if day > self.on), self.on)
        self._happens(NewDay(self.on))

    @rule(state=st.sampled_from([FindingState.CONFIRMED, FindingState.REJECTED]))
    def somebody_decides(self, state: FindingState) -> None:
        live = FindingFilter(states=frozenset({FindingState.OPEN, FindingState.REOPENED}))
        for one in self.stores[0].findings(OPERATOR, live)[:1]:
            for store in self.stores:
                store.decide_finding(OPERATOR, one.key, state, "看过")

    @invariant()
    def both_keep_the_same(self) -> None:
        if hasattr(self, "rates"):
            one, other = ([_kept(found) for found in store.findings(OPERATOR, limit=1_000)]
                          for store in self.stores)  # fmt: skip
            assert one == other


def _kept(found: Any) -> str:
    """All of a kept finding but the second at which it was written.

    Who is who is asked again of those who changed alone, so that the day is not that of all.
    """
    without = {"steps", "seen_on"} if found.kind in IDENTITY else {"steps"}
    steps = [step.model_dump(exclude={"at"}) for step in found.steps]
    return f"{found.model_dump_json(exclude=without)} {steps}"


class Following(Looking):
    """The first store is followed: what happened is known only by what its trace says.

    On a new day the follower also compares who is who of those of whom something came since; the
    second store compares everybody.
    """

    def _begin(self) -> None:
        self.follower = Follower(self.stores[0], OPERATOR)
        for store in self.stores:
            compare(store, OPERATOR, self.on, ())
        self.compared = self.on
        self._happens(NewDay(self.on))

    def _happens(self, event: Event) -> None:
        done = self.follower.step(RULES[self.rules], self.on)
        if isinstance(done, Looked):
            self.rates = done.rates
        self._look_at_all(self.stores[1])
        if self.compared < self.on:
            compare(self.stores[1], OPERATOR, self.on, ())
            self.compared = self.on


def _run_any_sequence(examples: int, machine: type[Looking] = Looking) -> None:
    machine.TestCase.settings = settings(
        max_examples=examples, stateful_step_count=8, deadline=None, derandomize=True,
        phases=(Phase.generate,) if examples > SHRUNK else tuple(Phase),
    )  # fmt: skip
    machine.TestCase().runTest()


def test_any_sequence_of_events_ends_where_a_full_look_ends():
    _run_any_sequence(30)


def test_any_sequence_that_is_followed_by_its_trace_ends_where_a_full_look_ends():
    _run_any_sequence(10, Following)


def _without(kind: type) -> Callable[..., frozenset[str]]:
    """An index that knows nothing of one kind of event."""
    return lambda event, *rest: frozenset() if isinstance(event, kind) else touched(event, *rest)


def _by_household_only(event: Event, *rest: Any) -> frozenset[str]:
    return event.households if isinstance(event, Written) else touched(event, *rest)


DEFECTS = {
    "batches": ("touched", _without(Delivered)),
    "rules": ("touched", _without(NewRules)),
    "days": ("touched", _without(NewDay)),
    "persons": ("touched", _by_household_only),
    "neighbours": ("_compare", lambda *_: None),
}


@pytest.mark.parametrize("defect", sorted(DEFECTS))
def test_a_defect_in_what_is_touched_is_caught(defect, monkeypatch):
    monkeypatch.setattr(again_module, *DEFECTS[defect])
    with pytest.raises(AssertionError):
        _run_any_sequence(60)
