"""What will be different soon (下月有什么不同): days on which something turns, and what it changes.

`turns_of` names the days that are known beforehand: birthdays, records that grow too old, aid that
ends, windows that close. `turns_of_rules` does so for the catalogue. `steps` asks for the outcome
table only on those days and at the end, and looks closer where a table changed in between; how a
table is computed is not its business.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache

from matching.circles import circles_of
from matching.deadlines import months_later
from matching.ledger import COVERAGE_DAYS, HOUSEHOLD
from matching.model.answer import Outcome
from matching.model.family import AidEntry, ApplicationOutcome, Fact, Family
from matching.model.records import Case
from matching.packs import Catalogue, Pack, Period
from matching.parameters import Standard
from matching.seen import age_on
from matching.vocabulary import VOCABULARY
from matching.what_changes import Row

__all__ = ["ALWAYS", "Step", "Turn", "steps", "turns_of", "turns_of_rules", "unmarked"]

_DAY = timedelta(days=1)
_REST_DAYS = 365  # what a family declined is not offered again for so long
ALWAYS = frozenset({"aid", "exit", "window", "ask_again", "member"})  # told even if nothing else is


@dataclass(frozen=True, slots=True, order=True)
class Turn:
    """A day on which something turns, and what (转折).

    `kind`: birthday, record, aid, exit, window, ask_again, member, event, ledger or rule. `about`:
    the fact, aid or figure; `subject`: whose, a member's id or `household`.
    """

    day: date
    kind: str
    says: str
    subject: str = HOUSEHOLD
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A day on which the outcome table of a household changes."""

    day: date
    before: Sequence[Row]
    after: Sequence[Row]


def steps(
    on: date,
    until: date,
    days: Iterable[date],
    table_at: Callable[[date], Sequence[Row]],
    mark_at: Callable[[date], object] | None = None,
) -> Iterator[Step]:
    """Every day after `on`, up to `until`, on which the table changes, in order.

    Args:
        on: the day from which one looks ahead.
        until: the last day.
        days: on which it probably changes; the table is asked for there and at the end.
        table_at: the table of a day; a table that changes back within two of the days is not seen.
        mark_at: how the table of a day stands, where that is known without it (`marks` of the
            scan): equal marks, equal tables. The table is then asked for where it changes only.
    """
    table = cache(table_at)
    for start, day in _changes(on, until, days, mark_at or (lambda day: _standing(table(day)))):
        yield Step(day, table(start), table(day))


def unmarked(
    on: date, until: date, days: Iterable[date], mark_at: Callable[[date], object]
) -> date | None:
    """The next day whose mark `steps` will ask for and nobody has; None: all are there.

    Args:
        on: the day from which one looks ahead.
        until: the last day.
        days: on which it probably changes.
        mark_at: the mark of a day; a `KeyError` with the day says that nobody has it yet.
    """
    try:
        for _ in _changes(on, until, days, mark_at):
            pass
    except KeyError as wanting:
        return date.fromisoformat(str(wanting.args[0]))
    return None


def _changes(
    on: date, until: date, days: Iterable[date], mark_at: Callable[[date], object]
) -> Iterator[tuple[date, date]]:
    """Pairs of days with different tables: the later one is the first that is not as the other."""
    mark = cache(mark_at)
    start = on
    for end in sorted({day for day in days if on < day <= until} | {until}):
        while start < end and mark(start) != mark(end):
            day = _first_change(start, end, mark)
            yield start, day
            start = day
        start = end


def _first_change(start: date, end: date, mark: Callable[[date], object]) -> date:
    """The first day on which it is not what it was at the start; mostly the last day."""
    if mark(end - _DAY) == mark(start):
        return end
    low, high = start, end - _DAY
    while high - low > _DAY:
        middle = low + (high - low) // 2
        if mark(middle) == mark(start):
            low = middle
        else:
            high = middle
    return high


def _standing(rows: Sequence[Row]) -> frozenset[tuple[object, ...]]:
    return frozenset((row.key, row.outcome, row.amount_fen, row.unit) for row in rows)


# A family


def turns_of(
    catalogue: Catalogue, case: Case, family: Family, on: date, until: date
) -> tuple[Turn, ...]:
    """What turns for one family after `on`, up to `until`, as far as it is known today.

    Args:
        catalogue: for names and circles.
        case: what is stored, with what lies ahead.
        family: as it is on the day.
        on: the day.
        until: the last day looked at.
    """
    pack = catalogue.pack_for(family.place)

    def label(aid: str) -> str:
        return catalogue.aid_label(aid, on, pack)

    found = [
        *_birthdays(family, on, until),
        *_records(family),
        *_aid(pack, family, label),
        *_ledger(family),
        *_windows(catalogue, family, on),
        *_ask_again(family, on, label),
        *_members(case),
        *_events(case),
        *(Turn(row.as_of, "event", "有这一天的记录", row.about) for row in case.records),
    ]
    return tuple(sorted({turn for turn in found if on < turn.day <= until}))


def _birthdays(family: Family, on: date, until: date) -> Iterator[Turn]:
    for member in family.members:
        born = member.facts.get("person.birth_date")
        if born is None or not isinstance(born.value, date) or born.value > on:
            continue
        years = age_on(born.value, on) + 1
        while (day := _birthday(born.value, years)) <= until:
            yield Turn(day, "birthday", f"满 {years} 周岁", member.id, "person.age")
            years += 1


def _birthday(born: date, years: int) -> date:
    """Who is born on 29 February turns on 1 March in a common year."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def _records(family: Family) -> Iterator[Turn]:
    """The first day on which a fact is too old, unless somebody reports it again."""
    subjects: list[tuple[str, Iterable[tuple[str, Fact]]]] = [
        (HOUSEHOLD, family.facts.items()),
        *((member.id, member.facts.items()) for member in family.members),
        *((event.id, event.facts.items()) for event in family.events or ()),
    ]
    for subject, facts in subjects:
        for name, fact in facts:
            spec = VOCABULARY.get(name)
            if fact.as_of is not None and spec is not None and spec.fresh_months:
                day = months_later(fact.as_of, spec.fresh_months) + _DAY
                says = f"{spec.label}的记录满 {spec.fresh_months} 个月"
                yield Turn(day, "record", says, subject, name)


def _aid(pack: Pack, family: Family, label: Callable[[str], str]) -> Iterator[Turn]:
    for entry in family.ledger.entries:
        name = label(entry.policy)
        once = entry.start == entry.until
        yield Turn(
            entry.start, "aid", f"{name}{'发放' if once else '开始'}", entry.to, entry.policy
        )
        if once:
            continue
        if entry.policy == "gradual_exit":
            yield from _gradual_exit(pack, entry, name)
        elif entry.until is not None and entry.until < date.max:
            policy = pack.policies.get(entry.policy)
            is_status = policy is not None and policy.form == "status"
            says = f"{name}的认定到期" if is_status else f"{name}到期"
            yield Turn(entry.until + _DAY, "aid", says, entry.to, entry.policy)


def _gradual_exit(pack: Pack, entry: AidEntry, name: str) -> Iterator[Turn]:
    """The last day by the ledger, else by the figure of the place, if it is known."""
    until = entry.until
    standard = pack.standards.get("GRADUAL_EXIT_MONTHS")
    if until is None and standard is not None:
        months = standard.at(entry.start).figure
        until = None if months is None else months_later(entry.start, int(months)) - _DAY
    if until is not None and until < date.max:
        yield Turn(until + _DAY, "exit", f"{name}期满", entry.to, entry.policy)


def _ledger(family: Family) -> Iterator[Turn]:
    """The day on which the last batch that covers an aid is too old to say that nobody has it."""
    newest: dict[str, date] = {}
    for batch in family.ledger.coverage:
        for policy in batch.policies:
            newest[policy] = max(batch.as_of, newest.get(policy, batch.as_of))
    for day in set(newest.values()):
        says = "救助台账满三个月没有再核对"
        yield Turn(day + timedelta(days=COVERAGE_DAYS) + _DAY, "ledger", says)


def _windows(catalogue: Catalogue, family: Family, on: date) -> Iterator[Turn]:
    for standing in circles_of(catalogue, family, on).standings:
        last = standing.outcome is Outcome.MET and standing.ages_out is not None
        for reason in standing.reasons:
            if reason.kind in ("lately", "refused") and reason.ages_out is not None:
                says = f"{reason.says}，满两年，不再算“{standing.label}”的原因"
                if last and reason.ages_out == standing.ages_out:
                    says += "；之后就不在这一圈"
                yield Turn(reason.ages_out, "window", says, reason.subject, reason.policy)


def _ask_again(family: Family, on: date, label: Callable[[str], str]) -> Iterator[Turn]:
    for row in family.applications or ():
        if row.outcome is ApplicationOutcome.DECLINED and row.date <= on:
            day = row.date + timedelta(days=_REST_DAYS) + _DAY
            says = f"表示过不要{label(row.policy)}，已满一年，可以再问一次"
            yield Turn(day, "ask_again", says, row.to, row.policy)


def _members(case: Case) -> Iterator[Turn]:
    for row in case.memberships:
        yield Turn(row.start, "member", "住进来", row.person)
        if row.until is not None and row.until < date.max:
            yield Turn(row.until + _DAY, "member", "不再同住", row.person)


def _events(case: Case) -> Iterator[Turn]:
    """Events written down for a day ahead: they count from that day on."""
    ids = {event.id for event in case.events}
    for record in case.records:
        day = record.facts.get("event.date") if record.about in ids else None
        if isinstance(day, date):
            yield Turn(day, "event", "登记的困难事件发生", record.about, "event.date")


# The catalogue


@lru_cache(maxsize=32)  # a place is asked for many families
def turns_of_rules(pack: Pack, on: date, until: date) -> tuple[Turn, ...]:
    """What turns in the rules and figures of a pack after `on`, up to `until`.

    Args:
        pack: with what it inherits.
        on: the day.
        until: the last day looked at.
    """
    found = [turn for standard in pack.standards.values() for turn in _figure_turns(standard)]
    for policy in pack.policies.values():
        name = policy.label_on(on)
        found += _period_turns(policy.period, f"{name}开始实行", f"{name}停止实行", policy.id)
        says = f"{name}的规定有改动"
        periods = [condition.period for condition in policy.conditions]
        periods += [amount.period for amount in policy.amounts]
        for period in periods:
            found += _period_turns(period, says, says, policy.id)
    for definition in pack.definitions.values():
        spec = VOCABULARY.get(definition.name)
        says = f"“{spec.label if spec else definition.name}”的算法有改动"
        for text in definition.texts:
            found += _period_turns(text.period, says, says, definition.name)
    return tuple(sorted({turn for turn in found if on < turn.day <= until}))


def _period_turns(period: Period, starts: str, ends: str, about: str) -> Iterator[Turn]:
    if period.start is not None:
        yield Turn(period.start, "rule", starts, about=about)
    if period.until is not None and period.until < date.max:
        yield Turn(period.until + _DAY, "rule", ends, about=about)


def _figure_turns(standard: Standard) -> Iterator[Turn]:
    """A new figure, one that ends, and one whose yearly round is over without a new one."""
    days: set[date] = set()
    for row in standard.rows:
        days.add(row.start)
        if row.until is not None and row.until < date.max:
            days.add(row.until + _DAY)
        since = standard.rhythm_ends(row)
        if since is not None:
            days.add(since)
    for day in days:
        now = _figures(standard, day)
        if now != _figures(standard, day - _DAY):
            why = next((why for _, why in now if why is not None), None)
            says = f"{standard.label}：{why}，等办公室录入" if why else f"{standard.label}换新数值"
            yield Turn(day, "rule", says, about=standard.id)


def _figures(standard: Standard, day: date) -> tuple[tuple[object, str | None], ...]:
    """Every cell of a day, each with its figure or why there is none."""
    cells = sorted(cell for cell in standard.cells() if len(cell) == len(standard.keys)) or [()]
    values = [standard.at(day, cell) for cell in cells]
    return tuple((value.figure, value.why) for value in values)
