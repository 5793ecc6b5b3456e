"""The commands of an author (政策编写): `zhaoren policy new`, `show` and `diff`.

Thin, as `api/cli.py` is; the work is in `api/services/`, and is imported when a command runs.
"""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from api.command_help import EXAMPLES, ChineseCommand, ChineseGroup
from api.command_input import given_day, given_settings, this_day
from api.command_options import DayOption, JsonOption, UnusedStore
from api.command_output import say
from matching.errors import InputError

__all__ = ["policy_app"]

policy_app = typer.Typer(cls=ChineseGroup, help=EXAMPLES["policy"], rich_markup_mode=None)
PolicyArgument = Annotated[str, typer.Argument(metavar="编号")]


class Kind(StrEnum):
    """What a new file is."""

    POLICY = "policy"
    PROJECT = "project"


@policy_app.command("new", help=EXAMPLES["policy new"], cls=ChineseCommand)
def new(
    policy: PolicyArgument,
    pack: Annotated[str, typer.Option(metavar="地区包", help="写进哪个地区包，例如 cn/shanghai")],
    kind: Annotated[
        Kind, typer.Option(metavar="种类", help="policy 政策、project 项目")
    ] = Kind.POLICY,
    into: Annotated[
        Path | None,
        typer.Option(metavar="文件夹", help="本地的目录文件夹；默认取 ZHAOREN_CATALOGUE"),
    ] = None,
    store: UnusedStore = None,  # noqa: ARG001
) -> None:
    """Write a policy to fill in, and golden cases beside it."""
    from api.services.policy_skeleton import new_policy, write_new  # noqa: PLC0415
    from seed.load import load_catalogue  # noqa: PLC0415

    used = given_settings().catalogue
    folder = into or used
    if folder is None:
        raise InputError("请写装到哪个文件夹，例如 --into 本地目录，或者设置 ZHAOREN_CATALOGUE。")
    skeleton = new_policy(load_catalogue(used), policy, pack, kind.value)
    for path in write_new(skeleton, folder):
        typer.echo(f"写了 {path}")
    say("把每个 ____ 换成内容；没填完以前目录不会载入。")
    if used is None or used.resolve() != folder.resolve():
        say(f"要用上它，请设置 ZHAOREN_CATALOGUE={folder} 。")


@policy_app.command("show", help=EXAMPLES["policy show"], cls=ChineseCommand)
def show(
    policy: PolicyArgument,
    on: DayOption = None,
    place: Annotated[
        str | None, typer.Option(metavar="区划代码", help="按哪个地方的规定，例如 310105")
    ] = None,
    as_json: JsonOption = False,
    store: UnusedStore = None,  # noqa: ARG001
) -> None:
    """A policy on a day: rule in words, text, clause, figures, ties."""
    from api.policy_text import sheet_text  # noqa: PLC0415
    from api.services.policy_sheet import policy_sheet, view_of  # noqa: PLC0415
    from seed.load import load_catalogue  # noqa: PLC0415

    catalogue = load_catalogue(given_settings().catalogue)
    pack = view_of(catalogue, policy, place)
    sheet = policy_sheet(catalogue, pack, pack.policies[policy], given_day(on) or this_day())
    if as_json:
        typer.echo(json.dumps(sheet.to_json(), ensure_ascii=False))
    else:
        typer.echo(sheet_text(sheet))


@policy_app.command("diff", help=EXAMPLES["policy diff"], cls=ChineseCommand)
def diff(
    first: Annotated[str, typer.Argument(metavar="从")],
    second: Annotated[str, typer.Argument(metavar="到")],
    policy: Annotated[
        str | None, typer.Option("--policy", metavar="编号", help="只看这一项")
    ] = None,
    as_json: JsonOption = False,
    store: UnusedStore = None,  # noqa: ARG001
) -> None:
    """What two days or two packs say otherwise."""
    from api.policy_text import changes_text  # noqa: PLC0415
    from api.services.policy_changes import changes, read_sides  # noqa: PLC0415
    from api.services.policy_sheet import view_of  # noqa: PLC0415
    from seed.load import load_catalogue  # noqa: PLC0415

    catalogue = load_catalogue(given_settings().catalogue)
    if policy is not None:
        view_of(catalogue, policy, None)
    before, after = read_sides(catalogue, first, second, this_day())
    found = changes(catalogue, before, after, policy)
    if as_json:
        shown = {
            "before": {"on": before.on.isoformat(), "pack": before.pack},
            "after": {"on": after.on.isoformat(), "pack": after.pack},
            "changes": [change.to_json() for change in found],
        }
        typer.echo(json.dumps(shown, ensure_ascii=False))
    else:
        typer.echo(changes_text(before, after, found))
