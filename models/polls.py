"""Polls of others: their options, their figures as far as they are known here, and how our people voted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models import stream_events
from models.database import Connection, execute, execute_many, fetch_all, fetch_value

REFRESH_AFTER = timedelta(minutes=5)
"""Nobody makes us ask for the figures of one poll more often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPoll:
    """A poll as its server tells it."""

    options: tuple[str, ...]
    votes: tuple[int, ...]
    multiple: bool
    voters: int | None
    ends_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """A poll, and what the reader chose in it (places in `options`)."""

    post_id: int
    multiple: bool
    options: list[str]
    votes: list[int]
    voters: int | None
    ends_at: datetime | None
    closed_at: datetime | None
    over: bool
    own: list[int]


async def save_remote(conn: Connection, post_id: int, new: NewPoll) -> None:
    """Keep a poll or its newer figures. Where its options changed, votes count no longer, as at its home."""
    changed = await fetch_value(conn, "SELECT options <> $2 FROM poll WHERE post_id = $1", post_id, list(new.options))
    if changed:
        await execute(conn, "DELETE FROM poll_vote WHERE post_id = $1", post_id)
    moved = await fetch_value(
        conn,
        """
        INSERT INTO poll (post_id, multiple, options, votes, voters, ends_at, closed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (post_id) DO UPDATE SET multiple = excluded.multiple, options = excluded.options,
            votes = excluded.votes, voters = excluded.voters, ends_at = excluded.ends_at,
            closed_at = coalesce(poll.closed_at, excluded.closed_at), fetched_at = now()
        RETURNING xmax <> 0   -- it was here before
        """,
        post_id,
        new.multiple,
        list(new.options),
        list(new.votes),
        new.voters,
        new.ends_at,
        new.closed_at,
    )
    if moved:
        await stream_events.record(conn, "edit", post_id)


async def list_by_posts(conn: Connection, post_ids: Sequence[int], reader_id: int | None) -> dict[int, Poll]:
    """The polls among these posts."""
    rows = await fetch_all(
        conn,
        Poll,
        """
        SELECT post_id, multiple, options, votes, voters, ends_at, closed_at,
            closed_at IS NOT NULL OR coalesce(ends_at <= now(), false) AS over,
            ARRAY(SELECT choice::int FROM poll_vote v WHERE v.post_id = poll.post_id AND v.actor_id = $2
                ORDER BY choice) AS own
        FROM poll WHERE post_id = ANY($1)
        """,
        list(post_ids),
        reader_id,
    )
    return {row.post_id: row for row in rows}


async def lock(conn: Connection, post_id: int) -> None:
    """Let nobody else vote in this poll until the transaction ends."""
    await execute(conn, "SELECT FROM poll WHERE post_id = $1 FOR UPDATE", post_id)


async def save_votes(conn: Connection, post_id: int, actor_id: int, uris: dict[int, str]) -> None:
    """Remember what somebody of ours chose, and count it until its server tells the figures again."""
    await execute_many(
        conn,
        "INSERT INTO poll_vote (post_id, actor_id, choice, uri) VALUES ($1, $2, $3, $4)",
        [(post_id, actor_id, choice, uri) for choice, uri in uris.items()],
    )
    await execute(
        conn,
        """
        UPDATE poll SET voters = voters + 1, votes = ARRAY(
            SELECT least(counted + (place - 1 = ANY($2::int[]))::int::bigint, 2147483647)::int
            FROM unnest(votes) WITH ORDINALITY AS one (counted, place) ORDER BY place)
        WHERE post_id = $1
        """,
        post_id,
        list(uris),
    )


async def claim_refresh(conn: Connection, post_id: int) -> bool:
    """Whether its figures are to be asked for: not lately, and not since it ended. Whoever hears yes asks."""
    return bool(
        await execute(
            conn,
            """
            UPDATE poll SET fetched_at = now()
            WHERE post_id = $1 AND fetched_at < now() - $2::interval
                AND (ends_at IS NULL OR fetched_at < ends_at + $2::interval)
                AND (closed_at IS NULL OR fetched_at < closed_at + $2::interval)
            """,
            post_id,
            REFRESH_AFTER,
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A poll that is over, and who voted in it here."""

    post_id: int
    author_id: int
    voter_ids: list[int]


async def take_ended(conn: Connection, limit: int = 100) -> list[Ended]:
    """Polls that ended and of which nobody was told yet; they count as told now."""
    return await fetch_all(
        conn,
        Ended,
        """
        UPDATE poll SET told_at = now() FROM post p
        WHERE p.id = poll.post_id AND poll.post_id IN (
            SELECT post_id FROM poll
            WHERE told_at IS NULL AND (ends_at <= now() OR closed_at IS NOT NULL)
            LIMIT $1 FOR UPDATE SKIP LOCKED)
        RETURNING poll.post_id, p.author_id,
            ARRAY(SELECT DISTINCT v.actor_id FROM poll_vote v WHERE v.post_id = poll.post_id) AS voter_ids
        """,
        limit,
    )


async def find(conn: Connection, post_id: int, reader_id: int | None) -> Poll | None:
    """The poll of this post."""
    return (await list_by_posts(conn, [post_id], reader_id)).get(post_id)
