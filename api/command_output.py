"""What commands say (命令的输出): answers to standard output, progress and errors beside them."""

import json
from collections.abc import Callable

import typer

__all__ = ["counting", "put", "say"]


def say(text: str) -> None:
    """A line beside the answer."""
    typer.echo(text, err=True)


def put(value: object) -> None:
    """One JSON value a line."""
    typer.echo(json.dumps(value, ensure_ascii=False))


def counting(every: int) -> Callable[[int], None]:
    """Says how many households were looked at, once in `every`."""

    def told(done: int) -> None:
        if done % every == 0:
            say(f"已看 {done} 户")

    return told
