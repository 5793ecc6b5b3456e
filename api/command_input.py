"""What commands are given (命令的输入): settings and days, refused in words.

Imports what it needs when it is called, so that help comes at once.
"""

from datetime import date
from typing import TYPE_CHECKING

from matching.errors import InputError

if TYPE_CHECKING:
    from api.settings import Settings

__all__ = ["given_day", "given_place", "given_settings", "this_day"]


def given_settings(**given: object) -> "Settings":
    """The settings of the environment, with what a command was told instead.

    Raises:
        InputError: a setting will not do.
    """
    from pydantic import ValidationError  # noqa: PLC0415

    from api.settings import Settings  # noqa: PLC0415

    chosen = {name: value for name, value in given.items() if value is not None}
    try:
        return Settings.model_validate({**Settings().model_dump(), **chosen})
    except ValidationError as error:
        says = "；".join(one["msg"].removeprefix("Value error, ") for one in error.errors())
        raise InputError(f"设置有误：{says}") from None


def given_day(text: str | None) -> date | None:
    """A day as typed; None when nothing was.

    Raises:
        InputError: it is no day.
    """
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"日期 {text} 不对，请写成 2026-06-30 这样。") from None


def given_place(code: str | None) -> str:
    """A division code as typed; empty, everywhere, when nothing was.

    Raises:
        InputError: it is no code.
    """
    from matching.whatif_file import is_place  # noqa: PLC0415

    if code is not None and not is_place(code):
        raise InputError(f"区划代码 {code} 不对，应当是 2 至 12 位数字，例如 310104。")
    return code or ""


def this_day() -> date:
    """Today by the clock of the machine."""
    from api.clock import today  # noqa: PLC0415

    return today()
