"""The commands about figures (标准数值): `zhaoren standards sheet` and `zhaoren standards load`.

Thin, as `api/cli.py` is; the work is in `seed/`, and is imported when a command runs.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.command_help import EXAMPLES, ChineseCommand, ChineseGroup
from api.command_input import given_day, given_settings, this_day
from api.command_options import UnusedStore
from api.command_output import say
from matching.errors import InputError

if TYPE_CHECKING:
    from seed.standards_load import LoadPlan

__all__ = ["standards_app"]

standards_app = typer.Typer(cls=ChineseGroup, help=EXAMPLES["standards"], rich_markup_mode=None)


@standards_app.command("sheet", help=EXAMPLES["standards sheet"], cls=ChineseCommand)
def sheet(
    file: Annotated[Path, typer.Argument(metavar="文件")],
    place: Annotated[
        str | None, typer.Option(metavar="区划代码", help="只列这个地方要用的；默认各地都列")
    ] = None,
    on: Annotated[
        str | None, typer.Option("--on", metavar="日期", help="按哪一天，例如 2026-06-30；默认今天")
    ] = None,
    store: UnusedStore = None,  # noqa: ARG001
) -> None:
    """Write the sheet of figures that are missing on a day."""
    from seed.load import load_catalogue  # noqa: PLC0415
    from seed.sheet_files import write_sheet  # noqa: PLC0415
    from seed.standards_sheet import sheet_rows  # noqa: PLC0415

    day = given_day(on) or this_day()
    rows = sheet_rows(load_catalogue(given_settings().catalogue), day, place)
    write_sheet(file, rows, day)
    typer.echo(f"已写好 {file}：按 {day.isoformat()} 的政策，有 {len(rows)} 格待填。")


@standards_app.command("load", help=EXAMPLES["standards load"], cls=ChineseCommand)
def load(
    file: Annotated[Path, typer.Argument(metavar="文件")],
    into: Annotated[
        Path | None,
        typer.Option(metavar="文件夹", help="本地的目录文件夹；默认取 ZHAOREN_CATALOGUE"),
    ] = None,
    store: UnusedStore = None,  # noqa: ARG001
) -> None:
    """Put the figures of a filled sheet into the files of the installation."""
    from seed.standards_load import plan_load, write_plan  # noqa: PLC0415

    used = given_settings().catalogue
    folder = into or used
    if folder is None:
        raise InputError("请写装到哪个文件夹，例如 --into 本地目录，或者设置 ZHAOREN_CATALOGUE。")
    plan = plan_load(file, folder if folder.is_dir() else None)
    written = write_plan(plan, folder)
    typer.echo(_told(plan, written, folder))
    if written and (used is None or used.resolve() != folder.resolve()):
        say(f"要用上这些数值，请设置 ZHAOREN_CATALOGUE={folder} 。")


def _told(plan: "LoadPlan", written: tuple[str, ...], folder: Path) -> str:
    lines = [f"录入 {plan.entered} 个数值；{plan.same} 个原来就有；{plan.empty} 行没有填。"]
    lines += [f"写了 {len(written)} 个文件：" if written else "没有要写的文件。"]
    lines += [f"  {folder / name}" for name in written]
    lines += plan.notes
    return "\n".join(lines)
