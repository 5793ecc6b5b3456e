"""Findings that keep up with what is written: what a full look would keep, after each write."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from api.services.advisor import Correction, correct_fact
from api.services.findings import Looked, decide, kept, look_everywhere
from api.services.follow import Follower, Pace, RuleFiles
from api.services.identity import compare
from api.services.look_again import LookedAgain
from graph import change, copy_store, open_store
from graph.store import Store
from graph.written import written_text
from matching.errors import CatalogueError, InputError, StoreError
from matching.findings.kinds import IDENTITY
from matching.model.access import Purpose
from matching.model.finding import FindingFilter
from matching.model.records import (
    AidRecord,
    Identity,
    Membership,
    Record,
    StoredPerson,
    SubjectKind,
)
from seed.load import operator_access
from tests.api.commands import ROOT, Runner, demo_store, is_chinese
from tests.builders import a_household, put, write_line_of_july
from tests.findings.cases import HERE, ON, a_batch, a_case, aid, catalogue

ACCESS = operator_access()
THERE = "310199002001"


def a_woman(home: str, place: str, number: str | None) -> object:
    """A household of one with dibao, whose woman has the same name and telephone in each."""
    case = a_case({"p": {}}, household=home, place=place, ledger=[aid("dibao")], batches=())
    who = Identity(name="陈示梅", id_number=number, phone="00012345678")
    return case.model_copy(update={"persons": (StoredPerson(id=f"{home}-p", identity=who),)})


def district() -> list[object]:
    severe = {"person.disability_grade": 1, "person.disability_types": ("physical",)}
    poor = {"household.monthly_income": 50_000, "household.property_ok_dibao": True,
            "household.verification_consent": True}  # fmt: skip
    couple = {"a": {}, "b": {}}
    ill = {"event.type": "illness", "event.date": date(2026, 5, 1)}
    return [
        a_case(
            couple,
            household="H-1",
            ledger=[aid("dibao", amount_fen=100_000)],
            batches=(),
            events=[{**ill, "event.receipt_id": "PJ-1"}],
        ),
        a_case({"a": severe, "b": {}}, home=poor, household="H-2", place=THERE, batches=()),
        a_case(couple, home=poor, household="H-3", batches=(), events=[ill]),
        a_woman("H-4", HERE, "990000198005170129"),
        a_woman("H-5", THERE, None),
        a_batch(covers_places=frozenset({"310199001"})),
    ]


@dataclass
class Watched:
    """A store that is followed, the desk that writes to it, and a place for copies."""

    desk: Store
    follower: Follower
    folder: Path
    copies: int = 0

    def full_look(self, rates: dict | None) -> tuple[int, list[str]]:
        """How much a full look would change in a copy; and what is kept after it."""
        self.copies += 1
        with open_store(f"embedded:{self.folder / f'{self.copies}'}", create=True) as copy:
            copy_store(self.desk, copy, operator_access(Purpose.COPY))
            looked = look_everywhere(copy, catalogue(), ACCESS, ON, rates=rates)
            return looked.changed, said(copy)


def said(store: Store) -> list[str]:
    """All of each kept finding but the second at which it was written."""
    return [
        f"{one.model_dump_json(exclude={'steps'})}"
        f" {[step.model_dump_json(exclude={'at'}) for step in one.steps]}"
        for one in kept(store, ACCESS, FindingFilter())
    ]


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    address = f"embedded:{tmp_path / 'district.sqlite'}"
    with open_store(address, create=True) as desk, open_store(address) as store:
        put(desk, *district())
        yield Watched(desk, Follower(store, ACCESS), tmp_path)


def step(follower: Follower, on: date = ON) -> Looked | LookedAgain | None:
    return follower.step(catalogue(), on)


def correction(store: Store) -> None:
    heard = Correction(fact="person.disability_grade", about="H-2-a", value=4, as_of=ON)
    correct_fact(store, ACCESS, "H-2", heard, key="k", today=ON)


def death(store: Store) -> None:
    case = a_case({"a": {"person.life_status": "deceased", "person.death_date": date(2026, 2, 1)}},
                  household="H-1")  # fmt: skip
    dead = next(one for one in case.records if "person.life_status" in one.facts)
    put(store, dead.model_copy(update={"id": "R-death"}))


def aid_by_a_bulk_load(store: Store) -> None:
    rows = [
        AidRecord(id=f"A-new-{home}", household=home, policy=policy, to="household",
                  giver="civil_affairs", start=date(2025, 5, 1), amount_fen=30_000)
        for home, policy in (("H-1", "tekun"), ("H-3", "dibao"))
    ]  # fmt: skip
    put(store, *rows)


def receipt(store: Store) -> None:
    """The receipt of another household is handed in for what happened to this one."""
    put(store, Record(
        id="R-receipt", kind=SubjectKind.EVENT, about="E-H-3-1", source="visit", as_of=ON,
        received=ON, facts={"event.receipt_id": "pj-1 "},
    ))  # fmt: skip


def batch(store: Store) -> None:
    put(store, a_batch(id="B-2", covers_places=frozenset({"310199002"})))


def move(store: Store) -> None:
    aids = [
        AidRecord(id=f"A-move-{home}", household=home, policy="disab_home_care", to="H-2-a",
                  giver="civil_affairs", start=date(2026, 1, 1), amount_fen=30_000)
        for home in ("H-2", "H-3")
    ]  # fmt: skip
    put(store, Membership(person="H-2-a", household="H-3", start=date(2026, 1, 1)), *aids)


def new_household(store: Store) -> None:
    put(store, a_case({"a": {}}, household="H-9", ledger=[aid("dibao"), aid("tekun")], batches=()))


def decision(store: Store) -> None:
    compare(store, ACCESS, ON, ())
    questions = kept(store, ACCESS, FindingFilter(kinds=IDENTITY))
    (one,) = (one for one in questions if one.evidence == ("store/H-4-p", "store/H-5-p"))
    decide(store, ACCESS, one.key, "confirmed", None)


HAPPENINGS: list[tuple[Callable[[Store], None], set[str], set[str]]] = [
    (correction, {"H-2"}, {"H-2"}),
    (death, {"H-1"}, {"H-1"}),
    (aid_by_a_bulk_load, {"H-1", "H-3"}, {"H-1", "H-3"}),
    (receipt, {"H-3"}, {"H-1", "H-3"}),
    (batch, {"H-2", "H-5"}, {"H-2", "H-5"}),
    (decision, {"H-4", "H-5"}, {"H-4", "H-5"}),
    (move, {"H-2", "H-3"}, {"H-2", "H-3"}),
    (new_household, {"H-9"}, {"H-9"}),
]


def test_after_each_write_is_kept_what_a_full_look_would_keep(watched: Watched):
    first = step(watched.follower)
    assert isinstance(first, Looked)
    assert first.households == 5
    for happens, touches, compared in HAPPENINGS:
        happens(watched.desk)
        would_change, would_keep = watched.full_look(first.rates)
        again = step(watched.follower)
        assert isinstance(again, LookedAgain), happens.__name__
        assert set(again.households) == touches, happens.__name__
        assert set(again.compared) >= compared
        assert again.changed == would_change > 0, happens.__name__
        assert said(watched.desk) == would_keep
        assert watched.full_look(first.rates)[0] == 0
        assert step(watched.follower) is None


@pytest.mark.parametrize("name", ["households", "persons", "events", "places"])
def test_a_trace_that_keeps_something_back_is_noticed(
    watched: Watched, monkeypatch: pytest.MonkeyPatch, name: str
):
    def less(*told: Iterable[str]) -> str | None:
        names = ("households", "persons", "events", "places")
        return written_text(
            *(() if one == name else ids for one, ids in zip(names, told, strict=True))
        )

    monkeypatch.setattr(change, "written_text", less)
    with pytest.raises(AssertionError):
        test_after_each_write_is_kept_what_a_full_look_would_keep(watched)


def test_what_is_written_during_the_first_look_is_looked_at_after_it(watched: Watched):
    def meanwhile(done: int) -> None:
        if done == 5:  # all are read, nothing is settled
            aid_by_a_bulk_load(watched.desk)

    follower = replace(watched.follower, progress=meanwhile)
    first = step(follower)
    assert isinstance(first, Looked)
    assert watched.full_look(first.rates)[0] > 0
    again = step(follower)
    assert isinstance(again, LookedAgain)
    assert again.changed > 0
    assert watched.full_look(first.rates)[0] == 0


def test_heads_taken_after_the_look_would_miss_it(watched: Watched):
    """A planted defect: the test above can fail."""
    follower = replace(watched.follower, progress=lambda _: aid_by_a_bulk_load(watched.desk))
    first = step(follower)
    assert isinstance(first, Looked)
    follower._heads = dict(watched.desk.written_since(ACCESS, None).heads)
    assert step(follower) is None
    assert watched.full_look(first.rates)[0] > 0


def test_two_followers_keep_each_finding_once(watched: Watched, tmp_path: Path):
    with open_store(f"embedded:{tmp_path / 'district.sqlite'}") as store:
        both = watched.follower, Follower(store, ACCESS)
        first, second = (step(one) for one in both)
        assert isinstance(first, Looked)
        assert isinstance(second, Looked)
        assert first.found == second.found > second.changed == 0
        aid_by_a_bulk_load(watched.desk)
        first_again, second_again = (step(one) for one in both)
        assert isinstance(first_again, LookedAgain)
        assert isinstance(second_again, LookedAgain)
        assert first_again.households == second_again.households
        assert first_again.changed > second_again.changed == 0
        assert [step(one) for one in both] == [None, None]
        assert watched.full_look(first.rates)[0] == 0


def test_what_touches_very_many_another_day_and_other_rules_are_a_full_look(watched: Watched):
    step(watched.follower)
    put(watched.desk, a_batch(id="B-3", covers_places=frozenset({"31"})))
    again = step(watched.follower)
    assert isinstance(again, LookedAgain)
    assert len(again.households) == 5
    watched.follower.many = 5
    put(watched.desk, a_batch(id="B-4", covers_places=frozenset({"31"})))
    assert isinstance(step(watched.follower), Looked)
    assert step(watched.follower) is None
    tomorrow = step(watched.follower, ON + timedelta(days=1))
    assert isinstance(tomorrow, Looked)
    assert tomorrow.on == ON + timedelta(days=1)
    assert tomorrow.identity is not None
    assert tomorrow.identity.since == ON  # who is who of those of whom something came since
    other = watched.follower.step(replace(catalogue()), ON + timedelta(days=1))
    assert isinstance(other, Looked)


def test_a_household_that_cannot_be_read_is_told_and_the_others_are_looked_at(watched: Watched):
    step(watched.follower)
    put(watched.desk, a_household("H-8", place=HERE))
    aid_by_a_bulk_load(watched.desk)
    again = step(watched.follower)
    assert isinstance(again, LookedAgain)
    assert again.households == ("H-1", "H-3", "H-8")
    assert set(again.unread) == {"H-8"}
    assert again.changed > 0
    death(watched.desk)
    assert isinstance(step(watched.follower), LookedAgain)


def test_after_a_step_that_broke_off_everything_is_looked_at(watched: Watched, tmp_path: Path):
    first = step(watched.follower)
    assert isinstance(first, Looked)
    aid_by_a_bulk_load(watched.desk)
    with closing(sqlite3.connect(tmp_path / "district.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="占用"):
            step(watched.follower)
    assert isinstance(step(watched.follower), Looked)
    assert watched.full_look(None)[0] == 0


TOMORROW = ON + timedelta(days=1)


def asked_about(looked: object) -> set[tuple[str, ...]]:
    assert isinstance(looked, Looked)
    assert looked.identity is not None
    return {one.evidence for one in looked.identity.asked.findings}


def test_who_is_keyed_in_with_an_old_date_is_compared_on_the_next_day(watched: Watched):
    """Nothing of her bears a day of these: only the write tells that she is new."""
    step(watched.follower)
    her = a_woman("H-6", HERE, None)
    put(watched.desk, her.model_copy(update={"records": ()}))
    assert isinstance(step(watched.follower), LookedAgain)
    found = asked_about(step(watched.follower, TOMORROW))
    assert ("store/H-4-p", "store/H-6-p") in found
    assert asked_about(step(watched.follower, TOMORROW + timedelta(days=1))) == set()


def test_a_new_day_that_breaks_off_is_compared_when_it_comes_to_an_end(
    watched: Watched, tmp_path: Path
):
    step(watched.follower)
    put(watched.desk, a_woman("H-6", HERE, None))
    step(watched.follower)
    with closing(sqlite3.connect(tmp_path / "district.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="占用"):
            step(watched.follower, TOMORROW)
    assert ("store/H-4-p", "store/H-6-p") in asked_about(step(watched.follower, TOMORROW))


def test_a_store_that_is_filled_in_anew_is_compared_as_a_whole_at_once(
    watched: Watched, tmp_path: Path
):
    with (
        open_store(f"embedded:{tmp_path / 'empty.sqlite'}", create=True) as store,
        closing(open_store(f"embedded:{tmp_path / 'empty.sqlite'}")) as desk,
    ):
        follower = Follower(store, ACCESS)
        assert isinstance(step(follower), Looked)
        copy_store(watched.desk, desk, operator_access(Purpose.COPY))
        assert ("store/H-4-p", "store/H-5-p") in asked_about(step(follower))


def test_a_follower_reads_and_writes_as_the_operator_and_leaves_its_trace(watched: Watched):
    step(watched.follower)
    aid_by_a_bulk_load(watched.desk)
    before = {one.hash for one in watched.desk.audit_entries()}
    step(watched.follower)
    new = [one for one in watched.desk.audit_entries() if one.hash not in before]
    assert {one.actor for one in new} == {"operator"}
    told = [(one.action, one.resource_id) for one in new]
    assert ("case", "H-1") in told
    assert [action for action, _ in told].count("put_findings") == 2
    before |= {one.hash for one in new}
    step(watched.follower)
    assert before == {one.hash for one in watched.desk.audit_entries()}


def test_changed_files_are_read_anew_and_bad_ones_are_said_once(tmp_path: Path):
    files = RuleFiles(tmp_path)
    first = files.catalogue
    files.refresh()
    assert files.catalogue is first
    write_line_of_july(tmp_path, 160_000)
    files.refresh()
    second = files.catalogue
    assert second.version != first.version
    (path,) = tmp_path.rglob("*.yaml")
    good = path.read_text("utf-8")
    path.write_text("id: [", "utf-8")
    with pytest.raises(CatalogueError):
        files.refresh()
    files.refresh()
    assert files.catalogue is second
    path.write_text(good, "utf-8")
    files.refresh()
    assert files.catalogue.version == second.version
    away = tmp_path.rename(tmp_path.with_name("away"))
    with pytest.raises(CatalogueError, match="找不到"):
        files.refresh()
    files.refresh()  # said once
    away.rename(tmp_path)
    files.refresh()
    assert files.catalogue.version == second.version


@pytest.mark.parametrize("seconds", [0, -1, 3_601])
def test_a_pause_that_cannot_be_is_refused(seconds: int):
    with pytest.raises(InputError, match="--every 写 1 到 3600"):
        Pace(seconds)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--follow", "--place", "310199"], "不要同时写"),
        (["--follow", "--on", "2026-06-30"], "不要同时写"),
        (["--follow", "--run"], "不要同时写"),
        (["--follow", "--every", "0"], "1 到 3600"),
        (["--every", "5"], "--follow"),
        (["--follow", "--workers", "999"], "工作进程"),
    ],
)
def test_words_that_do_not_go_together_are_refused(capsys, tmp_path, words, says):
    store = f"embedded:{tmp_path / 'a.sqlite'}"
    open_store(store, create=True).close()
    status, out, err = Runner(capsys)("findings", *words, "--store", store)
    assert (status, out) == (2, "")
    assert says in err
    assert is_chinese(err)


def running(*words: str) -> subprocess.Popen:
    command = [sys.executable, "-c", "from api.cli import main; main()", "findings", "--follow"]
    return subprocess.Popen(
        [*command, "--every", "1", *words], cwd=ROOT, text=True, bufsize=1,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip


def test_the_command_stays_tells_each_look_waits_for_the_store_and_ends_with_a_sentence(tmp_path):
    address = demo_store(tmp_path)
    with running("--json", "--store", address) as process, open_store(address) as desk:
        try:
            first = json.loads(process.stdout.readline())
            assert (first["type"], first["households"], first["on"]) == ("looked", 60, "2026-06-30")
            rows = [
                AidRecord(id=f"X-{one}", household="H-0005", policy=one, to="household",
                          start=date(2026, 1, 1), amount_fen=1)
                for one in ("dibao", "tekun")
            ]  # fmt: skip
            put(desk, *rows)
            again = json.loads(process.stdout.readline())
            assert (again["type"], again["households"]) == ("looked_again", 1)
            assert again["changed"] > 0
            put(desk, a_household("H-empty", place=HERE))
            assert json.loads(process.stdout.readline())["changed"] == 0
            unread = json.loads(process.stdout.readline())
            assert (unread["type"], unread["household"]) == ("not_looked_at", "H-empty")
            with closing(sqlite3.connect(tmp_path / "demo.sqlite", isolation_level=None)) as other:
                put(desk, replace_id(rows[0]))
                other.execute("BEGIN IMMEDIATE")
                told = [process.stderr.readline() for _ in range(5)]
            assert "占用" in told[3]
            assert "再试" in told[4]
            assert json.loads(process.stdout.readline())["type"] == "looked"
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 0
    assert "已结束" in err
    assert "Traceback" not in err


def replace_id(row: AidRecord) -> AidRecord:
    return row.model_copy(update={"id": "X-late"})
