"""What is taken back leaves the database with every word; what remains only says that it is gone."""

from datetime import timedelta
from typing import Any

import pytest

from models import posts
from models.posts.media import media
from models.posts.media.media import RemoteDocument
from models.store.database import Connection, execute, fetch_records, fetch_value
from models.traffic.outbound import activities
from models.traffic.outbound.activities import NewActivity
from tests.factories import make_listing, make_member, make_remote_actor

WORDS = "Perceuse bleue"


async def list_words(conn: Connection, uri: str) -> str:
    """Everything that the database holds of a post and its listing, as text."""
    rows = await fetch_records(
        conn,
        "SELECT to_jsonb(p)::text || coalesce(to_jsonb(l)::text, '') AS row "
        "FROM post p LEFT JOIN listing l ON l.post_id = p.id WHERE p.uri = $1",
        uri,
    )
    return " ".join(row["row"] for row in rows)


@pytest.mark.parametrize("local", [True, False], ids=["ours", "a copy"])
async def test_no_word_of_a_withdrawn_listing_stays(conn: Connection, local: bool) -> None:
    author = await make_member(conn) if local else await make_remote_actor(conn)
    listing = await make_listing(
        conn,
        author,
        title=WORDS,
        description=f"<p>{WORDS}</p>",
        place_name=WORDS,
        wants=WORDS,
        latitude=50.60371,
        longitude=3.1,
    )
    await execute(
        conn,
        "UPDATE post SET content = $2, source = $2, raw = jsonb_build_object('name', $2::text) WHERE id = $1",
        listing.id,
        WORDS,
    )
    await media.save_remote(conn, listing.id, [RemoteDocument(url="https://a.test/1.jpg", description=WORDS)])
    assert WORDS in await list_words(conn, listing.uri)

    await posts.delete(conn, listing.id)

    left = await list_words(conn, listing.uri)
    assert listing.uri in left
    assert "erceuse" not in left and "50.60371" not in left
    assert await fetch_value(conn, "SELECT count(*) FROM media WHERE post_id = $1", listing.id) == 0


async def keep_activity(conn: Connection, type: str, post: Any, state: str | None = None) -> str:
    """An activity about the post, on its way in this state."""
    uri = f"{post.uri}#{type}-{state}"
    body = f'{{"@context":[],"id":"{uri}","content":"{WORDS}"}}'
    id = await activities.save(
        conn,
        NewActivity(uri=uri, type=type, actor_id=post.author_id, object_uri=post.uri, public=True, body=body),
    )
    if state:
        await execute(
            conn,
            "INSERT INTO delivery (activity_id, actor_id, inbox, host, state) "
            "VALUES ($1, $2, 'https://b.test/inbox', 'b.test', $3)",
            id,
            post.author_id,
            state,
        )
    return uri


async def list_bodies(conn: Connection) -> dict[str, bool]:
    """Whether the words are still there, by the activity's id."""
    rows = await fetch_records(conn, "SELECT uri, body FROM activity")
    return {row["uri"]: WORDS in row["body"] for row in rows}


async def test_activities_that_carried_it_are_emptied_once_nobody_is_sending_them(conn: Connection) -> None:
    alice = await make_member(conn)
    post = (await make_listing(conn, alice)).post
    other = (await make_listing(conn, alice)).post
    sent = await keep_activity(conn, "Create", post, "done")
    cancelled = await keep_activity(conn, "Update", post, "cancelled")
    going = await keep_activity(conn, "Update", post, "waiting")
    delete = await keep_activity(conn, "Delete", post, "waiting")
    elsewhere = await keep_activity(conn, "Create", other, "done")

    await posts.delete(conn, post.id)
    at_once = await list_bodies(conn)
    await execute(conn, "UPDATE delivery SET state = 'done'")
    later = await posts.empty_all_activities(conn)

    assert at_once == {sent: False, cancelled: False, going: True, delete: True, elsewhere: True}
    assert later == 1
    assert await list_bodies(conn) == {sent: False, cancelled: False, going: False, delete: True, elsewhere: True}
    assert await posts.empty_all_activities(conn) == 0


async def test_tombstones_of_copies_are_forgotten_and_ours_stay(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    ours, theirs, fresh = [await make_listing(conn, who) for who in (alice, bob, bob)]
    for listing in (ours, theirs, fresh):
        await posts.delete(conn, listing.id)
    await execute(
        conn,
        "UPDATE post SET deleted_at = now() - $1::interval WHERE id = ANY($2)",
        timedelta(days=30),
        [ours.id, theirs.id],
    )

    assert await posts.forget_copies(conn) == 1

    assert await posts.find_by_uri(conn, theirs.uri) is None
    assert await posts.find_by_uri(conn, ours.uri) is not None
    assert await posts.find_by_uri(conn, fresh.uri) is not None


async def test_a_second_time_nothing_happens_and_nobody_hears_of_it(conn: Connection) -> None:
    listing = await make_listing(conn, await make_member(conn))
    assert await posts.find_tombstone(conn, listing.id) is None

    deleted = [await posts.delete(conn, listing.id) for _ in range(2)]

    assert deleted == [True, False]
    assert await posts.find_tombstone(conn, listing.id) is not None
    assert await fetch_value(conn, "SELECT count(*) FROM stream_event WHERE kind = 'delete'") == 1
