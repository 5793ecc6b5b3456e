"""Markdown of the generated pages (生成页面的写法): tables, titles, links."""

import os
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

__all__ = ["GENERATED", "link", "page", "table"]

GENERATED = "<!-- Written by `make docs`; do not edit. -->"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; a bar inside a cell is escaped, a line break becomes a space."""

    def line(cells: Sequence[object]) -> str:
        shown = (str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells)
        return "| " + " | ".join(shown) + " |"

    return "\n".join([line(head), line(["---"] * len(head)), *map(line, rows)])


def page(title: str, *parts: str) -> str:
    """One page: title, the note that it is generated, its parts."""
    return "\n\n".join([f"# {title}", GENERATED, *parts]) + "\n"


def link(words: str, target: str, source: str) -> str:
    """A link from the page `source` to `target`, both named from the same folder."""
    here = PurePosixPath(source).parent
    return f"[{words}]({os.path.relpath(target, here)})"
