"""What a check found, in words (核对结果): what to do first, then what to look at."""

from collections.abc import Iterator
from itertools import groupby

from api.services.author import CheckReport
from matching.review import KINDS

__all__ = ["report_text"]


def report_text(report: CheckReport) -> str:
    """Errors with place and cure, then hints by kind; a sentence when there is nothing."""
    lines = [*_errors(report), *_hints(report)]
    return "\n".join(lines) if lines else "没有错误，也没有提示。"


def _errors(report: CheckReport) -> Iterator[str]:
    for title, findings in (
        ("不符的算例", report.failed),
        ("要补的算例", tuple(one.finding for one in report.demands)),
        ("没有算例的政策和项目", report.without_case),
        ("等价变异清单里要改的行", report.stale),
    ):
        if findings:
            yield f"\n{title}（{len(findings)}）"
            yield from (f"  {finding}" for finding in findings)


def _hints(report: CheckReport) -> Iterator[str]:
    if report.hints:
        yield "\n以下是提示，不算错误："
    for kind, group in groupby(report.hints, lambda hint: hint.kind):
        rows = list(group)
        yield f"\n{KINDS[kind]}（{len(rows)}）"
        yield from (f"  {hint.file}: {hint.says}" for hint in rows)
        yield from (f"  → {cure}" for cure in dict.fromkeys(hint.cure for hint in rows))
