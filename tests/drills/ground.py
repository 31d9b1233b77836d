"""A server in a process of its own, its members, and three peers that follow them and note every request."""

import json
import os
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import aiohttp
import asyncpg
from aiohttp import web

from models.store.database import prepare_connection, transaction
from tests.drills.ledger import Noted, Verdict, compare
from tests.elapsing import pass_seconds
from tests.eventually import eventually
from tests.factories import make_follow, make_remote_actor
from tests.federation.loopback import Handler, Server, serve
from tests.servers import RunningServer, ServerProcess, founded_process
from tests.web.warm_commands import WarmCommands

LONG = os.environ.get("DECLIC_DRILLS") == "long"
SEED = int(os.environ.get("DECLIC_DRILLS_SEED", "20261124"))
CLAIM_SECONDS = 30
"""How long what a process had claimed stays its own when it is dead."""


def by_form(short: int, long: int) -> int:
    """A size in the form that runs now."""
    return long if LONG else short


def chance(drill: str) -> random.Random:
    """The dice of one drill: the same with every run of a seed."""
    return random.Random(f"{SEED} {drill}")


@dataclass(slots=True, kw_only=True)
class Ground:
    """Where a drill takes place; `scripts` are peers, by host, that answer otherwise than with 202."""

    server: ServerProcess
    database_url: str
    tokens: dict[str, str]
    peers: list[Server]
    noted: Noted
    known: set[str] = field(default_factory=set)
    scripts: dict[str, Handler] = field(default_factory=dict)
    dice: random.Random = field(default_factory=random.Random)

    @property
    def inboxes(self) -> set[str]:
        """The shared inboxes of the peers."""
        return {f"{peer.url}/inbox" for peer in self.peers}

    def note(self, request: web.BaseRequest, body: bytes) -> None:
        """A peer received this."""
        self.noted.note(json.loads(body)["id"], f"http://{request.host}{request.path}", body)

    async def connect(self) -> asyncpg.Connection:
        """A connection to the server's database, beside it."""
        conn = await asyncpg.connect(self.database_url)
        await prepare_connection(conn)
        return conn

    async def kill(self) -> None:
        """Kill the server."""
        await self.server.kill()
        await self.outlive_claims()

    async def outlive_claims(self) -> None:
        """In the short form half a minute goes by at once, so that what died had claimed is free."""
        if LONG:
            return
        conn = await self.connect()
        try:
            await pass_seconds(conn, CLAIM_SECONDS)
        finally:
            await conn.close()

    async def post(self, session: aiohttp.ClientSession, author: str, text: str, *, key: str | None = None) -> int:
        """Publish a note; the status, 0 when there was no answer. What is answered 200 is `known`."""
        headers = {"Authorization": f"Bearer {self.tokens[author]}"} | ({"Idempotency-Key": key} if key else {})
        try:
            async with session.post(
                f"{self.server.url}/api/v1/statuses", json={"status": text}, headers=headers
            ) as answer:
                if answer.status == 200:
                    self.known.add((await answer.json())["uri"])
                return answer.status
        except (aiohttp.ClientError, ConnectionError, TimeoutError):
            return 0

    async def post_many(self, author: str, texts: list[str]) -> list[int]:
        """One after the other, each tried once; the statuses."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session:
            return [await self.post(session, author, text) for text in texts]

    async def count_on_their_way(self) -> int:
        """Deliveries that some process has claimed."""
        conn = await self.connect()
        try:
            found: int = await conn.fetchval(
                "SELECT count(*) FROM delivery WHERE state = 'waiting' AND claimed_by IS NOT NULL"
            )
            return found
        finally:
            await conn.close()

    async def settle(self, *, within: float = 120) -> Verdict:
        """Wait until nothing is on its way; then the ledger."""
        conn = await self.connect()
        try:

            async def quiet() -> bool:
                return not await conn.fetchval("SELECT EXISTS (SELECT FROM delivery WHERE state = 'waiting')")

            await eventually(quiet, within=within)
            return await compare(conn, self.noted, self.known, self.inboxes)
        finally:
            await conn.close()


@asynccontextmanager
async def ground(
    folder: Path,
    database_url: str | None = None,
    *,
    authors: int = 3,
    peers: int = 3,
    name: str = "drill",
    commands: WarmCommands | None = None,
) -> AsyncIterator[Ground]:
    """A server that runs, `authors` members, and peers that follow each of them.

    Where no database is named, the server has a PostgreSQL of its own, in `folder`.
    """
    made: list[Ground] = []
    async with AsyncExitStack() as stack:
        running = [
            await stack.enter_async_context(serve(partial(_answer, made), address=f"127.0.0.{number + 2}"))
            for number in range(peers)
        ]
        process = founded_process("lomme", folder / "data", database_url, commands=commands, rate_limit="0")
        server, here = await stack.enter_async_context(process)
        url = here.instance.settings.database_url
        assert url is not None
        made.append(Ground(server=server, database_url=url, tokens={}, peers=running, noted=Noted(), dice=chance(name)))
        for number in range(authors):
            await _add_author(made[0], here, f"author{number}")
        yield made[0]


async def _answer(made: list[Ground], request: web.BaseRequest) -> web.StreamResponse:
    if request.method != "POST":
        return web.Response(status=404)
    script = made[0].scripts.get(request.host)
    if script is not None:
        return await script(request)
    made[0].note(request, await request.read())
    return web.Response(status=202)


async def _add_author(ground: Ground, here: RunningServer, name: str) -> None:
    author = await here.add_member(name)
    ground.tokens[name] = author.token
    async with transaction(here.instance.pool) as conn:
        for number, peer in enumerate(ground.peers):
            reader = await make_remote_actor(
                conn,
                f"{name}_reader{number}",
                peer.host,
                uri=f"{peer.url}/users/{name}",
                inbox=f"{peer.url}/users/{name}/inbox",
                shared_inbox=f"{peer.url}/inbox",
            )
            await make_follow(conn, reader, author.actor)
