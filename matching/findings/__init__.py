"""Findings (发现): possibly missed, double and wrong aid, with evidence, for people to check.

`find` looks at one household, `across` at the signs of all of them; `checked` says what nobody
looked at; `look_over` does all of it for a portion of households. Each detector is a function from
a `Look` to what it saw; the rules themselves are in the catalogue. Nothing here stops aid.
"""

from matching.findings.coverage import CoverageRow, CoverageSums
from matching.findings.detectors import find
from matching.findings.households import Sign, sign_of
from matching.findings.kinds import KINDS, KindSpec, about
from matching.findings.look import Look, look_at
from matching.findings.neighbours import Neighbours, across
from matching.findings.portion import WAITING, Portion, Waiting, look_over, settled
from matching.findings.rates import RateCounts, Rates
from matching.findings.spans import Span, months_of
from matching.model.finding import Finding

__all__ = [
    "KINDS",
    "WAITING",
    "CoverageRow",
    "CoverageSums",
    "Finding",
    "KindSpec",
    "Look",
    "Neighbours",
    "Portion",
    "RateCounts",
    "Rates",
    "Sign",
    "Span",
    "Waiting",
    "about",
    "across",
    "find",
    "look_at",
    "look_over",
    "months_of",
    "settled",
    "sign_of",
]
