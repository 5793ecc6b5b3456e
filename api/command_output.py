"""What commands say (命令的输出): answers to standard output, progress and errors beside them."""

import json
import os
import select
import sys
from collections.abc import Callable, Mapping

import typer

__all__ = [
    "counting",
    "end_with_unread",
    "put",
    "say",
    "tell_unread",
    "while_somebody_reads",
]

_NAMED = 50
_SIGPIPE = 141  # 128 and its number: how the shell sees a tool of Unix that nobody reads on


def say(text: str) -> None:
    """A line beside the answer."""
    typer.echo(text, err=True)


def put(value: object) -> None:
    """One JSON value a line."""
    typer.echo(json.dumps(value, ensure_ascii=False))


def end_with_unread(unread: Mapping[str, str]) -> None:
    """After the answer: names the households that are not in it, and ends with status 1."""
    if unread:
        tell_unread(unread)
        raise typer.Exit(1)


def tell_unread(unread: Mapping[str, str]) -> None:
    """Names the households that are not in an answer, and why."""
    if not unread:
        return
    for home, why in sorted(unread.items())[:_NAMED]:
        say(f"{home}：{why}")
    if len(unread) > _NAMED:
        say(f"…… 另外 {len(unread) - _NAMED} 户用 --json 看。")
    say(f"有 {len(unread)} 户没有算，原因见上面各行；其余各户都算了。")


def counting(every: int) -> Callable[[int], None]:
    """Says how many households were looked at, once in `every`."""

    def told(done: int) -> None:
        if done % every == 0:
            say(f"已看 {done} 户")

    return told


def while_somebody_reads(command: Callable[[], int]) -> int:
    """Runs a command; its status, or quietly that of SIGPIPE if `| head` has read enough."""
    try:
        status = command()
    except (BrokenPipeError, SystemExit):  # typer makes one into the other
        if not _nobody_reads():
            raise
        return _SIGPIPE
    return _SIGPIPE if _nobody_reads() and not status else status


def _nobody_reads() -> bool:
    """Whether an output is a pipe whose other end is closed; what is left for it goes nowhere."""
    streams = [stream for stream in (sys.__stdout__, sys.__stderr__) if stream is not None]
    closed = [stream.fileno() for stream in streams if _is_closed(stream.fileno())]
    for number in closed:
        os.dup2(os.open(os.devnull, os.O_WRONLY), number)
    return bool(closed)


def _is_closed(number: int) -> bool:
    asked = select.poll()
    asked.register(number, 0)
    return any(event & select.POLLERR for _, event in asked.poll(0))
