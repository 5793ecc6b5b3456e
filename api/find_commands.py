"""The command `zhaoren find` (政策找人的命令): a policy in, people out; or what keeps answers open.

Thin, as `api/cli.py` is; the work is in `api/services/population.py`, imported when it runs.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from api.command_help import EXAMPLES, ChineseCommand
from api.command_input import given_day, given_place, given_settings, this_day
from api.command_options import DayOption, JsonOption, PlaceOption, StoreOption
from api.command_output import counting, end_with_unread, put
from matching.errors import InputError

if TYPE_CHECKING:
    from api.services.population import FoundPeople

__all__ = ["add_find_command"]

_EVERY = 1_000  # households between two lines of progress


def add_find_command(app: typer.Typer) -> None:
    """Put `find` among the other commands."""
    app.command("find", help=EXAMPLES["find"], cls=ChineseCommand)(find)


def find(  # noqa: PLR0913 - a parameter an option
    policy: Annotated[str | None, typer.Argument(metavar="政策编号")] = None,
    place: PlaceOption = None,
    on: DayOption = None,
    group: Annotated[
        list[str] | None,
        typer.Option("--group", metavar="组", help="met、unknown、held、declined，可以写多次"),
    ] = None,
    matrix: Annotated[
        bool, typer.Option("--matrix", help="哪一项没有记录，使多少户定不下来；不写政策编号")
    ] = False,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Whom a policy reaches: met, unknown with what is missing, held, declined."""
    from api.find_text import found_text, matrix_text  # noqa: PLC0415
    from api.services.population import find_people, open_answers  # noqa: PLC0415
    from graph import open_store  # noqa: PLC0415
    from seed.load import load_catalogue, operator_access  # noqa: PLC0415

    if matrix == (policy is not None):
        raise InputError("请写一个政策编号，或只写 --matrix。例：zhaoren find dibao")
    if matrix and group:
        raise InputError("--matrix 数的是所有家庭，不能和 --group 一起写。")
    groups, code = _groups(group), given_place(place)
    settings = given_settings(store=store)
    catalogue = load_catalogue(settings.catalogue)
    with open_store(settings.store) as opened:
        day = given_day(on) or opened.info().demo_day or this_day()
        access = operator_access().inside(code)
        if policy is None:
            counts, looked = open_answers(opened, catalogue, access, day, counting(_EVERY))
            if not as_json:
                typer.echo(matrix_text(counts, looked, catalogue))
            for (id_, name), households in counts.items() if as_json else ():
                put({"policy": id_, "fact": name, "households": households})
            end_with_unread(looked.unread)
            return
        found = find_people(opened, catalogue, access, day, policy, counting(_EVERY))
    if as_json:
        _put_found(found, groups)
    else:
        typer.echo(found_text(found, groups, catalogue))
    end_with_unread(found.unread)


def _put_found(found: "FoundPeople", groups: Sequence[str]) -> None:
    """A line a subject; the households that nobody could read, each once."""
    for one in found.subjects:
        if one.group in groups:
            put({"policy": found.policy, "on": found.on.isoformat(), **asdict(one)})
    for home, why in sorted(found.unread.items()):
        put({"policy": found.policy, "household": home, "group": "not_read", "why": why})


def _groups(given: list[str] | None) -> tuple[str, ...]:
    from api.services.population import GROUPS  # noqa: PLC0415

    strange = [one for one in given or () if one not in GROUPS]
    if strange:
        raise InputError(f"没有这一组：{strange[0]}。可以写：{'、'.join(GROUPS)}")
    return tuple(one for one in GROUPS if not given or one in given)
