"""Measurements; each prints one JSON object into `benchmarks/results/` (docs/benchmarks.md)."""
