"""A small TCP proxy before Neo4j that cuts a connection while a transaction commits."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

COMMIT = b"\x00\x02\xb0\x12\x00\x00"


class CuttingProxy:
    """Forwards bytes; when armed, cuts at the n-th COMMIT that passes.

    `before` drops the COMMIT itself, so that the server rolls back; otherwise the COMMIT goes
    through and the answer is dropped, so that it lands and the client does not know.
    """

    def __init__(self, target: int):
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.is_down = False
        self.cuts = 0
        self._left, self._before = 0, True
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def arm(self, nth: int, *, before: bool) -> None:
        with self._lock:
            self._left, self._before = nth, before

    def go_down(self) -> None:
        self.is_down = True
        self._close_all()

    def close(self) -> None:
        # a listener that is only closed leaves accept() waiting
        self.is_down = True
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._close_all()
        for thread in self._threads:
            thread.join(timeout=5)

    def _close_all(self) -> None:
        with self._lock:
            still_open, self._open = self._open, set()
        for one in still_open:
            self._shut(one)

    @staticmethod
    def _shut(one: socket.socket) -> None:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self.is_down:
                client.close()
                continue
            server = socket.create_connection(("127.0.0.1", self._target))
            with self._lock:
                self._open |= {client, server}
            cut = threading.Event()
            for pump in (self._upward, self._downward):
                thread = threading.Thread(target=pump, args=(client, server, cut), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _upward(self, client: socket.socket, server: socket.socket, cut: threading.Event) -> None:
        with suppress(OSError):
            while data := client.recv(65_536):
                if COMMIT in data and self._is_due():
                    self.cuts += 1
                    if self._before:
                        break
                    cut.set()
                server.sendall(data)
        if not cut.is_set():
            self._shut(client)
            self._shut(server)

    def _downward(self, client: socket.socket, server: socket.socket, cut: threading.Event) -> None:
        with suppress(OSError):
            while data := server.recv(65_536):
                if cut.is_set():
                    break
                client.sendall(data)
        self._shut(client)
        self._shut(server)

    def _is_due(self) -> bool:
        with self._lock:
            self._left -= 1
            return self._left == 0


@contextmanager
def cutting_proxy(target: int) -> Iterator[CuttingProxy]:
    """A proxy to a port of this machine."""
    proxy = CuttingProxy(target)
    try:
        yield proxy
    finally:
        proxy.close()
