"""A listing published, edited, paused, closed and withdrawn: what is stored, and who is told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import posts
from models.errors import Conflict, Invalid, NotFound
from models.listings import listings
from models.listings.listings import ListingDraft
from models.news import notifications
from models.news.notifications import NotificationPage
from models.people.actors import Actor
from models.posts.media import media, uploads
from models.posts.media.media import StoredPicture
from models.relations import follows, reactions
from models.servers import servers
from models.store.database import Connection, Pool, connection, execute, fetch_value, transaction
from outbox.listings import listings as outbox
from outbox.listings.listings import close, edit, pause, publish, reopen, withdraw
from tests.factories import HERE, make_follow, make_local_actor, make_member, make_remote_actor
from tests.outbox.sent_activities import list_sent, make_organization, make_streams, mark_delivered

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


def make_draft(**changes: Any) -> ListingDraft:
    """A tent to lend, in Lomme."""
    values: dict[str, Any] = {
        "kind": "offer",
        "mode": "loan",
        "title": "Tente quatre places",
        "text": "Facile à monter.",
        "place_name": "Lomme",
        "postcode": "59160",
        "latitude": 50.645,
        "longitude": 2.987,
        "radius": 2000,
    }
    return ListingDraft(**(values | changes))


@pytest.fixture
async def alice(conn: Connection) -> Actor:
    """Alice, whom somebody at friend.test follows, and the streams, which somebody at stream.test follows."""
    streams = await make_streams(conn)
    alice = await make_member(conn, territory_uri=streams["coop"].uri)
    await make_follow(conn, await make_remote_actor(conn, "bob", "friend.test"), alice)
    follower = await make_remote_actor(conn, "carl", "stream.test")
    for name in ("offres", "services", "demandes", "depannage_velo"):
        await make_follow(conn, follower, streams[name])
    return alice


async def test_publishing_sends_a_create_and_both_announces(conn: Connection, alice: Actor) -> None:
    listing = await publish(conn, HERE, alice, make_draft())

    create, group_announce, announce = await list_sent(conn)
    assert (create.type, create.hosts) == ("Create", ["friend.test"])
    assert create.activity["object"]["id"] == listing.uri
    assert (group_announce.type, group_announce.hosts) == ("Announce", ["stream.test"])
    assert group_announce.activity["object"]["type"] == "Create"
    assert group_announce.activity["object"]["id"] == create.activity["id"]
    assert (announce.type, announce.hosts) == ("Announce", ["stream.test"])
    assert announce.activity["object"] == listing.uri
    assert announce.activity["actor"] == f"{HERE.url}/users/offres"


@pytest.mark.parametrize(
    ("kind", "mode", "stream"),
    [
        ("offer", "gift", "offres"),
        ("offer", "service", "services"),
        ("request", "loan", "demandes"),
        ("request", "service", "demandes"),
        ("repair_call", "repair", "depannage_velo"),
    ],
)
async def test_each_kind_has_its_stream(conn: Connection, alice: Actor, kind: str, mode: str, stream: str) -> None:
    listing = await publish(conn, HERE, alice, make_draft(kind=kind, mode=mode))

    assert listing.details.stream_uri == f"{HERE.url}/users/{stream}"
    assert listing.post.to_uris == [PUBLIC]
    assert listing.post.cc_uris == [f"{alice.uri}/followers", f"{HERE.url}/users/{stream}"]


async def test_what_is_stored_has_content_tags_place_and_territory(conn: Connection, alice: Actor) -> None:
    published = await publish(conn, HERE, alice, make_draft())

    listing = await listings.find_by_post(conn, published.id)
    assert listing == published
    assert "Tente quatre places" in listing.post.content and "Lomme" in listing.post.content
    assert listing.post.source == "Facile à monter."
    assert listing.details.description == "<p>Facile à monter.</p>"
    assert listing.details.territory_uri == f"{HERE.url}/users/coop"
    tags = (await posts.list_tags(conn, [listing.id]))[listing.id]
    assert {tag.name for tag in tags} >= {"Offre", "Lomme", "OffreLomme"}


async def test_people_here_who_follow_the_stream_see_it_as_a_share(conn: Connection, alice: Actor) -> None:
    listing = await publish(conn, HERE, alice, make_draft())

    [share] = await reactions.list_shares(conn, listing.id, before=None, limit=10)
    offres = await fetch_value(conn, "SELECT id FROM actor WHERE username = 'offres' AND local")
    assert share.actor_id == offres


async def test_people_here_who_want_to_hear_of_each_post_are_told(conn: Connection, alice: Actor) -> None:
    anna = await make_member(conn, "anna")
    follow = await make_follow(conn, anna, alice)
    await follows.save_options(conn, follow.id, shares=True, notify=True)

    listing = await publish(conn, HERE, alice, make_draft())

    [told] = await notifications.list_notifications(conn, anna.id, NotificationPage())
    assert (told.type, told.post_id) == ("status", listing.id)


async def test_one_for_the_cooperative_never_leaves(conn: Connection, alice: Actor) -> None:
    listing = await publish(conn, HERE, alice, make_draft(audience="coop"))
    await edit(conn, HERE, alice, listing.uri, make_draft(audience="coop", title="Tente"))
    await close(conn, HERE, alice, listing.uri, "done")
    await withdraw(conn, HERE, alice, listing.uri)

    assert await list_sent(conn) == []


async def test_one_for_our_territories_goes_to_followers_and_friend_cooperatives(
    conn: Connection, alice: Actor
) -> None:
    friend = await make_remote_actor(conn, "coop", "henin.test", type="Organization")
    await make_remote_actor(conn, "coop", "stranger.test", type="Organization")
    await servers.save_level(conn, "henin.test", "friend")

    listing = await publish(conn, HERE, alice, make_draft(audience="territories"))

    [create] = await list_sent(conn)
    assert create.hosts == ["friend.test", "henin.test"]
    assert create.activity["to"] == [f"{alice.uri}/followers", friend.uri]
    assert create.activity["object"]["cc"] == []
    assert listing.details.stream_uri is None


async def test_an_edit_reaches_the_followers_of_author_and_stream_and_all_holders(
    conn: Connection, alice: Actor
) -> None:
    listing = await publish(conn, HERE, alice, make_draft())
    await mark_delivered(conn)
    sharer = await make_remote_actor(conn, "dora", "sharer.test")
    await reactions.share(conn, uri="https://sharer.test/1", actor_id=sharer.id, post_id=listing.id)

    changed = await edit(conn, HERE, alice, listing.uri, make_draft(title="Tente six places"))

    update = (await list_sent(conn))[-1]
    assert (update.type, update.hosts) == ("Update", ["friend.test", "sharer.test", "stream.test"])
    assert update.activity["actor"] == alice.uri
    assert "Tente six places" in update.activity["object"]["content"]
    assert update.activity["object"]["updated"] > update.activity["object"]["published"]
    assert changed.details.title == "Tente six places"


async def test_an_edit_keeps_what_became_of_it(conn: Connection, alice: Actor) -> None:
    listing = await publish(conn, HERE, alice, make_draft())
    await close(conn, HERE, alice, listing.uri, "elsewhere")

    changed = await edit(conn, HERE, alice, listing.uri, make_draft(title="Tente"))

    assert (changed.details.status, changed.details.closed_reason) == ("fulfilled", "elsewhere")


async def test_an_edit_that_changes_the_kind_changes_the_stream(conn: Connection, alice: Actor) -> None:
    listing = await publish(conn, HERE, alice, make_draft())

    changed = await edit(conn, HERE, alice, listing.uri, make_draft(mode="service"))

    sent = await list_sent(conn)
    assert [(one.type, one.activity["actor"].rsplit("/")[-1]) for one in sent[3:]] == [
        ("Undo", "offres"),
        ("Update", "alice"),
        ("Announce", "services"),
        ("Announce", "services"),
    ]
    assert sent[3].activity["object"]["id"] == sent[2].activity["id"]
    [share] = await reactions.list_shares(conn, changed.id, before=None, limit=10)
    assert share.uri == sent[-1].activity["id"]


async def test_one_for_the_cooperative_may_be_shown_to_all_later(conn: Connection, alice: Actor) -> None:
    listing = await publish(conn, HERE, alice, make_draft(audience="coop"))

    changed = await edit(conn, HERE, alice, listing.uri, make_draft())

    assert [one.type for one in await list_sent(conn)] == ["Create", "Announce", "Announce"]
    assert changed.post.audience == "network" and PUBLIC in changed.post.to_uris


async def test_what_left_cannot_be_shown_to_fewer(conn: Connection, alice: Actor) -> None:
    listing = await publish(conn, HERE, alice, make_draft())

    with pytest.raises(Invalid) as error:
        await edit(conn, HERE, alice, listing.uri, make_draft(audience="coop"))

    assert error.value.field == "audience"


@pytest.mark.parametrize(
    ("outcome", "status", "reason", "wire", "mark"),
    [
        ("done", "fulfilled", "here", "Fulfilled", "Pourvu"),
        ("elsewhere", "fulfilled", "elsewhere", "Fulfilled", "Pourvu"),
        ("cancelled", "cancelled", None, "Cancelled", "Annulé"),
        ("paused", "paused", None, "Paused", "En pause"),
    ],
)
async def test_closing_tells_everybody_what_became_of_it(
    conn: Connection, alice: Actor, outcome: str, status: str, reason: str | None, wire: str, mark: str
) -> None:
    listing = await publish(conn, HERE, alice, make_draft())

    closed = await close(conn, HERE, alice, listing.uri, outcome)

    update = (await list_sent(conn))[-1]
    assert (closed.details.status, closed.details.closed_reason) == (status, reason)
    assert update.hosts == ["friend.test", "stream.test"]
    assert update.activity["object"]["proposalStatus"] == wire
    assert update.activity["object"].get("closedReason") == reason
    assert mark in update.activity["object"]["content"] and mark in closed.post.content


async def test_the_same_outcome_twice_is_told_once(conn: Connection, alice: Actor) -> None:
    listing = await publish(conn, HERE, alice, make_draft())

    await close(conn, HERE, alice, listing.uri, "done")
    await close(conn, HERE, alice, listing.uri, "done")

    assert [one.type for one in await list_sent(conn)].count("Update") == 1


async def test_what_was_paused_opens_again(conn: Connection, alice: Actor) -> None:
    listing = await publish(conn, HERE, alice, make_draft())

    await pause(conn, HERE, alice, listing.uri)
    opened = await reopen(conn, HERE, alice, listing.uri)

    assert opened.details.status == "open"
    updates = [one.activity for one in await list_sent(conn) if one.type == "Update"]
    assert [one["object"]["proposalStatus"] for one in updates] == ["Paused", "Open"]
    assert updates[0]["id"] != updates[1]["id"]
    assert updates[0]["object"]["updated"] < updates[1]["object"]["updated"]


async def test_what_has_passed_its_time_does_not_open_again(conn: Connection, alice: Actor) -> None:
    listing = await publish(conn, HERE, alice, make_draft(expires_at=datetime.now(UTC) + timedelta(hours=1)))
    await execute(conn, "UPDATE listing SET expires_at = now() - interval '1 hour'")

    with pytest.raises(Conflict):
        await reopen(conn, HERE, alice, listing.uri)


async def test_an_unknown_outcome_is_refused(conn: Connection, alice: Actor) -> None:
    listing = await publish(conn, HERE, alice, make_draft())

    with pytest.raises(Invalid):
        await close(conn, HERE, alice, listing.uri, "sold")


async def test_withdrawing_tells_everybody_and_leaves_a_tombstone(conn: Connection, alice: Actor) -> None:
    listing = await publish(conn, HERE, alice, make_draft())
    await mark_delivered(conn)

    await withdraw(conn, HERE, alice, listing.uri)

    delete = (await list_sent(conn))[-1]
    assert (delete.type, delete.hosts) == ("Delete", ["friend.test", "stream.test"])
    assert delete.activity["object"]["type"] == "Tombstone"
    left = await posts.find_by_uri(conn, listing.uri)
    assert left is not None and left.deleted_at is not None and left.content == ""
    with pytest.raises(NotFound):
        await edit(conn, HERE, alice, listing.uri, make_draft())


async def test_what_was_not_sent_yet_is_not_sent_after_the_withdrawal(conn: Connection, alice: Actor) -> None:
    listing = await publish(conn, HERE, alice, make_draft())

    await withdraw(conn, HERE, alice, listing.uri)

    *before, delete = await list_sent(conn)
    assert all(one.hosts == [] and one.cancelled for one in before)
    assert delete.type == "Delete"


async def test_nobody_else_may_change_it(conn: Connection, alice: Actor) -> None:
    listing = await publish(conn, HERE, alice, make_draft())
    anna = await make_member(conn, "anna")

    for verb in (edit(conn, HERE, anna, listing.uri, make_draft()), withdraw(conn, HERE, anna, listing.uri)):
        with pytest.raises(NotFound):
            await verb


async def test_photos_go_with_it_in_their_order_and_with_their_words_and_an_edit_says_which_stay(
    conn: Connection, alice: Actor
) -> None:
    kept = [
        await uploads.create_upload(
            conn,
            alice.id,
            StoredPicture(
                file_key=f"{number}" * 32 + ".jpg",
                thumbnail_key="b" * 32 + ".jpg",
                byte_size=10,
                width=800,
                height=600,
                blurhash="LKO2",
            ),
            words,
        )
        for number, words in ((1, "La tente"), (2, "Le sac"))
    ]

    listing = await publish(conn, HERE, alice, make_draft(media_ids=(kept[1].id, kept[0].id)))

    create = (await list_sent(conn))[0]
    assert [one["name"] for one in create.activity["object"]["attachment"]] == ["Le sac", "La tente"]
    assert [one.id for one in (await media.list_by_posts(conn, [listing.id]))[listing.id]] == [kept[1].id, kept[0].id]

    await edit(conn, HERE, alice, listing.uri, make_draft(media_ids=(kept[0].id,)))

    update = next(one for one in await list_sent(conn) if one.type == "Update")
    assert [one["name"] for one in update.activity["object"]["attachment"]] == ["La tente"]
    assert [one.id for one in (await media.list_by_posts(conn, [listing.id]))[listing.id]] == [kept[0].id]


async def test_somebody_elses_photo_is_refused(conn: Connection, alice: Actor) -> None:
    with pytest.raises(Invalid) as error:
        await publish(conn, HERE, alice, make_draft(media_ids=(4711,)))

    assert error.value.field == "media_ids"


async def test_a_persons_exact_place_never_gets_into_a_listing(conn: Connection, alice: Actor) -> None:
    listing = await publish(conn, HERE, alice, make_draft(latitude=50.64512, longitude=2.98765, radius=0))

    details = listing.details
    assert details.radius == 500
    assert (details.latitude, details.longitude) != (50.64512, 2.98765)


async def test_an_organization_may_tell_its_address(conn: Connection, alice: Actor) -> None:
    workshop = await make_organization(conn)

    listing = await publish(conn, HERE, workshop, make_draft(latitude=50.64512, longitude=2.98765, radius=0))

    assert (listing.details.latitude, listing.details.longitude) == (50.64512, 2.98765)


async def test_before_the_streams_exist_it_is_published_all_the_same(conn: Connection) -> None:
    alone = await make_local_actor(conn, "alone")

    listing = await publish(conn, HERE, alone, make_draft())

    assert listing.details.stream_uri is None
    assert [one.type for one in await list_sent(conn)] == ["Create"]


async def test_a_failure_leaves_nothing_behind(pool: Pool) -> None:
    async with connection(pool) as conn:
        await make_streams(conn)
        alice = await make_member(conn)

    with pytest.raises(Invalid):
        async with transaction(pool) as conn:
            await publish(conn, HERE, alice, make_draft(media_ids=(4711,)))

    assert await pool.fetchval("SELECT count(*) FROM post") == 0
    assert await pool.fetchval("SELECT count(*) FROM activity") == 0


async def test_drafts_are_checked(conn: Connection, alice: Actor) -> None:
    with pytest.raises(Invalid) as error:
        await publish(conn, HERE, alice, replace(make_draft(), title=" "))

    assert error.value.field == "title"
    assert outbox.OUTCOMES.keys() >= {"done", "elsewhere", "cancelled"}
