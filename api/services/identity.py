"""Who is the same person in several lists (身份比对): compare, keep the questions, use the answers.

The store's own members are one list; others come as files and are kept nowhere. What is kept are
questions, as findings, with what people said to them (`api/services/kept.py`). How many are in no
list rests on the same comparison.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice

from api.services.kept import LIVE, kept
from api.words import SOURCES
from graph.store import Store
from matching.blind_spot import BlindSpot, estimate
from matching.errors import InputError
from matching.findings.kinds import IDENTITY
from matching.findings.same_people import Asked, ask_who_is_who, decisions_of, source_of, sources_of
from matching.identity.blocking import LargeBlock
from matching.identity.model import LinkageModel
from matching.identity.nearby import near
from matching.identity.records import Decision, PersonRecord
from matching.identity.register import Added, Register
from matching.identity.stored import STORE, Home, came_since, members_of
from matching.model.access import Access
from matching.model.finding import Finding, FindingFilter, FindingRun, StoredFinding
from matching.model.records import Case, Identity, SubjectKind
from seed.linkage_files import load_characters, load_linkage_model
from seed.list_files import GivenList, ReadList, read_list

__all__ = [
    "LIST_NAMES",
    "Blind",
    "Compared",
    "Everyone",
    "blind_spot",
    "check_since",
    "compare",
    "compare_changed",
    "compare_gathered",
]

LIST_NAMES: Mapping[str, str] = {**SOURCES, STORE: "本库"}
_PORTION = 1_000
_STREET = 9  # digits of a street's code


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison came to (比对结果).

    Attributes:
        persons: members of stored households; with `since`, those of whom something came.
        lists: the other lists, each with what the register made of it.
        changed: questions that are new, or differ from before.
        waiting: decisions about a line that is in no list given.
        large: keys that too many records share to be compared by.
        stayed: earlier questions that stay because a line of theirs may not have been read.
        names: masked names of the records that questions are about, as far as they were read.
    """

    on: date
    persons: int
    lists: tuple[tuple[ReadList, Added], ...]
    asked: Asked
    changed: int
    waiting: int = 0
    large: tuple[LargeBlock, ...] = ()
    since: date | None = None
    stayed: int = 0
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Everyone:
    """The members of all households, as somebody read them (全库的人).

    Attributes:
        homes: by key of the record; where somebody lives now goes before where he lived.
        came: keys of those of whom something came since the day asked about.
    """

    homes: dict[str, Home] = field(default_factory=dict)
    came: set[str] = field(default_factory=set)

    def add(self, homes: Iterable[Home], came: Iterable[str]) -> None:
        """Take in the members of some households."""
        for home in homes:
            if home.is_current or home.record.key not in self.homes:
                self.homes[home.record.key] = home
        self.came |= set(came)


@dataclass(slots=True)
class _People:
    """Everybody in the store: members by record, and by which sources each is known."""

    everyone: Everyone = field(default_factory=Everyone)
    known_to: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    @property
    def homes(self) -> dict[str, Home]:
        """Members by record."""
        return self.everyone.homes

    def add(self, case: Case, on: date) -> None:
        """Take in the members of a household."""
        members = members_of(case, on, load_characters())
        self.everyone.add(members, ())
        for home in members:
            self.known_to[home.record.key] |= _known_to(case, home.record.source_id, on)


def compare(
    store: Store,
    access: Access,
    on: date,
    given: Sequence[GivenList],
    without: Collection[str] = (),
    progress: Callable[[int], None] = lambda _: None,
) -> Compared:
    """Compare the store's members with each other and with other lists, and keep the questions.

    Args:
        store: where the households are.
        access: of somebody who may see all places: of a part nobody could say who is missing.
        on: the day.
        given: other lists; a list may come as several files of different days.
        without: lists that were used before and are used no more: their questions are closed.
        progress: is told how many households were read.

    Raises:
        InputError: a list cannot be read, is of a later day or has no line of use, or one that was
            used before is missing.
    """
    _check_days(given, on)
    before = tuple(kept(store, access, FindingFilter(kinds=IDENTITY)))
    _check_lists(before, {one.source for one in given} | set(without))
    people = _read_store(store, access, on, progress)
    register, lists = _registered(people, given, decisions_of(before))
    _check_some_line(lists)
    asked = ask_who_is_who(register, people.homes, LIST_NAMES)
    households = sorted({home.household for home in people.homes.values()})
    asked_again = {one.key for one in asked.findings}
    unread = [one for one in _about_unread(before, lists) if one.key not in asked_again]
    return Compared(
        on=on,
        persons=len(people.homes),
        lists=lists,
        asked=asked,
        changed=_keep(store, access, on, households, asked, unread),
        waiting=len(register.waiting_decisions()),
        large=register.large_blocks(),
        stayed=len(unread),
        names=_names(register.records, (*before, *asked.findings)),
    )


def compare_changed(
    store: Store,
    access: Access,
    on: date,
    since: date,
    progress: Callable[[int], None] = lambda _: None,
) -> Compared:
    """As `compare` without lists, of those alone of whom something came since a day.

    Questions about lines of other lists stay as they are.

    Raises:
        InputError: `since` is after `on`.
    """
    check_since(since, on)
    everyone = Everyone()
    for number, case in enumerate(store.cases(access), start=1):
        homes = members_of(case, on, load_characters())
        came = (home.record.key for home in homes) if came_since(case, since) else ()
        everyone.add(homes, came)
        progress(number)
    return compare_gathered(store, access, on, since, everyone)


def check_since(since: date, on: date) -> None:
    """Refuse a day after the one of the comparison.

    Raises:
        InputError: it is.
    """
    if since > on:
        raise InputError(f"--since {since} 在比对的日期 {on} 以后。请写早一些的日期。")


def compare_gathered(
    store: Store, access: Access, on: date, since: date, everyone: Everyone
) -> Compared:
    """As `compare_changed`, of households that have been read.

    Args:
        store: where questions are kept.
        access: of somebody who may see all places.
        on: the day.
        since: the day since which something came.
        everyone: the members of all households on the day.
    """
    before = tuple(kept(store, access, FindingFilter(kinds=IDENTITY, states=LIVE)))
    decisions = decisions_of(kept(store, access, FindingFilter(kinds=IDENTITY)))
    people, changed = everyone.homes, everyone.came
    beside = {key for one in before if changed & {*one.evidence} for key in one.evidence}
    register = near(
        _figures_for(len(people)),
        load_characters(),
        lambda: (home.record for home in people.values()),
        changed | beside,
        decisions,
    )
    asked = ask_who_is_who(register, people, LIST_NAMES)
    looked = {record.key for record in register.records}
    households = {people[key].household for key in looked}
    rest = [one for one in before if one.household in households and not looked >= {*one.evidence}]
    return Compared(
        on=on,
        persons=len(changed),
        lists=(),
        asked=asked,
        changed=_keep(store, access, on, sorted(households), asked, rest),
        since=since,
        names=_names((home.record for home in people.values()), (*before, *asked.findings)),
    )


def _figures_for(n_records: int) -> LinkageModel:
    """The figures for so many; those of other lists change nothing between two of ours."""
    shipped = load_linkage_model()
    return replace(shipped, n_records=max(shipped.n_records, n_records))


def _about_unread(
    before: Iterable[StoredFinding], lists: Sequence[tuple[ReadList, Added]]
) -> Iterator[StoredFinding]:
    """Open questions about a line that is missing from a list of which rows could not be read.

    It may be one of them: missing is not gone.
    """
    partly = {read.given.source for read, _ in lists if read.lost_rows}
    there = {record.key for read, _ in lists for record in read.records}
    for one in before:
        missing = (key for key in one.evidence if key not in there)
        if one.state in LIVE and any(source_of(key) in partly for key in missing):
            yield one


def _names(records: Iterable[PersonRecord], questions: Iterable[Finding]) -> dict[str, str]:
    """Record -> masked name, of those that questions are about."""
    keys = {key for one in questions for key in one.evidence}
    return {
        record.key: Identity(name=record.name).masked
        for record in records
        if record.key in keys and record.name
    }


def _check_days(given: Iterable[GivenList], on: date) -> None:
    """A list of a later day is a slip of the pen, and would win over every list to come."""
    for one in given:
        if one.as_of > on:
            raise InputError(
                f"名单“{one.source}”的数据日期 {one.as_of} 在 {on} 以后。"
                "请核对日期；要按另一天比对，写 --on。"
            )


def _check_some_line(lists: Iterable[tuple[ReadList, Added]]) -> None:
    """A file without a line of use would close all earlier questions about its list."""
    for read, _ in lists:
        if not read.records:
            given = read.given
            raise InputError(
                f"名单“{given.source}”的 {given.path.name} 有 {read.rows} 行，没有一行能用，"
                f"没有比对。请核对文件；不再用的，写 --without {given.source}。"
            )


def _check_lists(before: Iterable[StoredFinding], given: Collection[str]) -> None:
    """A list left out by mistake would close its questions as if they had no cause any more."""
    used = {s for one in before if one.state in LIVE for s in sources_of(one)} - {STORE}
    missing = "、".join(sorted(used - set(given)))
    if missing:
        raise InputError(
            f"上次比对用过名单“{missing}”，这次没有给。请用 --list 一起给；"
            "不再用的，写 --without 加名单的来源。"
        )


def _read_store(store: Store, access: Access, on: date, progress: Callable[[int], None]) -> _People:
    people = _People()
    for number, case in enumerate(store.cases(access), start=1):
        people.add(case, on)
        progress(number)
    return people


def _known_to(case: Case, person: str, on: date) -> set[str]:
    """Who said something of a person, or gives the person aid."""
    told = {
        row.source
        for row in case.records
        if row.kind is SubjectKind.PERSON and row.about == person and row.as_of <= on
    }
    paid = {row.giver for row in case.aid if row.to == person and row.start <= on}
    return told | {giver for giver in paid if giver is not None}


def _registered(
    people: _People, given: Sequence[GivenList], decisions: Iterable[Decision]
) -> tuple[Register, tuple[tuple[ReadList, Added], ...]]:
    characters = load_characters()
    read = [read_list(one, number, characters) for number, one in enumerate(given, start=1)]
    register = Register(_figures_for(len(people.homes)), characters)
    for decision in decisions:
        register.decide(decision)
    register.add(home.record for home in people.homes.values())
    return register, tuple((one, register.add(one.records)) for one in read)


def _keep(
    store: Store,
    access: Access,
    on: date,
    households: Sequence[str],
    asked: Asked,
    rest: Iterable[StoredFinding] = (),
) -> int:
    """Bring the kept questions of these households up to date; `rest` stays as it is."""
    found = defaultdict(list)
    for one in asked.findings:
        found[one.household].append(one)
    known = {one.key for one in asked.findings}
    for kept_one in rest:
        if kept_one.key not in known:
            plain = {name: getattr(kept_one, name) for name in Finding.model_fields}
            found[kept_one.household].append(Finding(**plain))
    changed, ahead = 0, iter(households)
    while homes := tuple(islice(ahead, _PORTION)):
        findings = tuple(one for home in homes for one in found[home])
        run = FindingRun(on=on, households=frozenset(homes), kinds=IDENTITY, findings=findings)
        changed += store.put_findings(access, run)
    return changed


@dataclass(frozen=True, slots=True)
class Blind:
    """How many are in no list (盲区): over all, and street by street where there are enough.

    Attributes:
        sizes: persons of each list, over all.
        places: street -> its estimate; refused ones are among them.
    """

    on: date
    all: BlindSpot
    sizes: Mapping[str, int]
    lists: tuple[ReadList, ...]
    places: Mapping[str, BlindSpot]


def blind_spot(
    store: Store,
    access: Access,
    on: date,
    sources: Collection[str],
    given: Sequence[GivenList],
    progress: Callable[[int], None] = lambda _: None,
) -> Blind:
    """How many persons of one kind are in none of three or more lists, as a range.

    Args:
        store: where the households are.
        access: whose scope it is.
        on: the day.
        sources: those in the store that count as lists, by id or Chinese name: who said something
            of a person, or gives a person aid.
        given: other lists, as files; they know no place, so that with them there is one estimate.
        progress: is told how many households were read.

    Raises:
        InputError: a source that the store does not know, or none chosen.
    """
    people = _read_store(store, access, on, progress)
    sources = _chosen(people, sources, given)
    register, read = _registered(people, given, decisions_of(
        kept(store, access, FindingFilter(kinds=IDENTITY))
    ))  # fmt: skip
    person = {key: c.key for c in register.clusters() for key in c.members}
    lists: dict[str, set[str]] = {LIST_NAMES.get(s, s): set() for s in sources}
    streets: dict[str, dict[str, set[str]]] = defaultdict(lambda: {name: set() for name in lists})
    for key, known in people.known_to.items():
        for name in {LIST_NAMES.get(source, source) for source in known} & lists.keys():
            lists[name].add(person[key])
            streets[people.homes[key].place[:_STREET]][name].add(person[key])
    for one, _ in read:
        lists.setdefault(one.given.source, set()).update(person[r.key] for r in one.records)
    return Blind(
        on=on,
        all=estimate(lists),
        sizes={name: len(ids) for name, ids in lists.items()},
        lists=tuple(one for one, _ in read),
        places={} if given else {place: estimate(streets[place]) for place in sorted(streets)},
    )


def _chosen(
    people: _People, sources: Collection[str], given: Sequence[GivenList]
) -> tuple[str, ...]:
    """Which lists are independent, nobody but the office knows: it chooses, by id or name."""
    counts = Counter(source for known in people.known_to.values() for source in known)
    there = "、".join(f"{LIST_NAMES.get(s, s)}（{s}）{n} 人" for s, n in sorted(counts.items()))
    named = {LIST_NAMES.get(source, source): source for source in counts}
    chosen = {named.get(source.strip(), source.strip()) for source in sources}
    there = f"库里有：{there or '没有'}。写名称或括号里的编号都可以。"
    strange = sorted(chosen - counts.keys())
    if strange:
        raise InputError(f"库里没有来源“{strange[0]}”的记录。{there}")
    if not chosen and not given:
        raise InputError(
            "请用 --source 选出各自登记、不是互相抄来的名单，至少三份；也可以用 --list 给文件。"
            f"{there}"
        )
    return tuple(sorted(chosen))
