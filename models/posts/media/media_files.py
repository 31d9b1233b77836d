"""Which files of the media store are in use: the capped cache of remote pictures, and what may be removed."""

from datetime import timedelta

from models.posts.media.media import StoredPicture
from models.store.database import Connection, execute, fetch_column, fetch_value

ORPHAN_AGE = timedelta(hours=24)
"""How long an upload may wait for its post."""

READ_STEP = timedelta(hours=6)
"""Reading is noted no more often than this: the cache needs no better, and pages stay reads."""

RETRY_AFTER = timedelta(hours=1)
"""How long a picture that failed is not asked for again."""


async def save_cached(conn: Connection, media_id: int, picture: StoredPicture) -> bool:
    """Note the cached copy of a remote picture, or of the one that stands for a film or a sound.

    False when it has one already, or is gone: then remove the files.
    """
    return bool(
        await execute(
            conn,
            """
            UPDATE media SET file_key = $2, thumbnail_key = $3, byte_size = $4, blurhash = $7,
                width = CASE type WHEN 'image' THEN $5 ELSE width END,
                height = CASE type WHEN 'image' THEN $6 ELSE height END,
                mime_type = CASE type WHEN 'image' THEN $8 ELSE mime_type END, likeness = $9,
                fetched_at = now(), read_at = now(), failed_at = NULL, failure = NULL
            WHERE id = $1 AND remote_url IS NOT NULL AND file_key IS NULL
            """,
            media_id,
            picture.file_key,
            picture.thumbnail_key,
            picture.byte_size,
            picture.width,
            picture.height,
            picture.blurhash,
            picture.mime_type,
            picture.likeness,
        )
    )


async def add_weight(conn: Connection, key: str, byte_size: int) -> None:
    """The picture with this file got copies for pages, which count where room is counted."""
    await execute(
        conn,
        """
        UPDATE media SET byte_size = coalesce(byte_size, 0) + $2 WHERE file_key = $1 OR thumbnail_key = $1
        """,
        key,
        byte_size,
    )


async def forget_cached(conn: Connection, media_id: int) -> None:
    """Forget the cached copy of one remote picture."""
    await execute(
        conn,
        """
        UPDATE media SET file_key = NULL, thumbnail_key = NULL, byte_size = NULL, fetched_at = NULL
        WHERE id = $1 AND remote_url IS NOT NULL
        """,
        media_id,
    )


async def save_failure(conn: Connection, media_id: int, failure: str) -> None:
    """Note that a remote picture could not be had, and why; it is left alone for RETRY_AFTER."""
    await execute(
        conn,
        "UPDATE media SET failed_at = now(), failure = left($2, 500) WHERE id = $1 AND file_key IS NULL",
        media_id,
        failure,
    )


async def recently_failed(conn: Connection, media_id: int) -> bool:
    """Whether this picture failed so lately that it is not to be asked for again."""
    return bool(
        await fetch_value(
            conn,
            "SELECT failed_at > now() - $2::interval FROM media WHERE id = $1",
            media_id,
            RETRY_AFTER,
        )
    )


async def note_read(conn: Connection, media_id: int) -> None:
    """Somebody looked at a cached picture: it stays longer."""
    await execute(
        conn,
        "UPDATE media SET read_at = now() WHERE id = $1 AND file_key IS NOT NULL AND read_at < now() - $2::interval",
        media_id,
        READ_STEP,
    )


async def trim_cache(conn: Connection, capacity: int) -> int:
    """Forget the cached copies that were not read for the longest time, until the rest is within `capacity` bytes."""
    return await execute(
        conn,
        """
        UPDATE media SET file_key = NULL, thumbnail_key = NULL, byte_size = NULL, fetched_at = NULL
        FROM (
            SELECT id, sum(byte_size) OVER (ORDER BY read_at DESC, id DESC) AS total
            FROM media WHERE remote_url IS NOT NULL AND file_key IS NOT NULL
        ) AS cached
        WHERE media.id = cached.id AND cached.total > $1
        """,
        capacity,
    )


async def delete_orphans(conn: Connection, age: timedelta = ORPHAN_AGE) -> int:
    """Delete the rows of pictures that no post, present or to come, and no actor uses: uploads after `age`, icons."""
    return await execute(
        conn,
        """
        DELETE FROM media
        WHERE post_id IS NULL AND created_at < now() - $1::interval
            AND NOT EXISTS (SELECT FROM actor a WHERE a.icon_media_id = media.id)
            AND NOT EXISTS (SELECT FROM actor a WHERE a.image_media_id = media.id)
            AND NOT EXISTS (
                SELECT FROM preference_change c WHERE c.key = 'logo' AND c.after #>> '{}' = media.file_key)
            AND NOT EXISTS (
                SELECT FROM scheduled_status s WHERE s.actor_id = media.owner_id AND media.id = ANY(s.media_ids))
            AND NOT EXISTS (
                SELECT FROM held_post h WHERE h.draft -> 'media_ids' @> to_jsonb(media.id))
            AND NOT EXISTS (
                SELECT FROM listing_draft d WHERE d.actor_id = media.owner_id AND media.id = ANY(d.media_ids))
        """,
        age,
    )


async def list_unused_files(conn: Connection, limit: int = 500) -> list[str]:
    """Files whose rows are gone, the longest gone first."""
    return await fetch_column(conn, "SELECT key FROM unused_file ORDER BY unused_at LIMIT $1", limit)


async def forget_unused_files(conn: Connection, keys: list[str]) -> None:
    """These files were removed from the store."""
    await execute(conn, "DELETE FROM unused_file WHERE key = ANY($1)", keys)


async def list_unknown_files(conn: Connection, keys: list[str]) -> list[str]:
    """Those of these keys that no row names: left behind by a process that died."""
    return await fetch_column(
        conn,
        """
        SELECT key FROM unnest($1::text[]) AS key
        WHERE NOT EXISTS (SELECT FROM media WHERE file_key = key)
            AND NOT EXISTS (SELECT FROM media WHERE thumbnail_key = key)
            AND NOT EXISTS (SELECT FROM bike_file WHERE file_key = key)
            AND NOT EXISTS (SELECT FROM bike_file WHERE thumbnail_key = key)
        """,
        keys,
    )


async def list_newest_keys(conn: Connection, limit: int) -> list[str]:
    """Keys of the newest files that members sent, to see whether they are here."""
    return await fetch_column(
        conn,
        "SELECT file_key FROM media WHERE remote_url IS NULL AND file_key IS NOT NULL ORDER BY id DESC LIMIT $1",
        limit,
    )
