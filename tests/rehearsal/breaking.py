"""Things are broken for real while an instance runs: how many seconds until `/coop` or a command names each."""

import asyncio
import json
import os
import random
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import aiohttp
from aiohttp import web

from models.access import sessions
from models.settings import Site
from models.store.database import execute, transaction
from tests.bench.report import figure, heading
from tests.bench.server import DECLIC, BenchServer, running
from tests.certificates import DAY, Authority, make_authority
from tests.federation.loopback import serve
from tests.peers.programs import free_port
from tests.web.smtp_server import Postman
from web.security.session import cookie_name

WITHIN = 60
"""Seconds, from the breaking to the line on `/coop`."""

ROUNDS = 3
"""Each is broken so often, at moments that have nothing to do with our looks; the longest counts."""

FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")
"""Debian's libfaketime, which lets a clock jump for one program alone."""

NOBODY = "postgresql://declic@127.0.0.1:9/declic"


@dataclass(slots=True, kw_only=True)
class House:
    """A running instance behind TLS, with a mail server and a clock of its own; `cookies` are an administrator's."""

    server: BenchServer
    site: Site
    session: aiohttp.ClientSession
    clock: Path

    async def read(self) -> str:
        """What stands on `/coop` now."""
        async with self.session.get(f"http://127.0.0.1:{self.server.port}/coop") as answer:
            text = await answer.text()
            assert answer.status == 200, (answer.status, text[:300])
            return text

    async def wait(self, title: str, *, there: bool) -> float:
        """How many seconds until the check of this title stands there as wrong, or no more."""
        begun = time.monotonic()
        while (title in await self.read()) is not there:
            assert time.monotonic() - begun < 180, f"{title}: {'not named' if there else 'named'} after three minutes"
            await asyncio.sleep(0.25)
        return time.monotonic() - begun


async def run(folder: Path) -> None:
    """All of it."""
    heading("what is broken is named")
    await _break_running(folder)
    await _break_resting(folder)


async def _break_running(folder: Path) -> None:
    authority, port = make_authority(folder), free_port()
    tls = authority.issue("localhost", ends=90 * DAY).context
    postman = Postman()
    mails = await asyncio.start_server(postman.serve, "127.0.0.1", 0)
    postman.port = mails.sockets[0].getsockname()[1]
    async with AsyncExitStack() as stack:
        front = await stack.enter_async_context(serve(_pass_on(port), tls=tls, name="localhost"))
        settings = {
            "url": front.url,
            "ca_file": str(authority.ca_file),
            "smtp_url": f"smtp://127.0.0.1:{postman.port}?from=coop@localhost",
        }
        house = await stack.enter_async_context(living(folder, port, settings))
        await asyncio.sleep(70)  # what is wrong with this machine anyway stands there by now

        async def expire() -> None:
            _load(authority, tls, -DAY)

        async def renew() -> None:
            _load(authority, tls, 90 * DAY)

        await _measure(house, "an expired certificate", "Certificat", expire, renew)
        if FAKETIME.exists():
            await stack.enter_async_context(_known_servers(house))
            await _measure(house, "a clock set 5 minutes off", "Horloge", _set(house, -300), _set(house, 0))
        await _measure_second_service(house)

        async def stop_mails() -> None:
            mails.close()

        await _measure(house, "a dead mail server", "Serveur de courriel", stop_mails, None)


def _load(authority: Authority, context: ssl.SSLContext, ends: timedelta) -> None:
    """Whoever connects from now on is shown another certificate."""
    made = authority.issue("localhost", begins=-2 * DAY, ends=ends)
    context.load_cert_chain(made.certificate, made.key)


def _set(house: House, seconds: int) -> Callable[[], Awaitable[None]]:
    async def set_clock() -> None:
        house.clock.write_text(f"{seconds:+d}\n")

    return set_clock


async def _measure(
    house: House,
    name: str,
    title: str,
    breaking: Callable[[], Awaitable[None]],
    mending: Callable[[], Awaitable[None]] | None,
) -> None:
    dice, found = random.Random(name), list[float]()
    for _ in range(ROUNDS if mending else 1):
        await house.wait(title, there=False)
        await asyncio.sleep(dice.uniform(0, 30))
        await breaking()
        found.append(await house.wait(title, there=True))
        if mending:
            await mending()
    figure(f"{name}: on /coop after, at most", max(found), "s", at_most=WITHIN)


async def _measure_second_service(house: House) -> None:
    second = {**house.server.env, "DECLIC_LISTEN": f"127.0.0.1:{free_port()}"}
    process = await asyncio.create_subprocess_exec(DECLIC, "serve", env=second)
    try:
        took = await house.wait("Services", there=True)
        figure("a second service on the data: on /coop after", took, "s", at_most=WITHIN)
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def living(folder: Path, port: int, settings: Mapping[str, str]) -> AsyncIterator[House]:
    """A house in this folder, on this port."""
    clock = folder / "clock"
    clock.write_text("+0\n")
    clock.chmod(0o644)
    faked = {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    os.environ.update(faked if FAKETIME.exists() else {})
    try:
        async with running(folder / "data", port=port, **settings) as server:
            for name in faked:
                os.environ.pop(name, None)
            site = Site(url=server.url, host=server.url.partition("://")[2])
            await server.run("account", "create", "nadia", "--email", "nadia@localhost", "--role", "admin")
            async with transaction(server.pool) as conn:
                actor_id = await conn.fetchval("SELECT id FROM actor WHERE username = 'nadia' AND local")
                cookie = await sessions.create(conn, actor_id, "rehearsal")
            headers = {"Host": site.host, "Accept-Language": "fr", "Cookie": f"{cookie_name(site)}={cookie}"}
            async with aiohttp.ClientSession(headers=headers) as session:
                yield House(server=server, site=site, session=session, clock=clock)
    finally:
        for name in faked:
            os.environ.pop(name, None)


def _pass_on(port: int) -> Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]:
    """The web server in front: it hands on what is asked, as Caddy does."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        url = f"http://127.0.0.1:{port}{request.raw_path}"
        headers = {"Host": request.headers["Host"], "X-Forwarded-Proto": "https"}
        try:
            async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as found:
                return web.Response(status=found.status, body=await found.read(), content_type=found.content_type)
        except aiohttp.ClientError:
            return web.Response(status=502)

    return answer


@asynccontextmanager
async def _known_servers(house: House) -> AsyncIterator[None]:
    """Three other servers, whose clocks are right, that answered within the day."""

    async def answer(_: web.BaseRequest) -> web.StreamResponse:
        return web.json_response({"links": []})

    async with AsyncExitStack() as stack:
        peers = [await stack.enter_async_context(serve(answer, address=f"127.0.0.{n}")) for n in (11, 12, 13)]
        async with transaction(house.server.pool) as conn:
            for peer in peers:
                query = "INSERT INTO server (host, clock_seconds, clock_at) VALUES ($1, 0, now())"
                await execute(conn, query, peer.host)
        yield


async def _break_resting(folder: Path) -> None:
    """What is broken before anything starts: the command that starts, or looks, says it."""
    url = f"http://127.0.0.1:{free_port()}"
    env = {key: value for key, value in os.environ.items() if not key.startswith("DECLIC_")}
    env |= {"DECLIC_URL": url, "DECLIC_DATA": str(folder / "rest"), "DECLIC_TEST_FEDERATION": "on"}
    (folder / "rest").mkdir()
    took, said = await let_fail(env | {"DECLIC_SMPT_URL": "smtp://127.0.0.1"}, "serve")
    assert "DECLIC_SMTP_URL" in said, said
    figure("a setting that is misspelt: `declic serve` says it", took, "s", at_most=WITHIN)
    took, said = await let_fail(env | {"DECLIC_DATABASE_URL": NOBODY}, "doctor", "--json")
    assert {one["check"]: one["severity"] for one in json.loads(said)}["database"] == "error"
    figure("a lost database: `declic doctor` names it", took, "s", at_most=WITHIN)
    (folder / "rest/restoring").write_text("/var/backups/declic/declic-2026\n")
    for command in ("doctor", "serve"):
        took, said = await let_fail(env, command)
        assert "declic-2026" in said, said
        figure(f"an interrupted restore: `declic {command}` names it", took, "s", at_most=WITHIN)


async def let_fail(env: Mapping[str, str], *arguments: str) -> tuple[float, str]:
    """How long a command takes that has nothing good to say, and what it says."""
    begun = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        DECLIC, *arguments, env=env, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await asyncio.wait_for(process.communicate(), 120)
    with suppress(ProcessLookupError):
        process.kill()
    assert process.returncode != 0
    said = out.decode() + err.decode() if arguments[-1] != "--json" else out.decode()
    assert "Traceback" not in said, said
    return time.monotonic() - begun, said
