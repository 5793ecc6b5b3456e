"""The commands (命令): `zhaoren COMMAND`, thin; the work is in `api/services/`.

Answers go to standard output, progress and errors to standard error. Exit status: 0 done, 1 the
answer is bad news, 2 wrong use or wrong input, 3 the store cannot be used, 141 nobody reads on.
What a command needs is imported inside it, so that help comes at once.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from api.command_help import EXAMPLES, ChineseCommand, ChineseGroup, check_text, in_chinese
from api.command_input import given_day as _day
from api.command_input import given_settings as _settings
from api.command_input import this_day as _today
from api.command_options import DayOption, JsonOption, StoreOption, UnusedStore
from api.command_output import put, say, while_somebody_reads
from api.coverage_commands import add_coverage_command
from api.find_commands import add_find_command
from api.findings_commands import findings_app
from api.identity_commands import add_identity_commands
from api.office_commands import add_office_commands
from api.policy_commands import policy_app
from api.standards_commands import standards_app
from matching.errors import CatalogueError, InputError, StoreError, ZhaorenError

if TYPE_CHECKING:
    from api.services.check_workers import Progress
    from api.settings import Settings
    from graph.store import Store
    from matching.packs import Catalogue
    from seed.load import LoadedDemo

__all__ = ["app", "main"]

app = typer.Typer(
    cls=ChineseGroup,
    help=EXAMPLES["zhaoren"],
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
audit_app = typer.Typer(cls=ChineseGroup, help=EXAMPLES["audit"], rich_markup_mode=None)
app.add_typer(audit_app, name="audit")
app.add_typer(policy_app, name="policy")
app.add_typer(standards_app, name="standards")
app.add_typer(findings_app, name="findings")
add_office_commands(app)
add_find_command(app)
add_identity_commands(app)
add_coverage_command(app)

PortOption = Annotated[int | None, typer.Option(min=0, max=65535, metavar="端口", help="监听端口")]


@app.command("demo", help=EXAMPLES["demo"], cls=ChineseCommand)
def demo(
    store: StoreOption = None,
    port: PortOption = None,
    check: Annotated[bool, typer.Option("--check", help="做完全部步骤，不停留")] = False,
) -> None:
    """Make the made-up district, print its first family's answer, serve the desks."""
    from api.auth import hash_password  # noqa: PLC0415
    from api.services import operator  # noqa: PLC0415

    with TemporaryDirectory(prefix="zhaoren-demo-") as folder:
        settings = _settings(store=store or f"embedded:{Path(folder) / 'demo.sqlite'}")
        say("读入政策目录……")
        catalogue = _catalogue(settings)
        with _open(settings.store, create=True) as opened:
            say("生成示范区……")
            made = operator.make_demo(opened, catalogue, hash_password)
            _print_first_family(opened, catalogue, made)
            _serve_demo(settings, opened, catalogue, made, port=port, check=check)


def _print_first_family(opened: "Store", catalogue: "Catalogue", made: "LoadedDemo") -> None:
    from api.answer_text import change_text, stored_text  # noqa: PLC0415
    from api.services import operator  # noqa: PLC0415

    compared = operator.first_family(opened, catalogue, made)
    typer.echo(f"示范区 · {made.households} 户，均为虚构\n")
    typer.echo(stored_text(compared.before, catalogue))
    typer.echo("")
    typer.echo(change_text(compared, catalogue))


def _serve_demo(
    settings: "Settings",
    opened: "Store",
    catalogue: "Catalogue",
    made: "LoadedDemo",
    *,
    port: int | None,
    check: bool,
) -> None:
    from api import serving  # noqa: PLC0415
    from api.app import create_app  # noqa: PLC0415

    app_ = create_app(settings, store=opened, catalogue=catalogue)
    bound = serving.listen(
        "127.0.0.1", settings.port if port is None else port, or_next_free=port is None
    )
    typer.echo(f"\n打开 {serving.address_of(bound)} ，用下面任一账号登录（密码只显示这一次）：")
    for login in made.logins:
        typer.echo(f"  {login.user.id:<12}{login.password}    {login.user.name}")
    if check:
        status = serving.fetch_once(app_, bound, "/sign-in")
        say(f"登录页回应 {status}。")
        if status != 200:
            raise typer.Exit(1)
        return
    serving.serve(app_, bound, lambda: say("按 Ctrl+C 结束。"))


@app.command("serve", help=EXAMPLES["serve"], cls=ChineseCommand)
def serve(
    store: StoreOption = None,
    host: Annotated[str | None, typer.Option(metavar="地址", help="监听地址")] = None,
    port: PortOption = None,
) -> None:
    """Serve the desks on a store."""
    from api import serving  # noqa: PLC0415
    from api.app import create_app  # noqa: PLC0415
    from api.services import operator  # noqa: PLC0415

    settings = _settings(store=store, host=host, port=port)
    catalogue = _catalogue(settings)
    with _open(settings.store) as opened:
        if operator.refresh_catalogue(opened, catalogue):
            say(f"库中的政策图谱已更新到 {catalogue.version}。")
        app_ = create_app(settings, store=opened, catalogue=catalogue)
        bound = serving.listen(settings.host, settings.port)
        address = serving.address_of(bound)
        serving.serve(app_, bound, lambda: say(f"正在服务 {address} ，按 Ctrl+C 结束。"))


@app.command("family", help=EXAMPLES["family"], cls=ChineseCommand)
def family(
    household: Annotated[str | None, typer.Argument(metavar="编号")] = None,
    every: Annotated[bool, typer.Option("--all", help="全部家庭，按编号排列")] = False,
    store: StoreOption = None,
    on: DayOption = None,
    as_json: JsonOption = False,
) -> None:
    """Everything for a stored family, or for all of them."""
    from api.answer_text import stored_text  # noqa: PLC0415
    from api.services import advisor, operator  # noqa: PLC0415
    from seed.load import operator_access  # noqa: PLC0415

    if (household is None) == (not every):
        raise InputError("请写一个家庭编号，或写 --all。例：zhaoren family H-0001")
    if every and not as_json:
        raise InputError("全部家庭只能用 JSON 输出。例：zhaoren family --all --json")
    settings = _settings(store=store)
    catalogue = _catalogue(settings)
    with _open(settings.store) as opened:
        day = _day(on) or opened.info().demo_day or _today()
        if household is None:
            for one, answer in operator.all_families(opened, catalogue, day):
                if isinstance(answer, InputError):
                    say(f"{one}：{answer.detail}")
                else:
                    put(answer.to_json())
            return
        found = advisor.family_answer(opened, catalogue, operator_access(), household, day)
        if as_json:
            put(found.answer.to_json())
        else:
            typer.echo(stored_text(found, catalogue))


@app.command("evaluate", help=EXAMPLES["evaluate"], cls=ChineseCommand)
def evaluate(
    file: Annotated[str, typer.Argument(metavar="文件")],
    on: DayOption = None,
    as_json: JsonOption = False,
    store: UnusedStore = None,  # noqa: ARG001
) -> None:
    """Answer for families described in a file; nothing is stored."""
    from api.answer_text import described_text  # noqa: PLC0415
    from api.services import operator  # noqa: PLC0415

    day = _day(on) or _today()
    if file == "-":
        name, text = "标准输入", operator.decoded(_read_stdin(operator.LARGEST_FILE), "标准输入")
    else:
        name, text = file, operator.read_text(Path(file))
    catalogue = _catalogue(_settings())
    for order, (one, answer) in enumerate(operator.described_families(text, name, catalogue, day)):
        if as_json:
            put(answer.to_json())
        else:
            typer.echo(("\n\n" if order else "") + described_text(one, answer, catalogue))


@app.command("check", help=EXAMPLES["check"], cls=ChineseCommand)
def check(
    cases: Annotated[
        Path | None, typer.Option("--cases", metavar="文件夹", help="再加上这个文件夹里的算例")
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--policy", metavar="编号", help="只核对这些政策、项目或定义"),
    ] = None,
    on: DayOption = None,
    as_json: JsonOption = False,
    store: UnusedStore = None,  # noqa: ARG001
) -> None:
    """Check catalogue, golden cases and mutants; status 1 when anything fails."""
    from api.check_text import report_text  # noqa: PLC0415
    from api.services import author  # noqa: PLC0415

    settings = _settings()
    try:
        catalogue = _catalogue(settings)
    except CatalogueError as error:
        say(str(error))
        raise typer.Exit(1) from None
    report = author.check_catalogue(
        catalogue,
        author.case_folders(settings.catalogue, cases),
        _day(on) or _today(),
        only=only or (),
        local=settings.catalogue,
        progress=_show_progress(),
    )
    if as_json:
        put(report.to_json())
    else:
        typer.echo(check_text(report.counts))
    say(report_text(report))
    if not report.is_good:
        raise typer.Exit(1)


def _show_progress() -> "Progress":
    """Tells how far a check is: in place on a terminal, else a line for each tenth."""
    told = [""]

    def tell(what: str, done: int, total: int) -> None:
        tenth = f"{what} {done * 10 // total}"
        if sys.stderr.isatty():
            say(f"\r{what} {done}/{total}", end=done == total)
        elif tenth != told[0]:
            told[0] = tenth
            say(f"{what} {done}/{total}")

    return tell


@app.command("copy", help=EXAMPLES["copy"], cls=ChineseCommand)
def copy(
    source: Annotated[str, typer.Argument(metavar="从")],
    target: Annotated[str, typer.Argument(metavar="到")],
) -> None:
    """Copy a store into an empty one, of the same or the other kind."""
    from api.services import operator  # noqa: PLC0415

    if source == target:
        raise InputError("“从”和“到”是同一个库。")
    with _open(source) as first, _open(target, create=True) as second:
        say("正在复制……")
        copied = operator.copy(first, second)
    typer.echo(f"已复制 {copied.households} 户，两库内容一致。内容摘要 {copied.content_hash}")


@app.command("migrate", help=EXAMPLES["migrate"], cls=ChineseCommand)
def migrate(store: StoreOption = None) -> None:
    """Bring a store up to the version of this program."""
    from graph import migrate as migrate_store  # noqa: PLC0415

    applied = migrate_store(_settings(store=store).store)
    if applied:
        typer.echo("已升级，依次执行：" + "、".join(str(number) for number in applied))
    else:
        typer.echo("已是最新版本，没有要执行的升级。")


@audit_app.command("verify", help=EXAMPLES["audit verify"], cls=ChineseCommand)
def verify(store: StoreOption = None) -> None:
    """Check that no line of the trace was changed, taken out or put in."""
    from graph import verify_audit  # noqa: PLC0415

    with _open(_settings(store=store).store) as opened:
        broken = verify_audit(opened.audit_entries())
    if broken is not None:
        say(f"留痕被改动：链 {broken.chain} 第 {broken.seq} 条与前一条接不上。")
        raise typer.Exit(1)
    typer.echo("留痕完整：每一条都与前一条相接。")


def _catalogue(settings: "Settings") -> "Catalogue":
    from seed.load import load_catalogue  # noqa: PLC0415

    return load_catalogue(settings.catalogue)


@contextmanager
def _open(url: str, *, create: bool = False) -> "Iterator[Store]":
    from graph import open_store  # noqa: PLC0415

    with open_store(url, create=create) as opened:
        yield opened


def _read_stdin(most: int) -> bytes:
    return sys.stdin.buffer.read(most + 1)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and leave with its exit status; an error is a Chinese sentence."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(while_somebody_reads(lambda: run(given)))


def run(arguments: list[str]) -> int:
    """Run a command; its exit status."""
    try:
        return int(app(arguments or ["--help"], prog_name="zhaoren", standalone_mode=False) or 0)
    except StoreError as error:
        say(str(error))
        return 3
    except ZhaorenError as error:
        say(str(error))
        return 2
    except typer.TyperException as error:
        say(in_chinese(error.format_message()))
        return 2
    except (KeyboardInterrupt, typer.Abort):
        return 130
