"""What commands say (命令的输出): answers to standard output, progress and errors beside them."""

import json
from collections.abc import Callable, Mapping

import typer

__all__ = ["counting", "end_with_unread", "put", "say", "tell_unread"]

_NAMED = 50


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
