"""Pictures of posts and actors, ours and others': rows only; the bytes are in the media store
(federation/media_store).
"""

import mimetypes
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from models.ids import make_id
from models.store.database import Connection, execute, execute_many, fetch_all, fetch_value
from models.store.statements import name_values

MediaType = Literal["image", "gifv", "video", "audio", "unknown"]

MAX_KEPT = 16
"""Attachments that are kept of a post from elsewhere."""

MAX_URL = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """One picture (or film, or sound) with its words; `remote_url` is None for ours.

    The keys name files in the media store: ours always, of remote pictures the cached copy if there is one. Of a film
    or a sound of ours the second is the picture that stands for it, if it has one; of a remote one both are that
    picture, whose address is `poster_url`. `duration` in seconds, `measures` as `federation.sandbox.films.Film` names
    them.
    """

    id: int
    post_id: int | None
    owner_id: int | None
    position: int
    type: MediaType
    mime_type: str
    description: str
    width: int | None
    height: int | None
    focus_x: float | None
    focus_y: float | None
    blurhash: str | None
    file_key: str | None
    thumbnail_key: str | None
    byte_size: int | None
    remote_url: str | None
    failed_at: datetime | None
    created_at: datetime
    duration: float | None = None
    measures: Mapping[str, Any] = field(default_factory=dict)
    poster_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPicture:
    """A reduced picture that is in the store: its keys, what both files weigh together, and its measures.

    `likeness` is how it looks, by which one that comes again is known; None for one colour.
    """

    file_key: str
    thumbnail_key: str
    byte_size: int
    width: int
    height: int
    blurhash: str
    mime_type: str = "image/jpeg"
    likeness: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFilm:
    """A film or a sound that is in the store, with the picture that stands for it and what was measured."""

    file_key: str
    byte_size: int
    mime_type: str
    type: MediaType
    duration: float
    measures: Mapping[str, Any]
    width: int | None = None
    height: int | None = None
    thumbnail_key: str | None = None
    blurhash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteDocument:
    """An attachment of a post from elsewhere, as its server tells it."""

    url: str
    mime_type: str = ""
    description: str = ""
    width: int | None = None
    height: int | None = None
    blurhash: str | None = None
    focus_x: float | None = None
    focus_y: float | None = None
    duration: float | None = None
    poster_url: str | None = None

    @property
    def type(self) -> MediaType:
        """What it is, by its MIME type or else by the end of its address; a picture when nothing tells."""
        mime = self.mime_type or mimetypes.guess_type(urlsplit(self.url).path)[0] or "image/"
        match mime.partition("/")[0].lower():
            case "image" | "video" | "audio" as main:
                return main
            case _:
                return "unknown"


async def find(conn: Connection, id: int) -> Media | None:
    """The picture with this id, whoever's it is."""
    return (await list_by_ids(conn, [id])).get(id)


async def list_by_ids(conn: Connection, ids: Iterable[int]) -> dict[int, Media]:
    """These pictures; for the icons of actors."""
    rows = await fetch_all(
        conn,
        Media,
        """
        SELECT id, post_id, owner_id, position, type, mime_type, description, width, height, focus_x, focus_y,
            blurhash, file_key, thumbnail_key, byte_size, remote_url, failed_at, created_at,
            duration, measures, poster_url
        FROM media WHERE id = ANY($1)
        """,
        list(ids),
    )
    return {row.id: row for row in rows}


async def list_by_posts(conn: Connection, post_ids: Iterable[int]) -> dict[int, list[Media]]:
    """The pictures of each of these posts, in their order; posts without any have an empty list."""
    wanted = list(post_ids)
    if not wanted:
        return {}
    rows = await fetch_all(
        conn,
        Media,
        """
        SELECT id, post_id, owner_id, position, type, mime_type, description, width, height, focus_x, focus_y,
            blurhash, file_key, thumbnail_key, byte_size, remote_url, failed_at, created_at,
            duration, measures, poster_url
        FROM media WHERE post_id = ANY($1)
        ORDER BY post_id, position, id
        """,
        wanted,
    )
    found: dict[int, list[Media]] = {id: [] for id in wanted}
    for row in rows:
        assert row.post_id is not None
        found[row.post_id].append(row)
    return found


async def save_remote(conn: Connection, post_id: int, documents: Sequence[RemoteDocument]) -> None:
    """Make these the attachments of a post from elsewhere; those that it keeps keep their id and cached copy.

    Only the first MAX_KEPT count. Nothing is fetched: that happens when somebody looks.
    """
    await save_all_remote(conn, {post_id: documents})


async def save_all_remote(conn: Connection, documents: Mapping[int, Sequence[RemoteDocument]]) -> None:
    """The same for several posts."""
    kept = [(post_id, document.url) for post_id, attached in documents.items() for document in _keep(attached)]
    await execute(
        conn,
        """
        DELETE FROM media m WHERE post_id = ANY($1) AND NOT EXISTS (
            SELECT FROM unnest($2::bigint[], $3::text[]) AS kept (post_id, url)
            WHERE kept.post_id = m.post_id AND kept.url = m.remote_url)
        """,
        list(documents),
        [post_id for post_id, _ in kept],
        [url for _, url in kept],
    )
    await save_new_remote(conn, documents)


async def save_new_remote(conn: Connection, documents: Mapping[int, Sequence[RemoteDocument]]) -> None:
    """Make these the attachments of posts that are new here, by the post, as `save_remote` does."""
    rows = [
        _describe(document, post_id=post_id, position=position)
        for post_id, attached in documents.items()
        for position, document in enumerate(_keep(attached))
    ]
    if rows:
        await execute_many(conn, _SAVE_REMOTE.sql, rows)


def _keep(documents: Sequence[RemoteDocument]) -> list[RemoteDocument]:
    return list({document.url: document for document in documents if len(document.url) <= MAX_URL}.values())[:MAX_KEPT]


async def save_actor_pictures(
    conn: Connection, actor_id: int, *, icon: RemoteDocument | None, image: RemoteDocument | None
) -> None:
    """Keep the addresses of a remote actor's icon and header; unchanged ones keep their cached copy."""
    icon_id = None if icon is None else await _save_owned(conn, actor_id, icon)
    image_id = None if image is None else await _save_owned(conn, actor_id, image)
    await execute(
        conn,
        "UPDATE actor SET icon_media_id = $2, image_media_id = $3 WHERE id = $1 AND NOT local",
        actor_id,
        icon_id,
        image_id,
    )
    await execute(
        conn,
        """
        DELETE FROM media
        WHERE owner_id = $1 AND post_id IS NULL AND remote_url IS NOT NULL AND id <> ALL($2::bigint[])
        """,
        actor_id,
        [id for id in (icon_id, image_id) if id is not None],
    )


async def _save_owned(conn: Connection, owner_id: int, document: RemoteDocument) -> int | None:
    if len(document.url) > MAX_URL:
        return None
    held: int | None = await fetch_value(
        conn,
        "SELECT id FROM media WHERE owner_id = $1 AND post_id IS NULL AND remote_url = $2",
        owner_id,
        document.url,
    )
    if held is None:
        held = await fetch_value(conn, _SAVE_REMOTE.sql, *_describe(document, owner_id=owner_id))
    return held


_SAVE_REMOTE = name_values(
    """
    INSERT INTO media (id, post_id, owner_id, position, type, mime_type, description, width, height, focus_x,
        focus_y, blurhash, remote_url, duration, poster_url)
    VALUES (:id, :post_id, :owner_id, :position, :type, :mime_type, :description, :width, :height, :focus_x,
        :focus_y, :blurhash, :url, :duration, :poster_url)
    ON CONFLICT (post_id, remote_url) WHERE remote_url IS NOT NULL DO UPDATE SET
        position = excluded.position, description = excluded.description, focus_x = excluded.focus_x,
        focus_y = excluded.focus_y, duration = excluded.duration, poster_url = excluded.poster_url
    RETURNING id
    """,
    RemoteDocument,
    also=["id", "post_id", "owner_id", "position", "mime_type", "poster_url"],
)


def _describe(
    document: RemoteDocument, *, post_id: int | None = None, owner_id: int | None = None, position: int = 0
) -> tuple[Any, ...]:
    """Values of `_SAVE_REMOTE`."""
    return _SAVE_REMOTE.args(
        document,
        id=make_id(),
        post_id=post_id,
        owner_id=owner_id,
        position=position,
        mime_type=document.mime_type[:100],
        poster_url=poster if (poster := document.poster_url) and len(poster) <= MAX_URL else None,
    )
