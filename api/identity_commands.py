"""Who is who and who is seen nowhere (身份的命令): `zhaoren identity` and `zhaoren blind-spot`.

Thin, as `api/cli.py` is; the work is in `api/services/identity.py`. Deciding is done where all
findings are decided: `zhaoren findings decide`.
"""

from typing import Annotated

import typer

from api.command_help import EXAMPLES, ChineseCommand
from api.command_input import given_day, given_settings, this_day
from api.command_options import DayOption, JsonOption, StoreOption
from api.command_output import counting, put
from matching.errors import InputError

__all__ = ["add_identity_commands"]

_EVERY = 1_000  # households between two lines of progress
ListOption = Annotated[
    list[str] | None,
    typer.Option(
        "--list",
        metavar="来源:日期:文件",
        help="另一份名单（.csv 或 .xlsx），例如 残联:2026-06-30:残联名单.xlsx；可以写多次",
    ),
]


def add_identity_commands(app: typer.Typer) -> None:
    """Put the two commands among the others."""
    app.command("identity", help=EXAMPLES["identity"], cls=ChineseCommand)(identity)
    app.command("blind-spot", help=EXAMPLES["blind-spot"], cls=ChineseCommand)(blind_spot)


def identity(
    lists: ListOption = None,
    without: Annotated[
        list[str] | None,
        typer.Option("--without", metavar="来源", help="以前用过、现在不再用的名单；可以写多次"),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="日期",
            help="只比这一天起有新记录、有迁入迁出的人（夜间用，不带名单）",
        ),
    ] = None,
    on: DayOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare the members of the store with each other and with other lists."""
    from api.findings_text import findings_text  # noqa: PLC0415
    from api.identity_text import compared_json, compared_text, who_text  # noqa: PLC0415
    from api.services.findings import LIVE, kept  # noqa: PLC0415
    from api.services.identity import compare, compare_changed  # noqa: PLC0415
    from graph import open_store  # noqa: PLC0415
    from matching.findings.kinds import IDENTITY  # noqa: PLC0415
    from matching.model.finding import FindingFilter  # noqa: PLC0415
    from seed.list_files import given_list  # noqa: PLC0415
    from seed.load import operator_access  # noqa: PLC0415

    given, access, first = (
        [given_list(one) for one in lists or ()],
        operator_access(),
        given_day(since),
    )
    if first is not None and (given or without):
        raise InputError("--since 只比库里的人，不能和 --list、--without 一起写。")
    with open_store(given_settings(store=store).store) as opened:
        day = given_day(on) or opened.info().demo_day or this_day()
        if first is None:
            found = compare(opened, access, day, given, without or (), counting(_EVERY))
        else:
            found = compare_changed(opened, access, day, first, counting(_EVERY))
        live = tuple(kept(opened, access, FindingFilter(kinds=IDENTITY, states=LIVE)))
    if as_json:
        for line in compared_json(found):
            put(line)
        for one in live:
            names = {key: found.names[key] for key in one.evidence if key in found.names}
            put({"type": "finding", **one.model_dump(mode="json"), "names": names})
        return
    typer.echo(compared_text(found))
    if live:
        typer.echo(findings_text(live, who=lambda one: who_text(one, found.names)))


def blind_spot(
    source: Annotated[
        list[str] | None,
        typer.Option(
            "--source", metavar="来源", help="库里哪些来源算名单，可以写多次；不写就列出有哪些"
        ),
    ] = None,
    lists: ListOption = None,
    on: DayOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """How many are in none of three or more lists, as a range; or why nobody can say."""
    from api.identity_text import blind_json, blind_text  # noqa: PLC0415
    from api.services import identity as service  # noqa: PLC0415
    from graph import open_store  # noqa: PLC0415
    from seed.list_files import given_list  # noqa: PLC0415
    from seed.load import operator_access  # noqa: PLC0415

    given, access = [given_list(one) for one in lists or ()], operator_access()
    with open_store(given_settings(store=store).store) as opened:
        day = given_day(on) or opened.info().demo_day or this_day()
        found = service.blind_spot(opened, access, day, source or (), given, counting(_EVERY))
    if as_json:
        for line in blind_json(found):
            put(line)
        return
    typer.echo(blind_text(found))
