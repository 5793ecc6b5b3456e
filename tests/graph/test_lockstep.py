"""Three stores in lockstep (锁步): a plain model in memory, the embedded store, and a real Neo4j.

Random writes and reads by random actors go to all three; after every step all answers are equal,
errors included, and so are all queries and the hashes. The model is written apart from the stores:
it keeps lists and looks through them.
"""

import shutil
import tempfile
from collections import Counter
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from graph import open_store, verify_audit
from graph.kinds import ObligorsKnown
from graph.store import HouseholdCard, Store, Writer
from matching.errors import Conflict, InputError, NotFound, ZhaorenError
from matching.model.access import Access, Purpose, Scope
from matching.model.base import Model
from matching.model.family import NeedState
from matching.model.records import (
    AidRecord,
    Batch,
    Case,
    EventRecord,
    Household,
    Membership,
    NeedRecord,
    Obligation,
    Parentage,
    Record,
    StoredPerson,
    SubjectKind,
)
from tests.builders import a_batch, a_household, a_person, a_record, an_access, an_aid, an_operator
from tests.graph.conftest import wipe

pytestmark = pytest.mark.neo4j

STEPS: Counter[str] = Counter()
OPERATOR = an_operator()
# the deep profile asks for more
EXAMPLES = 28 if settings.default.max_examples <= 50 else settings.default.max_examples

HOUSEHOLDS = ["h1", "h2", "h3", "h😀"]
PERSONS = ["p1", "p2", "p3", "p4", "p5"]
PLACES = ["310199001001", "310199002001", "310104001001"]
DAYS = [date(2020, 1, 1), date(2024, 2, 29)]

household_ids = st.sampled_from(HOUSEHOLDS)
person_ids = st.sampled_from(PERSONS)
event_ids = st.sampled_from(["e1", "e2"])
batch_ids = st.sampled_from(["b1", "b2"])
small_ids = st.sampled_from(["x1", "x2", "x3", "x4"])
values = st.one_of(
    st.booleans(),
    st.integers(-5, 5) | st.just(2**53 + 1),
    st.sampled_from(["", "1", "true", "2020-01-01", "残疾", "😀"]),
    st.sampled_from(DAYS),
    st.sampled_from([(), ("a",), ("a", "b")]),
)
scopes = st.sampled_from(
    [("",), ("310199",), ("310199001",), ("310104", "310199002"), ("31019", "310199001"), ()]
)
accesses = st.builds(
    lambda places, actor: an_access(*places, purpose=Purpose.CORRECT, actor=actor),
    scopes,
    st.sampled_from(["u1", "u2"]),
)

rows = st.one_of(
    st.builds(a_household, household_ids, place=st.sampled_from(PLACES)),
    st.builds(a_person, person_ids, name=st.sampled_from(["王小明", "李芳"])),
    st.builds(
        Membership,
        person=person_ids,
        household=household_ids,
        start=st.sampled_from(DAYS),
        until=st.none() | st.just(date(2025, 1, 1)),
    ),
    st.builds(Obligation, obligor=person_ids, person=person_ids),
    st.builds(ObligorsKnown, person=person_ids),
    st.builds(Parentage, parent=person_ids, child=person_ids),
    st.builds(
        a_batch,
        batch_ids,
        covers_places=st.frozensets(st.sampled_from(["", "310199", "310104001001"])),
    ),
    st.builds(
        lambda one, kind, ids, batch, facts: a_record(
            one, ids[kind], kind=kind, batch=batch, facts=facts
        ),
        small_ids,
        st.sampled_from(SubjectKind),
        st.fixed_dictionaries(
            {
                SubjectKind.HOUSEHOLD: household_ids,
                SubjectKind.PERSON: person_ids,
                SubjectKind.EVENT: event_ids,
            }
        ),
        st.none() | batch_ids,
        st.dictionaries(st.sampled_from(["person.a", "person.b"]), values),
    ),
    st.builds(EventRecord, id=event_ids, household=household_ids, person=st.none() | person_ids),
    st.builds(
        an_aid,
        small_ids,
        household_ids,
        to=st.just("household") | person_ids,
        batch=st.none() | batch_ids,
    ),
    st.builds(
        NeedRecord,
        id=small_ids,
        household=household_ids,
        type=st.just("meals"),
        of=st.just("household") | person_ids,
        severity=st.none() | st.integers(0, 4),
        state=st.sampled_from(NeedState),
    ),
)

IDENTITY = {
    Membership: lambda row: (row.person, row.household, row.start),
    Obligation: lambda row: (row.obligor, row.person),
    Parentage: lambda row: (row.parent, row.child),
    ObligorsKnown: lambda row: row.person,
}
ORDER = [Batch, Household, StoredPerson, Membership, Obligation, ObligorsKnown, Parentage,
         EventRecord, Record, AidRecord, NeedRecord]  # fmt: skip


def identity(row: Model) -> object:
    return IDENTITY.get(type(row), lambda one: one.id)(row)


class Reference:
    """The plain model: all rows in one list, all keys in one dictionary."""

    def __init__(self):
        self.rows: list[Model] = []
        self.keys: dict[tuple[str, str, str], tuple[bytes, str]] = {}

    def of(self, kind: type, rows: list[Model] | None = None) -> list:
        return [row for row in (self.rows if rows is None else rows) if type(row) is kind]

    def places(self, person: str, rows: list[Model]) -> set[str]:
        """Places of the households a person is seen in: as a member, or as an obligor."""
        homes = {row.household for row in self.of(Membership, rows) if row.person == person}
        helped = {row.person for row in self.of(Obligation, rows) if row.obligor == person}
        homes |= {row.household for row in self.of(Membership, rows) if row.person in helped}
        return {row.place for row in self.of(Household, rows) if row.id in homes}

    def write(self, access: Access, action: str, key: str, body: bytes, new: list[Model]):
        name = (access.actor.id, action, key)
        if name in self.keys:
            if self.keys[name][0] != body:
                raise Conflict("")
            return (True, self.keys[name][1])
        together = self.rows + new
        refs = [ref for row in new for ref in self.references(row)]
        missing = [ref for ref in refs if not self.exists(ref, together)]
        if any(kind == "batch" for kind, _ in missing):
            raise InputError("")
        scope = access.actor.scope
        if missing or not all(self.visible(ref, self.rows, scope) for ref in refs):
            raise NotFound("")
        grown = list(self.rows)
        for row in new:
            twin = [one for one in self.of(type(row), grown) if identity(one) == identity(row)]
            if twin and twin[0] != row:
                raise Conflict("")
            grown += [] if twin else [row]
        if not all(self.visible(ref, grown, scope) for ref in refs if ref[0] != "link"):
            raise NotFound("")
        self.rows = grown
        self.keys[name] = (body, key)
        return (False, key)

    @staticmethod
    def references(row: Model) -> list[tuple[str, str]]:  # noqa: C901
        match row:
            case Household():
                return [("household", row.id)]
            case StoredPerson():
                return [("person", row.id)]
            case Membership():
                return [("household", row.household), ("link", row.person)]
            case Obligation():
                return [("person", row.person), ("link", row.obligor)]
            case ObligorsKnown():
                return [("person", row.person)]
            case Parentage():
                return [("person", row.parent), ("person", row.child)]
            case Batch():
                return [("cover", place) for place in row.covers_places]
            case Record():
                return [(row.kind.value, row.about)] + ([("batch", row.batch)] if row.batch else [])
            case EventRecord():
                person = [("person", row.person)] if row.person else []
                return [("household", row.household), ("event", row.id), *person]
            case AidRecord():
                to = [("person", row.to)] if row.to != "household" else []
                batch = [("batch", row.batch)] if row.batch else []
                return [("household", row.household), *to, *batch]
            case NeedRecord():
                of = [("person", row.of)] if row.of != "household" else []
                return [("household", row.household), *of]
        raise AssertionError(row)

    def exists(self, ref: tuple[str, str], rows: list[Model]) -> bool:
        kinds = {"household": Household, "person": StoredPerson, "link": StoredPerson,
                 "event": EventRecord, "batch": Batch}  # fmt: skip
        if ref[0] == "cover":
            return True
        return any(row.id == ref[1] for row in self.of(kinds[ref[0]], rows))

    def visible(self, ref: tuple[str, str], rows: list[Model], scope: Scope) -> bool:
        kind, one = ref
        if kind == "cover":
            return scope.covers(one)
        if kind in ("person", "link"):
            inside = [scope.covers(place) for place in self.places(one, rows)]
            return not inside or (all(inside) if kind == "link" else any(inside))
        if kind == "event":
            homes = [row.household for row in self.of(EventRecord, rows) if row.id == one]
            return all(self.visible(("household", home), rows, scope) for home in homes)
        if kind == "household":
            found = [row.place for row in self.of(Household, rows) if row.id == one]
            return all(scope.covers(place) for place in found)
        return True

    def case(self, household: str, scope: Scope) -> Case:
        found = [row for row in self.of(Household) if row.id == household]
        if not found or not scope.covers(found[0].place):
            raise NotFound("")
        memberships = [row for row in self.of(Membership) if row.household == household]
        members = {row.person for row in memberships}
        obligations = [row for row in self.of(Obligation) if row.person in members]
        persons = members | {row.obligor for row in obligations}
        events = [row for row in self.of(EventRecord) if row.household == household]
        subjects = {("household", household), *(("person", one) for one in persons)}
        subjects |= {("event", event.id) for event in events}

        def mine(kind: type) -> tuple:
            return by_identity(row for row in self.of(kind) if row.household == household)

        return Case(
            household=found[0],
            persons=by_identity(row for row in self.of(StoredPerson) if row.id in persons),
            memberships=tuple(sorted(memberships, key=lambda row: (row.person, row.start))),
            obligations=by_identity(obligations),
            obligors_known_for={row.person for row in self.of(ObligorsKnown)} & members,
            parentages=by_identity(
                row for row in self.of(Parentage) if {row.parent, row.child} <= persons
            ),
            records=by_identity(
                row for row in self.of(Record) if (row.kind.value, row.about) in subjects
            ),
            events=by_identity(events),
            aid=mine(AidRecord),
            needs=mine(NeedRecord),
            batches=by_identity(
                row for row in self.of(Batch)
                if any(found[0].place.startswith(place) for place in row.covers_places)
            ),
        )  # fmt: skip

    def cards(self, scope: Scope, after: str, limit: int) -> tuple[HouseholdCard, ...]:
        cards = []
        names = {row.id: row.identity.name for row in self.of(StoredPerson)}
        for home in by_identity(self.of(Household)):
            living = sorted(
                (row.start, row.person)
                for row in self.of(Membership)
                if row.household == home.id and row.until is None
            )
            name = names[living[0][1]] if living else ""
            last = name[-1] if len(name) > 2 else ""
            head = name[:1] + "*" * max(1, len(name) - 2) + last
            if scope.covers(home.place) and home.id > after:
                card = HouseholdCard(id=home.id, place=home.place, head=head, size=len(living))
                cards.append(card)
        return tuple(cards[:limit])


def by_identity(found) -> tuple:
    return tuple(sorted(found, key=identity))


def outcome(work) -> object:
    try:
        return work()
    except ZhaorenError as error:
        return type(error).__name__


ADD = {Household: "household", StoredPerson: "person", Record: "record", EventRecord: "event",
       AidRecord: "aid", NeedRecord: "need"}  # fmt: skip


def add(writer: Writer, row: Model) -> None:
    if isinstance(row, ObligorsKnown):
        writer.mark_obligors_known(row.person)
    else:
        getattr(writer, f"add_{ADD.get(type(row), type(row).__name__.lower())}")(row)


class Lockstep(RuleBasedStateMachine):
    """The three in lockstep. `neo4j_url`, `password` and `driver` are set by the test."""

    neo4j_store: Store
    driver: object

    @initialize()
    def start(self) -> None:
        wipe_people(self.driver)
        self.folder = tempfile.mkdtemp(prefix="zhaoren-lockstep-")
        self.reference = Reference()
        self.embedded = open_store(f"embedded:{self.folder}/a.sqlite", create=True)
        self.stores: list[Store] = [self.embedded, self.neo4j_store]

    def teardown(self) -> None:
        if not hasattr(self, "stores"):
            return
        traces = []
        for store in self.stores:
            entries = list(store.audit_entries())
            assert verify_audit(entries) is None
            left_out = {"chain", "seq", "at", "prev", "hash"}
            traces.append([entry.model_dump(exclude=left_out) for entry in entries])
        # the first entry names the installation, which differs
        assert traces[0][1:] == traces[1][1:]
        self.embedded.close()
        shutil.rmtree(self.folder)

    def all_equal(self, expected: object, answers: list[object], step: str) -> None:
        STEPS[step] += 1
        for answer in answers:
            assert answer == expected, step

    @rule(
        access=accesses | st.just(OPERATOR),
        new=st.lists(rows, max_size=6),
        key=st.sampled_from(["k1", "k2", "k3"]) | st.uuids().map(str),
        body=st.sampled_from([b"x", b"x", b"x", b"y"]),
        home=household_ids,
    )
    def write_and_read(
        self, access: Access, new: list[Model], key: str, body: bytes, home: str
    ) -> None:
        self.write(access, new, key, body)
        self.read_case(access, home)

    def write(self, access: Access, new: list[Model], key: str, body: bytes) -> None:
        def into(store: Store):
            with store.write(access, "visit", "", key=key, body=body) as writer:
                for row in new:
                    add(writer, row)
                writer.set_result(key)
            return (writer.replayed, writer.result)

        expected = outcome(lambda: self.reference.write(access, "visit", key, body, new))
        answers = [outcome(lambda store=store: into(store)) for store in self.stores]
        name = expected if isinstance(expected, str) else ("replayed", "landed")[not expected[0]]
        self.all_equal(expected, answers, f"write {name}")

    @rule(
        home=household_ids,
        place=st.sampled_from(PLACES),
        people=st.lists(person_ids, min_size=1, max_size=3, unique=True),
        key=st.uuids().map(str),
    )
    def move_in(self, home: str, place: str, people: list[str], key: str) -> None:
        """A whole household at once, so that most steps meet somebody."""
        new: list[Model] = [a_household(home, place=place)]
        new += [a_person(one) for one in people]
        new += [Membership(person=one, household=home, start=DAYS[0]) for one in people]
        new += [Obligation(obligor=a, person=b) for a, b in pairwise(people)]
        self.write(OPERATOR, new, key, b"x")

    @rule(access=accesses | st.just(OPERATOR), home=household_ids)
    def read_case(self, access: Access, home: str) -> None:
        expected = outcome(lambda: self.reference.case(home, access.actor.scope))
        answers = [outcome(lambda one=one: one.case(access, home)) for one in self.stores]
        self.all_equal(expected, answers, "case NotFound" if expected == "NotFound" else "case")

    @rule(access=accesses, after=st.sampled_from(["", *HOUSEHOLDS]), limit=st.integers(1, 3))
    def read_cards(self, access: Access, after: str, limit: int) -> None:
        expected = self.reference.cards(access.actor.scope, after, limit)
        answers = [one.cards(access, after=after, limit=limit) for one in self.stores]
        self.all_equal(expected, answers, "cards")

    @invariant()
    def everything_is_equal(self) -> None:
        if not hasattr(self, "stores"):
            return
        everywhere = OPERATOR.actor.scope
        homes = [row.id for row in by_identity(self.reference.of(Household))]
        expected = [self.reference.case(home, everywhere) for home in homes]
        self.all_equal(expected, [list(one.cases(OPERATOR)) for one in self.stores], "all cases")
        first, second = (one.canonical_hash() for one in self.stores)
        assert first == second


def wipe_people(driver) -> None:
    """All but the store's own node; the chain of this process begins anew."""
    driver.execute_query("MATCH (n) WHERE NOT n:ZhaorenStore DETACH DELETE n")


def test_model_file_and_server_agree_step_by_step(
    empty_neo4j, neo4j_driver, pytestconfig: pytest.Config, record_property
):
    wipe(neo4j_driver)
    STEPS.clear()
    with open_store(empty_neo4j.url, password=empty_neo4j.password, create=True) as store:
        Lockstep.neo4j_store = store
        Lockstep.driver = neo4j_driver
        Lockstep.TestCase.settings = settings(
            max_examples=EXAMPLES, stateful_step_count=20, deadline=None, derandomize=True,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        Lockstep.TestCase().runTest()
    record_property("lockstep_steps", dict(STEPS))
    assert STEPS["all cases"] >= 400
    assert min(STEPS[step] for step in ("write landed", "write NotFound", "write Conflict")) >= 10
    assert STEPS["case"] >= 5
