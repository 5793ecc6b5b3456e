"""Commands whose output nobody reads on: the answer ends quietly, the work is done whole."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import contextmanager

import pytest

from tests.api.commands import ROOT, demo_store


@contextmanager
def nobody_reads():
    """The end of a pipe to write to, the other end of which is closed."""
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


def ended(*words, **outputs):
    """A command as a process of its own, with these outputs."""
    return subprocess.run(
        [sys.executable, "-c", "from api.cli import main; main()", *words],
        cwd=ROOT, timeout=120, check=False, text=True, **{"stderr": subprocess.PIPE, **outputs},
    )  # fmt: skip


@pytest.mark.parametrize("words", ["--help", "policy show dibao", "policy show dibao 2>&1"])
def test_when_nobody_reads_on_the_command_ends_quietly(words):
    """As `zhaoren … | head` does: as if ended by SIGPIPE, without a word."""
    with nobody_reads() as writer:
        more = {"stderr": writer} if words.endswith("2>&1") else {}
        end = ended(*words.removesuffix("2>&1").split(), stdout=writer, **more)
    assert (end.returncode, end.stderr or "") == (141, "")


def test_an_error_is_told_even_if_nobody_reads_the_answer():
    with nobody_reads() as writer:
        end = ended("policy", "nothing", stdout=writer)
        assert (end.returncode, "没有这个命令" in end.stderr) == (2, True)
        assert ended("policy", "nothing", stdout=writer, stderr=writer).returncode == 2


def look(path, before, **outputs):
    """How looking for findings ended, and what was kept, in a copy of a store."""
    shutil.copyfile(before, path)
    end = ended("findings", "--run", "--workers", "1", "--store", f"embedded:{path}", **outputs)
    with sqlite3.connect(path) as file:
        kept = file.execute("SELECT key, state FROM finding ORDER BY key").fetchall()
    return end.returncode, kept


def test_a_look_that_nobody_watches_or_reads_keeps_what_any_look_keeps(tmp_path):
    """Progress is for who watches: without anybody the work goes on and its status counts."""
    before = demo_store(tmp_path, 120).removeprefix("embedded:")  # one line of progress
    read, unwatched = tmp_path / "read", tmp_path / "unwatched"
    with read.open("w") as out:
        status, kept = look(tmp_path / "0", before, stdout=out)
    assert (status, len(kept) > 0) == (0, True)
    with nobody_reads() as writer:
        with unwatched.open("w") as out:
            assert look(tmp_path / "1", before, stdout=out, stderr=writer) == (0, kept)
        assert unwatched.read_text() == read.read_text() != ""
        assert look(tmp_path / "2", before, stdout=writer, stderr=writer) == (141, kept)


def test_what_is_written_to_files_is_whole_though_nobody_reads_their_names(tmp_path):
    with nobody_reads() as writer:
        for name, outputs in (("a", {"stdout": writer, "stderr": writer}),
                              ("b", {"stdout": subprocess.DEVNULL, "stderr": writer})):  # fmt: skip
            end = ended("policy", "new", "p_one", "--pack", "cn/shanghai",
                        "--into", str(tmp_path / name), **outputs)  # fmt: skip
            assert end.returncode == (141 if name == "a" else 0)
    files = [sorted(one.relative_to(tmp_path / name) for one in (tmp_path / name).rglob("*.yaml"))
             for name in "ab"]  # fmt: skip
    assert files[0] == files[1] != []
