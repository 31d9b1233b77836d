"""What members had published in the time that was lost and others gave back: proven, or for its author to say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from models.store.background import jobs
from models.store.database import Connection, execute, fetch_all, fetch_one, fetch_value

JOB = "ask_for_own_posts"
"""The job that asks one server; its payload is `{"origin": origin, "turn": how often it was asked}`."""

KEPT = timedelta(days=30)
"""So long a post waits for its author, and is said to have come back."""

MOST_PROPOSED = 200
"""So many posts without a proof wait on the word of one server, which could make up any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedPost:
    """A post that came back, on the word of the server `told_by`.

    It stands again since `restored_at`; else its author is asked, with the `document` as it came. With neither it was
    put away before it was lost, and stays lost.
    """

    post_uri: str
    actor_id: int
    told_by: str
    document: dict[str, Any] | None
    came_at: datetime
    restored_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedCounts:
    """How many stand again, how many wait for their authors, and of how many servers that are asked no answer came."""

    restored: int
    proposed: int
    unanswered: int


async def plan_asking(conn: Connection, hosts: Sequence[str]) -> None:
    """These servers are asked what they hold of ours; until they answer, new names rest a while."""
    await execute(
        conn,
        """
        INSERT INTO restoration_word AS held (restoration_id, host, asked)
        SELECT latest.id, host, true
        FROM (SELECT max(id) AS id FROM restoration HAVING count(*) > 0) AS latest, unnest($1::text[]) AS host
        ON CONFLICT (restoration_id, host) DO UPDATE SET asked = true, answered_at = NULL
        """,
        list(hosts),
    )


async def note_answered(conn: Connection, host: str) -> None:
    """This server has given back what it holds, or holds nothing."""
    await execute(
        conn,
        """
        UPDATE restoration_word SET answered_at = now()
        WHERE restoration_id = (SELECT max(id) FROM restoration) AND host = $1
        """,
        host,
    )


async def find(conn: Connection, post_uri: str) -> ReturnedPost | None:
    """What is known of this post's return. It is nobody else's turn meanwhile."""
    return await fetch_one(
        conn,
        ReturnedPost,
        """
        SELECT post_uri, actor_id, told_by, document, came_at, restored_at FROM returned_post
        WHERE post_uri = $1 FOR UPDATE
        """,
        post_uri,
    )


async def is_left(conn: Connection, post_uri: str) -> bool:
    """Whether it stays lost, whoever gives it back."""
    found = await find(conn, post_uri)
    return found is not None and found.document is None and found.restored_at is None


async def note_restored(conn: Connection, post_uri: str, actor_id: int, told_by: str) -> None:
    """It stands again."""
    await execute(
        conn,
        """
        INSERT INTO returned_post (post_uri, actor_id, told_by, restored_at) VALUES ($1, $2, $3, now())
        ON CONFLICT (post_uri) DO UPDATE SET restored_at = now(), document = NULL
        """,
        post_uri,
        actor_id,
        told_by,
    )


async def propose(conn: Connection, post_uri: str, actor_id: int, told_by: str, document: dict[str, Any]) -> bool:
    """Keep it for its author to look at; a newer copy takes the place of an older one of the same server.

    False where it came back before, and beyond what one server may propose.
    """
    return bool(
        await execute(
            conn,
            """
            INSERT INTO returned_post AS held (post_uri, actor_id, told_by, document)
            SELECT $1, $2, $3, $4
            WHERE (SELECT count(*) FROM returned_post WHERE told_by = $3 AND document IS NOT NULL) < $5
            ON CONFLICT (post_uri) DO UPDATE SET document = excluded.document
            WHERE held.document IS NOT NULL AND held.told_by = excluded.told_by
            """,
            post_uri,
            actor_id,
            told_by,
            document,
            MOST_PROPOSED,
        )
    )


async def leave_lost(conn: Connection, post_uri: str, actor_id: int, told_by: str) -> None:
    """It was put away, or taken back, in the time that was lost, or its author does not want it: it is not put back,
    whoever gives it back. What of it stood again meanwhile, unseen by its author, goes as if it had not.
    """
    await execute(
        conn,
        """
        WITH again AS (
            SELECT post_uri FROM returned_post WHERE post_uri = $1 AND restored_at IS NOT NULL
        ), said AS (
            DELETE FROM activity USING again WHERE activity.object_uri = again.post_uri
        )
        DELETE FROM post USING again WHERE post.uri = again.post_uri AND post.local
        """,
        post_uri,
    )
    await execute(
        conn,
        """
        INSERT INTO returned_post (post_uri, actor_id, told_by) VALUES ($1, $2, $3)
        ON CONFLICT (post_uri) DO UPDATE SET restored_at = NULL, document = NULL
        """,
        post_uri,
        actor_id,
        told_by,
    )


async def list_of_author(conn: Connection, actor_id: int, *, limit: int) -> list[ReturnedPost]:
    """What came back of hers, what waits for her first."""
    return await fetch_all(
        conn,
        ReturnedPost,
        """
        SELECT post_uri, actor_id, told_by, document, came_at, restored_at FROM returned_post
        WHERE actor_id = $1 AND (document IS NOT NULL OR restored_at IS NOT NULL)
        ORDER BY document IS NULL, came_at DESC, post_uri LIMIT $2
        """,
        actor_id,
        limit,
    )


async def count_proposed(conn: Connection, actor_id: int) -> int:
    """How many wait for this author."""
    return int(
        await fetch_value(
            conn, "SELECT count(*) FROM returned_post WHERE actor_id = $1 AND document IS NOT NULL", actor_id
        )
    )


async def count(conn: Connection) -> ReturnedCounts:
    """For the team, since the last restoration."""
    found = await fetch_one(
        conn,
        ReturnedCounts,
        """
        SELECT count(*) FILTER (WHERE restored_at IS NOT NULL)::integer AS restored,
            count(*) FILTER (WHERE document IS NOT NULL)::integer AS proposed,
            (SELECT count(*)::integer FROM restoration_word
                WHERE restoration_id = (SELECT max(id) FROM restoration) AND asked AND answered_at IS NULL)
                AS unanswered
        FROM returned_post
        """,
    )
    assert found is not None
    return found


async def enqueue(conn: Connection, origin: str, *, turn: int, wait: timedelta) -> None:
    """Ask this server after that time."""
    await jobs.enqueue(conn, JOB, {"origin": origin, "turn": turn}, key=f"{JOB} {origin} {turn}", wait=wait)


async def prune(conn: Connection) -> int:
    """Forget what nobody answered for a month, and that the rest came back."""
    return await execute(conn, "DELETE FROM returned_post WHERE came_at < now() - $1::interval", KEPT)
