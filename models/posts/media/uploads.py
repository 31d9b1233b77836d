"""Pictures that our people upload: they wait for a post, are attached to it, and may change their words."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.errors import Conflict, Invalid, NotFound
from models.ids import make_id
from models.people import accounts
from models.posts.media.media import Media, MediaType, StoredFilm, StoredPicture, find, list_by_ids, list_by_posts
from models.store.database import Connection, execute, fetch_column, fetch_value
from models.store.statements import name_values

MAX_DESCRIPTION = 1500
"""Characters of alternative text of ours, as in Mastodon; that of others is kept as it came."""

MAX_ATTACHED = 6
"""Pictures that a listing of ours may have."""

MAX_UNATTACHED = 30
"""Uploads that one person may have waiting for a post."""

MAX_UNATTACHED_BYTES = 400 * 1024 * 1024
"""What these may weigh together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaWords:
    """New words for an upload, and its focus from -1 to 1; None leaves either as it is."""

    id: int
    description: str | None = None
    focus: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumbnail:
    """A small picture in the store that is to stand for an upload."""

    key: str
    byte_size: int
    width: int
    height: int
    blurhash: str


_CREATE_UPLOAD = name_values(
    """
    INSERT INTO media (id, owner_id, mime_type, description, width, height, blurhash, file_key, thumbnail_key,
        byte_size, likeness, upload_key)
    VALUES (:id, :owner_id, :mime_type, :description, :width, :height, :blurhash, :file_key, :thumbnail_key,
        :byte_size, :likeness, :upload_key)
    """,
    StoredPicture,
    also=["id", "owner_id", "description", "upload_key"],
)


async def create_upload(
    conn: Connection, owner_id: int, picture: StoredPicture, description: str = "", *, key: str | None = None
) -> Media:
    """A picture of ours that waits for its post; where its owner sent one under this `key` before, that one.

    Raises Conflict when its owner has too many waiting.
    """
    await require_room(conn, owner_id)
    known = await find_by_key(conn, owner_id, key) if key else None
    if known is not None:
        return known
    id = make_id()
    await execute(
        conn,
        _CREATE_UPLOAD.sql,
        *_CREATE_UPLOAD.args(
            picture, id=id, owner_id=owner_id, description=require_description(description), upload_key=key
        ),
    )
    return await get_own(conn, id, owner_id)


async def find_by_key(conn: Connection, owner_id: int, key: str) -> Media | None:
    """What this person has sent under this key already."""
    id = await fetch_value(conn, "SELECT id FROM media WHERE owner_id = $1 AND upload_key = $2", owner_id, key)
    return await find(conn, id) if id is not None else None


async def find_own(conn: Connection, owner_id: int, file_key: str) -> Media | None:
    """A picture of this owner's that waits for no post, by the key of its file."""
    id = await fetch_value(
        conn, "SELECT id FROM media WHERE owner_id = $1 AND file_key = $2 AND post_id IS NULL", owner_id, file_key
    )
    return await find(conn, id) if id is not None else None


_CREATE_FILM = name_values(
    """
    INSERT INTO media (id, owner_id, type, mime_type, description, file_key, thumbnail_key, byte_size, width,
        height, blurhash, duration, measures)
    VALUES (:id, :owner_id, :type, :mime_type, :description, :file_key, :thumbnail_key, :byte_size, :width, :height,
        :blurhash, :duration, :measures)
    """,
    StoredFilm,
    also=["id", "owner_id", "description"],
)


async def create_film(conn: Connection, owner_id: int, film: StoredFilm, description: str = "") -> Media:
    """A film or a sound of ours that waits for its post. Raises Conflict when its owner has too many waiting."""
    await require_room(conn, owner_id)
    id = make_id()
    await execute(
        conn,
        _CREATE_FILM.sql,
        *_CREATE_FILM.args(film, id=id, owner_id=owner_id, description=require_description(description)),
    )
    return await get_own(conn, id, owner_id)


async def save_thumbnail(conn: Connection, id: int, owner_id: int, thumbnail: Thumbnail) -> Media:
    """Let another small picture stand for an upload; the file of the former one is removed by a chore."""
    held = await get_own(conn, id, owner_id)
    if held.thumbnail_key is not None:
        await execute(conn, "INSERT INTO unused_file (key) VALUES ($1) ON CONFLICT DO NOTHING", held.thumbnail_key)
    await execute(
        conn,
        """
        UPDATE media SET thumbnail_key = $2, blurhash = $3, byte_size = coalesce(byte_size, 0) + $4,
            measures = measures || $5
        WHERE id = $1
        """,
        id,
        thumbnail.key,
        thumbnail.blurhash,
        thumbnail.byte_size,
        {"small": [thumbnail.width, thumbnail.height]},
    )
    return await get_own(conn, id, owner_id)


async def require_room(conn: Connection, owner_id: int) -> None:
    """Raise Conflict when this person has too many pictures that belong to no post yet."""
    await accounts.lock_account(conn, owner_id)
    full = await fetch_value(
        conn,
        """
        SELECT count(*) >= $2 OR sum(byte_size) >= $3
        FROM media WHERE owner_id = $1 AND post_id IS NULL AND remote_url IS NULL
        """,
        owner_id,
        MAX_UNATTACHED,
        MAX_UNATTACHED_BYTES,
    )
    if full:
        raise Conflict("too_many_unattached_media")


async def get_own(conn: Connection, id: int, owner_id: int) -> Media:
    """An upload of this person. Raises NotFound, also for somebody else's."""
    found = await find(conn, id)
    if found is None or found.owner_id != owner_id or found.remote_url is not None:
        raise NotFound("media_not_found")
    return found


async def save_words(
    conn: Connection,
    id: int,
    owner_id: int,
    *,
    description: str | None = None,
    focus: tuple[float, float] | None = None,
) -> Media:
    """Change the alternative text or the focus (from -1 to 1) of one's own upload; None leaves either as it is."""
    await get_own(conn, id, owner_id)
    await execute(
        conn,
        """
        UPDATE media SET description = coalesce($2, description), focus_x = coalesce($3, focus_x),
            focus_y = coalesce($4, focus_y)
        WHERE id = $1
        """,
        id,
        None if description is None else require_description(description),
        None if focus is None else max(-1.0, min(1.0, focus[0])),
        None if focus is None else max(-1.0, min(1.0, focus[1])),
    )
    return await get_own(conn, id, owner_id)


async def attach(
    conn: Connection,
    post_id: int,
    owner_id: int,
    media_ids: Sequence[int],
    *,
    limit: int = MAX_ATTACHED,
    types: Sequence[MediaType] = ("image",),
) -> list[Media]:
    """Make these uploads, in this order, the pictures of a post; others that it had are deleted.

    Raises Invalid when one is not the owner's, belongs to another post, is of another type (listings have
    pictures only), or when there are more than `limit`.
    """
    wanted = list(dict.fromkeys(media_ids))
    if len(wanted) > limit:
        raise Invalid("too_many_media", most=limit, field="media_ids")
    attached = await fetch_column(
        conn,
        """
        UPDATE media SET post_id = $1, position = array_position($3::bigint[], id) - 1
        WHERE id = ANY($3) AND owner_id = $2 AND remote_url IS NULL AND (post_id IS NULL OR post_id = $1)
            AND type = ANY($4)
            AND NOT EXISTS (SELECT FROM actor a WHERE a.icon_media_id = media.id)
            AND NOT EXISTS (SELECT FROM actor a WHERE a.image_media_id = media.id)
        RETURNING id
        """,
        post_id,
        owner_id,
        wanted,
        list(types),
    )
    if len(attached) != len(wanted):
        others = [one.type for one in (await list_by_ids(conn, wanted)).values() if one.owner_id == owner_id]
        if any(type not in types for type in others):
            raise Invalid("media_not_pictures", field="media_ids")
        raise Invalid("media_unusable", field="media_ids")
    await execute(conn, "DELETE FROM media WHERE post_id = $1 AND id <> ALL($2::bigint[])", post_id, wanted)
    return (await list_by_posts(conn, [post_id]))[post_id]


async def detach(conn: Connection, post_id: int, owner_id: int) -> list[Media]:
    """Let the pictures of a post wait for another one: it is about to be deleted and written anew; in their order."""
    ordered = [one.id for one in (await list_by_posts(conn, [post_id]))[post_id]]
    await execute(
        conn,
        """
        UPDATE media SET post_id = NULL, position = 0, created_at = now()
        WHERE post_id = $1 AND owner_id = $2 AND remote_url IS NULL
        """,
        post_id,
        owner_id,
    )
    held = await list_by_ids(conn, ordered)
    return [held[id] for id in ordered if held[id].post_id is None]


async def delete_upload(conn: Connection, id: int, owner_id: int) -> None:
    """Delete an upload that no post uses yet. Raises NotFound, and Conflict when a post uses it."""
    if (await get_own(conn, id, owner_id)).post_id is not None:
        raise Conflict("media_attached")
    await execute(conn, "DELETE FROM media WHERE id = $1", id)


def require_description(description: str) -> str:
    """The description as it is kept. Raises Invalid when it is too long."""
    text = description.replace("\x00", "").strip()
    if len(text) > MAX_DESCRIPTION:
        raise Invalid("media_description_too_long", most=MAX_DESCRIPTION, field="description")
    return text
