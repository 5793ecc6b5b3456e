"""Running commands: in this process, or in one of their own."""

import subprocess
import sys
from pathlib import Path

from api import cli
from graph import open_store
from seed.load import load_catalogue, load_demo

SIZE = 60
ROOT = Path(__file__).resolve().parents[2]


def demo_store(folder: Path, households: int = SIZE) -> str:
    """The address of a new store with a small demo district."""
    url = f"embedded:{folder / 'demo.sqlite'}"
    with open_store(url, create=True) as store:
        catalogue = load_catalogue()
        load_demo(store, catalogue, lambda word: "x" * len(word), n_households=households)
    return url


class Runner:
    """Runs a command here: (status, standard output, standard error)."""

    def __init__(self, capsys):
        self._capsys = capsys

    def __call__(self, *arguments):
        status = cli.run([str(one) for one in arguments])
        captured = self._capsys.readouterr()
        return status, captured.out, captured.err


def outside(*arguments, **more):
    """Run a command as a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", "from api.cli import main; main()", *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=120, **more,
    )  # fmt: skip


def wrote(folder: Path, text: str, name: str = "family.yaml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)
