"""The files at the catalogue's root (各地共用的文件): bodies, needs, classes, schemes, crosswalks.

`SharedReader` checks them as closed models and builds the values of `matching/taxonomy.py`; what
they name must exist, and nothing stands twice.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, Field

from matching import catalogue_files as files
from matching.catalogue_texts import Texts
from matching.rules import Names, Scope, nearest, read_rule
from matching.taxonomy import (
    Classification,
    ClassificationItem,
    Crosswalk,
    Department,
    GroupTest,
    NeedType,
    OtherAid,
    Scheme,
    SchemeItem,
    ServiceClass,
    Term,
    VisitPlan,
    VisitRhythm,
)
from matching.tree import Kind, Type
from matching.yaml_text import YamlText

__all__ = ["SHARED_SHAPES", "SharedReader", "is_shared", "rows_of"]

_FOLDER = "crosswalks/"
_FILES = frozenset(
    {"departments.yaml", "needs.yaml", "other_aid.yaml", "service_classes.yaml",
     "circles.yaml", "schemes.yaml", "visit_rhythm.yaml"}
)  # fmt: skip
_FACTS_ONLY = "这里的条件各地通用，只能用词汇表里的事实，不能用标准和定义。"
Path = tuple[str | int, ...]
Shape = TypeVar("Shape", bound=BaseModel)
Row = TypeVar("Row", bound="_RowFile")


def is_shared(name: str) -> bool:
    """Whether a file belongs to no pack but to all."""
    return name in _FILES or name.startswith(_FOLDER)


class _RowFile(files.FileModel):
    id: files.Text
    label: files.Text


class _DepartmentFile(_RowFile):
    kind: Literal[
        "gov", "judicial", "party", "mass_org", "street", "public_institution", "coordination",
        "charity", "religious", "social_org",
    ]  # fmt: skip
    duty: files.Text | None = None
    clause: list[files.ClauseFile] = Field(default_factory=list)
    flag: files.Flag = "search"
    note: str | None = None


class _NeedFile(_RowFile):
    parent: files.Text | None = None
    service_class: files.ServiceClass | None = None
    synonyms: list[files.Text] = Field(default_factory=list)
    lead: files.Text | None = None
    urgency: Literal["normal", "high", "emergency"] = "normal"


class _OtherAidFile(_RowFile):
    form: str = "cash"
    note: str | None = None


class _NationalFile(files.FileModel):
    classes: Annotated[list[Literal["照护服务", "生活服务", "关爱服务"]], Field(min_length=1)]
    flag: files.Flag
    clause: list[files.ClauseFile] = Field(min_length=1)


class _ServiceClassFile(_RowFile):
    id: files.ServiceClass
    holds: list[files.Text] = Field(min_length=1)
    targets: list[files.Text] = Field(min_length=1)
    national: _NationalFile
    clause: list[files.ClauseFile] = Field(min_length=1)
    flag: files.Flag


class _TermFile(files.FileModel):
    id: files.Text
    title: files.Text | None = None


class _CrosswalkFile(files.FileModel):
    id: files.Text
    title: files.Text
    licence: files.Text
    attribution: files.Text
    url: files.Text | None = None
    codes_only: bool = False
    needs: dict[str, Annotated[list[_TermFile], Field(min_length=1)]]


class _GroupTestFile(files.FileModel):
    says: files.Text
    test: files.Text
    clause: list[files.ClauseFile] = Field(min_length=1)
    flag: files.Flag


class _GroupFile(_RowFile):
    meaning: files.Text | None = None
    who: list[files.Text] = Field(default_factory=list)
    holding: list[files.Text] = Field(default_factory=list)
    lately: list[files.Text] = Field(default_factory=list)
    refused: list[files.Text] = Field(default_factory=list)
    months: int | None = Field(default=None, gt=0, le=120)
    helped_by: list[files.Text] = Field(default_factory=list)
    sources: list[files.Text] = Field(default_factory=list)
    tests: list[_GroupTestFile] = Field(default_factory=list)


class _ClassificationFile(_RowFile):
    size: int = Field(gt=0, le=100)
    items: list[_GroupFile] = Field(default_factory=list)
    departments: list[files.Text] = Field(default_factory=list)
    note: files.Text | None = None
    clause: list[files.ClauseFile] = Field(min_length=1)
    flag: files.Flag


class _SchemeItemFile(_RowFile):
    policies: list[files.Text] = Field(default_factory=list)
    note: files.Text | None = None
    flag: files.Flag = "search"


class _SchemeFile(_RowFile):
    pack: files.Text
    items: list[_SchemeItemFile] = Field(min_length=1)
    note: files.Text | None = None
    clause: list[files.ClauseFile] = Field(min_length=1)


class _RhythmFile(_RowFile):
    days: int | None = Field(default=None, gt=0, le=366)
    months: int | None = Field(default=None, gt=0, le=24)
    circles: list[files.Text] = Field(default_factory=list)
    severity: int | None = Field(default=None, gt=0, le=4)
    tests: list[_GroupTestFile] = Field(default_factory=list)
    clause: list[files.ClauseFile] = Field(min_length=1)
    flag: files.Flag
    who_flag: files.Flag | None = None
    note: files.Text | None = None


class _VisitPlanFile(files.FileModel):
    rhythms: list[_RhythmFile] = Field(min_length=1)
    closer: list[_GroupTestFile] = Field(default_factory=list)
    seen_by: list[files.Text] = Field(min_length=1)
    declined_by: list[files.Text] = Field(default_factory=list)
    clause: list[files.ClauseFile] = Field(min_length=1)
    flag: files.Flag
    note: files.Text | None = None


SHARED_SHAPES: Mapping[str, type[files.FileModel]] = {  # what a row of each file looks like
    "departments.yaml": _DepartmentFile,
    "needs.yaml": _NeedFile,
    "other_aid.yaml": _OtherAidFile,
    "service_classes.yaml": _ServiceClassFile,
    "circles.yaml": _ClassificationFile,
    "schemes.yaml": _SchemeFile,
    "visit_rhythm.yaml": _VisitPlanFile,
    _FOLDER: _CrosswalkFile,
}


def rows_of(text: YamlText, shape: type[Shape]) -> list[tuple[int, Shape]]:
    """The rows of a file that is a list; each with its number."""
    if not isinstance(text.data, list):
        if not text.findings:
            text.note((1, 1), "这里应当是列表（每行以 - 开头）。")
        return []
    read = ((index, files.validate(shape, text, (index,))) for index in range(len(text.data)))
    return [(index, item) for index, item in read if item is not None]


@dataclass(frozen=True, slots=True)
class SharedReader:
    """Reads the files at the root, each when what it names is known."""

    texts: Sequence[YamlText]

    def named(self, name: str) -> frozenset[str]:
        """The ids in a file, also of rows that have a finding of their own."""
        return frozenset(
            str(row["id"])
            for text in self.texts
            if text.name == name and isinstance(text.data, list)
            for row in text.data
            if isinstance(row, dict) and "id" in row
        )

    def other_aid(self) -> dict[str, OtherAid]:
        """Aid that the ledger may name and no policy file describes."""
        rows = self._rows("other_aid.yaml", _OtherAidFile)
        return {item.id: OtherAid(item.id, item.label, item.form) for _, _, item in rows}

    def departments(self, shared: Texts) -> dict[str, Department]:
        """Bodies, with what each does and where that is said."""
        return {
            item.id: Department(
                item.id, item.label, item.kind, item.duty,
                shared.clauses(text, (index, "clause"), item.clause), item.flag,
            )
            for text, index, item in self._rows("departments.yaml", _DepartmentFile)
        }  # fmt: skip

    def needs(self, shared: Texts) -> dict[str, NeedType]:
        """The tree of needs: groups and what is in them."""
        rows = list(self._rows("needs.yaml", _NeedFile))
        below = {item.id for _, _, item in rows if item.parent is not None}
        groups = set(shared.needs) - below
        for text, index, item in rows:
            _known(text, (index, "parent"), item.parent, groups, "需求大类")
            _known(text, (index, "lead"), item.lead, shared.departments, "部门")
            _once(text, (index, "synonyms"), item.synonyms)
        return {
            item.id: NeedType(
                item.id, item.label, item.parent, item.service_class, tuple(item.synonyms),
                item.lead, item.urgency,
            )
            for _, _, item in rows
        }  # fmt: skip

    def service_classes(self, shared: Texts) -> dict[str, ServiceClass]:
        """The four classes of services."""
        found = {}
        for text, index, item in self._rows("service_classes.yaml", _ServiceClassFile):
            shared.clauses(text, (index, "national", "clause"), item.national.clause)
            clauses = shared.clauses(text, (index, "clause"), item.clause)
            found[item.id] = ServiceClass(
                item.id, item.label, tuple(item.holds), tuple(item.targets),
                tuple(item.national.classes), item.national.flag, clauses, item.flag,
            )  # fmt: skip
        return {str(name): item for name, item in found.items()}

    def crosswalks(self, shared: Texts) -> dict[str, Crosswalk]:
        """One file a taxonomy: its terms for our needs."""
        found = {}
        for text in self.texts:
            if text.name.startswith(_FOLDER) and not _is_empty(text):
                item = files.validate(_CrosswalkFile, text)
                if item is not None:
                    self._check_crosswalk(text, item, shared.needs)
                    found[item.id] = Crosswalk(
                        item.id, item.title, item.licence, item.attribution, item.url,
                        {need: tuple(Term(term.id, term.title) for term in terms)
                         for need, terms in item.needs.items()},
                    )  # fmt: skip
        return found

    @staticmethod
    def _check_crosswalk(text: YamlText, item: _CrosswalkFile, needs: Collection[str]) -> None:
        stem = text.name.removeprefix(_FOLDER).removesuffix(".yaml")
        if item.id != stem:
            what = f"id 与文件名不同，文件名是 {stem}。"
            text.note(text.places.of(("id",)), what, "两者要一致。")
        for need, terms in item.needs.items():
            _known(text, ("needs", need), need, needs, "需求类型", key=True)
            _once(text, ("needs", need), [term.id for term in terms])
            for index, term in enumerate(terms):
                if item.codes_only and term.title is not None:
                    place = text.places.of(("needs", need, index, "title"))
                    text.note(place, "这张对照表只许有代码，不许有文字。", "请删去 title。")

    def classifications(self, shared: Texts) -> dict[str, Classification]:
        """Ways of sorting families that a source names."""
        found = {}
        for text, index, item in self._rows("circles.yaml", _ClassificationFile):
            _once(text, (index, "items"), [group.id for group in item.items], ("id",))
            if item.items and len(item.items) != item.size:
                what = f"写了 {len(item.items)} 类，size 是 {item.size}。"
                text.note(text.places.of((index, "size")), what, "两者要一致；名称没有出处的不写。")
            for at, name in enumerate(item.departments):
                _known(text, (index, "departments", at), name, shared.departments, "部门")
            found[item.id] = Classification(
                item.id, item.label, item.size,
                tuple(_group(text, (index, "items", at), group, shared)
                      for at, group in enumerate(item.items)),
                tuple(item.departments), item.note,
                shared.clauses(text, (index, "clause"), item.clause), item.flag,
            )  # fmt: skip
        return found

    def visit_plan(self, shared: Texts, circles: Mapping[str, Classification]) -> VisitPlan | None:
        """How often families are visited; None where no file says so."""
        text = next((one for one in self.texts if one.name == "visit_rhythm.yaml"), None)
        if text is None or _is_empty(text):
            return None
        item = files.validate(_VisitPlanFile, text)
        if item is None:
            return None
        groups = [group.id for one in circles.values() for group in one.items]
        _once(text, ("rhythms",), [row.id for row in item.rhythms], ("id",))
        for at, name in enumerate(item.declined_by):
            _known(text, ("declined_by", at), name, shared.aid, "政策、项目或其他救助")
        return VisitPlan(
            tuple(_rhythm(text, ("rhythms", at), row, shared, groups)
                  for at, row in enumerate(item.rhythms)),
            _tests(text, ("closer",), item.closer, shared),
            tuple(item.seen_by), tuple(item.declined_by),
            shared.clauses(text, ("clause",), item.clause), item.flag, item.note,
        )  # fmt: skip

    def schemes(self, shared: Texts, packs: Iterable[str]) -> dict[str, Scheme]:
        """Top-level orders of all aid."""
        found = {}
        known = set(packs)
        for text, index, item in self._rows("schemes.yaml", _SchemeFile):
            _known(text, (index, "pack"), item.pack, known, "地区包")
            _once(text, (index, "items"), [part.id for part in item.items], ("id",))
            _aid_of_parts(text, index, item, shared.aid)
            found[item.id] = Scheme(
                item.id, item.label, item.pack,
                tuple(SchemeItem(part.id, part.label, tuple(part.policies), part.note, part.flag)
                      for part in item.items),
                item.note, shared.clauses(text, (index, "clause"), item.clause),
            )  # fmt: skip
        return found

    def _rows(self, name: str, shape: type[Row]) -> Iterator[tuple[YamlText, int, Row]]:
        """The rows of one file; an id that stands twice is noted."""
        for text in self.texts:
            if text.name == name and not _is_empty(text):
                rows = rows_of(text, shape)
                seen: set[str] = set()
                for index, item in rows:
                    if item.id in seen:
                        _twice(text, (index, "id"), item.id)
                    seen.add(item.id)
                    yield text, index, item


def _is_empty(text: YamlText) -> bool:
    if text.data is None and not text.findings:
        text.note((1, 1), "文件是空的。", "请写内容，或删去文件。")
    return text.data is None


def _group(text: YamlText, path: Path, item: _GroupFile, shared: Texts) -> ClassificationItem:
    for key, ids in (
        ("holding", item.holding), ("lately", item.lately), ("refused", item.refused),
    ):  # fmt: skip
        _once(text, (*path, key), ids)
        for at, aid in enumerate(ids):
            _known(text, (*path, key, at), aid, shared.aid, "政策、项目或其他救助")
    if (item.lately or item.refused) and item.months is None:
        text.note(text.places.of(path), "没有写是最近几个月。", "请写 months。")
    for at, name in enumerate(item.helped_by):
        _known(text, (*path, "helped_by", at), name, shared.departments, "部门")
    return ClassificationItem(
        item.id, item.label, item.meaning, tuple(item.who), tuple(item.holding),
        tuple(item.lately), tuple(item.refused), item.months, tuple(item.helped_by),
        tuple(item.sources), _tests(text, (*path, "tests"), item.tests, shared),
    )  # fmt: skip


def _rhythm(
    text: YamlText, path: Path, item: _RhythmFile, shared: Texts, groups: Sequence[str]
) -> VisitRhythm:
    if (item.days is None) == (item.months is None):
        text.note(text.places.of(path), "周期要写 days 或 months，只写一个。", "例如 months: 3。")
    for at, name in enumerate(item.circles):
        _known(text, (*path, "circles", at), name, groups, "圈层")
    named = bool(item.circles or item.tests or item.severity)
    if named != (item.who_flag is not None):
        what = "写了给谁，没有写 who_flag。" if named else "写了 who_flag，没有写给谁。"
        cure = "给谁写 circles、severity 或 tests；who_flag 说这样分有没有出处。"
        text.note(text.places.of(path), what, cure)
    return VisitRhythm(
        item.id, item.label, item.days, item.months, tuple(item.circles), item.severity,
        _tests(text, (*path, "tests"), item.tests, shared),
        shared.clauses(text, (*path, "clause"), item.clause), item.flag, item.who_flag, item.note,
    )  # fmt: skip


def _tests(
    text: YamlText, path: Path, items: Sequence[_GroupTestFile], shared: Texts
) -> tuple[GroupTest, ...]:
    """Conditions about a household; they hold in every pack, so they name no figure."""
    names = Names(aid=frozenset(shared.aid))
    found = []
    for at, item in enumerate(items):
        node, problems = read_rule(item.test, names, Scope.of(), Type(Kind.BOOL))
        for problem in problems:
            place = text.places.inside((*path, at, "test"), problem.line, problem.column)
            text.note(place, problem.what, problem.cure or _FACTS_ONLY)
        clauses = shared.clauses(text, (*path, at, "clause"), item.clause)
        if node is not None:
            found.append(GroupTest(item.says, node, clauses, item.flag))
    return tuple(found)


def _aid_of_parts(text: YamlText, index: int, item: _SchemeFile, aid: Mapping[str, str]) -> None:
    """Each aid is known and belongs to one part of a scheme at most."""
    belongs: dict[str, str] = {}
    for part_at, part in enumerate(item.items):
        for at, policy in enumerate(part.policies):
            path = (index, "items", part_at, "policies", at)
            _known(text, path, policy, aid, "政策、项目或其他救助")
            if policy in belongs:
                what = f"{policy} 已经归在“{belongs[policy]}”。"
                text.note(text.places.of(path), what, "同一体系里一项政策只归一处。")
            belongs.setdefault(policy, part.label)


def _known(
    text: YamlText, path: Path, name: str | None, known: Iterable[str], what: str, *,
    key: bool = False,
) -> None:  # fmt: skip
    names = set(known)
    if name is not None and name not in names:
        of: Callable[[Path], tuple[int, int]] = text.places.of_key if key else text.places.of
        cure = nearest(name, names) or f"请核对写法；没有登记过的{what}要先登记。"
        text.note(of(path), f"没有叫 {name} 的{what}。", cure)


def _once(text: YamlText, path: Path, ids: Sequence[str], inner: Path = ()) -> None:
    for at, name in enumerate(ids):
        if name in ids[:at]:
            _twice(text, (*path, at, *inner), name)


def _twice(text: YamlText, path: Path, name: str) -> None:
    text.note(text.places.of(path), f"{name} 写了两次。", "请删去一处。")
