"""A generator that costs little: prepared requests over kept-alive connections, straight on sockets."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.bench.report import percentile


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, ready to be written."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""

    def to_bytes(self) -> bytes:
        """The request as it goes over the wire."""
        lines = [f"{self.method} {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in self.headers.items())]
        if "Content-Length" not in self.headers and self.method != "GET":
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body


@dataclass(slots=True)
class Result:
    """What came of a run: seconds in all, seconds of each answer, how often each status came."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Answers per second."""
        return len(self.times) / self.seconds

    def milliseconds(self, share: float) -> float:
        """A percentile of the answers' times."""
        return 1000 * percentile(self.times, share)


async def _read_answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    lower = head.lower()
    if b"content-length:" in lower:
        length = int(lower.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        await reader.readexactly(length)
    elif b"transfer-encoding: chunked" in lower:
        while size := int((await reader.readline()).strip(), 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    return status


async def send_all(port: int, requests: Sequence[Request], *, connections: int = 32) -> Result:
    """Send these requests to 127.0.0.1:`port`, each as soon as a connection is free."""
    result = Result()
    waiting = iter([request.to_bytes() for request in requests])

    async def work() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for data in waiting:
            begin = time.perf_counter()
            writer.write(data)
            status = await _read_answer(reader)
            result.times.append(time.perf_counter() - begin)
            result.statuses[status] = result.statuses.get(status, 0) + 1
        writer.close()

    start = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(connections)))
    result.seconds = time.perf_counter() - start
    return result
