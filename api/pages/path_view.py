"""The evidence of one item (证据路径): from the family by record, fact and condition to the clause.

As a picture and as a list with the same content. The graph finds and places, this file says it in
words with masked names, the template draws.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from api.pages.law import law_words
from api.pages.names import HOUSEHOLD, Labels, Names
from api.services.advisor import FamilyAnswer, ItemEvidence
from api.words import day_words, short_day, source_words
from matching.model.answer import Clause, Item
from matching.model.records import Case

__all__ = ["PathPage", "path_link", "path_page"]

COLUMN, ROW = 189, 84
BOX_WIDTH, BOX_HEIGHT = 164, 68
MARGIN = 8
LETTERS, MOST_LINES = 11, 3


@dataclass(frozen=True, slots=True)
class Box:
    """One node of the picture; `tone` is its kind."""

    x: int
    y: int
    tone: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A line from the right side of one box to the left side of another."""

    x1: int
    y1: int
    x2: int
    y2: int


@dataclass(frozen=True, slots=True)
class Picture:
    """Boxes and links with the size of the whole."""

    width: int
    height: int
    box_width: int
    box_height: int
    boxes: tuple[Box, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class PathPage:
    """The evidence of one item for one subject."""

    id: str
    title: str
    label: str
    whom: str
    on: str
    day: str
    anchor: str
    picture: Picture | None
    paths: tuple[str, ...]


def path_link(household: str, item: Item, on: str) -> str:
    """Where the evidence of an item is shown."""
    query = {"item": item.id, "subject": item.subject, "on": on}
    if item.event:
        query["event"] = item.event
    return f"/families/{household}/path?{urlencode(query)}"


def path_page(
    found: FamilyAnswer, evidence: ItemEvidence, names: Names, labels: Labels, title: str
) -> PathPage:
    """The picture and the list of one item."""
    item = evidence.item
    texts = _Texts(found.case, item, names, labels)
    words = {node: texts.of(node) for node in evidence.places}
    event = f"-{item.event}" if item.event else ""
    return PathPage(
        id=found.family.id,
        title=title,
        label=item.label,
        whom=names.full(item.subject),
        on=found.answer.on.isoformat(),
        day=day_words(found.answer.on),
        anchor=f"{item.id}-{item.subject}{event}",
        picture=_picture(evidence, words) if evidence.paths else None,
        paths=tuple(dict.fromkeys(" → ".join(words[n] for n in path) for path in evidence.paths)),
    )


def _picture(evidence: ItemEvidence, words: Mapping[str, str]) -> Picture:
    columns = sorted({x for x, _ in evidence.places.values()})
    rows = sorted({y for _, y in evidence.places.values()})
    at = {
        node: (MARGIN + columns.index(x) * COLUMN, MARGIN + rows.index(y) * ROW)
        for node, (x, y) in evidence.places.items()
    }
    boxes = [Box(*at[node], node.partition(":")[0], _lines(words[node])) for node in sorted(at)]
    links = [_link(at[start], at[end]) for start, end in evidence.links]
    width = MARGIN * 2 + (len(columns) - 1) * COLUMN + BOX_WIDTH
    height = MARGIN * 2 + (len(rows) - 1) * ROW + BOX_HEIGHT
    return Picture(width, height, BOX_WIDTH, BOX_HEIGHT, tuple(boxes), tuple(links))


def _link(start: tuple[int, int], end: tuple[int, int]) -> Link:
    left, right = sorted((start, end))
    half = BOX_HEIGHT // 2
    return Link(left[0] + BOX_WIDTH, left[1] + half, right[0], right[1] + half)


def _lines(text: str) -> tuple[str, ...]:
    lines = [text[i : i + LETTERS] for i in range(0, len(text), LETTERS)]
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], lines[MOST_LINES - 1][:-1] + "…"]
    return tuple(lines)


class _Texts:
    """What each node is called: names masked, sources and facts in words."""

    def __init__(self, case: Case, item: Item, names: Names, labels: Labels) -> None:
        self._names = names
        self._labels = labels
        self._records = {record.id: record for record in case.records}
        self._needs = {need.id: need for need in case.needs}
        self._facts = {
            f"{fact.subject}/{fact.name}": fact for row in item.conditions for fact in row.facts
        }
        self._says = {row.id: row.says for row in item.conditions}
        self._clauses = {
            f"{clause.doc}/{clause.article or ''}": clause
            for row in item.conditions
            for clause in row.clause
        }
        self._label = item.label

    def of(self, node: str) -> str:
        """The words of one node."""
        kind, _, key = node.partition(":")
        writers: Mapping[str, Callable[[str], str]] = {
            "record": self._record,
            "fact": self._fact,
            "condition": self._condition,
            "clause": self._clause,
            "need": self._need,
        }
        if kind == "item":
            return self._label
        return writers[kind](key) if kind in writers else self._names.of(key)

    def _condition(self, key: str) -> str:
        return self._says.get(key.rpartition("/")[2], "")

    def _record(self, key: str) -> str:
        record = self._records[key]
        return f"{source_words(record.source)} · {short_day(record.as_of, self._labels.on)}"

    def _fact(self, key: str) -> str:
        fact = self._facts[key]
        shown = "未知" if fact.value is None else self._labels.value(fact.name, fact.shown)
        owner = "" if fact.subject in ("", HOUSEHOLD) else f"{self._names.of(fact.subject)} "
        return f"{owner}{fact.label}：{shown}"

    def _clause(self, key: str) -> str:
        clause: Clause | None = self._clauses.get(key)
        return law_words([clause]) if clause is not None else key

    def _need(self, key: str) -> str:
        return f"需求：{self._labels.need(self._needs[key].type)}"
