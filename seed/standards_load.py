"""A filled sheet into the files of an installation (装入数值): all of it, or nothing.

`plan_load` checks every cell against the catalogue and says which files would change; `write_plan`
writes them. A figure that is there already is never overwritten.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from matching.catalogue import load
from matching.errors import InputError
from matching.packs import Catalogue
from matching.policy_words import day_in_words
from seed.load import catalogue_files, place_in
from seed.new_figures import NewFigures
from seed.sheet_files import read_sheet
from seed.sheet_rows import Entry, SheetReader
from seed.standards_text import with_documents, with_rows

__all__ = ["LoadPlan", "plan_load", "write_plan"]

_HEAD = "# 本地登记的文件：由 zhaoren standards load 写入。\n"


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """What loading a sheet would do (装入计划): new texts by name, counts, what stays open."""

    files: Mapping[str, str]
    entered: int
    same: int
    empty: int
    notes: tuple[str, ...] = ()


def plan_load(path: Path, folder: Path | None) -> LoadPlan:
    """Check a filled sheet against the catalogue and say what would be written.

    Args:
        path: the sheet, XLSX or CSV.
        folder: the files of the installation; None: there are none yet.

    Raises:
        InputError: something in the sheet is wrong; every finding at once.
        CatalogueError: the catalogue itself does not load.
    """
    sheet = read_sheet(path)
    texts = dict(catalogue_files(folder))
    catalogue = load(texts.items())
    reader = SheetReader(catalogue, sheet)
    entries = reader.entries()
    figures = NewFigures(catalogue)
    findings = [*reader.findings, *figures.add(entries, sheet.name)]
    if findings:
        raise InputError(
            f"{sheet.name} 有 {len(findings)} 处要改，一项也没有装入。", findings=sorted(findings)
        )
    changed = _changed(texts, catalogue, figures)
    after = load({**texts, **changed}.items())
    notes = tuple(_open_after(after, entry) for entry in figures.entered)
    return LoadPlan(
        changed, len(figures.entered), figures.same, reader.empty, tuple(filter(None, notes))
    )


def _changed(texts: Mapping[str, str], catalogue: Catalogue, figures: NewFigures) -> dict[str, str]:
    changed: dict[str, str] = {}
    for (pack, id_), rows in figures.rows().items():
        stated = catalogue.packs[pack].standards[id_].pack
        old = texts[f"{stated}/standards/{id_}.yaml"]
        changed[f"{pack}/standards/{id_}.yaml"] = with_rows(f"{pack}/standards/{id_}", old, rows)
    for pack, documents in figures.documents().items():
        name = f"{pack}/local_documents.yaml"
        changed[name] = with_documents(texts.get(name, _HEAD), documents)
    return changed


def _open_after(after: Catalogue, entry: Entry) -> str:
    """A word on the day from which the cell has no figure again; empty if there is none."""
    standard = after.packs[entry.pack].standards[entry.id]
    follower = next((row for row in standard.rows if row.start > entry.start), None)
    if follower is None or follower.values.get(entry.cell) is not None:
        return ""
    return f"{standard.label}：{day_in_words(follower.start)}起仍然没有数值。"


def write_plan(plan: LoadPlan, folder: Path) -> tuple[str, ...]:
    """Write the planned files below the folder; the names of those that changed, in order.

    Each file appears whole or not at all.

    Raises:
        InputError: a file cannot be written, or would lie outside the folder.
    """
    written = []
    paths = {name: place_in(folder, name) for name in plan.files}
    for name, text in sorted(plan.files.items()):
        path = paths[name]
        try:
            if path.is_file() and path.read_text("utf-8") == text:
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            beside = path.with_name(f".{path.name}.new")
            beside.unlink(missing_ok=True)
            with beside.open("x", encoding="utf-8") as file:
                file.write(text)
            beside.replace(path)
        except OSError:
            raise InputError(
                f"写不了 {path}：请看文件夹能不能写。已经写好的文件不受影响。"
            ) from None
        written.append(name)
    return tuple(written)
