"""Our server's door for other servers, with somebody elsewhere who can sign."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
from aiohttp.test_utils import TestClient, TestServer
from multidict import CIMultiDict

from federation.discovery.fetches import get_actor
from federation.instance import Instance
from federation.own_keys.key_pairs import make_key_pairs, save_local_keys
from models.listings.listings import Listing, ListingDraft
from models.people import keys
from models.people.actors import Actor
from models.people.keys import KeyPair
from models.relations.blocking import blocks
from models.store.database import Connection, Pool, connection, execute, transaction
from outbox.listings.listings import publish
from tests.factories import make_follow, make_local_actor, make_member
from tests.fediverse import FakeFediverse, Person, make_signer, public_pem, sign_get, sign_post
from tests.web.small_app import Client, make_instance
from web.server.app import make_app

ACTIVITY = "application/activity+json"
HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
"""What browsers ask for."""

VOLATILE = frozenset({"x-request-id", "date"})
"""Headers that differ between any two answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was answered, read."""

    status: int
    headers: CIMultiDict[str]
    body: bytes
    json: Any = None

    @property
    def seen(self) -> tuple[int, bytes, dict[str, str]]:
        """All that tells this answer from another one."""
        lasting = {name: text for name, text in self.headers.items() if name.lower() not in VOLATILE}
        return self.status, self.body, lasting


@dataclass(slots=True, kw_only=True)
class Door:
    """Asks as another server does: with `reader` signed by somebody, else unsigned."""

    client: Client
    instance: Instance
    people: list[Person] = field(default_factory=list)

    @property
    def fediverse(self) -> FakeFediverse:
        """Everybody else."""
        assert isinstance(self.instance.transport, FakeFediverse)
        return self.instance.transport

    async def get(
        self,
        uri: str,
        *,
        reader: Person | None = None,
        accept: str | None = ACTIVITY,
        method: str = "GET",
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """The answer at one of our addresses; what stands behind a `#` is not sent."""
        path = uri.removeprefix(self.instance.site.url).partition("#")[0]
        given: dict[str, str] = {"Host": self.instance.site.host} | (headers or {})
        if accept is not None:
            given["Accept"] = accept
        if reader is not None:
            given |= dict(sign_get(self.instance.site, path, reader.signer, method=method).headers)
        async with self.client.request(method, path, headers=given, allow_redirects=False) as response:
            body = await response.read()
            kind = response.headers.get("Content-Type", "")
            read = await response.json(content_type=None) if "json" in kind and body else None
            return Answer(status=response.status, headers=CIMultiDict(response.headers), body=body, json=read)

    async def meet(self, person: Person) -> Actor:
        """Know this person."""
        return await get_actor(self.instance, person.uri)

    async def post(self, uri: str, person: Person, activity: dict[str, Any] | None = None, **changes: str) -> Answer:
        """What an inbox answers to an activity that this person signs; a Like unless another one is given."""
        path = uri.removeprefix(self.instance.site.url)
        like = {"id": f"{person.uri}/likes/1", "type": "Like", "actor": person.uri, "object": f"{person.uri}/notes/1"}
        envelope = sign_post(self.instance.site, path, activity or like, person.signer)
        headers = dict(envelope.headers) | changes
        async with self.client.post(path, data=envelope.body, headers=headers) as response:
            body = await response.read()
            return Answer(status=response.status, headers=CIMultiDict(response.headers), body=body)

    async def execute(self, sql: str, *args: Any) -> None:
        """Change the database behind the server's back."""
        async with connection(self.instance.pool) as conn:
            await execute(conn, sql, *args)

    async def block(self, actor: Actor, target: Actor) -> None:
        """Let one of them block the other."""
        async with transaction(self.instance.pool) as conn:
            await blocks.save(conn, uri=f"{actor.uri}#blocks/1", actor_id=actor.id, target_id=target.id)

    async def befriend(self, person: Person, followed: Actor, *, state: str = "accepted") -> Actor:
        """Let somebody elsewhere follow one of ours."""
        actor = await self.meet(person)
        async with transaction(self.instance.pool) as conn:
            await make_follow(conn, actor, followed, state=state)
        return actor

    def secure(self) -> None:
        """Answer to those who sign only."""
        secured = msgspec.structs.replace(self.instance.settings, secure_mode=True)
        object.__setattr__(self.instance, "settings", secured)


async def publish_tent(door: Door, author: Actor, **changes: Any) -> Listing:
    """A listing of this author."""
    values: dict[str, Any] = {"kind": "offer", "mode": "gift", "title": "Tente"} | changes
    async with transaction(door.instance.pool) as conn:
        return await publish(conn, door.instance.site, author, ListingDraft(**values))


async def sent(door: Door, type: str) -> dict[str, Any]:
    """The newest activity of this type as it was signed."""
    body = await door.instance.pool.fetchval("SELECT body FROM activity WHERE type = $1 ORDER BY id DESC LIMIT 1", type)
    found: dict[str, Any] = json.loads(body)
    return found


async def read_pages(door: Door, uri: str, *, reader: Person | None = None) -> tuple[dict[str, Any], list[list[Any]]]:
    """The root of a collection, and the items of all its pages."""
    root = (await door.get(uri, reader=reader)).json
    pages, following = [], root.get("first")
    while following:
        page = (await door.get(following, reader=reader)).json
        assert (page["id"], page["partOf"]) == (following, uri)
        pages.append(page.get("orderedItems", page.get("items", [])))
        following = page.get("next")
        assert following is None or following.startswith(f"{uri}?")
    return root, pages


def make_here(instance: Instance, username: str) -> dict[str, str]:
    """The addresses of one of ours on this instance."""
    base = f"{instance.site.url}/users/{username}"
    names = ("inbox", "outbox", "followers", "following", "featured")
    addresses = {f"{name}_uri" if name.startswith("f") else name: f"{base}/{name}" for name in names}
    return addresses | {"uri": base, "url": f"{instance.site.url}/@{username}", "host": instance.site.host}


async def add_key(conn: Connection, actor: Actor) -> None:
    """Give one of ours a key."""
    pem = public_pem(make_signer(f"{actor.uri}#main-key"))
    pair = KeyPair(algorithm="rsa", public_pem=pem, private_pem=b"")
    await keys.save_key_pair(conn, actor.id, f"{actor.uri}#main-key", pair)


async def give_keys(door: Door, actor: Actor) -> None:
    """Keys of both kinds with which this actor can sign, encrypted where there is a key file."""
    pairs = await make_key_pairs(door.instance.settings)
    async with transaction(door.instance.pool) as conn:
        await save_local_keys(conn, door.instance.site, actor, pairs)


@pytest.fixture
async def door(pool: Pool) -> AsyncIterator[Door]:
    """The door."""
    instance = make_instance(pool)
    async with TestClient(TestServer(make_app(instance))) as client:
        yield Door(client=client, instance=instance)


@pytest.fixture
async def alice(door: Door) -> Actor:
    """Alice, a member here, with a key."""
    async with transaction(door.instance.pool) as conn:
        alice = await make_member(conn, **make_here(door.instance, "alice"))
        await add_key(conn, alice)
    return alice


@pytest.fixture
async def offres(door: Door) -> Actor:
    """The stream of offers."""
    async with transaction(door.instance.pool) as conn:
        return await make_local_actor(conn, "offres", type="Group", **make_here(door.instance, "offres"))


@pytest.fixture
def bob(door: Door) -> Person:
    """Bob, elsewhere."""
    return door.fediverse.add_person()
