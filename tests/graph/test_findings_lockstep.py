"""The life of findings against a plain model (发现的锁步): any order of looks and decisions."""

import tempfile
from datetime import date, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from graph import open_store
from matching.errors import ZhaorenError
from matching.model.finding import FindingRun, FindingState
from tests.builders import a_case, a_finding, an_operator, put

OPERATOR = an_operator()
HOMES = ["h1", "h2"]
KINDS = ["underpaid", "acute_need"]
FIRST = date(2026, 6, 1)
ALL = {
    f"F-{home}-{kind}-{n}": a_finding(f"F-{home}-{kind}-{n}", home, kind=kind)
    for home in HOMES for kind in KINDS for n in (1, 2)
}  # fmt: skip


class Findings(RuleBasedStateMachine):
    """State and last day of every finding, kept in a dictionary beside the store."""

    @initialize()
    def start(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="zhaoren-findings-")
        self.store = open_store(f"embedded:{self.folder.name}/a.sqlite", create=True)
        put(self.store, *(a_case(home) for home in HOMES))
        self.model: dict[str, tuple[str, date]] = {}

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    @rule(
        keys=st.sets(st.sampled_from(sorted(ALL))),
        homes=st.sets(st.sampled_from(HOMES), min_size=1),
        kinds=st.sets(st.sampled_from(KINDS), min_size=1),
        after=st.integers(0, 5),
    )
    def look(self, keys: set[str], homes: set[str], kinds: set[str], after: int) -> None:
        on = FIRST + timedelta(days=after)
        looked = {key for key, one in ALL.items() if one.household in homes and one.kind in kinds}
        run = FindingRun(
            on=on, households=frozenset(homes), kinds=frozenset(kinds),
            findings=tuple(ALL[key] for key in sorted(keys & looked)),
        )  # fmt: skip
        self.store.put_findings(OPERATOR, run)
        for key in looked:
            state, last = self.model.get(key, ("", date.min))
            if on < last:
                continue
            if key in keys:
                new = {"": "open", "closed": "reopened"}.get(state, state)
                self.model[key] = (new, on)
            elif state not in ("", "rejected", "closed"):
                self.model[key] = ("closed", last)

    @rule(
        key=st.sampled_from(sorted(ALL)),
        state=st.sampled_from([FindingState.CONFIRMED, FindingState.REJECTED]),
    )
    def decide(self, key: str, state: FindingState) -> None:
        may = self.model.get(key, ("closed", FIRST))[0] != "closed"
        try:
            self.store.decide_finding(OPERATOR, key, state, "看过")
        except ZhaorenError:
            assert not may
        else:
            assert may
            self.model[key] = (state.value, self.model[key][1])

    @invariant()
    def both_say_the_same(self) -> None:
        if not hasattr(self, "store"):
            return
        kept = {one.key: one for one in self.store.findings(OPERATOR)}
        assert {key: (one.state.value, one.seen_on) for key, one in kept.items()} == self.model
        assert all(one.steps[-1].state is one.state for one in kept.values())


def test_any_order_of_looks_and_decisions_ends_where_the_model_ends():
    Findings.TestCase.settings = settings(
        max_examples=40, stateful_step_count=20, deadline=None, derandomize=True
    )
    Findings.TestCase().runTest()
