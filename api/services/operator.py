"""What the operator of the machine does (操作员): answer families, make a demo, copy a store.

Every read and write goes through the port with the operator's access and leaves its trace.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from api.services.advisor import Comparison, compare_days
from graph import copy_store
from graph.store import Store
from matching.answer import answer
from matching.errors import Conflict, InputError
from matching.facts import family_of, of_day
from matching.family_file import read_families
from matching.model.access import Purpose
from matching.model.answer import Answer
from matching.model.family import Family
from matching.packs import Catalogue
from seed.load import LoadedDemo, load_demo, operator_access, put_catalogue, renew_logins

__all__ = [
    "LARGEST_FILE",
    "Copied",
    "all_families",
    "copy",
    "decoded",
    "described_families",
    "first_family",
    "make_demo",
    "read_text",
    "refresh_catalogue",
]

LARGEST_FILE = 5_000_000


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy moved."""

    households: int
    content_hash: str


def all_families(
    store: Store, catalogue: Catalogue, on: date
) -> Iterator[tuple[str, Answer | InputError]]:
    """Every stored household in order of id with its answer, or with why there is none that day."""
    for case in store.cases(operator_access()):
        try:
            family = family_of(case, on)
        except InputError as error:
            yield case.household.id, error
        else:
            yield case.household.id, answer(catalogue, family, on)


def described_families(
    text: str, name: str, catalogue: Catalogue, on: date
) -> Iterator[tuple[Family, Answer]]:
    """Every family of a file with its answer; all of the file is checked before the first."""
    for family in read_families(text, name):
        today = of_day(family, on)
        yield today, answer(catalogue, today, on)


def read_text(path: Path) -> str:
    """The text of a file that somebody handed in.

    Raises:
        InputError: it is not there, too large, or no UTF-8 text.
    """
    try:
        with path.open("rb") as file:
            return decoded(file.read(LARGEST_FILE + 1), path.name)
    except OSError:
        raise InputError(f"读不了文件 {path}。请核对路径和权限。") from None


def decoded(data: bytes, name: str) -> str:
    """Bytes as text, if they are not too many and UTF-8."""
    if len(data) > LARGEST_FILE:
        raise InputError(f"{name} 太大：最多 {LARGEST_FILE // 1_000_000} MB。请分成几个文件。")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(f"{name} 第 {line} 行不是 UTF-8 文字。请另存为 UTF-8 后再试。") from None


def make_demo(
    store: Store, catalogue: Catalogue, hash_password: Callable[[str], str]
) -> LoadedDemo:
    """Fill an empty store with the made-up district; an older demo only gets new passwords.

    Raises:
        Conflict: the store holds other households.
    """
    info = store.info()
    if not info.households:
        return load_demo(store, catalogue, hash_password)
    if info.demo_day is None:
        raise Conflict("这个库里已经有家庭，不是示例库。请换一个新的位置，或不写 --store。")
    refresh_catalogue(store, catalogue)
    return renew_logins(store, hash_password, info.demo_day)


def refresh_catalogue(store: Store, catalogue: Catalogue) -> bool:
    """Write the catalogue's graph anew if the store has another version of it."""
    if store.info().catalogue_version == catalogue.version:
        return False
    put_catalogue(store, operator_access(Purpose.LOAD), catalogue)
    return True


def first_family(store: Store, catalogue: Catalogue, demo: LoadedDemo) -> Comparison:
    """The family that the demo opens on, on the demo's day and on the day after."""
    days = (demo.day, demo.day + timedelta(days=1))
    return compare_days(store, catalogue, operator_access(), demo.family, days)


def copy(source: Store, target: Store) -> Copied:
    """Copy everything but control from one store into an empty one, and compare."""
    copy_store(source, target, operator_access(Purpose.COPY))
    return Copied(target.info().households, target.canonical_hash())
