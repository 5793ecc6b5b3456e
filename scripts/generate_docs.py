"""Writes the pages of docs/reference that say what the code says already.

`pages()` maps each page to its text; `make docs` writes them and tests/test_docs.py compares them,
so that a page is neither forgotten nor edited by hand. docs/reference/graph.md comes from `graph`.
"""

import ast
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, get_type_hints

import typer
import yaml
from pydantic import BaseModel

from api import cli
from api.errors import STATUS
from api.settings import Settings
from matching import errors
from matching.model import answer
from matching.uses import due_standards
from matching.vocabulary import MERGED, VOCABULARY, FactSpec
from scripts.file_schemas import schema_pages
from scripts.markdown import page, table
from scripts.policy_reference import policy_pages
from seed.load import load_catalogue

__all__ = ["leftovers", "main", "pages"]

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
POLICIES = REFERENCE / "policies"
GLOSSARY = ROOT / "seed" / "glossary.yaml"

DUE_DAYS = (date(2026, 6, 30), date(2026, 7, 1))
ANSWER = "matching.model.answer"
PRODUCT = ("matching", "graph", "seed", "api")
ErrorKind = type[errors.ZhaorenError]


def first_line(thing: object) -> str:
    """The first line of a docstring."""
    return (inspect.getdoc(thing) or "").partition("\n")[0]


def values_of(spec: FactSpec) -> str:
    """What values a fact may take, in words."""
    if spec.choices:
        return "、".join(f"`{value}` {label}" for value, label in spec.choices.items())
    low, high = spec.minimum, spec.maximum
    limits = f" {'' if low is None else low}–{'' if high is None else high}"
    return (
        spec.type.value
        + (f" {spec.unit}" if spec.unit else "")
        + (limits if low is not None or high is not None else "")
    )


def silence_of(spec: FactSpec) -> str:
    """What it means that nobody said anything about the fact."""
    if spec.derived:
        return "computed"
    return "unknown" if spec.presume is None else f"presume `{spec.presume}`"


def facts_page() -> str:
    """The vocabulary, and the names that the two halves of the domain pages used for each fact."""
    entities: dict[str, list[FactSpec]] = {}
    for spec in VOCABULARY.values():
        entities.setdefault(spec.entity, []).append(spec)
    parts = [
        f"{len(VOCABULARY)} facts. A family file, a record and a rule may use these names and no "
        "other. *Silence* says what a missing fact means "
        "([decision 0003](../decisions/0003-silence.md)). *Fresh* is how many months a record may "
        "be used; empty: until another replaces it. *Also* maps the names that the two collections "
        "of policy facts used for the same idea."
    ]
    head = ("fact", "中文", "values", "silence", "fresh", "also")
    for entity, specs in entities.items():
        rows = [
            (
                f"`{spec.name}`",
                spec.label,
                values_of(spec),
                silence_of(spec),
                spec.fresh_months or "",
                ", ".join(f"`{name}`" for name in spec.also),
            )
            for spec in specs
        ]
        parts.append(f"## {entity}\n\n{table(head, rows)}")
    merged = [(f"`{old}`", said) for old, said in MERGED.items()]
    parts.append(
        "## Names that became something else\n\n"
        "Names of the two collections that are no fact here, and what says the same now.\n\n"
        + table(("name there", "here"), merged)
    )
    return page("Facts (事实词汇)", *parts)


def commands_page() -> str:
    """Every command, as `--help` prints it."""
    parts = [
        "Exit status: 0 done, 1 the answer is bad news (a check failed, a household could not be "
        "read), 2 wrong use or wrong input, 3 the store cannot be used, 130 stopped with Ctrl+C, "
        "141 nobody reads on (`| head`). Answers go to standard output, progress to standard error."
    ]
    root = typer.main.get_command(cli.app)
    parts += [command_text(name, command) for name, command in commands_of(root, "zhaoren")]
    return page("Commands", *parts)


def commands_of(command: Any, name: str) -> list[tuple[str, Any]]:
    """Every command below a group with its full name, in the order of the help."""
    below = getattr(command, "commands", None)
    if below is None:
        return [(name, command)]
    own = [(name, command)] if getattr(command, "invoke_without_command", False) else []
    leaves = [
        leaf for word, child in below.items() for leaf in commands_of(child, f"{name} {word}")
    ]
    return own + leaves


def command_text(name: str, command: Any) -> str:
    """One command: what it does, its arguments and options."""
    rows = []
    for parameter in command.params:
        is_option = parameter.param_type_name == "option"
        names = parameter.opts if is_option else [parameter.name.upper()]
        rows.append(
            (", ".join(f"`{word}`" for word in names), getattr(parameter, "help", "") or "")
        )
    text = inspect.cleandoc(command.help or "").replace("\b\n", "")
    options = table(("argument or option", "what for"), rows) if rows else ""
    return f"## {name}\n\n{text}\n\n{options}".rstrip()


def settings_page() -> str:
    """Every setting, with its default and what it is for."""
    prefix = Settings.model_config.get("env_prefix", "")
    said = attributes_of(Settings)
    rows = [
        (f"`{(prefix + name).upper()}`", f"`{field.get_default()}`", said.get(name, ""))
        for name, field in Settings.model_fields.items()
    ]
    intro = "Settings come from the environment; an unsafe value is refused at the start."
    return page("Settings", intro, table(("setting", "default", "what for"), rows))


def attributes_of(kind: type) -> dict[str, str]:
    """What the `Attributes:` part of a docstring says of each name."""
    _, _, part = (inspect.getdoc(kind) or "").partition("Attributes:\n")
    joined = re.sub(r"\n {8,}", " ", part.partition("\n\n")[0])
    return dict(re.findall(r"^ {4}(\w+): (.+)$", joined, re.MULTILINE))


def all_errors(kind: ErrorKind = errors.ZhaorenError) -> list[ErrorKind]:
    """Every class below the root of the error tree, by name."""
    below = {leaf for child in kind.__subclasses__() for leaf in (child, *all_errors(child))}
    return sorted(below, key=lambda leaf: leaf.__name__)


def special_codes() -> list[tuple[str, str, str]]:
    """Codes that one place gives to an error of a general class: code, class, sentence."""
    found = set()
    for package in PRODUCT:
        for path in (ROOT / package).rglob("*.py"):
            tree = ast.parse(path.read_text("utf-8"))
            calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
            found |= {
                (str(word.value.value), ast.unparse(call.func), sentence(call.args))
                for call in calls
                for word in call.keywords
                if word.arg == "code" and isinstance(word.value, ast.Constant)
            }
    return sorted(found)


def sentence(arguments: Sequence[ast.expr]) -> str:
    """The text that an error is raised with; what is filled in at run time shows as dots."""
    if not arguments:
        return ""
    if isinstance(arguments[0], ast.JoinedStr):
        parts = arguments[0].values
        return "".join(str(p.value) if isinstance(p, ast.Constant) else "…" for p in parts)
    return str(arguments[0].value) if isinstance(arguments[0], ast.Constant) else "…"


def errors_page() -> str:
    """Every error code with its HTTP status and meaning."""
    kinds = {kind.__name__: kind for kind in all_errors()}
    rows = [
        (f"`{kind.code}`", name, status_of(kind), first_line(kind)) for name, kind in kinds.items()
    ]
    kinds["ZhaorenError"] = errors.ZhaorenError
    more = [
        (f"`{code}`", name, status_of(kinds[name]), says)
        for code, name, says in special_codes()
        if name in kinds
    ]
    intro = (
        "The JSON API answers RFC 9457 problems: `detail` is a Chinese sentence with the cure, "
        "`code` is for machines and stays."
    )
    head = ("code", "class", "HTTP", "meaning")
    parts = [intro, table(head, rows)]
    if more:
        parts += ["A class may be raised with a code of its own:", table(head, more)]
    return page("Errors", *parts)


def status_of(kind: ErrorKind) -> int:
    """The HTTP status of an error: its own row in the table, or that of its nearest parent."""
    return next((STATUS[parent] for parent in kind.__mro__ if parent in STATUS), 500)


def glossary_page() -> str:
    """The glossary, as it stands in seed/glossary.yaml."""
    rows = [
        (row["term"], f"`{row['identifier']}`", row["definition"], row["source"])
        for row in yaml.safe_load(GLOSSARY.read_text("utf-8"))
    ]
    intro = "一个概念一个名称。新术语先进 `seed/glossary.yaml`，再进代码。"
    return page("Glossary (术语表)", intro, table(("中文", "identifier", "释义", "出处"), rows))


def due_page() -> str:
    """Figures that the catalogue lacks on the last day of the old law and the first of the new."""
    catalogue = load_catalogue()
    parts = [
        "目录里还没有的标准。用到它们的结果一律是待核实，不会错判为不符合。全国的地区包只规定由各地"
        "给出标准，不在此列。录入方法见[政策编写教程](../tutorials/policy-author.md)。"
    ]
    for day in DUE_DAYS:
        due = [d for d in due_standards(catalogue, day) if catalogue.packs[d.pack].place]
        rows = [
            (f"`{d.id}`", d.label, d.pack, d.since or "", d.why, "、".join(d.policies)) for d in due
        ]
        head = ("标准", "名称", "地区包", "自", "为什么", "用到它的政策")
        parts.append(f"## {day.isoformat()}\n\n{len(due)} 项。\n\n{table(head, rows)}")
    return page("Standards due (待录标准)", *parts)


def answer_page() -> str:
    """The shape of an answer: every name that `--json` and the JSON API promise."""
    intro = (
        "One object a family, the same from `zhaoren evaluate --json`, `zhaoren family --json` and "
        "the JSON API. Names may be added; none is renamed. Amounts are integer fen, days ISO "
        "dates; what is not known is null or empty."
    )
    own = [kind for kind in vars(answer).values() if getattr(kind, "__module__", "") == ANSWER]
    shapes = [shape_text(kind) for kind in reversed(own) if issubclass(kind, BaseModel)]
    values = [
        (f"`{kind.__name__}`", ", ".join(f"`{value}`" for value in kind))
        for kind in own
        if issubclass(kind, StrEnum)
    ]
    return page("An answer", intro, *shapes, "## Values\n\n" + table(("name", "values"), values))


def shape_text(shape: type[BaseModel]) -> str:
    """One shape: what it is, its names and their types."""
    rows = []
    for name, hint in get_type_hints(shape).items():
        if name in shape.model_fields:
            shown = re.sub(r"[a-z_]+\.", "", inspect.formatannotation(hint))
            rows.append((f"`{name}`", f"`{shown}`"))
    return f"## {shape.__name__}\n\n{inspect.getdoc(shape)}\n\n{table(('name', 'type'), rows)}"


PAGES: dict[str, Callable[[], str]] = {
    "facts.md": facts_page,
    "answer.md": answer_page,
    "commands.md": commands_page,
    "settings.md": settings_page,
    "errors.md": errors_page,
    "glossary.md": glossary_page,
    "standards-due.md": due_page,
}


def pages() -> dict[Path, str]:
    """Each generated page with the text it should have."""
    policies = policy_pages(load_catalogue()).items()
    return {
        **{REFERENCE / name: make() for name, make in PAGES.items()},
        **{POLICIES / name: text for name, text in policies},
        **schema_pages(ROOT),
    }


def leftovers(wanted: Iterable[Path]) -> list[Path]:
    """Pages of policies that the catalogue no longer has."""
    return sorted(set(POLICIES.rglob("*.md")) - set(wanted))


def main() -> None:
    """Write every page that differs, and say which."""
    wanted = pages()
    for path in leftovers(wanted):
        path.unlink()
        sys.stderr.write(f"{path.relative_to(ROOT)} is gone\n")
    for path, text in wanted.items():
        if not path.is_file() or path.read_text("utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            sys.stderr.write(f"{path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
