"""People as others meet them: the directory of members, and whom of those one follows somebody else is followed by."""

from collections.abc import Sequence

from models.people.actors import Actor
from models.store.database import Connection, fetch_all, fetch_records

FAMILIAR = 40
"""Familiar followers of one account, at most."""

# $1 the reader or NULL, $2 whether by the last public post rather than by the day of arrival.
_DIRECTORY = """
    SELECT a.* FROM full_actor a JOIN account ON account.actor_id = a.id
    LEFT JOIN LATERAL (
        SELECT p.id FROM post p
        WHERE p.author_id = a.id AND p.deleted_at IS NULL AND p.audience IN ('network', 'unlisted')
        ORDER BY p.id DESC LIMIT 1
    ) AS last ON $2::boolean
    WHERE a.local AND a.type IN ('Person', 'Organization') AND a.discoverable
        AND a.deleted_at IS NULL AND a.suspended_at IS NULL AND a.limited_at IS NULL
        AND a.moved_to IS NULL AND account.confirmed_at IS NOT NULL AND account.disabled_at IS NULL
        AND a.id NOT IN (SELECT actor_id FROM shop_apart)
        AND NOT EXISTS (SELECT FROM hidden h WHERE h.reader_id = $1 AND h.author_id = a.id OFFSET 0)
    ORDER BY last.id DESC NULLS LAST, a.id DESC OFFSET $3 LIMIT $4
"""


async def list_directory(
    conn: Connection, reader_id: int | None, *, active: bool, offset: int, limit: int
) -> list[Actor]:
    """Members who want to be found: those who wrote last first, or with `active=False` those who came last."""
    return await fetch_all(conn, Actor, _DIRECTORY, reader_id, active, offset, limit)


async def list_familiar(conn: Connection, reader_id: int, actor_ids: Sequence[int]) -> dict[int, list[int]]:
    """For each of these actors, the row ids of those whom the reader follows and who follow them."""
    found: dict[int, list[int]] = {id: [] for id in actor_ids}
    for row in await fetch_records(
        conn,
        """
        SELECT asked.id, familiar.follower_id FROM unnest($2::bigint[]) AS asked (id) CROSS JOIN LATERAL (
            SELECT theirs.follower_id FROM follow mine
            JOIN follow theirs ON theirs.follower_id = mine.followed_id AND theirs.followed_id = asked.id
            WHERE mine.follower_id = $1 AND mine.state = 'accepted' AND theirs.state = 'accepted'
            ORDER BY theirs.id DESC LIMIT $3) AS familiar
        """,
        reader_id,
        list(found),
        FAMILIAR,
    ):
        found[row["id"]].append(row["follower_id"])
    return found
