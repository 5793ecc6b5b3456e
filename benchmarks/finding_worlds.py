"""Made-up worlds with their truth kept apart (带真值的虚构世界), to measure findings against.

A world is made twice: as it is, and as offices know it, with facts missing, late and wrong, needs
nobody assessed, lines of the ledger lost. The detectors see only the second. What is true is
counted here by plain loops of its own over the first; eligibility is what the rules say when every
fact is known. All persons are made up.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from benchmarks.finding_losses import observed
from matching.explain import Explainer, explain
from matching.facts import family_of
from matching.ledger import HOUSEHOLD
from matching.model.answer import Group, Item, Outcome
from matching.model.family import ApplicationOutcome, FactState, FactValue, Family
from matching.model.records import (
    AidRecord,
    ApplicationRecord,
    Batch,
    Case,
    Household,
    Identity,
    Membership,
    NeedRecord,
    Obligation,
    Record,
    StoredPerson,
    SubjectKind,
)
from matching.packs import Catalogue, Pack
from matching.reading import Reading
from matching.vocabulary import VOCABULARY

__all__ = ["ON", "Truth", "World", "make_world"]

ON = date(2026, 6, 30)
DISTRICT = "310199"
LOST_TIE, ODD_ADDRESS = 0.15, 0.10
GIVEN, DECLINED = 0.8, 0.1
TOLD_OF_RELEASE = 0.9
# Exclusive pairs and pairs of one need that are planted; whether they are so is asked of the packs.
_PAIRS = (
    ("disab_inst_care", "disab_home_care"), ("flex_subsidy", "ui_older_pension"),
    ("hire_subsidy", "ui_older_pension"), ("med_premium", "disab_ins"),
)  # fmt: skip
_LAWFUL = (("disability_living", "disability_nursing"), ("med_premium", "med_inpatient"))
_SAME_NEED = (
    ("ltci_home", "home_sickbed"), ("elder_adapt", "disab_barrier"), ("meal", "grain_oil"),
    ("redcross_help", "foundation_help"), ("disab_home_care", "visit_care"),
)  # fmt: skip
_NEEDS = ("basic_goods", "care_daily", "care_meal", "edu_fees", "house_adapt", "social_visit")
_FIRST = ("dibao", "tekun", "dibao_marginal", "severe_disabled_unemployed")


@dataclass(slots=True)
class Truth:
    """What is so, in the units in which it is counted."""

    double: set[tuple[object, ...]] = field(default_factory=set)  # household, who, pair, month
    same_need: set[tuple[object, ...]] = field(default_factory=set)
    wrong: set[tuple[object, ...]] = field(default_factory=set)  # household, who, aid, month
    split: set[tuple[str, str]] = field(default_factory=set)
    missed: set[tuple[str, str, str]] = field(default_factory=set)  # household, aid, subject
    acute: set[str] = field(default_factory=set)  # ids of needs


@dataclass(frozen=True, slots=True)
class World:
    """What offices know and what is so.

    Attributes:
        cases: households as offices know them.
        truth: what is to be found.
        real: the same households as they are, in the same order.
        untold: ids of records that no office ever got.
    """

    cases: tuple[Case, ...]
    truth: Truth
    real: tuple[Case, ...]
    untold: frozenset[str]


def make_world(catalogue: Catalogue, seed: int, n_households: int) -> World:
    """One world: the same seed, the same world."""
    truth = Truth()
    cases: list[Case] = []
    real: list[Case] = []
    untold: set[str] = set()
    for number in range(1, n_households + 1):
        rng = Random(f"finding world {seed} {number}")  # noqa: S311
        maker = _Maker(catalogue, rng, f"H-{number:05d}", truth)
        real.append(maker.household())
        cases.append(observed(real[-1], maker.untold, rng))
        untold |= maker.untold
    splits = Random(f"splits {seed}")  # noqa: S311
    seen = tuple(_with_splits(cases, splits, truth))
    return World(seen, truth, tuple(real), frozenset(untold))


def _firsts(start: date, until: date | None) -> Iterator[date]:
    """Every first of a month that lies within the days, up to the day of the world."""
    months = range(start.year * 12 + start.month - 1, ON.year * 12 + ON.month)
    for day in (date(month // 12, month % 12 + 1, 1) for month in months):
        if start <= day <= min(until or ON, ON):
            yield day


class _Maker:
    """Makes one household as it is, and writes down the truth about it."""

    def __init__(self, catalogue: Catalogue, rng: Random, home: str, truth: Truth):
        self.catalogue, self.rng, self.home, self.truth = catalogue, rng, home, truth
        self.people = [f"{home}-{n}" for n in range(1, rng.choice((1, 1, 1, 2, 2, 3, 4)) + 1)]
        self.records: list[Record] = []
        self.aid: list[AidRecord] = []
        self.applications: list[ApplicationRecord] = []
        self.needs: list[NeedRecord] = []
        self.untold: set[str] = set()  # ids of records that no office ever got
        self.place = f"{DISTRICT}00{rng.randint(1, 5)}00{rng.randint(1, 4)}"

    def household(self) -> Case:
        """Facts, aid by the rules, then what befalls it."""
        self._describe()
        for policies in (frozenset(_FIRST), None):
            for item in self._entitled():
                wanted = item.id in policies if policies is not None else item.id not in _FIRST
                if wanted and self.rng.random() < GIVEN:
                    self._give(item.id, item.subject, self._begin(), item.amount_fen)
        self._happenings()
        self._wants()
        self._count_missed()
        self._count_double()
        return self._case()

    # Facts

    def _describe(self) -> None:
        rng = self.rng
        wages = 0
        for order, person in enumerate(self.people):
            age = rng.randint(20, 88) if order == 0 else rng.randint(4, 80)
            wage = rng.choice((0, 0, 120_000, 280_000)) if 18 <= age < 60 else 0
            wages += wage
            facts: dict[str, FactValue] = {
                "person.birth_date": date(ON.year - age, rng.randint(1, 6), rng.randint(1, 28)),
                "person.hukou": DISTRICT if rng.random() < 0.95 else "990100",
                "person.sex": rng.choice("fm"),
                "person.hukou_kind": "urban",
                "person.relation": ("self", "spouse", "child", "parent")[min(order, 3)],
                "person.life_status": "alive",
                "person.custody_status": "none",
                "person.monthly_labour_income": wage,
                "person.employment_status": "employed" if wage else "unemployed",
                "person.serious_illness": rng.random() < 0.1,
                "person.disability_cert": False,
                "person.institution_care": "none",
                "person.work_ability": "none" if age >= 60 else "full",
            }
            if rng.random() < 0.25:
                facts |= {
                    "person.disability_cert": True,
                    "person.disability_grade": rng.randint(1, 4),
                    "person.disability_type": (rng.choice(("physical", "visual", "mental")),),
                    "person.needs_long_term_care": True,
                }
            self._say(SubjectKind.PERSON, person, facts)
        income = wages + len(self.people) * 1_000 * rng.randint(0, 300)
        fits = rng.random() < 0.85
        self._say(
            SubjectKind.HOUSEHOLD,
            self.home,
            {
                "household.monthly_income": income, "household.annual_income": income * 12,
                "household.property_ok_dibao": fits, "household.property_ok_marginal": fits,
                "household.verification_consent": True,
            },
        )  # fmt: skip

    def _say(
        self, kind: SubjectKind, about: str, facts: dict[str, FactValue], day: date | None = None
    ) -> None:
        said = day or ON - timedelta(days=self.rng.randint(5, 60))
        self.records.append(
            Record(
                id=f"R-{self.home}-{len(self.records) + 1}", kind=kind, about=about,
                source="verification" if kind is SubjectKind.HOUSEHOLD else "civil_affairs",
                as_of=said, received=min(ON, said + timedelta(days=3)), state=FactState.VERIFIED,
                facts=facts,
            )
        )  # fmt: skip

    def _case(self) -> Case:
        return Case(
            household=Household(id=self.home, place=self.place, address=f"示例路{self.home}"),
            persons=tuple(
                StoredPerson(id=one, identity=Identity(name="陈示例")) for one in self.people
            ),
            memberships=tuple(
                Membership(person=one, household=self.home, start=date(2010, 1, 1))
                for one in self.people
            ),
            obligors_known_for=frozenset(self.people),
            records=tuple(self.records),
            aid=tuple(self.aid),
            applications=tuple(self.applications),
            needs=tuple(self.needs),
            batches=(_batch(self.catalogue),),
        )

    # Aid

    def _entitled(self) -> list[Item]:
        """Statutory aid whose conditions are met and that is not held: basic living, cash first.

        Only what is met is explained: most of the time of a world went into words nobody reads.
        """
        family, pack = family_of(self._case(), ON), self.catalogue.pack_for(self.place)
        reading = Reading(pack, family, ON, lambda aid: aid)
        asked = {
            policy.id
            for policy in pack.policies.values()
            if policy.kind == "policy" and policy.form != "adjustment"
        }
        met = {
            one.policy.id
            for one in Explainer(self.catalogue, reading).standings()
            if one.outcome is Outcome.MET and one.policy.id in asked
        }
        found = [
            item
            for item in explain(self.catalogue, reading, met)
            if item.outcome is Outcome.MET and item.group is Group.ENTITLED and item.event is None
        ]
        return sorted(found, key=lambda item: self._order(item, family, pack))

    @staticmethod
    def _order(item: Item, family: Family, pack: Pack) -> tuple[object, ...]:
        need = max(
            (
                need.severity or 0
                for need in family.needs
                if need.type in item.addresses and need.of in (item.subject, HOUSEHOLD)
            ),
            default=0,
        )
        policy = pack.policies[item.id]
        return (
            not policy.urgent, item.automatic, policy.category != "basic", item.form != "cash",
            -need, item.amount_fen is None, item.id, item.subject,
        )  # fmt: skip

    def _begin(self) -> date:
        return date(ON.year - self.rng.randint(0, 3), self.rng.randint(1, 4), 1)

    def _give(
        self, policy: str, to: str, start: date, fen: int | None = None, **more: str | date | None
    ) -> AidRecord:
        row = AidRecord.model_validate(
            {
                "id": f"A-{self.home}-{len(self.aid) + 1}", "household": self.home,
                "policy": policy, "to": to, "start": start, "amount_fen": fen,
                "giver": "civil_affairs", **more,
            }
        )  # fmt: skip
        self.aid.append(row)
        return row

    # What befalls

    def _happenings(self) -> None:
        happening = self.rng.choice(
            ("", "", "", "pair", "switch", "lawful", "need", "one_payer", "death", "custody",
             "ended", "released")
        )  # fmt: skip
        getattr(self, f"_{happening}", lambda: None)()

    def _dates(self) -> tuple[date, date]:
        """A first of a month of the last year, and one some months later."""
        later = self.rng.randint(1, 5)
        return date(2025, self.rng.randint(3, 12), 1), date(2026, later, 1)

    def _pair(self) -> None:
        first, second = self.rng.choice(_PAIRS)
        early, late = self._dates()
        who = self.rng.choice(self.people)
        self._give(first, who, early)
        until = self.rng.choice((None, date(2026, 6, 15)))
        self._give(second, who, late, until=until)

    def _switch(self) -> None:
        """One after the other, or with some days of the same month in common."""
        first, second = self.rng.choice(_PAIRS)
        early, late = self._dates()
        who = self.rng.choice(self.people)
        last = late - timedelta(days=1)
        self._give(first, who, early, until=last)
        self._give(second, who, self.rng.choice((late, last - timedelta(days=8))))

    def _lawful(self) -> None:
        early, late = self._dates()
        held = {(row.policy, row.to) for row in self.aid}
        for policy, start in zip(self.rng.choice(_LAWFUL), (early, late), strict=True):
            if (policy, self.people[0]) not in held:
                self._give(policy, self.people[0], start)

    def _need(self) -> None:
        self._two_payers("health")

    def _one_payer(self) -> None:
        self._two_payers("civil_affairs")

    def _two_payers(self, second: str) -> None:
        early, late = self._dates()
        who = self.rng.choice(self.people)
        one, other = self.rng.choice(_SAME_NEED)
        self._give(one, who, early)
        self._give(other, who, late, giver=second)

    def _death(self, *, told_in_time: bool = False) -> None:
        day = date(2025, self.rng.randint(7, 12), self.rng.randint(2, 28))
        who = self.people[-1]
        facts: dict[str, FactValue] = {
            "person.life_status": "deceased", "person.death_date": day,
        }  # fmt: skip
        self._hit(who, day, facts, ends=told_in_time)

    def _ended(self) -> None:
        self._death(told_in_time=True)

    def _custody(self) -> None:
        day = date(2025, self.rng.randint(9, 12), self.rng.randint(2, 28))
        facts: dict[str, FactValue] = {
            "person.custody_status": "prison", "person.custody_from": day,
        }  # fmt: skip
        self._hit(self.people[-1], day, facts, ends=False)

    def _released(self) -> None:
        """Sentenced, and let go after four months; most lists hear of it."""
        day = date(2025, self.rng.randint(9, 12), self.rng.randint(2, 28))
        facts: dict[str, FactValue] = {
            "person.custody_status": "prison",
            "person.custody_from": day,
        }
        who, free = self.people[-1], day + timedelta(days=120)
        before = set(self.truth.wrong)
        self._hit(who, day, facts, ends=False)
        added = self.truth.wrong - before
        self.truth.wrong -= {row for row in added if row[3] >= free}  # type: ignore[operator]
        is_told = self.rng.random() < TOLD_OF_RELEASE
        self._say(SubjectKind.PERSON, who, {"person.custody_status": "none"}, free)
        if not is_told:
            self.untold.add(self.records[-1].id)
        self._say(
            SubjectKind.PERSON, who, {"person.custody_status": "none"}, ON - timedelta(days=30)
        )
        self.untold.add(self.records[-1].id)  # what is so does not grow stale

    def _hit(self, who: str, day: date, facts: dict[str, FactValue], *, ends: bool) -> None:
        alone = len(self.people) == 1
        month = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
        dead = "person.death_date" in facts
        self._forget(who, "person.life_status" if dead else "person.custody_status")
        self._say(SubjectKind.PERSON, who, facts, day + timedelta(days=self.rng.randint(0, 60)))
        cash = {"dibao", "tekun", "dibao_single_person", "severe_disabled_unemployed",
                "disability_living", "disability_nursing"}  # fmt: skip
        if not any(row.to == who and row.policy in cash for row in self.aid):
            self._give("disability_nursing", who, date(2024, 1, 1))
        for order, row in enumerate(self.aid):
            mine = row.to == who or (row.to == HOUSEHOLD and row.policy == "dibao")
            if not mine or row.start > day or not (row.policy in cash or dead):
                continue
            if ends:
                self.aid[order] = row.model_copy(update={"until": month - timedelta(days=1)})
                continue
            begins = month
            if row.to == HOUSEHOLD and not alone and dead:  # three months to work it out anew
                begins = date(month.year + (month.month > 9), (month.month + 2) % 12 + 1, 1)
            self.truth.wrong |= {(self.home, who, row.policy, m) for m in _firsts(begins, None)}

    def _forget(self, who: str, name: str) -> None:
        """What was said before of somebody does not hold any more."""
        for order, row in enumerate(self.records):
            if row.about == who and name in row.facts:
                kept = {key: value for key, value in row.facts.items() if key != name}
                self.records[order] = row.model_copy(update={"facts": kept})

    def _wants(self) -> None:
        for order in range(self.rng.choice((0, 1, 1, 2))):
            need, level = self.rng.choice(_NEEDS), self.rng.randint(0, 4)
            row = NeedRecord(
                id=f"N-{self.home}-{order}", household=self.home, type=need, severity=level,
                of=self.rng.choice(self.people), as_of=ON - timedelta(days=20),
                source="advisor_visit",
            )  # fmt: skip
            self.needs.append(row)
            if level >= 2 and not self._answered(row):
                self.truth.acute.add(row.id)

    def _answered(self, need: NeedRecord) -> bool:
        pack = self.catalogue.pack_for(self.place)
        return any(
            row.policy in pack.policies
            and need.type in pack.policies[row.policy].addresses
            and row.to in (HOUSEHOLD, need.of)
            and (row.until is None or row.until >= ON - timedelta(days=92))
            for row in self.aid
        )

    # Counting

    def _count_missed(self) -> None:
        for item in self._entitled():
            if any(row.policy == item.id and row.until is None for row in self.aid):
                held = {row.to for row in self.aid if row.policy == item.id and row.until is None}
                if item.subject in held or HOUSEHOLD in (item.subject, *held):
                    continue
            if self.rng.random() < DECLINED:
                self.applications.append(
                    ApplicationRecord(
                        id=f"Q-{self.home}-{len(self.applications)}", household=self.home,
                        policy=item.id, outcome=ApplicationOutcome.DECLINED, to=item.subject,
                        date=ON - timedelta(days=self.rng.randint(1, 300)),
                    )
                )  # fmt: skip
            else:
                self.truth.missed.add((self.home, item.id, item.subject))

    def _count_double(self) -> None:
        pack = self.catalogue.pack_for(self.place)
        exclusive = {
            frozenset((one.a, one.b))
            for one in pack.exclusions
            if one.effect in ("block", "choose_one", "highest")
            and one.flag in ("seed", "search")
            and one.period.holds(ON)
        }
        needs = {frozenset((one.a, one.b)) for one in pack.relations if one.kind == "overlaps"}
        for one in self.aid:
            for other in self.aid:
                pair = frozenset((one.policy, other.policy))
                same = one.to == other.to or (
                    HOUSEHOLD in (one.to, other.to) and len(self.people) == 1
                )
                who = other.to if one.to == HOUSEHOLD else one.to
                months = set(_firsts(one.start, one.until)) & set(_firsts(other.start, other.until))
                rows = {(self.home, who, pair, month) for month in months}
                if one.id != other.id and same and pair in exclusive:
                    self.truth.double |= rows
                if one.id != other.id and same and pair in needs and one.giver != other.giver:
                    self.truth.same_need |= rows


def _batch(catalogue: Catalogue) -> Batch:
    aid = frozenset(catalogue.pack_for(DISTRICT).policies) | set(catalogue.other_aid)
    return Batch(
        id="B-1", source="civil_affairs", as_of=ON, received=ON, covers_aid=aid,
        covers_facts=frozenset(VOCABULARY), covers_places=frozenset({DISTRICT}),
    )  # fmt: skip


def _with_splits(cases: list[Case], rng: Random, truth: Truth) -> Iterator[Case]:
    """Some households with dibao live at one address: near kin, or only neighbours."""
    on_dibao = [
        number
        for number, case in enumerate(cases)
        if any(row.policy == "dibao" and row.until is None for row in case.aid)
    ]
    rng.shuffle(on_dibao)
    for one, other in zip(on_dibao[::2], on_dibao[1::2], strict=False):
        kin = rng.random() < 0.5
        first, second = cases[one], cases[other]
        told = "示例路8号" + first.household.id
        written = told.replace("路", "路 ") if rng.random() < 0.5 else told
        if rng.random() < ODD_ADDRESS:
            written = told.replace("8号", "八号")
        cases[one] = _moved(first, first.household.place, told)
        cases[other] = _moved(second, first.household.place, written)
        if not kin:
            continue
        homes = sorted((first.household.id, second.household.id))
        truth.split.add((homes[0], homes[1]))
        if rng.random() >= LOST_TIE:
            child = second.persons[0]
            tie = Obligation(obligor=child.id, person=first.persons[0].id)
            cases[one] = cases[one].model_copy(
                update={"obligations": (tie,), "persons": (*first.persons, child)}
            )
    yield from cases


def _moved(case: Case, place: str, address: str) -> Case:
    home = case.household.model_copy(update={"place": place, "address": address})
    return case.model_copy(update={"household": home})
