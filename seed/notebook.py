"""The notebook of one household (户册): what each source came to say about it, and how late.

What is true of a made-up family is decided in `seed/households.py`; here it becomes records with
gaps and delays, so that the product sees what an office would see.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from matching.model.family import ApplicationOutcome, FactState, FactValue
from matching.model.records import (
    AidRecord,
    ApplicationRecord,
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
from seed.calibration import MISSING_FACTS
from seed.district import SOURCES, batches_for, deliveries

__all__ = ["Facts", "Member", "Notebook"]

Facts = Mapping[str, FactValue]

# Facts that come with the registration of a household: no source forgets them.
_REGISTERED = {"person.birth_date", "person.hukou", "person.relation", "person.sex"}


@dataclass(frozen=True)
class Member:
    """One made-up person with what is true of him or her."""

    id: str
    relation: str
    sex: str
    birth: date
    identity: Identity

    def age(self, on: date) -> int:
        """Full years on the day."""
        had_birthday = (on.month, on.day) >= (self.birth.month, self.birth.day)
        return on.year - self.birth.year - (0 if had_birthday else 1)


@dataclass
class Notebook:
    """Everything written down about household `number`, until `case` closes it."""

    number: int
    kind: str
    place: str
    on: date
    rng: Random
    members: list[Member] = field(default_factory=list)
    outsiders: list[Member] = field(default_factory=list)
    relatives: list[Member] = field(default_factory=list)
    records_of_relatives: list[Record] = field(default_factory=list)
    obligations: list[Obligation] = field(default_factory=list)
    known_for: set[str] = field(default_factory=set)
    parentages: list[Parentage] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    events: list[EventRecord] = field(default_factory=list)
    aid: list[AidRecord] = field(default_factory=list)
    applications: list[ApplicationRecord] = field(default_factory=list)
    needs: list[NeedRecord] = field(default_factory=list)
    address: str | None = None  # where it is not the one that follows from the number

    @property
    def household(self) -> str:
        """The household's id."""
        return f"H-{self.number:04d}"

    def next_person_id(self) -> str:
        """An id for one more person of this household, member or not."""
        return f"P-{self.number:04d}-{len(self.members) + len(self.outsiders) + 1:02d}"

    def days_ago(self, least: int, most: int) -> date:
        """A day between `least` and `most` days before the day of the district."""
        return self.on - timedelta(days=self.rng.randint(least, most))

    def months_ago(self, least: int, most: int) -> date:
        """The first of a month: aid begins with a month."""
        return self.days_ago(least * 31, most * 31).replace(day=1)

    def heard(
        self,
        source: str,
        about: str,
        facts: Mapping[str, FactValue | None],
        state: FactState = FactState.VERIFIED,
    ) -> None:
        """A source reports on a subject: some facts are missing, all of them are late."""
        there = {
            name: value
            for name, value in facts.items()
            if value is not None and (name in _REGISTERED or self.rng.random() >= MISSING_FACTS)
        }
        spec = SOURCES[source]
        if spec.places and not any(self.place.startswith(prefix) for prefix in spec.places):
            return
        sent = deliveries(source, self.on)
        received = self.rng.choice(sent).received if sent else self.days_ago(7, 150)
        lag = self.rng.randint(0, spec.longest_lag_days)
        self.write(source, about, there, received - timedelta(days=lag), received, state)

    def write(
        self,
        source: str,
        about: str,
        facts: Mapping[str, FactValue],
        as_of: date,
        received: date | None = None,
        state: FactState = FactState.VERIFIED,
    ) -> None:
        """Write down a record exactly as given; one without facts is none."""
        if not facts:
            return
        received = received or as_of
        batch = next((b.id for b in deliveries(source, self.on) if b.received == received), None)
        self.records.append(
            Record(
                id=f"R-{self.number:04d}-{len(self.records) + 1:03d}",
                kind=self._kind_of(about),
                about=about,
                source=source,
                as_of=as_of,
                received=received,
                state=state,
                batch=batch,
                facts=dict(sorted(facts.items())),
            )
        )

    def _kind_of(self, about: str) -> SubjectKind:
        if about == self.household:
            return SubjectKind.HOUSEHOLD
        return SubjectKind.EVENT if about.startswith("E-") else SubjectKind.PERSON

    def give(
        self,
        policy: str,
        start: date,
        amount_fen: int | None,
        to: str = "household",
        until: date | None = None,
        giver: str = "civil_affairs",
    ) -> None:
        """A line of the ledger."""
        self.aid.append(
            AidRecord(
                id=f"A-{self.number:04d}-{len(self.aid) + 1:02d}",
                household=self.household,
                policy=policy,
                to=to,
                start=start,
                until=until,
                amount_fen=amount_fen,
                giver=giver,
                source=giver,
                batch=deliveries("civil_affairs", self.on)[-1].id,
            )
        )

    def applied(
        self,
        policy: str,
        outcome: ApplicationOutcome,
        day: date,
        reason: str | None = None,
        to: str = "household",
    ) -> None:
        """An application and how it ended."""
        self.applications.append(
            ApplicationRecord(
                id=f"Q-{self.number:04d}-{len(self.applications) + 1:02d}",
                household=self.household,
                policy=policy,
                outcome=outcome,
                date=day,
                reason=reason,
                to=to,
            )
        )

    def needs_help(
        self, need: str, severity: int | None, as_of: date, to: str = "household"
    ) -> None:
        """A need that an advisor saw; of some nobody has said how severe it is."""
        self.needs.append(
            NeedRecord(
                id=f"N-{self.number:04d}-{len(self.needs) + 1:02d}",
                household=self.household,
                type=need,
                of=to,
                severity=severity,
                source="advisor_visit",
                as_of=as_of,
            )
        )

    def befell(self, facts: Mapping[str, FactValue], person: str | None = None) -> None:
        """An event, told by the advisor who was there."""
        event = EventRecord(
            id=f"E-{self.number:04d}-{len(self.events) + 1:02d}",
            household=self.household,
            person=person,
        )
        self.events.append(event)
        day = facts["event.date"]
        as_of = day + timedelta(days=2) if isinstance(day, date) else self.on
        self.write("advisor_visit", event.id, facts, min(as_of, self.on))

    def case(self) -> Case:
        """The finished case, every list in order of id."""
        everyone = [*self.members, *self.outsiders, *self.relatives]
        people = [StoredPerson(id=m.id, identity=m.identity) for m in everyone]
        records = [*self.records, *self.records_of_relatives]
        moved_in = date(self.on.year - 12, 1, 1)
        return Case(
            household=Household(
                id=self.household, place=self.place, address=self.address or _address(self.number)
            ),
            persons=tuple(sorted(people, key=lambda person: person.id)),
            memberships=tuple(
                Membership(person=m.id, household=self.household, start=max(moved_in, m.birth))
                for m in sorted(self.members, key=lambda m: m.id)
            ),
            obligations=tuple(sorted(self.obligations, key=lambda o: (o.obligor, o.person))),
            obligors_known_for=frozenset(self.known_for),
            parentages=tuple(sorted(self.parentages, key=lambda p: (p.parent, p.child))),
            records=tuple(sorted(records, key=lambda record: record.id)),
            events=tuple(self.events),
            aid=tuple(self.aid),
            applications=tuple(self.applications),
            needs=tuple(self.needs),
            batches=batches_for(self.place, self.on),
        )


def _address(number: int) -> str:
    return f"示例路{number % 97 + 1}弄{number % 31 + 1}号{number % 6 + 1}0{number % 4 + 1}室"
