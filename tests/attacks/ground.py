"""Where attacks happen: one running server with Alice, hostile peers on addresses of their own, and the judge."""

import asyncio
import itertools
import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from federation.discovery.remote import fetch_actor
from federation.http_client.address_guard import Guard
from federation.http_client.transport import AiohttpTransport
from models.listings.listings import ListingDraft
from models.people.actors import Actor
from models.store.database import transaction
from outbox.listings import listings
from outbox.posts import notes
from outbox.posts.notes import NoteDraft
from tests.attacks.judge import (
    BUGS,
    FIGURES,
    SOCKETS,
    Limits,
    Log,
    Verdict,
    count_rows,
    find_unexpected_requests,
    find_unexpected_rows,
    forget_peak,
    listening,
    percentile,
    read_memory,
    read_own_time,
    read_peak,
)
from tests.factories import make_follow
from tests.fediverse import Person
from tests.servers import Member, RunningServer, running_server
from tests.stories.peer import Door, Peer, running_peer
from web.middlewares.work_signals import notify_work
from web.security.signed_urls import sign

Names = dict[str, list[str]]

_addresses = itertools.count(1)

ASKED = 2_000
"""How often at most it is asked whether all is done: counted, so that a busy machine only takes longer."""

SETTLED = """
    SELECT NOT EXISTS (SELECT FROM received WHERE state = 'waiting' AND due_at <= now())
        AND NOT EXISTS (SELECT FROM delivery WHERE state = 'waiting' AND due_at <= now())
"""


@dataclass(slots=True, kw_only=True)
class Ground:
    """Alice's server; she and Bob of `peer` follow each other; `offer` is for everybody, `secret` for followers."""

    door: Door
    log: Log
    alice: Member
    offer: str
    secret: str
    peer: Peer
    bob: Person
    peers: list[Peer] = field(default_factory=list)
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def here(self) -> RunningServer:
        """The server under attack."""
        return self.door.here

    async def open_peer(self) -> Peer:
        """One more peer: an address and a port that nobody had before, so a host of its own with budgets of its own."""
        number = next(_addresses)
        peer = await self.stack.enter_async_context(running_peer(f"127.{1 + number // 250}.0.{1 + number % 250}"))
        self.peers.append(peer)
        return peer

    async def open_door(self) -> Door:
        """The way in from a network (a /24) of its own, since a flood from one network is turned away at once."""
        number = next(_addresses)
        source = aiohttp.TCPConnector(local_addr=(f"127.{201 + number // 250}.{number % 250}.1", 0))
        session = aiohttp.ClientSession(connector=source, cookie_jar=aiohttp.DummyCookieJar())
        await self.stack.enter_async_context(session)
        return Door(here=self.here, session=session, clock=read_own_time, seconds=self.door.seconds)

    async def open_stranger(self, username: str = "mallory", **changes: Any) -> tuple[Peer, Person]:
        """Somebody whom nobody here has heard of, on a peer of their own."""
        peer = await self.open_peer()
        return peer, peer.add_person(username, **changes)

    async def meet(self, person: Person) -> Actor:
        """Let the server know somebody, so that no key has to be fetched later."""
        return await fetch_actor(self.here.instance, person.uri)

    async def open_acquaintance(self, username: str = "mallory", **changes: Any) -> tuple[Peer, Person]:
        """Somebody whom the server knows already."""
        peer, person = await self.open_stranger(username, **changes)
        await self.meet(person)
        return peer, person

    async def befriend(self, person: Person, *, follows: bool = False, followed: bool = False) -> Actor:
        """Somebody who follows Alice, or whom she follows."""
        actor = await self.meet(person)
        async with transaction(self.here.instance.pool) as conn:
            if follows:
                await make_follow(conn, actor, self.alice.actor)
            if followed:
                await make_follow(conn, self.alice.actor, actor)
        return actor

    async def settle(self) -> None:
        """Wait until everything that came in took effect and everything that goes out was tried."""
        await notify_work(self.here.instance.pool)  # what tests wrote themselves rang no bell
        for _ in range(ASKED):
            if await self.door.value(SETTLED):
                return
            await asyncio.sleep(0.01)
        raise AssertionError("something still waits")

    async def list_received(self, uri: str) -> list[tuple[str, str | None]]:
        """State and error of what came under this id."""
        sql = "SELECT state, error FROM received WHERE activity_uri = $1 ORDER BY id"
        return [(row["state"], row["error"]) for row in await self.here.instance.pool.fetch(sql, uri)]

    @asynccontextmanager
    async def judged(
        self,
        *,
        rows: dict[str, int] | None = None,
        asks: list[str] | None = None,
        most_asks: int | None = None,
        seconds: float = Limits().seconds,
        name: str = "",
    ) -> AsyncIterator[Verdict]:
        """Whatever happens inside leaves no row but `rows`, asks nobody but `asks`, is quick, small, and logs no error.

        `asks` are addresses, or prefixes that end in `/`. Raises AssertionError; otherwise the verdict has what was
        measured.
        """
        limits = Limits(rows=rows or {}, asks=asks or [], most_asks=most_asks, seconds=seconds)
        verdict, pool = Verdict(), self.here.instance.pool
        await self.settle()
        before, asked = await count_rows(pool), {id(peer): len(peer.server.requests) for peer in self.peers}
        answers, connects, names = len(self.door.seconds), len(SOCKETS.connects), len(SOCKETS.names)
        lines = len(self.log.tracebacks)
        memory = read_memory()
        forget_peak()
        yield verdict
        await self.settle()
        verdict.memory = read_peak() - memory
        verdict.p99 = percentile(self.door.seconds[answers:])
        verdict.connects = [one for one in SOCKETS.connects[connects:] if one not in self._own_addresses()]
        verdict.names = [one for one in SOCKETS.names[names:] if not one.startswith("127.0.0.1")]
        verdict.asked = [
            f"{peer.url}{request.path}"
            for peer in self.peers
            for request in peer.server.requests[asked.get(id(peer), 0) :]
        ]
        after = await count_rows(pool)
        verdict.rows = {table: after[table] - before[table] for table in after if after[table] != before[table]}
        FIGURES.blocks += 1
        FIGURES.answers += self.door.seconds[answers:]
        FIGURES.growth.append((verdict.memory, name))
        FIGURES.tracebacks += self.log.tracebacks[lines:]
        await self._require(limits, verdict, find_unexpected_rows(before, after, limits.rows), lines)

    async def _require(self, limits: Limits, verdict: Verdict, rows: dict[str, int], lines: int) -> None:
        allowed_hosts = {(urlsplit(peer.url).hostname, urlsplit(peer.url).port) for peer in self.peers}
        assert not rows, f"rows that an attack left: {rows}"
        assert not find_unexpected_requests(verdict.asked, limits.asks), verdict.asked
        assert not [one for one in verdict.connects if one not in allowed_hosts], verdict.connects
        assert limits.most_asks is None or len(verdict.asked) <= limits.most_asks, verdict.asked
        assert verdict.p99 < limits.seconds, f"p99 of {verdict.p99:.2f} s"
        assert verdict.memory < limits.memory, f"{verdict.memory / 1048576:.0f} MiB more"
        assert not self.log.tracebacks[lines:], self.log.tracebacks[lines:]
        assert not await self.door.value(BUGS)

    def _own_addresses(self) -> set[tuple[str, int]]:
        """What the tests themselves connect to: the server and its database."""
        parts = urlsplit(self.here.url)
        database = urlsplit(self.here.instance.settings.database_url or "")
        return {(parts.hostname or "", parts.port or 80), (database.hostname or "", database.port or 5432)}


@asynccontextmanager
async def open_ground(database_url: str, folder: Path, *, strict: bool = False) -> AsyncIterator[Ground]:
    """A server of ours and one peer; in the end its log has no traceback. `strict` is without test federation."""
    SOCKETS.install()
    source = aiohttp.TCPConnector(local_addr=(f"127.200.0.{1 + next(_addresses) % 250}", 0), limit=100)
    async with (
        listening() as log,
        running_server("lomme", database_url, folder) as here,
        aiohttp.ClientSession(connector=source, cookie_jar=aiohttp.DummyCookieJar()) as session,
        AsyncExitStack() as stack,
    ):
        peer = await stack.enter_async_context(running_peer("127.0.0.2"))
        alice, bob, site = await here.add_member("alice"), peer.add_person("bob"), here.instance.site
        known = await fetch_actor(here.instance, bob.uri)
        async with transaction(here.instance.pool) as conn:
            await make_follow(conn, alice.actor, known)
            await make_follow(conn, known, alice.actor)
            draft = ListingDraft(kind="offer", mode="loan", title="Tente", text="Facile à monter.")
            offer = await listings.publish(conn, site, alice.actor, draft)
            secret = await notes.publish(conn, site, alice.actor, NoteDraft(text="Entre nous.", audience="followers"))
            await sign(conn, here.instance.settings, "ground", "")  # makes the key of signed addresses: no attack's row
        if strict:
            await close_loopback(here)
        yield Ground(
            door=Door(here=here, session=session, clock=read_own_time),
            log=log,
            alice=alice,
            offer=offer.post.uri,
            secret=secret.uri,
            peer=peer,
            bob=bob,
            peers=[peer],
            stack=stack,
        )
    assert not log.tracebacks, log.tracebacks


async def close_loopback(server: RunningServer) -> None:
    """From now on the server calls others as it does for people: https, port 443, no private address, no name known."""
    transport = server.instance.transport
    assert isinstance(transport, AiohttpTransport)
    transport._guard = Guard(own_host=server.host)
    if transport._client is not None:
        await transport._client.close()
        transport._client = None


def script_names(patch: pytest.MonkeyPatch, first: Names, *, then: Names | None = None) -> None:
    """Let these names have these addresses, and from the second time on those of `then`."""
    asked: Counter[str] = Counter()
    real = socket.getaddrinfo

    def look_up(host: str, port: int, *arguments: Any, **options: Any) -> list[Any]:
        asked[host] += 1
        table = first if asked[host] == 1 or then is None else then
        if host not in table:
            return real(host, port, *arguments, **options)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in table[host]]

    patch.setattr(socket, "getaddrinfo", look_up)


def identity(person: Person) -> list[str]:
    """What may be asked to learn who somebody is: their actor, and WebFinger of the same host."""
    origin = "/".join(person.uri.split("/")[:3])
    return [person.uri, f"{origin}/.well-known/"]
