"""A family described in a file (家庭文件): YAML or JSON, read strictly, every error with its place.

The form is docs/reference/family.md. A fact left out is unknown, and so is `null`. Amounts are in
yuan with at most two decimals; inside they are fen. A name that the vocabulary does not know is
refused.
"""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from matching.errors import Finding, InputError
from matching.id_number import birth_date_of, problem_in
from matching.ledger import HOUSEHOLD
from matching.model.family import (
    AidEntry,
    Application,
    ApplicationOutcome,
    Event,
    Fact,
    FactState,
    FactValue,
    Family,
    Ledger,
    Need,
    NeedState,
    Obligor,
    Person,
)
from matching.rules import nearest
from matching.values import EARLIEST, MAX_TEXT, masked, parse_value, short
from matching.vocabulary import VOCABULARY, FactSpec, FactType
from matching.yaml_text import YamlText, read_yaml

__all__ = ["MAX_BYTES", "MAX_MEMBERS", "FamilyReader", "read_families"]

MAX_MEMBERS = 40
MAX_BYTES = 4_000_000
Path = tuple[str | int, ...]
_PLACE = re.compile("[0-9]{2,12}")

_FAMILY_KEYS = (
    "id",
    "place",
    "household",
    "members",
    "obligors",
    "events",
    "aid",
    "applications",
    "needs",
)
_WRAPPED = {"value", "source", "as_of", "state"}
# What somebody has shown to be wrong is no value: leave the fact out.
_STATES = [state.value for state in FactState if state is not FactState.CONTRADICTED]


def read_families(
    text: str, name: str, *, aid: Collection[str] | None = None
) -> tuple[Family, ...]:
    """Read one family or a list of them.

    Args:
        text: YAML or JSON.
        name: the file's name, for the findings.
        aid: ids that the ledger may name; None does not check.

    Raises:
        InputError: with every finding; nothing is half read.
    """
    if len(text.encode()) > MAX_BYTES:
        raise InputError(
            f"文件 {name} 太大，最多 {MAX_BYTES // 1_000_000} MB。请分成几个文件。",
            code="too_large",
        )
    source = read_yaml(name, text)
    families: list[Family | None] = []
    of_yaml = tuple(source.findings)
    if not of_yaml or source.data is not None:
        reader = FamilyReader(source, aid)
        if isinstance(source.data, list):
            families = [reader.family((index,)) for index in range(len(source.data))]
            reader.refuse_twins(families)
        else:
            families = [reader.family(())]
    if not source.findings and not families:
        source.note((1, 1), "文件里没有家庭。", "请写至少一户。")
    if source.findings:
        raise _refusal(of_yaml, source.findings)
    return tuple(family for family in families if family is not None)


def _refusal(of_yaml: Sequence[Finding], findings: Sequence[Finding]) -> InputError:
    """All findings, without numbers of a person; where YAML noted one, no second one."""
    places = {(finding.line, finding.column) for finding in of_yaml}
    more = findings[len(of_yaml) :]
    kept = [*of_yaml, *(one for one in more if (one.line, one.column) not in places)]
    masks = {replace(one, what=masked(one.what), cure=masked(one.cure)) for one in kept}
    return InputError(f"家庭文件有 {len(masks)} 处错误，没有计算。", findings=sorted(masks))


class FamilyReader:
    """Reads families out of one text; findings go into the text."""

    def __init__(self, text: YamlText, aid: Collection[str] | None = None):
        self.text, self.aid = text, aid

    # Parts of the text

    def at(self, path: Path) -> Any:  # noqa: ANN401 - YAML gives any plain value
        """The value at a path, None where there is nothing."""
        data: Any = self.text.data
        for step in path:
            if isinstance(data, dict):
                data = data.get(step)
            elif isinstance(data, list) and isinstance(step, int) and step < len(data):
                data = data[step]
            else:
                return None
        return data

    def note(self, path: Path, what: str, cure: str = "") -> None:
        """A finding at the value of a path."""
        self.text.note(self.text.places.of(path), what, cure)

    def _map(self, path: Path) -> dict[str, Any]:
        data = self.at(path)
        if data is not None and not isinstance(data, dict):
            self.note(path, "这里应当是一组键和值。")
        return data if isinstance(data, dict) else {}

    def _list(self, path: Path) -> list[Any] | None:
        data = self.at(path)
        if data is not None and not isinstance(data, list):
            self.note(path, "这里应当是列表。")
            return []
        return data

    def _refuse_keys(self, path: Path, known: Collection[str]) -> None:
        for key in self._map(path):
            if key not in known:
                place = self.text.places.of_key((*path, key))
                self.text.note(place, f"没有叫 {key} 的键。", nearest(key, known))

    def _id(self, path: Path) -> str:
        value = self.at((*path, "id"))
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or not value or len(value) > MAX_TEXT:
            self.note((*path, "id"), "缺少编号 id。", "请写一个不含个人信息的编号，例如 a。")
            return ""
        if value == HOUSEHOLD:
            self.note((*path, "id"), f"编号不能是 {value}，这个词指全家。", "请换一个编号。")
        return value

    def word(self, path: Path, choices: Collection[str], default: str) -> str:
        """A word out of a closed list."""
        value = self.at(path)
        if value is None:
            return default
        if value not in choices:
            self.note(path, f"不能是 {short(value)}。", f"可以是：{'、'.join(choices)}。")
            return default
        return str(value)

    def day(self, path: Path, *, needed: bool) -> date | None:
        """A day; a quoted one counts."""
        value = self.at(path)
        if value is None:
            if needed:
                self.note(path, "缺少日期。", "请写成 2026-01-01 的样子。")
            return None
        found = self.value(path, _DAY, value)
        return found if isinstance(found, date) else None

    # Facts

    def value(self, path: Path, spec: FactSpec, value: object) -> FactValue | None:
        """One value of a fact, or None with a finding."""
        found, problem = parse_value(spec, value)
        if problem:
            self.note(path, f"{spec.label}：{problem[0]}", problem[1])
        return found

    def facts(
        self, path: Path, entities: tuple[str, ...], other: Collection[str]
    ) -> dict[str, Fact]:
        """All facts of one subject; keys in `other` belong to somebody else."""
        found: dict[str, Fact] = {}
        for key in self._map(path):
            if key in other:
                continue
            spec = self._spec(path, key, entities, other)
            if spec is not None and spec.name in found:
                self.note((*path, key), f"{spec.label}写了两次。", "请留下一个。")
            if spec is not None:
                fact = self._fact((*path, key), spec)
                if fact is not None:
                    found[spec.name] = fact
        return found

    def _spec(
        self, path: Path, key: str, entities: tuple[str, ...], other: Collection[str]
    ) -> FactSpec | None:
        for entity in entities:
            for name in (key, f"{entity}.{key}"):
                if name in VOCABULARY and name.split(".", 1)[0] in entities:
                    return VOCABULARY[name]
        place = self.text.places.of_key((*path, key))
        names = [name.split(".", 1)[1] for name in VOCABULARY if name.split(".", 1)[0] in entities]
        renamed = next(
            (
                spec.name
                for spec in VOCABULARY.values()
                if key in spec.also or f"{entities[0]}.{key}" in spec.also
            ),
            "",
        )
        cure = f"这里叫 {renamed}。" if renamed else nearest(key, [*names, *other])
        self.text.note(place, f"词汇表里没有 {entities[0]}.{key} 这个事实。", cure)
        return None

    def _fact(self, path: Path, spec: FactSpec) -> Fact | None:
        data = self.at(path)
        if not isinstance(data, dict):
            value = self.value(path, spec, data)
            return None if value is None else Fact(value=value)
        self._refuse_keys(path, _WRAPPED)
        value = self.value((*path, "value"), spec, data.get("value"))
        state = self.word((*path, "state"), _STATES, FactState.DECLARED.value)
        as_of = self.day((*path, "as_of"), needed=False)
        source = data.get("source")
        if source is not None and (not isinstance(source, str) or len(source) > MAX_TEXT):
            self.note((*path, "source"), "来源应当是短文字。")
            source = None
        return (
            None
            if value is None
            else Fact(value=value, source=source, as_of=as_of, state=FactState(state))
        )

    # A family

    def family(self, path: Path, also: Collection[str] = ()) -> Family | None:
        """One family; `also` are keys that a golden case has beside it."""
        if not isinstance(self.at(path), dict):
            self.note(path, "这里应当是一户家庭。", "格式见“家庭文件”一页。")
            return None
        before = len(self.text.findings)
        self._refuse_keys(path, (*_FAMILY_KEYS, *also))
        family_id = (
            self._id(path) if "id" not in also or self.at((*path, "id")) is not None else "case"
        )
        place = self._place(path)
        facts = self.facts((*path, "household"), ("household",), ())
        members = self._people(path, "members", self._member)
        self._check_members(path, members)
        obligors = self._people(path, "obligors", self._obligor)
        known = {member.id for member in members or ()}
        self._check_obligors(path, obligors, known)
        events = self._people(path, "events", self._event)
        ledger = self._ledger(path, known)
        applications, needs = self._applications(path, known), self._needs(path, known)
        self._check_parents(path, [*(members or ()), *(obligors or ())])
        if len(self.text.findings) > before:
            return None
        return Family(
            id=family_id,
            place=place,
            facts=facts,
            members=tuple(members or ()),
            obligors=None if obligors is None else tuple(obligors),
            events=None if events is None else tuple(events),
            ledger=ledger,
            applications=applications,
            needs=needs,
        )

    def refuse_twins(self, families: list[Family | None]) -> None:
        """Two families of one file may not share an id."""
        seen: set[str] = set()
        for index, family in enumerate(families):
            if family is not None and family.id in seen:
                self.note((index, "id"), f"编号 {family.id} 写了两户。")
            seen.add(family.id if family else "")

    def _place(self, path: Path) -> str:
        value = self.at((*path, "place"))
        if isinstance(value, int):
            value = str(value)
        if not isinstance(value, str) or not _PLACE.fullmatch(value):
            self.note(
                (*path, "place"),
                "缺少地区编码 place，或编码不对。",
                '请写 2 至 12 位数字并加引号，例如 "310104"。',
            )
            return "0"
        return value

    def _people(self, path: Path, key: str, read: Callable[[Path], Any]) -> list[Any] | None:
        rows = self._list((*path, key))
        if rows is None:
            return None
        if len(rows) > MAX_MEMBERS:
            self.note(
                (*path, key),
                f"写了 {len(rows)} 项，最多 {MAX_MEMBERS} 项。",
                "请检查是不是把几户写在了一起。",
            )
        found = []
        for index in range(len(rows)):
            if isinstance(rows[index], dict):
                found.append(read((*path, key, index)))
            else:
                self.note((*path, key, index), "这里应当是一组键和值。")
        return found

    def _member(self, path: Path) -> Person:
        other = ("id", "id_number", "parents")
        facts = self._born(path, self.facts(path, ("person", "child"), other))
        return Person(id=self._id(path), facts=facts, parents=self._parents(path))

    def _obligor(self, path: Path) -> Obligor:
        facts = self.facts(path, ("person",), ("id", "of", "id_number"))
        return Obligor(
            id=self._id(path), of=str(self.at((*path, "of")) or ""), facts=self._born(path, facts)
        )

    def _event(self, path: Path) -> Event:
        of = self.at((*path, "of"))
        facts = self.facts(path, ("event",), ("id", "of"))
        return Event(id=self._id(path), of=None if of is None else str(of), facts=facts)

    def _born(self, path: Path, facts: dict[str, Fact]) -> dict[str, Fact]:
        """An ID number is checked, gives the birth date where none is stated, and is not kept."""
        number = self.at((*path, "id_number"))
        if number is None:
            return facts
        problem = problem_in(number) if isinstance(number, str) else "身份证号要加引号，写成文字。"
        born = None if problem else birth_date_of(number)
        if born is None or born < EARLIEST:
            self.note((*path, "id_number"), problem or "身份证号里的出生日期太早。")
            return facts
        stated = facts.get("person.birth_date")
        if stated is not None and stated.value != born:
            self.note((*path, "birth_date"), "出生日期与身份证号里的不同。", "请核对，写对的一个。")
        return {"person.birth_date": Fact(value=born), **facts}

    def _parents(self, path: Path) -> tuple[str, ...]:
        rows = self._list((*path, "parents")) or []
        if len(rows) > 2:
            self.note((*path, "parents"), "父母最多写两人。")
        return tuple(str(row) for row in rows)

    # Checks between parts

    def _check_members(self, path: Path, members: list[Person] | None) -> None:
        if not members and not self.at((*path, "members")):
            self.note((*path, "members"), "这一户没有成员。", "请至少写一人。")
        seen: set[str] = set()
        for index, member in enumerate(members or ()):
            if member.id and member.id in seen:
                self.note(
                    (*path, "members", index), f"成员 {member.id} 写了两次。", "同一人只写一次。"
                )
            seen.add(member.id)

    def _check_obligors(
        self, path: Path, obligors: list[Obligor] | None, members: set[str]
    ) -> None:
        seen: set[str] = set()
        for index, obligor in enumerate(obligors or ()):
            row = (*path, "obligors", index)
            if obligor.id in members:
                cure = "同住的人已按关系计入义务人，这里只写住在别处的人。"
                self.note(row, f"义务人 {obligor.id} 同时是家庭成员。", cure)
            if obligor.of not in members:
                self.note(row, "义务人的 of 不是这一户的成员。", nearest(obligor.of, members))
            if obligor.id in seen:
                self.note(row, f"义务人 {obligor.id} 写了两次。")
            seen.add(obligor.id)

    def _check_parents(self, path: Path, people: list[Person]) -> None:
        known = {person.id for person in people}
        rows = len(self._list((*path, "members")) or [])
        for index, person in enumerate(people[:rows]):
            for parent in person.parents:
                if parent not in known or parent == person.id:
                    cure = "住在别处的父母请写进 obligors。"
                    self.note(
                        (*path, "members", index, "parents"),
                        f"父母 {parent} 不在成员或义务人里。",
                        cure,
                    )
            if len(set(person.parents)) < len(person.parents):
                self.note((*path, "members", index, "parents"), "同一位父母写了两次。")

    def _holder(self, path: Path, members: set[str], default: str = "household") -> str:
        value = self.at(path)
        holder = default if value is None else str(value)
        if holder != "household" and holder not in members:
            self.note(
                path, f"{holder} 不是这一户的成员。", nearest(holder, ["household", *members])
            )
        return holder

    def _policy(self, path: Path) -> str:
        value = self.at((*path, "policy"))
        if not isinstance(value, str) or not value:
            self.note((*path, "policy"), "缺少政策编号 policy。")
            return ""
        if self.aid is not None and value not in self.aid:
            self.note(
                (*path, "policy"),
                f"没有叫 {short(value)} 的政策或项目。",
                nearest(value, self.aid),
            )
        return value

    def _amount(self, path: Path) -> int | None:
        value = self.at(path)
        if value is None:
            return None
        found = self.value(path, _AMOUNT, value)
        return found if isinstance(found, int) else None

    def _ledger(self, path: Path, members: set[str]) -> Ledger:
        def entry(row: Path) -> AidEntry:
            self._refuse_keys(row, ("policy", "to", "from", "until", "amount", "giver", "source"))
            start, until = (
                self.day((*row, "from"), needed=True),
                self.day((*row, "until"), needed=False),
            )
            if start and until and until < start:
                self.note((*row, "until"), "until 早于 from。")
            return AidEntry(
                policy=self._policy(row),
                to=self._holder((*row, "to"), members),
                start=start or EARLIEST,
                until=until,
                amount_fen=self._amount((*row, "amount")),
                giver=_text(self.at((*row, "giver"))),
                source=_text(self.at((*row, "source"))),
            )

        entries = self._people(path, "aid", entry)
        return Ledger() if entries is None else Ledger(entries=tuple(entries), complete=True)

    def _applications(self, path: Path, members: set[str]) -> tuple[Application, ...] | None:
        def application(row: Path) -> Application:
            self._refuse_keys(row, ("policy", "outcome", "date", "reason", "to"))
            outcomes = [outcome.value for outcome in ApplicationOutcome]
            return Application(
                policy=self._policy(row),
                outcome=ApplicationOutcome(self.word((*row, "outcome"), outcomes, "applied")),
                date=self.day((*row, "date"), needed=True) or EARLIEST,
                to=self._holder((*row, "to"), members),
                reason=_text(self.at((*row, "reason"))),
            )

        rows = self._people(path, "applications", application)
        return None if rows is None else tuple(rows)

    def _needs(self, path: Path, members: set[str]) -> tuple[Need, ...]:
        def need(row: Path) -> Need:
            self._refuse_keys(row, ("type", "of", "severity", "state", "source", "as_of"))
            severity = self.at((*row, "severity"))
            if severity is not None and (isinstance(severity, bool) or severity not in range(5)):
                self.note((*row, "severity"), "严重程度应当是 0 至 4。")
                severity = None
            return Need(
                type=str(self.at((*row, "type")) or ""),
                of=self._holder((*row, "of"), members),
                severity=severity,
                state=NeedState(
                    self.word((*row, "state"), [state.value for state in NeedState], "open")
                ),
                source=_text(self.at((*row, "source"))),
                as_of=self.day((*row, "as_of"), needed=False),
            )

        return tuple(self._people(path, "needs", need) or ())


_DAY = FactSpec("day", "日期", FactType.DATE)
_AMOUNT = FactSpec("amount", "金额", FactType.MONEY, unit="CNY")


def _text(value: object) -> str | None:
    return None if value is None else str(value)[:MAX_TEXT]
