"""Two hundred hosts in one process: each an address of loopback with TLS, all answering 202 and noting when.

Usage: python -m tests.bench.sink FOLDER HOSTS PORT   (FOLDER holds ADDRESS.pem and ADDRESS.key for each)
Prints `ready`; on each line of standard input prints what came since the last one, as JSON, and forgets it. Where
FOLDER has a documents.json (by address, by path: media type and text), what is asked for is answered from there.
"""

import asyncio
import json
import ssl
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvloop

ANSWER = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"

MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"

Documents = dict[str, dict[str, tuple[str, str]]]


def address(number: int) -> str:
    """The loopback address of a host by its number."""
    return f"127.1.{number // 250}.{number % 250 + 1}"


@dataclass(slots=True)
class Seen:
    """What came: when, to which host, with which id; and every Follow whole, since it wants an answer."""

    posts: list[tuple[float, str, str]] = field(default_factory=list)
    follows: list[dict[str, Any]] = field(default_factory=list)

    def note(self, host: str, body: bytes) -> None:
        """One activity."""
        activity = json.loads(body)
        self.posts.append((time.time(), host, activity["id"]))
        if activity.get("type") == "Follow":
            self.follows.append(activity)

    def take(self) -> str:
        """All of it as JSON, forgotten then."""
        text = json.dumps({"posts": self.posts, "follows": self.follows})
        self.posts.clear()
        self.follows.clear()
        return text


def answer_get(documents: Documents, host: str, head: bytes) -> bytes:
    """The document at this path, or that there is none."""
    path = head.split(b" ", 2)[1].partition(b"?")[0].decode()
    found = documents.get(host, {}).get(path)
    if found is None:
        return MISSING
    body = found[1].encode()
    return f"HTTP/1.1 200 OK\r\nContent-Type: {found[0]}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


async def main(folder: Path, hosts: int, port: int) -> None:
    """Serve until standard input ends."""
    seen = Seen()
    file = folder / "documents.json"
    documents: Documents = json.loads(file.read_text()) if file.exists() else {}

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = writer.get_extra_info("sockname")[0]
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                if head.startswith(b"GET "):
                    writer.write(answer_get(documents, host, head))
                    continue
                length = int(head.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
                body = await reader.readexactly(length)
                writer.write(ANSWER)
                seen.note(host, body)
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError, IndexError):
            writer.close()

    for number in range(hosts):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / f"{address(number)}.pem", folder / f"{address(number)}.key")
        await asyncio.start_server(serve, address(number), port, ssl=context, backlog=256)
    print("ready", flush=True)
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(seen.take(), flush=True)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
