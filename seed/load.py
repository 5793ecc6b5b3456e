"""Read the catalogue's files, and put catalogue and made-up district into a store (装入)."""

import hashlib
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from graph.store import Store, User
from matching.catalogue import load
from matching.errors import CatalogueError, InputError
from matching.model.access import Access, Actor, Purpose, Role, Scope
from matching.packs import Catalogue
from seed.catalogue_graph import catalogue_graph
from seed.demo_family import DEMO_DAY
from seed.district import PLACES
from seed.synthetic import DEMO_FAMILY, DEMO_USERS, DemoUser, District, generate

__all__ = [
    "DEMO_HOUSEHOLDS",
    "DEMO_SEED",
    "DemoLogin",
    "LoadedDemo",
    "catalogue_files",
    "catalogue_stamp",
    "load_catalogue",
    "load_demo",
    "operator_access",
    "place_in",
    "put_catalogue",
    "renew_logins",
    "shown_file",
]

DEMO_SEED = 20260630
DEMO_HOUSEHOLDS = 300
_OWN_CATALOGUE = Path(__file__).parent / "catalogue"
_CASES = "cases/"  # golden cases of an installation, beside its catalogue
_CASES_A_WRITE = 20
_LARGEST_FILE = 1_000_000  # bytes; the largest of ours has 12,000


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """A demo account with its password, which is shown once and kept nowhere."""

    user: DemoUser
    password: str


@dataclass(frozen=True, slots=True)
class LoadedDemo:
    """What a loaded demo offers: its first family, its day, the log-ins."""

    family: str
    day: date
    households: int
    logins: tuple[DemoLogin, ...]


def catalogue_files(folder: Path | None = None) -> tuple[tuple[str, str], ...]:
    """(relative name, text) of every YAML file of the catalogue, in order of name.

    Args:
        folder: files of an installation's own; one of the same name replaces ours.

    Raises:
        CatalogueError: the folder is not there, or a file is too large or no UTF-8 text.
    """
    files: dict[str, str] = {}
    for root in _roots(folder):
        files.update(_texts(root))
    return tuple(sorted(files.items()))


def catalogue_stamp(folder: Path | None = None) -> str:
    """Another text whenever a file of the catalogue was written, came or went (目录印记).

    The files are not read, so that one may ask again and again.

    Args:
        folder: as in `catalogue_files`.

    Raises:
        CatalogueError: the folder is not there.
    """
    total = hashlib.sha256()
    for path in (path for root in _roots(folder) for path in sorted(root.rglob("*.yaml"))):
        with suppress(FileNotFoundError):  # it went in between: the next time tells
            told = path.stat()
            total.update(f"{path}\0{told.st_mtime_ns}\0{told.st_size}\0".encode())
    return total.hexdigest()


def _roots(folder: Path | None) -> tuple[Path, ...]:
    if folder is None:
        return (_OWN_CATALOGUE,)
    if not folder.is_dir():
        raise CatalogueError(f"找不到政策目录的文件夹 {folder}。请核对 ZHAOREN_CATALOGUE。")
    return _OWN_CATALOGUE, folder


def _texts(root: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(root.rglob("*.yaml")):
        name = path.relative_to(root).as_posix()
        if name.startswith(_CASES):
            continue
        try:
            with path.open("rb") as file:
                data = file.read(_LARGEST_FILE + 1)
            text = data.decode("utf-8") if len(data) <= _LARGEST_FILE else ""
        except (OSError, UnicodeDecodeError):
            raise CatalogueError(
                f"读不了政策文件 {path}：请确认它可读，并且是 UTF-8 文字。"
            ) from None
        if len(data) > _LARGEST_FILE:
            raise CatalogueError(
                f"政策文件 {path} 太大，没有读：一个文件最多 {_LARGEST_FILE // 1_000} KB。"
                "请确认放对了文件；一项政策一个文件。"
            )
        yield name, text


def load_catalogue(folder: Path | None = None) -> Catalogue:
    """The checked catalogue.

    Raises:
        CatalogueError: something in the files is wrong; every finding at once.
    """
    try:
        return load(catalogue_files(folder))
    except CatalogueError as error:
        findings = [replace(found, file=shown_file(found.file, folder)) for found in error.findings]
        raise CatalogueError(error.detail, findings=findings) from None


def shown_file(name: str, folder: Path | None) -> str:
    """A file of the catalogue as its author knows it: one of the installation with its folder."""
    own = folder / name if folder is not None else None
    return str(own) if own is not None and own.is_file() else name


def place_in(folder: Path, name: str) -> Path:
    """Where a file of an installation is written: in its folder, whatever its name or links say.

    Raises:
        InputError: it would lie elsewhere.
    """
    path = folder / name
    if not path.parent.resolve().is_relative_to(folder.resolve()):
        raise InputError(f"{path} 不在文件夹 {folder} 里，没有写。请看里面有没有指到别处的链接。")
    return path


def operator_access(purpose: Purpose = Purpose.OPERATE) -> Access:
    """Whoever works at the machine itself (操作员): everywhere, and traced like anybody."""
    everywhere = Scope(places=frozenset({""}))
    return Access(actor=Actor(id="operator", role=Role.ADVISOR, scope=everywhere), purpose=purpose)


def put_catalogue(
    store: Store, access: Access, catalogue: Catalogue, places: Mapping[str, str] = PLACES
) -> None:
    """Write the catalogue's graph into a store, in the place of what was there."""
    nodes, edges = catalogue_graph(catalogue, places)
    store.put_catalogue(access, nodes, edges, catalogue.version)


def load_demo(
    store: Store,
    catalogue: Catalogue,
    hash_password: Callable[[str], str],
    *,
    seed_number: int = DEMO_SEED,
    n_households: int = DEMO_HOUSEHOLDS,
    on: date = DEMO_DAY,
) -> LoadedDemo:
    """Fill an empty store with the catalogue, the made-up district and its accounts.

    Passwords are made here and returned; the store keeps what `hash_password` makes of them.
    """
    access = operator_access(Purpose.LOAD)
    district = generate(seed_number, n_households, on)
    put_catalogue(store, access, catalogue)
    _put_cases(store, access, district, seed_number)
    logins = _put_users(store, access, district.users, hash_password)
    store.set_demo_day(on)
    return LoadedDemo(district.demo_family, on, len(district.cases), logins)


def _put_cases(store: Store, access: Access, district: District, seed_number: int) -> None:
    for start in range(0, len(district.cases), _CASES_A_WRITE):
        chunk = district.cases[start : start + _CASES_A_WRITE]
        name = f"demo-{seed_number}-{chunk[0].household.id}"
        with store.write(access, "load_demo", name, key=name, body=name.encode()) as writer:
            for case in chunk:
                writer.add_case(case)


def renew_logins(store: Store, hash_password: Callable[[str], str], day: date) -> LoadedDemo:
    """New passwords for the accounts of a demo that is already there."""
    access = operator_access(Purpose.LOAD)
    logins = _put_users(store, access, DEMO_USERS, hash_password)
    return LoadedDemo(DEMO_FAMILY, day, store.info().households, logins)


def _put_users(
    store: Store, access: Access, users: Sequence[DemoUser], hash_password: Callable[[str], str]
) -> tuple[DemoLogin, ...]:
    logins = tuple(DemoLogin(user, secrets.token_urlsafe(9)) for user in users)
    for login in logins:
        user = login.user
        store.put_user(
            access,
            User(
                id=user.id,
                name=user.name,
                role=user.role,
                scope=user.scope,
                password_hash=hash_password(login.password),
            ),
        )
    return logins
