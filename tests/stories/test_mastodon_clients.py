"""Unmodified Mastodon.py, with a token of one cooperative, watching and answering another one."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
from mastodon import Mastodon, MastodonNotFoundError, MastodonUnauthorizedError

from federation.media.uploads import save_upload
from models.listings.listings import Listing, ListingDraft
from models.store.database import transaction
from outbox.listings import listings as outbox
from tests.eventually import eventually
from tests.servers import Member, RunningServer
from tests.stories.conftest import MakeServer
from web.middlewares.work_signals import notify_work

T = TypeVar("T")

PHOTO = Path(__file__).parents[1] / "samples" / "tente.jpg"


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Alice publishes at Lomme; Bob, a member at Hénin, has a client."""

    lomme: RunningServer
    henin: RunningServer
    alice: Member
    bob: Member

    @property
    def alice_handle(self) -> str:
        """How Alice is called from elsewhere."""
        return f"alice@{self.lomme.host}"

    async def publish(self, title: str = "Tente quatre places") -> Listing:
        """An offer of Alice's with a photo."""
        instance, author = self.lomme.instance, self.alice.actor
        photo = await save_upload(
            instance, owner_id=author.id, data=PHOTO.read_bytes(), name="tente.jpg", description="Une tente verte"
        )
        draft = ListingDraft(
            kind="offer", mode="loan", title=title, text="Facile à monter.", media_ids=(photo.id,), place_name="Lomme"
        )
        async with transaction(instance.pool) as conn:
            listing = await outbox.publish(conn, instance.site, author, draft)
        await notify_work(instance.pool)
        return listing


@pytest.fixture
async def world(make_server: MakeServer) -> World:
    """Two servers that have never heard of each other."""
    lomme, henin = await make_server("lomme"), await make_server("henin")
    return World(lomme=lomme, henin=henin, alice=await lomme.add_member("alice"), bob=await henin.add_member("bob"))


def log_in(server: RunningServer, member: Member) -> Mastodon:
    """Mastodon.py as anybody would set it up who has a token."""
    return Mastodon(
        access_token=member.token, api_base_url=server.url, version_check_mode="created", ratelimit_method="throw"
    )


async def ask(call: Callable[..., T], *arguments: Any, **options: Any) -> T:
    """A call of a blocking client, in a thread beside our servers."""
    return await asyncio.to_thread(call, *arguments, **options)


async def test_mastodon_py_follows_another_territory_and_answers_its_offer(world: World) -> None:
    client = await ask(log_in, world.henin, world.bob)

    me = await ask(client.account_verify_credentials)
    assert (me.acct, me.source.follow_requests_count) == ("bob", 0)
    [alice] = (await ask(client.search_v2, f"@{world.alice_handle}", result_type="accounts")).accounts
    assert (alice.acct, alice.group) == (world.alice_handle, False)
    await ask(client.account_follow, alice)

    async def following() -> bool:
        [relation] = await ask(client.account_relationships, [alice])
        return bool(relation.following and not relation.requested)

    await eventually(following)
    listing = await world.publish()

    async def arrived() -> Any:
        return next((one for one in await ask(client.timeline_home) if one.uri == listing.uri), None)

    offer = await eventually(arrived)
    assert offer.url == listing.post.url
    assert "Tente quatre places" in offer.content
    assert {"offre", "lomme", "offrelomme"} <= {tag.name.lower() for tag in offer.tags}
    [photo] = offer.media_attachments
    assert (photo.type, photo.description) == ("image", "Une tente verte")
    assert photo.url.startswith(f"{world.henin.url}/media/")
    picture = await ask(client.session.get, photo.url)
    assert (picture.status_code, picture.headers["Content-Type"]) == (200, "image/jpeg")

    assert (await ask(client.status_favourite, offer)).favourited
    shared = await ask(client.status_reblog, offer)
    assert (shared.reblog.id, shared.reblogged) == (offer.id, True)
    reply = await ask(client.status_reply, offer, "Est-elle libre samedi ?", idempotency_key="une fois")
    again = await ask(client.status_reply, offer, "Est-elle libre samedi ?", idempotency_key="une fois")
    assert reply.id == again.id
    assert [one.id for one in (await ask(client.status_context, offer)).descendants] == [reply.id]
    assert [one.acct for one in await ask(client.status_favourited_by, offer)] == ["bob"]

    alices = await ask(log_in, world.lomme, world.alice)

    async def told() -> Any:
        found = await ask(alices.notifications)
        return found if len(found) == 4 else None

    found = await eventually(told)
    assert {one.type for one in found} == {"follow", "favourite", "reblog", "mention"}
    question = next(one.status for one in found if one.type == "mention")
    assert question.in_reply_to_id == str(listing.id)
    await ask(alices.status_reply, question, "Oui, passez à dix heures.")

    async def answered() -> bool:
        context = await ask(client.status_context, offer)
        return len(context.descendants) == 2

    await eventually(answered)
    assert [one.type for one in await ask(client.notifications, types=["mention"])] == ["mention"]
    await ask(client.account_unfollow, alice)
    assert not (await ask(client.account_relationships, alice))[0].following


async def test_mastodon_py_reads_everything_that_it_knows_of_here(world: World) -> None:
    listing = await world.publish()
    client = await ask(log_in, world.lomme, world.alice)

    instance, old = await ask(client.instance_v2), await ask(client.instance_v1)
    assert instance.version.startswith("4.5.0 ")
    assert (instance.domain, old.uri) == (world.lomme.host, world.lomme.host)
    assert (await ask(client.app_verify_credentials)).name
    assert [one.uri for one in await ask(client.timeline_local)] == [listing.uri]
    assert [one.uri for one in await ask(client.timeline_public, only_media=True)] == [listing.uri]
    assert [one.uri for one in await ask(client.timeline_hashtag, "OFFRE", local=True)] == [listing.uri]
    assert await ask(client.timeline_public, remote=True) == []
    page = await ask(client.timeline_home, limit=1)
    assert await ask(client.fetch_next, page) == []
    assert await ask(client.fetch_previous, page) == []
    status = await ask(client.status, listing.id)
    assert status.created_at.tzinfo is not None
    assert [one.id for one in await ask(client.account_statuses, world.alice.actor.id)] == [status.id]
    assert await ask(client.account_statuses, world.alice.actor.id, pinned=True) == []
    assert (await ask(client.account_lookup, "alice")).id == str(world.alice.actor.id)
    assert [one.acct for one in await ask(client.account_search, "alice")] == ["alice"]
    assert (await ask(client.status_source, listing.id)).text == "Facile à monter."
    assert (await ask(client.search_v2, "tente")).statuses[0].id == status.id
    assert (await ask(client.tag, "offre")).history[0]["uses"] in {1, "1"}
    assert (await ask(client.preferences))["posting:default:visibility"] == "public"
    assert "Lomme" in [tag.name for tag in await ask(client.trending_tags)]
    assert {one.account.group for one in await ask(client.suggestions_v2)} == {True}
    assert (await ask(client.grouped_notifications)).notification_groups == []
    for empty in (
        client.custom_emojis,
        client.announcements,
        client.filters,
        client.filters_v2,
        client.lists,
        client.followed_tags,
        client.follow_requests,
        client.bookmarks,
        client.favourites,
        client.conversations,
        client.mutes,
        client.blocks,
        client.scheduled_statuses,
        client.notifications,
    ):
        assert await ask(empty) == [], empty.__name__


async def test_mastodon_py_writes_with_a_picture_and_takes_it_back(world: World) -> None:
    client = await ask(log_in, world.lomme, world.alice)

    photo = await ask(client.media_post, str(PHOTO), description="Verte", focus=(0.5, -0.5))
    posted = await ask(client.status_post, "Bonjour #Lomme", media_ids=[photo], visibility="unlisted", language="fr")

    assert (posted.visibility, posted.media_attachments[0].description) == ("unlisted", "Verte")
    deleted = await ask(client.status_delete, posted)
    assert deleted.text == "Bonjour #Lomme"
    with pytest.raises(MastodonNotFoundError):
        await ask(client.status, posted)
    stranger = Mastodon(access_token="invented", api_base_url=world.lomme.url)
    with pytest.raises(MastodonUnauthorizedError):
        await ask(stranger.timeline_home)
