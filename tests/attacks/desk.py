"""Our server without HTTP: activities are handed in and take effect in a real database, sent by made-up people."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from federation.discovery.fetches import fetch_actor
from federation.instance import Instance
from inbox.processing.process import process_due
from inbox.receiving.receive import receive
from models.people.actors import Actor
from models.settings import Settings
from models.store.database import connection, open_pool, transaction
from tests.attacks.judge import BUGS
from tests.attacks.no_limit import without_limits
from tests.factories import HERE, make_follow, make_listing, make_member
from tests.fediverse import FakeFediverse, Person, sign_post

_numbers = itertools.count(1)


class Desk:
    """Alice and an offer of hers are here; Bob, whom she follows, sends."""

    def __init__(self, instance: Instance, fediverse: FakeFediverse, bob: Person, alice: Actor, offer: str) -> None:
        self.instance, self.fediverse, self.bob, self.alice, self.offer = instance, fediverse, bob, alice, offer

    async def take(self, document: Any, person: Person | None = None) -> int:
        """Hand it in, let it take effect; the status of the answer, which is one of those that are meant."""
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        outcome = await receive(self.instance, sign_post(HERE, "/inbox", body, (person or self.bob).signer))
        await process_due(self.instance)
        assert outcome.status in {202, 400, 401, 403, 413, 503}, outcome
        bugs = await self.instance.pool.fetchval(BUGS)
        assert bugs is None, bugs
        return outcome.status

    def open_person(self) -> Person:
        """Somebody new."""
        return self.fediverse.add_person(f"p{next(_numbers)}", "other.test")

    def build(self, person: Person, type: str, object: Any) -> dict[str, Any]:
        """An activity of theirs."""
        id = f"{person.uri}/activities/{next(_numbers)}"
        return {"id": id, "type": type, "actor": person.uri, "object": object}


@asynccontextmanager
async def open_desk(database_url: str, folder: Path) -> AsyncIterator[Desk]:
    """A desk on a database of its own."""
    fediverse = FakeFediverse()
    bob, pool = fediverse.add_person("bob", "henin.test"), await open_pool(database_url, size=10)
    settings = Settings(url=HERE.url, data=folder)
    instance = Instance(site=HERE, settings=settings, pool=pool, transport=fediverse, **without_limits())
    async with connection(pool) as conn:
        alice = await make_member(conn, "alice")
        listing = await make_listing(conn, alice)
    known = await fetch_actor(instance, bob.uri)
    async with transaction(pool) as conn:
        await make_follow(conn, alice, known)
    yield Desk(instance, fediverse, bob, alice, listing.post.uri)
    await instance.jsonld.close()
    await instance.linked_data.close()
    await asyncio.wait_for(pool.close(), 10)
