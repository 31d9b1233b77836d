"""Two servers of ours and a bad line between them, which loses, repeats and reorders what is posted; reads go well."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp.test_utils import TestClient, TestServer
from multidict import CIMultiDict

from federation.errors import Cause, FetchFailed
from federation.http_client.doors import Door
from federation.http_client.transport import AP_ACCEPT, MEBIBYTE, Answer, Fetched
from federation.instance import Instance
from federation.own_keys.key_pairs import KeyPairs, make_key_pairs
from federation.signatures import Envelope, SignatureScheme, Signer, sign
from inbox.processing.process import process_due
from inbox.receiving.receive import receive
from inbox.traffic import synchronization
from models.people.actors import Actor
from models.settings import Settings, Site
from models.store.database import open_pool, transaction
from outbox.people.accounts import register
from outbox.traffic.deliver import deliver_due
from tests.attacks.no_limit import without_limits
from tests.servers import found_open
from web.middlewares.work_signals import WorkSignal
from web.server.app import make_app

LOST, ANSWER_LOST, HELD, REPEATED = 0.10, 0.05, 0.20, 0.20


@dataclass(slots=True, repr=False)
class Line:
    """What is on its way; `chance` decides what becomes of each message, always in the same manner for one seed."""

    sides: dict[str, "Side"] = field(default_factory=dict)
    held: list[tuple[str, Envelope]] = field(default_factory=list)
    chance: random.Random = field(default_factory=lambda: random.Random(0))
    bad: bool = True
    passed: int = 0
    lost: int = 0
    repeated: int = 0

    async def carry(self, host: str, envelope: Envelope) -> Answer:
        """One POST: lost on the way, answered into the void, kept for later, brought twice, or brought."""
        draw = self.chance.random() if self.bad else 1.0
        if draw < LOST:
            self.lost += 1
            return Answer(status=None, error="lost", cause=Cause.CONNECTION_LOST)
        if draw < LOST + ANSWER_LOST:
            await self.bring(host, envelope)
            self.repeated += 1
            return Answer(status=None, error="no answer", cause=Cause.TIMED_OUT)
        if draw < LOST + ANSWER_LOST + HELD:
            self.held.append((host, envelope))
            return Answer(status=202, scheme=SignatureScheme.CAVAGE)
        if draw < LOST + ANSWER_LOST + HELD + REPEATED:
            self.held.append((host, envelope))
            self.repeated += 1
        return await self.bring(host, envelope)

    async def bring(self, host: str, envelope: Envelope) -> Answer:
        """Hand it in."""
        self.passed += 1
        outcome = await receive(self.sides[host].instance, envelope)
        return Answer(
            status=outcome.status, retry_after=outcome.retry_after, error=outcome.reason, scheme=SignatureScheme.CAVAGE
        )

    async def let_go(self, share: float = 1.0) -> None:
        """Bring some of what was held back, in any order."""
        self.chance.shuffle(self.held)
        count = round(len(self.held) * share)
        going, self.held = self.held[:count], self.held[count:]
        for host, envelope in going:
            answer = await self.bring(host, envelope)
            assert answer.status is not None and answer.status < 500, answer


@dataclass(slots=True)
class Wire:
    """A `Transport` over the line."""

    line: Line

    async def get_document(
        self,
        uri: str,
        *,
        accept: str = AP_ACCEPT,
        signer: Signer | None = None,
        limit: int = MEBIBYTE,
        etag: str = "",
        modified: str = "",
    ) -> Fetched:
        """What the other side really answers."""
        parts = urlsplit(uri)
        side = self.line.sides.get(parts.netloc)
        if side is None:
            raise FetchFailed(Cause.NAME_NOT_FOUND, parts.netloc)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        headers = CIMultiDict({"Accept": accept, "Host": parts.netloc} | ({"If-None-Match": etag} if etag else {}))
        if modified:
            headers["If-Modified-Since"] = modified
        if signer is not None:
            bare = Envelope(method="GET", path=path, headers=headers)
            headers = sign(bare, side.site, signer, scheme=SignatureScheme.CAVAGE, at=datetime.now(UTC))
        async with side.client.get(path, headers=headers, allow_redirects=False) as answer:
            body = await answer.read()
            if answer.status in {404, 410}:
                cause = Cause.GONE if answer.status == 410 else Cause.NOT_FOUND
                raise FetchFailed(cause, parts.netloc, answer=answer.status)
            assert answer.status == 200 or (etag and answer.status == 304), (uri, answer.status)
            return Fetched(url=uri, status=answer.status, headers=CIMultiDict(answer.headers), body=body)

    async def get_directly(self, url: str, *, accept: str = AP_ACCEPT, signer: Signer | None = None) -> Fetched:
        """Nobody is looked at from outside here."""
        raise AssertionError(url)

    async def try_doors(self, origin: str) -> list[Door]:
        """Nobody is looked at from outside here."""
        raise AssertionError(origin)

    async def post_question(self, url: str, body: bytes, signer: Signer, *, seconds: float) -> Fetched:
        """Nobody asks about bikes here."""
        raise AssertionError(url)

    async def post_message(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """No app of anybody is told here."""
        raise AssertionError(url)

    async def post_activity(
        self,
        inbox: str,
        body: bytes,
        signer: Signer,
        *,
        scheme: SignatureScheme | None = None,
        synchronization: str | None = None,
    ) -> Answer:
        """Signed as for the real network."""
        parts = urlsplit(inbox)
        headers = CIMultiDict({"Host": parts.netloc, "Content-Type": "application/activity+json"})
        if synchronization is not None:
            headers["Collection-Synchronization"] = synchronization
        bare = Envelope(method="POST", path=parts.path, headers=headers, body=body)
        site = self.line.sides[parts.netloc].instance.site
        signed = sign(bare, site, signer, scheme=scheme or SignatureScheme.CAVAGE, at=datetime.now(UTC))
        return await self.line.carry(parts.netloc, replace(bare, headers=signed))

    async def close(self) -> None:
        """Nothing to close."""


@dataclass(slots=True, repr=False)
class Side:
    """One server."""

    instance: Instance
    client: TestClient[Any, Any]
    keys: KeyPairs

    @property
    def site(self) -> Site:
        """Who it is."""
        return self.instance.site

    async def add(self, username: str) -> Actor:
        """Somebody who lives here."""
        async with transaction(self.instance.pool) as conn:
            return await register(
                conn,
                self.site,
                key_pairs=self.keys,
                username=username,
                email=f"{username}@{self.site.host}",
                password_hash=None,
                roles=(),
                language="fr",
            )


async def run(sides: list[Side], line: Line, *, hours: int) -> None:
    """Let both work for so many hours of their time, while the line does what it likes."""
    begun = datetime.now(UTC)
    for hour in range(hours):
        at = begun + timedelta(hours=hour)
        for side in sides:
            await deliver_due(side.instance, at)
        await line.let_go(0.5)
        for side in sides:
            await process_due(side.instance, at)


async def settle(sides: list[Side], line: Line) -> None:
    """The line is good again, and both work until nothing is left to do."""
    line.bad = False
    begun = datetime.now(UTC) + timedelta(hours=3)
    for hour in range(0, 100, 7):
        at = begun + timedelta(hours=hour)
        await line.let_go()
        done = 0
        for side in sides:
            done += await deliver_due(side.instance, at) + await process_due(side.instance, at)
        if not done and not line.held and await _count_open(sides) == 0:
            line.bad = True
            return
    raise AssertionError("still not quiet")


async def compare_followers(sides: list[Side]) -> int:
    """Do the work that comparing followers asked for (FEP-8fcf); how many lists were found to differ."""
    found = 0
    for side in sides:
        sql = "DELETE FROM pgqueuer WHERE entrypoint = $1 RETURNING payload"
        for row in await side.instance.pool.fetch(sql, synchronization.JOB):
            await synchronization.synchronize(side.instance, json.loads(row["payload"]))
            found += 1
    return found


async def _count_open(sides: list[Side]) -> int:
    sql = """
        SELECT (SELECT count(*) FROM received WHERE state IN ('waiting', 'failed'))
            + (SELECT count(*) FROM delivery WHERE state IN ('waiting', 'failed', 'held'))
    """
    return sum([await side.instance.pool.fetchval(sql) for side in sides])


@asynccontextmanager
async def open_sides(databases: dict[str, str], folder: Path) -> AsyncIterator[tuple[list[Side], Line]]:
    """One server for each host."""
    line, sides = Line(), []
    async with AsyncExitStack() as stack:
        for host, url in databases.items():
            settings = Settings(url=f"https://{host}", data=folder / host, database_url=url, rate_limit=0)
            pool = await open_pool(url, size=8)
            instance = Instance(
                site=settings.site, settings=settings, pool=pool, transport=Wire(line), **without_limits()
            )
            await found_open(instance)
            client = TestClient(TestServer(make_app(instance, WorkSignal(pool))))
            await client.start_server()
            side = Side(instance=instance, client=client, keys=await make_key_pairs(settings))
            stack.push_async_callback(asyncio.wait_for, pool.close(), 10)
            stack.push_async_callback(instance.jsonld.close)
            stack.push_async_callback(client.close)
            line.sides[host] = side
            sides.append(side)
        yield sides, line
