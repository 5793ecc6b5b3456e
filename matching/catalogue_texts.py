"""The texts in the catalogue's files, checked (目录里的规则): tests, amounts, clauses."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from matching import catalogue_files as files
from matching.packs import (
    AlertRule,
    Amount,
    ClauseRef,
    Clock,
    Condition,
    Definition,
    DefinitionText,
    Document,
    Exclusion,
    Period,
    Policy,
    Procedure,
    Relation,
)
from matching.policy_checks import refuse_itself, refuse_strange_days
from matching.rules import Names, Scope, nearest, read_rule, type_of_fact
from matching.tree import Kind, Node, Type
from matching.units import NONE, parse_unit
from matching.vocabulary import VOCABULARY
from matching.yaml_text import YamlText

__all__ = ["Texts"]

Path = tuple[str | int, ...]
_BOOL = Type(Kind.BOOL)
_AS_WRITTEN = (
    "id", "kind", "subject", "persons", "form", "category", "urgent", "automatic", "department",
    "provider", "service_class", "target", "gives", "per", "capacity", "replaces",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Texts:
    """What the texts of every pack may refer to."""

    documents: Mapping[str, Document]
    departments: Collection[str]
    needs: Collection[str]
    aid: Mapping[str, str]

    # Small parts

    @staticmethod
    def period(dated: files.Valid) -> Period:
        """A period as written."""
        return Period(dated.start, dated.until)

    def known_document(self, text: YamlText, path: Path, doc: str) -> bool:
        """Whether the document is registered; notes it if not."""
        if doc in self.documents:
            return True
        text.note(
            text.places.of(path),
            f"没有登记过文件 {doc}。",
            nearest(doc, self.documents) or "请加进 documents.yaml。",
        )
        return False

    def clauses(
        self, text: YamlText, path: Path, items: Sequence[files.ClauseFile]
    ) -> tuple[ClauseRef, ...]:
        """Clauses with their periods: as written, else the document's."""
        found = []
        for index, item in enumerate(items):
            if self.known_document(text, (*path, index, "doc"), item.doc):
                held = self.documents[item.doc].period
                found.append(
                    ClauseRef(
                        item.doc,
                        item.article,
                        Period(item.start or held.start, item.until or held.until),
                    )
                )
        return tuple(found)

    @staticmethod
    def _rule(
        text: YamlText, path: Path, rule: str, names: Names, scope: Scope, expected: Type
    ) -> Node | None:
        node, problems = read_rule(rule, names, scope, expected)
        for problem in problems:
            text.note(
                text.places.inside(path, problem.line, problem.column), problem.what, problem.cure
            )
        return node

    def _aid_id(self, text: YamlText, path: Path, aid: str) -> None:
        if aid not in self.aid:
            text.note(
                text.places.of(path),
                f"没有叫 {aid} 的政策、项目或其他救助。",
                nearest(aid, self.aid),
            )

    # Definitions

    def definition(
        self, text: YamlText, name: str, item: files.DefinitionFile, pack: str, names: Names
    ) -> Definition | None:
        """Build one derived fact; the vocabulary says its type and unit."""
        spec = VOCABULARY.get(name)
        place = text.places.of_key((name,))
        if spec is None:
            text.note(
                place,
                f"词汇表里没有 {name}。",
                nearest(name, VOCABULARY) or "请先在 matching/vocabulary.py 登记。",
            )
            return None
        for key, value in (("type", spec.type.value), ("unit", spec.unit)):
            if getattr(item, key) not in (None, value):
                text.note(
                    text.places.of((name, key)),
                    f"{key} 与词汇表不同，词汇表是 {value or '无'}。",
                    "可以不写。",
                )
        scope = Scope.of(
            *([spec.entity.replace("child", "person")] if spec.entity != "household" else [])
        )
        if (item.test is None) == (not item.versions):
            text.note(place, "定义要么写 test，要么写 versions。")
            return None
        if item.test is not None and not item.clause:
            text.note(place, "定义没有依据。", "请写 clause。")
        rows: list[tuple[Path, files.VersionFile]] = (
            [
                (
                    (name,),
                    files.VersionFile.model_construct(
                        test=item.test, clause=item.clause, flag=item.flag
                    ),
                )
            ]
            if item.test is not None
            else [
                ((name, "versions", index), version) for index, version in enumerate(item.versions)
            ]
        )
        self._refuse_disorder(text, rows)
        built = []
        for index, (path, row) in enumerate(rows):
            node = self._rule(text, (*path, "test"), row.test, names, scope, type_of_fact(spec))
            follower = rows[index + 1][1].start if index + 1 < len(rows) else None
            until = row.until or (follower - timedelta(days=1) if follower else None)
            if node is not None:
                clauses = self.clauses(text, (*path, "clause"), row.clause)
                built.append(DefinitionText(node, Period(row.start, until), clauses, row.flag))
        return Definition(name, type_of_fact(spec), tuple(built), pack, text.name)

    @staticmethod
    def _refuse_disorder(text: YamlText, rows: Sequence[tuple[Path, files.VersionFile]]) -> None:
        for (_, before), (path, row) in pairwise(rows):
            if row.start is None or row.start <= (before.start or date.min):
                what = "版本要按起始日从早到晚，各有各的起始日。"
                text.note(text.places.of(path), what, "请写 from。")

    # Policies

    def policy(
        self, text: YamlText, item: files.PolicyFile, pack: str, names: Names
    ) -> Policy | None:
        """Build one policy; notes every finding in it."""
        self._references(text, item)
        scope = Scope.of(
            *(["person"] if item.subject == "person" else []), *(["event"] if item.for_each else [])
        )
        conditions = []
        for index, condition in enumerate(item.conditions):
            path: Path = ("conditions", index)
            built = self._condition(text, path, condition, names, scope)
            if built is not None:
                refuse_itself(text, (*path, "test"), item.id, built.test)
                conditions.append(built)
        self._refuse_overlaps(text, item)
        refuse_strange_days(text, item)
        amounts = (
            item.amount if isinstance(item.amount, list) else [item.amount] if item.amount else []
        )
        self._refuse_two_amounts(text, amounts)
        written = [
            self._amount(
                text,
                ("amount", index) if isinstance(item.amount, list) else ("amount",),
                amount,
                names,
                scope,
            )
            for index, amount in enumerate(amounts)
        ]
        labels = item.label if isinstance(item.label, list) else [files.LabelFile(text=item.label)]
        return Policy(
            **{name: getattr(item, name) for name in _AS_WRITTEN},
            labels=tuple((Period(label.start, label.until), label.text) for label in labels),
            per_event=item.for_each == "event",
            addresses=tuple(item.addresses),
            beyond_facts=tuple(item.beyond_facts),
            period=self.period(item.valid),
            conditions=tuple(conditions),
            amounts=tuple(amount for amount in written if amount is not None),
            procedure=self._procedure(text, item.procedure),
            remarks=tuple(item.remarks),
            pack=pack,
            file=text.name,
        )

    def _procedure(self, text: YamlText, item: files.ProcedureFile) -> Procedure:
        return Procedure(
            tuple(item.at),
            item.applicant,
            item.door,
            tuple(item.documents),
            item.working_days,
            item.extended,
            self.clauses(text, ("procedure", "clause"), item.clause),
        )

    def _references(self, text: YamlText, item: files.PolicyFile) -> None:
        if item.department not in self.departments:
            cure = nearest(item.department, self.departments)
            text.note(text.places.of(("department",)), f"没有登记过部门 {item.department}。", cure)
        for index, need in enumerate(item.addresses):
            if need not in self.needs:
                place = text.places.of(("addresses", index))
                text.note(place, f"没有叫 {need} 的需求类型。", nearest(need, self.needs))

    @staticmethod
    def _refuse_overlaps(text: YamlText, item: files.PolicyFile) -> None:
        for index, condition in enumerate(item.conditions):
            for other in item.conditions[:index]:
                both = condition.id == other.id and _meet(condition.valid, other.valid)
                if both:
                    place = text.places.of(("conditions", index, "id"))
                    text.note(
                        place,
                        f"条件 {condition.id} 在同一天有两个版本。",
                        "请用 valid 分开日期，或换一个 id。",
                    )

    @staticmethod
    def _refuse_two_amounts(text: YamlText, amounts: Sequence[files.AmountFile]) -> None:
        for index, amount in enumerate(amounts):
            if any(_meet(amount.valid, other.valid) for other in amounts[:index]):
                place = text.places.of(("amount", index))
                text.note(place, "同一天有两个金额的写法。", "请用 valid 分开日期。")

    def _condition(
        self, text: YamlText, path: Path, item: files.ConditionFile, names: Names, scope: Scope
    ) -> Condition | None:
        node = self._rule(text, (*path, "test"), item.test, names, scope, _BOOL)
        clauses = self.clauses(text, (*path, "clause"), item.clause)
        if node is None:
            return None
        return Condition(
            item.id, item.says, node, item.flag, self.period(item.valid), clauses, item.remark,
            occasion=item.occasion,
        )  # fmt: skip

    def _amount(
        self, text: YamlText, path: Path, item: files.AmountFile, names: Names, scope: Scope
    ) -> Amount | None:
        unit_text = item.unit or ""
        try:
            unit = parse_unit(unit_text)
        except ValueError as error:
            text.note(text.places.of((*path, "unit")), f"单位里没有 {error} 这个词。")
            return None
        node = None
        if item.value is not None:
            if unit == NONE:
                text.note(text.places.of(path), "金额没有单位。", "请写 unit，例如 CNY/month。")
                return None
            node = self._rule(
                text, (*path, "value"), item.value, names, scope, Type(Kind.NUMBER, unit)
            )
        clauses = self.clauses(text, (*path, "clause"), item.clause)
        return Amount(node, unit, unit_text, item.kind, item.says, self.period(item.valid), clauses)

    @staticmethod
    def ended(policy: Policy, item: files.EndFile) -> Policy:
        """The policy with a last day, and the reason as a remark."""
        first = item.ends.start
        last = first - timedelta(days=1) if first else item.ends.until
        return replace(
            policy,
            period=Period(policy.period.start, last),
            remarks=(*policy.remarks, item.ends.why),
        )

    # Relations

    def exclusion(self, text: YamlText, index: int, item: files.ExclusionFile) -> Exclusion | None:
        """Build one exclusion; both sides must be known and differ."""
        if not self._two_sides(text, index, item):
            return None
        if item.yields not in (None, item.a, item.b):
            text.note(text.places.of((index, "yields")), f"yields 只能是 {item.a} 或 {item.b}。")
        clauses = self.clauses(text, (index, "clause"), item.clause)
        period = self.period(item.valid)
        return Exclusion(
            item.a, item.b, item.effect, item.yields, item.says, clauses, item.flag, period
        )

    def relation(self, text: YamlText, index: int, item: files.RelationFile) -> Relation | None:
        """Build one relation; both sides must be known and differ."""
        if not self._two_sides(text, index, item):
            return None
        clauses = self.clauses(text, (index, "clause"), item.clause)
        period = self.period(item.valid)
        return Relation(item.kind, item.a, item.b, item.says, clauses, item.flag, period)

    def _two_sides(
        self, text: YamlText, index: int, item: files.ExclusionFile | files.RelationFile
    ) -> bool:
        for side in ("a", "b"):
            self._aid_id(text, (index, side), getattr(item, side))
        if item.a == item.b:
            cure = "请写另一项政策。"
            text.note(text.places.of((index, "b")), f"{item.a} 不能与自己互斥或有别的关系。", cure)
        return item.a != item.b

    def alert(
        self, text: YamlText, index: int, item: files.AlertFile, pack: str, names: Names
    ) -> AlertRule | None:
        """Build one alert."""
        scope = Scope.of(*([item.subject] if item.subject != "household" else []))
        node = self._rule(text, (index, "test"), item.test, names, scope, _BOOL)
        if node is None:
            return None
        clauses = self.clauses(text, (index, "clause"), item.clause)
        return AlertRule(
            item.id, item.level, item.subject, item.says, node, clauses, pack, item.owner,
            self._clock(text, index, item),
        )  # fmt: skip

    def _clock(self, text: YamlText, index: int, item: files.AlertFile) -> Clock | None:
        """By when somebody has to act: a figure like any other, so a clause must say it."""
        if item.owner is not None and item.owner not in self.departments:
            cure = nearest(item.owner, self.departments)
            text.note(text.places.of((index, "owner")), f"没有登记过部门 {item.owner}。", cure)
        if (item.owner is not None or item.within is not None) and not item.clause:
            place = text.places.of((index,))
            text.note(place, "写了 owner 或 within，没有依据。", "请写 clause；没有出处的不写。")
        if item.within is None:
            return None
        given = item.within.model_dump(exclude_none=True)
        if len(given) != 1:
            what = "within 要写 hours、working_days 或 months，只写一个。"
            text.note(text.places.of((index, "within")), what, "例如 within: {months: 3}。")
        return Clock(**given)

    def known_conflict(self, text: YamlText, index: int, item: files.ConflictFile) -> bool:
        """Whether a conflict names known policies and documents; notes what is not."""
        for position, policy in enumerate(item.policies):
            self._aid_id(text, (index, "policies", position), policy)
        for position, doc in enumerate(item.docs):
            self.known_document(text, (index, "docs", position), doc)
        return True


def _meet(left: files.Valid, right: files.Valid) -> bool:
    starts = [period.start for period in (left, right) if period.start]
    untils = [period.until for period in (left, right) if period.until]
    return not starts or not untils or max(starts) <= min(untils)
