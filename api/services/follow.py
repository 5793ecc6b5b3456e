"""Findings that keep up with what is written (跟随): one full look, then what each write touches.

Whom a write was about stands in its trace, in one transaction with it, so nothing is missed and
nothing is read twice. What touches very many, and another day or other rules, is a full look anew.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeAlias

from api.services.findings import Looked, look_beside
from api.services.kept import decided_persons
from api.services.look_again import LookedAgain, Standing, look_again
from api.services.night import Night, Workers
from graph.store import News, Store
from matching.errors import CatalogueError, InputError
from matching.findings import Rates
from matching.findings.events import Written, touched
from matching.model.access import Access
from matching.packs import Catalogue
from seed.load import catalogue_stamp, load_catalogue

__all__ = ["Follower", "Pace", "RuleFiles", "Step"]

Step: TypeAlias = Looked | LookedAgain | None
_SLOWEST = 3_600
_QUICKER = 5  # times that a household costs less in a full look than alone


@dataclass(frozen=True, slots=True)
class Pace:
    """How many seconds lie between two questions to the store (间隔).

    Raises:
        InputError: no sensible number.
    """

    seconds: int = 5

    def __post_init__(self) -> None:
        if not 1 <= self.seconds <= _SLOWEST:
            raise InputError(f"--every 写 1 到 {_SLOWEST} 之间的秒数，例如 --every 5。")


class RuleFiles:
    """The catalogue as its files stand (目录文件), read anew when one of them is changed.

    Raises:
        CatalogueError: it cannot be read now.
    """

    def __init__(self, folder: Path | None):
        self._folder, self._gone = folder, False
        self._stamp = catalogue_stamp(folder)
        self.catalogue = load_catalogue(folder)

    def refresh(self) -> None:
        """Take in what was changed.

        Raises:
            CatalogueError: what was changed cannot be read; said once, and the rules stay.
        """
        try:
            stamp = catalogue_stamp(self._folder)
        except CatalogueError:
            was_gone, self._gone = self._gone, True
            if was_gone:
                return
            raise
        self._gone = False
        if stamp != self._stamp:
            self._stamp = stamp
            self.catalogue = load_catalogue(self._folder)


@dataclass(slots=True)
class Follower:
    """Who keeps the findings up to date (跟随者), in one process beside any number of others.

    A step that breaks off leaves no standing: the next one looks at everything, so that nothing is
    half taken in. Two of them at once keep the same findings twice over, which is once.

    With the first full look of a new day it is compared who is who: of those of whom something came
    since the day of the last comparison, and of all whom a write was about, whatever day it bears.
    Until that comparison has landed they are kept in mind. A store that was filled in anew is
    compared at once; what came before the follower began is not its concern.

    Attributes:
        store: what is written is read from its trace.
        access: whoever looks, everywhere.
        workers: who helps with a full look; None: this process.
        progress: told how many households a full look has read.
        many: households from which on a full look may be quicker: where they are a fifth of all,
            or less the more processes help.
    """

    store: Store
    access: Access
    workers: Workers | None = None
    progress: Callable[[int], None] = lambda _: None
    many: int = 1_000
    _standing: Standing | None = field(default=None, init=False)
    _heads: dict[str, int] | None = field(default=None, init=False)
    _compared: date | None = field(default=None, init=False)
    _written: set[str] = field(default_factory=set, init=False)

    def step(self, catalogue: Catalogue, on: date) -> Step:
        """Look at everything the first time, after that at what was written since.

        Args:
            catalogue: the rules now.
            on: today.

        Returns:
            What a full look or a smaller one came to; None: nothing that concerns a household.

        Raises:
            StoreError: the store cannot be reached or used.
        """
        standing, self._standing = self._standing, None
        if standing is None or standing.catalogue is not catalogue or standing.on != on:
            return self._begin(catalogue, on)
        news = self.store.written_since(self.access, self._heads)
        done = self._take_in(standing, news) if news.entries else None
        if isinstance(done, Looked):
            return done
        self._standing, self._heads = standing, dict(news.heads)
        return done

    def _begin(self, catalogue: Catalogue, on: date) -> Looked:
        """The heads come first: what is written during the look is looked at after it."""
        news = self.store.written_since(self.access, self._heads)
        self._keep_in_mind(news)
        since = self._compared if self._compared is not None and self._compared < on else None
        who = decided_persons(self.store, self.access, on)
        night = Night(catalogue, self.access, on, who.same, since, frozenset(self._written))
        standing = Standing(catalogue, on, Rates(), who=who)
        looked = look_beside(
            self.store, night, self.workers, progress=self.progress, witness=standing.witness
        )
        standing.rates = looked.rates
        self._standing, self._heads = standing, dict(news.heads)
        if since is not None or self._compared is None:
            self._compared, self._written = on, set()
        return looked

    def _keep_in_mind(self, news: News) -> None:
        """Whom writes were about, until it is compared who they are; of everybody: all."""
        self._written |= news.households | news.persons
        if "" in news.places and self._compared is not None:
            self._compared = date.min

    def _take_in(self, standing: Standing, news: News) -> Step:
        event = Written(
            news.households, news.persons, news.events, news.places, decided=news.decided
        )
        homes = touched(event, standing.catalogue, standing.homes)
        processes = self.workers.processes if self.workers is not None else 1
        enough = max(self.many, len(standing.homes.places) / (_QUICKER * processes))
        if "" in news.places or len(homes) >= enough:
            return self._begin(standing.catalogue, standing.on)
        self._keep_in_mind(news)
        again = look_again(self.store, self.access, standing, event)
        return again if again.households else None
