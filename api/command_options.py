"""Options that many commands have (共用的选项), each declared once."""

from typing import Annotated

import typer

__all__ = ["DayOption", "JsonOption", "PlaceOption", "StoreOption", "UnusedStore"]

StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="地址",
        help="embedded:路径 或 neo4j://主机:端口；默认取 ZHAOREN_STORE",
    ),
]
UnusedStore = Annotated[str | None, typer.Option("--store", hidden=True)]  # every command takes it
DayOption = Annotated[
    str | None, typer.Option("--on", metavar="日期", help="按哪一天，例如 2026-06-30；默认今天")
]
PlaceOption = Annotated[
    str | None, typer.Option("--place", metavar="区划代码", help="只看这个地方；默认全部")
]
JsonOption = Annotated[bool, typer.Option("--json", help="每行一个 JSON")]
