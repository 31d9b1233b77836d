"""Two hundred hosts in one process: each an address of loopback with TLS, all answering 202 and noting when.

Usage: python -m tests.bench.sink FOLDER HOSTS PORT   (FOLDER holds ADDRESS.pem and ADDRESS.key for each)
Prints `ready`; on each line of standard input prints what came since the last one, as JSON, and forgets it.
"""

import asyncio
import json
import ssl
import sys
import time
from pathlib import Path

ANSWER = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"


def address(number: int) -> str:
    """The loopback address of a host by its number."""
    return f"127.1.{number // 250}.{number % 250 + 1}"


async def main(folder: Path, hosts: int, port: int) -> None:
    """Serve until standard input ends."""
    seen: list[tuple[float, str, str]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = writer.get_extra_info("sockname")[0]
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
                body = await reader.readexactly(length)
                writer.write(ANSWER)
                seen.append((time.time(), host, json.loads(body)["id"]))
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError, IndexError):
            writer.close()

    for number in range(hosts):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / f"{address(number)}.pem", folder / f"{address(number)}.key")
        await asyncio.start_server(serve, address(number), port, ssl=context, backlog=256)
    print("ready", flush=True)
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps(seen), flush=True)
        seen.clear()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
