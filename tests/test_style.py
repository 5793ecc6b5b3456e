"""The style that no linter knows: lengths, names of folders, what a module gives away."""

import ast
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ("matching", "graph", "seed", "api")
LONGEST_BODY = 60
LONGEST_MODULE = 500
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "core", "misc", "manager"}


def tracked(*roots: str) -> list[Path]:
    """Python files that git knows or would add: a new file is seen before it is committed."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *roots],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    files = (ROOT / name for name in listed.stdout.splitlines() if name.endswith(".py"))
    return sorted(path for path in files if path.is_file())


PRODUCT_FILES = tracked(*PRODUCT)
ALL_FILES = tracked(*PRODUCT, "tests", "benchmarks", "scripts")


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in ast.walk(tree(path)) if isinstance(node, kinds)]


def body_length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = function.body
    starts_with_docstring = ast.get_docstring(function, clean=False) is not None
    if starts_with_docstring:
        body = body[1:]
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


@pytest.mark.parametrize("path", ALL_FILES, ids=shown)
def test_a_function_body_fits_on_a_screen(path):
    long = {f.name: body_length(f) for f in functions(path) if body_length(f) > LONGEST_BODY}
    assert not long, f"more than {LONGEST_BODY} lines in a body; split it by question"


@pytest.mark.parametrize("path", ALL_FILES, ids=shown)
def test_a_module_stays_readable_in_one_sitting(path):
    n_lines = path.read_text("utf-8").count("\n")
    assert n_lines <= LONGEST_MODULE


@pytest.mark.parametrize("path", ALL_FILES, ids=shown)
def test_a_path_says_what_is_inside(path):
    parts = {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}
    assert not parts & NAMES_THAT_SAY_NOTHING


@pytest.mark.parametrize("path", ALL_FILES, ids=shown)
def test_no_banner_and_no_licence_header(path):
    lines = path.read_text("utf-8").splitlines()
    head = "\n".join(lines[:12]).lower()
    assert "copyright" not in head
    assert "spdx-" not in head
    drawn = [line for line in lines if line.lstrip().startswith("#") and line.count("-") > 20]
    assert not drawn + [line for line in lines if line.startswith("# ====")]


@pytest.mark.parametrize("path", PRODUCT_FILES, ids=shown)
def test_a_module_starts_by_saying_what_belongs_there(path):
    assert ast.get_docstring(tree(path))


def declared_names(module: ast.Module) -> list[str] | None:
    for node in module.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            return ast.literal_eval(node.value)
    return None


def bound_names(module: ast.Module) -> set[str]:
    """Names that a module defines or imports at its top."""
    names = set()
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {
                leaf.id for t in targets for leaf in ast.walk(t) if isinstance(leaf, ast.Name)
            }
    return names


@pytest.mark.parametrize("path", PRODUCT_FILES, ids=shown)
def test_a_module_names_what_it_gives_away(path):
    if path.name.startswith("__"):
        return
    names = declared_names(tree(path))
    assert names is not None, "give the module an __all__"
    assert len(names) == len(set(names))
    assert set(names) <= bound_names(tree(path))
