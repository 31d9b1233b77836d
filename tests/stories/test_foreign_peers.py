"""A cooperative meets servers that others wrote: they follow, receive, answer, like and leave."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.certificates import Authority, make_authority
from tests.eventually import eventually
from tests.peers.declic_peer import DeclicPeer, running_declic
from tests.peers.fedify_peer import FedifyPeer, running_fedify
from tests.peers.programs import find_missing
from tests.peers.snac_peer import SnacPeer, running_snac

MISSING = find_missing()

needs_fedify = pytest.mark.skipif("Fedify" in MISSING, reason=f"Fedify is left out: {MISSING.get('Fedify')}")
needs_snac = pytest.mark.skipif("snac2" in MISSING, reason=f"snac2 is left out: {MISSING.get('snac2')}")

PUBLISH = ("publish", "offer", "--as", "alice", "--title", "Remorque vélo", "--mode", "loan", "--place", "59160 Lomme")


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """An authority that all servers of the story trust."""
    folder = tmp_path / "authority"
    folder.mkdir()
    return make_authority(folder)


@pytest.fixture
async def here(authority: Authority, tmp_path: Path, furnished_url: str) -> AsyncIterator[DeclicPeer]:
    """Our server, with Alice."""
    async with running_declic(authority, tmp_path, furnished_url) as server:
        await server.run("account", "create", "alice", "--email", "alice@example.org", "--password", "un long secret")
        yield server


@pytest.fixture
async def fedify(authority: Authority) -> AsyncIterator[FedifyPeer]:
    """Fanny's server."""
    async with running_fedify(authority) as peer:
        yield peer


@pytest.fixture
async def snac(authority: Authority, tmp_path: Path) -> AsyncIterator[SnacPeer]:
    """Sam's server."""
    async with running_snac(authority, tmp_path) as peer:
        yield peer


async def _count(here: DeclicPeer, sql: str, *args: Any) -> int:
    found: int = await here.pool.fetchval(sql, *args)
    return found


async def _followers(here: DeclicPeer, username: str) -> int:
    return await _count(
        here,
        """
        SELECT count(*) FROM follow f JOIN actor a ON a.id = f.followed_id
        WHERE a.username = $1 AND a.local AND f.state = 'accepted'
        """,
        username,
    )


@needs_fedify
async def test_fedify_follows_a_stream_and_receives_its_offers(here: DeclicPeer, fedify: FedifyPeer) -> None:
    follow = await fedify.do("follow", handle=f"@offres@{here.host}")
    await eventually(lambda: fedify.received("Accept"))

    offer = await here.run(*PUBLISH)

    announced = await eventually(lambda: _announced(fedify, offer))
    assert announced["objectType"] == "Note"
    assert "Remorque vélo" in announced["content"]
    await fedify.do("unfollow", **follow)
    await eventually(lambda: _is(_followers(here, "offres"), 0))


async def _announced(fedify: FedifyPeer, offer: str) -> dict[str, Any] | None:
    return next((item for item in await fedify.received("Announce") if item["object"] == offer), None)


async def _is(value: Any, expected: object) -> bool:
    return bool(await value == expected)


@needs_fedify
async def test_fedify_follows_a_member_answers_and_likes(here: DeclicPeer, fedify: FedifyPeer) -> None:
    await fedify.do("follow", handle=f"@alice@{here.host}")
    await eventually(lambda: fedify.received("Accept"))
    offer = await here.run(*PUBLISH)
    await eventually(lambda: fedify.received("Create"))

    await fedify.do("like", object=offer)
    await fedify.do("reply", object=offer, text="Est-elle libre samedi ?", direct=False)
    await fedify.do("reply", object=offer, text="Je vous écris en privé.", direct=True)

    async def told() -> bool:
        rows = await here.pool.fetch("SELECT type FROM notification ORDER BY type")
        return [row["type"] for row in rows] == ["favourite", "follow", "mention", "mention"]

    await eventually(told)
    audiences = await here.pool.fetch("SELECT audience FROM post WHERE kind = 'note' ORDER BY audience")
    assert [row["audience"] for row in audiences] == ["direct", "network"]


@needs_fedify
async def test_fedify_sees_edits_and_withdrawal(here: DeclicPeer, fedify: FedifyPeer) -> None:
    await fedify.do("follow", handle=f"@alice@{here.host}")
    await eventually(lambda: fedify.received("Accept"))
    offer = await here.run(*PUBLISH)
    await eventually(lambda: fedify.received("Create"))

    await here.run("edit", offer, "--title", "Remorque vélo bâchée")
    updated = (await eventually(lambda: fedify.received("Update")))[0]
    await here.run("close", offer, "--outcome", "done")
    closed = (await eventually(lambda: _at_least(fedify, "Update", 2)))[1]
    await here.run("withdraw", offer)
    deleted = (await eventually(lambda: fedify.received("Delete")))[0]

    assert "bâchée" in updated["content"]
    assert "Pourvu" in closed["content"]
    assert deleted["object"] == offer


async def _at_least(fedify: FedifyPeer, type: str, count: int) -> list[dict[str, Any]]:
    found = await fedify.received(type)
    return found if len(found) >= count else []


@needs_fedify
async def test_a_member_here_follows_somebody_on_fedify(here: DeclicPeer, fedify: FedifyPeer) -> None:
    answer = await here.run("follow", "--as", "alice", fedify.handle)

    assert answer in ("pending", "accepted")
    assert (await eventually(lambda: fedify.received("Follow")))[0]["actor"] == f"{here.origin}/users/alice"
    await eventually(
        lambda: _count(here, "SELECT count(*) FROM follow WHERE state = 'accepted'"),
    )


@needs_snac
async def test_snac_follows_receives_answers_and_leaves(here: DeclicPeer, snac: SnacPeer) -> None:
    alice = f"{here.origin}/users/alice"
    await snac.run("follow", alice)
    await eventually(lambda: _is(_followers(here, "alice"), 1), within=20)

    offer = await here.run(*PUBLISH)
    held = await eventually(lambda: asyncio.to_thread(snac.find, offer), within=20)
    assert "Remorque vélo" in str(held["content"])

    await snac.post_form("admin/note", content="Toujours libre ?", in_reply_to=offer)
    await snac.post_form("admin/action", id=offer, actor=alice, action="Like")

    async def told() -> bool:
        rows = await here.pool.fetch("SELECT type FROM notification ORDER BY type")
        return [row["type"] for row in rows] == ["favourite", "follow", "mention"]

    await eventually(told, within=20)
    await snac.run("unfollow", alice)
    await eventually(lambda: _is(_followers(here, "alice"), 0), within=20)
