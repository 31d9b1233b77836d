"""A server of somebody else, scripted by tests: it shows what it is told to show, and signs what it is told to send."""

import itertools
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web
from yarl import URL

from federation.json.fields import PUBLIC
from federation.signatures import Envelope, Signer
from tests.eventually import eventually
from tests.federation.loopback import Handler, Server, serve
from tests.fediverse import FakeFediverse, Person, sign_get, sign_post
from tests.servers import RunningServer

_numbers = itertools.count(1)


@dataclass(slots=True, kw_only=True)
class Peer:
    """Its documents by address, its people by name, and every request that reached it.

    `scripts` are handlers by path with its query, for answers that are no documents: slow, endless, packed or broken.
    """

    server: Server
    shown: FakeFediverse = field(default_factory=FakeFediverse)
    scripts: dict[str, Handler] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Its origin."""
        return self.server.url

    @property
    def asked(self) -> list[str]:
        """Every path that was asked for, in order, as `GET /path`."""
        return [f"{request.method} {request.path}" for request in self.server.requests]

    def add_person(self, username: str, **changes: Any) -> Person:
        """Somebody who lives there."""
        return self.shown.add_person(username, self.server.host, scheme="http", **changes)

    def was_asked(self, uri: str) -> bool:
        """Whether anybody fetched this address."""
        return any(uri.endswith(request.path) for request in self.server.requests)


@asynccontextmanager
async def running_peer(address: str = "127.0.0.1") -> AsyncIterator[Peer]:
    """A peer on a port of its own, which makes it an origin of its own."""
    peers: list[Peer] = []

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        script = peers[0].scripts.get(request.raw_path)
        if script is not None:
            return await script(request)
        found = peers[0].shown.documents.get(f"{peers[0].server.url}{request.raw_path}")
        if request.method == "POST":
            return web.Response(status=202)
        if found is None:
            return web.Response(status=404)
        if isinstance(found, dict):
            return web.Response(body=json.dumps(found).encode(), content_type="application/activity+json")
        return web.Response(body=found.body, status=found.status, headers=found.headers)  # type: ignore[union-attr]  # none of them is an error here

    async with serve(answer, address=address) as server:
        peers.append(Peer(server=server))
        yield peers[0]


@dataclass(slots=True, kw_only=True)
class Door:
    """How peers reach one server of ours; `seconds` are the times of the answers, by this clock."""

    here: RunningServer
    session: aiohttp.ClientSession
    clock: Callable[[], float] = time.perf_counter
    seconds: list[float] = field(default_factory=list)

    async def send(self, person: Person, activity: Any, path: str = "/inbox", *, signer: Signer | None = None) -> int:
        """Post an activity, signed by this person or another signer; the status of the answer."""
        return await self.post(sign_post(self.here.instance.site, path, activity, signer or person.signer))

    async def post(self, envelope: Envelope) -> int:
        """Post a request as it stands; the status of the answer."""
        url, begun = URL(f"{self.here.url}{envelope.path}", encoded=True), self.clock()
        async with self.session.post(url, data=envelope.body, headers=envelope.headers) as answer:
            await answer.read()
            self.seconds.append(self.clock() - begun)
            return answer.status

    async def get(self, address: str, accept: str = "application/activity+json", *, by: Person | None = None) -> "Got":
        """Ask for an address or a path, signed by somebody or by nobody; redirects are not followed."""
        path = address.removeprefix(self.here.url)
        headers = {"Accept": accept} if accept else {}
        if by is not None:
            headers |= dict(sign_get(self.here.instance.site, path, by.signer).headers)
        begun = self.clock()
        async with self.session.get(f"{self.here.url}{path}", headers=headers, allow_redirects=False) as answer:
            body = await answer.read()
            self.seconds.append(self.clock() - begun)
            return Got(status=answer.status, headers=dict(answer.headers), body=body)

    async def settle(self) -> None:
        """Wait until everything received so far took effect."""
        sql = "SELECT NOT EXISTS (SELECT FROM received WHERE state = 'waiting' AND due_at <= now())"
        await eventually(lambda: self.value(sql))

    async def value(self, sql: str, *arguments: object) -> Any:
        """One value of its database."""
        return await self.here.instance.pool.fetchval(sql, *arguments)

    async def count(self, uri: str) -> int:
        """How many living posts have this id."""
        found: int = await self.value("SELECT count(*) FROM post WHERE uri = $1 AND deleted_at IS NULL", uri)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Got:
    """What was answered to a GET."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """The body as JSON."""
        document: dict[str, Any] = json.loads(self.body)
        return document

    @property
    def seen(self) -> tuple[int, bytes, dict[str, str]]:
        """All of it that a stranger could compare with another answer."""
        passing = ("Date", "X-Request-Id", "X-Request-ID")
        return self.status, self.body, {key: value for key, value in self.headers.items() if key not in passing}


def note(person: Person, **changes: Any) -> dict[str, Any]:
    """A public note by somebody."""
    number = next(_numbers)
    return {
        "id": f"{person.uri}/notes/{number}",
        "type": "Note",
        "attributedTo": person.uri,
        "to": [PUBLIC],
        "cc": [f"{person.uri}/followers"],
        "content": f"<p>Bonjour {number}</p>",
        "published": "2026-11-24T08:00:00Z",
    } | changes


def activity(person: Person, type: str, object: Any, **changes: Any) -> dict[str, Any]:
    """An activity by somebody, with an id of its own."""
    return {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{person.uri}/activities/{next(_numbers)}",
        "type": type,
        "actor": person.uri,
        "to": [PUBLIC],
        "object": object,
    } | changes
