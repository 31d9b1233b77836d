"""Nothing that somebody sends through Caddy becomes a part of what the next visitor sends."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from tests.deploy import test_behind_proxies
from tests.deploy.test_behind_proxies import DOMAIN, PROGRAMS, proxy_before
from tests.peers.programs import free_port
from web.middlewares.connections import Server, Timeouts, connection_middleware

BEHIND = {
    "half a head": b"GET /seized HTTP/1.1\r\nHost: a.test\r\nX-More: ",
    "half a body": b"POST /seized HTTP/1.1\r\nHost: a.test\r\nContent-Length: 120\r\n\r\n",
}


@asynccontextmanager
async def serving() -> AsyncIterator[int]:
    """A server that tells where it was asked."""

    async def tell(request: web.Request) -> web.Response:
        return web.Response(text=f"{request.path}: {await request.text()}")

    app = web.Application(middlewares=[connection_middleware])
    app.router.add_route("*", "/{path:.*}", tell)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    server = await asyncio.get_running_loop().create_server(Server(runner, Timeouts()), sock=listener)
    yield listener.getsockname()[1]
    server.close()
    await runner.cleanup()


async def ask(port: int, trusted: ssl.SSLContext, asked: bytes) -> bytes:
    """What comes back until the connection closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trusted, server_hostname=DOMAIN)
    writer.write(asked)
    try:
        return await asyncio.wait_for(reader.read(), 5)
    finally:
        writer.close()


def write_older_caddyfile(*arguments: object) -> list[str]:
    """Our sample as it was before it refused tunnels itself."""
    command: list[str] = test_behind_proxies.write_caddyfile(*arguments)  # type: ignore[arg-type]  # as they came
    path = Path(command[-1])
    before, mark, rest = path.read_text().partition("\t@connect {")
    assert mark
    path.write_text(before + rest.partition("respond @connect 405\n")[2])
    return command


@pytest.mark.parametrize("behind", BEHIND)
@pytest.mark.parametrize("write", [test_behind_proxies.write_caddyfile, write_older_caddyfile])
@pytest.mark.skipif(PROGRAMS["caddy"] is None, reason="caddy is not on this machine (Debian: caddy)")
async def test_what_stands_behind_connect_is_no_part_of_the_next_visitors_request(
    write: Callable[..., list[str]], behind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(test_behind_proxies.WRITE, "caddy", write)
    sent = BEHIND[behind]
    async with serving() as server, proxy_before("caddy", tmp_path, port := free_port(), server) as trusted:
        asked = f"CONNECT {DOMAIN} HTTP/1.1\r\nHost: {DOMAIN}\r\nConnection: close\r\n"
        refused = await ask(port, trusted, asked.encode() + b"Content-Length: %d\r\n\r\n" % len(sent) + sent)

        own = f"GET /own HTTP/1.1\r\nHost: {DOMAIN}\r\nConnection: close\r\nCookie: secret=1\r\n\r\n"
        answers = [await ask(port, trusted, own.encode()) for _ in range(3)]

    assert refused[9:12] == b"405"
    assert [answer[:15] for answer in answers] == [b"HTTP/1.1 200 OK"] * 3
    assert all(answer.endswith(b"/own: ") for answer in answers)
