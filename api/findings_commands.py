"""The commands about findings (发现的命令): `zhaoren findings` and `zhaoren findings decide`.

Thin, as `api/cli.py` is; the work is in `api/services/findings.py`. Reading many families takes a
while: progress goes to standard error. Nothing here stops aid.
"""

from typing import TYPE_CHECKING, Annotated

import typer

from api.command_help import EXAMPLES, ChineseCommand, ChineseGroup
from api.command_input import given_day, given_place, given_settings, this_day
from api.command_options import JsonOption, StoreOption
from api.command_output import counting, end_with_unread, put
from matching.errors import InputError

if TYPE_CHECKING:
    from api.services.findings import Looked
    from api.settings import Settings
    from matching.model.finding import FindingFilter

__all__ = ["findings_app"]

_EVERY = 100  # households between two lines of progress
findings_app = typer.Typer(
    cls=ChineseGroup, help=EXAMPLES["findings"], rich_markup_mode=None, invoke_without_command=True
)


@findings_app.callback()
def findings(  # noqa: PLR0913 - a parameter an option
    context: typer.Context,
    kind: Annotated[
        list[str] | None, typer.Option("--kind", metavar="种类", help="只看这些种类，可以写多次")
    ] = None,
    place: Annotated[
        str | None, typer.Option("--place", metavar="区划代码", help="只看这个地方；默认全部")
    ] = None,
    state: Annotated[
        list[str] | None,
        typer.Option("--state", metavar="状态", help="open、confirmed、rejected、closed、reopened"),
    ] = None,
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="日期", help="排查哪一天，例如 2026-06-30；默认今天"),
    ] = None,
    run: Annotated[bool, typer.Option("--run", help="先排查一遍，再列出来")] = False,
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="日期",
            help="和 --run 一起：这一天起有新记录的人，同时和所有人比对是不是同一个人",
        ),
    ] = None,
    follow: Annotated[
        bool,
        typer.Option("--follow", help="先全部排查，再一直跟着：写入了什么，就重看有关的家庭"),
    ] = False,
    every: Annotated[
        int | None,
        typer.Option("--every", metavar="秒", help="跟着看时几秒看一次有没有新写入；默认 5"),
    ] = None,
    workers: Annotated[
        int,
        typer.Option(
            "--workers", metavar="数", help="排查用几个进程；默认 0，每个核一个；户数少时只用一个"
        ),
    ] = 0,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """The findings that are kept; with --run, look first; with --follow, stay and keep them so."""
    if context.invoked_subcommand is not None:
        return
    if follow:
        _follow(given_settings(store=store), workers, every, as_json=as_json,
                alone=not (kind or place or state or on or run or since))  # fmt: skip
        return
    _check_together(every, run=run, days=bool(on or since))
    from api.findings_text import findings_text  # noqa: PLC0415
    from api.services.findings import kept, look_beside, night_of  # noqa: PLC0415
    from api.services.night import Workers  # noqa: PLC0415
    from graph import open_store  # noqa: PLC0415
    from seed.load import load_catalogue, operator_access  # noqa: PLC0415

    settings, code = given_settings(store=store), given_place(place)
    wanted = _filter(kind, state, code)
    unread: dict[str, str] = {}
    with open_store(settings.store) as opened:
        if run:
            day = given_day(on) or opened.info().demo_day or this_day()
            access = operator_access().inside(code)
            night = night_of(opened, load_catalogue(settings.catalogue), access, day,
                             given_day(since))  # fmt: skip
            helpers = Workers(settings.store, workers)
            looked = look_beside(opened, night, helpers, progress=counting(_EVERY))
            unread = looked.unread
            _tell_looked(looked, as_json=as_json)
        found = kept(opened, operator_access(), wanted)
        if as_json:
            for one in found:
                put({"type": "finding", **one.model_dump(mode="json")})
        else:
            typer.echo(findings_text(found, every=bool(kind)))
    end_with_unread(unread)


def _check_together(every: int | None, *, run: bool, days: bool) -> None:
    if every is not None:
        raise InputError("--every 是跟着看的间隔，请和 --follow 一起写。")
    if days and not run:
        raise InputError("--on、--since 是排查用的日期，请和 --run 一起写。")


def _follow(
    settings: "Settings", workers: int, every: int | None, *, as_json: bool, alone: bool
) -> None:
    from api.following import follow  # noqa: PLC0415
    from api.services.follow import Pace  # noqa: PLC0415

    if not alone:
        raise InputError(
            "--follow 跟着看所有家庭、每一天，先自己全部排查一遍；"
            "请不要同时写 --run、--on、--since、--place、--kind、--state。"
        )
    follow(settings, workers, Pace() if every is None else Pace(every), as_json=as_json)


def _tell_looked(looked: "Looked", *, as_json: bool) -> None:
    """What was looked at, and the households that nobody could look at, each once."""
    from api.findings_text import looked_text  # noqa: PLC0415
    from api.identity_text import compared_json, compared_text  # noqa: PLC0415

    if not as_json:
        typer.echo(looked_text(looked))
        if looked.identity is not None:
            typer.echo(compared_text(looked.identity))
        return
    for line in compared_json(looked.identity) if looked.identity is not None else ():
        put(line)
    for row in looked.coverage:
        put({"type": "coverage", **row.model_dump(mode="json")})
    for home, why in sorted(looked.unread.items()):
        put({"type": "not_looked_at", "household": home, "why": why})


def _filter(kind: list[str] | None, state: list[str] | None, place: str) -> "FindingFilter":
    from api.services.findings import LIVE  # noqa: PLC0415
    from matching.findings import KINDS  # noqa: PLC0415
    from matching.model.finding import FindingFilter, FindingState  # noqa: PLC0415

    strange = [one for one in kind or () if one not in KINDS]
    if strange:
        raise InputError(f"没有这个种类：{strange[0]}。可以写：{'、'.join(KINDS)}")
    try:
        states = frozenset(FindingState(one) for one in state) if state else LIVE
    except ValueError:
        told = "、".join(one.value for one in FindingState)
        raise InputError(f"没有这个状态。可以写：{told}") from None
    return FindingFilter(kinds=frozenset(kind or ()), states=states, place=place)


@findings_app.command("decide", help=EXAMPLES["findings decide"], cls=ChineseCommand)
def decide(
    key: Annotated[str, typer.Argument(metavar="编号")],
    state: Annotated[
        str, typer.Option("--state", metavar="状态", help="confirmed 属实，rejected 不属实")
    ],
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="理由", help="不属实的必须写理由")
    ] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put down what a person found out about a finding."""
    from api.findings_text import finding_text  # noqa: PLC0415
    from api.services import findings as service  # noqa: PLC0415
    from graph import open_store  # noqa: PLC0415
    from seed.load import operator_access  # noqa: PLC0415

    with open_store(given_settings(store=store).store) as opened:
        done = service.decide(opened, operator_access(), key, state, reason)
    if as_json:
        put({"type": "finding", **done.model_dump(mode="json")})
    else:
        typer.echo(finding_text(done))
