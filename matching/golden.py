"""Golden cases (金样例): families with the answer that the law gives, read from files and held.

The form is in docs/policy-files.md. A case that cannot be read is a finding like any other; nothing
is skipped. The same cases kill the mutants of `matching/mutation.py`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from matching.answer import answer
from matching.errors import Finding, InputError
from matching.family_file import FamilyReader
from matching.model.answer import Answer, Item, Outcome
from matching.model.family import Family
from matching.packs import Catalogue, Supposed
from matching.rules import nearest
from matching.supposed import read_supposed
from matching.yaml_text import YamlText, read_yaml

__all__ = ["Expected", "Failure", "GoldenCase", "check_case", "failures", "read_cases"]

Path = tuple[str | int, ...]
_CASE_KEYS = ("name", "date", "override", "expect", "alerts", "id", "source")
_EXPECT_KEYS = (
    "outcome",
    "amount_fen",
    "missing",
    "subject",
    "group",
    "presumed",
    "due",
    "paid_fen",
    "nearest",
    "conditions",
)
_BEST = (Outcome.MET, Outcome.UNKNOWN, Outcome.UNMET)
_UNSAID = object()


@dataclass(frozen=True, slots=True)
class Expected:
    """What one policy must answer; only what is given is compared."""

    policy: str
    given: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class GoldenCase:
    """One case with its place in the file."""

    name: str
    place: Finding
    on: date
    family: Family
    suppose: Supposed
    expected: tuple[Expected, ...]
    alerts: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Failure:
    """A case that does not hold, and how."""

    case: GoldenCase
    why: str


def read_cases(catalogue: Catalogue, pairs: Iterable[tuple[str, str]]) -> tuple[GoldenCase, ...]:
    """Read (name, text) pairs of golden files.

    Raises:
        InputError: with every finding of every file.
    """
    cases: list[GoldenCase] = []
    findings: list[Finding] = []
    for name, text in sorted(pairs):
        source = read_yaml(name, text)
        if not source.findings:
            rows = source.data if isinstance(source.data, list) else []
            if not rows:
                source.note((1, 1), "这里应当是样例的列表。", "格式见“目录文件”一页。")
            reader = _CaseReader(catalogue, source)
            cases += [case for index in range(len(rows)) if (case := reader.case((index,)))]
        findings += source.findings
    if findings:
        raise InputError(f"样例文件有 {len(findings)} 处错误。", findings=sorted(set(findings)))
    return tuple(cases)


class _CaseReader:
    def __init__(self, catalogue: Catalogue, text: YamlText):
        self.catalogue, self.text = catalogue, text
        policies = {name for pack in catalogue.packs.values() for name in pack.policies}
        self.policies = policies
        self.reader = FamilyReader(text, frozenset(policies | set(catalogue.other_aid)))

    def case(self, path: tuple[int]) -> GoldenCase | None:
        family = self.reader.family(path, _CASE_KEYS)
        on = self.reader.day((*path, "date"), needed=True)
        name = self.reader.at((*path, "name"))
        if not isinstance(name, str):
            self.reader.note(path, "样例缺少 name。", "请用一句话说这是什么情况。")
        alerts = self.reader.at((*path, "alerts"))
        expected = self._expected(path)
        standards = self.catalogue.pack_for(family.place if family else "").standards
        suppose = read_supposed(self.reader, (*path, "override"), standards)
        if family is None or on is None or not isinstance(name, str):
            return None
        line, column = self.text.places.of(path)
        place = Finding(self.text.name, line, column, name)
        return GoldenCase(
            name,
            place,
            on,
            family,
            suppose,
            expected,
            tuple(alerts) if isinstance(alerts, list) else None,
        )

    def _expected(self, path: tuple[int]) -> tuple[Expected, ...]:
        rows = self.reader.at((*path, "expect"))
        if not isinstance(rows, dict) or not rows:
            self.reader.note((*path, "expect"), "样例没有写期望的结果 expect。")
            return ()
        found = []
        for policy, given in rows.items():
            if policy not in self.policies:
                place = self.text.places.of_key((*path, "expect", policy))
                self.text.note(place, f"没有叫 {policy} 的政策。", nearest(policy, self.policies))
            for key in given if isinstance(given, dict) else {"": None}:
                if key not in _EXPECT_KEYS:
                    self.reader.note(
                        (*path, "expect", policy),
                        f"期望里没有 {key or '键'}。",
                        nearest(key, _EXPECT_KEYS),
                    )
            found.append(Expected(policy, given if isinstance(given, dict) else {}))
        return tuple(found)


def check_case(catalogue: Catalogue, case: GoldenCase) -> tuple[str, ...]:
    """What does not hold in one case; empty when all does."""
    asked = {one.policy for one in case.expected}
    needed = catalogue.only(asked) if case.alerts is None else catalogue
    return compare(case, answer(needed, case.family, case.on, suppose=case.suppose))


def compare(case: GoldenCase, found: Answer) -> tuple[str, ...]:
    """The differences between a case and an answer, as sentences."""
    wrong = [line for expected in case.expected for line in _differences(expected, found)]
    if case.alerts is not None:
        raised = {alert.id for alert in found.alerts}
        wrong += [
            f"没有提醒 {alert}（有：{'、'.join(sorted(raised)) or '无'}）"
            for alert in case.alerts
            if alert not in raised
        ]
        if not case.alerts and raised:
            wrong.append(f"多了提醒 {'、'.join(sorted(raised))}")
    return tuple(wrong)


def _differences(expected: Expected, found: Answer) -> Iterable[str]:
    given = expected.given
    items = [item for item in found.items if item.id == expected.policy]
    if "subject" in given:
        items = [item for item in items if item.subject == given["subject"]]
    if not items:
        yield f"{expected.policy}：这一天这里没有这项政策或这个人"
        return
    outcome = next(value for value in _BEST if any(item.outcome is value for item in items))
    best = [item for item in items if item.outcome is outcome]
    actual = {
        "outcome": outcome.value, "amount_fen": _total(best), "group": best[0].group.value,
        "due": best[0].due_if_today, "paid_fen": best[0].paid_fen,
    }  # fmt: skip
    for key, value in actual.items():
        wanted = given.get(key, _UNSAID)
        if wanted is not _UNSAID and wanted != value:
            yield f"{expected.policy}：{key} 应为 {wanted}，得到 {value}"
    yield from _conditions(expected.policy, given.get("conditions") or {}, best)
    sets = {
        "missing": {name for item in best for name in item.missing},
        "presumed": {name for item in best for name in item.presumed},
        "nearest": {change.condition for item in best for change in item.nearest},
    }
    for key, names in sets.items():
        wanted = given.get(key)
        listed = {str(wanted)} if isinstance(wanted, str) else set(wanted or ())
        if wanted == [] and names:
            yield f"{expected.policy}：{key} 应为空，得到 {'、'.join(sorted(names))}"
        if listed - names:
            lacking, there = "、".join(sorted(listed - names)), "、".join(sorted(names)) or "无"
            yield f"{expected.policy}：{key} 里没有 {lacking}（有：{there}）"


def _conditions(policy: str, wanted: Mapping[str, str], best: list[Item]) -> Iterable[str]:
    """Differences in single conditions; a condition that is not there is one."""
    for name, outcome in wanted.items():
        found = {one.outcome.value for item in best for one in item.conditions if one.id == name}
        if outcome not in found:
            actual = "、".join(sorted(found)) or "没有这一条"
            yield f"{policy}：条件 {name} 应为 {outcome}，得到 {actual}"


def _total(items: list[Item]) -> int | None:
    amounts = [item.amount_fen for item in items]
    return (
        None
        if any(amount is None for amount in amounts)
        else sum(amount for amount in amounts if amount is not None)
    )


def failures(catalogue: Catalogue, cases: Iterable[GoldenCase]) -> tuple[Failure, ...]:
    """All cases that do not hold."""
    return tuple(Failure(case, why) for case in cases for why in check_case(catalogue, case))
