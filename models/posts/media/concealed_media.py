"""Which pictures are shown to their owner and the team alone: those of what is hidden, and of who is suspended."""

from dataclasses import dataclass

from models.store.database import Connection, fetch_one
from models.store.statements import compose


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcealedPicture:
    """A picture of a post that is hidden, or of somebody who is suspended; of no post where it is of herself."""

    owner_id: int | None
    post_id: int | None


# What somebody who is suspended wrote in private stays with whom she wrote to.
_CONCEALED = """
    SELECT coalesce(p.author_id, m.owner_id) AS owner_id, m.post_id
    FROM media m LEFT JOIN post p ON p.id = m.post_id
    LEFT JOIN actor owner ON owner.id = coalesce(p.author_id, m.owner_id)
    WHERE {which} AND (p.hidden_at IS NOT NULL
        OR owner.suspended_at IS NOT NULL AND coalesce(p.audience, 'author') <> 'direct')
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
