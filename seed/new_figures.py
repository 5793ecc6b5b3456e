"""Filled figures beside those that are there (新旧数值): what is new, the same, in conflict.

A row of a standard holds all its cells and one source. What a new row does not say is carried over
from the row before, with a note; a second source of one row stands in its note.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from matching.answer import article_in_words
from matching.errors import Finding
from matching.packs import Catalogue
from matching.parameters import Cell, Standard, StandardRow
from matching.policy_words import cell_in_words, day_in_words, figure_in_words
from matching.units import is_money
from matching.uses import full_cells
from seed.sheet_rows import Entry, finding_at
from seed.standards_text import NewRow

__all__ = ["NewFigures", "document_id"]

_FEN = 100
_OLD_NOTE = "原注："
Target = tuple[str, str]  # pack, standard
Source = tuple[str, str | None]  # document, article


class NewFigures:
    """Collects the entries of a sheet; then says which rows and documents they make."""

    def __init__(self, catalogue: Catalogue):
        self.catalogue = catalogue
        self.entered: list[Entry] = []
        self.same = 0
        self._by_title = _titles(catalogue)
        self._new_documents: dict[str, tuple[str, str, str | None]] = {}  # id -> pack, title, url

    def add(self, entries: Iterable[Entry], name: str) -> list[Finding]:
        """Take the entries in; what cannot be taken comes back as findings in the sheet `name`."""
        findings: list[Finding] = []
        seen: dict[tuple[str, str, Cell, date], int] = {}
        for entry in entries:
            key = (entry.pack, entry.id, entry.cell, entry.start)
            if key in seen:
                problem = (f"与第 {seen[key]} 行是同一格、同一天。", "请删去一行。")
                findings.append(finding_at(name, entry.line, "起始日", problem))
                continue
            seen[key] = entry.line
            findings += self._take(entry, name)
        for (target, start), found in self._by_row().items():
            half = self._half_verified(target, start, found)
            if half is not None:
                findings.append(finding_at(name, found[0].line, "数值", half))
        return findings

    def _take(self, entry: Entry, name: str) -> list[Finding]:
        standard = self._standard((entry.pack, entry.id))
        row = _row_of(standard, entry.start)
        there = row.values.get(entry.cell) if row is not None and row.computes else None
        if there is not None and row is not None:
            if there == _figure(standard, entry.figure) and self._is_cited(row, entry):
                self.same += 1
                return []
            said = figure_in_words(there, standard.unit_text)
            problem = (f"这一天已经有数值：{said}。", "同样的不用再填；要更正请改标准文件。")
            return [finding_at(name, entry.line, "数值", problem)]
        before = standard.at(entry.start, entry.cell)
        is_new_year = standard.rhythm and before.row and before.row.start.year != entry.start.year
        if before.figure == _figure(standard, entry.figure) and before.row and not is_new_year:
            since = day_in_words(before.row.start)
            problem = (f"与 {since}起的数值相同。", "没有变的不用再填，请把这一行的五格留空。")
            return [finding_at(name, entry.line, "数值", problem)]
        problem_of_url = self._register(entry)
        if problem_of_url is not None:
            return [finding_at(name, entry.line, "网址", problem_of_url)]
        self.entered.append(entry)
        return []

    def _standard(self, target: Target) -> Standard:
        return self.catalogue.packs[target[0]].standards[target[1]]

    # Documents

    def _doc(self, entry: Entry) -> str:
        return self._by_title.get(entry.title) or document_id(entry.title)

    def _register(self, entry: Entry) -> tuple[str, str] | None:
        """Note a document that is not registered yet; a second address of one is a problem."""
        doc = self._doc(entry)
        if doc in self.catalogue.documents:
            return None
        pack, title, url = self._new_documents.get(doc, (entry.pack, entry.title, entry.url))
        if url and entry.url and url != entry.url:
            return f"《{title}》在前面的行里是另一个网址。", "同一文件请写同一个网址。"
        self._new_documents[doc] = (pack, title, url or entry.url)
        return None

    def documents(self) -> dict[str, dict[str, tuple[str, str | None]]]:
        """Pack -> new document -> title and address."""
        found: dict[str, dict[str, tuple[str, str | None]]] = {}
        for doc, (pack, title, url) in sorted(self._new_documents.items()):
            found.setdefault(pack, {})[doc] = (title, url)
        return found

    def _cited(self, entry: Entry) -> str:
        return f"《{entry.title}》{article_in_words(entry.article)}"

    def _is_cited(self, row: StandardRow, entry: Entry) -> bool:
        """Whether the row names the source, as its own or in its note."""
        own = (row.doc, row.article) == (self._doc(entry), entry.article)
        return own or self._cited(entry) in (row.note or "")

    # Rows

    def _by_row(self) -> dict[tuple[Target, date], list[Entry]]:
        found: dict[tuple[Target, date], list[Entry]] = {}
        for entry in sorted(self.entered, key=lambda one: (one.pack, one.id, one.start, one.cell)):
            found.setdefault(((entry.pack, entry.id), entry.start), []).append(entry)
        return found

    def rows(self) -> dict[Target, list[NewRow]]:
        """The rows to write, by standard."""
        found: dict[Target, list[NewRow]] = {}
        grown: dict[Target, Standard] = {}  # with the rows before it, so that these are carried on
        for (target, start), entries in self._by_row().items():
            standard = grown.get(target, self._standard(target))
            row = self._row(target, standard, start, entries)
            grown[target] = _with(standard, row)
            found.setdefault(target, []).append(row)
        return found

    def _half_verified(
        self, target: Target, start: date, entries: Sequence[Entry]
    ) -> tuple[str, str] | None:
        """A row is verified as a whole: its other figures must be filled in, too."""
        standard = self._standard(target)
        row = _row_of(standard, start)
        if row is None or row.computes:
            return None
        filled = {entry.cell for entry in entries}
        left = [cell for cell, figure in row.values.items() if figure is not None]
        open_ = [cell for cell in left if cell not in filled]
        if not open_:
            return None
        pack = self.catalogue.packs[target[0]]
        named = "、".join(cell_in_words(pack, standard, cell) for cell in open_)
        return f"同一天的 {named} 也没有核实。", "请把这几格一起填上。"

    def _row(
        self, target: Target, standard: Standard, start: date, entries: Sequence[Entry]
    ) -> NewRow:
        old = _row_of(standard, start)
        covering = standard.row_on(start)
        filled = {entry.cell: entry.figure for entry in entries}
        kept = _kept(standard, start, old, filled) if standard.keys else {}
        notes = list(_notes(standard, old, covering, kept))
        source = self._source(target, old, kept, entries, notes)
        notes += [
            f"网址：{entry.url}"
            for entry in entries
            if entry.url and self._address(self._doc(entry)) != entry.url
        ]
        return NewRow(
            start=start,
            figures={**kept, **filled},
            doc=source[0],
            article=source[1],
            until=covering.until if covering else None,
            note="；".join(dict.fromkeys(notes)) or None,
        )

    def _address(self, doc: str) -> str | None:
        known = self.catalogue.documents.get(doc)
        return known.url if known else self._new_documents[doc][2]

    def _source(
        self,
        target: Target,
        old: StandardRow | None,
        kept: Mapping[Cell, Decimal | None],
        entries: Sequence[Entry],
        notes: list[str],
    ) -> Source:
        """The one source that the row carries; the sources of other cells go to the notes."""
        pack, standard = self.catalogue.packs[target[0]], self._standard(target)
        has_own = old is not None and old.doc and any(f is not None for f in kept.values())
        main = (
            (old.doc, old.article)
            if has_own and old is not None and old.doc
            else (self._doc(entries[0]), entries[0].article)
        )
        for entry in entries:
            if (self._doc(entry), entry.article) != main:
                cell = cell_in_words(pack, standard, entry.cell)
                notes.append(f"{cell}：{self._cited(entry)}")
        return main


def document_id(title: str) -> str:
    """The id under which an installation registers a document: the same title, the same id."""
    return f"LOCAL{hashlib.sha256(title.encode()).hexdigest()[:10].upper()}"


def _titles(catalogue: Catalogue) -> dict[str, str]:
    """Title -> document, where only one bears it."""
    found: dict[str, list[str]] = {}
    for document in catalogue.documents.values():
        found.setdefault(document.title.strip("《》 "), []).append(document.id)
    return {title: ids[0] for title, ids in found.items() if len(ids) == 1}


def _row_of(standard: Standard, start: date) -> StandardRow | None:
    return next((row for row in standard.rows if row.start == start), None)


def _with(standard: Standard, new: NewRow) -> Standard:
    """The standard with a row that gives way to none but its own day."""
    values = {
        cell: None if figure is None else _figure(standard, figure)
        for cell, figure in new.figures.items()
    }
    row = StandardRow(new.start, new.until, values, new.doc, new.article, "search", note=new.note)
    others = [old for old in standard.rows if old.start != new.start]
    return replace(standard, rows=tuple(sorted([*others, row], key=lambda one: one.start)))


def _figure(standard: Standard, figure: Decimal) -> Fraction:
    """A figure as the catalogue holds it: money in fen."""
    return Fraction(figure) * (_FEN if is_money(standard.unit) else 1)


def _written(standard: Standard, figure: int | Fraction | None) -> Decimal | None:
    """A figure as a file has it: money in yuan."""
    if figure is None:
        return None
    exact = Fraction(figure, _FEN) if is_money(standard.unit) else Fraction(figure)
    return Decimal(exact.numerator) / Decimal(exact.denominator)


def _kept(
    standard: Standard, start: date, old: StandardRow | None, filled: Mapping[Cell, Decimal]
) -> dict[Cell, Decimal | None]:
    """What the cells that nobody filled say in the new row.

    In a row that is there already they stay. In a new one what still holds goes on, except where
    every year has its own figures.
    """
    kept: dict[Cell, Decimal | None] = {}
    for cell in full_cells(standard):
        if cell not in filled:
            held = standard.at(start, cell).figure if not standard.rhythm else None
            figure = old.values.get(cell) if old is not None else held
            kept[cell] = _written(standard, figure)
    return kept


def _notes(
    standard: Standard,
    old: StandardRow | None,
    covering: StandardRow | None,
    kept: Mapping[Cell, Decimal | None],
) -> Iterable[str]:
    """What was said of the row so far, and where carried figures come from."""
    if old is not None:
        has_figure = any(figure is not None for figure in kept.values())
        if old.note:
            is_said = has_figure or old.note.startswith(_OLD_NOTE)
            yield old.note if is_said else f"{_OLD_NOTE}{old.note}"
        if not old.computes:
            shown = {figure_in_words(f, standard.unit_text) for f in old.values.values() if f}
            yield from (f"原录 {figure}，未核实" for figure in sorted(shown))
    elif covering is not None and any(figure is not None for figure in kept.values()):
        yield f"其余各格沿用 {covering.start.isoformat()} 起的数"
