"""The night run (夜间排查): every household of a city district, all findings, out of a real Neo4j.

    python -m benchmarks.bench_night                          200,000 households
    python -m benchmarks.bench_night --households 10000 50000 growth: each size in a database

It measures what `zhaoren findings --run` does: reading through the port, thinking in worker
processes, keeping findings; then a second night, with records that changed one household in a
hundred, which also compares who is who of those, in the same pass (`--since`). Wall time, CPU of
our processes and of the database apart, peak memory, and on a sample what each stage takes. Filling
a database takes some minutes for 50,000 households; it is kept under `.cache/night` and used again.
The server is started here, on the loopback, and ended here.
"""

import argparse
import os
import resource
import secrets
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import neo4j

from api.services.findings import look_beside, night_of
from api.services.night import Workers
from benchmarks.night_world import ON, SEED, Filled, filled
from benchmarks.record import machine, write
from graph import open_store
from graph.store import Share, Store
from matching.findings import about, look_over
from matching.findings.look import DeliveriesOf
from matching.model.finding import FindingRun
from matching.model.records import Record, SubjectKind
from matching.packs import Catalogue
from matching.scan.population import scans
from seed.load import load_catalogue, operator_access
from tests.neo4j_server import Neo4jServer

GOAL_SECONDS, GOAL_GB, GOAL_HOUSEHOLDS = 180.0, 3.0, 200_000
_TURNOVER = 100  # one household in so many changes in a day
_SAMPLE = 4_000
_TICK = os.sysconf("SC_CLK_TCK")


def _tell(text: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stderr.flush()


class _Meter:
    """Seconds and CPU seconds since it was made: of our processes and of the database."""

    def __init__(self, server: Neo4jServer):
        self._pid = server.pid
        self._began, self._ours, self._theirs = time.perf_counter(), _cpu(), self._database()

    def _database(self) -> float:
        fields = Path(f"/proc/{self._pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / _TICK

    def read(self) -> dict[str, float]:
        """What was used so far; workers count when they have ended."""
        return {
            "seconds": time.perf_counter() - self._began,
            "cpu_ours_s": _cpu() - self._ours,
            "cpu_database_s": self._database() - self._theirs,
        }


def _cpu() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


class _Watch(threading.Thread):
    """Looks twice a second how much memory our processes hold together, the database left out."""

    def __init__(self, server: Neo4jServer):
        super().__init__(daemon=True)
        self._server, self._over = server, threading.Event()
        self.together_kb = 0

    def run(self) -> None:
        """Until `stop`."""
        while not self._over.wait(0.5):
            others = Path(f"/proc/self/task/{os.getpid()}/children").read_text("utf-8").split()
            ours = {str(os.getpid()), *others} - {str(self._server.pid)}
            self.together_kb = max(self.together_kb, sum(_held(pid, "VmRSS") for pid in ours))

    def stop(self) -> dict[str, float]:
        """Peaks in GB."""
        self._over.set()
        self.join()
        own = _held(str(os.getpid()), "VmHWM")
        peaks = {
            "all_our_processes_gb": self.together_kb,
            "asking_process_gb": own,
            "database_gb": _held(str(self._server.pid), "VmHWM"),
        }
        return {name: round(kb / 2**20, 2) for name, kb in peaks.items()}


def _held(pid: str, what: str) -> int:
    """Kilobytes; 0 for a process that has just ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines():
            if line.startswith(what):
                return int(line.split()[1])
    return 0


def _clear(server: Neo4jServer) -> None:
    """Take away what an earlier run of this measurement added."""
    with (
        neo4j.GraphDatabase.driver(server.url, auth=("neo4j", server.password)) as driver,
        driver.session(database="neo4j") as session,
    ):
        for rows in ("(n:Finding)", "(n:Record) WHERE n.id STARTS WITH 'R-night-'"):
            session.run(
                f"MATCH {rows} CALL (n) {{ DETACH DELETE n }} IN TRANSACTIONS OF 5000 ROWS"
            ).consume()


def _one_day_later(store: Store, households: int) -> int:
    """New records about one household in a hundred; how many."""
    access, day = operator_access(), ON + timedelta(days=1)
    share = store.shares(access, households)[0]
    changed = list(islice(store.cases(access, share), 0, None, _TURNOVER))
    for start in range(0, len(changed), 100):
        key = secrets.token_hex(8)
        with store.write(access, "load", "", key=key, body=key.encode()) as writer:
            for case in changed[start : start + 100]:
                home = case.household.id
                writer.add_record(
                    Record(
                        id=f"R-night-{home}",
                        kind=SubjectKind.HOUSEHOLD,
                        about=home,
                        source="civil_affairs",
                        as_of=day,
                        received=day,
                        facts={"household.monthly_income": 99_000},
                    )
                )
    return len(changed)


def _night(
    store: Store, catalogue: Catalogue, server: Neo4jServer, workers: Workers, days: int
) -> dict[str, Any]:
    """One night; from the second on also who is who of those of whom something came that day."""
    meter, told = _Meter(server), [0.0]

    def progress(done: int) -> None:
        if time.monotonic() - told[0] > 10:
            told[0] = time.monotonic()
            _tell(f"night {days + 1}: {done} households")

    day = ON + timedelta(days=days)
    night = night_of(store, catalogue, operator_access(), day, day if days else None)
    looked = look_beside(store, night, workers, progress=progress)
    counts = {
        "households": looked.households,
        "not_read": len(looked.unread),
        "findings": looked.found,
        "new_or_changed": looked.changed,
    }
    if looked.identity is not None:
        counts |= {
            "identity_persons": looked.identity.persons,
            "identity_changed": looked.identity.changed,
        }
    return {**counts, **{name: round(value, 1) for name, value in meter.read().items()}}


def _stages(store: Store, catalogue: Catalogue, server: Neo4jServer) -> dict[str, Any]:
    """Milliseconds of CPU a household in one process, ours and the database's, on a sample."""
    access = operator_access()
    shares = store.shares(access, 500)
    sample = shares[:: max(1, len(shares) * 500 // _SAMPLE)]
    stages: dict[str, list[dict[str, float]]] = {}
    for share in sample:
        for name, used in _share_by_stage(store, catalogue, server, share):
            stages.setdefault(name, []).append(used)
    n_households = sum(share.size for share in sample)
    per: dict[str, Any] = {"households": n_households}
    for name, rows in stages.items():
        ours = sum(row["cpu_ours_s"] for row in rows) / n_households
        theirs = sum(row["cpu_database_s"] for row in rows) / n_households
        per[name] = {"ours_ms": round(ours * 1e3, 3), "database_ms": round(theirs * 1e3, 3)}
    return per


def _share_by_stage(
    store: Store, catalogue: Catalogue, server: Neo4jServer, share: Share
) -> Iterator[tuple[str, dict[str, float]]]:
    meter = _Meter(server)
    cases = tuple(store.cases(operator_access(), share))
    yield "read", meter.read()
    meter = _Meter(server)
    deliveries = DeliveriesOf(ON)
    families = [deliveries.family(case) for case in cases]
    yield "choose_facts", meter.read()
    meter = _Meter(server)
    for _ in scans(catalogue, families, ON):
        pass
    yield "encode_and_scan", meter.read()
    meter = _Meter(server)
    portion = look_over(catalogue, cases, ON)
    yield "whole_look", meter.read()
    found = tuple(one for of in portion.findings.values() for one in of)
    kinds = about(across=False)
    run = FindingRun(on=ON, households=frozenset(portion.findings), kinds=kinds, findings=found)
    meter = _Meter(server)
    store.put_findings(operator_access(), run)
    yield "write_again", meter.read()


def _measure(place: Filled, households: int, processes: int) -> dict[str, Any]:
    server = place.server
    os.environ["ZHAOREN_NEO4J_PASSWORD_FILE"] = str(server.password_file)
    _clear(server)
    workers = replace(Workers(server.url), count=processes)
    catalogue = load_catalogue()
    watch = _Watch(server)
    watch.start()
    with open_store(server.url) as store:
        first = _night(store, catalogue, server, workers, 0)
        changed = _one_day_later(store, households)
        second = _night(store, catalogue, server, workers, 1)
        memory = watch.stop()
        stages = _stages(store, catalogue, server)
    return {
        "fill_s": place.fill_seconds and round(place.fill_seconds),
        "processes": workers.processes,
        "first_night": first,
        "second_night": {"households_changed": changed, **second},
        "memory": memory,
        "stages_cpu_a_household": stages,
    }


def _met(ours: dict[str, Any]) -> dict[str, bool]:
    return {
        "seconds": ours["first_night"]["seconds"] < GOAL_SECONDS,
        "all_our_processes_gb": ours["memory"]["all_our_processes_gb"] < GOAL_GB,
    }


def main(words: Sequence[str] | None = None) -> None:
    """Run it and write `benchmarks/results/night.json`."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--households", type=int, nargs="+", default=[GOAL_HOUSEHOLDS])
    parser.add_argument("--workers", type=int, default=0, help="processes; 0: one for each core")
    given = parser.parse_args(words)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the server ends with us
    before = machine()
    sizes = {}
    for households in given.households:
        with filled(households, _tell) as place:
            sizes[str(households)] = _measure(place, households, given.workers)
    largest = sizes[str(max(given.households))]
    result = {
        "seed": SEED,
        "ours": sizes,
        "goal": {
            "seconds": GOAL_SECONDS,
            "all_our_processes_gb": GOAL_GB,
            "households": GOAL_HOUSEHOLDS,
        },
        "met": _met(largest) if max(given.households) >= GOAL_HOUSEHOLDS else None,
    }
    write("night", result, before)


if __name__ == "__main__":
    main()
