"""Read the tables and figures of the identity part (seed/linkage); nothing else knows the files."""

import json
from functools import cache
from pathlib import Path

from matching.identity.characters import Characters, read_characters
from matching.identity.model import LinkageModel, read_model

__all__ = ["load_characters", "load_linkage_model"]

_FOLDER = Path(__file__).parent / "linkage"


@cache
def load_characters() -> Characters:
    """Readings, look-alikes and other written forms of characters."""
    return read_characters(*(_text(f"{name}.txt") for name in ("sounds", "shapes", "variants")))


@cache
def load_linkage_model() -> LinkageModel:
    """The shipped figures; `estimate` fits them to the lists of an installation."""
    return read_model(json.loads(_text("weights.json")))


def _text(name: str) -> str:
    return (_FOLDER / name).read_text("utf-8")
