"""Notifications: whom they tell of what."""

from typing import Any

from models.news import notifications
from models.news.notifications import NotificationPage, NotificationType
from models.relations import bookmarks, reactions
from models.relations.blocking import blocks
from models.store.database import Connection, execute, fetch_column, fetch_value
from tests.factories import make_listing, make_member, make_note, make_remote_actor


async def test_nobody_is_told_of_herself_of_the_blocked_or_twice(conn: Connection) -> None:
    alice, bob, eve = await make_member(conn), await make_remote_actor(conn), await make_remote_actor(conn, "eve")
    await blocks.save(conn, uri="https://henin.test/b", actor_id=eve.id, target_id=alice.id)

    for actor in (alice, bob, bob, eve):
        await notifications.notify(conn, recipient_id=alice.id, type="follow", actor_id=actor.id)
    await notifications.notify(conn, recipient_id=bob.id, type="follow", actor_id=alice.id)

    [told] = await notifications.list_notifications(conn, alice.id, NotificationPage())
    assert told.actor_id == bob.id
    assert await fetch_value(conn, "SELECT count(*) FROM notification") == 1


async def test_notifications_are_read_in_pages_and_by_kind(conn: Connection) -> None:
    alice = await make_member(conn)
    made = []
    types: list[NotificationType] = ["follow", "favourite", "mention", "follow", "reblog"]
    for number, type in enumerate(types):
        bob = await make_remote_actor(conn, f"bob{number}")
        id = await notifications.notify(conn, recipient_id=alice.id, type=type, actor_id=bob.id)
        made.append(id)
    newest = made[::-1]

    async def ids(**page: Any) -> list[int]:
        found = await notifications.list_notifications(conn, alice.id, NotificationPage(**page))
        return [one.id for one in found]

    assert await ids(limit=2) == newest[:2]
    assert await ids(before=newest[1], limit=2) == newest[2:4]
    assert await ids(after=newest[4], limit=2) == newest[2:4]
    assert await ids(since=newest[4], limit=2) == newest[:2]
    assert await ids(types=("follow",)) == [newest[1], newest[4]]
    assert await ids(excluded=("follow",)) == [newest[0], newest[2], newest[3]]
    assert await notifications.count_unread(conn, alice.id) == 5


async def test_a_change_is_told_to_everybody_who_has_to_do_with_it_and_not_for_an_answer_taken_back(
    conn: Connection,
) -> None:
    alice = await make_member(conn)
    listing = await make_listing(conn, alice)
    people = [await make_member(conn, name) for name in ("a_shares", "b_likes", "c_keeps", "d_answers", "e_took_back")]
    sharer, fan, keeper, answerer, silent = people
    await reactions.share(conn, uri=f"{sharer.uri}/shares/1", actor_id=sharer.id, post_id=listing.id)
    await reactions.favourite(conn, uri=f"{fan.uri}/likes/1", actor_id=fan.id, post_id=listing.id)
    await bookmarks.save(conn, actor_id=keeper.id, post_id=listing.id)
    await make_note(conn, answerer, in_reply_to_uri=listing.uri)
    taken_back = await make_note(conn, silent, in_reply_to_uri=listing.uri)
    await execute(conn, "UPDATE post SET deleted_at = now() WHERE id = $1", taken_back.id)

    await notifications.notify_concerned(conn, author_id=alice.id, post_id=listing.id)

    told = await fetch_column(conn, "SELECT recipient_id FROM notification ORDER BY recipient_id")
    assert told == [one.id for one in people[:-1]]
