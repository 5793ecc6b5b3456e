"""From the texts of the files to the catalogue (读入政策目录): all is checked, then it exists.

`load` takes (name, text) pairs; `seed/load.py` reads the folder. All findings come at once.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pydantic import BaseModel

from matching import catalogue_files as files
from matching.catalogue_shared import SharedReader, is_shared, rows_of
from matching.catalogue_texts import Texts
from matching.errors import CatalogueError, Finding
from matching.packs import Catalogue, Conflict, Document, Exclusion, Pack, Period, Uncounted
from matching.policy_checks import refuse_replacing
from matching.rules import Names, StandardShape, nearest
from matching.standards_reader import read_standard
from matching.uses import definitions_in
from matching.vocabulary import VOCABULARY
from matching.yaml_text import YamlText, read_yaml

__all__ = ["LIST_SHAPES", "load"]

_DOCUMENTS = ("documents.yaml", "local_documents.yaml")
LIST_SHAPES: Mapping[str, type[BaseModel]] = {
    "documents.yaml": files.DocumentFile,
    "local_documents.yaml": files.DocumentFile,
    "exclusions.yaml": files.ExclusionFile,
    "relations.yaml": files.RelationFile,
    "alerts.yaml": files.AlertFile,
    "conflicts.yaml": files.ConflictFile,
    "uncounted_income.yaml": files.UncountedFile,
    "timeline.yaml": files.TimelineFile,
}


@dataclass(slots=True)
class _Folder:
    """The files of one pack as read."""

    pack: files.PackFile
    header: YamlText
    lists: dict[str, list[tuple[YamlText, int, BaseModel]]] = field(default_factory=dict)
    definitions: list[tuple[YamlText, str, files.DefinitionFile]] = field(default_factory=list)
    standards: list[tuple[YamlText, files.StandardFile]] = field(default_factory=list)
    policies: list[tuple[YamlText, files.PolicyFile]] = field(default_factory=list)
    ends: list[tuple[YamlText, files.EndFile]] = field(default_factory=list)


def load(pairs: Iterable[tuple[str, str]]) -> Catalogue:
    """Read a whole catalogue.

    Args:
        pairs: (name relative to the catalogue's root, text), in any order.

    Raises:
        CatalogueError: at least one finding; all of them, in order of place.
    """
    ordered = sorted(pairs)
    texts = [read_yaml(name, text) for name, text in ordered if name.endswith(".yaml")]
    loader = _Loader(texts)
    catalogue = loader.catalogue()
    findings = sorted({finding for text in texts for finding in text.findings})
    if findings or catalogue is None:
        found = findings or [
            Finding("catalogue", 0, 0, "目录里没有任何地区包。", "每个地区要有 pack.yaml。")
        ]
        raise CatalogueError(f"政策目录有 {len(found)} 处错误，没有载入。", findings=found)
    digest = hashlib.sha256()
    for name, text in ordered:
        digest.update(f"{name}\0{text}\0".encode())
    return replace(catalogue, version=digest.hexdigest()[:12])


class _Loader:
    def __init__(self, texts: Sequence[YamlText]):
        self.texts = texts
        self.folders: dict[str, _Folder] = {}
        self.documents: dict[str, Document] = {}
        self.aid: dict[str, str] = {}  # id -> form
        self.unreadable: set[str] = set()  # what has a finding of its own; rules may name it

    def catalogue(self) -> Catalogue | None:
        self._read_folders()
        if not self.folders:
            return None
        root = SharedReader(self.texts)
        other = root.other_aid()
        self.aid = {item.id: item.form for item in other.values()}
        for folder in self.folders.values():
            self.aid.update({policy.id: policy.form for _, policy in folder.policies})
        bodies, needs = root.named("departments.yaml"), root.named("needs.yaml")
        shared = Texts(self.documents, bodies, needs, self.aid)
        self.unreadable |= root.named("other_aid.yaml") - set(other)
        at_root = replace(shared, aid={**self.aid, **dict.fromkeys(self.unreadable, "")})
        packs: dict[str, Pack] = {}
        for pack_id in sorted(self.folders, key=lambda name: (name.count("/"), name)):
            packs[pack_id] = self._pack(pack_id, packs, shared)
        circles = root.classifications(at_root)
        return Catalogue(
            "", packs, self.documents, root.departments(shared), root.needs(shared), other,
            service_classes=root.service_classes(at_root),
            crosswalks=root.crosswalks(shared),
            classifications=circles,
            schemes=root.schemes(at_root, self.folders),
            visits=root.visit_plan(at_root, circles),
        )  # fmt: skip

    # Files

    def _read_folders(self) -> None:
        for text in self.texts:
            if text.name.endswith("/pack.yaml"):
                pack_id = text.name.removesuffix("/pack.yaml")
                unread = text.data is None and text.findings
                header = None if unread else files.validate(files.PackFile, text)
                if header is not None and header.id != pack_id:
                    text.note(
                        text.places.of(("id",)),
                        f"id 是 {header.id}，文件夹是 {pack_id}。",
                        "两者要一致。",
                    )
                header = header or files.PackFile(id=pack_id, label=pack_id)
                self.folders[pack_id] = _Folder(header, text)  # so that its files are read, too
        for text in self.texts:
            if not is_shared(text.name) and not text.name.endswith("/pack.yaml"):
                self._read_file(text)
        for folder in self.folders.values():
            self._read_documents(folder)
        self._excuse_documents()

    def _read_file(self, text: YamlText) -> None:
        parts = text.name.split("/")
        in_kind = len(parts) > 1 and parts[-2] in ("policies", "standards")
        folder = self.folders.get("/".join(parts[: -2 if in_kind else -1]))
        if folder is None:
            text.note((1, 1), "这个文件不属于任何地区包。", "它上面的文件夹要有 pack.yaml。")
        elif text.data is None:
            self.unreadable.add(parts[-1].removesuffix(".yaml"))
            if parts[-1] == "definitions.yaml":
                self.unreadable |= {name for name, spec in VOCABULARY.items() if spec.derived}
            if not text.findings:
                text.note((1, 1), "文件是空的。", "请写内容，或删去文件。")
        elif in_kind:
            self._read_one(folder, text, parts[-2], parts[-1].removesuffix(".yaml"))
        elif parts[-1] == "definitions.yaml":
            self._read_definitions(folder, text)
        elif parts[-1] in LIST_SHAPES:
            found = rows_of(text, LIST_SHAPES[parts[-1]])
            folder.lists[parts[-1]] = [(text, index, item) for index, item in found]
        else:
            text.note(
                (1, 1),
                "目录里没有这种文件。",
                nearest(parts[-1], [*LIST_SHAPES, "definitions.yaml", "pack.yaml"]),
            )

    def _read_one(self, folder: _Folder, text: YamlText, kind: str, stem: str) -> None:
        read: BaseModel | None
        if kind == "standards":
            read = files.validate(files.StandardFile, text)
            if isinstance(read, files.StandardFile):
                folder.standards.append((text, read))
        elif isinstance(text.data, dict) and "ends" in text.data:
            read = files.validate(files.EndFile, text)
            if isinstance(read, files.EndFile):
                folder.ends.append((text, read))
        else:
            read = files.validate(files.PolicyFile, text)
            if isinstance(read, files.PolicyFile):
                folder.policies.append((text, read))
        if read is None:
            self.unreadable.add(stem)
        elif getattr(read, "id", stem) != stem:
            self._tell_renamed(text, str(getattr(read, "id", "")), stem)

    def _tell_renamed(self, text: YamlText, written: str, stem: str) -> None:
        """An id that is not the file's name, and who uses either."""
        users = {name: tuple(self._users(name, text)) for name in (stem, written)}
        told = [f"{name} 用在 {'、'.join(at)}" for name, at in users.items() if at]
        text.note(
            text.places.of(("id",)),
            f"id 与文件名不同，文件名是 {stem}。" + (f"{'；'.join(told)}。" if told else ""),
            "两者要一致，改名要连同引用一起改。",
        )

    def _users(self, name: str, besides: YamlText) -> Iterator[str]:
        """Where a name stands in other files: the first place in each."""
        word = re.compile(rf"(?<![\w.]){re.escape(name)}(?!\w)")
        for other in self.texts:
            rows = enumerate(other.places.lines, start=1)
            found = next((row for row, line in rows if word.search(line)), None)
            if found is not None and other is not besides:
                yield f"{other.name}:{found}"

    def _read_definitions(self, folder: _Folder, text: YamlText) -> None:
        if not isinstance(text.data, dict):
            text.note((1, 1), "这里应当是一组定义。")
            return
        for name in text.data:
            read = files.validate(files.DefinitionFile, text, (name,))
            if read is None:
                self.unreadable.add(name)
            else:
                folder.definitions.append((text, name, read))

    def _read_documents(self, folder: _Folder) -> None:
        listed = [row for name in _DOCUMENTS for row in folder.lists.get(name, [])]
        for text, index, item in listed:
            if not isinstance(item, files.DocumentFile):
                continue
            if item.id in self.documents:
                text.note(
                    text.places.of((index, "id")),
                    f"文件 {item.id} 已经登记过。",
                    "同一文件只登记一次。",
                )
            self.documents[item.id] = Document(
                item.id, item.title, Period(item.start, item.until), item.url
            )

    def _excuse_documents(self) -> None:
        """A document with a finding of its own is known: no second finding for who cites it."""
        for text in self.texts:
            if text.name.rpartition("/")[2] in _DOCUMENTS and isinstance(text.data, list):
                for row in text.data:
                    name = str(row.get("id")) if isinstance(row, dict) else ""
                    self.documents.setdefault(name, Document(name, name, Period()))

    # One pack

    def _pack(self, pack_id: str, done: Mapping[str, Pack], shared: Texts) -> Pack:
        folder = self.folders[pack_id]
        parent_id = pack_id.rpartition("/")[0]
        parent = done.get(parent_id)
        if parent_id and parent is None:
            folder.header.note((1, 1), f"上级 {parent_id} 没有 pack.yaml。", "请先建立上级地区包。")
        base = parent or Pack("", "", "", ())
        standards = dict(base.standards)
        for text, item in folder.standards:
            standard = read_standard(text, item, pack_id, self.documents)
            old = base.standards.get(item.id)
            if standard is not None and old is not None and old.unit != standard.unit:
                text.note(
                    text.places.of(("unit",)),
                    f"单位与上级不同，上级是 {old.unit_text}。",
                    "单位要一致。",
                )
            if standard is None:
                self.unreadable.add(item.id)
            else:
                standards[item.id] = standard
        names = self._names(base, folder, standards)
        definitions = dict(base.definitions)
        for text, name, defined in folder.definitions:
            built = shared.definition(text, name, defined, pack_id, names)
            if built is not None:
                definitions[name] = built
        pack = replace(
            base,
            id=pack_id,
            label=folder.pack.label,
            place=folder.pack.place,
            chain=(*base.chain, pack_id),
            places={**base.places, pack_id: folder.pack.place},
            standards=standards,
            definitions=definitions,
        )
        self._refuse_cycles(folder, pack)
        return self._relations(self._policies(folder, pack, shared, names), folder, shared, names)

    def _names(self, base: Pack, folder: _Folder, standards: Mapping[str, object]) -> Names:
        shapes: dict[str, StandardShape] = {}
        for name, standard in standards.items():
            cells = getattr(standard, "cells")()  # noqa: B009 - a Standard; typed loosely to keep this short
            keys = getattr(standard, "keys")  # noqa: B009
            columns = tuple(
                frozenset(cell[i] for cell in cells if len(cell) == len(keys))
                for i in range(len(keys))
            )
            shapes[name] = StandardShape(getattr(standard, "unit"), columns)  # noqa: B009
        unreadable = frozenset(self.unreadable)
        defined = frozenset(base.definitions) | {name for _, name, _ in folder.definitions}
        cash = tuple(sorted(name for name, form in self.aid.items() if form == "cash"))
        return Names(shapes, defined | unreadable, unreadable | set(self.aid), cash, unreadable)

    def _refuse_cycles(self, folder: _Folder, pack: Pack) -> None:
        places = {name: (text, text.places.of_key((name,))) for text, name, _ in folder.definitions}
        for cycle in _cycles(pack):
            ours = next((name for name in cycle if name in places), None)
            if ours is not None:  # else the parent has told it
                text, place = places[ours]
                what = f"定义互相引用成环：{' → '.join((*cycle, cycle[0]))}。"
                text.note(place, what, "请去掉其中一处引用。")

    def _policies(self, folder: _Folder, pack: Pack, shared: Texts, names: Names) -> Pack:
        policies = dict(pack.policies)
        for text, item in folder.policies:
            refuse_replacing(text, item, pack.policies)
            built = shared.policy(text, item, pack.id, names)
            if built is not None:
                policies[item.id] = built
        for text, end in folder.ends:
            old = policies.get(end.id)
            if old is None:
                text.note(
                    text.places.of(("id",)),
                    f"上级没有 {end.id}，不能停止。",
                    nearest(end.id, policies),
                )
            else:
                policies[end.id] = shared.ended(old, end)
        return replace(pack, policies=policies)

    def _relations(self, pack: Pack, folder: _Folder, shared: Texts, names: Names) -> Pack:
        rows = {name: folder.lists.get(name, []) for name in LIST_SHAPES}
        exclusions: list[Exclusion] = []
        for text, index, item in rows["exclusions.yaml"]:
            built = (
                shared.exclusion(text, index, item)
                if isinstance(item, files.ExclusionFile)
                else None
            )
            exclusions.extend([built] if built else [])
        relations = [
            relation
            for text, index, item in rows["relations.yaml"]
            if isinstance(item, files.RelationFile)
            and (relation := shared.relation(text, index, item))
        ]
        alerts = [
            alert
            for text, index, item in rows["alerts.yaml"]
            if isinstance(item, files.AlertFile)
            and (alert := shared.alert(text, index, item, pack.id, names))
        ]
        conflicts = [
            Conflict(
                item.topic,
                item.old,
                item.new,
                tuple(item.policies),
                tuple(item.docs),
                shared.period(item.valid),
            )
            for text, index, item in rows["conflicts.yaml"]
            if isinstance(item, files.ConflictFile) and shared.known_conflict(text, index, item)
        ]
        uncounted = [
            Uncounted(item.item, shared.clauses(text, (index, "clause"), item.clause), item.flag,
                      shared.period(item.valid), item.note)
            for text, index, item in rows["uncounted_income.yaml"]
            if isinstance(item, files.UncountedFile)
        ]  # fmt: skip
        timeline = [
            (Period(item.start, item.until), item.doc)
            for text, index, item in rows["timeline.yaml"]
            if isinstance(item, files.TimelineFile)
            and shared.known_document(text, (index, "doc"), item.doc)
        ]
        own = {alert.id for alert in alerts}
        return replace(
            pack,
            exclusions=(*pack.exclusions, *exclusions),
            relations=(*pack.relations, *relations),
            alerts=(*(alert for alert in pack.alerts if alert.id not in own), *alerts),
            conflicts=(*pack.conflicts, *conflicts),
            uncounted=(*pack.uncounted, *uncounted),
            timeline=(*pack.timeline, *timeline),
        )


def _cycles(pack: Pack) -> list[tuple[str, ...]]:
    """Each cycle among the definitions once, beginning with its smallest name."""
    links = {
        name: sorted(
            {used for text in definition.texts for used in definitions_in(pack, text.test)}
        )
        for name, definition in pack.definitions.items()
    }
    found: set[tuple[str, ...]] = set()
    state: dict[str, int] = {}

    def visit(name: str, trail: tuple[str, ...]) -> None:
        if state.get(name) == 2:
            return
        if name in trail:
            cycle = trail[trail.index(name) :]
            first = cycle.index(min(cycle))
            found.add(cycle[first:] + cycle[:first])
            return
        for used in links.get(name, ()):
            visit(used, (*trail, name))
        state[name] = 2

    for name in sorted(links):
        visit(name, ())
    return sorted(found)
