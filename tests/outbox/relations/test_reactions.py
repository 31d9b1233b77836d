"""Likes and shares, and taking them back."""

import pytest

from models.errors import Forbidden, NotFound
from models.news import notifications
from models.news.notifications import NotificationPage
from models.people.actors import Actor
from models.relations import reactions
from models.store.database import Connection
from outbox.relations.reactions import favourite, share, unfavourite, unshare
from tests.factories import HERE, make_follow, make_listing, make_member, make_note, make_remote_actor
from tests.outbox.sent_activities import list_sent


async def told(conn: Connection, reader: Actor) -> list[str]:
    """What the reader is told of."""
    return [one.type for one in await notifications.list_notifications(conn, reader.id, NotificationPage())]


async def test_a_like_is_told_to_the_author_alone(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    await make_follow(conn, await make_remote_actor(conn, "carl", "arras.test"), alice)
    listing = await make_listing(conn, bob)

    await favourite(conn, HERE, alice, listing.post)
    await favourite(conn, HERE, alice, listing.post)

    [sent] = await list_sent(conn)
    assert (sent.type, sent.hosts, sent.activity["object"]) == ("Like", ["henin.test"], listing.uri)


async def test_a_like_among_ourselves_is_told_here(conn: Connection) -> None:
    alice, anna = await make_member(conn), await make_member(conn, "anna")
    listing = await make_listing(conn, anna)

    await favourite(conn, HERE, alice, listing.post)

    assert await told(conn, anna) == ["favourite"]
    assert await list_sent(conn) == []

    assert await unfavourite(conn, HERE, alice, listing.post)
    assert await told(conn, anna) == []


async def test_taking_a_like_back_undoes_it(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    listing = await make_listing(conn, bob)
    liked = await favourite(conn, HERE, alice, listing.post)

    assert await unfavourite(conn, HERE, alice, listing.post)
    assert not await unfavourite(conn, HERE, alice, listing.post)

    sent = (await list_sent(conn))[-1]
    assert (sent.type, sent.hosts) == ("Undo", ["henin.test"])
    assert (sent.activity["object"]["id"], sent.activity["object"]["type"]) == (liked.uri, "Like")


async def test_a_share_goes_to_ones_followers_and_the_author(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    await make_follow(conn, await make_remote_actor(conn, "carl", "arras.test"), alice)
    listing = await make_listing(conn, bob)

    first = await share(conn, HERE, alice, listing.post)
    again = await share(conn, HERE, alice, listing.post)

    [sent] = await list_sent(conn)
    assert (sent.type, sent.hosts) == ("Announce", ["arras.test", "henin.test"])
    assert first == again and first.uri == sent.activity["id"]


async def test_taking_a_share_back_undoes_it_everywhere(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    await make_follow(conn, await make_remote_actor(conn, "carl", "arras.test"), alice)
    listing = await make_listing(conn, bob)
    shared = await share(conn, HERE, alice, listing.post)

    assert await unshare(conn, HERE, alice, listing.post)

    sent = (await list_sent(conn))[-1]
    assert (sent.type, sent.hosts) == ("Undo", ["arras.test", "henin.test"])
    assert sent.activity["object"]["id"] == shared.uri
    assert await reactions.list_shares(conn, listing.id, before=None, limit=5) == []


async def test_what_is_not_for_everybody_is_not_shared(conn: Connection) -> None:
    alice, anna = await make_member(conn), await make_member(conn, "anna")
    listing = await make_listing(conn, anna, post={"audience": "coop"})

    with pytest.raises(Forbidden):
        await share(conn, HERE, alice, listing.post)


async def test_what_one_cannot_see_one_cannot_like(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    hidden = await make_note(conn, bob, audience="direct")

    for verb in (favourite, share):
        with pytest.raises(NotFound):
            await verb(conn, HERE, alice, hidden)
