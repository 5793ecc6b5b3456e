"""The portable reading says the same on a real Spark, bit for bit: two cores, loopback only."""

import gc
import importlib.util
import os
import shutil
from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from benchmarks.scan_world import pack_of_rules
from matching.errors import InputError
from matching.facts import family_of
from matching.portable.encoded import frames_of
from matching.portable.running import best_outcomes
from matching.scan.encode import encode
from matching.scan.population import scans
from matching.scan.status import compile_pack
from seed.load import load_catalogue
from seed.synthetic import generate
from tests.matching.portable_cases import in_parquet, scanned, truth_tables
from tests.matching.random_rules import population
from tests.matching.test_scan import named

CATALOGUE = load_catalogue()
DAY = date(2026, 6, 30)
pytestmark = [
    pytest.mark.spark,  # py4j leaves the sockets of finished calls to the garbage collector
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]
# Generating and compiling code for each of a thousand columns costs more than a few hundred rows.
INTERPRETED = {
    "spark_sql_codegen_factoryMode": "NO_CODEGEN",
}


def _missing():
    if importlib.util.find_spec("pyspark") is None:
        return "PySpark is not in .venv; run: make parts"
    if shutil.which("java") is None:
        return "no JDK found; run: sudo apt-get install -y default-jdk-headless"
    return None


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    """One session for all tests of this file; its JVM ends with it."""
    missing = _missing()
    if missing and os.environ.get("CI") == "true":
        pytest.fail(f"Spark tests must run here: {missing}")
    if missing:
        pytest.skip(f"Spark tests not run: {missing}")
    session_of = importlib.import_module("benchmarks.spark_session").spark_session
    with session_of(tmp_path_factory.mktemp("spark"), **INTERPRETED) as session:
        yield session
    gc.collect()  # its sockets go now, not under another test


def on_spark(session, folder, program, table):
    frames = in_parquet(frames_of(table), folder, session.read.parquet)
    rows = best_outcomes(program, frames).collect()
    assert [row["id"] for row in rows] == list(table.ids)
    return {plan.policy.id: [row[plan.policy.id] for row in rows] for plan in program.plans}


def test_connectives_and_quantifiers_follow_the_truth_tables(spark, tmp_path):
    program, table, told = truth_tables(CATALOGUE)
    assert on_spark(spark, tmp_path, program, table) == told


def test_thirty_rules_say_the_same(spark, tmp_path):
    program = compile_pack(pack_of_rules(CATALOGUE), DAY)
    families = named([*population(11, 300, "310104"), *district()])
    table = encode(families, DAY)
    told = scanned(program, table)
    assert on_spark(spark, tmp_path, program, table) == told
    assert {value for values in told.values() for value in values} == {0, 1, 2}


def test_the_whole_catalogue_says_the_same(spark, tmp_path):
    (found,) = scans(CATALOGUE, named(population(12, 200, "310104")), DAY)
    told = scanned(found.program, found.table)
    assert len(told) > 80
    assert on_spark(spark, tmp_path, found.program, found.table) == told


def test_a_float_column_is_refused_on_spark_too(spark, tmp_path):
    program, table, _ = truth_tables(CATALOGUE)
    frames = frames_of(table)
    households = frames.households.with_columns(household__monthly_income=0.5)
    broken = replace(frames, households=households)
    with pytest.raises(InputError, match="NaN 不能当作未知"):
        best_outcomes(program, in_parquet(broken, tmp_path, spark.read.parquet))


@cache
def district():
    return [family_of(case, DAY) for case in generate(7, 100, DAY).cases]
