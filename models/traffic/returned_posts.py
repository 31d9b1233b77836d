"""What members had published in the time that was lost and others gave back, and what the team did with it then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.store.background import jobs
from models.store.database import Connection, execute, fetch_column, fetch_one, fetch_value

JOB = "ask_for_own_posts"
"""The job that asks one server; its payload is `{"origin": origin, "turn": how often asked, "page": from where}`."""

KEPT = timedelta(days=30)
"""So long a post is said to have come back."""

MOST_UNPROVEN = 200
"""Of so many posts that are not here one server may say without a proof that they were put away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedPost:
    """What others said of a post of ours: it stands again since `restored_at`.

    The team put it away at `withheld_at`; `shown_at` is when its author's key last said its words. Since `held_at` it
    is hidden for the team to look at, or was: whatever comes later leaves it to them.
    """

    post_uri: str
    restored_at: datetime | None
    withheld_at: datetime | None
    shown_at: datetime | None
    held_at: datetime | None

    @property
    def is_withheld(self) -> bool:
        """Whether it was put away when it was lost, as far as others know."""
        return self.withheld_at is not None and (self.shown_at is None or self.shown_at <= self.withheld_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedCounts:
    """How many stand again, and of how many servers that are asked no answer came."""

    restored: int
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
        SELECT post_uri, restored_at, withheld_at, shown_at, held_at FROM returned_post
        WHERE post_uri = $1 FOR UPDATE
        """,
        post_uri,
    )


async def note_restored(conn: Connection, post_uri: str, actor_id: int, told_by: str) -> None:
    """It stands again."""
    await execute(
        conn,
        """
        INSERT INTO returned_post (post_uri, actor_id, told_by, restored_at) VALUES ($1, $2, $3, now())
        ON CONFLICT (post_uri) DO UPDATE SET restored_at = now()
        """,
        post_uri,
        actor_id,
        told_by,
    )


async def note_withheld(conn: Connection, post_uri: str, actor_id: int, told_by: str, at: datetime) -> None:
    """Others were told then that the team put it away."""
    await execute(
        conn,
        """
        INSERT INTO returned_post AS held (post_uri, actor_id, told_by, withheld_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (post_uri) DO UPDATE SET withheld_at = greatest(held.withheld_at, excluded.withheld_at)
        """,
        post_uri,
        actor_id,
        told_by,
        at,
    )


async def note_shown(conn: Connection, post_uri: str, actor_id: int, told_by: str, at: datetime) -> None:
    """Its author's key said then what it says."""
    await execute(
        conn,
        """
        INSERT INTO returned_post AS held (post_uri, actor_id, told_by, shown_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (post_uri) DO UPDATE SET shown_at = greatest(held.shown_at, excluded.shown_at)
        """,
        post_uri,
        actor_id,
        told_by,
        at,
    )


async def note_held(conn: Connection, post_uri: str) -> bool:
    """It is hidden for the team to look at. False where it was before: they have answered, or will."""
    return bool(
        await execute(
            conn, "UPDATE returned_post SET held_at = now() WHERE post_uri = $1 AND held_at IS NULL", post_uri
        )
    )


async def hide(conn: Connection, post_id: int) -> None:
    """It is its author's and the team's alone, as others were told: they get it whole once it is shown."""
    await execute(
        conn, "UPDATE post SET hidden_at = coalesce(hidden_at, now()), withheld = true WHERE id = $1", post_id
    )


async def show(conn: Connection, post_id: int) -> None:
    """It stands as before: it was shown again before it was lost, and others know. What comes later may hide it."""
    await execute(
        conn,
        """
        WITH shown AS (UPDATE post SET hidden_at = NULL, withheld = false WHERE id = $1 RETURNING uri)
        UPDATE returned_post SET held_at = NULL FROM shown WHERE post_uri = shown.uri
        """,
        post_id,
    )


async def may_withhold(conn: Connection, host: str) -> bool:
    """Whether this server may say, without a proof, of one more post that is not here that it was put away."""
    return bool(
        await fetch_value(
            conn,
            "SELECT count(*) < $2 FROM returned_post WHERE told_by = $1 AND restored_at IS NULL",
            host,
            MOST_UNPROVEN,
        )
    )


async def is_used_since(conn: Connection, post_id: int, since: datetime) -> bool:
    """Whether it was changed, answered, or something about it was agreed on or asked for after that moment."""
    return bool(
        await fetch_value(
            conn,
            """
            SELECT EXISTS (SELECT FROM post WHERE id = $1 AND updated_at > $2)
                OR EXISTS (SELECT FROM post WHERE in_reply_to_id = $1 AND published_at > $2 AND deleted_at IS NULL)
                OR EXISTS (SELECT FROM agreement WHERE listing_id = $1
                    AND (agreed_at > $2 OR updated_at > $2 AND ended_at IS NULL))
                OR EXISTS (SELECT FROM exchange WHERE listing_id = $1 AND created_at > $2)
            """,
            post_id,
            since,
        )
    )


async def list_restored(conn: Connection, actor_id: int, *, limit: int | None = None) -> list[str]:
    """The ids of hers that stand again, those that came last first; all of them without a limit."""
    return await fetch_column(
        conn,
        """
        SELECT post_uri FROM returned_post WHERE actor_id = $1 AND restored_at IS NOT NULL
        ORDER BY came_at DESC, post_uri LIMIT $2
        """,
        actor_id,
        limit,
    )


async def count(conn: Connection) -> ReturnedCounts:
    """For the team: what stands again within `KEPT`, and who did not answer since the last restoration."""
    found = await fetch_one(
        conn,
        ReturnedCounts,
        """
        SELECT count(*) FILTER (WHERE restored_at IS NOT NULL)::integer AS restored,
            (SELECT count(*)::integer FROM restoration_word
                WHERE restoration_id = (SELECT max(id) FROM restoration) AND asked AND answered_at IS NULL)
                AS unanswered
        FROM returned_post
        """,
    )
    assert found is not None
    return found


async def enqueue(conn: Connection, origin: str, *, turn: int, wait: timedelta, page: str | None = None) -> None:
    """Ask this server after that time, from this page on."""
    payload = {"origin": origin, "turn": turn, "page": page}
    await jobs.enqueue(conn, JOB, payload, key=f"{JOB} {origin} {turn}", wait=wait)


async def prune(conn: Connection) -> int:
    """Forget after a month what came back, and what was said of it."""
    return await execute(conn, "DELETE FROM returned_post WHERE came_at < now() - $1::interval", KEPT)
