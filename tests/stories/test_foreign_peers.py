"""A cooperative meets servers that others wrote: they follow, receive, answer, like and leave."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from models.listings.listings import ListingDraft
from models.store.database import Connection, transaction
from outbox.listings import listings
from tests.certificates import Authority, make_authority
from tests.databases import copied_database
from tests.eventually import eventually
from tests.peers.declic_peer import DeclicPeer, running_declic
from tests.peers.fedify_peer import FedifyPeer, running_fedify
from tests.peers.programs import needs_fedify, needs_snac
from tests.peers.snac_peer import SnacPeer, running_snac
from tests.servers import Member
from web.middlewares.work_signals import notify_work

TITLE = "Remorque vélo"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority that all servers trust."""
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
async def here(
    authority: Authority, postgres_url: str, furnished: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[DeclicPeer]:
    """Our server, started once: each story has a member of its own."""
    async with (
        copied_database(postgres_url, furnished) as url,
        running_declic(authority, tmp_path_factory.mktemp("here"), url) as server,
    ):
        yield server


@pytest.fixture(scope="module")
async def running(authority: Authority) -> AsyncIterator[FedifyPeer]:
    """Fanny's server, started once."""
    async with running_fedify(authority) as peer:
        yield peer


@pytest.fixture
async def fedify(running: FedifyPeer) -> FedifyPeer:
    """Fanny's server, where nothing came yet."""
    return await running.from_now_on()


@pytest.fixture
async def alice(here: DeclicPeer) -> Member:
    """A member who is in this story alone."""
    return await here.server.add_member(await here.server.find_free_name("alice"))


@pytest.fixture
async def snac(authority: Authority, tmp_path: Path) -> AsyncIterator[SnacPeer]:
    """Sam's server."""
    async with running_snac(authority, tmp_path) as peer:
        yield peer


@asynccontextmanager
async def acting(here: DeclicPeer) -> AsyncIterator[Connection]:
    """A transaction like that of a page: when it is committed, the worker is called."""
    async with transaction(here.pool) as conn:
        yield conn
    await notify_work(here.pool)


async def _followers(here: DeclicPeer, username: str) -> int:
    found: int = await here.pool.fetchval(
        """
        SELECT count(*) FROM follow f JOIN actor a ON a.id = f.followed_id
        WHERE a.username = $1 AND a.local AND f.state = 'accepted'
        """,
        username,
    )
    return found


async def _news(here: DeclicPeer, member: Member) -> list[str]:
    sql = "SELECT type FROM notification WHERE recipient_id = $1 ORDER BY type"
    return [row["type"] for row in await here.pool.fetch(sql, member.actor.id)]


async def _is(value: Any, expected: object) -> bool:
    return bool(await value == expected)


@needs_fedify
async def test_fedify_follows_a_stream_and_receives_its_offers(
    here: DeclicPeer, alice: Member, fedify: FedifyPeer
) -> None:
    follow = await fedify.do("follow", handle=f"@offres@{here.host}")
    await eventually(lambda: fedify.received("Accept"))

    offer = await here.publish(alice, TITLE)

    announced = await eventually(lambda: _announced(fedify, offer.uri))
    assert announced["objectType"] == "Note"
    assert TITLE in announced["content"]
    await fedify.do("unfollow", **follow)
    await eventually(lambda: _is(_followers(here, "offres"), 0))


async def _announced(fedify: FedifyPeer, offer: str) -> dict[str, Any] | None:
    return next((item for item in await fedify.received("Announce") if item["object"] == offer), None)


@needs_fedify
async def test_fedify_follows_a_member_answers_and_likes(here: DeclicPeer, alice: Member, fedify: FedifyPeer) -> None:
    await fedify.do("follow", handle=f"@{alice.actor.username}@{here.host}")
    await eventually(lambda: fedify.received("Accept"))
    offer = await here.publish(alice, TITLE)
    await eventually(lambda: fedify.received("Create"))

    await fedify.do("like", object=offer.uri)
    await fedify.do("reply", object=offer.uri, text="Est-elle libre samedi ?", direct=False)
    await fedify.do("reply", object=offer.uri, text="Je vous écris en privé.", direct=True)

    await eventually(lambda: _is(_news(here, alice), ["favourite", "follow", "mention", "mention"]))
    audiences = await here.pool.fetch(
        "SELECT audience FROM post WHERE kind = 'note' AND in_reply_to_id = $1 ORDER BY audience", offer.id
    )
    assert [row["audience"] for row in audiences] == ["direct", "network"]


@needs_fedify
async def test_fedify_sees_edits_and_withdrawal(here: DeclicPeer, alice: Member, fedify: FedifyPeer) -> None:
    await fedify.do("follow", handle=f"@{alice.actor.username}@{here.host}")
    await eventually(lambda: fedify.received("Accept"))
    site, offer = here.server.instance.site, (await here.publish(alice, TITLE)).uri
    await eventually(lambda: fedify.received("Create"))

    async with acting(here) as conn:
        draft = ListingDraft(kind="offer", mode="loan", title="Remorque vélo bâchée")
        await listings.edit(conn, site, alice.actor, offer, draft)
    updated = (await eventually(lambda: fedify.received("Update")))[0]
    async with acting(here) as conn:
        await listings.close(conn, site, alice.actor, offer, "done")
    closed = (await eventually(lambda: _at_least(fedify, "Update", 2)))[1]
    async with acting(here) as conn:
        await listings.withdraw(conn, site, alice.actor, offer)
    deleted = (await eventually(lambda: fedify.received("Delete")))[0]

    assert "bâchée" in updated["content"]
    assert "Pourvu" in closed["content"]
    assert deleted["object"] == offer


async def _at_least(fedify: FedifyPeer, type: str, count: int) -> list[dict[str, Any]]:
    found = await fedify.received(type)
    return found if len(found) >= count else []


@needs_fedify
async def test_a_member_here_follows_somebody_on_fedify(here: DeclicPeer, alice: Member, fedify: FedifyPeer) -> None:
    answer = await here.run("follow", "--as", alice.actor.username, fedify.handle)

    assert answer in ("pending", "accepted")
    assert (await eventually(lambda: fedify.received("Follow")))[0]["actor"] == alice.actor.uri
    sql = "SELECT count(*) FROM follow WHERE follower_id = $1 AND state = 'accepted'"
    await eventually(lambda: here.pool.fetchval(sql, alice.actor.id))


@needs_snac
async def test_snac_follows_receives_answers_and_leaves(here: DeclicPeer, alice: Member, snac: SnacPeer) -> None:
    await snac.run("follow", alice.actor.uri)
    await eventually(lambda: _is(_followers(here, alice.actor.username), 1), within=20)

    offer = (await here.publish(alice, TITLE)).uri
    held = await eventually(lambda: asyncio.to_thread(snac.find, offer), within=20)
    assert TITLE in str(held["content"])

    await snac.post_form("admin/note", content="Toujours libre ?", in_reply_to=offer)
    await snac.post_form("admin/action", id=offer, actor=alice.actor.uri, action="Like")

    await eventually(lambda: _is(_news(here, alice), ["favourite", "follow", "mention"]), within=20)
    await snac.run("unfollow", alice.actor.uri)
    await eventually(lambda: _is(_followers(here, alice.actor.username), 0), within=20)
