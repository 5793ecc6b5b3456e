"""Looking for findings and deciding on them from the command line."""

import json
import re

import pytest

from tests.api.commands import SIZE, Runner, demo_store


@pytest.fixture(scope="module")
def looked(tmp_path_factory):
    """A small demo store, looked at once."""
    return demo_store(tmp_path_factory.mktemp("findings"))


@pytest.fixture
def run(capsys):
    return Runner(capsys)


def rows(out: str, kind: str) -> list[dict]:
    found = [json.loads(line) for line in out.splitlines()]
    return [row for row in found if row["type"] == kind]


def test_nothing_is_kept_before_the_first_look(run, looked):
    status, out, _ = run("findings", "--store", looked)
    assert status == 0
    assert "没有发现不等于没有问题" in out
    assert "decide" not in out


def test_a_look_finds_keeps_and_says_what_was_not_checked(run, looked):
    status, out, err = run("findings", "--run", "--store", looked)
    assert status == 0, err
    assert f"排查 {SIZE} 户" in out
    assert "没有核查的（不等于没有问题）" in out
    assert "可能救不够（underpaid）" in out
    assert "H-0001" in out
    assert "依据：" in out
    paths = [line for line in out.splitlines() if line.startswith("    依据：")]
    assert not [line for line in paths if re.search(r"(?<![a-z0-9-])[a-z_]{4,}", line)]
    assert out.splitlines()[-1].startswith("核实以后：zhaoren findings decide")
    again = run("findings", "--run", "--store", looked, "--json")[1]
    first = rows(again, "finding")
    assert len({row["key"] for row in first}) == len(first)
    assert {row["what"] for row in rows(again, "coverage")} >= {"person.custody_status"}
    assert "其中 0 件是新的或有变化" in run("findings", "--run", "--store", looked)[1]
    kept = rows(run("findings", "--store", looked, "--json")[1], "finding")
    assert kept == first


def test_findings_are_chosen_by_kind_and_place(run, looked):
    run("findings", "--run", "--store", looked)
    out = run("findings", "--store", looked, "--kind", "underpaid", "--json")[1]
    assert {row["kind"] for row in rows(out, "finding")} == {"underpaid"}
    out = run("findings", "--store", looked, "--place", "310199001001", "--json")[1]
    assert {row["place"] for row in rows(out, "finding")} == {"310199001001"}
    closed = run("findings", "--store", looked, "--state", "closed", "--json")[1]
    assert not closed


def test_a_look_at_one_place_says_nothing_of_others(run, looked):
    before = run("findings", "--run", "--store", looked, "--json")[1]
    out = run("findings", "--run", "--place", "310199001", "--store", looked)[1]
    assert f"排查 {SIZE} 户" not in out
    after = run("findings", "--store", looked, "--json")[1]
    assert rows(before, "finding") == rows(after, "finding")


def test_who_is_who_of_those_who_changed_is_compared_in_the_same_pass(run, looked):
    words = ("--run", "--since", "2026-01-01", "--store", looked)
    status, out, _ = run("findings", *words)
    assert status == 0
    assert f"排查 {SIZE} 户" in out
    assert "比对：2026-01-01 起有变化的" in out
    asked = run("identity", "--since", "2026-01-01", "--store", looked, "--json")[1]
    both = run("findings", *words, "--json")[1]
    assert rows(both, "compared") == rows(asked, "compared") != []


def test_a_person_decides_and_gives_a_reason(run, looked):
    out = run("findings", "--run", "--store", looked, "--kind", "underpaid", "--json")[1]
    key = rows(out, "finding")[0]["key"]
    status, _, err = run("findings", "decide", key, "--state", "rejected", "--store", looked)
    assert status == 2
    assert "请写明理由" in err
    words = ("--state", "rejected", "--reason", "已经补发", "--store", looked)
    status, out, _ = run("findings", "decide", key, *words)
    assert status == 0
    assert "不属实，已经补发" in out
    assert key not in run("findings", "--run", "--store", looked, "--kind", "underpaid")[1]
    rejected = run("findings", "--state", "rejected", "--store", looked, "--json")[1]
    assert [row["key"] for row in rows(rejected, "finding")] == [key]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--kind", "strange"), "没有这个种类：strange"),
        (("--state", "done"), "没有这个状态"),
        (("--place", "上海"), "区划代码"),
        (("--on", "2026-06-30"), "请和 --run 一起写"),
        (("--since", "2026-06-30"), "请和 --run 一起写"),
        (("--run", "--since", "2030-01-01"), "以后。请写早一些的日期"),
        (("--run", "--since", "2026-06-30", "--place", "310199"), "不能只看一个地方"),
        (("--every", "9"), "请和 --follow 一起写"),
        (("decide", "F9", "--state", "confirmed"), "没有这个发现"),
        (("decide", "F9", "--state", "done"), "状态只能写"),
    ],
)
def test_wrong_use_is_told_in_words(run, looked, words, said):
    status, out, err = run("findings", *words, "--store", looked)
    assert status == 2
    assert out == ""
    assert said in err


def test_a_look_that_could_not_read_some_names_them_and_ends_with_a_status(run, looked):
    status, out, err = run("findings", "--run", "--on", "1950-01-01", "--store", looked)
    assert status == 1
    assert f"另有 {SIZE} 户读不出来，没有排查" in out
    assert f"有 {SIZE} 户没有算" in err
    assert "H-0001：" in err
