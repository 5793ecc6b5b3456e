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


def say(text: str, *, end: bool = True) -> None:
    """A line beside the answer, or with `end` false a part of one; if nobody reads it, nothing."""
    try:
        typer.echo(text, err=True, nl=end)
    except BrokenPipeError:  # the work goes on, and what is left to say goes nowhere
        if sys.__stderr__ is not None:
            _to_nowhere(sys.__stderr__.fileno())


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
    """Runs a command; its status, or quietly that of SIGPIPE if `| head` has read enough.

    Only the answer counts: who reads no progress (standard error) misses none of it.
    """
    try:
        status = command()
    except (BrokenPipeError, SystemExit):  # typer makes one into the other
        if not _nobody_reads():
            raise
        return _SIGPIPE
    return _SIGPIPE if _nobody_reads() and not status else status


def _nobody_reads() -> bool:
    """Whether the answer goes to a pipe whose other end is closed; what is left goes nowhere."""
    answer = sys.__stdout__
    if answer is None or not _is_closed(answer.fileno()):
        return False
    _to_nowhere(answer.fileno())
    return True


def _to_nowhere(number: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)


def _is_closed(number: int) -> bool:
    asked = select.poll()
    asked.register(number, 0)
    return any(event & select.POLLERR for _, event in asked.poll(0))
