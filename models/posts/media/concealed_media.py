"""Which pictures are not shown to everybody: of what is hidden, of who is suspended, uploads, and inside communities.

An upload waits for its post: of a draft, of what is to be published later, or of a new version that waits for a look.
"""

from dataclasses import dataclass

from models.store.database import Connection, fetch_one
from models.store.statements import compose


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcealedPicture:
    """A picture of a post that is hidden, or of somebody who is suspended; of no post where it is of herself.

    `waits` where it is an upload that was not published yet, by somebody who may publish it; `inside` where its post
    stays inside a community.
    """

    id: int
    owner_id: int | None
    post_id: int | None
    waits: bool
    inside: bool


# What somebody who is suspended wrote in private stays with whom she wrote to.
_CONCEALED = """
    SELECT m.id, coalesce(p.author_id, m.owner_id) AS owner_id, m.post_id,
        m.post_id IS NULL AND owner.suspended_at IS NULL AS waits,
        coalesce(p.audience = 'community', false) AS inside
    FROM media m LEFT JOIN post p ON p.id = m.post_id
    LEFT JOIN actor owner ON owner.id = coalesce(p.author_id, m.owner_id)
    WHERE {which} AND (p.hidden_at IS NOT NULL OR p.audience = 'community'
        OR owner.suspended_at IS NOT NULL AND coalesce(p.audience, 'author') <> 'direct'
        OR m.post_id IS NULL AND m.remote_url IS NULL
            AND NOT EXISTS (SELECT FROM actor a WHERE a.icon_media_id = m.id)
            AND NOT EXISTS (SELECT FROM actor a WHERE a.image_media_id = m.id))
    LIMIT 1
"""

_BY_ID = compose(_CONCEALED, which="m.id = $1")
_BY_KEY = compose(_CONCEALED, which="(m.file_key = $1 OR m.thumbnail_key = $1)")


async def find_concealed(conn: Connection, media_id: int) -> ConcealedPicture | None:
    """This picture, if it is not for everybody just now."""
    return await fetch_one(conn, ConcealedPicture, _BY_ID, media_id)


async def find_concealed_file(conn: Connection, key: str) -> ConcealedPicture | None:
    """The same by the key of its file, or of its thumbnail."""
    return await fetch_one(conn, ConcealedPicture, _BY_KEY, key)
