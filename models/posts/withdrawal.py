"""Posts taken back: their words leave the database, and a tombstone stays where anybody could read them (OB1)."""

from collections.abc import Sequence

from models.errors import Gone, NotFound
from models.posts import conversations
from models.posts.reading import list_members_who_may_read
from models.posts.values import PUBLIC, Post
from models.store.database import Connection, execute, fetch_one, fetch_records

REMEMBERED_DAYS = 29
"""How long a copy that its author took back answers that it is gone: a little less than its Delete is held against
a late Create (tombstones.DELETED_FOR)."""


def require_standing(post: Post, reader_id: int | None) -> None:
    """Raise Gone for what was taken back, and NotFound where the reader could never have seen it."""
    if post.deleted_at is not None:
        raise Gone if post.audience in PUBLIC or post.author_id == reader_id else NotFound


async def find_tombstone(conn: Connection, post_id: int) -> Post | None:
    """What is left of a post that was taken back."""
    return await fetch_one(conn, Post, "SELECT * FROM full_post WHERE id = $1 AND deleted_at IS NOT NULL", post_id)


async def delete(conn: Connection, post_id: int) -> bool:
    """Make a post a tombstone, its words gone with what carried them. False when it was gone already.

    Ours keep their row for ever, and others' public ones for a while, to say that they are gone. Of others' private
    posts nothing stays: they look like what never was, but for listings that a thread of one of ours is about.
    """
    return bool(await delete_many(conn, [post_id]))


async def delete_many(conn: Connection, post_ids: Sequence[int]) -> list[int]:
    """The same for several, in as many statements; those that were not gone already."""
    ids = sorted(post_ids)
    await _record_deletions(conn, ids)
    gone = await fetch_records(
        conn,
        """
        UPDATE post SET deleted_at = now(), content = '', source = '', warning = '', raw = NULL
        WHERE id = ANY($1) AND deleted_at IS NULL
        RETURNING id, local, local OR audience IN ('network', 'unlisted')
            OR EXISTS (SELECT FROM exchange WHERE listing_id = post.id) AS kept
        """,
        ids,
    )
    if gone:
        await _empty(conn, [row["id"] for row in gone], [row["id"] for row in gone if row["kept"]])
        for id in (row["id"] for row in gone if row["local"]):
            await empty_activities(conn, id)
    return [row["id"] for row in gone]


async def _empty(conn: Connection, ids: list[int], kept_ids: list[int]) -> None:
    """What is left of these goes; of those that are kept, all but the row."""
    await execute(conn, "DELETE FROM notification WHERE post_id = ANY($1)", ids)
    await conversations.remove_posts(conn, ids)
    # With a note that said thanks, the line of the thread goes; its author may thank again.
    await execute(
        conn, "DELETE FROM exchange_event WHERE id IN (SELECT event_id FROM thanks WHERE post_id = ANY($1))", ids
    )
    if len(kept_ids) < len(ids):
        await execute(conn, "DELETE FROM post WHERE id = ANY($1) AND NOT id = ANY($2)", ids, kept_ids)
    if kept_ids:
        await execute(conn, _EMPTY, kept_ids)
        await _empty_listings(conn, kept_ids)


_EMPTY = """
    WITH tags AS (DELETE FROM post_tag WHERE post_id = ANY($1)),
        versions AS (DELETE FROM post_version WHERE post_id = ANY($1)),
        pins AS (DELETE FROM pin WHERE post_id = ANY($1)),
        quotes AS (DELETE FROM quote WHERE quoting_id = ANY($1)),
        polls AS (DELETE FROM poll WHERE post_id = ANY($1)),
        drafts AS (DELETE FROM listing_draft WHERE note_id = ANY($1)),
        shares AS (DELETE FROM share WHERE post_id = ANY($1)),
        favourites AS (DELETE FROM favourite WHERE post_id = ANY($1)),
        bookmarks AS (DELETE FROM bookmark WHERE post_id = ANY($1))
    DELETE FROM media WHERE post_id = ANY($1)
"""


async def _record_deletions(conn: Connection, ids: list[int]) -> None:
    """That these posts and their shares are gone: to anybody, or of a private one to those who could read it."""
    found = await fetch_records(
        conn,
        """
        SELECT id, audience IN ('network', 'unlisted') AS public FROM post
        WHERE id = ANY($1) AND deleted_at IS NULL ORDER BY id
        """,
        ids,
    )
    await _record_deletion(conn, [row["id"] for row in found if row["public"]], None)
    for id in (row["id"] for row in found if not row["public"]):
        await _record_deletion(conn, [id], await list_members_who_may_read(conn, id))


async def _record_deletion(conn: Connection, ids: list[int], reader_ids: list[int] | None) -> None:
    if ids:
        await execute(
            conn,
            """
            INSERT INTO stream_event (kind, object_id, reader_ids)
            SELECT 'delete', id, $2::bigint[] FROM unnest($1::bigint[]) AS id
            UNION ALL SELECT 'delete', id, $2 FROM share WHERE post_id = ANY($1)
            """,
            ids,
            reader_ids,
        )


async def _empty_listings(conn: Connection, ids: list[int]) -> None:
    """Leave only what a tombstone tells: that these were listings, and of which kind."""
    await execute(
        conn,
        """
        UPDATE listing SET title = '', description = '', category = NULL, subcategory = NULL, category_uri = NULL,
            place_name = NULL, postcode = NULL, commune_code = NULL, latitude = NULL, longitude = NULL, radius = NULL,
            condition = NULL, quantity = 1, available_quantity = NULL, price = NULL, currency = NULL, wants = NULL,
            reciprocal = NULL, deposit = NULL, max_duration = NULL, begins_at = NULL, ends_at = NULL,
            expires_at = NULL, repair = NULL, points = NULL
        WHERE post_id = ANY($1)
        """,
        ids,
    )


async def empty_activities(conn: Connection, post_id: int | None = None) -> int:
    """Leave no more than their names of the activities that carried a post of ours which was taken back; how many.

    Its withdrawal cancelled what waited, and they answer 410 with their object. One that is in somebody's hands just
    now is left for the nightly chore, which looks at all posts.
    """
    return await execute(
        conn,
        """
        UPDATE activity SET
            body = json_build_object('id', activity.uri, 'type', activity.type, 'object', activity.object_uri)::text
        FROM post p
        WHERE p.uri = activity.object_uri AND ($1::bigint IS NULL OR p.id = $1)
            AND p.local AND p.deleted_at IS NOT NULL
            AND activity.type IN ('Create', 'Update', 'QuoteRequest') AND starts_with(activity.body, '{"@context"')
            AND NOT EXISTS (SELECT FROM delivery d
                WHERE d.activity_id = activity.id AND d.state IN ('waiting', 'held'))
        """,
        post_id,
    )


async def empty_all_activities(conn: Connection) -> int:
    """The nightly chore."""
    return await empty_activities(conn)


async def forget_copies(conn: Connection) -> int:
    """Remove the tombstones of others' posts after their time, but those that a thread of one of ours needs."""
    return await execute(
        conn,
        """
        DELETE FROM post WHERE NOT local AND deleted_at < now() - make_interval(days => $1)
            AND NOT EXISTS (SELECT FROM exchange WHERE listing_id = post.id)
            AND NOT EXISTS (SELECT FROM exchange_message WHERE post_id = post.id)
        """,
        REMEMBERED_DAYS,
    )
