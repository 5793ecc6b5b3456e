"""Characters that are taken for one another (音近字、形近字、异体字).

The tables come as text (seed/linkage) and are read once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

__all__ = ["Characters", "read_characters", "surname_of"]

_DOUBLE_SURNAMES = (
    "欧阳司马上官诸葛司徒东方独孤南宫万俟闻人",
    "夏侯尉迟公孙慕容令狐皇甫长孙宇文轩辕端木",
)
_TWO_CHARACTER_SURNAMES = frozenset(
    line[at : at + 2] for line in _DOUBLE_SURNAMES for at in range(0, len(line), 2)
)


@dataclass(frozen=True)
class Characters:
    """Readings, look-alikes and register forms of characters."""

    sounds: Mapping[str, str]
    shapes: Mapping[str, frozenset[int]]
    variants: Mapping[str, str]

    @cached_property
    def _folding(self) -> dict[int, str]:
        return {ord(form): register for form, register in self.variants.items()}

    def fold(self, text: str) -> str:
        """The text in register characters (陳 becomes 陈)."""
        return text.translate(self._folding)

    def sound(self, character: str) -> str:
        """Its syllable without tone; a character without a known reading is its own."""
        return self.sounds.get(character, character)

    def are_alike(self, left: str, right: str) -> bool:
        """Whether two characters sound the same or look alike."""
        if self.sound(left) == self.sound(right):
            return True
        none: frozenset[int] = frozenset()
        return not self.shapes.get(left, none).isdisjoint(self.shapes.get(right, none))


def read_characters(sounds: str, shapes: str, variants: str) -> Characters:
    """The tables from the texts of `seed/linkage`.

    Args:
        sounds: `syllable characters`, one syllable a line.
        shapes: characters that look alike, one group a line.
        variants: pairs of a written form and its register form.
    """
    by_character = {
        character: line.split()[0] for line in _lines(sounds) for character in line.split()[1]
    }
    groups: dict[str, set[int]] = {}
    for number, line in enumerate(_lines(shapes)):
        for character in line:
            groups.setdefault(character, set()).add(number)
    forms = {pair[0]: pair[1] for line in _lines(variants) for pair in line.split()}
    return Characters(
        sounds=by_character,
        shapes={character: frozenset(numbers) for character, numbers in groups.items()},
        variants=forms,
    )


def surname_of(name: str) -> str:
    """The family name: two characters for the known double surnames, else the first."""
    return name[:2] if len(name) > 2 and name[:2] in _TWO_CHARACTER_SURNAMES else name[:1]


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith("#")]
