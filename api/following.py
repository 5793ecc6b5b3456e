"""`zhaoren findings --follow` (跟着看): a process that stays until somebody ends it.

The work is in `api/services/follow.py`; here are the clock, the pause between two questions, what
is said, and how it ends. A store that is away for a while is waited for.
"""

import logging
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from types import FrameType

import typer

from api.clock import moment
from api.command_input import this_day
from api.command_output import counting, put, say, tell_unread
from api.findings_text import again_text, begun_text
from api.services.findings import Looked
from api.services.follow import Follower, Pace, RuleFiles
from api.services.look_again import LookedAgain
from api.services.night import Workers
from api.settings import Settings
from graph import open_store
from matching.errors import CatalogueError, StoreError
from seed.load import operator_access

__all__ = ["follow"]

_PASSING = frozenset({"store_down", "store_locked"})  # what a store may recover from by itself
_EVERY = 1_000  # households between two lines of progress


def follow(settings: Settings, workers: int, pace: Pace, *, as_json: bool) -> None:
    """Keep the findings of a store up to date until Ctrl-C or SIGTERM.

    Raises:
        StoreError: the store cannot be used, and waiting would not cure it.
        CatalogueError: the rules cannot be read at the start.
    """
    logging.getLogger("neo4j").addHandler(logging.NullHandler())  # we say it, and once
    try:
        with _ended_by_sigterm(), open_store(settings.store) as store:
            rules = RuleFiles(settings.catalogue)
            helpers = Workers(settings.store, workers)
            follower = Follower(store, operator_access(), helpers, progress=counting(_EVERY))
            _say_how(pace, store.info().demo_day)
            away = ""
            while True:
                _refresh(rules)
                before = away
                away = _step(follower, rules, as_json=as_json)
                if away != before and away:  # once, however long it lasts
                    say(f"{away}\n每 {pace.seconds} 秒再试；恢复以后先全部排查一遍，不会漏。")
                time.sleep(pace.seconds)
    except KeyboardInterrupt:
        say(
            "已结束。已经写下的发现都在；下次开始时先全部排查一遍，中间写入的也会看到。"
            "中间有变化的人是不是同一个人，请另比：zhaoren identity --since 今天的日期。"
        )


def _say_how(pace: Pace, demo_day: date | None) -> None:
    say(f"先全部排查一遍，然后每 {pace.seconds} 秒看一次有没有新写入。按 Ctrl-C 结束。")
    say("是不是同一个人，从现在起有变化的换日时比；以前的请先比一遍：zhaoren identity。")
    if demo_day is not None:
        say(f"这是示例库，一直按 {demo_day} 看，不换日。")


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """SIGTERM ends it as Ctrl-C does."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _refresh(rules: RuleFiles) -> None:
    try:
        rules.refresh()
    except CatalogueError as error:
        say(f"{error}\n政策目录改动后读不了，仍按改动前的规定看；改好后会自己重读。")


def _step(follower: Follower, rules: RuleFiles, *, as_json: bool) -> str:
    """Look and tell; why the store cannot be reached now, or nothing."""
    try:
        on = follower.store.info().demo_day or this_day()
        done = follower.step(rules.catalogue, on)
    except StoreError as error:
        if error.code not in _PASSING:
            raise
        return str(error)
    if done is not None:
        _tell(done, on, as_json=as_json)
    return ""


def _tell(done: Looked | LookedAgain, on: date, *, as_json: bool) -> None:
    """One line about a look; and apart from it the households that could not be read."""
    if as_json:
        put(_as_json(done, on))
        for home, why in sorted(done.unread.items()):
            put({"type": "not_looked_at", "household": home, "why": why})
        return
    said = begun_text(done) if isinstance(done, Looked) else again_text(done)
    typer.echo(f"{moment():%H:%M:%S} {said}")
    tell_unread(done.unread)


def _as_json(done: Looked | LookedAgain, on: date) -> dict[str, object]:
    told: dict[str, object] = {"at": moment().isoformat(timespec="seconds"), "on": on.isoformat()}
    if isinstance(done, Looked):
        told = {"type": "looked", **told, "households": done.households, "found": done.found}
        if done.identity is not None:
            told["identity_changed"] = done.identity.changed
    else:
        told = {"type": "looked_again", **told, "households": len(done.households),
                "compared": len(done.compared)}  # fmt: skip
    return {**told, "changed": done.changed}
