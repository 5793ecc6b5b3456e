"""Policy finds people (政策找人): whom a policy reaches, and what keeps answers open.

Every household of the scope is read once, through the port, and answered by the second reading of
the rules. It suggests: a person looks before anybody is called.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from graph.store import Store
from matching.errors import InputError
from matching.expressions import nearest
from matching.facts import family_of
from matching.ledger import HOUSEHOLD, held_on
from matching.model.access import Access
from matching.model.family import ApplicationOutcome, Family
from matching.packs import Catalogue
from matching.scan.missing import matrix, missing_of
from matching.scan.population import scans
from matching.scan.status import PolicyPlan, Scan

__all__ = ["GROUPS", "FoundPeople", "FoundSubject", "find_people", "open_answers"]

GROUPS = ("met", "unknown", "held", "declined")
_DECLINED_DAYS = 365
_MET = 2
_ALIKE = 5  # policies that a part of a name brings up
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class FoundSubject:
    """Somebody whom a policy reaches, or may reach.

    `missing`: what keeps the household undecided; one name alone decides it.
    """

    household: str
    place: str
    subject: str
    event: str | None
    group: str
    outcome: str
    missing: tuple[str, ...] = ()


@dataclass(slots=True)
class FoundPeople:
    """Met first, then unknown with the fewest facts missing, then held, then declined."""

    policy: str
    on: date
    subjects: list[FoundSubject] = field(default_factory=list)
    households: int = 0
    unread: dict[str, str] = field(default_factory=dict)  # household -> why it has no answer

    def count(self, group: str) -> int:
        """How many subjects are in a group."""
        return sum(one.group == group for one in self.subjects)


def find_people(
    store: Store,
    catalogue: Catalogue,
    access: Access,
    on: date,
    policy: str,
    progress: Progress = lambda _: None,
) -> FoundPeople:
    """Whom a policy reaches on a day.

    Args:
        store: read through the port, within the scope.
        catalogue: all packs.
        access: who asks, why, and for which places.
        on: the day whose law, figures and facts hold.
        policy: id of a policy or project.
        progress: told how many households have been read.

    Raises:
        InputError: no pack knows the policy.
    """
    known = {id_ for pack in catalogue.packs.values() for id_ in pack.policies}
    if policy not in known:
        raise InputError(f"没有叫 {policy} 的政策。{_alike(catalogue, on, policy, known)}")
    found = FoundPeople(policy, on)
    read: dict[str, Family] = {}
    families = _families(store, access, on, found, progress)
    for one in scans(catalogue.only({policy}), _kept(families, read), on):
        for plan in one.program.plans:
            found.subjects.extend(_subjects(one, plan, read, on))
        for household in one.table.ids:
            del read[household]
    found.subjects.sort(key=_order)
    return found


def _alike(catalogue: Catalogue, on: date, given: str, known: set[str]) -> str:
    """The nearest id; where words of a name were given, the policies that are called so."""
    labels = {
        id_: one.label_on(on)
        for pack in catalogue.packs.values()
        for id_, one in pack.policies.items()
    }
    alike = [f"{label}写 {id_}" for id_, label in sorted(labels.items()) if given in label]
    told = (
        f"要写编号：{'，'.join(alike[:_ALIKE])}。"
        if alike
        else "要写编号，例如最低生活保障写 dibao。"
    )
    return nearest(given, known) or told


def open_answers(
    store: Store,
    catalogue: Catalogue,
    access: Access,
    on: date,
    progress: Progress = lambda _: None,
) -> tuple[dict[tuple[str, str], int], FoundPeople]:
    """(policy, fact) -> how many households the fact keeps undecided, the most first."""
    found = FoundPeople("", on)
    counts: Counter[tuple[str, str]] = Counter()
    families = _families(store, access, on, found, progress)
    for one in scans(catalogue, families, on):
        counts.update(matrix(one))
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return dict(ordered), found


def _families(
    store: Store, access: Access, on: date, found: FoundPeople, progress: Progress
) -> Iterator[Family]:
    for case in store.cases(access):
        found.households += 1
        progress(found.households)
        try:
            yield family_of(case, on)
        except InputError as error:
            found.unread[case.household.id] = str(error)


def _kept(families: Iterable[Family], read: dict[str, Family]) -> Iterator[Family]:
    """Those of the open blocks stay at hand, for the ledger and the family's own no."""
    for family in families:
        read[family.id] = family
        yield family


def _subjects(
    scan: Scan, plan: PolicyPlan, read: dict[str, Family], on: date
) -> Iterator[FoundSubject]:
    missing = missing_of(scan, plan)
    row_of = {household: row for row, household in enumerate(scan.table.ids)}
    words = ("unmet", "unknown", "met")
    for household, subject, event, outcome in scan.outcomes(plan):
        family, row = read[household], row_of[household]
        group = _group(plan, family, subject, on, outcome)
        if group is not None:
            names = [name for name, rows in missing.items() if rows[row]]
            lacks = tuple(names) if words[outcome] == "unknown" else ()
            yield FoundSubject(
                household, family.place, subject, event, group, words[outcome], lacks
            )


def _group(plan: PolicyPlan, family: Family, subject: str, on: date, outcome: int) -> str | None:
    policy = plan.policy
    if not policy.per_event and held_on(family.ledger, subject, (policy.id,), on):
        return "held"
    if outcome == 0:
        return None
    if _declined(family, policy.id, subject, on):
        return "declined"
    return "met" if outcome == _MET else "unknown"


def _declined(family: Family, policy: str, subject: str, on: date) -> bool:
    """Whether the family itself said within a year that it does not need it."""
    return any(
        row.policy == policy
        and row.to in (subject, HOUSEHOLD)
        and row.outcome is ApplicationOutcome.DECLINED
        and on - timedelta(days=_DECLINED_DAYS) <= row.date <= on
        for row in family.applications or ()
    )


def _order(one: FoundSubject) -> tuple[object, ...]:
    group = GROUPS.index(one.group)
    return group, len(one.missing), one.household, one.subject, one.event or ""
