"""The docs say what the code does: generated pages, names, links, and the session in the README."""

import ast
import os
import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import typer
import yaml

from api import cli, words
from api.settings import Settings
from graph.schema import NODES
from matching.vocabulary import VOCABULARY
from scripts.generate_docs import all_errors, commands_of, leftovers, pages, special_codes

ROOT = Path(__file__).resolve().parent.parent
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
COMMANDS = {name for name, _ in commands_of(typer.main.get_command(cli.app), "zhaoren")}
CODES = {kind.code for kind in all_errors()} | {code for code, _, _ in special_codes()}
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CHINESE_IN_BRACKETS = re.compile(r"\(([\u4e00-\u9fff][^()]*)\)")


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def all_docs() -> str:
    return "\n".join(path.read_text("utf-8") for path in DOCS)


GENERATED = pages()


@pytest.mark.parametrize("path", GENERATED, ids=shown)
def test_a_generated_page_is_what_its_generator_writes(path):
    assert path.is_file(), "run `make docs`"
    assert path.read_text("utf-8") == GENERATED[path], "run `make docs`"


def test_no_page_is_left_of_a_policy_that_is_gone():
    assert not leftovers(GENERATED), "run `make docs`"


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(sorted(COMMANDS), id="commands"),
        pytest.param(
            [f"`ZHAOREN_{name.upper()}`" for name in Settings.model_fields], id="settings"
        ),
        pytest.param([f"`{name}`" for name in VOCABULARY], id="facts"),
        pytest.param([f"`{code}`" for code in CODES], id="errors"),
        pytest.param([f"`{node.label}`" for node in NODES], id="nodes"),
    ],
)
def test_every_name_is_in_the_docs(names):
    assert names
    assert not [name for name in names if name not in all_docs()]


@pytest.mark.parametrize("path", DOCS, ids=shown)
def test_every_link_leads_somewhere(path):
    targets = [link for link in LINK.findall(path.read_text("utf-8")) if "://" not in link]
    assert not [target for target in targets if not (path.parent / target).exists()]


@pytest.mark.parametrize("path", DOCS, ids=shown)
def test_every_command_in_the_docs_exists(path):
    groups = {" ".join(name.split()[:n]) for name in COMMANDS for n in (2, 3)}
    text = path.read_text("utf-8")
    used = set(
        re.findall(
            r"(?:^ {4}|\$ |`|\.venv/bin/)(zhaoren(?: [a-z][a-z-]*)?)\b(?! [A-Z]{2,} )", text, re.M
        )
    )
    assert not {name for name in used if name != "zhaoren" and name not in groups}
    made = set(re.findall(r"(?:^ {4}|\$ |`)make ([a-z]+)", text, re.M))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    assert made <= targets


def test_an_error_class_has_a_code_of_its_own():
    codes = [kind.code for kind in all_errors()]
    assert len(codes) == len(set(codes))


@cache
def glossary() -> list[dict[str, str]]:
    return yaml.safe_load((ROOT / "seed" / "glossary.yaml").read_text("utf-8"))


@pytest.mark.parametrize("key", ["term", "identifier"])
def test_the_glossary_has_one_term_for_an_idea_and_one_idea_for_a_term(key):
    values = [row[key] for row in glossary()]
    assert len(values) == len(set(values))


def test_a_row_of_the_glossary_is_complete():
    for row in glossary():
        assert set(row) == {"term", "identifier", "definition", "source"}, row
        assert all(isinstance(value, str) and value for value in row.values()), row


def test_facts_have_the_label_of_the_glossary():
    terms = {row["identifier"]: row["term"] for row in glossary()}
    labels = {name: spec.label for name, spec in VOCABULARY.items() if name in terms}
    assert labels == {name: terms[name] for name in labels}


def words_on_pages() -> dict[str, str]:
    """Roles, states, outcomes and groups as the pages name them."""
    marks = {outcome: mark.split()[-1] for outcome, mark in words.MARKS.items()}
    tables = (words.ROLES, words.STATES, words.GROUPS, marks)
    return {str(key): label for table in tables for key, label in table.items()}


def test_pages_use_the_words_of_the_glossary():
    terms = {row["identifier"]: row["term"] for row in glossary()}
    strange = {key: word for key, word in words_on_pages().items() if word not in terms.values()}
    assert not strange
    assert not {k: w for k, w in words_on_pages().items() if k in terms and terms[k] != w}


def test_two_facts_never_have_the_same_label():
    labels = [(spec.entity, spec.label) for spec in VOCABULARY.values()]
    assert len(labels) == len(set(labels))


def shapes() -> list[tuple[str, str]]:
    """Public shapes of the model with the Chinese term that their first line gives."""
    found = []
    for path in sorted((ROOT / "matching" / "model").glob("*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef):
                line = (ast.get_docstring(node) or "").partition("\n")[0]
                found += [(node.name, term) for term in CHINESE_IN_BRACKETS.findall(line)[:1]]
    return found


@pytest.mark.parametrize(("name", "term"), shapes())
def test_a_chinese_term_in_the_model_is_in_the_glossary(name, term):
    assert term in {row["term"] for row in glossary()}, f"{name}: add a row to seed/glossary.yaml"


def sessions() -> list[tuple[str, str, str]]:
    """Each command shown in a README with the output that is printed below it."""
    found = []
    for path in READMES:
        for block in CONSOLE.findall(path.read_text("utf-8")):
            command, _, output = block.partition("\n")
            found.append((path.name, command.removeprefix("$ "), output))
    return found


def matches(shown_output: str, printed: str) -> bool:
    """Whether the lines are the same; `…` in the README stands for whatever is left out."""
    pattern = ".*?".join(re.escape(part) for part in shown_output.split("…"))
    return re.fullmatch(pattern, printed, re.DOTALL) is not None


@pytest.mark.parametrize(("readme", "command", "output"), sessions())
def test_the_session_in_the_readme_is_what_is_printed(readme, command, output):
    typed = shlex.split(command)
    assert Path(typed[0]).name == "zhaoren"
    run = subprocess.run(
        [Path(sys.executable).with_name("zhaoren"), *typed[1:]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "100", "NO_COLOR": "1"},
    )
    assert run.returncode == 0, run.stderr
    assert matches(output, run.stdout), run.stdout


def test_both_readmes_show_an_answer():
    assert {readme for readme, _, _ in sessions()} == {path.name for path in READMES}
