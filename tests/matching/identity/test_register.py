"""Batch by batch is the same as all at once, whatever the order; nothing lost, nothing twice."""

from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from matching.errors import InputError
from matching.identity.barriers import barrier_between
from matching.identity.blocking import keys_of
from matching.identity.clusters import Link, Rules, join, state_of
from matching.identity.findings import find_same_persons
from matching.identity.model import score_pair
from matching.identity.records import Verdict
from matching.identity.register import Register
from tests.matching.identity.people import (
    CHARACTERS,
    COMPARER,
    DAY,
    MODEL,
    a_decision,
    a_record,
    a_register,
    an_id,
    persons,
    some_records,
)

LARGEST = 4  # small, so that blocks cross the bound all the time
KEYS = [f"{source}/{number}" for source in "abc" for number in "1234"]
DAYS = (date(2026, 1, 1), date(2026, 2, 1))


def everything(register):
    """All that a register answers."""
    return (
        register.records,
        register.clusters(),
        register.links(),
        register.open_reviews(),
        register.refusals(),
        register.large_blocks(),
        register.decisions,
        register.waiting_decisions(),
        [register.versions(record.key) for record in register.records],
        find_same_persons(register),
    )


def at_once(records, decisions, largest=LARGEST):
    register = Register(MODEL, CHARACTERS, largest)
    register.add(records)
    for decision in decisions:
        register.decide(decision)
    return register


def plainly(register):
    """The persons by comparing every record with every other, with no index and no memory."""
    records = {record.key: record for record in register.records}
    keys = {key: keys_of(record, CHARACTERS) for key, record in records.items()}
    links = []
    for left in records:
        for right in records:
            shared = keys[left] & keys[right]
            small = [k for k in shared if sum(k in own for own in keys.values()) <= LARGEST]
            if left < right and small:
                pair = records[left], records[right]
                vector = COMPARER.compare(*pair)
                score = score_pair(MODEL, *pair, vector)
                links.append(Link(left, right, vector, score, barrier_between(*pair, vector)))

    def barrier(left, right):
        pair = records[left], records[right]
        return barrier_between(*pair, COMPARER.compare(*pair))

    in_force = register.decisions_in_force
    same = frozenset(p for p in in_force(Verdict.SAME) if records.keys() >= set(p))
    first = {key: min(v.received for v in register.versions(key)) for key in records}
    rules = Rules(barrier, in_force(Verdict.DIFFERENT), same, first)
    matches = [link for link in links if state_of(link) == "match"]
    return join(sorted(records), matches, rules)


class Deliveries(RuleBasedStateMachine):
    """Random deliveries and decisions; after each the register equals one that saw all at once."""

    def __init__(self):
        super().__init__()
        self.register = Register(MODEL, CHARACTERS, LARGEST)
        self.came = []
        self.decisions = []

    @rule(records=st.lists(some_records(), max_size=5))
    def deliver(self, records):
        added = self.register.add(records)
        n_said = added.new + added.replaced + added.repeated + added.older + added.restored
        assert n_said == len(records)
        self.came += records

    @rule(chance=st.randoms(use_true_random=False))
    def deliver_again(self, chance):
        again = chance.sample(self.came, min(3, len(self.came)))
        before = everything(self.register)
        added = self.register.add(again)
        assert added.repeated == len(again)
        assert everything(self.register) == before

    @rule(left=st.sampled_from(KEYS), right=st.sampled_from(KEYS), verdict=st.sampled_from(Verdict))
    def decide(self, left, right, verdict):
        if left != right:
            decision = a_decision(left, right, verdict, number=len(self.decisions) + 1)
            self.decisions.append(decision)
            self.register.decide(decision)

    @invariant()
    def is_as_if_all_had_come_at_once(self):
        records, decisions = list(self.came), list(self.decisions)
        Random(len(records)).shuffle(records)
        Random(len(decisions)).shuffle(decisions)
        assert everything(self.register) == everything(at_once(records, decisions))

    @invariant()
    def is_as_if_all_were_compared_with_all(self):
        clusters, refusals = plainly(self.register)
        assert self.register.clusters() == tuple(clusters)
        assert self.register.refusals() == tuple(sorted(refusals, key=lambda r: r.pair))

    @invariant()
    def nobody_is_lost_and_nobody_counts_twice(self):
        members = [member for c in self.register.clusters() for member in c.members]
        assert sorted(members) == sorted({record.key for record in self.came})
        contents = {(r.key, repr(r.as_of), r.name, r.id_number, r.birth, r.sex, r.phones, r.address)
                    for r in self.came}  # fmt: skip
        kept = sum(len(self.register.versions(key)) for key in {r.key for r in self.came})
        assert kept == len(contents)


TestDeliveries = Deliveries.TestCase
TestDeliveries.settings = settings(
    max_examples=max(25, settings.default.max_examples // 2), stateful_step_count=12, deadline=None
)


@given(st.lists(some_records(), max_size=14), st.randoms(use_true_random=False))
def test_the_order_of_records_does_not_matter(records, chance):
    shuffled = list(records)
    chance.shuffle(shuffled)
    assert everything(at_once(records, [])) == everything(at_once(shuffled, []))


def test_the_same_batch_twice_changes_nothing():
    register = a_register(a_record(), a_record("charity", id_number=None))
    before = everything(register)
    added = register.add([a_record(), a_record("charity", id_number=None)])
    assert (added.repeated, added.new, added.replaced) == (2, 0, 0)
    assert everything(register) == before


def test_an_older_batch_after_a_newer_one_is_kept_and_does_not_hold():
    register = a_register(a_record(as_of=DAYS[1], received=1))
    added = register.add([a_record(as_of=DAYS[0], received=2, phones=("00099999999",))])
    assert added.older == 1
    assert register.record("civil_affairs/1").as_of == DAYS[1]
    assert [version.as_of for version in register.versions("civil_affairs/1")] == list(DAYS)


def test_a_correction_of_one_day_outlives_the_batch_that_is_sent_again():
    wrong, right = a_record(received=1), a_record(received=2, name="陈示兰")
    register = a_register(wrong, right)
    register.add([a_record(received=3)])
    assert register.record("civil_affairs/1").name == "陈示兰"


def test_that_a_version_came_earlier_than_was_known_gives_way_to_the_correction():
    register = a_register(a_record(received=3), a_record(received=2, name="陈示兰"))
    assert register.record("civil_affairs/1").name == "陈示梅"
    added = register.add([a_record(received=1)])
    assert added.restored == 1
    assert register.record("civil_affairs/1").name == "陈示兰"


def test_the_last_decision_holds_in_whatever_order_they_arrive():
    register = a_register(a_record(), a_record("charity"))
    register.decide(a_decision("civil_affairs/1", "charity/1", Verdict.DIFFERENT, number=2))
    register.decide(a_decision("charity/1", "civil_affairs/1", Verdict.SAME, number=1))
    assert len(persons(register)) == 2


def test_a_person_keeps_the_name_of_the_cluster_when_records_join_later():
    register = a_register(a_record("z_list", "9"))
    key = register.cluster_of("z_list/9").key
    register.add([a_record("a_list", "1", received=2), a_record("b_list", received=3)])
    assert register.cluster_of("a_list/1").key == key
    assert register.cluster_of("b_list/1").members == ("a_list/1", "b_list/1", "z_list/9")


def test_a_new_version_takes_a_record_to_another_person():
    other = a_record("federation", name="王例强", id_number=an_id(order=33), sex="m",
                     phones=("00033333333",), address="样板路9弄1号101")  # fmt: skip
    register = a_register(a_record(), other, a_record("charity"))
    assert ("charity/1", "civil_affairs/1") in persons(register)
    register.add([
        a_record("charity", received=2, name="王例强", id_number=an_id(order=33), sex="m",
                 phones=("00033333333",), address="样板路9弄1号101")
    ])  # fmt: skip
    assert persons(register) == {("civil_affairs/1",), ("charity/1", "federation/1")}


def test_people_merge_part_and_merge_again_by_decision_and_all_of_it_is_kept():
    namesake = a_record("charity", id_number=None, birth=None, phones=(), address=None)
    register = a_register(a_record(), namesake)
    pair = ("charity/1", "civil_affairs/1")
    seen = []
    for number, verdict in enumerate([Verdict.SAME, Verdict.DIFFERENT, Verdict.SAME], start=1):
        register.decide(a_decision(*pair, verdict, number))
        seen.append(len(persons(register)))
    assert seen == [1, 2, 1]
    assert [decision.verdict for decision in register.decisions] == ["same", "different", "same"]
    (finding,) = find_same_persons(register)
    assert finding.decided == (pair,)


def test_a_split_outlives_new_batches():
    register = a_register(a_record(), a_record("charity", id_number=None))
    register.decide(a_decision("civil_affairs/1", "charity/1", Verdict.DIFFERENT))
    register.add([a_record("charity", received=2, as_of=DAY), a_record("federation", received=2)])
    assert not any(
        {"civil_affairs/1", "charity/1"} <= set(members) for members in persons(register)
    )


def test_a_decision_may_come_before_its_records():
    register = a_register(a_record())
    decision = a_decision("civil_affairs/1", "charity/9")
    register.decide(decision)
    assert register.waiting_decisions() == (decision,)
    register.add([a_record("charity", "9", name=None, id_number=None, birth=None, address=None)])
    assert register.waiting_decisions() == ()
    assert persons(register) == {("charity/9", "civil_affairs/1")}


def test_a_decision_is_noted_once_and_its_number_belongs_to_it():
    register = a_register(a_record())
    register.decide(a_decision("a/1", "b/1"))
    register.decide(a_decision("a/1", "b/1"))
    assert len(register.decisions) == 1
    with pytest.raises(InputError):
        register.decide(a_decision("a/1", "b/1", Verdict.DIFFERENT))
    with pytest.raises(InputError):
        register.decide(a_decision("a/1", "a/1", number=2))


def test_a_finding_keeps_its_key_when_its_evidence_grows():
    register = a_register(a_record(), a_record("charity"))
    (before,) = find_same_persons(register)
    register.add([a_record("federation", received=2)])
    (after,) = find_same_persons(register)
    assert before.key == after.key
    assert set(before.evidence) < set(after.evidence)
    assert after.sources == ("charity", "civil_affairs", "federation")


def test_evidence_shows_levels_and_no_values():
    register = a_register(a_record(), a_record("charity", name="陈示煤"))
    (finding,) = find_same_persons(register)
    levels = {weight.field: weight.level for weight in finding.evidence[0].weights}
    assert levels["name"] == "alike"
    assert levels["id_number"] == "equal"
    assert not any(value in repr(finding) for value in ("陈示", an_id(), "00012345678", "示范路"))
    assert finding.confidence >= 0.9
