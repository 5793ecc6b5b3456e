"""Named statements in files (语句文件): SQL and Cypher stay out of Python and are never built.

A line `-- name: X` or `// name: X` opens a statement that runs until the next such line.
"""

import re
from functools import cache
from pathlib import Path

__all__ = ["migration_files", "named_statements", "statements"]

_NAME = re.compile(r"^(?:--|//) name: (\w+)\s*$", re.MULTILINE)
_HERE = Path(__file__).parent


@cache
def statements(pattern: str) -> dict[str, str]:
    """All named statements in the files that match `pattern` below this folder (语句)."""
    found: dict[str, str] = {}
    for path in sorted(_HERE.glob(pattern)):
        for name, text in named_statements(path.read_text(encoding="utf-8")).items():
            if name in found:
                message = f"statement {name} is named twice"
                raise ValueError(message)
            found[name] = text
    return found


def named_statements(text: str) -> dict[str, str]:
    """The statements of one text by name, in order (一个文件的语句)."""
    parts = _NAME.split(text)
    return {name: one.strip() for name, one in zip(parts[1::2], parts[2::2], strict=True)}


def migration_files(folder: str) -> list[tuple[int, str]]:
    """The numbered migrations of a folder with their text, in order (迁移文件)."""
    paths = sorted(path for path in (_HERE / folder).iterdir() if path.name[:4].isdigit())
    return [(int(path.name[:4]), path.read_text(encoding="utf-8")) for path in paths]
