"""How much memory each reading takes over the data it starts from: one process for ours, one each.

The peak is the kernel's high-water mark of the process, set back before the work begins.
"""

import ctypes
import gc
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.record import ROOT
from benchmarks.scan_movement import scan_tables
from benchmarks.scan_openfisca import OpenFisca
from benchmarks.scan_peer import Peer, figures_of, frames
from benchmarks.scan_world import ON, blocks_of, pack_of_rules
from matching.scan.missing import matrix
from matching.scan.status import compile_pack
from seed.load import load_catalogue

__all__ = ["main"]

SEED = 20_261_122
_PEERS = ("polars", "openfisca")


def main() -> None:
    """Print the peaks as JSON, in megabytes."""
    whose, n = sys.argv[1], int(sys.argv[2])
    if whose == "peers":
        found = {name: _apart(name, n) for name in _PEERS}
    elif whose == "ours":
        found = {name: _apart(name, n) for name in ("scan", "matrix")}
    else:
        found = {whose: _peak(_work(whose, n))}
    print(json.dumps(found))


def _apart(name: str, n: int) -> float:
    command = [sys.executable, "-m", "benchmarks.scan_memory", name, str(n)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found: float = json.loads(run.stdout)[name]
    return found


def _work(name: str, n: int) -> Callable[[], object]:
    program = compile_pack(pack_of_rules(load_catalogue()), ON)
    tables = blocks_of(program, n, SEED)
    if name == "scan":
        return lambda: [
            [scan.best(plan) for plan in program.plans] for scan in scan_tables(program, tables)
        ]
    if name == "matrix":
        return lambda: [matrix(scan) for scan in scan_tables(program, tables, traced=True)]
    rules = [plan.policy.conditions[0].test for plan in program.plans]
    word = tables[0].words.id
    both = frames(program, tables)
    if name == "polars":
        peer = Peer(rules, figures_of(program), word)
        return lambda: peer.run(*both)
    openfisca = OpenFisca(rules, figures_of(program), word, *both)
    return lambda: openfisca.calculated(openfisca.prepared())


def _peak(work: Callable[[], object]) -> float:
    """Megabytes at the highest, less what was there before."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # what making the data left behind is no data
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    before = _of_process("VmRSS")
    kept = work()
    peak = _of_process("VmHWM") - before
    del kept
    return round(peak / 1024, 1)


def _of_process(what: str) -> int:
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return int(next(line for line in lines if line.startswith(what)).split()[1])


if __name__ == "__main__":
    main()
