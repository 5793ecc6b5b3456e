"""Splink on the same records: the peer of `bench_identity`, in a process of its own.

It gets what ours has after normalising (syllables of the name included), the same blocking keys,
and comparisons as its documentation advises: term frequencies for names, one slip for dates and
numbers. It learns its figures by itself, as ours does. Needs the extra `bench`.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI

from benchmarks.identity_measures import peak_memory_mb

__all__ = ["main"]

THRESHOLDS = (0.5, 0.9, 0.99)
BLOCKS = (
    ("id_number",), ("name", "birth"), ("birth",), ("phone",), ("address",), ("id_prefix",),
    ("id_rest",), ("name", "birth_year"), ("name", "birth_day"), ("id_ends", "surname_sound"),
)  # fmt: skip


# A household shares both, and as two comparisons they count twice; whoever knows makes them one.
CONTACT_APART = (cl.DamerauLevenshteinAtThresholds("phone", 1), cl.ExactMatch("address"))
CONTACT_AS_ONE = (
    cl.CustomComparison(
        output_column_name="contact",
        comparison_levels=[
            cll.And(cll.NullLevel("phone"), cll.NullLevel("address")),
            cll.And(cll.ExactMatchLevel("phone"), cll.ExactMatchLevel("address")),
            cll.ExactMatchLevel("address"),
            cll.ExactMatchLevel("phone"),
            cll.ElseLevel(),
        ],
    ),
)


def main() -> None:
    """Rows from the first file, pairs and figures into the second; `apart` may follow."""
    source, target = (Path(word) for word in sys.argv[1:3])
    rows: list[dict[str, Any]] = json.loads(source.read_text("utf-8"))
    start, cpu = time.perf_counter(), time.process_time()
    database = DuckDBAPI()
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    linker = Linker(
        database.register(_table(columns)), _settings(apart="apart" in sys.argv), log_level=40
    )
    _train(linker)
    predicted = linker.inference.predict(threshold_match_probability=min(THRESHOLDS))
    pairs = [
        (sorted((row["unique_id_l"], row["unique_id_r"])), row["match_probability"])
        for row in predicted.as_record_list()
    ]
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, 0.9)
    groups: dict[str, list[str]] = {}
    for row in clusters.as_record_list():
        groups.setdefault(str(row["cluster_id"]), []).append(row["unique_id"])
    result = {
        "pairs": pairs,
        "groups": [sorted(group) for group in groups.values() if len(group) > 1],
        "seconds": round(time.perf_counter() - start, 3),
        "cpu_seconds": round(time.process_time() - cpu, 3),
        "peak_mb": peak_memory_mb(),
    }
    target.write_text(json.dumps(result), "utf-8")


def _table(columns: dict[str, list[Any]]) -> object:
    import pyarrow  # noqa: PLC0415 - comes with splink

    return pyarrow.table(columns)


def _settings(*, apart: bool) -> SettingsCreator:
    return SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[block_on(*columns) for columns in BLOCKS],
        comparisons=[
            cl.CustomComparison(
                output_column_name="name",
                comparison_levels=[
                    cll.NullLevel("name"),
                    cll.ExactMatchLevel("name", term_frequency_adjustments=True),
                    cll.ExactMatchLevel("name_sound"),
                    cll.DamerauLevenshteinLevel("name", 1),
                    cll.ExactMatchLevel("surname_sound"),
                    cll.ElseLevel(),
                ],
            ),
            cl.CustomComparison(
                output_column_name="id_number",
                comparison_levels=[
                    cll.NullLevel("id_ends"),
                    cll.ExactMatchLevel("id_number"),
                    cll.DamerauLevenshteinLevel("id_number", 1),
                    cll.ExactMatchLevel("id_ends"),
                    cll.ElseLevel(),
                ],
            ),
            cl.CustomComparison(
                output_column_name="birth",
                comparison_levels=[
                    cll.NullLevel("birth"),
                    cll.ExactMatchLevel("birth", term_frequency_adjustments=True),
                    cll.DamerauLevenshteinLevel("birth", 1),
                    cll.ExactMatchLevel("birth_year"),
                    cll.ElseLevel(),
                ],
            ),
            cl.ExactMatch("sex"),
            *(CONTACT_APART if apart else CONTACT_AS_ONE),
        ],
    )


def _train(linker: Linker) -> None:
    certain = [block_on("id_number"), block_on("name", "birth")]
    linker.training.estimate_probability_two_random_records_match(certain, recall=0.9)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    for columns in (("birth",), ("name",), ("phone",)):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*columns))


if __name__ == "__main__":
    main()
