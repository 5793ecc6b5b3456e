"""The command `zhaoren coverage` (覆盖分析的命令): figures for the office, lists, donors' view.

Thin, as `api/cli.py` is; the work is in `api/services/coverage.py`, imported when it runs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.command_help import EXAMPLES, ChineseCommand
from api.command_input import given_day, given_place, given_settings, this_day
from api.command_options import DayOption, JsonOption, PlaceOption, StoreOption
from api.command_output import counting, end_with_unread, put, say
from matching.errors import InputError

if TYPE_CHECKING:
    from api.services.coverage import Covered
    from graph.store import Store
    from matching.model.access import Access
    from matching.packs import Catalogue

__all__ = ["add_coverage_command"]

_EVERY = 1_000  # households between two lines of progress


def add_coverage_command(app: typer.Typer) -> None:
    """Put `coverage` among the other commands."""
    app.command("coverage", help=EXAMPLES["coverage"], cls=ChineseCommand)(coverage)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a command reads, and how it tells it."""

    store: "Store"
    catalogue: "Catalogue"
    access: "Access"
    day: date
    names: Mapping[str, str]
    as_json: bool
    csv: Path | None


def coverage(  # noqa: PLR0913 - a parameter an option
    report: Annotated[str | None, typer.Argument(metavar="报告")] = None,
    place: PlaceOption = None,
    on: DayOption = None,
    listed: Annotated[
        str | None, typer.Option("--list", metavar="写法", help="某个数字后面的名单；留痕")
    ] = None,
    donor: Annotated[
        bool, typer.Option("--donor", help="给捐赠方看的：各街镇没满足的需求，只有户数")
    ] = False,
    near: Annotated[
        str | None,
        typer.Option("--near", metavar="区划代码", help="和 --donor 一起：离这里近的在前"),
    ] = None,
    csv: Annotated[
        Path | None,
        typer.Option("--csv", metavar="文件", help="写成表格；要写明一个报告或 --donor"),
    ] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Need by street by supply, near misses, overlaps, services, fairness, refusals."""
    from api.services.coverage import place_names  # noqa: PLC0415
    from graph import open_store  # noqa: PLC0415
    from seed.load import load_catalogue, operator_access  # noqa: PLC0415

    reports = _reports(report)
    _fit_together(report, listed, near, csv, donor=donor)
    settings, code = given_settings(store=store), given_place(place)
    catalogue = load_catalogue(settings.catalogue)
    with open_store(settings.store) as opened:
        day = given_day(on) or opened.info().demo_day or this_day()
        access = operator_access().inside(code)
        names = place_names(opened, catalogue)
        asked = _Asked(opened, catalogue, access, day, names, as_json, csv)
        if donor:
            _tell_donors(asked, given_place(near))
        elif listed is not None:
            _tell_list(asked, listed)
        else:
            _tell_figures(asked, reports)


def _reports(given: str | None) -> tuple[str, ...]:
    from matching.expressions import nearest  # noqa: PLC0415
    from matching.office import REPORTS  # noqa: PLC0415

    if given is None:
        return REPORTS
    if given not in REPORTS:
        told = "、".join(REPORTS)
        raise InputError(f"没有叫 {given} 的报告。{nearest(given, REPORTS)}可以写：{told}")
    return (given,)


def _fit_together(
    report: str | None, listed: str | None, near: str | None, csv: Path | None, *, donor: bool
) -> None:
    """What will not do is refused before anybody is read."""
    if sum((report is not None, listed is not None, donor)) > 1:
        raise InputError("报告、--list、--donor 一次只写一种。例：zhaoren coverage supply")
    if near is not None and not donor:
        raise InputError("--near 要和 --donor 一起写。例：zhaoren coverage --donor --near 310104")
    if csv is not None and report is None and not donor:
        raise InputError("写表格要写明一个报告。例：zhaoren coverage supply --csv 供需.csv")
    if csv is not None:
        from seed.sheet_files import check_table  # noqa: PLC0415

        check_table(csv)
    if listed is not None:
        from api.services.coverage import list_of  # noqa: PLC0415

        list_of(listed)


def _tell_figures(asked: _Asked, reports: tuple[str, ...]) -> None:
    from api.coverage_text import TABLES, coverage_text, table_of  # noqa: PLC0415
    from api.services.coverage import coverage as count  # noqa: PLC0415
    from seed.sheet_files import write_table  # noqa: PLC0415

    found = count(asked.store, asked.catalogue, asked.access, asked.day, reports, counting(_EVERY))
    if asked.csv is not None:
        rows = getattr(found.report, TABLES[reports[0]])
        write_table(asked.csv, *table_of(rows, asked.names))
        say(f"已写好 {asked.csv}：{len(rows)} 行。")
    if asked.as_json:
        _put_figures(found, reports)
    elif asked.csv is None:
        typer.echo(coverage_text(found, reports, asked.names))
    end_with_unread(found.unread)


def _put_figures(found: "Covered", reports: tuple[str, ...]) -> None:
    """A line a row; the households that nobody could read, each once."""
    from api.coverage_text import TABLES  # noqa: PLC0415

    report = found.report
    put({"type": "coverage", "on": report.on.isoformat(), "households": report.households,
         "not_read": len(found.unread)})  # fmt: skip
    tables = {"homes": report.homes, **{name: getattr(report, TABLES[name]) for name in reports}}
    if "overlaps" in reports:
        tables["departments"] = report.departments
    for name, rows in tables.items():
        for row in rows:
            put({"type": name, **row.model_dump(mode="json")})
    for household, why in sorted(found.unread.items()):
        put({"type": "not_read", "household": household, "why": why})


def _tell_list(asked: _Asked, pattern: str) -> None:
    from api.coverage_text import list_text  # noqa: PLC0415
    from api.services.coverage import households_behind  # noqa: PLC0415

    found = households_behind(
        asked.store, asked.catalogue, asked.access, asked.day, pattern, counting(_EVERY)
    )
    if asked.as_json:
        for row in found.rows:
            put({"type": "list", "pattern": pattern, **row.model_dump(mode="json")})
        for household, why in sorted(found.unread.items()):
            put({"type": "not_read", "household": household, "why": why})
    else:
        typer.echo(list_text(found))
    end_with_unread(found.unread)


def _tell_donors(asked: _Asked, near: str) -> None:
    from api.coverage_text import donor_text, table_of  # noqa: PLC0415
    from api.services.coverage import donor_needs  # noqa: PLC0415
    from seed.sheet_files import write_table  # noqa: PLC0415

    view = donor_needs(
        asked.store, asked.catalogue, asked.access, asked.day, near, counting(_EVERY)
    )
    if asked.csv is not None:
        write_table(asked.csv, *table_of(view.needs, asked.names))
        say(f"已写好 {asked.csv}：{len(view.needs)} 行。")
    if asked.as_json:
        for kind, rows in (("need", view.needs), ("street", view.streets), ("all", view.totals)):
            for row in rows:
                put({"type": kind, **row.model_dump(mode="json")})
    elif asked.csv is None:
        typer.echo(donor_text(view, asked.names))
