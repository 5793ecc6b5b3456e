"""The reading without guesses (不靠推定的求值): silence speaks only of who lives in the household.

A condition may not fail on a presumption about anybody else (docs/decisions/0003-silence.md). What
fails here too, fails.
"""

from matching.model.family import Event, Obligor, Person
from matching.reading import Reading
from matching.seen import UNKNOWN, Seen, Use
from matching.vocabulary import VOCABULARY

__all__ = ["SureReading", "is_guess"]


def is_guess(name: str, thing: object) -> bool:
    """Whether silence on a fact of the vocabulary says it without having seen it.

    Args:
        name: of the fact; aid that is presumed not to be received is no guess.
        thing: whose it is; None: the household's.
    """
    at_home = isinstance(thing, Person) and not isinstance(thing, Obligor)
    return name in VOCABULARY and not (at_home and VOCABULARY[name].at_home is not None)


class SureReading(Reading):
    """A reading in which a guess is unknown."""

    def _silence(self, use: Use, thing: Person | Event | None) -> Seen:
        seen = super()._silence(use, thing)
        guessed = use in seen.presumed and is_guess(use[0], thing)
        return Seen(UNKNOWN, used=(use,), missing=(use,)) if guessed else seen
