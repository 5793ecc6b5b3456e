"""The portable reading of the rules (可移植求值): the scan's program on data frames.

For facts that live in a warehouse: the same operations, the same truth, through narwhals on polars
and on Spark.
docs/scale.md says when to use it; tests hold it equal to the scan, bit for bit.
"""
