"""A real Neo4j for tests, trials and benchmarks (真实的 Neo4j), without a container.

Its jars come once through Maven (`tests/neo4j/pom.xml`) into `.cache/neo4j`; it runs on a JDK 17 or
21 with its data in a temporary folder, and only the process that was started here is ended.

    python -m tests.neo4j_server          prints address and password file, runs until Ctrl-C
"""

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

__all__ = ["Neo4jServer", "ServerMissing", "running_neo4j"]

VERSION = "5.26.25"
_ROOT = Path(__file__).parent.parent
_POM = _ROOT / "tests" / "neo4j" / "pom.xml"
_CACHE = _ROOT / ".cache" / "neo4j" / VERSION
_JAVA = re.compile(r'version "(17|21)[.\d]*')
_APT = "apt-get install -y --no-install-recommends openjdk-17-jre-headless maven"
_CONFIG = """\
server.bolt.enabled=true
server.bolt.listen_address=127.0.0.1:{port}
server.bolt.advertised_address=127.0.0.1:{port}
server.http.enabled=false
server.https.enabled=false
server.memory.heap.initial_size=512m
server.memory.heap.max_size={heap}
server.memory.pagecache.size={pages}
db.lock.acquisition.timeout=10s
db.tx_log.rotation.retention_policy=false
dbms.usage_report.enabled=false
"""
# Tests empty the database again and again: plans made once serve them all.
_KEEP_PLANS = """\
dbms.cypher.min_replan_interval=1h
dbms.cypher.statistics_divergence_threshold=1.0
"""


class ServerMissing(Exception):
    """A part is missing and could not be installed; the text names the exact command."""


@dataclass(frozen=True, slots=True)
class Neo4jServer:
    """A running server: where it listens and its password (测试服务器)."""

    port: int
    password: str
    password_file: Path
    log: Path
    pid: int = 0

    @property
    def url(self) -> str:
        """The address for `open_store`."""
        return f"neo4j://127.0.0.1:{self.port}"


@contextmanager
def running_neo4j(kept: Path | None = None) -> Iterator[Neo4jServer]:
    """Start a server; end it afterwards.

    Args:
        kept: a folder whose data is used and stays, with the memory of an installation; None: an
            empty database that goes away.

    Raises:
        ServerMissing: No JDK or no Maven, and no right to install them.
    """
    java = _find_java()
    jars = _find_jars()
    home = kept or Path(tempfile.mkdtemp(prefix="zhaoren-neo4j-"))
    try:
        server, command = _prepare(home, java, jars, is_kept=kept is not None)
        with server.log.open("wb") as console:
            process = subprocess.Popen(command, stdout=console, stderr=subprocess.STDOUT)
            try:
                _await_bolt(process, server)
                yield replace(server, pid=process.pid)
            finally:
                _end(process)
    finally:
        if kept is None:
            shutil.rmtree(home, ignore_errors=True)


def _prepare(
    home: Path, java: str, jars: Path, *, is_kept: bool = False
) -> tuple[Neo4jServer, list[str]]:
    conf = home / "conf"
    conf.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    heap, pages = ("2g", "2g") if is_kept else ("1g", "128m")
    config = _CONFIG.format(port=port, heap=heap, pages=pages)
    text = config if is_kept else config + _KEEP_PLANS
    (conf / "neo4j.conf").write_text(text, encoding="utf-8")
    password = _password(home, [java, "-cp", f"{jars}/*"])
    entry = "org.neo4j.server.CommunityEntryPoint"
    opens = "--add-opens=java.base/java.nio=ALL-UNNAMED"
    flags = ["-Xms512m", f"-Xmx{heap}", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=4", opens]
    places = [f"--home-dir={home}", f"--config-dir={conf}"]
    command = [java, *flags, "-cp", f"{jars}/*", entry, *places]
    return Neo4jServer(port, password, home / "password", home / "console.log"), command


def _password(home: Path, base: list[str]) -> str:
    """The password of the server's home, made up and set the first time."""
    file = home / "password"
    if file.is_file():
        return file.read_text(encoding="utf-8")
    password = secrets.token_hex(16)  # never one that begins as an option does
    admin = "org.neo4j.server.startup.Neo4jAdminCommand"
    subprocess.run(
        [*base, admin, "dbms", "set-initial-password", password],
        env={**os.environ, "NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf")},
        check=True,
        capture_output=True,
        timeout=120,
    )
    file.touch(mode=0o600)
    file.write_text(password, encoding="utf-8")
    return password


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await_bolt(process: "subprocess.Popen[bytes]", server: Neo4jServer) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with socket.create_connection(("127.0.0.1", server.port), timeout=1) as bolt:
                bolt.settimeout(5)
                bolt.sendall(bytes.fromhex("6060b017000001050000000000000000 00000000 00000000"))
                if len(bolt.recv(4)) == 4:
                    return
        except OSError:
            time.sleep(0.2)
    tail = server.log.read_text(encoding="utf-8", errors="replace")[-2_000:]
    message = f"Neo4j did not start:\n{tail}"
    raise RuntimeError(message)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _find_java() -> str:
    found = _look_for_java()
    if found is None and _may_install():
        _install()
        found = _look_for_java()
    if found is None:
        message = f"no JDK 17 or 21 found; run: sudo {_APT}"
        raise ServerMissing(message)
    return found


def _look_for_java() -> str | None:
    homes = [Path(home) for home in (os.environ.get("JAVA_HOME"),) if home]
    homes += sorted(Path("/usr/lib/jvm").glob("*")) if Path("/usr/lib/jvm").is_dir() else []
    candidates = [str(home / "bin" / "java") for home in homes]
    on_path = shutil.which("java")
    for java in [*candidates, *([on_path] if on_path else [])]:
        if Path(java).is_file():
            told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
            if _JAVA.search(told.stderr):
                return java
    return None


def _find_jars() -> Path:
    lib = _CACHE / "lib"
    if (lib / f"neo4j-{VERSION}.jar").is_file():
        return lib
    if shutil.which("mvn") is None and _may_install():
        _install()
    maven = shutil.which("mvn")
    if maven is None:
        message = f"no Maven found; run: sudo {_APT}"
        raise ServerMissing(message)
    _CACHE.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix="lib-", dir=_CACHE))
    goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={fresh}"]
    done = subprocess.run(
        [maven, "-B", "-ntp", "-q", "-f", str(_POM), *goal],
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    if done.returncode:
        shutil.rmtree(fresh)
        message = f"Maven could not fetch Neo4j {VERSION}:\n{done.stdout[-1_000:]}"
        raise ServerMissing(message)
    if not lib.exists():
        fresh.rename(lib)
    return lib


def _may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _install() -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in ("apt-get update", _APT):
        subprocess.run(command.split(), env=environment, capture_output=True, check=False)


def _main() -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with running_neo4j() as server:
        sys.stdout.write(f"{server.url}\n{server.password_file}\n")
        sys.stdout.flush()
        try:
            signal.pause()
        except KeyboardInterrupt:
            sys.stdout.write("stopped\n")


if __name__ == "__main__":
    _main()
