"""A server of ours with Alice, and two servers of others: for what they send, well or badly meant."""

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import asyncpg
import pytest
import structlog

from federation.discovery.remote import fetch_actor
from models.listings.listings import ListingDraft
from models.store.database import transaction
from outbox.listings import listings as outbox
from tests.databases import copy_database, with_database
from tests.factories import make_follow
from tests.fediverse import Person
from tests.servers import Member, running_server
from tests.stories.peer import Door, Peer, running_peer


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Alice's server; she follows Bob of another one, where Carol lives too, and nobody of Mallory's."""

    door: Door
    alice: Member
    offer: str
    bob: Person
    carol: Person
    mallory: Person
    peer: Peer
    foreign: Peer


@pytest.fixture(scope="module")
async def world(postgres_url: str, furnished: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """One server of ours and two peers; in the end, its log has no traceback."""
    errors: list[object] = []
    handler = logging.Handler(logging.ERROR)
    handler.emit = errors.append  # type: ignore[method-assign, assignment]  # a handler that only keeps
    logging.getLogger().addHandler(handler)
    admin, name = await asyncpg.connect(postgres_url), f"{furnished}_hostile"
    await copy_database(admin, furnished, name)
    folder: Path = tmp_path_factory.mktemp("hostile")
    with structlog.testing.capture_logs() as logs:
        async with (
            running_server("lomme", with_database(postgres_url, name), folder) as here,
            running_peer() as peer,
            running_peer() as foreign,
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
        ):
            alice = await here.add_member("alice")
            bob, carol, mallory = peer.add_person("bob"), peer.add_person("carol"), foreign.add_person("mallory")
            await fetch_actor(here.instance, carol.uri)
            known = await fetch_actor(here.instance, bob.uri)
            async with transaction(here.instance.pool) as conn:
                await make_follow(conn, alice.actor, known)
                draft = ListingDraft(kind="offer", mode="loan", title="Tente", text="Facile à monter.")
                listing = await outbox.publish(conn, here.instance.site, alice.actor, draft)
            yield World(
                door=Door(here=here, session=session),
                alice=alice,
                offer=listing.post.uri,
                bob=bob,
                carol=carol,
                mallory=mallory,
                peer=peer,
                foreign=foreign,
            )
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()
    logging.getLogger().removeHandler(handler)
    assert not errors
    serious = [entry for entry in logs if entry["log_level"] == "error"]
    assert not serious, serious
