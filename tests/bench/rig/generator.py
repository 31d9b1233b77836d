"""The generator: prepared requests over TLS, each lane on a connection of its own, in order; as cheap as Python goes.

Usage: python -m tests.bench.rig.generator PORT [CA_FILE]   (a pickled list of lanes, each a list of bytes, on stdin)
Without a CA_FILE it goes without TLS.
Prints as JSON how long it took, how long each answer took, how often each status came, and its own processor time.
"""

import json
import pickle
import socket
import ssl
import sys
import threading
import time
from collections import Counter
from typing import Any


class Lane(threading.Thread):
    """One connection, taken up again where the server ends it."""

    def __init__(self, port: int, context: ssl.SSLContext | None, requests: list[bytes]) -> None:
        super().__init__()
        self._port, self._context, self._requests = port, context, requests
        self._connection: socket.socket | None = None
        self.times: list[float] = []
        self.statuses: Counter[int] = Counter()

    def run(self) -> None:
        """Send all of it."""
        for request in self._requests:
            begun = time.perf_counter()
            status = self._ask(request)
            self.times.append(time.perf_counter() - begun)
            self.statuses[status] += 1
        if self._connection is not None:
            self._connection.close()

    def _ask(self, request: bytes) -> int:
        for _ in range(3):
            try:
                if self._connection is None:
                    plain = socket.create_connection(("127.0.0.1", self._port), timeout=60)
                    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self._connection = plain
                    if self._context is not None:
                        self._connection = self._context.wrap_socket(plain, server_hostname="localhost")
                self._connection.sendall(request)
                return self._read(self._connection)
            except (ConnectionError, ssl.SSLError, EOFError):
                self._connection = None
        return 0

    def _read(self, connection: socket.socket) -> int:
        data = b""
        while b"\r\n\r\n" not in data:
            data += _receive(connection)
        head, _, body = data.partition(b"\r\n\r\n")
        lower = head.lower()
        if b"content-length:" in lower:
            missing = int(lower.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]) - len(body)
            while missing > 0:
                missing -= len(_receive(connection))
        elif b"chunked" in lower:
            while not body.endswith(b"0\r\n\r\n"):
                body += _receive(connection)
        if b"connection: close" in lower:
            connection.close()
            self._connection = None
        return int(head[9:12])


def _receive(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise EOFError
    return data


def send(port: int, ca_file: str | None, lanes: list[list[bytes]]) -> dict[str, Any]:
    """What came of it."""
    context = None
    if ca_file is not None:
        context = ssl.create_default_context(cafile=ca_file)
        context.check_hostname = False
    threads = [Lane(port, context, lane) for lane in lanes]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {
        "seconds": time.perf_counter() - begun,
        "times": [one for thread in threads for one in thread.times],
        "statuses": dict(sum((thread.statuses for thread in threads), Counter[int]())),
        "work": time.process_time(),
    }


if __name__ == "__main__":
    authority = sys.argv[2] if len(sys.argv) > 2 else None
    print(json.dumps(send(int(sys.argv[1]), authority, pickle.load(sys.stdin.buffer))))
