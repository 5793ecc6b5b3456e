"""What a policy author does (政策维护者): check the catalogue, its golden cases and their grip.

A mutant that no family can tell from the original is listed in `equivalent_mutants.yaml` beside the
cases, with the reason; it does not count as alive.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from api.services.check_workers import Progress, chosen_mutants, work_through
from matching.errors import Finding, InputError
from matching.golden import read_cases
from matching.mutation import Mutant
from matching.packs import Catalogue
from matching.yaml_text import read_yaml

__all__ = ["OWN_CASES", "CheckReport", "catalogue_counts", "check_catalogue"]

OWN_CASES = Path(__file__).resolve().parents[2] / "tests" / "policies"
_EQUIVALENTS = "equivalent_mutants.yaml"


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found: counts, cases that do not hold, mutants that nobody noticed."""

    catalogue: str
    counts: Mapping[str, int]
    failed: tuple[Finding, ...]
    alive: tuple[Mutant, ...]
    equivalents: Mapping[str, str]

    @property
    def is_good(self) -> bool:
        """Whether all cases hold and each mutant is noticed or listed."""
        return not self.failed and not self.alive

    def to_json(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return {
            "catalogue": self.catalogue,
            **self.counts,
            "failures": [str(finding) for finding in self.failed],
            "alive": [mutant.id for mutant in self.alive],
        }


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


def _in_silence(what: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


def check_catalogue(
    catalogue: Catalogue,
    folders: Iterable[Path],
    only: Collection[str] = (),
    progress: Progress = _in_silence,
) -> CheckReport:
    """Run the golden cases below the folders, and see which mutants of the rules they notice.

    Args:
        catalogue: all packs.
        folders: where golden cases are.
        only: ids of policies and names of definitions; without any, all of them.
        progress: told what was done, how many, of how many.

    Raises:
        InputError: a folder is not there, or a case cannot be read.
    """
    texts = [pair for folder in folders for pair in _texts(folder)]
    listed = [pair for pair in texts if Path(pair[0]).name == _EQUIVALENTS]
    cases = read_cases(catalogue, [pair for pair in texts if pair not in listed])
    if only:
        cases = tuple(case for case in cases if {one.policy for one in case.expected} & set(only))
    wrong_by_case, alive = work_through(catalogue, cases, only, progress)
    failed = tuple(
        replace(case.place, what=f"{case.name}：{why}")
        for case, wrong in zip(cases, wrong_by_case, strict=True)
        for why in wrong
    )
    equivalents = _equivalents(listed)
    counts = {
        **catalogue_counts(catalogue),
        "cases": len(cases),
        "cases_failed": len({finding.what.split("：")[0] for finding in failed}),
        "mutants": len(chosen_mutants(catalogue, only)) if cases else 0,
        "mutants_equivalent": sum(mutant.id in equivalents for mutant in alive),
    }
    unlisted = tuple(mutant for mutant in alive if mutant.id not in equivalents)
    counts["mutants_alive"] = len(unlisted)
    return CheckReport(catalogue.version, counts, failed, unlisted, equivalents)


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


def _equivalents(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Mutant -> why no family can tell it from the original."""
    found: dict[str, str] = {}
    for name, text in pairs:
        source = read_yaml(name, text)
        rows = source.data if isinstance(source.data, list) else []
        for index, row in enumerate(rows):
            if isinstance(row, dict) and row.get("id") and row.get("why"):
                found[str(row["id"])] = str(row["why"])
            else:
                source.note(source.places.of((index,)), "这里应当有 id 和 why。")
        if source.findings:
            raise InputError("等价变异的清单有错误。", findings=source.findings)
    return found
