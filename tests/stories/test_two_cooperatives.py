"""The main job, end to end: two cooperatives follow each other, and what one publishes stands in the other."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from federation.discovery.remote import resolve_handle
from federation.media.media_uris import media_url
from federation.media.uploads import save_upload
from models import posts, searches, timelines
from models.listings import listings
from models.listings.listings import Listing, ListingDraft
from models.news import notifications
from models.people import actors
from models.people.actors import Actor
from models.posts.media import media
from models.searches import NetworkFilter
from models.searches.alerts import alerts
from models.searches.alerts.alerts import AlertDraft
from models.store.database import Connection, transaction
from models.timelines import Page
from outbox.listings import listings as outbox
from outbox.listings.alerts import watch
from outbox.moderation import sanctions
from outbox.posts import notes as outbox_notes
from outbox.relations import follows as outbox_follows
from outbox.relations import reactions as outbox_reactions
from tests.eventually import eventually
from tests.rulings import rule
from tests.servers import Member, RunningServer
from tests.stories.cooperatives import Cooperatives
from web.middlewares.work_signals import notify_work

SAMPLES = Path(__file__).parent.parent / "samples"

STREAMS = ("offres", "services", "demandes", "depannage_velo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Two:
    """Lomme with Alice, Hénin-Carvin with Bob; the coop actors follow each other's streams, Bob Lomme's offers."""

    lomme: RunningServer
    henin: RunningServer
    alice: Member
    bob: Member


@pytest.fixture(scope="module")
async def met(cooperatives: Cooperatives) -> Cooperatives:
    """Both servers, of which each coop actor follows all streams of the other."""
    lomme, henin = cooperatives.lomme, cooperatives.henin
    for here, there in ((lomme, henin), (henin, lomme)):
        for stream in STREAMS:
            await _follow(here, "coop", f"@{stream}@{there.host}")
    return cooperatives


@pytest.fixture
async def two(met: Cooperatives) -> Two:
    """Both servers, met, and two people who are in this story alone."""
    alice, bob = await met.add_members()
    await _follow(met.henin, bob.actor.username, f"@offres@{met.lomme.host}")
    return Two(lomme=met.lomme, henin=met.henin, alice=alice, bob=bob)


@asynccontextmanager
async def acting(server: RunningServer) -> AsyncIterator[Connection]:
    """A transaction like that of a page: when it is committed, the worker is called."""
    async with transaction(server.instance.pool) as conn:
        yield conn
    await notify_work(server.instance.pool)


async def _local(server: RunningServer, username: str) -> Actor:
    async with transaction(server.instance.pool) as conn:
        return await actors.get_local(conn, username)


async def _follow(server: RunningServer, username: str, handle: str) -> Actor:
    """Follow, and wait for the Accept."""
    followed = await resolve_handle(server.instance, handle)
    follower = await _local(server, username)
    async with acting(server) as conn:
        await outbox_follows.follow(conn, server.instance.site, follower, followed)

    async def accepted() -> bool:
        row = await server.instance.pool.fetchval(
            "SELECT state FROM follow WHERE follower_id = $1 AND followed_id = $2", follower.id, followed.id
        )
        return bool(row == "accepted")

    await eventually(accepted)
    return followed


async def _publish(server: RunningServer, author: Actor, **changes: Any) -> Listing:
    values: dict[str, Any] = {
        "kind": "offer",
        "mode": "loan",
        "title": "Tente quatre places",
        "text": "Facile à monter.",
    }
    async with acting(server) as conn:
        return await outbox.publish(conn, server.instance.site, author, ListingDraft(**(values | changes)))


async def _in_network(server: RunningServer, uri: str) -> Listing | None:
    """The listing as the other cooperative's network page finds it."""
    async with transaction(server.instance.pool) as conn:
        listing = await listings.find_by_listing_uri(conn, uri)
        if listing is None:
            return None
        found = await searches.list_network(conn, NetworkFilter())
        return listing if listing.id in [one.id for one in found] else None


async def _home(server: RunningServer, member: Member) -> list[dict[str, Any]]:
    async with (
        aiohttp.ClientSession(headers=member.headers) as session,
        session.get(f"{server.url}/api/v1/timelines/home") as answer,
    ):
        assert answer.status == 200
        statuses: list[dict[str, Any]] = await answer.json()
        return statuses


@pytest.mark.parametrize(
    ("kind", "mode", "stream"),
    [
        ("offer", "loan", "offres"),
        ("offer", "service", "services"),
        ("request", "loan", "demandes"),
        ("repair_call", "repair", "depannage_velo"),
    ],
)
async def test_what_is_published_stands_next_door_at_once(two: Two, kind: str, mode: str, stream: str) -> None:
    repair = (
        {"bike_type": "cargo", "interventions": ["flat-tyre"], "rideable": False} if kind == "repair_call" else None
    )
    listing = await _publish(two.lomme, two.alice.actor, kind=kind, mode=mode, repair=repair)

    seen = await eventually(lambda: _in_network(two.henin, listing.uri))  # nobody looks for work: `only_rung`

    assert (seen.details.kind, seen.details.mode, seen.details.title) == (kind, mode, "Tente quatre places")
    assert seen.details.territory_uri == f"{two.lomme.url}/users/coop"
    assert seen.details.stream_uri == f"{two.lomme.url}/users/{stream}"


async def test_an_offer_stands_in_the_home_of_whoever_follows_the_stream(two: Two) -> None:
    listing = await _publish(two.lomme, two.alice.actor)

    async def boosted() -> dict[str, Any] | None:
        for status in await _home(two.henin, two.bob):
            if status["reblog"] and status["reblog"]["uri"] == listing.uri:
                return status
        return None

    status = await eventually(boosted)
    assert status["account"]["acct"] == f"offres@{two.lomme.host}"
    assert status["reblog"]["account"]["acct"] == f"{two.alice.actor.username}@{two.lomme.host}"
    assert "Tente quatre places" in status["reblog"]["content"]
    sql = "SELECT count(*) FROM share JOIN post ON post.id = share.post_id WHERE post.uri = $1"
    assert await two.henin.instance.pool.fetchval(sql, listing.uri) == 1


async def test_whoever_waits_for_it_next_door_is_told_in_her_app_the_moment_it_is_there(two: Two) -> None:
    async with acting(two.henin) as conn:
        draft = AlertDraft(parameters="q=théodolites", filter=NetworkFilter(text="théodolites"))
        await alerts.create(conn, two.bob.actor.id, draft)
    listing = await _publish(two.lomme, two.alice.actor, title="Théodolite de chantier")
    await eventually(lambda: _in_network(two.henin, listing.uri))

    await watch(two.henin.instance)
    await _publish(two.lomme, two.alice.actor, title="Tente")
    await watch(two.henin.instance)

    async with aiohttp.ClientSession(headers=two.bob.headers) as session:
        answer = await (await session.get(f"{two.henin.url}/api/v1/notifications")).json()
    assert [(one["type"], one["status"]["uri"]) for one in answer] == [("status", listing.uri)]
    assert answer[0]["account"]["acct"] == f"{two.alice.actor.username}@{two.lomme.host}"


async def test_a_photo_goes_along_and_is_shown_by_the_other_servers_own_copy(two: Two) -> None:
    data = (SAMPLES / "tente.jpg").read_bytes()
    photo = await save_upload(two.lomme.instance, owner_id=two.alice.actor.id, data=data, description="La tente")
    listing = await _publish(two.lomme, two.alice.actor, media_ids=(photo.id,))

    seen = await eventually(lambda: _in_network(two.henin, listing.uri))

    async with transaction(two.henin.instance.pool) as conn:
        [kept] = (await media.list_by_posts(conn, [seen.id]))[seen.id]
    assert (kept.description, kept.width) == ("La tente", photo.width)
    assert kept.remote_url is not None and kept.remote_url.startswith(f"{two.lomme.url}/media/")
    address = media_url(two.henin.instance.site, kept)
    assert address.startswith(two.henin.url)
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        assert (answer.status, answer.content_type) == (200, "image/jpeg")
        assert (await answer.read())[:2] == b"\xff\xd8"


async def test_editing_pausing_closing_and_withdrawing_reach_the_followers_of_a_stream(two: Two) -> None:
    site = two.lomme.instance.site
    listing = await _publish(two.lomme, two.alice.actor)
    await eventually(lambda: _in_network(two.henin, listing.uri))

    async with acting(two.lomme) as conn:
        draft = ListingDraft(kind="offer", mode="loan", title="Tente six places", text="Grande.")
        await outbox.edit(conn, site, two.alice.actor, listing.uri, draft)
    await eventually(lambda: _has(two.henin, listing.uri, title="Tente six places"))
    async with acting(two.lomme) as conn:
        await outbox.pause(conn, site, two.alice.actor, listing.uri)
    await eventually(lambda: _has(two.henin, listing.uri, status="paused"))
    async with acting(two.lomme) as conn:
        await outbox.close(conn, site, two.alice.actor, listing.uri, "done")
    closed = await eventually(lambda: _has(two.henin, listing.uri, status="fulfilled"))
    assert "Pourvu" in closed.post.content
    async with acting(two.lomme) as conn:
        await outbox.withdraw(conn, site, two.alice.actor, listing.uri)

    async def gone() -> bool:
        async with transaction(two.henin.instance.pool) as conn:
            copy = await posts.find_by_uri(conn, listing.uri)
            return copy is None or (copy.deleted_at is not None and copy.content == "")

    await eventually(gone)
    async with (
        aiohttp.ClientSession() as session,
        session.get(listing.uri, headers={"Accept": "application/activity+json"}) as answer,
    ):
        assert answer.status == 410
        assert (await answer.json(content_type=None))["type"] == "Tombstone"


async def _has(server: RunningServer, uri: str, **expected: str) -> Listing | None:
    async with transaction(server.instance.pool) as conn:
        listing = await listings.find_by_listing_uri(conn, uri)
    if listing is None or any(getattr(listing.details, name) != value for name, value in expected.items()):
        return None
    return listing


async def test_an_answer_a_like_and_a_share_come_back(two: Two) -> None:
    listing = await _publish(two.lomme, two.alice.actor)
    there = await eventually(lambda: _in_network(two.henin, listing.uri))
    site = two.henin.instance.site

    async with acting(two.henin) as conn:
        await outbox_notes.reply(conn, site, two.bob.actor, there.post, "Est-elle libre samedi ?", audience="direct")
        await outbox_reactions.favourite(conn, site, two.bob.actor, there.post)
        await outbox_reactions.share(conn, site, two.bob.actor, there.post)

    async def told() -> set[str] | None:
        async with transaction(two.lomme.instance.pool) as conn:
            page = notifications.NotificationPage()
            found: set[str] = {
                one.type for one in await notifications.list_notifications(conn, two.alice.actor.id, page)
            }
        return found if len(found) == 3 else None

    assert await eventually(told) == {"mention", "favourite", "reblog"}


async def test_an_offer_for_the_cooperative_alone_never_leaves(two: Two) -> None:
    hidden = await _publish(two.lomme, two.alice.actor, audience="coop", title="Entre nous")
    shown = await _publish(two.lomme, two.alice.actor)

    await eventually(lambda: _in_network(two.henin, shown.uri))

    assert await _in_network(two.henin, hidden.uri) is None
    assert (
        await two.lomme.instance.pool.fetchval("SELECT count(*) FROM activity WHERE object_uri = $1", hidden.uri) == 0
    )
    async with (
        aiohttp.ClientSession() as session,
        session.get(hidden.uri, headers={"Accept": "application/activity+json"}) as answer,
    ):
        assert answer.status == 404


async def test_home_is_a_page_of_entries(two: Two) -> None:
    listing = await _publish(two.lomme, two.alice.actor)
    copy = await eventually(lambda: _in_network(two.henin, listing.uri))

    async with transaction(two.henin.instance.pool) as conn:
        home = await timelines.list_home(conn, two.bob.actor.id, Page())

    assert [entry.shared_by is not None for entry in home if entry.post_id == copy.id] == [True]


async def _find_copy(server: RunningServer, uri: str) -> tuple[Listing | None, int]:
    """The copy, and how many photos it has."""
    async with acting(server) as conn:
        copy = await listings.find_by_listing_uri(conn, uri)
        photos = await media.list_by_posts(conn, [copy.id]) if copy is not None else {}
    return copy, sum(len(row) for row in photos.values())


async def test_a_listing_goes_and_comes_back_whole_next_door(two: Two) -> None:
    alice, here, there = two.alice.actor, two.lomme.instance, two.henin
    photo = await save_upload(
        here, owner_id=alice.id, data=(SAMPLES / "tente.jpg").read_bytes(), description="Tente verte"
    )
    tent = await _publish(two.lomme, alice, media_ids=(photo.id,), place_name="Lomme", postcode="59160")
    await eventually(lambda: _in_network(there, tent.uri))
    before, photos = await _find_copy(there, tent.uri)
    assert before is not None and photos == 1

    async with acting(two.lomme) as conn:
        decision = await rule(conn, alice, "suspend", lasts=timedelta(days=7), site=here.site)

    async def away() -> bool:
        copy, photos = await _find_copy(there, tent.uri)
        return copy is not None and (copy.details.status, photos) == ("paused", 0)

    await eventually(away)
    copy, _ = await _find_copy(there, tent.uri)
    assert copy is not None and copy.post.deleted_at is None
    assert "Tente" not in copy.details.title + copy.post.content
    assert await _in_network(there, tent.uri) is None

    async with acting(two.lomme) as conn:
        assert await sanctions.take_back(conn, here.site, decision, by=None)

    await eventually(lambda: _in_network(there, tent.uri))
    back, photos = await _find_copy(there, tent.uri)
    assert back is not None and photos == 1
    assert back.details == before.details
    assert back.post.content == before.post.content
