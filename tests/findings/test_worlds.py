"""Precision and recall on a small made-up world whose truth is kept apart (带真值的世界)."""

import ast
from functools import cache
from pathlib import Path

import pytest

from benchmarks.bench_findings import GOALS, Found, found_in, measure, traced
from benchmarks.finding_causes import CAUSES
from benchmarks.finding_worlds import World, make_world
from matching import findings
from matching.findings import KINDS
from matching.model.finding import Finding
from tests.findings.cases import catalogue

HOUSEHOLDS = 50


@cache
def looked() -> tuple[World, Found]:
    made = make_world(catalogue(), 1, HOUSEHOLDS)
    return made, found_in(catalogue(), made)


def world() -> tuple[World, tuple[Finding, ...]]:
    made, found = looked()
    return made, found.findings


@pytest.mark.parametrize("name", ["D2", "D3", "D4", "M1", "M3"])
def test_what_is_found_is_right_and_most_of_it_is_found(name):
    counted = measure(*world())[name]
    assert counted.true
    precision, recall = counted.right / max(counted.found, 1), counted.right / counted.true
    assert precision >= GOALS[name][0] - 0.1  # a small world is a rough measure
    assert recall >= GOALS[name][1] - 0.3


def test_what_is_wrong_or_missing_comes_out_right_without_the_loss_that_explains_it():
    made, found = looked()
    causes = traced(catalogue(), made, found)
    assert sum(causes["M1_missing"].values()) == len(
        made.truth.missed - {(one.household, one.policies[0], (*one.subjects, "household")[0])
                             for one in found.findings if one.kind == "missed_definite"}
    )  # fmt: skip
    for name in ("D2_wrong", "D2_missing", "D4_wrong", "M1_wrong"):
        assert not causes[name]["ours"], causes
    assert causes["M1_missing"].keys() <= CAUSES.keys()


def test_no_key_stands_for_two_findings_and_every_kind_is_known():
    _, found = world()
    assert len({one.key for one in found}) == len(found)
    assert {one.kind for one in found} <= KINDS.keys()


def test_the_same_seed_gives_the_same_world():
    small = make_world(catalogue(), 7, 6)
    assert small == make_world(catalogue(), 7, 6)
    assert small.cases != make_world(catalogue(), 8, 6).cases


def test_the_detectors_cannot_see_the_truth():
    folder = Path(findings.__file__).parent
    names = {
        name.split(".")[0]
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom)
            else [one.name for one in node.names] if isinstance(node, ast.Import) else []
        )
    }  # fmt: skip
    assert "benchmarks" not in names
    assert "seed" not in names
