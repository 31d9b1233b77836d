"""Our server's door for other servers, with somebody elsewhere who can sign."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from multidict import CIMultiDict

from federation.fetches import get_actor
from federation.instance import Instance
from models import keys
from models.actors import Actor
from models.database import Connection, Pool, transaction
from models.keys import KeyPair
from tests.factories import make_local_actor, make_member
from tests.fediverse import FakeFediverse, Person, make_signer, public_pem, sign_get
from tests.web.core import Client, make_instance, serving
from web.activitypub.routes import ROUTES

ACTIVITY = "application/activity+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was answered, read."""

    status: int
    headers: CIMultiDict[str]
    body: bytes
    json: Any = None


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
        """The answer at one of our addresses."""
        path = uri.removeprefix(self.instance.site.url)
        given: dict[str, str] = {"Host": self.instance.site.host} | (headers or {})
        if accept is not None:
            given["Accept"] = accept
        if reader is not None:
            given |= dict(sign_get(self.instance.site, path, reader.signer).headers)
        async with self.client.request(method, path, headers=given, allow_redirects=False) as response:
            body = await response.read()
            kind = response.headers.get("Content-Type", "")
            read = await response.json(content_type=None) if "json" in kind and body else None
            return Answer(status=response.status, headers=CIMultiDict(response.headers), body=body, json=read)

    async def meet(self, person: Person) -> Actor:
        """Know this person."""
        return await get_actor(self.instance, person.uri)


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


@pytest.fixture
async def door(pool: Pool) -> AsyncIterator[Door]:
    """The door."""
    instance = make_instance(pool)
    async with serving(instance, ROUTES) as client:
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
