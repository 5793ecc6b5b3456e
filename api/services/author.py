"""What a policy author does (政策维护者): check the catalogue, its golden cases and their grip.

A mutant that no family can tell from the original is listed in `equivalent_mutants.yaml` beside the
cases, with the reason; it does not count as alive.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from api.services.check_workers import Progress, chosen_mutants, work_through
from matching.demands import demand
from matching.errors import Finding, InputError
from matching.golden import GoldenCase, read_cases
from matching.mutant_bench import Bench
from matching.mutation import Mutant
from matching.packs import Catalogue
from matching.review import Hint, hints, own_policies
from matching.rules import nearest
from matching.yaml_text import YamlText, read_yaml
from seed.load import catalogue_files, shown_file

__all__ = [
    "OWN_CASES",
    "CheckReport",
    "Demand",
    "case_folders",
    "catalogue_counts",
    "check_catalogue",
]

OWN_CASES = Path(__file__).resolve().parents[2] / "tests" / "policies"
_EQUIVALENTS = "equivalent_mutants.yaml"
_LOCAL_CASES = "cases"


@dataclass(frozen=True, slots=True)
class Demand:
    """A golden case that is wanting: the mutant that nobody notices, and where its text stands."""

    mutant: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found.

    Attributes:
        failed: cases that do not hold.
        demands: mutants that no case notices, as cases to write.
        without_case: policies and projects that no case expects anything of.
        stale: rows of the list of equivalent mutants that say what is not so.
        hints: what to look at; a check is good with them.
    """

    catalogue: str
    on: date
    counts: Mapping[str, int]
    failed: tuple[Finding, ...]
    demands: tuple[Demand, ...]
    without_case: tuple[Finding, ...]
    stale: tuple[Finding, ...]
    hints: tuple[Hint, ...]

    @property
    def is_good(self) -> bool:
        """Whether all cases hold, each policy has one and each mutant is noticed or listed."""
        return not (self.failed or self.demands or self.without_case or self.stale)

    def to_json(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return {
            "catalogue": self.catalogue,
            "on": self.on.isoformat(),
            "good": self.is_good,
            **self.counts,
            "failures": [str(finding) for finding in self.failed],
            "alive": [one.mutant for one in self.demands],
            "demands": [{"id": one.mutant, **_plain(one.finding)} for one in self.demands],
            "without_case": [_plain(finding) for finding in self.without_case],
            "stale_equivalents": [_plain(finding) for finding in self.stale],
            "hints": [
                {"kind": one.kind, "file": one.file, "ids": list(one.ids), "says": one.says,
                 "cure": one.cure}
                for one in self.hints
            ],
        }  # fmt: skip


def _plain(finding: Finding) -> dict[str, Any]:
    return {
        "file": finding.file, "line": finding.line, "says": finding.what, "cure": finding.cure
    }  # fmt: skip


def catalogue_counts(catalogue: Catalogue) -> dict[str, int]:
    """How much the catalogue holds; what several packs inherit counts once."""
    packs = catalogue.packs.values()
    stated = {(one.pack, one.id): one for pack in packs for one in pack.policies.values()}
    standards = {(one.pack, one.id): one for pack in packs for one in pack.standards.values()}
    figures = [
        figure
        for standard in standards.values()
        for row in standard.rows
        for figure in row.values.values()
    ]
    return {
        "policies": len({one.id for one in stated.values() if one.kind == "policy"}),
        "projects": len({one.id for one in stated.values() if one.kind == "project"}),
        "conditions": sum(len(one.conditions) for one in stated.values()),
        "figures": sum(figure is not None for figure in figures),
        "figures_unknown": sum(figure is None for figure in figures),
        "packs": len(catalogue.packs),
    }


def case_folders(local: Path | None, more: Path | None) -> tuple[Path, ...]:
    """Where golden cases are: ours, those of the local catalogue, and one more folder."""
    folders = [OWN_CASES] if OWN_CASES.is_dir() else []
    if local is not None and (local / _LOCAL_CASES).is_dir():
        folders.append(local / _LOCAL_CASES)
    known = {folder.resolve() for folder in folders}
    if more is not None and more.resolve() not in known:
        folders.append(more)
    return tuple(folders)


def _in_silence(what: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


def check_catalogue(
    catalogue: Catalogue,
    folders: Iterable[Path],
    on: date,
    *,
    only: Collection[str] = (),
    local: Path | None = None,
    progress: Progress = _in_silence,
) -> CheckReport:
    """Run the golden cases below the folders, and see which mutants of the rules they notice.

    Args:
        catalogue: all packs.
        folders: where golden cases are.
        on: the day on which figures are due and policies end.
        only: ids of policies and names of definitions; without any, all of them.
        local: the folder of the installation's own catalogue, for names of files.
        progress: told what was done, how many, of how many.

    Raises:
        InputError: a folder is not there, a case cannot be read, or `only` names nothing.
    """
    _refuse_unknown(catalogue, only)
    texts = [pair for folder in folders for pair in _texts(folder)]
    listed = [pair for pair in texts if Path(pair[0]).name == _EQUIVALENTS]
    cases = read_cases(catalogue, [pair for pair in texts if pair not in listed])
    if only:
        cases = Bench(catalogue, cases).cases_about(only)
    equivalents = _equivalents(listed)
    wrong, alive = work_through(catalogue, cases, only, progress)
    failed = tuple(
        replace(case.place, what=f"{case.name}：{why}")
        for case, reasons in zip(cases, wrong, strict=True)
        for why in reasons
    )
    places = _Places(local)
    demands = tuple(
        Demand(mutant.id, places.of(mutant)) for mutant in alive if mutant.id not in equivalents
    )
    without_case = tuple(_without_case(catalogue, cases, only, local))
    stale = () if only else tuple(_stale(catalogue, equivalents, {one.id for one in alive}))
    found = tuple(
        replace(hint, file=shown_file(hint.file, local)) for hint in hints(catalogue, on, only)
    )
    counts = {
        **catalogue_counts(catalogue),
        "cases": len(cases),
        "cases_failed": sum(bool(reasons) for reasons in wrong),
        "policies_without_case": len(without_case),
        "mutants": len(chosen_mutants(catalogue, only)) if cases else 0,
        "mutants_equivalent": len(alive) - len(demands),
        "mutants_alive": len(demands),
        "hints": len(found),
    }
    return CheckReport(catalogue.version, on, counts, failed, demands, without_case, stale, found)


def _refuse_unknown(catalogue: Catalogue, only: Collection[str]) -> None:
    packs = catalogue.packs.values()
    known = {name for pack in packs for name in (*pack.policies, *pack.definitions)}
    for name in only:
        if name not in known:
            raise InputError(f"没有叫 {name} 的政策、项目或定义。{nearest(name, known)}")


def _without_case(
    catalogue: Catalogue, cases: Iterable[GoldenCase], only: Collection[str], local: Path | None
) -> Iterator[Finding]:
    met = set()
    for case in cases:
        pack = catalogue.pack_for(case.family.place)
        stated = (pack.policies.get(one.policy) for one in case.expected)
        met |= {(policy.pack, policy.id) for policy in stated if policy is not None}
    for pack, policy in own_policies(catalogue):
        if (pack.id, policy.id) not in met and (not only or policy.id in only):
            what = f"{policy.id} 没有算例。"
            cure = "请写符合、不符合、待核实的各一个；zhaoren policy new 会给出样子。"
            yield Finding(shown_file(policy.file, local), 1, 1, what, cure)


class _Places:
    """Where the text of a mutant stands; files are read once."""

    def __init__(self, local: Path | None):
        self.local = local
        self.files = dict(catalogue_files(local))
        self.read: dict[str, YamlText] = {}

    def of(self, mutant: Mutant) -> Finding:
        """The demand of a living mutant, at the file, line and column of its rule."""
        stated = mutant.policy or mutant.definition
        name = stated.file if stated is not None else ""
        path: tuple[str | int, ...] = ("conditions", mutant.index, "test")
        says = f"{mutant.of}：{demand(mutant)}"
        text = self._text(name)
        if mutant.definition is not None:
            rows = text.data.get(mutant.of) if isinstance(text.data, dict) else None
            dated = isinstance(rows, dict) and "versions" in rows
            path = (mutant.of, *(("versions", mutant.index) if dated else ()), "test")
        return Finding(shown_file(name, self.local), *text.places.of(path), says)

    def _text(self, name: str) -> YamlText:
        if name not in self.read:
            self.read[name] = read_yaml(name, self.files.get(name, ""))
        return self.read[name]


def _texts(folder: Path) -> list[tuple[str, str]]:
    if not folder.is_dir():
        raise InputError(f"找不到算例文件夹 {folder}。")
    try:
        paths = sorted(folder.rglob("*.yaml"))
        return [(_shown(path, folder), path.read_text("utf-8")) for path in paths]
    except (OSError, UnicodeDecodeError):
        raise InputError(f"{folder} 里有读不了的文件：请确认可读，并且是 UTF-8 文字。") from None


def _shown(path: Path, folder: Path) -> str:
    """The file's name as the author gave it; our own below the project's folder."""
    root = OWN_CASES.parents[1]
    return path.relative_to(root).as_posix() if folder == OWN_CASES else str(path)


def _equivalents(pairs: Iterable[tuple[str, str]]) -> dict[str, Finding]:
    """Mutant -> where it is listed, and why no family can tell it from the original."""
    found: dict[str, Finding] = {}
    for name, text in pairs:
        source = read_yaml(name, text)
        rows = source.data if isinstance(source.data, list) else []
        for index, row in enumerate(rows):
            place = source.places.of((index,))
            if isinstance(row, dict) and row.get("id") and row.get("why"):
                found[str(row["id"])] = Finding(name, *place, str(row["why"]))
            else:
                source.note(place, "这里应当有 id 和 why。")
        if source.findings:
            raise InputError("等价变异的清单有错误。", findings=source.findings)
    return found


def _stale(
    catalogue: Catalogue, equivalents: Mapping[str, Finding], alive: Collection[str]
) -> Iterator[Finding]:
    """Rows of the list that name no mutant, or one that a case notices after all."""
    known = {mutant.id for mutant in chosen_mutants(catalogue)}
    for name, row in sorted(equivalents.items()):
        if name not in known:
            yield replace(row, what=f"没有 {name} 这个变异。", cure="规则改过了，请删去这一行。")
        elif name not in alive:
            yield replace(row, what=f"{name} 已经有算例看住。", cure="请删去这一行。")
