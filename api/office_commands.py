"""The commands of the office (办公室的命令): what changes, and whom to look at again.

Thin, as `api/cli.py` is; the work is in `api/services/`, and is imported when a command runs.
Reading many families takes a while: progress goes to standard error.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from api.command_help import EXAMPLES, ChineseCommand
from api.command_input import given_day, given_place, given_settings, this_day
from api.command_options import DayOption, JsonOption, PlaceOption, StoreOption
from api.command_output import counting, end_with_unread, put
from matching.errors import InputError

if TYPE_CHECKING:
    from api.services.whatif import Side, Unread
    from graph.store import Store
    from matching.packs import Catalogue
    from matching.whatif_file import Supposition

__all__ = ["add_office_commands"]

EVERY = 100  # households between two lines of progress
Found = TypeVar("Found")


def add_office_commands(app: typer.Typer) -> None:
    """Put the commands of the office among the others."""
    app.command("whatif", help=EXAMPLES["whatif"], cls=ChineseCommand)(whatif)
    app.command("visits", help=EXAMPLES["visits"], cls=ChineseCommand)(visits)
    app.command("circles", help=EXAMPLES["circles"], cls=ChineseCommand)(circles)
    app.command("upcoming", help=EXAMPLES["upcoming"], cls=ChineseCommand)(upcoming)


def upcoming(
    months: Annotated[
        int, typer.Option("--months", min=1, max=12, metavar="月数", help="看今后几个月")
    ] = 1,
    place: PlaceOption = None,
    on: DayOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """What will be different soon: birthdays, expiries, windows, figures, by family and day."""
    from api.services import upcoming as service  # noqa: PLC0415
    from api.services.whatif import Side  # noqa: PLC0415
    from api.upcoming_text import ahead_json, ahead_text  # noqa: PLC0415
    from matching.deadlines import months_later  # noqa: PLC0415
    from matching.upcoming import turns_of_rules  # noqa: PLC0415

    settings, looked, code = given_settings(store=store), [0], given_place(place) or None
    told = counting(EVERY)

    def count(number: int) -> None:
        looked[0] = number
        told(number)

    with _told() as unread, _opened(settings.store, settings.catalogue) as (opened, catalogue):
        day = given_day(on) or _day_of(opened)
        span = (day, months_later(day, months))
        found = _read(service.upcoming(opened, catalogue, code, span, count), unread)
        if as_json:
            for one in found:
                put(ahead_json(one, Side(catalogue, day)))
            return
        every = list(found)
        packs = {catalogue.pack_for(one.family.place).id for one in every}
        rules = [turn for pack in packs for turn in turns_of_rules(catalogue.packs[pack], *span)]
        typer.echo(ahead_text(every, rules, catalogue, span, looked[0]))


def visits(
    place: PlaceOption = None,
    on: DayOption = None,
    ahead: Annotated[
        int, typer.Option("--ahead", min=0, max=366, metavar="天数", help="再看后面几天到期的")
    ] = 0,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Visits that are due, the longest overdue first."""
    from api.round_text import visit_json, visits_text  # noqa: PLC0415
    from api.services.rounds import visits_in  # noqa: PLC0415

    settings = given_settings(store=store)
    unread: dict[str, str] = {}
    with _opened(settings.store, settings.catalogue) as (opened, catalogue):
        day, code = given_day(on) or _day_of(opened), given_place(place) or None
        every = list(_read(visits_in(opened, catalogue, code, day, counting(EVERY)), unread))
    planned = [(one.visit, one) for one in every if one.visit is not None]
    due = sorted(
        (pair for pair in planned if pair[0].is_due(day, ahead)),
        key=lambda pair: (pair[0].due, pair[0].last is not None, pair[0].household),
    )
    resting = sum(
        visit.declined_until is not None and day <= visit.declined_until for visit, _ in planned
    )
    if as_json:
        for visit, one in due:
            put(visit_json(one, visit, day))
    else:
        left = len(every) - len(planned)
        listed = [one for _, one in due]
        typer.echo(visits_text(listed, day, looked=len(every), resting=resting, unplanned=left))
    end_with_unread(unread)


def circles(
    place: PlaceOption = None,
    on: DayOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """In which of the four circles each family is, why, and until when."""
    from api.round_text import circles_json, circles_text  # noqa: PLC0415
    from api.services.rounds import circles_in  # noqa: PLC0415

    settings = given_settings(store=store)
    with _told() as unread, _opened(settings.store, settings.catalogue) as (opened, catalogue):
        day = given_day(on) or _day_of(opened)
        found = _read(
            circles_in(opened, catalogue, given_place(place) or None, day, counting(EVERY)), unread
        )
        if as_json:
            for one in found:
                put(circles_json(one))
        else:
            typer.echo(circles_text(list(found), catalogue, day))


def whatif(
    file: Annotated[Path | None, typer.Argument(metavar="文件")] = None,
    again: Annotated[
        bool, typer.Option("--recheck", help="近 24 个月没有通过或停止的申请再算一遍（大排查）")
    ] = False,
    place: PlaceOption = None,
    on: DayOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Who enters, who leaves, who loses more than it gains; or turned-down applications again."""
    from api.services.whatif import sides_of  # noqa: PLC0415

    if file is None and not again:
        raise InputError("请写假设文件，或写 --recheck。例：zhaoren whatif 假设.yaml")
    settings = given_settings(store=store)
    with _opened(settings.store, settings.catalogue) as (opened, catalogue):
        supposed = None if file is None else _supposition(file, catalogue)
        code = given_place(place) or (supposed.place if supposed else None)
        day = given_day(on) or (supposed.on if supposed else None) or _day_of(opened)
        near = Path() if file is None else file.parent
        sides = sides_of(catalogue, supposed, day, near, settings.catalogue)
        if again:
            _print_again(opened, sides[1], code, as_json=as_json)
        else:
            _print_changes(opened, sides, _title(supposed, sides), code, as_json=as_json)


def _supposition(file: Path, catalogue: "Catalogue") -> "Supposition":
    from api.services.operator import read_text  # noqa: PLC0415
    from matching.whatif_file import read_supposition  # noqa: PLC0415

    return read_supposition(catalogue, read_text(file), str(file))


def _title(supposed: "Supposition | None", sides: "tuple[Side, Side]") -> str:
    """What is supposed, in words."""
    if supposed is None:
        return "没有假设"
    if supposed.day is not None:
        return f"{supposed.day} 起的规定，与前一天比"
    if supposed.folder is not None:
        return f"规则换成文件夹 {supposed.folder} 里的"
    catalogue = sides[1].catalogue
    labels = {
        name: pack.standards[name].label
        for pack in catalogue.packs.values()
        for name in supposed.standards
        if name in pack.standards
    }
    return "；".join(f"{labels.get(name, name)}（{name}）换了数值" for name in supposed.standards)


def _print_changes(
    opened: "Store", sides: "tuple[Side, Side]", title: str, place: str | None, *, as_json: bool
) -> None:
    from api.office_json import change_json, totals_json  # noqa: PLC0415
    from api.office_text import whatif_text  # noqa: PLC0415
    from api.services.whatif import compare  # noqa: PLC0415
    from matching.what_changes import Totals  # noqa: PLC0415

    totals = Totals()
    with _told() as unread:
        changes = _read(compare(opened, sides, place, totals, counting(EVERY)), unread)
        if not as_json:
            typer.echo(whatif_text(title, sides, list(changes), totals))
            return
        for one in changes:
            put(change_json(one))
        put(totals_json(totals))


def _print_again(opened: "Store", side: "Side", place: str | None, *, as_json: bool) -> None:
    from api.office_json import again_json  # noqa: PLC0415
    from api.office_text import again_text  # noqa: PLC0415
    from api.services.whatif import recheck  # noqa: PLC0415

    looked, told = [0], counting(EVERY)

    def count(number: int) -> None:
        looked[0] = number
        told(number)

    with _told() as unread:
        found = _read(recheck(opened, side, place, count), unread)
        if as_json:
            for one in found:
                put(again_json(one))
        else:
            every = list(found)
            typer.echo(again_text(side, every, looked[0]))


def _read(found: "Iterable[Found | Unread]", unread: dict[str, str]) -> Iterator[Found]:
    """What could be read; what could not is noted with its reason."""
    from api.services.whatif import Unread  # noqa: PLC0415

    for one in found:
        if isinstance(one, Unread):
            unread[one.household] = one.why
        else:
            yield one


@contextmanager
def _told() -> Iterator[dict[str, str]]:
    """Collects the households that could not be read; after the answer they are named."""
    unread: dict[str, str] = {}
    yield unread
    end_with_unread(unread)


@contextmanager
def _opened(url: str, folder: Path | None) -> "Iterator[tuple[Store, Catalogue]]":
    from graph import open_store  # noqa: PLC0415
    from seed.load import load_catalogue  # noqa: PLC0415

    catalogue = load_catalogue(folder)
    with open_store(url) as opened:
        yield opened, catalogue


def _day_of(opened: "Store") -> date:
    """The day of a demo, else today."""
    return opened.info().demo_day or this_day()
