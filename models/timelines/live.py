"""Posts that came just now, from the side of the public timelines: which stand there, and who does not see them."""

from dataclasses import dataclass

from models.store.database import Connection, fetch_all, fetch_records
from models.store.statements import compose
from models.timelines.entries import ANYBODYS

_PUBLIC_POSTS = compose(
    """
    SELECT p.id, p.author_id, p.local, EXISTS (SELECT FROM media m WHERE m.post_id = p.id) AS with_media,
        ARRAY(SELECT t.tag FROM post_tag t WHERE t.post_id = p.id) AS tags
    FROM post p JOIN actor a ON a.id = p.author_id
    WHERE p.id = ANY($1::bigint[]) AND {anybodys}
""",
    anybodys=ANYBODYS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicPost:
    """A post of the public timelines, and what says in which of them it stands; tags are folded."""

    id: int
    author_id: int
    local: bool
    with_media: bool
    tags: list[str]


async def list_public_posts(conn: Connection, ids: list[int]) -> list[PublicPost]:
    """Those of these posts that stand in public timelines."""
    return await fetch_all(conn, PublicPost, _PUBLIC_POSTS, ids) if ids else []


async def list_hidden(conn: Connection, author_ids: list[int], reader_ids: list[int]) -> dict[int, set[int]]:
    """Which of these readers see nothing of each of these authors in their lists."""
    found: dict[int, set[int]] = {}
    if author_ids and reader_ids:
        for author_id, reader_id in await fetch_records(
            conn,
            """
            SELECT author_id, reader_id FROM hidden
            WHERE author_id = ANY($1::bigint[]) AND reader_id = ANY($2::bigint[])
            """,
            author_ids,
            reader_ids,
        ):
            found.setdefault(author_id, set()).add(reader_id)
    return found
